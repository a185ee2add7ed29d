/* What a result writes: the run file and the workbook. */
#include <stdlib.h>

#include "pyext/core/core.h"

/* A result read from a file is written with the circumstances it was made in. */
static csim_run_info info_of(const core_result *self, const char *command) {
    if (self->file) return *csim_run_file_info(self->file);
    return (csim_run_info){csim_version(), csim_revision(), csim_compiler(), csim_gsl_version(), self->result->variant, command, self->created_unix_s, {0}};
}

static csim_status save(const core_result *self, const core_scenario *scenario, const char *path, const char *command, csim_error *err) {
    const csim_run_info info = info_of(self, command);
    size_t count = self->claims;
    const csim_claim_result *claims = self->file ? csim_run_file_claims(self->file, &count) : self->claim;
    return csim_run_file_write(path, self->result, scenario->scenario, &info, claims, count, err);
}

PyObject *core_result_save(PyObject *object, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"path", "command", NULL};
    core_result *self = (core_result *)object;
    const char *command = "";
    PyObject *path;
    csim_error err;
    csim_status status;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|s:save", names, &path, &command)) return NULL;
    const core_scenario *scenario = core_result_scenario(self);
    char *name = scenario ? core_path(path) : NULL;
    if (!name) return NULL;
    self->busy++; /* nobody replaces the claims while they are written */
    Py_BEGIN_ALLOW_THREADS
    status = save(self, scenario, name, command, &err);
    Py_END_ALLOW_THREADS
    self->busy--;
    free(name);
    return status ? core_raise(core_state_of(object), &err) : Py_NewRef(Py_None);
}

PyObject *core_result_report(PyObject *object, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"path", "lang", NULL};
    core_result *self = (core_result *)object;
    const char *code = NULL;
    csim_language language;
    PyObject *path;
    csim_error err;
    csim_status status;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|s:report", names, &path, &code)) return NULL;
    if (csim_language_find(code, &language, &err)) {
        PyErr_SetString(PyExc_ValueError, err.detail);
        return NULL;
    }
    if (!self->file) return core_raise_run(core_state_of(object), "a workbook is made from a run file: save the result and load it");
    const core_scenario *scenario = core_result_scenario(self);
    char *name = scenario ? core_path(path) : NULL;
    if (!name) return NULL;
    Py_BEGIN_ALLOW_THREADS
    status = csim_report_write(self->file, scenario->scenario, name, language, &err);
    Py_END_ALLOW_THREADS
    free(name);
    return status ? core_raise(core_state_of(object), &err) : Py_NewRef(Py_None);
}
