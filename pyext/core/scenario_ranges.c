/* Where the numbers of a scenario may lie: of every input and lever the allowed range, and what the scenario gives it. For those who offer to change them. */
#include <stdlib.h>

#include "pyext/core/core.h"

static int put_number(PyObject *dict, const char *key, double value) { return core_dict_put(dict, key, PyFloat_FromDouble(value)); }

static int put_head(PyObject *dict, const char *kind, const char *key, const char *unit, const char *meaning, double lowest, double highest) {
    return core_dict_put(dict, "kind", core_text(kind)) || core_dict_put(dict, "key", core_text(key)) || core_dict_put(dict, "unit", core_text(unit)) ||
           core_dict_put(dict, "meaning", core_text(meaning)) || put_number(dict, "lowest", lowest) || put_number(dict, "highest", highest);
}

static int put_quantiles(PyObject *dict, const csim_dist *dist, const double *pool) {
    static const struct { const char *key; double p; } wanted[] = {{"p0_1", 0.001}, {"p5", 0.05}, {"p50", 0.5}, {"p95", 0.95}, {"p99_9", 0.999}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (put_number(dict, wanted[i].key, csim_dist_quantile(dist, pool, wanted[i].p))) return -1;
    return 0;
}

static PyObject *input_range(core_state *state, const csim_input *input) {
    const csim_input_row *row = &csim_input_rows[input->id];
    const size_t size = csim_dist_table_size(&input->spec);
    double *pool = malloc((size + 1) * sizeof *pool);
    size_t used = 0;
    csim_dist dist;
    csim_error err;
    if (!pool) return PyErr_NoMemory();
    if (csim_dist_compile(&input->spec, pool, size, &used, &dist, &err)) {
        free(pool);
        return core_raise(state, &err);
    }
    PyObject *dict = PyDict_New();
    if (dict && (put_head(dict, "input", input->key, row->unit, row->text, row->lowest, row->highest) || put_quantiles(dict, &dist, pool))) Py_CLEAR(dict);
    free(pool);
    return dict;
}

static PyObject *dated_at(const void *from, Py_ssize_t i) {
    const csim_dated *dated = (const csim_dated *)from + i;
    PyObject *month = core_month(dated->month);
    return month ? Py_BuildValue("(Nd)", month, dated->value) : NULL;
}

static PyObject *lever_range(const csim_lever *lever) {
    const csim_lever_row *row = &csim_lever_rows[lever->id];
    PyObject *dict = PyDict_New();
    if (dict && (put_head(dict, "lever", lever->key, row->unit, row->text, row->lowest, row->highest) || put_number(dict, "standard", row->standard) ||
                 core_dict_put(dict, "dated", core_list(dated_at, lever->values, (Py_ssize_t)lever->count)) || put_number(dict, "hazard_per_yr", lever->hazard_per_yr)))
        Py_CLEAR(dict);
    return dict;
}

typedef struct ranges_of { core_state *state; const csim_scenario *scenario; } ranges_of;

static PyObject *range_at(const void *from, Py_ssize_t i) {
    const ranges_of *of = from;
    const Py_ssize_t inputs = (Py_ssize_t)of->scenario->inputs;
    return i < inputs ? input_range(of->state, &of->scenario->input[i]) : lever_range(&of->scenario->lever[i - inputs]);
}

PyObject *core_scenario_ranges(core_state *state, const csim_scenario *scenario) {
    CORE_DEFAULT_FLOATS;
    const ranges_of of = {state, scenario};
    return core_list(range_at, &of, (Py_ssize_t)(scenario->inputs + scenario->levers));
}
