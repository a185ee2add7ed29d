/* Comma-separated text (RFC 4180, LF or CRLF) field by field, in place. Knows quoting and places; knows nothing of what a column means. */
#ifndef CSIM_CATALOGUE_CSV_READER_H
#define CSIM_CATALOGUE_CSV_READER_H

#include <stdbool.h>

#include "csim/base/error.h"

typedef struct csim_csv_reader {
    const char *name; /* for errors */
    char *cursor;     /* into NUL-terminated text, which the reader writes into */
    int line, column; /* of the next field, 1-based, bytes */
    csim_error *err;
} csim_csv_reader;

typedef struct csim_csv_field {
    char *text; /* unquoted, NUL-terminated, inside the text that was read */
    int line, column;
    bool last;  /* the record ends with it */
} csim_csv_field;

/* SYNTAX for quotes in the wrong place, control characters or a quote without end. Not to be called at the end. */
csim_status csim_csv_next(csim_csv_reader *reader, csim_csv_field *out);
bool csim_csv_at_end(const csim_csv_reader *reader);

#endif
