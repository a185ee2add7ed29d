/* Rectangles of cells: where they lie, how formulas call them, how many they are. Knows sheets' names and sizes, not their content. */
#include "csim/report/book_parts.h"

#include <string.h>

void csim_column_letters(uint32_t column, char letters[4]) {
    int first = 3;
    char all[4] = "";
    for (uint32_t rest = column + 1; rest; rest = (rest - 1) / 26) all[--first] = (char)('A' + (rest - 1) % 26);
    memcpy(letters, all + first, sizeof all - (size_t)first);
}

/* Formulas are made of addresses, hundreds of thousands a book: printf would take longer than all else about them. */
static char *add_text(char *at, const char *text) {
    const size_t length = strlen(text);
    memcpy(at, text, length + 1);
    return at + length;
}

static char *add_number(char *at, uint32_t number) {
    char digits[11] = "";
    int first = 10;
    do digits[--first] = (char)('0' + number % 10);
    while (number /= 10);
    return add_text(at, digits + first);
}

char *csim_cell_local_address(uint32_t row, uint32_t column, char *text) {
    text[0] = 0;
    if (row >= LXW_ROW_MAX || column >= LXW_COL_MAX) return text;
    csim_column_letters(column, text);
    add_number(text + strlen(text), row + 1);
    return text;
}

csim_cells csim_cells_of(csim_sheet *sheet, uint32_t row, uint32_t column, uint32_t last_row, uint32_t last_column) {
    return (csim_cells){.sheet = sheet, .row = row, .column = column, .last_row = last_row, .last_column = last_column};
}

csim_cells csim_cell_of(csim_sheet *sheet, uint32_t row, uint32_t column) {
    return csim_cells_of(sheet, row, column, row, column);
}

static char *add_absolute(char *at, uint32_t row, uint32_t column) {
    char letters[4];
    csim_column_letters(column, letters);
    return add_number(add_text(add_text(add_text(at, "$"), letters), "$"), row + 1);
}

char *csim_cells_address(csim_cells cells, char *text) {
    text[0] = 0;
    if (!cells.sheet || !cells.sheet->name[0] || cells.last_row >= LXW_ROW_MAX || cells.last_column >= LXW_COL_MAX) return text;
    const bool single = cells.row == cells.last_row && cells.column == cells.last_column;
    char *at = add_text(add_text(add_text(text, "'"), cells.sheet->name), "'!");
    at = add_absolute(at, cells.row, cells.column);
    if (!single) add_absolute(add_text(at, ":"), cells.last_row, cells.last_column);
    return text;
}

csim_status csim_cells_check(csim_cells cells) {
    csim_status status = csim_sheet_ready(cells.sheet);
    if (status) return status;
    if (cells.row > cells.last_row || cells.column > cells.last_column || cells.last_row >= LXW_ROW_MAX || cells.last_column >= LXW_COL_MAX)
        status = csim_sheet_fail(cells.sheet, CSIM_OUT_OF_RANGE, "the rectangle of rows %u … %u and columns %u … %u does not fit a sheet", (unsigned)cells.row, (unsigned)cells.last_row, (unsigned)cells.column, (unsigned)cells.last_column);
    return status;
}

bool csim_cells_overlap(csim_cells a, csim_cells b) {
    return a.row <= b.last_row && b.row <= a.last_row && a.column <= b.last_column && b.column <= a.last_column;
}

bool csim_cells_are_line(csim_cells cells) { return cells.row == cells.last_row || cells.column == cells.last_column; }

size_t csim_cells_count(csim_cells cells) {
    return (size_t)(cells.last_row - cells.row + 1) * (cells.last_column - cells.column + 1);
}

csim_cells csim_cells_nth(csim_cells line, uint32_t index) {
    if (line.row == line.last_row) return csim_cell_of(line.sheet, line.row, line.column + index);
    return csim_cell_of(line.sheet, line.row + index, line.column);
}
