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
    status = csim_report_write(self->file, scenario->scenario, name, language, NULL, &err);
    Py_END_ALLOW_THREADS
    free(name);
    return status ? core_raise(core_state_of(object), &err) : Py_NewRef(Py_None);
}

/* malloc'd texts of a sequence of paths, NULL with an exception; NULL ends them. */
static char **paths_of(PyObject *list, Py_ssize_t count) {
    char **paths = calloc((size_t)count + 1, sizeof *paths);
    if (!paths) return (char **)PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PySequence_GetItem(list, i);
        paths[i] = item ? core_path(item) : NULL;
        Py_XDECREF(item);
        if (paths[i]) continue;
        while (i--) free(paths[i]);
        free(paths);
        return NULL;
    }
    return paths;
}

const char core_report_comparison_doc[] = "report_comparison(run_files, path)\n--\n\nWrites the workbook that puts the runs of 2 to 64 run files side by side, held against the first. Raises FileError or RunError.";

PyObject *core_report_comparison(PyObject *module, PyObject *arguments) {
    PyObject *list, *path;
    csim_error err;
    csim_status status = CSIM_OK;
    if (!PyArg_ParseTuple(arguments, "OO:report_comparison", &list, &path)) return NULL;
    const Py_ssize_t count = PySequence_Size(list);
    char **files = count < 0 ? NULL : paths_of(list, count), *name = files ? core_path(path) : NULL;
    if (name) {
        Py_BEGIN_ALLOW_THREADS
        status = csim_report_write_comparison((const char *const *)files, (size_t)count, name, &err);
        Py_END_ALLOW_THREADS
    }
    for (Py_ssize_t i = 0; files && i < count; i++) free(files[i]);
    free(files);
    if (!name) return NULL;
    free(name);
    return status ? core_raise(PyModule_GetState(module), &err) : Py_NewRef(Py_None);
}
