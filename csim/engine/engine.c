/* Threads, blocks and the merging of what they found. Owns memory and time; knows the model only as csim_block_start and csim_block_step. */
#include "csim/engine/engine.h"
#include "csim/base/run_limits.h"
#include "csim/model/variant.h"

#include <fenv.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = CSIM_THREADS_MAX };

typedef struct worker {
    csim_run *run;
    csim_block *block;
    csim_accumulator *statistics;
    csim_tally tally[CSIM_MAX_READINGS];
    uint64_t done, failed, failed_by[CSIM_FAILURES], failed_slot[CSIM_MAX_OUTCOMES];
    unsigned char (*hit)[P];     /* [readings][P]: has the reading come true on this path so far */
    double (*scalar)[P];         /* [scalars][P] */
    double *month_values;        /* [report_months][slots][P]: a block's values wait here until it is known which paths were stopped */
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
    int threads;
    atomic_uint next_block;
    uint32_t blocks;
    const atomic_int *cancel;
    double deadline;
    worker *workers;
    csim_result result;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* How large a value of a series may get before its path is stopped (csim/model/outcomes.c uses the same rule). */
static csim_axis axis_of(const csim_outcome_row *row) {
    if (row->scale == CSIM_SCALE_COUNT) return (csim_axis){CSIM_AXIS_COUNT, CSIM_COUNT_LOWEST, CSIM_COUNT_HIGHEST, 2.0 * row->highest + 1.0};
    const double magnitude = fmax(fabs(row->lowest), fabs(row->highest)), width = row->highest - row->lowest;
    const double largest = row->scale == CSIM_SCALE_LINEAR || row->scale == CSIM_SCALE_SIGNED ? magnitude + width : row->scale == CSIM_SCALE_LOG ? row->highest * 1e3 : 2.0;
    return (csim_axis){(csim_axis_kind)row->scale, row->lowest, row->highest, largest};
}

static csim_status new_statistics(const csim_plan *plan, csim_accumulator **out, csim_error *err) {
    csim_axis axis[CSIM_MAX_OUTCOMES];
    for (int slot = 0; slot < plan->slots; slot++) axis[slot] = axis_of(&csim_outcome_rows[plan->slot_outcome[slot]]);
    return csim_accumulator_new(axis, (size_t)plan->slots, (size_t)plan->report_months, out, err);
}

static csim_status worker_init(worker *self, csim_run *run, csim_error *err) {
    const csim_plan *plan = run->plan;
    self->run = run;
    self->block = run->model->block_new();
    self->hit = calloc((size_t)plan->readings + 1, sizeof *self->hit);
    self->scalar = calloc((size_t)plan->scalars + 1, sizeof *self->scalar);
    self->month_values = malloc((size_t)plan->report_months * (size_t)plan->slots * P * sizeof(double));
    if (!self->block || !self->hit || !self->scalar || !self->month_values) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a worker thread");
    return new_statistics(plan, &self->statistics, err);
}

static void worker_clear(worker *self) {
    if (self->block) self->run->model->block_free(self->block);
    csim_accumulator_free(self->statistics);
    free(self->hit);
    free(self->scalar);
    free(self->month_values);
}

static int processors(void) {
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online > MAX_THREADS ? MAX_THREADS : (int)online;
}

static csim_status result_init(csim_run *run, csim_error *err) {
    csim_result *result = &run->result;
    const uint32_t kept = run->options.keep_paths < run->options.paths ? run->options.keep_paths : run->options.paths;
    result->plan = run->plan;
    result->variant = run->model->name;
    result->options = run->options;
    result->kept_input = malloc(((size_t)kept * (size_t)run->plan->inputs + 1) * sizeof(double));
    result->kept_scalar = malloc(((size_t)kept * (size_t)run->plan->scalars + 1) * sizeof(double));
    const uint32_t wanted = run->options.keep_hits > kept ? run->options.keep_hits : kept;
    result->hit_rows = wanted < run->options.paths ? wanted : run->options.paths;
    const size_t hits = (size_t)result->hit_rows * (size_t)run->plan->readings;
    result->hit = malloc(hits + 1);
    if (!result->kept_input || !result->kept_scalar || !result->hit) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to keep %u paths", kept);
    for (size_t i = 0; i < (size_t)kept * (size_t)run->plan->inputs; i++) result->kept_input[i] = (double)NAN;
    for (size_t i = 0; i < (size_t)kept * (size_t)run->plan->scalars; i++) result->kept_scalar[i] = (double)NAN;
    memset(result->hit, CSIM_HIT_UNKNOWN, hits);
    result->kept = kept;
    return CSIM_OK;
}

csim_status csim_run_new(const csim_plan *plan, const csim_run_options *options, csim_run **out, csim_error *err) {
    *out = NULL;
    if (!options->paths) return csim_error_set(err, CSIM_USAGE, "a run needs at least one path");
    if (options->paths > UINT32_MAX - options->first_path) return csim_error_set(err, CSIM_USAGE, "paths are numbered below 2^32");
    csim_run *run = calloc(1, sizeof *run);
    if (!run) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a run");
    run->plan = plan;
    run->options = *options;
    run->blocks = options->paths / P + (options->paths % P != 0);
    run->threads = options->threads <= 0 ? processors() : options->threads > MAX_THREADS ? MAX_THREADS : options->threads;
    csim_status status = csim_variant_choose(NULL, &run->model, err);
    if (status) {
        free(run);
        return status;
    }
    if ((uint32_t)run->threads > run->blocks) run->threads = (int)run->blocks;
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

void csim_run_free(csim_run *run) {
    if (!run) return;
    for (int i = 0; run->workers && i < run->threads; i++) worker_clear(&run->workers[i]);
    free(run->workers);
    csim_accumulator_free(run->result.statistics);
    free(run->result.kept_input);
    free(run->result.kept_scalar);
    free(run->result.hit);
    free(run);
}

static int holds(int op, double x, double value) { return op == 0 ? x >= value : op == 1 ? x > value : op == 2 ? x <= value : x < value; }

static void look_at_readings(worker *self, int t) {
    const csim_plan *plan = self->run->plan;
    for (int i = 0; i < plan->readings; i++) {
        const csim_plan_reading *reading = &plan->reading[i];
        if (t < reading->from || t > reading->to) continue;
        for (int p = 0; p < P; p++) self->hit[i][p] |= (unsigned char)holds(reading->op, self->block->outcome[reading->slot][p], reading->value);
    }
}

/* Takes what the month t of the block is needed for later. `report` is the position of t among the report months, or −1. */
static void look_at_month(worker *self, int t, int report) {
    const csim_plan *plan = self->run->plan;
    look_at_readings(self, t);
    for (int i = 0; i < plan->scalars; i++)
        if (plan->scalar[i].month == t) memcpy(self->scalar[i], self->block->outcome[plan->scalar[i].slot], sizeof self->scalar[i]);
    if (report >= 0) memcpy(self->month_values + (size_t)report * (size_t)plan->slots * P, self->block->outcome, (size_t)plan->slots * P * sizeof(double));
}

static int is_cancelled(const csim_run *run) { return run->cancel && atomic_load(run->cancel); }

/* A cancel is answered after a month of a block: a whole block may take longer than a person likes to wait. */
static csim_status simulate_block(worker *self, uint32_t first, int n) {
    const csim_plan *plan = self->run->plan;
    char sentence[512];
    memset(self->hit, 0, ((size_t)plan->readings + 1) * sizeof *self->hit);
    self->run->model->block_start(self->block, plan, self->run->options.seed, first, n);
    for (int t = 0, report = 0; t < plan->months; t++) {
        if (is_cancelled(self->run)) return CSIM_INTERRUPTED;
        self->run->model->block_step(self->block);
        const int kept = report < plan->report_months && plan->report_month[report] == t;
        look_at_month(self, t, kept ? report : -1);
        report += kept;
        if (self->run->options.verify && csim_block_verify(self->block, sentence, sizeof sentence))
            return csim_error_set(&self->error, CSIM_RUN_FAILED, "paths from %u, month %d: %s", first, t, sentence);
    }
    return CSIM_OK;
}

static void tally_readings(worker *self, uint32_t first, const int *alive, int n) {
    const csim_plan *plan = self->run->plan;
    csim_result *result = &self->run->result; /* rows of different blocks do not overlap */
    const uint32_t row = first - self->run->options.first_path;
    for (int i = 0; i < plan->readings; i++) {
        const int given = plan->reading[i].given;
        for (int p = 0; p < n; p++) {
            const int counts = alive[p] && (given < 0 || self->hit[given][p]), hit = counts && self->hit[i][p];
            self->tally[i].count += (uint64_t)counts;
            self->tally[i].hits += (uint64_t)hit;
            if (row + (uint32_t)p < result->hit_rows)
                result->hit[(size_t)(row + (uint32_t)p) * (size_t)plan->readings + (size_t)i] = (unsigned char)(!counts ? CSIM_HIT_UNKNOWN : hit ? CSIM_HIT : CSIM_MISS);
        }
    }
}

static void keep_rows(worker *self, uint32_t first, const int *alive, int n) {
    const csim_plan *plan = self->run->plan;
    csim_result *result = &self->run->result; /* rows of different blocks do not overlap */
    for (int p = 0; p < n; p++) {
        const uint32_t row = first - self->run->options.first_path + (uint32_t)p;
        if (row >= result->kept) return;
        for (int i = 0; i < plan->inputs; i++) result->kept_input[(size_t)row * (size_t)plan->inputs + (size_t)i] = self->block->input[i][p];
        for (int i = 0; alive[p] && i < plan->scalars; i++) result->kept_scalar[(size_t)row * (size_t)plan->scalars + (size_t)i] = self->scalar[i][p];
    }
}

static void count_failures(worker *self, int *alive, int n) {
    self->done += (uint64_t)n;
    for (int p = 0; p < n; p++) {
        alive[p] = self->block->failure[p] == CSIM_PATH_OK;
        if (alive[p]) continue;
        self->failed++;
        self->failed_by[self->block->failure[p]]++;
        self->failed_slot[self->block->failure_slot[p]]++;
    }
}

static void take_block(worker *self, uint32_t first, int n) {
    const csim_plan *plan = self->run->plan;
    int alive[P];
    count_failures(self, alive, n);
    tally_readings(self, first, alive, n);
    keep_rows(self, first, alive, n);
    for (int slot = 0; slot < plan->slots; slot++)
        for (int report = 0; report < plan->report_months; report++)
            csim_accumulator_add(self->statistics, (size_t)slot, (size_t)report,
                                 self->month_values + ((size_t)report * (size_t)plan->slots + (size_t)slot) * P, alive, (size_t)n);
}

static int time_is_up(const csim_run *run) {
    return is_cancelled(run) || (run->deadline > 0.0 && now() >= run->deadline);
}

/* The default environment rounds to nearest and keeps subnormals, whatever another library has set in the thread that called. */
static void *work(void *argument) {
    worker *self = argument;
    csim_run *run = self->run;
    fesetenv(FE_DFL_ENV);
    while (!self->status && !time_is_up(run)) {
        const uint32_t block = self->has_unfinished ? self->unfinished : atomic_fetch_add(&run->next_block, 1);
        if (block >= run->blocks) break;
        const uint32_t first = run->options.first_path + block * P, left = run->options.paths - block * P;
        const int n = left < P ? (int)left : P;
        const csim_status status = simulate_block(self, first, n);
        self->has_unfinished = status == CSIM_INTERRUPTED;
        self->unfinished = block;
        if (!status) take_block(self, first, n);
        else if (status != CSIM_INTERRUPTED) self->status = status;
    }
    return NULL;
}

uint64_t csim_run_done(const csim_run *run) {
    uint64_t done = 0;
    for (int i = 0; i < run->threads; i++) done += run->workers[i].done;
    return done;
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
    const double begin = now();
    int started = 0;
    run->cancel = cancel;
    run->deadline = seconds > 0.0 ? begin + seconds : 0.0;
    for (int i = 0; i < run->threads; i++) {
        run->workers[i].started = !pthread_create(&run->workers[i].thread, NULL, work, &run->workers[i]);
        started += run->workers[i].started;
    }
    const csim_status status = join_all(run, err);
    run->result.seconds += now() - begin;
    if (atomic_load(&run->next_block) > run->blocks) atomic_store(&run->next_block, run->blocks);
    if (!started) return csim_error_set(err, CSIM_NO_MEMORY, "the system gives no thread");
    if (status) return status;
    if (cancel && atomic_load(cancel) && csim_run_done(run) < run->options.paths)
        return csim_error_set(err, CSIM_INTERRUPTED, "interrupted after %llu of %u paths", (unsigned long long)csim_run_done(run), run->options.paths);
    return CSIM_OK;
}

static void add_worker(csim_result *result, const worker *w) {
    csim_accumulator_merge(result->statistics, w->statistics);
    for (int i = 0; i < CSIM_MAX_READINGS; i++) {
        result->tally[i].hits += w->tally[i].hits;
        result->tally[i].count += w->tally[i].count;
    }
    result->done += w->done;
    result->failed += w->failed;
    for (int i = 0; i < CSIM_FAILURES; i++) result->failed_by[i] += w->failed_by[i];
    for (int i = 0; i < CSIM_MAX_OUTCOMES; i++) result->failed_slot[i] += w->failed_slot[i];
}

/* Which outcome stopped most paths: the first place to look. */
static const char *worst_outcome(const csim_result *result) {
    int worst = 0;
    for (int slot = 1; slot < result->plan->slots; slot++)
        if (result->failed_slot[slot] > result->failed_slot[worst]) worst = slot;
    return result->plan->slot_name[worst];
}

csim_status csim_run_result(csim_run *run, const csim_result **out, csim_error *err) {
    csim_result *result = &run->result;
    csim_accumulator_free(result->statistics);
    result->statistics = NULL;
    result->done = result->failed = 0;
    memset(result->tally, 0, sizeof result->tally);
    memset(result->failed_by, 0, sizeof result->failed_by);
    memset(result->failed_slot, 0, sizeof result->failed_slot);
    const csim_status status = new_statistics(run->plan, &result->statistics, err);
    if (status) return status;
    for (int i = 0; i < run->threads; i++) add_worker(result, &run->workers[i]);
    *out = result;
    if (result->failed * 1000 > result->done)
        return csim_error_set(err, CSIM_RUN_FAILED, "%llu of %llu paths left the range of an outcome or were not finite (more than .1 %%), most often '%s'",
                              (unsigned long long)result->failed, (unsigned long long)result->done, worst_outcome(result));
    return CSIM_OK;
}
