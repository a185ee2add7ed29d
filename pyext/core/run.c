/* Run: paths of a plan being simulated. Knows who may touch the C run and when; the waiting stands in watch.c. */
#include "pyext/core/core.h"

typedef struct advance { csim_run *run; double seconds; } advance;

static csim_status advance_work(void *self, const atomic_int *cancel, csim_error *err) {
    const advance *it = self;
    return csim_run_advance(it->run, it->seconds, cancel, err);
}

PyObject *core_run_refuse(core_run *self) {
    core_state *state = core_state_of((PyObject *)self);
    if (self->busy) return core_raise_run(state, "another thread is working on this run");
    return core_raise_run(state, "an array of a result of this run is in use (or a comparison with one), and must not change: keep a copy, and let go of it before the run goes on (in IPython, Out keeps what a cell ended with: %reset -f out)");
}

static PyObject *run_advance(PyObject *object, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"seconds", "progress", NULL};
    core_run *self = (core_run *)object;
    advance it = {.run = self->run};
    core_telling telling = {.counter = &self->told, .total = self->options.paths};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|dO:advance", names, &it.seconds, &telling.callable)) return NULL;
    if (self->busy || self->results) return core_run_refuse(self);
    self->busy = 1;
    const int failed = core_watch_telling(core_state_of(object), advance_work, &it, &telling);
    self->busy = 0;
    return failed ? NULL : PyLong_FromUnsignedLongLong(csim_run_done(self->run));
}

int core_read_series(PyObject *given, const csim_plan *plan, csim_run_options *out) {
    const Py_ssize_t count = PySequence_Size(given);
    if (count < 0) return -1;
    if (count > CSIM_MAX_KEPT_SERIES) {
        PyErr_Format(PyExc_ValueError, "at most %d series are kept month by month; got %zd", CSIM_MAX_KEPT_SERIES, count);
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PySequence_GetItem(given, i);
        const long slot = item ? PyLong_AsLong(item) : -1;
        Py_XDECREF(item);
        if (PyErr_Occurred()) return -1;
        if (slot < 0 || slot >= plan->slots) {
            PyErr_Format(PyExc_ValueError, "there is no series %ld", slot);
            return -1;
        }
        out->keep_slot[out->keep_slots++] = (int)slot;
    }
    return 0;
}

static PyObject *run_grow(PyObject *object, PyObject *wanted) {
    core_run *self = (core_run *)object;
    long long paths = 0;
    csim_status status;
    csim_error err;
    if (core_within(wanted, "paths", 1, CSIM_PATHS_MAX, &paths)) return NULL;
    if (self->busy || self->results) return core_run_refuse(self);
    self->busy = 1;
    Py_BEGIN_ALLOW_THREADS
    status = csim_run_grow(self->run, (uint32_t)paths, &err);
    Py_END_ALLOW_THREADS
    self->busy = 0;
    if (status) return core_raise(core_state_of(object), &err);
    self->options.paths = (uint32_t)paths;
    Py_RETURN_NONE;
}

static PyObject *get_granule(PyObject *self, void *unused) { (void)unused; return PyLong_FromUnsignedLong(csim_run_granule(((core_run *)self)->run)); }

static PyObject *get_replicates(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLong(csim_run_granule(((core_run *)self)->run) / MOE_BLOCK);
}

static int options_of(PyObject *arguments, PyObject *keywords, core_state *state, PyObject **plan, csim_run_options *out) {
    static char *names[] = {"plan", "seed", "paths", "first_path", "threads", "keep", "verify", "keep_series", "sampler", "replicates", NULL};
    PyObject *seed, *series = NULL, *given[5] = {NULL};
    const char *sampler = "mc";
    long long paths = 0, first_path = 0, threads = 0, keep = 0, replicates = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O!OO|OOOpOsO:Run", names, state->plan, plan, &seed, &given[0], &given[1], &given[2], &given[3], &out->verify,
                                     &series, &sampler, &given[4]))
        return -1;
    if (core_seed(seed, &out->seed) || core_within(given[0], "paths", 1, CSIM_PATHS_MAX, &paths) || core_within(given[1], "first_path", 0, UINT32_MAX - paths, &first_path) ||
        core_within(given[2], "threads", 0, CSIM_THREADS_MAX, &threads) || core_within(given[3], "keep", 0, CSIM_KEEP_MAX, &keep) ||
        core_within(given[4], "replicates", 0, CSIM_MAX_REPLICATES, &replicates))
        return -1;
    if (series && core_read_series(series, ((core_plan *)*plan)->plan, out)) return -1;
    if (csim_sampler_find(sampler) < 0) {
        PyErr_Format(PyExc_ValueError, "sampler must be 'mc', 'lhs' or 'sobol', not '%.60s'", sampler);
        return -1;
    }
    out->sampler = (csim_sampler)csim_sampler_find(sampler);
    out->replicates = (uint32_t)replicates;
    out->paths = (uint32_t)paths;
    out->first_path = (uint32_t)first_path;
    out->threads = (int)threads;
    out->keep_paths = (uint32_t)(keep < paths ? keep : paths);
    out->keep_hits = CSIM_CONTRAST_PATHS; /* in case the answers are to say what rests on guesses */
    return 0;
}

static PyObject *run_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    core_state *state = PyType_GetModuleState(type);
    csim_run_options options = {0};
    csim_status status;
    csim_error err;
    PyObject *plan;
    if (options_of(arguments, keywords, state, &plan, &options)) return NULL;
    core_run *self = (core_run *)core_object_new((PyObject *)type);
    if (!self) return NULL;
    self->owner = (core_plan *)Py_NewRef(plan);
    self->options = options;
    self->options.told = &self->told;
    Py_BEGIN_ALLOW_THREADS /* room for many kept paths is gigabytes */
    status = csim_run_new(self->owner->plan, &self->options, &self->run, &err);
    Py_END_ALLOW_THREADS
    if (!status) return (PyObject *)self;
    Py_DECREF(self);
    return core_raise(state, &err);
}

static void run_free(PyObject *object) {
    core_run *self = (core_run *)object;
    csim_run_free(self->run);
    Py_CLEAR(self->owner);
    core_object_free(object);
}

static PyObject *run_result(PyObject *object, PyObject *unused) {
    (void)unused;
    core_run *self = (core_run *)object;
    return self->busy ? core_run_refuse(self) : core_result_of_run(core_state_of(object), self);
}

static PyObject *get_done(PyObject *object, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLongLong(atomic_load(&((core_run *)object)->told));
}

static PyObject *get_paths(PyObject *self, void *unused) { (void)unused; return PyLong_FromUnsignedLong(((core_run *)self)->options.paths); }
static PyObject *get_seed(PyObject *self, void *unused) { (void)unused; return PyLong_FromUnsignedLongLong(((core_run *)self)->options.seed); }
static PyObject *get_plan(PyObject *self, void *unused) { (void)unused; return Py_NewRef((PyObject *)((core_run *)self)->owner); }

static PyGetSetDef run_attributes[] = {
    {"plan", get_plan, NULL, "The plan that runs.", NULL},
    {"paths", get_paths, NULL, "Paths asked for.", NULL},
    {"seed", get_seed, NULL, "Seed of every draw.", NULL},
    {"replicates", get_replicates, NULL, "Independent randomisations of the sampler's points.", NULL},
    {"granule", get_granule, NULL, "Paths of one full block of every replicate.", NULL},
    {"done", get_done, NULL, "Paths finished so far; any thread may ask while another one advances the run.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef run_methods[] = {
    CORE_METHOD("advance", run_advance, 0,
     "advance(seconds=0.0, progress=None)\n--\n\nWorks until all paths are done or the seconds have passed (0: no limit); returns the paths finished so far. `progress` is called\n"
     "with (done, paths) at most ten times a second, and once at the end.\n\n"
     "Releases the GIL. An exception raised by `progress` or by a signal's handler, such as KeyboardInterrupt, stops the work within 100 ms; the run stays valid."),
    {"grow", run_grow, METH_O, "grow(paths, /)\n--\n\nAsks for more paths. RunError while a result lives, and when the run cannot grow to that number (fewer paths, or a Latin hypercube)."},
    {"missing", core_run_missing, METH_NOARGS, "missing()\n--\n\nIntervals of paths that are not there yet: (first path, number). Before the first advance."},
    {"part", core_run_part, METH_VARARGS, "part(first_path, paths, /)\n--\n\nWhat Work.simulate must be told to simulate these paths of the run, as keywords."},
    {"take", core_run_take, METH_VARARGS, "take(part, first_path, paths, /)\n--\n\nTakes in the part of these paths, from Work.simulate, before the first advance; returns its digest. ScenarioError "
     "for paths that are there already, are others or belong to another run, FileError for damaged bytes; the run is then as it was."},
    {"result", run_result, METH_NOARGS, "result()\n--\n\nWhat the paths finished so far say. The run cannot be advanced while a result of it lives: moecast.Run copies those that do."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot run_slots[] = {
    {Py_tp_doc, "Run(plan, seed, paths, first_path=0, threads=0, keep=0, verify=False, keep_series=(), sampler='mc', replicates=0)\n--\n\nPaths first_path to first_path + paths - 1 "
                "of a plan. Inputs and kept numbers of the first `keep` are stored, and all months of the series at the positions keep_series; threads=0 takes one a processor."},
    CORE_SLOT(Py_tp_new, run_new),
    CORE_SLOT(Py_tp_dealloc, run_free),
    {Py_tp_getset, run_attributes},
    {Py_tp_methods, run_methods},
    {0, NULL},
};

PyType_Spec core_run_spec = {
    .name = "moecast._core.Run",
    .basicsize = sizeof(core_run),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = run_slots,
};
