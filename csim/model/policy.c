/* Export-control regimes: which one holds, how far the controlled fleet has felt it, and what it supplies (docs/model.md §1).
 * Does not know machines: fleet.c turns the mix of regimes into shares of chips. */
#include "csim/model/block.h"

/* The attributes of a regime, in the order of block.felt. */
enum { FLOP, BANDWIDTH, MEMORY, POWER, LAG, PREMIUM, ATTRIBUTES };

static const csim_input_id attribute_input[ATTRIBUTES] = {
    [FLOP] = CSIM_IN_POLICY_FLOP_LOSS, [BANDWIDTH] = CSIM_IN_POLICY_BW_LOSS, [MEMORY] = CSIM_IN_POLICY_HBM_LOSS,
    [POWER] = CSIM_IN_POLICY_EXTRA_POWER, [LAG] = CSIM_IN_POLICY_LAG, [PREMIUM] = CSIM_IN_POLICY_PREMIUM
};

/* The scheduled regime, or a move along the transition row: as many regimes up as cumulative sums lie below the uniform. */
static void move_regime(csim_block *b) {
    const int scheduled = b->plan->policy_state[b->t], regimes = b->plan->regimes;
    const double *restrict u = b->u_regime[b->t & 1];
    for (int p = 0; p < P; p++) {
        int next = 0;
        double sum = 0.0;
        for (int x = 0; scheduled == CSIM_POLICY_MARKOV && x < regimes - 1; x++) {
            sum += IN(b, POLICY_TRANSITION, b->regime[p] * regimes + x)[p];
            next += sum < u[p];
        }
        b->regime[p] = scheduled == CSIM_POLICY_MARKOV ? next : scheduled;
    }
}

/* An installed fleet follows a change of regime with the time constant τ_x; before the first month it had felt the first regime for ever. */
static void mix_regimes(csim_block *b) {
    const double *restrict tau = IN(b, POLICY_FLEET_ADJUST, 0);
    for (int x = 0; x < b->plan->regimes; x++)
        for (int p = 0; p < P; p++) {
            const double now = b->regime[p] == x ? 1.0 : 0.0;
            b->regime_mix[x][p] = b->t == 0 ? now : b->regime_mix[x][p] + (now - b->regime_mix[x][p]) / tau[p];
        }
}

/* An input with a value a regime: the value of the regime in force, path by path. */
static void value_in_force(const csim_block *b, csim_input_id id, double now[P]) {
    for (int p = 0; p < P; p++) now[p] = 0.0;
    for (int x = 0; x < b->plan->regimes; x++) {
        const double *restrict value = b->input[b->plan->input_offset[id] + x];
        for (int p = 0; p < P; p++) now[p] += (b->regime[p] == x ? 1.0 : 0.0) * value[p];
    }
}

static void feel_attributes(csim_block *b) {
    const double *restrict tau = IN(b, POLICY_FLEET_ADJUST, 0);
    double now[P];
    for (int a = 0; a < ATTRIBUTES; a++) {
        value_in_force(b, attribute_input[a], now);
        for (int p = 0; p < P; p++) b->felt[a][p] = b->t == 0 ? now[p] : b->felt[a][p] + (now[p] - b->felt[a][p]) / tau[p];
    }
}

/* Severity scales what chips lose and cost, not how late they come. */
static void use_attributes(csim_block *b) {
    const double *restrict severity = IN(b, POLICY_SEVERITY, 0);
    for (int p = 0; p < P; p++) {
        b->flop_loss[p] = moe_min(b->felt[FLOP][p] * severity[p], 0.8);
        b->bw_loss[p] = moe_min(b->felt[BANDWIDTH][p] * severity[p], 0.8);
        b->hbm_loss[p] = moe_min(b->felt[MEMORY][p] * severity[p], 0.8);
        b->extra_power[p] = b->felt[POWER][p] * severity[p];
        b->premium[p] = b->felt[PREMIUM][p] * severity[p];
        b->generation_lag[p] = b->felt[LAG][p];
    }
}

/* In the ladder form a regime names chips, and the attributes stay 0. */
static void clear_attributes(csim_block *b) {
    for (int p = 0; p < P; p++)
        b->flop_loss[p] = b->bw_loss[p] = b->hbm_loss[p] = b->extra_power[p] = b->premium[p] = b->generation_lag[p] = 0.0;
}

/* χ acts at once: it is a flow, not a stock. */
static void supply(csim_block *b) {
    const double *restrict severity = IN(b, POLICY_SEVERITY, 0);
    double factor[P];
    value_in_force(b, CSIM_IN_POLICY_SUPPLY, factor);
    for (int p = 0; p < P; p++) b->supply[p] = moe_exp(severity[p] * moe_log(factor[p]));
}

void csim_policy_start(csim_block *b) {
    const double *restrict severity = IN(b, POLICY_SEVERITY, 0), *restrict reference = IN(b, POLICY_SUPPLY, b->plan->policy_reference);
    for (int p = 0; p < P; p++) {
        b->regime[p] = b->plan->policy_reference; /* where a chain starts that no schedule precedes */
        b->supply_reference[p] = moe_exp(severity[p] * moe_log(reference[p]));
    }
    clear_attributes(b);
}

void csim_policy_step(csim_block *b) {
    move_regime(b);
    mix_regimes(b);
    if (b->plan->policy_relative) {
        feel_attributes(b);
        use_attributes(b);
    }
    supply(b);
}
