/* See compare_numbers.h. */
#include "csim/engine/compare_numbers.h"

#include <math.h>

#include "csim/stats/replicates.h"

typedef struct sums { double n, mean, squares; } sums;

/* The same for all paths and for those of each replicate. */
typedef struct spread { uint32_t replicates; sums all, of[CSIM_MOST_REPLICATES]; } spread;

static void add_one(sums *s, double x) {
    const double from = x - s->mean;
    s->n += 1.0;
    s->mean += from / s->n;
    s->squares += from * (x - s->mean);
}

static void add(spread *s, size_t i, double x) {
    add_one(&s->all, x);
    if (s->replicates > 1) add_one(&s->of[i % s->replicates], x);
}

static double error_between(const spread *s) {
    double value[CSIM_MOST_REPLICATES], weight[CSIM_MOST_REPLICATES];
    for (uint32_t r = 0; r < s->replicates; r++) {
        value[r] = s->of[r].mean;
        weight[r] = s->of[r].n;
    }
    return csim_error_between(value, weight, s->replicates);
}

/* Independent paths: from their spread. Replicates: from the spread between those. */
static csim_estimate mean_of(const spread *s) {
    if (s->all.n < 1.0) return (csim_estimate){(double)NAN, (double)NAN};
    if (s->replicates > 1) return (csim_estimate){s->all.mean, error_between(s)};
    return (csim_estimate){s->all.mean, s->all.n > 1.0 ? sqrt(s->all.squares / (s->all.n - 1.0) / s->all.n) : (double)NAN};
}

csim_status csim_compare_numbers(const double *a, const double *b, size_t n, uint32_t replicates, int with_ratio, csim_compare_row *out, csim_error *err) {
    spread of_a = {.replicates = replicates}, of_b = {.replicates = replicates};
    csim_paired logs = {0};
    out->identical = 1;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(b[i] - a[i])) continue;
        add(&of_a, i, a[i]);
        add(&of_b, i, b[i]);
        out->identical = out->identical && a[i] == b[i];
    }
    out->a = mean_of(&of_a);
    out->b = mean_of(&of_b);
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
    spread moved = {.replicates = used};
    for (size_t i = 0; i < n; i++) {
        out->gained += a[i] == CSIM_MISS && b[i] == CSIM_HIT;
        out->lost += a[i] == CSIM_HIT && b[i] == CSIM_MISS;
        add(&moved, i, influence(b[i], &of_b, (double)n) - influence(a[i], &of_a, (double)n));
    }
    out->a = csim_probability_of_replicates(of_a.hits, of_a.counts, used);
    out->b = csim_probability_of_replicates(of_b.hits, of_b.counts, used);
    out->difference = (csim_estimate){out->b.value - out->a.value, mean_of(&moved).error};
}
