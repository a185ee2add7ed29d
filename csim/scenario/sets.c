/* The names a scenario is made of. Read before everything else, because keys of later parts are made of them. */
#include <stdio.h>
#include <string.h>

#include "csim/scenario/reader.h"

static bool is_id(const char *id) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const char first = id[0];
    const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    return letter && strlen(id) < CSIM_MAX_ID && id[strspn(id, allowed)] == '\0';
}

csim_status csim_reader_check_id(csim_reader *self, const csim_node *node, const char *id, int line, int column, const char *field) {
    csim_dist_family family;
    if (!is_id(id))
        return csim_error_set_at(self->err, CSIM_WRONG_TYPE, node->file, line, column, field,
                                 "'%.70s' is no name: wanted at most %d letters, digits, _ or -, the first a letter", id, CSIM_MAX_ID - 1);
    if (!csim_dist_family_find(id, &family) && strcmp(id, "null") != 0) return CSIM_OK;
    return csim_error_set_at(self->err, CSIM_INCONSISTENT, node->file, line, column, field, "'%s' cannot be a name here: it already means something else", id);
}

static csim_status refuse_count(csim_reader *self, const csim_node *node, const char *path, size_t most) {
    return csim_reader_refuse(self, node->count ? CSIM_LIMIT : CSIM_INCONSISTENT, node, path, "has %zu entries, wanted 1 to %zu", node->count, most);
}

/* A list of different names. Vendors are firms and may be called anything; the others become keys. */
static csim_status read_list(csim_reader *self, const char *path, size_t most, bool ids, const char **out, size_t *count) {
    csim_node *list;
    csim_status status = csim_reader_need(self, path, &list);
    if (status != CSIM_OK) return status;
    if (list->kind != CSIM_NODE_LIST)
        return csim_reader_refuse(self, CSIM_WRONG_TYPE, list, path, "got a %s, wanted a list of names", list->kind == CSIM_NODE_MAP ? "map" : "single value");
    if (list->count == 0 || list->count > most) return refuse_count(self, list, path, most);
    for (size_t i = 0; i < list->count && status == CSIM_OK; i++) {
        csim_node *item = list->items[i];
        status = csim_reader_string(self, item, path, &out[i]);
        if (status == CSIM_OK && ids) status = csim_reader_check_id(self, item, out[i], item->line, item->column, path);
        if (status == CSIM_OK && !out[i][0]) status = csim_reader_refuse(self, CSIM_WRONG_TYPE, item, path, "has no value, wanted a name");
        for (size_t k = 0; k < i && status == CSIM_OK; k++)
            if (strcmp(out[k], out[i]) == 0) status = csim_reader_refuse(self, CSIM_DUPLICATE_KEY, item, path, "'%.60s' stands twice in the list", out[i]);
    }
    *count = list->count;
    return status;
}

/* The keys of a map of named things. */
static csim_status read_keys(csim_reader *self, const char *path, size_t most, csim_node **map) {
    csim_status status = csim_reader_need(self, path, map);
    if (status != CSIM_OK) return status;
    if ((*map)->kind != CSIM_NODE_MAP) return csim_reader_refuse(self, CSIM_WRONG_TYPE, *map, path, "wanted a map of names to their properties");
    if ((*map)->count == 0 || (*map)->count > most) return refuse_count(self, *map, path, most);
    for (size_t i = 0; i < (*map)->count && status == CSIM_OK; i++) {
        const csim_node *item = (*map)->items[i];
        status = csim_reader_check_id(self, item, item->key, item->key_line, item->key_column, path);
    }
    return status;
}

csim_status csim_read_sets(csim_reader *self) {
    csim_scenario *out = self->out;
    csim_node *map;
    csim_status status = read_list(self, "segments", CSIM_MAX_SEGMENTS, true, out->segment, &out->segments);
    if (status == CSIM_OK) status = read_list(self, "regions", CSIM_MAX_REGIONS, true, out->region, &out->regions);
    if (status == CSIM_OK && out->segments * out->regions > CSIM_MAX_MARKETS)
        return csim_reader_refuse(self, CSIM_LIMIT, csim_reader_find(self, "regions"), "regions", "%zu segments times %zu regions make %zu markets, at most %d are allowed",
                                  out->segments, out->regions, out->segments * out->regions, CSIM_MAX_MARKETS);
    if (status == CSIM_OK) status = read_list(self, "vendors", CSIM_MAX_VENDORS, false, out->vendor, &out->vendors);
    if (status == CSIM_OK) status = read_keys(self, "offerings", CSIM_MAX_OFFERINGS, &map);
    if (status != CSIM_OK) return status;
    for (out->offerings = 0; out->offerings < map->count; out->offerings++) out->offering[out->offerings].id = map->items[out->offerings]->key;
    status = read_keys(self, "fleets", CSIM_MAX_FLEETS, &map);
    if (status != CSIM_OK) return status;
    for (out->fleets = 0; out->fleets < map->count; out->fleets++) out->fleet[out->fleets].id = map->items[out->fleets]->key;
    status = read_keys(self, "policy.regimes", CSIM_MAX_REGIMES, &map);
    if (status != CSIM_OK) return status;
    for (out->regimes = 0; out->regimes < map->count; out->regimes++) {
        const csim_node *item = map->items[out->regimes];
        if (strcmp(item->key, "markov") == 0)
            return csim_error_set_at(self->err, CSIM_INCONSISTENT, item->file, item->key_line, item->key_column, "policy.regimes",
                                     "'markov' cannot be a regime: in policy.schedule it stands for the transition matrix");
        out->regime[out->regimes].id = item->key;
    }
    return CSIM_OK;
}

/* ---- the sets as lists of names ------------------------------------------------------------------------------------------------------------ */

#define NAMES_OF(set, expression)                                                        \
    void csim_names_of_##set(const csim_scenario *scenario, csim_names *out) {                  \
        out->count = 0;                                                                         \
        for (size_t i = 0; i < scenario->set; i++) csim_names_add(out, expression, strlen(expression)); \
    }
NAMES_OF(segments, scenario->segment[i])
NAMES_OF(regions, scenario->region[i])
NAMES_OF(fleets, scenario->fleet[i].id)
NAMES_OF(regimes, scenario->regime[i].id)
#undef NAMES_OF
