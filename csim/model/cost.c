/* What a token costs to serve: the month's workload and shapes through the cost kernel, machine by machine and offering by offering, then who serves
 * whom (docs/model.md §4). Owns money a token; the kernel owns seconds a token, fleet.c the shares. */
#include "csim/model/block.h"

/* Of one machine in one fleet: what a kernel second costs, in units the sums need. */
typedef struct machine_rates {
    moe_machine_fold machine;
    double per_measured[P];  /* one over measured over fitted speed */
    double usd[P];           /* $ a million accelerator-seconds that serve */
    double watts[P];         /* W while serving, over utilisation and maturity */
    double capital[P];       /* capital part of the dollars */
    double h100e[P];         /* H100-equivalents, over utilisation and maturity */
} machine_rates;

typedef csim_fleet_cost fleet_costs[J];

/* M(t): speed of serving software at a month, on the scale where full maturity is reached late. */
static double maturity(double start, double gain, double mid, double t) { return start + gain * moe_logistic((t - mid) / 8.0); }

void csim_cost_start(csim_block *b) {
    const double *restrict start = IN(b, COST_S_START, 0), *restrict gain = IN(b, COST_S_GAIN, 0), *restrict mid = IN(b, COST_S_MID, 0);
    const double *restrict interest = IN(b, COST_INTEREST, 0), *restrict life = IN(b, COST_LIFE, 0);
    const double fitted_at = b->plan->fit_month;
    csim_fleet_start(b);
    for (int p = 0; p < P; p++) {
        b->fitted_maturity[p] = maturity(start[p], gain[p], mid[p], fitted_at);
        b->recovery[p] = interest[p] / (1.0 - moe_exp(-life[p] * moe_log(1.0 + interest[p])));
    }
}

/* ---- workload and shapes of the month ---- */

/* A request and the service it gets. Cache hits and draft depth are the same on all paths. */
static void set_workload(csim_block *b) {
    moe_workload_block *work = &b->work;
    const double *restrict input = LV(b, WORKLOAD_INPUT, 0), *restrict output = LV(b, WORKLOAD_OUTPUT, 0), *restrict slower = LV(b, TPOT_FACTOR, 0);
    const double *restrict longer = IN(b, COST_CTX_MULT, 0), *restrict tpot_ms = IN(b, COST_TPOT_MS, 0), *restrict accept = IN(b, COST_ACCEPT, 0);
    const double exponent = moe_min(b->y / 2.0, 2.0), drafted = LV(b, DRAFT_DEPTH, 0)[0];
    work->hit_share = LV(b, WORKLOAD_HIT, 0)[0];
    work->verified = drafted + 1.0;
    for (int p = 0; p < P; p++) {
        work->input_tokens[p] = input[p] * moe_exp(exponent * moe_log(longer[p]));
        work->output_tokens[p] = output[p];
        work->tpot_s[p] = slower[p] * tpot_ms[p] * 1e-3;
        work->accepted[p] = drafted > 0.0 ? moe_min(accept[p], drafted + 1.0) : 1.0;
    }
}

/* μ and x_O, what a mean token of the workload needs of input and of output; and what of a machine's time serves. */
static void set_mix_and_software(csim_block *b) {
    const double *restrict cached = IN(b, COST_CACHED_PRICE, 0), *restrict util = IN(b, COST_UTIL, 0);
    const double *restrict start = IN(b, COST_S_START, 0), *restrict gain = IN(b, COST_S_GAIN, 0), *restrict mid = IN(b, COST_S_MID, 0);
    const double hit = b->work.hit_share, t = b->t;
    for (int p = 0; p < P; p++) {
        const double input = b->work.input_tokens[p], output = b->work.output_tokens[p];
        b->input_mix[p] = input / (input + output) * (hit * cached[p] + 1.0 - hit);
        b->output_mix[p] = output / (input + output);
        b->per_software[p] = b->fitted_maturity[p] / (util[p] * maturity(start[p], gain[p], mid[p], t));
    }
}

/* Shapes at the month: the catalogue's, grown since the last known one at a rate that fades over three years. */
static void fold_shapes(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double unseen = moe_max((double)(b->t - plan->growth_from), 0.0), years = 3.0 * (1.0 - moe_exp(-unseen / 36.0));
    const double *restrict act = IN(b, COST_A_ACT, 0), *restrict tot = IN(b, COST_A_TOT, 0), *restrict kv = IN(b, COST_A_KV, 0);
    double grown_active[P], grown_total[P], cache[P], active[P], total[P];
    for (int p = 0; p < P; p++) {
        grown_active[p] = moe_exp(act[p] * years);
        grown_total[p] = moe_exp(tot[p] * years);
        cache[p] = moe_exp(kv[p] * years);
    }
    for (int j = 0; j < plan->offerings; j++) {
        for (int p = 0; p < P; p++) {
            active[p] = b->shape_active[j][p] * grown_active[p];
            total[p] = b->shape_total[j][p] * grown_total[p];
        }
        moe_fold_paths(&plan->shape_base[plan->shape[j][b->t]], &b->work, active, total, cache, P, &b->fold[j]);
    }
}

/* ---- one machine ---- */

/* Controls in the relative form: slower, smaller, hungrier and dearer chips (the losses are 0 in the ladder form). */
static void penalise(const csim_block *b, moe_machine_block *change) {
    for (int p = 0; p < P; p++) {
        change->flop[p] *= 1.0 - b->flop_loss[p];
        change->bandwidth[p] *= 1.0 - b->bw_loss[p];
        change->memory[p] *= 1.0 - b->hbm_loss[p];
    }
}

static void fold_machine(const csim_block *b, int machine, int controlled, machine_rates *rates) {
    const moe_hardware *hardware = &b->plan->machine[machine].hardware;
    const moe_machine_block *change = &b->machine_factors[machine].change;
    const double h100e = hardware->fp8_flop_per_s / CSIM_H100_FP8_FLOP_PER_S, *restrict measured = b->efficiency[machine];
    moe_machine_block less;
    if (controlled && b->plan->policy_relative) {
        less = *change;
        penalise(b, &less);
        change = &less;
    }
    moe_fold_machine(hardware, change, &b->work, P, &rates->machine);
    for (int p = 0; p < P; p++) {
        rates->per_measured[p] = 1.0 / measured[p];
        rates->h100e[p] = h100e * change->flop[p] * b->per_software[p];
    }
}

static void rate_machine(const csim_block *b, int machine, int fleet, machine_rates *rates) {
    const csim_machine_factors *factors = &b->machine_factors[machine];
    const int controlled = fleet == b->plan->controlled_fleet;
    const double bound = controlled ? 1.0 : 0.0, capex_usd = b->plan->machine[machine].hardware.capex_usd;
    const double all_in_kw = b->plan->machine[machine].hardware.all_in_kw, per_hour = 1.0 / 8760.0, million_seconds = 1e6 / 3600.0;
    const double *restrict electricity = b->plan->fleet_elec_cn[fleet] ? IN(b, COST_ELEC_CN, 0) : IN(b, COST_ELEC_US, 0);
    const double *restrict opex = IN(b, COST_OPEX, 0);
    fold_machine(b, machine, controlled, rates);
    for (int p = 0; p < P; p++) {
        const double capex = capex_usd * factors->capex[p] * (1.0 + bound * b->premium[p]) * per_hour;
        const double kw = all_in_kw * factors->power[p] * (1.0 + bound * b->extra_power[p]);
        const double usd_per_hour = capex * (b->recovery[p] + opex[p]) + kw * electricity[p];
        rates->usd[p] = usd_per_hour * million_seconds * b->per_software[p];
        rates->watts[p] = 1e3 * kw * b->per_software[p];
        rates->capital[p] = capex * b->recovery[p] / usd_per_hour;
    }
}

/* Adds a machine's part of an offering's cost, weighted with its share. capital_share holds dollars until the sum is finished. */
static void add_machine(const csim_block *b, int machine, const machine_rates *rates, const double error[P], const moe_cost_block *cost, csim_fleet_cost *restrict sum) {
    const double *restrict share = b->fleet_share[machine], *restrict input_mix = b->input_mix, *restrict output_mix = b->output_mix;
    for (int p = 0; p < P; p++) {
        const double output_s = cost->output_s[p] * rates->per_measured[p], input_s = cost->input_s[p], usd = share[p] * rates->usd[p] * error[p];
        sum->input[p] += usd * input_s;
        sum->output[p] += usd * output_s;
        sum->capital_share[p] += usd * output_s * rates->capital[p];
        sum->joule[p] += share[p] * rates->watts[p] * output_s;
        sum->batch[p] += share[p] * cost->batch[p];
        sum->h100e_s[p] += share[p] * rates->h100e[p] * (input_s * input_mix[p] + output_s * output_mix[p]);
    }
}

/* The list blend, and the lever that cheapens open offerings. */
static void finish(const csim_block *b, int j, csim_fleet_cost *restrict sum) {
    const double *restrict lever = LV(b, OPEN_COST_FACTOR, 0);
    const int open = csim_is_open(b->plan, j);
    for (int p = 0; p < P; p++) {
        const double factor = open ? lever[p] : 1.0;
        sum->capital_share[p] /= sum->output[p];
        sum->input[p] *= factor;
        sum->output[p] *= factor;
        sum->joule[p] *= factor;
        sum->h100e_s[p] *= factor;
        sum->blend[p] = (3.0 * sum->input[p] + sum->output[p]) / 4.0;
    }
}

/* ---- one fleet ---- */

/* The offering's shape of the month on a machine: new when the ladder steps. */
static const moe_pair *find_pair(csim_block *b, int j, int machine) {
    const csim_plan *plan = b->plan;
    const int shape = plan->shape[j][b->t];
    if (b->pair_shape[j][machine] != shape + 1) {
        const moe_hardware *hardware = &plan->machine[machine].hardware;
        moe_fold_base served;
        moe_fold_served(&plan->shape_base[shape], hardware, &served);
        moe_fold_pair(&served, hardware, &plan->efficiency, &b->pair[j][machine]);
        b->pair_shape[j][machine] = shape + 1;
    }
    return &b->pair[j][machine];
}

/* Machine seconds a token of an offering. Chinese offerings meet merchant machines twice, abroad and in the controlled fleet's offshore part. Unless
 * controls penalise chips the machines are the same, and what the merchant fleet's turn has found this month is used again. */
static const moe_cost_block *find_seconds(csim_block *b, int j, int machine, int penalised, const machine_rates *rates, moe_cost_block *own) {
    const csim_plan *plan = b->plan;
    const int kept = csim_is_chinese(plan, j) && !penalised, found = kept && b->seconds_until[j][machine] > b->t;
    moe_cost_block *cost = kept ? &b->seconds[j][machine] : own;
    if (found) return cost;
    moe_cost_evaluate(find_pair(b, j, machine), &b->fold[j], &b->work, &rates->machine, P, cost);
    if (kept) b->seconds_until[j][machine] = b->t + 1;
    return cost;
}

/* The fleet in hand, for the offerings whose `served` is set. */
static void evaluate_fleet(csim_block *b, int fleet, const int served[J], fleet_costs out) {
    const csim_plan *plan = b->plan;
    const int penalised = plan->policy_relative && fleet == plan->controlled_fleet;
    machine_rates rates;
    moe_cost_block own;
    for (int j = 0; j < plan->offerings; j++)
        if (served[j]) memset(&out[j], 0, sizeof out[j]);
    for (int i = 0; i < b->fleet_machines; i++) {
        const int machine = b->fleet_machine[i];
        rate_machine(b, machine, fleet, &rates);
        for (int j = 0; j < plan->offerings; j++)
            if (served[j]) add_machine(b, machine, &rates, b->kernel_error[j][machine], find_seconds(b, j, machine, penalised, &rates, &own), &out[j]);
    }
    for (int j = 0; j < plan->offerings; j++)
        if (served[j]) finish(b, j, &out[j]);
}

static void evaluate_merchant(csim_block *b) {
    int served[J];
    for (int j = 0; j < J; j++) served[j] = 1;
    csim_fleet_take_merchant(b);
    evaluate_fleet(b, b->plan->merchant_fleet, served, b->merchant);
}

/* Closed US labs' own chips; several may share a fleet. */
static void evaluate_second(csim_block *b) {
    const csim_plan *plan = b->plan;
    for (int fleet = 0; fleet < plan->fleets; fleet++) {
        int served[J] = {0}, any = 0;
        for (int j = 0; j < plan->offerings; j++) any |= served[j] = csim_is_closed_us(plan, j) && plan->second_fleet[j] == fleet;
        if (!any) continue;
        csim_fleet_take_second(b, fleet);
        evaluate_fleet(b, fleet, served, b->second);
    }
}

static void evaluate_controlled(csim_block *b) {
    int served[J] = {0}, any = 0;
    for (int j = 0; j < b->plan->offerings; j++) any |= served[j] = csim_is_chinese(b->plan, j);
    if (!any) return;
    csim_fleet_take_controlled(b);
    evaluate_fleet(b, b->plan->controlled_fleet, served, b->controlled);
}

/* ---- hosting ---- */

static void logarithms(const double cost[P], double out[P]) {
    for (int p = 0; p < P; p++) out[p] = moe_log(cost[p]);
}

/* One fleet serves all: closed-cn the controlled one, other-open and labs without chips of their own the merchant one. */
static void host_on(csim_block *b, int j, const csim_fleet_cost *fleet) {
    memcpy(b->cost[j], fleet->blend, sizeof b->cost[j]);
    memcpy(b->cost_first[j], fleet->blend, sizeof b->cost[j]);
    memcpy(b->cost_abroad[j], fleet->blend, sizeof b->cost[j]);
    memcpy(b->capital_share[j], fleet->capital_share, sizeof b->capital_share[j]);
}

/* closed-us: part on merchant machines, part on own chips, more of it the less merchant closed inference is (n of last month). */
static void host_closed_us(csim_block *b, int j) {
    const double *restrict base = IN(b, SI_OWN_BASE, j), *restrict tilt = IN(b, SI_OWN_TILT, j);
    const csim_fleet_cost *merchant = &b->merchant[j], *second = &b->second[j];
    double *restrict weight = b->own_weight[j], own[P], ln_rented[P], ln_own[P];
    for (int p = 0; p < P; p++) own[p] = moe_clip(1.0 - moe_logistic(b->ln_merchant_odds[p]), 0.05, 0.8);
    logarithms(merchant->blend, ln_rented);
    logarithms(second->blend, ln_own);
    for (int p = 0; p < P; p++) {
        weight[p] = moe_clip(base[p] + tilt[p] * own[p], 0.0, 0.95);
        b->cost[j][p] = moe_exp((1.0 - weight[p]) * ln_rented[p] + weight[p] * ln_own[p]);
        b->capital_share[j][p] = (1.0 - weight[p]) * merchant->capital_share[p] + weight[p] * second->capital_share[p];
    }
    memcpy(b->cost_first[j], b->cost[j], sizeof b->cost[j]);
    memcpy(b->cost_abroad[j], b->cost[j], sizeof b->cost[j]);
}

/* Tokens of j in china and elsewhere at the start, from the segments' and regions' weights and the initial shares. */
static void start_tokens(const csim_block *b, int j, double home[P], double all[P]) {
    const csim_plan *plan = b->plan;
    const double *restrict china_share = IN(b, CHOICE_SHARE0_CHINA, j);
    for (int p = 0; p < P; p++) home[p] = all[p] = 0.0;
    for (int s = 0; s < plan->segments; s++)
        for (int r = 0; r < plan->regions; r++) {
            const int in_china = r == plan->china;
            const double *restrict segment = IN(b, DEMAND_SEGMENT_WEIGHT, s), *restrict region = IN(b, DEMAND_REGION_WEIGHT, r);
            const double *restrict share = in_china ? china_share : IN(b, CHOICE_SHARE0, s * plan->offerings + j);
            for (int p = 0; p < P; p++) {
                const double tokens = segment[p] * region[p] * share[p];
                home[p] += in_china ? tokens : 0.0;
                all[p] += tokens;
            }
        }
}

/* ω_j: share of j's tokens in china last month; 0 while it has none anywhere. */
static void china_share(const csim_block *b, int j, double omega[P]) {
    double home[P], all[P];
    if (b->t == 0) start_tokens(b, j, home, all);
    else {
        memcpy(home, b->tokens_china[j], sizeof home);
        memcpy(all, b->tokens_offering[j], sizeof all);
    }
    for (int p = 0; p < P; p++) omega[p] = all[p] > 0.0 ? home[p] / all[p] : 0.0;
}

/* ln of the softly cheaper of two costs, −.1 ln(½e^(−a/.1) + ½e^(−b/.1)): both are on offer and buyers do not all find the cheapest. */
static void soft_minimum(const double a[P], const double b[P], double out[P]) {
    double farther[P];
    for (int p = 0; p < P; p++) farther[p] = moe_exp(-10.0 * fabs(a[p] - b[p]));
    for (int p = 0; p < P; p++) out[p] = moe_min(a[p], b[p]) - 0.1 * moe_log(0.5 * (1.0 + farther[p]));
}

/* cn-open: first party at home; abroad first party or third-party hosts. This is how open weights escape the hardware penalty, unless foreign hosts may
 * not serve them. What a buyer abroad costs includes the hosts' margin; the flagship cost behind list prices does not. */
static void host_cn_open(csim_block *b, int j) {
    const double *restrict banned = LV(b, HOSTING_BAN, 0), *restrict margin = IN(b, COST_HOST_MARGIN, 0), *restrict host_cost = b->merchant[j].blend;
    double first[P], host[P], sold[P], abroad[P], bought[P], omega[P];
    logarithms(b->controlled[j].blend, first);
    logarithms(host_cost, host);
    for (int p = 0; p < P; p++) sold[p] = moe_log(host_cost[p] * (1.0 + margin[p]));
    soft_minimum(first, host, abroad);
    soft_minimum(first, sold, bought);
    china_share(b, j, omega);
    for (int p = 0; p < P; p++) {
        abroad[p] = (1.0 - banned[p]) * abroad[p] + banned[p] * first[p];
        bought[p] = (1.0 - banned[p]) * bought[p] + banned[p] * first[p];
    }
    memcpy(b->cost_first[j], b->controlled[j].blend, sizeof b->cost_first[j]);
    for (int p = 0; p < P; p++) b->cost_abroad[j][p] = moe_exp(bought[p]);
    for (int p = 0; p < P; p++) b->cost[j][p] = moe_exp(omega[p] * first[p] + (1.0 - omega[p]) * abroad[p]);
    memcpy(b->capital_share[j], b->merchant[j].capital_share, sizeof b->capital_share[j]);
}

static void host(csim_block *b, int j) {
    switch ((csim_group)b->plan->group[j]) {
    case CSIM_CLOSED_US:
        if (b->plan->second_fleet[j] >= 0) host_closed_us(b, j);
        else host_on(b, j, &b->merchant[j]);
        break;
    case CSIM_CLOSED_CN: host_on(b, j, &b->controlled[j]); break;
    case CSIM_CN_OPEN: host_cn_open(b, j); break;
    case CSIM_OTHER_OPEN: host_on(b, j, &b->merchant[j]); break;
    }
}

/* Flagship cost of a mean token of the workload: the list blend's cost times how much cheaper the mix is on the fleet that serves. */
static void mix_cost(csim_block *b, int j) {
    const csim_fleet_cost *fleet = b->plan->group[j] == CSIM_CLOSED_CN ? &b->controlled[j] : &b->merchant[j];
    for (int p = 0; p < P; p++)
        b->cost_mix[j][p] = b->cost[j][p] * (fleet->input[p] * b->input_mix[p] + fleet->output[p] * b->output_mix[p]) / fleet->blend[p];
}

void csim_cost_step(csim_block *b) {
    set_workload(b);
    set_mix_and_software(b);
    fold_shapes(b);
    evaluate_merchant(b);
    evaluate_second(b);
    evaluate_controlled(b);
    for (int j = 0; j < b->plan->offerings; j++) {
        host(b, j);
        mix_cost(b, j);
    }
}
