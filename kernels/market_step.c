/* The nested logit and its inertia over a block of paths; see the header. */
#include "kernels/market_step.h"

#include "kernels/lanes.h"
#include "kernels/vmath.h"

enum { NESTS = 3 };
static const double NOTHING = -1e300; /* largest utility of an empty nest: its power is e^−∞ = 0 */

static int nest_of(int group) { return group <= MOE_CLOSED_CN ? 0 : group - 1; }

/* m of each nest. */
static void find_maxima(int offerings, const int32_t *group, double utility[][MOE_BLOCK], double most[NESTS][MOE_BLOCK]) {
    for (int n = 0; n < NESTS; n++) MOE_LANES(p) most[n][p] = NOTHING;
    for (int j = 0; j < offerings; j++) {
        double *m = most[nest_of(group[j])];
        MOE_LANES(p) m[p] = moe_max(utility[j][p], m[p]);
    }
}

void moe_segment_prepare(int offerings, const int32_t *group, double utility[][MOE_BLOCK], const double *lambda, moe_segment_choice *out) {
    double most[NESTS][MOE_BLOCK], inverse[MOE_BLOCK];
    find_maxima(offerings, group, utility, most);
    MOE_LANES(p) inverse[p] = 1.0 / lambda[p];
    for (int g = 0; g < MOE_GROUPS; g++) MOE_LANES(p) out->sum[g][p] = 0.0;
    for (int j = 0; j < offerings; j++) {
        const double *m = most[nest_of(group[j])];
        double *weight = out->weight[j], *sum = out->sum[group[j]];
        MOE_LANES(p) weight[p] = moe_exp((utility[j][p] - m[p]) * inverse[p]);
        MOE_LANES(p) sum[p] += weight[p];
    }
    MOE_LANES(p) {
        const double top = moe_max(most[0][p], moe_max(most[1][p], most[2][p]));
        out->closed_lift[p] = most[0][p] - top;
        most[1][p] -= top;
        most[2][p] -= top;
    }
    for (int n = 0; n < 2; n++) {
        const double *sum = out->sum[MOE_OPEN_CN + n], *lift = most[1 + n];
        double *power = out->open_power[n], *per_sum = out->open_per_sum[n], whole[MOE_BLOCK];
        MOE_LANES(p) whole[p] = moe_max(sum[p], 1.0); /* of a nest that is not empty it is; its own loop, or the logarithm's would not vectorise */
        MOE_LANES(p) power[p] = lift[p] + lambda[p] * moe_log(whole[p]);
        MOE_LANES(p) power[p] = moe_exp(power[p]);
        MOE_LANES(p) per_sum[p] = power[p] / whole[p];
    }
}

void moe_friction_weight(int group, const double *friction, const double *lambda, double *weight) {
    if (group <= MOE_CLOSED_CN) MOE_LANES(p) weight[p] = moe_exp(-friction[p] / lambda[p]);
    else MOE_LANES(p) weight[p] = moe_exp(-friction[p]);
}

/* P_n/Σ of each group's nest, one kind of choice. The least sum keeps 0 out of the logarithm in an empty closed nest. (Σ_c)^λ/Σ_c is taken as one power:
 * divisions are what this function would otherwise wait for. */
static void find_scale(const moe_segment_choice *choice, double weight[][MOE_BLOCK], const double *lambda, double scale[][MOE_BLOCK]) {
    const double *home_sum = choice->sum[MOE_CLOSED_HOME], *abroad_sum = choice->sum[MOE_CLOSED_CN];
    double closed_sum[MOE_BLOCK], per_sum[MOE_BLOCK]; /* per_sum: closed nest's power over its sum */
    MOE_LANES(p) closed_sum[p] = moe_max(home_sum[p] * weight[MOE_CLOSED_HOME][p] + abroad_sum[p] * weight[MOE_CLOSED_CN][p], 1e-300);
    MOE_LANES(p) per_sum[p] = choice->closed_lift[p] + (lambda[p] - 1.0) * moe_log(closed_sum[p]);
    MOE_LANES(p) per_sum[p] = moe_exp(per_sum[p]); /* its own loop: see lanes.h */
    MOE_LANES(p) {
        const double open = choice->open_power[0][p] * weight[MOE_OPEN_CN][p] + choice->open_power[1][p] * weight[MOE_OPEN_OTHER][p];
        const double inverse = 1.0 / (closed_sum[p] * per_sum[p] + open), closed = per_sum[p] * inverse;
        scale[MOE_CLOSED_HOME][p] = closed * weight[MOE_CLOSED_HOME][p];
        scale[MOE_CLOSED_CN][p] = closed * weight[MOE_CLOSED_CN][p];
        scale[MOE_OPEN_CN][p] = choice->open_per_sum[0][p] * inverse * weight[MOE_OPEN_CN][p];
        scale[MOE_OPEN_OTHER][p] = choice->open_per_sum[1][p] * inverse * weight[MOE_OPEN_OTHER][p];
    }
}

void moe_market_scale_find(const moe_segment_choice *direct, const moe_segment_choice *routed, double weight[][MOE_BLOCK],
                           const double *lambda, const double *routed_share, moe_market_scale *out) {
    find_scale(direct, weight, lambda, out->direct);
    if (!routed) return;
    find_scale(routed, weight, lambda, out->routed);
    for (int g = 0; g < MOE_GROUPS; g++)
        MOE_LANES(p) {
            out->direct[g][p] *= 1.0 - routed_share[p];
            out->routed[g][p] *= routed_share[p];
        }
}

void moe_market_move(int offerings, const int32_t *group, double utility[][MOE_BLOCK], double friction[][MOE_BLOCK],
                     const moe_segment_choice *direct, const moe_segment_choice *routed, const moe_market_scale *scale, const moe_inertia *inertia,
                     double share[][MOE_BLOCK], double target[][MOE_BLOCK]) {
    double won[MOE_BLOCK] = {0}, moving[MOE_BLOCK];
    for (int j = 0; j < offerings; j++) {
        const double *to = scale->direct[group[j]], *by_router = scale->routed[group[j]], *barrier = friction[group[j]];
        const double *weight = direct->weight[j], *routed_weight = routed ? routed->weight[j] : weight;
        double *aim = target[j];
        if (routed) MOE_LANES(p) aim[p] = weight[p] * to[p] + routed_weight[p] * by_router[p];
        else MOE_LANES(p) aim[p] = weight[p] * to[p];
        MOE_LANES(p) won[p] += (aim[p] - share[j][p]) * (utility[j][p] - barrier[p]);
    }
    MOE_LANES(p) {
        const double reconsidered = inertia->base[p] * (1.0 + inertia->gain[p] * moe_clip(won[p], 0.0, 1.5));
        moving[p] = moe_min(reconsidered, 0.6) * (1.0 - inertia->lock[p]);
    }
    for (int j = 0; j < offerings; j++) MOE_LANES(p) share[j][p] += moving[p] * (target[j][p] - share[j][p]);
}
