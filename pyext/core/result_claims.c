/* Claims of a result: answered by the run, or read from its file. */
#include <stdlib.h>

#include "pyext/core/core.h"

static int put_probability(PyObject *dict, const csim_probability *it) {
    return core_dict_put(dict, "probability", PyFloat_FromDouble(it->value)) || core_dict_put(dict, "error", PyFloat_FromDouble(it->error)) ||
           core_dict_put(dict, "low", PyFloat_FromDouble(it->low)) || core_dict_put(dict, "high", PyFloat_FromDouble(it->high)) ||
           core_dict_put(dict, "hits", PyLong_FromUnsignedLongLong(it->hits)) || core_dict_put(dict, "count", PyLong_FromUnsignedLongLong(it->count));
}

static int put_pairs(PyObject *dict, const csim_paired *it) {
    return core_dict_put(dict, "p5", PyFloat_FromDouble(it->p5)) || core_dict_put(dict, "p50", PyFloat_FromDouble(it->p50)) ||
           core_dict_put(dict, "p95", PyFloat_FromDouble(it->p95)) || core_dict_put(dict, "correlation", PyFloat_FromDouble(it->correlation));
}

static int put_break_even(PyObject *dict, const csim_break_even *it) {
    return core_dict_put(dict, "state", core_text(csim_break_name(it->state))) || core_dict_put(dict, "input", core_text(it->input)) ||
           core_dict_put(dict, "unit", core_text(it->unit)) || core_dict_put(dict, "value", PyFloat_FromDouble(it->value)) ||
           core_dict_put(dict, "percentile", PyFloat_FromDouble(it->percentile)) || core_dict_put(dict, "error", PyFloat_FromDouble(it->error)) ||
           core_dict_put(dict, "low", PyFloat_FromDouble(it->low)) || core_dict_put(dict, "high", PyFloat_FromDouble(it->high)) ||
           core_dict_put(dict, "p_lowest", PyFloat_FromDouble(it->p_lowest)) || core_dict_put(dict, "p5", PyFloat_FromDouble(it->p5)) ||
           core_dict_put(dict, "p95", PyFloat_FromDouble(it->p95)) || core_dict_put(dict, "p_highest", PyFloat_FromDouble(it->p_highest)) ||
           core_dict_put(dict, "hits", PyLong_FromUnsignedLongLong(it->hits)) || core_dict_put(dict, "count", PyLong_FromUnsignedLongLong(it->count));
}

static PyObject *break_even_dict(const csim_break_even *it) {
    PyObject *dict = PyDict_New();
    if (dict && put_break_even(dict, it)) Py_CLEAR(dict);
    return dict;
}

static PyObject *vintage_dict(const csim_aside *it) {
    PyObject *dict = PyDict_New();
    if (dict && (core_dict_put(dict, "known_until", core_month(it->vintage_month)) || put_probability(dict, &it->vintage))) Py_CLEAR(dict);
    return dict;
}

/* A dict, or None where there is nothing to say. */
static int put_beside(PyObject *dict, const csim_claim_result *it) {
    return core_dict_put(dict, "break_even", it->break_even.input[0] ? break_even_dict(&it->break_even) : Py_NewRef(Py_None)) ||
           core_dict_put(dict, "vintage", it->aside.vintage_month != CSIM_NO_MONTH ? vintage_dict(&it->aside) : Py_NewRef(Py_None)) ||
           core_dict_put(dict, "guesses", PyFloat_FromDouble(it->aside.guesses.value)) || core_dict_put(dict, "guesses_error", PyFloat_FromDouble(it->aside.guesses.error));
}

static PyObject *answer_at(const void *claims, Py_ssize_t i) {
    const csim_claim_result *it = (const csim_claim_result *)claims + i;
    PyObject *dict = PyDict_New();
    if (dict && (core_dict_put(dict, "claim", core_text(it->claim)) || core_dict_put(dict, "reading", core_text(it->reading)) ||
                 core_dict_put(dict, "answer", core_text(csim_answer_name(it->answer))) || put_probability(dict, &it->probability) ||
                 core_dict_put(dict, "value", PyFloat_FromDouble(it->value.value)) || core_dict_put(dict, "value_error", PyFloat_FromDouble(it->value.error)) ||
                 core_dict_put(dict, "note", core_text(it->note)) || put_beside(dict, it) || (it->answer == CSIM_ANSWER_PAIRS && put_pairs(dict, &it->pairs))))
        Py_CLEAR(dict);
    return dict;
}

static const csim_claim_result *claims_of(const core_result *self, size_t *count) {
    if (self->file) return csim_run_file_claims(self->file, count);
    *count = self->claims;
    return self->claim;
}

PyObject *core_result_claims(PyObject *object, PyObject *unused) {
    (void)unused;
    core_result *self = (core_result *)object;
    size_t count;
    const csim_claim_result *claims = claims_of(self, &count);
    self->busy++; /* making objects may run Python code, and with it other threads: nobody replaces the claims meanwhile */
    PyObject *list = core_list(answer_at, claims, (Py_ssize_t)count);
    self->busy--;
    return list;
}

typedef struct question { const core_plan *plan; const csim_result *result; int contrasts; csim_claim_result *claim; size_t claims; core_telling telling; atomic_ullong ran; } question;

/* `like` outlives both, and says how they are run. */
static csim_status run_further(question *it, const csim_result *like, const atomic_int *cancel, csim_contrasts **contrasts, csim_beside **beside, csim_error *err) {
    const csim_scenario *scenario = it->plan->owner->scenario;
    uint64_t done, pairs, others;
    csim_status status = csim_contrasts_new(scenario, like, 0, contrasts, err);
    if (!status) status = csim_beside_new(scenario, like, 0, beside, err);
    if (status) return status;
    csim_contrasts_progress(*contrasts, &done, &pairs);
    csim_beside_progress(*beside, &done, &others);
    atomic_store(&it->telling.total, pairs + others);
    status = csim_contrasts_advance(*contrasts, 0.0, cancel, err);
    return status ? status : csim_beside_advance(*beside, 0.0, cancel, err);
}

static csim_status answer_work(void *self, const atomic_int *cancel, csim_error *err) {
    question *it = self;
    csim_contrasts *contrasts = NULL;
    csim_beside *beside = NULL;
    csim_plan *plan = it->plan->plan;
    const csim_kernel_oracle kernel = {csim_kernel_answer, &plan};
    csim_result like = *it->result;
    like.options.told = &it->ran; /* further runs are counted apart */
    csim_status status = it->contrasts ? run_further(it, &like, cancel, &contrasts, &beside, err) : CSIM_OK;
    if (!status)
        status = csim_claims_evaluate_unless(cancel, it->plan->owner->scenario, it->plan->catalogue, it->result, contrasts, beside, &kernel, &it->claim, &it->claims, err);
    csim_beside_free(beside);
    csim_contrasts_free(contrasts);
    return status;
}

PyObject *core_result_answer(PyObject *object, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"contrasts", "progress", NULL};
    core_state *state = core_state_of(object);
    core_result *self = (core_result *)object;
    question it = {.result = self->result};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|pO:answer", names, &it.contrasts, &it.telling.callable)) return NULL;
    if (!self->run) return core_raise_run(state, "a result read from a file keeps the answers it was saved with");
    if (self->busy) return core_raise_run(state, "another thread is reading or answering this result's claims");
    it.plan = self->run->owner;
    it.telling.counter = &it.ran;
    self->busy++;
    const int failed = core_watch_telling(state, answer_work, &it, &it.telling);
    self->busy--;
    if (failed) {
        free(it.claim); /* the signal may have come after the last answer */
        return NULL;
    }
    free(self->claim);
    self->claim = it.claim;
    self->claims = it.claims;
    return Py_NewRef(Py_None);
}
