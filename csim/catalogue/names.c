/* Ids and aliases: looking an entry up by either, and the check that no name stands twice. Knows nothing else of an entry. */
#include <string.h>

#include "csim/catalogue/nearest.h"
#include "csim/catalogue/readers.h"

void csim_aliases_read(csim_entry_reader *reader, csim_aliases *out) {
    const csim_node *list = csim_entry_child(reader, "aliases", false);
    if (!list) return;
    if (list->kind != CSIM_NODE_LIST || list->count < 1 || list->count > CSIM_ALIASES_MAX) {
        csim_entry_fail(reader, list, CSIM_WRONG_TYPE, "aliases", "a list of 1 to %d names is wanted here", (int)CSIM_ALIASES_MAX);
        return;
    }
    for (size_t i = 0; i < list->count && reader->status == CSIM_OK; i++) {
        reader->status = csim_node_text(list->items[i], "aliases", &out->names[i], reader->err);
        if (reader->status == CSIM_OK && !out->names[i][0]) csim_entry_fail(reader, list->items[i], CSIM_MISSING_KEY, "aliases", "the name is empty");
        out->count = i + 1;
    }
}

/* Entries of either kind, each with as many places for names; places without one repeat the id. */
typedef struct named { const void *entries; const char *(*id)(const void *entries, size_t i); const csim_aliases *(*aliases)(const void *entries, size_t i); size_t count; } named;
enum { PLACES = 1 + CSIM_ALIASES_MAX };

static const char *model_id(const void *models, size_t i) { return ((const csim_model_entry *)models)[i].id; }
static const csim_aliases *model_aliases(const void *models, size_t i) { return &((const csim_model_entry *)models)[i].aliases; }
static const char *machine_id(const void *machines, size_t i) { return ((const csim_hardware_entry *)machines)[i].id; }
static const csim_aliases *machine_aliases(const void *machines, size_t i) { return &((const csim_hardware_entry *)machines)[i].aliases; }

static int has_name(const named *all, size_t place) { return place % PLACES <= all->aliases(all->entries, place / PLACES)->count; }

static const char *name_at(const void *of, size_t place) {
    const named *all = of;
    const size_t entry = place / PLACES, k = place % PLACES;
    return k && has_name(all, place) ? all->aliases(all->entries, entry)->names[k - 1] : all->id(all->entries, entry);
}

static csim_status check(const named *all, const csim_node *map, csim_error *err) {
    for (size_t i = 0; i < all->count * PLACES; i++)
        for (size_t j = 0; j < i && has_name(all, i); j++) {
            if (!has_name(all, j) || strcmp(name_at(all, i), name_at(all, j)) != 0) continue;
            const csim_node *entry = map->items[i / PLACES], *list = csim_node_find(entry, "aliases"), *at = list ? list : entry;
            return csim_error_set_at(err, CSIM_DUPLICATE_KEY, at->file, at->line, at->column, "aliases", "the name '%.100s' is one of '%s' already", name_at(all, i),
                                     all->id(all->entries, j / PLACES));
        }
    return CSIM_OK;
}

/* Index of the entry, or count with an error. */
static size_t find(const named *all, const char *what, const char *name, csim_error *err) {
    for (size_t i = 0; i < all->count * PLACES; i++)
        if (!strcmp(name_at(all, i), name)) return i / PLACES;
    csim_error_set(err, CSIM_UNKNOWN_NAME, "no %s '%.200s' in the catalogue", what, name);
    const char *nearest = csim_nearest_name(name, name_at, all, all->count * PLACES);
    if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
    return all->count;
}

csim_status csim_model_names_check(const csim_model_entry *models, size_t count, const csim_node *map, csim_error *err) {
    return check(&(named){models, model_id, model_aliases, count}, map, err);
}

csim_status csim_hardware_names_check(const csim_hardware_entry *machines, size_t count, const csim_node *map, csim_error *err) {
    return check(&(named){machines, machine_id, machine_aliases, count}, map, err);
}

csim_status csim_catalogue_model_named(const csim_catalogue *catalogue, const char *name, const csim_model_entry **out, csim_error *err) {
    named all = {.id = model_id, .aliases = model_aliases};
    const csim_model_entry *models = csim_catalogue_models(catalogue, &all.count);
    all.entries = models;
    const size_t i = find(&all, "model", name, err);
    if (i == all.count) return CSIM_UNKNOWN_NAME;
    *out = &models[i];
    return CSIM_OK;
}

csim_status csim_catalogue_hardware_named(const csim_catalogue *catalogue, const char *name, const csim_hardware_entry **out, csim_error *err) {
    named all = {.id = machine_id, .aliases = machine_aliases};
    const csim_hardware_entry *machines = csim_catalogue_hardware(catalogue, &all.count);
    all.entries = machines;
    const size_t i = find(&all, "machine", name, err);
    if (i == all.count) return CSIM_UNKNOWN_NAME;
    *out = &machines[i];
    return CSIM_OK;
}
