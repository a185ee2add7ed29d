/* Result: the type, how a result comes about, and its plain facts. Its methods stand in result_*.c. A result of a run borrows the run's memory and thereby
 * keeps the run alive and still (core_run.results); one from a file owns the file's contents. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pyext/core/core.h"

static csim_status merge(core_run *run, csim_error *err) {
    csim_status status;
    run->busy = 1;
    Py_BEGIN_ALLOW_THREADS
    status = csim_run_result(run->run, &run->result, err);
    Py_END_ALLOW_THREADS
    run->busy = 0;
    return status;
}

PyObject *core_result_of_run(core_state *state, core_run *run) {
    CORE_DEFAULT_FLOATS;
    csim_error err;
    core_result *self = (core_result *)core_object_new(state->result);
    if (!self) return NULL;
    self->run = (core_run *)Py_NewRef((PyObject *)run);
    if (!run->results && merge(run, &err)) {
        Py_DECREF(self);
        return core_raise(state, &err);
    }
    run->results++;
    self->result = run->result;
    self->created_unix_s = (long long)time(NULL);
    return (PyObject *)self;
}

typedef struct loading { const char *path; csim_run_file *file; } loading;

static csim_status load_work(void *self, const atomic_int *cancel, csim_error *err) {
    loading *it = self;
    return csim_run_file_read_unless(cancel, it->path, &it->file, err);
}

PyObject *core_result_load(PyObject *module, PyObject *path) {
    core_state *state = PyModule_GetState(module);
    char *name = core_path(path);
    loading it = {name, NULL};
    if (!name) return NULL;
    const int failed = core_watch(state, load_work, &it);
    csim_run_file *file = it.file;
    free(name);
    if (failed) {
        csim_run_file_free(file); /* the signal may have come when it was read */
        return NULL;
    }
    core_result *self = (core_result *)core_object_new(state->result);
    if (!self) {
        csim_run_file_free(file);
        return NULL;
    }
    self->file = file;
    self->result = csim_run_file_result(file);
    self->created_unix_s = csim_run_file_info(file)->created_unix_s;
    return (PyObject *)self;
}

static void result_free(PyObject *object) {
    core_result *self = (core_result *)object;
    if (self->run && self->result) self->run->results--;
    free(self->claim);
    csim_run_file_free(self->file);
    Py_CLEAR(self->scenario);
    Py_CLEAR(self->run);
    core_object_free(object);
}

static const csim_result *of(PyObject *self) { return ((core_result *)self)->result; }

static PyObject *get_series(PyObject *self, void *unused) { (void)unused; return core_plan_series(of(self)->plan); }
static PyObject *get_units(PyObject *self, void *unused) { (void)unused; return core_plan_units(of(self)->plan); }
static PyObject *get_meanings(PyObject *self, void *unused) { (void)unused; return core_plan_meanings(of(self)->plan); }
static PyObject *get_months(PyObject *self, void *unused) { (void)unused; return core_plan_months(of(self)->plan); }
static PyObject *get_report_months(PyObject *self, void *unused) { (void)unused; return core_plan_report_months(of(self)->plan); }
static PyObject *get_input_names(PyObject *self, void *unused) { (void)unused; return core_plan_inputs(of(self)->plan); }
static PyObject *get_scalar_names(PyObject *self, void *unused) { (void)unused; return core_plan_scalars(of(self)->plan); }
static PyObject *headline_at(const void *from, Py_ssize_t i) {
    int32_t slot[CSIM_STORIES_SERIES];
    csim_stories_series(from, slot);
    return core_text(((const csim_plan *)from)->slot_name[slot[i]]);
}
static PyObject *get_headlines(PyObject *self, void *unused) {
    int32_t slot[CSIM_STORIES_SERIES];
    (void)unused;
    return core_list(headline_at, of(self)->plan, csim_stories_series(of(self)->plan, slot));
}
static PyObject *get_seed(PyObject *self, void *unused) { (void)unused; return PyLong_FromUnsignedLongLong(of(self)->options.seed); }
static PyObject *get_first_path(PyObject *self, void *unused) { (void)unused; return PyLong_FromUnsignedLong(of(self)->options.first_path); }
static PyObject *get_paths(PyObject *self, void *unused) { (void)unused; return PyLong_FromUnsignedLongLong(of(self)->done); }
static PyObject *get_asked(PyObject *self, void *unused) { (void)unused; return PyLong_FromUnsignedLong(of(self)->options.paths); }
static PyObject *get_sampler(PyObject *self, void *unused) { (void)unused; return core_text(csim_sampler_name(of(self)->options.sampler)); }
static PyObject *get_replicates(PyObject *self, void *unused) { (void)unused; return PyLong_FromUnsignedLong(of(self)->options.replicates); }

static PyObject *get_sampling_gain(PyObject *self, void *unused) {
    CORE_DEFAULT_FLOATS;
    (void)unused;
    return PyFloat_FromDouble(csim_sampling_gain(of(self)));
}

static PyObject *get_failed(PyObject *self, void *unused) { (void)unused; return PyLong_FromUnsignedLongLong(of(self)->failed); }
static PyObject *get_seconds(PyObject *self, void *unused) { (void)unused; return PyFloat_FromDouble(of(self)->seconds); }

static PyObject *get_digest(PyObject *self, void *unused) {
    (void)unused;
    CORE_DEFAULT_FLOATS;
    char hex[65];
    Py_BEGIN_ALLOW_THREADS
    csim_result_digest(of(self), hex);
    Py_END_ALLOW_THREADS
    return core_text(hex);
}

core_scenario *core_result_scenario(core_result *self) {
    CORE_DEFAULT_FLOATS;
    core_state *state = core_state_of((PyObject *)self);
    csim_scenario *parsed;
    csim_error err;
    if (self->run) return self->run->owner->owner;
    if (self->scenario) return self->scenario;
    const char *text = csim_run_file_scenario_text(self->file), *from = csim_run_file_scenario_file(self->file); /* what it names lies beside that file */
    if (csim_scenario_parse(from[0] ? from : "run.moecast", text, strlen(text), &parsed, &err)) core_raise(state, &err);
    else self->scenario = (core_scenario *)core_scenario_wrap(state->scenario, parsed);
    return self->scenario;
}

static PyObject *get_scenario(PyObject *self, void *unused) {
    (void)unused;
    return Py_XNewRef((PyObject *)core_result_scenario((core_result *)self));
}

static PyObject *get_scenario_text(PyObject *object, void *unused) {
    (void)unused;
    const core_result *self = (core_result *)object;
    return core_text(self->run ? self->run->owner->owner->scenario->text : csim_run_file_scenario_text(self->file));
}

static PyObject *get_failures(PyObject *self, void *unused) {
    (void)unused;
    PyObject *dict = PyDict_New();
    for (int cause = CSIM_PATH_OK + 1; dict && cause < CSIM_FAILURES; cause++)
        if (core_dict_put(dict, csim_failure_name(cause), PyLong_FromUnsignedLongLong(of(self)->failed_by[cause]))) Py_CLEAR(dict);
    return dict;
}

static PyGetSetDef result_attributes[] = {
    {"series", get_series, NULL, "Names of the outcomes.", NULL},
    {"units", get_units, NULL, "Their units.", NULL},
    {"meanings", get_meanings, NULL, "Their meanings.", NULL},
    {"months", get_months, NULL, "All months of the horizon.", NULL},
    {"report_months", get_report_months, NULL, "Months whose distribution is known.", NULL},
    {"input_names", get_input_names, NULL, "Columns of kept_inputs.", NULL},
    {"scalar_names", get_scalar_names, NULL, "Columns of kept_scalars: outcome@month.", NULL},
    {"headlines", get_headlines, NULL, "Names of the outcomes that tell paths apart.", NULL},
    {"seed", get_seed, NULL, "Seed of every draw.", NULL},
    {"first_path", get_first_path, NULL, "Number of the first path.", NULL},
    {"paths", get_paths, NULL, "Paths simulated.", NULL},
    {"asked", get_asked, NULL, "Paths asked for.", NULL},
    {"sampler", get_sampler, NULL, "mc, lhs or sobol.", NULL},
    {"replicates", get_replicates, NULL, "Independent randomisations of the sampler's points.", NULL},
    {"sampling_gain", get_sampling_gain, NULL, "Independent paths that a path is worth; NaN for mc.", NULL},
    {"failed", get_failed, NULL, "Paths stopped, which no statistic counts.", NULL},
    {"failures", get_failures, NULL, "Stopped paths by cause.", NULL},
    {"seconds", get_seconds, NULL, "Time the simulation took.", NULL},
    {"digest", get_digest, NULL, "SHA-256 of plan, seed, paths and exact statistics.", NULL},
    {"scenario", get_scenario, NULL, "The Scenario that ran.", NULL},
    {"scenario_text", get_scenario_text, NULL, "Its canonical text.", NULL},
    {"kept_inputs", core_result_kept_inputs, NULL, "Inputs of the first paths: (rows, inputs).", NULL},
    {"kept_scalars", core_result_kept_scalars, NULL, "Kept numbers of the first paths: (rows, scalars); NaN in rows of stopped paths.", NULL},
    {"kept_series", core_result_kept_series, NULL, "Kept series of the first paths: (rows, series, months); NaN in rows of stopped paths.", NULL},
    {"kept_series_names", core_result_kept_series_names, NULL, "Names of the kept series.", NULL},
    {"ledger", core_result_ledger, NULL, "First and last path of each interval that was simulated.", NULL},
    {"bins", core_result_bins, NULL, "Exact counts behind the quantiles: (series, report months, bins).", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef result_methods[] = {
    CORE_METHOD("statistic", core_result_statistic, 0, "statistic(name, monthly=False)\n--\n\nmean, mean_error, mean_low, mean_high, sd, lowest, highest, count or effective_paths of all series in all report months, or in every month."),
    CORE_METHOD("quantile", core_result_quantile, 0, "quantile(series, month, p)\n--\n\nThe p-quantile of a series, both by position, and its standard error."),
    CORE_METHOD("interval", core_result_interval, 0, "interval(series, month, p)\n--\n\n95 % bounds of the p-quantile of a series, both by position."),
    CORE_METHOD("precision", core_result_precision, 0,
     "precision(targets, most=0)\n--\n\nWhether the standard errors asked for are reached, the paths of a next round (0: none, or at most `most`), and (name, error, wanted) of each."),
    CORE_METHOD("trace", core_result_trace, 0, "trace(path)\n--\n\nOne path again: columns (part, name, unit, text), values (months, columns), inputs, draws, events, why it stopped ('' when it did not)."),
    CORE_METHOD("answer", core_result_answer, 0, "answer(contrasts=False, progress=None)\n--\n\nAnswers the claims anew; contrasts makes the further runs they need, and those of guesses and the vintage. "
                "`progress` is told of their paths as by Run.advance."),
    CORE_METHOD("share_below", core_result_share_below, 0, "share_below(series, month, value, equal=0.5)\n--\n\nShare of paths below a value, equal ones with that weight: share, error, low, high, paths surely and possibly below, paths, where the value lies (below, between, above what was seen), and whether off the axis."),
    CORE_METHOD("what_it_takes", core_result_what_it_takes, 0, "what_it_takes(series, month, op, value)\n--\n\nPaths in which series op value in a month, both by position (of all months): how many, which, and how their inputs differ."),
    CORE_METHOD("stories", core_result_stories, 0, "stories(count)\n--\n\nWhole paths that stand for all kept ones, in words."),
    {"claims", core_result_claims, METH_NOARGS, "claims()\n--\n\nThe answers, one dict a reading."},
    CORE_METHOD("save", core_result_save, 0, "save(path, command='')\n--\n\nWrites the run file."),
    CORE_METHOD("report", core_result_report, 0, "report(path, lang='en')\n--\n\nWrites the workbook; only for a result read from a file."),
    {NULL, NULL, 0, NULL},
};

static PyType_Slot result_slots[] = {
    {Py_tp_doc, "What the finished paths of a run say: exact statistics, kept paths, answers to claims. Made by Run.result and load."},
    CORE_SLOT(Py_tp_dealloc, result_free),
    {Py_tp_getset, result_attributes},
    {Py_tp_methods, result_methods},
    {0, NULL},
};

PyType_Spec core_result_spec = {
    .name = "moecast._core.Result",
    .basicsize = sizeof(core_result),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = result_slots,
};
