/* Scenario: a checked scenario. Its long lists stand in scenario_inputs.c and claims.c. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pyext/core/core.h"

PyObject *core_scenario_wrap(PyObject *type, csim_scenario *loaded) {
    core_scenario *self = (core_scenario *)core_object_new(type);
    if (!self) csim_scenario_free(loaded);
    else self->scenario = loaded;
    return (PyObject *)self;
}

/* ---- from a file -------------------------------------------------------------------------------------------------------------------------------- */

static int ends_with(const char *text, const char *end) {
    const size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && !strcmp(text + size - end_size, end);
}

/* A relative path, not the bare name of a shipped scenario. */
static int is_relative(const char *name) { return name[0] != '/' && (strchr(name, '/') || ends_with(name, ".yaml") || ends_with(name, ".yml")); }

/* The working folder, with a slash behind it, or NULL. */
static char *working_folder(void) {
    char folder[4096];
    if (!getcwd(folder, sizeof folder - 1)) return NULL;
    if (!ends_with(folder, "/")) strcat(folder, "/");
    return strdup(folder);
}

/* Under its full name, so that it and what it names are found again whatever the working folder is then; *folder is what stands before the name given. What is
 * wrong is said under that name. */
static csim_status load(const char *name, char **folder, csim_scenario **loaded, csim_error *err) {
    *folder = is_relative(name) ? working_folder() : NULL;
    const size_t size = *folder ? strlen(*folder) + strlen(name) + 1 : 0;
    char *full = size ? malloc(size) : NULL;
    if (full) snprintf(full, size, "%s%s", *folder, name);
    const csim_status status = full ? csim_scenario_load(full, loaded, err) : CSIM_FILE_OPEN;
    free(full);
    if (!status) return CSIM_OK;
    free(*folder);
    *folder = NULL;
    return csim_scenario_load(name, loaded, err);
}

PyObject *core_raise_of(core_state *state, const core_scenario *scenario, csim_error *err) {
    const size_t size = scenario->folder ? strlen(scenario->folder) : 0;
    if (size && !strncmp(err->file, scenario->folder, size)) memmove(err->file, err->file + size, strlen(err->file + size) + 1);
    return core_raise(state, err);
}

static PyObject *scenario_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"name", NULL};
    PyObject *name;
    csim_error err;
    csim_scenario *loaded = NULL;
    csim_status status;
    char *folder;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O:Scenario", names, &name)) return NULL;
    char *path = core_path(name);
    if (!path) return NULL;
    Py_BEGIN_ALLOW_THREADS
    status = load(path, &folder, &loaded, &err);
    Py_END_ALLOW_THREADS
    free(path);
    if (status) return core_raise(PyType_GetModuleState(type), &err);
    PyObject *self = core_scenario_wrap((PyObject *)type, loaded);
    if (self) ((core_scenario *)self)->folder = folder;
    else free(folder);
    return self;
}

static PyObject *scenario_parse(PyObject *type, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"text", "file", NULL};
    const char *text, *file = "<text>";
    Py_ssize_t size;
    csim_error err;
    csim_scenario *parsed = NULL;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s#|s:parse", names, &text, &size, &file)) return NULL;
    if (csim_scenario_parse(file, text, (size_t)size, &parsed, &err)) return core_raise(PyType_GetModuleState((PyTypeObject *)type), &err);
    return core_scenario_wrap(type, parsed);
}

static void scenario_free(PyObject *self) {
    csim_scenario_free(((core_scenario *)self)->scenario);
    free(((core_scenario *)self)->folder);
    core_object_free(self);
}

static const csim_scenario *of(PyObject *self) { return ((core_scenario *)self)->scenario; }

static PyObject *get_name(PyObject *self, void *unused) { (void)unused; return core_text(of(self)->name); }
static PyObject *get_title(PyObject *self, void *unused) { (void)unused; return core_text(of(self)->title); }
static PyObject *get_description(PyObject *self, void *unused) { (void)unused; return core_text(of(self)->description); }
static PyObject *get_file(PyObject *self, void *unused) { (void)unused; return core_text(of(self)->file); }
static PyObject *get_catalogue(PyObject *self, void *unused) { (void)unused; return core_text(of(self)->catalogue_dir); }
static PyObject *get_start(PyObject *self, void *unused) { (void)unused; return core_month(of(self)->start_month); }
static PyObject *get_months(PyObject *self, void *unused) { (void)unused; return PyLong_FromLong(of(self)->months); }
static PyObject *get_paths(PyObject *self, void *unused) { (void)unused; return PyLong_FromLongLong(of(self)->paths); }
static PyObject *get_sampler(PyObject *self, void *unused) { (void)unused; return core_text(csim_sampler_name((csim_sampler)of(self)->sampler)); }
static PyObject *get_replicates(PyObject *self, void *unused) { (void)unused; return PyLong_FromLongLong(of(self)->replicates); }
static PyObject *get_seed(PyObject *self, void *unused) { (void)unused; return PyLong_FromUnsignedLongLong(of(self)->seed); }
static PyObject *get_text(PyObject *self, void *unused) { (void)unused; return PyUnicode_DecodeUTF8(of(self)->text, (Py_ssize_t)of(self)->text_size, "backslashreplace"); }

static PyObject *get_called(PyObject *self, void *unused) { (void)unused; return core_text(csim_scenario_called(of(self))); }
static PyObject *get_base(PyObject *self, void *unused) { (void)unused; return core_text(csim_scenario_base(of(self))); }

static PyObject *get_hash(PyObject *self, void *unused) {
    (void)unused;
    csim_sha256 state;
    unsigned char digest[CSIM_SHA256_BYTES];
    char hex[CSIM_SHA256_HEX_SIZE];
    csim_sha256_init(&state);
    csim_sha256_update(&state, of(self)->text, of(self)->text_size);
    csim_sha256_final(&state, digest);
    return core_text(csim_sha256_hex(digest, hex));
}

static PyObject *scenario_inputs(PyObject *self, PyObject *unused) { (void)unused; return core_scenario_inputs(core_state_of(self), of(self)); }
static PyObject *scenario_claims(PyObject *self, PyObject *unused) { (void)unused; return core_scenario_claims(of(self)); }
static PyObject *scenario_ranges(PyObject *self, PyObject *unused) { (void)unused; return core_scenario_ranges(core_state_of(self), of(self)); }

static PyObject *scenario_explain(PyObject *self, PyObject *unused) {
    CORE_DEFAULT_FLOATS;
    (void)unused;
    csim_error err;
    char *words = NULL;
    if (csim_scenario_explain(of(self), &words, &err)) return core_raise(core_state_of(self), &err);
    PyObject *text = core_text(words);
    free(words);
    return text;
}

static PyGetSetDef scenario_attributes[] = {
    {"name", get_name, NULL, "Bare name of the scenario.", NULL},
    {"title", get_title, NULL, "One line of what it is.", NULL},
    {"description", get_description, NULL, "What it changes and the question it answers.", NULL},
    {"file", get_file, NULL, "Where it was read: of a file the full path.", NULL},
    {"catalogue", get_catalogue, NULL, "Folder of the catalogue it names.", NULL},
    {"start", get_start, NULL, "First month, YYYY-MM.", NULL},
    {"months", get_months, NULL, "Length of the horizon.", NULL},
    {"paths", get_paths, NULL, "Paths a run has unless told otherwise.", NULL},
    {"sampler", get_sampler, NULL, "Sampler a run has unless told otherwise.", NULL},
    {"replicates", get_replicates, NULL, "Its replicates; 0: the sampler's own number.", NULL},
    {"seed", get_seed, NULL, "Seed a run has unless told otherwise.", NULL},
    {"called", get_called, NULL, "How another scenario may extend this one: a shipped one's name, a full path, '' when it cannot.", NULL},
    {"base", get_base, NULL, "The same of what this one extends.", NULL},
    {"text", get_text, NULL, "Canonical text, with everything it extends.", NULL},
    {"hash", get_hash, NULL, "SHA-256 of the canonical text, 64 hex digits.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef scenario_methods[] = {
    CORE_METHOD("parse", scenario_parse, METH_CLASS,
     "parse(text, file='<text>')\n--\n\nA scenario from its text; `file` names it in errors and says where relative names start."),
    CORE_METHOD("from_keys", core_scenario_from_keys, METH_CLASS,
     "from_keys(text, file)\n--\n\nA scenario from a map of keys, nested or dotted, that a program wrote as YAML: errors have no lines."),
    CORE_METHOD("change", core_scenario_change, 0, "change(text, file)\n--\n\nThis scenario with the keys of such a map changed."),
    CORE_METHOD("cells", core_scenario_cells, 0,
     "cells(text, name)\n--\n\nThe cells of a grid over this scenario: (name, labels, text for change) of each. `text`: grid.keys of a batch."),
    CORE_METHOD("restore", core_scenario_restore, METH_CLASS,
     "restore(text, file, base, written)\n--\n\nA scenario from its canonical text; written: (field, file) of the keys that name files."),
    {"files", core_scenario_files, METH_NOARGS, "files()\n--\n\n(field, file it is written in, what it leads to) of every key that names a file or scenario."},
    {"differences", core_scenario_differences, METH_O, "differences(other)\n--\n\nWhat the two differ in, one dict a key."},
    CORE_METHOD("short_text", core_scenario_short_text, 0, "short_text(base, extends)\n--\n\nA text that extends base by a name and sets what differs."),
    {"tree", core_scenario_tree, METH_NOARGS, "tree()\n--\n\nThe canonical text as dicts, lists, numbers and words."},
    {"inputs", scenario_inputs, METH_NOARGS, "inputs()\n--\n\nEvery number of the scenario, one dict each."},
    {"claims", scenario_claims, METH_NOARGS, "claims()\n--\n\nThe claims under study, one dict each with its readings."},
    {"ranges", scenario_ranges, METH_NOARGS, "ranges()\n--\n\nWhere every input and lever may lie, and what the scenario gives it, one dict each."},
    {"explain", scenario_explain, METH_NOARGS, "explain()\n--\n\nThe scenario in plain words."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot scenario_slots[] = {
    {Py_tp_doc, "Scenario(name)\n--\n\nA scenario from a file, or a shipped one by its bare name. Raises ScenarioError or FileError."},
    CORE_SLOT(Py_tp_new, scenario_new),
    CORE_SLOT(Py_tp_dealloc, scenario_free),
    {Py_tp_getset, scenario_attributes},
    {Py_tp_methods, scenario_methods},
    {0, NULL},
};

PyType_Spec core_scenario_spec = {
    .name = "moecast._core.Scenario",
    .basicsize = sizeof(core_scenario),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = scenario_slots,
};
