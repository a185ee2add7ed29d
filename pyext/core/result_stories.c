/* Stories of a result: result.stories(count). */
#include <stdlib.h>

#include "pyext/core/core.h"

typedef struct telling { const csim_result *result; const csim_scenario *scenario; int count; csim_told *told; } telling;

static csim_status tell(void *self, const atomic_int *cancel, csim_error *err) {
    telling *it = self;
    return csim_stories_tell(it->result, it->scenario, it->count, cancel, &it->told, err);
}

static PyObject *sentence_at(const void *from, Py_ssize_t i) { return core_text(((const csim_told_story *)from)->sentence[i]); }

static PyObject *story_at(const void *from, Py_ssize_t i) {
    const csim_told *told = from;
    const csim_story *it = &told->found.story[i];
    return Py_BuildValue("{s:k, s:k, s:k, s:d, s:d, s:d, s:N, s:N, s:N}", "index", (unsigned long)it->path, "row", (unsigned long)it->row, "paths", (unsigned long)it->paths,
                         "weight", it->weight, "distance", it->distance, "headline", it->headline, "name", core_text(told->story[i].name), "title",
                         core_text(told->story[i].title), "sentences", core_list(sentence_at, &told->story[i], CSIM_TOLD_SENTENCES));
}

static PyObject *cluster_at(const void *from, Py_ssize_t i) {
    const unsigned char of = ((const csim_stories *)from)->of[i];
    return PyLong_FromLong(of == CSIM_STORIES_NONE ? -1 : (long)of);
}

static PyObject *told_dict(const csim_told *told, const csim_result *result) {
    PyObject *dict = PyDict_New();
    const csim_stories *found = &told->found;
    const uint32_t looked_at = result->kept < CSIM_STORIES_ROWS ? result->kept : CSIM_STORIES_ROWS;
    if (dict && (core_dict_put(dict, "stories", core_list(story_at, told, found->count)) || core_dict_put(dict, "of", core_list(cluster_at, found, (Py_ssize_t)looked_at)) ||
                 core_dict_put(dict, "paths", PyLong_FromUnsignedLong(found->rows)) || core_dict_put(dict, "order", PyLong_FromLong(found->order)) ||
                 core_dict_put(dict, "spread", PyFloat_FromDouble(found->spread)) || core_dict_put(dict, "spread_of_one", PyFloat_FromDouble(found->spread_of_one))))
        Py_CLEAR(dict);
    return dict;
}

PyObject *core_result_stories(PyObject *object, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"count", NULL};
    core_result *self = (core_result *)object;
    telling it = {.result = self->result};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "i:stories", names, &it.count)) return NULL;
    if (it.count < CSIM_STORIES_LEAST || it.count > CSIM_STORIES_MOST)
        return PyErr_Format(PyExc_ValueError, "there may be %d to %d stories, not %d", CSIM_STORIES_LEAST, CSIM_STORIES_MOST, it.count);
    const core_scenario *scenario = core_result_scenario(self);
    if (!scenario) return NULL;
    it.scenario = scenario->scenario;
    PyObject *dict = core_watch(core_state_of(object), tell, &it) ? NULL : told_dict(it.told, self->result);
    free(it.told);
    return dict;
}
