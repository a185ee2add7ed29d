/* Columns: some numbers of every path of a scenario, or of one with some keys moved, held against those of other columns. Between two advances every column
 * holds the paths that are done. Knows who may touch it and when; what the numbers mean is csim's business. */
#include <stdlib.h>
#include <string.h>

#include "pyext/core/core.h"

typedef struct core_columns {
    PyObject_HEAD
    core_plan *owner;       /* its scenario and catalogue are borrowed */
    csim_plan *plan;        /* with the keys moved */
    csim_columns *columns;
    Py_ssize_t count;
    int busy;               /* a thread is inside the C library with these columns, or reads them there; guarded by the GIL */
    atomic_int stopped;
} core_columns;

enum { MOST_MOVED = 64 };
typedef struct request {
    csim_run_options options;
    csim_variation moved[MOST_MOVED];
    size_t moves;
    csim_plan_scalar wanted[CSIM_MAX_SCALARS];
    size_t count;
    int readings;
} request;

/* ---- making ------------------------------------------------------------------------------------------------------------------------------------- */

static int read_moved(PyObject *given, request *out) {
    PyObject *key, *value;
    Py_ssize_t at = 0;
    if (!given) return 0;
    if (!PyDict_Check(given) || PyDict_Size(given) > MOST_MOVED) {
        PyErr_Format(PyExc_ValueError, "moved must be a dict of at most %d keys to numbers", MOST_MOVED);
        return -1;
    }
    while (PyDict_Next(given, &at, &key, &value)) {
        csim_variation *to = &out->moved[out->moves++];
        to->key = PyUnicode_AsUTF8AndSize(key, NULL); /* borrowed from the dict, which the caller holds */
        to->value = to->key ? PyFloat_AsDouble(value) : 0.0;
        if (PyErr_Occurred()) return -1;
    }
    return 0;
}

static int read_wanted(PyObject *given, const csim_plan *plan, request *out) {
    const Py_ssize_t count = PySequence_Size(given);
    if (count < 0) return -1;
    if (count > CSIM_MAX_SCALARS) {
        PyErr_Format(PyExc_ValueError, "at most %d numbers a path; got %zd", CSIM_MAX_SCALARS, count);
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *pair = PySequence_GetItem(given, i);
        csim_plan_scalar *to = &out->wanted[out->count++];
        const int good = pair && PyArg_ParseTuple(pair, "ii:Columns", &to->slot, &to->month);
        Py_XDECREF(pair);
        if (!good) return -1;
        if (to->slot >= 0 && to->slot < plan->slots && to->month >= 0 && to->month < plan->months) continue;
        PyErr_Format(PyExc_ValueError, "there is no series %d in month %d", to->slot, to->month);
        return -1;
    }
    return 0;
}

static csim_status make(core_columns *self, const request *of, csim_error *err) {
    csim_varied *varied = NULL;
    csim_status status = csim_scenario_vary(self->owner->owner->scenario, of->moved, of->moves, &varied, err);
    if (!status) status = csim_plan_compile(csim_varied_scenario(varied), self->owner->catalogue, &self->plan, err);
    csim_varied_free(varied);
    return status ? status : csim_columns_new(self->plan, of->wanted, of->count, of->readings, &of->options, &self->columns, err);
}

/* `request` is some kilobytes: fine on a stack. */
static PyObject *columns_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"plan", "seed", "paths", "wanted", "moved", "readings", "first_path", "threads", NULL};
    core_state *state = PyType_GetModuleState(type);
    long long paths = 0, first_path = 0, threads = 0;
    PyObject *plan, *wanted, *moved = NULL, *seed, *given[3] = {NULL};
    request of = {.count = 0};
    csim_status status;
    csim_error err;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O!OOO|OpOO:Columns", names, state->plan, &plan, &seed, &given[0], &wanted, &moved, &of.readings, &given[1], &given[2]))
        return NULL;
    if (core_seed(seed, &of.options.seed) || core_within(given[0], "paths", 1, CSIM_KEEP_MAX, &paths) ||
        core_within(given[1], "first_path", 0, UINT32_MAX - paths, &first_path) || core_within(given[2], "threads", 0, CSIM_THREADS_MAX, &threads))
        return NULL;
    if (read_moved(moved == Py_None ? NULL : moved, &of) || read_wanted(wanted, ((core_plan *)plan)->plan, &of)) return NULL;
    of.options.paths = (uint32_t)paths;
    of.options.first_path = (uint32_t)first_path;
    of.options.threads = (int)threads;
    core_columns *self = (core_columns *)core_object_new((PyObject *)type);
    if (!self) return NULL;
    self->owner = (core_plan *)Py_NewRef(plan);
    self->count = (Py_ssize_t)of.count;
    Py_BEGIN_ALLOW_THREADS
    status = make(self, &of, &err);
    Py_END_ALLOW_THREADS
    if (!status) return (PyObject *)self;
    Py_DECREF(self);
    return core_raise(state, &err);
}

static void columns_free(PyObject *object) {
    core_columns *self = (core_columns *)object;
    csim_columns_free(self->columns);
    csim_plan_free(self->plan);
    Py_CLEAR(self->owner);
    core_object_free(object);
}

/* ---- running ------------------------------------------------------------------------------------------------------------------------------------ */

static int is_free(core_columns *self) {
    if (!self->busy) return 1;
    core_raise_run(core_state_of((PyObject *)self), "another thread is working on these columns");
    return 0;
}

static PyObject *columns_advance(PyObject *object, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"seconds", NULL};
    core_columns *self = (core_columns *)object;
    double seconds;
    csim_status status;
    csim_error err;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "d:advance", names, &seconds) || !is_free(self)) return NULL;
    if (!(seconds > 0.0 && seconds <= 1.0)) return PyErr_Format(PyExc_ValueError, "seconds must lie above 0 and be at most 1: signals are seen between two calls");
    self->busy = 1;
    Py_BEGIN_ALLOW_THREADS
    status = csim_columns_advance(self->columns, seconds, &self->stopped, &err);
    csim_columns_catch_up(self->columns);
    Py_END_ALLOW_THREADS
    self->busy = 0;
    if (status == CSIM_INTERRUPTED) Py_RETURN_NONE;
    return status ? core_raise(core_state_of(object), &err) : PyLong_FromUnsignedLong(csim_columns_known(self->columns));
}

static PyObject *set_stopped(PyObject *object, int stopped) {
    atomic_store(&((core_columns *)object)->stopped, stopped);
    Py_RETURN_NONE;
}

static PyObject *columns_stop(PyObject *object, PyObject *unused) { (void)unused; return set_stopped(object, 1); }
static PyObject *columns_resume(PyObject *object, PyObject *unused) { (void)unused; return set_stopped(object, 0); }

/* ---- looking ------------------------------------------------------------------------------------------------------------------------------------ */

static int column_at(core_columns *self, Py_ssize_t at) {
    if (at >= 0 && at < self->count) return 1;
    PyErr_Format(PyExc_IndexError, "there are %zd columns, not one numbered %zd", self->count, at);
    return 0;
}

static PyObject *columns_value(PyObject *object, PyObject *position) {
    core_columns *self = (core_columns *)object;
    const Py_ssize_t at = PyLong_AsSsize_t(position);
    if (PyErr_Occurred() || !is_free(self) || !column_at(self, at)) return NULL;
    const size_t done = csim_columns_known(self->columns);
    double *copy = malloc((done + 1) * sizeof *copy);
    if (!copy) return PyErr_NoMemory();
    memcpy(copy, csim_columns_value(self->columns, (size_t)at), done * sizeof *copy);
    return core_array_new(core_state_of(object), NULL, copy, 'd', (core_shape){1, {(Py_ssize_t)done}});
}

static int put_number(PyObject *dict, const char *key, double value) { return core_dict_put(dict, key, PyFloat_FromDouble(value)); }

static int put_estimate(PyObject *dict, const char *key, const char *error_key, csim_estimate estimate) {
    return put_number(dict, key, estimate.value) || put_number(dict, error_key, estimate.error);
}

static int put_count(PyObject *dict, const char *key, uint64_t count) { return core_dict_put(dict, key, PyLong_FromUnsignedLongLong(count)); }

/* Columns to hold these against; without any these themselves. */
static core_columns *base_of(core_columns *self, PyObject *given) {
    if (!given || given == Py_None) return is_free(self) ? self : NULL;
    if (Py_TYPE(given) != Py_TYPE((PyObject *)self)) {
        PyErr_SetString(PyExc_TypeError, "base must be Columns");
        return NULL;
    }
    core_columns *base = (core_columns *)given;
    if (!is_free(self) || !is_free(base)) return NULL;
    if (base->count == self->count) return base;
    PyErr_SetString(PyExc_ValueError, "base has other columns");
    return NULL;
}

enum { QUANTILES = 3 };
static const double level[QUANTILES] = {0.05, 0.5, 0.95};
typedef struct quantile { csim_estimate value; csim_interval bounds; } quantile;
typedef struct number { csim_controlled_mean mean; quantile quantile[QUANTILES]; } number;

static csim_status find_number(const core_columns *base, const core_columns *self, size_t at, number *out, csim_error *err) {
    const double *a = csim_columns_value(base->columns, at), *b = csim_columns_value(self->columns, at);
    const size_t done = csim_columns_known(self->columns);
    double *sorted = malloc((done + 1) * sizeof *sorted);
    if (!sorted) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to sort %zu paths", done);
    memcpy(sorted, b, done * sizeof *sorted);
    const size_t n = csim_sample_sort(sorted, done);
    for (int i = 0; i < QUANTILES; i++) out->quantile[i] = (quantile){csim_sample_quantile_estimate(sorted, n, level[i]), csim_sample_quantile_interval(sorted, n, level[i])};
    free(sorted);
    csim_controlled_numbers(a, csim_columns_known(base->columns), b, done, &out->mean);
    return CSIM_OK;
}

static PyObject *number_dict(const number *it) {
    static const char *const keys[QUANTILES][4] = {
        {"p5", "p5_error", "p5_low", "p5_high"}, {"p50", "p50_error", "p50_low", "p50_high"}, {"p95", "p95_error", "p95_low", "p95_high"}};
    const csim_controlled_mean *m = &it->mean;
    PyObject *dict = PyDict_New();
    int failed = !dict || put_estimate(dict, "mean", "mean_error", m->mean) || put_estimate(dict, "alone", "alone_error", m->alone) ||
                 put_estimate(dict, "base", "base_error", m->base) || put_estimate(dict, "difference", "difference_error", m->difference) ||
                 put_number(dict, "correlation", m->correlation) || put_count(dict, "paths", m->paths) || put_count(dict, "base_paths", m->base_paths) ||
                 put_count(dict, "pairs", m->pairs);
    for (int i = 0; !failed && i < QUANTILES; i++)
        failed = put_estimate(dict, keys[i][0], keys[i][1], it->quantile[i].value) || put_number(dict, keys[i][2], it->quantile[i].bounds.low) ||
                 put_number(dict, keys[i][3], it->quantile[i].bounds.high);
    if (failed) Py_CLEAR(dict);
    return dict;
}

static PyObject *columns_number(PyObject *object, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"column", "base", NULL};
    core_columns *self = (core_columns *)object;
    PyObject *given = NULL;
    Py_ssize_t at;
    csim_status status;
    csim_error err;
    number out;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "n|O:number", names, &at, &given) || !column_at(self, at)) return NULL;
    core_columns *base = base_of(self, given);
    if (!base) return NULL;
    self->busy = base->busy = 1;
    Py_BEGIN_ALLOW_THREADS
    status = find_number(base, self, (size_t)at, &out, &err);
    Py_END_ALLOW_THREADS
    self->busy = base->busy = 0;
    return status ? core_raise(core_state_of(object), &err) : number_dict(&out);
}

static int reading_of(const csim_plan *plan, const char *id) {
    for (int i = 0; i < plan->readings; i++)
        if (!strcmp(plan->reading_id[i], id)) return i;
    return -1;
}

static int put_probability(PyObject *dict, const char *const keys[4], const csim_probability *p) {
    return put_number(dict, keys[0], p->value) || put_number(dict, keys[1], p->error) || put_count(dict, keys[2], p->hits) || put_count(dict, keys[3], p->count);
}

static PyObject *share_dict(const csim_controlled_share *it) {
    static const char *const alone[4] = {"alone", "alone_error", "hits", "count"}, *const base[4] = {"base", "base_error", "base_hits", "base_count"};
    PyObject *dict = PyDict_New();
    if (dict && (put_estimate(dict, "probability", "error", it->share) || put_number(dict, "low", it->low) || put_number(dict, "high", it->high) ||
                 put_probability(dict, alone, &it->alone) || put_probability(dict, base, &it->base) || put_estimate(dict, "difference", "difference_error", it->difference) ||
                 put_count(dict, "pairs", it->pairs) || put_count(dict, "gained", it->gained) || put_count(dict, "lost", it->lost)))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *columns_answer(PyObject *object, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"reading", "base", NULL};
    core_columns *self = (core_columns *)object;
    PyObject *given = NULL;
    const char *reading;
    csim_controlled_share out;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s|O:answer", names, &reading, &given)) return NULL;
    core_columns *base = base_of(self, given);
    if (!base) return NULL;
    const int of_a = reading_of(base->plan, reading), of_b = reading_of(self->plan, reading);
    const unsigned char *a = of_a < 0 ? NULL : csim_columns_hit(base->columns, of_a), *b = of_b < 0 ? NULL : csim_columns_hit(self->columns, of_b);
    if (!a || !b) return PyErr_Format(PyExc_KeyError, "paths say nothing of a reading '%s'", reading);
    csim_controlled_answers(a, csim_columns_known(base->columns), b, csim_columns_known(self->columns), &out);
    return share_dict(&out);
}

static PyObject *get_done(PyObject *object, void *unused) {
    (void)unused;
    core_columns *self = (core_columns *)object;
    return is_free(self) ? PyLong_FromUnsignedLong(csim_columns_known(self->columns)) : NULL;
}

static PyObject *get_paths(PyObject *object, void *unused) { (void)unused; return PyLong_FromUnsignedLong(csim_columns_paths(((core_columns *)object)->columns)); }

static PyObject *get_hash(PyObject *object, void *unused) {
    (void)unused;
    char hex[65];
    csim_plan_hash(((core_columns *)object)->plan, hex);
    return core_text(hex);
}

static PyObject *reading_at(const void *plan, Py_ssize_t i) { return core_text(((const csim_plan *)plan)->reading_id[i]); }
static PyObject *get_readings(PyObject *object, void *unused) {
    (void)unused;
    const csim_plan *plan = ((core_columns *)object)->plan;
    return core_list(reading_at, plan, plan->readings);
}

static PyGetSetDef columns_attributes[] = {
    {"paths", get_paths, NULL, "Paths asked for.", NULL},
    {"done", get_done, NULL, "Paths finished so far: the first ones. RunError while another thread is at work.", NULL},
    {"hash", get_hash, NULL, "SHA-256 of the plan with the keys moved: that of the plan of a scenario that sets them.", NULL},
    {"readings", get_readings, NULL, "Readings of claims that paths decide.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef columns_methods[] = {
    CORE_METHOD("advance", columns_advance, 0,
     "advance(seconds)\n--\n\nWorks until all paths are done or the seconds (at most 1) have passed; returns the paths finished so far, None when stopped. Releases the GIL."),
    {"stop", columns_stop, METH_NOARGS, "stop()\n--\n\nEnds an advance in another thread within milliseconds, and every later one until resume. From any thread."},
    {"resume", columns_resume, METH_NOARGS, "resume()\n--\n\nLets advances go on after stop; what was found stays."},
    {"value", columns_value, METH_O, "value(column, /)\n--\n\nThe finished paths' numbers of one column, copied; NaN for stopped paths."},
    CORE_METHOD("number", columns_number, 0, "number(column, base=None)\n--\n\nMean, quantiles and the paired difference from base, with errors (csim/engine/controlled.h)."),
    CORE_METHOD("answer", columns_answer, 0, "answer(reading, base=None)\n--\n\nHow often a claim's reading holds, and the paired difference from base, with errors."),
    {NULL, NULL, 0, NULL},
};

static PyType_Slot columns_slots[] = {
    {Py_tp_doc, "Columns(plan, seed, paths, wanted, moved=None, readings=False, first_path=0, threads=0)\n--\n\nNumbers of independent paths of a plan's scenario: `wanted` "
                "are pairs of a series' and a month's position. `moved` fixes inputs and holds levers at numbers; nothing is read again, and the plan has the same bits."},
    CORE_SLOT(Py_tp_new, columns_new),
    CORE_SLOT(Py_tp_dealloc, columns_free),
    {Py_tp_getset, columns_attributes},
    {Py_tp_methods, columns_methods},
    {0, NULL},
};

PyType_Spec core_columns_spec = {
    .name = "moecast._core.Columns",
    .basicsize = sizeof(core_columns),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = columns_slots,
};
