/* Plan: a scenario compiled with its catalogue. Nothing can go wrong in the path loop that was not refused here. */
#include <stdlib.h>

#include "pyext/core/core.h"

static csim_status compile(core_plan *self, csim_error *err) {
    const csim_scenario *scenario = self->owner->scenario;
    csim_status status = csim_catalogue_load(scenario->catalogue_dir, &self->catalogue, err);
    if (!status) status = csim_plan_compile(scenario, self->catalogue, &self->plan, err);
    return status ? status : csim_claims_check(scenario, self->catalogue, err);
}

static PyObject *plan_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"scenario", NULL};
    core_state *state = PyType_GetModuleState(type);
    PyObject *scenario;
    csim_error err;
    csim_status status;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O!:Plan", names, state->scenario, &scenario)) return NULL;
    core_plan *self = (core_plan *)core_object_new((PyObject *)type);
    if (!self) return NULL;
    self->owner = (core_scenario *)Py_NewRef(scenario);
    Py_BEGIN_ALLOW_THREADS
    status = compile(self, &err);
    Py_END_ALLOW_THREADS
    if (!status) return (PyObject *)self;
    Py_DECREF(self);
    return core_raise_of(state, (core_scenario *)scenario, &err);
}

static void plan_free(PyObject *object) {
    core_plan *self = (core_plan *)object;
    csim_plan_free(self->plan);
    csim_catalogue_free(self->catalogue);
    Py_CLEAR(self->owner);
    core_object_free(object);
}

static const csim_plan *of(PyObject *self) { return ((core_plan *)self)->plan; }

static PyObject *get_series(PyObject *self, void *unused) { (void)unused; return core_plan_series(of(self)); }
static PyObject *get_units(PyObject *self, void *unused) { (void)unused; return core_plan_units(of(self)); }
static PyObject *get_meanings(PyObject *self, void *unused) { (void)unused; return core_plan_meanings(of(self)); }
static PyObject *get_months(PyObject *self, void *unused) { (void)unused; return core_plan_months(of(self)); }
static PyObject *get_inputs(PyObject *self, void *unused) { (void)unused; return core_plan_inputs(of(self)); }
static PyObject *get_scenario(PyObject *self, void *unused) { (void)unused; return Py_NewRef((PyObject *)((core_plan *)self)->owner); }

static PyObject *get_hash(PyObject *self, void *unused) {
    (void)unused;
    char hex[65];
    csim_plan_hash(of(self), hex);
    return core_text(hex);
}

static PyObject *plan_pack(PyObject *object, PyObject *unused) {
    (void)unused;
    unsigned char *packed;
    size_t size;
    csim_error err;
    csim_status status;
    Py_BEGIN_ALLOW_THREADS
    status = csim_plan_pack(of(object), &packed, &size, &err);
    Py_END_ALLOW_THREADS
    if (status) return core_raise(core_state_of(object), &err);
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)packed, (Py_ssize_t)size);
    free(packed);
    return bytes;
}

static PyMethodDef plan_methods[] = {
    {"pack", plan_pack, METH_NOARGS, "pack()\n--\n\nThe plan as bytes, for Work in another process."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef plan_attributes[] = {
    {"scenario", get_scenario, NULL, "The scenario it was compiled from.", NULL},
    {"series", get_series, NULL, "Names of the outcomes, in the order of a replayed path's columns.", NULL},
    {"units", get_units, NULL, "Units of the series.", NULL},
    {"meanings", get_meanings, NULL, "What the series are.", NULL},
    {"months", get_months, NULL, "Months of the horizon, YYYY-MM.", NULL},
    {"inputs", get_inputs, NULL, "Full keys of the inputs.", NULL},
    {"hash", get_hash, NULL, "SHA-256 of the plan's bytes: same plan, same results.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot plan_slots[] = {
    {Py_tp_doc, "Plan(scenario)\n--\n\nCompiles a scenario with its catalogue. Raises ScenarioError or FileError."},
    CORE_SLOT(Py_tp_new, plan_new),
    CORE_SLOT(Py_tp_dealloc, plan_free),
    {Py_tp_getset, plan_attributes},
    {Py_tp_methods, plan_methods},
    {0, NULL},
};

PyType_Spec core_plan_spec = {
    .name = "moecast._core.Plan",
    .basicsize = sizeof(core_plan),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = plan_slots,
};
