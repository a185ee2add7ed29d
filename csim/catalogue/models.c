/* models.yaml → csim_model_entry. Owns the check that the parts of a model add up to what was published; must not know how attention is stored (kv_group.c). */
#include <math.h>

#include "csim/catalogue/readers.h"

static const char *const openness_names[] = {"open", "closed", NULL};
static const char *const origin_names[] = {"us", "cn", "other", NULL};
static const double BILLION = 1e9;
static const double DEFAULT_TOLERANCE_FRAC = 0.03;

static double read_params(csim_entry_reader *reader, const char *key) { return BILLION * csim_entry_number(reader, key, 0, 1e6); }

static void read_identity(csim_entry_reader *reader, csim_model_entry *out) {
    out->title = csim_entry_text(reader, "title");
    out->family = csim_entry_text(reader, "family");
    out->open_weights = csim_entry_choice(reader, "openness", openness_names) == 0;
    out->origin = csim_entry_choice_text(reader, "origin", origin_names);
    out->licence = csim_entry_text(reader, "licence");
    out->released_month = csim_entry_month(reader, "released");
    csim_aliases_read(reader, &out->aliases);
}

static void read_experts(csim_entry_reader *reader, csim_model_entry *out) {
    moe_shape *shape = &out->shape;
    shape->layers = csim_entry_whole(reader, "layers", 1, 1000);
    shape->moe_layers = csim_entry_whole(reader, "moe_layers", 0, shape->layers);
    shape->hidden = csim_entry_whole(reader, "hidden", 1, 1e6);
    shape->expert_io = csim_entry_number_or(reader, "expert_io", 1, 1e6, shape->hidden);
    shape->experts = csim_entry_whole(reader, "experts", 0, 1e5);
    out->shared_experts = csim_entry_whole(reader, "shared_experts", 0, 1e3);
    shape->top_k = csim_entry_whole(reader, "top_k", 0, shape->experts);
    double width = csim_entry_whole(reader, "expert_width", 0, 1e6);
    shape->expert_params = 3 * shape->expert_io * width; /* gate, up and down projection */
    double routed = shape->moe_layers * shape->experts * shape->top_k * width;
    double any = shape->moe_layers + shape->experts + shape->top_k + width;
    if ((routed > 0) != (any > 0))
        csim_entry_fail(reader, reader->map, CSIM_INCONSISTENT, "experts", "moe_layers, experts, top_k and expert_width must be all zero (dense) or all positive");
}

static void read_sizes(csim_entry_reader *reader, csim_model_entry *out) {
    moe_shape *shape = &out->shape;
    shape->total_params = read_params(reader, "total_params_b");
    shape->active_params = read_params(reader, "active_params_b");
    shape->attention_params = read_params(reader, "attention_params_b");
    shape->dense_ffn_params = read_params(reader, "dense_ffn_params_b");
    shape->shared_expert_params = read_params(reader, "shared_expert_params_b");
    shape->head_params = read_params(reader, "head_params_b");
    out->input_embedding_params = BILLION * csim_entry_number_or(reader, "input_embedding_params_b", 0, 1e3, shape->head_params / BILLION);
    out->tolerance_frac = csim_entry_number_or(reader, "tolerance_frac", 0, 0.2, DEFAULT_TOLERANCE_FRAC);
}

static void read_bytes(csim_entry_reader *parent, moe_shape *out) {
    csim_node *node = csim_entry_child(parent, "bytes", true);
    if (!node) return;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent->field, "bytes", parent->err);
    out->attention_bytes = csim_entry_number(&reader, "attention", 0.25, 4);
    out->ffn_bytes = csim_entry_number(&reader, "ffn", 0.25, 4);
    out->expert_bytes = csim_entry_number(&reader, "expert", 0.25, 4);
    out->head_bytes = csim_entry_number(&reader, "head", 0.25, 4);
    parent->status = csim_entry_close(&reader);
}

static void read_kv(csim_entry_reader *reader, moe_shape *out) {
    csim_node *list = csim_entry_child(reader, "kv", true);
    if (!list) return;
    if (list->kind != CSIM_NODE_LIST || list->count < 1 || list->count > MOE_MAX_KV_GROUPS) {
        csim_entry_fail(reader, list, CSIM_WRONG_TYPE, "kv", "a list of 1 to %d groups of layers is wanted here", (int)MOE_MAX_KV_GROUPS);
        return;
    }
    double counted_layers = 0;
    for (size_t i = 0; i < list->count && reader->status == CSIM_OK; i++)
        reader->status = csim_kv_group_read(list->items[i], reader->field, i, out, &counted_layers, reader->err);
    out->kv_groups = (int)list->count;
    if (out->cache_value_bytes <= 0) out->cache_value_bytes = out->attention_bytes; /* no group says: as the attention's weights */
    if (counted_layers != out->layers)
        csim_entry_fail(reader, list, CSIM_INCONSISTENT, "kv", "the groups count %g layers, the model has %g", counted_layers, out->layers);
}

static void check_sum(csim_entry_reader *reader, const char *key, double sum, double published, double tolerance_frac) {
    if (fabs(sum - published) <= tolerance_frac * published) return;
    csim_entry_fail(reader, csim_node_find(reader->map, key), CSIM_INCONSISTENT, key, "the parts add up to %.4gB, %.4gB is stated, more than %g %% apart",
                    sum / BILLION, published / BILLION, 100 * tolerance_frac);
}

/* Vendors count the input embedding as active or do not: the nearer reading is compared. */
static void check_sums(csim_entry_reader *reader, const csim_model_entry *model) {
    if (reader->status != CSIM_OK) return;
    const moe_shape *shape = &model->shape;
    double dense = shape->attention_params + shape->dense_ffn_params + shape->shared_expert_params + shape->head_params;
    double total = dense + model->input_embedding_params + shape->moe_layers * shape->experts * shape->expert_params;
    double active = dense + shape->moe_layers * shape->top_k * shape->expert_params;
    double with_embedding = active + model->input_embedding_params;
    if (fabs(with_embedding - shape->active_params) < fabs(active - shape->active_params)) active = with_embedding;
    check_sum(reader, "total_params_b", total, shape->total_params, model->tolerance_frac);
    check_sum(reader, "active_params_b", active, shape->active_params, model->tolerance_frac);
    if ((model->shared_experts > 0) != (shape->shared_expert_params > 0))
        csim_entry_fail(reader, reader->map, CSIM_INCONSISTENT, "shared_expert_params_b", "shared experts and their parameters must come together");
}

static void check_tolerance(csim_entry_reader *reader, const csim_model_entry *model) {
    if (reader->status != CSIM_OK || model->tolerance_frac <= DEFAULT_TOLERANCE_FRAC) return;
    if (csim_provenance_get(&model->provenance, "tolerance_frac") == &model->provenance.entry)
        csim_entry_fail(reader, csim_node_find(reader->map, "tolerance_frac"), CSIM_MISSING_KEY, "overrides.tolerance_frac",
                        "a tolerance above %g %% needs an override that says why", 100 * DEFAULT_TOLERANCE_FRAC);
}

csim_status csim_model_entry_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err) {
    csim_model_entry *model = out;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent, name, err);
    model->id = name;
    read_identity(&reader, model);
    read_experts(&reader, model);
    read_sizes(&reader, model);
    read_bytes(&reader, &model->shape);
    read_kv(&reader, &model->shape);
    csim_provenance_read(&reader, &model->provenance);
    check_sums(&reader, model);
    check_tolerance(&reader, model);
    return csim_entry_close(&reader);
}
