/* The JSON Schema of a scenario, made from the same tables as the reader. What it lets through the reader may still refuse (names, sums, order);
 * what it refuses the reader refuses too. */
#include <stdio.h>
#include <string.h>

#include "csim/scenario/c_locale.h"
#include "csim/scenario/layout.h"
#include "csim/scenario/text.h"

#define MONTH_PATTERN "^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])$"
#define NAME_PATTERN "^[A-Za-z][A-Za-z0-9_-]{0,62}$"
#define DATE_PATTERN "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"

static void put_type(csim_text *out, const char *type, const char *more) { csim_text_add(out, "\"type\": %s%s", type, more); }

static void put_choices(csim_text *out, const char *choices) {
    csim_names names = {0};
    csim_names_add_choices(&names, choices);
    csim_text_put(out, "\"enum\": [");
    for (size_t i = 0; i < names.count; i++) {
        csim_text_put(out, i ? ", " : "");
        csim_text_quote(out, names.name[i]);
    }
    csim_text_put(out, "]");
}

static void put_dated(csim_text *out, const char *value) {
    csim_text_add(out, "\"type\": \"object\", \"minProperties\": 1, \"propertyNames\": {\"pattern\": \"%s\"}, \"additionalProperties\": %s", MONTH_PATTERN, value);
}

static void put_range(csim_text *out, double lowest, double highest) {
    csim_text_put(out, "\"minimum\": ");
    csim_text_number(out, lowest);
    csim_text_put(out, ", \"maximum\": ");
    csim_text_number(out, highest);
}

/* ---- inputs and levers ----------------------------------------------------------------------------------------------------------------------------- */

static void put_description(csim_text *out, const char *text, const char *unit, double lowest, double highest) {
    csim_text words = {0};
    csim_text_add(&words, "%s [%s], ", text, unit);
    csim_text_number(&words, lowest);
    csim_text_put(&words, " to ");
    csim_text_number(&words, highest);
    csim_text_put(out, "\"description\": ");
    csim_text_quote(out, words.bytes ? words.bytes : "");
    out->failed |= words.failed;
    csim_text_clear(&words);
}

static void put_input(csim_text *out, int id) {
    const csim_input_row *row = &csim_input_rows[id];
    put_description(out, row->text, row->unit, row->lowest, row->highest);
    csim_text_put(out, ", \"anyOf\": [{\"type\": \"number\", ");
    put_range(out, row->lowest, row->highest);
    csim_text_put(out, "}, {\"$ref\": \"#/$defs/distribution\", \"properties\": {\"unit\": {\"const\": ");
    csim_text_quote(out, row->unit);
    csim_text_put(out, "}}}]");
}

static void put_lever(csim_text *out, int id) {
    const csim_lever_row *row = &csim_lever_rows[id];
    put_description(out, row->text, row->unit, row->lowest, row->highest);
    csim_text_put(out, ", \"anyOf\": [{\"type\": \"number\", ");
    put_range(out, row->lowest, row->highest);
    csim_text_put(out, "}, {\"type\": \"null\"}, {\"$ref\": \"#/$defs/dated_numbers\"}, {\"$ref\": \"#/$defs/lever\", \"properties\": {\"unit\": {\"const\": ");
    csim_text_quote(out, row->unit);
    csim_text_put(out, "}}}]");
}

/* ---- the other keys -------------------------------------------------------------------------------------------------------------------------------- */

static void put_plain(csim_text *out, const csim_key *key) {
    csim_text_put(out, "\"description\": ");
    csim_text_quote(out, key->text);
    csim_text_put(out, ", ");
    switch (key->kind) {
    case CSIM_KEY_INTEGER: put_type(out, "[\"integer\", \"null\"]", ", \"minimum\": 0"); break;
    case CSIM_KEY_NUMBER: put_type(out, "\"number\"", ""); break;
    case CSIM_KEY_TEXT: put_type(out, "[\"string\", \"number\", \"null\"]", ""); break; /* a licence or a date may look like a number */
    case CSIM_KEY_CHOICE: put_choices(out, key->choices); break;
    case CSIM_KEY_NAME: put_type(out, "[\"string\", \"null\"]", ""); break;
    case CSIM_KEY_FLAG: put_type(out, "\"boolean\"", ""); break;
    case CSIM_KEY_MONTH: put_type(out, "[\"string\", \"null\"]", ", \"pattern\": \"" MONTH_PATTERN "\""); break;
    case CSIM_KEY_MONTH_OR_NEVER: csim_text_put(out, "\"anyOf\": [{\"const\": \"never\"}, {\"type\": \"string\", \"pattern\": \"" MONTH_PATTERN "\"}]"); break;
    case CSIM_KEY_NAMES: put_type(out, "\"array\"", ", \"items\": {\"type\": \"string\"}, \"minItems\": 1, \"uniqueItems\": true"); break;
    case CSIM_KEY_DATED: put_dated(out, "{\"type\": \"string\"}"); break;
    case CSIM_KEY_LADDER:
        csim_text_put(out, "\"anyOf\": [{\"type\": \"object\", \"properties\": {\"fleet\": {\"type\": \"string\"}}, \"required\": [\"fleet\"], "
                           "\"additionalProperties\": false}, {");
        put_dated(out, "{\"type\": \"string\"}");
        csim_text_put(out, "}]");
        break;
    case CSIM_KEY_PAIRS: csim_text_put(out, "\"type\": [\"array\", \"null\"], \"items\": {\"$ref\": \"#/$defs/pair\"}"); break;
    case CSIM_KEY_INPUT:
    case CSIM_KEY_LEVER: break;
    }
}

static void put_value(csim_text *out, const csim_key *key) {
    csim_text_put(out, "{");
    if (key->kind == CSIM_KEY_INPUT) put_input(out, key->id);
    else if (key->kind == CSIM_KEY_LEVER) put_lever(out, key->id);
    else put_plain(out, key);
    csim_text_put(out, "}");
}

/* ---- maps ------------------------------------------------------------------------------------------------------------------------------------------ */

static void put_below(csim_text *out, csim_path *path);

static void put_place(csim_text *out, csim_path *path) {
    csim_key key;
    const bool claims = path->count == 1 && strcmp(path->part[0], "claims") == 0;
    if (csim_layout_find(path, NULL, &key) == CSIM_PLACE_VALUE) {
        put_value(out, &key);
        return;
    }
    if (claims) csim_text_put(out, "{\"anyOf\": [{\"type\": \"string\", \"description\": \"File of claims, relative to this one\"}, ");
    csim_text_put(out, "{\"type\": [\"object\", \"null\"], ");
    put_below(out, path);
    csim_text_put(out, "}");
    if (claims) csim_text_put(out, "]}");
}

/* The keys below a path: a fixed set of them, or any name where the scenario gives the names. */
static void put_below(csim_text *out, csim_path *path) {
    csim_names names;
    const char *index;
    csim_layout_below(path, NULL, &names, &index);
    if (!names.count) {
        csim_text_put(out, "\"propertyNames\": {\"pattern\": \"" NAME_PATTERN "\"}, \"additionalProperties\": ");
        path->part[path->count++] = "@"; /* stands for any name */
        put_place(out, path);
        path->count--;
        return;
    }
    csim_text_put(out, "\"additionalProperties\": false, \"properties\": {");
    for (size_t i = 0; i < names.count; i++) {
        csim_text_put(out, i ? ",\n" : "\n");
        csim_text_quote(out, names.name[i]);
        csim_text_put(out, ": ");
        path->part[path->count++] = names.name[i];
        put_place(out, path);
        path->count--;
    }
    csim_text_put(out, "}");
}

/* ---- definitions ------------------------------------------------------------------------------------------------------------------------------------ */

static const char notes[] =
    "\"basis\": {\"enum\": [\"measured\", \"vendor\", \"estimate\", \"guess\"], \"description\": \"What the value rests on\"}, "
    "\"source\": {\"type\": \"string\", \"description\": \"Where it comes from\"}, "
    "\"date\": {\"type\": [\"string\", \"integer\"], \"pattern\": \"" DATE_PATTERN "\", \"description\": \"The time it speaks of\"}, "
    "\"reason\": {\"type\": \"string\", \"description\": \"Why this value and this width\"}";

static bool is_optional(csim_dist_family family, const char *parameter) {
    return family == CSIM_DIST_TRUNCATED_NORMAL && (strcmp(parameter, "low") == 0 || strcmp(parameter, "high") == 0);
}

static void put_family(csim_text *out, csim_dist_family family) {
    const csim_dist_family_info *info = csim_dist_family_get(family);
    const char *comma = "";
    csim_text_quote(out, info->name);
    csim_text_put(out, family == CSIM_DIST_FIXED ? ": {\"anyOf\": [{\"type\": \"number\"}, {" : ": {");
    csim_text_put(out, "\"type\": \"object\", \"additionalProperties\": false, \"properties\": {");
    for (int i = 0; i < CSIM_DIST_MAX_PARAMETERS && info->parameter[i]; i++) csim_text_add(out, "%s\"%s\": {\"type\": \"number\"}", i ? ", " : "", info->parameter[i]);
    for (int i = 0; i < CSIM_DIST_LISTS && info->list[i]; i++)
        csim_text_add(out, "%s\"%s\": {\"type\": \"array\", \"items\": {\"type\": \"number\"}, \"minItems\": 1, \"maxItems\": %d}", i ? ", " : "", info->list[i], CSIM_DIST_MAX_KNOTS);
    if (family == CSIM_DIST_INTERVAL90) csim_text_put(out, ", \"shape\": {\"enum\": [\"normal\", \"lognormal\"]}");
    csim_text_put(out, "}, \"required\": [");
    for (int i = 0; i < CSIM_DIST_MAX_PARAMETERS && info->parameter[i]; i++) {
        if (is_optional(family, info->parameter[i])) continue;
        csim_text_add(out, "%s\"%s\"", comma, info->parameter[i]);
        comma = ", ";
    }
    for (int i = 0; i < CSIM_DIST_LISTS && info->list[i]; i++) csim_text_add(out, "%s\"%s\"", i ? ", " : "", info->list[i]);
    csim_text_put(out, family == CSIM_DIST_FIXED ? "]}]}" : "]}");
}

static void put_definitions(csim_text *out) {
    csim_text_put(out, "\"$defs\": {\n\"distribution\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\n");
    for (int i = 0; i < CSIM_DIST_FAMILY_COUNT; i++) {
        put_family(out, (csim_dist_family)i);
        csim_text_put(out, ",\n");
    }
    csim_text_add(out, "\"unit\": {\"type\": \"string\"}, %s}, \"oneOf\": [", notes);
    for (int i = 0; i < CSIM_DIST_FAMILY_COUNT; i++)
        csim_text_add(out, "%s{\"required\": [\"%s\"]}", i ? ", " : "", csim_dist_family_get((csim_dist_family)i)->name);
    csim_text_put(out, "]},\n\"dated_numbers\": {");
    put_dated(out, "{\"type\": \"number\"}");
    csim_text_add(out, "},\n\"lever\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\"value\": {\"type\": \"number\"}, "
                       "\"schedule\": {\"$ref\": \"#/$defs/dated_numbers\"}, \"hazard_per_yr\": {\"type\": \"number\", \"minimum\": 0}, "
                       "\"from\": {\"type\": \"string\", \"pattern\": \"%s\"}, \"unit\": {\"type\": \"string\"}, %s}, "
                       "\"anyOf\": [{\"required\": [\"value\"]}, {\"required\": [\"schedule\"]}]},\n", MONTH_PATTERN, notes);
    csim_text_add(out, "\"pair\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\"a\": {\"type\": \"string\"}, \"b\": {\"type\": \"string\"}, "
                       "\"rho\": {\"type\": \"number\", \"exclusiveMinimum\": -1, \"exclusiveMaximum\": 1}, %s}, \"required\": [\"a\", \"b\", \"rho\"]}\n}", notes);
}

/* A file that extends another may leave out whatever it does not change. */
static void put_required(csim_text *out) {
    csim_path root = {0};
    csim_names names;
    const char *index, *comma = "";
    csim_layout_below(&root, NULL, &names, &index);
    csim_text_put(out, "\"required\": [\"moecast\", \"name\"],\n\"if\": {\"not\": {\"required\": [\"extends\"]}},\n\"then\": {\"required\": [");
    for (size_t i = 0; i < names.count; i++) {
        static const char optional[] = "|moecast|name|title|description|extends|catalogue|correlations|claims|levers|";
        char wanted[CSIM_NAMES_BYTES + 2];
        snprintf(wanted, sizeof wanted, "|%s|", names.name[i]);
        if (strstr(optional, wanted)) continue;
        csim_text_add(out, "%s\"%s\"", comma, names.name[i]);
        comma = ", ";
    }
    csim_text_put(out, "]},\n");
}

csim_status csim_scenario_schema(char **text, csim_error *err) {
    csim_text out = {0};
    csim_path path = {0};
    const csim_c_locale guard = csim_c_locale_enter();
    csim_text_put(&out, "{\n\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n\"title\": \"moecast scenario\",\n\"type\": \"object\",\n");
    put_required(&out);
    put_definitions(&out);
    csim_text_put(&out, ",\n");
    put_below(&out, &path);
    csim_text_put(&out, "\n}\n");
    csim_c_locale_leave(guard);
    return csim_text_take(&out, text, NULL, err);
}
