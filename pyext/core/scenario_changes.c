/* Scenario: scenarios that a program makes, from keys and from changes of others. */
#include <stdlib.h>

#include "pyext/core/core.h"

static const csim_scenario *of(PyObject *self) { return ((core_scenario *)self)->scenario; }

PyObject *core_scenario_from_keys(PyObject *type, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"text", "file", NULL};
    const char *text, *file;
    Py_ssize_t size;
    csim_error err;
    csim_scenario *made = NULL;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s#s:from_keys", names, &text, &size, &file)) return NULL;
    if (csim_scenario_from_keys(file, text, (size_t)size, &made, &err)) return core_raise(PyType_GetModuleState((PyTypeObject *)type), &err);
    return core_scenario_wrap(type, made);
}

PyObject *core_scenario_change(PyObject *self, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"text", "file", NULL};
    const char *text, *file;
    Py_ssize_t size;
    csim_error err;
    csim_scenario *made = NULL;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s#s:change", names, &text, &size, &file)) return NULL;
    if (csim_scenario_change(of(self), file, text, (size_t)size, &made, &err)) return core_raise(core_state_of(self), &err);
    return core_scenario_wrap(core_state_of(self)->scenario, made);
}

/* ---- grids -------------------------------------------------------------------------------------------------------------------------------------- */

static PyObject *cell(const void *from, Py_ssize_t i) {
    const csim_batch *batch = from;
    const csim_batch_item *item = &batch->item[i];
    PyObject *labels = PyList_New((Py_ssize_t)batch->keys);
    for (size_t k = 0; labels && k < batch->keys; k++) {
        PyObject *label = core_text(item->label[k]);
        if (!label) Py_CLEAR(labels);
        else PyList_SetItem(labels, (Py_ssize_t)k, label);
    }
    return labels ? Py_BuildValue("sNs", item->name, labels, item->text) : NULL;
}

PyObject *core_scenario_cells(PyObject *self, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"text", "name", NULL};
    const char *text, *name;
    Py_ssize_t size;
    csim_error err;
    csim_batch *batch = NULL;
    csim_status status;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s#s:cells", names, &text, &size, &name)) return NULL;
    Py_BEGIN_ALLOW_THREADS
    status = csim_batch_cells(of(self), name, text, (size_t)size, &batch, &err);
    Py_END_ALLOW_THREADS
    if (status) return core_raise(core_state_of(self), &err);
    PyObject *list = core_list(cell, batch, (Py_ssize_t)batch->items);
    csim_batch_free(batch);
    return list;
}

/* ---- restoring ---------------------------------------------------------------------------------------------------------------------------------- */

static int read_written(PyObject *list, csim_written *written, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *pair = PyList_GetItem(list, i);
        if (!pair || !PyTuple_Check(pair)) {
            PyErr_SetString(PyExc_TypeError, "restore wants a list of (field, file)");
            return -1;
        }
        if (!PyArg_ParseTuple(pair, "ss:restore", &written[i].field, &written[i].file)) return -1;
    }
    return 0;
}

PyObject *core_scenario_restore(PyObject *type, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"text", "file", "base", "written", NULL};
    const char *text, *file, *base;
    Py_ssize_t size;
    PyObject *list;
    csim_error err;
    csim_scenario *made = NULL;
    csim_status status;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s#ssO:restore", names, &text, &size, &file, &base, &list)) return NULL;
    if (!PyList_Check(list)) return PyErr_Format(PyExc_TypeError, "restore wants a list of (field, file)");
    const Py_ssize_t count = PyList_Size(list);
    csim_written *written = calloc((size_t)count + 1, sizeof *written);
    if (!written) return PyErr_NoMemory();
    if (read_written(list, written, count)) {
        free(written);
        return NULL;
    }
    status = csim_scenario_restore(file, text, (size_t)size, base, written, (size_t)count, &made, &err);
    free(written);
    return status ? core_raise(PyType_GetModuleState((PyTypeObject *)type), &err) : core_scenario_wrap(type, made);
}
