/* The choice of a segment's buyers in its markets: a nested logit over a block of paths, and the inertia with which shares follow it (docs/model.md §6).
 *
 * What a region adds to utility is the same for all offerings of a group, and a nest is one group or two. So a segment needs one exponential an offering,
 * whatever the number of its regions; a market needs one logarithm and one exponential, for the nest of two groups. Maxima are taken off within a
 * nest before dividing by λ, and between nests before the last exponential: nothing overflows, and a nest that underflows really is negligible.
 *
 * Knows offerings by group only: nothing of what utility is made of, of time or of states. */
#ifndef MOECAST_KERNELS_MARKET_STEP_H
#define MOECAST_KERNELS_MARKET_STEP_H

#include <stdint.h>

#include "kernels/moe_cost.h" /* MOE_BLOCK */

enum { MOE_CHOICE_OFFERINGS = 16 };

/* Groups of offerings; the two closed ones share a nest. */
typedef enum moe_group { MOE_CLOSED_HOME, MOE_CLOSED_CN, MOE_OPEN_CN, MOE_OPEN_OTHER, MOE_GROUPS } moe_group;

/* A segment's utilities without regional terms, made ready for its markets. */
typedef struct moe_segment_choice {
    double weight[MOE_CHOICE_OFFERINGS][MOE_BLOCK]; /* e^((U − m)/λ), m the largest U of the nest */
    double sum[MOE_GROUPS][MOE_BLOCK];              /* of the group's weights */
    double closed_lift[MOE_BLOCK];                  /* m of the closed nest less the largest m of all */
    double open_power[2][MOE_BLOCK];                /* e^(λI) of the open nests, the same maximum taken off: cn-open, other-open */
    double open_per_sum[2][MOE_BLOCK];              /* that over the nest's sum of weights */
} moe_segment_choice;

/* Share of an offering = its weight × scale of its group: direct choice and routers, already mixed by the routers' share. */
typedef struct moe_market_scale { double direct[MOE_GROUPS][MOE_BLOCK], routed[MOE_GROUPS][MOE_BLOCK]; } moe_market_scale;

/* How slowly a segment moves: share reconsidered a month, its gain with the utility to be won, share bound by contracts. */
typedef struct moe_inertia { const double *base, *gain, *lock; } moe_inertia;

void moe_segment_prepare(int offerings, const int32_t *group, double utility[][MOE_BLOCK], const double *lambda, moe_segment_choice *out);

/* e^(−Φ/λ) for a closed group, e^(−Φ) for an open one: the form in which a market uses what a region adds to Φ. */
void moe_friction_weight(int group, const double *friction, const double *lambda, double *weight);

/* routed NULL: no routers in this segment this month; routed_share is then not read. */
void moe_market_scale_find(const moe_segment_choice *direct, const moe_segment_choice *routed, double weight[][MOE_BLOCK],
                           const double *lambda, const double *routed_share, moe_market_scale *out);

/* Moves the market's shares towards the target s̃, which is returned too. */
void moe_market_move(int offerings, const int32_t *group, double utility[][MOE_BLOCK], double friction[][MOE_BLOCK],
                     const moe_segment_choice *direct, const moe_segment_choice *routed, const moe_market_scale *scale, const moe_inertia *inertia,
                     double share[][MOE_BLOCK], double target[][MOE_BLOCK]);

#endif
