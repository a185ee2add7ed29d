/* C values as Python values. Knows no type of this module. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pyext/core/core.h"

PyObject *core_text(const char *text) { return text ? PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "backslashreplace") : PyUnicode_FromString(""); }

PyObject *core_month(int month_since_2000) {
    if (month_since_2000 == CSIM_NO_MONTH) return Py_NewRef(Py_None);
    return PyUnicode_FromFormat("%04d-%02d", 2000 + month_since_2000 / 12, 1 + month_since_2000 % 12);
}

PyObject *core_list(core_item_at *item_at, const void *from, Py_ssize_t count) {
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list && i < count; i++) {
        PyObject *item = item_at(from, i);
        if (!item) Py_CLEAR(list);
        else PyList_SetItem(list, i, item);
    }
    return list;
}

int core_dict_put(PyObject *dict, const char *key, PyObject *value) {
    const int failed = !value || PyDict_SetItemString(dict, key, value);
    Py_XDECREF(value);
    return failed ? -1 : 0;
}

char *core_path(PyObject *path) {
    PyObject *bytes;
    if (!PyUnicode_FSConverter(path, &bytes)) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) return NULL;
        PyErr_Clear(); /* it would speak of codecs */
        PyErr_Format(PyExc_ValueError, "no file can be called %A: half a surrogate pair stands in it", path);
        return NULL;
    }
    char *text = strdup(PyBytes_AsString(bytes));
    Py_DECREF(bytes);
    if (!text) PyErr_NoMemory();
    return text;
}

/* A sentence in place of the interpreter's own, which names no argument. */
static int refuse_number(PyObject *given, const char *name, const char *allowed) {
    if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_OverflowError)) return -1; /* no number at all */
    PyErr_Clear();
    PyErr_Format(PyExc_ValueError, "%s must be %s, got %S", name, allowed, given);
    return -1;
}

int core_within(PyObject *given, const char *name, long long low, long long high, long long *out) {
    char allowed[64];
    if (!given) return 0;
    PyObject *whole = PyNumber_Index(given);
    if (!whole) return -1;
    const long long value = PyLong_AsLongLong(whole);
    Py_DECREF(whole);
    snprintf(allowed, sizeof allowed, "%lld to %lld", low, high);
    if (PyErr_Occurred() || value < low || value > high) return refuse_number(given, name, allowed);
    *out = value;
    return 0;
}

int core_seed(PyObject *given, uint64_t *out) {
    PyObject *whole = PyNumber_Index(given);
    if (!whole) return -1;
    *out = PyLong_AsUnsignedLongLong(whole);
    Py_DECREF(whole);
    return PyErr_Occurred() ? refuse_number(given, "seed", CSIM_SEEDS) : 0;
}
