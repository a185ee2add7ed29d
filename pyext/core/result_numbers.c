/* The numbers of a result: statistics over paths, kept paths. */
#include <stdlib.h>
#include <string.h>

#include "pyext/core/core.h"

static const csim_result *of(PyObject *self) { return ((core_result *)self)->result; }

PyObject *core_result_kept_inputs(PyObject *self, void *unused) {
    (void)unused;
    return core_array_new(core_state_of(self), self, of(self)->kept_input, 'd', (core_shape){2, {of(self)->kept, of(self)->plan->inputs}});
}

PyObject *core_result_kept_scalars(PyObject *self, void *unused) {
    (void)unused;
    return core_array_new(core_state_of(self), self, of(self)->kept_scalar, 'd', (core_shape){2, {of(self)->kept, of(self)->plan->scalars}});
}

PyObject *core_result_kept_series(PyObject *self, void *unused) {
    (void)unused;
    return core_array_new(core_state_of(self), self, of(self)->kept_series, 'd', (core_shape){3, {of(self)->kept, of(self)->options.keep_slots, of(self)->plan->months}});
}

static PyObject *kept_series_name(const void *result, Py_ssize_t i) {
    const csim_result *from = result;
    return core_text(from->plan->slot_name[from->options.keep_slot[i]]);
}

PyObject *core_result_kept_series_names(PyObject *self, void *unused) {
    (void)unused;
    return core_list(kept_series_name, of(self), of(self)->options.keep_slots);
}

static PyObject *interval_at(const void *ledger, Py_ssize_t i) {
    const csim_path_interval it = ((const csim_ledger *)ledger)->interval[i];
    return Py_BuildValue("(II)", it.from, it.to - 1);
}

PyObject *core_result_ledger(PyObject *self, void *unused) {
    (void)unused;
    return core_list(interval_at, &of(self)->ledger, (Py_ssize_t)of(self)->ledger.count);
}

PyObject *core_result_bins(PyObject *self, void *unused) {
    (void)unused;
    const csim_accumulator *statistics = of(self)->statistics;
    return core_array_new(core_state_of(self), self, statistics->bin, 'I',
                          (core_shape){3, {(Py_ssize_t)statistics->series, (Py_ssize_t)statistics->months, CSIM_BINS}});
}

typedef double statistic(const csim_accumulator *from, size_t series, size_t month);
static double mean(const csim_accumulator *from, size_t series, size_t month) { return csim_accumulator_mean(from, series, month).value; }
static double mean_error(const csim_accumulator *from, size_t series, size_t month) { return csim_accumulator_mean(from, series, month).error; }
static double mean_low(const csim_accumulator *from, size_t series, size_t month) { return csim_accumulator_mean_interval(from, series, month).low; }
static double mean_high(const csim_accumulator *from, size_t series, size_t month) { return csim_accumulator_mean_interval(from, series, month).high; }
static double sd(const csim_accumulator *from, size_t series, size_t month) { return csim_accumulator_sd(from, series, month).value; }
static double count(const csim_accumulator *from, size_t series, size_t month) { return (double)csim_accumulator_count(from, series, month); }

static const struct { const char *name; statistic *compute; } statistics_by_name[] = {
    {"mean", mean}, {"mean_error", mean_error}, {"mean_low", mean_low}, {"mean_high", mean_high}, {"sd", sd}, {"count", count},
    {"lowest", csim_accumulator_lowest}, {"highest", csim_accumulator_highest}, {"effective_paths", csim_accumulator_effective},
};

static statistic *find_statistic(const char *name) {
    for (size_t i = 0; i < sizeof statistics_by_name / sizeof statistics_by_name[0]; i++)
        if (!strcmp(statistics_by_name[i].name, name)) return statistics_by_name[i].compute;
    PyErr_Format(PyExc_ValueError, "no statistic '%.80s': there are mean, mean_error, mean_low, mean_high, sd, count, lowest, highest and effective_paths", name);
    return NULL;
}

/* The whole table of a statistic: [series][months]. */
static PyObject *table_of(PyObject *self, const csim_accumulator *from, statistic *compute) {
    double *values = malloc((from->series * from->months + 1) * sizeof *values);
    if (!values) return PyErr_NoMemory();
    for (size_t series = 0; series < from->series; series++)
        for (size_t month = 0; month < from->months; month++) values[series * from->months + month] = compute(from, series, month);
    return core_array_new(core_state_of(self), NULL, values, 'd', (core_shape){2, {(Py_ssize_t)from->series, (Py_ssize_t)from->months}});
}

PyObject *core_result_statistic(PyObject *self, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"name", "monthly", NULL};
    const char *name;
    int monthly = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s|p:statistic", names, &name, &monthly)) return NULL;
    statistic *compute = find_statistic(name);
    return compute ? table_of(self, monthly ? of(self)->monthly : of(self)->statistics, compute) : NULL;
}

/* A series, a month and a probability. −1 with an exception when they are none of this result. */
static int quantile_arguments(PyObject *arguments, PyObject *keywords, const char *format, const csim_accumulator *from, Py_ssize_t at[2], double *p) {
    static char *names[] = {"series", "month", "p", NULL};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, format, names, &at[0], &at[1], p)) return -1;
    if (at[0] < 0 || at[1] < 0 || (size_t)at[0] >= from->series || (size_t)at[1] >= from->months) {
        PyErr_Format(PyExc_IndexError, "series %zd, month %zd of %zu and %zu", at[0], at[1], from->series, from->months);
        return -1;
    }
    if (*p >= 0.0 && *p <= 1.0) return 0;
    PyErr_SetString(PyExc_ValueError, "p must lie in [0, 1]");
    return -1;
}

PyObject *core_result_quantile(PyObject *self, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    const csim_accumulator *from = of(self)->statistics;
    Py_ssize_t at[2];
    double p;
    if (quantile_arguments(arguments, keywords, "nnd:quantile", from, at, &p)) return NULL;
    const csim_estimate found = csim_accumulator_quantile(from, (size_t)at[0], (size_t)at[1], p);
    return Py_BuildValue("(dd)", found.value, found.error);
}

PyObject *core_result_interval(PyObject *self, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    const csim_accumulator *from = of(self)->statistics;
    Py_ssize_t at[2];
    double p;
    if (quantile_arguments(arguments, keywords, "nnd:interval", from, at, &p)) return NULL;
    const csim_interval found = csim_accumulator_quantile_interval(from, (size_t)at[0], (size_t)at[1], p);
    return Py_BuildValue("(dd)", found.low, found.high);
}
