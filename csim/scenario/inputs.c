/* All inputs, in the order of the table. A scenario gives every one of them: code holds no defaults. */
#include <stdio.h>
#include <string.h>

#include "csim/scenario/reader.h"

static csim_status read_input(csim_reader *self, int id, size_t element, csim_input *out) {
    const csim_input_row *row = &csim_input_rows[id];
    char key[CSIM_READER_PATH], name[2 * CSIM_MAX_ID + 2];
    csim_scenario_element_name(self->out, row->index, element, name, sizeof name);
    snprintf(key, sizeof key, "%s%s%s", row->key, *name ? "." : "", name);
    csim_node *node;
    csim_status status = csim_reader_need(self, key, &node);
    if (status == CSIM_OK) status = csim_read_value(self, node, key, row, &out->spec, &out->note);
    out->id = (csim_input_id)id;
    out->element = (int)element;
    out->key = csim_reader_copy(self, key);
    return status == CSIM_OK && !out->key ? csim_reader_no_memory(self) : status;
}

csim_status csim_read_inputs(csim_reader *self) {
    csim_scenario *out = self->out;
    size_t total = 0;
    for (int id = 0; id < CSIM_INPUT_IDS; id++) {
        out->input_offset[id] = (int)total;
        total += csim_scenario_elements(out, csim_input_rows[id].index);
    }
    out->input_offset[CSIM_INPUT_IDS] = (int)total;
    csim_input *inputs = csim_arena_take(self->arena, total, sizeof *inputs);
    if (!inputs) return csim_reader_no_memory(self);
    csim_status status = CSIM_OK;
    for (int id = 0; id < CSIM_INPUT_IDS; id++)
        for (size_t e = 0; status == CSIM_OK && e < csim_scenario_elements(out, csim_input_rows[id].index); e++)
            status = read_input(self, id, e, &inputs[(size_t)out->input_offset[id] + e]);
    out->input = inputs;
    out->inputs = total;
    return status;
}

/* A key that lacks its element, or its section, is no slip of the fingers: say what is missing. */
static bool hint_part(csim_reader *self, const char *wanted) {
    const csim_scenario *s = self->out;
    const size_t size = strlen(wanted);
    if (!size) return false;
    for (size_t i = 0; i < s->inputs; i++) {
        const char *key = s->input[i].key, *row = csim_input_rows[s->input[i].id].key, *dot = strchr(row, '.');
        if (strcmp(row, wanted) == 0) return csim_error_hint(self->err, "it stands once for each of its index: did you mean '%s'?", key), true;
        if (dot && strcmp(dot + 1, wanted) == 0) return csim_error_hint(self->err, "did you mean '%s'?", key), true;
    }
    return false;
}

/* The nearest of all inputs. A thousand keys do not fit a list of names, so each meets the best one so far. */
static void hint_input(csim_reader *self, const char *wanted) {
    const csim_scenario *s = self->out;
    const char *best = NULL;
    for (size_t i = 0; i < s->inputs; i++) {
        csim_names two = {0};
        if (best) csim_names_add(&two, best, strlen(best));
        csim_names_add(&two, s->input[i].key, strlen(s->input[i].key));
        const char *nearest = csim_names_nearest(&two, wanted);
        if (nearest && (!best || strcmp(nearest, best) != 0)) best = s->input[i].key;
    }
    if (best) csim_error_hint(self->err, "did you mean '%s'?", best);
}

csim_status csim_reader_input(csim_reader *self, const csim_node *node, const char *field, const char *what, const char *key) {
    for (size_t i = 0; i < self->out->inputs; i++)
        if (strcmp(self->out->input[i].key, key) == 0) return CSIM_OK;
    csim_reader_refuse(self, CSIM_UNKNOWN_NAME, node, field, "%s%sthere is no input '%.100s'; wanted a full key such as cap.g_f or choice.alpha.<segment>", what, *what ? ": " : "", key);
    if (!hint_part(self, key)) hint_input(self, key);
    return CSIM_UNKNOWN_NAME;
}
