/* Reading and writing tables. Owns memory. */
#include "csim/cli/table_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "csim/catalogue/csv_reader.h"
#include "csim/scenario/yaml_tree.h"

static const size_t BYTES_MAX = (size_t)256 << 20, BYTES_FIRST = (size_t)1 << 16;

/* ---- reading */

/* The file may be a pipe, so its size is not known before. */
static csim_status read_all(FILE *file, const char *path, char **out, csim_error *err) {
    size_t used = 0, room = BYTES_FIRST;
    char *text = malloc(room);
    for (size_t got = 1; text && got; used += got) {
        if (room - used < 2) {
            char *more = room < BYTES_MAX ? realloc(text, room *= 2) : NULL;
            if (!more) {
                free(text);
                return csim_error_set(err, CSIM_LIMIT, "%s is larger than %zu MB, or than there is memory for", path, BYTES_MAX >> 20);
            }
            text = more;
        }
        got = fread(text + used, 1, room - used - 1, file);
    }
    if (!text) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to read %s", path);
    *out = text;
    text[used] = '\0';
    if (ferror(file)) return csim_error_set(err, CSIM_FILE_READ, "%s cannot be read: %s", path, strerror(errno));
    if (strlen(text) != used) return csim_error_set(err, CSIM_SYNTAX, "%s is no text: it has a NUL byte", path);
    return CSIM_OK;
}

static csim_status grow(void **items, size_t used, size_t *room, size_t size, csim_error *err) {
    if (used < *room) return CSIM_OK;
    const size_t wanted = *room ? 2 * *room : 256;
    void *more = realloc(*items, wanted * size);
    if (!more) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the table");
    *items = more;
    *room = wanted;
    return CSIM_OK;
}

/* One record's fields behind the cells that there are. */
static csim_status read_record(csim_csv_reader *csv, csim_table *table, size_t most, csim_error *err) {
    csim_csv_field field = {.last = false};
    const size_t first = table->cells_used;
    while (!field.last) {
        void *cells = (void *)table->cells;
        csim_status status = csim_csv_next(csv, &field);
        if (!status && table->cells_used - first == most)
            status = csim_error_set_at(err, CSIM_SYNTAX, table->name, field.line, field.column, NULL, "the row has more than %zu fields", most);
        if (!status) status = grow(&cells, table->cells_used, &table->cells_room, sizeof *table->cells, err);
        if (status) return status;
        table->cells = cells;
        table->cells[table->cells_used++] = field.text;
    }
    return CSIM_OK;
}

static csim_status read_header(csim_csv_reader *csv, csim_table *table, csim_error *err) {
    const csim_status status = read_record(csv, table, CSIM_TABLE_COLUMNS_MAX, err);
    table->columns = table->cells_used;
    for (size_t i = 0; !status && i < table->columns; i++)
        if (csim_table_column(table, table->cells[i]) != (int)i)
            return csim_error_set_at(err, CSIM_SYNTAX, table->name, 1, 0, NULL, "the header has the column '%.100s' twice", table->cells[i]);
    return status;
}

static csim_status read_rows(csim_csv_reader *csv, csim_table *table, csim_error *err) {
    while (!csim_csv_at_end(csv)) {
        void *rows = table->rows;
        const csim_table_row row = {csv->line, table->cells_used, 0};
        csim_status status = read_record(csv, table, table->columns, err);
        if (!status) status = grow(&rows, table->rows_used, &table->rows_room, sizeof *table->rows, err);
        if (status) return status;
        table->rows = rows;
        if (table->cells_used == row.first + 1 && !table->cells[row.first][0]) table->cells_used = row.first; /* an empty line */
        else table->rows[table->rows_used++] = (csim_table_row){row.line, row.first, table->cells_used - row.first};
    }
    return CSIM_OK;
}

static csim_status parse(csim_table *table, csim_error *err) {
    char *start = table->text + (strncmp(table->text, "\xEF\xBB\xBF", 3) ? 0 : 3); /* the mark that some spreadsheets begin with */
    csim_csv_reader csv = {.name = table->name, .cursor = start, .line = 1, .column = 1, .err = err};
    if (!*start) return csim_error_set_at(err, CSIM_SYNTAX, table->name, 1, 1, NULL, "it is empty; a header of columns is wanted");
    const csim_status status = read_header(&csv, table, err);
    return status ? status : read_rows(&csv, table, err);
}

csim_status csim_table_load(const char *path, csim_table *out, csim_error *err) {
    *out = (csim_table){.name = path};
    FILE *file = fopen(path, "rb");
    if (!file) return csim_error_set(err, CSIM_FILE_OPEN, "%s cannot be opened: %s", path, strerror(errno));
    csim_status status = read_all(file, path, &out->text, err);
    fclose(file);
    if (!status) status = parse(out, err);
    if (status) csim_table_clear(out);
    return status;
}

void csim_table_clear(csim_table *table) {
    free(table->text);
    free((void *)table->cells);
    free(table->rows);
    *table = (csim_table){.name = NULL};
}

/* ---- cells */

int csim_table_column(const csim_table *table, const char *name) {
    for (size_t i = 0; i < table->columns; i++)
        if (!strcmp(table->cells[i], name)) return (int)i;
    return -1;
}

const char *csim_table_cell(const csim_table *table, size_t row, int column) {
    const csim_table_row *at = &table->rows[row];
    return column >= 0 && (size_t)column < at->count ? table->cells[at->first + (size_t)column] : "";
}

csim_status csim_table_number(const csim_table *table, size_t row, int column, double *out, csim_error *err) {
    const char *text = csim_table_cell(table, row, column);
    csim_node node = {.kind = CSIM_NODE_TEXT, .file = table->name, .line = table->rows[row].line, .text = text};
    const csim_status status = text[0] ? csim_node_number(&node, table->cells[column], out, err) : CSIM_OK;
    if (status && !strcasecmp(text, "nan")) csim_error_hint(err, "leave the cell empty where there is no number");
    return status;
}

/* ---- writing */

static void put_field(FILE *out, const char *text) {
    if (!strpbrk(text, ",\"")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"') fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

void csim_table_put_header(FILE *out, const csim_table *table) {
    for (size_t i = 0; i < table->columns; i++) {
        if (i) fputc(',', out);
        put_field(out, table->cells[i]);
    }
}

void csim_table_put_row(FILE *out, const csim_table *table, size_t row) {
    const csim_table_row *at = &table->rows[row];
    for (size_t i = 0; i < table->columns; i++) {
        if (i) fputc(',', out);
        if (i < at->count) put_field(out, table->cells[at->first + i]);
    }
}
