/* C values as Python values. Knows no type of this module. */
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
