/* Source, date, basis and confidence of an entry and of the fields that have their own. Must not judge the values themselves. */
#include <stdlib.h>
#include <string.h>

#include "csim/catalogue/readers.h"

const char *const csim_basis_names[] = {"config", "vendor", "measured", "secondary", "derived", "estimate", "guess", NULL};
const char *const csim_confidence_names[] = {"H", "M", "L", NULL};

static void read_entry(csim_entry_reader *parent, csim_provenance *out) {
    csim_node *node = csim_entry_child(parent, "provenance", true);
    if (!node) return;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent->field, "provenance", parent->err);
    out->field = "";
    out->source = csim_entry_text(&reader, "source");
    out->date = csim_entry_month_text(&reader, "date");
    out->basis = csim_entry_choice_text(&reader, "basis", csim_basis_names);
    out->confidence = csim_entry_choice_text(&reader, "confidence", csim_confidence_names);
    out->note = csim_entry_text_or(&reader, "note", "");
    parent->status = csim_entry_close(&reader);
}

static csim_status read_override(csim_node *node, const char *parent, const csim_provenance *entry, csim_provenance *out, csim_error *err) {
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent, node->key, err);
    out->field = node->key;
    out->source = csim_entry_text_or(&reader, "source", entry->source);
    out->date = csim_entry_child(&reader, "date", false) ? csim_entry_month_text(&reader, "date") : entry->date;
    out->basis = csim_entry_choice_text(&reader, "basis", csim_basis_names);
    out->confidence = csim_entry_choice_text(&reader, "confidence", csim_confidence_names);
    out->note = csim_entry_text_or(&reader, "note", "");
    if (out->source == entry->source && out->note[0] == '\0')
        csim_entry_fail(&reader, node, CSIM_MISSING_KEY, "note", "an override needs a source or a note of its own");
    return csim_entry_close(&reader);
}

/* A field that exists nowhere in the entry would be a note about nothing. `a.b` is looked up one level down. */
static bool field_exists(const csim_node *map, const char *field) {
    const char *dot = strchr(field, '.');
    if (!dot) return csim_node_find(map, field) != NULL;
    for (size_t i = 0; i < map->count; i++) {
        const csim_node *child = map->items[i];
        if (child->kind == CSIM_NODE_MAP && strncmp(child->key, field, (size_t)(dot - field)) == 0 && child->key[dot - field] == '\0')
            return csim_node_find(child, dot + 1) != NULL;
    }
    return false;
}

void csim_provenance_read(csim_entry_reader *parent, csim_provenance_set *out) {
    read_entry(parent, &out->entry);
    csim_node *list = csim_entry_child(parent, "overrides", false);
    if (!list || list->count == 0) return;
    if (list->kind != CSIM_NODE_MAP) {
        csim_entry_fail(parent, list, CSIM_WRONG_TYPE, "overrides", "a map from field to provenance is wanted here");
        return;
    }
    out->overrides = calloc(list->count, sizeof *out->overrides);
    if (!out->overrides) {
        parent->status = csim_error_set(parent->err, CSIM_NO_MEMORY, "no memory for %zu overrides", list->count);
        return;
    }
    for (size_t i = 0; i < list->count && parent->status == CSIM_OK; i++) {
        csim_node *node = list->items[i];
        if (!field_exists(parent->map, node->key))
            csim_entry_fail(parent, node, CSIM_UNKNOWN_NAME, node->key, "an override of a field this entry does not have");
        else
            parent->status = read_override(node, parent->field, &out->entry, &out->overrides[out->override_count++], parent->err);
    }
}

void csim_provenance_clear(csim_provenance_set *set) {
    free(set->overrides);
    memset(set, 0, sizeof *set);
}

const csim_provenance *csim_provenance_get(const csim_provenance_set *set, const char *field) {
    const csim_provenance *parent = &set->entry;
    for (size_t i = 0; i < set->override_count; i++) {
        const char *name = set->overrides[i].field;
        size_t size = strlen(name);
        if (strcmp(name, field) == 0) return &set->overrides[i];
        if (strncmp(name, field, size) == 0 && (field[size] == '.' || field[size] == '[')) parent = &set->overrides[i];
    }
    return parent;
}
