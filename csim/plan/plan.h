/* The plan: a scenario and its catalogue as one block of plain data, with all validation, unit conversion and GSL work done.
 * Its bytes are canonical (zeroed before filling, little-endian, no pointers): they are hashed, stored in run files and sent to other machines, because
 * libm and GSL may differ between machines. Same plan ⇒ same results, bit for bit. Must not know threads, files or statistics. */
#ifndef CSIM_PLAN_PLAN_H
#define CSIM_PLAN_PLAN_H

#include <stdint.h>

#include "csim/base/error.h"
#include "csim/catalogue/catalogue.h"
#include "csim/dist/copula.h"
#include "csim/dist/dist.h"
#include "csim/scenario/scenario.h"
#include "kernels/moe_cost.h"
#include "kernels/moe_shape.h"

enum {
    CSIM_PLAN_FORMAT = 1,
    CSIM_MAX_INPUTS = 1024, CSIM_MAX_LEVERS = 320, CSIM_MAX_HAZARDS = 16, CSIM_MAX_MACHINES = 128, CSIM_MAX_LADDERS = CSIM_MAX_FLEETS + CSIM_MAX_REGIMES,
    CSIM_MAX_LADDER_STEPS = 48, CSIM_MAX_SHAPES = 128, CSIM_MAX_TABLES = 160, CSIM_MAX_OUTCOMES = 512, CSIM_MAX_READINGS = 128, CSIM_MAX_SCALARS = 1024, CSIM_PLAN_ID = 64,
    CSIM_LADDER_MARGIN_MONTHS = 6, /* before its date a generation has no share; so long after the horizon's end successors are made */
    CSIM_POLICY_MARKOV = -1
};

typedef enum csim_outcome_id {
#define OUTCOME(id, name, unit, index, scale, lowest, highest, text) CSIM_OUT_##id,
#include "csim/plan/outcomes.def"
#undef OUTCOME
    CSIM_OUTCOME_IDS
} csim_outcome_id;

typedef enum csim_scale { CSIM_SCALE_LINEAR, CSIM_SCALE_LOG, CSIM_SCALE_LOGIT, CSIM_SCALE_COUNT, CSIM_SCALE_SIGNED } csim_scale; /* COUNT: whole numbers; SIGNED: logarithmic in both directions */
typedef struct csim_outcome_row { const char *id, *name, *unit; csim_index_set index; csim_scale scale; double lowest, highest; const char *text; } csim_outcome_row;
extern const csim_outcome_row csim_outcome_rows[CSIM_OUTCOME_IDS];

/* Groups of offerings (docs/model.md §0). */
typedef enum csim_group { CSIM_CLOSED_US, CSIM_CLOSED_CN, CSIM_CN_OPEN, CSIM_OTHER_OPEN } csim_group;
enum { CSIM_NEST_CLOSED, CSIM_NEST_CN_OPEN, CSIM_NEST_OTHER_OPEN, CSIM_NESTS };

typedef struct csim_plan_input { csim_dist dist; double lowest, highest; int32_t id, element; } csim_plan_input;

/* A machine of some ladder. successor_steps > 0: the catalogue's last machine of a ladder, improved that many times by the successor inputs. */
typedef struct csim_plan_machine {
    char id[CSIM_PLAN_ID];
    moe_hardware hardware;
    double efficiency;       /* measured over kernel, 1 when not measured */
    int32_t has_efficiency, known_stack, successor_steps, zero;
} csim_plan_machine;

typedef struct csim_plan_ladder { int32_t count, zero; int32_t machine[CSIM_MAX_LADDER_STEPS]; int32_t month[CSIM_MAX_LADDER_STEPS]; /* t of volume, may be negative */ } csim_plan_ladder;

typedef struct csim_plan_hazard { int32_t lever, from_month; double hazard_per_yr, value; } csim_plan_hazard;

/* A number kept for the first paths of a run: outcome `slot` at month t. */
typedef struct csim_plan_scalar { int32_t slot, month; } csim_plan_scalar;

/* A claim's reading that the path loop itself decides: outcome `slot` compared with `value` at month `at`, or in any month from..by. */
typedef struct csim_plan_reading { int32_t slot, op /* 0 ≥, 1 >, 2 ≤, 3 < */, from, to; int32_t given /* reading that must hold, −1 */, zero; double value; } csim_plan_reading;

typedef struct csim_plan {
    uint64_t bytes;          /* sizeof(csim_plan) */
    uint32_t format, zero;

    /* sets and names */
    int32_t months, start_month /* since 2000-01 */, offerings, segments, regions, regimes, fleets, vendors;
    char offering_id[CSIM_MAX_OFFERINGS][CSIM_PLAN_ID], segment_id[CSIM_MAX_SEGMENTS][CSIM_PLAN_ID], region_id[CSIM_MAX_REGIONS][CSIM_PLAN_ID];
    char regime_id[CSIM_MAX_REGIMES][CSIM_PLAN_ID], fleet_id[CSIM_MAX_FLEETS][CSIM_PLAN_ID], vendor_id[CSIM_MAX_VENDORS][CSIM_PLAN_ID];
    int32_t developers, large_firms, mid_firms, consumers;      /* segments by role */
    int32_t home, china;                                        /* regions by role */
    int32_t enterprise_region[CSIM_MAX_REGIONS];                /* 1: surveyed */

    /* offerings */
    int32_t group[CSIM_MAX_OFFERINGS];          /* csim_group */
    int32_t origin[CSIM_MAX_OFFERINGS];         /* csim_origin */
    int32_t entry_month[CSIM_MAX_OFFERINGS];    /* t, CSIM_NO_MONTH: before the start */
    int32_t second_fleet[CSIM_MAX_OFFERINGS];   /* −1: none */
    int32_t shape[CSIM_MAX_OFFERINGS][CSIM_MAX_MONTHS]; /* index into shapes, visible at t */
    int32_t reference_closed, reference_open, reference_other; /* −1: none */

    /* inputs: element e of input id stands at input_offset[id] + e */
    int32_t inputs, input_offset[CSIM_INPUT_IDS + 1];
    csim_plan_input input[CSIM_MAX_INPUTS];
    uint64_t input_hash[CSIM_MAX_INPUTS];       /* stream hash of the full key */
    char input_key[CSIM_MAX_INPUTS][2 * CSIM_PLAN_ID];
    csim_copula copula;                         /* member ids are positions in input[] */
    uint64_t pool_used;
    double pool[CSIM_MAX_TABLES * 640];

    /* levers: element e of lever id stands at lever_offset[id] + e */
    int32_t levers, lever_offset[CSIM_LEVER_IDS + 1];
    double lever[CSIM_MAX_LEVERS][CSIM_MAX_MONTHS];
    int32_t hazards, hazards_zero;
    csim_plan_hazard hazard[CSIM_MAX_HAZARDS];

    /* policy */
    int32_t policy_relative, policy_reference;
    int32_t policy_state[CSIM_MAX_MONTHS];      /* regime, or CSIM_POLICY_MARKOV */

    /* machines and ladders */
    int32_t machines, merchant_fleet, controlled_fleet /* −1: none */, ladders_zero;
    csim_plan_machine machine[CSIM_MAX_MACHINES];
    csim_plan_ladder fleet_ladder[CSIM_MAX_FLEETS], regime_ladder[CSIM_MAX_REGIMES];
    int32_t fleet_elec_cn[CSIM_MAX_FLEETS];     /* 1: pays cost.elec_cn */

    /* shapes */
    int32_t shapes, shapes_zero;
    moe_fold_base shape_base[CSIM_MAX_SHAPES];
    moe_efficiency efficiency;
    int32_t fit_month /* t of 2026-02 */, growth_from /* t of known_until; later shapes grow */;

    /* assimilation: observed value by month, NAN-free; has_* says whether the series exists */
    int32_t assimilate_until /* last t, −1: never */, has_frontier, has_gap_cn, has_gap_other, has_developers, has_enterprise, has_price[CSIM_MAX_OFFERINGS], saas_own_bar;
    double obs_frontier[CSIM_MAX_MONTHS], obs_gap_cn[CSIM_MAX_MONTHS], obs_gap_other[CSIM_MAX_MONTHS], obs_ln_price[CSIM_MAX_OFFERINGS][CSIM_MAX_MONTHS];
    double obs_developers[2][CSIM_MAX_MONTHS], obs_enterprise[2][CSIM_MAX_MONTHS]; /* shares: cn-open, other-open */

    /* fixed dates of the equations, as t */
    int32_t month_2025_09, month_2026_01, month_2026_05, dates_zero;

    /* outcomes: element e of outcome id stands in slot outcome_offset[id] + e */
    int32_t slots, outcome_offset[CSIM_OUTCOME_IDS + 1];
    int32_t slot_outcome[CSIM_MAX_OUTCOMES];
    char slot_name[CSIM_MAX_OUTCOMES][2 * CSIM_PLAN_ID]; /* "share.open.developers" */
    int32_t report_months, report_month[CSIM_MAX_MONTHS]; /* t of the months whose distribution is kept: ends of quarters, the last month, months that claims name */

    /* readings of claims that a path decides alone */
    int32_t readings, readings_zero;
    csim_plan_reading reading[CSIM_MAX_READINGS];
    char reading_id[CSIM_MAX_READINGS][2 * CSIM_PLAN_ID]; /* "f500_60.primary" */

    /* numbers kept path by path: headlines at ends of years, and what readings and contrasts look at */
    int32_t scalars, scalars_zero;
    csim_plan_scalar scalar[CSIM_MAX_SCALARS];
} csim_plan;

/* Compiles; *out is to be freed with csim_plan_free. Errors point into the scenario or the catalogue. */
csim_status csim_plan_compile(const csim_scenario *scenario, const csim_catalogue *catalogue, csim_plan **out, csim_error *err);
void csim_plan_free(csim_plan *plan);

/* Position of an input ("choice.theta.fortune500"), of a series ("share.open.developers") and of a kept number; −1 when there is none. */
int csim_plan_input_find(const csim_plan *plan, const char *key);
int csim_plan_slot(const csim_plan *plan, const char *name);
int csim_plan_scalar_find(const csim_plan *plan, int slot, int month);

/* Position of the month t among those whose distribution is kept; −1 when it is not. */
int csim_plan_report_find(const csim_plan *plan, int t);

/* Gives an input a second stream instead of the one its key has: it is drawn anew, and nothing else is. */
void csim_plan_input_redraw(csim_plan *plan, int position);

/* For a further run that is asked only for the plan's readings and kept numbers: one report month, and no month after the last one that these look at. What a
 * path does depends on neither, nor on any later month; only a path that a later month would have stopped now counts. */
void csim_plan_trim(csim_plan *plan);

/* SHA-256 of the bytes, 64 hex digits and NUL. */
void csim_plan_hash(const csim_plan *plan, char hex[65]);

#endif
