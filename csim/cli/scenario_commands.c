/* check, explain, schema: what can be said of a scenario without running it. */
#include <stdlib.h>

#include "csim/base/sha256.h"
#include "csim/catalogue/catalogue.h"
#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/engine/claims.h"
#include "csim/engine/further.h"
#include "csim/plan/plan.h"
#include "csim/scenario/scenario.h"
#include "csim/store/run_file.h"

/* Loads, and compiles too: only then are model and machine names, correlations and observations known to be right. */
static csim_status load_checked(const char *name, csim_scenario **scenario, csim_plan **plan, csim_error *err) {
    csim_catalogue *catalogue = NULL;
    *plan = NULL;
    csim_status status = csim_scenario_load(name, scenario, err);
    if (!status) status = csim_catalogue_load((*scenario)->catalogue_dir, &catalogue, err);
    if (!status) status = csim_plan_compile(*scenario, catalogue, plan, err);
    if (!status) status = csim_claims_check(*scenario, catalogue, err);
    csim_catalogue_free(catalogue);
    if (status) {
        csim_plan_free(*plan);
        csim_scenario_free(*scenario);
        *plan = NULL;
        *scenario = NULL;
    }
    return status;
}

static csim_status one_name(int argc, char **argv, const char **name, csim_error *err) {
    size_t names;
    const csim_status status = csim_options_parse(argc, argv, 1, NULL, 0, name, 1, &names, err);
    if (status) return status;
    return names ? CSIM_OK : csim_error_set(err, CSIM_USAGE, "%s wants a scenario: a file, or a shipped name such as 'baseline'", argv[0]);
}

/* A warning, not a fault: what a scenario assumes is the modeller's own affair, but it should be seen. */
typedef csim_status (*remark)(const csim_scenario *scenario, size_t *count, char **sentence, csim_error *err);

static csim_status warn_of(remark what, const csim_cli_io *io, const csim_scenario *scenario, csim_error *err) {
    size_t count;
    char *sentence;
    const csim_status status = what(scenario, &count, &sentence, err);
    if (status) return status;
    if (count) fprintf(io->err, "%s: warning: %s\n", scenario->file, sentence);
    free(sentence);
    return CSIM_OK;
}

static void warn_of_idle_levers(const csim_cli_io *io, const csim_scenario *scenario) {
    char from[CSIM_MONTH_TEXT], last[CSIM_MONTH_TEXT];
    for (size_t i = 0; i < scenario->levers; i++) {
        const csim_lever *lever = &scenario->lever[i];
        if (!csim_lever_comes_too_late(scenario, lever)) continue;
        fprintf(io->err, "%s:%d:%d: warning: %s: its hazard begins in %s, after the last month (%s): it never acts\n", lever->note.file, lever->note.line, lever->note.column,
                lever->key, csim_month_text(lever->hazard_from, from), csim_month_text(scenario->start_month + scenario->months - 1, last));
    }
}

csim_status csim_cli_check(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    const char *name;
    csim_scenario *scenario;
    csim_plan *plan;
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast check SCENARIO\n\nReads and compiles a scenario and those it names for contrasts and as its vintage. Prints one line; exit code 2 and one sentence when something is wrong.\n"
                         "Warns on stderr when values rest on sources or judgement dated after assimilate.known_until, and of\nlevers that could act only after the last month.\n");
        return CSIM_OK;
    }
    csim_status status = one_name(argc, argv, &name, err);
    if (!status) status = load_checked(name, &scenario, &plan, err);
    if (status) return status;
    status = csim_further_check(scenario, err);
    if (!status) fprintf(io->out, "%s: ok (%s: %zu inputs, %zu claims, %d months)\n", scenario->file, scenario->name, scenario->inputs, scenario->claims, scenario->months);
    if (!status) status = warn_of(csim_scenario_hindsight, io, scenario, err);
    if (!status) warn_of_idle_levers(io, scenario);
    csim_plan_free(plan);
    csim_scenario_free(scenario);
    return status;
}

csim_status csim_cli_explain(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    const char *name;
    csim_scenario *scenario;
    csim_plan *plan;
    char *text;
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast explain SCENARIO\n\nSays in plain words what a scenario assumes: every value with its unit, basis, source and reason.\n");
        return CSIM_OK;
    }
    csim_status status = one_name(argc, argv, &name, err);
    if (!status) status = load_checked(name, &scenario, &plan, err);
    if (status) return status;
    status = csim_scenario_explain(scenario, &text, err);
    if (!status) {
        fputs(text, io->out);
        free(text);
    }
    csim_plan_free(plan);
    csim_scenario_free(scenario);
    return status;
}

csim_status csim_cli_schema(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    char *text;
    int keys = 0;
    size_t none;
    const csim_option options[] = {{"--keys", CSIM_OPTION_FLAG, &keys, NULL, "print the key reference in Markdown instead"}};
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast schema [--keys]\n\nPrints the JSON Schema of scenario files.\n\n");
        csim_options_help(io->out, options, 1);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, 1, NULL, 0, &none, err);
    if (!status) status = keys ? csim_scenario_key_reference(&text, err) : csim_scenario_schema(&text, err);
    if (status) return status;
    fputs(text, io->out);
    free(text);
    return CSIM_OK;
}
