/* How far a result is from the standard errors asked for. */
#include "pyext/core/core.h"

static PyObject *rows_of(const csim_precision *precision, const csim_result *result) {
    PyObject *rows = PyList_New(0);
    for (int i = 0; rows && i < precision->count; i++) {
        const csim_target *target = &precision->target[i];
        PyObject *row = Py_BuildValue("(sdd)", target->name, csim_target_error(target, result), target->wanted);
        if (!row || PyList_Append(rows, row)) Py_CLEAR(rows);
        Py_XDECREF(row);
    }
    return rows;
}

PyObject *core_result_precision(PyObject *object, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"targets", "most", NULL};
    const csim_result *result = ((core_result *)object)->result;
    csim_precision precision;
    csim_error err;
    const char *targets;
    unsigned int most = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s|I:precision", names, &targets, &most)) return NULL;
    if (csim_precision_parse(result->plan, targets, &precision, &err)) return core_raise(core_state_of(object), &err);
    PyObject *rows = rows_of(&precision, result);
    if (!rows) return NULL;
    return Py_BuildValue("(NIN)", PyBool_FromLong(csim_precision_reached(&precision, result)), csim_precision_next(&precision, result, most), rows);
}
