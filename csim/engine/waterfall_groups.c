/* See waterfall_groups.h. */
#include "csim/engine/waterfall_groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/scenario/layout.h"
#include "csim/scenario/yaml_tree.h"

/* Position of a group, added when it is new; −1 when there are too many. */
static int group_named(csim_waterfall_groups *self, const char *name) {
    for (size_t i = 0; i < self->count; i++)
        if (!strcmp(self->name[i], name)) return (int)i;
    if (self->count == CSIM_SHAPLEY_PLAYERS) return -1;
    snprintf(self->name[self->count], CSIM_GROUP_NAME, "%s", name);
    return (int)self->count++;
}

static bool moves_paths(const csim_difference *difference) { return !difference->only_notes && strcmp(difference->group, "head") != 0; }

/* "choice.theta" fits "choice.theta.fortune500" and itself; "sets" fits what the list of differences calls so. */
static bool fits(const char *prefix, const csim_difference *difference) {
    const size_t size = strlen(prefix);
    if (!strcmp(prefix, "sets")) return !strcmp(difference->group, "sets");
    return !strncmp(prefix, difference->path, size) && (difference->path[size] == '.' || !difference->path[size]);
}

static csim_status too_many(csim_error *err) { return csim_error_set(err, CSIM_LIMIT, "more than %d groups; put keys together in a file of groups", CSIM_SHAPLEY_PLAYERS); }

static csim_status by_section(const csim_differences *differences, csim_waterfall_groups *out, csim_error *err) {
    for (size_t i = 0; i < differences->count; i++) {
        if (!moves_paths(&differences->item[i])) continue;
        if ((out->of[i] = group_named(out, differences->item[i].group)) < 0) return too_many(err);
    }
    return CSIM_OK;
}

/* ---- from a file -------------------------------------------------------------------------------------------------------------------------------- */

static csim_status check_key(csim_node *node, const char *group, const char **key, csim_error *err) {
    char text[256], *rest = NULL;
    csim_path path = {0};
    const csim_status status = csim_node_text(node, group, key, err);
    if (status || !strcmp(*key, "sets")) return status;
    snprintf(text, sizeof text, "%s", *key);
    for (char *part = strtok_r(text, ".", &rest); part && path.count < 8; part = strtok_r(NULL, ".", &rest)) path.part[path.count++] = part;
    if (path.count && csim_layout_find(&path, NULL, NULL) != CSIM_PLACE_UNKNOWN) return CSIM_OK;
    return csim_error_set_at(err, CSIM_UNKNOWN_KEY, node->file, node->line, node->column, group, "'%.100s' is no key of a scenario, nor the beginning of one", *key);
}

/* The differing keys that fit go to the group, unless a longer key has taken them. */
static csim_status take_keys(const csim_differences *differences, csim_node *list, size_t *taken, csim_waterfall_groups *out, csim_error *err) {
    const char *key;
    csim_status status = CSIM_OK;
    if (list->kind != CSIM_NODE_LIST)
        return csim_error_set_at(err, CSIM_WRONG_TYPE, list->file, list->line, list->column, list->key, "a group wants a list of keys, such as [policy, choice.theta]");
    for (size_t k = 0; !status && k < list->count; k++) {
        status = check_key(list->items[k], list->key, &key, err);
        for (size_t i = 0; !status && i < differences->count; i++) {
            if (!moves_paths(&differences->item[i]) || !fits(key, &differences->item[i]) || strlen(key) <= taken[i]) continue;
            taken[i] = strlen(key);
            if ((out->of[i] = group_named(out, list->key)) < 0) status = too_many(err);
        }
    }
    return status;
}

static csim_status by_file(const csim_differences *differences, csim_node *root, csim_waterfall_groups *out, csim_error *err) {
    csim_status status = CSIM_OK;
    if (root->kind != CSIM_NODE_MAP) return csim_error_set_at(err, CSIM_WRONG_TYPE, root->file, root->line, root->column, NULL, "a file of groups is a map of names to lists of keys");
    size_t *taken = calloc(differences->count + 1, sizeof *taken);
    if (!taken) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for groups");
    for (size_t i = 0; !status && i < root->count; i++) status = take_keys(differences, root->items[i], taken, out, err);
    for (size_t i = 0; !status && i < differences->count; i++)
        if (moves_paths(&differences->item[i]) && !taken[i] && (out->of[i] = group_named(out, "rest")) < 0) status = too_many(err);
    free(taken);
    return status;
}

/* A group whose keys were all taken by longer ones is none. */
static void drop_empty(const csim_differences *differences, csim_waterfall_groups *self) {
    size_t kept = 0;
    for (size_t i = 0; i < differences->count; i++)
        if (self->of[i] >= 0) self->keys[self->of[i]]++;
    for (size_t g = 0; g < self->count; g++) {
        if (!self->keys[g]) continue;
        for (size_t i = 0; i < differences->count; i++)
            if (self->of[i] == (int)g) self->of[i] = (int)kept;
        memmove(self->name[kept], self->name[g], CSIM_GROUP_NAME);
        self->keys[kept++] = self->keys[g];
    }
    self->count = kept;
}

csim_status csim_waterfall_groups_make(const csim_differences *differences, const char *file, csim_waterfall_groups *out, csim_error *err) {
    csim_yaml_tree *tree = NULL;
    memset(out, 0, sizeof *out);
    out->of = malloc((differences->count + 1) * sizeof *out->of);
    if (!out->of) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for groups");
    for (size_t i = 0; i < differences->count; i++) out->of[i] = CSIM_GROUP_NONE;
    csim_status status = file ? csim_yaml_tree_load(file, &tree, err) : by_section(differences, out, err);
    if (!status && file) status = by_file(differences, csim_yaml_tree_root(tree), out, err);
    if (!status) drop_empty(differences, out);
    csim_yaml_tree_free(tree);
    return status;
}

void csim_waterfall_groups_join(csim_waterfall_groups *self, size_t differences, size_t first, size_t second) {
    const size_t to = first < second ? first : second, from = first < second ? second : first;
    char name[2 * CSIM_GROUP_NAME];
    snprintf(name, sizeof name, "%s+%s", self->name[to], self->name[from]);
    snprintf(self->name[to], CSIM_GROUP_NAME, "%.*s", CSIM_GROUP_NAME - 1, name);
    self->keys[to] += self->keys[from];
    for (size_t i = 0; i < differences; i++) {
        if (self->of[i] == (int)from) self->of[i] = (int)to;
        else if (self->of[i] > (int)from) self->of[i]--;
    }
    for (size_t g = from; g + 1 < self->count; g++) {
        memcpy(self->name[g], self->name[g + 1], CSIM_GROUP_NAME);
        self->keys[g] = self->keys[g + 1];
    }
    self->count--;
}

void csim_waterfall_groups_clear(csim_waterfall_groups *self) {
    free(self->of);
    memset(self, 0, sizeof *self);
}
