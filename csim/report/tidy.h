/* Fields of tidy exports, in CSV and JSON. Must not compute anything. */
#ifndef CSIM_REPORT_TIDY_H
#define CSIM_REPORT_TIDY_H

#include <stdio.h>

#include "csim/stats/accumulator.h"

void csim_tidy_csv_text(FILE *stream, const char *text);                    /* quoted where commas, quotes or line breaks make it necessary */
void csim_tidy_csv_number(FILE *stream, double value);                      /* a comma before it; nothing when it is not finite */
void csim_tidy_json_text(FILE *stream, const char *text);
void csim_tidy_json_pair(FILE *stream, const char *key, const char *text);  /* , "key": "text" */
void csim_tidy_json_value(FILE *stream, const char *key, double value);     /* , "key": 1.5; null when it is not finite */
void csim_tidy_json_estimate(FILE *stream, const char *key, csim_estimate estimate); /* , "key": {"value": …, "error": …} */
void csim_tidy_json_probability(FILE *stream, const char *key, const csim_probability *p);   /* and "low", "high", "hits", "count" */

#endif
