/* token_cost: what a token of a catalogued model costs on a catalogued machine. The same numbers as `moecast cost`. */
#include <math.h>
#include <stdlib.h>

#include "pyext/core/core.h"

const char core_token_cost_doc[] =
    "token_cost(folder, model, hardware, input_tokens=8000.0, output_tokens=1000.0, hit_share=0.5, tok_per_s_user=25.0, draft=0, accepted=1.0,\n"
    "           utilisation=None, usd_per_hour=None, electricity_usd_per_kwh=None)\n--\n\n"
    "Cost, speed and energy of a token as a dict; None takes the standard, and an owned machine. Raises ScenarioError for unknown names, for a number\n"
    "out of its range and for a model that does not fit the machine.";

typedef struct question { const char *model, *hardware; csim_cost_question cost; } question;

static csim_status answer(const char *folder, const question *q, csim_token_cost *out, csim_error *err) {
    const csim_model_entry *model;
    const csim_hardware_entry *machine;
    csim_catalogue *catalogue = NULL;
    csim_status status = csim_catalogue_load(folder, &catalogue, err);
    if (!status) status = csim_catalogue_model_find(catalogue, q->model, &model, err);
    if (!status) status = csim_catalogue_hardware_find(catalogue, q->hardware, &machine, err);
    if (!status) status = csim_token_cost_of(model, machine, &q->cost, out, err);
    csim_catalogue_free(catalogue);
    return status;
}

static PyObject *cost_dict(const csim_token_cost *c) {
    const moe_explanation *x = &c->serving.kernel;
    return Py_BuildValue("{s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:s,s:N}", "usd_per_mtok_in", c->usd_per_mtok_in, "usd_per_mtok_cached",
                         c->usd_per_mtok_cached, "usd_per_mtok_out", c->usd_per_mtok_out, "usd_per_mtok_blend", c->usd_per_mtok_blend, "band_log_sd", c->band_log_sd,
                         "tok_per_s_user", c->tok_per_s_user, "output_tok_per_s", c->output_tok_per_s, "input_tok_per_s", c->input_tok_per_s,
                         "joule_per_output_token", c->joule_per_output_token, "usd_per_hour", c->usd_per_hour, "batch", x->batch, "group", x->layout.group, "step_s",
                         x->step_s, "output_s", x->output_s, "input_s", x->input_s, "binding", moe_binding_name(x->binding), "meets_tpot", PyBool_FromLong(x->meets_tpot));
}

/* None leaves *out as it is. */
static int optional(PyObject *given, double *out) {
    if (given == Py_None) return 0;
    const double value = PyFloat_AsDouble(given);
    if (value == -1.0 && PyErr_Occurred()) return -1;
    if (isnan(value)) {
        PyErr_SetString(PyExc_ValueError, "utilisation, usd_per_hour and electricity_usd_per_kwh are numbers or None, not nan");
        return -1;
    }
    *out = value;
    return 0;
}

PyObject *core_token_cost(PyObject *module, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"folder", "model", "hardware", "input_tokens", "output_tokens", "hit_share", "tok_per_s_user", "draft", "accepted", "utilisation",
                            "usd_per_hour", "electricity_usd_per_kwh", NULL};
    question q = {.cost = csim_cost_question_standard()};
    double tok_per_s_user = 25.0;
    int draft = 0;
    PyObject *folder, *utilisation = Py_None, *rent = Py_None, *electricity = Py_None;
    csim_token_cost cost;
    csim_error err;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "Oss|ddddidOOO:token_cost", names, &folder, &q.model, &q.hardware, &q.cost.request.input_tokens,
                                     &q.cost.request.output_tokens, &q.cost.request.hit_share, &tok_per_s_user, &draft, &q.cost.request.accepted, &utilisation,
                                     &rent, &electricity))
        return NULL;
    if (optional(utilisation, &q.cost.owner.utilisation) || optional(rent, &q.cost.owner.rent_usd_per_hour) || optional(electricity, &q.cost.owner.electricity_usd_per_kwh))
        return NULL;
    q.cost.request.verified = 1.0 + draft;
    q.cost.request.tpot_s = 1.0 / tok_per_s_user;
    char *path = core_path(folder);
    if (!path) return NULL;
    const csim_status status = answer(path, &q, &cost, &err);
    free(path);
    return status ? core_raise(PyModule_GetState(module), &err) : cost_dict(&cost);
}
