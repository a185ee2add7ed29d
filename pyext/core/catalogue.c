/* The catalogue as lists of dicts: models, machines, prices, inputs of cost, each with where it comes from. Numbers that are not known are NaN. */
#include <stdlib.h>

#include "pyext/core/core.h"

#define TEXT(key, value) core_dict_put(dict, key, core_text(value))
#define NUMBER(key, value) core_dict_put(dict, key, PyFloat_FromDouble(value))
#define MONTH(key, value) core_dict_put(dict, key, core_month(value))
#define DAY(key, value) core_dict_put(dict, key, day_text(value))

/* 20251211 → "2025-12-11" */
static PyObject *day_text(int day) { return PyUnicode_FromFormat("%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100); }

static int put_provenance(PyObject *dict, const csim_provenance *it) {
    return TEXT("source", it->source) || TEXT("date", it->date) || TEXT("basis", it->basis) || TEXT("confidence", it->confidence) || TEXT("note", it->note);
}

static PyObject *model_dict(const csim_model_entry *it) {
    const moe_shape *shape = &it->shape;
    PyObject *dict = PyDict_New();
    if (dict && (TEXT("id", it->id) || TEXT("title", it->title) || TEXT("family", it->family) || TEXT("licence", it->licence) || TEXT("origin", it->origin) ||
                 core_dict_put(dict, "open_weights", PyBool_FromLong(it->open_weights)) || MONTH("released", it->released_month) ||
                 NUMBER("total_params", shape->total_params) || NUMBER("active_params", shape->active_params) || NUMBER("layers", shape->layers) ||
                 NUMBER("experts", shape->experts) || NUMBER("top_k", shape->top_k) ||
                 NUMBER("cache_bytes_per_token", csim_shape_cache_bytes(shape, 2.0) - csim_shape_cache_bytes(shape, 1.0)) ||
                 put_provenance(dict, &it->provenance.entry)))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *hardware_dict(const csim_hardware_entry *it) {
    const moe_hardware *machine = &it->machine;
    PyObject *dict = PyDict_New();
    if (dict && (TEXT("id", it->id) || TEXT("title", it->title) || TEXT("vendor", it->vendor) || TEXT("china_status", it->china_status) ||
                 MONTH("announced", it->stack == CSIM_STACK_SYNTHETIC ? CSIM_NO_MONTH : it->announced_month) ||
                 MONTH("volume", it->volume_month) || NUMBER("tpp", it->tpp) || NUMBER("bf16_flop_per_s", machine->bf16_flop_per_s) ||
                 NUMBER("fp8_flop_per_s", machine->fp8_flop_per_s) || NUMBER("fp4_flop_per_s", machine->fp4_flop_per_s) ||
                 NUMBER("memory_bytes", machine->memory_bytes) || NUMBER("memory_bytes_per_s", machine->memory_bytes_per_s) ||
                 NUMBER("scale_up_bytes_per_s", machine->scale_up_bytes_per_s) || NUMBER("scale_up_domain", machine->scale_up_domain) ||
                 NUMBER("all_in_kw", machine->all_in_kw) || NUMBER("capex_usd", machine->capex_usd) || put_provenance(dict, &it->provenance.entry)))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *price_dict(const csim_price *it) {
    PyObject *dict = PyDict_New();
    if (dict && (TEXT("model", it->model) || TEXT("offering", it->offering) || TEXT("shape", it->shape) || TEXT("tier", it->tier) || DAY("from", it->from_day) ||
                 NUMBER("input_usd_per_mtok", it->input_usd_per_mtok) || NUMBER("cached_usd_per_mtok", it->cached_usd_per_mtok) ||
                 NUMBER("output_usd_per_mtok", it->output_usd_per_mtok) || TEXT("source", it->source) || TEXT("basis", it->basis) ||
                 TEXT("confidence", it->confidence) || TEXT("note", it->note)))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *cost_input_dict(const csim_cost_input *it) {
    PyObject *dict = PyDict_New();
    if (dict && (TEXT("id", it->id) || TEXT("region", it->region) || TEXT("unit", it->unit) || NUMBER("value", it->value) || NUMBER("low", it->low) ||
                 NUMBER("high", it->high) || TEXT("date", it->date) || TEXT("source", it->source) || TEXT("basis", it->basis) ||
                 TEXT("confidence", it->confidence) || TEXT("note", it->note)))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *control_dict(const csim_control_event *it) {
    PyObject *dict = PyDict_New();
    if (dict && (DAY("day", it->day) || TEXT("side", it->side) || TEXT("text", it->text) || TEXT("source", it->source) || TEXT("confidence", it->confidence)))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *model_at(const void *from, Py_ssize_t i) { return model_dict((const csim_model_entry *)from + i); }
static PyObject *hardware_at(const void *from, Py_ssize_t i) { return hardware_dict((const csim_hardware_entry *)from + i); }
static PyObject *price_at(const void *from, Py_ssize_t i) { return price_dict((const csim_price *)from + i); }
static PyObject *cost_input_at(const void *from, Py_ssize_t i) { return cost_input_dict((const csim_cost_input *)from + i); }
static PyObject *control_at(const void *from, Py_ssize_t i) { return control_dict((const csim_control_event *)from + i); }

static int put_list(PyObject *dict, const char *key, core_item_at *item_at, const void *from, size_t count) {
    return core_dict_put(dict, key, core_list(item_at, from, (Py_ssize_t)count));
}

static PyObject *catalogue_dict(const csim_catalogue *it) {
    size_t models, machines, prices, inputs, controls;
    const csim_model_entry *model = csim_catalogue_models(it, &models);
    const csim_hardware_entry *machine = csim_catalogue_hardware(it, &machines);
    const csim_price *price = csim_catalogue_prices(it, &prices);
    const csim_cost_input *input = csim_catalogue_cost_inputs(it, &inputs);
    const csim_control_event *control = csim_catalogue_control_events(it, &controls);
    PyObject *dict = PyDict_New();
    if (dict && (put_list(dict, "models", model_at, model, models) || put_list(dict, "hardware", hardware_at, machine, machines) ||
                 put_list(dict, "prices", price_at, price, prices) || put_list(dict, "cost_inputs", cost_input_at, input, inputs) ||
                 put_list(dict, "controls", control_at, control, controls)))
        Py_CLEAR(dict);
    return dict;
}

PyObject *core_catalogue(PyObject *module, PyObject *folder) {
    CORE_DEFAULT_FLOATS;
    csim_catalogue *catalogue = NULL;
    csim_error err;
    char *path = core_path(folder);
    if (!path) return NULL;
    const csim_status status = csim_catalogue_load(path, &catalogue, &err);
    free(path);
    if (status) return core_raise(PyModule_GetState(module), &err);
    PyObject *dict = catalogue_dict(catalogue);
    csim_catalogue_free(catalogue);
    return dict;
}
