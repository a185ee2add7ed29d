/* See run_again.h. The digest depends on the plan, the seed, the sampler with its replicates and the paths simulated; what is kept of them and how many paths
 * contrasts take changes other numbers of the workbook, so it is said as well where it is not the usual. */
#include "csim/report/run_again.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "csim/base/run_limits.h"
#include "csim/engine/further.h"

/* ---- words of the command as given */

typedef struct word { const char *text; size_t length; } word;

static bool next_word(const char **at, word *out) {
    *at += strspn(*at, " ");
    *out = (word){*at, strcspn(*at, " ")};
    *at += out->length;
    return out->length > 0;
}

static bool is(word w, const char *text) { return strlen(text) == w.length && !memcmp(w.text, text, w.length); }

static word last_part(word path) {
    for (size_t i = path.length; i > 0; i--)
        if (path.text[i - 1] == '/') return (word){path.text + i, path.length - i};
    return path;
}

static bool command_has(const char *command, const char *wanted) {
    word w;
    while (next_word(&command, &w))
        if (is(w, wanted)) return true;
    return false;
}

static bool begins(const char *text, const char *with) { return !strncmp(text, with, strlen(with)); }

/* Whether the scenario was named without a folder and .yaml, as only shipped ones are. `file` is the one it was found in. */
static bool was_named(const char *command, const char *file, char name[CSIM_RUN_AGAIN_FILE]) {
    const char *slash = strrchr(file, '/'), *stem = slash ? slash + 1 : file;
    const size_t length = strlen(stem), end = sizeof ".yaml" - 1;
    if (!begins(command, "moecast run ") || command_has(command, "--resume") || length <= end || length >= CSIM_RUN_AGAIN_FILE || strcmp(stem + length - end, ".yaml")) return false;
    snprintf(name, CSIM_RUN_AGAIN_FILE, "%.*s", (int)(length - end), stem);
    bool found = false;
    word w, before = {"", 0};
    for (const char *at = command; next_word(&at, &w); before = w) {
        if (is(last_part(w), stem)) return false;
        found = found || (is(w, name) && !is(before, "-o"));
    }
    return found;
}

/* ---- words of the command to be given */

static void add(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char *text, const char *format, ...) {
    const size_t used = strlen(text);
    va_list parts;
    va_start(parts, format);
    vsnprintf(text + used, CSIM_RUN_AGAIN_TEXT - used, format, parts);
    va_end(parts);
}

/* As a shell takes it for one word. */
static void add_quoted(char *text, const char *name) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+@%:,=";
    if (name[strspn(name, plain)] == 0) {
        add(text, " %s", name);
        return;
    }
    add(text, " '");
    for (; *name; name++) add(text, *name == '\'' ? "'\\''" : "%c", *name);
    add(text, "'");
}

static bool is_printable(const char *name) {
    for (; *name; name++)
        if ((unsigned char)*name < ' ' || *name == 127) return false;
    return true;
}

/* The scenario's name or file. A run that no command made may be of a text that never was a file. */
static void add_scenario(const csim_run_file *run, csim_run_again *out) {
    const char *command = csim_run_file_info(run)->command_line, *file = csim_run_file_scenario_file(run);
    char name[CSIM_RUN_AGAIN_FILE];
    if (file && was_named(command, file, name)) {
        add(out->command, " %s", name);
        return;
    }
    const bool is_file = file && file[0] == '/' && strlen(file) < CSIM_RUN_AGAIN_FILE && is_printable(file) && (begins(command, "moecast run ") || begins(command, "moecast merge "));
    if (is_file) add_quoted(out->command, file);
    else add(out->command, " SCENARIO.yaml");
    add(out->scenario, "moecast export RUN.moecast --scenario -o SCENARIO.yaml writes the text that ran%s", is_file ? "; give SCENARIO.yaml where the file named above is not there or has changed" : "");
}

static void add_sampler(const csim_scenario *scenario, const csim_run_options *options, char *text) {
    const bool usual = options->sampler == CSIM_SAMPLER_MC && options->replicates == 1 && scenario->sampler == (int)CSIM_SAMPLER_MC && scenario->replicates <= 1;
    if (!usual) add(text, " --sampler %s --replicates %u", csim_sampler_name(options->sampler), options->replicates);
}

static void add_keep(const csim_plan *plan, const csim_run_options *options, const csim_run_part *part, char *text) {
    if (part->keep_paths != CSIM_KEEP_USUAL || options->keep_slots) add(text, " --keep %u", part->keep_paths);
    for (int i = 0; i < options->keep_slots; i++) add(text, "%s%s", i ? "," : ",series:", plan->slot_name[options->keep_slot[i]]);
}

static void add_contrasts(const csim_run_info *info, char *text) {
    if (command_has(info->command_line, "--no-contrasts")) add(text, " --no-contrasts");
    else if (info->part.keep_hits && info->part.keep_hits != CSIM_CONTRAST_PATHS) add(text, " --contrast-paths %u", info->part.keep_hits); /* also of shards, which are merged only where it is the same */
}

/* Why there is no such command; NULL when there is one. */
static const char *obstacle_of(const csim_result *result, const csim_run_part *part) {
    const csim_run_options *options = &result->options;
    const bool broken_off = result->done < options->paths, from_the_first = result->ledger.count == 1 && result->ledger.interval[0].from == 0;
    if (!result->done) return "None does: no path was simulated.";
    if (!part->shards && options->first_path) return "None does: the run's first path was chosen in a program, and commands begin with path 0.";
    if (!broken_off) return NULL;
    if (part->shards) return "None does: the shard was broken off, and a command simulates all of it.";
    if (options->sampler == CSIM_SAMPLER_LHS) return "None does: the run was broken off, and where the points of a Latin hypercube lie depends on how many were wanted.";
    return from_the_first ? NULL : "None does: the run was broken off with paths missing in between.";
}

void csim_run_again_say(const csim_run_file *run, const csim_scenario *scenario, csim_run_again *out) {
    const csim_run_info *info = csim_run_file_info(run);
    const csim_result *result = csim_run_file_result(run);
    const csim_run_options *options = &result->options;
    *out = (csim_run_again){"", "", ""};
    if (result->done < options->paths) add(out->rest, "moecast run --resume FOLDER, the folder of this run.moecast, simulates the other %llu paths", (unsigned long long)(options->paths - result->done));
    const char *obstacle = obstacle_of(result, &info->part);
    if (obstacle) {
        add(out->command, "%s", obstacle);
        return;
    }
    add(out->command, "moecast run");
    add_scenario(run, out);
    add(out->command, " --paths %llu", (unsigned long long)(info->part.shards ? info->part.whole_paths : result->done));
    if (info->part.shards) add(out->command, " --shard %u/%u", info->part.shard, info->part.shards);
    add(out->command, " --seed %llu", (unsigned long long)options->seed);
    add_sampler(scenario, options, out->command);
    add_keep(csim_run_file_plan(run), options, &info->part, out->command);
    add_contrasts(info, out->command);
    add(out->command, " -o out/again");
}
