/* A path in words and as CSV. CSV numbers have 17 digits: they read back as the same doubles. */
#include "csim/cli/path_print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/store/run_file.h"

static double value_at(const csim_trace *trace, int month, size_t column) { return trace->value[(size_t)month * trace->columns + column]; }

/* ---- CSV --------------------------------------------------------------------------------------------------------------------------------------- */

void csim_path_print_wide(FILE *out, const csim_path_view *view) {
    const csim_trace *trace = view->trace;
    const csim_plan *plan = trace->plan;
    char month[CSIM_MONTH_TEXT];
    fprintf(out, "month");
    for (size_t i = 0; i < view->columns; i++) fprintf(out, ",%s", trace->column[view->column[i]].name);
    for (int i = 0; view->everything && i < plan->inputs; i++) fprintf(out, ",input.%s", plan->input_key[i]);
    for (size_t i = 0; view->everything && i < trace->draws; i++) fprintf(out, ",draw.%s", trace->draw[i].name);
    fputc('\n', out);
    for (int t = view->first; t <= view->last; t++) {
        fputs(csim_month_text(plan->start_month + t, month), out);
        for (size_t i = 0; i < view->columns; i++) fprintf(out, ",%.17g", value_at(trace, t, view->column[i]));
        for (int i = 0; view->everything && i < plan->inputs; i++) fprintf(out, ",%.17g", trace->input[i]);
        for (size_t i = 0; view->everything && i < trace->draws; i++) fprintf(out, ",%.17g", trace->draw[i].value);
        fputc('\n', out);
    }
}

static const char *input_unit(const csim_plan *plan, int i) { return csim_input_rows[plan->input[i].id].unit; }

/* No unit has a comma or a quote in it: tests/py/test_path.py. */
void csim_path_print_tidy(FILE *out, const csim_path_view *view) {
    const csim_trace *trace = view->trace;
    const csim_plan *plan = trace->plan;
    char month[CSIM_MONTH_TEXT];
    fprintf(out, "month,part,name,unit,value\n");
    for (int i = 0; view->everything && i < plan->inputs; i++) fprintf(out, ",input,%s,%s,%.17g\n", plan->input_key[i], input_unit(plan, i), trace->input[i]);
    for (size_t i = 0; view->everything && i < trace->draws; i++) fprintf(out, ",draw,%s,%s,%.17g\n", trace->draw[i].name, trace->draw[i].unit, trace->draw[i].value);
    for (int t = view->first; t <= view->last; t++)
        for (size_t i = 0; i < view->columns; i++) {
            const csim_trace_column *column = &trace->column[view->column[i]];
            fprintf(out, "%s,%s,%s,%s,%.17g\n", csim_month_text(plan->start_month + t, month), csim_trace_part_name(column->part), column->name, column->unit,
                    value_at(trace, t, view->column[i]));
        }
}

/* ---- the story: what was unusual ---------------------------------------------------------------------------------------------------------------- */

enum { FEWEST_KEPT = 100, MOST_UNUSUAL = 8, MOST_HEADLINES = 8, WIDTH = 14, MOST_BY_MONTH = 24 };

typedef struct unusual { int input; double rank; } unusual; /* rank: share of the kept paths that drew less */

static double rank_of(const csim_result *result, int input, double value) {
    double below = 0.0;
    for (uint32_t k = 0; k < result->kept; k++) {
        const double other = result->kept_input[(size_t)k * (size_t)result->plan->inputs + (size_t)input];
        below += other < value ? 1.0 : other == value ? 0.5 : 0.0;
    }
    return below / result->kept;
}

static int by_distance(const void *left, const void *right) {
    const double a = fabs(((const unusual *)left)->rank - 0.5), b = fabs(((const unusual *)right)->rank - 0.5);
    return a < b ? 1 : a > b ? -1 : ((const unusual *)left)->input - ((const unusual *)right)->input;
}

static void print_unusual(FILE *out, const csim_path_view *view) {
    const csim_trace *trace = view->trace;
    const csim_plan *plan = trace->plan;
    unusual found[CSIM_MAX_INPUTS];
    if (view->result->kept < FEWEST_KEPT) return;
    for (int i = 0; i < plan->inputs; i++) found[i] = (unusual){i, rank_of(view->result, i, trace->input[i])};
    qsort(found, (size_t)plan->inputs, sizeof found[0], by_distance);
    fprintf(out, "What it drew farthest from the middle (rank among the run's %u kept paths)\n", view->result->kept);
    for (int k = 0; k < MOST_UNUSUAL && k < plan->inputs; k++)
        fprintf(out, "  %-40s %10.4g %-18s %s %.1f %% of them\n", plan->input_key[found[k].input], trace->input[found[k].input], input_unit(plan, found[k].input),
                found[k].rank > 0.5 ? "above" : "below", 100.0 * fmax(found[k].rank, 1.0 - found[k].rank));
    fputc('\n', out);
}

/* ---- the story: numbers ------------------------------------------------------------------------------------------------------------------------- */

static const char *const headlines[MOST_HEADLINES] = {"share.open.developers", "share.enterprise_open", "share.cn_abroad", "cap.gap", "price.closed",
                                                      "price.open", "tokens.world", "saas.revenue"};

static size_t take_headlines(const csim_path_view *view, size_t column[MOST_HEADLINES]) {
    size_t count = 0;
    for (size_t i = 0; i < MOST_HEADLINES; i++) {
        const int found = csim_trace_column_find(view->trace, headlines[i]);
        if (found >= 0) column[count++] = (size_t)found;
    }
    return count;
}

/* Part `line` of a name broken at dots and underscores; what does not fit is cut. */
static void print_part(FILE *out, const char *name, int line) {
    while (line-- > 0 && *name) {
        name += strcspn(name, "._");
        if (*name) name++;
    }
    const size_t size = strcspn(name, "._");
    fprintf(out, " %*.*s", WIDTH, (int)(size < WIDTH ? size : WIDTH), name);
}

static void print_heading(FILE *out, const csim_trace *trace, const size_t *column, size_t count) {
    int lines = 1;
    for (size_t i = 0; i < count; i++) {
        int parts = 1;
        for (const char *at = trace->column[column[i]].name; *at; at++) parts += *at == '.' || *at == '_';
        lines = parts > lines ? parts : lines;
    }
    for (int line = 0; line < lines; line++) {
        fprintf(out, "  %7s", "");
        for (size_t i = 0; i < count; i++) print_part(out, trace->column[column[i]].name, line);
        fputc('\n', out);
    }
    fprintf(out, "  %7s", "month");
    for (size_t i = 0; i < count; i++) fprintf(out, " %*.*s", WIDTH, WIDTH, strcmp(trace->column[column[i]].unit, "share") ? trace->column[column[i]].unit : "%");
    fputc('\n', out);
}

static void print_number(FILE *out, const char *unit, double value) {
    if (!isfinite(value)) fprintf(out, " %*s", WIDTH, "-");
    else if (!strcmp(unit, "share")) fprintf(out, " %*.1f", WIDTH, 100.0 * value);
    else if (fabs(value) >= 1e4 && fabs(value) < 1e7) fprintf(out, " %*.0f", WIDTH, value);
    else fprintf(out, " %*.4g", WIDTH, value);
}

/* By quarter; by month where few are asked for. */
static void print_numbers(FILE *out, const csim_path_view *view) {
    const csim_trace *trace = view->trace;
    const csim_plan *plan = trace->plan;
    size_t own[MOST_HEADLINES], count = view->columns ? view->columns : take_headlines(view, own);
    const size_t *column = view->columns ? view->column : own;
    const int by_month = view->last - view->first < MOST_BY_MONTH;
    char month[CSIM_MONTH_TEXT];
    print_heading(out, trace, column, count);
    for (int t = view->first; t <= view->last; t++) {
        if (!by_month && (plan->start_month + t) % 3 != 2 && t != view->last && t != view->first) continue;
        fprintf(out, "  %7s", csim_month_text(plan->start_month + t, month));
        for (size_t i = 0; i < count; i++) print_number(out, trace->column[column[i]].unit, value_at(trace, t, column[i]));
        fputc('\n', out);
    }
    fputc('\n', out);
}

/* ---- the story: events -------------------------------------------------------------------------------------------------------------------------- */

/* A month's releases stand in one line. */
static void print_event(FILE *out, const csim_event *event, const csim_event *before, const char *month) {
    const int same_month = before && before->month == event->month, release = event->kind == CSIM_EVENT_RELEASE;
    const int joins = same_month && release && before->kind == CSIM_EVENT_RELEASE;
    if (!joins) fprintf(out, "%s  %7s  %s", before ? "\n" : "", same_month ? "" : month, release ? "releases: " : "");
    if (release) fprintf(out, "%s%s %.1f (+%.1f)", joins ? ", " : "", event->subject, event->after, event->after - event->before);
    else fputs(event->text, out);
}

static void print_events(FILE *out, const csim_path_view *view) {
    const csim_trace *trace = view->trace;
    const csim_event *before = NULL;
    char month[CSIM_MONTH_TEXT];
    fprintf(out, "What happened (releases: level in ECI points, and its rise)\n");
    for (size_t i = 0; i < trace->events; i++) {
        const csim_event *event = &trace->event[i];
        if (event->month < view->first || event->month > view->last) continue;
        print_event(out, event, before, csim_month_text(trace->plan->start_month + event->month, month));
        before = event;
    }
    fprintf(out, before ? "\n" : "  nothing\n");
}

static void print_title(FILE *out, const csim_trace *trace) {
    const csim_plan *plan = trace->plan;
    char first[CSIM_MONTH_TEXT], last[CSIM_MONTH_TEXT], stop[CSIM_MONTH_TEXT];
    fprintf(out, "path %u, seed %llu: %d months, %s to %s", trace->path, (unsigned long long)trace->seed, plan->months, csim_month_text(plan->start_month, first),
            csim_month_text(plan->start_month + plan->months - 1, last));
    if (trace->failure == CSIM_PATH_OK) fprintf(out, ", counted\n\n");
    else fprintf(out, "; stopped in %s and not counted (%s of %s)\n\n", csim_month_text(plan->start_month + trace->failure_month, stop), csim_failure_name(trace->failure),
                 plan->slot_name[trace->failure_slot]);
}

void csim_path_print_story(FILE *out, const csim_path_view *view) {
    print_title(out, view->trace);
    print_unusual(out, view);
    print_numbers(out, view);
    print_events(out, view);
}
