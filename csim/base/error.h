/* One error: a status plus where it happened and one sentence. Owned by the caller; no allocation, so it can report NO_MEMORY. */
#ifndef CSIM_BASE_ERROR_H
#define CSIM_BASE_ERROR_H

#include <stddef.h>

#include "csim/base/status.h"

typedef struct csim_error {
    csim_status code;
    char file[512];    /* the file at fault, "" when none */
    int line, column;  /* 1-based, 0 when unknown */
    char field[256];   /* dotted key at fault, "" when none */
    char detail[1024]; /* what was got, what is allowed */
    char hint[256];    /* nearest right name or how to mend, "" when none */
} csim_error;

void csim_error_clear(csim_error *err);

/* Sets code and detail (printf style); clears the place. Returns code, so `return csim_error_set(err, …)` works. err may be NULL. */
csim_status csim_error_set(csim_error *err, csim_status code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with a place in a text file. file and field may be NULL. */
csim_status csim_error_set_at(csim_error *err, csim_status code, const char *file, int line, int column, const char *field,
                              const char *format, ...) __attribute__((format(printf, 7, 8)));

void csim_error_hint(csim_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes "file:line:column: field: detail (hint)" with the parts that are known. Returns text. One line: what is not to be shown on a
 * terminal (csim/base/printable.h), in names that a user typed or a file holds, is written \xNN. */
char *csim_error_format(const csim_error *err, char *text, size_t size);

#endif
