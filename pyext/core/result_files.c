/* What a result writes: the run file and the workbook. */
#include <stdlib.h>

#include "pyext/core/core.h"

/* A result read from a file is written with the circumstances it was made in. */
static csim_run_info info_of(const core_result *self, const char *command) {
    if (self->file) return *csim_run_file_info(self->file);
    return (csim_run_info){csim_version(), csim_revision(), csim_compiler(), csim_gsl_version(), self->result->variant, command, self->created_unix_s, {0}};
}

/* What is to be written, and where. */
typedef struct writing { const core_result *self; const core_scenario *scenario; const char *path, *command; csim_language language; } writing;

static csim_status save_work(void *object, const atomic_int *cancel, csim_error *err) {
    const writing *it = object;
    const core_result *self = it->self;
    const csim_run_info info = info_of(self, it->command);
    size_t count = self->claims;
    const csim_claim_result *claims = self->file ? csim_run_file_claims(self->file, &count) : self->claim;
    return csim_run_file_write_unless(cancel, it->path, self->result, it->scenario->scenario, &info, claims, count, err);
}

static csim_status report_work(void *object, const atomic_int *cancel, csim_error *err) {
    const writing *it = object;
    return csim_report_write(it->self->file, it->scenario->scenario, it->path, it->language, cancel, err);
}

PyObject *core_result_save(PyObject *object, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"path", "command", NULL};
    core_result *self = (core_result *)object;
    const char *command = "";
    PyObject *path;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|s:save", names, &path, &command)) return NULL;
    const core_scenario *scenario = core_result_scenario(self);
    char *name = scenario ? core_path(path) : NULL;
    if (!name) return NULL;
    writing it = {.self = self, .scenario = scenario, .path = name, .command = command};
    self->busy++; /* nobody replaces the claims while they are written */
    const int failed = core_watch(core_state_of(object), save_work, &it);
    self->busy--;
    free(name);
    return failed ? NULL : Py_NewRef(Py_None);
}

PyObject *core_result_report(PyObject *object, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"path", "lang", NULL};
    core_result *self = (core_result *)object;
    const char *code = NULL;
    csim_language language;
    PyObject *path;
    csim_error err;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|s:report", names, &path, &code)) return NULL;
    if (csim_language_find(code, &language, &err)) {
        PyErr_SetString(PyExc_ValueError, err.detail);
        return NULL;
    }
    if (!self->file) return core_raise_run(core_state_of(object), "a workbook is made from a run file: save the result and load it");
    const core_scenario *scenario = core_result_scenario(self);
    char *name = scenario ? core_path(path) : NULL;
    if (!name) return NULL;
    writing it = {.self = self, .scenario = scenario, .path = name, .language = language};
    const int failed = core_watch(core_state_of(object), report_work, &it);
    free(name);
    return failed ? NULL : Py_NewRef(Py_None);
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

typedef struct comparing { char **files, *path; size_t count; } comparing;

static csim_status comparison_work(void *object, const atomic_int *cancel, csim_error *err) {
    const comparing *it = object;
    csim_comparison_report *report;
    csim_status status = csim_comparison_report_open((const char *const *)it->files, it->count, it->path, &report, err);
    if (status) return status;
    csim_comparison_report_watch(report, cancel);
    status = csim_comparison_report_finish(report, NULL, 0, err);
    csim_comparison_report_free(report);
    return status;
}

const char core_report_comparison_doc[] = "report_comparison(run_files, path)\n--\n\nWrites the workbook that puts the runs of 2 to 64 run files side by side, held against the first. Raises FileError or RunError.";

PyObject *core_report_comparison(PyObject *module, PyObject *arguments) {
    PyObject *list, *path;
    int failed = 1;
    if (!PyArg_ParseTuple(arguments, "OO:report_comparison", &list, &path)) return NULL;
    const Py_ssize_t count = PySequence_Size(list);
    char **files = count < 0 ? NULL : paths_of(list, count), *name = files ? core_path(path) : NULL;
    comparing it = {files, name, (size_t)count};
    if (name) failed = core_watch(PyModule_GetState(module), comparison_work, &it);
    for (Py_ssize_t i = 0; files && i < count; i++) free(files[i]);
    free(files);
    free(name);
    return failed ? NULL : Py_NewRef(Py_None);
}
