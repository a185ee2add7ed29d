/* Parts of a run as bytes: parts from anywhere, in any order, give the bits of one run; what is damaged, foreign or there already changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "csim/store/part_bytes.h"
#include "tests/c/baseline.h"

enum { PATHS = 320, CUT = 128, KEPT = 150 };

static csim_run_options options_of(uint32_t first, uint32_t paths, csim_sampler sampler) {
    return (csim_run_options){.seed = 21, .first_path = first, .paths = paths, .threads = 2, .keep_paths = first < KEPT ? (KEPT - first < paths ? KEPT - first : paths) : 0,
                              .sampler = sampler, .replicates = sampler == CSIM_SAMPLER_MC ? 1 : 2, .keep_slots = 1, .keep_slot = {3}};
}

typedef struct bytes { unsigned char *at; size_t size; uint32_t first, paths; } bytes;

static bytes part_of(const csim_run_options *options) {
    csim_error err;
    csim_run *run;
    const csim_result *result;
    bytes out = {.first = options->first_path, .paths = options->paths};
    check_status(csim_run_new(plan, options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    check_status(csim_run_result(run, &result, &err), &err);
    check_status(csim_part_pack(result, &out.at, &out.size, &err), &err);
    csim_run_free(run);
    return out;
}

static csim_run *whole(csim_sampler sampler) {
    const csim_run_options options = options_of(0, PATHS, sampler);
    csim_error err;
    csim_run *run;
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    return run;
}

static void digest_of(csim_run *run, char hex[65]) {
    csim_error err;
    const csim_result *result;
    check_status(csim_run_result(run, &result, &err), &err);
    csim_result_digest(result, hex);
}

static void check_sampler(csim_sampler sampler) {
    csim_error err;
    char one[65], parts[65];
    csim_run *alone = whole(sampler), *together = whole(sampler);
    check_status(csim_run_advance(alone, 0.0, NULL, &err), &err);
    const csim_run_options late = options_of(CUT, PATHS - CUT, sampler), early = options_of(0, CUT, sampler);
    const bytes part[2] = {part_of(&late), part_of(&early)};
    for (int i = 0; i < 2; i++) {
        check_status(csim_part_take(together, part[i].first, part[i].paths, part[i].at, part[i].size, NULL, &err), &err);
        free(part[i].at);
    }
    assert_true(csim_run_is_finished(together));
    digest_of(alone, one);
    digest_of(together, parts);
    assert_string_equal(one, parts);
    const csim_result *a = csim_run_outline(alone), *b = csim_run_outline(together);
    assert_int_equal(a->kept, KEPT);
    assert_memory_equal(a->kept_input, b->kept_input, KEPT * (size_t)plan->inputs * sizeof(double));
    assert_memory_equal(a->kept_scalar, b->kept_scalar, KEPT * (size_t)plan->scalars * sizeof(double));
    assert_memory_equal(a->kept_series, b->kept_series, KEPT * (size_t)plan->months * sizeof(double));
    csim_run_free(alone);
    csim_run_free(together);
}

static void parts_in_any_order_give_the_bits_of_one_run(void **state) { (void)state; check_sampler(CSIM_SAMPLER_MC); }
static void parts_with_replicates_give_the_bits_of_one_run(void **state) { (void)state; check_sampler(CSIM_SAMPLER_SOBOL); }

static void the_same_paths_give_the_same_digest_whoever_simulates_them(void **state) {
    (void)state;
    csim_error err;
    csim_run_options options = options_of(0, CUT, CSIM_SAMPLER_MC);
    char one[65], other[65];
    const bytes a = part_of(&options);
    options.threads = 1;
    const bytes b = part_of(&options);
    check_status(csim_part_digest(a.at, a.size, one, &err), &err);
    check_status(csim_part_digest(b.at, b.size, other, &err), &err);
    assert_string_equal(one, other);
    free(a.at);
    free(b.at);
}

static csim_status take(csim_run *run, bytes part, csim_error *err) {
    const uint64_t before = csim_run_done(run);
    const csim_status status = csim_part_take(run, part.first, part.paths, part.at, part.size, NULL, err);
    if (status) assert_int_equal(csim_run_done(run), before);
    return status;
}

static void a_flipped_bit_anywhere_is_refused(void **state) {
    (void)state;
    csim_error err;
    const csim_run_options options = options_of(0, 64, CSIM_SAMPLER_MC);
    const bytes part = part_of(&options);
    csim_run *run = whole(CSIM_SAMPLER_MC);
    for (size_t i = 0; i < 64; i++) {
        const size_t at = i < 32 ? i * 9 : (part.size - sizeof(double) - 1) / 32 * (i - 32) + i; /* the seconds, which change no number, are the last eight */
        part.at[at] ^= 1;
        assert_int_equal(take(run, part, &err), CSIM_FILE_FORMAT);
        part.at[at] ^= 1;
    }
    check_status(take(run, part, &err), &err);
    free(part.at);
    csim_run_free(run);
}

static void a_part_that_was_cut_off_is_refused(void **state) {
    (void)state;
    csim_error err;
    const csim_run_options options = options_of(0, 64, CSIM_SAMPLER_MC);
    const bytes part = part_of(&options);
    csim_run *run = whole(CSIM_SAMPLER_MC);
    const size_t sizes[] = {0, 7, 8, 47, 48, 1000, part.size / 2, part.size - 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) assert_int_equal(take(run, (bytes){part.at, sizes[i], 0, 64}, &err), CSIM_FILE_FORMAT);
    free(part.at);
    csim_run_free(run);
}

static void paths_that_are_there_already_are_refused(void **state) {
    (void)state;
    csim_error err;
    const csim_run_options options = options_of(64, 64, CSIM_SAMPLER_MC), across = options_of(0, 128, CSIM_SAMPLER_MC);
    const bytes part = part_of(&options), overlap = part_of(&across);
    csim_run *run = whole(CSIM_SAMPLER_MC);
    check_status(take(run, part, &err), &err);
    assert_int_equal(take(run, part, &err), CSIM_INCONSISTENT);
    assert_int_equal(take(run, overlap, &err), CSIM_INCONSISTENT);
    free(part.at);
    free(overlap.at);
    csim_run_free(run);
}

static void parts_of_another_run_are_refused(void **state) {
    (void)state;
    csim_error err;
    csim_run_options seed = options_of(0, 64, CSIM_SAMPLER_MC), beyond = options_of(PATHS, 64, CSIM_SAMPLER_MC), sampler = options_of(0, 64, CSIM_SAMPLER_SOBOL),
                     series = options_of(0, 64, CSIM_SAMPLER_MC);
    seed.seed++;
    series.keep_slot[0]++;
    csim_run *run = whole(CSIM_SAMPLER_MC);
    const csim_run_options *const all[] = {&seed, &beyond, &sampler, &series};
    for (int i = 0; i < 4; i++) {
        const bytes part = part_of(all[i]);
        assert_int_equal(take(run, part, &err), CSIM_INCONSISTENT);
        free(part.at);
    }
    csim_run_free(run);
}

/* The digest of a part says that it came as it was sent, not that it is right: whoever made it may have made it up. Each word behind the three texts of the
 * head is changed, with a digest that fits; no table may be left, and nothing may change. */
static void a_part_that_was_made_up_is_refused_whatever_it_says(void **state) {
    (void)state;
    enum { OPTIONS = 6, LEDGER = 3 };
    static const uint64_t words[] = {1, 5, 17, 63, 65, 1u << 20, UINT32_MAX, UINT64_MAX / 2};
    csim_error err;
    const csim_run_options options = options_of(0, 64, CSIM_SAMPLER_MC);
    const bytes part = part_of(&options);
    csim_run *run = whole(CSIM_SAMPLER_MC);
    size_t head = 16;
    for (int i = 0; i < 3; i++) { /* version, revision, plan */
        uint64_t length;
        memcpy(&length, part.at + head, sizeof length);
        head += sizeof length + length;
    }
    for (int word = 0; word < OPTIONS + LEDGER; word++)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            uint64_t was, now;
            csim_sha256 hash;
            unsigned char *at = part.at + head + 8 * (size_t)word, *digest = part.at + part.size - sizeof(double) - CSIM_SHA256_BYTES;
            memcpy(&was, at, sizeof was);
            now = was ^ words[i];
            memcpy(at, &now, sizeof now);
            csim_sha256_init(&hash);
            csim_sha256_update(&hash, part.at, (size_t)(digest - part.at));
            csim_sha256_final(&hash, digest);
            const csim_status status = take(run, part, &err);
            assert_true(status == CSIM_INCONSISTENT || status == CSIM_FILE_FORMAT);
            memcpy(at, &was, sizeof was);
        }
    free(part.at);
    csim_run_free(run);
}

static void a_part_with_other_rows_than_asked_for_is_refused(void **state) {
    (void)state;
    csim_error err;
    csim_run_options none = options_of(0, 64, CSIM_SAMPLER_MC);
    none.keep_paths = 0;
    const bytes part = part_of(&none);
    csim_run *run = whole(CSIM_SAMPLER_MC);
    assert_int_equal(take(run, part, &err), CSIM_INCONSISTENT);
    free(part.at);
    csim_run_free(run);
}

static void a_run_that_was_advanced_takes_no_parts(void **state) {
    (void)state;
    csim_error err;
    const csim_run_options options = options_of(0, 64, CSIM_SAMPLER_MC);
    const bytes part = part_of(&options);
    csim_run *run = whole(CSIM_SAMPLER_MC);
    assert_false(csim_run_has_begun(run));
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    assert_true(csim_run_has_begun(run));
    assert_int_equal(csim_part_take(run, part.first, part.paths, part.at, part.size, NULL, &err), CSIM_USAGE);
    free(part.at);
    csim_run_free(run);
}

static void what_is_missing_after_parts_is_simulated_here(void **state) {
    (void)state;
    csim_error err;
    char one[65], mixed[65];
    const csim_run_options options = options_of(64, 128, CSIM_SAMPLER_MC);
    const bytes part = part_of(&options);
    csim_run *alone = whole(CSIM_SAMPLER_MC), *run = whole(CSIM_SAMPLER_MC);
    check_status(csim_run_advance(alone, 0.0, NULL, &err), &err);
    check_status(take(run, part, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    digest_of(alone, one);
    digest_of(run, mixed);
    assert_string_equal(one, mixed);
    free(part.at);
    csim_run_free(alone);
    csim_run_free(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_in_any_order_give_the_bits_of_one_run),
        cmocka_unit_test(parts_with_replicates_give_the_bits_of_one_run),
        cmocka_unit_test(the_same_paths_give_the_same_digest_whoever_simulates_them),
        cmocka_unit_test(a_flipped_bit_anywhere_is_refused),
        cmocka_unit_test(a_part_that_was_cut_off_is_refused),
        cmocka_unit_test(paths_that_are_there_already_are_refused),
        cmocka_unit_test(parts_of_another_run_are_refused),
        cmocka_unit_test(a_part_that_was_made_up_is_refused_whatever_it_says),
        cmocka_unit_test(a_part_with_other_rows_than_asked_for_is_refused),
        cmocka_unit_test(a_run_that_was_advanced_takes_no_parts),
        cmocka_unit_test(what_is_missing_after_parts_is_simulated_here),
    };
    return cmocka_run_group_tests(tests, load_baseline, unload_baseline);
}
