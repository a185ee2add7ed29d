/* Owns the grammar of CSV. Stricter than most: no stray quotes, no line breaks inside a field, no control characters. */
#include "csim/catalogue/csv_reader.h"

#include <string.h>

bool csim_csv_at_end(const csim_csv_reader *reader) { return *reader->cursor == '\0'; }

static csim_status fail(csim_csv_reader *reader, const char *at, const char *line_start, const char *what) {
    int column = reader->column + (int)(at - line_start);
    return csim_error_set_at(reader->err, CSIM_SYNTAX, reader->name, reader->line, column, NULL, "%s", what);
}

/* Ends a field at `at`, which must be a comma, a line end or the end of the text, and steps behind it. */
static csim_status finish(csim_csv_reader *reader, char *start, char *at, char *end_of_text, csim_csv_field *out) {
    char *next = at;
    out->last = *at != ',';
    if (next[0] == '\r' && next[1] == '\n') next += 2;
    else if (*next == ',' || *next == '\n') next += 1;
    else if (*next != '\0') return fail(reader, at, start, "a comma or the end of the line must follow here");
    reader->column = out->last ? 1 : reader->column + (int)(next - start);
    reader->line += out->last;
    reader->cursor = next;
    *end_of_text = '\0';
    return CSIM_OK;
}

static csim_status next_quoted(csim_csv_reader *reader, csim_csv_field *out) {
    char *start = reader->cursor, *from = start + 1, *to = from;
    out->text = to;
    for (;; from++) {
        if (*from == '"' && from[1] != '"') return finish(reader, start, from + 1, to, out);
        if ((unsigned char)*from < ' ') return fail(reader, start, start, "the quote that opens here does not close on its line");
        from += *from == '"'; /* "" stands for one quote */
        *to++ = *from;
    }
}

csim_status csim_csv_next(csim_csv_reader *reader, csim_csv_field *out) {
    out->line = reader->line;
    out->column = reader->column;
    if (*reader->cursor == '"') return next_quoted(reader, out);
    char *start = reader->cursor, *at = start;
    for (; *at != ','; at++) {
        if (*at == '"') return fail(reader, at, start, "a field with a quote in it must be quoted whole");
        if ((unsigned char)*at >= ' ' && *at != 127) continue;
        if (*at == '\0' || *at == '\n' || (at[0] == '\r' && at[1] == '\n')) break;
        return fail(reader, at, start, "a control character");
    }
    out->text = start;
    return finish(reader, start, at, at, out);
}
