/* Pairs of inputs that are drawn together. Whether a set of them can hold at once is the copula's judgement. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/dist/copula.h"
#include "csim/scenario/reader.h"

static int input_index(const csim_scenario *scenario, const char *key) {
    for (size_t i = 0; i < scenario->inputs; i++)
        if (strcmp(scenario->input[i].key, key) == 0) return (int)i;
    return -1;
}

static csim_status read_end(csim_reader *self, const csim_node *item, const char *key, const char *field, const char **out) {
    csim_node *node = csim_node_find(item, key);
    if (!node) return csim_reader_refuse(self, CSIM_MISSING_KEY, item, field, "%s is missing: the full key of an input", key);
    const csim_status status = csim_reader_string(self, node, field, out);
    return status == CSIM_OK ? csim_reader_input(self, node, field, key, *out) : status;
}

static csim_status check_pair(csim_reader *self, const csim_node *item, const csim_correlation *pairs, size_t at, const char *field) {
    const csim_correlation *new = &pairs[at];
    if (strcmp(new->a, new->b) == 0) return csim_reader_refuse(self, CSIM_INCONSISTENT, item, field, "correlates '%s' with itself", new->a);
    for (size_t i = 0; i < at; i++) {
        const bool same = strcmp(pairs[i].a, new->a) == 0 && strcmp(pairs[i].b, new->b) == 0;
        const bool turned = strcmp(pairs[i].a, new->b) == 0 && strcmp(pairs[i].b, new->a) == 0;
        if (same || turned) return csim_reader_refuse(self, CSIM_DUPLICATE_KEY, item, field, "the pair '%s', '%s' stands twice", new->a, new->b);
    }
    return CSIM_OK;
}

static csim_status read_pair(csim_reader *self, csim_node *item, csim_correlation *pairs, size_t at) {
    csim_correlation *out = &pairs[at];
    csim_names allowed = {0};
    char field[64];
    snprintf(field, sizeof field, "correlations[%zu]", at + 1);
    if (item->kind != CSIM_NODE_MAP) return csim_reader_refuse(self, CSIM_WRONG_TYPE, item, field, "wanted a map {a, b, rho, reason}");
    csim_names_add_choices(&allowed, "a|b|rho|basis|source|date|reason");
    csim_status status = csim_reader_only(self, item, field, &allowed);
    if (status == CSIM_OK) status = read_end(self, item, "a", field, &out->a);
    if (status == CSIM_OK) status = read_end(self, item, "b", field, &out->b);
    if (status == CSIM_OK) status = csim_read_note(self, item, field, NULL, &out->note);
    if (status == CSIM_OK) status = check_pair(self, item, pairs, at, field);
    if (status != CSIM_OK) return status;
    csim_node *rho = csim_node_find(item, "rho");
    if (!rho) return csim_reader_refuse(self, CSIM_MISSING_KEY, item, field, "rho is missing: the correlation");
    status = csim_node_number(rho, field, &out->rho, self->err);
    if (status != CSIM_OK || (out->rho > -1 && out->rho < 1)) return status;
    return csim_reader_refuse(self, CSIM_OUT_OF_RANGE, rho, field, "rho must lie above -1 and below 1, got %.10g", out->rho);
}

/* The copula knows no files: its refusal gets the place of the list. */
static csim_status check_together(csim_reader *self, const csim_node *list) {
    const csim_scenario *s = self->out;
    csim_copula_pair *pairs = calloc(s->correlations, sizeof *pairs);
    csim_copula *copula = calloc(1, sizeof *copula);
    csim_status status = pairs && copula ? CSIM_OK : csim_reader_no_memory(self);
    for (size_t i = 0; i < s->correlations && status == CSIM_OK; i++) {
        const csim_correlation *c = &s->correlation[i];
        pairs[i] = (csim_copula_pair){{c->a, c->b}, {(uint32_t)input_index(s, c->a), (uint32_t)input_index(s, c->b)}, c->rho};
    }
    if (status == CSIM_OK) {
        status = csim_copula_compile(pairs, s->correlations, copula, self->err);
        if (status != CSIM_OK && status != CSIM_NO_MEMORY && self->err) {
            snprintf(self->err->file, sizeof self->err->file, "%s", list->file);
            snprintf(self->err->field, sizeof self->err->field, "correlations");
            self->err->line = list->line;
            self->err->column = list->column;
        }
    }
    free(copula);
    free(pairs);
    return status;
}

csim_status csim_read_correlations(csim_reader *self) {
    csim_node *list = csim_reader_find(self, "correlations");
    if (!list) return CSIM_OK;
    if (list->kind != CSIM_NODE_LIST) return csim_reader_refuse(self, CSIM_WRONG_TYPE, list, "correlations", "wanted a list of {a, b, rho, reason}");
    if (list->count > CSIM_COPULA_MAX_PAIRS)
        return csim_reader_refuse(self, CSIM_LIMIT, list, "correlations", "has %zu pairs, at most %d are allowed", list->count, CSIM_COPULA_MAX_PAIRS);
    csim_correlation *pairs = csim_arena_take(self->arena, list->count, sizeof *pairs);
    if (!pairs) return csim_reader_no_memory(self);
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < list->count && status == CSIM_OK; i++) status = read_pair(self, list->items[i], pairs, i);
    self->out->correlation = pairs;
    self->out->correlations = list->count;
    return status == CSIM_OK && list->count ? check_together(self, list) : status;
}
