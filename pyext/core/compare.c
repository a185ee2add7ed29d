/* compare and waterfall: functions of the module that run what they need and give dicts. The sides are plans and results, which stay alive for the call. */
#include <string.h>

#include "pyext/core/core.h"

const char core_compare_doc[] =
    "compare(sides, names, series, months, paths=0, seed=None, threads=0, sampler=None, replicates=0, progress=None)\n--\n\nPlans and results, the first as base, paired path by path. `months` counts from 2000-01. "
    "`progress` is told (done, paths of all sides) as by Run.advance. Releases the GIL; Ctrl-C stops it.";
const char core_waterfall_doc[] =
    "waterfall(sides, names, series, month, paths=0, seed=None, threads=0, groups=None, orders=0, sampler=None, replicates=0, progress=None)\n--\n\nThe difference of two plans or results in a series and month "
    "(from 2000-01), by groups of changed keys. Releases the GIL; Ctrl-C stops it.";

#define TEXT(key, value) core_dict_put(dict, key, core_text(value))
#define NUMBER(key, value) core_dict_put(dict, key, PyFloat_FromDouble(value))
#define COUNT(key, value) core_dict_put(dict, key, PyLong_FromUnsignedLongLong(value))
/* How the paths of a comparison were drawn. */
#define DRAWN(c) \
    (COUNT("seed", csim_comparison_seed(c)) || COUNT("paths", csim_comparison_paths(c)) || TEXT("sampler", csim_sampler_name(csim_comparison_options(c).sampler)) || \
     COUNT("replicates", csim_comparison_options(c).replicates))
#define SHARE(key, it) (ESTIMATE(key, it) || NUMBER(key "_low", (it).low) || NUMBER(key "_high", (it).high) || COUNT(key "_hits", (it).hits) || COUNT(key "_count", (it).count))
#define ESTIMATE(key, it) (NUMBER(key, (it).value) || NUMBER(key "_error", (it).error))

/* ---- arguments ---------------------------------------------------------------------------------------------------------------------------------- */

typedef struct sides {
    PyObject *things, *names;       /* tuples that keep everything below alive */
    Py_ssize_t count;
    csim_compare_side side[CSIM_COMPARE_SIDES];
    const csim_scenario *scenario[CSIM_COMPARE_SIDES];
} sides;

static void sides_clear(sides *self) {
    Py_CLEAR(self->things);
    Py_CLEAR(self->names);
}

/* Borrowed from the object. */
static const char *name_of(PyObject *name) {
    if (PyUnicode_Check(name)) return PyUnicode_AsUTF8AndSize(name, NULL);
    PyErr_SetString(PyExc_TypeError, "names of sides and series are str");
    return NULL;
}

static int read_side(core_state *state, PyObject *thing, PyObject *name, csim_compare_side *out, const csim_scenario **scenario) {
    out->name = name_of(name);
    if (!out->name) return -1;
    if (Py_TYPE(thing) == (PyTypeObject *)state->plan) {
        const core_plan *plan = (core_plan *)thing;
        *scenario = plan->owner->scenario;
        out->plan = plan->plan;
        out->seed = (*scenario)->seed;
        out->sampler = (csim_sampler)(*scenario)->sampler;
        out->replicates = (uint32_t)(*scenario)->replicates;
        return 0;
    }
    if (Py_TYPE(thing) != (PyTypeObject *)state->result) {
        PyErr_SetString(PyExc_TypeError, "sides are plans and results");
        return -1;
    }
    core_result *result = (core_result *)thing;
    const core_scenario *owner = core_result_scenario(result);
    if (!owner) return -1;
    *scenario = owner->scenario;
    out->plan = result->result->plan;
    out->result = result->result;
    out->seed = result->result->options.seed;
    out->sampler = result->result->options.sampler;
    out->replicates = result->result->options.replicates;
    return 0;
}

static int read_sides(core_state *state, PyObject *things, PyObject *names, sides *out) {
    out->things = PySequence_Tuple(things);
    out->names = out->things ? PySequence_Tuple(names) : NULL;
    if (!out->names) return -1;
    out->count = PyTuple_Size(out->things);
    if (out->count > CSIM_COMPARE_SIDES || out->count != PyTuple_Size(out->names)) {
        PyErr_Format(PyExc_ValueError, "a comparison has 2 to %d sides, each with a name", CSIM_COMPARE_SIDES);
        return -1;
    }
    for (Py_ssize_t i = 0; i < out->count; i++)
        if (read_side(state, PyTuple_GetItem(out->things, i), PyTuple_GetItem(out->names, i), &out->side[i], &out->scenario[i])) return -1;
    return 0;
}

/* None leaves the choice to the library. */
static int read_seed(PyObject *seed, int *has_seed, uint64_t *out) {
    *has_seed = seed && seed != Py_None;
    return *has_seed ? core_seed(seed, out) : 0;
}

static int check_counts(long long paths, int threads, long long orders) {
    if (paths >= 0 && paths <= 1000000 && threads >= 0 && orders >= 0 && orders <= CSIM_WATERFALL_MOST_ORDERS) return 0;
    PyErr_Format(PyExc_ValueError, "paths must be at most 1000000, threads at least 0, orders at most %d; got %lld, %d, %lld", CSIM_WATERFALL_MOST_ORDERS, paths, threads, orders);
    return -1;
}

/* ---- compare ------------------------------------------------------------------------------------------------------------------------------------ */

static PyObject *row_at(const void *rows, Py_ssize_t i) {
    const csim_compare_row *it = (const csim_compare_row *)rows + i;
    const csim_paired *d = &it->difference;
    PyObject *dict = PyDict_New();
    if (dict && (COUNT("side", it->side) || TEXT("series", it->series) || core_dict_put(dict, "month", core_month(it->month)) || TEXT("unit", it->unit) || ESTIMATE("a", it->a) ||
                 ESTIMATE("b", it->b) || NUMBER("difference", d->mean.value) || NUMBER("error", d->mean.error) || NUMBER("p5", d->p5) || NUMBER("p50", d->p50) ||
                 NUMBER("p95", d->p95) || NUMBER("above", d->probability.value) || ESTIMATE("ratio", it->ratio) || NUMBER("correlation", d->correlation) ||
                 NUMBER("runs_saved", d->paths_saved) || COUNT("pairs", d->pairs) || COUNT("dropped", d->dropped) ||
                 core_dict_put(dict, "identical", PyBool_FromLong(it->identical))))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *claim_at(const void *claims, Py_ssize_t i) {
    const csim_compare_claim *it = (const csim_compare_claim *)claims + i;
    PyObject *dict = PyDict_New();
    if (dict && (COUNT("side", it->side) || TEXT("reading", it->reading) || SHARE("a", it->a) || SHARE("b", it->b) || NUMBER("difference", it->difference.value) ||
                 NUMBER("error", it->difference.error) || COUNT("gained", it->gained) || COUNT("lost", it->lost)))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *note_at(const void *comparison, Py_ssize_t i) { return core_text(csim_comparison_note(comparison, (size_t)i)); }
static PyObject *identical_at(const void *comparison, Py_ssize_t i) { return PyBool_FromLong(i == 0 || csim_comparison_identical(comparison, (size_t)i)); }

static PyObject *comparison_dict(const csim_comparison *c) {
    size_t rows, claims, notes = 0;
    const csim_compare_row *row = csim_comparison_rows(c, &rows);
    const csim_compare_claim *claim = csim_comparison_claims(c, &claims);
    while (csim_comparison_note(c, notes)) notes++;
    PyObject *dict = PyDict_New();
    if (dict && (DRAWN(c) || core_dict_put(dict, "notes", core_list(note_at, c, (Py_ssize_t)notes)) ||
                 core_dict_put(dict, "identical", core_list(identical_at, c, (Py_ssize_t)csim_comparison_sides(c))) ||
                 core_dict_put(dict, "rows", core_list(row_at, row, (Py_ssize_t)rows)) || core_dict_put(dict, "claims", core_list(claim_at, claim, (Py_ssize_t)claims))))
        Py_CLEAR(dict);
    return dict;
}

static csim_status compare_work(void *self, const atomic_int *cancel, csim_error *err) { return csim_comparison_advance(self, 0.0, cancel, err); }

enum { MOST_NAMES = 1024 };
typedef struct lists { PyObject *series, *months; const char *name[MOST_NAMES]; int month[MOST_NAMES]; } lists;

static int read_lists(lists *out, csim_compare_request *wanted) {
    PyObject *series = PySequence_Tuple(out->series), *months = series ? PySequence_Tuple(out->months) : NULL;
    out->series = series;
    out->months = months;
    if (!months) return -1;
    const Py_ssize_t names = PyTuple_Size(series), dates = PyTuple_Size(months);
    if (names > MOST_NAMES || dates > MOST_NAMES) {
        PyErr_Format(PyExc_ValueError, "at most %d series and months", MOST_NAMES);
        return -1;
    }
    for (Py_ssize_t i = 0; i < names; i++)
        if (!(out->name[i] = name_of(PyTuple_GetItem(series, i)))) return -1;
    for (Py_ssize_t i = 0; i < dates; i++) out->month[i] = (int)PyLong_AsLong(PyTuple_GetItem(months, i));
    wanted->series = out->name;
    wanted->series_count = (size_t)names;
    wanted->month = out->month;
    wanted->months = (size_t)dates;
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *compare(core_state *state, const sides *of, csim_compare_request *wanted, PyObject *progress) {
    csim_comparison *c;
    csim_error err;
    PyObject *dict = NULL;
    atomic_ullong ran = 0;
    wanted->told = &ran;
    if (csim_comparison_new(of->side, (size_t)of->count, wanted, &c, &err)) return core_raise(state, &err);
    core_telling telling = {.callable = progress, .counter = &ran, .total = csim_comparison_sides(c) * (unsigned long long)csim_comparison_paths(c)};
    if (!core_watch_telling(state, compare_work, c, &telling)) dict = comparison_dict(c);
    csim_comparison_free(c);
    return dict;
}

PyObject *core_compare(PyObject *module, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"sides", "names", "series", "months", "paths", "seed", "threads", "sampler", "replicates", "progress", NULL};
    core_state *state = PyModule_GetState(module);
    PyObject *things, *called, *series, *months, *seed = NULL, *progress = NULL, *out = NULL;
    long long paths = 0;
    csim_compare_request wanted = {.paths = 0};
    sides of = {.count = 0};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OOOO|LOizIO:compare", names, &things, &called, &series, &months, &paths, &seed, &wanted.threads, &wanted.drawn.name,
                                     &wanted.drawn.replicates, &progress))
        return NULL;
    if (check_counts(paths, wanted.threads, 0) || read_seed(seed, &wanted.has_seed, &wanted.seed)) return NULL;
    lists given = {.series = series, .months = months};
    wanted.paths = (uint32_t)paths;
    const int failed = read_lists(&given, &wanted);
    if (!failed && !read_sides(state, things, called, &of)) out = compare(state, &of, &wanted, progress);
    sides_clear(&of);
    Py_XDECREF(given.series);
    Py_XDECREF(given.months);
    return out;
}

/* ---- waterfall ---------------------------------------------------------------------------------------------------------------------------------- */

static PyObject *bar_at(const void *bars, Py_ssize_t i) {
    const csim_waterfall_bar *it = (const csim_waterfall_bar *)bars + i;
    PyObject *dict = PyDict_New();
    if (dict && (TEXT("group", it->group) || COUNT("keys", it->keys) || NUMBER("effect", it->effect.value) || NUMBER("error", it->effect.error) ||
                 NUMBER("order_error", it->order_error) || NUMBER("alone", it->alone) || NUMBER("last", it->last)))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *waterfall_dict(const csim_waterfall *w) {
    size_t bars;
    const csim_waterfall_bar *bar = csim_waterfall_bars(w, &bars);
    const csim_waterfall_total *sum = csim_waterfall_sum(w);
    const csim_comparison *ends = csim_waterfall_ends(w);
    PyObject *dict = PyDict_New();
    if (dict && (DRAWN(ends) || TEXT("unit", sum->unit) || ESTIMATE("a", sum->a) || ESTIMATE("b", sum->b) ||
                 NUMBER("difference", sum->difference.value) || NUMBER("error", sum->difference.error) || COUNT("pairs", sum->pairs) || COUNT("dropped", sum->dropped) ||
                 COUNT("runs", sum->runs) || COUNT("orders", sum->orders) || core_dict_put(dict, "bars", core_list(bar_at, bar, (Py_ssize_t)bars))))
        Py_CLEAR(dict);
    return dict;
}

typedef struct falling { const csim_waterfall_side *side; const csim_waterfall_request *wanted; csim_waterfall *made; core_telling telling; } falling;

static csim_status waterfall_work(void *self, const atomic_int *cancel, csim_error *err) {
    falling *it = self;
    uint64_t done, total;
    const csim_status status = csim_waterfall_new(it->side, it->wanted, &it->made, err);
    if (!status) {
        csim_waterfall_progress(it->made, &done, &total);
        atomic_store(&it->telling.total, total);
    }
    return status ? status : csim_waterfall_advance(it->made, 0.0, cancel, err);
}

static PyObject *waterfall(core_state *state, const sides *of, csim_waterfall_request *wanted, PyObject *progress) {
    atomic_ullong ran = 0;
    PyObject *dict = NULL;
    if (of->count != 2) {
        PyErr_SetString(PyExc_ValueError, "a waterfall lies between two sides");
        return NULL;
    }
    const csim_waterfall_side side[2] = {{of->scenario[0], of->side[0]}, {of->scenario[1], of->side[1]}};
    falling it = {side, wanted, NULL, {.callable = progress, .counter = &ran}};
    wanted->told = &ran;
    if (!core_watch_telling(state, waterfall_work, &it, &it.telling)) dict = waterfall_dict(it.made);
    csim_waterfall_free(it.made);
    return dict;
}

PyObject *core_waterfall(PyObject *module, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"sides", "names", "series", "month", "paths", "seed", "threads", "groups", "orders", "sampler", "replicates", "progress", NULL};
    core_state *state = PyModule_GetState(module);
    PyObject *things, *called, *seed = NULL, *progress = NULL, *out = NULL;
    long long paths = 0, orders = 0;
    csim_waterfall_request wanted = {.paths = 0};
    sides of = {.count = 0};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OOsi|LOizLzIO:waterfall", names, &things, &called, &wanted.series, &wanted.month, &paths, &seed, &wanted.threads, &wanted.groups,
                                     &orders, &wanted.drawn.name, &wanted.drawn.replicates, &progress))
        return NULL;
    if (check_counts(paths, wanted.threads, orders) || read_seed(seed, &wanted.has_seed, &wanted.seed)) return NULL;
    wanted.paths = (uint32_t)paths;
    wanted.orders = (uint32_t)orders;
    if (!read_sides(state, things, called, &of)) out = waterfall(state, &of, &wanted, progress);
    sides_clear(&of);
    return out;
}
