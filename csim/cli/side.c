/* See side.h. */
#include "csim/cli/side.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int begins_as_run(const char *path) {
    static const char magic[] = "SQLite format 3";
    char head[sizeof magic];
    FILE *stream = fopen(path, "rb");
    const size_t got = stream ? fread(head, 1, sizeof head, stream) : 0;
    if (stream) fclose(stream);
    return got == sizeof head && !memcmp(head, magic, sizeof magic);
}

static csim_status open_run(csim_cli_side *self, const char *path, csim_error *err) {
    const csim_status status = csim_run_file_read(path, &self->file, err);
    if (status) return status;
    const char *text = csim_run_file_scenario_text(self->file);
    self->plan = csim_run_file_plan(self->file);
    return csim_scenario_parse(path, text, strlen(text), &self->scenario, err);
}

static csim_status open_scenario(csim_cli_side *self, csim_error *err) {
    csim_catalogue *catalogue = NULL;
    csim_status status = csim_scenario_load(self->name, &self->scenario, err);
    if (!status) status = csim_catalogue_load(self->scenario->catalogue_dir, &catalogue, err);
    if (!status) status = csim_plan_compile(self->scenario, catalogue, &self->compiled, err);
    csim_catalogue_free(catalogue);
    self->plan = self->compiled;
    return status;
}

csim_status csim_cli_side_open(csim_cli_side *self, const char *name, csim_error *err) {
    struct stat about;
    char inside[4200];
    *self = (csim_cli_side){.name = name};
    snprintf(inside, sizeof inside, "%.4000s/run.moecast", name);
    const int exists = !stat(name, &about);
    if (exists && S_ISDIR(about.st_mode)) return open_run(self, inside, err);
    return exists && begins_as_run(name) ? open_run(self, name, err) : open_scenario(self, err);
}

void csim_cli_side_clear(csim_cli_side *self) {
    csim_plan_free(self->compiled);
    csim_scenario_free(self->scenario);
    csim_run_file_free(self->file);
    *self = (csim_cli_side){0};
}

csim_compare_side csim_cli_side_compare(const csim_cli_side *self) {
    const csim_result *result = self->file ? csim_run_file_result(self->file) : NULL;
    if (result) return (csim_compare_side){self->name, self->plan, result, result->options.seed, result->options.sampler, result->options.replicates};
    return (csim_compare_side){self->name, self->plan, NULL, self->scenario->seed, (csim_sampler)self->scenario->sampler, (uint32_t)self->scenario->replicates};
}
