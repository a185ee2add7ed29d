/* See export_compare.h. Must not compute anything: every number comes from the comparison as it is. */
#include "csim/report/export_compare.h"

#include <math.h>

#include "csim/report/tidy.h"
#include "csim/store/atomic_file.h"
#include "csim/store/run_file.h"

/* ---- JSON --------------------------------------------------------------------------------------------------------------------------------------- */

static void put_drawn(FILE *stream, const csim_comparison *c) {
    const csim_run_options drawn = csim_comparison_options(c);
    fprintf(stream, "\n  \"seed\": %llu,\n  \"paths\": %u,\n  \"sampler\": \"%s\",\n  \"replicates\": %u", (unsigned long long)drawn.seed, drawn.paths,
            csim_sampler_name(drawn.sampler), drawn.replicates);
}

static void put_names(FILE *stream, const csim_comparison *c) {
    fputs("{", stream);
    put_drawn(stream, c);
    fputs(",\n  \"base\": ", stream);
    csim_tidy_json_text(stream, csim_comparison_name(c, 0));
    fputs(",\n  \"others\": [", stream);
    for (size_t side = 1; side < csim_comparison_sides(c); side++) {
        fputs(side > 1 ? ", {\"name\": " : "{\"name\": ", stream);
        csim_tidy_json_text(stream, csim_comparison_name(c, side));
        fprintf(stream, ", \"identical\": %s}", csim_comparison_identical(c, side) ? "true" : "false");
    }
    fputs("],\n  \"notes\": [", stream);
    for (size_t i = 0; csim_comparison_note(c, i); i++) {
        if (i) fputs(", ", stream);
        csim_tidy_json_text(stream, csim_comparison_note(c, i));
    }
    fputs("],\n", stream);
}

static void put_row(FILE *stream, const csim_comparison *c, const csim_compare_row *row) {
    const csim_paired *d = &row->difference;
    char month[CSIM_MONTH_TEXT];
    fputs("    {\"series\": ", stream);
    csim_tidy_json_text(stream, row->series);
    csim_tidy_json_pair(stream, "month", csim_month_text(row->month, month));
    csim_tidy_json_pair(stream, "unit", row->unit);
    csim_tidy_json_pair(stream, "with", csim_comparison_name(c, row->side));
    csim_tidy_json_estimate(stream, "a", row->a);
    csim_tidy_json_estimate(stream, "b", row->b);
    csim_tidy_json_estimate(stream, "difference", d->mean);
    csim_tidy_json_value(stream, "p5", d->p5);
    csim_tidy_json_value(stream, "p50", d->p50);
    csim_tidy_json_value(stream, "p95", d->p95);
    csim_tidy_json_value(stream, "above", d->probability.value);
    csim_tidy_json_estimate(stream, "ratio", row->ratio);
    csim_tidy_json_value(stream, "correlation", d->correlation);
    csim_tidy_json_value(stream, "runs_saved", d->paths_saved);
    fprintf(stream, ", \"pairs\": %llu, \"dropped\": %llu, \"identical\": %s}", (unsigned long long)d->pairs, (unsigned long long)d->dropped,
            row->identical ? "true" : "false");
}

static void put_claim(FILE *stream, const csim_comparison *c, const csim_compare_claim *claim) {
    fputs("    {\"reading\": ", stream);
    csim_tidy_json_text(stream, claim->reading);
    csim_tidy_json_pair(stream, "with", csim_comparison_name(c, claim->side));
    csim_tidy_json_probability(stream, "a", &claim->a);
    csim_tidy_json_probability(stream, "b", &claim->b);
    csim_tidy_json_estimate(stream, "difference", claim->difference);
    fprintf(stream, ", \"gained\": %llu, \"lost\": %llu}", (unsigned long long)claim->gained, (unsigned long long)claim->lost);
}

void csim_export_comparison_json(FILE *stream, const csim_comparison *c) {
    size_t rows, claims;
    const csim_compare_row *row = csim_comparison_rows(c, &rows);
    const csim_compare_claim *claim = csim_comparison_claims(c, &claims);
    put_names(stream, c);
    fputs("  \"series\": [", stream);
    for (size_t i = 0; i < rows; i++) fputs(i ? ",\n" : "\n", stream), put_row(stream, c, &row[i]);
    fputs("\n  ],\n  \"claims\": [", stream);
    for (size_t i = 0; i < claims; i++) fputs(i ? ",\n" : "\n", stream), put_claim(stream, c, &claim[i]);
    fputs("\n  ]\n}\n", stream);
}

/* ---- CSV ---------------------------------------------------------------------------------------------------------------------------------------- */

static void put_numbers(FILE *stream, const double *number, size_t count) {
    for (size_t i = 0; i < count; i++) csim_tidy_csv_number(stream, number[i]);
}

static void put_csv_row(FILE *stream, const csim_comparison *c, const csim_compare_row *row) {
    const csim_paired *d = &row->difference;
    char month[CSIM_MONTH_TEXT];
    fputs("series,", stream);
    csim_tidy_csv_text(stream, csim_comparison_name(c, row->side));
    fprintf(stream, ",%s,%s,", row->series, csim_month_text(row->month, month));
    csim_tidy_csv_text(stream, row->unit);
    put_numbers(stream, (const double[]){row->a.value, row->a.error, row->b.value, row->b.error, d->mean.value, d->mean.error, d->p5, d->p50, d->p95, d->probability.value,
                                         row->ratio.value, row->ratio.error, d->correlation, d->paths_saved, (double)d->pairs}, 15);
    fputs(",,,,,,\r\n", stream);
}

static void put_csv_claim(FILE *stream, const csim_comparison *c, const csim_compare_claim *claim) {
    const double none = (double)NAN;
    fputs("claim,", stream);
    csim_tidy_csv_text(stream, csim_comparison_name(c, claim->side));
    fprintf(stream, ",%s,,share", claim->reading);
    put_numbers(stream, (const double[]){claim->a.value, claim->a.error, claim->b.value, claim->b.error, claim->difference.value, claim->difference.error, none, none, none, none,
                                         none, none, none, none, none, (double)claim->gained, (double)claim->lost, claim->a.low, claim->a.high, claim->b.low, claim->b.high}, 21);
    fputs("\r\n", stream);
}

static void put_csv(FILE *stream, const void *what) {
    size_t rows, claims;
    const csim_compare_row *row = csim_comparison_rows(what, &rows);
    const csim_compare_claim *claim = csim_comparison_claims(what, &claims);
    fputs("kind,with,name,month,unit,a,a_error,b,b_error,difference,difference_error,p5,p50,p95,above,ratio,ratio_error,correlation,runs_saved,pairs,gained,lost,a_low,a_high,b_low,b_high\r\n", stream);
    for (size_t i = 0; i < rows; i++) put_csv_row(stream, what, &row[i]);
    for (size_t i = 0; i < claims; i++) put_csv_claim(stream, what, &claim[i]);
}

csim_status csim_export_comparison_csv(const char *path, const csim_comparison *comparison, csim_error *err) {
    return csim_atomic_file_write(path, put_csv, comparison, err);
}

/* ---- waterfall ---------------------------------------------------------------------------------------------------------------------------------- */

static void put_bar(FILE *stream, const csim_waterfall_bar *bar) {
    fputs("    {\"group\": ", stream);
    csim_tidy_json_text(stream, bar->group);
    csim_tidy_json_estimate(stream, "effect", bar->effect);
    csim_tidy_json_value(stream, "order_error", bar->order_error);
    csim_tidy_json_value(stream, "alone", bar->alone);
    csim_tidy_json_value(stream, "last", bar->last);
    fprintf(stream, ", \"keys\": %zu}", bar->keys);
}

void csim_export_waterfall_json(FILE *stream, const csim_waterfall *w, const char *what) {
    size_t bars;
    const csim_waterfall_bar *bar = csim_waterfall_bars(w, &bars);
    const csim_waterfall_total *sum = csim_waterfall_sum(w);
    const csim_comparison *ends = csim_waterfall_ends(w);
    fputs("{\n  \"series\": ", stream);
    csim_tidy_json_text(stream, what);
    csim_tidy_json_pair(stream, "unit", sum->unit);
    csim_tidy_json_pair(stream, "base", csim_comparison_name(ends, 0));
    csim_tidy_json_pair(stream, "with", csim_comparison_name(ends, 1));
    fputs(",", stream);
    put_drawn(stream, ends);
    fprintf(stream, ",\n  \"pairs\": %llu, \"dropped\": %llu, \"runs\": %zu, \"orders\": %zu", (unsigned long long)sum->pairs, (unsigned long long)sum->dropped, sum->runs, sum->orders);
    csim_tidy_json_estimate(stream, "a", sum->a);
    csim_tidy_json_estimate(stream, "b", sum->b);
    csim_tidy_json_estimate(stream, "difference", sum->difference);
    fputs(",\n  \"bars\": [", stream);
    for (size_t i = 0; i < bars; i++) fputs(i ? ",\n" : "\n", stream), put_bar(stream, &bar[i]);
    fputs("\n  ]\n}\n", stream);
}

static void put_csv_bar(FILE *stream, const char *kind, const char *name, const double *number) {
    fprintf(stream, "%s,", kind);
    csim_tidy_csv_text(stream, name);
    put_numbers(stream, number, 6);
    fputs("\r\n", stream);
}

static void put_waterfall_csv(FILE *stream, const void *what) {
    size_t bars;
    const double none = (double)NAN;
    const csim_waterfall_bar *bar = csim_waterfall_bars(what, &bars);
    const csim_waterfall_total *sum = csim_waterfall_sum(what);
    const csim_comparison *ends = csim_waterfall_ends(what);
    fputs("kind,name,value,error,order_error,alone,last,keys\r\n", stream);
    put_csv_bar(stream, "a", csim_comparison_name(ends, 0), (const double[]){sum->a.value, sum->a.error, none, none, none, none});
    for (size_t i = 0; i < bars; i++)
        put_csv_bar(stream, "bar", bar[i].group, (const double[]){bar[i].effect.value, bar[i].effect.error, bar[i].order_error, bar[i].alone, bar[i].last, (double)bar[i].keys});
    put_csv_bar(stream, "b", csim_comparison_name(ends, 1), (const double[]){sum->b.value, sum->b.error, none, none, none, none});
    put_csv_bar(stream, "difference", "", (const double[]){sum->difference.value, sum->difference.error, none, none, none, none});
}

csim_status csim_export_waterfall_csv(const char *path, const csim_waterfall *waterfall, csim_error *err) {
    return csim_atomic_file_write(path, put_waterfall_csv, waterfall, err);
}
