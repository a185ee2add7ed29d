/* See spec_words.h. */
#include "csim/scenario/spec_words.h"

#include <stdlib.h>
#include <string.h>

#include "csim/dist/dist.h"

enum { MOST_WORDS = 240 };

/* Families whose words name no interval get it behind. */
csim_status csim_spec_words(csim_text *out, const csim_dist_spec *spec, csim_error *err) {
    const size_t size = csim_dist_table_size(spec);
    double *pool = size ? malloc(size * sizeof *pool) : NULL;
    size_t used = 0;
    csim_dist dist;
    char words[MOST_WORDS];
    if (size && !pool) return csim_error_set(err, CSIM_NO_MEMORY, "out of memory explaining a scenario");
    const csim_status status = csim_dist_compile(spec, pool, size, &used, &dist, err);
    if (status == CSIM_OK) {
        csim_text_put(out, csim_dist_describe(spec, &dist, pool, words, sizeof words));
        if (spec->family != CSIM_DIST_FIXED && !strstr(words, "90 %"))
            csim_text_add(out, ", 90 %% between %.3g and %.3g", csim_dist_quantile(&dist, pool, 0.05), csim_dist_quantile(&dist, pool, 0.95));
    }
    free(pool);
    return status;
}
