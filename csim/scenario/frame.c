/* The frame of a scenario: what it is called, its months, the defaults of a run, who plays which role, and which files it needs. */
#include <string.h>

#include "csim/base/run_limits.h"
#include "csim/scenario/paths.h"
#include "csim/scenario/reader.h"

enum { SHORTEST_MONTHS = 12, MOST_REPLICATES = 64 };

/* The name becomes a folder's: it must not lead out of the one in which that is made, nor look like an option. */
static csim_status check_name(csim_reader *self) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+=";
    const char *name = self->out->name;
    if (name[0] != '.' && name[0] != '-' && !name[strspn(name, letters)]) return CSIM_OK;
    return csim_reader_refuse(self, CSIM_WRONG_TYPE, csim_reader_find(self, "name"), "name", "got '%.60s', wanted letters, digits and any of _ - . + =, the first no - or .", name);
}

/* A scenario without words of its own says at least which one it changes. */
static csim_status stand_in_words(csim_reader *self) {
    csim_scenario *out = self->out;
    const csim_node *extends = csim_reader_find(self, "extends");
    const char *base = extends && extends->kind == CSIM_NODE_TEXT ? extends->text : NULL;
    if (!out->title[0]) out->title = base ? csim_arena_print(self->arena, "%s (extends %s)", out->name, base) : out->name;
    if (!out->description[0] && base) out->description = csim_arena_print(self->arena, "Changes %s and does not say why: what differs stands in the scenario.", base);
    return out->title && out->description ? CSIM_OK : csim_reader_no_memory(self);
}

static csim_status read_head(csim_reader *self) {
    csim_scenario *out = self->out;
    csim_status status = csim_reader_text(self, "name", true, &out->name);
    if (status == CSIM_OK && strlen(out->name) >= CSIM_MAX_ID)
        status = csim_reader_refuse(self, CSIM_LIMIT, csim_reader_find(self, "name"), "name", "is longer than %d bytes", CSIM_MAX_ID - 1);
    if (status == CSIM_OK) status = check_name(self);
    if (status == CSIM_OK) status = csim_reader_text(self, "title", false, &out->title);
    if (status == CSIM_OK) status = csim_reader_text(self, "description", false, &out->description);
    if (status == CSIM_OK) status = csim_reader_text(self, "title_zh", false, &out->title_zh);
    if (status == CSIM_OK) status = csim_reader_text(self, "description_zh", false, &out->description_zh);
    return status == CSIM_OK ? stand_in_words(self) : status;
}

static csim_status read_time(csim_reader *self) {
    csim_scenario *out = self->out;
    int end = 0;
    csim_status status = csim_reader_month(self, "time.start", true, false, &out->start_month);
    if (status == CSIM_OK) status = csim_reader_month(self, "time.end", true, false, &end);
    if (status != CSIM_OK) return status;
    const csim_node *node = csim_reader_find(self, "time.end");
    if (end <= out->start_month) return csim_reader_refuse(self, CSIM_INCONSISTENT, node, "time.end", "must come after time.start, got %s", node->text);
    out->months = end - out->start_month + 1;
    if (out->months >= SHORTEST_MONTHS && out->months <= CSIM_MAX_MONTHS) return CSIM_OK;
    return csim_reader_refuse(self, CSIM_LIMIT, node, "time.end", "makes %d months, wanted %d to %d", out->months, SHORTEST_MONTHS, CSIM_MAX_MONTHS);
}

static csim_status read_vintage(csim_reader *self) {
    const csim_status status = csim_reader_scenario(self, "run.vintage", &self->out->vintage_at);
    const csim_reference *it = &self->out->vintage_at;
    self->out->vintage = it->name;
    self->out->vintage_is_own = it->name[0] && !self->scenarios_may_be_missing && strcmp(it->note.file, self->out->file) == 0;
    return status;
}

static csim_status read_sampler(csim_reader *self) {
    csim_names samplers = {0};
    csim_names_add_choices(&samplers, "mc|lhs|sobol");
    csim_status status = csim_reader_member_at(self, "run.sampler", false, &samplers, &self->out->sampler);
    if (status == CSIM_OK) status = csim_reader_integer(self, "run.replicates", false, 1, MOST_REPLICATES, &self->out->replicates);
    if (status != CSIM_OK || !self->out->sampler || self->out->replicates != 1) return status;
    return csim_reader_refuse(self, CSIM_INCONSISTENT, csim_reader_find(self, "run.replicates"), "run.replicates",
                              "must be at least 2 with this sampler: its error is seen only between replicates");
}

static csim_status read_run(csim_reader *self) {
    csim_node *seed;
    csim_status status = csim_reader_integer(self, "run.paths", true, 1, CSIM_PATHS_MAX, &self->out->paths);
    if (status == CSIM_OK) status = csim_reader_need(self, "run.seed", &seed);
    if (status == CSIM_OK) status = csim_node_seed(seed, "run.seed", &self->out->seed, self->err);
    if (status == CSIM_OK) status = read_sampler(self);
    return status == CSIM_OK ? read_vintage(self) : status;
}

static csim_status read_enterprise_regions(csim_reader *self, const csim_names *regions) {
    static const char path[] = "roles.enterprise_regions";
    csim_node *list;
    csim_status status = csim_reader_need(self, path, &list);
    if (status != CSIM_OK) return status;
    if (list->kind != CSIM_NODE_LIST || list->count == 0) return csim_reader_refuse(self, CSIM_WRONG_TYPE, list, path, "wanted a list of at least one region");
    for (size_t i = 0; i < list->count && status == CSIM_OK; i++) {
        int region = 0;
        status = csim_reader_member(self, list->items[i], path, regions, &region);
        if (status == CSIM_OK && self->out->enterprise_region[region])
            status = csim_reader_refuse(self, CSIM_DUPLICATE_KEY, list->items[i], path, "'%s' stands twice in the list", list->items[i]->text);
        if (status == CSIM_OK) self->out->enterprise_region[region] = true;
    }
    return status;
}

static csim_status read_roles(csim_reader *self) {
    csim_scenario *out = self->out;
    csim_names segments, regions;
    csim_names_of_segments(out, &segments);
    csim_names_of_regions(out, &regions);
    const struct { const char *path; const csim_names *names; int *to; } roles[] = {
        {"roles.developers", &segments, &out->role_developers}, {"roles.large_firms", &segments, &out->role_large_firms},
        {"roles.mid_firms", &segments, &out->role_mid_firms},   {"roles.consumers", &segments, &out->role_consumers},
        {"roles.home", &regions, &out->role_home},              {"roles.china", &regions, &out->role_china}};
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < sizeof roles / sizeof *roles && status == CSIM_OK; i++)
        status = csim_reader_member_at(self, roles[i].path, true, roles[i].names, roles[i].to);
    if (status != CSIM_OK) return status;
    if (out->role_home == out->role_china)
        return csim_reader_refuse(self, CSIM_INCONSISTENT, csim_reader_find(self, "roles.china"), "roles.china", "cannot be the same region as roles.home");
    return read_enterprise_regions(self, &regions);
}

/* ---- files ------------------------------------------------------------------------------------------------------------------------------------ */

static csim_status read_catalogue(csim_reader *self) {
    csim_node *node = csim_reader_find(self, "catalogue");
    const char *name = "";
    csim_status status = csim_reader_text(self, "catalogue", false, &name);
    if (status != CSIM_OK) return status;
    self->out->catalogue_dir = node ? csim_path_beside(self->arena, node->file, name) : csim_path_join(self->arena, csim_scenario_home(), "catalogue");
    if (!self->out->catalogue_dir) return csim_reader_no_memory(self);
    if (self->files_may_be_missing || csim_path_is_folder(self->out->catalogue_dir)) return CSIM_OK;
    csim_reader_refuse(self, CSIM_FILE_OPEN, node ? node : self->root, "catalogue", "there is no folder %.400s", self->out->catalogue_dir);
    if (!node) csim_error_hint(self->err, "set MOECAST_SCENARIOS to the folder of the shipped scenarios, which has it");
    return CSIM_FILE_OPEN;
}

/* A file of the catalogue's folder, or else one beside the scenario that names it. */
static csim_status read_observations(csim_reader *self) {
    static const char path[] = "assimilate.observations";
    csim_node *node = csim_reader_find(self, path);
    const char *name = "observations.csv";
    csim_status status = csim_reader_text(self, path, false, &name);
    if (status != CSIM_OK) return status;
    const char *in_catalogue = csim_path_join(self->arena, self->out->catalogue_dir, name);
    const char *beside = node ? csim_path_beside(self->arena, node->file, name) : in_catalogue;
    if (!in_catalogue || !beside) return csim_reader_no_memory(self);
    self->out->observations_file = csim_path_is_file(in_catalogue) ? in_catalogue : beside;
    if (self->files_may_be_missing || csim_path_is_file(self->out->observations_file)) return CSIM_OK;
    if (csim_path_is_folder(self->out->observations_file))
        return csim_reader_refuse(self, CSIM_FILE_OPEN, node ? node : self->root, path, "there is only a folder %.300s; wanted a file", self->out->observations_file);
    return csim_reader_refuse(self, CSIM_FILE_OPEN, node ? node : self->root, path, "there is no file %.200s, neither in %.200s nor beside the scenario", name,
                              self->out->catalogue_dir);
}

static csim_status read_assimilation(csim_reader *self) {
    csim_scenario *out = self->out;
    csim_status status = csim_reader_month(self, "assimilate.until", true, true, &out->assimilate_until);
    if (status != CSIM_OK) return status;
    out->known_until = out->assimilate_until;
    status = csim_reader_month(self, "assimilate.known_until", false, true, &out->known_until);
    if (status == CSIM_OK && out->known_until != CSIM_NO_MONTH && out->known_until < out->assimilate_until)
        status = csim_reader_refuse(self, CSIM_INCONSISTENT, csim_reader_find(self, "assimilate.known_until"), "assimilate.known_until",
                                    "must not come before assimilate.until: nothing later than it is known");
    return status;
}

static csim_status read_software_bar(csim_reader *self) {
    int choice = 0;
    const csim_status status = csim_reader_choice(self, "saas.bar", "own|midmarket", &choice);
    self->out->saas_own_bar = choice == 0;
    return status;
}

csim_status csim_read_frame(csim_reader *self) {
    static csim_status (*const parts[])(csim_reader *) = {read_head,      read_time,         read_run,         read_roles,
                                                          read_catalogue, read_assimilation, read_observations, read_software_bar};
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == CSIM_OK; i++) status = parts[i](self);
    return status;
}
