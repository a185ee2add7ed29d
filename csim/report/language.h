/* The languages in which the first sheets of a workbook can be written. */
#ifndef CSIM_REPORT_LANGUAGE_H
#define CSIM_REPORT_LANGUAGE_H

#include "csim/base/error.h"

typedef enum csim_language { CSIM_LANGUAGE_EN, CSIM_LANGUAGE_ZH, CSIM_LANGUAGES } csim_language;

/* "en" or "zh"; NULL is English. USAGE otherwise. */
csim_status csim_language_find(const char *code, csim_language *out, csim_error *err);

#endif
