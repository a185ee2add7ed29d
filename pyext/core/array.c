/* Array: a read-only block of numbers that others look at through the buffer protocol. Owns or borrows the numbers; computes nothing. */
#include <stdlib.h>

#include "pyext/core/core.h"

typedef struct core_array {
    PyObject_HEAD
    PyObject *owner;          /* keeps data alive; NULL: data is ours */
    void *data;
    int dimensions;
    Py_ssize_t size[3], stride[3], item_bytes, bytes;
    char format[2];
} core_array;

static Py_ssize_t bytes_of(char format) { return format == 'd' || format == 'Q' ? 8 : 4; }

PyObject *core_array_new(core_state *state, PyObject *owner, void *data, char format, core_shape shape) {
    core_array *self = (core_array *)core_object_new(state->array);
    if (!self) {
        if (!owner) free(data);
        return NULL;
    }
    Py_XINCREF(owner);
    self->owner = owner;
    self->data = data;
    self->dimensions = shape.dimensions;
    self->format[0] = format;
    self->item_bytes = self->bytes = bytes_of(format);
    for (int i = shape.dimensions - 1; i >= 0; i--) {
        self->size[i] = shape.size[i];
        self->stride[i] = self->bytes;
        self->bytes *= shape.size[i];
    }
    return (PyObject *)self;
}

static void array_free(PyObject *object) {
    core_array *self = (core_array *)object;
    if (!self->owner) free(self->data);
    Py_CLEAR(self->owner);
    core_object_free(object);
}

static int array_get_buffer(PyObject *object, Py_buffer *view, int flags) {
    core_array *self = (core_array *)object;
    view->obj = NULL;
    if (flags & PyBUF_WRITABLE) {
        PyErr_SetString(PyExc_BufferError, "results are read-only");
        return -1;
    }
    if ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS && self->dimensions > 1) {
        PyErr_SetString(PyExc_BufferError, "results lie in C order");
        return -1;
    }
    *view = (Py_buffer){.buf = self->data, .len = self->bytes, .itemsize = self->item_bytes, .readonly = 1, .ndim = self->dimensions};
    view->format = flags & PyBUF_FORMAT ? self->format : NULL;
    view->shape = flags & PyBUF_ND ? self->size : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? self->stride : NULL;
    Py_INCREF(object);
    view->obj = object;
    return 0;
}

static PyObject *array_shape(PyObject *object, void *unused) {
    (void)unused;
    const core_array *self = (core_array *)object;
    PyObject *shape = PyTuple_New(self->dimensions);
    for (int i = 0; shape && i < self->dimensions; i++) {
        PyObject *size = PyLong_FromSsize_t(self->size[i]);
        if (!size) Py_CLEAR(shape);
        else PyTuple_SetItem(shape, i, size);
    }
    return shape;
}

static PyGetSetDef array_attributes[] = {{"shape", array_shape, NULL, "Length of each dimension.", NULL}, {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot array_slots[] = {
    {Py_tp_doc, "Read-only numbers in C order, seen through the buffer protocol: numpy.asarray(array) copies nothing."},
    CORE_SLOT(Py_tp_dealloc, array_free),
    {Py_tp_getset, array_attributes},
    CORE_SLOT(Py_bf_getbuffer, array_get_buffer),
    {0, NULL},
};

PyType_Spec core_array_spec = {
    .name = "moecast._core.Array",
    .basicsize = sizeof(core_array),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = array_slots,
};
