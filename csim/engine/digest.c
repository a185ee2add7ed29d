/* The identity of a result. Must depend on numbers only: never on times, threads, files or commands. */
#include "csim/engine/engine.h"

static void feed(void *to, const void *bytes, size_t size) { csim_sha256_update(to, bytes, size); }

static void feed_word(csim_sha256 *state, uint64_t word) { csim_sha256_update(state, &word, sizeof word); }

/* One interval, as nearly always, is told by its first path and its length; several by a mark that is no path, their number, and the same of each. */
static void feed_ledger(csim_sha256 *state, const csim_ledger *ledger) {
    if (ledger->count != 1) {
        feed_word(state, UINT64_MAX);
        feed_word(state, ledger->count);
    }
    for (size_t i = 0; i < ledger->count; i++) {
        feed_word(state, ledger->interval[i].from);
        feed_word(state, ledger->interval[i].to - ledger->interval[i].from);
    }
}

static void feed_tallies(csim_sha256 *state, const csim_tally *tally, int readings) {
    for (int i = 0; i < readings; i++) {
        feed_word(state, tally[i].hits);
        feed_word(state, tally[i].count);
    }
}

/* Nothing for plain Monte Carlo, which has neither. */
static void feed_replicates(csim_sha256 *state, const csim_result *result) {
    if (result->options.sampler == CSIM_SAMPLER_MC && !result->replicates) return;
    feed_word(state, result->options.sampler);
    feed_word(state, result->options.replicates);
    feed_word(state, result->options.strata);
    for (uint32_t r = 0; result->replicates && r < result->replicates->count; r++) feed_tallies(state, result->replicate_tally[r], result->plan->readings);
    if (result->replicates) csim_replicates_write(result->replicates, feed, state);
    if (result->monthly_replicates) csim_replicates_write(result->monthly_replicates, feed, state);
}

void csim_result_digest(const csim_result *result, char hex[65]) {
    char plan_hash[65];
    unsigned char digest[CSIM_SHA256_BYTES];
    csim_sha256 state;
    csim_sha256_init(&state);
    csim_plan_hash(result->plan, plan_hash);
    csim_sha256_update(&state, plan_hash, 64);
    feed_word(&state, result->options.seed);
    feed_ledger(&state, &result->ledger);
    feed_tallies(&state, result->tally, result->plan->readings);
    for (int i = 0; i < CSIM_FAILURES; i++) feed_word(&state, result->failed_by[i]);
    csim_accumulator_write(result->statistics, feed, &state);
    if (result->monthly) csim_accumulator_write(result->monthly, feed, &state);
    feed_replicates(&state, result);
    csim_sha256_final(&state, digest);
    csim_sha256_hex(digest, hex);
}
