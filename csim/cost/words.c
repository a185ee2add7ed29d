/* Words of a question. */
#include "csim/cost/words.h"

#include <string.h>

static csim_status find(const char *field, const char *word, const char *const *allowed, const char *list, int *out, csim_error *err) {
    for (*out = 0; allowed[*out]; ++*out)
        if (!strcmp(word, allowed[*out])) return CSIM_OK;
    return csim_error_set_at(err, CSIM_UNKNOWN_NAME, NULL, 0, 0, field, "must be %s, got '%.40s'", list, word);
}

csim_status csim_stack_word(const char *word, moe_stack *out, csim_error *err) {
    static const char *const allowed[] = {"tuned", "default", "first", NULL};
    int place;
    const csim_status status = find("stack", word, allowed, "tuned, default or first", &place, err);
    if (!status) *out = (moe_stack)place;
    return status;
}

csim_status csim_pools_word(const char *word, int *one_pool, csim_error *err) {
    static const char *const allowed[] = {"split", "one", NULL};
    int place;
    const csim_status status = find("pools", word, allowed, "split or one", &place, err);
    if (!status) *one_pool = place;
    return status;
}

csim_status csim_layouts_word(const char *word, csim_layouts *out, csim_error *err) {
    static const char *const allowed[] = {"searched", "spread", NULL};
    int place;
    const csim_status status = find("layouts", word, allowed, "searched or spread", &place, err);
    if (!status) *out = (csim_layouts)place;
    return status;
}
