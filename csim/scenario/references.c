/* Keys that name another scenario: which file they mean, and that it is there. Must not load it: what stands in it is looked at when it is compiled. */
#include <string.h>

#include "csim/scenario/paths.h"
#include "csim/scenario/reader.h"

static csim_status find_shipped(csim_reader *self, const csim_node *node, const char *path, csim_reference *out) {
    csim_names shipped;
    int at = 0;
    csim_path_shipped_names(&shipped);
    out->file = csim_path_shipped(self->arena, out->name);
    if (!out->file) return csim_reader_no_memory(self);
    return self->scenarios_may_be_missing ? CSIM_OK : csim_reader_member(self, node, path, &shipped, &at);
}

static csim_status find_file(csim_reader *self, const csim_node *node, const char *path, csim_reference *out) {
    const char *file = csim_path_beside(self->arena, node->file, out->name);
    out->file = file && csim_path_is_bare(file) ? csim_arena_print(self->arena, "./%s", file) : file; /* "./mine" stays a file's name */
    if (!out->file) return csim_reader_no_memory(self);
    if (self->scenarios_may_be_missing || csim_path_is_file(out->file)) return CSIM_OK;
    return csim_reader_refuse(self, CSIM_FILE_OPEN, node, path, "there is %s %.300s; wanted the file of a scenario, or a shipped one's bare name",
                              csim_path_is_folder(out->file) ? "only a folder" : "no file", out->file);
}

csim_status csim_reader_scenario(csim_reader *self, const char *path, csim_reference *out) {
    const csim_node *node = csim_reader_find(self, path);
    *out = (csim_reference){.name = "", .file = "", .note = csim_reader_place(node ? node : self->root)};
    if (!node) return CSIM_OK;
    const csim_status status = csim_reader_text(self, path, true, &out->name);
    if (status != CSIM_OK) return status;
    return csim_path_is_bare(out->name) ? find_shipped(self, node, path, out) : find_file(self, node, path, out);
}
