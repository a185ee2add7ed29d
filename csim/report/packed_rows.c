/* XML of rows into pieces of text; what the packer makes of these goes into a file. */
#include "csim/report/packed_rows.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "csim/report/cell_number.h"

enum { SHORT_BYTES = 256 /* the longest text put at once, but for foreign ones */ };

struct csim_packed_rows {
    csim_packer *packer;
    char *plain; /* the piece being filled */
    size_t used;
    /* The packer's until the end: */
    FILE *file;
    bool failed;
    uint64_t packed_bytes, plain_bytes;
    uint32_t checksum;
};

csim_packed_rows *csim_packed_rows_new(csim_packer *packer, FILE *scratch) {
    csim_packed_rows *rows = calloc(1, sizeof *rows);
    char *plain = rows ? csim_packer_piece() : NULL;
    if (!plain) {
        free(rows);
        fclose(scratch);
        return NULL;
    }
    setvbuf(scratch, NULL, _IONBF, 0); /* what is written comes in large pieces */
    *rows = (csim_packed_rows){.packer = packer, .plain = plain, .file = scratch, .checksum = (uint32_t)crc32(0, NULL, 0)};
    return rows;
}

void csim_packed_rows_free(csim_packed_rows *rows) {
    if (!rows) return;
    csim_packer_wait(rows->packer);
    fclose(rows->file);
    free(rows->plain);
    free(rows);
}

/* ---- bytes ---- */

static void keep(void *self, const csim_packed_piece *piece) {
    csim_packed_rows *rows = self;
    rows->checksum = (uint32_t)crc32_combine(rows->checksum, piece->checksum, (z_off_t)piece->plain_bytes);
    rows->plain_bytes += piece->plain_bytes;
    rows->packed_bytes += piece->packed_bytes;
    if (!rows->failed && fwrite(piece->bytes, 1, piece->packed_bytes, rows->file) != piece->packed_bytes) rows->failed = true;
}

static void hand_over(csim_packed_rows *rows) {
    rows->plain = csim_packer_exchange(rows->packer, rows->plain, rows->used, keep, rows);
    rows->used = 0;
}

/* Makes room for a short text. */
static char *room(csim_packed_rows *rows) {
    if (CSIM_PIECE_BYTES - rows->used < SHORT_BYTES) hand_over(rows);
    return rows->plain + rows->used;
}

static char *add(char *at, const char *text) {
    const size_t length = strlen(text);
    memcpy(at, text, length);
    return at + length;
}

static char *add_count(char *at, uint32_t count) {
    char digits[10];
    int length = 0;
    do digits[length++] = (char)('0' + count % 10);
    while (count /= 10);
    while (length) *at++ = digits[--length];
    return at;
}

static void take(csim_packed_rows *rows, const char *end) { rows->used = (size_t)(end - rows->plain); }

static void put(csim_packed_rows *rows, const char *short_text) { take(rows, add(room(rows), short_text)); }

/* Any text, with what XML keeps for itself named. */
static void put_escaped(csim_packed_rows *rows, const char *text) {
    while (*text) {
        char *at = room(rows);
        const char *end = rows->plain + CSIM_PIECE_BYTES - sizeof "&quot;";
        for (; *text && at < end; text++) {
            if (*text == '&') at = add(at, "&amp;");
            else if (*text == '<') at = add(at, "&lt;");
            else if (*text == '>') at = add(at, "&gt;");
            else *at++ = *text;
        }
        take(rows, at);
    }
}

/* ---- rows and cells ---- */

void csim_packed_rows_open_row(csim_packed_rows *rows, uint32_t row, double height_points) {
    char *at = add_count(add(room(rows), "<row r=\""), row + 1);
    at = add(at, "\"");
    if (height_points > 0) {
        at = add(at, " ht=\"");
        at += csim_cell_number(height_points, at);
        at = add(at, "\" customHeight=\"1\"");
    }
    take(rows, add(at, ">"));
}

void csim_packed_rows_close_row(csim_packed_rows *rows) { put(rows, "</row>"); }

static char *open_cell(csim_packed_rows *rows, uint32_t row, const char *letters, int style) {
    char *at = add(add(room(rows), "<c r=\""), letters);
    at = add(add_count(at, row + 1), "\"");
    if (style) at = add(add_count(add(at, " s=\""), (uint32_t)style), "\"");
    return at;
}

void csim_packed_rows_put_number(csim_packed_rows *rows, uint32_t row, const char *letters, int style, double value) {
    char *at = add(open_cell(rows, row, letters, style), "><v>");
    at += csim_cell_number(value, at);
    take(rows, add(at, "</v></c>"));
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }

void csim_packed_rows_put_text(csim_packed_rows *rows, uint32_t row, const char *letters, int style, const char *text) {
    const size_t length = strlen(text);
    const bool edges = length && (is_space(text[0]) || is_space(text[length - 1]));
    take(rows, add(open_cell(rows, row, letters, style), edges ? " t=\"inlineStr\"><is><t xml:space=\"preserve\">" : " t=\"inlineStr\"><is><t>"));
    put_escaped(rows, text);
    put(rows, "</t></is></c>");
}

void csim_packed_rows_put_blank(csim_packed_rows *rows, uint32_t row, const char *letters, int style) { take(rows, add(open_cell(rows, row, letters, style), "/>")); }

void csim_packed_rows_put_bool(csim_packed_rows *rows, uint32_t row, const char *letters, int style, bool value) {
    take(rows, add(open_cell(rows, row, letters, style), value ? " t=\"b\"><v>1</v></c>" : " t=\"b\"><v>0</v></c>"));
}

void csim_packed_rows_put_formula(csim_packed_rows *rows, uint32_t row, const char *letters, int style, const char *formula, const char *text, double value) {
    take(rows, add(open_cell(rows, row, letters, style), text ? " t=\"str\"><f>" : "><f>"));
    put_escaped(rows, formula);
    put(rows, "</f><v>");
    if (text) put_escaped(rows, text);
    else {
        char *at = room(rows);
        take(rows, at + csim_cell_number(value, at));
    }
    put(rows, "</v></c>");
}

void csim_packed_rows_put_shared(csim_packed_rows *rows, uint32_t row, const char *letters, int style, uint32_t text) {
    char *at = add(open_cell(rows, row, letters, style), " t=\"s\"><v>");
    take(rows, add(add_count(at, text), "</v></c>"));
}

void csim_packed_rows_end(csim_packed_rows *rows) {
    hand_over(rows);
    free(rows->plain);
    rows->plain = NULL;
}

csim_status csim_packed_rows_text(csim_packed_rows *rows, csim_packed_text *out) {
    csim_packer_wait(rows->packer);
    const bool written = !rows->failed && !fflush(rows->file) && !ferror(rows->file) && !fseek(rows->file, 0, SEEK_SET);
    *out = (csim_packed_text){rows->file, rows->packed_bytes, rows->plain_bytes, rows->checksum};
    return written ? CSIM_OK : CSIM_FILE_WRITE;
}
