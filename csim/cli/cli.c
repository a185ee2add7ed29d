/* Chooses the sub-command, prints its error and turns its status into the exit code. Owns the handling of Ctrl-C and the locale while a command runs:
 * what is printed is read by programs too, so numbers have a point whatever a host program has chosen. */
#include "csim/cli/cli.h"

#include <signal.h>
#include <string.h>

#include "csim/base/version.h"
#include "csim/catalogue/nearest.h"
#include "csim/cli/commands.h"
#include "csim/scenario/c_locale.h"

typedef csim_status command_function(const csim_cli_io *io, int argc, char **argv, csim_error *err);
static const struct command { const char *name; command_function *run; const char *text; } commands[] = {
    {"run", csim_cli_run, "simulate a scenario into a folder: run file, CSV, JSON, workbook"},
    {"merge", csim_cli_merge, "put the shards of a run together"},
    {"verify", csim_cli_verify, "simulate a run again from its file and compare"},
    {"batch", csim_cli_batch, "run many scenarios and grids, with an index over them"},
    {"report", csim_cli_report, "write the workbook of a run, or of several side by side"},
    {"export", csim_cli_export, "write a run's numbers as CSV or JSON"},
    {"path", csim_cli_path, "replay one path of a run, month by month"},
    {"compare", csim_cli_compare, "scenarios or runs side by side, paired path by path"},
    {"diff", csim_cli_diff, "what two scenarios or runs differ in"},
    {"check", csim_cli_check, "check a scenario file"},
    {"explain", csim_cli_explain, "say in plain words what a scenario assumes"},
    {"schema", csim_cli_schema, "print the JSON Schema of scenario files, for editors"},
    {"cost", csim_cli_cost, "what a token of a model costs on a machine"},
    {"breakeven", csim_cli_breakeven, "host a model or buy its tokens, and from what volume on"},
    {"catalogue", csim_cli_catalogue, "list models and machines, or show one"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static atomic_int cancelled;
static void cancel(int signal_number) {
    (void)signal_number;
    atomic_store(&cancelled, 1);
}

int csim_cli_wants_help(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) return 1;
    return 0;
}

static void print_help(FILE *out) {
    fprintf(out, "moecast %s: who wins when good AI weights are free? With error bars.\n\nusage: moecast COMMAND [words and options]\n\n", csim_version());
    for (int i = 0; i < COMMANDS; i++) fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].text);
    fprintf(out, "\n'moecast COMMAND --help' tells more. A scenario is a file or a shipped name such as 'baseline'.\n"
                 "exit codes: 0 ok, 1 run failed (diff: something differs), 2 usage or scenario error, 3 precision not reached, 4 file error, 130 interrupted\n");
}

static const char *command_name(const void *all, size_t i) { return ((const struct command *)all)[i].name; }

static const struct command *find_command(const char *name, csim_error *err) {
    for (int i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name)) return &commands[i];
    const char *nearest = csim_nearest_name(name, command_name, commands, COMMANDS);
    csim_error_set(err, CSIM_USAGE, "unknown command '%.100s'; 'moecast --help' lists them", name);
    if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
    return NULL;
}

static int print_error(FILE *to, const csim_error *error) {
    char text[4096];
    const char *prefix = error->file[0] ? "" : "moecast: "; /* a line that begins with file:line:column is what editors look for */
    fprintf(to, "%s%s\n", prefix, csim_error_format(error, text, sizeof text));
    return csim_status_exit_code(error->code);
}

/* A full disk behind `>` is an error of every command, also of --help. */
static csim_status flush(FILE *out, csim_error *err) {
    return fflush(out) || ferror(out) ? csim_error_set(err, CSIM_FILE_WRITE, "cannot write to the output") : CSIM_OK;
}

/* Ctrl-C asks the run to stop at the next block; the handler that was there before comes back afterwards. */
static csim_status run_command(const struct command *command, const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    struct sigaction ours = {.sa_handler = cancel}, before;
    sigemptyset(&ours.sa_mask);
    atomic_store(&cancelled, 0);
    sigaction(SIGINT, &ours, &before);
    const csim_c_locale guard = csim_c_locale_enter();
    const csim_status status = command->run(io, argc, argv, err);
    csim_c_locale_leave(guard);
    sigaction(SIGINT, &before, NULL);
    return status ? status : flush(io->out, err);
}

static csim_status print_version(FILE *out, csim_error *err) {
    fprintf(out, "moecast %s (%s)\n", csim_version(), csim_revision());
    return flush(out, err);
}

static csim_status dispatch(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    if (!strcmp(argv[1], "--version")) return print_version(io->out, err);
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        print_help(io->out);
        return flush(io->out, err);
    }
    const struct command *command = find_command(argv[1], err);
    return command ? run_command(command, io, argc - 1, argv + 1, err) : CSIM_USAGE;
}

int csim_cli_main(int argc, char **argv, FILE *out, FILE *err) {
    csim_error error = {.code = CSIM_OK};
    int exit_code = 0;
    const csim_cli_io io = {out, err, &cancelled, argc, argv, &exit_code, NULL};
    if (argc < 2) {
        print_help(err);
        return csim_status_exit_code(CSIM_USAGE);
    }
    const csim_status status = dispatch(&io, argc, argv, &error);
    if (!status) return exit_code;
    error.code = status;
    return print_error(err, &error);
}
