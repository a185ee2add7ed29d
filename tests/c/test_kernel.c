/* The cost kernel: the block form agrees with the readable one, the batch really keeps the user's speed, limits and monotonicity. */
#include <math.h>

#include "kernels/moe_explain.h"
#include "kernels/vmath.h"
#include "tests/c/check.h"

/* DeepSeek-V3 in FP8: 671 B, 37 B active, multi-head latent attention. */
static moe_shape mixture(void) {
    moe_shape s = {.layers = 61, .moe_layers = 58, .hidden = 7168, .expert_io = 7168, .experts = 256, .top_k = 8, .attention_params = 11.4e9,
                   .dense_ffn_params = 1.19e9, .shared_expert_params = 2.55e9, .head_params = 0.93e9, .expert_params = 3.0 * 7168 * 2048, .attention_bytes = 1,
                   .ffn_bytes = 1, .expert_bytes = 1, .head_bytes = 2, .active_params = 37e9, .total_params = 671e9, .kv_groups = 1};
    s.kv[0] = (moe_kv_group){.layers = 61, .stored_bytes_per_token = 1152, .read_bytes_per_token = 1152, .reach_tokens = (double)INFINITY,
                             .stored_reach_tokens = (double)INFINITY, .kv_heads = 1, .decode_flop_per_context_token = 278528, .prefill_flop_per_context_token = 81920};
    return s;
}

/* A dense 70 B model with grouped-query attention. */
static moe_shape dense(void) {
    moe_shape s = {.layers = 80, .hidden = 8192, .expert_io = 8192, .attention_params = 12e9, .dense_ffn_params = 56.5e9, .head_params = 1.05e9, .attention_bytes = 2,
                   .ffn_bytes = 2, .expert_bytes = 2, .head_bytes = 2, .active_params = 70e9, .total_params = 70e9, .kv_groups = 1};
    s.kv[0] = (moe_kv_group){.layers = 80, .stored_bytes_per_token = 4096, .read_bytes_per_token = 4096, .reach_tokens = (double)INFINITY,
                             .stored_reach_tokens = (double)INFINITY, .kv_heads = 8, .decode_flop_per_context_token = 32768, .prefill_flop_per_context_token = 32768};
    return s;
}

/* Linear and window layers beside full ones. */
static moe_shape hybrid(void) {
    moe_shape s = mixture();
    s.kv_groups = 3;
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

static moe_hardware machine(double scale) {
    return (moe_hardware){.bf16_flop_per_s = 989e12 * scale, .fp8_flop_per_s = 1979e12 * scale, .fp4_flop_per_s = 1979e12 * scale, .memory_bytes = 80e9 * scale,
                          .memory_bytes_per_s = 3.35e12 * scale, .scale_up_bytes_per_s = 450e9, .scale_up_domain = 8, .scale_out_bytes_per_s = 50e9, .group_max = 320,
                          .all_in_kw = 1.73, .capex_usd = 35e3};
}

typedef struct both { moe_explanation one; moe_cost_block block; } both;

static both evaluate(const moe_shape *shape, const moe_hardware *h, const moe_request *r) {
    moe_fold_base base;
    moe_fold_block fold;
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
    moe_fold_paths(&base, &work, ones, ones, ones, MOE_BLOCK, &fold);
    moe_cost_evaluate(&base, &fold, &work, h, &change, &moe_efficiency_joint, MOE_BLOCK, &result.block);
    moe_explain(&base, r, h, &moe_efficiency_joint, &result.one);
    return result;
}

static moe_request request(double input, double output, double hit, double tpot_ms, double verified, double accepted) {
    return (moe_request){.input_tokens = input, .output_tokens = output, .hit_share = hit, .tpot_s = tpot_ms * 1e-3, .verified = verified, .accepted = accepted};
}

static void block_kernel_agrees_with_the_readable_one(void **state) {
    (void)state;
    const moe_shape shapes[] = {mixture(), dense(), hybrid()};
    const double scales[] = {0.3, 1.0, 8.0}, contexts[] = {100, 8000, 200000}, limits[] = {2, 40, 400};
    for (int s = 0; s < 3; s++)
        for (int m = 0; m < 3; m++)
            for (int c = 0; c < 3; c++)
                for (int l = 0; l < 3; l++) {
                    const moe_hardware h = machine(scales[m]);
                    const moe_request r = request(contexts[c], 500, 0.4, limits[l], l == 1 ? 3.0 : 1.0, l == 1 ? 1.6 : 1.0);
                    const both x = evaluate(&shapes[s], &h, &r);
                    for (int p = 0; p < MOE_BLOCK; p++) {
                        check_close(x.block.output_s[p], x.one.output_s, 1e-11);
                        check_close(x.block.input_s[p], x.one.input_s, 1e-11);
                        check_close(x.block.batch[p], x.one.batch, 1e-9);
                    }
                }
}

static void two_newton_steps_leave_the_users_speed_within_a_thousandth(void **state) {
    (void)state;
    const moe_shape shape = mixture();
    for (double tpot_ms = 15.0; tpot_ms < 200.0; tpot_ms *= 1.3) {
        const moe_hardware h = machine(1.0);
        const moe_request r = request(500, 200, 0.0, tpot_ms, 1.0, 1.0);
        const both x = evaluate(&shape, &h, &r);
        if (x.one.batch_latency > x.one.batch_memory || !x.one.meets_tpot) continue;
        check_close(x.one.step_s, r.tpot_s, 1e-3);
        assert_true(x.one.step_s <= r.tpot_s * (1.0 + 1e-12)); /* the curve is concave: the steps come from below */
    }
}

static void experts_touched_follow_the_closed_form(void **state) {
    (void)state;
    const moe_shape shape = mixture();
    const moe_hardware h = machine(1.0);
    const moe_request r = request(1000, 500, 0.0, 30.0, 1.0, 1.0);
    const both x = evaluate(&shape, &h, &r);
    check_close(x.one.experts_touched_share, 1.0 - exp(x.one.batch * x.one.group * log1p(-8.0 / 256.0)), 1e-12);
}

static void parts_of_a_step_add_up(void **state) {
    (void)state;
    const moe_shape shapes[] = {mixture(), dense(), hybrid()};
    for (int s = 0; s < 3; s++) {
        const moe_hardware h = machine(1.0);
        const moe_request r = request(4000, 500, 0.5, 40.0, 2.0, 1.5);
        const both x = evaluate(&shapes[s], &h, &r);
        check_close(x.one.dense_s + x.one.experts_s + x.one.cache_s + x.one.compute_s + x.one.network_s + x.one.fixed_s, x.one.step_s, 1e-12);
    }
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
        cmocka_unit_test(two_newton_steps_leave_the_users_speed_within_a_thousandth),
        cmocka_unit_test(experts_touched_follow_the_closed_form),
        cmocka_unit_test(parts_of_a_step_add_up),
        cmocka_unit_test(a_faster_promise_costs_more_and_longer_context_costs_more),
        cmocka_unit_test(a_model_that_does_not_fit_is_said_not_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
