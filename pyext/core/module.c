/* The module: its types, its functions, its state. Multi-phase, so that every interpreter has its own. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pyext/core/core.h"

core_state *core_state_of(PyObject *self) { return PyType_GetModuleState(Py_TYPE(self)); }

PyObject *core_object_new(PyObject *type) {
    allocfunc allocate = __extension__(allocfunc)PyType_GetSlot((PyTypeObject *)type, Py_tp_alloc);
    return allocate((PyTypeObject *)type, 0);
}

void core_object_free(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = __extension__(freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyObject *set_home(PyObject *module, PyObject *folder) {
    (void)module;
    char *path = core_path(folder);
    if (!path) return NULL;
    csim_scenario_set_home(path);
    free(path);
    return Py_NewRef(Py_None);
}

static PyObject *home(PyObject *module, PyObject *unused) {
    (void)module;
    (void)unused;
    return PyUnicode_DecodeFSDefault(csim_scenario_home());
}

static void free_words(char **words, Py_ssize_t count) {
    for (Py_ssize_t i = 0; words && i < count; i++) free(words[i]);
    free(words);
}

static char **words_of(PyObject *list, Py_ssize_t count) {
    char **words = calloc((size_t)count + 1, sizeof *words);
    if (!words) return (char **)PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++) {
        words[i] = core_path(PyList_GetItem(list, i));
        if (!words[i]) {
            free_words(words, i);
            return NULL;
        }
    }
    return words;
}

/* The command's own handler of Ctrl-C is at work meanwhile, and Python's comes back afterwards. */
static PyObject *command(PyObject *module, PyObject *list) {
    CORE_DEFAULT_FLOATS;
    (void)module;
    if (!PyList_Check(list) || PyList_Size(list) > 4096) {
        PyErr_SetString(PyExc_TypeError, "command wants a list of at most 4096 words");
        return NULL;
    }
    const Py_ssize_t count = PyList_Size(list);
    char **words = words_of(list, count);
    int code;
    if (!words) return NULL;
    Py_BEGIN_ALLOW_THREADS
    code = csim_cli_main((int)count, words, stdout, stderr);
    fflush(stdout);
    Py_END_ALLOW_THREADS
    free_words(words, count);
    return PyLong_FromLong(code);
}

static PyMethodDef functions[] = {
    {"set_home", set_home, METH_O, "set_home(folder)\n--\n\nWhere the shipped scenarios are."},
    {"home", home, METH_NOARGS, "home()\n--\n\nFolder of the shipped scenarios in use."},
    {"command", command, METH_O, "command(words)\n--\n\nRuns the command line; words[0] is the program's name. Returns the exit code."},
    {"load", core_result_load, METH_O, "load(path)\n--\n\nThe result in a run file. Raises FileError."},
    {"report_comparison", core_report_comparison, METH_VARARGS, core_report_comparison_doc},
    {"part_digest", core_part_digest, METH_O, "part_digest(part, /)\n--\n\nThe digest of a part: equal for equal paths, whoever simulated them. FileError when it is not as it was sent."},
    {"write_text", core_write_text, METH_VARARGS, "write_text(path, text)\n--\n\nWrites a file that appears whole or not at all. Raises FileError."},
    {"catalogue", core_catalogue, METH_O, "catalogue(folder)\n--\n\nThe catalogue as lists of dicts. Raises ScenarioError or FileError."},
    CORE_METHOD("token_cost", core_token_cost, 0, core_token_cost_doc),
    CORE_METHOD("host_or_buy", core_host_or_buy, 0, core_host_or_buy_doc),
    CORE_METHOD("compare", core_compare, 0, core_compare_doc),
    CORE_METHOD("waterfall", core_waterfall, 0, core_waterfall_doc),
    {NULL, NULL, 0, NULL},
};

static PyObject *add_type(PyObject *module, PyType_Spec *spec) {
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    if (type && PyModule_AddType(module, (PyTypeObject *)type)) Py_CLEAR(type);
    return type;
}

static int execute(PyObject *module) {
    core_state *state = PyModule_GetState(module);
    if (core_errors_add(module, state)) return -1;
    if (!(state->array = add_type(module, &core_array_spec)) || !(state->scenario = add_type(module, &core_scenario_spec)) ||
        !(state->plan = add_type(module, &core_plan_spec)) || !(state->run = add_type(module, &core_run_spec)) ||
        !(state->result = add_type(module, &core_result_spec)) || !(state->work = add_type(module, &core_work_spec)) ||
        !(state->columns = add_type(module, &core_columns_spec)))
        return -1;
    return PyModule_AddStringConstant(module, "version", csim_version()) || PyModule_AddStringConstant(module, "revision", csim_revision()) ? -1 : 0;
}

enum { STATE_OBJECTS = sizeof(core_state) / sizeof(PyObject *) };

static int traverse(PyObject *module, visitproc visit, void *arg) {
    PyObject **object = PyModule_GetState(module);
    for (int i = 0; object && i < STATE_OBJECTS; i++) Py_VISIT(object[i]);
    return 0;
}

static int clear(PyObject *module) {
    PyObject **object = PyModule_GetState(module);
    for (int i = 0; object && i < STATE_OBJECTS; i++) Py_CLEAR(object[i]);
    return 0;
}

static void release(void *module) { clear(module); }

/* The module shares nothing between interpreters, so each may have its own lock (GIL). Interpreters from 3.12 on want to be told and those before know no such
 * slot: number and value as Python.h of 3.12 has them. */
enum { SLOT_INTERPRETERS = 3, EACH_ITS_OWN_LOCK = 2 };
static PyModuleDef_Slot slots[] = {CORE_SLOT(Py_mod_exec, execute), {0, NULL}, {0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "moecast._core",
    .m_doc = "The C core of moecast. Use the package moecast, which is made for people.",
    .m_size = sizeof(core_state),
    .m_methods = functions,
    .m_slots = slots,
    .m_traverse = traverse,
    .m_clear = clear,
    .m_free = release,
};

PyMODINIT_FUNC PyInit__core(void);
PyMODINIT_FUNC PyInit__core(void) {
    if (Py_Version >= 0x030C0000) slots[1] = (PyModuleDef_Slot){SLOT_INTERPRETERS, __extension__(void *)(intptr_t)EACH_ITS_OWN_LOCK};
    return PyModuleDef_Init(&definition);
}
