/* The rows of a sheet, written as XML and compressed by a packer on the way into a scratch file, so that memory stays bounded and the text is never stored plain.
 * What comes out is a piece of a deflate stream that others may stand before and behind. Must not know the spreadsheet library.
 *
 * Rows rise and cells within a row rise; the caller sees to it. Failures stick and are told at the end. */
#ifndef CSIM_REPORT_PACKED_ROWS_H
#define CSIM_REPORT_PACKED_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "csim/base/error.h"
#include "csim/report/packer.h"

typedef struct csim_packed_rows csim_packed_rows;

/* `scratch` is an open, empty file that belongs to the rows from now on. NULL without memory; `scratch` is then closed. The packer outlives the rows. */
csim_packed_rows *csim_packed_rows_new(csim_packer *packer, FILE *scratch);
void csim_packed_rows_free(csim_packed_rows *rows); /* at any time; NULL is fine */

/* height_points 0: the usual one. */
void csim_packed_rows_open_row(csim_packed_rows *rows, uint32_t row, double height_points);
void csim_packed_rows_close_row(csim_packed_rows *rows);

/* `style` is the number of a cell's format in the file. Text is checked UTF-8. */
void csim_packed_rows_put_number(csim_packed_rows *rows, uint32_t row, const char *letters, int style, double value);
void csim_packed_rows_put_text(csim_packed_rows *rows, uint32_t row, const char *letters, int style, const char *text);
void csim_packed_rows_put_shared(csim_packed_rows *rows, uint32_t row, const char *letters, int style, uint32_t text); /* its number among the shared texts */
void csim_packed_rows_put_blank(csim_packed_rows *rows, uint32_t row, const char *letters, int style);
void csim_packed_rows_put_bool(csim_packed_rows *rows, uint32_t row, const char *letters, int style, bool value);
/* `formula` without its =; text NULL: the value is a number. */
void csim_packed_rows_put_formula(csim_packed_rows *rows, uint32_t row, const char *letters, int style, const char *formula, const char *text, double value);

/* No row follows; the packer may still be at work. */
void csim_packed_rows_end(csim_packed_rows *rows);

/* What is left: a file at its beginning, the bytes in it, and size and checksum of the text they hold. */
typedef struct csim_packed_text { FILE *file; uint64_t packed_bytes, plain_bytes; uint32_t checksum; } csim_packed_text;

/* After the end; waits for the packer. FILE_WRITE when the scratch file could not take everything. The file stays the rows'. */
csim_status csim_packed_rows_text(csim_packed_rows *rows, csim_packed_text *out);

#endif
