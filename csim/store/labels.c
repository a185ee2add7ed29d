/* The words under which numbers are stored and exported: see run_file.h. */
#include <stdio.h>

#include "csim/store/run_file.h"

const char *csim_failure_name(int cause) {
    static const char *const names[CSIM_FAILURES] = {[CSIM_PATH_OK] = "ok", [CSIM_PATH_NOT_FINITE] = "not_finite", [CSIM_PATH_OUT_OF_RANGE] = "out_of_range"};
    return cause >= 0 && cause < CSIM_FAILURES && names[cause] ? names[cause] : "unknown";
}

char *csim_month_text(int month, char text[CSIM_MONTH_TEXT]) {
    const int past = month < 0 ? 1 + (-1 - month) / 12 : 0; /* whole years before 2000 */
    snprintf(text, CSIM_MONTH_TEXT, "%04d-%02d", 2000 - past + (month + 12 * past) / 12, (month + 12 * past) % 12 + 1);
    return text;
}
