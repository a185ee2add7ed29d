/* token_cost: what tokens of catalogued models cost on catalogued machines, any number of cases a call. The same numbers as `moecast cost`. */
#include <stdlib.h>
#include <string.h>

#include "pyext/core/token_cost.h"

const char core_token_cost_doc[] =
    "token_cost(folder, words, columns, size=1, strict=True, threads=0)\n--\n\n"
    "Costs, speeds and energies of `size` cases as a dict of arrays. `words`: lists of the words in use, by name (model, hardware, stack, pools, layouts, basis,\n"
    "drafting); `columns`: float64 arrays of 1 or `size` numbers, by name: places in those lists under the lists' names, and the numbers of the question.\n"
    "What does not fit raises ScenarioError, or is NaN unless strict. Releases the GIL; Ctrl-C stops it.";

enum { COLUMNS = COST_WORDS + COST_NUMBERS };

typedef struct arguments {
    cost_job job;
    PyObject *texts[COST_WORDS];  /* tuples that keep the words alive */
    Py_buffer view[COLUMNS];      /* obj NULL: not open */
    char *folder;
} arguments;

/* ---- reading ---- */

const char *cost_read_word(core_state *state, PyObject *text, const char *name) {
    Py_ssize_t size = 0;
    csim_error err;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "%s must be str", name);
        return NULL;
    }
    const char *word = PyUnicode_AsUTF8AndSize(text, &size);
    if (word && strlen(word) == (size_t)size) return word;
    if (!word && !PyErr_ExceptionMatches(PyExc_UnicodeError)) return NULL;
    PyErr_Clear();
    if (word) csim_error_set_at(&err, CSIM_UNKNOWN_NAME, NULL, 0, 0, name, "a NUL character follows '%.100s'", word);
    else csim_error_set_at(&err, CSIM_UNKNOWN_NAME, NULL, 0, 0, name, "a word has half a surrogate pair in it, which is no character");
    csim_error_hint(&err, "names are plain text, as in moecast.catalogue()");
    core_raise(state, &err);
    return NULL;
}

static int read_words(core_state *state, PyObject *list, cost_word kind, arguments *a) {
    a->texts[kind] = PySequence_Tuple(list);
    if (!a->texts[kind]) return -1;
    const Py_ssize_t count = PyTuple_Size(a->texts[kind]);
    if (count > COST_WORDS_MOST) {
        PyErr_Format(PyExc_ValueError, "at most %d different words are taken for %s", COST_WORDS_MOST, cost_word_names[kind]);
        return -1;
    }
    a->job.word[kind] = calloc((size_t)count + 1, sizeof *a->job.word[kind]);
    if (!a->job.word[kind]) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        a->job.word[kind][i] = cost_read_word(state, PyTuple_GetItem(a->texts[kind], i), cost_word_names[kind]);
        if (!a->job.word[kind][i]) return -1;
    }
    a->job.words[kind] = (size_t)count;
    return 0;
}

static int read_column(PyObject *object, const char *name, Py_buffer *view, Py_ssize_t size, cost_column *out) {
    if (PyObject_GetBuffer(object, view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)) return -1;
    const Py_ssize_t count = view->len / (Py_ssize_t)sizeof(double);
    if (!view->format || strcmp(view->format, "d") != 0 || (count != 1 && count != size)) {
        PyErr_Format(PyExc_ValueError, "%s must be an array of float64 with 1 or %zd numbers", name, size);
        return -1;
    }
    *out = (cost_column){view->buf, count == size && size != 1};
    return 0;
}

/* A place outside its list would be read as memory of others. */
static int check_codes(const cost_job *job, cost_word kind) {
    const cost_column *column = &job->code[kind];
    const size_t count = !column->data ? 1 : column->step ? job->size : 1;
    for (size_t i = 0; i < count && job->size; i++) {
        const double code = column->data ? column->data[i] : 0.0;
        if (code >= 0.0 && code < (double)job->words[kind]) continue;
        PyErr_Format(PyExc_ValueError, "%s: a column says which of its %zu words each case takes, from 0", cost_word_names[kind], job->words[kind]);
        return -1;
    }
    return 0;
}

static int read_one_column(PyObject *name, PyObject *value, Py_ssize_t size, arguments *a) {
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
    for (int k = 0; text && k < COST_WORDS; k++)
        if (!strcmp(text, cost_word_names[k])) return read_column(value, text, &a->view[k], size, &a->job.code[k]);
    for (int k = 0; text && k < COST_NUMBERS; k++)
        if (!strcmp(text, cost_numbers[k].name)) return read_column(value, text, &a->view[COST_WORDS + k], size, &a->job.number[k]);
    if (!PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "token_cost has no column %R", name);
    return -1;
}

static int read_all(core_state *state, PyObject *words, PyObject *columns, Py_ssize_t size, arguments *a) {
    static const char *const standard[COST_WORDS] = {NULL, NULL, "tuned", "split", "searched", "own", "general"};
    PyObject *name, *value;
    for (int k = 0; k < COST_WORDS; k++) {
        PyObject *list = PyDict_GetItemString(words, cost_word_names[k]), *one = list ? Py_NewRef(list) : standard[k] ? Py_BuildValue("(s)", standard[k]) : NULL;
        if (!one && !PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "token_cost wants words for %s", cost_word_names[k]);
        const int failed = !one || read_words(state, one, (cost_word)k, a);
        Py_XDECREF(one);
        if (failed) return -1;
    }
    for (Py_ssize_t at = 0; PyDict_Next(columns, &at, &name, &value);)
        if (read_one_column(name, value, size, a)) return -1;
    for (int k = 0; k < COST_WORDS; k++)
        if (check_codes(&a->job, (cost_word)k)) return -1;
    return 0;
}

/* ---- answering ---- */

static int make_room(cost_job *job) {
    for (int k = 0; k < COST_RESULTS; k++) {
        job->result[k] = malloc((job->size + 1) * sizeof(double));
        if (!job->result[k]) {
            PyErr_NoMemory();
            return -1;
        }
    }
    return 0;
}

/* Arrays take the results over one by one. */
static PyObject *result_dict(core_state *state, cost_job *job) {
    PyObject *dict = PyDict_New(), *names = dict ? PyList_New(MOE_BINDINGS) : NULL;
    for (int i = 0; names && i < MOE_BINDINGS; i++) PyList_SetItem(names, i, core_text(moe_binding_name((moe_binding)i)));
    int failed = !dict || core_dict_put(dict, "binding_names", names);
    for (int k = 0; !failed && k < COST_RESULTS; k++) {
        double *data = job->result[k];
        job->result[k] = NULL;
        failed = core_dict_put(dict, cost_result_names[k], core_array_new(state, NULL, data, 'd', (core_shape){1, {(Py_ssize_t)job->size}}));
    }
    if (failed) Py_CLEAR(dict);
    return dict;
}

static void clear(arguments *a) {
    for (int k = 0; k < COST_WORDS; k++) {
        Py_CLEAR(a->texts[k]);
        free((void *)a->job.word[k]);
    }
    for (int k = 0; k < COLUMNS; k++)
        if (a->view[k].obj) PyBuffer_Release(&a->view[k]);
    for (int k = 0; k < COST_RESULTS; k++) free(a->job.result[k]);
    free(a->folder);
}

PyObject *core_token_cost(PyObject *module, PyObject *tuple, PyObject *keywords) {
    static char *names[] = {"folder", "words", "columns", "size", "strict", "threads", NULL};
    core_state *state = PyModule_GetState(module);
    arguments a = {.folder = NULL};
    PyObject *folder, *words, *columns, *answer = NULL;
    Py_ssize_t size = 1;
    a.job.strict = 1;
    if (!PyArg_ParseTupleAndKeywords(tuple, keywords, "OOO|npi:token_cost", names, &folder, &words, &columns, &size, &a.job.strict, &a.job.threads)) return NULL;
    if (!PyDict_Check(words) || !PyDict_Check(columns)) return PyErr_Format(PyExc_TypeError, "words and columns are dicts");
    if (size < 0 || a.job.threads < 0) return PyErr_Format(PyExc_ValueError, "size and threads must be at least 0, got %zd and %d", size, a.job.threads);
    a.job.size = (size_t)size;
    a.folder = core_path(folder);
    a.job.folder = a.folder;
    if (a.folder && !read_all(state, words, columns, size, &a) && !make_room(&a.job) && !core_watch(state, cost_job_run, &a.job)) answer = result_dict(state, &a.job);
    clear(&a);
    return answer;
}
