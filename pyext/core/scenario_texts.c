/* Scenario: what it differs in from another, the files it names, and the texts and values that say it. */
#include <stdlib.h>
#include <string.h>

#include "pyext/core/core.h"

static const csim_scenario *of(PyObject *self) { return ((core_scenario *)self)->scenario; }

/* Another scenario of this module, or NULL with an exception. */
static const csim_scenario *other_of(PyObject *self, PyObject *other) {
    if (PyObject_TypeCheck(other, (PyTypeObject *)core_state_of(self)->scenario)) return of(other);
    PyErr_SetString(PyExc_TypeError, "wanted a Scenario");
    return NULL;
}

static int add_file(void *list, const char *field, const char *written_in, const char *leads_to) {
    PyObject *path = PyUnicode_DecodeFSDefault(leads_to), *place = path ? PyUnicode_DecodeFSDefault(written_in) : NULL;
    PyObject *row = place ? Py_BuildValue("sOO", field, place, path) : NULL;
    const int failed = !row || PyList_Append(list, row);
    Py_XDECREF(path);
    Py_XDECREF(place);
    Py_XDECREF(row);
    return failed;
}

PyObject *core_scenario_files(PyObject *self, PyObject *unused) {
    (void)unused;
    PyObject *list = PyList_New(0);
    if (list && csim_scenario_files(of(self), add_file, list)) Py_CLEAR(list);
    return list;
}

typedef struct compared { const csim_scenario *side[2]; const csim_differences *found; } compared;

/* Of an input or a lever of either side; "" for other keys. */
static const char *unit_of(const compared *both, const char *key) {
    for (int side = 0; side < 2; side++) {
        const csim_scenario *s = both->side[side];
        for (size_t i = 0; i < s->inputs; i++)
            if (!strcmp(s->input[i].key, key)) return csim_input_rows[s->input[i].id].unit;
        for (size_t i = 0; i < s->levers; i++)
            if (!strcmp(s->lever[i].key, key)) return csim_lever_rows[s->lever[i].id].unit;
    }
    return "";
}

static PyObject *difference(const void *from, Py_ssize_t i) {
    const compared *both = from;
    const csim_difference *it = &both->found->item[i];
    PyObject *row = PyDict_New();
    if (!row) return NULL;
    if (core_dict_put(row, "key", core_text(it->path)) || core_dict_put(row, "unit", core_text(unit_of(both, it->path))) || core_dict_put(row, "before", core_text(it->a)) || core_dict_put(row, "after", core_text(it->b)) ||
        core_dict_put(row, "group", core_text(it->group)) || core_dict_put(row, "only_notes", PyBool_FromLong(it->only_notes)))
        Py_CLEAR(row);
    return row;
}

PyObject *core_scenario_differences(PyObject *self, PyObject *other) {
    CORE_DEFAULT_FLOATS;
    csim_error err;
    csim_differences *found = NULL;
    const csim_scenario *b = other_of(self, other);
    if (!b) return NULL;
    if (csim_differences_find(of(self), b, &found, &err)) return core_raise(core_state_of(self), &err);
    const compared both = {{of(self), b}, found};
    PyObject *list = core_list(difference, &both, (Py_ssize_t)found->count);
    csim_differences_free(found);
    return list;
}

PyObject *core_scenario_short_text(PyObject *self, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"base", "extends", NULL};
    PyObject *base;
    const char *extends;
    char *text;
    size_t size;
    csim_error err;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "Os:short_text", names, &base, &extends)) return NULL;
    const csim_scenario *other = other_of(self, base);
    if (!other) return NULL;
    if (csim_scenario_short_text(of(self), other, extends, &text, &size, &err)) return core_raise(core_state_of(self), &err);
    PyObject *words = PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "backslashreplace");
    free(text);
    return words;
}

/* ---- values ------------------------------------------------------------------------------------------------------------------------------------- */

/* Numbers as the canonical text writes them: whole ones as int, so that a seed keeps its digits. */
static PyObject *word(csim_node *node) {
    double number;
    csim_error ignored;
    const char *digits = node->text + (node->text[0] == '-');
    if (node->quoted) return core_text(node->text);
    if (digits[0] && !digits[strspn(digits, "0123456789")]) return PyLong_FromString(node->text, NULL, 10);
    if (!csim_node_number(node, "", &number, &ignored)) return PyFloat_FromDouble(number);
    if (!strcmp(node->text, "true") || !strcmp(node->text, "false")) return PyBool_FromLong(node->text[0] == 't');
    return core_text(node->text);
}

static PyObject *value(csim_node *node) {
    if (node->kind == CSIM_NODE_TEXT) return word(node);
    PyObject *made = node->kind == CSIM_NODE_MAP ? PyDict_New() : PyList_New(0);
    for (size_t i = 0; made && i < node->count; i++) {
        PyObject *item = value(node->items[i]);
        const int failed = !item || (node->kind == CSIM_NODE_MAP ? PyDict_SetItemString(made, node->items[i]->key, item) : PyList_Append(made, item));
        Py_XDECREF(item);
        if (failed) Py_CLEAR(made);
    }
    return made;
}

PyObject *core_scenario_tree(PyObject *self, PyObject *unused) {
    CORE_DEFAULT_FLOATS;
    (void)unused;
    csim_yaml_tree *tree = NULL;
    csim_error err;
    if (csim_yaml_tree_parse(of(self)->file, of(self)->text, of(self)->text_size, &tree, &err)) return core_raise(core_state_of(self), &err);
    PyObject *made = value(csim_yaml_tree_root(tree));
    csim_yaml_tree_free(tree);
    return made;
}

/* ---- files -------------------------------------------------------------------------------------------------------------------------------------- */

static void put_text(FILE *stream, const void *text) { fputs(text, stream); }

PyObject *core_write_text(PyObject *module, PyObject *arguments) {
    PyObject *path;
    const char *text;
    csim_error err;
    if (!PyArg_ParseTuple(arguments, "Os:write_text", &path, &text)) return NULL;
    char *name = core_path(path);
    if (!name) return NULL;
    csim_status status;
    Py_BEGIN_ALLOW_THREADS
    status = csim_atomic_file_write(name, put_text, text, &err);
    Py_END_ALLOW_THREADS
    free(name);
    return status ? core_raise(PyModule_GetState(module), &err) : Py_NewRef(Py_None);
}
