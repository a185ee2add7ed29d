/* The cost kernel: the block form agrees with the readable one, the batch really keeps the user's speed, limits and monotonicity. */
#include <math.h>

#include "kernels/moe_explain.h"
#include "kernels/vmath.h"
#include "tests/c/check.h"

/* DeepSeek-V3 in FP8: 671 B, 37 B active, multi-head latent attention. */
static moe_shape mixture(void) {
    moe_shape s = {.layers = 61, .moe_layers = 58, .hidden = 7168, .expert_io = 7168, .experts = 256, .top_k = 8, .attention_params = 11.4e9,
                   .dense_ffn_params = 1.19e9, .shared_expert_params = 2.55e9, .head_params = 0.93e9, .expert_params = 3.0 * 7168 * 2048, .attention_bytes = 1,
                   .ffn_bytes = 1, .expert_bytes = 1, .head_bytes = 2, .cache_value_bytes = 2, .active_params = 37e9, .total_params = 671e9, .kv_groups = 1, .latent_layers = 61};
    s.kv[0] = (moe_kv_group){.layers = 61, .stored_bytes_per_token = 1152, .read_bytes_per_token = 1152, .reach_tokens = (double)INFINITY,
                             .stored_reach_tokens = (double)INFINITY, .kv_heads = 1, .decode_flop_per_context_token = 278528, .prefill_flop_per_context_token = 81920};
    return s;
}

/* A dense 70 B model with grouped-query attention. */
static moe_shape dense(void) {
    moe_shape s = {.layers = 80, .hidden = 8192, .expert_io = 8192, .attention_params = 12e9, .dense_ffn_params = 56.5e9, .head_params = 1.05e9, .attention_bytes = 2,
                   .ffn_bytes = 2, .expert_bytes = 2, .head_bytes = 2, .cache_value_bytes = 1, .active_params = 70e9, .total_params = 70e9, .kv_groups = 1};
    s.kv[0] = (moe_kv_group){.layers = 80, .stored_bytes_per_token = 4096, .read_bytes_per_token = 4096, .reach_tokens = (double)INFINITY,
                             .stored_reach_tokens = (double)INFINITY, .kv_heads = 8, .decode_flop_per_context_token = 32768, .prefill_flop_per_context_token = 32768};
    return s;
}

/* Linear and window layers beside full ones. */
static moe_shape hybrid(void) {
    moe_shape s = mixture();
    s.kv_groups = 3;
    s.linear_layers = 30;
    s.index_layers = 16;
    s.latent_layers = 31;
    s.kv[0].layers = 15;
    s.kv[1] = (moe_kv_group){.layers = 30, .state_bytes = 2e6, .stored_reach_tokens = (double)INFINITY, .reach_tokens = (double)INFINITY, .kv_heads = 1,
                             .decode_flop_per_context_token = 0, .prefill_flop_per_context_token = 0};
    s.kv[2] = s.kv[0];
    s.kv[2].layers = 16;
    s.kv[2].reach_tokens = 2048;
    s.kv[2].index_bytes_per_token = 132;
    s.kv[2].index_flop_per_context_token = 16384;
    return s;
}

/* 4-bit dense weights and experts. */
static moe_shape four_bit(void) {
    moe_shape s = mixture();
    s.ffn_bytes = s.expert_bytes = 0.5625;
    return s;
}

/* MXFP4 experts in a BF16 model: 117 B, 5 B active, windows on half of the layers. */
static moe_shape small_mixture(void) {
    moe_shape s = {.layers = 36, .moe_layers = 36, .hidden = 2880, .expert_io = 2880, .experts = 128, .top_k = 4, .attention_params = 0.96e9, .head_params = 0.58e9,
                   .expert_params = 3.0 * 2880 * 2880, .attention_bytes = 2, .ffn_bytes = 2, .expert_bytes = 0.53125, .head_bytes = 2, .cache_value_bytes = 2,
                   .active_params = 5.1e9, .total_params = 117e9, .kv_groups = 2};
    s.kv[0] = (moe_kv_group){.layers = 18, .stored_bytes_per_token = 2048, .read_bytes_per_token = 2048, .reach_tokens = (double)INFINITY,
                             .stored_reach_tokens = (double)INFINITY, .kv_heads = 8, .decode_flop_per_context_token = 16384, .prefill_flop_per_context_token = 16384};
    s.kv[1] = s.kv[0];
    s.kv[1].reach_tokens = s.kv[1].stored_reach_tokens = 128;
    return s;
}

static moe_hardware machine(double scale) {
    return (moe_hardware){.bf16_flop_per_s = 989e12 * scale, .fp8_flop_per_s = 1979e12 * scale, .fp4_flop_per_s = 1979e12 * scale, .memory_bytes = 80e9 * scale,
                          .memory_bytes_per_s = 3.35e12 * scale, .scale_up_bytes_per_s = 450e9, .scale_up_domain = 8, .scale_out_bytes_per_s = 50e9, .group_max = 320,
                          .all_in_kw = 1.73, .capex_usd = 35e3};
}

/* With 4-bit units. */
static moe_hardware newer_machine(void) {
    moe_hardware h = machine(1.0);
    h.bf16_flop_per_s = 2250e12;
    h.fp8_flop_per_s = 4500e12;
    h.fp4_flop_per_s = 9000e12;
    h.memory_bytes = 180e9;
    h.memory_bytes_per_s = 8e12;
    h.scale_up_bytes_per_s = 900e9;
    h.scale_up_domain = 72;
    return h;
}

typedef struct both { moe_explanation one; moe_cost_block block; } both;

static both evaluate(const moe_shape *shape, const moe_hardware *h, const moe_request *r) {
    moe_fold_base base;
    moe_pair pair;
    moe_fold_block fold;
    moe_machine_fold ready;
    moe_workload_block work = {.hit_share = r->hit_share, .verified = r->verified};
    moe_machine_block change;
    double ones[MOE_BLOCK];
    both result;
    for (int p = 0; p < MOE_BLOCK; p++) {
        work.input_tokens[p] = r->input_tokens;
        work.output_tokens[p] = r->output_tokens;
        work.tpot_s[p] = r->tpot_s;
        work.accepted[p] = r->accepted;
        ones[p] = change.flop[p] = change.bandwidth[p] = change.memory[p] = change.link[p] = 1.0;
    }
    moe_fold_shape(shape, &base);
    moe_fold_pair(&base, h, &moe_efficiency_fitted, &pair);
    moe_fold_paths(&base, &work, ones, ones, ones, MOE_BLOCK, &fold);
    moe_fold_machine(h, &change, &work, MOE_BLOCK, &ready);
    moe_cost_evaluate(&pair, &fold, &work, &ready, MOE_BLOCK, &result.block);
    moe_explain(&base, r, h, &moe_efficiency_fitted, &result.one);
    return result;
}

static moe_request request(double input, double output, double hit, double tpot_ms, double verified, double accepted) {
    return (moe_request){.input_tokens = input, .output_tokens = output, .hit_share = hit, .tpot_s = tpot_ms * 1e-3, .verified = verified, .accepted = accepted};
}

static void block_kernel_agrees_with_the_readable_one(void **state) {
    (void)state;
    const moe_shape shapes[] = {mixture(), dense(), hybrid(), four_bit(), small_mixture()};
    const moe_hardware machines[] = {machine(0.3), machine(1.0), machine(8.0), newer_machine()};
    const double contexts[] = {100, 8000, 200000}, limits[] = {2, 40, 400};
    for (int s = 0; s < 5; s++)
        for (int m = 0; m < 4; m++)
            for (int c = 0; c < 3; c++)
                for (int l = 0; l < 3; l++) {
                    const moe_request r = request(contexts[c], 500, 0.4, limits[l], l == 1 ? 3.0 : 1.0, l == 1 ? 1.6 : 1.0);
                    const both x = evaluate(&shapes[s], &machines[m], &r);
                    for (int p = 0; p < MOE_BLOCK; p++) {
                        check_close(x.block.output_s[p], x.one.output_s, 1e-11);
                        check_close(x.block.input_s[p], x.one.input_s, 1e-11);
                        check_close(x.block.batch[p], x.one.batch, 1e-9);
                    }
                }
}

/* The batch at which a user waits exactly as long as allowed, by bisection. */
static double exact_batch(const moe_shape *shape, const moe_hardware *h, const moe_request *r, const moe_layout *layout) {
    moe_fold_base base;
    moe_explanation x;
    double low = 1e-6, high = 1e6;
    moe_fold_shape(shape, &base);
    for (int i = 0; i < 200; i++) {
        const double middle = sqrt(low * high);
        moe_explain_at(&base, r, h, &moe_efficiency_fitted, layout, middle, &x);
        if (x.tpot_s < r->tpot_s) low = middle;
        else high = middle;
    }
    return low;
}

static void one_newton_step_leaves_the_users_speed_within_a_thousandth(void **state) {
    (void)state;
    const moe_shape shapes[] = {mixture(), dense(), hybrid(), four_bit(), small_mixture()};
    const moe_hardware machines[] = {machine(1.0), newer_machine()};
    double worst = 0.0;
    int seen = 0;
    for (int s = 0; s < 5; s++)
        for (int m = 0; m < 2; m++)
            for (double tpot_ms = 8.0; tpot_ms < 200.0; tpot_ms *= 1.1)
                for (double input = 300; input < 60000; input *= 3) {
                    const moe_request r = request(input, 700, 0.3, tpot_ms, 1.0, 1.0);
                    const both x = evaluate(&shapes[s], &machines[m], &r);
                    if (x.one.batch_latency > x.one.batch_memory || !x.one.meets_tpot) continue;
                    const double exact = exact_batch(&shapes[s], &machines[m], &r, &x.one.layout);
                    if (fabs(x.one.step_s / r.tpot_s - 1.0) > worst) worst = fabs(x.one.step_s / r.tpot_s - 1.0);
                    check_close(x.one.batch, exact, 1e-3);
                    seen++;
                }
    assert_true(seen > 200);
    print_message("one Newton step: worst error of a user's time %.2e in %d cases\n", worst, seen);
    assert_true(worst < 1e-3);
}

static void experts_touched_follow_the_closed_form(void **state) {
    (void)state;
    const moe_shape shape = mixture();
    const moe_hardware h = machine(1.0);
    const moe_request r = request(1000, 500, 0.0, 30.0, 1.0, 1.0);
    const both x = evaluate(&shape, &h, &r);
    check_close(x.one.experts_touched_share, 1.0 - exp(x.one.batch * x.one.layout.group * log1p(-8.0 / 256.0)), 1e-12);
}

/* Experts lie whole where attention is data parallel: the step waits for an accelerator that reads one, however many share the rest. Tensor parallelism slices. */
static void a_lone_sequence_waits_for_one_whole_expert_unless_experts_are_sliced(void **state) {
    (void)state;
    const moe_shape shape = mixture();
    const moe_hardware h = machine(1.0);
    const moe_request r = request(1000, 500, 0.0, 30.0, 1.0, 1.0);
    const moe_layout whole[] = {{1, 16, 1, 16}, {1, 64, 1, 64}, {2, 256, 2, 256}}, sliced = {16, 16, 16, 16};
    const double bandwidth = moe_efficiency_fitted.expert_memory * h.memory_bytes_per_s, one_expert_s = 58 * shape.expert_params * shape.expert_bytes / bandwidth;
    moe_fold_base base;
    moe_explanation x;
    moe_fold_shape(&shape, &base);
    for (int i = 0; i < 3; i++) {
        moe_explain_at(&base, &r, &h, &moe_efficiency_fitted, &whole[i], 1.0 / whole[i].group, &x);
        check_close(x.experts_s, one_expert_s, 1e-12);
    }
    moe_explain_at(&base, &r, &h, &moe_efficiency_fitted, &sliced, 1.0 / 16.0, &x);
    check_close(x.experts_s, one_expert_s * 8.0 / 16.0, 1e-12);
}

static void a_spread_replica_has_one_expert_an_accelerator_at_least_for_speed_but_slices_them_for_memory(void **state) {
    (void)state;
    const moe_shape shape = small_mixture();
    const moe_hardware h = machine(1.0);
    const both x = evaluate(&shape, &h, &(moe_request){.input_tokens = 1000, .output_tokens = 500, .tpot_s = 0.1e-3, .verified = 1.0, .accepted = 1.0});
    check_close(x.one.layout.group, 128.0, 0.0);
    check_close(x.block.output_s[0], x.one.output_s, 1e-11);
    const moe_hardware small = machine(0.002); /* 160 MB: eight accelerators for each of few experts */
    const both y = evaluate(&shape, &small, &(moe_request){.input_tokens = 1000, .output_tokens = 500, .tpot_s = 1.0, .verified = 1.0, .accepted = 1.0});
    check_close(y.one.layout.group, 320.0, 0.0);
    check_close(y.block.output_s[0], y.one.output_s, 1e-11);
}

/* Weights or products, whichever takes longer; overlapped messages as the root of squares: from the named parts and nothing else. */
static void parts_of_a_step_make_the_step(void **state) {
    (void)state;
    const moe_shape shapes[] = {mixture(), dense(), hybrid(), four_bit(), small_mixture()};
    for (int s = 0; s < 5; s++)
        for (int stack = 0; stack < MOE_STACKS; stack++) {
            const moe_hardware h = machine(1.0);
            moe_request r = request(4000, 500, 0.5, 40.0, 2.0, 1.5);
            r.stack = (moe_stack)stack;
            const moe_explanation x = evaluate(&shapes[s], &h, &r).one;
            const double weights = x.dense_s + x.experts_s, work = (weights > x.compute_s ? weights : x.compute_s) + x.cache_s + x.attention_s;
            check_close(x.work_s, work, 1e-12);
            check_close(x.step_s, hypot(work, x.exchange_overlapped_s) + x.exchange_s + x.reduce_s + x.fixed_s + x.drafts_s, 1e-12);
            check_close(x.tpot_s, x.step_s / 1.5, 1e-12);
            assert_true(stack == MOE_STACK_TUNED ? x.exchange_s == 0.0 : x.exchange_s >= 0.0);
        }
}

static void stacks_that_are_less_tuned_are_slower(void **state) {
    (void)state;
    const moe_shape shape = mixture();
    const moe_hardware h = machine(1.0);
    moe_request r = request(4000, 500, 0.5, 40.0, 1.0, 1.0);
    moe_fold_base base;
    moe_explanation x[MOE_STACKS];
    const moe_layout layout = {1, 32, 1, 32};
    moe_fold_shape(&shape, &base);
    for (int stack = 0; stack < MOE_STACKS; stack++) {
        r.stack = (moe_stack)stack;
        moe_explain_at(&base, &r, &h, &moe_efficiency_fitted, &layout, 16.0, &x[stack]);
    }
    assert_true(x[MOE_STACK_TUNED].step_s < x[MOE_STACK_DEFAULT].step_s && x[MOE_STACK_DEFAULT].step_s < x[MOE_STACK_FIRST].step_s);
    assert_true(x[MOE_STACK_TUNED].input_s < x[MOE_STACK_DEFAULT].input_s);
}

/* One pool: a user also waits for the prompts of those who come after. */
static void one_pool_charges_prompts_to_the_users_time(void **state) {
    (void)state;
    const moe_shape shape = mixture();
    const moe_hardware h = machine(1.0);
    moe_request r = request(4000, 500, 0.5, 40.0, 1.0, 1.0);
    moe_fold_base base;
    moe_explanation apart, together;
    const moe_layout layout = {1, 32, 1, 32};
    moe_fold_shape(&shape, &base);
    moe_explain_at(&base, &r, &h, &moe_efficiency_fitted, &layout, 16.0, &apart);
    r.one_pool = 1;
    moe_explain_at(&base, &r, &h, &moe_efficiency_fitted, &layout, 16.0, &together);
    check_close(together.tpot_s, apart.tpot_s + 16.0 / 500.0 * 0.5 * 4000.0 * apart.input_s, 1e-12);
    check_close(together.output_s, apart.output_s, 0.0);
}

/* A machine without 4-bit units widens 4-bit weights: it saves memory and reading, no FLOPs. */
static void four_bit_weights_compute_faster_only_where_there_are_units_for_them(void **state) {
    (void)state;
    const moe_shape eight = mixture(), four = four_bit();
    const moe_hardware old = machine(1.0), newer = newer_machine();
    moe_fold_base base8, base4;
    moe_fold_shape(&eight, &base8);
    moe_fold_shape(&four, &base4);
    check_close(moe_part_flop_per_s(&base8, MOE_ROUTED_EXPERT, &old, &moe_efficiency_fitted), 1979e12, 0);
    check_close(moe_part_flop_per_s(&base4, MOE_ROUTED_EXPERT, &old, &moe_efficiency_fitted), 989e12 * 0.40842, 0);
    check_close(moe_part_flop_per_s(&base4, MOE_FFN, &old, &moe_efficiency_fitted), 989e12, 0);
    check_close(moe_part_flop_per_s(&base4, MOE_ROUTED_EXPERT, &newer, &moe_efficiency_fitted), 9000e12, 0);
    const moe_shape mxfp4 = small_mixture();
    moe_fold_shape(&mxfp4, &base4);
    check_close(moe_part_flop_per_s(&base4, MOE_ROUTED_EXPERT, &newer, &moe_efficiency_fitted), 4500e12, 0); /* its activations are 8 bits wide */
}

static void a_faster_promise_costs_more_and_longer_context_costs_more(void **state) {
    (void)state;
    const moe_shape shape = mixture();
    const moe_hardware h = machine(1.0);
    double before = 0.0;
    for (double tpot_ms = 200.0; tpot_ms > 20.0; tpot_ms *= 0.8) {
        const moe_request r = request(4000, 500, 0.5, tpot_ms, 1.0, 1.0);
        const both x = evaluate(&shape, &h, &r);
        assert_true(x.one.output_s >= before * (1.0 - 1e-12));
        before = x.one.output_s;
    }
    before = 0.0;
    for (double input = 100.0; input < 1e6; input *= 2.0) {
        const moe_request r = request(input, 500, 0.5, 40.0, 1.0, 1.0);
        const both x = evaluate(&shape, &h, &r);
        assert_true(x.one.output_s > before);
        before = x.one.output_s;
    }
}

static void a_model_that_does_not_fit_is_said_not_to(void **state) {
    (void)state;
    const moe_shape shape = mixture();
    moe_hardware h = machine(1.0);
    h.group_max = 8;
    h.memory_bytes = 32e9; /* 8 × 32 GB < 671 GB */
    const moe_request r = request(1000, 500, 0.0, 40.0, 1.0, 1.0);
    assert_false(evaluate(&shape, &h, &r).one.fits);
    assert_true(evaluate(&shape, &(moe_hardware){.bf16_flop_per_s = 989e12, .fp8_flop_per_s = 1979e12, .fp4_flop_per_s = 1979e12, .memory_bytes = 141e9,
        .memory_bytes_per_s = 4.8e12, .scale_up_bytes_per_s = 450e9, .scale_up_domain = 8, .scale_out_bytes_per_s = 50e9, .group_max = 320}, &r).one.fits);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_kernel_agrees_with_the_readable_one),
        cmocka_unit_test(one_newton_step_leaves_the_users_speed_within_a_thousandth),
        cmocka_unit_test(experts_touched_follow_the_closed_form),
        cmocka_unit_test(a_lone_sequence_waits_for_one_whole_expert_unless_experts_are_sliced),
        cmocka_unit_test(a_spread_replica_has_one_expert_an_accelerator_at_least_for_speed_but_slices_them_for_memory),
        cmocka_unit_test(parts_of_a_step_make_the_step),
        cmocka_unit_test(stacks_that_are_less_tuned_are_slower),
        cmocka_unit_test(one_pool_charges_prompts_to_the_users_time),
        cmocka_unit_test(four_bit_weights_compute_faster_only_where_there_are_units_for_them),
        cmocka_unit_test(a_faster_promise_costs_more_and_longer_context_costs_more),
        cmocka_unit_test(a_model_that_does_not_fit_is_said_not_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
