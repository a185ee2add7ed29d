/* See waterfall.h. */
#include "csim/cli/waterfall.h"

#include <math.h>
#include <string.h>

#include "csim/cli/print.h"
#include "csim/cli/progress.h"
#include "csim/report/export_compare.h"
#include "csim/scenario/yaml_tree.h"

/* "series@month" into its parts. */
static csim_status read_what(const char *what, char *series, size_t size, int *month, csim_error *err) {
    const char *at = strrchr(what, '@');
    if (at && at > what && (size_t)(at - what) < size && csim_month_parse(at + 1, month)) {
        snprintf(series, size, "%.*s", (int)(at - what), what);
        return CSIM_OK;
    }
    return csim_error_set(err, CSIM_USAGE, "--waterfall wants a series and a month such as 'share.open.developers@2028-12', not '%.100s'", what);
}

static void print_bar(FILE *out, const csim_waterfall_bar *bar, const csim_waterfall_total *sum) {
    const double share = bar->effect.value == 0.0 ? 0.0 : 100.0 * bar->effect.value / sum->difference.value;
    char effect[CSIM_PRINT_TEXT], error[CSIM_PRINT_TEXT], alone[CSIM_PRINT_TEXT], last[CSIM_PRINT_TEXT];
    fprintf(out, "  %-20s %12s ± %-10s", bar->group, csim_estimate_text(bar->effect, 1, effect), csim_error_text(bar->effect.error, 1, error));
    if (sum->orders) fprintf(out, " ± %-10s", csim_error_text(bar->order_error, 1, error));
    if (isfinite(share)) fprintf(out, " %6.1f %%", share);
    if (isfinite(bar->alone) && isfinite(bar->last))
        fprintf(out, "   %s alone, %s last", csim_estimate_text((csim_estimate){bar->alone, bar->effect.error}, 1, alone),
                csim_estimate_text((csim_estimate){bar->last, bar->effect.error}, 1, last));
    fprintf(out, "   %zu key%s\n", bar->keys, bar->keys == 1 ? "" : "s");
}

static void print_end(FILE *out, const char *name, csim_estimate x) {
    char value[CSIM_PRINT_TEXT], error[CSIM_PRINT_TEXT];
    fprintf(out, "  %-20s %12s ± %s\n", name, csim_estimate_text(x, 1, value), csim_error_text(x.error, 1, error));
}

static void print_waterfall(FILE *out, const csim_waterfall *w, const char *what) {
    size_t bars;
    const csim_waterfall_bar *bar = csim_waterfall_bars(w, &bars);
    const csim_waterfall_total *sum = csim_waterfall_sum(w);
    const csim_comparison *ends = csim_waterfall_ends(w);
    char drawn[CSIM_DRAWN_TEXT];
    fprintf(out, "%s, %s: %u paths of each of %zu scenarios, %s\n\n", what, sum->unit, csim_comparison_paths(ends), sum->runs, csim_drawn_text(csim_comparison_options(ends), drawn));
    print_end(out, csim_comparison_name(ends, 0), sum->a);
    for (size_t i = 0; i < bars; i++) print_bar(out, &bar[i], sum);
    print_end(out, csim_comparison_name(ends, 1), sum->b);
    print_end(out, "difference", sum->difference);
    fputc('\n', out);
    const char *const over = csim_comparison_options(ends).replicates > 1 ? "replicates" : "paths";
    if (sum->orders) fprintf(out, "each bar: share ± standard error over %s ± over the sample of %zu orders in which groups change sides\n", over, sum->orders);
    else fprintf(out, "each bar: share ± standard error over %s; all orders in which groups may change sides are averaged\n", over);
}

csim_status csim_cli_waterfall_new(const csim_cli_side sides[2], const csim_cli_waterfall_request *asked, csim_waterfall **out, csim_error *err) {
    const csim_waterfall_side from[2] = {{sides[0].scenario, csim_cli_side_compare(&sides[0])}, {sides[1].scenario, csim_cli_side_compare(&sides[1])}};
    char series[2 * CSIM_PLAN_ID];
    csim_waterfall_request wanted = {.series = series, .paths = (uint32_t)(asked->paths > 0 ? asked->paths : 0), .has_seed = asked->seed.given,
                                     .seed = asked->seed.value, .drawn = asked->drawn, .threads = (int)(asked->threads > 0 ? asked->threads : 0), .orders = (uint32_t)(asked->orders > 0 ? asked->orders : 0),
                                     .groups = asked->groups && strcmp(asked->groups, "auto") != 0 ? asked->groups : NULL};
    *out = NULL;
    const csim_status status = read_what(asked->what, series, sizeof series, &wanted.month, err);
    return status ? status : csim_waterfall_new(from, &wanted, out, err);
}

static csim_status run_one(const csim_cli_io *io, csim_progress *progress, csim_waterfall *w, uint64_t before, uint64_t all, csim_error *err) {
    uint64_t done = 0, total = 1;
    csim_status status = CSIM_OK;
    while (!status && done < total) {
        status = csim_waterfall_advance(w, csim_progress_slice_s(progress), io->cancel, err);
        csim_waterfall_progress(w, &done, &total);
        csim_progress_show(progress, before + done, all);
    }
    return status;
}

csim_status csim_cli_waterfalls_run(const csim_cli_io *io, csim_waterfall *const *waterfalls, size_t count, int quiet, csim_error *err) {
    uint64_t done, total, before = 0, all = 0;
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < count; i++) {
        csim_waterfall_progress(waterfalls[i], &done, &total);
        all += total;
    }
    csim_progress progress = csim_progress_start(io, quiet, "paths");
    for (size_t i = 0; !status && i < count; i++) {
        status = run_one(io, &progress, waterfalls[i], before, all, err);
        csim_waterfall_progress(waterfalls[i], &done, &total);
        before += total;
    }
    csim_progress_end(&progress);
    return status;
}

csim_status csim_cli_waterfall(const csim_cli_io *io, const csim_cli_side sides[2], const csim_cli_waterfall_request *asked, csim_error *err) {
    csim_waterfall *w = NULL;
    csim_status status = csim_cli_waterfall_new(sides, asked, &w, err);
    if (!status) status = csim_cli_waterfalls_run(io, &w, 1, asked->quiet, err);
    if (!status && asked->csv) status = csim_export_waterfall_csv(asked->csv, w, err);
    if (!status && asked->json) csim_export_waterfall_json(io->out, w, asked->what);
    if (!status && !asked->json) print_waterfall(io->out, w, asked->what);
    csim_waterfall_free(w);
    return status;
}
