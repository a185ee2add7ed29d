/* The inputs of a scenario as Python sees them: key, unit, distribution in words and numbers, and where the value comes from. */
#include <stdlib.h>

#include "pyext/core/core.h"

/* A distribution compiled on its own: enough to describe it. */
typedef struct compiled { csim_dist dist; double *pool; } compiled;

static csim_status compile(const csim_dist_spec *spec, compiled *out, csim_error *err) {
    const size_t size = csim_dist_table_size(spec);
    size_t used = 0;
    out->pool = malloc((size + 1) * sizeof *out->pool);
    return out->pool ? csim_dist_compile(spec, out->pool, size, &used, &out->dist, err) : csim_error_set(err, CSIM_NO_MEMORY, "no memory for a table");
}

static int put_note(PyObject *dict, const csim_note *note) {
    return core_dict_put(dict, "basis", core_text(note->basis)) || core_dict_put(dict, "source", core_text(note->source)) ||
           core_dict_put(dict, "date", core_text(note->date)) || core_dict_put(dict, "reason", core_text(note->reason)) ||
           core_dict_put(dict, "file", core_text(note->file)) || core_dict_put(dict, "line", PyLong_FromLong(note->line));
}

static int put_distribution(PyObject *dict, const csim_dist_spec *spec, const compiled *it) {
    char words[256];
    return core_dict_put(dict, "distribution", core_text(csim_dist_describe(spec, &it->dist, it->pool, words, sizeof words))) ||
           core_dict_put(dict, "mean", PyFloat_FromDouble(csim_dist_mean(spec))) ||
           core_dict_put(dict, "low", PyFloat_FromDouble(csim_dist_quantile(&it->dist, it->pool, 0.05))) ||
           core_dict_put(dict, "median", PyFloat_FromDouble(csim_dist_quantile(&it->dist, it->pool, 0.5))) ||
           core_dict_put(dict, "high", PyFloat_FromDouble(csim_dist_quantile(&it->dist, it->pool, 0.95)));
}

static PyObject *input_dict(core_state *state, const csim_input *input) {
    const csim_input_row *row = &csim_input_rows[input->id];
    compiled it = {.pool = NULL};
    csim_error err;
    PyObject *dict = NULL;
    if (compile(&input->spec, &it, &err)) {
        core_raise(state, &err);
    } else if ((dict = PyDict_New()) &&
               (core_dict_put(dict, "key", core_text(input->key)) || core_dict_put(dict, "unit", core_text(row->unit)) ||
                core_dict_put(dict, "meaning", core_text(row->text)) || put_distribution(dict, &input->spec, &it) || put_note(dict, &input->note))) {
        Py_CLEAR(dict);
    }
    free(it.pool);
    return dict;
}

typedef struct inputs_of { core_state *state; const csim_scenario *scenario; } inputs_of;

static PyObject *input_at(const void *from, Py_ssize_t i) {
    const inputs_of *of = from;
    return input_dict(of->state, &of->scenario->input[i]);
}

PyObject *core_scenario_inputs(core_state *state, const csim_scenario *scenario) {
    CORE_DEFAULT_FLOATS;
    const inputs_of of = {state, scenario};
    return core_list(input_at, &of, (Py_ssize_t)scenario->inputs);
}
