/* The contract of statuses: names, texts and exit codes, one call that ends with each status other tests do not ask for, and the command as a library
 * function (places that cannot be written, streams that are full, two runs in one folder). Run from the root. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "csim/cli/cli.h"
#include "csim/engine/engine.h"
#include "csim/store/plan_bytes.h"
#include "csim/store/run_file.h"
#include "tests/c/baseline.h"

static char folder[] = "/tmp/moecast_status_XXXXXX";

static int load_with_folder(void **state) {
    assert_non_null(mkdtemp(folder));
    return load_baseline(state);
}

static int unload_with_folder(void **state) {
    rmdir(folder);
    return unload_baseline(state);
}

/* ---- the list ------------------------------------------------------------------------------------------------------------------------------------ */

static void every_status_has_a_name_a_text_and_an_exit_code_of_the_contract(void **state) {
    (void)state;
    for (int i = 0; i < CSIM_STATUS_COUNT; i++) {
        const int code = csim_status_exit_code((csim_status)i);
        assert_true(csim_status_name((csim_status)i)[0] && csim_status_text((csim_status)i)[0]);
        assert_true(code == 130 || (code >= 0 && code <= 4));
        assert_int_equal(code == 0, i == CSIM_OK);
        for (int k = 0; k < i; k++) assert_string_not_equal(csim_status_name((csim_status)i), csim_status_name((csim_status)k));
    }
    assert_int_equal(csim_status_exit_code(CSIM_NO_MEMORY), 1);
    assert_int_equal(csim_status_exit_code(CSIM_LIMIT), 2);
    assert_int_equal(csim_status_exit_code(CSIM_PRECISION), 3);
    assert_int_equal(csim_status_exit_code(CSIM_FILE_FORMAT), 4);
    assert_int_equal(csim_status_exit_code(CSIM_INTERRUPTED), 130);
}

/* ---- statuses of scenarios --------------------------------------------------------------------------------------------------------------------- */

static csim_status compile_text(const char *text, csim_plan **out, csim_error *err) {
    char path[64];
    csim_scenario *changed = NULL;
    *out = NULL;
    snprintf(path, sizeof path, "%s/s.yaml", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    csim_status status = csim_scenario_load(path, &changed, err);
    if (!status) status = csim_plan_compile(changed, catalogue, out, err);
    csim_scenario_free(changed);
    unlink(path);
    return status;
}

#define HEAD "moecast: 1\nname: changed\nextends: baseline\n"

static void each_fault_of_a_scenario_has_its_status(void **state) {
    static const struct { const char *text; csim_status status; } faults[] = {
        {HEAD "time: {start: 2024-01", CSIM_SYNTAX},
        {HEAD "cap: {no_such_key: 1}\n", CSIM_UNKNOWN_KEY},
        {"name: no_version\n", CSIM_MISSING_KEY},
        {HEAD "name: again\n", CSIM_DUPLICATE_KEY},
        {HEAD "cap: {g_f: word}\n", CSIM_WRONG_TYPE},
        {HEAD "cap: {g_f: {fixed: 10, unit: s}}\n", CSIM_WRONG_UNIT},
        {HEAD "cap: {g_f: 1000}\n", CSIM_OUT_OF_RANGE},
        {"moecast: 1\nname: x\nextends: no_such_scenario\n", CSIM_UNKNOWN_NAME},
        {HEAD "time: {start: 2024-01, end: 2023-01}\n", CSIM_INCONSISTENT},
        {HEAD "time: {end: 2043-12}\nfleets: {us_gpu: {successor_months: 1}}\n", CSIM_LIMIT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        csim_error err = {0};
        csim_plan *out;
        check_refused(compile_text(faults[i].text, &out, &err), faults[i].status, &err);
        assert_null(out);
        assert_true(err.detail[0]);
    }
}

static void the_baseline_can_be_carried_over_the_whole_240_months(void **state) {
    csim_error err;
    csim_plan *out;
    (void)state;
    check_status(compile_text(HEAD "time: {start: 2024-01, end: 2043-12}\n", &out, &err), &err);
    assert_int_equal(out->months, CSIM_MAX_MONTHS);
    csim_plan_free(out);
}

/* ---- a run that fails -------------------------------------------------------------------------------------------------------------------------- */

static void a_run_whose_paths_leave_their_range_fails_and_names_the_outcome(void **state) {
    csim_error err;
    csim_plan *wild;
    csim_run *run;
    const csim_result *result;
    const csim_run_options options = {.seed = 1, .paths = 64, .threads = 1};
    (void)state;
    check_status(compile_text(HEAD "fin: {g_I: 3}\n", &wild, &err), &err);
    check_status(csim_run_new(wild, &options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    check_refused(csim_run_result(run, &result, &err), CSIM_RUN_FAILED, &err);
    assert_int_equal(result->done, 64);
    assert_true(result->failed > 0 && result->failed == result->failed_by[CSIM_PATH_NOT_FINITE] + result->failed_by[CSIM_PATH_OUT_OF_RANGE]);
    uint64_t by_slot = 0, most = 0;
    const char *worst = "";
    for (int slot = 0; slot < wild->slots; slot++) {
        by_slot += result->failed_slot[slot];
        if (result->failed_slot[slot] > most) most = result->failed_slot[slot], worst = wild->slot_name[slot];
    }
    assert_int_equal(by_slot, result->failed);
    check_contains(err.detail, worst);
    csim_run_free(run);
    csim_plan_free(wild);
}

/* Stopped paths are in the sums of no month, not even of those before they were stopped. */
static void paths_that_are_stopped_are_in_no_months_sums(void **state) {
    csim_error err;
    csim_plan *wild;
    csim_run *run;
    const csim_result *result;
    const csim_run_options options = {.seed = 1, .paths = 100, .threads = 1};
    (void)state;
    check_status(compile_text(HEAD "fin: {g_I: 2}\n", &wild, &err), &err);
    check_status(csim_run_new(wild, &options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    csim_run_result(run, &result, &err);
    assert_non_null(result);
    print_message("%llu of 100 paths are stopped\n", (unsigned long long)result->failed);
    assert_true(result->failed > 0 && result->failed < 100);
    double *outcomes = malloc((size_t)wild->months * (size_t)wild->slots * sizeof *outcomes), *sum = calloc((size_t)wild->months, sizeof *sum);
    const size_t slot = (size_t)csim_plan_slot(wild, "finance.capex"), alive = 100 - result->failed;
    for (uint32_t path = 0; path < 100; path++) {
        int failure = 0;
        check_status(csim_path_replay(wild, &result->options, path, outcomes, NULL, &failure, &err), &err);
        for (int t = 0; failure == CSIM_PATH_OK && t < wild->months; t++) sum[t] += outcomes[(size_t)t * (size_t)wild->slots + slot];
    }
    for (int t = 0; t < wild->months; t++) {
        assert_int_equal(csim_accumulator_count(result->monthly, slot, (size_t)t), alive);
        check_close(csim_accumulator_mean(result->monthly, slot, (size_t)t).value, sum[t] / (double)alive, 1e-9);
    }
    for (int report = 0; report < wild->report_months; report++)
        for (size_t i = 0; i < (size_t)wild->slots; i++)
            assert_memory_equal(&result->statistics->moments[csim_accumulator_cell(result->statistics, i, (size_t)report)],
                                &result->monthly->moments[csim_accumulator_cell(result->monthly, i, (size_t)wild->report_month[report])], sizeof(csim_moments));
    free(outcomes);
    free(sum);
    csim_run_free(run);
    csim_plan_free(wild);
}

static void *cancel_soon(void *flag) {
    const struct timespec wait = {0, 150000000};
    nanosleep(&wait, NULL);
    atomic_store((atomic_int *)flag, 1);
    return NULL;
}

/* A block with stopped paths is walked twice; a cancel between the walks, threads and replicates change nothing. */
static void stopped_paths_change_no_digest_over_threads_cancels_and_replicates(void **state) {
    csim_error err;
    csim_plan *wild;
    const csim_result *result;
    char expected[65], digest[65];
    (void)state;
    check_status(compile_text(HEAD "fin: {g_I: 2}\n", &wild, &err), &err);
    for (uint32_t replicates = 1; replicates <= 4; replicates += 3) {
        csim_run_options options = {.seed = 1, .paths = 300, .threads = 1, .keep_paths = 300, .replicates = replicates};
        csim_run *whole, *run;
        check_status(csim_run_new(wild, &options, &whole, &err), &err);
        check_status(csim_run_advance(whole, 0.0, NULL, &err), &err);
        csim_run_result(whole, &result, &err);
        csim_result_digest(result, expected);
        options.threads = 3;
        check_status(csim_run_new(wild, &options, &run, &err), &err);
        for (int k = 0; k < 3 && !csim_run_is_finished(run); k++) {
            atomic_int cancel = 0;
            pthread_t thread;
            assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
            csim_run_advance(run, 0.0, &cancel, &err);
            pthread_join(thread, NULL);
        }
        check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
        const csim_result *again;
        csim_run_result(run, &again, &err);
        csim_result_digest(again, digest);
        assert_string_equal(digest, expected);
        assert_memory_equal(again->kept_scalar, result->kept_scalar, 300 * (size_t)wild->scalars * sizeof(double));
        csim_run_free(run);
        csim_run_free(whole);
    }
    csim_plan_free(wild);
}

static void a_part_without_monthly_moments_is_refused_and_not_stored(void **state) {
    csim_error err;
    const csim_result *result;
    csim_run *part, *run;
    csim_run_options options = {.seed = 1, .paths = 64, .threads = 1, .skip_monthly = 1};
    const csim_run_info info = {"1", "1", "c", "2", "scalar", "test", 0, {0}};
    (void)state;
    check_status(csim_run_new(plan, &options, &part, &err), &err);
    check_status(csim_run_advance(part, 0.0, NULL, &err), &err);
    check_status(csim_run_result(part, &result, &err), &err);
    options.paths = 128;
    options.skip_monthly = 0;
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    check_refused(csim_run_take(run, result, &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "every month");
    check_refused(csim_run_file_write("/tmp/never.moecast", result, scenario, &info, NULL, 0, &err), CSIM_USAGE, &err);
    csim_run_free(run);
    csim_run_free(part);
}

/* ---- plans from strangers ---------------------------------------------------------------------------------------------------------------------- */

static void a_forged_plan_that_would_lead_the_model_out_of_its_tables_is_refused(void **state) {
    static const struct { size_t at; int32_t value; } plants[] = {
        {offsetof(csim_plan, offerings), CSIM_MAX_OFFERINGS + 1}, {offsetof(csim_plan, segments), -1},        {offsetof(csim_plan, vendors), 65},
        {offsetof(csim_plan, developers), CSIM_MAX_SEGMENTS},     {offsetof(csim_plan, china), -7},           {offsetof(csim_plan, second_fleet), 100},
        {offsetof(csim_plan, shape), CSIM_MAX_SHAPES},            {offsetof(csim_plan, input_offset), 1 << 20}, {offsetof(csim_plan, lever_offset), -1},
        {offsetof(csim_plan, outcome_offset), CSIM_MAX_OUTCOMES}, {offsetof(csim_plan, policy_state), CSIM_MAX_REGIMES}, {offsetof(csim_plan, fleet_ladder), 1000},
        {offsetof(csim_plan, regime_ladder), 0},                  {offsetof(csim_plan, merchant_fleet), -1},  {offsetof(csim_plan, hazards), 17},
        {offsetof(csim_plan, group), 4},                          {offsetof(csim_plan, input[0].dist.form), 99}, {offsetof(csim_plan, copula.groups), 65},
        {offsetof(csim_plan, controlled_fleet), -1},              {offsetof(csim_plan, fit_month), INT32_MIN}, {offsetof(csim_plan, entry_month), INT32_MAX}};
    (void)state;
    for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++) {
        csim_error err = {0};
        csim_plan *bad = malloc(sizeof *bad), *out;
        unsigned char *packed;
        size_t size;
        assert_non_null(bad);
        memcpy(bad, plan, sizeof *bad);
        memcpy((char *)bad + plants[i].at, &plants[i].value, sizeof plants[i].value);
        check_status(csim_plan_pack(bad, &packed, &size, &err), &err);
        check_refused(csim_plan_unpack(packed, size, &out, &err), CSIM_FILE_FORMAT, &err);
        free(packed);
        free(bad);
    }
}

/* ---- the command --------------------------------------------------------------------------------------------------------------------------------- */

/* Exit code of the command; what it said on its error stream in `said`. */
static int command(FILE *out, char said[1024], int argc, const char *const argv[]) {
    FILE *err = tmpfile();
    char *words[12] = {NULL};
    assert_non_null(err);
    for (int i = 0; i < argc; i++) assert_non_null(words[i] = strdup(argv[i]));
    const int code = csim_cli_main(argc, words, out, err);
    rewind(err);
    said[fread(said, 1, 1023, err)] = '\0';
    fclose(err);
    for (int i = 0; i < argc; i++) free(words[i]);
    return code;
}

static int run_into(const char *where, char said[1024]) {
    FILE *out = tmpfile();
    assert_non_null(out);
    const int code = command(out, said, 8, (const char *const[]){"moecast", "run", "baseline", "--paths", "64", "--quiet", "-o", where});
    fclose(out);
    return code;
}

static void a_full_output_is_an_error_of_every_command(void **state) {
    static const char *const words[] = {"--help", "--version", "schema"};
    char said[1024];
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        FILE *full = fopen("/dev/full", "w");
        if (!full) check_skip("no /dev/full");
        assert_int_equal(command(full, said, 2, (const char *const[]){"moecast", words[i]}), 4);
        check_contains(said, "cannot write to the output");
        fclose(full);
    }
}

static void a_file_an_empty_name_and_an_endless_name_are_no_folders(void **state) {
    char said[1024], file[64], endless[5000];
    (void)state;
    snprintf(file, sizeof file, "%s/file", folder);
    close(open(file, O_CREAT | O_WRONLY, 0666));
    memset(endless, 'a', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(run_into(file, said), 4);
    check_contains(said, "Not a directory");
    assert_int_equal(run_into(endless, said), 4);
    check_contains(said, "longer than");
    assert_int_equal(run_into("", said), 2);
    check_contains(said, "-o wants a folder");
    unlink(file);
}

static void a_folder_another_run_is_writing_into_is_refused(void **state) {
    char said[1024], busy[64];
    (void)state;
    snprintf(busy, sizeof busy, "%s/busy", folder);
    assert_int_equal(mkdir(busy, 0777), 0);
    const int other = open(busy, O_RDONLY | O_DIRECTORY);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(run_into(busy, said), 4);
    check_contains(said, "another run");
    close(other);
    assert_int_equal(rmdir(busy), 0); /* nothing was written */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_name_a_text_and_an_exit_code_of_the_contract),
        cmocka_unit_test(each_fault_of_a_scenario_has_its_status),
        cmocka_unit_test(the_baseline_can_be_carried_over_the_whole_240_months),
        cmocka_unit_test(paths_that_are_stopped_are_in_no_months_sums),
        cmocka_unit_test(stopped_paths_change_no_digest_over_threads_cancels_and_replicates),
        cmocka_unit_test(a_part_without_monthly_moments_is_refused_and_not_stored),
        cmocka_unit_test(a_run_whose_paths_leave_their_range_fails_and_names_the_outcome),
        cmocka_unit_test(a_forged_plan_that_would_lead_the_model_out_of_its_tables_is_refused),
        cmocka_unit_test(a_full_output_is_an_error_of_every_command),
        cmocka_unit_test(a_file_an_empty_name_and_an_endless_name_are_no_folders),
        cmocka_unit_test(a_folder_another_run_is_writing_into_is_refused),
    };
    return cmocka_run_group_tests(tests, load_with_folder, unload_with_folder);
}
