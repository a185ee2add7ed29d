/* Writes a run file: tables row by row, large parts as blobs, then the seal, under a temporary name. Reading is in run_file_read.c. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/scenario/c_locale.h"
#include "csim/store/atomic_file.h"
#include "csim/store/plan_bytes.h"
#include "csim/store/run_file.h"
#include "csim/store/schema.h"

/* What is written, in one place. */
typedef struct content {
    const csim_result *result;
    const csim_scenario *scenario;
    const csim_run_info *info;
    const csim_claim_result *claims;
    size_t claim_count;
} content;

static void put_text(csim_sql *sql, sqlite3_stmt *row, const char *key, const char *value) { csim_sql_insert(sql, row, "tt", key, value); }

static void put_count(csim_sql *sql, sqlite3_stmt *row, const char *key, uint64_t value) {
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    put_text(sql, row, key, text);
}

static void put_circumstances(csim_sql *sql, sqlite3_stmt *row, const csim_run_info *info, double seconds) {
    char text[32];
    put_text(sql, row, "version", info->version);
    put_text(sql, row, "git_revision", info->git_revision);
    put_text(sql, row, "compiler", info->compiler);
    put_text(sql, row, "gsl_version", info->gsl_version);
    put_text(sql, row, "kernel_variant", info->kernel_variant);
    put_text(sql, row, "command_line", info->command_line);
    snprintf(text, sizeof text, "%lld", (long long)info->created_unix_s);
    put_text(sql, row, "created_unix_s", text);
    snprintf(text, sizeof text, "%.17g", seconds);
    put_text(sql, row, "seconds", text);
}

/* Relative names in the text are meant from the folder of this file. */
static void put_place(csim_sql *sql, sqlite3_stmt *row, const char *file) {
    char *absolute = file ? realpath(file, NULL) : NULL;
    put_text(sql, row, "scenario_file", absolute ? absolute : file);
    free(absolute);
}

static void put_part(csim_sql *sql, sqlite3_stmt *row, const csim_run_options *options, const csim_run_part *given) {
    const csim_run_part whole = {0, 0, options->first_path + options->paths, options->keep_paths, options->keep_hits};
    const csim_run_part *part = given->whole_paths ? given : &whole;
    put_count(sql, row, "shard", part->shard);
    put_count(sql, row, "shards", part->shards);
    put_count(sql, row, "whole_paths", part->whole_paths);
    put_count(sql, row, "keep_paths", part->keep_paths);
    put_count(sql, row, "keep_hits", part->keep_hits);
}

static void write_meta(csim_sql *sql, const content *what) {
    const csim_result *result = what->result;
    const csim_run_options *options = &result->options;
    char hex[65];
    sqlite3_stmt *row = csim_sql_prepare(sql, "INSERT INTO meta VALUES(?, ?)");
    put_count(sql, row, "format", CSIM_RUN_FILE_FORMAT);
    put_circumstances(sql, row, what->info, result->seconds);
    put_text(sql, row, "scenario_name", what->scenario->name);
    put_text(sql, row, "scenario", what->scenario->text);
    put_place(sql, row, what->scenario->file);
    csim_bytes_hash(what->scenario->text, what->scenario->text_size, hex);
    put_text(sql, row, "scenario_sha256", hex);
    put_count(sql, row, "seed", options->seed);
    put_count(sql, row, "first_path", options->first_path);
    put_count(sql, row, "paths", options->paths);
    put_text(sql, row, "sampler", csim_sampler_name(options->sampler));
    put_count(sql, row, "replicates", options->replicates ? options->replicates : 1);
    put_count(sql, row, "strata", options->strata);
    put_count(sql, row, "done", result->done);
    put_count(sql, row, "failed", result->failed);
    put_count(sql, row, "kept", result->kept);
    put_count(sql, row, "hit_rows", result->hit_rows);
    put_part(sql, row, options, &what->info->part);
    put_count(sql, row, "threads", (uint64_t)(options->threads > 0 ? options->threads : 0));
    csim_plan_hash(result->plan, hex);
    put_text(sql, row, "plan_sha256", hex);
    csim_result_digest(result, hex);
    put_text(sql, row, "digest", hex);
    sqlite3_finalize(row);
}

/* `stored` may be the packed form of `bytes`. */
static void write_section(csim_sql *sql, const char *name, const void *bytes, size_t size, const void *stored, size_t stored_size) {
    char hex[65];
    sqlite3_stmt *row = csim_sql_prepare(sql, "INSERT INTO section VALUES(?, ?, ?, ?)");
    csim_section_hash(sql, bytes, size, hex);
    csim_sql_insert(sql, row, "titb", name, (int64_t)size, hex, stored_size ? stored : (const void *)"", stored_size);
    sqlite3_finalize(row);
}

static void write_plan(csim_sql *sql, const csim_plan *plan) {
    unsigned char *packed = NULL;
    size_t size = 0;
    if (sql->status) return;
    sql->status = csim_plan_pack(plan, &packed, &size, sql->err);
    write_section(sql, "plan", plan, sizeof *plan, packed, size);
    free(packed);
}

static void measure(void *to, const void *bytes, size_t size) {
    (void)bytes;
    *(size_t *)to += size;
}

static void append(void *to, const void *bytes, size_t size) {
    unsigned char **at = to;
    memcpy(*at, bytes, size);
    *at += size;
}

/* Whatever writes itself into a sink. */
typedef void writes(const void *what, csim_byte_sink *sink, void *to);
static void accumulator_writes(const void *what, csim_byte_sink *sink, void *to) { csim_accumulator_write(what, sink, to); }
static void replicates_write(const void *what, csim_byte_sink *sink, void *to) { csim_replicates_write(what, sink, to); }

static void write_canonical(csim_sql *sql, const char *name, writes *write, const void *what) {
    size_t size = 0;
    write(what, measure, &size);
    unsigned char *bytes = malloc(size), *at = bytes;
    if (!bytes) {
        csim_sql_fail(sql, CSIM_NO_MEMORY, "no memory to store the statistics");
        return;
    }
    write(what, append, &at);
    write_section(sql, name, bytes, size, bytes, size);
    free(bytes);
}

static void write_ledger(csim_sql *sql, const csim_ledger *ledger) {
    sqlite3_stmt *row = csim_sql_prepare(sql, "INSERT INTO ledger VALUES(?, ?, ?)");
    for (size_t i = 0; i < ledger->count; i++)
        csim_sql_insert(sql, row, "iii", (int64_t)i, (int64_t)ledger->interval[i].from, (int64_t)(ledger->interval[i].to - ledger->interval[i].from));
    sqlite3_finalize(row);
}

static void write_replicates(csim_sql *sql, const csim_result *result) {
    if (!result->replicates) return;
    const size_t tallies = result->replicates->count * sizeof *result->replicate_tally;
    write_canonical(sql, "replicates", replicates_write, result->replicates);
    write_canonical(sql, "monthly_replicates", replicates_write, result->monthly_replicates);
    write_section(sql, "replicate_tally", result->replicate_tally, tallies, result->replicate_tally, tallies);
}

static void write_kept(csim_sql *sql, const csim_result *result) {
    const csim_plan *plan = result->plan;
    csim_row_table table[CSIM_ROW_TABLES];
    char month[CSIM_MONTH_TEXT];
    csim_result_tables(result, table);
    for (int i = 0; i < CSIM_ROW_TABLES; i++) {
        const void *rows = csim_result_rows(result, &table[i]);
        const size_t size = table[i].rows * table[i].row_bytes;
        write_section(sql, table[i].name, rows, size, rows, size);
    }
    sqlite3_stmt *row = csim_sql_prepare(sql, "INSERT INTO kept_column VALUES(?, ?, ?, ?)");
    for (int i = 0; i < plan->inputs; i++) csim_sql_insert(sql, row, "titt", "kept_input", (int64_t)i, plan->input_key[i], "");
    for (int i = 0; i < plan->scalars; i++)
        csim_sql_insert(sql, row, "titt", "kept_scalar", (int64_t)i, plan->slot_name[plan->scalar[i].slot], csim_month_text(plan->start_month + plan->scalar[i].month, month));
    for (int i = 0; i < result->options.keep_slots; i++) csim_sql_insert(sql, row, "titt", "kept_series", (int64_t)i, plan->slot_name[result->options.keep_slot[i]], "");
    sqlite3_finalize(row);
}

static void write_series(csim_sql *sql, const csim_result *result) {
    const csim_plan *plan = result->plan;
    sqlite3_stmt *row = csim_sql_prepare(sql, "INSERT INTO series VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    for (int i = 0; i < plan->slots; i++) {
        const csim_axis *axis = &result->statistics->axis[i];
        csim_sql_insert(sql, row, "ittidddi", (int64_t)i, plan->slot_name[i], csim_outcome_rows[plan->slot_outcome[i]].unit, (int64_t)axis->kind, axis->lowest,
                        axis->highest, axis->largest, (int64_t)result->failed_slot[i]);
    }
    sqlite3_finalize(row);
}

static void write_counts(csim_sql *sql, const csim_result *result) {
    sqlite3_stmt *row = csim_sql_prepare(sql, "INSERT INTO failure VALUES(?, ?, ?)");
    for (int i = 0; i < CSIM_FAILURES; i++) csim_sql_insert(sql, row, "iti", (int64_t)i, csim_failure_name(i), (int64_t)result->failed_by[i]);
    sqlite3_finalize(row);
    row = csim_sql_prepare(sql, "INSERT INTO tally VALUES(?, ?, ?, ?)");
    for (int i = 0; i < result->plan->readings; i++)
        csim_sql_insert(sql, row, "itii", (int64_t)i, result->plan->reading_id[i], (int64_t)result->tally[i].hits, (int64_t)result->tally[i].count);
    sqlite3_finalize(row);
}

static void write_claims(csim_sql *sql, const csim_claim_result *claims, size_t count) {
    sqlite3_stmt *row = csim_sql_prepare(sql, "INSERT INTO claim VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    for (size_t i = 0; i < count; i++) {
        const csim_claim_result *claim = &claims[i];
        const csim_probability *p = &claim->probability;
        const csim_paired *pairs = &claim->pairs;
        csim_sql_insert(sql, row, "ittiddddiiddiidddddt", (int64_t)i, claim->claim, claim->reading, (int64_t)claim->answer, p->value, p->error, p->low, p->high,
                        (int64_t)p->hits, (int64_t)p->count, claim->value.value, claim->value.error, (int64_t)pairs->pairs, (int64_t)pairs->dropped, pairs->p5,
                        pairs->p50, pairs->p95, pairs->correlation, pairs->paths_saved, claim->note);
    }
    sqlite3_finalize(row);
}

static void write_break_evens(csim_sql *sql, const csim_claim_result *claims, size_t count) {
    sqlite3_stmt *row = csim_sql_prepare(sql, "INSERT INTO claim_break_even VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    for (size_t i = 0; i < count; i++) {
        const csim_break_even *it = &claims[i].break_even;
        if (!it->input[0]) continue;
        csim_sql_insert(sql, row, "itttdddddddddii", (int64_t)i, csim_break_name(it->state), it->input, it->unit, it->value, it->percentile, it->error, it->low, it->high,
                        it->p_lowest, it->p5, it->p95, it->p_highest, (int64_t)it->hits, (int64_t)it->count);
    }
    sqlite3_finalize(row);
}

static void write_asides(csim_sql *sql, const csim_claim_result *claims, size_t count) {
    char month[CSIM_MONTH_TEXT];
    sqlite3_stmt *row = csim_sql_prepare(sql, "INSERT INTO claim_aside VALUES(?,?,?,?,?,?,?,?,?,?)");
    for (size_t i = 0; i < count; i++) {
        const csim_aside *it = &claims[i].aside;
        const csim_probability *p = &it->vintage;
        if (isnan(it->guesses.value) && it->vintage_month == CSIM_NO_MONTH) continue;
        csim_sql_insert(sql, row, "iddtddddii", (int64_t)i, it->guesses.value, it->guesses.error, it->vintage_month == CSIM_NO_MONTH ? "" : csim_month_text(it->vintage_month, month),
                        p->value, p->error, p->low, p->high, (int64_t)p->hits, (int64_t)p->count);
    }
    sqlite3_finalize(row);
}

static void write_seal(csim_sql *sql) {
    char hex[65];
    csim_schema_seal(sql, hex);
    sqlite3_stmt *row = csim_sql_prepare(sql, "INSERT INTO meta VALUES('seal', ?)");
    csim_sql_insert(sql, row, "t", hex);
    sqlite3_finalize(row);
}

static csim_status write_database(const char *temporary, const char *path, const content *what, const atomic_int *cancel, csim_error *err) {
    csim_sql sql;
    csim_sql_open(&sql, temporary, path, true, cancel, err);
    /* Nobody knows the file yet, and what fails is thrown away: there is nothing to roll back, and it is synced as a whole before it gets its name. */
    csim_sql_run(&sql, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; BEGIN");
    csim_schema_create(&sql);
    write_meta(&sql, what);
    write_ledger(&sql, &what->result->ledger);
    write_plan(&sql, what->result->plan);
    write_canonical(&sql, "statistics", accumulator_writes, what->result->statistics);
    write_canonical(&sql, "monthly", accumulator_writes, what->result->monthly);
    write_replicates(&sql, what->result);
    write_kept(&sql, what->result);
    write_series(&sql, what->result);
    write_counts(&sql, what->result);
    write_claims(&sql, what->claims, what->claim_count);
    write_break_evens(&sql, what->claims, what->claim_count);
    write_asides(&sql, what->claims, what->claim_count);
    write_seal(&sql);
    csim_sql_run(&sql, "COMMIT");
    csim_sql_close(&sql);
    return sql.status;
}

csim_status csim_run_file_write_unless(const atomic_int *cancel, const char *path, const csim_result *result, const csim_scenario *scenario, const csim_run_info *info,
                                       const csim_claim_result *claims, size_t claim_count, csim_error *err) {
    const content what = {result, scenario, info, claims, claim_count};
    csim_atomic_file file;
    if (!result->monthly) return csim_error_set(err, CSIM_USAGE, "a run without the moments of every month is not stored");
    csim_status status = csim_atomic_file_begin(&file, path, err);
    if (status) return status;
    const csim_c_locale guard = csim_c_locale_enter();
    status = write_database(file.temporary, path, &what, cancel, err);
    csim_c_locale_leave(guard);
    if (!status) return csim_atomic_file_finish(&file, err);
    csim_atomic_file_abandon(&file);
    return status;
}

csim_status csim_run_file_write(const char *path, const csim_result *result, const csim_scenario *scenario, const csim_run_info *info,
                                const csim_claim_result *claims, size_t claim_count, csim_error *err) {
    return csim_run_file_write_unless(NULL, path, result, scenario, info, claims, claim_count, err);
}
