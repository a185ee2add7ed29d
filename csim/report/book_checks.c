/* What a reader may put into cells, and marks that follow what stands in them. */
#include "csim/report/book_parts.h"

#include <math.h>
#include <stdio.h>

static csim_status cells_validate(csim_cells cells, lxw_data_validation *rule, const char *prompt) {
    csim_error why;
    const csim_status status = prompt ? csim_text_check(prompt, 255, &why) : CSIM_OK;
    if (status) return csim_cell_fail(cells.sheet, cells.row, cells.column, status, "the prompt: %s", why.detail);
    rule->input_message = (char *)prompt;
    rule->error_title = (char *)"Not allowed";
    rule->error_message = (char *)(prompt && *prompt ? prompt : "This value is not allowed here.");
    return csim_sheet_result(cells.sheet, worksheet_data_validation_range(cells.sheet->lxw, cells.row, (lxw_col_t)cells.column, cells.last_row, (lxw_col_t)cells.last_column, rule), "the input check");
}

csim_status csim_cells_allow_list(csim_cells cells, csim_cells values, const char *prompt) {
    csim_status status = csim_cells_check(cells);
    if (!status) status = csim_cells_check(values);
    if (status) return status;
    if (!csim_cells_are_line(values)) return csim_sheet_fail(values.sheet, CSIM_INCONSISTENT, "the values of a drop-down list stand in one row or one column");
    char address[CSIM_ADDRESS_SIZE], formula[CSIM_ADDRESS_SIZE + 1];
    snprintf(formula, sizeof formula, "=%s", csim_cells_address(values, address));
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LIST_FORMULA, .value_formula = formula};
    return cells_validate(cells, &rule, prompt);
}

static csim_status cells_allow(csim_cells cells, enum lxw_validation_types type, double least, double most, const char *prompt) {
    const csim_status status = csim_cells_check(cells);
    if (status) return status;
    if (!isfinite(least) || !isfinite(most) || least > most) return csim_cell_fail(cells.sheet, cells.row, cells.column, CSIM_OUT_OF_RANGE, "%g … %g is not a range of numbers", least, most);
    lxw_data_validation rule = {.validate = (uint8_t)type, .criteria = LXW_VALIDATION_CRITERIA_BETWEEN, .minimum_number = least, .maximum_number = most};
    return cells_validate(cells, &rule, prompt);
}

csim_status csim_cells_allow_numbers(csim_cells cells, double least, double most, const char *prompt) { return cells_allow(cells, LXW_VALIDATION_TYPE_DECIMAL, least, most, prompt); }
csim_status csim_cells_allow_whole(csim_cells cells, double least, double most, const char *prompt) { return cells_allow(cells, LXW_VALIDATION_TYPE_INTEGER, least, most, prompt); }

static csim_status cells_condition(csim_cells cells, lxw_conditional_format *condition) {
    return csim_sheet_result(cells.sheet, worksheet_conditional_format_range(cells.sheet->lxw, cells.row, (lxw_col_t)cells.column, cells.last_row, (lxw_col_t)cells.last_column, condition), "the condition");
}

csim_status csim_cells_add_bars(csim_cells cells, csim_colour colour, double least, double most) {
    const csim_status status = csim_cells_check(cells);
    if (status) return status;
    if (!isfinite(least) || !isfinite(most) || least >= most) return csim_cell_fail(cells.sheet, cells.row, cells.column, CSIM_OUT_OF_RANGE, "bars from %g to %g have no length", least, most);
    lxw_conditional_format bars = {
        .type = LXW_CONDITIONAL_DATA_BAR, .data_bar_2010 = LXW_TRUE, .bar_solid = LXW_TRUE, .bar_no_border = LXW_TRUE,
        .min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER, .max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
        .min_value = least, .max_value = most, .bar_color = csim_colour_tint(colour, 0.45), .bar_negative_color = csim_colour_tint(CSIM_COLOUR_ORANGE, 0.45), .bar_negative_border_color_same = LXW_TRUE,
    };
    return cells_condition(cells, &bars);
}

csim_status csim_cells_mark_checks(csim_cells cells) {
    csim_status status = csim_cells_check(cells);
    if (status) return status;
    csim_book *book = cells.sheet->book;
    lxw_format *good = csim_book_mark(book, &book->good_format, 0x005C43, csim_colour_tint(CSIM_COLOUR_GREEN, 0.75));
    lxw_format *bad = csim_book_mark(book, &book->bad_format, 0x7A3500, csim_colour_tint(CSIM_COLOUR_VERMILLION, 0.7));
    if (!good || !bad) return book->error.code;
    lxw_conditional_format is_ok = {.type = LXW_CONDITIONAL_TYPE_CELL, .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO, .value_string = (char *)"\"ok\"", .format = good};
    lxw_conditional_format is_not = {.type = LXW_CONDITIONAL_TYPE_CELL, .criteria = LXW_CONDITIONAL_CRITERIA_NOT_EQUAL_TO, .value_string = (char *)"\"ok\"", .format = bad};
    status = cells_condition(cells, &is_ok);
    return status ? status : cells_condition(cells, &is_not);
}
