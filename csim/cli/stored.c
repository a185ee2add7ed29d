/* See stored.h. */
#include "csim/cli/stored.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "csim/base/version.h"

void csim_stored_path(const char *name, char path[CSIM_CLI_PATH]) {
    struct stat about;
    snprintf(path, CSIM_CLI_PATH, !stat(name, &about) && S_ISDIR(about.st_mode) ? "%s/run.moecast" : "%s", name);
}

csim_status csim_stored_check_plan(const csim_run_file *file, const char *path, const csim_plan *plan, csim_error *err) {
    char hex[65];
    const char *stored = csim_run_file_meta(file, "plan_sha256");
    csim_plan_hash(plan, hex);
    if (!strcmp(hex, stored)) return CSIM_OK;
    return csim_error_set_at(err, CSIM_INCONSISTENT, path, 0, 0, NULL, "scenario and catalogue give the plan %.12s now, these paths are of plan %.12s", hex, stored);
}

csim_status csim_stored_check_scenario(const csim_run_file *file, const char *path, const csim_scenario *scenario, csim_error *err) {
    if (!strcmp(csim_run_file_scenario_text(file), scenario->text)) return CSIM_OK;
    csim_error_set_at(err, CSIM_INCONSISTENT, path, 0, 0, NULL, "the run there was begun with another text of the scenario '%.100s'", csim_run_file_meta(file, "scenario_name"));
    csim_error_hint(err, "'moecast run --resume' with the folder alone goes on with that text");
    return CSIM_INCONSISTENT;
}

csim_status csim_stored_compile(const csim_run_file *file, const char *path, csim_scenario **scenario, csim_catalogue **catalogue, csim_plan **plan, csim_error *err) {
    const char *text = csim_run_file_scenario_text(file), *from = csim_run_file_scenario_file(file);
    csim_status status = csim_scenario_parse(from[0] ? from : "run.moecast", text, strlen(text), scenario, err);
    if (!status) status = csim_catalogue_load((*scenario)->catalogue_dir, catalogue, err);
    if (!status) status = csim_plan_compile(*scenario, *catalogue, plan, err);
    return status ? status : csim_stored_check_plan(file, path, *plan, err);
}

csim_status csim_stored_check_build(const csim_run_file *file, const char *path, csim_error *err) {
    const csim_run_info *info = csim_run_file_info(file);
    if (!strcmp(info->version, csim_version()) && !strcmp(info->git_revision, csim_revision())) return CSIM_OK;
    return csim_error_set_at(err, CSIM_INCONSISTENT, path, 0, 0, NULL, "these paths are of moecast %.40s (%.40s), this is %s (%s): paths of two versions are not mixed",
                             info->version, info->git_revision, csim_version(), csim_revision());
}

csim_status csim_stored_take(csim_run *run, const csim_run_file *file, const char *path, csim_error *err) {
    const csim_status status = csim_run_take(run, csim_run_file_result(file), err);
    if (status && err) snprintf(err->file, sizeof err->file, "%s", path);
    return status;
}
