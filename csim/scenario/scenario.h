/* A scenario: checked and typed, every number with its unit, place and note. Read by the plan compiler and by reports; knows nothing of the model.
 * Months are counted from 2000-01. Texts live as long as the scenario. */
#ifndef CSIM_SCENARIO_SCENARIO_H
#define CSIM_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "csim/base/error.h"
#include "csim/dist/spec.h"

enum {
    CSIM_MAX_OFFERINGS = 16, CSIM_MAX_SEGMENTS = 8, CSIM_MAX_REGIONS = 8, CSIM_MAX_MARKETS = 48, CSIM_MAX_FLEETS = 8, CSIM_MAX_REGIMES = 8,
    CSIM_MAX_VENDORS = 64, CSIM_MAX_MONTHS = 240, CSIM_MAX_LADDER = 32, CSIM_MAX_ID = 64, CSIM_NO_MONTH = -1000000
};

typedef enum csim_index_set {
    CSIM_INDEX_NONE, CSIM_INDEX_SEGMENT, CSIM_INDEX_REGION, CSIM_INDEX_OFFERING, CSIM_INDEX_REGIME,
    CSIM_INDEX_SEGMENT_OFFERING, CSIM_INDEX_SEGMENT_REGION, CSIM_INDEX_REGIME_REGIME
} csim_index_set;

typedef enum csim_input_id {
#define INPUT(id, key, unit, index, lowest, highest, text) CSIM_IN_##id,
#include "csim/scenario/inputs.def"
#undef INPUT
    CSIM_INPUT_IDS
} csim_input_id;

typedef enum csim_lever_id {
#define LEVER(id, key, unit, index, lowest, highest, standard, interpolation, text) CSIM_LEVER_##id,
#include "csim/scenario/levers.def"
#undef LEVER
    CSIM_LEVER_IDS
} csim_lever_id;

typedef struct csim_input_row { const char *id, *key, *unit; csim_index_set index; double lowest, highest; const char *text; } csim_input_row;
typedef enum csim_interpolation { CSIM_STEP, CSIM_LINEAR, CSIM_LOG } csim_interpolation;
typedef struct csim_lever_row { const char *id, *key, *unit; csim_index_set index; double lowest, highest, standard; csim_interpolation interpolation; const char *text; } csim_lever_row;
extern const csim_input_row csim_input_rows[CSIM_INPUT_IDS];
extern const csim_lever_row csim_lever_rows[CSIM_LEVER_IDS];

/* Where a value stood and why it is what it is. "" where the scenario says nothing. */
typedef struct csim_note { const char *file; int line, column; const char *basis, *source, *date, *reason; } csim_note;

/* One number: input `id`, element `element` of its index set (row-major for two-fold sets), full key such as "choice.alpha.developers". */
typedef struct csim_input { csim_input_id id; int element; const char *key; csim_dist_spec spec; csim_note note; } csim_input;

/* A key that names another scenario: as written, the file that means (a path is relative to the file that says it), and where it stands. "" for none. */
typedef struct csim_reference { const char *name, *file; csim_note note; } csim_reference;

typedef struct csim_dated { int month; double value; } csim_dated;
/* hazard_per_yr > 0: from hazard_from on, the value jumps to hazard_value in a random month. */
typedef struct csim_lever { csim_lever_id id; int element; const char *key; size_t count; const csim_dated *values;
                            double hazard_per_yr, hazard_value; int hazard_from; csim_note note;
                            bool pulled; /* the scenario says something of it; else it has its default */ } csim_lever;

typedef enum csim_openness { CSIM_CLOSED, CSIM_OPEN } csim_openness;
typedef enum csim_origin { CSIM_US, CSIM_CN, CSIM_OTHER } csim_origin;
typedef struct csim_step { int month; const char *name; csim_note note; } csim_step;   /* a dated name: model, chip or regime */
typedef struct csim_offering { const char *id, *title, *licence; csim_openness openness; csim_origin origin; int entry_month; /* CSIM_NO_MONTH: before the start */
                               int fleet, second_fleet; /* −1: none */ size_t count; const csim_step *models; } csim_offering;
typedef struct csim_fleet { const char *id, *title, *electricity /* us | cn */; bool controlled; int successor_months; /* 0: no successors */
                            size_t count; const csim_step *ladder; } csim_fleet;
typedef struct csim_regime { const char *id; int like_fleet; /* ≥ 0: the ladder of that fleet; −1: own */ int successor_months; size_t count; const csim_step *ladder; } csim_regime;
typedef struct csim_correlation { const char *a, *b; double rho; csim_note note; } csim_correlation;

typedef enum csim_claim_kind { CSIM_THRESHOLD, CSIM_IDENTITY, CSIM_KERNEL, CSIM_CONDITIONAL, CSIM_CONTRAST } csim_claim_kind;
/* What a claim's words may mean. `metric` is an outcome ("share.open"), `element` its index ("fortune500"), "" when it has none. */
typedef struct csim_reading { const char *id, *title, *title_zh /* "" for none */, *metric, *element, *op /* >= > <= < */; double value; int at_month, by_month, from_month; /* CSIM_NO_MONTH when unused */
                              const char *given; /* id of a reading of the same claim that must hold (conditional) */
                              const char *against; /* scenario of a contrast */ const char *against_base; /* scenario the contrast is taken from; "" = the one that runs */
                              const char *difference; /* "minus" | "ratio" | "ln_ratio" */ const char *identity; /* expression over the catalogue, see docs/claims.md */
                              const char *deciding; /* full key of the input whose break-even is asked, "" for none */
                              csim_reference against_at, against_base_at; /* the same names with their files */
                              csim_note note, metric_note /* of the reading; of its metric's value, or of nothing */; } csim_reading;
typedef struct csim_claim { const char *id, *statement, *statement_zh /* "" for none */, *source, *said_on, *resolution, *status, *status_source, *comment; csim_claim_kind kind; size_t count; const csim_reading *readings; csim_note note; } csim_claim;

typedef struct csim_scenario {
    const char *name, *title, *description, *file;
    const char *title_zh, *description_zh;        /* for readers of Chinese, "" for none */
    int start_month, months;                      /* the horizon */
    long long paths; unsigned long long seed;     /* defaults of a run */
    int sampler; long long replicates;            /* 0 mc, 1 lhs, 2 sobol (csim/rng/sampling.h); 0: the sampler's own number */
    const char *vintage;                          /* scenario whose answers stand beside this one's, "" for none */
    csim_reference vintage_at;                    /* the same with its file */
    bool vintage_is_own;                          /* its own file names it: not what it extends, nor a stored text */
    size_t segments, regions, offerings, fleets, regimes, vendors;
    const char *segment[CSIM_MAX_SEGMENTS], *region[CSIM_MAX_REGIONS], *vendor[CSIM_MAX_VENDORS];
    csim_offering offering[CSIM_MAX_OFFERINGS];
    csim_fleet fleet[CSIM_MAX_FLEETS];
    csim_regime regime[CSIM_MAX_REGIMES];
    int role_developers, role_large_firms, role_mid_firms, role_consumers;   /* segments */
    int role_home, role_china;                                              /* regions */
    bool enterprise_region[CSIM_MAX_REGIONS];                               /* where the enterprise surveys were taken */
    bool policy_relative;                         /* policy.form: relative | ladder */
    int policy_reference;                         /* regime of which supply is measured */
    size_t policy_steps; const csim_step *policy_schedule; /* regime names or "markov" */
    bool saas_own_bar;                            /* saas.bar: own | midmarket */
    int assimilate_until, known_until;            /* CSIM_NO_MONTH: nothing is assimilated; known_until: nothing later is seen, see docs/scenario-format.md */
    const char *observations_file, *catalogue_dir;/* resolved paths */
    size_t inputs; const csim_input *input;       /* every input and element once, ordered by id, then element */
    int input_offset[CSIM_INPUT_IDS + 1];         /* first position of an id in input[] */
    size_t levers; const csim_lever *lever;       /* the same for levers; levers that the scenario leaves alone stand with their default */
    int lever_offset[CSIM_LEVER_IDS + 1];
    size_t correlations; const csim_correlation *correlation;
    size_t claims; const csim_claim *claim;
    const char *text; size_t text_size;           /* canonical text: the scenario with everything it extends, keys in the table's order; its SHA-256 is the scenario's hash */
} csim_scenario;

/* Loads `name`: a path, or the bare name of a shipped scenario. Errors are CSIM_SYNTAX … CSIM_LIMIT or CSIM_FILE_*, with file:line:column and key. */
csim_status csim_scenario_load(const char *name, csim_scenario **out, csim_error *err);

/* The same changes on other ground: `name` and what it extends are read as usual, but the scenario at the bottom of that chain (the one that extends
 * nothing) is replaced by `ground`. "tight_controls" onto the hindcast is the hindcast with tight controls. A file that extends nothing is loaded as is. */
csim_status csim_scenario_load_onto(const csim_scenario *ground, const char *name, csim_scenario **out, csim_error *err);
/* The same from memory, for the canonical text that a run keeps. `name` is what errors call it. Catalogue and observations need not exist. */
csim_status csim_scenario_parse(const char *name, const char *text, size_t size, csim_scenario **out, csim_error *err);
void csim_scenario_free(csim_scenario *scenario);

/* Number of elements of an index set, and the name of one ("fortune500.us" for two-fold sets). */
size_t csim_scenario_elements(const csim_scenario *scenario, csim_index_set index);
char *csim_scenario_element_name(const csim_scenario *scenario, csim_index_set index, size_t element, char *text, size_t size);

/* Folder of the shipped scenarios: $MOECAST_SCENARIOS, else what csim_scenario_set_home gave, else the source tree or the installed place compiled in. */
const char *csim_scenario_home(void);
void csim_scenario_set_home(const char *folder);

/* Plain words and JSON Schema; malloc'd text, to be freed by the caller. */
csim_status csim_scenario_explain(const csim_scenario *scenario, char **text, csim_error *err);
/* How many inputs and pulled levers carry a date after known_until, and one sentence that names the first; "" when there are none. malloc'd, to be freed by
 * the caller. */
csim_status csim_scenario_hindsight(const csim_scenario *scenario, size_t *later, char **sentence, csim_error *err);
/* Whether a lever's hazard begins after the last month, so that it never acts. */
bool csim_lever_comes_too_late(const csim_scenario *scenario, const csim_lever *lever);
csim_status csim_scenario_schema(char **text, csim_error *err);
csim_status csim_scenario_key_reference(char **markdown, csim_error *err); /* every key with unit, range, index set and text */

#endif
