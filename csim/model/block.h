/* The state of a block of paths, structure of arrays: every quantity is an array over the block's paths, so that loops over paths are vector code.
 * One allocation; no pointers into it move; a mechanism's file reads what earlier steps of the month made and writes its own part.
 * Sections follow docs/model.md. Arrays over [MOE_BLOCK] are written `[P]` here. */
#ifndef CSIM_MODEL_BLOCK_H
#define CSIM_MODEL_BLOCK_H

#include <stdint.h>

#include "csim/plan/plan.h"
#include "csim/rng/sampling.h"
#include "kernels/market_step.h"
#include "kernels/moe_cost.h"
#include "kernels/vmath.h"

#define P MOE_BLOCK
#define J CSIM_MAX_OFFERINGS
#define NS CSIM_MAX_SEGMENTS
#define NR CSIM_MAX_REGIONS

/* Input `id`, element `e`: an array over paths. */
#define IN(b, id, e) ((b)->input[(b)->plan->input_offset[CSIM_IN_##id] + (e)])
/* Lever `id`, element `e`, in the current month: an array over paths. */
#define LV(b, id, e) ((b)->lever[(b)->plan->lever_offset[CSIM_LEVER_##id] + (e)])

/* Groups of offerings, docs/model.md §0. */
static inline int csim_is_open(const csim_plan *plan, int j) { return plan->group[j] >= CSIM_CN_OPEN; }
static inline int csim_is_chinese(const csim_plan *plan, int j) { return plan->group[j] == CSIM_CLOSED_CN || plan->group[j] == CSIM_CN_OPEN; }
static inline int csim_is_closed_us(const csim_plan *plan, int j) { return plan->group[j] == CSIM_CLOSED_US; }

#define CSIM_H100_FP8_FLOP_PER_S 1.979e15 /* what one H100-equivalent is */

/* Why a path was stopped. Counted, never redrawn. */
typedef enum csim_failure { CSIM_PATH_OK, CSIM_PATH_NOT_FINITE, CSIM_PATH_OUT_OF_RANGE, CSIM_FAILURES } csim_failure;

/* Costs of one offering on one fleet, $/M list blend and parts. */
typedef struct csim_fleet_cost {
    double blend[P], input[P], output[P];   /* $/M: 3:1 blend, uncached input, output */
    double joule[P], batch[P];              /* J an output token; sequences an accelerator */
    double capital_share[P];                /* capital part of output cost */
    double h100e_s[P];                      /* H100e-seconds a token of the workload's mix (merchant fleet only) */
} csim_fleet_cost;

/* A shock: its stream and where its two months of draws stand in the block; its bridge, or −1. */
typedef struct csim_month_draw { csim_stream stream; double (*to)[P]; int normal, bridge; } csim_month_draw;
enum { CSIM_MAX_MONTH_DRAWS = 4 + 3 * J + 2 * NS + 7 };

/* A leading shock on its Brownian bridge (bridge.c): sums over segments, and the months of the segment in hand. Unused under plain Monte Carlo. */
enum { CSIM_BRIDGES = 4, CSIM_BRIDGE_SEGMENTS = 16, CSIM_BRIDGE_SEGMENT_MONTHS = 16 };
typedef struct csim_bridge { double segment_sum[CSIM_BRIDGE_SEGMENTS][P], month[CSIM_BRIDGE_SEGMENT_MONTHS][P]; } csim_bridge;

/* What synthetic successors have gained on the catalogued machine they descend from; 1 for catalogued machines. */
typedef struct csim_machine_factors { moe_machine_block change; double power[P], capex[P]; } csim_machine_factors;

typedef struct csim_block {
    const csim_plan *plan;
    const csim_sampling *sampling;
    uint32_t first_path;                    /* lane p is path first_path + p · replicates: successive points of one replicate */
    int n;                                  /* paths in use, 1..P; arrays are always filled to P */
    int t;                                  /* month */
    double y;                               /* t / 12 */

    double input[CSIM_MAX_INPUTS][P];
    double lever[CSIM_MAX_LEVERS][P];
    int hazard_month[CSIM_MAX_HAZARDS][P];  /* month in which a hazard lever switches */

    /* draws of the month: uniforms and normals, filled in pairs of months by draws.c; month t stands in [t & 1] */
    csim_month_draw month_draw[CSIM_MAX_MONTH_DRAWS];
    int month_draws;
    double z_frontier[2][P], z_lag_cn[2][P], z_lag_other[2][P], z_demand[2][P];
    double z_shortfall[J][2][P], u_release[J][2][P], z_price[J][2][P], z_taste_cn[NS][2][P], z_taste_other[NS][2][P];
    double u_regime[2][P], u_shift[2][P], u_deals[2][P], u_mega[2][P], u_merger[2][P], u_merger_a[2][P], u_merger_b[2][P];
    /* draws of a path */
    double z_brand[J][P], z_price0[J][P], shape_active[J][P], shape_total[J][P]; /* factors, closed offerings' own error */
    double kernel_error[J][CSIM_MAX_MACHINES][P], efficiency[CSIM_MAX_MACHINES][P];
    double pivot_threshold[CSIM_MAX_VENDORS][P], pivot_frailty[CSIM_MAX_VENDORS][P]; /* −ln u; factor on the hazard, e^(sd z − sd²/2) */
    double successor_log[5][P];             /* ln of successor speed, memory, link, power, capex */

    /* 1 policy */
    int regime[P];
    double regime_mix[CSIM_MAX_REGIMES][P];
    double flop_loss[P], bw_loss[P], hbm_loss[P], extra_power[P], premium[P], generation_lag[P]; /* used values (severity applied) */
    double felt[6][P];                      /* the same before severity, as the fleet has felt them */
    double supply[P], supply_reference[P];  /* χ, χ_ref */

    /* 2 compute */
    double k_us[P], k_us_before[P], k_noinv[P], k_cn[P], k_ref[P], ratio[P], power_gw[P];
    double merchant_share_now[CSIM_MAX_LADDER_STEPS][P], merchant_share_before[CSIM_MAX_LADDER_STEPS][P]; /* generation shares of the merchant fleet, uncut */

    /* 3 capability */
    double w_pre[P], w_rl[P], w_inf[P], e_rl[P], e_inf[P], growth[P];  /* growth: G, points a year */
    double frontier[P], frontier_max[P], frontier_max_step[P], ln_tokens_per_task[P], ln_tokens_step[P];
    double lag_cn[P], lag_other[P], gap_cn[P], gap_other[P], shortfall[J][P], latent[J][P], level[J][P];
    double best_closed[P], best_cn[P], best_other[P], best_open[P], gap_best[P];
    double closed_history[CSIM_MAX_MONTHS][P]; int lag_pointer[P]; double lag_age[P], train_ratio[P];

    /* 4 cost */
    moe_workload_block work;
    double per_software[P];                 /* one over util × maturity: tokens the kernel promises over tokens served */
    double recovery[P], fitted_maturity[P]; /* CRF [1/yr]; M(t_fit) */
    double input_mix[P], output_mix[P];     /* μ and x_O of the workload's mix */
    double step_share[CSIM_MAX_LADDER_STEPS][P], fleet_share[CSIM_MAX_MACHINES][P]; /* of the fleet in hand: of a ladder's steps, by machine */
    int fleet_machine[CSIM_MAX_MACHINES], fleet_machines; /* machines with a share, rows of fleet_share */
    csim_machine_factors machine_factors[CSIM_MAX_MACHINES];
    moe_fold_block fold[J];
    int pair_shape[J][CSIM_MAX_MACHINES];   /* 1 + the shape that pair[] below was folded for */
    int seconds_until[J][CSIM_MAX_MACHINES]; /* month before which seconds[] below holds */
    csim_fleet_cost merchant[J], second[J], controlled[J];
    double cost[J][P], cost_abroad[J][P], cost_first[J][P], own_weight[J][P], cost_mix[J][P], capital_share[J][P];

    /* 5 price */
    double ln_price[J][P], price[J][P], ln_price_target[J][P], ln_task[J][P] /* ln tokens a task, relative */, strategy[J][P], realised[P], ln_price_closed[P], ln_price_open[P], recovery_capped[P];
    double token_share[J][P], closed_tokens[P]; /* of the last finished month */
    double ln_demand[P], ln_capacity[P];        /* ln Q_d, ln Q_cap of the last finished month */

    /* 6 choice */
    double bar[NS][P], suitability[J][NS][P], saas_bar[P], saas_suitability[J][P];
    double taste_cn[NS][P], taste_other[NS][P], brand[J][P], shift_start[P], shift[P], routed[NS][P];
    double share[NS][NR][J][P];
    double friction[NS][NR][MOE_GROUPS][P], friction_weight[NS][NR][MOE_GROUPS][P], ban[NS][NR][P]; /* what a region adds to Φ, its exponentials, the ban they were made with */
    double abroad_share[NS][J][P], enterprise_share[J][P]; /* aggregates with headline weights: outside china; large and mid firms where surveyed */
    double segment_share[NS][J][P], market_open[NS][NR][P], market_cn_open[NS][NR][P], suitability_ratio[NS][P];

    /* 7 demand */
    double first_use[NS][P], ln_use[P], ln_price_index[P], tokens[NS][NR][P], tokens_total[P], demand_weight[NS][NR][P];
    double tokens_offering[J][P], spend[J][NS][P], spend_total[P], spend_start[P]; /* $M a month; spend_start: $bn a year of §7's spend₀, < 0 before */
    double tokens_china[J][P], tokens_segment[NS][P], tier_tokens[J][P], budget_use[P]; /* tier_tokens: weighted with a segment's cost over the flagship's */

    /* 8, 9 */
    double derivatives[J][P], derivatives_before[J][P], automation[P], automation_step[P], pressure[P], ln_seat_price[P], ln_seats[P], seat_revenue[P], usage_revenue[P], saas_revenue[P];
    double saas_history[CSIM_MAX_MONTHS][P], retention_history[CSIM_MAX_MONTHS][P], growth_history[CSIM_MAX_MONTHS][P], ev_history[CSIM_MAX_MONTHS][P];
    double ln_enterprise_spend[P], ai_cogs[P], saas_margin[P], nrr[P], ev_sales[P], cliff[P], crash[P];
    double pivot_hazard[CSIM_MAX_VENDORS][P], pivots[P];
    double users[P], plus[P], go[P], subscriptions[P], advertising[P]; /* M, M, M, $M a month */

    /* 10, 11 */
    double capital[P], investment[P], invest_push[P], closed_revenue[P], closed_cost[P], gross_profit[P], host_profit[P], gross_margin[P], roi[P], fcf[P], fcf_negative[P];
    double surplus[P], value_share[P], value_history[CSIM_MAX_MONTHS][P], paradox[P];
    double ln_merchant_odds[P], closed_merchant_share[P], merchant_share[P], open_share_merchant[P], merchant_revenue[P], lpu_share[P], deals[P], mega_deals[P], hhi[P];
    double owner[J][P];                     /* position of the offering that owns this one; a double, for vector code */
    double chip_price[CSIM_MAX_LADDER_STEPS][P]; /* k$ of capital an H100e, by step of the merchant ladder */
    double pool_chips[P], pool_power[P], pool_hosts[P], pool_closed[P], pool_open[P], outlay[P];

    /* 12 outcomes of the month, by slot; failures */
    double outcome[CSIM_MAX_OUTCOMES][P];
    int failure[P], failure_slot[P], failure_month[P];
    double ln_gamma_phi[2][P];              /* ln Γ(φ), ln Γ(φ + n) */
    double level_shown[J][P], level_before[J][P]; /* released levels of this month and the last one, for csim_block_verify */

    /* Not cleared at the start: valid only where seconds_until says so, and where a sampler uses bridges. */
    moe_cost_block seconds[J][CSIM_MAX_MACHINES];
    moe_pair pair[J][CSIM_MAX_MACHINES];    /* the offering's shape on the machine */
    csim_bridge bridge[CSIM_BRIDGES];
} csim_block;

/* block.c: the month's order. */
csim_block *csim_block_new(void);                      /* NULL when memory is short */
void csim_block_free(csim_block *b);
/* Draws inputs, sets the state before t = 0, for paths first_path + p · replicates, 0 ≤ p < n. plan and sampling must outlive the block's use. */
void csim_block_start(csim_block *b, const csim_plan *plan, const csim_sampling *sampling, uint32_t first_path, int n);
void csim_block_step(csim_block *b);                   /* one month: fills outcome[][], then t grows */

/* One file each; called in this order. */
void csim_draws_start(csim_block *b);                  /* draws.c: inputs, path draws, hazards */
void csim_draws_month(csim_block *b);                  /*          shocks (pairs of months), levers */
void csim_policy_start(csim_block *b);      void csim_policy_step(csim_block *b);
void csim_compute_start(csim_block *b);     void csim_compute_step(csim_block *b);
void csim_capability_start(csim_block *b);  void csim_capability_step(csim_block *b);
void csim_cost_start(csim_block *b);        void csim_cost_step(csim_block *b);
void csim_price_start(csim_block *b);       void csim_price_step(csim_block *b);
void csim_choice_start(csim_block *b);      void csim_choice_step(csim_block *b);
void csim_demand_start(csim_block *b);      void csim_demand_step(csim_block *b);
void csim_ecosystem_start(csim_block *b);   void csim_ecosystem_step(csim_block *b);
void csim_saas_start(csim_block *b);        void csim_saas_step(csim_block *b);
void csim_consumers_start(csim_block *b);   void csim_consumers_step(csim_block *b);
void csim_finance_start(csim_block *b);     void csim_finance_step(csim_block *b);
void csim_finance_value(csim_block *b);                /* §10 value share; called by silicon once merchant revenue is known */
void csim_silicon_start(csim_block *b);     void csim_silicon_step(csim_block *b);
void csim_outcomes_step(csim_block *b);                /* outcomes.c: fills outcome[][], checks ranges, stops failed paths */
void csim_firms_find(csim_block *b, double *primary, double *presence); /* firms.c: called by outcomes */
void csim_ranges_check(csim_block *b);                 /* ranges.c: called by outcomes */
void csim_assimilate_shares(csim_block *b);            /* assimilate.c: called by choice before it chooses (§13) */

/* bridge.c: the nodes of a shock's bridge, drawn at the start; both months of the pair at b->t, which must be asked for in turn. */
void csim_bridge_start(csim_block *b, csim_bridge *bridge, const char *shock);
void csim_bridge_fill(const csim_block *b, csim_bridge *bridge, const csim_stream *stream, double z[2][P]);

/* fleet.c, shared by compute, cost and silicon. May generation i of a ladder have a share in month t? Those after one that may not, may not either. */
static inline int csim_ladder_has_begun(const csim_plan_ladder *ladder, int i, double t) { return i == 0 || t >= ladder->month[i] - CSIM_LADDER_MARGIN_MONTHS; }
/* Uncut generation shares of a ladder at month t; `lag` NULL for none. */
void csim_ladder_shares(const csim_plan_ladder *ladder, double t, const double *lag, const double *tau, double shares[][P]);

/* The fleet in hand (docs/model.md §4, "Machines"): fill fleet_share, cut at .01 and renormalised, and the list of machines that are left. */
void csim_fleet_start(csim_block *b);                  /* machine_factors */
void csim_fleet_take_merchant(csim_block *b);
void csim_fleet_take_second(csim_block *b, int fleet);
void csim_fleet_take_controlled(csim_block *b);

/* verify.c: invariants of docs/model.md after a step. Returns 0, or 1 and one sentence. */
int csim_block_verify(const csim_block *b, char *text, size_t size);

#endif
