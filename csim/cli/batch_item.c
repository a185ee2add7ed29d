/* See batch_job.h: the folder of one run, what lies there already, and the run. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "csim/base/sha256.h"
#include "csim/base/version.h"
#include "csim/cli/batch_job.h"
#include "csim/scenario/paths.h"

static long long paths_of(const csim_batch_job *self, const csim_scenario *scenario) {
    return self->wanted->paths > 0 ? self->wanted->paths : self->batch->paths > 0 ? self->batch->paths : scenario->paths;
}

static unsigned long long seed_of(const csim_batch_job *self, const csim_scenario *scenario) {
    return self->wanted->seed.given ? self->wanted->seed.value : self->batch->seed >= 0 ? (unsigned long long)self->batch->seed : scenario->seed;
}

/* ---- folders and cells -------------------------------------------------------------------------------------------------------------------------- */

csim_status csim_batch_make_folder(const char *folder, csim_error *err) {
    char path[CSIM_BATCH_PATH];
    snprintf(path, sizeof path, "%s", folder);
    for (char *at = path + 1;; at++) {
        const char here = *at;
        if (here && here != '/') continue;
        *at = '\0';
        if (mkdir(path, 0777) && errno != EEXIST) return csim_error_set_at(err, CSIM_FILE_WRITE, path, 0, 0, NULL, "cannot make this folder: %s", strerror(errno));
        *at = here;
        if (!here) return CSIM_OK;
    }
}

static csim_status write_text(const char *path, const char *text, csim_error *err) {
    FILE *to = fopen(path, "w");
    const int bad = !to || fputs(text, to) < 0;
    if ((to && fclose(to)) || bad) return csim_error_set_at(err, CSIM_FILE_WRITE, path, 0, 0, NULL, "cannot write this file: %s", strerror(errno));
    return CSIM_OK;
}

/* ---- what is done already ----------------------------------------------------------------------------------------------------------------------- */

static void hash_text(const csim_scenario *scenario, char hex[CSIM_SHA256_HEX_SIZE]) {
    csim_sha256 sha;
    unsigned char digest[CSIM_SHA256_BYTES];
    csim_sha256_init(&sha);
    csim_sha256_update(&sha, scenario->text, scenario->text_size);
    csim_sha256_final(&sha, digest);
    csim_sha256_hex(digest, hex);
}

static int meta_is(const csim_run_file *file, const char *key, const char *wanted) {
    const char *found = csim_run_file_meta(file, key);
    return found && !strcmp(found, wanted);
}

static int meta_is_count(const csim_run_file *file, const char *key, unsigned long long wanted) {
    char text[32];
    snprintf(text, sizeof text, "%llu", wanted);
    return meta_is(file, key, text);
}

/* Further runs leave their mark on some answer. A scenario without claims has none to make. */
static int has_further_runs(const csim_run_file *file) {
    size_t count;
    const csim_claim_result *claims = csim_run_file_claims(file, &count);
    for (size_t i = 0; i < count; i++)
        if (claims[i].answer == CSIM_ANSWER_PAIRS || claims[i].aside.vintage.count || claims[i].aside.guesses.value == claims[i].aside.guesses.value) return 1;
    return count == 0;
}

/* The run file is written before its exports and run.json before the workbook: a run that was broken off lacks the last. */
static int has_files(const csim_batch_job *self, const char *folder) {
    static const char *const names[] = {"summary.csv", "claims.csv", "run.json", "report.xlsx"};
    char path[CSIM_BATCH_PATH];
    for (size_t i = 0; i < sizeof names / sizeof *names - !self->batch->report; i++) {
        snprintf(path, sizeof path, "%.4400s/%s", folder, names[i]);
        if (!csim_path_is_file(path)) return 0;
    }
    return 1;
}

/* What a run's folder holds of the run that is wanted there. */
typedef enum held { HELD_NOTHING, HELD_BEGUN, HELD_DONE } held;

/* The catalogue may have changed since: what counts is the plan that the scenario gives today. */
static int is_same_plan(const csim_scenario *scenario, const csim_run_file *file) {
    csim_catalogue *catalogue = NULL;
    csim_plan *plan = NULL;
    csim_error ignored;
    csim_status status = csim_catalogue_load(scenario->catalogue_dir, &catalogue, &ignored);
    if (!status) status = csim_plan_compile(scenario, catalogue, &plan, &ignored);
    const int same = !status && !memcmp(plan, csim_run_file_plan(file), sizeof *plan);
    csim_plan_free(plan);
    csim_catalogue_free(catalogue);
    return same;
}

/* A batch's runs are whole ones, drawn as their scenarios say. */
static int is_drawn_alike(const csim_scenario *scenario, const csim_run_file *file) {
    const csim_run_options *options = &csim_run_file_result(file)->options;
    const csim_sampler own = (csim_sampler)scenario->sampler;
    return options->sampler == own && options->replicates == csim_sampling_replicates(own, (uint32_t)scenario->replicates) && !csim_run_file_info(file)->part.shards;
}

static int is_same_run(const csim_batch_job *self, const csim_scenario *scenario, const csim_run_file *file) {
    char hex[CSIM_SHA256_HEX_SIZE];
    hash_text(scenario, hex);
    return is_drawn_alike(scenario, file) && is_same_plan(scenario, file) && meta_is(file, "scenario_sha256", hex) && meta_is(file, "version", csim_version()) && meta_is_count(file, "seed", seed_of(self, scenario)) &&
           meta_is_count(file, "paths", (unsigned long long)paths_of(self, scenario));
}

/* A run that was broken off is gone on with by the program that began it, to the revision; one that is done is kept by any of its version. */
static held held_of(const csim_batch_job *self, const char *folder, const csim_scenario *scenario, const csim_run_file *file) {
    const csim_result *result = csim_run_file_result(file);
    const int all = result->done == result->options.paths && has_files(self, folder) && (!self->batch->contrasts || has_further_runs(file));
    if (!is_same_run(self, scenario, file)) return HELD_NOTHING;
    return all ? HELD_DONE : meta_is(file, "git_revision", csim_revision()) ? HELD_BEGUN : HELD_NOTHING;
}

static held look_into(const csim_batch_job *self, const char *scenario_name, const char *folder) {
    char path[CSIM_BATCH_PATH];
    csim_scenario *scenario = NULL;
    csim_run_file *file = NULL;
    csim_error ignored;
    snprintf(path, sizeof path, "%.4400s/run.moecast", folder);
    if (self->wanted->force || !csim_path_is_file(path)) return HELD_NOTHING;
    if (csim_scenario_load(scenario_name, &scenario, &ignored)) return HELD_NOTHING; /* the run will say why */
    const held out = csim_run_file_read(path, &file, &ignored) ? HELD_NOTHING : held_of(self, folder, scenario, file);
    csim_run_file_free(file);
    csim_scenario_free(scenario);
    return out;
}

/* ---- one run ------------------------------------------------------------------------------------------------------------------------------------ */

/* The words of the `moecast run` that this is; words[0] stands for the program. */
typedef struct words { char text[18][CSIM_BATCH_PATH]; char *word[20]; int count; } words;

static void say(words *self, const char *word) {
    snprintf(self->text[self->count], sizeof self->text[0], "%s", word);
    self->word[self->count] = self->text[self->count];
    self->word[++self->count] = NULL;
}

static void say_seed(words *self, uint64_t seed) {
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
    say(self, "--seed");
    say(self, text);
}

static void say_count(words *self, const char *option, long long count) {
    char text[32];
    snprintf(text, sizeof text, "%lld", count);
    say(self, option);
    say(self, text);
}

static void say_run(words *self, const csim_batch_job *of, const char *scenario, const char *folder, int begun) {
    const long long paths = of->wanted->paths > 0 ? of->wanted->paths : of->batch->paths;
    say(self, "moecast");
    say(self, "run");
    say(self, scenario);
    say(self, "-o");
    say(self, folder);
    if (paths > 0) say_count(self, "--paths", paths);
    if (of->wanted->seed.given) say_seed(self, of->wanted->seed.value);
    else if (of->batch->seed >= 0) say_count(self, "--seed", of->batch->seed);
    say_count(self, "--threads", of->threads_each);
    if (!of->batch->contrasts) say(self, "--no-contrasts");
    if (!of->batch->report) say(self, "--no-report");
    if (begun) say(self, "--resume");
    say(self, "--quiet");
}

/* What the run prints is kept beside its results. */
static csim_status run_into(const csim_batch_job *self, const char *scenario, const char *folder, int begun, csim_progress_slot *slot, csim_error *err) {
    char path[CSIM_BATCH_PATH];
    words *all = calloc(1, sizeof *all);
    if (!all) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a run");
    snprintf(path, sizeof path, "%.4400s/summary.txt", folder);
    FILE *log = fopen(path, "w");
    csim_status status = log ? CSIM_OK : csim_error_set_at(err, CSIM_FILE_WRITE, path, 0, 0, NULL, "cannot write this file: %s", strerror(errno));
    if (!status) {
        say_run(all, self, scenario, folder, begun);
        int exit_code = 0;
        const csim_cli_io io = {log, log, self->io->cancel, all->count, all->word, &exit_code, slot};
        status = csim_cli_run(&io, all->count - 1, all->word + 1, err);
        fclose(log);
    }
    free(all);
    return status;
}

static void places_of(const csim_batch_job *self, const csim_batch_item *item, char folder[CSIM_BATCH_PATH], char scenario[CSIM_BATCH_PATH]) {
    snprintf(folder, CSIM_BATCH_PATH, "%.4096s/%.256s", self->folder, item->name);
    snprintf(scenario, CSIM_BATCH_PATH, "%.8000s%s", item->text ? folder : item->scenario, item->text ? "/scenario.yaml" : "");
}

int csim_batch_is_done(const csim_batch_job *self, const csim_batch_item *item) {
    char folder[CSIM_BATCH_PATH], scenario[CSIM_BATCH_PATH];
    csim_error ignored;
    places_of(self, item, folder, scenario);
    if (!has_files(self, folder) || (item->text && write_text(scenario, item->text, &ignored))) return 0;
    return look_into(self, scenario, folder) == HELD_DONE;
}

csim_status csim_batch_run_item(const csim_batch_job *self, const csim_batch_item *item, csim_progress_slot *slot, int *kept, csim_error *err) {
    char folder[CSIM_BATCH_PATH], scenario[CSIM_BATCH_PATH];
    places_of(self, item, folder, scenario);
    csim_status status = csim_batch_make_folder(folder, err);
    if (!status && item->text) status = write_text(scenario, item->text, err);
    const held before = status ? HELD_NOTHING : look_into(self, scenario, folder);
    *kept = before == HELD_DONE;
    return status || *kept ? status : run_into(self, scenario, folder, before == HELD_BEGUN, slot, err);
}
