/* One path of a result, simulated again and told in full: result.trace(path). */
#include <math.h>
#include <stdlib.h>

#include "pyext/core/core.h"

static PyObject *column_at(const void *from, Py_ssize_t i) {
    const csim_trace_column *column = &((const csim_trace *)from)->column[i];
    return Py_BuildValue("(sNNN)", csim_trace_part_name(column->part), core_text(column->name), core_text(column->unit), core_text(column->text));
}

static PyObject *draw_at(const void *from, Py_ssize_t i) {
    const csim_trace_draw *draw = &((const csim_trace *)from)->draw[i];
    return Py_BuildValue("(NNNd)", core_text(draw->name), core_text(draw->unit), core_text(draw->text), draw->value);
}

static PyObject *event_at(const void *from, Py_ssize_t i) {
    const csim_trace *trace = from;
    const csim_event *event = &trace->event[i];
    return Py_BuildValue("(NsNddN)", core_month(trace->plan->start_month + event->month), csim_event_name(event->kind), core_text(event->subject), event->before,
                         event->after, core_text(event->text));
}

/* The two tables go over to the arrays, also when this fails. */
static PyObject *trace_dict(core_state *state, csim_trace *trace) {
    double *value = trace->value, *input = trace->input;
    trace->value = trace->input = NULL;
    PyObject *dict = PyDict_New();
    PyObject *values = core_array_new(state, NULL, value, 'd', (core_shape){2, {trace->months, (Py_ssize_t)trace->columns}});
    PyObject *inputs = core_array_new(state, NULL, input, 'd', (core_shape){1, {trace->plan->inputs}});
    if (!dict) {
        Py_XDECREF(values);
        Py_XDECREF(inputs);
        return NULL;
    }
    int bad = core_dict_put(dict, "values", values); /* each is stored or given back, whatever happened to the others */
    bad |= core_dict_put(dict, "inputs", inputs);
    bad = bad || core_dict_put(dict, "columns", core_list(column_at, trace, (Py_ssize_t)trace->columns))
          || core_dict_put(dict, "draws", core_list(draw_at, trace, (Py_ssize_t)trace->draws))
          || core_dict_put(dict, "events", core_list(event_at, trace, (Py_ssize_t)trace->events))
          || core_dict_put(dict, "failure", core_text(trace->failure == CSIM_PATH_OK ? "" : csim_failure_name(trace->failure)));
    if (bad) Py_CLEAR(dict);
    return dict;
}

PyObject *core_result_trace(PyObject *self, PyObject *arguments, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"path", NULL};
    const csim_result *result = ((core_result *)self)->result;
    csim_trace *trace;
    csim_status status;
    csim_error err;
    long long path;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "L:trace", names, &path)) return NULL;
    if (path < 0 || path > UINT32_MAX) {
        PyErr_Format(PyExc_IndexError, "paths are numbered 0 to 4294967295, not %lld", path);
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    status = csim_trace_new(result->plan, &result->options, (uint32_t)path, &trace, &err);
    Py_END_ALLOW_THREADS
    if (status) return core_raise(core_state_of(self), &err);
    PyObject *dict = trace_dict(core_state_of(self), trace);
    csim_trace_free(trace);
    return dict;
}
