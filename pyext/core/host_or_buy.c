/* host_or_buy: host a model or buy its tokens, one question a call. The same numbers under the same names as `moecast breakeven --json`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pyext/core/token_cost.h"

const char core_host_or_buy_doc[] =
    "host_or_buy(folder, words, numbers, tok_per_month=(), dense_twin=False)\n--\n\n"
    "A month's bills for hosting and for buying, and where they meet, as a dict. `words`: model, hardware, stack, pools, layouts, basis, drafting; `numbers`: those\n"
    "of the question, by name; `tok_per_month`: volumes whose bills are wanted. Raises ScenarioError. Releases the GIL.";

typedef struct host_job {
    const char *folder, *word[COST_WORDS];
    const csim_hardware_entry *hardware;
    csim_catalogue *catalogue;
    csim_host_question question;
    double tok_per_s_user, draft, accepted;   /* accepted NAN: as the kind of drafting has it */
    int want_twin, refused;                   /* refused: no layout serves the twin, why.detail says so */
    csim_host_or_buy answer, twin;
    csim_error why;
} host_job;

typedef struct bills { const csim_host_or_buy *of; const double *tok_per_month; } bills;

/* ---- reading ---- */

static int read_words(core_state *state, PyObject *words, host_job *job) {
    static const char *const standard[COST_WORDS] = {NULL, NULL, "tuned", "split", "searched", "own", "general"};
    for (int k = 0; k < COST_WORDS; k++) {
        PyObject *text = PyDict_GetItemString(words, cost_word_names[k]);
        if (!text && !standard[k]) PyErr_Format(PyExc_TypeError, "host_or_buy wants a word for %s", cost_word_names[k]);
        job->word[k] = text ? cost_read_word(state, text, cost_word_names[k]) : standard[k];
        if (!job->word[k]) return -1;
    }
    return 0;
}

/* Where a number of that name goes; NULL: nowhere. */
static double *place_of(host_job *job, const char *name) {
    csim_host_question *q = &job->question;
    const struct { const char *name; double *place; } own[] = {
        {"api_usd_per_mtok_in", &q->api_usd_per_mtok_in}, {"api_usd_per_mtok_out", &q->api_usd_per_mtok_out}, {"api_usd_per_mtok_cached", &q->api_usd_per_mtok_cached},
        {"staff_usd_per_month", &q->staff_usd_per_month}, {"staff_growth", &q->staff_growth}, {"peak_to_mean", &q->fleet.peak_to_mean},
        {"replicas_min", &q->fleet.replicas_min}, {"tok_per_s_user", &job->tok_per_s_user}, {"draft", &job->draft}, {"accepted", &job->accepted}};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (!strcmp(name, own[i].name)) return own[i].place;
    for (int k = 0; k < COST_SPEED; k++)
        if (!strcmp(name, cost_numbers[k].name)) return (double *)((char *)&q->fleet.cost + cost_numbers[k].offset);
    return NULL;
}

static int read_numbers(PyObject *numbers, host_job *job) {
    PyObject *key, *value;
    for (Py_ssize_t at = 0; PyDict_Next(numbers, &at, &key, &value);) {
        const char *name = PyUnicode_Check(key) ? PyUnicode_AsUTF8AndSize(key, NULL) : NULL;
        if (name && !strcmp(name, "draft_best")) {
            if ((job->question.fleet.best_draft = PyObject_IsTrue(value)) < 0) return -1;
            continue;
        }
        double *place = name ? place_of(job, name) : NULL;
        if (!place && !PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "host_or_buy has no number %R", key);
        if (!place) return -1;
        *place = PyFloat_AsDouble(value);
        if (PyErr_Occurred()) return -1;
    }
    return 0;
}

/* malloc'd; NULL with an exception. */
static double *read_volumes(PyObject *volumes, Py_ssize_t *count) {
    PyObject *all = PySequence_Tuple(volumes);
    if (!all) return NULL;
    *count = PyTuple_Size(all);
    double *out = malloc((size_t)(*count + 1) * sizeof *out);
    if (!out) PyErr_NoMemory();
    for (Py_ssize_t i = 0; out && i < *count; i++) {
        out[i] = PyFloat_AsDouble(PyTuple_GetItem(all, i));
        if (!PyErr_Occurred() && out[i] >= 0.0 && out[i] <= CSIM_HOST_FAR_TOK_PER_MONTH) continue;
        if (!PyErr_Occurred()) PyErr_Format(PyExc_ValueError, "tok_per_month must be 0 to 1e16, got %R", PyTuple_GetItem(all, i));
        free(out);
        out = NULL;
    }
    Py_DECREF(all);
    return out;
}

/* ---- finding, without Python ---- */

static csim_status find_words(host_job *job, const csim_model_entry **model, csim_error *err) {
    csim_cost_question *cost = &job->question.fleet.cost;
    csim_status status = csim_stack_word(job->word[COST_STACK], &cost->request.stack, err);
    if (!status) status = csim_pools_word(job->word[COST_POOLS], &cost->request.one_pool, err);
    if (!status) status = csim_layouts_word(job->word[COST_LAYOUTS], &cost->layouts, err);
    if (!status) status = csim_basis_find(job->word[COST_BASIS], &cost->owner.basis, err);
    if (!status) status = csim_drafting_find(job->word[COST_DRAFTING], &job->question.fleet.drafting, err);
    if (!status) status = csim_catalogue_model_named(job->catalogue, job->word[COST_MODEL], model, err);
    return status ? status : csim_catalogue_hardware_named(job->catalogue, job->word[COST_HARDWARE], &job->hardware, err);
}

static void set_draft(host_job *job) {
    moe_request *r = &job->question.fleet.cost.request;
    if (job->question.fleet.best_draft) return;
    const int depth = job->draft > 0.0 && job->draft <= CSIM_DRAFT_MOST ? (int)job->draft : 0;
    r->verified = 1.0 + job->draft;
    r->accepted = !isnan(job->accepted) ? job->accepted : depth ? csim_draft_accepted(job->question.fleet.drafting, depth) : 1.0;
}

/* A twin that no layout serves is an answer, not an error. */
static csim_status find_twin(host_job *job, const csim_model_entry *model, csim_error *err) {
    if (!(model->shape.experts > 0.0)) return csim_error_set_at(err, CSIM_INCONSISTENT, NULL, 0, 0, "dense_twin", "%s has no experts: it is its own twin", model->title);
    csim_model_entry twin = *model;
    twin.shape = csim_dense_twin(&model->shape);
    const csim_status status = csim_host_or_buy_find(&twin, job->hardware, &job->question, &job->twin, &job->why);
    job->refused = status == CSIM_INCONSISTENT;
    if (!status || job->refused) return CSIM_OK;
    *err = job->why;
    return status;
}

static csim_status find(void *self, const atomic_int *cancel, csim_error *err) {
    host_job *job = self;
    const csim_model_entry *model = NULL;
    csim_status status = csim_catalogue_load(job->folder, &job->catalogue, err);
    if (!status) status = find_words(job, &model, err);
    if (status) return status;
    job->question.fleet.cost.request.tpot_s = 1.0 / job->tok_per_s_user;
    set_draft(job);
    status = csim_cost_question_check(&job->question.fleet.cost, err); /* also what the answer will not use */
    if (!status) status = csim_host_or_buy_find(model, job->hardware, &job->question, &job->answer, err);
    if (!status && job->want_twin) status = find_twin(job, model, err);
    return !status && atomic_load(cancel) ? csim_error_set(err, CSIM_INTERRUPTED, "interrupted") : status;
}

/* ---- answering ---- */

typedef struct fact { const char *name; double value; } fact;

static PyObject *facts_dict(const fact *facts, size_t n) {
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict && i < n; i++)
        if (core_dict_put(dict, facts[i].name, PyFloat_FromDouble(facts[i].value))) Py_CLEAR(dict);
    return dict;
}
#define FACTS(facts) facts_dict(facts, sizeof(facts) / sizeof(facts)[0])

static PyObject *replica_dict(const csim_replica *r) {
    const moe_explanation *x = &r->cost.serving.kernel;
    const fact facts[] = {{"decode_accelerators", r->decode}, {"tensor_parallel", x->layout.tensor}, {"prompts_accelerators", r->prompts}, {"draft", r->depth},
                          {"decode_tok_per_month", r->decode_tok_per_month}, {"prompts_tok_per_month", r->prompts_tok_per_month}, {"output_s", x->output_s}, {"input_s", x->input_s},
                          {"tok_per_s_user", r->cost.tok_per_s_user}, {"ttft_s", r->cost.serving.ttft_s}};
    return FACTS(facts);
}

static PyObject *bill_dict(const csim_host_or_buy *a, double volume) {
    const csim_host_bill bill = csim_host_bill_of(a, volume, 1.0), low = csim_host_bill_of(a, volume, a->band_low), high = csim_host_bill_of(a, volume, a->band_high);
    const fact facts[] = {{"tok_per_month", volume}, {"accelerators", bill.accelerators}, {"most_tok_per_month", bill.most_tok_per_month},
                          {"accelerators_usd", bill.accelerators_usd}, {"staff_usd", bill.staff_usd}, {"cached_usd", bill.cached_usd},
                          {"total_usd", bill.total_usd}, {"total_usd_low", low.total_usd}, {"total_usd_high", high.total_usd},
                          {"usd_per_mtok", bill.usd_per_mtok}, {"usd_per_mtok_low", low.usd_per_mtok}, {"usd_per_mtok_high", high.usd_per_mtok},
                          {"api_usd", 1e-6 * volume * a->api_usd_per_mtok}};
    return FACTS(facts);
}

static PyObject *bill_at(const void *from, Py_ssize_t i) {
    const bills *all = from;
    return bill_dict(all->of, all->tok_per_month[i]);
}

static PyObject *break_dict(const csim_host_or_buy *a) {
    const fact facts[] = {{"tok_per_month", a->even.tok_per_month}, {"tok_per_month_low", a->even_low.tok_per_month}, {"tok_per_month_high", a->even_high.tok_per_month},
                          {"for_good_tok_per_month", a->even.for_good_tok_per_month}};
    PyObject *dict = FACTS(facts), *bill = isinf(a->even.tok_per_month) ? Py_NewRef(Py_None) : bill_dict(a, a->even.tok_per_month);
    if (dict && (core_dict_put(dict, "bill", bill) || core_dict_put(dict, "state", core_text(csim_host_state_name(a->even.state))))) Py_CLEAR(dict);
    return dict;
}

static PyObject *answer_dict(const csim_host_or_buy *a, const double *volumes, Py_ssize_t count) {
    const fact facts[] = {{"usd_per_hour", a->usd_per_hour}, {"load", a->fleet.load}, {"smallest_accelerators", a->fleet.accelerators_min}, {"api_usd_per_mtok", a->api_usd_per_mtok},
                          {"cached_usd_per_mtok", a->cached_usd_per_mtok}, {"marginal_usd_per_mtok", a->marginal_usd_per_mtok}, {"band_low", a->band_low}, {"band_high", a->band_high}};
    const bills all = {a, volumes};
    PyObject *dict = FACTS(facts);
    if (dict && (core_dict_put(dict, "smallest_replica", replica_dict(&a->fleet.replica[a->fleet.smallest])) ||
                 core_dict_put(dict, "cheapest_replica", replica_dict(&a->fleet.replica[a->fleet.cheapest])) || core_dict_put(dict, "least", bill_dict(a, 0.0)) ||
                 core_dict_put(dict, "volumes", core_list(bill_at, &all, count)) || core_dict_put(dict, "break_even", break_dict(a))))
        Py_CLEAR(dict);
    return dict;
}

static PyObject *question_dict(const host_job *job) {
    const csim_host_question *q = &job->question;
    const moe_request *r = &q->fleet.cost.request;
    const fact facts[] = {{"input_tokens", r->input_tokens}, {"output_tokens", r->output_tokens}, {"hit_share", r->hit_share}, {"peak_to_mean", q->fleet.peak_to_mean},
                          {"replicas_min", q->fleet.replicas_min}, {"staff_usd_per_month", q->staff_usd_per_month}, {"staff_growth", q->staff_growth},
                          {"api_usd_per_mtok_in", q->api_usd_per_mtok_in}, {"api_usd_per_mtok_cached", q->api_usd_per_mtok_cached}, {"api_usd_per_mtok_out", q->api_usd_per_mtok_out}};
    PyObject *dict = FACTS(facts);
    if (dict && (core_dict_put(dict, "model", core_text(job->word[COST_MODEL])) || core_dict_put(dict, "hardware", core_text(job->word[COST_HARDWARE])) ||
                 core_dict_put(dict, "basis", core_text(isnan(q->fleet.cost.owner.rent_usd_per_hour) ? csim_basis_name(q->fleet.cost.owner.basis) : "stated"))))
        Py_CLEAR(dict);
    return dict;
}

static int put_twin(PyObject *dict, const host_job *job, const double *volumes, Py_ssize_t count) {
    if (job->refused) return core_dict_put(dict, "dense_twin_refused", core_text(job->why.detail));
    const csim_sparsity_worth worth = csim_sparsity_worth_of(&job->answer, &job->twin);
    const fact facts[] = {{"usd_per_mtok", worth.usd_per_mtok}, {"smallest_accelerators", worth.smallest_accelerators}, {"accelerators", worth.accelerators},
                          {"break_even", worth.break_even}};
    return core_dict_put(dict, "dense_twin", answer_dict(&job->twin, volumes, count)) || core_dict_put(dict, "sparsity_worth", FACTS(facts));
}

static PyObject *job_dict(const host_job *job, const double *volumes, Py_ssize_t count) {
    PyObject *dict = question_dict(job), *answer = dict ? answer_dict(&job->answer, volumes, count) : NULL;
    const int failed = !answer || PyDict_Update(dict, answer) || (job->want_twin && put_twin(dict, job, volumes, count));
    Py_XDECREF(answer);
    if (failed) Py_CLEAR(dict);
    return dict;
}

PyObject *core_host_or_buy(PyObject *module, PyObject *tuple, PyObject *keywords) {
    CORE_DEFAULT_FLOATS;
    static char *names[] = {"folder", "words", "numbers", "tok_per_month", "dense_twin", NULL};
    core_state *state = PyModule_GetState(module);
    PyObject *place, *words, *numbers, *wanted = NULL, *answer = NULL;
    int twin = 0;
    if (!PyArg_ParseTupleAndKeywords(tuple, keywords, "OOO|Op:host_or_buy", names, &place, &words, &numbers, &wanted, &twin)) return NULL;
    if (!PyDict_Check(words) || !PyDict_Check(numbers)) return PyErr_Format(PyExc_TypeError, "words and numbers are dicts");
    char *folder = core_path(place);
    host_job *job = folder ? calloc(1, sizeof *job) : NULL; /* a few hundred kilobytes */
    Py_ssize_t count = 0;
    double *volumes = NULL;
    if (folder && !job) PyErr_NoMemory();
    if (job) {
        job->folder = folder;
        job->question = csim_host_question_standard();
        job->tok_per_s_user = 25.0;
        job->accepted = (double)NAN;
        job->want_twin = twin;
        volumes = wanted ? read_volumes(wanted, &count) : calloc(1, sizeof *volumes);
        if (!volumes && !PyErr_Occurred()) PyErr_NoMemory();
    }
    if (volumes && !read_words(state, words, job) && !read_numbers(numbers, job) && !core_watch(state, find, job)) answer = job_dict(job, volumes, count);
    if (job) csim_catalogue_free(job->catalogue);
    free(volumes);
    free(job);
    free(folder);
    return answer;
}
