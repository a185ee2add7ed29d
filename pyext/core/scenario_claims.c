/* The claims a scenario carries, with their readings, as dicts. What a run found about them stands in result.c. */
#include "pyext/core/core.h"

static const char *const kind_name[] = {"threshold", "identity", "kernel", "conditional", "contrast"};

static PyObject *reading_dict(const csim_reading *reading) {
    PyObject *dict = PyDict_New();
    if (dict && (core_dict_put(dict, "id", core_text(reading->id)) || core_dict_put(dict, "title", core_text(reading->title)) ||
                 core_dict_put(dict, "metric", core_text(reading->metric)) || core_dict_put(dict, "element", core_text(reading->element)) ||
                 core_dict_put(dict, "op", core_text(reading->op)) || core_dict_put(dict, "threshold", PyFloat_FromDouble(reading->value)) ||
                 core_dict_put(dict, "at", core_month(reading->at_month)) || core_dict_put(dict, "by", core_month(reading->by_month)) ||
                 core_dict_put(dict, "from", core_month(reading->from_month)) || core_dict_put(dict, "given", core_text(reading->given)) ||
                 core_dict_put(dict, "against", core_text(reading->against)) || core_dict_put(dict, "identity", core_text(reading->identity)) ||
                 core_dict_put(dict, "deciding", core_text(reading->deciding))))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *reading_at(const void *claim, Py_ssize_t i) { return reading_dict(&((const csim_claim *)claim)->readings[i]); }

static PyObject *claim_dict(const csim_claim *claim) {
    PyObject *dict = PyDict_New();
    if (dict && (core_dict_put(dict, "id", core_text(claim->id)) || core_dict_put(dict, "statement", core_text(claim->statement)) ||
                 core_dict_put(dict, "source", core_text(claim->source)) || core_dict_put(dict, "said_on", core_text(claim->said_on)) ||
                 core_dict_put(dict, "kind", core_text(kind_name[claim->kind])) || core_dict_put(dict, "resolution", core_text(claim->resolution)) ||
                 core_dict_put(dict, "status", core_text(claim->status)) || core_dict_put(dict, "status_source", core_text(claim->status_source)) ||
                 core_dict_put(dict, "comment", core_text(claim->comment)) || core_dict_put(dict, "readings", core_list(reading_at, claim, (Py_ssize_t)claim->count))))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *claim_at(const void *scenario, Py_ssize_t i) { return claim_dict(&((const csim_scenario *)scenario)->claim[i]); }

PyObject *core_scenario_claims(const csim_scenario *scenario) {
    CORE_DEFAULT_FLOATS;
    return core_list(claim_at, scenario, (Py_ssize_t)scenario->claims);
}
