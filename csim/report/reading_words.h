/* A claim's reading in words, in the language of the sheet that is filled: what it looks at, when, and which threshold it holds it against. Internal to
 * csim/report/. */
#ifndef CSIM_REPORT_READING_WORDS_H
#define CSIM_REPORT_READING_WORDS_H

#include "csim/report/report_parts.h"

/* The outcome that it looks at; NULL for an identity. */
const csim_outcome_row *csim_reading_outcome(const csim_reading *reading);
/* "Open share of tokens, outside China: fortune500 us". */
void csim_reading_metric(const csim_report *report, const csim_reading *reading, char *text, size_t size);
/* The same, and ", tight_controls less baseline" for a contrast. */
void csim_reading_subject(const csim_report *report, const csim_reading *reading, char *text, size_t size);
/* "at least 60 %". */
void csim_reading_threshold(const csim_report *report, const csim_reading *reading, char *text, size_t size);
/* " at the end of 2028-12", " in some month up to 2028-12", or "". */
void csim_reading_date(const csim_report *report, const csim_reading *reading, char *text, size_t size);

#endif
