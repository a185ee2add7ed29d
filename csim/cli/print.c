/* Words and columns for a person at a terminal. Digits are limited by the standard error. */
#include "csim/cli/print.h"

#include <math.h>
#include <string.h>

#include "csim/base/printable.h"
#include "csim/report/sampling_note.h"
#include "csim/store/run_file.h"

/* Decimals that an error supports, and some more; −1: too small for a row of decimals. */
static int decimals_of(double error, int more) {
    const double wanted = more - floor(log10(error));
    return wanted > 9.0 ? -1 : (int)fmax(0.0, wanted);
}

const char *csim_estimate_text(csim_estimate x, int more, char text[CSIM_PRINT_TEXT]) {
    const int decimals = x.error > 0.0 ? decimals_of(x.error, more) : -1;
    if (isnan(x.value)) snprintf(text, CSIM_PRINT_TEXT, "-");
    else if (isnan(x.error)) snprintf(text, CSIM_PRINT_TEXT, "%.3g?", x.value);
    else if (decimals < 0) snprintf(text, CSIM_PRINT_TEXT, "%.4g", x.value);
    else snprintf(text, CSIM_PRINT_TEXT, "%.*f", decimals, x.value);
    return text;
}

const char *csim_error_text(double error, int more, char text[CSIM_PRINT_TEXT]) {
    const int decimals = error > 0.0 ? decimals_of(error, more) : -1;
    if (isnan(error)) snprintf(text, CSIM_PRINT_TEXT, "?");
    else if (decimals < 0) snprintf(text, CSIM_PRINT_TEXT, "%.1g", error);
    else snprintf(text, CSIM_PRINT_TEXT, "%.*f", decimals, error);
    return text;
}

/* No hits, or nothing but hits, is a bound and no share. */
const char *csim_share_text(const csim_probability *p, int more, char text[CSIM_PRINT_TEXT]) {
    if (p->count && p->hits == 0) snprintf(text, CSIM_PRINT_TEXT, "below %.2g", p->high);
    else if (p->count && p->hits == p->count) snprintf(text, CSIM_PRINT_TEXT, "above %.4f", p->low);
    else csim_estimate_text((csim_estimate){p->value, p->error}, more, text);
    return text;
}

static const char *const headline_series[] = {"share.open.developers", "share.open.fortune500", "share.enterprise_open", "share.world_open", "share.spend_open", "share.cn_abroad",
                                              "f500.primary", "cap.gap", "cap.lag_structural", "price.closed", "price.open", "cost.ratio", "cost.cn_first_party", "cost.cn_abroad",
                                              "tokens.world", "spend.api", "saas.revenue", "saas.ev_sales", "sub.payers", "finance.closed_revenue", "finance.value_share", "silicon.merchant_revenue"};

int csim_is_headline_series(const char *name) {
    for (size_t i = 0; i < sizeof headline_series / sizeof headline_series[0]; i++)
        if (!strcmp(headline_series[i], name)) return 1;
    return 0;
}

const char *csim_drawn_text(csim_run_options options, char text[CSIM_DRAWN_TEXT]) {
    const int length = snprintf(text, CSIM_DRAWN_TEXT, "seed %llu", (unsigned long long)options.seed);
    if (options.replicates > 1) snprintf(text + length, CSIM_DRAWN_TEXT - (size_t)length, ", sampler %s in %u replicates", csim_sampler_name(options.sampler), options.replicates);
    return text;
}

static void print_series(FILE *out, const csim_result *result, const char *name) {
    const csim_plan *plan = result->plan;
    const int years[] = {2026, 2028, 2030}, slot = csim_plan_slot(plan, name);
    if (slot < 0) return;
    fprintf(out, "  %-26s", name);
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        char low[CSIM_PRINT_TEXT], middle[CSIM_PRINT_TEXT], high[CSIM_PRINT_TEXT];
        const int k = csim_plan_report_find(plan, (years[i] - 2000) * 12 + 11 - plan->start_month);
        if (k < 0) continue;
        if (csim_accumulator_lowest(result->statistics, (size_t)slot, (size_t)k) == csim_accumulator_highest(result->statistics, (size_t)slot, (size_t)k)) {
            fprintf(out, " %9s %9.4g %9s |", "constant", csim_accumulator_lowest(result->statistics, (size_t)slot, (size_t)k), "");
            continue;
        }
        fprintf(out, " %9s %9s %9s |", csim_estimate_text(csim_accumulator_quantile(result->statistics, (size_t)slot, (size_t)k, 0.05), 0, low),
                csim_estimate_text(csim_accumulator_quantile(result->statistics, (size_t)slot, (size_t)k, 0.50), 0, middle),
                csim_estimate_text(csim_accumulator_quantile(result->statistics, (size_t)slot, (size_t)k, 0.95), 0, high));
    }
    fprintf(out, " %s\n", csim_outcome_rows[plan->slot_outcome[slot]].unit);
}

static void print_probability(FILE *out, const csim_claim_result *c) {
    const csim_probability *p = &c->probability;
    char text[CSIM_PRINT_TEXT];
    if (c->answer == CSIM_ANSWER_OPEN) fprintf(out, "open: %s", c->note);
    else if (c->answer == CSIM_ANSWER_CONSTANT) fprintf(out, "%s (%.4g, constant)", p->value > 0.5 ? "true" : "false", c->value.value);
    else {
        fputs(csim_share_text(p, 0, text), out);
        if (p->hits && p->hits < p->count) fprintf(out, " ± %.1g", p->error);
    }
    if (c->answer == CSIM_ANSWER_PAIRS) fprintf(out, "; mean difference %.4g", c->value.value);
    if (c->answer == CSIM_ANSWER_PAIRS && isfinite(c->value.error)) fprintf(out, " ± %.1g", c->value.error);
}

/* What stands beside an answer, shortest words: "; 2025-09: 0.82; guesses 36 %; turns at choice.phi 1.34 (21 % of its prior)". */
static void print_beside(FILE *out, const csim_claim_result *c) {
    const csim_break_even *turn = &c->break_even;
    const csim_estimate *guesses = &c->aside.guesses;
    char month[CSIM_MONTH_TEXT], text[CSIM_PRINT_TEXT];
    if (c->aside.vintage.count) {
        fprintf(out, "; %s: ", csim_month_text(c->aside.vintage_month, month));
        fputs(csim_share_text(&c->aside.vintage, 0, text), out);
    }
    if (isfinite(guesses->value)) fprintf(out, "; guesses %.0f %%", 100.0 * guesses->value);
    if (turn->state == CSIM_BREAK_FLIPS)
        fprintf(out, "; turns at %s %.3g%s%s (%.3g %% of its prior)", turn->input, turn->value, strcmp(turn->unit, "-") ? " " : "", strcmp(turn->unit, "-") ? turn->unit : "",
                100.0 * turn->percentile);
    if (turn->state == CSIM_BREAK_NEVER) fprintf(out, "; %s does not flip it", turn->input);
    if (turn->state == CSIM_BREAK_FIXED) fprintf(out, "; %s is fixed here", turn->input);
}

static void print_sampling(FILE *out, const csim_result *result) {
    char note[CSIM_SAMPLING_NOTE];
    if (result->options.sampler == CSIM_SAMPLER_MC) return;
    fprintf(out, "sampler %s, %u replicates: a path is worth %.2g independent ones (median over the headline numbers)\n", csim_sampler_name(result->options.sampler),
            result->options.replicates, csim_sampling_gain(result));
    if (csim_sampling_note(result, note)[0]) fprintf(out, "note: %s\n", note);
}

void csim_print_run(FILE *out, const csim_scenario *scenario, const csim_result *result, const csim_claim_result *claims, size_t claim_count, const char *folder, int with_report) {
    char digest[65], title[4 * 256] = "";
    csim_result_digest(result, digest);
    csim_printable_append(title, sizeof title, scenario->title);
    fprintf(out, "%s: %llu paths of %d months in %.1f s, seed %llu, %llu failed\ndigest %s\n", title, (unsigned long long)result->done, result->plan->months,
            result->seconds, (unsigned long long)result->options.seed, (unsigned long long)result->failed, digest);
    print_sampling(out, result);
    fprintf(out, "\n  %-26s %29s | %29s | %29s |\n", "5, 50, 95 %", "December 2026", "December 2028", "December 2030");
    for (size_t i = 0; i < sizeof headline_series / sizeof headline_series[0]; i++) print_series(out, result, headline_series[i]);
    if (claim_count) fprintf(out, "\nclaims: probability ± standard error; as known before; share that guesses decide; where the deciding input turns it\n");
    for (size_t i = 0; i < claim_count; i++) {
        fprintf(out, "  %-22s %-26s ", claims[i].claim, claims[i].reading);
        print_probability(out, &claims[i]);
        print_beside(out, &claims[i]);
        fputc('\n', out);
    }
    fprintf(out, "\nwritten to %s: run.moecast, summary.csv, claims.csv, run.json%s\n", folder, with_report ? ", report.xlsx" : "");
}

void csim_print_precision(FILE *out, const csim_precision *precision, const csim_result *result) {
    if (precision->count) fprintf(out, "\nprecision after %llu paths: standard error (wanted)\n", (unsigned long long)result->done);
    for (int i = 0; i < precision->count; i++) {
        const csim_target *target = &precision->target[i];
        const double error = csim_target_error(target, result);
        fprintf(out, "  %-40s %.2g (%.2g)%s\n", target->name, error, target->wanted, error <= target->wanted ? "" : " not reached");
    }
}

csim_status csim_print_file(FILE *out, const char *folder, const char *name, csim_error *err) {
    char path[4200], buffer[4096];
    size_t got;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *from = fopen(path, "rb");
    if (!from) return csim_error_set_at(err, CSIM_FILE_OPEN, path, 0, 0, NULL, "cannot open");
    while ((got = fread(buffer, 1, sizeof buffer, from)) > 0) fwrite(buffer, 1, got, out);
    fclose(from);
    return CSIM_OK;
}
