/* See shards.h. One file is in memory at a time. */
#include "csim/cli/shards.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "csim/cli/keep.h"
#include "csim/cli/stored.h"

static csim_status foreign(const char *path, csim_error *err, const char *what, uint64_t here, uint64_t first) {
    return csim_error_set_at(err, CSIM_INCONSISTENT, path, 0, 0, NULL, "it is of another run: %s %llu, in the first one %llu", what, (unsigned long long)here, (unsigned long long)first);
}

static csim_status check_part(const csim_run_file *file, const char *path, const csim_run_part *first, const csim_run_options *options, csim_error *err) {
    const csim_run_part *part = &csim_run_file_info(file)->part;
    const csim_result *result = csim_run_file_result(file);
    const csim_status status = csim_stored_check_build(file, path, err);
    if (status) return status;
    if (part->whole_paths != first->whole_paths) return foreign(path, err, "paths", part->whole_paths, first->whole_paths);
    if (part->shards != first->shards) return foreign(path, err, "shards", part->shards, first->shards);
    if (part->keep_paths != first->keep_paths) return foreign(path, err, "--keep", part->keep_paths, first->keep_paths);
    if (part->keep_hits != first->keep_hits) return foreign(path, err, "--contrast-paths", part->keep_hits, first->keep_hits);
    if (!csim_keep_same_series(&result->options, options)) return csim_error_set_at(err, CSIM_INCONSISTENT, path, 0, 0, NULL, "it keeps other series than the first one");
    if (result->done == result->options.paths) return CSIM_OK;
    csim_error_set_at(err, CSIM_INCONSISTENT, path, 0, 0, NULL, "this shard has %llu of its %u paths", (unsigned long long)result->done, result->options.paths);
    csim_error_hint(err, "finish it with 'moecast run --resume'");
    return CSIM_INCONSISTENT;
}

/* Which of the files before holds a path of this one. */
static void name_the_other(const char *const *names, const csim_path_interval *held, size_t count, const csim_ledger *ledger, csim_error *err) {
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < ledger->count; k++)
            if (held[i].from < ledger->interval[k].to && ledger->interval[k].from < held[i].to) csim_error_hint(err, "in %.200s", names[i]);
}

static csim_path_interval hull(const csim_ledger *ledger) {
    return ledger->count ? (csim_path_interval){ledger->interval[0].from, ledger->interval[ledger->count - 1].to} : (csim_path_interval){0, 0};
}

static csim_status take_one(csim_run *run, const char *const *names, size_t at, csim_path_interval *held, const csim_run_part *first,
                            const csim_run_options *options, csim_error *err) {
    char path[CSIM_CLI_PATH];
    csim_run_file *file = NULL;
    csim_stored_path(names[at], path);
    csim_status status = csim_run_file_read(path, &file, err);
    if (!status) status = check_part(file, path, first, options, err);
    if (!status) {
        const csim_ledger *ledger = &csim_run_file_result(file)->ledger;
        held[at] = hull(ledger);
        status = csim_stored_take(run, file, path, err);
        if (status) name_the_other(names, held, at, ledger, err);
    }
    csim_run_file_free(file);
    return status;
}

static csim_status check_nothing_is_missing(csim_run *run, const csim_run_part *first, csim_error *err) {
    csim_ledger missing;
    csim_run_missing(run, &missing);
    if (!missing.count) return CSIM_OK;
    const csim_path_interval it = missing.interval[0];
    csim_error_set(err, CSIM_INCONSISTENT, "paths %u to %u of %u are in none of the shards", it.from, it.to - 1, first->whole_paths);
    if (first->shards) csim_error_hint(err, "there are %u shards", first->shards);
    return CSIM_INCONSISTENT;
}

csim_status csim_shards_take(csim_run *run, const char *const *names, size_t count, const csim_run_part *first,
                             const csim_run_options *options, csim_error *err) {
    csim_path_interval held[CSIM_MAX_INTERVALS];
    csim_status status = CSIM_OK;
    if (count > CSIM_MAX_INTERVALS) return csim_error_set(err, CSIM_LIMIT, "at most %d shards are merged at once", CSIM_MAX_INTERVALS);
    for (size_t i = 0; !status && i < count; i++) status = take_one(run, names, i, held, first, options, err);
    return status ? status : check_nothing_is_missing(run, first, err);
}

csim_status csim_shards_check_folder(const char *const *names, size_t count, const char *folder, csim_error *err) {
    char path[CSIM_CLI_PATH], target_path[CSIM_CLI_PATH];
    struct stat target, shard;
    snprintf(target_path, sizeof target_path, "%s/run.moecast", folder);
    if (stat(target_path, &target)) return CSIM_OK;
    for (size_t i = 0; i < count; i++) {
        csim_stored_path(names[i], path);
        if (!stat(path, &shard) && shard.st_dev == target.st_dev && shard.st_ino == target.st_ino)
            return csim_error_set(err, CSIM_USAGE, "-o names the folder of the shard %.200s, which the merged run would overwrite", path);
    }
    return CSIM_OK;
}
