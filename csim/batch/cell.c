/* The text of a grid's cell: a scenario that extends its base and sets the cell's keys. Writes YAML; must not judge it. */
#include <string.h>

#include "csim/batch/batch_parts.h"
#include "csim/scenario/node_write.h"

typedef struct cell { csim_text *out; const csim_batch_axis *axis; const size_t *at; size_t axes; } cell;

/* Do two keys agree in their first `size` bytes, and does a part end there in both? */
static bool share(const char *a, const char *b, size_t size) { return !strncmp(a, b, size) && (a[size] == '.' || !a[size]) && (b[size] == '.' || !b[size]); }

/* The keys that begin as `of` does, `skip` bytes long with its dot, as one map; each part once. */
static void put_keys(const cell *self, const char *of, size_t skip, int depth) {
    for (size_t k = 0; k < self->axes; k++) {
        const char *key = self->axis[k].key;
        bool told = false;
        if (skip && (strncmp(key, of, skip) != 0)) continue;
        const size_t size = skip + strcspn(key + skip, ".");
        for (size_t i = 0; i < k; i++) told |= share(self->axis[i].key, key, size);
        if (told) continue;
        csim_text_add(self->out, "%*s", 2 * depth, "");
        csim_text_add(self->out, "%.*s:", (int)(size - skip), key + skip);
        if (key[size]) {
            csim_text_put(self->out, "\n");
            put_keys(self, key, size + 1, depth + 1);
        } else {
            csim_text_put(self->out, " ");
            csim_node_write(self->out, self->axis[k].value[self->at[k]]);
            csim_text_put(self->out, "\n");
        }
    }
}

csim_status csim_batch_cell_text(const csim_batch *batch, const char *name, const char *base, const csim_batch_axis *axis, const size_t *at, size_t axes, char **text,
                                 size_t *size, csim_error *err) {
    csim_text out = {0}, title = {0};
    const cell self = {&out, axis, at, axes};
    csim_text_add(&title, "%s:", batch->name);
    for (size_t k = 0; k < axes; k++) csim_text_add(&title, "%s %s %s", k ? "," : "", axis[k].key, axis[k].label[at[k]]);
    if (base) csim_text_add(&out, "# A cell of the grid in the batch %s. Runs by itself too: moecast run on this file.\nmoecast: 1\n", batch->name);
    csim_text_put(&out, "name: ");
    csim_text_quote(&out, name);
    csim_text_put(&out, "\ntitle: ");
    csim_text_quote(&out, title.bytes ? title.bytes : "");
    if (base) csim_text_put(&out, "\nextends: "), csim_text_quote(&out, base);
    csim_text_put(&out, "\n\n");
    put_keys(&self, "", 0, 0);
    out.failed |= title.failed;
    csim_text_clear(&title);
    return csim_text_take(&out, text, size, err);
}
