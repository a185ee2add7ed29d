/* The run file gives back what was written or refuses; a write that fails leaves everything as it was. Beside it what the file is filled from and read
 * for: answers to claims, pairs of paths, the text exports. Runs on a made-up result, without the model. Run from the root of the project. */
#define _POSIX_C_SOURCE 200809L
#include "tests/c/check.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csim/engine/claims.h"
#include "csim/report/export.h"
#include "csim/store/plan_bytes.h"
#include "csim/store/run_file.h"
#include "csim/store/schema.h"

enum { PATHS = 200, WANTED = 210, KEPT = 5, HIT_ROWS = 7, MONTHS = 36, JANUARY_2024 = 24 * 12, CLAIMS = 3, NAME_SIZE = 600 };

static char folder[] = "/tmp/moecast-store-XXXXXX";
static char run_path[NAME_SIZE], copy_path[NAME_SIZE];
static csim_plan *plan;
static csim_result result;
static csim_claim_result claims[CLAIMS];
static const char scenario_text[] = "moecast: 1\nname: \"made up\"\ntitle: \"Ünïcode, \\\"quotes\\\"\"\n";
static csim_scenario scenario;
static const csim_run_info info = {"0.1.0", "0123abc", "a compiler", "2.7.1", "plain", "moecast run \"x\" \t\xff", 1785931200, {2, 5, 9000, 1400, 1300}};
static csim_catalogue *catalogue;

/* ---- a result without a model */

static void add_slot(csim_outcome_id outcome, const char *name) {
    strcpy(plan->slot_name[plan->slots], name);
    plan->slot_outcome[plan->slots++] = (int32_t)outcome;
}

static void add_reading(const char *id, int slot, int op, double value, int given) {
    plan->reading[plan->readings] = (csim_plan_reading){.slot = slot, .op = op, .from = 35, .to = 35, .given = given, .value = value};
    strcpy(plan->reading_id[plan->readings++], id);
}

static void make_plan(void) {
    plan = calloc(1, sizeof *plan);
    assert_non_null(plan);
    plan->bytes = sizeof *plan;
    plan->format = CSIM_PLAN_FORMAT;
    plan->months = MONTHS;
    plan->start_month = JANUARY_2024;
    add_slot(CSIM_OUT_GAP, "cap.gap");
    add_slot(CSIM_OUT_SHARE_OPEN, "share.open.developers");
    add_slot(CSIM_OUT_PRICE_OPEN, "price.open");
    plan->report_months = 2;
    plan->report_month[0] = 23;
    plan->report_month[1] = 35;
    plan->inputs = 2;
    strcpy(plan->input_key[0], "cap.g_f");
    strcpy(plan->input_key[1], "choice.alpha.developers");
    plan->scalars = 1;
    plan->scalar[0] = (csim_plan_scalar){1, 35};
    add_reading("gap.small", 0, 2, 5.0, -1);
    add_reading("gap.then_open", 1, 0, 0.5, 0);
    add_reading("gap.never_asked", 1, 0, 0.5, 1);
}

static void fill_statistics(void) {
    static const csim_axis axes[] = {{CSIM_AXIS_LINEAR, -20, 80, 180}, {CSIM_AXIS_LOGIT, 1e-5, 0.99999, 2}, {CSIM_AXIS_LOG, 1e-4, 1e3, 1e9}};
    static double values[PATHS];
    static int all[PATHS];
    check_status(csim_accumulator_new(axes, 3, 2, &result.statistics, NULL), NULL);
    check_status(csim_accumulator_new_moments(axes, 3, MONTHS, &result.monthly, NULL), NULL);
    for (size_t slot = 0; slot < 3; slot++)
        for (size_t month = 0; month < 2; month++) {
            for (int i = 0; i < PATHS; i++) {
                const double u = (i + 0.5) / PATHS;
                values[i] = slot == 0 ? 20.0 * u : slot == 1 ? u : exp(3.0 * u) + (double)month;
                all[i] = i > 0; /* path 0 was stopped */
            }
            csim_accumulator_add(result.statistics, slot, month, values, all, PATHS);
        }
    csim_accumulator_settle(result.statistics);
    for (size_t slot = 0; slot < 3; slot++)
        for (size_t month = 0; month < MONTHS; month++) result.monthly->moments[csim_accumulator_cell(result.monthly, slot, month)] = result.statistics->moments[slot * 2 + month % 2];
}

/* Readings of two replicates, the second with all paths. */
static void fill_replicates(void) {
    static csim_tally tallies[2][CSIM_MAX_READINGS];
    memcpy(tallies[1], result.tally, sizeof result.tally);
    result.replicate_tally = tallies;
    check_status(csim_replicates_new(2, 3, 2, &result.replicates, NULL), NULL);
    memcpy(result.replicates->moments + 3 * 2, result.statistics->moments, 3 * 2 * sizeof(csim_moments));
    check_status(csim_replicates_new_moments(2, 3, MONTHS, &result.monthly_replicates, NULL), NULL);
    memcpy(result.monthly_replicates->moments + 3 * MONTHS, result.monthly->moments, 3 * MONTHS * sizeof(csim_moments));
    for (size_t cell = 0; cell < 3 * 2; cell++) result.replicates->bin[(3 * 2 + cell) * CSIM_COARSE_BINS + 9] = (uint32_t)result.statistics->moments[cell].count;
}

/* Writes the result as one of Sobol points in two replicates, and again as it was. */
static void with_replicates(void check(void)) {
    csim_error err = {0};
    const csim_run_options before = result.options;
    result.options.sampler = CSIM_SAMPLER_SOBOL;
    result.options.replicates = 2;
    fill_replicates();
    check_status(csim_run_file_write(run_path, &result, &scenario, &info, claims, CLAIMS, &err), &err);
    check();
    csim_replicates_free(result.replicates);
    csim_replicates_free(result.monthly_replicates);
    result.replicates = result.monthly_replicates = NULL;
    result.replicate_tally = NULL;
    result.options = before;
    check_status(csim_run_file_write(run_path, &result, &scenario, &info, claims, CLAIMS, &err), &err);
}

static void make_result(void) {
    static double inputs[KEPT * 2], scalars[KEPT];
    static double months[KEPT * MONTHS];
    static unsigned char hits[HIT_ROWS * 3];
    for (int i = 0; i < KEPT; i++) {
        inputs[2 * i] = i;
        inputs[2 * i + 1] = 1.0 / (3.0 + i);
        scalars[i] = i ? 0.1 * i : (double)NAN;
    }
    result.plan = plan;
    result.options = (csim_run_options){.seed = UINT64_MAX - 6, .first_path = 1000, .paths = WANTED, .threads = 2, .keep_paths = KEPT};
    result.tally[0] = (csim_tally){50, 199};
    result.tally[1] = (csim_tally){20, 50};
    result.done = PATHS;
    check_status(csim_ledger_add(&result.ledger, 1000, 1150, NULL), NULL);
    check_status(csim_ledger_add(&result.ledger, 1160, 1210, NULL), NULL);
    result.failed = result.failed_by[CSIM_PATH_OUT_OF_RANGE] = result.failed_slot[2] = 1;
    result.kept = KEPT;
    result.kept_input = inputs;
    result.kept_scalar = scalars;
    for (int i = 0; i < KEPT * MONTHS; i++) months[i] = 1.0 / (7.0 + i);
    result.kept_series = months;
    result.options.keep_slots = 1;
    result.options.keep_slot[0] = 2;
    for (int i = 0; i < HIT_ROWS * 3; i++) hits[i] = (unsigned char)(i % (CSIM_HIT_UNKNOWN + 1));
    result.hit_rows = HIT_ROWS;
    result.hit = hits;
    result.seconds = 0.1;
    fill_statistics();
}

static void make_claims(void) {
    const double unknown = (double)NAN;
    const double a[] = {1, 2, 4, 8}, b[] = {2, 3, 9, 10};
    claims[0] = (csim_claim_result){.claim = "gap", .reading = "small", .answer = CSIM_ANSWER_PATHS, .probability = csim_probability_of(50, 199), .value = {9.5, 0.3}};
    claims[1] = (csim_claim_result){.claim = "cost", .reading = "open", .probability = {unknown, unknown, unknown, unknown, 0, 0}, .value = {unknown, unknown},
                                    .note = "said \"so\"\n", .pairs = {.p5 = unknown, .p50 = unknown, .p95 = unknown, .correlation = unknown, .paths_saved = unknown}};
    claims[2] = (csim_claim_result){.claim = "cost", .reading = "pairs", .answer = CSIM_ANSWER_PAIRS};
    check_status(csim_paired_compute(a, b, 4, 1, "minus", ">", 1.5, &claims[2].pairs, NULL), NULL);
    claims[2].value = claims[2].pairs.mean;
    claims[2].probability = claims[2].pairs.probability;
    for (int i = 0; i < CLAIMS; i++) {
        claims[i].break_even = csim_break_even_none();
        claims[i].aside = csim_aside_none();
    }
    claims[0].break_even = (csim_break_even){CSIM_BREAK_FLIPS, "cap.g_f", "ECI/yr", 15.1, 0.4, 0.02, 0.36, 0.44, 0.001, 0.1, 0.9, 0.999, 50, 199};
    claims[0].aside = (csim_aside){{0.6, 0.03}, csim_probability_of(3, 40), 25 * 12 + 8};
    claims[2].break_even.state = CSIM_BREAK_NEVER;
    snprintf(claims[2].break_even.input, sizeof claims[2].break_even.input, "cap.rel");
    snprintf(claims[2].break_even.unit, sizeof claims[2].break_even.unit, "-");
}

static int set_up(void **state) {
    (void)state;
    csim_error err = {0};
    assert_non_null(mkdtemp(folder));
    snprintf(run_path, sizeof run_path, "%s/a run#1?.moecast", folder); /* characters that mean something in an SQLite URI */
    snprintf(copy_path, sizeof copy_path, "%s/copy.moecast", folder);
    make_plan();
    make_result();
    make_claims();
    scenario = (csim_scenario){.name = "made up", .known_until = CSIM_NO_MONTH, .text = scenario_text, .text_size = sizeof scenario_text - 1};
    check_status(csim_catalogue_load("scenarios/catalogue", &catalogue, &err), &err);
    return 0;
}

static int write_run(void **state) {
    (void)state;
    csim_error err = {0};
    check_status(csim_run_file_write(run_path, &result, &scenario, &info, claims, CLAIMS, &err), &err);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    unlink(run_path);
    unlink(copy_path);
    rmdir(folder);
    free(plan);
    csim_accumulator_free(result.statistics);
    csim_accumulator_free(result.monthly);
    csim_catalogue_free(catalogue);
    return 0;
}

/* ---- helpers */

typedef struct bytes { unsigned char *at; size_t size; } bytes;

static bytes slurp(const char *path) {
    bytes out = {NULL, 0};
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    fseek(stream, 0, SEEK_END);
    out.size = (size_t)ftell(stream);
    rewind(stream);
    out.at = malloc(out.size + 1);
    assert_non_null(out.at);
    assert_int_equal(fread(out.at, 1, out.size, stream), out.size);
    out.at[out.size] = '\0';
    fclose(stream);
    return out;
}

static void spill(const char *path, const void *at, size_t size) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(at, 1, size, stream), size);
    fclose(stream);
}

static int files_in_folder(void) {
    int count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static csim_run_file *read_run(const char *path) {
    csim_error err = {0};
    csim_run_file *file = NULL;
    check_status(csim_run_file_read(path, &file, &err), &err);
    return file;
}

static void check_file_refused(const char *path, csim_status expected, const char *words) {
    csim_error err = {0};
    csim_run_file *file = NULL;
    char text[2048];
    check_refused(csim_run_file_read(path, &file, &err), expected, &err);
    assert_null(file);
    assert_string_equal(err.file, path);
    check_contains(csim_error_format(&err, text, sizeof text), words);
}

/* Equal as numbers, or both unknown. */
static int same(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static int same_beside(const csim_claim_result *a, const csim_claim_result *b) {
    const csim_break_even *x = &a->break_even, *y = &b->break_even;
    const csim_aside *s = &a->aside, *t = &b->aside;
    return x->state == y->state && !strcmp(x->input, y->input) && !strcmp(x->unit, y->unit) && same(x->value, y->value) && same(x->percentile, y->percentile) &&
           same(x->error, y->error) && same(x->low, y->low) && same(x->high, y->high) && same(x->p_lowest, y->p_lowest) && same(x->p5, y->p5) &&
           same(x->p95, y->p95) && same(x->p_highest, y->p_highest) && x->hits == y->hits && x->count == y->count && same(s->guesses.value, t->guesses.value) &&
           same(s->guesses.error, t->guesses.error) && same(s->vintage.value, t->vintage.value) && same(s->vintage.error, t->vintage.error) &&
           same(s->vintage.low, t->vintage.low) && same(s->vintage.high, t->vintage.high) && s->vintage.hits == t->vintage.hits && s->vintage.count == t->vintage.count &&
           s->vintage_month == t->vintage_month;
}

static int same_claim(const csim_claim_result *a, const csim_claim_result *b) {
    const csim_probability *p = &a->probability, *q = &b->probability;
    return !strcmp(a->claim, b->claim) && !strcmp(a->reading, b->reading) && !strcmp(a->note, b->note) && a->answer == b->answer && same(p->value, q->value) &&
           same(p->error, q->error) && same(p->low, q->low) && same(p->high, q->high) && p->hits == q->hits && p->count == q->count &&
           same(a->value.value, b->value.value) && same(a->value.error, b->value.error) && a->pairs.pairs == b->pairs.pairs && a->pairs.dropped == b->pairs.dropped &&
           same(a->pairs.p5, b->pairs.p5) && same(a->pairs.p50, b->pairs.p50) && same(a->pairs.p95, b->pairs.p95) &&
           same(a->pairs.correlation, b->pairs.correlation) && same(a->pairs.paths_saved, b->pairs.paths_saved) && same_beside(a, b);
}

/* Is what was read, to the last bit, what was written? */
static int same_as_written(const csim_run_file *file) {
    const csim_result *read = csim_run_file_result(file);
    const csim_run_info *about = csim_run_file_info(file);
    char written_digest[65], read_digest[65];
    size_t count;
    const csim_claim_result *answers = csim_run_file_claims(file, &count);
    csim_result_digest(&result, written_digest);
    csim_result_digest(read, read_digest);
    int good = !memcmp(csim_run_file_plan(file), plan, sizeof *plan) && !strcmp(written_digest, read_digest) && count == CLAIMS;
    for (size_t i = 0; good && i < count; i++) good = same_claim(&claims[i], &answers[i]);
    return good && read->options.seed == result.options.seed && read->options.first_path == 1000 && read->options.paths == WANTED && read->options.threads == 2 &&
           read->done == PATHS && read->failed == 1 && read->failed_slot[2] == 1 && read->kept == KEPT && read->seconds == result.seconds &&
           !memcmp(read->failed_by, result.failed_by, sizeof result.failed_by) && !memcmp(read->kept_input, result.kept_input, KEPT * 2 * sizeof(double)) &&
           !memcmp(read->kept_scalar, result.kept_scalar, KEPT * sizeof(double)) && read->options.keep_slots == 1 && read->options.keep_slot[0] == 2 &&
           !memcmp(read->kept_series, result.kept_series, KEPT * MONTHS * sizeof(double)) && read->hit_rows == HIT_ROWS && !memcmp(read->hit, result.hit, HIT_ROWS * 3) &&
           csim_ledger_equal(&read->ledger, &result.ledger) && !memcmp(&about->part, &info.part, sizeof info.part) && !strcmp(csim_run_file_scenario_text(file), scenario_text) &&
           !strcmp(about->version, info.version) && !strcmp(about->git_revision, info.git_revision) && !strcmp(about->compiler, info.compiler) &&
           !strcmp(about->gsl_version, info.gsl_version) && !strcmp(about->kernel_variant, info.kernel_variant) &&
           !strcmp(about->command_line, info.command_line) && about->created_unix_s == info.created_unix_s &&
           !strcmp(csim_run_file_meta(file, "scenario_name"), "made up");
}

/* ---- writing and reading */

static void a_run_reads_back_to_the_last_bit(void **state) {
    (void)state;
    csim_run_file *file = read_run(run_path);
    assert_true(same_as_written(file));
    check_close(csim_accumulator_quantile(csim_run_file_result(file)->statistics, 2, 1, 0.95).value, csim_accumulator_quantile(result.statistics, 2, 1, 0.95).value, 0);
    assert_null(csim_run_file_meta(file, "no such key"));
    csim_run_file_free(file);
    assert_int_equal(files_in_folder(), 1);
}

static void the_file_names_its_scenario_and_numbers_by_hash(void **state) {
    (void)state;
    char hex[65];
    csim_run_file *file = read_run(run_path);
    csim_bytes_hash(scenario_text, sizeof scenario_text - 1, hex);
    assert_string_equal(csim_run_file_meta(file, "scenario_sha256"), hex);
    csim_plan_hash(plan, hex);
    assert_string_equal(csim_run_file_meta(file, "plan_sha256"), hex);
    csim_result_digest(&result, hex);
    assert_string_equal(csim_run_file_meta(file, "digest"), hex);
    csim_run_file_free(file);
}

static void a_run_without_kept_paths_or_claims_reads_back(void **state) {
    (void)state;
    csim_error err = {0};
    csim_result bare = result;
    size_t count = 99;
    bare.kept = 0;
    check_status(csim_run_file_write(copy_path, &bare, &scenario, &info, NULL, 0, &err), &err);
    csim_run_file *file = read_run(copy_path);
    assert_int_equal(csim_run_file_result(file)->kept, 0);
    csim_run_file_claims(file, &count);
    assert_int_equal(count, 0);
    csim_run_file_free(file);
    unlink(copy_path);
}

static void writing_twice_replaces_the_file(void **state) {
    (void)state;
    csim_error err = {0};
    spill(copy_path, "old", 3);
    check_status(csim_run_file_write(copy_path, &result, &scenario, &info, claims, CLAIMS, &err), &err);
    csim_run_file *file = read_run(copy_path);
    assert_true(same_as_written(file));
    csim_run_file_free(file);
    unlink(copy_path);
}

static void a_packed_plan_is_small_and_unpacks_to_the_same_bytes(void **state) {
    (void)state;
    csim_error err = {0};
    unsigned char *packed;
    size_t size;
    csim_plan *back;
    check_status(csim_plan_pack(plan, &packed, &size, &err), &err);
    assert_true(size < sizeof *plan / 100);
    check_status(csim_plan_unpack(packed, size, &back, &err), &err);
    assert_memory_equal(back, plan, sizeof *plan);
    csim_plan_free(back);
    for (size_t cut = 0; cut < size; cut++) check_refused(csim_plan_unpack(packed, cut, &back, &err), CSIM_FILE_FORMAT, &err);
    free(packed);
}

static void a_plan_that_would_lead_out_of_its_tables_is_refused(void **state) {
    (void)state;
    static const struct { size_t at; int32_t value; } plants[] = {
        {offsetof(csim_plan, slots), CSIM_MAX_OUTCOMES + 1}, {offsetof(csim_plan, slots), -1}, {offsetof(csim_plan, months), CSIM_MAX_MONTHS + 1},
        {offsetof(csim_plan, readings), 1 << 30}, {offsetof(csim_plan, inputs), -5}, {offsetof(csim_plan, scalar), 3}, {offsetof(csim_plan, slot_outcome), CSIM_OUTCOME_IDS},
        {offsetof(csim_plan, report_month), MONTHS}, {offsetof(csim_plan, format), 2}, {offsetof(csim_plan, bytes), 8}};
    csim_error err = {0};
    for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++) {
        csim_plan *bad = malloc(sizeof *bad), *out;
        unsigned char *packed;
        size_t size;
        assert_non_null(bad);
        memcpy(bad, plan, sizeof *bad);
        memcpy((char *)bad + plants[i].at, &plants[i].value, sizeof plants[i].value);
        check_status(csim_plan_pack(bad, &packed, &size, &err), &err);
        check_refused(csim_plan_unpack(packed, size, &out, &err), CSIM_FILE_FORMAT, &err);
        assert_null(out);
        free(packed);
        free(bad);
    }
}

/* ---- damage */

static void missing_and_foreign_files_are_told_apart(void **state) {
    (void)state;
    check_file_refused("/nowhere/run.moecast", CSIM_FILE_OPEN, "No such file");
    check_file_refused(folder, CSIM_FILE_READ, "directory");
    spill(copy_path, "", 0);
    check_file_refused(copy_path, CSIM_FILE_FORMAT, "not a run file");
    spill(copy_path, "moecast: 1\nname: a scenario\n", 28);
    check_file_refused(copy_path, CSIM_FILE_FORMAT, "not a run file");
    unlink(copy_path);
}

static void a_cut_or_lengthened_file_is_refused(void **state) {
    (void)state;
    bytes file = slurp(run_path);
    for (size_t part = 1; part < 24; part++) {
        spill(copy_path, file.at, file.size * part / 24);
        check_file_refused(copy_path, CSIM_FILE_FORMAT, "run file");
    }
    spill(copy_path, file.at, file.size - 1);
    check_file_refused(copy_path, CSIM_FILE_FORMAT, "cut short");
    spill(copy_path, file.at, file.size + 1); /* slurp has put a zero there */
    check_file_refused(copy_path, CSIM_FILE_FORMAT, "cut short or grown");
    free(file.at);
    unlink(copy_path);
}

/* A flipped bit is noticed, or it stands where nothing is kept and everything reads back as written. */
static int flip_is_noticed(bytes file, size_t at) {
    csim_run_file *read = NULL;
    csim_error err = {0};
    file.at[at] ^= (unsigned char)(1u << (at % 8));
    spill(copy_path, file.at, file.size);
    file.at[at] ^= (unsigned char)(1u << (at % 8));
    const csim_status status = csim_run_file_read(copy_path, &read, &err);
    if (status) check_refused(status, CSIM_FILE_FORMAT, &err);
    else assert_true(same_as_written(read));
    csim_run_file_free(read);
    return status != CSIM_OK;
}

static void a_flipped_bit_is_refused_or_harmless(void **state) {
    (void)state;
    bytes file = slurp(run_path);
    int noticed = 0, tried = 0;
    for (size_t at = 0; at < file.size; at += at < 100 ? 3 : 211, tried++) noticed += flip_is_noticed(file, at);
    assert_true(tried > 90 && noticed > tried / 6); /* much of so small a file is empty room in pages */
    free(file.at);
    unlink(copy_path);
}

/* Changes a copy by SQL and seals it again: what a seal cannot notice must fail by its meaning. */
static void forge(const char *sql) {
    csim_sql db;
    csim_error err = {0};
    char hex[65], seal[128];
    bytes file = slurp(run_path);
    spill(copy_path, file.at, file.size);
    free(file.at);
    csim_sql_open(&db, copy_path, copy_path, true, NULL, &err);
    csim_sql_run(&db, sql);
    csim_schema_seal(&db, hex);
    snprintf(seal, sizeof seal, "UPDATE meta SET value = '%s' WHERE key = 'seal'", hex);
    csim_sql_run(&db, seal);
    csim_sql_close(&db);
    check_status(db.status, &err);
}

static void forged_files_are_refused_by_what_they_say(void **state) {
    (void)state;
    static const struct { const char *sql, *words; } forgeries[] = {
        {"UPDATE tally SET hits = hits - 1 WHERE position = 0", "digest"},
        {"UPDATE meta SET value = '8' WHERE key = 'seed'", "digest"},
        {"UPDATE failure SET paths = 7 WHERE cause = 1", "digest"},
        {"UPDATE meta SET value = 'many' WHERE key = 'paths'", "no number"},
        {"UPDATE meta SET value = '100000' WHERE key = 'kept'", "no number"},
        {"UPDATE meta SET value = '4' WHERE key = 'kept'", "kept paths"},
        {"DELETE FROM meta WHERE key = 'digest'", "key is missing"},
        {"DELETE FROM section WHERE name = 'statistics'", "section is missing"},
        {"DELETE FROM section WHERE name = 'monthly'", "section is missing"},
        {"UPDATE section SET (size, sha256, bytes) = (SELECT size, sha256, bytes FROM section WHERE name = 'statistics') WHERE name = 'monthly'", "do not fit"},
        {"UPDATE section SET bytes = x'00' WHERE name = 'kept_input'", "checksum"},
        {"UPDATE section SET bytes = x'0000000008000000' WHERE name = 'plan'", "another size"},
        {"UPDATE section SET sha256 = 'x' WHERE name = 'plan'", "plan does not match"},
        {"DELETE FROM tally WHERE position = 2", "readings"},
        {"DELETE FROM failure WHERE cause = 2", "causes"},
        {"DELETE FROM series WHERE slot = 2", "series"},
        {"UPDATE series SET name = 'other' WHERE slot = 1", "series"},
        {"UPDATE series SET lowest = 0 WHERE slot = 2", "series"},
        {"UPDATE series SET unit = 'furlong' WHERE slot = 2", "another table of outcomes"},
        {"INSERT INTO series VALUES(3, 'more', '-', 0, 0, 1, 2, 0)", "series"},
        {"INSERT INTO claim_break_even VALUES(99, 'flips', 'a', '-', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)", "has no claim"},
        {"INSERT INTO claim_aside VALUES(-1, 1, 1, '', 1, 1, 1, 1, 1, 1)", "has no claim"},
        {"CREATE VIEW extra AS SELECT 1", "tables"},
        {"PRAGMA user_version = 2", "format 2; this version reads format 5"},
        {"DELETE FROM ledger WHERE position = 1", "ledger"},
        {"UPDATE ledger SET first = 1140 WHERE position = 1", "ledger"},
        {"UPDATE ledger SET first = 1150, paths = 50 WHERE position = 1", "ledger"},
        {"UPDATE ledger SET first = 1161 WHERE position = 1", "ledger"},
        {"UPDATE ledger SET first = 1155 WHERE position = 1", "digest"},
        {"UPDATE meta SET value = '6' WHERE key = 'hit_rows'", "kept paths"},
        {"UPDATE kept_column SET name = 'x' WHERE section = 'kept_series'", "not in its plan"},
        {"DELETE FROM kept_column WHERE section = 'kept_series'", "kept paths"},
        {"DELETE FROM meta WHERE key = 'whole_paths'", "key is missing"},
        {"PRAGMA application_id = 7", "not a run file"},
    };
    forge("SELECT 1"); /* a copy that is only sealed anew is good */
    csim_run_file *file = read_run(copy_path);
    assert_true(same_as_written(file));
    csim_run_file_free(file);
    for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
        forge(forgeries[i].sql);
        check_file_refused(copy_path, CSIM_FILE_FORMAT, forgeries[i].words);
    }
    unlink(copy_path);
}

static void check_replicates_read_back_or_are_refused(void) {
    static const struct { const char *sql, *words; } forgeries[] = {
        {"DELETE FROM section WHERE name = 'replicates'", "section is missing"},
        {"DELETE FROM section WHERE name = 'replicate_tally'", "section is missing"},
        {"UPDATE section SET bytes = x'00' WHERE name = 'replicates'", "checksum"},
        {"UPDATE section SET (size, sha256, bytes) = (SELECT size, sha256, bytes FROM section WHERE name = 'statistics') WHERE name = 'replicates'", "do not fit"},
        {"UPDATE section SET (size, sha256, bytes) = (SELECT size, sha256, bytes FROM section WHERE name = 'replicates') WHERE name = 'monthly_replicates'", "do not fit"},
        {"UPDATE section SET (size, sha256, bytes) = (SELECT size, sha256, bytes FROM section WHERE name = 'statistics') WHERE name = 'replicate_tally'", "another size"},
        {"UPDATE meta SET value = '3' WHERE key = 'replicates'", "do not fit"},
        {"UPDATE meta SET value = '1' WHERE key = 'replicates'", "digest"},
        {"UPDATE meta SET value = '65' WHERE key = 'replicates'", "no number"},
        {"UPDATE meta SET value = 'halton' WHERE key = 'sampler'", "sampler"},
        {"UPDATE meta SET value = 'lhs' WHERE key = 'sampler'", "digest"},
        {"UPDATE meta SET value = '7' WHERE key = 'strata'", "digest"},
        {"DELETE FROM meta WHERE key = 'sampler'", "key is missing"},
    };
    forge("SELECT 1");
    csim_run_file *file = read_run(copy_path);
    const csim_result *read = csim_run_file_result(file);
    assert_true(same_as_written(file) && read->options.sampler == CSIM_SAMPLER_SOBOL && read->options.replicates == 2);
    assert_memory_equal(read->replicate_tally, result.replicate_tally, 2 * sizeof *result.replicate_tally);
    assert_memory_equal(read->replicates->bin, result.replicates->bin, 2 * 3 * 2 * CSIM_COARSE_BINS * sizeof(uint32_t));
    csim_run_file_free(file);
    for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
        forge(forgeries[i].sql);
        check_file_refused(copy_path, CSIM_FILE_FORMAT, forgeries[i].words);
    }
    unlink(copy_path);
}

static void replicates_read_back_and_forged_ones_are_refused(void **state) {
    (void)state;
    with_replicates(check_replicates_read_back_or_are_refused);
}

static void a_change_that_is_not_sealed_is_refused(void **state) {
    (void)state;
    csim_sql db;
    csim_error err = {0};
    forge("SELECT 1");
    csim_sql_open(&db, copy_path, copy_path, true, NULL, &err);
    csim_sql_run(&db, "UPDATE claim SET probability = 0.9 WHERE position = 0");
    csim_sql_close(&db);
    check_status(db.status, &err);
    check_file_refused(copy_path, CSIM_FILE_FORMAT, "seal");
    unlink(copy_path);
}

/* ---- places that cannot be written */

static void check_write_refused(const char *path) {
    csim_error err = {0};
    check_refused(csim_run_file_write(path, &result, &scenario, &info, claims, CLAIMS, &err), CSIM_FILE_WRITE, &err);
    assert_string_equal(err.file, path);
}

static void a_missing_folder_and_a_folder_as_target_are_refused(void **state) {
    (void)state;
    check_write_refused("/nowhere/at/all/run.moecast");
    check_write_refused(folder);
    assert_int_equal(files_in_folder(), 1);
}

static void a_read_only_folder_is_refused(void **state) {
    (void)state;
    const bool root = geteuid() == 0; /* root writes everywhere: nobody takes its place */
    chmod(folder, 0555);
    if (root) assert_int_equal(seteuid(65534), 0);
    check_write_refused(copy_path);
    if (root) assert_int_equal(seteuid(0), 0);
    chmod(folder, 0755);
    assert_int_equal(files_in_folder(), 1);
}

/* The system's limit on file sizes stands for a full disk. */
static void a_full_disk_keeps_the_old_file_and_leaves_nothing(void **state) {
    (void)state;
    csim_error err = {0};
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    spill(copy_path, "precious", 8);
    signal(SIGXFSZ, SIG_IGN);
    const rlim_t sizes[] = {0, 4096, 20000};
    for (size_t i = 0; i < 3; i++) {
        small.rlim_cur = sizes[i];
        setrlimit(RLIMIT_FSIZE, &small);
        const csim_status database = csim_run_file_write(copy_path, &result, &scenario, &info, claims, CLAIMS, &err);
        const csim_status text = i < 1 ? csim_export_csv(copy_path, &result, NULL) : CSIM_FILE_WRITE;
        setrlimit(RLIMIT_FSIZE, &before);
        check_refused(database, CSIM_FILE_WRITE, &err);
        assert_int_equal(text, CSIM_FILE_WRITE);
        assert_string_equal(err.file, copy_path);
        assert_int_equal(files_in_folder(), 2);
    }
    bytes old = slurp(copy_path);
    assert_int_equal(old.size, 8);
    assert_memory_equal(old.at, "precious", 8);
    free(old.at);
    unlink(copy_path);
}

/* ---- exports */

static void numbers_are_short_and_read_back(void **state) {
    (void)state;
    static const struct { double value; const char *text; } numbers[] = {{0.1, "0.1"}, {100.0, "100"}, {-2.5e-7, "-2.5e-07"}, {1.0 / 3.0, "0.3333333333333333"}, {5e-324, "4.94065645841247e-324"}};
    char text[CSIM_NUMBER_TEXT];
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) assert_string_equal(csim_number_text(numbers[i].value, text), numbers[i].text);
    for (double x = 1e-300; x < 1e300; x *= 7.3e11) check_close(strtod(csim_number_text(x, text), NULL), x, 0);
}

static void the_csv_has_a_row_for_every_statistic(void **state) {
    (void)state;
    csim_error err = {0};
    char row[256], mean[CSIM_NUMBER_TEXT], error[CSIM_NUMBER_TEXT], low[CSIM_NUMBER_TEXT], high[CSIM_NUMBER_TEXT];
    int lines = 0;
    check_status(csim_export_csv(copy_path, &result, &err), &err);
    bytes file = slurp(copy_path);
    for (size_t i = 0; i < file.size; i++) lines += file.at[i] == '\n';
    assert_int_equal(lines, 1 + 3 * 2 * 7);
    check_contains((char *)file.at, "series,element,month,statistic,value,standard_error,unit,effective_paths,low,high\r\ncap.gap,,2025-12,mean,");
    const csim_estimate estimate = csim_accumulator_mean(result.statistics, 1, 1);
    const csim_interval bounds = csim_accumulator_mean_interval(result.statistics, 1, 1);
    snprintf(row, sizeof row, "\nshare.open,developers,2026-12,mean,%s,%s,share,199,%s,%s\r\n", csim_number_text(estimate.value, mean), csim_number_text(estimate.error, error),
             csim_number_text(bounds.low, low), csim_number_text(bounds.high, high));
    check_contains((char *)file.at, row);
    free(file.at);
    unlink(copy_path);
}

static void the_json_escapes_texts_and_writes_unknown_as_null(void **state) {
    (void)state;
    csim_error err = {0};
    char digest[65], row[128];
    csim_run_file *run = read_run(run_path);
    check_status(csim_export_json(copy_path, run, &err), &err);
    csim_run_file_free(run);
    bytes file = slurp(copy_path);
    const char *text = (char *)file.at;
    csim_result_digest(&result, digest);
    snprintf(row, sizeof row, "\"digest\": \"%s\"", digest);
    check_contains(text, row);
    check_contains(text, "\"seed\": 18446744073709551609,");
    check_contains(text, "\"created\": \"2026-08-05T12:00:00Z\"");
    check_contains(text, "\"command_line\": \"moecast run \\\"x\\\" \\u0009\xef\xbf\xbd\"");
    check_contains(text, "\"text\": \"moecast: 1\\nname: \\\"made up\\\"\\ntitle: \\\"Ünïcode, \\\\\\\"quotes\\\\\\\"\\\"\\n\"");
    check_contains(text, "\"failed_by\": {\"not_finite\": 0, \"out_of_range\": 1}");
    check_contains(text, "\"answer\": \"open\", \"probability\": null, \"error\": null");
    check_contains(text, "\"pairs\": {\"count\": 4, \"dropped\": 0,");
    check_contains(text, "\"break_even\": {\"state\": \"flips\", \"input\": \"cap.g_f\", \"unit\": \"ECI/yr\", \"value\": 15.1, \"percentile\": 0.4, \"error\": 0.02,");
    check_contains(text, "\"break_even\": {\"state\": \"does_not_flip\", \"input\": \"cap.rel\", \"unit\": \"-\", \"value\": null,");
    check_contains(text, "\"guesses\": {\"unit\": \"share\", \"value\": 0.6, \"error\": 0.03}, \"vintage\": {\"known_until\": \"2025-09\", \"probability\": 0.075,");
    check_contains(text, "\"note\": \"said \\\"so\\\"\\n\"}");
    free(file.at);
    unlink(copy_path);
}

/* ---- pairs */

static void pairs_have_the_moments_of_their_differences(void **state) {
    (void)state;
    const double a[] = {1, 2, 4, 8, (double)NAN, 3}, b[] = {2, 3, 9, 10, 5, (double)NAN}; /* differences 1 1 5 2 */
    csim_paired pairs;
    check_status(csim_paired_compute(a, b, 6, 1, "minus", ">=", 2, &pairs, NULL), NULL);
    assert_int_equal(pairs.pairs, 4);
    assert_int_equal(pairs.dropped, 2);
    check_close(pairs.mean.value, 2.25, 1e-15);
    check_close(pairs.mean.error, sqrt(10.75 / 3 / 4), 1e-14);
    check_close(pairs.p50, 1.5, 1e-15);
    check_close(pairs.p95, 5 - 0.15 * 3, 1e-14);
    check_close(pairs.correlation, 34.0 / sqrt(28.75 * 50.0), 1e-14);
    check_close(pairs.paths_saved, (28.75 + 50.0) / 10.75, 1e-14);
    check_close(pairs.probability.value, 0.5, 0);
}

static void ratios_take_the_base_as_denominator(void **state) {
    (void)state;
    const double a[] = {1, 2, 0}, b[] = {2, 6, 1};
    csim_paired pairs;
    check_status(csim_paired_compute(a, b, 3, 1, "ratio", "<", 2.5, &pairs, NULL), NULL);
    assert_int_equal(pairs.pairs, 2); /* nothing over nought is no ratio */
    check_close(pairs.mean.value, 2.5, 1e-15);
    check_close(pairs.probability.value, 0.5, 0);
    check_status(csim_paired_compute(a, b, 2, 1, "ln_ratio", ">", 0, &pairs, NULL), NULL);
    check_close(pairs.mean.value, 0.5 * (log(2) + log(3)), 1e-15);
}

static void equal_sides_differ_by_nothing(void **state) {
    (void)state;
    const double a[] = {1, 2, 4};
    csim_paired pairs;
    check_status(csim_paired_compute(a, a, 3, 1, "minus", "<", 1, &pairs, NULL), NULL);
    check_close(pairs.mean.value, 0, 0);
    check_close(pairs.mean.error, 0, 0);
    check_close(pairs.correlation, 1, 1e-15);
    assert_true(isnan(pairs.paths_saved)); /* without limit */
    check_status(csim_paired_compute(a, a, 0, 1, "minus", "<", 1, &pairs, NULL), NULL);
    assert_true(isnan(pairs.mean.value) && isnan(pairs.p50));
}

/* ---- claims */

/* Answers that show which question was asked. */
static double tell_question(void *self, const csim_kernel_question *question) {
    (void)self;
    if (!strcmp(question->machine->id, "h100")) return (double)NAN; /* as if it did not fit */
    return question->quantity == CSIM_KERNEL_TOK_PER_S_USER ? 7.0 : question->tpot_ms + (question->dense ? 1000.0 : 0.0) + 1e5 * (question->month == 26 * 12 + 3);
}
static const csim_kernel_oracle oracle = {tell_question, NULL};

static double value_of(const char *expression) {
    csim_error err = {0};
    double value;
    check_status(csim_expression_evaluate(expression, "2026-04-28", CSIM_NO_MONTH, catalogue, &oracle, &value, NULL, &err), &err);
    return value;
}

static void expressions_follow_the_grammar(void **state) {
    (void)state;
    check_close(value_of("2 + 3 * 4 - 10 / 4"), 11.5, 0);
    check_close(value_of("(2 + 3) * -(4 - 6)"), 10, 0);
    check_close(value_of(" 8/2/2-1-1 "), 0, 0);
    check_close(value_of("price.output(gpt-5.2) / price.output(deepseek-v3.2)"), 14 / 0.42, 1e-15);
    check_close(value_of("price.blend(gpt-5.2)"), (3 * 1.75 + 14) / 4, 1e-15);
    check_close(value_of("active(deepseek-v3) / total(deepseek-v3)"), 37.0 / 671.0, 2e-3);
    check_close(value_of("active(dense(deepseek-v3))"), value_of("total(deepseek-v3)"), 0);
    check_close(value_of("kernel.usd_per_mtok_out(kimi-k2, h200)"), 1e5 + 40, 0);
    check_close(value_of("kernel.usd_per_mtok_out(dense(kimi-k2), h200, 10)"), 1e5 + 1010, 0);
    check_close(value_of("kernel.tok_per_s_user(kimi-k2, h200)"), 7, 0);
    assert_true(isnan(value_of("kernel.tok_per_s_user(kimi-k2, h100) / 2")));
}

static void wrong_expressions_are_refused(void **state) {
    (void)state;
    static const struct { const char *expression, *words; csim_status status; } wrong[] = {
        {"", "a function", CSIM_SYNTAX}, {"1 +", "a function", CSIM_SYNTAX}, {"1 2", "an operator", CSIM_SYNTAX}, {"(1", "')'", CSIM_SYNTAX},
        {"1.2.3", "a number", CSIM_SYNTAX}, {"system(rm)", "a function", CSIM_SYNTAX}, {"active()", "a model", CSIM_SYNTAX}, {"active(deepseek-v3 b)", "')'", CSIM_SYNTAX},
        {"kernel.tok_per_s_user(kimi-k2)", "','", CSIM_SYNTAX}, {"active(kimi-k3x)", "kimi-k3x", CSIM_UNKNOWN_NAME}, {"price.output(gpt-5.1x)", "gpt-5.1x", CSIM_UNKNOWN_NAME},
        {"kernel.tok_per_s_user(kimi-k2, h2001)", "h2001", CSIM_UNKNOWN_NAME}, {"kernel.usd_per_mtok_out(kimi-k2, h200, 0)", "more than 0", CSIM_OUT_OF_RANGE},
        {"1 / 0", "divides by zero", CSIM_OUT_OF_RANGE}};
    char text[2048], deep[512];
    double value;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        csim_error err = {0};
        check_refused(csim_expression_evaluate(wrong[i].expression, "2026-04", CSIM_NO_MONTH, catalogue, &oracle, &value, NULL, &err), wrong[i].status, &err);
        check_contains(csim_error_format(&err, text, sizeof text), wrong[i].words);
    }
    memset(deep, '(', sizeof deep);
    deep[sizeof deep - 1] = '\0';
    assert_int_equal(csim_expression_evaluate(deep, "2026-04", CSIM_NO_MONTH, catalogue, &oracle, &value, NULL, NULL), CSIM_SYNTAX);
    assert_int_equal(csim_expression_evaluate("1", "April", CSIM_NO_MONTH, catalogue, &oracle, &value, NULL, NULL), CSIM_WRONG_TYPE);
}

static void prices_are_those_of_the_day(void **state) {
    (void)state;
    csim_error err = {0};
    double value;
    check_status(csim_expression_evaluate("price.output(gpt-5.2)", "2025-12", CSIM_NO_MONTH, catalogue, NULL, &value, NULL, &err), &err); /* out on the 11th: a month stands for its end */
    check_close(value, 14, 0);
    check_refused(csim_expression_evaluate("price.output(gpt-5.2)", "2025-12-10", CSIM_NO_MONTH, catalogue, NULL, &value, NULL, &err), CSIM_OUT_OF_RANGE, &err);
}

/* Value by what was known in September 2025, of an expression of April 2026; the note is handed out. */
static double value_known_in_2025_09(const char *expression, char note[CSIM_CLAIM_NOTE]) {
    csim_error err = {0};
    double value;
    check_status(csim_expression_evaluate(expression, "2026-04-28", 25 * 12 + 8, catalogue, &oracle, &value, note, &err), &err);
    return value;
}

static void nothing_of_later_answers_an_expression(void **state) {
    (void)state;
    static const struct { const char *expression, *note; } later[] = {
        {"price.output(gpt-5.2)", "the catalogue's price of gpt-5.2 is dated 2025-12, after known_until 2025-09"},
        {"1 / price.blend(deepseek-v4-pro) - 1", "price of deepseek-v4-pro is dated 2026-04"},
        {"active(deepseek-v4-pro)", "model deepseek-v4-pro is dated 2026-04"},
        {"total(dense(kimi-k2-thinking))", "model kimi-k2-thinking is dated 2025-11"},
        {"kernel.tok_per_s_user(kimi-k2, groq-3-lpu)", "machine groq-3-lpu is dated 2026-03"},
        {"kernel.usd_per_mtok_out(glm-5, gb200)", "model glm-5 is dated 2026-02"},
        {"price.output(gpt-5.2) / active(deepseek-v4-pro)", "price of gpt-5.2"}}; /* the first is named */
    char note[CSIM_CLAIM_NOTE];
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        assert_true(isnan(value_known_in_2025_09(later[i].expression, note)));
        check_contains(note, later[i].note);
    }
}

static void what_was_known_by_then_answers_as_ever(void **state) {
    (void)state;
    char note[CSIM_CLAIM_NOTE];
    check_close(value_known_in_2025_09("price.output(gpt-5)", note), 10, 0);
    check_close(value_known_in_2025_09("price.output(deepseek-v3.2)", note), 0.42, 0); /* out on 2025-09-29 */
    check_close(value_known_in_2025_09("active(deepseek-v3.2)", note), value_of("active(deepseek-v3.2)"), 0);
    check_close(value_known_in_2025_09("kernel.tok_per_s_user(kimi-k2, vr200)", note), 7, 0); /* announced in 2025-03, shipped in 2026-11 */
    assert_string_equal(note, "");
}

static void a_price_of_later_gives_way_to_the_one_before(void **state) {
    (void)state;
    csim_error err = {0};
    double value;
    char note[CSIM_CLAIM_NOTE];
    check_status(csim_expression_evaluate("price.output(gpt-4o)", "2024-12", 24 * 12 + 8, catalogue, NULL, &value, note, &err), &err); /* 10 from 2024-10-01 */
    check_close(value, 15, 0);
    check_status(csim_expression_evaluate("price.output(gpt-4o)", "2024-12", 24 * 12 + 9, catalogue, NULL, &value, note, &err), &err);
    check_close(value, 10, 0);
}

static csim_reading reading(const char *id, const char *identity, const char *against) {
    return (csim_reading){.id = id, .title = "", .metric = "", .element = "", .op = ">=", .value = 33, .at_month = CSIM_NO_MONTH, .by_month = CSIM_NO_MONTH, .from_month = CSIM_NO_MONTH,
                          .given = "", .against = against, .against_base = "", .against_at = {against, against, {0}}, .against_base_at = {"", "", {0}}, .difference = "minus", .identity = identity, .deciding = "", .note = {.file = "claims.yaml", .line = 5, .column = 9}};
}

static void every_reading_gets_its_answer(void **state) {
    (void)state;
    csim_error err = {0};
    const csim_reading readings[] = {reading("small", "", ""), reading("then_open", "", ""), reading("never_asked", "", ""), reading("beyond", "", ""),
                                     reading("list", "price.output(gpt-5.2) / price.output(deepseek-v3.2)", ""), reading("kernel", "kernel.tok_per_s_user(kimi-k2, h100)", ""),
                                     reading("contrast", "", "elsewhere")};
    const csim_claim claim = {.id = "gap", .said_on = "2026-04-28", .count = 7, .readings = readings};
    csim_scenario with_claims = scenario;
    csim_claim_result *out;
    size_t count;
    with_claims.claims = 1;
    with_claims.claim = &claim;
    check_status(csim_claims_check(&with_claims, catalogue, &err), &err);
    check_status(csim_claims_evaluate(&with_claims, catalogue, &result, NULL, NULL, &oracle, &out, &count, &err), &err);
    assert_int_equal(count, 7);
    assert_int_equal(out[0].answer, CSIM_ANSWER_PATHS);
    check_close(out[0].probability.value, 50.0 / 199.0, 1e-15);
    check_close(out[0].value.value, 10.05, 1e-2); /* median of 20·(i + ½)/200 for i = 1 … 199 */
    check_close(out[1].probability.value, 0.4, 1e-15);
    assert_int_equal(out[2].answer, CSIM_ANSWER_OPEN);
    check_contains(out[2].note, "condition");
    check_contains(out[3].note, "horizon");
    assert_int_equal(out[4].answer, CSIM_ANSWER_CONSTANT);
    check_close(out[4].probability.value, 1, 0);
    assert_int_equal(out[5].answer, CSIM_ANSWER_OPEN);
    check_contains(out[5].note, "does not fit");
    check_contains(out[6].note, "not run");
    free(out);
}

static void a_reading_of_later_stays_open_and_says_why(void **state) {
    (void)state;
    csim_error err = {0};
    const csim_reading list = reading("list", "price.output(gpt-5.2) / price.output(deepseek-v3.2)", "");
    const csim_claim claim = {.id = "ratio", .said_on = "2026-04-28", .count = 1, .readings = &list};
    csim_scenario earlier = scenario;
    csim_claim_result *out;
    size_t count;
    earlier.claims = 1;
    earlier.claim = &claim;
    earlier.known_until = 25 * 12 + 8;
    check_status(csim_claims_check(&earlier, catalogue, &err), &err);
    check_status(csim_claims_evaluate(&earlier, catalogue, &result, NULL, NULL, &oracle, &out, &count, &err), &err);
    assert_int_equal(out[0].answer, CSIM_ANSWER_OPEN);
    assert_true(isnan(out[0].probability.value));
    assert_string_equal(out[0].note, "the catalogue's price of gpt-5.2 is dated 2025-12, after known_until 2025-09");
    free(out);
}

static void a_wrong_expression_is_told_with_its_place(void **state) {
    (void)state;
    csim_error err = {0};
    char text[2048];
    const csim_reading bad = reading("list", "price.output(gpt-0)", "");
    const csim_claim claim = {.id = "ratio", .said_on = "2026-04-28", .count = 1, .readings = &bad};
    csim_scenario with_claims = scenario;
    with_claims.claims = 1;
    with_claims.claim = &claim;
    check_refused(csim_claims_check(&with_claims, catalogue, &err), CSIM_UNKNOWN_NAME, &err);
    check_contains(csim_error_format(&err, text, sizeof text), "claims.yaml:5:9: claims.ratio.readings.list.identity: ");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_run_reads_back_to_the_last_bit, write_run),
        cmocka_unit_test_setup(the_file_names_its_scenario_and_numbers_by_hash, write_run),
        cmocka_unit_test(a_run_without_kept_paths_or_claims_reads_back),
        cmocka_unit_test(writing_twice_replaces_the_file),
        cmocka_unit_test(a_packed_plan_is_small_and_unpacks_to_the_same_bytes),
        cmocka_unit_test(a_plan_that_would_lead_out_of_its_tables_is_refused),
        cmocka_unit_test(missing_and_foreign_files_are_told_apart),
        cmocka_unit_test_setup(a_cut_or_lengthened_file_is_refused, write_run),
        cmocka_unit_test_setup(a_flipped_bit_is_refused_or_harmless, write_run),
        cmocka_unit_test_setup(forged_files_are_refused_by_what_they_say, write_run),
        cmocka_unit_test_setup(replicates_read_back_and_forged_ones_are_refused, write_run),
        cmocka_unit_test_setup(a_change_that_is_not_sealed_is_refused, write_run),
        cmocka_unit_test_setup(a_missing_folder_and_a_folder_as_target_are_refused, write_run),
        cmocka_unit_test_setup(a_read_only_folder_is_refused, write_run),
        cmocka_unit_test_setup(a_full_disk_keeps_the_old_file_and_leaves_nothing, write_run),
        cmocka_unit_test(numbers_are_short_and_read_back),
        cmocka_unit_test(the_csv_has_a_row_for_every_statistic),
        cmocka_unit_test_setup(the_json_escapes_texts_and_writes_unknown_as_null, write_run),
        cmocka_unit_test(pairs_have_the_moments_of_their_differences),
        cmocka_unit_test(ratios_take_the_base_as_denominator),
        cmocka_unit_test(equal_sides_differ_by_nothing),
        cmocka_unit_test(expressions_follow_the_grammar),
        cmocka_unit_test(wrong_expressions_are_refused),
        cmocka_unit_test(prices_are_those_of_the_day),
        cmocka_unit_test(nothing_of_later_answers_an_expression),
        cmocka_unit_test(what_was_known_by_then_answers_as_ever),
        cmocka_unit_test(a_price_of_later_gives_way_to_the_one_before),
        cmocka_unit_test(every_reading_gets_its_answer),
        cmocka_unit_test(a_reading_of_later_stays_open_and_says_why),
        cmocka_unit_test(a_wrong_expression_is_told_with_its_place),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
