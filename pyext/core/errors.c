/* Exceptions: which class a C error becomes, and its place as attributes. Holds no sentences of its own. */
#include "pyext/core/core.h"

static const char *const base_doc = "Any failure of moecast. `file`, `line`, `column`, `field` and `hint` say where and how to mend; empty or 0 when unknown.";

static PyObject *defaults(void) {
    return Py_BuildValue("{s:s, s:i, s:i, s:s, s:s, s:s}", "file", "", "line", 0, "column", 0, "field", "", "hint", "", "status", "");
}

/* class name(Error, builtin), so that both `except moecast.Error` and `except ValueError` catch it. */
static PyObject *new_class(PyObject *module, const char *name, const char *doc, PyObject *base, PyObject *builtin) {
    PyObject *bases = base ? PyTuple_Pack(2, base, builtin) : PyTuple_Pack(1, builtin), *attributes = base ? NULL : defaults(), *made = NULL;
    if (bases && (base || attributes)) made = PyErr_NewExceptionWithDoc(name, doc, bases, attributes);
    Py_XDECREF(bases);
    Py_XDECREF(attributes);
    if (made && PyModule_AddObjectRef(module, name + sizeof "moecast." - 1, made)) Py_CLEAR(made);
    return made;
}

int core_errors_add(PyObject *module, core_state *state) {
    state->error = new_class(module, "moecast.Error", base_doc, NULL, PyExc_Exception);
    if (!state->error) return -1;
    state->scenario_error = new_class(module, "moecast.ScenarioError", "A scenario or catalogue that cannot be used.", state->error, PyExc_ValueError);
    state->run_error = new_class(module, "moecast.RunError", "A run that failed or was wrongly used.", state->error, PyExc_RuntimeError);
    state->file_error = new_class(module, "moecast.FileError", "A file that cannot be read or written, or is damaged.", state->error, PyExc_OSError);
    return state->scenario_error && state->run_error && state->file_error ? 0 : -1;
}

static PyObject *class_of(const core_state *state, csim_status code) {
    if (code == CSIM_FILE_OPEN || code == CSIM_FILE_READ || code == CSIM_FILE_WRITE || code == CSIM_FILE_FORMAT) return state->file_error;
    if (code == CSIM_USAGE || code == CSIM_RUN_FAILED || code == CSIM_PRECISION || code == CSIM_INTERRUPTED) return state->run_error;
    return state->scenario_error;
}

/* Steals value. */
static int put(PyObject *object, const char *name, PyObject *value) {
    const int failed = !value || PyObject_SetAttrString(object, name, value);
    Py_XDECREF(value);
    return failed;
}

PyObject *core_raise(core_state *state, const csim_error *err) {
    char sentence[2560];
    if (err->code == CSIM_NO_MEMORY) return PyErr_NoMemory();
    PyObject *kind = class_of(state, err->code), *text = core_text(csim_error_format(err, sentence, sizeof sentence)), *made = NULL;
    if (text) made = PyObject_CallFunctionObjArgs(kind, text, NULL);
    Py_XDECREF(text);
    if (!made) return NULL;
    if (put(made, "file", core_text(err->file)) || put(made, "line", PyLong_FromLong(err->line)) || put(made, "column", PyLong_FromLong(err->column)) ||
        put(made, "field", core_text(err->field)) || put(made, "hint", core_text(err->hint)) || put(made, "status", core_text(csim_status_name(err->code)))) {
        Py_DECREF(made);
        return NULL;
    }
    PyErr_SetObject(kind, made);
    Py_DECREF(made);
    return NULL;
}

PyObject *core_raise_run(core_state *state, const char *sentence) {
    PyErr_SetString(state->run_error, sentence);
    return NULL;
}
