/* See guesses.h. */
#include "csim/engine/guesses.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int csim_is_guess(const csim_input *input) { return input->spec.family != CSIM_DIST_FIXED && !strcmp(input->note.basis, "guess"); }

csim_status csim_guesses_plan(const csim_scenario *scenario, const csim_plan *plan, csim_plan **out, size_t *redrawn, csim_error *err) {
    csim_plan *copy = malloc(sizeof *copy);
    *out = NULL;
    *redrawn = 0;
    if (!copy) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a plan");
    memcpy(copy, plan, sizeof *copy);
    for (size_t i = 0; i < scenario->inputs && i < (size_t)plan->inputs; i++) {
        if (!csim_is_guess(&scenario->input[i])) continue;
        csim_plan_input_redraw(copy, (int)i);
        ++*redrawn;
    }
    *out = copy;
    return CSIM_OK;
}

/* Pairs by what they say in the two runs: both no, one of them yes, both yes. */
typedef struct counts { double no, apart, yes; } counts;

/* Over the pairs begin, begin + step, … */
static counts counts_of(const unsigned char *first, const unsigned char *again, size_t stride, size_t n, size_t begin, size_t step) {
    counts out = {0};
    for (size_t i = begin; i < n; i += step) {
        const unsigned char a = first[i * stride], b = again[i * stride];
        if (a == CSIM_HIT_UNKNOWN || b == CSIM_HIT_UNKNOWN) continue;
        if (a != b) out.apart += 1.0;
        else if (a == CSIM_HIT) out.yes += 1.0;
        else out.no += 1.0;
    }
    return out;
}

static double share_of(counts of) {
    const double n = of.no + of.apart + of.yes, p = (of.yes + 0.5 * of.apart) / n;
    return of.apart / n / (2.0 * p * (1.0 - p));
}

/* One pair moves T by (D − d)/v − 2T(1 − 2p)(S − p)/v, v = 2p(1 − p); D is 1 when the two differ, S their mean. Here times v, by kind of pair. */
static counts influence_of(counts of) {
    const double n = of.no + of.apart + of.yes, p = (of.yes + 0.5 * of.apart) / n, d = of.apart / n, slope = 2.0 * share_of(of) * (1.0 - 2.0 * p);
    return (counts){-d + slope * p, 1.0 - d - slope * (0.5 - p), -d - slope * (1.0 - p)};
}

static double scale_of(counts of) {
    const double n = of.no + of.apart + of.yes, p = (of.yes + 0.5 * of.apart) / n;
    return n * 2.0 * p * (1.0 - p);
}

/* Half a pair of each kind more keeps an error from vanishing where one kind was not met. */
static counts with_halves(counts found) { return (counts){found.no + 0.5, found.apart + 0.5, found.yes + 0.5}; }

static double error_of(counts found) {
    const counts of = with_halves(found), by = influence_of(of);
    return sqrt(of.no * by.no * by.no + of.apart * by.apart * by.apart + of.yes * by.yes * by.yes) / scale_of(of);
}

/* Pairs of one replicate are not independent: what they do together counts. With few pairs of a kind that may happen to be the same in every replicate, and
 * then what independent pairs would say stands in. */
static double error_between(counts found, const unsigned char *first, const unsigned char *again, size_t stride, size_t n, uint32_t replicates) {
    const counts by = influence_of(with_halves(found));
    const double least = fmin(fmin(found.no, found.apart), found.yes);
    double squares = 0.0;
    for (uint32_t r = 0; r < replicates; r++) {
        const counts of = counts_of(first, again, stride, n, r, replicates);
        const double moved = of.no * by.no + of.apart * by.apart + of.yes * by.yes;
        squares += moved * moved;
    }
    const double between = sqrt(squares * replicates / (replicates - 1.0)) / scale_of(with_halves(found));
    return least < CSIM_GUESSES_LEAST ? fmax(between, error_of(found)) : between;
}

csim_estimate csim_guesses_share(const unsigned char *first, const unsigned char *again, size_t stride, size_t n, uint32_t replicates) {
    const counts found = counts_of(first, again, stride, n, 0, 1);
    if (2.0 * found.yes + found.apart < CSIM_GUESSES_LEAST || 2.0 * found.no + found.apart < CSIM_GUESSES_LEAST) return (csim_estimate){(double)NAN, (double)NAN};
    return (csim_estimate){share_of(found), replicates < 2 ? error_of(found) : error_between(found, first, again, stride, n, replicates)};
}
