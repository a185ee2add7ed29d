/* Plain-text exports of a run, for programs that read neither SQLite nor workbooks. Numbers are the shortest decimal text that reads back to the same
 * double, always with a point. Files appear whole or not at all. */
#ifndef CSIM_REPORT_EXPORT_H
#define CSIM_REPORT_EXPORT_H

#include <stdio.h>

#include "csim/engine/engine.h"
#include "csim/store/run_file.h"

enum { CSIM_NUMBER_TEXT = 32 };

/* Shortest text of a finite number that strtod gives back exactly. Call in the "C" locale. Returns text. */
char *csim_number_text(double value, char text[CSIM_NUMBER_TEXT]);

/* summary.csv (RFC 4180, CRLF, UTF-8), tidy: series,element,month,statistic,value,standard_error,unit,effective_paths,low,high (95 % bounds); one row a series,
 * reported month and statistic (mean, sd, p5, p25, p50, p75, p95). What is not known is an empty field, as is every error and the sd of a single path. */
csim_status csim_export_csv(const char *path, const csim_result *result, csim_error *err);

/* monthly.csv, written likewise: series,element,month,mean,standard_error,sd,sd_error,unit; one row a series and month of the horizon. */
csim_status csim_export_monthly_csv(const char *path, const csim_result *result, csim_error *err);

/* claims.csv, written likewise: one row a reading with its answer and what stands beside it. Probabilities, guesses (share of the answer's variance that guesses
 * decide), percentiles (places in the deciding input's prior) and p5, p95 are shares of 1; break_even is in break_even_unit. With no hits or
 * nothing but hits a probability is a bound: read low and high, vintage_low and vintage_high. */
csim_status csim_export_claims_csv(const char *path, const csim_run_file *file, csim_error *err);

/* run.json (RFC 8259): identity, scenario, stopped paths, claims. What is not known is null; bytes that are not UTF-8 become U+FFFD. */
csim_status csim_export_json(const char *path, const csim_run_file *file, csim_error *err);

/* scenario.yaml: the canonical text of the scenario that ran, a scenario file that gives the same plan and digest wherever it stands. */
csim_status csim_export_scenario(const char *path, const csim_run_file *file, csim_error *err);

/* The same texts into an open stream, for pipes. Call in the "C" locale; whether all was written, the stream knows. */
void csim_export_csv_put(FILE *stream, const csim_result *result);
void csim_export_monthly_csv_put(FILE *stream, const csim_result *result);
void csim_export_claims_csv_put(FILE *stream, const csim_run_file *file);
void csim_export_json_put(FILE *stream, const csim_run_file *file);
void csim_export_scenario_put(FILE *stream, const csim_run_file *file);

#endif
