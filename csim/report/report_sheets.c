/* Which sheets a run's workbook has, in the order of CSIM_REPORT_SHEET_LIST, and the order in which they are filled. Must not know what stands on any. */
#include "csim/report/report_parts.h"
#include "csim/report/words.h"

typedef struct sheet_plan {
    const char *name;
    csim_sheet_mode mode;
    csim_colour colour;
    void (*fill)(csim_report *report);
    bool (*has)(const csim_report *report);
} sheet_plan;

bool csim_report_has_always(const csim_report *report) { return report != NULL; }

static const sheet_plan plans[CSIM_REPORT_SHEETS] = {
#define SHEET_PLAN(id, name, mode, colour, maker, has) [CSIM_REPORT_##id] = {name, mode, colour, csim_report_fill_##maker, csim_report_has_##has},
    CSIM_REPORT_SHEET_LIST(SHEET_PLAN)
#undef SHEET_PLAN
};

const char *csim_report_sheet_name(csim_report_sheet_id id) { return plans[id].name; }

/* The sheets that are shown to others speak the reader's language; the rest is for checking, and English. */
static csim_language language_of(const csim_report *report, int id) {
    return id == CSIM_REPORT_SUMMARY || id == CSIM_REPORT_CLAIMS || id == CSIM_REPORT_BREAK_EVEN ? report->wanted : CSIM_LANGUAGE_EN;
}

static const char *tab_of(const csim_report *report, int id) {
    if (id == CSIM_REPORT_SUMMARY) return csim_word_text(report->wanted, CSIM_WORD_TAB_SUMMARY);
    if (id == CSIM_REPORT_BREAK_EVEN) return csim_word_text(report->wanted, CSIM_WORD_TAB_BREAK_EVEN);
    return id == CSIM_REPORT_CLAIMS ? csim_word_text(report->wanted, CSIM_WORD_TAB_CLAIMS) : plans[id].name;
}

static void fill(csim_report *report, int id) {
    report->language = language_of(report, id);
    csim_sheet_say_missing(report->sheet[id], csim_word_text(report->language, CSIM_WORD_MISSING));
    plans[id].fill(report);
    report->language = CSIM_LANGUAGE_EN;
}

void csim_report_add_sheets(csim_report *report) {
    for (int id = 0; id < CSIM_REPORT_SHEETS; id++) {
        if (!plans[id].has(report)) continue;
        report->sheet[id] = csim_book_add_sheet(report->book, tab_of(report, id), plans[id].mode);
        csim_sheet_set_tab_colour(report->sheet[id], plans[id].colour);
    }
}

static void fill_all(csim_report *report, csim_sheet_mode mode) {
    for (int id = 0; id < CSIM_REPORT_SHEETS; id++)
        if (id != CSIM_REPORT_SUMMARY && id != CSIM_REPORT_CHART_DATA && report->sheet[id] && plans[id].mode == mode) fill(report, id);
}

/* Data first: while they are compressed, pages are filled. Chart data is headed before any chart writes below the head; the summary shows in charts what other sheets
 * have put there, though it stands first. */
void csim_report_fill_sheets(csim_report *report) {
    fill_all(report, CSIM_SHEET_DATA);
    fill(report, CSIM_REPORT_CHART_DATA);
    fill_all(report, CSIM_SHEET_PAGE);
    fill(report, CSIM_REPORT_SUMMARY);
}
