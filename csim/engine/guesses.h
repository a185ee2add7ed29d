/* How much of an answer rests on guesses. The same paths a second time, with every input whose basis is "guess" drawn anew and everything else as it was.
 * Where the two runs disagree, the guesses decide: the share of the indicator's variance in which they have a part is Jansen's total-effect index
 * T = P(Y ≠ Y′) / (2 p (1 − p)). Owns the second plan and the statistics; the runs themselves are made in beside.c. */
#ifndef CSIM_ENGINE_GUESSES_H
#define CSIM_ENGINE_GUESSES_H

#include "csim/engine/engine.h"
#include "csim/scenario/scenario.h"

/* Of both runs together, below which no share is given. */
enum { CSIM_GUESSES_LEAST = 10 };

/* True for an input that is uncertain and whose note says that it is a guess. */
int csim_is_guess(const csim_input *input);

/* A copy of `plan`, freed by csim_plan_free, in which the guesses have streams of their own. Inputs that are correlated are drawn from independent normals,
 * one each: those of the guesses are exchanged, so what a measured input shares with a guess moves with it. *redrawn: how many there are. */
csim_status csim_guesses_plan(const csim_scenario *scenario, const csim_plan *plan, csim_plan **out, size_t *redrawn, csim_error *err);

/* T with its standard error (delta method over pairs, or over replicates: pair i belongs to i mod `replicates`; while fewer than CSIM_GUESSES_LEAST pairs are of
 * one kind it is no smaller than that of independent pairs). first[i · stride] and again[i · stride] are one path's csim_hit in the two runs; a pair of which one
 * is unknown is left out. NAN when fewer than CSIM_GUESSES_LEAST of all answers are yes, or no. */
csim_estimate csim_guesses_share(const unsigned char *first, const unsigned char *again, size_t stride, size_t n, uint32_t replicates);

#endif
