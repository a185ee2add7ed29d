/* The median gain over a run's headline numbers, and the sentence about it. */
#include "csim/report/sampling_note.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double csim_sampling_gain(const csim_result *result) {
    const csim_plan *plan = result->plan;
    double gain[CSIM_MAX_SCALARS];
    size_t count = 0;
    for (int i = 0; result->options.sampler != CSIM_SAMPLER_MC && i < plan->scalars; i++) {
        const int report = csim_plan_report_find(plan, plan->scalar[i].month);
        if (report < 0) continue;
        const size_t series = (size_t)plan->scalar[i].slot, month = (size_t)report;
        const double of = csim_accumulator_effective(result->statistics, series, month) / (double)csim_accumulator_count(result->statistics, series, month);
        if (isfinite(of)) gain[count++] = of;
    }
    if (!count) return (double)NAN;
    qsort(gain, count, sizeof *gain, by_size);
    return count % 2 ? gain[count / 2] : 0.5 * (gain[count / 2 - 1] + gain[count / 2]);
}

const char *csim_sampling_note(const csim_result *result, char text[CSIM_SAMPLING_NOTE]) {
    const double gain = csim_sampling_gain(result);
    text[0] = '\0';
    if (gain < CSIM_SAMPLING_WORTH)
        snprintf(text, CSIM_SAMPLING_NOTE, "the sampler '%s' does not help here: a path is worth %.2g independent ones (median over the headline numbers)",
                 csim_sampler_name(result->options.sampler), gain);
    return text;
}
