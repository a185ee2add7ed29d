/* Fleets and regimes: ladders of catalogued machines, then synthetic successors until the horizon ends. Machines announced after known_until are refused. */
#include <stdio.h>
#include <string.h>

#include "csim/plan/compile.h"

static int find_machine(const csim_plan *plan, const char *id) {
    for (int32_t i = 0; i < plan->machines; i++)
        if (!strcmp(plan->machine[i].id, id)) return i;
    return -1;
}

static csim_status new_machine(csim_plan *plan, const char *id, int *out, csim_error *err) {
    if (plan->machines == CSIM_MAX_MACHINES) return csim_error_set(err, CSIM_LIMIT, "more than %d machines in all ladders", CSIM_MAX_MACHINES);
    const csim_status status = csim_compile_id(plan->machine[plan->machines].id, CSIM_PLAN_ID, id, err);
    *out = plan->machines;
    if (!status) plan->machines++;
    return status;
}

/* A date in a ladder is the modeller's guess and may lie in the future; the machine itself must have been spoken of. */
static csim_status refuse_unseen(const csim_scenario *s, const csim_step *step, int public_month, csim_error *err) {
    const csim_status status = CSIM_COMPILE_FAIL(err, CSIM_INCONSISTENT, step->note, "ladder",
                                                 "the machine '%s' became public in %04d-%02d, after assimilate.known_until (%04d-%02d); a ladder may hold machines "
                                                 "announced by then, invented ones and their successors", step->name, CSIM_YEAR_AND_MONTH(public_month),
                                                 CSIM_YEAR_AND_MONTH(s->known_until));
    csim_error_hint(err, "take it out of the ladder, or set known_until to that month");
    return status;
}

/* The machine of a catalogue entry, added when it is new. */
static csim_status catalogued(const csim_scenario *s, const csim_catalogue *catalogue, const csim_step *step, csim_plan *plan, int *out, csim_error *err) {
    const csim_hardware_entry *entry;
    if ((*out = find_machine(plan, step->name)) >= 0) return CSIM_OK;
    csim_status status = csim_catalogue_hardware_find(catalogue, step->name, &entry, err);
    if (status) {
        char hint[sizeof err->hint];
        snprintf(hint, sizeof hint, "%s", err ? err->hint : "");
        status = CSIM_COMPILE_FAIL(err, status, step->note, "ladder", "the catalogue has no machine '%s'", step->name);
        if (hint[0]) csim_error_hint(err, "%s", hint);
        return status;
    }
    if (csim_compile_unseen(s, entry->announced_month)) return refuse_unseen(s, step, entry->announced_month, err);
    if ((status = new_machine(plan, step->name, out, err))) return status;
    csim_plan_machine *machine = &plan->machine[*out];
    machine->hardware = entry->machine;
    machine->known_stack = entry->stack == CSIM_STACK_KNOWN;
    machine->has_efficiency = entry->measured_tok_per_s > 0.0 && entry->kernel_tok_per_s > 0.0;
    machine->efficiency = machine->has_efficiency ? entry->measured_tok_per_s / entry->kernel_tok_per_s : 1.0;
    return CSIM_OK;
}

/* The n-th synthetic successor of a machine: the same plain hardware; the path's successor inputs improve it n times. */
static csim_status successor(csim_plan *plan, int of, int steps, int *out, csim_error *err) {
    char id[CSIM_PLAN_ID + 8];
    snprintf(id, sizeof id, "%s+%d", plan->machine[of].id, steps);
    if ((*out = find_machine(plan, id)) >= 0) return CSIM_OK;
    const csim_status status = new_machine(plan, id, out, err);
    if (status) return status;
    csim_plan_machine *machine = &plan->machine[*out];
    machine->hardware = plan->machine[of].hardware;
    machine->efficiency = 1.0;
    machine->successor_steps = steps;
    return CSIM_OK;
}

static csim_status add_step(csim_plan_ladder *ladder, int machine, int month, csim_error *err) {
    if (ladder->count == CSIM_MAX_LADDER_STEPS) return csim_error_set(err, CSIM_LIMIT, "a ladder has more than %d machines", CSIM_MAX_LADDER_STEPS);
    ladder->machine[ladder->count] = machine;
    ladder->month[ladder->count++] = month;
    return CSIM_OK;
}

static csim_status compile_ladder(const csim_scenario *s, const csim_catalogue *catalogue, const csim_step *steps, size_t count,
                                  int successor_months, csim_plan *plan, csim_plan_ladder *ladder, csim_error *err) {
    int machine = -1;
    for (size_t i = 0; i < count; i++) {
        csim_status status = catalogued(s, catalogue, &steps[i], plan, &machine, err);
        if (!status) status = add_step(ladder, machine, steps[i].month - s->start_month, err);
        if (status) return status;
    }
    if (!count || successor_months <= 0) return CSIM_OK;
    const int last = machine;
    int month = steps[count - 1].month - s->start_month + successor_months;
    for (int n = 1; month <= s->months - 1 + CSIM_LADDER_MARGIN_MONTHS; n++, month += successor_months) {
        csim_status status = successor(plan, last, n, &machine, err);
        if (!status) status = add_step(ladder, machine, month, err);
        if (status) return status;
    }
    return CSIM_OK;
}

static csim_status compile_fleets(const csim_scenario *s, const csim_catalogue *catalogue, csim_plan *plan, csim_error *err) {
    plan->merchant_fleet = plan->controlled_fleet = -1;
    for (size_t f = 0; f < s->fleets; f++) {
        const csim_fleet *fleet = &s->fleet[f];
        if (fleet->controlled && plan->controlled_fleet < 0) plan->controlled_fleet = (int32_t)f;
        if (!fleet->controlled && plan->merchant_fleet < 0) plan->merchant_fleet = (int32_t)f;
        plan->fleet_elec_cn[f] = !strcmp(fleet->electricity, "cn");
        const csim_status status = compile_ladder(s, catalogue, fleet->ladder, fleet->count, fleet->successor_months, plan, &plan->fleet_ladder[f], err);
        if (status) return status;
    }
    if (plan->merchant_fleet < 0 || !plan->fleet_ladder[plan->merchant_fleet].count)
        return csim_error_set_at(err, CSIM_INCONSISTENT, s->file, 0, 0, "fleets", "one fleet that controls do not bind, with a ladder, is needed");
    if (plan->controlled_fleet < 0)
        return csim_error_set_at(err, CSIM_INCONSISTENT, s->file, 0, 0, "fleets", "one fleet with 'controlled: true' is needed");
    return CSIM_OK;
}

csim_status csim_compile_machines(const csim_scenario *s, const csim_catalogue *catalogue, csim_plan *plan, csim_error *err) {
    csim_status status = compile_fleets(s, catalogue, plan, err);
    for (size_t x = 0; !status && x < s->regimes; x++) {
        const csim_regime *regime = &s->regime[x];
        if (regime->like_fleet >= 0) plan->regime_ladder[x] = plan->fleet_ladder[regime->like_fleet];
        else status = compile_ladder(s, catalogue, regime->ladder, regime->count, regime->successor_months, plan, &plan->regime_ladder[x], err);
        if (!status && !plan->regime_ladder[x].count)
            status = csim_error_set_at(err, CSIM_INCONSISTENT, s->file, 0, 0, "policy.regimes", "the regime '%s' has no ladder", regime->id);
    }
    return status;
}
