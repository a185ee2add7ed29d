/* See keep.h. */
#include "csim/cli/keep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/run_limits.h"
#include "csim/catalogue/nearest.h"

enum { MOST_ROWS = CSIM_KEEP_MAX };
static const double most_bytes = 9e8; /* of one table in a run file; SQLite's limit is 1e9 */

static csim_status refuse(const char *text, csim_error *err) {
    return csim_error_set(err, CSIM_USAGE, "--keep wants none, scalars, a number of paths up to %d, or series:NAME,NAME, not '%.100s'", MOST_ROWS, text);
}

static const char *slot_name(const void *plan, size_t i) { return ((const csim_plan *)plan)->slot_name[i]; }

static csim_status add_series(const char *name, size_t length, const csim_plan *plan, csim_run_options *options, csim_error *err) {
    char text[4 * CSIM_PLAN_ID];
    if (length >= sizeof text) length = sizeof text - 1;
    memcpy(text, name, length);
    text[length] = '\0';
    const int slot = csim_plan_slot(plan, text);
    if (slot < 0) {
        const char *nearest = csim_nearest_name(text, slot_name, plan, (size_t)plan->slots);
        csim_error_set(err, CSIM_UNKNOWN_NAME, "--keep: there is no series '%s'", text);
        if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
        return CSIM_UNKNOWN_NAME;
    }
    for (int i = 0; i < options->keep_slots; i++)
        if (options->keep_slot[i] == slot) return CSIM_OK;
    if (options->keep_slots == CSIM_MAX_KEPT_SERIES) return csim_error_set(err, CSIM_USAGE, "--keep wants at most %d series", CSIM_MAX_KEPT_SERIES);
    options->keep_slot[options->keep_slots++] = slot;
    return CSIM_OK;
}

static csim_status read_series(const char *list, const csim_plan *plan, csim_run_options *options, csim_error *err) {
    csim_status status = CSIM_OK;
    for (const char *at = list; !status;) {
        const size_t length = strcspn(at, ",");
        status = add_series(at, length, plan, options, err);
        if (!at[length]) break;
        at += length + 1;
    }
    return status;
}

static csim_status check_size(const csim_plan *plan, uint32_t rows, const csim_run_options *options, csim_error *err) {
    const double series = (double)options->keep_slots * plan->months, inputs = plan->inputs, scalars = plan->scalars;
    const double widest = series > inputs ? series > scalars ? series : scalars : inputs > scalars ? inputs : scalars;
    if (rows * widest * sizeof(double) <= most_bytes) return CSIM_OK;
    return csim_error_set(err, CSIM_LIMIT, "--keep: %u paths of %.0f numbers are more than a run file holds (0.9 GB); keep fewer", rows, widest);
}

csim_status csim_keep_read(const char *text, const csim_plan *plan, uint32_t *rows, csim_run_options *options, csim_error *err) {
    static const char series[] = "series:";
    const char *at = text ? text : "scalars";
    *rows = CSIM_KEEP_USUAL;
    if (*at >= '0' && *at <= '9') {
        char *end;
        errno = 0;
        const unsigned long number = strtoul(at, &end, 10);
        if (errno || number > MOST_ROWS || (*end && (*end != ',' || strncmp(end + 1, series, sizeof series - 1)))) return refuse(at, err);
        *rows = (uint32_t)number;
        at = *end ? end + 1 : "scalars";
    }
    csim_status status = CSIM_OK;
    if (!strncmp(at, series, sizeof series - 1) && at[sizeof series - 1]) status = read_series(at + sizeof series - 1, plan, options, err);
    else if (!strcmp(at, "none")) *rows = 0;
    else if (strcmp(at, "scalars") != 0) return refuse(text, err);
    return status ? status : check_size(plan, *rows, options, err);
}

int csim_keep_same_series(const csim_run_options *a, const csim_run_options *b) {
    return a->keep_slots == b->keep_slots && !memcmp(a->keep_slot, b->keep_slot, (size_t)a->keep_slots * sizeof a->keep_slot[0]);
}
