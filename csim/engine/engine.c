/* Threads and the blocks that they walk. Owns memory and time; knows the model only as csim_block_start and csim_block_step, and statistics as what a
 * collector looks at (collect.h). */
#include "csim/base/run_limits.h"
#include "csim/base/clock.h"
#include "csim/base/float_mode.h"
#include "csim/engine/blocks.h"
#include "csim/engine/collect.h"
#include "csim/engine/variant.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_THREADS = CSIM_THREADS_MAX };

typedef struct worker {
    csim_run *run;
    csim_block *block;
    csim_collector found;
    csim_status status;
    csim_error error;
    uint32_t unfinished;         /* a block that a cancel broke off: taken up first when the run is advanced again */
    int has_unfinished;
    pthread_t thread;
    int started;
} worker;

struct csim_run {
    const csim_plan *plan;
    const csim_variant *model;
    csim_run_options options;
    csim_sampling *sampling;
    pthread_mutex_t lock[CSIM_MAX_REPLICATES]; /* of what the result holds of each replicate */
    int threads;
    atomic_uint next_block;
    uint32_t blocks;
    csim_ledger todo;            /* paths to simulate; csim/engine/blocks.h counts blocks through it */
    csim_result base;            /* what was taken in (csim_run_take), without rows and replicates, which are in `result`; statistics NULL when nothing was */
    const atomic_int *cancel;
    double deadline;
    worker *workers;
    csim_result result;
    int lent;                    /* the result's statistics are those of `base` or of the only worker that has any */
};

static csim_status worker_init(worker *self, csim_run *run, csim_error *err) {
    self->run = run;
    self->block = run->model->block_new();
    if (!self->block) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a worker thread");
    return csim_collector_init(&self->found, &run->result, run->model, run->lock, err);
}

static void worker_clear(worker *self) {
    if (self->block) self->run->model->block_free(self->block);
    csim_collector_clear(&self->found);
}

static int processors(void) {
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online > MAX_THREADS ? MAX_THREADS : (int)online;
}

static csim_status replicates_init(csim_run *run, csim_error *err) {
    const uint32_t count = run->options.replicates;
    csim_result *result = &run->result;
    if (count < 2) return CSIM_OK;
    result->replicate_tally = calloc(count, sizeof *result->replicate_tally);
    if (!result->replicate_tally) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for replicates");
    const csim_status status = csim_replicates_new(count, (size_t)run->plan->slots, (size_t)run->plan->report_months, &result->replicates, err);
    if (status || run->options.skip_monthly) return status;
    return csim_replicates_new_moments(count, (size_t)run->plan->slots, (size_t)run->plan->months, &result->monthly_replicates, err);
}

/* Room for the rows of paths up to `paths`, NAN and unknown from row `before` on. */
static csim_status keep_room(csim_run *run, uint32_t paths, csim_error *err) {
    csim_result *result = &run->result;
    const csim_run_options *options = &run->options;
    const uint32_t kept = options->keep_paths < paths ? options->keep_paths : paths, wanted = options->keep_hits > kept ? options->keep_hits : kept;
    const size_t inputs = (size_t)run->plan->inputs, scalars = (size_t)run->plan->scalars, readings = (size_t)run->plan->readings, rows = wanted < paths ? wanted : paths;
    const size_t months = (size_t)options->keep_slots * (size_t)run->plan->months;
    double *input = realloc(result->kept_input, (kept * inputs + 1) * sizeof *input);
    if (input) result->kept_input = input;
    double *scalar = realloc(result->kept_scalar, (kept * scalars + 1) * sizeof *scalar);
    if (scalar) result->kept_scalar = scalar;
    double *series = realloc(result->kept_series, (kept * months + 1) * sizeof *series);
    if (series) result->kept_series = series;
    unsigned char *hit = realloc(result->hit, rows * readings + 1);
    if (hit) result->hit = hit;
    if (!input || !scalar || !series || !hit) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to keep %u paths", kept);
    for (size_t i = result->kept * inputs; i < kept * inputs; i++) input[i] = (double)NAN;
    for (size_t i = result->kept * scalars; i < kept * scalars; i++) scalar[i] = (double)NAN;
    for (size_t i = result->kept * months; i < kept * months; i++) series[i] = (double)NAN;
    memset(hit + result->hit_rows * readings, CSIM_HIT_UNKNOWN, (rows - result->hit_rows) * readings);
    result->kept = kept;
    result->hit_rows = (uint32_t)rows;
    return CSIM_OK;
}

static csim_status result_init(csim_run *run, csim_error *err) {
    csim_result *result = &run->result;
    result->plan = run->plan;
    result->variant = run->model->name;
    result->options = run->options;
    const csim_status status = keep_room(run, run->options.paths, err);
    return status ? status : replicates_init(run, err);
}

uint32_t csim_run_paths(const csim_run *run) { return run->options.paths; }

uint32_t csim_run_granule(const csim_run *run) { return P * run->options.replicates; }

/* Blocks keep their numbers: an interval is only made longer where it ends with a whole granule. */
static csim_status add_todo(csim_run *run, uint32_t paths, csim_error *err) {
    csim_ledger *todo = &run->todo;
    csim_path_interval *last = todo->count ? &todo->interval[todo->count - 1] : NULL;
    const csim_path_interval more = {run->options.first_path + run->options.paths, run->options.first_path + paths};
    if (last && last->to == more.from && (last->to - last->from) % csim_run_granule(run) == 0) last->to = more.to;
    else if (todo->count < CSIM_MAX_INTERVALS) todo->interval[todo->count++] = more;
    else return csim_error_set(err, CSIM_LIMIT, "the paths lie in more than %d pieces", CSIM_MAX_INTERVALS);
    run->options.paths = run->result.options.paths = paths;
    run->blocks = csim_blocks_count(todo, run->options.replicates);
    return CSIM_OK;
}

csim_status csim_run_grow(csim_run *run, uint32_t paths, csim_error *err) {
    csim_run_options *options = &run->options;
    if (paths < options->paths) return csim_error_set(err, CSIM_USAGE, "a run of %u paths cannot shrink to %u", options->paths, paths);
    if (paths == options->paths) return CSIM_OK;
    if (options->sampler == CSIM_SAMPLER_LHS) return csim_error_set(err, CSIM_USAGE, "a Latin hypercube cannot grow: where its points lie depends on their number");
    if (paths > UINT32_MAX - options->first_path) return csim_error_set(err, CSIM_USAGE, "paths are numbered below 2^32");
    const csim_status status = keep_room(run, paths, err);
    return status ? status : add_todo(run, paths, err);
}

static csim_status take_options(csim_run *run, const csim_plan *plan, const csim_run_options *options, csim_error *err) {
    run->plan = plan;
    run->options = *options;
    csim_run_options_complete(&run->options);
    for (int i = 0; i < CSIM_MAX_REPLICATES; i++) pthread_mutex_init(&run->lock[i], NULL);
    const csim_status status = csim_run_options_sampling(&run->options, &run->sampling, err);
    if (status) return status;
    csim_ledger_add(&run->todo, options->first_path, options->first_path + options->paths, NULL);
    run->blocks = csim_blocks_count(&run->todo, run->options.replicates);
    run->threads = options->threads <= 0 ? processors() : options->threads > MAX_THREADS ? MAX_THREADS : options->threads;
    if ((uint32_t)run->threads > run->blocks) run->threads = (int)run->blocks;
    return csim_variant_chosen(&run->model, err);
}

csim_status csim_run_new(const csim_plan *plan, const csim_run_options *options, csim_run **out, csim_error *err) {
    *out = NULL;
    if (!options->paths) return csim_error_set(err, CSIM_USAGE, "a run needs at least one path");
    if (options->paths > UINT32_MAX - options->first_path) return csim_error_set(err, CSIM_USAGE, "paths are numbered below 2^32");
    if (options->keep_slots < 0 || options->keep_slots > CSIM_MAX_KEPT_SERIES) return csim_error_set(err, CSIM_USAGE, "at most %d series are kept", CSIM_MAX_KEPT_SERIES);
    csim_run *run = calloc(1, sizeof *run);
    if (!run) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a run");
    csim_status status = take_options(run, plan, options, err);
    if (status) {
        csim_run_free(run);
        return status;
    }
    run->workers = calloc((size_t)run->threads, sizeof *run->workers);
    status = run->workers ? result_init(run, err) : csim_error_set(err, CSIM_NO_MEMORY, "no memory for a run");
    for (int i = 0; !status && i < run->threads; i++) status = worker_init(&run->workers[i], run, err);
    if (status) {
        csim_run_free(run);
        return status;
    }
    *out = run;
    return CSIM_OK;
}

static void forget_statistics(csim_run *run) {
    if (!run->lent) {
        csim_accumulator_free(run->result.statistics);
        csim_accumulator_free(run->result.monthly);
    }
    run->result.statistics = run->result.monthly = NULL;
    run->lent = 0;
}

void csim_run_free(csim_run *run) {
    if (!run) return;
    forget_statistics(run);
    for (int i = 0; run->workers && i < run->threads; i++) worker_clear(&run->workers[i]);
    free(run->workers);
    for (int i = 0; i < CSIM_MAX_REPLICATES; i++) pthread_mutex_destroy(&run->lock[i]);
    csim_accumulator_free(run->base.statistics);
    csim_accumulator_free(run->base.monthly);
    csim_replicates_free(run->result.replicates);
    csim_replicates_free(run->result.monthly_replicates);
    free(run->result.replicate_tally);
    free(run->result.kept_input);
    free(run->result.kept_scalar);
    free(run->result.kept_series);
    free(run->result.hit);
    csim_sampling_free(run->sampling);
    free(run);
}

static int is_cancelled(const csim_run *run) { return run->cancel && atomic_load(run->cancel); }

/* A cancel is answered after a month of a block: a whole block may take longer than a person likes to wait. */
static csim_status walk_block(worker *self, uint32_t first, int n) {
    const csim_run *run = self->run;
    char sentence[512];
    run->model->block_start(self->block, run->plan, run->sampling, first, n);
    while (self->block->t < run->plan->months) {
        if (is_cancelled(run)) return CSIM_INTERRUPTED;
        run->model->block_step(self->block);
        csim_collector_month(&self->found, self->block);
        if (run->options.verify && csim_block_verify(self->block, sentence, sizeof sentence))
            return csim_error_set(&self->error, CSIM_RUN_FAILED, "paths from %u, month %d: %s", first, self->block->t - 1, sentence);
    }
    return CSIM_OK;
}

static csim_status simulate_block(worker *self, uint32_t first, int n) {
    csim_collector_begin(&self->found, n);
    csim_status status = walk_block(self, first, n);
    if (!status && csim_collector_again(&self->found, self->block)) status = walk_block(self, first, n);
    if (!status) csim_collector_end(&self->found, self->block, first);
    return status;
}

static int time_is_up(const csim_run *run) { return run->deadline > 0.0 && csim_clock_s() >= run->deadline; }

/* Takes the next block. When time is up only to finish the granule that is begun: what a run has then is whole granules, which anyone can go on from. */
static int take_next(csim_run *run, uint32_t *block) {
    *block = atomic_load(&run->next_block);
    do {
        if (*block >= run->blocks) return 0;
        if (time_is_up(run) && csim_blocks_begin_granule(&run->todo, run->options.replicates, *block)) return 0;
    } while (!atomic_compare_exchange_weak(&run->next_block, block, *block + 1));
    return 1;
}

static int take_unfinished(const worker *self, uint32_t *block) {
    *block = self->unfinished;
    return self->has_unfinished;
}

static void *work(void *argument) {
    worker *self = argument;
    csim_run *run = self->run;
    csim_float_mode_set();
    uint32_t block;
    while (!self->status && !is_cancelled(run) && (take_unfinished(self, &block) || take_next(run, &block))) {
        int n;
        const uint32_t first = csim_blocks_place(&run->todo, run->options.replicates, block, &n);
        const csim_status status = simulate_block(self, first, n);
        self->has_unfinished = status == CSIM_INTERRUPTED;
        self->unfinished = block;
        if (status && status != CSIM_INTERRUPTED) self->status = status;
    }
    return NULL;
}

uint64_t csim_run_done(const csim_run *run) {
    uint64_t done = run->base.done;
    for (int i = 0; i < run->threads; i++) done += run->workers[i].found.done;
    return done;
}

int csim_run_is_finished(const csim_run *run) { return csim_run_done(run) - run->base.done >= csim_ledger_paths(&run->todo); }

void csim_run_missing(const csim_run *run, csim_ledger *out) { *out = run->todo; }

void csim_run_restrict(csim_run *run, const csim_ledger *only) {
    csim_ledger out = {0};
    for (size_t i = 0; i < run->todo.count; i++)
        for (size_t k = 0; k < only->count; k++) {
            const csim_path_interval a = run->todo.interval[i], b = only->interval[k];
            csim_ledger_add(&out, a.from > b.from ? a.from : b.from, a.to < b.to ? a.to : b.to, NULL);
        }
    run->todo = out;
    run->blocks = csim_blocks_count(&out, run->options.replicates);
}

/* What the run's first and last path leave out cannot be taken in: its rows and its ledger would lie outside. */
static csim_status check_part(const csim_run *run, const csim_result *part, csim_error *err) {
    const uint32_t first = run->options.first_path, end = first + run->options.paths;
    if (run->plan != part->plan && memcmp(run->plan, part->plan, sizeof *run->plan)) return csim_error_set(err, CSIM_INCONSISTENT, "it is of another scenario or catalogue: its plan is another one");
    if (run->options.seed != part->options.seed)
        return csim_error_set(err, CSIM_INCONSISTENT, "its seed is %llu, here it is %llu", (unsigned long long)part->options.seed, (unsigned long long)run->options.seed);
    for (size_t i = 0; i < part->ledger.count; i++)
        if (part->ledger.interval[i].from < first || part->ledger.interval[i].to > end)
            return csim_error_set(err, CSIM_INCONSISTENT, "it holds paths %u to %u, but the run ends at %u", part->ledger.interval[i].from, part->ledger.interval[i].to - 1, end - 1);
    return CSIM_OK;
}

/* What has come in so far; its rows and replicates are in the run's result. */
static csim_status base_ready(csim_run *run, csim_error *err) {
    run->base.plan = run->plan;
    run->base.options = run->options;
    return run->base.statistics ? CSIM_OK : csim_result_new_statistics(&run->base, err);
}

int csim_run_has_begun(const csim_run *run) { return atomic_load(&run->next_block) > 0; }

/* What a run has simulated itself is in its threads' sums, which the ledger of what was taken in does not know. */
static csim_status check_not_begun(csim_run *run, csim_error *err) {
    return csim_run_has_begun(run) ? csim_error_set(err, CSIM_USAGE, "the run was advanced already: parts are taken in before") : CSIM_OK;
}

static void has_taken(csim_run *run, const csim_result *part) {
    csim_ledger left = {0};
    csim_run_tell(&run->options, (uint32_t)part->done);
    csim_result_take_rows(&run->result, part);
    csim_ledger_missing(&run->base.ledger, run->options.first_path, run->options.first_path + run->options.paths, &left);
    csim_run_restrict(run, &left);
    run->result.seconds += part->seconds;
}

csim_status csim_run_take(csim_run *run, const csim_result *part, csim_error *err) {
    csim_status status = check_not_begun(run, err);
    if (!status) status = check_part(run, part, err);
    if (!status) status = base_ready(run, err);
    if (!status) status = csim_result_merge(&run->base, part, err);
    if (status) return status;
    csim_result_take_replicates(&run->result, part);
    has_taken(run, part);
    return CSIM_OK;
}

const csim_result *csim_run_outline(const csim_run *run) { return &run->result; }

csim_status csim_run_take_from(csim_run *run, const csim_result *part, const csim_statistics_source *source, csim_error *err) {
    csim_result *base = &run->base, *result = &run->result;
    csim_status status = check_not_begun(run, err);
    if (!status) status = check_part(run, part, err);
    if (!status) status = base_ready(run, err);
    if (status) return status;
    const csim_result like = {.plan = run->plan, .options = run->options, .statistics = base->statistics, .monthly = base->monthly, .replicates = result->replicates,
                              .monthly_replicates = result->monthly_replicates};
    if (!source->fits(source->from, &like)) return csim_error_set(err, CSIM_FILE_FORMAT, "its statistics are damaged or belong to another plan");
    status = csim_result_merge_counts(base, part, err);
    if (status) return status;
    source->add(source->from, base->statistics, base->monthly);
    if (result->replicates) source->add_replicates(source->from, result->replicates, result->monthly_replicates, result->replicate_tally);
    has_taken(run, part);
    return CSIM_OK;
}

static csim_status join_all(csim_run *run, csim_error *err) {
    csim_status status = CSIM_OK;
    for (int i = 0; i < run->threads; i++) {
        worker *w = &run->workers[i];
        if (w->started) pthread_join(w->thread, NULL);
        w->started = 0;
        if (w->status && !status) {
            status = w->status;
            if (err) *err = w->error;
        }
    }
    return status;
}

csim_status csim_run_advance(csim_run *run, double seconds, const atomic_int *cancel, csim_error *err) {
    const double begin = csim_clock_s();
    int started = 0;
    run->cancel = cancel;
    run->deadline = seconds > 0.0 ? begin + seconds : 0.0;
    for (int i = 0; i < run->threads; i++) {
        run->workers[i].started = !pthread_create(&run->workers[i].thread, NULL, work, &run->workers[i]);
        started += run->workers[i].started;
    }
    const csim_status status = join_all(run, err);
    run->result.seconds += csim_clock_s() - begin;
    if (!started) return csim_error_set(err, CSIM_NO_MEMORY, "the system gives no thread");
    if (status) return status;
    if (cancel && atomic_load(cancel) && !csim_run_is_finished(run))
        return csim_error_set(err, CSIM_INTERRUPTED, "interrupted after %llu of %u paths", (unsigned long long)csim_run_done(run), run->options.paths);
    return CSIM_OK;
}

/* Blocks are begun in their order, so all below the next one are finished but those that a cancel broke off. */
static csim_status write_ledger(const csim_run *run, csim_ledger *out, csim_error *err) {
    uint32_t open[MAX_THREADS];
    size_t opens = 0;
    for (int i = 0; i < run->threads; i++)
        if (run->workers[i].has_unfinished) open[opens++] = run->workers[i].unfinished;
    return csim_blocks_finished(&run->todo, run->options.replicates, atomic_load(&run->next_block), open, opens, out, err);
}

/* Which outcome stopped most paths: the first place to look. */
static const char *worst_outcome(const csim_result *result) {
    int worst = 0;
    for (int slot = 1; slot < result->plan->slots; slot++)
        if (result->failed_slot[slot] > result->failed_slot[worst]) worst = slot;
    return result->plan->slot_name[worst];
}

static int has_found(const worker *self) { return self->found.done + self->found.failed > 0; }

static void lend(csim_run *run, csim_accumulator *statistics, csim_accumulator *monthly) {
    csim_accumulator_settle(statistics);
    if (monthly) csim_accumulator_settle(monthly);
    run->result.statistics = statistics;
    run->result.monthly = monthly;
    run->lent = 1;
}

/* Statistics of one source are lent as they are: copying them takes longer than small runs do. Those of several are added up. */
static csim_status gather_statistics(csim_run *run, csim_error *err) {
    const worker *only = NULL;
    int sources = run->base.statistics ? 1 : 0;
    forget_statistics(run);
    for (int i = 0; i < run->threads; i++)
        if (has_found(&run->workers[i])) {
            only = &run->workers[i];
            sources++;
        }
    if (sources == 1 && only) lend(run, only->found.statistics, only->found.monthly);
    else if (sources == 1) lend(run, run->base.statistics, run->base.monthly);
    if (sources == 1) return CSIM_OK;
    const csim_status status = csim_result_new_statistics(&run->result, err);
    if (status) return status;
    if (run->base.statistics) csim_result_add_statistics(&run->result, run->base.statistics, run->base.monthly);
    for (int i = 0; i < run->threads; i++) csim_result_add_statistics(&run->result, run->workers[i].found.statistics, run->workers[i].found.monthly);
    return CSIM_OK;
}

csim_status csim_run_result(csim_run *run, const csim_result **out, csim_error *err) {
    csim_result *result = &run->result;
    result->done = result->failed = 0;
    memset(result->tally, 0, sizeof result->tally);
    memset(result->failed_by, 0, sizeof result->failed_by);
    memset(result->failed_slot, 0, sizeof result->failed_slot);
    result->ledger.count = 0;
    csim_status status = gather_statistics(run, err);
    if (!status && run->base.statistics) status = csim_result_merge_counts(result, &run->base, err);
    if (!status) status = write_ledger(run, &result->ledger, err);
    if (status) return status;
    for (int i = 0; i < run->threads; i++) csim_collector_add_counts(&run->workers[i].found, result);
    result->statistics->replicates = result->replicates;
    if (result->monthly) result->monthly->replicates = result->monthly_replicates;
    *out = result;
    if (result->failed * 1000 > result->done)
        return csim_error_set(err, CSIM_RUN_FAILED, "%llu of %llu paths left the range of an outcome or were not finite (more than .1 %%), most often '%s'",
                              (unsigned long long)result->failed, (unsigned long long)result->done, worst_outcome(result));
    return CSIM_OK;
}

const csim_result *csim_run_rows(const csim_run *run) { return &run->result; }

csim_probability csim_result_probability(const csim_result *result, int at) {
    uint64_t hits[CSIM_MAX_REPLICATES], counts[CSIM_MAX_REPLICATES];
    if (!result->replicates) return csim_probability_of(result->tally[at].hits, result->tally[at].count);
    for (uint32_t r = 0; r < result->replicates->count; r++) {
        hits[r] = result->replicate_tally[r][at].hits;
        counts[r] = result->replicate_tally[r][at].count;
    }
    return csim_probability_of_replicates(hits, counts, result->replicates->count);
}
