/* See compare_numbers.h. */
#include "csim/engine/compare_numbers.h"

#include <math.h>

#include "csim/stats/path_mean.h"

csim_status csim_compare_numbers(const double *a, const double *b, size_t n, uint32_t replicates, int with_ratio, csim_compare_row *out, csim_error *err) {
    csim_path_mean of_a = {.replicates = replicates}, of_b = {.replicates = replicates};
    csim_paired logs = {0};
    out->identical = 1;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(b[i] - a[i])) continue;
        csim_path_mean_add(&of_a, i, a[i]);
        csim_path_mean_add(&of_b, i, b[i]);
        out->identical = out->identical && a[i] == b[i];
    }
    out->a = csim_path_mean_estimate(&of_a);
    out->b = csim_path_mean_estimate(&of_b);
    out->ratio = (csim_estimate){(double)NAN, (double)NAN};
    csim_status status = csim_paired_compute(a, b, n, replicates, "minus", ">", 0.0, &out->difference, err);
    if (!status && with_ratio) status = csim_paired_compute(a, b, n, replicates, "ln_ratio", ">", 0.0, &logs, err);
    if (!status && with_ratio) out->ratio = (csim_estimate){exp(logs.mean.value), exp(logs.mean.value) * logs.mean.error};
    return status;
}

typedef struct side_answers { uint64_t hits[CSIM_MOST_REPLICATES], counts[CSIM_MOST_REPLICATES]; double all_hits, all; } side_answers;

static side_answers count_answers(const unsigned char *hit, size_t n, uint32_t replicates) {
    side_answers out = {.all = 0.0};
    for (size_t i = 0; i < n; i++) {
        out.hits[i % replicates] += hit[i] == CSIM_HIT;
        out.counts[i % replicates] += hit[i] != CSIM_HIT_UNKNOWN;
        out.all_hits += hit[i] == CSIM_HIT;
        out.all += hit[i] != CSIM_HIT_UNKNOWN;
    }
    return out;
}

/* What one path adds to the error of hits/count, times n. */
static double influence(unsigned char hit, const side_answers *of, double n) {
    if (hit == CSIM_HIT_UNKNOWN) return 0.0;
    return ((double)(hit == CSIM_HIT) - of->all_hits / of->all) * n / of->all;
}

void csim_compare_answers(const unsigned char *a, const unsigned char *b, size_t n, uint32_t replicates, csim_compare_claim *out) {
    const uint32_t used = replicates ? replicates : 1;
    const side_answers of_a = count_answers(a, n, used), of_b = count_answers(b, n, used);
    csim_path_mean moved = {.replicates = used};
    for (size_t i = 0; i < n; i++) {
        out->gained += a[i] == CSIM_MISS && b[i] == CSIM_HIT;
        out->lost += a[i] == CSIM_HIT && b[i] == CSIM_MISS;
        csim_path_mean_add(&moved, i, influence(b[i], &of_b, (double)n) - influence(a[i], &of_a, (double)n));
    }
    out->a = csim_probability_of_replicates(of_a.hits, of_a.counts, used);
    out->b = csim_probability_of_replicates(of_b.hits, of_b.counts, used);
    out->difference = (csim_estimate){out->b.value - out->a.value, csim_path_mean_estimate(&moved).error};
}
