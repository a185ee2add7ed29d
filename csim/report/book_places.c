/* Rectangles of cells: where they lie, how formulas call them, how many they are. Knows sheets' names and sizes, not their content. */
#include "csim/report/book_parts.h"

#include <stdio.h>
#include <string.h>

void csim_column_letters(uint32_t column, char letters[4]) {
    int first = 3;
    char all[4] = "";
    for (uint32_t rest = column + 1; rest; rest = (rest - 1) / 26) all[--first] = (char)('A' + (rest - 1) % 26);
    memcpy(letters, all + first, sizeof all - (size_t)first);
}

char *csim_cell_local_address(uint32_t row, uint32_t column, char *text) {
    text[0] = 0;
    if (row >= LXW_ROW_MAX || column >= LXW_COL_MAX) return text;
    char letters[4];
    csim_column_letters(column, letters);
    snprintf(text, CSIM_ADDRESS_SIZE, "%s%u", letters, (unsigned)row + 1);
    return text;
}

csim_cells csim_cells_of(csim_sheet *sheet, uint32_t row, uint32_t column, uint32_t last_row, uint32_t last_column) {
    return (csim_cells){.sheet = sheet, .row = row, .column = column, .last_row = last_row, .last_column = last_column};
}

csim_cells csim_cell_of(csim_sheet *sheet, uint32_t row, uint32_t column) {
    return csim_cells_of(sheet, row, column, row, column);
}

static void absolute_address(uint32_t row, uint32_t column, char *text, size_t size) {
    char local[CSIM_ADDRESS_SIZE];
    csim_cell_local_address(row, column, local);
    const size_t letters = strcspn(local, "0123456789");
    snprintf(text, size, "$%.*s$%s", (int)letters, local, local + letters);
}

char *csim_cells_address(csim_cells cells, char *text) {
    text[0] = 0;
    if (!cells.sheet || !cells.sheet->name[0] || cells.last_row >= LXW_ROW_MAX || cells.last_column >= LXW_COL_MAX) return text;
    char from[24], to[24];
    absolute_address(cells.row, cells.column, from, sizeof from);
    absolute_address(cells.last_row, cells.last_column, to, sizeof to);
    const bool single = cells.row == cells.last_row && cells.column == cells.last_column;
    snprintf(text, CSIM_ADDRESS_SIZE, "'%s'!%s%s%s", cells.sheet->name, from, single ? "" : ":", single ? "" : to);
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
