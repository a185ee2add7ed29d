/* The few SQLite calls the store needs, with one sticky error: the first failure is kept, later calls do nothing, the caller looks once at the end.
 * Owns the translation of SQLite's codes into statuses. Internal to csim/store/; <sqlite3.h> appears in this folder only. */
#ifndef CSIM_STORE_SQL_H
#define CSIM_STORE_SQL_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "csim/base/error.h"

typedef struct csim_sql {
    sqlite3 *db;
    const char *path;   /* for messages */
    bool writing;       /* unexplained failures are FILE_WRITE, else FILE_FORMAT */
    const atomic_int *cancel; /* may be NULL; looked at before every row and every piece of a section that is hashed */
    csim_status status;
    csim_error *err;
} csim_sql;

/* Opens `file` for writing, or as an immutable file (no locks, no journals) for reading. */
void csim_sql_open(csim_sql *self, const char *file, const char *shown_path, bool writing, const atomic_int *cancel, csim_error *err);
void csim_sql_close(csim_sql *self);

/* True when nothing more is to be done: somebody has set *cancel, which is recorded as INTERRUPTED, or there was a failure. */
bool csim_sql_is_over(csim_sql *self);

/* Records a failure unless there is one already. */
void csim_sql_fail(csim_sql *self, csim_status status, const char *sentence);
void csim_sql_check(csim_sql *self, int code);

void csim_sql_run(csim_sql *self, const char *sql);
sqlite3_stmt *csim_sql_prepare(csim_sql *self, const char *sql); /* NULL when failed */
bool csim_sql_step(csim_sql *self, sqlite3_stmt *statement);     /* true: a row stands ready */

/* Binds one value a letter and runs the insert: t text, i int64_t, d double (NAN is NULL), b bytes and size_t. */
void csim_sql_insert(csim_sql *self, sqlite3_stmt *statement, const char *kinds, ...);

double csim_sql_double(sqlite3_stmt *statement, int column);      /* NULL is NAN */
const char *csim_sql_text(sqlite3_stmt *statement, int column);   /* NULL is "" */
uint64_t csim_sql_count(sqlite3_stmt *statement, int column);

#endif
