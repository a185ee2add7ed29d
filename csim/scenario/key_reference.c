/* Every key of a scenario as Markdown, for the documentation. */
#include <string.h>

#include "csim/scenario/c_locale.h"
#include "csim/scenario/layout.h"
#include "csim/scenario/sections.h"
#include "csim/scenario/text.h"

static const char *kind_words(csim_key_kind kind) {
    static const char *const words[] = {
        [CSIM_KEY_INTEGER] = "whole number", [CSIM_KEY_NUMBER] = "number", [CSIM_KEY_TEXT] = "text", [CSIM_KEY_CHOICE] = "one of", [CSIM_KEY_NAME] = "name",
        [CSIM_KEY_FLAG] = "true or false", [CSIM_KEY_MONTH] = "month", [CSIM_KEY_MONTH_OR_NEVER] = "month or never", [CSIM_KEY_NAMES] = "list of names",
        [CSIM_KEY_DATED] = "months to names", [CSIM_KEY_LADDER] = "months to names, or {fleet: name}", [CSIM_KEY_PAIRS] = "list of pairs"};
    return words[kind];
}

/* A bar ends a cell of a table unless it is escaped. */
static void put_cell(csim_text *out, const char *text) {
    for (; *text; text++) csim_text_add(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void put_path(csim_text *out, const char *path, const char *suffix) {
    csim_text_put(out, "| `");
    for (int part = 0; part < 2; part++) {
        const char *at = part ? suffix : path;
        if (part && *at) csim_text_put(out, ".");
        while (*at) {
            const size_t size = strcspn(at, ".");
            if (*at == '@') csim_text_add(out, "<%.*s>", (int)size - 1, at + 1);
            else csim_text_add(out, "%.*s", (int)size, at);
            at += size;
            if (*at == '.') csim_text_put(out, "."), at++;
        }
    }
    csim_text_put(out, "` | ");
}

static void put_structure(csim_text *out) {
    csim_text_put(out, "### Frame\n\n| key | value | meaning |\n|---|---|---|\n");
    for (size_t i = 0; i < csim_layout_count(); i++) {
        const csim_key key = csim_layout_get(i);
        if (key.kind >= CSIM_KEY_INPUT) break;
        put_path(out, key.path, "");
        csim_text_put(out, kind_words(key.kind));
        if (key.choices[0]) csim_text_put(out, " "), put_cell(out, key.choices);
        csim_text_put(out, " | ");
        put_cell(out, key.text);
        csim_text_put(out, " |\n");
    }
}

static void put_range(csim_text *out, double lowest, double highest) {
    csim_text_number(out, lowest);
    csim_text_put(out, " … ");
    csim_text_number(out, highest);
    csim_text_put(out, " | ");
}

static void put_input(csim_text *out, const csim_input_row *row) {
    put_path(out, row->key, csim_layout_suffix(row->index));
    csim_text_add(out, "%s | ", row->unit);
    put_range(out, row->lowest, row->highest);
    put_cell(out, row->text);
    csim_text_put(out, " |\n");
}

static void put_inputs(csim_text *out) {
    for (int section = 0; section < CSIM_SECTIONS; section++) {
        csim_text_add(out, "\n### %s\n\n| key | unit | range | meaning |\n|---|---|---|---|\n", csim_sections[section].title);
        for (int id = 0; id < CSIM_INPUT_IDS; id++)
            if (csim_section_has(&csim_sections[section], csim_input_rows[id].key)) put_input(out, &csim_input_rows[id]);
    }
}

static void put_levers(csim_text *out) {
    static const char *const between[] = {[CSIM_STEP] = "steps", [CSIM_LINEAR] = "straight", [CSIM_LOG] = "straight in the logarithm"};
    csim_text_put(out, "\n### Levers\n\n| key | unit | range | default | between dates | meaning |\n|---|---|---|---|---|---|\n");
    for (int id = 0; id < CSIM_LEVER_IDS; id++) {
        const csim_lever_row *row = &csim_lever_rows[id];
        put_path(out, row->key, csim_layout_suffix(row->index));
        csim_text_add(out, "%s | ", row->unit);
        put_range(out, row->lowest, row->highest);
        csim_text_number(out, row->standard);
        csim_text_add(out, " | %s | ", between[row->interpolation]);
        put_cell(out, row->text);
        csim_text_put(out, " |\n");
    }
}

csim_status csim_scenario_key_reference(char **markdown, csim_error *err) {
    csim_text out = {0};
    const csim_c_locale guard = csim_c_locale_enter();
    put_structure(&out);
    put_inputs(&out);
    put_levers(&out);
    csim_c_locale_leave(guard);
    return csim_text_take(&out, markdown, NULL, err);
}
