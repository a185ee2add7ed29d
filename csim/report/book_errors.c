/* The first error of a book, which sticks: who sets it, with which place, and whether a book, sheet or chart can still be written to. Asks the system for memory
 * before the library does, which would print or crash without. Must not know what is written. */
#include "csim/report/book_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static csim_status book_fail_at(csim_book *book, const char *place, csim_status code, const char *format, va_list arguments) {
    if (book->error.code) return book->error.code;
    char detail[sizeof book->error.detail];
    vsnprintf(detail, sizeof detail, format, arguments);
    return csim_error_set_at(&book->error, code, book->path, 0, 0, place, "%s", detail);
}

csim_status csim_book_fail(csim_book *book, csim_status code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const csim_status status = book_fail_at(book, "", code, format, arguments);
    va_end(arguments);
    return status;
}

csim_status csim_cell_fail(csim_sheet *sheet, uint32_t row, uint32_t column, csim_status code, const char *format, ...) {
    char cell[CSIM_ADDRESS_SIZE], place[CSIM_ADDRESS_SIZE + sizeof sheet->name + 4]; /* quotes, exclamation mark */
    csim_cell_local_address(row, column, cell);
    snprintf(place, sizeof place, "'%s'!%s", sheet->name, cell);
    va_list arguments;
    va_start(arguments, format);
    const csim_status status = book_fail_at(sheet->book, place, code, format, arguments);
    va_end(arguments);
    return status;
}

csim_status csim_sheet_fail(csim_sheet *sheet, csim_status code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const csim_status status = book_fail_at(sheet->book, sheet->name, code, format, arguments);
    va_end(arguments);
    return status;
}

csim_status csim_library_status(lxw_error error) {
    switch (error) {
    case LXW_NO_ERROR: return CSIM_OK;
    case LXW_ERROR_MEMORY_MALLOC_FAILED: return CSIM_NO_MEMORY;
    case LXW_ERROR_32_STRING_LENGTH_EXCEEDED: case LXW_ERROR_128_STRING_LENGTH_EXCEEDED: case LXW_ERROR_255_STRING_LENGTH_EXCEEDED:
    case LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED: case LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE:
    case LXW_ERROR_WORKSHEET_MAX_URL_LENGTH_EXCEEDED: case LXW_ERROR_WORKSHEET_MAX_NUMBER_URLS_EXCEEDED: return CSIM_LIMIT;
    case LXW_ERROR_PARAMETER_VALIDATION: case LXW_ERROR_NULL_PARAMETER_IGNORED: case LXW_ERROR_FEATURE_NOT_SUPPORTED: return CSIM_INCONSISTENT;
    default: return CSIM_FILE_WRITE;
    }
}

enum { HOLD_BYTES = 1 << 20 };

csim_status csim_book_hold_memory(csim_book *book, size_t bytes) {
    if (book->held_bytes < bytes) {
        void *volatile block = malloc(HOLD_BYTES + bytes); /* volatile: or the compiler drops the question */
        if (!block) return csim_book_fail(book, CSIM_NO_MEMORY, "no memory for the workbook");
        free(block);
        book->held_bytes = HOLD_BYTES + bytes;
    }
    book->held_bytes -= bytes;
    return CSIM_OK;
}

csim_status csim_book_ready(csim_book *book) {
    if (book->error.code) return book->error.code;
    const bool broken_off = book->cancel && atomic_load_explicit(book->cancel, memory_order_relaxed);
    return broken_off ? csim_book_fail(book, CSIM_INTERRUPTED, "interrupted; no workbook was written") : CSIM_OK;
}

void csim_book_watch(csim_book *book, const atomic_int *cancel) { book->cancel = cancel; }

csim_status csim_sheet_ready(const csim_sheet *sheet) {
    if (!sheet || !sheet->book) return CSIM_RUN_FAILED;
    const csim_status status = csim_book_ready(sheet->book);
    if (status) return status;
    return sheet->lxw && sheet->book->lxw ? CSIM_OK : CSIM_RUN_FAILED;
}

csim_status csim_chart_ready(const csim_chart *chart) {
    if (!chart || !chart->book) return CSIM_RUN_FAILED;
    if (chart->book->error.code) return chart->book->error.code;
    return chart->lxw && chart->book->lxw ? CSIM_OK : CSIM_RUN_FAILED;
}

csim_status csim_sheet_result(csim_sheet *sheet, lxw_error error, const char *what) {
    if (!error) return CSIM_OK;
    return csim_sheet_fail(sheet, csim_library_status(error), "%s was refused: %s", what, lxw_strerror(error));
}

csim_status csim_book_status(const csim_book *book, csim_error *err) {
    if (err) *err = book->error;
    return book->error.code;
}
