/* Parts of a run that other processes simulate: which are missing, what a worker must be told, and taking in what comes back. */
#include "pyext/core/core.h"

static PyObject *interval(const csim_path_interval *it) { return Py_BuildValue("(II)", it->from, it->to - it->from); }

PyObject *core_run_missing(PyObject *object, PyObject *unused) {
    (void)unused;
    const core_run *self = (core_run *)object;
    csim_ledger missing;
    if (self->busy) return core_run_refuse((core_run *)object);
    if (csim_run_has_begun(self->run)) return core_raise_run(core_state_of(object), "the run was advanced in this process before, and cannot go on elsewhere");
    csim_run_missing(self->run, &missing);
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < missing.count; i++) {
        PyObject *item = interval(&missing.interval[i]);
        if (!item || PyList_Append(list, item)) Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

PyObject *core_run_part(PyObject *object, PyObject *arguments) {
    const core_run *self = (core_run *)object;
    const csim_run_options *whole = &csim_run_outline(self->run)->options;
    unsigned int first, paths;
    if (!PyArg_ParseTuple(arguments, "II:part", &first, &paths)) return NULL;
    PyObject *series = PyTuple_New(whole->keep_slots);
    for (int i = 0; series && i < whole->keep_slots; i++) {
        PyObject *slot = PyLong_FromLong(whole->keep_slot[i]);
        if (!slot || PyTuple_SetItem(series, i, slot)) Py_CLEAR(series);
    }
    if (!series) return NULL;
    const csim_run_options part = csim_part_options(whole, first, paths);
    return Py_BuildValue("{s:K,s:I,s:I,s:I,s:I,s:N,s:s,s:I,s:I}", "seed", (unsigned long long)whole->seed, "first_path", first, "paths", paths, "keep", part.keep_paths, "keep_hits", part.keep_hits,
                         "keep_series", series, "sampler", csim_sampler_name(whole->sampler), "replicates", whole->replicates, "strata", whole->strata);
}

PyObject *core_run_take(PyObject *object, PyObject *arguments) {
    core_run *self = (core_run *)object;
    PyObject *given;
    char *bytes, hex[CSIM_SHA256_HEX_SIZE];
    unsigned int first, paths;
    Py_ssize_t size;
    csim_error err;
    csim_status status;
    CORE_DEFAULT_FLOATS;
    if (self->busy || self->results) return core_run_refuse(self);
    if (!PyArg_ParseTuple(arguments, "SII:take", &given, &first, &paths) || PyBytes_AsStringAndSize(given, &bytes, &size)) return NULL;
    self->busy = 1;
    Py_BEGIN_ALLOW_THREADS
    status = csim_part_take(self->run, first, paths, (const unsigned char *)bytes, (size_t)size, hex, &err);
    Py_END_ALLOW_THREADS
    self->busy = 0;
    return status ? core_raise(core_state_of(object), &err) : core_text(hex);
}

PyObject *core_part_digest(PyObject *module, PyObject *given) {
    char *bytes, hex[CSIM_SHA256_HEX_SIZE];
    Py_ssize_t size;
    csim_error err;
    if (PyBytes_AsStringAndSize(given, &bytes, &size)) return NULL;
    if (csim_part_digest((const unsigned char *)bytes, (size_t)size, hex, &err)) return core_raise(PyModule_GetState(module), &err);
    return core_text(hex);
}
