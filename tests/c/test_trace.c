/* A path told in full: the same bits as the batch, every draw by its name, every quantity from its place. Run from the root. */
#include <stdio.h>
#include <stdlib.h>

#include "csim/engine/trace.h"
#include "kernels/vmath.h"
#include "tests/c/baseline.h"

enum { SEED = 11, PATHS = 140 };

static csim_trace *trace_of(uint32_t path) {
    csim_error err;
    csim_trace *trace;
    check_status(csim_trace_new(plan, &(csim_run_options){.seed = SEED, .paths = 1}, path, &trace, &err), &err);
    return trace;
}

static double at(const csim_trace *trace, int month, size_t column) { return trace->value[(size_t)month * trace->columns + column]; }

static void kept_inputs_and_numbers_of_the_batch_are_the_trace_s_bits(void **state) {
    csim_error err;
    csim_run *run;
    const csim_result *result;
    const csim_run_options options = {.seed = SEED, .paths = PATHS, .threads = 2, .keep_paths = PATHS};
    const uint32_t paths[] = {0, 63, 64, PATHS - 1};
    (void)state;
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    check_status(csim_run_result(run, &result, &err), &err);
    for (size_t k = 0; k < sizeof paths / sizeof paths[0]; k++) {
        csim_trace *trace = trace_of(paths[k]);
        const double *kept_input = result->kept_input + (size_t)paths[k] * (size_t)plan->inputs, *kept = result->kept_scalar + (size_t)paths[k] * (size_t)plan->scalars;
        assert_memory_equal(trace->input, kept_input, (size_t)plan->inputs * sizeof(double));
        for (int i = 0; i < plan->scalars; i++) assert_true(at(trace, plan->scalar[i].month, (size_t)plan->scalar[i].slot) == kept[i] || isnan(kept[i]));
        csim_trace_free(trace);
    }
    csim_run_free(run);
}

/* The name of a shock is the address of its draws: nobody needs the model to check one. */
static void every_shock_is_the_draw_of_the_stream_it_is_named_after(void **state) {
    csim_trace *trace = trace_of(5);
    (void)state;
    for (size_t i = trace->part_start[CSIM_TRACE_SHOCKS]; i < trace->part_start[CSIM_TRACE_SHOCKS + 1]; i++) {
        const csim_stream stream = csim_stream_make(SEED, trace->column[i].name);
        for (int t = 0; t < plan->months; t++) {
            double draw = csim_stream_uniform(&stream, 5, (uint32_t)t);
            if (!strcmp(trace->column[i].unit, "sd")) draw = moe_normal_quantile(draw);
            assert_true(at(trace, t, i) == draw);
        }
    }
    csim_trace_free(trace);
}

static void every_draw_of_a_month_is_shown(void **state) {
    csim_block *block = csim_block_new();
    csim_trace *trace = trace_of(0);
    csim_sampling *sampling;
    csim_error err;
    (void)state;
    assert_non_null(block);
    check_status(csim_sampling_new(SEED, CSIM_SAMPLER_MC, 1, 0, &sampling, &err), &err);
    csim_block_start(block, plan, sampling, 0, 1);
    assert_int_equal(block->month_draws, trace->part_start[CSIM_TRACE_SHOCKS + 1] - trace->part_start[CSIM_TRACE_SHOCKS]);
    csim_block_free(block);
    csim_sampling_free(sampling);
    csim_trace_free(trace);
}

/* The index of a row says the member's dimensions: a wrong letter would show another element's numbers. */
static size_t room_of(const char *index) {
    size_t room = P * sizeof(double);
    for (; *index; index++)
        room *= *index == 'j' ? J : *index == 's' ? NS : *index == 'r' ? NR : *index == 'x' ? CSIM_MAX_REGIMES : *index == 'm' ? CSIM_MAX_MACHINES : CSIM_MAX_VENDORS;
    return room;
}

static void every_row_has_the_dimensions_of_its_member(void **state) {
    (void)state;
#define BYTES(member) sizeof(((csim_block *)0)->member)
#define SHOCK(name, index, member) assert_int_equal(BYTES(member), 2 * room_of(index));
#define DRAW(name, unit, index, member, text) assert_int_equal(BYTES(member), room_of(index));
#define STATE(name, unit, index, member, text) assert_int_equal(BYTES(member), room_of(index));
#define STATE_OF(name, unit, index, array, field, text) assert_int_equal(BYTES(array[0].field), P * sizeof(double)), assert_string_equal(index, "j");
#include "csim/model/trace.def"
#undef SHOCK
#undef DRAW
#undef STATE
#undef STATE_OF
}

static void names_are_unique(void **state) {
    csim_trace *trace = trace_of(0);
    (void)state;
    for (size_t i = 0; i < trace->columns; i++) assert_int_equal(csim_trace_column_find(trace, trace->column[i].name), (int)i);
    assert_int_equal(csim_trace_column_find(trace, "no.such.name"), -1);
    csim_trace_free(trace);
}

static double state_at(const csim_trace *trace, int month, const char *name) {
    const int column = csim_trace_column_find(trace, name);
    if (column < 0) fail_msg("no column %s", name);
    return at(trace, month, (size_t)column);
}

/* Elements by name, against outcomes that show the same. */
static void states_agree_with_the_outcomes_that_show_them(void **state) {
    csim_trace *trace = trace_of(3);
    (void)state;
    for (int t = 0; t < plan->months; t++) {
        assert_true(state_at(trace, t, "state.level.deepseek") == state_at(trace, t, "cap.level.deepseek"));
        assert_true(state_at(trace, t, "state.k_cn") == state_at(trace, t, "compute.k_cn"));
        assert_true(state_at(trace, t, "state.price.qwen") == state_at(trace, t, "price.list.qwen"));
        double sum = 0.0;
        for (int j = 0; j < plan->offerings; j++) {
            char name[CSIM_TRACE_NAME];
            snprintf(name, sizeof name, "state.share.midmarket.us.%s", plan->offering_id[j]);
            sum += csim_is_open(plan, j) ? state_at(trace, t, name) : 0.0;
        }
        check_near(sum, state_at(trace, t, "share.market_open.midmarket.us"), 1e-12);
    }
    csim_trace_free(trace);
}

static void releases_add_up_to_the_level(void **state) {
    csim_trace *trace = trace_of(9);
    double level = NAN;
    (void)state;
    for (int t = 0; t < plan->months; t++) {
        const double now = state_at(trace, t, "state.level.openai");
        double rise = 0.0;
        for (size_t i = 0; i < trace->events; i++)
            if (trace->event[i].kind == CSIM_EVENT_RELEASE && trace->event[i].month == t && !strcmp(trace->event[i].subject, "openai"))
                rise += trace->event[i].after - trace->event[i].before;
        if (t) assert_true(now - level == rise);
        level = now;
    }
    csim_trace_free(trace);
}

/* A price beyond what any model could want makes the path stop; the trace says where. */
static void a_stopped_path_tells_month_and_outcome(void **state) {
    csim_error err;
    csim_trace *trace;
    csim_plan *broken = malloc(sizeof *broken);
    (void)state;
    assert_non_null(broken);
    memcpy(broken, plan, sizeof *broken);
    const int slot = broken->lever_offset[CSIM_LEVER_PLUS_PRICE];
    for (int t = 40; t < broken->months; t++) broken->lever[slot][t] = 1e15;
    check_status(csim_trace_new(broken, &(csim_run_options){.seed = SEED, .paths = 1}, 1, &trace, &err), &err);
    assert_int_not_equal(trace->failure, CSIM_PATH_OK);
    assert_int_equal(trace->failure_month, 40);
    size_t stops = 0;
    for (size_t i = 0; i < trace->events; i++) {
        if (trace->event[i].kind != CSIM_EVENT_STOPPED) continue;
        stops++;
        assert_int_equal(trace->event[i].month, 40);
        assert_string_equal(trace->event[i].subject, broken->slot_name[trace->failure_slot]);
    }
    assert_int_equal(stops, 1);
    csim_trace_free(trace);
    free(broken);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_inputs_and_numbers_of_the_batch_are_the_trace_s_bits),
        cmocka_unit_test(every_shock_is_the_draw_of_the_stream_it_is_named_after),
        cmocka_unit_test(every_draw_of_a_month_is_shown),
        cmocka_unit_test(every_row_has_the_dimensions_of_its_member),
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(states_agree_with_the_outcomes_that_show_them),
        cmocka_unit_test(releases_add_up_to_the_level),
        cmocka_unit_test(a_stopped_path_tells_month_and_outcome),
    };
    return cmocka_run_group_tests(tests, load_baseline, unload_baseline);
}
