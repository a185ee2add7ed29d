/* Questions to a result: where a value lies, and what it would take. */
#include <string.h>

#include "pyext/core/core.h"

static const csim_result *of(PyObject *self) { return ((core_result *)self)->result; }

/* ---- where a value lies ---- */

static const char *name_of_seen(csim_seen seen) { return seen == CSIM_SEEN_BELOW_ALL ? "below" : seen == CSIM_SEEN_ABOVE_ALL ? "above" : "between"; }

static PyObject *split_tuple(const csim_split *it) {
    const csim_probability *p = &it->probability;
    return Py_BuildValue("(ddddKKKsN)", p->value, p->error, p->low, p->high, (unsigned long long)it->least, (unsigned long long)it->most, (unsigned long long)p->count,
                         name_of_seen(it->seen), PyBool_FromLong(it->off_axis));
}

PyObject *core_result_share_below(PyObject *self, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"series", "month", "value", "equal", NULL};
    const csim_accumulator *from = of(self)->statistics;
    Py_ssize_t series, month;
    double value, equal = 0.5;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "nnd|d:share_below", names, &series, &month, &value, &equal)) return NULL;
    if (series < 0 || month < 0 || (size_t)series >= from->series || (size_t)month >= from->months)
        return PyErr_Format(PyExc_IndexError, "series %zd, month %zd of %zu and %zu", series, month, from->series, from->months);
    if (!(equal >= 0.0 && equal <= 1.0)) {
        PyErr_SetString(PyExc_ValueError, "equal must lie in [0, 1]");
        return NULL;
    }
    const csim_split found = csim_accumulator_share_below(from, (size_t)series, (size_t)month, value, equal);
    return split_tuple(&found);
}

/* ---- what it would take ---- */

typedef struct question { const csim_result *result; csim_condition condition; csim_what_it_takes *found; } question;

static csim_status find(void *self, const atomic_int *cancel, csim_error *err) {
    const question *it = self;
    (void)cancel; /* a fraction of a second */
    return csim_what_it_takes_find(it->result, it->condition, it->found, err);
}

static PyObject *driver_at(const void *from, Py_ssize_t i) {
    const csim_driver *it = &((const csim_what_it_takes *)from)->driver[i];
    return Py_BuildValue("{s:i, s:d, s:d, s:d, s:d, s:d, s:d, s:d, s:d, s:d, s:N, s:N}", "input", (int)it->input, "mean", it->mean, "mean_of_all", it->mean_of_all,
                         "prior_sd", it->prior_sd, "shift", it->shift, "shift_error", it->shift_error, "place", it->place, "place_error", it->place_error,
                         "correlation", it->correlation, "correlation_error", it->correlation_error, "shifted", PyBool_FromLong(it->shifted), "correlated",
                         PyBool_FromLong(it->correlated));
}

static PyObject *path_at(const void *from, Py_ssize_t i) { return PyLong_FromUnsignedLong(((const uint32_t *)from)[i]); }
static PyObject *number_at(const void *from, Py_ssize_t i) { return PyFloat_FromDouble(((const double *)from)[i]); }

static PyObject *kept_tuple(const csim_probability *p) {
    return Py_BuildValue("(ddddKK)", p->value, p->error, p->low, p->high, (unsigned long long)p->hits, (unsigned long long)p->count);
}

static PyObject *takes_dict(const csim_what_it_takes *it) {
    PyObject *dict = PyDict_New();
    if (dict && (core_dict_put(dict, "all", split_tuple(&it->all)) || core_dict_put(dict, "kept", kept_tuple(&it->kept)) ||
                 core_dict_put(dict, "passing", PyLong_FromUnsignedLong(it->passing)) || core_dict_put(dict, "nearest", PyFloat_FromDouble(it->nearest)) ||
                 core_dict_put(dict, "distance", PyFloat_FromDouble(it->distance)) || core_dict_put(dict, "spread", PyFloat_FromDouble(it->spread)) ||
                 core_dict_put(dict, "paths", core_list(path_at, it->path, (Py_ssize_t)it->chosen)) ||
                 core_dict_put(dict, "values", core_list(number_at, it->value, (Py_ssize_t)it->chosen)) ||
                 core_dict_put(dict, "typical", core_list(path_at, it->typical, (Py_ssize_t)it->typicals)) ||
                 core_dict_put(dict, "inputs", PyLong_FromUnsignedLong(it->inputs)) || core_dict_put(dict, "beyond_chance", PyLong_FromUnsignedLong(it->drivers)) ||
                 core_dict_put(dict, "chance_deviations", PyFloat_FromDouble(it->chance_deviations)) ||
                 core_dict_put(dict, "chance_correlation", PyFloat_FromDouble(it->chance_correlation)) ||
                 core_dict_put(dict, "drivers", core_list(driver_at, it, (Py_ssize_t)it->inputs))))
        Py_CLEAR(dict);
    return dict;
}

PyObject *core_result_what_it_takes(PyObject *object, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"series", "month", "op", "value", NULL};
    static const char *const ops[] = {">=", ">", "<=", "<"};
    const csim_plan *plan = of(object)->plan;
    csim_what_it_takes found;
    Py_ssize_t series, month;
    const char *op;
    question it = {.result = of(object), .condition = {.op = -1}, .found = &found};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "nnsd:what_it_takes", names, &series, &month, &op, &it.condition.value)) return NULL;
    if (series < 0 || month < 0 || series >= plan->slots || month >= plan->months)
        return PyErr_Format(PyExc_IndexError, "series %zd, month %zd of %d and %d", series, month, (int)plan->slots, (int)plan->months);
    for (int i = 0; i < 4; i++)
        if (!strcmp(op, ops[i])) it.condition.op = i;
    if (it.condition.op < 0) return PyErr_Format(PyExc_ValueError, "op must be >=, >, <= or <, not '%.20s'", op);
    it.condition.slot = (int32_t)series;
    it.condition.month = (int32_t)month;
    memset(&found, 0, sizeof found);
    PyObject *dict = core_watch(core_state_of(object), find, &it) ? NULL : takes_dict(&found);
    csim_what_it_takes_clear(&found);
    return dict;
}
