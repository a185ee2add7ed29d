/* Which machines a fleet consists of in a month (docs/model.md §4, "Machines"): the ramps of a ladder's generations, the mixture that controls make of
 * several ladders, and what synthetic successors have gained. Knows dates and shares; must not know what a machine does. */
#include "csim/model/block.h"

#define SMALLEST_SHARE 0.01

/* Generation i takes over along r_i = S(4((t − t_i − ℓ)/τ − 1)): 2 % at its date, half after τ, 98 % after 2τ. Shares are differences of ramps. Before the
 * margin r_i is 0, not merely small: the successors that a longer horizon adds are not felt by months that a shorter one has. */
void csim_ladder_shares(const csim_plan_ladder *ladder, double t, const double *lag, const double *tau, double shares[][P]) {
    static const double on_time[P];
    const double *restrict late = lag ? lag : on_time;
    double next[P] = {0};
    for (int i = ladder->count - 1; i > 0; i--) {
        const double age = t - ladder->month[i];
        double *restrict share = shares[i];
        if (!csim_ladder_has_begun(ladder, i, t)) {
            memset(share, 0, sizeof shares[i]); /* nor has a later one a ramp: ladders are in the order of dates */
            continue;
        }
        for (int p = 0; p < P; p++) {
            const double ramp = moe_logistic(4.0 * ((age - late[p]) / tau[p] - 1.0));
            share[p] = ramp - next[p];
            next[p] = ramp;
        }
    }
    for (int p = 0; p < P; p++) shares[0][p] = 1.0 - next[p];
}

/* Step n of a successor has each gain n times. */
static void compound(const double ln_gain[P], int steps, double factor[P]) {
    for (int p = 0; p < P; p++) factor[p] = steps > 0 ? moe_exp(steps * ln_gain[p]) : 1.0;
}

void csim_fleet_start(csim_block *b) {
    enum { SPEED, MEMORY, LINK, POWER, CAPEX }; /* order of successor_log */
    for (int m = 0; m < b->plan->machines; m++) {
        const int steps = b->plan->machine[m].successor_steps;
        csim_machine_factors *factors = &b->machine_factors[m];
        compound(b->successor_log[SPEED], steps, factors->change.flop);
        memcpy(factors->change.bandwidth, factors->change.flop, sizeof factors->change.flop);
        compound(b->successor_log[MEMORY], steps, factors->change.memory);
        compound(b->successor_log[LINK], steps, factors->change.link);
        compound(b->successor_log[POWER], steps, factors->power);
        compound(b->successor_log[CAPEX], steps, factors->capex);
    }
}

/* Row of a machine, entered at 0 when it is new: one chip in several ladders adds up. The list is kept in the order of the plan's machines, whatever
 * ladder came first: sums over it must not depend on which regimes the block's other paths have felt. */
static double *row_of(csim_block *b, int machine) {
    int at = b->fleet_machines;
    while (at > 0 && b->fleet_machine[at - 1] > machine) at--;
    if (at > 0 && b->fleet_machine[at - 1] == machine) return b->fleet_share[machine];
    for (int i = b->fleet_machines++; i > at; i--) b->fleet_machine[i] = b->fleet_machine[i - 1];
    b->fleet_machine[at] = machine;
    return memset(b->fleet_share[machine], 0, sizeof b->fleet_share[machine]);
}

static void add_ladder(csim_block *b, const csim_plan_ladder *ladder, double shares[][P], const double weight[P]) {
    for (int i = 0; i < ladder->count; i++) {
        double *restrict row = row_of(b, ladder->machine[i]);
        const double *restrict share = shares[i];
        for (int p = 0; p < P; p++) row[p] += weight[p] * share[p];
    }
}

static int any_positive(const double x[P]) {
    uint64_t any = 0; /* as wide as a double, so that the loop is vector code */
    for (int p = 0; p < P; p++) any |= x[p] > 0.0 ? UINT64_C(1) : UINT64_C(0);
    return any != 0;
}

/* Shares below a hundredth are dropped, the rest scaled to 1; machines without a share on any path leave the list. */
static void cut(csim_block *b) {
    double sum[P] = {0};
    int kept = 0;
    for (int i = 0; i < b->fleet_machines; i++) {
        double *restrict share = b->fleet_share[b->fleet_machine[i]];
        for (int p = 0; p < P; p++) {
            share[p] = share[p] < SMALLEST_SHARE ? 0.0 : share[p];
            sum[p] += share[p];
        }
        if (any_positive(share)) b->fleet_machine[kept++] = b->fleet_machine[i];
    }
    b->fleet_machines = kept;
    for (int i = 0; i < kept; i++) {
        double *restrict share = b->fleet_share[b->fleet_machine[i]];
        for (int p = 0; p < P; p++) share[p] /= sum[p];
    }
}

static void all_of(double weight[P]) {
    for (int p = 0; p < P; p++) weight[p] = 1.0;
}

void csim_fleet_take_merchant(csim_block *b) {
    double weight[P];
    all_of(weight);
    b->fleet_machines = 0;
    add_ladder(b, &b->plan->fleet_ladder[b->plan->merchant_fleet], b->merchant_share_now, weight);
    cut(b);
}

static void take_ladder(csim_block *b, const csim_plan_ladder *ladder, const double *lag) {
    double weight[P];
    all_of(weight);
    b->fleet_machines = 0;
    csim_ladder_shares(ladder, b->t, lag, IN(b, COST_TAU_FLEET, 0), b->step_share);
    add_ladder(b, ladder, b->step_share, weight);
    cut(b);
}

void csim_fleet_take_second(csim_block *b, int fleet) { take_ladder(b, &b->plan->fleet_ladder[fleet], NULL); }

/* ω: share of the controlled buyers' supply that is rented abroad or smuggled, and so of merchant machines. */
static void offshore_share(const csim_block *b, double omega[P]) {
    const double *restrict offshore = LV(b, OFFSHORE_CLOUD, 0), *restrict diversion = LV(b, DIVERSION, 0);
    for (int p = 0; p < P; p++) omega[p] = (offshore[p] + diversion[p]) / (b->supply[p] + offshore[p] + diversion[p]);
}

/* Each regime's ladder by how far the fleet has felt the regime, and the offshore part. */
static void mix_ladders(csim_block *b) {
    double omega[P], weight[P];
    offshore_share(b, omega);
    b->fleet_machines = 0;
    for (int x = 0; x < b->plan->regimes; x++) {
        if (!any_positive(b->regime_mix[x])) continue;
        for (int p = 0; p < P; p++) weight[p] = (1.0 - omega[p]) * b->regime_mix[x][p];
        csim_ladder_shares(&b->plan->regime_ladder[x], b->t, NULL, IN(b, COST_TAU_FLEET, 0), b->step_share);
        add_ladder(b, &b->plan->regime_ladder[x], b->step_share, weight);
    }
    if (any_positive(omega)) add_ladder(b, &b->plan->fleet_ladder[b->plan->merchant_fleet], b->merchant_share_now, omega);
    cut(b);
}

void csim_fleet_take_controlled(csim_block *b) {
    if (b->plan->policy_relative) take_ladder(b, &b->plan->fleet_ladder[b->plan->merchant_fleet], b->generation_lag);
    else mix_ladders(b);
}
