/* Claims and what their words may mean. Knows the form of a reading, not the outcomes it names: those belong to the plan. */
#include <stdio.h>
#include <string.h>

#include "csim/scenario/reader.h"

static const char *path_in(char *text, const csim_claim *claim, const csim_reading *reading, const char *key) {
    if (reading) snprintf(text, CSIM_READER_PATH, "claims.%s.readings.%s.%s", claim->id, reading->id, key);
    else snprintf(text, CSIM_READER_PATH, "claims.%s.%s", claim->id, key);
    return text;
}

/* ---- one reading -------------------------------------------------------------------------------------------------------------------------------- */

static csim_status read_op(csim_reader *self, const char *path, csim_reading *out) {
    int at = 0;
    const csim_status status = csim_reader_choice(self, path, ">=|>|<=|<", &at);
    if (status == CSIM_OK) out->op = csim_reader_find(self, path)->text;
    return status;
}

static csim_status read_threshold(csim_reader *self, const csim_claim *claim, csim_reading *out) {
    char path[CSIM_READER_PATH];
    csim_node *node;
    csim_status status = read_op(self, path_in(path, claim, out, "op"), out);
    if (status == CSIM_OK) status = csim_reader_need(self, path_in(path, claim, out, "value"), &node);
    return status == CSIM_OK ? csim_node_number(node, path, &out->value, self->err) : status;
}

static csim_status read_months(csim_reader *self, const csim_claim *claim, csim_reading *out) {
    char path[CSIM_READER_PATH];
    csim_status status = csim_reader_month(self, path_in(path, claim, out, "at"), false, false, &out->at_month);
    if (status == CSIM_OK) status = csim_reader_month(self, path_in(path, claim, out, "by"), false, false, &out->by_month);
    if (status == CSIM_OK) status = csim_reader_month(self, path_in(path, claim, out, "from"), false, false, &out->from_month);
    if (status != CSIM_OK) return status;
    snprintf(path, sizeof path, "claims.%s.readings.%s", claim->id, out->id);
    const csim_node *node = csim_reader_find(self, path);
    const bool at = out->at_month != CSIM_NO_MONTH, by = out->by_month != CSIM_NO_MONTH, from = out->from_month != CSIM_NO_MONTH;
    if (out->identity[0]) return at || by || from ? csim_reader_refuse(self, CSIM_INCONSISTENT, node, path, "an identity has no date: leave out at, by and from") : CSIM_OK;
    if (at == by) return csim_reader_refuse(self, at ? CSIM_INCONSISTENT : CSIM_MISSING_KEY, node, path, "wanted exactly one of: at (in that month), by (in any month up to it)");
    if (from && at) return csim_reader_refuse(self, CSIM_INCONSISTENT, node, path, "from goes with by, not with at");
    if (from && out->from_month > out->by_month) return csim_reader_refuse(self, CSIM_INCONSISTENT, node, path, "from must not come after by");
    return CSIM_OK;
}

static csim_status read_contrast(csim_reader *self, const csim_claim *claim, csim_reading *out) {
    char path[CSIM_READER_PATH];
    csim_status status = csim_reader_scenario(self, path_in(path, claim, out, "against"), &out->against_at);
    if (status == CSIM_OK) status = csim_reader_scenario(self, path_in(path, claim, out, "against_base"), &out->against_base_at);
    if (status != CSIM_OK) return status;
    out->against = out->against_at.name;
    out->against_base = out->against_base_at.name;
    path_in(path, claim, out, "difference");
    csim_node *node = csim_reader_find(self, path);
    if (!out->against[0]) {
        snprintf(path, sizeof path, "claims.%s.readings.%s", claim->id, out->id);
        return node || out->against_base[0] ? csim_reader_refuse(self, CSIM_MISSING_KEY, csim_reader_find(self, path), path, "against is missing: the scenario of the contrast") : CSIM_OK;
    }
    int at = 0;
    status = csim_reader_choice(self, path, "minus|ratio|ln_ratio", &at);
    if (status == CSIM_OK) out->difference = node->text;
    return status;
}

/* Exactly one of metric and identity decides, and the claim's kind says which. */
static csim_status check_decider(csim_reader *self, const csim_claim *claim, const csim_reading *out) {
    char path[CSIM_READER_PATH];
    snprintf(path, sizeof path, "claims.%s.readings.%s", claim->id, out->id);
    const csim_node *node = csim_reader_find(self, path);
    const bool over_catalogue = claim->kind == CSIM_IDENTITY || claim->kind == CSIM_KERNEL;
    if (out->metric[0] && out->identity[0]) return csim_reader_refuse(self, CSIM_INCONSISTENT, node, path, "has both metric and identity; wanted one");
    if (!out->metric[0] && !out->identity[0])
        return csim_reader_refuse(self, CSIM_MISSING_KEY, node, path, "%s is missing", over_catalogue ? "identity (or metric)" : "metric");
    return CSIM_OK;
}

/* An input of this scenario. A fixed one is let pass: a scenario may fix what the claims it was given ask about, and the answer then says so. */
static csim_status check_deciding(csim_reader *self, const csim_claim *claim, const csim_reading *out) {
    char path[CSIM_READER_PATH];
    const csim_node *node = csim_reader_find(self, path_in(path, claim, out, "deciding"));
    if (!node) return CSIM_OK;
    if (!out->deciding[0]) return csim_reader_refuse(self, CSIM_WRONG_TYPE, node, path, "has no value, wanted the full key of an input, or leave it out");
    if (out->identity[0]) return csim_reader_refuse(self, CSIM_INCONSISTENT, node, path, "an identity is decided by the catalogue: leave out deciding");
    return csim_reader_input(self, node, path, "", out->deciding);
}

static csim_status read_reading(csim_reader *self, const csim_claim *claim, csim_node *node, csim_reading *out) {
    char path[CSIM_READER_PATH];
    const struct { const char *key; const char **to; } texts[] = {
        {"title", &out->title}, {"title_zh", &out->title_zh}, {"metric", &out->metric}, {"element", &out->element}, {"given", &out->given}, {"identity", &out->identity}, {"deciding", &out->deciding}};
    *out = (csim_reading){.id = node->key, .title = "", .title_zh = "", .metric = "", .element = "", .op = "", .given = "", .against = "", .against_base = "", .difference = "",
                          .identity = "", .deciding = "", .at_month = CSIM_NO_MONTH, .by_month = CSIM_NO_MONTH, .from_month = CSIM_NO_MONTH, .note = csim_reader_place(node)};
    csim_status status = csim_reader_check_id(self, node, node->key, node->key_line, node->key_column, path_in(path, claim, NULL, "readings"));
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == CSIM_OK; i++)
        status = csim_reader_text(self, path_in(path, claim, out, texts[i].key), false, texts[i].to);
    if (status == CSIM_OK) status = check_decider(self, claim, out);
    const csim_node *metric = status == CSIM_OK ? csim_reader_find(self, path_in(path, claim, out, "metric")) : NULL;
    if (metric) out->metric_note = csim_reader_place(metric);
    if (status == CSIM_OK) status = read_threshold(self, claim, out);
    if (status == CSIM_OK) status = read_months(self, claim, out);
    if (status == CSIM_OK) status = read_contrast(self, claim, out);
    return status == CSIM_OK ? check_deciding(self, claim, out) : status;
}

/* ---- one claim ---------------------------------------------------------------------------------------------------------------------------------- */

static int reading_index(const csim_claim *claim, const char *id) {
    for (size_t i = 0; i < claim->count; i++)
        if (strcmp(claim->readings[i].id, id) == 0) return (int)i;
    return -1;
}

/* `given` names another reading that is itself unconditional; a conditional claim has at least one such reading, a contrast one `against`. */
static csim_status check_kind(csim_reader *self, const csim_claim *claim, const csim_node *node) {
    size_t given = 0, against = 0;
    char path[CSIM_READER_PATH];
    for (size_t i = 0; i < claim->count; i++) {
        const csim_reading *r = &claim->readings[i];
        against += r->against[0] != '\0';
        if (!r->given[0]) continue;
        given++;
        const int at = reading_index(claim, r->given);
        const csim_node *place = csim_reader_find(self, path_in(path, claim, r, "given"));
        if (at < 0) return csim_reader_refuse(self, CSIM_UNKNOWN_NAME, place, path, "'%.60s' is no reading of this claim", r->given);
        if ((size_t)at == i || claim->readings[at].given[0])
            return csim_reader_refuse(self, CSIM_INCONSISTENT, place, path, "must name another reading, one without a given of its own");
    }
    path_in(path, claim, NULL, "readings");
    if (claim->kind == CSIM_CONDITIONAL && !given) return csim_reader_refuse(self, CSIM_INCONSISTENT, node, path, "a conditional claim needs a reading with given");
    if (claim->kind == CSIM_CONTRAST && !against) return csim_reader_refuse(self, CSIM_INCONSISTENT, node, path, "a contrast needs a reading with against");
    return CSIM_OK;
}

static csim_status read_readings(csim_reader *self, csim_claim *out) {
    char path[CSIM_READER_PATH];
    csim_node *map;
    csim_status status = csim_reader_need(self, path_in(path, out, NULL, "readings"), &map);
    if (status != CSIM_OK) return status;
    if (map->kind != CSIM_NODE_MAP || map->count == 0) return csim_reader_refuse(self, CSIM_WRONG_TYPE, map, path, "wanted a map of at least one reading");
    csim_reading *readings = csim_arena_take(self->arena, map->count, sizeof *readings);
    if (!readings) return csim_reader_no_memory(self);
    for (size_t i = 0; i < map->count && status == CSIM_OK; i++) status = read_reading(self, out, map->items[i], &readings[i]);
    out->readings = readings;
    out->count = map->count;
    return status == CSIM_OK ? check_kind(self, out, map) : status;
}

/* 2026-04 or 2026-04-28: expressions look up what was on a list that day. */
static bool is_day(const char *text) {
    char month[8];
    int number;
    snprintf(month, sizeof month, "%s", text);
    const size_t size = strlen(text);
    if (!csim_month_parse(month, &number) || number < 0) return false;
    if (size == 7) return true;
    const int day = size == 10 && text[7] == '-' && text[8] >= '0' && text[8] <= '3' && text[9] >= '0' && text[9] <= '9' ? (text[8] - '0') * 10 + text[9] - '0' : 0;
    return day >= 1 && day <= 31;
}

static csim_status check_standing(csim_reader *self, const csim_claim *claim) {
    char path[CSIM_READER_PATH];
    int at = 0;
    if (!is_day(claim->said_on))
        return csim_reader_refuse(self, CSIM_WRONG_TYPE, csim_reader_find(self, path_in(path, claim, NULL, "said_on")), path, "got '%.60s', wanted a month or day such as 2026-04 or 2026-04-28", claim->said_on);
    const csim_node *node = csim_reader_find(self, path_in(path, claim, NULL, "status"));
    if (!node) return CSIM_OK;
    const csim_status status = csim_reader_choice(self, path, "open|resolved_true|resolved_false|unresolvable", &at);
    if (status != CSIM_OK || at == 0 || claim->status_source[0]) return status;
    return csim_reader_refuse(self, CSIM_MISSING_KEY, node, path, "is %s without a status_source: who settles it, or why nobody can", claim->status);
}

static csim_status read_claim(csim_reader *self, csim_node *node, csim_claim *out) {
    char path[CSIM_READER_PATH];
    int kind = 0;
    const struct { const char *key; bool required; const char **to; } texts[] = {
        {"statement", true, &out->statement}, {"statement_zh", false, &out->statement_zh}, {"source", true, &out->source}, {"said_on", true, &out->said_on}, {"resolution", false, &out->resolution},
        {"status", false, &out->status},      {"status_source", false, &out->status_source}, {"comment", false, &out->comment}};
    *out = (csim_claim){.id = node->key, .statement = "", .statement_zh = "", .source = "", .said_on = "", .resolution = "", .status = "", .status_source = "", .comment = "",
                        .note = csim_reader_place(node)};
    csim_status status = csim_reader_check_id(self, node, node->key, node->key_line, node->key_column, "claims");
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == CSIM_OK; i++)
        status = csim_reader_text(self, path_in(path, out, NULL, texts[i].key), texts[i].required, texts[i].to);
    if (status == CSIM_OK) status = check_standing(self, out);
    if (status == CSIM_OK) status = csim_reader_choice(self, path_in(path, out, NULL, "kind"), "threshold|identity|kernel|conditional|contrast", &kind);
    out->kind = (csim_claim_kind)kind;
    return status == CSIM_OK ? read_readings(self, out) : status;
}

csim_status csim_read_claims(csim_reader *self) {
    csim_node *map = csim_reader_find(self, "claims");
    if (!map || map->count == 0) return CSIM_OK;
    csim_claim *claims = csim_arena_take(self->arena, map->count, sizeof *claims);
    if (!claims) return csim_reader_no_memory(self);
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < map->count && status == CSIM_OK; i++) status = read_claim(self, map->items[i], &claims[i]);
    self->out->claim = claims;
    self->out->claims = map->count;
    return status;
}
