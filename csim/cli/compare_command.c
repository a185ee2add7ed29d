/* compare: scenarios and finished runs side by side, paired path by path. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/run_limits.h"
#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/cli/print.h"
#include "csim/cli/progress.h"
#include "csim/cli/side.h"
#include "csim/cli/waterfall.h"
#include "csim/report/export_compare.h"
#include "csim/scenario/yaml_tree.h"
#include "csim/store/run_file_guard.h"

enum { MOST_WORDS = 256 };

typedef struct request {
    const char *side[CSIM_COMPARE_SIDES], *series, *at, *csv, *waterfall, *groups, *sampler;
    size_t sides;
    long long paths, threads, orders, replicates;
    csim_option_seed seed;
    int json, quiet;
} request;

typedef struct job {
    csim_cli_side side[CSIM_COMPARE_SIDES];
    size_t opened;
    char series[8192], at[2048];             /* the lists, cut into words in place */
    const char *series_word[MOST_WORDS], *at_word[MOST_WORDS];
    int month[MOST_WORDS];
    csim_compare_request wanted;
    csim_comparison *comparison;
} job;

/* ---- what is asked ------------------------------------------------------------------------------------------------------------------------------ */

/* "a,b c" → words; *count = MOST_WORDS + 1 when there are too many, or the text is too long. */
static void cut(const char *list, char *text, size_t size, const char **word, size_t *count) {
    *count = 0;
    if (!list) return;
    *count = (size_t)snprintf(text, size, "%s", list) < size ? 0 : MOST_WORDS + 1;
    char *rest = NULL;
    for (char *at = strtok_r(text, ", ", &rest); at && *count < MOST_WORDS; at = strtok_r(NULL, ", ", &rest)) word[(*count)++] = at;
    if (rest && *rest && *count == MOST_WORDS) ++*count;
}

static csim_status read_lists(job *self, const request *asked, csim_error *err) {
    csim_compare_request *wanted = &self->wanted;
    cut(asked->series, self->series, sizeof self->series, self->series_word, &wanted->series_count);
    cut(asked->at, self->at, sizeof self->at, self->at_word, &wanted->months);
    if (wanted->series_count > MOST_WORDS || wanted->months > MOST_WORDS) return csim_error_set(err, CSIM_USAGE, "--series and --at take at most %d names", MOST_WORDS);
    if (asked->series && !wanted->series_count) return csim_error_set(err, CSIM_USAGE, "--series wants names such as 'share.open.developers,cap.gap'");
    if (asked->at && !wanted->months) return csim_error_set(err, CSIM_USAGE, "--at wants months such as '2028-12'");
    for (size_t i = 0; i < wanted->months; i++)
        if (!csim_month_parse(self->at_word[i], &self->month[i])) return csim_error_set(err, CSIM_USAGE, "--at wants months such as '2028-12', not '%.60s'", self->at_word[i]);
    wanted->series = self->series_word;
    wanted->month = self->month;
    return CSIM_OK;
}

static csim_status check_request(const request *asked, csim_error *err) {
    if (asked->sides < 2) return csim_error_set(err, CSIM_USAGE, "compare wants two or more scenarios or runs; the first is the base");
    if (asked->waterfall && asked->sides != 2) return csim_error_set(err, CSIM_USAGE, "--waterfall attributes the difference of two scenarios, not of %zu", asked->sides);
    if (asked->waterfall && (asked->series || asked->at)) return csim_error_set(err, CSIM_USAGE, "--waterfall names its series and month itself: leave --series and --at out");
    if (asked->csv && csim_run_file_spare(asked->csv, err)) return CSIM_USAGE;
    if (!asked->waterfall && (asked->groups || asked->orders >= 0)) return csim_error_set(err, CSIM_USAGE, "--groups and --orders belong to --waterfall");
    return CSIM_OK;
}

/* ---- for a person ------------------------------------------------------------------------------------------------------------------------------- */

static int is_shown(const request *asked, const csim_compare_row *row, int last_month) {
    if (asked->series || asked->at) return 1;
    return csim_is_headline_series(row->series) && (row->month == last_month || row->month == (2028 - 2000) * 12 + 11);
}

/* "213", or a minus where it is not defined. */
static const char *plain(const char *format, double value, char text[CSIM_PRINT_TEXT]) {
    if (isnan(value)) snprintf(text, CSIM_PRINT_TEXT, "-");
    else snprintf(text, CSIM_PRINT_TEXT, format, value);
    return text;
}

/* A difference is read with its error, and has one decimal more than a mean. */
static void print_row(FILE *out, const csim_compare_row *row) {
    const csim_paired *d = &row->difference;
    const csim_estimate low = {d->p5, d->mean.error * 10.0}, high = {d->p95, d->mean.error * 10.0};
    char a[CSIM_PRINT_TEXT], b[CSIM_PRINT_TEXT], c[CSIM_PRINT_TEXT], e[CSIM_PRINT_TEXT], month[CSIM_MONTH_TEXT];
    fprintf(out, "  %-24s %s %10s %10s ", row->series, csim_month_text(row->month, month), csim_estimate_text(row->a, 1, a), csim_estimate_text(row->b, 1, b));
    if (row->identical) {
        fprintf(out, "  identical\n");
        return;
    }
    fprintf(out, "%11s ± %-8s [%s, %s] ", csim_estimate_text(d->mean, 1, c), csim_error_text(d->mean.error, 1, e), csim_estimate_text(low, 1, a), csim_estimate_text(high, 1, b));
    fprintf(out, "%6s %8s %s", plain("%.2f", d->correlation, a), plain("%.3g", d->paths_saved, b), row->unit);
    if (!isnan(row->ratio.value)) fprintf(out, "  x %.4g ± %s", row->ratio.value, isnan(row->ratio.error) ? "?" : plain("%.1g", row->ratio.error, a));
    fputc('\n', out);
}

static void print_claim(FILE *out, const csim_compare_claim *c) {
    char a[CSIM_PRINT_TEXT], b[CSIM_PRINT_TEXT], mean[CSIM_PRINT_TEXT], error[CSIM_PRINT_TEXT];
    fprintf(out, "  %-40s %12s %12s ", c->reading, csim_share_text(&c->a, 1, a), csim_share_text(&c->b, 1, b));
    if (isnan(c->difference.value)) fprintf(out, "  not decided on both sides\n");
    else if (!c->gained && !c->lost && c->difference.value == 0.0) fprintf(out, "  no path changes its answer\n");
    else fprintf(out, "%9s ± %-8s %6llu %6llu\n", csim_estimate_text(c->difference, 1, mean), csim_error_text(c->difference.error, 1, error),
                 (unsigned long long)c->gained, (unsigned long long)c->lost);
}

static void print_side(FILE *out, const request *asked, const csim_comparison *c, size_t side) {
    size_t rows, claims, hidden = 0;
    const csim_compare_row *row = csim_comparison_rows(c, &rows);
    const csim_compare_claim *claim = csim_comparison_claims(c, &claims);
    fprintf(out, "\n%s (B) against %s (A)%s\n", csim_comparison_name(c, side), csim_comparison_name(c, 0),
            csim_comparison_identical(c, side) ? ": identical, path by path" : "");
    fprintf(out, "  %-24s %-7s %10s %10s %11s   %-8s %s  %s\n", "mean", "", "A", "B", "B - A", "± error", "[5 %, 95 % of paths], correlation, runs saved", "ratio");
    for (size_t i = 0; i < rows; i++) {
        if (row[i].side != side) continue;
        if (is_shown(asked, &row[i], row[rows - 1].month)) print_row(out, &row[i]);
        else hidden++;
    }
    if (hidden) fprintf(out, "  and %zu more with --csv, --json, --series or --at\n", hidden);
    fprintf(out, "\n  %-40s %12s %12s %9s   %-8s %6s %6s\n", "probability", "A", "B", "B - A", "± error", "gained", "lost");
    for (size_t i = 0; i < claims; i++)
        if (claim[i].side == side) print_claim(out, &claim[i]);
}

static void print_all(FILE *out, const request *asked, const csim_comparison *c) {
    char drawn[CSIM_DRAWN_TEXT];
    fprintf(out, "%u paths of each, %s\n", csim_comparison_paths(c), csim_drawn_text(csim_comparison_options(c), drawn));
    for (size_t i = 0; csim_comparison_note(c, i); i++) fprintf(out, "%s\n", csim_comparison_note(c, i));
    for (size_t side = 1; side < csim_comparison_sides(c); side++) print_side(out, asked, c, side);
}

/* ---- the work ----------------------------------------------------------------------------------------------------------------------------------- */

static csim_status open_sides(job *self, const request *asked, csim_error *err) {
    for (size_t i = 0; i < asked->sides; i++) {
        self->opened++;
        const csim_status status = csim_cli_side_open(&self->side[i], asked->side[i], err);
        if (status) return status;
    }
    return CSIM_OK;
}

static csim_status compare(const csim_cli_io *io, job *self, const request *asked, csim_error *err) {
    csim_compare_side sides[CSIM_COMPARE_SIDES];
    uint64_t done = 0, total = 1;
    for (size_t i = 0; i < asked->sides; i++) sides[i] = csim_cli_side_compare(&self->side[i]);
    csim_status status = csim_comparison_new(sides, asked->sides, &self->wanted, &self->comparison, err);
    csim_progress progress = csim_progress_start(io, asked->quiet, "paths");
    while (!status && done < total) {
        status = csim_comparison_advance(self->comparison, csim_progress_slice_s(&progress), io->cancel, err);
        csim_comparison_progress(self->comparison, &done, &total);
        csim_progress_show(&progress, done, total);
    }
    csim_progress_end(&progress);
    return status;
}

static csim_status run_job(const csim_cli_io *io, job *self, const request *asked, csim_error *err) {
    const csim_sampler_wish drawn = {asked->sampler, asked->replicates > 0 ? (uint32_t)asked->replicates : 0};
    self->wanted = (csim_compare_request){.paths = (uint32_t)(asked->paths > 0 ? asked->paths : 0), .has_seed = asked->seed.given,
                                          .seed = asked->seed.value, .drawn = drawn, .threads = (int)asked->threads};
    const csim_cli_waterfall_request waterfall = {asked->waterfall, asked->groups, asked->csv, asked->paths, asked->threads, asked->orders, asked->seed, drawn, asked->json, asked->quiet};
    csim_status status = read_lists(self, asked, err);
    if (!status) status = open_sides(self, asked, err);
    if (!status && asked->waterfall) return csim_cli_waterfall(io, self->side, &waterfall, err);
    if (!status) status = compare(io, self, asked, err);
    if (!status && asked->csv) status = csim_export_comparison_csv(asked->csv, self->comparison, err);
    if (!status && asked->json) csim_export_comparison_json(io->out, self->comparison);
    if (!status && !asked->json) print_all(io->out, asked, self->comparison);
    return status;
}

static void job_free(job *self) {
    csim_comparison_free(self->comparison);
    for (size_t i = 0; i < self->opened; i++) csim_cli_side_clear(&self->side[i]);
    free(self);
}

csim_status csim_cli_compare(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    request asked = {.paths = -1, .orders = -1, .replicates = -1};
    const csim_option options[] = {
        {"--paths", CSIM_OPTION_COUNT, &(csim_option_count){&asked.paths, 1, CSIM_KEEP_MAX}, "N", "paths of each side (4000; with --waterfall 1000)"},
        {"--seed", CSIM_OPTION_SEED, &asked.seed, "S", "seed (that of the runs, else the base's run.seed)"},
        {"--sampler", CSIM_OPTION_TEXT, &asked.sampler, "NAME", "mc, lhs or sobol (that of the runs, else the base's run.sampler)"},
        {"--replicates", CSIM_OPTION_COUNT, &(csim_option_count){&asked.replicates, 1, CSIM_MAX_REPLICATES}, "R", "independent randomisations (theirs; 1 for mc, else 16)"},
        {"--threads", CSIM_OPTION_COUNT, &(csim_option_count){&asked.threads, 0, CSIM_THREADS_MAX}, "T", "threads (one a processor); results do not depend on it"},
        {"--series", CSIM_OPTION_TEXT, &asked.series, "LIST", "series to compare instead of the headlines, with commas between"},
        {"--at", CSIM_OPTION_TEXT, &asked.at, "MONTHS", "months instead of the ends of years, with commas between"},
        {"--waterfall", CSIM_OPTION_TEXT, &asked.waterfall, "SERIES@MONTH", "what the difference of the means of A and B is made of"},
        {"--groups", CSIM_OPTION_TEXT, &asked.groups, "FILE", "groups of keys for --waterfall (auto: the sections of the scenario)"},
        {"--orders", CSIM_OPTION_COUNT, &(csim_option_count){&asked.orders, 1, CSIM_WATERFALL_MOST_ORDERS}, "N", "orders that --waterfall samples for more than 6 groups (16)"},
        {"--csv", CSIM_OPTION_TEXT, &asked.csv, "FILE", "write every number as a tidy table"},
        {"--json", CSIM_OPTION_FLAG, &asked.json, NULL, "print every number as JSON"},
        {"--quiet", CSIM_OPTION_FLAG, &asked.quiet, NULL, "no progress line"},
    };
    enum { OPTIONS = sizeof options / sizeof options[0] };
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast compare A B [C ...] [options]\n\nCompares scenarios or finished runs with the first one, path by path at the same seed.\n\n");
        csim_options_help(io->out, options, OPTIONS);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, OPTIONS, asked.side, CSIM_COMPARE_SIDES, &asked.sides, err);
    if (!status) status = check_request(&asked, err);
    if (status) return status;
    job *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a comparison");
    status = run_job(io, self, &asked, err);
    job_free(self);
    return status;
}
