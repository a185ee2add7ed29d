/* See compare_numbers.h. */
#include "csim/engine/compare_numbers.h"

#include <math.h>

typedef struct sums { double n, mean, squares; } sums;

static void add(sums *s, double x) {
    const double from = x - s->mean;
    s->n += 1.0;
    s->mean += from / s->n;
    s->squares += from * (x - s->mean);
}

static csim_estimate mean_of(const sums *s) {
    if (s->n < 1.0) return (csim_estimate){(double)NAN, (double)NAN};
    return (csim_estimate){s->mean, s->n > 1.0 ? sqrt(s->squares / (s->n - 1.0) / s->n) : (double)NAN};
}

csim_status csim_compare_numbers(const double *a, const double *b, size_t n, int with_ratio, csim_compare_row *out, csim_error *err) {
    sums of_a = {0}, of_b = {0};
    csim_paired logs = {0};
    out->identical = 1;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(b[i] - a[i])) continue;
        add(&of_a, a[i]);
        add(&of_b, b[i]);
        out->identical = out->identical && a[i] == b[i];
    }
    out->a = mean_of(&of_a);
    out->b = mean_of(&of_b);
    out->ratio = (csim_estimate){(double)NAN, (double)NAN};
    csim_status status = csim_paired_compute(a, b, n, 1, "minus", ">", 0.0, &out->difference, err);
    if (!status && with_ratio) status = csim_paired_compute(a, b, n, 1, "ln_ratio", ">", 0.0, &logs, err);
    if (!status && with_ratio) out->ratio = (csim_estimate){exp(logs.mean.value), exp(logs.mean.value) * logs.mean.error};
    return status;
}

typedef struct side_answers { double hits, count; } side_answers;

static side_answers count_answers(const unsigned char *hit, size_t n) {
    side_answers out = {0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        out.hits += hit[i] == CSIM_HIT;
        out.count += hit[i] != CSIM_HIT_UNKNOWN;
    }
    return out;
}

/* What one path adds to the error of hits/count, times n. */
static double influence(unsigned char hit, side_answers all, double n) {
    if (hit == CSIM_HIT_UNKNOWN) return 0.0;
    return ((double)(hit == CSIM_HIT) - all.hits / all.count) * n / all.count;
}

void csim_compare_answers(const unsigned char *a, const unsigned char *b, size_t n, csim_compare_claim *out) {
    const side_answers all_a = count_answers(a, n), all_b = count_answers(b, n);
    sums moved = {0};
    for (size_t i = 0; i < n; i++) {
        out->gained += a[i] == CSIM_MISS && b[i] == CSIM_HIT;
        out->lost += a[i] == CSIM_HIT && b[i] == CSIM_MISS;
        add(&moved, influence(b[i], all_b, (double)n) - influence(a[i], all_a, (double)n));
    }
    out->a = csim_probability_of((uint64_t)all_a.hits, (uint64_t)all_a.count);
    out->b = csim_probability_of((uint64_t)all_b.hits, (uint64_t)all_b.count);
    out->difference = (csim_estimate){out->b.value - out->a.value, mean_of(&moved).error};
}
