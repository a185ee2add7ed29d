/* Writes one large table by the guarded writer, as the sheet Data is written: the first two columns text, the others numbers (the table of sheet_table.py). Usage:
 * bench_sheet FILE.xlsx ROWS. Prints seconds of processor time and of wall clock, from the first call of the writer to the file's rename. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "csim/report/sheet_writer.h"

enum { COLUMNS = 10, TEXTS = 2, SERIES = 500, UNITS = 7, CREATED_UNIX_S = 1700000000 };

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Sixteen digits, so that printing them is work; exact in every language: one multiplication, one remainder, one division. */
static double value_at(uint64_t row, uint64_t column) { return (double)((row * 7919 + column * 104729) % 1000003) / 997.0; }

static void put_row(csim_sheet *sheet, uint32_t at, uint32_t row) {
    const csim_cell_style style = csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL);
    char text[32];
    snprintf(text, sizeof text, "series.%u", row % SERIES);
    csim_sheet_put_text(sheet, at, 0, style, text);
    snprintf(text, sizeof text, "unit %u", row % UNITS);
    csim_sheet_put_text(sheet, at, 1, style, text);
    for (uint32_t column = TEXTS; column < COLUMNS; column++) csim_sheet_put_number(sheet, at, column, style, value_at(row, column));
}

static csim_status write_book(const char *path, uint32_t rows, csim_error *err) {
    csim_book *book = NULL;
    csim_status status = csim_book_new(path, CREATED_UNIX_S, &book, err);
    if (status) return status;
    csim_sheet *sheet = csim_book_add_sheet(book, "Data", CSIM_SHEET_DATA);
    csim_table_column columns[COLUMNS];
    char names[COLUMNS][16];
    for (int i = 0; i < COLUMNS; i++) {
        snprintf(names[i], sizeof names[i], "column %d", i + 1);
        columns[i] = (csim_table_column){names[i], "", 12, i < TEXTS};
    }
    const csim_cells data = csim_sheet_add_table(sheet, 0, 0, columns, COLUMNS, rows, CSIM_TABLE_FREEZE | CSIM_TABLE_FILTER);
    for (uint32_t row = 0; row < rows; row++) put_row(sheet, data.row + row, row);
    status = csim_book_finish(book, err);
    csim_book_free(book);
    return status;
}

int main(int argc, char **argv) {
    const long rows = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    if (rows < 1 || rows > 1000000) {
        fprintf(stderr, "usage: %s FILE.xlsx ROWS (1 to 1000000)\n", argv[0]);
        return 2;
    }
    csim_error err;
    char text[1024];
    const double processor = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
    const csim_status status = write_book(argv[1], (uint32_t)rows, &err);
    printf("%.4f %.4f\n", seconds(CLOCK_PROCESS_CPUTIME_ID) - processor, seconds(CLOCK_MONOTONIC) - wall);
    if (status) fprintf(stderr, "%s\n", csim_error_format(&err, text, sizeof text));
    return csim_status_exit_code(status);
}
