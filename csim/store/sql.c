/* See sql.h. */
#define _POSIX_C_SOURCE 200809L
#include "csim/store/sql.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void csim_sql_fail(csim_sql *self, csim_status status, const char *sentence) {
    if (self->status) return;
    self->status = csim_error_set_at(self->err, status, self->path, 0, 0, NULL, "%s", sentence);
}

bool csim_sql_is_over(csim_sql *self) {
    if (self->cancel && atomic_load_explicit(self->cancel, memory_order_relaxed)) csim_sql_fail(self, CSIM_INTERRUPTED, "interrupted");
    return self->status != CSIM_OK;
}

void csim_sql_check(csim_sql *self, int code) {
    const int kind = code & 0xff;
    char sentence[256];
    if (self->status || kind == SQLITE_OK || kind == SQLITE_ROW || kind == SQLITE_DONE) return;
    const char *reason = self->db ? sqlite3_errmsg(self->db) : sqlite3_errstr(code);
    if (kind == SQLITE_NOMEM) csim_sql_fail(self, CSIM_NO_MEMORY, "out of memory in the run file");
    else if (kind == SQLITE_TOOBIG) csim_sql_fail(self, CSIM_LIMIT, "a part of the run is larger than a run file can hold (1 GB); keep fewer paths");
    else if (self->writing) {
        snprintf(sentence, sizeof sentence, "cannot write the run file: %s", reason);
        csim_sql_fail(self, CSIM_FILE_WRITE, sentence);
    } else if (kind == SQLITE_IOERR && code != SQLITE_IOERR_SHORT_READ) {
        snprintf(sentence, sizeof sentence, "cannot read the run file: %s", reason);
        csim_sql_fail(self, CSIM_FILE_READ, sentence);
    } else {
        snprintf(sentence, sizeof sentence, "the run file is damaged: %s", reason);
        csim_sql_fail(self, CSIM_FILE_FORMAT, sentence);
    }
}

/* "file:…?immutable=1", with everything but plain path characters escaped. malloc'd. */
static char *immutable_uri(const char *path) {
    static const char head[] = "file:", tail[] = "?immutable=1", digits[] = "0123456789ABCDEF";
    char *uri = malloc(3 * strlen(path) + sizeof head + sizeof tail + 2), *to = uri;
    if (!uri) return NULL;
    to = stpcpy(to, head);
    if (path[0] == '/') to = stpcpy(to, "//"); /* an empty authority: "//x" at the front would be taken for a host */
    for (; *path; path++) {
        const unsigned char c = (unsigned char)*path;
        if (c > ' ' && c < 0x7f && !strchr("?#%", c)) *to++ = (char)c;
        else *to++ = '%', *to++ = digits[c >> 4], *to++ = digits[c & 15];
    }
    strcpy(to, tail);
    return uri;
}

void csim_sql_open(csim_sql *self, const char *file, const char *shown_path, bool writing, const atomic_int *cancel, csim_error *err) {
    *self = (csim_sql){.path = shown_path, .writing = writing, .cancel = cancel, .err = err};
    char *uri = writing ? NULL : immutable_uri(file);
    if (!writing && !uri) {
        csim_sql_fail(self, CSIM_NO_MEMORY, "out of memory in the run file");
        return;
    }
    const int flags = writing ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    csim_sql_check(self, sqlite3_open_v2(writing ? file : uri, &self->db, flags | SQLITE_OPEN_NOMUTEX, NULL));
    free(uri);
    if (!self->db) return;
    sqlite3_extended_result_codes(self->db, 1);
    sqlite3_db_config(self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(self->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
}

void csim_sql_close(csim_sql *self) {
    if (self->db) csim_sql_check(self, sqlite3_close(self->db));
    self->db = NULL;
}

void csim_sql_run(csim_sql *self, const char *sql) {
    if (!csim_sql_is_over(self)) csim_sql_check(self, sqlite3_exec(self->db, sql, NULL, NULL, NULL));
}

sqlite3_stmt *csim_sql_prepare(csim_sql *self, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (!self->status) csim_sql_check(self, sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL));
    return statement;
}

bool csim_sql_step(csim_sql *self, sqlite3_stmt *statement) {
    if (!statement || csim_sql_is_over(self)) return false;
    const int code = sqlite3_step(statement);
    csim_sql_check(self, code);
    return code == SQLITE_ROW;
}

static int bind_next(sqlite3_stmt *statement, int column, char kind, va_list *values) {
    const void *bytes;
    const char *text;
    double number;
    switch (kind) {
    case 't':
        text = va_arg(*values, const char *);
        return sqlite3_bind_text(statement, column, text ? text : "", -1, SQLITE_STATIC);
    case 'i': return sqlite3_bind_int64(statement, column, va_arg(*values, int64_t));
    case 'd':
        number = va_arg(*values, double);
        return isnan(number) ? sqlite3_bind_null(statement, column) : sqlite3_bind_double(statement, column, number);
    default:
        bytes = va_arg(*values, const void *);
        return sqlite3_bind_blob64(statement, column, bytes, va_arg(*values, size_t), SQLITE_STATIC);
    }
}

void csim_sql_insert(csim_sql *self, sqlite3_stmt *statement, const char *kinds, ...) {
    va_list values;
    if (self->status || !statement) return;
    va_start(values, kinds);
    for (int i = 0; kinds[i]; i++) csim_sql_check(self, bind_next(statement, i + 1, kinds[i], &values));
    va_end(values);
    csim_sql_step(self, statement);
    sqlite3_reset(statement); /* repeats the step's error, which is kept already */
    sqlite3_clear_bindings(statement);
}

double csim_sql_double(sqlite3_stmt *statement, int column) {
    return sqlite3_column_type(statement, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(statement, column);
}

const char *csim_sql_text(sqlite3_stmt *statement, int column) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}

uint64_t csim_sql_count(sqlite3_stmt *statement, int column) { return (uint64_t)sqlite3_column_int64(statement, column); }
