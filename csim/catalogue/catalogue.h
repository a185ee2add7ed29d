/* The catalogue: models, machines, list prices, cost inputs and export controls, each value with source, date and basis.
 * Loaded once from a directory of YAML files, checked whole, then read only. Everything handed out is borrowed from the handle and lives until it is freed.
 * Field meanings and conventions: docs/catalogue.md. */
#ifndef CSIM_CATALOGUE_CATALOGUE_H
#define CSIM_CATALOGUE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "csim/base/error.h"
#include "kernels/moe_shape.h"

/* Where a value comes from. An override inherits source and date from its entry when it names none. */
typedef struct csim_provenance {
    const char *field;      /* dotted field of an override; "" for the entry itself */
    const char *source;
    const char *date;       /* "2024-12" */
    const char *basis;      /* config | vendor | measured | secondary | derived | estimate | guess */
    const char *confidence; /* H | M | L */
    const char *note;       /* "" when none */
} csim_provenance;

typedef struct csim_provenance_set {
    csim_provenance entry;
    size_t override_count;
    csim_provenance *overrides;
} csim_provenance_set;

/* The provenance of one field ("head_params_b", "bytes.expert"): its override, an override of its parent, else the entry's. Never NULL. */
const csim_provenance *csim_provenance_get(const csim_provenance_set *set, const char *field);

/* Other names of an entry, as checkpoints and benchmarks write it; no name stands twice among models, nor among machines. */
enum { CSIM_ALIASES_MAX = 12 };
typedef struct csim_aliases { const char *names[CSIM_ALIASES_MAX]; size_t count; } csim_aliases;

typedef struct csim_model_entry {
    const char *id, *title, *family, *licence;
    const char *origin;            /* us | cn | other */
    bool open_weights;
    int released_month;            /* months since 2000-01 */
    double shared_experts;
    double input_embedding_params; /* counted in total_params, not read at decode */
    csim_aliases aliases;
    double tolerance_frac;         /* how far the sum of the parts may miss the published totals */
    moe_shape shape;
    csim_provenance_set provenance;
} csim_model_entry;

/* Bytes of cache and recurrent state one sequence of this length keeps, over all layers. */
double csim_shape_cache_bytes(const moe_shape *shape, double context_tokens);

typedef enum csim_stack { CSIM_STACK_KNOWN, CSIM_STACK_UNMEASURED, CSIM_STACK_CONTROLLED, CSIM_STACK_SYNTHETIC, CSIM_STACK_SRAM } csim_stack;

/* US$ an accelerator hour; NAN where not known. */
typedef struct csim_rent_usd_per_hour {
    double hyperscaler, neocloud; /* cost of ownership of the two kinds of owner */
    double rental_3yr, one_year, on_demand;
} csim_rent_usd_per_hour;

typedef struct csim_hardware_entry {
    const char *id, *title, *vendor, *china_status;
    csim_aliases aliases;
    csim_stack stack;
    int volume_month;    /* months since 2000-01 */
    int announced_month; /* by when it was public: `announced`, else volume_month; INT_MIN for an invented generation, which is an assumption at any time */
    double board_w;   /* NAN where not known */
    double tpp;       /* dense TFLOP/s x bits, the largest over the formats */
    double measured_tok_per_s, kernel_tok_per_s; /* decode of one reference deployment and what the kernel says of it; NAN where none */
    csim_rent_usd_per_hour rent;
    moe_hardware machine;
    csim_provenance_set provenance;
} csim_hardware_entry;

typedef struct csim_price {
    const char *model, *offering;
    const char *shape;  /* id of a model entry, or NULL */
    const char *tier;   /* standard | peak | off_peak | long_context */
    int from_day;       /* 20251211 */
    int from_month;     /* months since 2000-01 */
    double input_usd_per_mtok, cached_usd_per_mtok, output_usd_per_mtok; /* cached: NAN where none */
    const char *source, *basis, *confidence, *note;
} csim_price;

typedef struct csim_cost_input {
    const char *id, *region, *unit, *date, *source, *basis, *confidence, *note;
    double value, low, high; /* low, high: NAN where one source speaks */
} csim_cost_input;

typedef struct csim_control_event {
    int day; /* 20231017 */
    const char *side, *text, *source, *confidence;
} csim_control_event;

typedef struct csim_control_threshold {
    int day;
    const char *rule, *unit, *text, *source, *confidence;
    double value;
} csim_control_threshold;

typedef struct csim_supply_estimate {
    const char *item, *unit, *text, *source, *date, *confidence;
    double value, low, high;
} csim_supply_estimate;

typedef struct csim_catalogue csim_catalogue;

/* Reads models.yaml, hardware.yaml, prices.yaml, cost_inputs.yaml and controls.yaml of a directory. Errors carry file, line and column. */
csim_status csim_catalogue_load(const char *directory, csim_catalogue **out, csim_error *err);
void csim_catalogue_free(csim_catalogue *catalogue);

/* In the order of the file. */
const csim_model_entry *csim_catalogue_models(const csim_catalogue *catalogue, size_t *count);
const csim_hardware_entry *csim_catalogue_hardware(const csim_catalogue *catalogue, size_t *count);
const csim_price *csim_catalogue_prices(const csim_catalogue *catalogue, size_t *count);
const csim_cost_input *csim_catalogue_cost_inputs(const csim_catalogue *catalogue, size_t *count);
const csim_control_event *csim_catalogue_control_events(const csim_catalogue *catalogue, size_t *count);
const csim_control_threshold *csim_catalogue_control_thresholds(const csim_catalogue *catalogue, size_t *count);
const csim_supply_estimate *csim_catalogue_supply(const csim_catalogue *catalogue, size_t *count);

/* By id. UNKNOWN_NAME with the nearest id as hint. */
csim_status csim_catalogue_model_find(const csim_catalogue *catalogue, const char *id, const csim_model_entry **out, csim_error *err);
csim_status csim_catalogue_hardware_find(const csim_catalogue *catalogue, const char *id, const csim_hardware_entry **out, csim_error *err);
/* By id or alias. UNKNOWN_NAME with the nearest of both as hint. */
csim_status csim_catalogue_model_named(const csim_catalogue *catalogue, const char *name, const csim_model_entry **out, csim_error *err);
csim_status csim_catalogue_hardware_named(const csim_catalogue *catalogue, const char *name, const csim_hardware_entry **out, csim_error *err);
csim_status csim_catalogue_cost_input_find(const csim_catalogue *catalogue, const char *id, const csim_cost_input **out, csim_error *err);

/* The price of a product and tier on a day (20251231). UNKNOWN_NAME for no such product or tier, OUT_OF_RANGE for a day before its first price. */
csim_status csim_catalogue_price_at(const csim_catalogue *catalogue, const char *model, const char *tier, int day, const csim_price **out,
                                    csim_error *err);

#endif
