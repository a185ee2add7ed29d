/* Opens the files of a catalogue directory, hands each entry to its reader and keeps the result. Owns memory and look-ups; must not interpret an entry. */
#include "csim/catalogue/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/catalogue/nearest.h"
#include "csim/catalogue/readers.h"

enum { MODELS, HARDWARE, PRICES, COST_INPUTS, EVENTS, THRESHOLDS, SUPPLY, SECTION_COUNT };
enum { FILE_COUNT = 5 };

typedef csim_status (*entry_reader)(csim_node *node, const char *parent, const char *name, void *out, csim_error *err);

/* A section is one key at the top of a file: a map of entries or a list of rows. */
static const struct section {
    const char *file, *key;
    csim_node_kind kind;
    size_t size;
    entry_reader read;
} sections[SECTION_COUNT] = {
    [MODELS] = {"models.yaml", "models", CSIM_NODE_MAP, sizeof(csim_model_entry), csim_model_entry_read},
    [HARDWARE] = {"hardware.yaml", "hardware", CSIM_NODE_MAP, sizeof(csim_hardware_entry), csim_hardware_entry_read},
    [PRICES] = {"prices.yaml", "prices", CSIM_NODE_LIST, sizeof(csim_price), csim_price_read},
    [COST_INPUTS] = {"cost_inputs.yaml", "cost_inputs", CSIM_NODE_LIST, sizeof(csim_cost_input), csim_cost_input_read},
    [EVENTS] = {"controls.yaml", "events", CSIM_NODE_LIST, sizeof(csim_control_event), csim_control_event_read},
    [THRESHOLDS] = {"controls.yaml", "thresholds", CSIM_NODE_LIST, sizeof(csim_control_threshold), csim_control_threshold_read},
    [SUPPLY] = {"controls.yaml", "supply", CSIM_NODE_LIST, sizeof(csim_supply_estimate), csim_supply_estimate_read},
};

typedef struct entry_array {
    void *items;
    size_t count;
} entry_array;

struct csim_catalogue {
    csim_yaml_tree *trees[FILE_COUNT]; /* own every string handed out */
    entry_array sections[SECTION_COUNT];
};

/* ---- reading */

static csim_status read_entries(const struct section *section, csim_node *list, entry_array *out, csim_error *err) {
    if (list->count == 0) return csim_error_set_at(err, CSIM_MISSING_KEY, list->file, list->line, list->column, section->key, "it is empty");
    out->items = calloc(list->count, section->size);
    if (!out->items) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for %zu entries of %s", list->count, section->key);
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < list->count && status == CSIM_OK; i++) {
        csim_node *node = list->items[i];
        char index[32];
        snprintf(index, sizeof index, "[%zu]", i);
        status = section->read(node, section->key, node->key ? node->key : index, (char *)out->items + i * section->size, err);
        out->count = i + 1; /* a half-read entry counts: it may own overrides */
    }
    return status;
}

static csim_status read_section(const struct section *section, csim_entry_reader *root, entry_array *out, csim_error *err) {
    csim_node *list = csim_entry_child(root, section->key, true);
    if (list && list->kind != section->kind)
        csim_entry_fail(root, list, CSIM_WRONG_TYPE, section->key, "a %s is wanted here", section->kind == CSIM_NODE_MAP ? "map of entries" : "list of rows");
    if (root->status == CSIM_OK) root->status = read_entries(section, list, out, err);
    return root->status;
}

/* Reads the sections [first, end), which stand in one file. */
static csim_status read_file(csim_catalogue *catalogue, size_t file, const char *directory, size_t first, size_t end, csim_error *err) {
    char path[1024];
    int size = snprintf(path, sizeof path, "%s/%s", directory, sections[first].file);
    if (size < 0 || (size_t)size >= sizeof path) return csim_error_set(err, CSIM_LIMIT, "the name of the catalogue directory is longer than 1000 bytes");
    csim_status status = csim_yaml_tree_load(path, &catalogue->trees[file], err);
    if (status != CSIM_OK) return status;
    csim_entry_reader root;
    csim_entry_open(&root, csim_yaml_tree_root(catalogue->trees[file]), "", "", err);
    for (size_t i = first; i < end; i++) read_section(&sections[i], &root, &catalogue->sections[i], err);
    return csim_entry_close(&root);
}

static csim_status read_all_files(csim_catalogue *catalogue, const char *directory, csim_error *err) {
    size_t file = 0;
    for (size_t first = 0, end; first < SECTION_COUNT; first = end) {
        for (end = first + 1; end < SECTION_COUNT && strcmp(sections[end].file, sections[first].file) == 0; end++) {}
        csim_status status = read_file(catalogue, file++, directory, first, end, err);
        if (status != CSIM_OK) return status;
    }
    return CSIM_OK;
}

/* ---- checks across entries */

/* The first four sections stand alone in their file, so their number is the number of the tree. */
static csim_node *section_list(const csim_catalogue *catalogue, size_t section) {
    return csim_node_find(csim_yaml_tree_root(catalogue->trees[section]), sections[section].key);
}

static csim_status place_error(const csim_node *row, const char *key, csim_status status, csim_error *err) {
    const csim_node *node = csim_node_find(row, key);
    if (!err || !node) return status;
    snprintf(err->file, sizeof err->file, "%s", node->file);
    err->line = node->line;
    err->column = node->column;
    snprintf(err->field, sizeof err->field, "%s", key);
    return status;
}

static csim_status check_price_shapes(const csim_catalogue *catalogue, const csim_node *list, csim_error *err) {
    const csim_price *prices = catalogue->sections[PRICES].items;
    for (size_t i = 0; i < catalogue->sections[PRICES].count; i++) {
        const csim_model_entry *ignored;
        if (!prices[i].shape) continue;
        csim_status status = csim_catalogue_model_find(catalogue, prices[i].shape, &ignored, err);
        if (status != CSIM_OK) return place_error(list->items[i], "shape", status, err);
    }
    return CSIM_OK;
}

static csim_status check_cost_input_ids(const csim_catalogue *catalogue, const csim_node *list, csim_error *err) {
    const csim_cost_input *inputs = catalogue->sections[COST_INPUTS].items;
    for (size_t i = 0; i < catalogue->sections[COST_INPUTS].count; i++)
        for (size_t j = 0; j < i; j++) {
            if (strcmp(inputs[i].id, inputs[j].id) != 0) continue;
            csim_error_set(err, CSIM_DUPLICATE_KEY, "the id '%s' stands already on line %d", inputs[i].id, list->items[j]->line);
            return place_error(list->items[i], "id", CSIM_DUPLICATE_KEY, err);
        }
    return CSIM_OK;
}

static csim_status check_across(const csim_catalogue *catalogue, csim_error *err) {
    const csim_node *prices = section_list(catalogue, PRICES);
    const entry_array *rows = &catalogue->sections[PRICES];
    const entry_array *models = &catalogue->sections[MODELS], *machines = &catalogue->sections[HARDWARE];
    csim_status status = csim_model_names_check(models->items, models->count, section_list(catalogue, MODELS), err);
    if (status == CSIM_OK) status = csim_hardware_names_check(machines->items, machines->count, section_list(catalogue, HARDWARE), err);
    if (status == CSIM_OK) status = csim_prices_check_order(rows->items, rows->count, prices, err);
    if (status == CSIM_OK) status = check_price_shapes(catalogue, prices, err);
    if (status == CSIM_OK) status = check_cost_input_ids(catalogue, section_list(catalogue, COST_INPUTS), err);
    return status;
}

csim_status csim_catalogue_load(const char *directory, csim_catalogue **out, csim_error *err) {
    *out = NULL;
    csim_catalogue *catalogue = calloc(1, sizeof *catalogue);
    if (!catalogue) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the catalogue");
    csim_status status = read_all_files(catalogue, directory, err);
    if (status == CSIM_OK) status = check_across(catalogue, err);
    if (status != CSIM_OK) csim_catalogue_free(catalogue);
    else *out = catalogue;
    return status;
}

void csim_catalogue_free(csim_catalogue *catalogue) {
    if (!catalogue) return;
    csim_model_entry *models = catalogue->sections[MODELS].items;
    for (size_t i = 0; i < catalogue->sections[MODELS].count; i++) csim_provenance_clear(&models[i].provenance);
    csim_hardware_entry *hardware = catalogue->sections[HARDWARE].items;
    for (size_t i = 0; i < catalogue->sections[HARDWARE].count; i++) csim_provenance_clear(&hardware[i].provenance);
    for (size_t i = 0; i < SECTION_COUNT; i++) free(catalogue->sections[i].items);
    for (size_t i = 0; i < FILE_COUNT; i++)
        if (catalogue->trees[i]) csim_yaml_tree_free(catalogue->trees[i]);
    free(catalogue);
}

/* ---- looking up */

static const void *get_section(const csim_catalogue *catalogue, size_t section, size_t *count) {
    if (count) *count = catalogue->sections[section].count;
    return catalogue->sections[section].items;
}

const csim_model_entry *csim_catalogue_models(const csim_catalogue *catalogue, size_t *count) { return get_section(catalogue, MODELS, count); }
const csim_hardware_entry *csim_catalogue_hardware(const csim_catalogue *catalogue, size_t *count) { return get_section(catalogue, HARDWARE, count); }
const csim_price *csim_catalogue_prices(const csim_catalogue *catalogue, size_t *count) { return get_section(catalogue, PRICES, count); }
const csim_cost_input *csim_catalogue_cost_inputs(const csim_catalogue *catalogue, size_t *count) { return get_section(catalogue, COST_INPUTS, count); }
const csim_control_event *csim_catalogue_control_events(const csim_catalogue *catalogue, size_t *count) { return get_section(catalogue, EVENTS, count); }
const csim_control_threshold *csim_catalogue_control_thresholds(const csim_catalogue *catalogue, size_t *count) {
    return get_section(catalogue, THRESHOLDS, count);
}
const csim_supply_estimate *csim_catalogue_supply(const csim_catalogue *catalogue, size_t *count) { return get_section(catalogue, SUPPLY, count); }

static const char *model_id(const void *models, size_t i) { return ((const csim_model_entry *)models)[i].id; }
static const char *hardware_id(const void *hardware, size_t i) { return ((const csim_hardware_entry *)hardware)[i].id; }
static const char *cost_input_id(const void *inputs, size_t i) { return ((const csim_cost_input *)inputs)[i].id; }

/* The index of an id in a section, or count with an error. */
static size_t find_id(const entry_array *section, const char *(*id_at)(const void *, size_t), const char *what, const char *id, csim_error *err) {
    for (size_t i = 0; i < section->count; i++)
        if (strcmp(id_at(section->items, i), id) == 0) return i;
    csim_error_set(err, CSIM_UNKNOWN_NAME, "no %s '%s' in the catalogue", what, id);
    const char *nearest = csim_nearest_name(id, id_at, section->items, section->count);
    if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
    return section->count;
}

csim_status csim_catalogue_model_find(const csim_catalogue *catalogue, const char *id, const csim_model_entry **out, csim_error *err) {
    size_t i = find_id(&catalogue->sections[MODELS], model_id, "model", id, err);
    if (i == catalogue->sections[MODELS].count) return CSIM_UNKNOWN_NAME;
    *out = &((const csim_model_entry *)catalogue->sections[MODELS].items)[i];
    return CSIM_OK;
}

csim_status csim_catalogue_hardware_find(const csim_catalogue *catalogue, const char *id, const csim_hardware_entry **out, csim_error *err) {
    size_t i = find_id(&catalogue->sections[HARDWARE], hardware_id, "machine", id, err);
    if (i == catalogue->sections[HARDWARE].count) return CSIM_UNKNOWN_NAME;
    *out = &((const csim_hardware_entry *)catalogue->sections[HARDWARE].items)[i];
    return CSIM_OK;
}

csim_status csim_catalogue_cost_input_find(const csim_catalogue *catalogue, const char *id, const csim_cost_input **out, csim_error *err) {
    size_t i = find_id(&catalogue->sections[COST_INPUTS], cost_input_id, "cost input", id, err);
    if (i == catalogue->sections[COST_INPUTS].count) return CSIM_UNKNOWN_NAME;
    *out = &((const csim_cost_input *)catalogue->sections[COST_INPUTS].items)[i];
    return CSIM_OK;
}
