/* Reads a run file into a handle and believes none of it: marks, tables, seal, section hashes, counts against the plan, and the digest computed anew.
 * After a successful read every table may be indexed by the plan's counts. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csim/scenario/c_locale.h"
#include "csim/store/plan_bytes.h"
#include "csim/store/run_file.h"
#include "csim/store/schema.h"

enum { MAX_META = 64 };

struct csim_run_file {
    csim_plan *plan;
    csim_result result;
    csim_run_info info;
    size_t metas;
    struct { char *key, *value; } meta[MAX_META];
    csim_claim_result *claims;
    size_t claim_count;
};

#define DAMAGED(what) "the run file is damaged: " what

void csim_run_file_shed(csim_run_file *file) {
    csim_result *result = &file->result;
    csim_accumulator_free(result->statistics);
    csim_accumulator_free(result->monthly);
    csim_replicates_free(result->replicates);
    csim_replicates_free(result->monthly_replicates);
    free(result->kept_input);
    result->statistics = result->monthly = NULL;
    result->replicates = result->monthly_replicates = NULL;
    result->kept_input = NULL;
}

void csim_run_file_free(csim_run_file *file) {
    if (!file) return;
    csim_plan_free(file->plan);
    csim_run_file_shed(file);
    free(file->result.replicate_tally);
    free(file->result.kept_scalar);
    free(file->result.kept_series);
    free(file->result.hit);
    for (size_t i = 0; i < file->metas; i++) {
        free(file->meta[i].key);
        free(file->meta[i].value);
    }
    free(file->claims);
    free(file);
}

const csim_plan *csim_run_file_plan(const csim_run_file *file) { return file->plan; }
const csim_result *csim_run_file_result(const csim_run_file *file) { return &file->result; }
const csim_run_info *csim_run_file_info(const csim_run_file *file) { return &file->info; }
const char *csim_run_file_scenario_text(const csim_run_file *file) { return csim_run_file_meta(file, "scenario"); }
const char *csim_run_file_scenario_file(const csim_run_file *file) { return csim_run_file_meta(file, "scenario_file"); }

const csim_claim_result *csim_run_file_claims(const csim_run_file *file, size_t *count) {
    *count = file->claim_count;
    return file->claims;
}

const char *csim_run_file_meta(const csim_run_file *file, const char *key) {
    for (size_t i = 0; i < file->metas; i++)
        if (!strcmp(file->meta[i].key, key)) return file->meta[i].value;
    return NULL;
}

/* --- meta ------------------------------------------------------------------------------------------------------------------------------------ */

static char *copy_text(csim_sql *sql, const char *text) {
    char *copy = malloc(strlen(text) + 1);
    if (copy) strcpy(copy, text);
    else csim_sql_fail(sql, CSIM_NO_MEMORY, "no memory to read the run file");
    return copy;
}

static void read_meta(csim_sql *sql, csim_run_file *file) {
    sqlite3_stmt *row = csim_sql_prepare(sql, "SELECT key, value FROM meta ORDER BY key");
    while (csim_sql_step(sql, row)) {
        if (file->metas == MAX_META) {
            csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("too many keys"));
            break;
        }
        file->meta[file->metas].key = copy_text(sql, csim_sql_text(row, 0));
        file->meta[file->metas].value = copy_text(sql, csim_sql_text(row, 1));
        if (sql->status) { /* half a pair must not be looked up */
            free(file->meta[file->metas].key);
            free(file->meta[file->metas].value);
            break;
        }
        file->metas++;
    }
    sqlite3_finalize(row);
}

static const char *meta_text(csim_sql *sql, const csim_run_file *file, const char *key) {
    const char *text = csim_run_file_meta(file, key);
    if (!text) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("a key is missing"));
    return text ? text : "";
}

static uint64_t meta_count(csim_sql *sql, const csim_run_file *file, const char *key, uint64_t most) {
    const char *text = meta_text(sql, file, key);
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (end == text || *end || errno || text[0] == '-' || value > most) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("a count is no number"));
    return value;
}

static void take_circumstances(csim_sql *sql, csim_run_file *file) {
    csim_run_info *info = &file->info;
    info->version = meta_text(sql, file, "version");
    info->git_revision = meta_text(sql, file, "git_revision");
    info->compiler = meta_text(sql, file, "compiler");
    info->gsl_version = meta_text(sql, file, "gsl_version");
    info->kernel_variant = meta_text(sql, file, "kernel_variant");
    info->command_line = meta_text(sql, file, "command_line");
    info->created_unix_s = strtoll(meta_text(sql, file, "created_unix_s"), NULL, 10);
    meta_text(sql, file, "scenario");
    meta_text(sql, file, "scenario_file");
}

static void take_part(csim_sql *sql, csim_run_file *file) {
    csim_run_part *part = &file->info.part;
    part->shards = (uint32_t)meta_count(sql, file, "shards", UINT32_MAX);
    part->shard = (uint32_t)meta_count(sql, file, "shard", part->shards);
    part->whole_paths = (uint32_t)meta_count(sql, file, "whole_paths", UINT32_MAX);
    part->keep_paths = (uint32_t)meta_count(sql, file, "keep_paths", UINT32_MAX);
    part->keep_hits = (uint32_t)meta_count(sql, file, "keep_hits", UINT32_MAX);
}

static void take_counts(csim_sql *sql, csim_run_file *file) {
    csim_result *result = &file->result;
    result->options.seed = meta_count(sql, file, "seed", UINT64_MAX);
    result->options.first_path = (uint32_t)meta_count(sql, file, "first_path", UINT32_MAX);
    result->options.paths = (uint32_t)meta_count(sql, file, "paths", UINT32_MAX - result->options.first_path);
    result->options.threads = (int)meta_count(sql, file, "threads", 1 << 20);
    const int sampler = csim_sampler_find(meta_text(sql, file, "sampler"));
    if (sampler < 0) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("its sampler is none of this version"));
    result->options.sampler = (csim_sampler)(sampler < 0 ? 0 : sampler);
    result->options.replicates = (uint32_t)meta_count(sql, file, "replicates", CSIM_MAX_REPLICATES);
    result->options.strata = (uint32_t)meta_count(sql, file, "strata", UINT32_MAX);
    result->done = meta_count(sql, file, "done", result->options.paths);
    result->failed = meta_count(sql, file, "failed", result->done);
    result->kept = result->options.keep_paths = (uint32_t)meta_count(sql, file, "kept", result->options.paths);
    result->hit_rows = result->options.keep_hits = (uint32_t)meta_count(sql, file, "hit_rows", result->options.paths);
    result->seconds = strtod(meta_text(sql, file, "seconds"), NULL);
}

/* --- sections -------------------------------------------------------------------------------------------------------------------------------- */

static int hash_is(csim_sql *sql, const void *bytes, size_t size, const char *expected) {
    char hex[65];
    csim_section_hash(sql, bytes, size, hex);
    return !strcmp(hex, expected);
}

/* Finds a section; the statement must be finalized after use. False when it is missing. */
static bool find_section(csim_sql *sql, const char *name, sqlite3_stmt **row) {
    *row = csim_sql_prepare(sql, "SELECT size, sha256, bytes FROM section WHERE name = ?");
    if (*row) csim_sql_check(sql, sqlite3_bind_text(*row, 1, name, -1, SQLITE_STATIC));
    if (csim_sql_step(sql, *row)) return true;
    csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("a section is missing"));
    return false;
}

/* The bytes of a section stored as they are, checked against their hash and size. Borrowed from the statement. */
static const void *plain_section(csim_sql *sql, sqlite3_stmt *row, size_t *size) {
    const void *bytes = sqlite3_column_blob(row, 2);
    *size = (size_t)sqlite3_column_bytes(row, 2);
    if (!bytes && *size) csim_sql_fail(sql, CSIM_NO_MEMORY, "no memory to read the run file");
    else if (sqlite3_column_int64(row, 0) != (int64_t)*size || !hash_is(sql, bytes, *size, csim_sql_text(row, 1)))
        csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("a section does not match its checksum"));
    return bytes;
}

static void read_plan(csim_sql *sql, csim_run_file *file) {
    sqlite3_stmt *row;
    if (find_section(sql, "plan", &row)) {
        const size_t size = (size_t)sqlite3_column_bytes(row, 2);
        const void *bytes = sqlite3_column_blob(row, 2);
        sql->status = csim_plan_unpack(bytes, bytes ? size : 0, &file->plan, sql->err);
        if (sql->status && sql->err) snprintf(sql->err->file, sizeof sql->err->file, "%s", sql->path);
        if (!sql->status && (sqlite3_column_int64(row, 0) != (int64_t)sizeof *file->plan || !hash_is(sql, file->plan, sizeof *file->plan, csim_sql_text(row, 1))))
            csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("the plan does not match its checksum"));
    }
    sqlite3_finalize(row);
    file->result.plan = file->plan;
}

static void read_table(csim_sql *sql, csim_result *result, const csim_row_table *table) {
    sqlite3_stmt *row;
    size_t size = 0;
    void *rows = NULL;
    if (find_section(sql, table->name, &row)) {
        const void *bytes = plain_section(sql, row, &size);
        if (!sql->status && size != table->rows * table->row_bytes) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("a table of kept paths has another size than the plan says"));
        if (!sql->status && !(rows = malloc(size + sizeof(double)))) csim_sql_fail(sql, CSIM_NO_MEMORY, "no memory to read the kept paths");
        if (rows && size) memcpy(rows, bytes, size);
    }
    sqlite3_finalize(row);
    csim_result_set_rows(result, table, rows);
}

static void read_kept_series(csim_sql *sql, csim_run_file *file) {
    csim_run_options *options = &file->result.options;
    bool good = true;
    sqlite3_stmt *row = csim_sql_prepare(sql, "SELECT name FROM kept_column WHERE section = 'kept_series' ORDER BY position");
    while (good && csim_sql_step(sql, row)) {
        const int slot = options->keep_slots < CSIM_MAX_KEPT_SERIES ? csim_plan_slot(file->plan, csim_sql_text(row, 0)) : -1;
        good = slot >= 0;
        if (good) options->keep_slot[options->keep_slots++] = slot;
    }
    sqlite3_finalize(row);
    if (!good) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("it keeps a series that is not in its plan"));
}

static void read_kept(csim_sql *sql, csim_run_file *file) {
    csim_row_table table[CSIM_ROW_TABLES];
    if (sql->status) return;
    read_kept_series(sql, file);
    csim_result_tables(&file->result, table);
    for (int i = 0; i < CSIM_ROW_TABLES; i++) read_table(sql, &file->result, &table[i]);
}

/* Sorted, apart and within the run's paths: as csim_ledger_add leaves them. */
static void read_ledger(csim_sql *sql, csim_run_file *file) {
    csim_result *result = &file->result;
    const uint64_t first = result->options.first_path, end = first + result->options.paths;
    bool good = true;
    sqlite3_stmt *row = csim_sql_prepare(sql, "SELECT first, paths FROM ledger ORDER BY position");
    while (good && csim_sql_step(sql, row)) {
        const uint64_t from = csim_sql_count(row, 0), paths = csim_sql_count(row, 1);
        const size_t before = result->ledger.count;
        good = from >= first && from <= end && paths && paths <= end - from && (!before || from > result->ledger.interval[before - 1].to) &&
               !csim_ledger_add(&result->ledger, (uint32_t)from, (uint32_t)(from + paths), NULL);
    }
    if (!good || (!sql->status && csim_ledger_paths(&result->ledger) != result->done)) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("its ledger of paths is no ledger of this run"));
    sqlite3_finalize(row);
}

/* --- tables ---------------------------------------------------------------------------------------------------------------------------------- */

static int axis_is_sound(const csim_axis *axis) {
    if (!isfinite(axis->lowest) || !isfinite(axis->highest) || !isfinite(axis->largest) || !(axis->lowest < axis->highest) || !(axis->largest > 0.0)) return 0;
    if (axis->kind == CSIM_AXIS_LINEAR || axis->kind == CSIM_AXIS_COUNT || axis->kind == CSIM_AXIS_SIGNED) return 1;
    return axis->lowest > 0.0 && (axis->kind == CSIM_AXIS_LOG || (axis->kind == CSIM_AXIS_LOGIT && axis->highest < 1.0));
}

/* One series; false when it is not the plan's. The axes stand in the file: a later version may move them in its table of outcomes, old results stay. */
static bool take_series(csim_sql *sql, sqlite3_stmt *row, int slot, csim_run_file *file, csim_axis *axis) {
    const csim_plan *plan = file->plan;
    if (slot >= plan->slots || sqlite3_column_int64(row, 0) != slot || strcmp(csim_sql_text(row, 1), plan->slot_name[slot])) return false;
    *axis = (csim_axis){(csim_axis_kind)sqlite3_column_int(row, 3), csim_sql_double(row, 4), csim_sql_double(row, 5), csim_sql_double(row, 6)};
    file->result.failed_slot[slot] = csim_sql_count(row, 7);
    if (strcmp(csim_sql_text(row, 2), csim_outcome_rows[plan->slot_outcome[slot]].unit))
        csim_sql_fail(sql, CSIM_FILE_FORMAT, "the run file was written by a version with another table of outcomes");
    return axis_is_sound(axis);
}

static void read_series(csim_sql *sql, csim_run_file *file, csim_axis axis[CSIM_MAX_OUTCOMES]) {
    sqlite3_stmt *row = csim_sql_prepare(sql, "SELECT slot, name, unit, axis, lowest, highest, largest, stopped_paths FROM series ORDER BY slot");
    int found = 0;
    bool good = true;
    for (; good && csim_sql_step(sql, row); found++) good = take_series(sql, row, found, file, &axis[found < CSIM_MAX_OUTCOMES ? found : 0]);
    if (!good || found != file->plan->slots) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("its series are not those of its plan"));
    sqlite3_finalize(row);
}

static void read_accumulator(csim_sql *sql, const char *section, csim_accumulator *to) {
    sqlite3_stmt *row;
    size_t size;
    if (sql->status) return;
    if (find_section(sql, section, &row)) {
        const void *bytes = plain_section(sql, row, &size);
        if (!sql->status && csim_accumulator_read(to, bytes, size, NULL)) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("the statistics do not fit the plan"));
    }
    sqlite3_finalize(row);
}

static void read_statistics(csim_sql *sql, csim_run_file *file) {
    csim_axis axis[CSIM_MAX_OUTCOMES];
    if (sql->status) return;
    const size_t slots = (size_t)file->plan->slots;
    read_series(sql, file, axis);
    if (!sql->status) sql->status = csim_accumulator_new(axis, slots, (size_t)file->plan->report_months, &file->result.statistics, sql->err);
    if (!sql->status) sql->status = csim_accumulator_new_moments(axis, slots, (size_t)file->plan->months, &file->result.monthly, sql->err);
    read_accumulator(sql, "statistics", file->result.statistics);
    read_accumulator(sql, "monthly", file->result.monthly);
}

static void read_replicate_tallies(csim_sql *sql, csim_run_file *file) {
    const size_t wanted = file->result.replicates->count * sizeof *file->result.replicate_tally;
    sqlite3_stmt *row;
    size_t size = 0;
    if (find_section(sql, "replicate_tally", &row)) {
        const void *bytes = plain_section(sql, row, &size);
        if (!sql->status && size != wanted) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("the replicates' readings have another size than it says"));
        if (!sql->status && !(file->result.replicate_tally = malloc(wanted))) csim_sql_fail(sql, CSIM_NO_MEMORY, "no memory to read the replicates");
        if (!sql->status) memcpy(file->result.replicate_tally, bytes, wanted);
    }
    sqlite3_finalize(row);
}

static void read_replicates_section(csim_sql *sql, const char *section, csim_replicates *to) {
    sqlite3_stmt *row;
    size_t size = 0;
    if (sql->status) return;
    if (find_section(sql, section, &row)) {
        const void *bytes = plain_section(sql, row, &size);
        if (!sql->status && csim_replicates_read(to, bytes, size, NULL)) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("the replicates do not fit the plan"));
    }
    sqlite3_finalize(row);
}

static void read_replicates(csim_sql *sql, csim_run_file *file) {
    csim_result *result = &file->result;
    const uint32_t count = result->options.replicates;
    if (sql->status || count < 2) return;
    const size_t slots = (size_t)file->plan->slots;
    sql->status = csim_replicates_new(count, slots, (size_t)file->plan->report_months, &result->replicates, sql->err);
    if (!sql->status) sql->status = csim_replicates_new_moments(count, slots, (size_t)file->plan->months, &result->monthly_replicates, sql->err);
    read_replicates_section(sql, "replicates", result->replicates);
    read_replicates_section(sql, "monthly_replicates", result->monthly_replicates);
    if (!sql->status) read_replicate_tallies(sql, file);
    if (sql->status) return;
    result->statistics->replicates = result->replicates;
    result->monthly->replicates = result->monthly_replicates;
}

static void read_counts(csim_sql *sql, csim_run_file *file) {
    csim_result *result = &file->result;
    int found = 0;
    if (sql->status) return;
    sqlite3_stmt *row = csim_sql_prepare(sql, "SELECT cause, paths FROM failure ORDER BY cause");
    for (; csim_sql_step(sql, row) && found < CSIM_FAILURES; found++) result->failed_by[found] = csim_sql_count(row, 1);
    sqlite3_finalize(row);
    if (found != CSIM_FAILURES) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("its causes of failure are not those of this version"));
    row = csim_sql_prepare(sql, "SELECT hits, count FROM tally ORDER BY position");
    for (found = 0; csim_sql_step(sql, row) && found < file->plan->readings; found++)
        result->tally[found] = (csim_tally){csim_sql_count(row, 0), csim_sql_count(row, 1)};
    sqlite3_finalize(row);
    if (found != file->plan->readings) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("its readings are not those of its plan"));
}

static void take_claim(sqlite3_stmt *row, csim_claim_result *claim) {
    snprintf(claim->claim, sizeof claim->claim, "%s", csim_sql_text(row, 1));
    snprintf(claim->reading, sizeof claim->reading, "%s", csim_sql_text(row, 2));
    snprintf(claim->note, sizeof claim->note, "%s", csim_sql_text(row, 19));
    claim->answer = (csim_answer)sqlite3_column_int(row, 3);
    claim->probability = (csim_probability){csim_sql_double(row, 4), csim_sql_double(row, 5), csim_sql_double(row, 6), csim_sql_double(row, 7),
                                            csim_sql_count(row, 8), csim_sql_count(row, 9)};
    claim->value = (csim_estimate){csim_sql_double(row, 10), csim_sql_double(row, 11)};
    claim->pairs.pairs = csim_sql_count(row, 12);
    claim->pairs.dropped = csim_sql_count(row, 13);
    claim->pairs.p5 = csim_sql_double(row, 14);
    claim->pairs.p50 = csim_sql_double(row, 15);
    claim->pairs.p95 = csim_sql_double(row, 16);
    claim->pairs.correlation = csim_sql_double(row, 17);
    claim->pairs.paths_saved = csim_sql_double(row, 18);
    claim->pairs.mean = claim->answer == CSIM_ANSWER_PAIRS ? claim->value : (csim_estimate){(double)NAN, (double)NAN};
    claim->pairs.probability = claim->probability;
    claim->break_even = csim_break_even_none();
    claim->aside = csim_aside_none();
}

static csim_break_state break_state(const char *name) {
    for (int i = 0; i < CSIM_BREAK_STATES; i++)
        if (!strcmp(csim_break_name((csim_break_state)i), name)) return (csim_break_state)i;
    return CSIM_BREAK_NONE;
}

static void take_break_even(sqlite3_stmt *row, csim_claim_result *claim) {
    csim_break_even *to = &claim->break_even;
    double *const numbers[] = {&to->value, &to->percentile, &to->error, &to->low, &to->high, &to->p_lowest, &to->p5, &to->p95, &to->p_highest};
    to->state = break_state(csim_sql_text(row, 1));
    snprintf(to->input, sizeof to->input, "%s", csim_sql_text(row, 2));
    snprintf(to->unit, sizeof to->unit, "%s", csim_sql_text(row, 3));
    for (int i = 0; i < (int)(sizeof numbers / sizeof numbers[0]); i++) *numbers[i] = csim_sql_double(row, 4 + i);
    to->hits = csim_sql_count(row, 13);
    to->count = csim_sql_count(row, 14);
}

static void take_aside(sqlite3_stmt *row, csim_claim_result *claim) {
    int year, month;
    claim->aside.guesses = (csim_estimate){csim_sql_double(row, 1), csim_sql_double(row, 2)};
    if (sscanf(csim_sql_text(row, 3), "%4d-%2d", &year, &month) == 2) claim->aside.vintage_month = (year - 2000) * 12 + month - 1;
    claim->aside.vintage = (csim_probability){csim_sql_double(row, 4), csim_sql_double(row, 5), csim_sql_double(row, 6), csim_sql_double(row, 7),
                                              csim_sql_count(row, 8), csim_sql_count(row, 9)};
}

/* Rows that belong to some of the claims, by position. */
static void read_beside_claims(csim_sql *sql, const char *query, csim_run_file *file, void take(sqlite3_stmt *row, csim_claim_result *claim)) {
    sqlite3_stmt *row = csim_sql_prepare(sql, query);
    while (csim_sql_step(sql, row)) {
        const uint64_t at = csim_sql_count(row, 0);
        if (at < file->claim_count) take(row, &file->claims[at]);
        else csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("an answer beside a claim has no claim"));
    }
    sqlite3_finalize(row);
}

static void read_claims(csim_sql *sql, csim_run_file *file) {
    sqlite3_stmt *row = csim_sql_prepare(sql, "SELECT count(*) FROM claim");
    const size_t count = csim_sql_step(sql, row) ? (size_t)csim_sql_count(row, 0) : 0;
    sqlite3_finalize(row);
    if (!sql->status && !(file->claims = calloc(count + 1, sizeof *file->claims))) csim_sql_fail(sql, CSIM_NO_MEMORY, "no memory to read the claims");
    row = csim_sql_prepare(sql, "SELECT * FROM claim ORDER BY position");
    for (; csim_sql_step(sql, row) && file->claim_count < count; file->claim_count++) take_claim(row, &file->claims[file->claim_count]);
    sqlite3_finalize(row);
    read_beside_claims(sql, "SELECT * FROM claim_break_even ORDER BY position", file, take_break_even);
    read_beside_claims(sql, "SELECT * FROM claim_aside ORDER BY position", file, take_aside);
}

/* --- the whole ------------------------------------------------------------------------------------------------------------------------------- */

static void check_seal(csim_sql *sql, const csim_run_file *file) {
    char hex[65];
    csim_schema_seal(sql, hex);
    if (!sql->status && strcmp(hex, meta_text(sql, file, "seal"))) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("its rows do not match its seal"));
}

static void check_digest(csim_sql *sql, const csim_run_file *file) {
    char hex[65];
    if (sql->status) return;
    csim_result_digest(&file->result, hex);
    if (strcmp(hex, meta_text(sql, file, "digest"))) csim_sql_fail(sql, CSIM_FILE_FORMAT, DAMAGED("the digest of its numbers is not the one it names"));
}

static uint64_t big_endian(const unsigned char *at, int bytes) {
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) value = value << 8 | at[i];
    return value;
}

/* SQLite alone would call a missing file and a foreign one by the same words, and would not miss the end of a last page. The places in the head are
 * those of SQLite's file format: magic, page size at 16 (1 stands for 65536), pages at 28. */
static const char *fault_of(int descriptor, csim_status *status) {
    static const char magic[16] = "SQLite format 3";
    unsigned char head[100];
    struct stat about;
    errno = 0;
    const ssize_t got = read(descriptor, head, sizeof head);
    *status = CSIM_FILE_READ;
    if (got < 0 || fstat(descriptor, &about)) return strerror(errno);
    *status = CSIM_FILE_FORMAT;
    if (got < (ssize_t)sizeof head || memcmp(head, magic, sizeof magic)) return "not a run file of moecast";
    const uint64_t page = big_endian(head + 16, 2), bytes = (page == 1 ? 65536 : page) * big_endian(head + 28, 4);
    if (bytes != (uint64_t)about.st_size) return DAMAGED("cut short or grown");
    *status = CSIM_OK;
    return NULL;
}

static csim_status look_at_file(const char *path, csim_error *err) {
    csim_status status;
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return csim_error_set_at(err, CSIM_FILE_OPEN, path, 0, 0, NULL, "cannot open the run file: %s", strerror(errno));
    const char *fault = fault_of(descriptor, &status);
    close(descriptor);
    return status ? csim_error_set_at(err, status, path, 0, 0, NULL, status == CSIM_FILE_READ ? "cannot read the run file: %s" : "%s", fault) : CSIM_OK;
}

static csim_status read_database(const char *path, csim_run_file *file, const atomic_int *cancel, csim_error *err) {
    csim_sql sql;
    csim_sql_open(&sql, path, path, false, cancel, err);
    csim_schema_check(&sql);
    read_meta(&sql, file);
    check_seal(&sql, file);
    take_circumstances(&sql, file);
    take_part(&sql, file);
    take_counts(&sql, file);
    read_ledger(&sql, file);
    read_plan(&sql, file);
    read_kept(&sql, file);
    read_statistics(&sql, file);
    read_replicates(&sql, file);
    read_counts(&sql, file);
    read_claims(&sql, file);
    csim_sql_close(&sql);
    check_digest(&sql, file);
    return sql.status;
}

csim_status csim_run_file_read_unless(const atomic_int *cancel, const char *path, csim_run_file **out, csim_error *err) {
    *out = NULL;
    csim_status status = look_at_file(path, err);
    if (status) return status;
    csim_run_file *file = calloc(1, sizeof *file);
    if (!file) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to read '%s'", path);
    const csim_c_locale guard = csim_c_locale_enter();
    status = read_database(path, file, cancel, err);
    csim_c_locale_leave(guard);
    if (status) {
        csim_run_file_free(file);
        return status;
    }
    *out = file;
    return CSIM_OK;
}

csim_status csim_run_file_read(const char *path, csim_run_file **out, csim_error *err) { return csim_run_file_read_unless(NULL, path, out, err); }
