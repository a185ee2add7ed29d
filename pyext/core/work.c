/* Work: a plan that came as bytes from another process, and the simulation of parts of its paths. Has no scenario: what a part says is bytes, and is told to
 * the run that asked (run_parts.c). */
#include <stdlib.h>
#include <string.h>

#include "pyext/core/core.h"

typedef struct core_work_object {
    PyObject_HEAD
    csim_plan *plan;
} core_work_object;

static PyObject *work_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"plan", "hash", NULL};
    core_state *state = PyType_GetModuleState(type);
    const char *bytes, *wanted;
    Py_ssize_t size;
    csim_error err;
    csim_status status;
    char hex[65];
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "y#s:Work", names, &bytes, &size, &wanted)) return NULL;
    core_work_object *self = (core_work_object *)core_object_new((PyObject *)type);
    if (!self) return NULL;
    Py_BEGIN_ALLOW_THREADS
    status = csim_plan_unpack((const unsigned char *)bytes, (size_t)size, &self->plan, &err);
    if (!status) csim_plan_hash(self->plan, hex);
    Py_END_ALLOW_THREADS
    if (!status && strcmp(hex, wanted)) status = csim_error_set(&err, CSIM_FILE_FORMAT, "the plan came damaged: its SHA-256 is %.12s, not %.12s", hex, wanted);
    if (!status) return (PyObject *)self;
    Py_DECREF(self);
    return core_raise(state, &err);
}

static void work_free(PyObject *object) {
    csim_plan_free(((core_work_object *)object)->plan);
    core_object_free(object);
}

typedef struct part { const csim_plan *plan; csim_run_options options; unsigned char *bytes; size_t size; } part;

static csim_status simulate_work(void *self, const atomic_int *cancel, csim_error *err) {
    part *it = self;
    csim_run *run;
    const csim_result *result;
    csim_status status = csim_run_new(it->plan, &it->options, &run, err);
    if (status) return status;
    status = csim_run_advance(run, 0.0, cancel, err);
    if (!status) status = csim_run_result(run, &result, err);
    if (status == CSIM_RUN_FAILED) status = CSIM_OK; /* too many stopped paths are judged over the whole run */
    if (!status) status = csim_part_pack(result, &it->bytes, &it->size, err);
    csim_run_free(run);
    return status;
}

/* Keywords into options; what they say was made by core_run_part, but may come from anywhere. */
static int options_of(PyObject *arguments, PyObject *keywords, const csim_plan *plan, csim_run_options *out) {
    static char *names[] = {"seed", "first_path", "paths", "keep", "keep_hits", "keep_series", "sampler", "replicates", "strata", "threads", NULL};
    PyObject *seed, *series, *given[7] = {NULL};
    const char *sampler;
    long long first = 0, paths = 0, keep = 0, hits = 0, replicates = 0, strata = 0, threads = 1;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OOOOOOsOO|O:simulate", names, &seed, &given[0], &given[1], &given[2], &given[3], &series, &sampler, &given[4], &given[5],
                                     &given[6]))
        return -1;
    if (core_seed(seed, &out->seed) || core_within(given[1], "paths", 1, CSIM_PATHS_MAX, &paths) || core_within(given[0], "first_path", 0, UINT32_MAX - paths, &first) ||
        core_within(given[2], "keep", 0, paths, &keep) || core_within(given[3], "keep_hits", 0, paths, &hits) ||
        core_within(given[4], "replicates", 0, CSIM_MAX_REPLICATES, &replicates) || core_within(given[5], "strata", 0, UINT32_MAX, &strata) ||
        core_within(given[6], "threads", 0, CSIM_THREADS_MAX, &threads) || core_read_series(series, plan, out))
        return -1;
    if (csim_sampler_find(sampler) < 0) {
        PyErr_Format(PyExc_ValueError, "sampler must be 'mc', 'lhs' or 'sobol', not '%.60s'", sampler);
        return -1;
    }
    out->sampler = (csim_sampler)csim_sampler_find(sampler);
    out->first_path = (uint32_t)first;
    out->paths = (uint32_t)paths;
    out->keep_paths = (uint32_t)keep;
    out->keep_hits = (uint32_t)hits;
    out->replicates = (uint32_t)replicates;
    out->strata = (uint32_t)strata;
    out->threads = (int)threads;
    return 0;
}

static PyObject *work_simulate(PyObject *object, PyObject *arguments, PyObject *keywords) {
    part it = {.plan = ((core_work_object *)object)->plan};
    if (options_of(arguments, keywords, it.plan, &it.options)) return NULL;
    if (core_watch(core_state_of(object), simulate_work, &it)) {
        free(it.bytes);
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)it.bytes, (Py_ssize_t)it.size);
    free(it.bytes);
    return bytes;
}

static PyMethodDef work_methods[] = {
    CORE_METHOD("simulate", work_simulate, 0,
     "simulate(seed, first_path, paths, keep, keep_hits, keep_series, sampler, replicates, strata, threads=1)\n--\n\n"
     "Simulates paths first_path to first_path + paths - 1 and returns the part, for Run.take. Releases the GIL; Ctrl-C stops it within 100 ms."),
    {NULL, NULL, 0, NULL},
};

static PyType_Slot work_slots[] = {
    {Py_tp_doc, "Work(plan, hash)\n--\n\nA plan from the bytes that Plan.pack gave, with the hash it had there. FileError when it came damaged."},
    CORE_SLOT(Py_tp_new, work_new),
    CORE_SLOT(Py_tp_dealloc, work_free),
    {Py_tp_methods, work_methods},
    {0, NULL},
};

PyType_Spec core_work_spec = {
    .name = "moecast._core.Work",
    .basicsize = sizeof(core_work_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = work_slots,
};
