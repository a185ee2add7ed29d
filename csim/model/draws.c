/* Every random number of a block, by name (docs/model.md §0): inputs and errors once a path, shocks in pairs of months, and the levers that a hazard
 * switches. Owns the addresses; knows nothing of what the draws do. A draw that nothing can read is left out: no other draw moves. */
#include <stdio.h>

#include "csim/model/block.h"

enum { NAME_SIZE = 8 * CSIM_PLAN_ID };

/* "prefix.a.b"; an empty part is left out. */
static csim_stream stream_of_name(const csim_block *b, const char *prefix, const char *first, const char *second) {
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%s%s%s%s%s", prefix, *first ? "." : "", first, *second ? "." : "", second);
    return csim_stream_make(b->sampling->seed, name);
}

static void uniforms(const csim_block *b, const csim_stream *stream, double u[P]) { csim_stream_fill(stream, 0, b->first_path, b->sampling->replicates, P, u); }

static void normals(const csim_block *b, const csim_stream *stream, double z[P]) {
    double u[P];
    uniforms(b, stream, u);
    moe_normal_quantile_block(u, z, P);
}

/* ---- inputs ---- */

/* Inputs alone take their points from the sampler. */
static void sampled_uniforms(const csim_block *b, uint32_t input, double u[P]) {
    csim_sampling_fill(b->sampling, b->plan->input_hash[input], b->first_path, P, u);
}

static void evaluate_input(csim_block *b, uint32_t i, const double u[P], const double z[P]) {
    const csim_plan_input *input = &b->plan->input[i];
    double *restrict x = b->input[i];
    csim_dist_eval_block(&input->dist, b->plan->pool, u, z, x, P);
    const double lowest = input->lowest, highest = input->highest;
    for (int p = 0; p < P; p++) x[p] = moe_clip(x[p], lowest, highest);
}

static void draw_input(csim_block *b, uint32_t i) {
    double u[P] = {0}, z[P] = {0};
    if (b->plan->input[i].dist.form != CSIM_FORM_FIXED) {
        sampled_uniforms(b, i, u);
        moe_normal_quantile_block(u, z, P);
    }
    evaluate_input(b, i, u, z);
}

/* Members of a copula's group: their own normals, mixed, and back to uniforms. */
static void draw_group(csim_block *b, uint32_t group) {
    const csim_copula *copula = &b->plan->copula;
    const uint32_t first = copula->group_start[group], members = copula->group_members[group];
    double z[CSIM_COPULA_MAX_MEMBERS][P], u[P], *row[CSIM_COPULA_MAX_MEMBERS] = {0};
    for (uint32_t k = 0; k < members; k++) {
        sampled_uniforms(b, copula->member_id[first + k], u);
        moe_normal_quantile_block(u, row[k] = z[k], P);
    }
    csim_copula_mix_block(copula, group, row, P);
    for (uint32_t k = 0; k < members; k++) {
        for (int p = 0; p < P; p++) u[p] = moe_normal_cdf(z[k][p]);
        evaluate_input(b, copula->member_id[first + k], u, z[k]);
    }
}

static void draw_inputs(csim_block *b) {
    for (int32_t i = 0; i < b->plan->inputs; i++) draw_input(b, (uint32_t)i);
    for (uint32_t g = 0; g < b->plan->copula.groups; g++) draw_group(b, g); /* overwrites the members */
}

/* ---- errors and tastes of a path ---- */

static void draw_normals(const csim_block *b, const char *prefix, const char *first, const char *second, double z[P]) {
    const csim_stream stream = stream_of_name(b, prefix, first, second);
    normals(b, &stream, z);
}

/* A closed shape is an estimate: an error that all share times one of its own. Open shapes are published. */
static void draw_shape(const csim_block *b, const char *name, const char *offering, int closed, const double common[P], const double sd[P], double factor[P]) {
    double z[P];
    draw_normals(b, name, offering, "", z);
    for (int p = 0; p < P; p++) factor[p] = closed ? common[p] * moe_exp(sd[p] * z[p]) : 1.0;
}

static void draw_offering(csim_block *b, int j) {
    const char *const id = b->plan->offering_id[j];
    const int closed = !csim_is_open(b->plan, j);
    draw_normals(b, "brand", id, "", b->z_brand[j]);
    draw_normals(b, "shock.price0", id, "", b->z_price0[j]);
    draw_shape(b, "shape.active", id, closed, IN(b, COST_CLOSED_ACT, 0), IN(b, COST_CLOSED_ACT_SD, 0), b->shape_active[j]);
    draw_shape(b, "shape.total", id, closed, IN(b, COST_CLOSED_TOT, 0), IN(b, COST_CLOSED_TOT_SD, 0), b->shape_total[j]);
}

/* Log-normal with mean 1. */
static void draw_kernel_error(csim_block *b, int j, int machine) {
    const csim_plan_machine *m = &b->plan->machine[machine];
    const double *restrict sd = m->known_stack ? IN(b, COST_KERNEL_SD_KNOWN, 0) : IN(b, COST_KERNEL_SD_OTHER, 0);
    double z[P], *restrict error = b->kernel_error[j][machine];
    draw_normals(b, "kernel", b->plan->offering_id[j], m->id, z);
    for (int p = 0; p < P; p++) error[p] = moe_exp(sd[p] * z[p] - sd[p] * sd[p] / 2.0);
}

static void draw_ladder_errors(csim_block *b, int j, const csim_plan_ladder *ladder) {
    for (int i = 0; i < ladder->count; i++) draw_kernel_error(b, j, ladder->machine[i]);
}

/* Only the machines that can serve the offering (docs/model.md §4, "Evaluated"). */
static void draw_kernel_errors(csim_block *b, int j) {
    const csim_plan *plan = b->plan;
    draw_ladder_errors(b, j, &plan->fleet_ladder[plan->merchant_fleet]);
    if (csim_is_closed_us(plan, j) && plan->second_fleet[j] >= 0) draw_ladder_errors(b, j, &plan->fleet_ladder[plan->second_fleet[j]]);
    if (!csim_is_chinese(plan, j) || plan->policy_relative) return;
    for (int x = 0; x < plan->regimes; x++) draw_ladder_errors(b, j, &plan->regime_ladder[x]);
}

static void draw_efficiency(csim_block *b, int machine) {
    const csim_plan_machine *m = &b->plan->machine[machine];
    const double *restrict sd = IN(b, COST_EFFICIENCY_SD, 0);
    const double centre = moe_log(m->efficiency);
    double z[P] = {0}, *restrict factor = b->efficiency[machine];
    if (m->has_efficiency) draw_normals(b, "efficiency", m->id, "", z);
    for (int p = 0; p < P; p++) factor[p] = m->has_efficiency ? moe_exp(centre + sd[p] * z[p]) : 1.0;
}

static void draw_vendor(csim_block *b, int v) {
    const csim_stream threshold = stream_of_name(b, "pivot.threshold", b->plan->vendor_id[v], "");
    const double *restrict sd = IN(b, PIVOT_FRAILTY, 0);
    double u[P], z[P];
    uniforms(b, &threshold, u);
    draw_normals(b, "pivot.frailty", b->plan->vendor_id[v], "", z);
    for (int p = 0; p < P; p++) {
        b->pivot_threshold[v][p] = -moe_log(u[p]);
        b->pivot_frailty[v][p] = moe_exp(sd[p] * z[p] - sd[p] * sd[p] / 2.0);
    }
}

static void take_successor_logs(csim_block *b) {
    const double *const gain[5] = {IN(b, COST_GEN_FLOPS, 0), IN(b, COST_GEN_MEMORY, 0), IN(b, COST_GEN_LINK, 0), IN(b, COST_GEN_POWER, 0),
                                   IN(b, COST_GEN_CAPEX, 0)};
    for (int k = 0; k < 5; k++)
        for (int p = 0; p < P; p++) b->successor_log[k][p] = moe_log(gain[k][p]);
}

/* ---- hazards ---- */

/* The stream of a lever's slot: its key with "lever" for "levers", such as "lever.origin_ban.developers.us". */
static csim_stream lever_stream(const csim_block *b, int slot) {
    const csim_plan *plan = b->plan;
    int id = 0;
    while (slot >= plan->lever_offset[id + 1]) id++;
    const csim_lever_row *row = &csim_lever_rows[id];
    const int element = slot - plan->lever_offset[id], regions = plan->regions;
    const char *first = "", *second = "";
    switch (row->index) {
    case CSIM_INDEX_SEGMENT: first = plan->segment_id[element]; break;
    case CSIM_INDEX_REGION: first = plan->region_id[element]; break;
    case CSIM_INDEX_OFFERING: first = plan->offering_id[element]; break;
    case CSIM_INDEX_REGIME: first = plan->regime_id[element]; break;
    case CSIM_INDEX_SEGMENT_REGION:
        first = plan->segment_id[element / regions];
        second = plan->region_id[element % regions];
        break;
    case CSIM_INDEX_NONE: case CSIM_INDEX_SEGMENT_OFFERING: case CSIM_INDEX_REGIME_REGIME: break; /* no lever is indexed by the last two */
    }
    char key[NAME_SIZE / 2];
    snprintf(key, sizeof key, "lever.%s", row->key + sizeof "levers." - 1);
    return stream_of_name(b, key, first, second);
}

/* Months until a geometric waiting time with probability a a month has passed, from one uniform. */
static void draw_hazard(csim_block *b, int h) {
    const csim_plan_hazard *hazard = &b->plan->hazard[h];
    const double a = hazard->hazard_per_yr / 12.0, per_month = a < 1.0 ? moe_log(1.0 - a) : -(double)INFINITY, never = 1e6;
    const csim_stream stream = lever_stream(b, hazard->lever);
    double u[P];
    uniforms(b, &stream, u);
    for (int p = 0; p < P; p++) b->hazard_month[h][p] = hazard->from_month + (int)moe_min(moe_log(1.0 - u[p]) / per_month, never);
}

/* ---- shocks ---- */

static void plan_shock(csim_block *b, csim_stream stream, double (*to)[P], int normal) {
    b->month_draw[b->month_draws++] = (csim_month_draw){stream, to, normal, -1};
}

static void plan_normal(csim_block *b, const char *prefix, const char *element, double (*to)[P]) {
    plan_shock(b, stream_of_name(b, prefix, element, ""), to, 1);
}

static void plan_uniform(csim_block *b, const char *prefix, const char *element, double (*to)[P]) {
    plan_shock(b, stream_of_name(b, prefix, element, ""), to, 0);
}

/* A shock that moves everything after it: on a bridge unless points are independent anyway. */
static void plan_leading(csim_block *b, int bridge, const char *name, double (*to)[P]) {
    plan_normal(b, name, "", to);
    if (b->sampling->sampler == CSIM_SAMPLER_MC) return;
    b->month_draw[b->month_draws - 1].bridge = bridge;
    csim_bridge_start(b, &b->bridge[bridge], name);
}

static int regimes_move(const csim_plan *plan) {
    int moves = 0;
    for (int t = 0; t < plan->months; t++) moves |= plan->policy_state[t] == CSIM_POLICY_MARKOV;
    return moves;
}

static int mergers_happen(const csim_plan *plan) {
    const int slot = plan->lever_offset[CSIM_LEVER_MERGER_PROBABILITY];
    int happen = 0;
    for (int t = 0; t < plan->months; t++) happen |= plan->lever[slot][t] > 0.0;
    for (int h = 0; h < plan->hazards; h++) happen |= plan->hazard[h].lever == slot;
    return happen;
}

static void plan_events(csim_block *b) {
    plan_uniform(b, "event.shift", "", b->u_shift);
    plan_uniform(b, "event.deals", "", b->u_deals);
    plan_uniform(b, "event.mega", "", b->u_mega);
    if (regimes_move(b->plan)) plan_uniform(b, "event.regime", "", b->u_regime);
    if (!mergers_happen(b->plan)) return;
    plan_uniform(b, "event.merger", "", b->u_merger);
    plan_uniform(b, "event.merger_a", "", b->u_merger_a);
    plan_uniform(b, "event.merger_b", "", b->u_merger_b);
}

static void plan_shocks(csim_block *b) {
    const csim_plan *plan = b->plan;
    b->month_draws = 0;
    plan_leading(b, 0, "shock.frontier", b->z_frontier);
    plan_leading(b, 1, "shock.lag.cn", b->z_lag_cn);
    plan_leading(b, 2, "shock.lag.other", b->z_lag_other);
    plan_leading(b, 3, "shock.demand", b->z_demand);
    for (int j = 0; j < plan->offerings; j++) {
        plan_normal(b, "shock.shortfall", plan->offering_id[j], b->z_shortfall[j]);
        plan_normal(b, "shock.price", plan->offering_id[j], b->z_price[j]);
        plan_uniform(b, "shock.release", plan->offering_id[j], b->u_release[j]);
    }
    for (int s = 0; s < plan->segments; s++) {
        plan_normal(b, "shock.taste.cn", plan->segment_id[s], b->z_taste_cn[s]);
        plan_normal(b, "shock.taste.other", plan->segment_id[s], b->z_taste_other[s]);
    }
    plan_events(b);
}

/* One pass of the generator serves an even month and the odd one after it. */
static void draw_shocks(csim_block *b) {
    for (int i = 0; i < b->month_draws; i++) {
        const csim_month_draw *draw = &b->month_draw[i];
        double u[2][P], (*to)[P] = draw->normal ? u : draw->to;
        if (draw->bridge >= 0) {
            csim_bridge_fill(b, &b->bridge[draw->bridge], &draw->stream, draw->to);
            continue;
        }
        csim_stream_fill_pair(&draw->stream, (uint32_t)b->t, b->first_path, b->sampling->replicates, P, to[0], to[1]);
        for (int odd = 0; draw->normal && odd < 2; odd++) moe_normal_quantile_block(u[odd], draw->to[odd], P);
    }
}

/* ---- levers of the month ---- */

static void set_levers(csim_block *b) {
    const csim_plan *plan = b->plan;
    for (int slot = 0; slot < plan->levers; slot++) {
        const double value = plan->lever[slot][b->t];
        if (b->t > 0 && value == plan->lever[slot][b->t - 1]) continue;
        for (int p = 0; p < P; p++) b->lever[slot][p] = value;
    }
}

static void switch_levers(csim_block *b) {
    for (int h = 0; h < b->plan->hazards; h++) {
        const csim_plan_hazard *hazard = &b->plan->hazard[h];
        const double before = b->plan->lever[hazard->lever][b->t], after = hazard->value;
        for (int p = 0; p < P; p++) b->lever[hazard->lever][p] = b->t >= b->hazard_month[h][p] ? after : before;
    }
}

void csim_draws_start(csim_block *b) {
    draw_inputs(b);
    take_successor_logs(b);
    for (int m = 0; m < b->plan->machines; m++) draw_efficiency(b, m);
    for (int j = 0; j < b->plan->offerings; j++) {
        draw_offering(b, j);
        draw_kernel_errors(b, j);
    }
    for (int v = 0; v < b->plan->vendors; v++) draw_vendor(b, v);
    for (int h = 0; h < b->plan->hazards; h++) draw_hazard(b, h);
    plan_shocks(b);
}

void csim_draws_month(csim_block *b) {
    if (b->t % 2 == 0) draw_shocks(b);
    set_levers(b);
    switch_levers(b);
}
