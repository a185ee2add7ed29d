/* Each guard of the workbook writer refuses what it is there to refuse, names the place, and leaves no file behind. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <float.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "csim/report/sheet_writer.h"
#include "tests/c/check.h"

enum { CREATED = 1767225600 }; /* 2026-01-01 */

static char folder[] = "/tmp/test_sheet_writer.XXXXXX";
static char path[sizeof folder + 32];

static csim_cell_style body(void) { return csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL); }

static csim_book *new_book(void) {
    csim_book *book = NULL;
    csim_error err;
    assert_int_equal(csim_book_new(path, CREATED, &book, &err), CSIM_OK);
    assert_non_null(book);
    return book;
}

static int files_in_folder(void) {
    int count = 0;
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    for (const struct dirent *entry; (entry = readdir(listing));) count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(listing);
    return count;
}

static void finish_well(csim_book *book) {
    csim_error err;
    char text[2048];
    if (csim_book_finish(book, &err)) fail_msg("%s", csim_error_format(&err, text, sizeof text));
    csim_book_free(book);
    assert_int_equal(files_in_folder(), 1);
    assert_int_equal(unlink(path), 0);
}

/* The book must fail with the status at the place, say why, and leave nothing. */
static void expect_failure(csim_book *book, csim_status status, const char *place, const char *why) {
    csim_error err;
    assert_int_equal(csim_book_finish(book, &err), status);
    assert_int_equal(err.code, status);
    assert_string_equal(err.field, place);
    if (!strstr(err.detail, why)) fail_msg("'%s' does not mention '%s'", err.detail, why);
    csim_book_free(book);
    assert_int_equal(files_in_folder(), 0);
}

static void expect_bad_sheet_name(const char *name, const char *why, csim_status status) {
    csim_book *book = new_book();
    csim_sheet *sheet = csim_book_add_sheet(book, name, CSIM_SHEET_PAGE);
    assert_non_null(sheet);
    assert_int_equal(csim_sheet_put_number(sheet, 0, 0, body(), 1), status); /* ignored, not crashed */
    expect_failure(book, status, "", why);
}

static void hostile_sheet_names_are_refused(void **state) {
    (void)state;
    expect_bad_sheet_name("", "needs a name", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("a/b", "has one of", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("[x]", "has one of", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("it's", "has one of", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("two\nlines", "has one of", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("hiSTory", "keeps for itself", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("2027", "must begin with a letter", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("GPU1", "read as a cell", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("R1C1", "read as a cell", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("rc", "read as a cell", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("True", "truth value", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("open ", "ends with a space", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("bell\a", "U+0007", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("\xC3(", "UTF-8", CSIM_WRONG_TYPE);
    expect_bad_sheet_name("abcdefghijklmnopqrstuvwxyzabcdef", "32 characters", CSIM_LIMIT);
    expect_bad_sheet_name(NULL, "missing", CSIM_WRONG_TYPE);
}

static void good_sheet_names_are_taken(void **state) {
    (void)state;
    static const char *const names[] = {"Prices & cost", "a.b-c", "\xE4\xBB\xB7\xE6\xA0\xBC", "abcdefghijklmnopqrstuvwxyzabcde", "Chips", "R", "Rates"};
    csim_book *book = new_book();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!strcmp(names[i], "R")) continue; /* R is the whole row in R1C1 notation */
        assert_string_equal(csim_sheet_name(csim_book_add_sheet(book, names[i], CSIM_SHEET_PAGE)), names[i]);
    }
    finish_well(book);
    expect_bad_sheet_name("R", "read as a cell", CSIM_WRONG_TYPE);
}

static void names_equal_but_for_case_are_refused(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"Prices", "pRICES"}, {"\xC3\x84rger", "\xC3\xA4RGER"}, {"\xD0\x96\xD1\x83\xD0\xBA", "\xD0\xB6\xD0\xA3\xD0\x9A"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        csim_book *book = new_book();
        csim_book_add_sheet(book, pairs[i][0], CSIM_SHEET_PAGE);
        csim_book_add_sheet(book, pairs[i][1], CSIM_SHEET_PAGE);
        expect_failure(book, CSIM_DUPLICATE_KEY, "", "is taken by");
    }
    assert_false(csim_names_equal("a", "ab"));
    assert_false(csim_names_equal("\xC3\x97", "\xC3\xB7")); /* × and ÷ are no letters */
}

static csim_sheet *sheet_a(csim_book *book) { return csim_book_add_sheet(book, "A sheet", CSIM_SHEET_PAGE); }

static void numbers_that_are_not_finite_are_refused_at_their_cell(void **state) {
    (void)state;
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (size_t i = 0; i < 3; i++) {
        csim_book *book = new_book();
        csim_sheet *sheet = sheet_a(book);
        assert_int_equal(csim_sheet_put_number(sheet, 0, 0, body(), 1), CSIM_OK);
        assert_int_equal(csim_sheet_put_number(sheet, 6, 27, body(), bad[i]), CSIM_OUT_OF_RANGE);
        expect_failure(book, CSIM_OUT_OF_RANGE, "'A sheet'!AB7", i ? "infinite" : "not a number");
    }
    csim_book *book = new_book();
    csim_sheet_put_formula(sheet_a(book), 0, 0, body(), (double)NAN, "=1+1");
    expect_failure(book, CSIM_OUT_OF_RANGE, "'A sheet'!A1", "value is not finite");
    book = new_book();
    csim_sheet_put_row_of_numbers(sheet_a(book), 1, 1, body(), (const double[]){1, 2, (double)NAN}, 3);
    expect_failure(book, CSIM_OUT_OF_RANGE, "'A sheet'!D2", "not a number");
    book = new_book();
    csim_sheet_put_with_error(sheet_a(book), 0, 0, CSIM_ROLE_BODY, CSIM_AS_NUMBER, 1, (double)NAN);
    expect_failure(book, CSIM_OUT_OF_RANGE, "'A sheet'!A1", "standard error");
    book = new_book();
    csim_sheet_put_integer(sheet_a(book), 0, 0, CSIM_ROLE_BODY, (INT64_C(1) << 53) + 1);
    expect_failure(book, CSIM_OUT_OF_RANGE, "'A sheet'!A1", "2^53");
    book = new_book();
    csim_sheet_put_month(sheet_a(book), 0, 0, CSIM_ROLE_BODY, 2026, 13);
    expect_failure(book, CSIM_OUT_OF_RANGE, "'A sheet'!A1", "month");
}

static void extreme_but_finite_numbers_are_taken(void **state) {
    (void)state;
    csim_book *book = new_book();
    const double values[] = {DBL_MAX, -DBL_MAX, DBL_MIN, 5e-324, -0.0, 0.1};
    csim_sheet_put_row_of_numbers(sheet_a(book), 1048575, 16378, body(), values, 6);
    finish_well(book);
}

static void expect_bad_text(const char *text, csim_status status, const char *why) {
    csim_book *book = new_book();
    assert_int_equal(csim_sheet_put_text(sheet_a(book), 2, 1, body(), text), status);
    expect_failure(book, status, "'A sheet'!B3", why);
}

static void texts_that_a_file_cannot_hold_are_refused(void **state) {
    (void)state;
    expect_bad_text(NULL, CSIM_WRONG_TYPE, "missing");
    expect_bad_text("a\xFFz", CSIM_WRONG_TYPE, "byte 1 (0xFF)");
    expect_bad_text("\xC0\x80", CSIM_WRONG_TYPE, "UTF-8");         /* overlong zero */
    expect_bad_text("\xED\xA0\x80", CSIM_WRONG_TYPE, "UTF-8");     /* surrogate */
    expect_bad_text("\xF4\x90\x80\x80", CSIM_WRONG_TYPE, "UTF-8"); /* beyond U+10FFFF */
    expect_bad_text("\xE4\xBD", CSIM_WRONG_TYPE, "UTF-8");         /* cut short */
    expect_bad_text("a\x1B[31m", CSIM_WRONG_TYPE, "U+001B");
    expect_bad_text("\xEF\xBF\xBF", CSIM_WRONG_TYPE, "U+FFFF");
    char *longest = malloc(CSIM_TEXT_MAX + 2);
    assert_non_null(longest);
    memset(longest, 'x', CSIM_TEXT_MAX + 1);
    longest[CSIM_TEXT_MAX + 1] = 0;
    expect_bad_text(longest, CSIM_LIMIT, "32768 characters");
    longest[CSIM_TEXT_MAX] = 0;
    csim_book *book = new_book();
    assert_int_equal(csim_sheet_put_text(sheet_a(book), 0, 0, body(), longest), CSIM_OK);
    finish_well(book);
    free(longest);
}

static char *part_of(const char *file, const char *part) {
    char command[256];
    snprintf(command, sizeof command, "unzip -p '%s' '%s'", file, part);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    const size_t size = 1 << 20;
    char *text = malloc(size);
    assert_non_null(text);
    text[fread(text, 1, size - 1, pipe)] = 0;
    assert_int_equal(pclose(pipe), 0);
    return text;
}

static void expect_part(const char *part, const char *wanted, const char *unwanted) {
    char *text = part_of(path, part);
    if (wanted && !strstr(text, wanted)) fail_msg("%s lacks %s: %.2000s", part, wanted, text);
    if (unwanted && strstr(text, unwanted)) fail_msg("%s has %s: %.2000s", part, unwanted, text);
    free(text);
}

static void finish_kept(csim_book *book) {
    csim_error err;
    assert_int_equal(csim_book_finish(book, &err), CSIM_OK);
    csim_book_free(book);
}

static void text_never_becomes_a_formula_or_an_escape(void **state) {
    (void)state;
    static const char *const texts[] = {"=1+1", "+1", "-1", "@SUM(A1)", "_x0041_ stays", "=cmd|' /C calc'!A0", "https://example.org"};
    csim_book *book = new_book();
    csim_sheet *page = sheet_a(book), *data = csim_book_add_sheet(book, "Data", CSIM_SHEET_DATA);
    for (uint32_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        csim_sheet_put_text(page, i, 0, body(), texts[i]);
        csim_sheet_put_text(data, i, 0, body(), texts[i]);
    }
    finish_kept(book);
    expect_part("xl/sharedStrings.xml", "<t>=1+1</t>", NULL);
    expect_part("xl/sharedStrings.xml", "<t>_x005F_x0041_ stays</t>", NULL);
    expect_part("xl/worksheets/sheet1.xml", NULL, "<f>");
    expect_part("xl/worksheets/sheet2.xml", "<t>=cmd|' /C calc'!A0</t>", "<f>");
    expect_part("xl/worksheets/sheet2.xml", "<t>_x005F_x0041_ stays</t>", "<hyperlink");
    assert_int_equal(unlink(path), 0);
}

static void expect_bad_formula(const char *formula, csim_status status, const char *why) {
    csim_error err;
    char out[CSIM_FORMULA_MAX];
    assert_int_equal(csim_formula_prepare(formula, NULL, 0, out, sizeof out, &err), status);
    if (!strstr(err.detail, why)) fail_msg("%s: '%s' does not mention '%s'", formula, err.detail, why);
}

static void bad_formulas_are_refused(void **state) {
    (void)state;
    expect_bad_formula("1+1", CSIM_SYNTAX, "begins with =");
    expect_bad_formula("=", CSIM_SYNTAX, "begins with =");
    expect_bad_formula("=(1", CSIM_SYNTAX, "leaves 1 parentheses open");
    expect_bad_formula("=1)", CSIM_SYNTAX, "not opened");
    expect_bad_formula("=\"(\"", CSIM_OK, "");
    expect_bad_formula("=\"a", CSIM_SYNTAX, "leaves a \" open");
    expect_bad_formula("='a", CSIM_SYNTAX, "leaves a ' open");
    expect_bad_formula("='a'+1", CSIM_SYNTAX, "not followed by !");
    expect_bad_formula("=[book]x!A1", CSIM_SYNTAX, "'['");
    expect_bad_formula("=cmd|calc!A0", CSIM_SYNTAX, "'|'");
    expect_bad_formula("=SUM(A1;A2)", CSIM_SYNTAX, "';'");
    expect_bad_formula("=SUM({1,2})", CSIM_SYNTAX, "'{'");
    expect_bad_formula("=#REF!+1", CSIM_SYNTAX, "'#'");
    expect_bad_formula("=NOW()", CSIM_UNKNOWN_NAME, "NOW");
    expect_bad_formula("=sum(A1)", CSIM_UNKNOWN_NAME, "sum");
    expect_bad_formula("=WEBSERVICE(A1)", CSIM_UNKNOWN_NAME, "WEBSERVICE");
    expect_bad_formula("=XLOOKUP(1,A1:A2,B1:B2)", CSIM_UNKNOWN_NAME, "XLOOKUP");
    expect_bad_formula("=_xlfn.LET(A1)", CSIM_UNKNOWN_NAME, "_xlfn.LET");
    expect_bad_formula("=1\n+1", CSIM_SYNTAX, "line break");
    expect_bad_formula("=\"\xFF\"", CSIM_WRONG_TYPE, "UTF-8");
}

static void expect_formula(const char *formula, const char *sheet, uint32_t row, const char *expected) {
    csim_error err;
    char out[CSIM_FORMULA_MAX];
    assert_int_equal(csim_formula_prepare(formula, sheet, row, out, sizeof out, &err), CSIM_OK);
    assert_string_equal(out, expected);
}

static void references_within_a_sheet_are_told_without_it_and_its_row_without_a_dollar(void **state) {
    (void)state;
    expect_formula("='Chart data'!$C$7-'Chart data'!$D$8", "Chart data", 6, "=$C7-$D$8");
    expect_formula("=SUM('Chart data'!$C$7:$F$7,'Chart data'!$C$1:$C$7)", "Chart data", 6, "=SUM($C7:$F7,$C$1:$C7)");
    expect_formula("='Other'!$C$7+'Chart data'!$C$70", "Chart data", 6, "='Other'!$C$7+$C$70");
    expect_formula("='Chart data'!$C$7&\"'Chart data'!$C$7\"", "Chart data", 6, "=$C7&\"'Chart data'!$C$7\"");
    expect_formula("='it''s'!$C$7+'it'!$C$7", "it's", 6, "=$C7+'it'!$C$7");
    expect_formula("='Chart data'!C7+$C$7", "Chart data", 6, "=C7+$C$7");
    expect_formula("='Chart data'!$C$7", NULL, 6, "='Chart data'!$C$7");
}

static void formulas_are_completed_and_limited(void **state) {
    (void)state;
    csim_error err;
    char out[CSIM_FORMULA_MAX], quoted[64];
    assert_int_equal(csim_formula_prepare("=NORM.S.INV('Prices & cost'!$B$2)+SUM(\"NORM.S.INV(\",A1)", NULL, 0, out, sizeof out, &err), CSIM_OK);
    assert_string_equal(out, "=_xlfn.NORM.S.INV('Prices & cost'!$B$2)+SUM(\"NORM.S.INV(\",A1)");
    assert_int_equal(csim_formula_quote("say \"=1\"", quoted, sizeof quoted, &err), CSIM_OK);
    assert_string_equal(quoted, "\"say \"\"=1\"\"\"");
    assert_int_equal(csim_formula_quote("too long for this", quoted, 10, &err), CSIM_LIMIT);
    csim_book *book = new_book();
    char many[9000];
    memset(many, '1', sizeof many - 1);
    many[0] = '=';
    many[sizeof many - 1] = 0;
    csim_sheet_put_formula(sheet_a(book), 0, 0, body(), 1, "%s", many);
    expect_failure(book, CSIM_LIMIT, "'A sheet'!A1", "8192");
    memset(out, '(', 70);
    out[0] = '=';
    memcpy(out + 70, "1", 2);
    expect_bad_formula(memcpy(many, out, 72), CSIM_LIMIT, "64 deep");
}

static void a_formula_stands_beside_its_value(void **state) {
    (void)state;
    csim_book *book = new_book();
    csim_sheet *sheet = sheet_a(book);
    csim_sheet_put_formula(sheet, 0, 0, body(), 2.5, "=%d/2", 5);
    csim_sheet_put_formula_text(sheet, 1, 0, body(), "a<b", "=IF(A1<3,\"a<b\",\"\")");
    finish_kept(book);
    expect_part("xl/worksheets/sheet1.xml", "<f>5/2</f><v>2.5</v>", NULL);
    expect_part("xl/worksheets/sheet1.xml", "<v>a&lt;b</v>", NULL);
    assert_int_equal(unlink(path), 0);
}

static void a_cell_is_written_once(void **state) {
    (void)state;
    const csim_sheet_mode modes[] = {CSIM_SHEET_PAGE, CSIM_SHEET_DATA};
    for (size_t i = 0; i < 2; i++) {
        csim_book *book = new_book();
        csim_sheet *sheet = csim_book_add_sheet(book, "A sheet", modes[i]);
        csim_sheet_put_number(sheet, 1, 1, body(), 1);
        csim_sheet_put_text(sheet, 1, 2, body(), "beside");
        assert_int_equal(csim_sheet_put_text(sheet, 1, 1, body(), "again"), CSIM_INCONSISTENT);
        expect_failure(book, CSIM_INCONSISTENT, "'A sheet'!B2", "twice");
    }
}

static void data_sheets_only_go_forward(void **state) {
    (void)state;
    csim_book *book = new_book();
    csim_sheet *page = sheet_a(book), *data = csim_book_add_sheet(book, "Data", CSIM_SHEET_DATA);
    csim_sheet_put_number(data, 0, 3, body(), 1);
    csim_sheet_put_number(data, 0, 1, body(), 1); /* any order within a row */
    csim_sheet_put_number(data, 5, 0, body(), 1);
    csim_sheet_put_number(page, 5, 0, body(), 1);
    assert_int_equal(csim_sheet_put_number(page, 4, 0, body(), 1), CSIM_OK);
    assert_int_equal(csim_sheet_put_number(data, 4, 0, body(), 1), CSIM_INCONSISTENT);
    expect_failure(book, CSIM_INCONSISTENT, "'Data'!A5", "row 5 comes after row 6");
}

static void data_sheets_hold_every_kind_of_cell(void **state) {
    (void)state;
    csim_book *book = new_book();
    csim_sheet *page = sheet_a(book), *data = csim_book_add_sheet(book, "Data", CSIM_SHEET_DATA), *none = csim_book_add_sheet(book, "None", CSIM_SHEET_DATA);
    assert_non_null(none);
    csim_sheet_put_number(page, 0, 0, body(), 1);
    csim_sheet_set_height(data, 0, 31.5);
    csim_sheet_put_text(data, 0, 27, body(), " a < b & c ");
    csim_sheet_put_number(data, 0, 1, body(), -1.0 / 3);
    csim_sheet_put_bool(data, 2, 0, CSIM_ROLE_BODY, true);
    csim_sheet_put_blank(data, 2, 1, CSIM_ROLE_INPUT);
    csim_sheet_put_formula(data, 2, 2, body(), 2.5, "=%s&\"\"", "A1<B1");
    csim_sheet_put_formula_text(data, 2, 3, body(), "x<y", "=IF(A1>0,\"x<y\",\"\")");
    csim_sheet_put_link(data, 3, 0, "there", csim_cell_of(page, 0, 0));
    finish_kept(book);
    expect_part("xl/worksheets/sheet2.xml", "<row r=\"1\" ht=\"31.5\" customHeight=\"1\"><c r=\"B1\"", NULL);
    expect_part("xl/worksheets/sheet2.xml", "<v>-0.3333333333333333</v></c><c r=\"AB1\"", NULL);
    expect_part("xl/worksheets/sheet2.xml", "<t xml:space=\"preserve\"> a &lt; b &amp; c </t></is></c></row><row r=\"3\"><c r=\"A3\"", "<row r=\"2\"");
    expect_part("xl/worksheets/sheet2.xml", " t=\"b\"><v>1</v></c><c r=\"B3\"", NULL);
    expect_part("xl/worksheets/sheet2.xml", "<f>A1&lt;B1&amp;\"\"</f><v>2.5</v></c>", NULL);
    expect_part("xl/worksheets/sheet2.xml", "<f>IF(A1&gt;0,\"x&lt;y\",\"\")</f><v>x&lt;y</v></c></row>", NULL);
    expect_part("xl/worksheets/sheet2.xml", "<row r=\"4\"><c r=\"A4\" s=", NULL);
    expect_part("xl/worksheets/sheet2.xml", " t=\"s\"><v>0</v></c></row></sheetData>", NULL);
    expect_part("xl/sharedStrings.xml", "count=\"1\" uniqueCount=\"1\"><si><t>there</t></si>", NULL);
    expect_part("xl/worksheets/sheet2.xml", "<hyperlink ref=\"A4\"", NULL);
    expect_part("xl/worksheets/sheet3.xml", "<sheetData></sheetData>", NULL);
    assert_int_equal(unlink(path), 0);
}

static void the_first_error_sticks(void **state) {
    (void)state;
    csim_book *book = new_book();
    csim_sheet *sheet = sheet_a(book);
    csim_sheet_put_number(sheet, 0, 0, body(), (double)NAN);
    assert_int_equal(csim_sheet_put_text(sheet, 1, 0, body(), "\xFF"), CSIM_OUT_OF_RANGE);
    csim_sheet *later = csim_book_add_sheet(book, "a/b", CSIM_SHEET_PAGE);
    csim_chart *chart = csim_sheet_add_chart(later, &(csim_chart_plan){.alt_text = "x"});
    assert_non_null(chart);
    assert_int_equal(csim_chart_add_series(chart, NULL, csim_cell_of(later, 0, 0), csim_cell_of(later, 0, 0), CSIM_COLOUR_BLUE), CSIM_OUT_OF_RANGE);
    csim_error err;
    assert_int_equal(csim_book_status(book, &err), CSIM_OUT_OF_RANGE);
    expect_failure(book, CSIM_OUT_OF_RANGE, "'A sheet'!A1", "not a number");
}

static void places_outside_a_sheet_are_refused(void **state) {
    (void)state;
    csim_book *book = new_book();
    csim_sheet_put_number(sheet_a(book), 1048576, 0, body(), 1);
    expect_failure(book, CSIM_OUT_OF_RANGE, "A sheet", "no cell");
    book = new_book();
    csim_sheet_put_row_of_numbers(sheet_a(book), 0, 16383, body(), (const double[]){1, 2}, 2);
    expect_failure(book, CSIM_OUT_OF_RANGE, "A sheet", "do not fit");
    book = new_book();
    csim_sheet_set_print_area(csim_cells_of(sheet_a(book), 5, 0, 4, 0));
    expect_failure(book, CSIM_OUT_OF_RANGE, "A sheet", "rectangle");
    book = new_book();
    csim_sheet_set_width(sheet_a(book), 0, 0, (double)NAN);
    expect_failure(book, CSIM_OUT_OF_RANGE, "A sheet", "width");
    char text[CSIM_ADDRESS_SIZE];
    assert_string_equal(csim_cell_local_address(0, 25, text), "Z1");
    assert_string_equal(csim_cell_local_address(1048575, 16383, text), "XFD1048576");
    assert_string_equal(csim_cell_local_address(0, 702, text), "AAA1");
}

static void tables_and_names_are_guarded(void **state) {
    (void)state;
    const csim_table_column twice[] = {{"Price", "$", 0, false}, {"PRICE", "$", 0, false}};
    const csim_table_column one[] = {{"Price", "$", 0, false}};
    csim_book *book = new_book();
    csim_sheet_add_table(sheet_a(book), 0, 0, twice, 2, 1, 0);
    expect_failure(book, CSIM_DUPLICATE_KEY, "'A sheet'!A1", "PRICE");
    book = new_book();
    csim_sheet *sheet = sheet_a(book);
    csim_sheet_add_table(sheet, 0, 0, one, 1, 5, 0);
    csim_sheet_add_table(sheet, 6, 0, one, 1, 5, 0);
    expect_failure(book, CSIM_INCONSISTENT, "'A sheet'!A7", "overlaps");
    book = new_book();
    sheet = sheet_a(book);
    csim_sheet_add_table(sheet, 0, 0, one, 1, 5, CSIM_TABLE_FILTER);
    csim_sheet_add_table(sheet, 0, 2, one, 1, 5, CSIM_TABLE_FILTER);
    expect_failure(book, CSIM_INCONSISTENT, "'A sheet'!C1", "one filter");
    book = new_book();
    csim_sheet_add_table(sheet_a(book), 0, 0, one, 1, 0, 0);
    expect_failure(book, CSIM_OUT_OF_RANGE, "A sheet", "0 rows");
    static const char *const bad_names[] = {"", "1st", "a b", "B2", "r1c1", "true", "\xE4\xBB\xB7"};
    for (size_t i = 0; i < sizeof bad_names / sizeof bad_names[0]; i++) {
        book = new_book();
        csim_book_define(book, bad_names[i], csim_cell_of(sheet_a(book), 0, 0));
        expect_failure(book, CSIM_WRONG_TYPE, "", "defined name");
    }
    book = new_book();
    sheet = sheet_a(book);
    assert_int_equal(csim_book_define(book, "open_share", csim_cell_of(sheet, 0, 0)), CSIM_OK);
    csim_book_define(book, "Open_Share", csim_cell_of(sheet, 1, 0));
    expect_failure(book, CSIM_DUPLICATE_KEY, "", "already defined");
}

static csim_chart *chart_of(csim_sheet *sheet, csim_chart_kind kind) {
    return csim_sheet_add_chart(sheet, &(csim_chart_plan){.kind = kind, .alt_text = "a test", .column = 9});
}

static void charts_are_guarded(void **state) {
    (void)state;
    csim_book *book = new_book();
    csim_sheet_add_chart(sheet_a(book), &(csim_chart_plan){.kind = CSIM_CHART_LINE});
    expect_failure(book, CSIM_MISSING_KEY, "A sheet", "cannot see");
    book = new_book();
    chart_of(sheet_a(book), CSIM_CHART_LINE);
    expect_failure(book, CSIM_INCONSISTENT, "A sheet", "no series");
    book = new_book();
    csim_sheet *sheet = sheet_a(book);
    csim_chart_add_series(chart_of(sheet, CSIM_CHART_LINE), "s", csim_cells_of(sheet, 0, 0, 3, 0), csim_cells_of(sheet, 0, 1, 4, 1), CSIM_COLOUR_BLUE);
    expect_failure(book, CSIM_INCONSISTENT, "A sheet", "as many");
    book = new_book();
    sheet = sheet_a(book);
    csim_chart_add_xy(chart_of(sheet, CSIM_CHART_LINE), "s", csim_cell_of(sheet, 0, 0), csim_cell_of(sheet, 0, 0), CSIM_COLOUR_BLUE, CSIM_MARK_DOTS);
    expect_failure(book, CSIM_INCONSISTENT, "A sheet", "scatter");
    book = new_book();
    csim_sheet_add_chart(sheet_a(book), &(csim_chart_plan){.alt_text = "x", .y = {.log10 = true, .has_range = true, .least = 0, .most = 1}});
    expect_failure(book, CSIM_OUT_OF_RANGE, "A sheet", "logarithmic");
}

static void a_label_that_looks_like_a_formula_is_its_text(void **state) {
    (void)state;
    csim_book *book = new_book();
    csim_sheet *sheet = sheet_a(book);
    for (uint32_t row = 0; row < 3; row++) {
        csim_sheet_put_row_of_numbers(sheet, row, 0, body(), (const double[]){row, 2 * row}, 2);
        csim_sheet_put_text(sheet, row, 2, body(), row == 1 ? "=x" : "plain");
    }
    csim_chart *chart = csim_sheet_add_chart(sheet, &(csim_chart_plan){.kind = CSIM_CHART_SCATTER, .title = "Points", .alt_text = "Points", .row = 5});
    csim_chart_add_xy(chart, "points", csim_cells_of(sheet, 0, 0, 2, 0), csim_cells_of(sheet, 0, 1, 2, 1), CSIM_COLOUR_BLUE, CSIM_MARK_DOTS);
    csim_chart_label_points(chart, csim_cells_of(sheet, 0, 2, 2, 2));
    finish_kept(book);
    expect_part("xl/charts/chart1.xml", "<c:f>'A sheet'!$C$2</c:f><c:strCache><c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>=x</c:v></c:pt></c:strCache>", NULL);
    assert_int_equal(unlink(path), 0);
}

static void a_fan_reads_and_checks_its_quantiles(void **state) {
    (void)state;
    const double rising[5] = {1, 2, 4, 7, 11}, falling[5] = {1, 2, 4, 3, 11};
    csim_book *book = new_book();
    csim_sheet *sheet = sheet_a(book);
    for (uint32_t row = 0; row < 2; row++) {
        csim_sheet_put_month(sheet, row, 0, CSIM_ROLE_BODY, 2026, 1 + (int)row);
        csim_sheet_put_row_of_numbers(sheet, row, 1, body(), rising, 5);
    }
    csim_chart_add_fan(chart_of(sheet, CSIM_CHART_AREA_STACKED), csim_cells_of(sheet, 0, 0, 1, 0), csim_cells_of(sheet, 0, 1, 1, 5), CSIM_COLOUR_BLUE, sheet, 0, 20);
    finish_kept(book);
    expect_part("xl/worksheets/sheet1.xml", "<f>IFERROR($E$1-$D$1,\"\")</f><v>3</v>", NULL);
    expect_part("xl/charts/chart1.xml", "<c:f>'A sheet'!$Y$2:$Y$3</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val=\"2\"/><c:pt idx=\"0\"><c:v>3</c:v>", NULL);
    assert_int_equal(unlink(path), 0);
    book = new_book();
    sheet = sheet_a(book);
    csim_sheet_put_row_of_numbers(sheet, 0, 1, body(), falling, 5);
    csim_chart_add_fan(chart_of(sheet, CSIM_CHART_AREA_STACKED), csim_cell_of(sheet, 0, 0), csim_cells_of(sheet, 0, 1, 0, 5), CSIM_COLOUR_BLUE, sheet, 0, 20);
    expect_failure(book, CSIM_INCONSISTENT, "'A sheet'!E1", "below the one to its left");
}

/* ---- the file ---- */

static void write_small_book(const char *to) {
    csim_book *book = NULL;
    csim_error err;
    assert_int_equal(csim_book_new(to, CREATED, &book, &err), CSIM_OK);
    csim_book_describe(book, &(csim_book_about){.title = "Small"});
    csim_sheet *page = sheet_a(book), *data = csim_book_add_sheet(book, "Data", CSIM_SHEET_DATA);
    csim_sheet_set_width(page, 0, 0, 12.5);
    for (uint32_t row = 0; row < 50; row++) {
        csim_sheet_put_number(page, row, 0, body(), row * 0.1);
        csim_sheet_put_formula(page, row, 1, body(), 2.5, "=%g*1", 2.5);
        csim_sheet_put_row_of_numbers(data, row, 0, body(), (const double[]){row / 3.0, 1e-300}, 2);
    }
    csim_chart_add_series(chart_of(page, CSIM_CHART_LINE), "s", csim_cells_of(page, 0, 0, 49, 0), csim_cells_of(page, 0, 1, 49, 1), CSIM_COLOUR_BLUE);
    assert_int_equal(csim_book_finish(book, &err), CSIM_OK);
    csim_book_free(book);
}

static void expect_same_files(const char *one, const char *other) {
    FILE *a = fopen(one, "rb"), *b = fopen(other, "rb");
    assert_non_null(a);
    assert_non_null(b);
    long at = 0;
    for (int x = 0, y = 0; x != EOF; at++) {
        x = getc(a);
        y = getc(b);
        if (x != y) fail_msg("the files differ at byte %ld", at);
    }
    assert_true(at > 1000);
    fclose(a);
    fclose(b);
}

static void two_builds_are_equal(void **state) {
    (void)state;
    char other[sizeof path + 8];
    snprintf(other, sizeof other, "%s.2", path);
    write_small_book(path);
    const struct timespec pause = {.tv_sec = 2, .tv_nsec = 100000000}; /* containers stamp in steps of 2 s */
    nanosleep(&pause, NULL);
    write_small_book(other);
    expect_same_files(path, other);
    char *core = part_of(path, "docProps/core.xml");
    assert_non_null(strstr(core, ">2026-01-01T00:00:00Z</dcterms:created>"));
    assert_non_null(strstr(core, ">2026-01-01T00:00:00Z</dcterms:modified>"));
    free(core);
    assert_int_equal(unlink(other), 0);
    assert_int_equal(unlink(path), 0);
}

static void a_comma_locale_changes_nothing(void **state) {
    (void)state;
    char other[sizeof path + 8], shown[8];
    snprintf(other, sizeof other, "%s.2", path);
    write_small_book(other);
    if (!check_enter_comma_locale()) {
        unlink(other);
        check_skip("no locale de_DE.UTF-8");
    }
    snprintf(shown, sizeof shown, "%.1f", 2.5);
    assert_string_equal(shown, "2,5"); /* the locale is in force */
    write_small_book(path);
    snprintf(shown, sizeof shown, "%.1f", 2.5);
    assert_string_equal(shown, "2,5"); /* and is still, afterwards */
    setlocale(LC_ALL, "C");
    expect_same_files(path, other);
    assert_int_equal(unlink(other), 0);
    assert_int_equal(unlink(path), 0);
}

static void failure_leaves_an_older_file_alone(void **state) {
    (void)state;
    FILE *old = fopen(path, "w");
    assert_non_null(old);
    fputs("older", old);
    fclose(old);
    csim_book *book = new_book();
    csim_sheet_put_number(sheet_a(book), 0, 0, body(), (double)NAN);
    csim_error err;
    assert_int_equal(csim_book_finish(book, &err), CSIM_OUT_OF_RANGE);
    csim_book_free(book);
    book = new_book();
    sheet_a(book);
    csim_book_free(book); /* dropped without finish */
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_size, 5);
    assert_int_equal(files_in_folder(), 1);
    write_small_book(path); /* and success replaces it */
    assert_int_equal(stat(path, &facts), 0);
    assert_true(facts.st_size > 1000);
    assert_int_equal(files_in_folder(), 1);
    assert_int_equal(unlink(path), 0);
}

static void bad_places_and_times_are_refused(void **state) {
    (void)state;
    csim_book *book = NULL;
    csim_error err;
    assert_int_equal(csim_book_new("/no/such/folder/x.xlsx", CREATED, &book, &err), CSIM_FILE_OPEN);
    assert_null(book);
    assert_string_equal(err.file, "/no/such/folder/x.xlsx");
    assert_int_equal(csim_book_new("", CREATED, &book, &err), CSIM_FILE_OPEN);
    assert_int_equal(csim_book_new(path, 0, &book, &err), CSIM_OUT_OF_RANGE);
    assert_int_equal(csim_book_new(path, INT64_MAX, &book, &err), CSIM_OUT_OF_RANGE);
    book = new_book();
    expect_failure(book, CSIM_INCONSISTENT, "", "no sheet");
    book = new_book();
    assert_int_equal(mkdir(path, 0700), 0);
    csim_sheet_put_number(sheet_a(book), 0, 0, body(), 1);
    assert_int_equal(csim_book_finish(book, &err), CSIM_FILE_WRITE); /* a folder has the name */
    assert_int_equal(csim_book_finish(book, &err), CSIM_FILE_WRITE); /* and a second try is no crash */
    csim_book_free(book);
    assert_int_equal(csim_book_new(path, CREATED, &book, &err), CSIM_FILE_WRITE); /* refused before the work when it was there before */
    assert_string_equal(err.file, path);
    assert_int_equal(files_in_folder(), 1);
    assert_int_equal(rmdir(path), 0);
}

/* Runs a body in a child under a resource limit; returns its exit code, which is a status. */
static int in_child(int resource, rlim_t limit, int body_of_child(void)) {
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        if (!freopen("/dev/null", "w", stderr)) _exit(99); /* the library reports there what it returns */
        setrlimit(resource, &(struct rlimit){.rlim_cur = limit, .rlim_max = limit});
        _exit(body_of_child());
    }
    int state = 0;
    assert_true(child > 0 && waitpid(child, &state, 0) == child);
    assert_true(WIFEXITED(state));
    return WEXITSTATUS(state);
}

static int fill_data_sheet(void) {
    csim_book *book = NULL;
    if (csim_book_new(path, CREATED, &book, NULL)) return 98;
    csim_sheet *sheet = csim_book_add_sheet(book, "Data", CSIM_SHEET_DATA);
    for (uint32_t row = 0; row < 20000; row++) csim_sheet_put_number(sheet, row, 0, body(), sin(row));
    const csim_status status = csim_book_finish(book, NULL);
    csim_book_free(book);
    return (int)status;
}

static int fill_page_sheet(void) {
    csim_book *book = NULL;
    csim_status status = csim_book_new(path, CREATED, &book, NULL);
    if (status) return (int)status;
    csim_sheet *sheet = sheet_a(book);
    for (uint32_t row = 0; row < 400000 && !status; row++) {
        char text[32];
        snprintf(text, sizeof text, "text %u", (unsigned)row);
        status = csim_sheet_put_number(sheet, row, 0, body(), row);
        if (!status) status = csim_sheet_put_text(sheet, row, 1, body(), text);
    }
    csim_book_free(book);
    return (int)status;
}

/* Whichever of the scratch files, the parts or the container meets the limit. */
static void a_full_disk_is_a_status(void **state) {
    (void)state;
    for (rlim_t limit = 500; limit < 200000; limit *= 3) {
        assert_int_equal(in_child(RLIMIT_FSIZE, limit, fill_data_sheet), CSIM_FILE_WRITE);
        assert_int_equal(files_in_folder(), 0);
    }
    assert_int_equal(in_child(RLIMIT_FSIZE, 10 << 20, fill_data_sheet), CSIM_OK);
    assert_int_equal(unlink(path), 0);
}

static int fill_and_finish_page_sheet(void) {
    csim_book *book = NULL;
    if (csim_book_new(path, CREATED, &book, NULL)) return 98;
    csim_sheet *sheet = sheet_a(book);
    for (uint32_t row = 0; row < 2000; row++) { /* texts that pack well: only the library's scratch overflows */
        char text[256];
        snprintf(text, sizeof text, "%0200u", (unsigned)row);
        csim_sheet_put_text(sheet, row, 0, body(), text);
    }
    const csim_status status = csim_book_finish(book, NULL);
    csim_book_free(book);
    return (int)status;
}

static void a_cut_part_is_noticed(void **state) {
    (void)state;
    assert_int_equal(in_child(RLIMIT_FSIZE, 10 << 20, fill_and_finish_page_sheet), CSIM_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(in_child(RLIMIT_FSIZE, 30000, fill_and_finish_page_sheet), CSIM_FILE_WRITE);
    assert_int_equal(files_in_folder(), 0);
}

static void out_of_memory_is_a_status(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    check_skip("an address sanitiser needs the address space");
#endif
    for (rlim_t megabytes = 12; megabytes <= 60; megabytes += 8) {
        assert_int_equal(in_child(RLIMIT_AS, megabytes << 20, fill_page_sheet), CSIM_NO_MEMORY);
        assert_int_equal(files_in_folder(), 0);
    }
}

/* ---- the rules alone ---- */

static void digits_follow_the_standard_error(void **state) {
    (void)state;
    assert_int_equal(csim_decimals_from_error(CSIM_AS_NUMBER, 0.031), 2);
    assert_int_equal(csim_decimals_from_error(CSIM_AS_NUMBER, 0.096), 1); /* rounds to 0.1 */
    assert_int_equal(csim_decimals_from_error(CSIM_AS_NUMBER, 0.094), 2);
    assert_int_equal(csim_decimals_from_error(CSIM_AS_NUMBER, 1), 0);
    assert_int_equal(csim_decimals_from_error(CSIM_AS_NUMBER, 250), 0);
    assert_int_equal(csim_decimals_from_error(CSIM_AS_PERCENT, 0.0034), 1);
    assert_int_equal(csim_decimals_from_error(CSIM_AS_PERCENT, 0.031), 0);
    assert_int_equal(csim_decimals_from_error(CSIM_AS_NUMBER, 1e-30), CSIM_DIGITS_MAX);
    assert_int_equal(csim_decimals_from_error(CSIM_AS_USD, 0), 2); /* exact: the kind's own */
    char text[CSIM_NUMBER_FORMAT_SIZE];
    csim_number_format(CSIM_AS_PERCENT, 1, text);
    assert_string_equal(text, "0.0%");
    csim_number_format(CSIM_AS_USD, 0, text);
    assert_string_equal(text, "\"$\"#,##0;-\"$\"#,##0");
}

static void months_count_as_spreadsheets_count_days(void **state) {
    (void)state;
    assert_true(csim_month_serial(1901, 1) == 367);
    assert_true(csim_month_serial(2000, 2) == 36557);
    assert_true(csim_month_serial(2000, 3) == 36586); /* a leap year though a century */
    assert_true(csim_month_serial(2026, 1) == 46023);
    assert_true(csim_month_serial(2100, 3) == 73110); /* no leap year */
    assert_true(csim_month_serial(1900, 12) == -1);
    assert_true(csim_month_serial(2026, 0) == -1);
}

static void tints_run_to_white(void **state) {
    (void)state;
    assert_int_equal(csim_colour_tint(CSIM_COLOUR_BLUE, 0), csim_colour_rgb(CSIM_COLOUR_BLUE));
    assert_int_equal(csim_colour_tint(CSIM_COLOUR_BLUE, 1), 0xFFFFFF);
    assert_int_equal(csim_colour_tint(CSIM_COLOUR_BLACK, 0.5), 0x808080);
}

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/book.xlsx", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    char command[sizeof folder * 2 + 32];
    snprintf(command, sizeof command, "rm -rf '%s' '%s.locale'", folder, folder);
    return system(command) ? -1 : 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_sheet_names_are_refused),
        cmocka_unit_test(good_sheet_names_are_taken),
        cmocka_unit_test(names_equal_but_for_case_are_refused),
        cmocka_unit_test(numbers_that_are_not_finite_are_refused_at_their_cell),
        cmocka_unit_test(extreme_but_finite_numbers_are_taken),
        cmocka_unit_test(texts_that_a_file_cannot_hold_are_refused),
        cmocka_unit_test(text_never_becomes_a_formula_or_an_escape),
        cmocka_unit_test(bad_formulas_are_refused),
        cmocka_unit_test(references_within_a_sheet_are_told_without_it_and_its_row_without_a_dollar),
        cmocka_unit_test(formulas_are_completed_and_limited),
        cmocka_unit_test(a_formula_stands_beside_its_value),
        cmocka_unit_test(a_cell_is_written_once),
        cmocka_unit_test(data_sheets_only_go_forward), cmocka_unit_test(data_sheets_hold_every_kind_of_cell),
        cmocka_unit_test(the_first_error_sticks),
        cmocka_unit_test(places_outside_a_sheet_are_refused),
        cmocka_unit_test(tables_and_names_are_guarded),
        cmocka_unit_test(charts_are_guarded),
        cmocka_unit_test(a_label_that_looks_like_a_formula_is_its_text),
        cmocka_unit_test(a_fan_reads_and_checks_its_quantiles),
        cmocka_unit_test(two_builds_are_equal),
        cmocka_unit_test(a_comma_locale_changes_nothing),
        cmocka_unit_test(failure_leaves_an_older_file_alone),
        cmocka_unit_test(bad_places_and_times_are_refused),
        cmocka_unit_test(a_full_disk_is_a_status),
        cmocka_unit_test(a_cut_part_is_noticed),
        cmocka_unit_test(out_of_memory_is_a_status),
        cmocka_unit_test(digits_follow_the_standard_error),
        cmocka_unit_test(months_count_as_spreadsheets_count_days),
        cmocka_unit_test(tints_run_to_white),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
