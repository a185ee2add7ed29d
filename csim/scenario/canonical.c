/* The canonical text of a scenario: YAML that reads back as the same scenario, keys in the order of the tables, nothing inherited. Its hash is the
 * scenario's, so what it prints must not depend on the machine: no resolved paths, no lines, no locale. */
#include <math.h>
#include <string.h>

#include "csim/scenario/layout.h"
#include "csim/scenario/owner.h"
#include "csim/scenario/text.h"

static void put_text(csim_text *out, const char *indent, const char *key, const char *text) {
    if (!text[0]) return;
    csim_text_add(out, "%s%s: ", indent, key);
    csim_text_quote(out, text);
    csim_text_put(out, "\n");
}

static void put_month(csim_text *out, const char *indent, const char *key, int month) {
    if (month == CSIM_NO_MONTH) return;
    csim_text_add(out, "%s%s: ", indent, key);
    csim_text_month(out, month);
    csim_text_put(out, "\n");
}

static void put_names(csim_text *out, const char *key, const char *const *names, size_t count, const bool *chosen) {
    size_t written = 0;
    csim_text_add(out, "%s: [", key);
    for (size_t i = 0; i < count; i++) {
        if (chosen && !chosen[i]) continue;
        if (written++) csim_text_put(out, ", ");
        csim_text_quote(out, names[i]);
    }
    csim_text_put(out, "]\n");
}

static void put_steps(csim_text *out, const char *indent, const char *key, const csim_step *steps, size_t count) {
    csim_text_add(out, "%s%s: {", indent, key);
    for (size_t i = 0; i < count; i++) {
        if (i) csim_text_put(out, ", ");
        csim_text_month(out, steps[i].month);
        csim_text_put(out, ": ");
        csim_text_quote(out, steps[i].name);
    }
    csim_text_put(out, "}\n");
}

/* ---- the frame ---------------------------------------------------------------------------------------------------------------------------------- */

static void put_head(csim_text *out, const csim_scenario *s) {
    const csim_node *catalogue = csim_node_find(csim_scenario_source(s)->root, "catalogue");
    csim_text_put(out, "moecast: 1\n");
    put_text(out, "", "name", s->name);
    put_text(out, "", "title", s->title);
    put_text(out, "", "description", s->description);
    put_text(out, "", "title_zh", s->title_zh);
    put_text(out, "", "description_zh", s->description_zh);
    if (catalogue) put_text(out, "", "catalogue", catalogue->text);
    csim_text_put(out, "time:\n");
    put_month(out, "  ", "start", s->start_month);
    put_month(out, "  ", "end", s->start_month + s->months - 1);
    csim_text_add(out, "run: {paths: %lld, seed: %llu", s->paths, s->seed);
    if (s->sampler) csim_text_add(out, ", sampler: %s", s->sampler == 1 ? "lhs" : "sobol");
    if (s->replicates) csim_text_add(out, ", replicates: %lld", s->replicates);
    if (s->vintage[0]) csim_text_put(out, ", vintage: "), csim_text_quote(out, s->vintage);
    csim_text_put(out, "}\n");
    put_names(out, "segments", s->segment, s->segments, NULL);
    put_names(out, "regions", s->region, s->regions, NULL);
    csim_text_add(out, "roles:\n  developers: %s\n  large_firms: %s\n  mid_firms: %s\n  consumers: %s\n  home: %s\n  china: %s\n", s->segment[s->role_developers],
                  s->segment[s->role_large_firms], s->segment[s->role_mid_firms], s->segment[s->role_consumers], s->region[s->role_home], s->region[s->role_china]);
    put_names(out, "  enterprise_regions", s->region, s->regions, s->enterprise_region);
    put_names(out, "vendors", s->vendor, s->vendors, NULL);
}

static void put_offering(csim_text *out, const csim_scenario *s, const csim_offering *o) {
    static const char *const origins[] = {"us", "cn", "other"};
    csim_text_add(out, "  %s:\n", o->id);
    put_text(out, "    ", "title", o->title);
    csim_text_add(out, "    openness: %s\n    origin: %s\n", o->openness == CSIM_OPEN ? "open" : "closed", origins[o->origin]);
    put_text(out, "    ", "licence", o->licence);
    put_month(out, "    ", "entry", o->entry_month);
    csim_text_add(out, "    fleet: %s\n", s->fleet[o->fleet].id);
    if (o->second_fleet >= 0) csim_text_add(out, "    second_fleet: %s\n", s->fleet[o->second_fleet].id);
    put_steps(out, "    ", "models", o->models, o->count);
}

static void put_fleet(csim_text *out, const csim_fleet *f) {
    csim_text_add(out, "  %s:\n", f->id);
    put_text(out, "    ", "title", f->title);
    csim_text_add(out, "    controlled: %s\n    electricity: %s\n", f->controlled ? "true" : "false", f->electricity);
    if (f->controlled) return;
    csim_text_add(out, "    successor_months: %d\n", f->successor_months);
    put_steps(out, "    ", "ladder", f->ladder, f->count);
}

static void put_regime(csim_text *out, const csim_scenario *s, const csim_regime *r) {
    csim_text_add(out, "    %s:\n      successor_months: %d\n", r->id, r->successor_months);
    if (r->like_fleet >= 0) csim_text_add(out, "      ladder: {fleet: %s}\n", s->fleet[r->like_fleet].id);
    else if (r->count) put_steps(out, "      ", "ladder", r->ladder, r->count);
}

static void put_policy(csim_text *out, const csim_scenario *s) {
    csim_text_add(out, "  form: %s\n  reference: %s\n  regimes:\n", s->policy_relative ? "relative" : "ladder", s->regime[s->policy_reference].id);
    for (size_t i = 0; i < s->regimes; i++) put_regime(out, s, &s->regime[i]);
    put_steps(out, "  ", "schedule", s->policy_schedule, s->policy_steps);
}

static void put_assimilation(csim_text *out, const csim_scenario *s) {
    const csim_node *observations = csim_node_find(csim_node_find(csim_scenario_source(s)->root, "assimilate"), "observations");
    if (s->assimilate_until == CSIM_NO_MONTH) csim_text_put(out, "  until: never\n");
    put_month(out, "  ", "until", s->assimilate_until);
    if (s->known_until == CSIM_NO_MONTH) csim_text_put(out, "  known_until: never\n");
    put_month(out, "  ", "known_until", s->known_until);
    if (observations) put_text(out, "  ", "observations", observations->text);
}

/* ---- inputs and levers -------------------------------------------------------------------------------------------------------------------------- */

static void put_note(csim_text *out, const csim_note *note, const char *unit) {
    const struct { const char *key, *text; } parts[] = {
        {"unit", unit}, {"basis", note->basis}, {"source", note->source}, {"date", note->date}, {"reason", note->reason}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i].text[0]) continue;
        csim_text_add(out, ", %s: ", parts[i].key);
        csim_text_quote(out, parts[i].text);
    }
}

static void put_numbers(csim_text *out, const char *key, const double *numbers, size_t count) {
    csim_text_add(out, "%s: [", key);
    for (size_t i = 0; i < count; i++) {
        if (i) csim_text_put(out, ", ");
        csim_text_number(out, numbers[i]);
    }
    csim_text_put(out, "]");
}

static void put_spec(csim_text *out, const csim_dist_spec *spec) {
    const csim_dist_family_info *info = csim_dist_family_get((csim_dist_family)spec->family);
    const char *comma = "";
    csim_text_add(out, "%s: ", info->name);
    if (spec->family == CSIM_DIST_FIXED) {
        csim_text_number(out, spec->parameter[0]);
        return;
    }
    csim_text_put(out, "{");
    for (int i = 0; i < CSIM_DIST_MAX_PARAMETERS && info->parameter[i]; i++) {
        if (!isfinite(spec->parameter[i])) continue; /* a bound that is not there */
        csim_text_add(out, "%s%s: ", comma, info->parameter[i]);
        csim_text_number(out, spec->parameter[i]);
        comma = ", ";
    }
    for (int i = 0; i < CSIM_DIST_LISTS && info->list[i]; i++) {
        csim_text_put(out, i ? ", " : "");
        put_numbers(out, info->list[i], spec->list[i], spec->knots);
    }
    if (spec->family == CSIM_DIST_INTERVAL90) csim_text_add(out, ", shape: %s", spec->shape == CSIM_DIST_SHAPE_NORMAL ? "normal" : "lognormal");
    csim_text_put(out, "}");
}

static void put_lever(csim_text *out, const csim_lever *lever) {
    const bool hazard = lever->hazard_from != CSIM_NO_MONTH;
    csim_text_put(out, "{schedule: {");
    for (size_t i = 0; i < lever->count; i++) {
        if (i) csim_text_put(out, ", ");
        csim_text_month(out, lever->values[i].month);
        csim_text_put(out, ": ");
        csim_text_number(out, lever->values[i].value);
    }
    csim_text_put(out, "}");
    if (hazard) {
        csim_text_put(out, ", hazard_per_yr: ");
        csim_text_number(out, lever->hazard_per_yr);
        csim_text_put(out, ", from: ");
        csim_text_month(out, lever->hazard_from);
        csim_text_put(out, ", value: ");
        csim_text_number(out, lever->hazard_value);
    }
    put_note(out, &lever->note, csim_lever_rows[lever->id].unit);
    csim_text_put(out, "}\n");
}

/* The keys of one table row as nested maps. `outer` is the index name printed last, so that it is printed once. */
typedef struct nest { char outer[CSIM_MAX_ID]; bool open; } nest;

static void put_nested_key(csim_text *out, nest *state, const char *row_key, const char *key) {
    const char *name = strchr(row_key, '.') + 1, *rest = key + strlen(row_key);
    if (!*rest) {
        csim_text_add(out, "  %s: ", name);
        return;
    }
    if (!state->open) csim_text_add(out, "  %s:\n", name);
    const char *inner = strchr(++rest, '.');
    const int outer_size = inner ? (int)(inner - rest) : 0;
    if (inner && (!state->open || strlen(state->outer) != (size_t)outer_size || memcmp(state->outer, rest, (size_t)outer_size) != 0))
        csim_text_add(out, "    %.*s:\n", outer_size, rest);
    memcpy(state->outer, rest, (size_t)outer_size);
    state->outer[outer_size] = '\0';
    state->open = true;
    csim_text_add(out, "%s%s: ", inner ? "      " : "    ", inner ? inner + 1 : rest);
}

static void put_inputs(csim_text *out, const csim_scenario *s, int id) {
    nest state = {0};
    for (int i = s->input_offset[id]; i < s->input_offset[id + 1]; i++) {
        const csim_input *input = &s->input[i];
        put_nested_key(out, &state, csim_input_rows[id].key, input->key);
        csim_text_put(out, "{");
        put_spec(out, &input->spec);
        put_note(out, &input->note, csim_input_rows[id].unit);
        csim_text_put(out, "}\n");
    }
}

static size_t section_size(const char *key) { return strcspn(key, "."); }
static bool same_section(const char *a, const char *b) { return section_size(a) == section_size(b) && memcmp(a, b, section_size(a)) == 0; }

/* Each top-level map once, with the fixed keys that share it before the inputs. */
static void put_sections(csim_text *out, const csim_scenario *s) {
    for (int first = 0; first < CSIM_INPUT_IDS; first++) {
        const char *key = csim_input_rows[first].key;
        bool seen = false;
        for (int i = 0; i < first && !seen; i++) seen = same_section(csim_input_rows[i].key, key);
        if (seen) continue;
        csim_text_add(out, "%.*s:\n", (int)section_size(key), key);
        if (same_section(key, "policy")) put_policy(out, s);
        if (same_section(key, "saas")) csim_text_add(out, "  bar: %s\n", s->saas_own_bar ? "own" : "midmarket");
        if (same_section(key, "assimilate")) put_assimilation(out, s);
        for (int id = first; id < CSIM_INPUT_IDS; id++)
            if (same_section(csim_input_rows[id].key, key)) put_inputs(out, s, id);
    }
}

static void put_levers(csim_text *out, const csim_scenario *s) {
    bool any = false;
    for (int id = 0; id < CSIM_LEVER_IDS; id++) {
        nest state = {0};
        for (int i = s->lever_offset[id]; i < s->lever_offset[id + 1]; i++) {
            if (!s->lever[i].pulled) continue;
            if (!any) csim_text_put(out, "levers:\n");
            any = true;
            put_nested_key(out, &state, csim_lever_rows[id].key, s->lever[i].key);
            put_lever(out, &s->lever[i]);
        }
    }
}

/* ---- correlations and claims -------------------------------------------------------------------------------------------------------------------- */

static void put_correlations(csim_text *out, const csim_scenario *s) {
    if (s->correlations) csim_text_put(out, "correlations:\n");
    for (size_t i = 0; i < s->correlations; i++) {
        const csim_correlation *c = &s->correlation[i];
        csim_text_add(out, "  - {a: %s, b: %s, rho: ", c->a, c->b);
        csim_text_number(out, c->rho);
        put_note(out, &c->note, "");
        csim_text_put(out, "}\n");
    }
}

static void put_reading(csim_text *out, const csim_reading *r) {
    const char *const indent = "        ";
    csim_text_add(out, "      %s:\n", r->id);
    put_text(out, indent, "title", r->title);
    put_text(out, indent, "title_zh", r->title_zh);
    put_text(out, indent, "metric", r->metric);
    put_text(out, indent, "element", r->element);
    put_text(out, indent, "identity", r->identity);
    csim_text_add(out, "%sop: \"%s\"\n%svalue: ", indent, r->op, indent);
    csim_text_number(out, r->value);
    csim_text_put(out, "\n");
    put_month(out, indent, "at", r->at_month);
    put_month(out, indent, "by", r->by_month);
    put_month(out, indent, "from", r->from_month);
    put_text(out, indent, "given", r->given);
    put_text(out, indent, "against", r->against);
    put_text(out, indent, "against_base", r->against_base);
    put_text(out, indent, "difference", r->difference);
    put_text(out, indent, "deciding", r->deciding);
}

static void put_claims(csim_text *out, const csim_scenario *s) {
    static const char *const kinds[] = {"threshold", "identity", "kernel", "conditional", "contrast"};
    if (s->claims) csim_text_put(out, "claims:\n");
    for (size_t i = 0; i < s->claims; i++) {
        const csim_claim *c = &s->claim[i];
        csim_text_add(out, "  %s:\n    kind: %s\n", c->id, kinds[c->kind]);
        put_text(out, "    ", "statement", c->statement);
        put_text(out, "    ", "statement_zh", c->statement_zh);
        put_text(out, "    ", "source", c->source);
        put_text(out, "    ", "said_on", c->said_on);
        put_text(out, "    ", "resolution", c->resolution);
        put_text(out, "    ", "status", c->status);
        put_text(out, "    ", "status_source", c->status_source);
        put_text(out, "    ", "comment", c->comment);
        csim_text_put(out, "    readings:\n");
        for (size_t k = 0; k < c->count; k++) put_reading(out, &c->readings[k]);
    }
}

csim_status csim_scenario_canonical(const csim_scenario *s, char **text, size_t *size, csim_error *err) {
    csim_text out = {0};
    put_head(&out, s);
    csim_text_put(&out, "offerings:\n");
    for (size_t i = 0; i < s->offerings; i++) put_offering(&out, s, &s->offering[i]);
    csim_text_put(&out, "fleets:\n");
    for (size_t i = 0; i < s->fleets; i++) put_fleet(&out, &s->fleet[i]);
    put_sections(&out, s);
    put_levers(&out, s);
    put_correlations(&out, s);
    put_claims(&out, s);
    return csim_text_take(&out, text, size, err);
}
