/* cost: what a token of a model costs on a machine, with every intermediate on request. */
#include <sys/stat.h>

#include "csim/cli/commands.h"
#include "csim/cli/cost_pareto.h"
#include "csim/cli/cost_print.h"
#include "csim/cli/cost_table.h"

static csim_status answer(const csim_cli_io *io, csim_cli_cost_question *q, int explain, int json, csim_error *err) {
    csim_token_cost cost;
    int depth;
    csim_status status = csim_cli_cost_question_find(q, err);
    if (!status) status = csim_cli_cost_answer(q, &cost, &depth, err);
    if (!status && json) csim_cost_print_json(io->out, q, &cost, depth, explain);
    if (!status && !json) csim_cost_print_table(io->out, q, &cost, depth, explain);
    csim_cli_cost_question_end(q);
    return status;
}

static csim_status answer_pareto(const csim_cli_io *io, csim_cli_cost_question *q, int json, csim_error *err) {
    csim_status status = csim_cli_cost_question_find(q, err);
    if (!status) status = csim_cli_cost_pareto(io->out, q, json, err);
    csim_cli_cost_question_end(q);
    return status;
}

/* The predictions would be written over what they are made from. */
static int is_same_file(const char *a, const char *b) {
    struct stat x, y;
    return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static csim_status answer_table(const csim_cli_io *io, csim_cli_cost_question *q, const char *path, const char *to, csim_error *err) {
    const csim_status status = csim_cli_cost_table(io, q, path, to, err);
    csim_cli_cost_question_end(q);
    return status;
}

csim_status csim_cli_cost(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    csim_cli_cost_question q;
    int explain = 0, json = 0, pareto = 0;
    const char *table = NULL, *to = NULL;
    size_t none;
    csim_option options[CSIM_CLI_COST_OPTIONS + 5] = {
        {"--explain", CSIM_OPTION_FLAG, &explain, NULL, "print every intermediate with its unit"},
        {"--json", CSIM_OPTION_FLAG, &json, NULL, "print JSON, with --explain every intermediate too"},
        {"--pareto", CSIM_OPTION_FLAG, &pareto, NULL, "prices against tokens a second and user, up to the fastest"},
        {"--table", CSIM_OPTION_TEXT, &table, "FILE.csv", "predict every row; the options stand for missing columns"},
        {"-o", CSIM_OPTION_TEXT, &to, "FILE.csv", "where the table goes with its predictions; - is standard output (-)"},
    };
    const size_t count = sizeof options / sizeof options[0];
    csim_cli_cost_question_start(&q);
    csim_cli_cost_options(&q, options + 5);
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast cost --model M --hardware H [options]\n       moecast cost --model M --hardware H --pareto [options]\n       moecast cost --table FILE.csv [-o FILE.csv] [options]\n\n"
                         "What a token costs: the inner loop of every run, for one case, in the best layout.\n\n");
        csim_options_help(io->out, options, count);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, count, NULL, 0, &none, err);
    if (!status && to && !table) status = csim_error_set(err, CSIM_USAGE, "-o goes with --table");
    if (!status && table && (explain || json || pareto)) status = csim_error_set(err, CSIM_USAGE, "--table writes CSV; --explain, --json and --pareto are of one model on one machine");
    if (!status && table && to && is_same_file(table, to)) status = csim_error_set(err, CSIM_USAGE, "-o names the table itself; the predictions want a file of their own");
    if (!status && pareto && explain) status = csim_error_set(err, CSIM_USAGE, "--explain is of one case, not of --pareto");
    if (status) return status;
    if (pareto) return answer_pareto(io, &q, json, err);
    return table ? answer_table(io, &q, table, to, err) : answer(io, &q, explain, json, err);
}
