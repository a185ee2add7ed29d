/* See what_it_takes.h. Values first, then which paths, then their inputs, then which of them are typical. */
#include "csim/engine/what_it_takes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/engine/stories.h"
#include "csim/plan/input_places.h"
#include "csim/stats/ranks.h"

/* Room for the kept rows with a number. */
typedef struct takes_work {
    uint32_t rows, *row, *order, *twice;
    double *value, *rank_of_value, *rank, *drawn;
    csim_order_key *key;
    unsigned char *is_chosen; /* by row of these */
} takes_work;

static void work_free(takes_work *with) {
    free(with->row);
    free(with->order);
    free(with->twice);
    free(with->value);
    free(with->rank_of_value);
    free(with->rank);
    free(with->drawn);
    free(with->key);
    free(with->is_chosen);
}

static int work_make(takes_work *with, size_t rows) {
    with->row = calloc(rows + 1, sizeof *with->row);
    with->order = calloc(rows + 1, sizeof *with->order);
    with->twice = calloc(rows + 1, sizeof *with->twice);
    with->value = calloc(rows + 1, sizeof *with->value);
    with->rank_of_value = calloc(rows + 1, sizeof *with->rank_of_value);
    with->rank = calloc(rows + 1, sizeof *with->rank);
    with->drawn = calloc(rows + 1, sizeof *with->drawn);
    with->key = calloc(2 * rows + 1, sizeof *with->key);
    with->is_chosen = calloc(rows + 1, 1);
    return with->row && with->order && with->twice && with->value && with->rank_of_value && with->rank && with->drawn && with->key && with->is_chosen;
}

/* ---- values ---- */

static int kept_series_of(const csim_result *result, int32_t slot) {
    for (int i = 0; i < result->options.keep_slots; i++)
        if (result->options.keep_slot[i] == slot) return i;
    return -1;
}

/* Fills the rows with a number. */
static csim_status read_rows(const csim_result *result, csim_condition at, takes_work *with, csim_error *err) {
    const csim_plan *plan = result->plan;
    const int scalar = csim_plan_scalar_find(plan, at.slot, at.month), series = kept_series_of(result, at.slot);
    if (scalar < 0 && (series < 0 || !result->kept_series)) {
        const int month = plan->start_month + at.month;
        csim_error_set(err, CSIM_INCONSISTENT, "%s was not kept path by path in %04d-%02d", plan->slot_name[at.slot], 2000 + month / 12, 1 + month % 12);
        csim_error_hint(err, "keep whole months of it (keep_series), or ask for a month in which it is kept as a headline number");
        return CSIM_INCONSISTENT;
    }
    if (!work_make(with, result->kept)) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the kept paths");
    for (uint32_t i = 0; i < result->kept; i++) {
        const double x = scalar >= 0 ? result->kept_scalar[(size_t)i * (size_t)plan->scalars + (size_t)scalar]
                                     : result->kept_series[((size_t)i * (size_t)result->options.keep_slots + (size_t)series) * (size_t)plan->months + (size_t)at.month];
        if (!isfinite(x)) continue;
        with->row[with->rows] = i;
        with->value[with->rows++] = x;
    }
    if (with->rows >= CSIM_TAKES_FEWEST_ROWS) return CSIM_OK;
    return csim_error_set(err, CSIM_INCONSISTENT, "%u paths were kept with this number; what drives it can be asked of %d or more: keep at least %d paths", with->rows,
                          CSIM_TAKES_FEWEST_ROWS, CSIM_TAKES_FEWEST_ROWS);
}

/* ---- which paths pass ---- */

static int passes(csim_condition it, double x) {
    return it.op == 0 ? x >= it.value : it.op == 1 ? x > it.value : it.op == 2 ? x <= it.value : x < it.value;
}

static csim_split over_all_paths(const csim_result *result, csim_condition it) {
    const int report = csim_plan_report_find(result->plan, it.month);
    if (report < 0) return (csim_split){.probability = csim_probability_of(0, 0)};
    const csim_split below = csim_accumulator_share_below(result->statistics, (size_t)it.slot, (size_t)report, it.value, it.op == 1 || it.op == 2 ? 1.0 : 0.0);
    return it.op >= 2 ? below : csim_split_rest(below);
}

static csim_probability among_kept(const csim_result *result, const takes_work *with) {
    const uint32_t replicates = result->options.replicates > 1 ? result->options.replicates : 1;
    uint64_t hits[CSIM_MOST_REPLICATES] = {0}, counts[CSIM_MOST_REPLICATES] = {0};
    for (uint32_t i = 0; i < with->rows; i++) {
        const uint32_t replicate = (result->options.first_path + with->row[i]) % replicates;
        hits[replicate] += with->is_chosen[i];
        counts[replicate]++;
    }
    return csim_probability_of_replicates(hits, counts, replicates);
}

/* `order` holds positions by rising value. */
static void choose_nearest(csim_condition it, takes_work *with, csim_what_it_takes *out) {
    const int wants_high = it.op <= 1;
    const uint32_t part = (with->rows + CSIM_TAKES_NEAREST_PART - 1) / CSIM_TAKES_NEAREST_PART;
    out->nearest = with->value[with->order[wants_high ? with->rows - 1 : 0]];
    out->distance = fabs(it.value - out->nearest);
    for (uint32_t k = 0; k < part; k++) with->is_chosen[with->order[wants_high ? with->rows - 1 - k : k]] = 1;
    out->chosen = part;
}

static csim_status choose(const csim_result *result, csim_condition it, takes_work *with, csim_what_it_takes *out, csim_error *err) {
    csim_ranks_count(with->value, with->rows, with->key, with->order, with->twice);
    csim_ranks_unit(with->twice, with->rows, with->rank_of_value);
    for (uint32_t i = 0; i < with->rows; i++) out->passing += with->is_chosen[i] = (unsigned char)passes(it, with->value[i]);
    out->rows = with->rows;
    out->kept = among_kept(result, with);
    out->spread = with->value[with->order[(uint32_t)(0.95 * (with->rows - 1))]] - with->value[with->order[(uint32_t)(0.05 * (with->rows - 1))]];
    out->nearest = out->distance = (double)NAN;
    out->chosen = out->passing;
    if (!out->passing) choose_nearest(it, with, out);
    out->path = calloc((size_t)out->chosen + 1, sizeof *out->path);
    out->value = calloc((size_t)out->chosen + 1, sizeof *out->value);
    if (!out->path || !out->value) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the paths that pass");
    for (uint32_t i = 0, n = 0; i < with->rows; i++) {
        if (!with->is_chosen[i]) continue;
        out->path[n] = result->options.first_path + with->row[i];
        out->value[n++] = with->value[i];
    }
    return CSIM_OK;
}

/* ---- their inputs ---- */

typedef struct sums { double n, mean, squares; } sums;

static void add(sums *to, double x) {
    const double away = x - to->mean;
    to->n += 1.0;
    to->mean += away / to->n;
    to->squares += away * (x - to->mean);
}

/* Of the mean over the n that pass less the mean over all N, under fresh draws of all N paths: which of them pass is drawn too. To first order a path moves the
 * difference by [passes](x − μp)N/n − (x − μ), over N; σp² and σ² are the variances of x among those that pass and among all. */
static double error_of_shift(double squares, double n, double squares_of_all, double all) {
    if (n <= 1.0) return (double)NAN;
    const double variance = squares / (n - 1.0), variance_of_all = squares_of_all / (all - 1.0);
    return n < all ? sqrt(fmax(variance * (1.0 / n - 2.0 / all) + variance_of_all / all, 0.0)) : 0.0;
}

/* Of a mean of n out of N, drawn without putting back, where the N have this mean square around their mean: what chance gives an input of no consequence. */
static double error_of_part(double mean_square, double n, double all) { return n < all ? sqrt(mean_square / n * (all - n) / (all - 1.0)) : 0.0; }

static csim_driver judge(const csim_result *result, int32_t input, takes_work *with, const csim_what_it_takes *about) {
    const size_t inputs = (size_t)result->plan->inputs;
    const double all = with->rows, n = about->chosen;
    csim_driver out = {.input = input, .prior_sd = csim_input_sd(result->plan, input)};
    sums drawn = {0}, drawn_of_all = {0}, places = {0}, places_of_all = {0};
    for (uint32_t i = 0; i < with->rows; i++) with->drawn[i] = result->kept_input[with->row[i] * inputs + (size_t)input];
    csim_ranks_count(with->drawn, with->rows, with->key, with->order, with->twice);
    csim_ranks_unit(with->twice, with->rows, with->rank);
    for (uint32_t i = 0; i < with->rows; i++) {
        const double place = with->twice[i] / (2.0 * all);
        out.correlation += with->rank[i] * with->rank_of_value[i];
        add(&drawn_of_all, with->drawn[i]);
        add(&places_of_all, place);
        if (!with->is_chosen[i]) continue;
        add(&drawn, with->drawn[i]);
        add(&places, place);
    }
    out.mean = drawn.mean;
    out.mean_of_all = drawn_of_all.mean;
    out.shift = (drawn.mean - drawn_of_all.mean) / out.prior_sd;
    out.shift_error = error_of_shift(drawn.squares, n, drawn_of_all.squares, all) / out.prior_sd;
    out.place = places.mean;
    out.place_error = error_of_part(places_of_all.squares / all, n, all);
    out.correlation_error = csim_rank_correlation_error(out.correlation, with->rows);
    out.shifted = fabs(out.place - 0.5) > about->chance_deviations * out.place_error && out.place_error > 0.0;
    out.correlated = fabs(out.correlation) > about->chance_correlation;
    return out;
}

/* Standard errors that the mean place is away from what chance expects. */
static double deviations(const csim_driver *it) { return it->place_error > 0.0 ? fabs(it->place - 0.5) / it->place_error : 0.0; }

static int by_strength(const void *a, const void *b) {
    const csim_driver *x = a, *y = b;
    const int x_counts = x->shifted || x->correlated, y_counts = y->shifted || y->correlated;
    if (x_counts != y_counts) return y_counts - x_counts;
    if (deviations(x) != deviations(y)) return deviations(x) < deviations(y) ? 1 : -1;
    return x->input - y->input;
}

static csim_status find_drivers(const csim_result *result, takes_work *with, csim_what_it_takes *out, csim_error *err) {
    out->driver = calloc((size_t)result->plan->inputs + 1, sizeof *out->driver);
    if (!out->driver) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the inputs of paths");
    for (int32_t i = 0; i < result->plan->inputs; i++) out->inputs += csim_input_varies(result->plan, i);
    out->tests = 2 * out->inputs; /* the shift and the correlation of each */
    out->chance_deviations = csim_chance_deviations(out->tests);
    out->chance_correlation = csim_rank_correlation_chance(with->rows, out->tests);
    uint32_t used = 0;
    for (int32_t i = 0; i < result->plan->inputs; i++)
        if (csim_input_varies(result->plan, i)) out->driver[used++] = judge(result, i, with, out);
    qsort(out->driver, out->inputs, sizeof *out->driver, by_strength);
    for (uint32_t i = 0; i < out->inputs; i++) out->drivers += out->driver[i].shifted || out->driver[i].correlated;
    return CSIM_OK;
}

/* ---- which are typical ---- */

/* Puts a path among the nearest so far, which stand in order. */
static void keep_nearest(csim_what_it_takes *out, double *distance, uint32_t path, double away) {
    uint32_t at = out->typicals < CSIM_TAKES_TYPICAL ? out->typicals++ : CSIM_TAKES_TYPICAL;
    for (; at > 0 && distance[at - 1] > away; at--) {
        if (at == CSIM_TAKES_TYPICAL) continue;
        distance[at] = distance[at - 1];
        out->typical[at] = out->typical[at - 1];
    }
    if (at == CSIM_TAKES_TYPICAL) return;
    distance[at] = away;
    out->typical[at] = path;
}

static int is_among(const csim_what_it_takes *out, uint32_t path) {
    uint32_t low = 0, high = out->chosen;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (out->path[middle] < path) low = middle + 1;
        else high = middle;
    }
    return low < out->chosen && out->path[low] == path;
}

static void measure(const csim_result *result, const uint32_t *row, uint32_t rows, const double *point, csim_what_it_takes *out) {
    double centre[CSIM_STORIES_COLUMNS] = {0}, distance[CSIM_TAKES_TYPICAL], n = 0.0;
    for (uint32_t i = 0; i < rows; i++) {
        if (!is_among(out, result->options.first_path + row[i])) continue;
        n += 1.0;
        for (int c = 0; c < CSIM_STORIES_COLUMNS; c++) centre[c] += (point[(size_t)i * CSIM_STORIES_COLUMNS + (size_t)c] - centre[c]) / n;
    }
    for (uint32_t i = 0; i < rows; i++) {
        const uint32_t path = result->options.first_path + row[i];
        double away = 0.0;
        if (!is_among(out, path)) continue;
        for (int c = 0; c < CSIM_STORIES_COLUMNS; c++) {
            const double d = point[(size_t)i * CSIM_STORIES_COLUMNS + (size_t)c] - centre[c];
            away += d * d;
        }
        keep_nearest(out, distance, path, away);
    }
}

/* A run without headline numbers of enough paths has no typical ones. */
static csim_status find_typical(const csim_result *result, csim_what_it_takes *out, csim_error *err) {
    uint32_t row[CSIM_STORIES_ROWS], rows;
    double *point;
    csim_stories *stories = calloc(1, sizeof *stories);
    if (!stories) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to tell paths apart");
    const csim_status status = csim_stories_place(result, stories, row, &rows, &point, err);
    if (!status) measure(result, row, rows, point, out);
    free(point);
    free(stories);
    return status == CSIM_INCONSISTENT ? CSIM_OK : status;
}

/* ---- the whole ---- */

csim_status csim_what_it_takes_find(const csim_result *result, csim_condition condition, csim_what_it_takes *out, csim_error *err) {
    takes_work with = {0};
    memset(out, 0, sizeof *out);
    csim_status status = read_rows(result, condition, &with, err);
    if (!status) status = choose(result, condition, &with, out, err);
    if (!status) {
        out->all = over_all_paths(result, condition);
        status = find_drivers(result, &with, out, err);
    }
    if (!status) status = find_typical(result, out, err);
    work_free(&with);
    return status;
}

void csim_what_it_takes_clear(csim_what_it_takes *self) {
    free(self->path);
    free(self->value);
    free(self->driver);
    memset(self, 0, sizeof *self);
}
