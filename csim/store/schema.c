/* See schema.h. */
#include "csim/store/schema.h"

#include <stdio.h>
#include <string.h>

#include "csim/base/sha256.h"
#include "csim/store/run_file.h"

static const char *const tables[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE ledger(position INTEGER PRIMARY KEY, first INTEGER NOT NULL, paths INTEGER NOT NULL)",
    "CREATE TABLE section(name TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, bytes BLOB NOT NULL)",
    "CREATE TABLE series(slot INTEGER PRIMARY KEY, name TEXT NOT NULL, unit TEXT NOT NULL, axis INTEGER NOT NULL, lowest REAL NOT NULL, highest REAL NOT NULL, "
    "largest REAL NOT NULL, stopped_paths INTEGER NOT NULL)",
    "CREATE TABLE failure(cause INTEGER PRIMARY KEY, name TEXT NOT NULL, paths INTEGER NOT NULL)",
    "CREATE TABLE tally(position INTEGER PRIMARY KEY, reading TEXT NOT NULL, hits INTEGER NOT NULL, count INTEGER NOT NULL)",
    "CREATE TABLE kept_column(section TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, month TEXT NOT NULL)",
    "CREATE TABLE claim(position INTEGER PRIMARY KEY, claim TEXT NOT NULL, reading TEXT NOT NULL, answer INTEGER NOT NULL, probability REAL, error REAL, low REAL, "
    "high REAL, hits INTEGER NOT NULL, count INTEGER NOT NULL, value REAL, value_error REAL, pairs INTEGER NOT NULL, dropped INTEGER NOT NULL, p5 REAL, "
    "p50 REAL, p95 REAL, correlation REAL, paths_saved REAL, note TEXT NOT NULL)",
    "CREATE TABLE claim_break_even(position INTEGER PRIMARY KEY, state TEXT NOT NULL, input TEXT NOT NULL, unit TEXT NOT NULL, value REAL, percentile REAL, error REAL, "
    "low REAL, high REAL, p_lowest REAL, p5 REAL, p95 REAL, p_highest REAL, hits INTEGER NOT NULL, count INTEGER NOT NULL)",
    "CREATE TABLE claim_aside(position INTEGER PRIMARY KEY, guesses REAL, guesses_error REAL, vintage_month TEXT NOT NULL, vintage REAL, vintage_error REAL, "
    "vintage_low REAL, vintage_high REAL, vintage_hits INTEGER NOT NULL, vintage_count INTEGER NOT NULL)",
};
enum { TABLES = sizeof tables / sizeof tables[0] };

static const char *const sealed[] = {
    "SELECT key, value FROM meta WHERE key <> 'seal' ORDER BY key",
    "SELECT * FROM ledger ORDER BY position",
    "SELECT name, size, sha256 FROM section ORDER BY name",
    "SELECT * FROM series ORDER BY slot",
    "SELECT * FROM failure ORDER BY cause",
    "SELECT * FROM tally ORDER BY position",
    "SELECT * FROM kept_column ORDER BY section, position",
    "SELECT * FROM claim ORDER BY position",
    "SELECT * FROM claim_break_even ORDER BY position",
    "SELECT * FROM claim_aside ORDER BY position",
};

void csim_schema_create(csim_sql *sql) {
    char marks[128];
    snprintf(marks, sizeof marks, "PRAGMA application_id = %d; PRAGMA user_version = %d", CSIM_APPLICATION_ID, CSIM_RUN_FILE_FORMAT);
    csim_sql_run(sql, marks);
    for (int i = 0; i < TABLES; i++) csim_sql_run(sql, tables[i]);
}

static int64_t pragma(csim_sql *sql, const char *text) {
    sqlite3_stmt *statement = csim_sql_prepare(sql, text);
    const int64_t value = csim_sql_step(sql, statement) ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return value;
}

static void check_tables(csim_sql *sql) {
    sqlite3_stmt *row = csim_sql_prepare(sql, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid");
    int found = 0, good = 1;
    for (; csim_sql_step(sql, row); found++) good &= found < TABLES && !strcmp(csim_sql_text(row, 0), tables[found]);
    if (!good || found != TABLES) csim_sql_fail(sql, CSIM_FILE_FORMAT, "the run file is damaged: its tables are not those of a run file");
    sqlite3_finalize(row);
}

void csim_schema_check(csim_sql *sql) {
    char sentence[128];
    const int64_t application = pragma(sql, "PRAGMA application_id"), format = pragma(sql, "PRAGMA user_version");
    if (application != CSIM_APPLICATION_ID) csim_sql_fail(sql, CSIM_FILE_FORMAT, "an SQLite file, but not a run file of moecast");
    if (format != CSIM_RUN_FILE_FORMAT) {
        snprintf(sentence, sizeof sentence, "a run file of format %lld; this version reads format %d", (long long)format, CSIM_RUN_FILE_FORMAT);
        csim_sql_fail(sql, CSIM_FILE_FORMAT, sentence);
    }
    check_tables(sql);
}

void csim_bytes_hash(const void *bytes, size_t size, char hex[65]) {
    unsigned char digest[CSIM_SHA256_BYTES];
    csim_sha256 state;
    csim_sha256_init(&state);
    csim_sha256_update(&state, bytes, size);
    csim_sha256_final(&state, digest);
    csim_sha256_hex(digest, hex);
}

static void feed(csim_sql *sql, csim_sha256 *state, const void *bytes, size_t size) {
    enum { PIECE = 1 << 21 };
    const unsigned char *at = bytes;
    for (size_t done = 0; done < size && !csim_sql_is_over(sql); done += PIECE) csim_sha256_update(state, at + done, size - done < PIECE ? size - done : PIECE);
}

void csim_section_hash(csim_sql *sql, const void *bytes, size_t size, char hex[65]) {
    unsigned char digest[CSIM_SHA256_BYTES];
    csim_sha256 state;
    csim_sha256_init(&state);
    feed(sql, &state, bytes, size);
    csim_sha256_final(&state, digest);
    csim_sha256_hex(digest, hex);
}

/* Type, then the value: eight bytes of a number, or length and bytes. */
static void seal_column(csim_sql *sql, csim_sha256 *state, sqlite3_stmt *row, int column) {
    const unsigned char type = (unsigned char)sqlite3_column_type(row, column);
    csim_sha256_update(state, &type, 1);
    if (type == SQLITE_NULL) return;
    if (type == SQLITE_INTEGER) {
        const int64_t value = sqlite3_column_int64(row, column);
        csim_sha256_update(state, &value, sizeof value);
    } else if (type == SQLITE_FLOAT) {
        const double value = sqlite3_column_double(row, column);
        csim_sha256_update(state, &value, sizeof value);
    } else {
        const void *bytes = sqlite3_column_blob(row, column);
        const uint64_t size = (uint64_t)sqlite3_column_bytes(row, column);
        csim_sha256_update(state, &size, sizeof size);
        feed(sql, state, bytes, (size_t)size);
    }
}

static void seal_rows(csim_sql *sql, const char *query, csim_sha256 *state) {
    sqlite3_stmt *row = csim_sql_prepare(sql, query);
    while (csim_sql_step(sql, row))
        for (int column = 0; column < sqlite3_column_count(row); column++) seal_column(sql, state, row, column);
    sqlite3_finalize(row);
    csim_sha256_update(state, "\n", 1); /* between tables */
}

void csim_schema_seal(csim_sql *sql, char hex[65]) {
    unsigned char digest[CSIM_SHA256_BYTES];
    csim_sha256 state;
    csim_sha256_init(&state);
    for (size_t i = 0; i < sizeof sealed / sizeof sealed[0]; i++) seal_rows(sql, sealed[i], &state);
    csim_sha256_final(&state, digest);
    csim_sha256_hex(digest, hex);
}
