/* The table behind a trace: which columns there are, and where each stands in a block. What happened is trace_events.c. */
#include "csim/engine/trace.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/engine/trace_parts.h"
#include "csim/scenario/c_locale.h"

typedef enum row_kind { ROW_SHOCK, ROW_DRAW, ROW_STATE } row_kind;
typedef struct trace_row { row_kind kind; const char *name, *unit, *index, *text; size_t offset, bytes /* of the member */, stride /* bytes, outermost; 0: dense */; } trace_row;

#define BYTES(member) sizeof(((csim_block *)0)->member)
static const trace_row rows[] = {
#define SHOCK(name, index, member) {ROW_SHOCK, name, "", index, "", offsetof(csim_block, member), BYTES(member), 0},
#define DRAW(name, unit, index, member, text) {ROW_DRAW, name, unit, index, text, offsetof(csim_block, member), BYTES(member), 0},
#define STATE(name, unit, index, member, text) {ROW_STATE, name, unit, index, text, offsetof(csim_block, member), BYTES(member), 0},
#define STATE_OF(name, unit, index, array, field, text) {ROW_STATE, name, unit, index, text, offsetof(csim_block, array[0].field), BYTES(array), BYTES(array[0])},
#include "csim/model/trace.def"
#undef SHOCK
#undef DRAW
#undef STATE
#undef STATE_OF
};
enum { ROWS = sizeof rows / sizeof rows[0], MOST_DIMENSIONS = 3 };

static const char *const part_names[CSIM_TRACE_PARTS] = {"outcome", "shock", "lever", "state"};
const char *csim_trace_part_name(csim_trace_part part) { return part_names[part]; }

/* ---- dimensions -------------------------------------------------------------------------------------------------------------------------------- */

static int dimension_size(const csim_plan *plan, char dimension, int *room) {
    switch (dimension) {
    case 'j': *room = J; return plan->offerings;
    case 's': *room = NS; return plan->segments;
    case 'r': *room = NR; return plan->regions;
    case 'x': *room = CSIM_MAX_REGIMES; return plan->regimes;
    case 'm': *room = CSIM_MAX_MACHINES; return plan->machines;
    default: *room = CSIM_MAX_VENDORS; return plan->vendors;
    }
}

static const char *dimension_name(const csim_plan *plan, char dimension, int i) {
    switch (dimension) {
    case 'j': return plan->offering_id[i];
    case 's': return plan->segment_id[i];
    case 'r': return plan->region_id[i];
    case 'x': return plan->regime_id[i];
    case 'm': return plan->machine[i].id;
    default: return plan->vendor_id[i];
    }
}

static size_t elements(const csim_plan *plan, const trace_row *row) {
    size_t count = 1;
    int room;
    for (const char *d = row->index; *d; d++) count *= (size_t)dimension_size(plan, *d, &room);
    return count;
}

/* The row's name with its element, and where the element's lanes begin in the block. */
static size_t place(const csim_plan *plan, const trace_row *row, size_t element, char name[CSIM_TRACE_NAME]) {
    const size_t dimensions = strlen(row->index), lanes = (row->kind == ROW_SHOCK ? 2 * P : P) * sizeof(double);
    int used = snprintf(name, CSIM_TRACE_NAME, "%s%s", row->kind == ROW_STATE ? "state." : "", row->name);
    int at[MOST_DIMENSIONS] = {0}, room[MOST_DIMENSIONS] = {0};
    for (size_t d = dimensions; d-- > 0;) {
        const int size = dimension_size(plan, row->index[d], &room[d]);
        at[d] = (int)(element % (size_t)size);
        element /= (size_t)size;
    }
    size_t flat = 0;
    for (size_t d = 0; d < dimensions; d++) {
        flat = flat * (size_t)room[d] + (size_t)at[d];
        if (used >= 0 && used < CSIM_TRACE_NAME) used += snprintf(name + used, CSIM_TRACE_NAME - (size_t)used, ".%s", dimension_name(plan, row->index[d], at[d]));
    }
    return row->offset + flat * (row->stride ? row->stride : lanes);
}

static double look_up(const csim_block *b, size_t at) {
    double value;
    memcpy(&value, (const char *)b + at, sizeof value);
    return value;
}

/* ---- the columns ------------------------------------------------------------------------------------------------------------------------------- */

/* The shock's draw in the block, NULL when this plan draws none: nothing could read it. */
static const csim_month_draw *drawn(const csim_block *b, size_t at) {
    for (int i = 0; i < b->month_draws; i++)
        if ((const char *)b->month_draw[i].to == (const char *)b + at) return &b->month_draw[i];
    return NULL;
}

/* `column` may be NULL: counting only. */
static size_t add_column(csim_trace_column *column, size_t count, csim_trace_column made) {
    if (column) column[count] = made;
    return count + 1;
}

static size_t list_outcomes(const csim_plan *plan, csim_trace_column *column, size_t count) {
    for (int slot = 0; slot < plan->slots; slot++) {
        const csim_outcome_row *row = &csim_outcome_rows[plan->slot_outcome[slot]];
        csim_trace_column made = {.unit = row->unit, .text = row->text, .part = CSIM_TRACE_OUTCOMES, .at = offsetof(csim_block, outcome) + (size_t)slot * P * sizeof(double)};
        snprintf(made.name, sizeof made.name, "%s", plan->slot_name[slot]);
        count = add_column(column, count, made);
    }
    return count;
}

static size_t list_rows(const csim_block *b, row_kind kind, csim_trace_column *column, size_t count) {
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t e = 0; rows[i].kind == kind && e < elements(b->plan, &rows[i]); e++) {
            csim_trace_column made = {.unit = rows[i].unit, .text = rows[i].text, .part = kind == ROW_SHOCK ? CSIM_TRACE_SHOCKS : CSIM_TRACE_STATES};
            made.at = place(b->plan, &rows[i], e, made.name);
            const csim_month_draw *draw = kind == ROW_SHOCK ? drawn(b, made.at) : NULL;
            if (kind == ROW_SHOCK && !draw) continue;
            if (draw) made.unit = draw->normal ? "sd" : "u";
            count = add_column(column, count, made);
        }
    }
    return count;
}

/* Levers that the scenario moves; the others stand at their defaults. */
static int is_pulled(const csim_plan *plan, int slot, double standard) {
    for (int h = 0; h < plan->hazards; h++)
        if (plan->hazard[h].lever == slot) return 1;
    for (int t = 0; t < plan->months; t++)
        if (plan->lever[slot][t] != standard) return 1;
    return 0;
}

static size_t list_levers(const csim_plan *plan, csim_trace_column *column, size_t count) {
    for (int id = 0; id < CSIM_LEVER_IDS; id++) {
        const csim_lever_row *row = &csim_lever_rows[id];
        for (int slot = plan->lever_offset[id]; slot < plan->lever_offset[id + 1]; slot++) {
            if (!is_pulled(plan, slot, row->standard)) continue;
            csim_trace_column made = {.unit = row->unit, .text = row->text, .part = CSIM_TRACE_LEVERS, .at = offsetof(csim_block, lever) + (size_t)slot * P * sizeof(double)};
            csim_trace_lever_name(plan, slot, made.name);
            count = add_column(column, count, made);
        }
    }
    return count;
}

static size_t list_columns(const csim_block *b, csim_trace *self, csim_trace_column *column) {
    size_t count = 0;
    self->part_start[CSIM_TRACE_OUTCOMES] = count;
    count = self->part_start[CSIM_TRACE_SHOCKS] = list_outcomes(b->plan, column, count);
    count = self->part_start[CSIM_TRACE_LEVERS] = list_rows(b, ROW_SHOCK, column, count);
    count = self->part_start[CSIM_TRACE_STATES] = list_levers(b->plan, column, count);
    return self->part_start[CSIM_TRACE_PARTS] = list_rows(b, ROW_STATE, column, count);
}

/* "levers.origin_ban.developers.us" */
void csim_trace_lever_name(const csim_plan *plan, int slot, char name[CSIM_TRACE_NAME]) {
    int id = 0;
    while (slot >= plan->lever_offset[id + 1]) id++;
    const csim_lever_row *row = &csim_lever_rows[id];
    const int element = slot - plan->lever_offset[id];
    const char *first = "", *second = "";
    switch (row->index) {
    case CSIM_INDEX_SEGMENT: first = plan->segment_id[element]; break;
    case CSIM_INDEX_REGION: first = plan->region_id[element]; break;
    case CSIM_INDEX_OFFERING: first = plan->offering_id[element]; break;
    case CSIM_INDEX_REGIME: first = plan->regime_id[element]; break;
    case CSIM_INDEX_SEGMENT_REGION: first = plan->segment_id[element / plan->regions], second = plan->region_id[element % plan->regions]; break;
    case CSIM_INDEX_NONE: case CSIM_INDEX_SEGMENT_OFFERING: case CSIM_INDEX_REGIME_REGIME: break; /* no lever is indexed by the last two */
    }
    snprintf(name, CSIM_TRACE_NAME, "%s%s%s%s%s", row->key, *first ? "." : "", first, *second ? "." : "", second);
}

/* ---- draws of the path ------------------------------------------------------------------------------------------------------------------------- */

/* What is exactly 0 was not drawn. */
static size_t list_draws(const csim_block *b, csim_trace_draw *draw) {
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t e = 0; rows[i].kind == ROW_DRAW && e < elements(b->plan, &rows[i]); e++) {
            csim_trace_draw made = {.unit = rows[i].unit, .text = rows[i].text};
            made.value = look_up(b, place(b->plan, &rows[i], e, made.name));
            if (made.value == 0.0) continue;
            if (draw) draw[count] = made;
            count++;
        }
    }
    for (int h = 0; h < b->plan->hazards; h++, count++) {
        if (!draw) continue;
        char name[CSIM_TRACE_NAME];
        csim_trace_lever_name(b->plan, b->plan->hazard[h].lever, name);
        draw[count] = (csim_trace_draw){.unit = "month", .text = "Month from the start in which the lever's hazard strikes", .value = b->hazard_month[h][0]};
        snprintf(draw[count].name, sizeof draw[count].name, "lever.%.*s", CSIM_TRACE_NAME - 8, name + sizeof "levers." - 1);
    }
    return count;
}

/* ---- following a path -------------------------------------------------------------------------------------------------------------------------- */

static csim_status no_memory(csim_error *err) { return csim_error_set(err, CSIM_NO_MEMORY, "no memory to trace a path"); }

static csim_status begin(csim_trace *self, const csim_block *b, csim_error *err) {
    self->columns = list_columns(b, self, NULL);
    self->draws = list_draws(b, NULL);
    self->column = calloc(self->columns + 1, sizeof *self->column);
    self->value = malloc((self->columns * (size_t)self->months + 1) * sizeof *self->value);
    self->input = malloc(((size_t)self->plan->inputs + 1) * sizeof *self->input);
    self->draw = calloc(self->draws + 1, sizeof *self->draw);
    if (!self->column || !self->value || !self->input || !self->draw) return no_memory(err);
    list_columns(b, self, self->column);
    list_draws(b, self->draw);
    for (int i = 0; i < self->plan->inputs; i++) self->input[i] = b->input[i][0];
    return CSIM_OK;
}

static void take_month(csim_trace *self, const csim_block *b) {
    const int t = b->t - 1;
    double *row = self->value + (size_t)t * self->columns;
    const size_t half = (size_t)(t & 1) * P * sizeof(double); /* shocks come in pairs of months */
    for (size_t i = 0; i < self->columns; i++) row[i] = look_up(b, self->column[i].at + (self->column[i].part == CSIM_TRACE_SHOCKS ? half : 0));
    self->failure = b->failure[0];
    self->failure_slot = b->failure_slot[0];
    self->failure_month = b->failure_month[0];
}

typedef struct follower { csim_trace *trace; csim_event_watch watch; } follower;

static csim_status look(void *object, const csim_block *b, csim_error *err) {
    follower *self = object;
    if (b->t == 0) {
        csim_events_begin(&self->watch, b);
        return begin(self->trace, b, err);
    }
    take_month(self->trace, b);
    return csim_events_take(&self->watch, b, self->trace, err);
}

static csim_status refuse_path(const csim_run_options *options, uint32_t points, uint32_t path, csim_error *err) {
    return csim_error_set(err, CSIM_USAGE, "a Latin hypercube of %u points has no path %u (%u replicates of %u strata, counted from 0)", points, path, options->replicates, options->strata);
}

csim_status csim_trace_new(const csim_plan *plan, const csim_run_options *options, uint32_t path, csim_trace **out, csim_error *err) {
    csim_run_options whole = *options;
    csim_run_options_complete(&whole);
    whole.first_path = 0;
    const uint32_t points = csim_run_options_points(&whole);
    follower *self = calloc(1, sizeof *self);
    csim_trace *trace = calloc(1, sizeof *trace);
    csim_status status = CSIM_NO_MEMORY;
    *out = NULL;
    if (whole.sampler == CSIM_SAMPLER_LHS && path >= points) {
        status = refuse_path(&whole, points, path, err);
    } else if (self && trace) {
        *trace = (csim_trace){.plan = plan, .seed = options->seed, .path = path, .months = plan->months};
        self->trace = trace;
        const csim_c_locale guard = csim_c_locale_enter(); /* the events' texts have numbers in them */
        status = csim_path_follow(plan, options, path, look, self, err);
        csim_c_locale_leave(guard);
    } else {
        no_memory(err);
    }
    free(self);
    if (status) csim_trace_free(trace);
    else *out = trace;
    return status;
}

void csim_trace_free(csim_trace *trace) {
    if (!trace) return;
    free(trace->column);
    free(trace->value);
    free(trace->input);
    free(trace->draw);
    free(trace->event);
    free(trace);
}

int csim_trace_column_find(const csim_trace *trace, const char *name) {
    for (size_t i = 0; i < trace->columns; i++)
        if (!strcmp(trace->column[i].name, name)) return (int)i;
    return -1;
}
