/* One group of attention layers as the file writes it → the moe_kv_group the cost kernel reads. Owns this arithmetic and
 * the count of layers by kind.
 *
 * Per layer; b = bytes a value, H = query heads, K = KV heads, d = head dimension, l = latent, r = rotary part, n = top_n, R = compression ratio:
 *   kind         stored bytes a token            read bytes an attended token   reach       FLOP an attended token: decode | prefill
 *   full         2 K d b                         = stored                       whole past  4 H d
 *   window       2 K d b, window tokens at most  = stored                       window      4 H d
 *   mla          E = l b_l + r b_r + scale       E                              whole past  H (2 (l + r) + 2 l) | H (2 qk + 2 v)   absorbed | expanded
 *   sparse_mla   E + X                           E, and X of every token        n           H (2 (l + r) + 2 l), both: the sparse kernels absorb in prefill too
 *   sparse_gqa   2 K d b + X                     2 K d b, and X of every token  n           4 H d
 *   compressed   (E + X) / R                     E / R, and X / R               n R, window 4 H (l + r) / R: one latent is key and value
 *   linear       -                               -                              -           - ; a fixed state of H qk v b bytes
 *   direct       the fields of moe_kv_group under their own names, for models of which no configuration is public
 * X = index_dim b_i + scale_i, the key of the indexer, scanned for the whole context at 2 index_heads index_dim FLOP a token.
 * An MLA latent is replicated on tensor parallel ranks, hence kv_heads = 1. Chunked attention is written as a window of the chunk. */
#include <math.h>

#include "csim/catalogue/readers.h"

static const double UNLIMITED = (double)INFINITY; /* past every context */
static const double MANY = 1e9; /* an upper bound that only catches slips of the pen */

typedef struct index_key { double bytes, flop; } index_key;

static index_key read_index(csim_entry_reader *reader) {
    double heads = csim_entry_whole(reader, "index_heads", 1, 1024);
    double width = csim_entry_whole(reader, "index_dim", 1, 65536);
    double bytes_per_value = csim_entry_number(reader, "index_bytes_per_value", 0.25, 8);
    double scale_bytes = csim_entry_number_or(reader, "index_scale_bytes", 0, 64, 0);
    return (index_key){.bytes = width * bytes_per_value + scale_bytes, .flop = 2 * heads * width};
}

static void read_index_into(csim_entry_reader *reader, double ratio, moe_kv_group *out) {
    index_key key = read_index(reader);
    out->stored_bytes_per_token += key.bytes / ratio;
    out->index_bytes_per_token = key.bytes / ratio;
    out->index_flop_per_context_token = key.flop / ratio;
}

static void read_full(csim_entry_reader *reader, moe_kv_group *out) {
    double heads = csim_entry_whole(reader, "heads", 1, 4096);
    double width = csim_entry_whole(reader, "head_dim", 1, 65536);
    out->kv_heads = csim_entry_whole(reader, "kv_heads", 1, 4096);
    out->stored_bytes_per_token = 2 * out->kv_heads * width * csim_entry_number(reader, "bytes_per_value", 0.25, 8);
    out->read_bytes_per_token = out->stored_bytes_per_token;
    out->decode_flop_per_context_token = out->prefill_flop_per_context_token = 4 * heads * width;
}

static void read_window(csim_entry_reader *reader, moe_kv_group *out) {
    read_full(reader, out);
    out->reach_tokens = out->stored_reach_tokens = csim_entry_whole(reader, "window_tokens", 1, MANY);
}

static void read_sparse_gqa(csim_entry_reader *reader, moe_kv_group *out) {
    read_full(reader, out);
    out->reach_tokens = csim_entry_whole(reader, "top_n", 1, MANY);
    read_index_into(reader, 1, out);
}

typedef struct latent_entry { double heads, latent, rope, bytes; } latent_entry;

static latent_entry read_latent(csim_entry_reader *reader) {
    latent_entry entry = {.heads = csim_entry_whole(reader, "heads", 1, 4096),
                          .latent = csim_entry_whole(reader, "latent", 1, 65536),
                          .rope = csim_entry_whole(reader, "rope", 0, 65536)};
    entry.bytes = entry.latent * csim_entry_number(reader, "latent_bytes_per_value", 0.25, 8) +
                  entry.rope * csim_entry_number(reader, "rope_bytes_per_value", 0.25, 8) + csim_entry_number_or(reader, "scale_bytes", 0, 64, 0);
    return entry;
}

static latent_entry read_mla_common(csim_entry_reader *reader, moe_kv_group *out) {
    latent_entry entry = read_latent(reader);
    out->kv_heads = 1;
    out->stored_bytes_per_token = out->read_bytes_per_token = entry.bytes;
    out->decode_flop_per_context_token = entry.heads * (2 * (entry.latent + entry.rope) + 2 * entry.latent);
    return entry;
}

static void read_mla(csim_entry_reader *reader, moe_kv_group *out) {
    latent_entry entry = read_mla_common(reader, out);
    double expanded = 2 * csim_entry_whole(reader, "qk_dim", 1, 65536) + 2 * csim_entry_whole(reader, "v_dim", 1, 65536);
    out->prefill_flop_per_context_token = entry.heads * expanded;
}

static void read_sparse_mla(csim_entry_reader *reader, moe_kv_group *out) {
    read_mla_common(reader, out);
    out->prefill_flop_per_context_token = out->decode_flop_per_context_token;
    out->reach_tokens = csim_entry_whole(reader, "top_n", 1, MANY);
    read_index_into(reader, 1, out);
}

static void read_compressed(csim_entry_reader *reader, moe_kv_group *out) {
    latent_entry entry = read_latent(reader);
    double ratio = csim_entry_whole(reader, "ratio", 1, 65536);
    if (ratio < 1) ratio = 1; /* only after an error, which sticks */
    out->kv_heads = 1;
    out->stored_bytes_per_token = out->read_bytes_per_token = entry.bytes / ratio;
    out->decode_flop_per_context_token = out->prefill_flop_per_context_token = 4 * entry.heads * (entry.latent + entry.rope) / ratio;
    if (csim_entry_child(reader, "top_n", false)) {
        out->reach_tokens = csim_entry_whole(reader, "top_n", 1, MANY) * ratio;
        read_index_into(reader, ratio, out);
    }
    if (csim_entry_child(reader, "window_tokens", false))
        out->reach_tokens = out->stored_reach_tokens = csim_entry_whole(reader, "window_tokens", 1, MANY);
}

static void read_linear(csim_entry_reader *reader, moe_kv_group *out) {
    out->kv_heads = csim_entry_whole(reader, "heads", 1, 4096);
    double values = csim_entry_whole(reader, "qk_dim", 1, 65536) * csim_entry_whole(reader, "v_dim", 1, 65536);
    out->state_bytes = out->kv_heads * values * csim_entry_number(reader, "bytes_per_value", 0.25, 8);
}

static void read_direct(csim_entry_reader *reader, moe_kv_group *out) {
    out->stored_bytes_per_token = csim_entry_number(reader, "stored_bytes_per_token", 0, MANY);
    out->read_bytes_per_token = csim_entry_number(reader, "read_bytes_per_token", 0, MANY);
    out->reach_tokens = csim_entry_number_or(reader, "reach_tokens", 1, MANY, UNLIMITED);
    out->stored_reach_tokens = csim_entry_number_or(reader, "stored_reach_tokens", 1, MANY, UNLIMITED);
    out->index_bytes_per_token = csim_entry_number_or(reader, "index_bytes_per_token", 0, MANY, 0);
    out->state_bytes = csim_entry_number_or(reader, "state_bytes", 0, MANY, 0);
    out->kv_heads = csim_entry_whole(reader, "kv_heads", 1, 4096);
    out->decode_flop_per_context_token = csim_entry_number(reader, "decode_flop_per_context_token", 0, MANY);
    out->prefill_flop_per_context_token = csim_entry_number(reader, "prefill_flop_per_context_token", 0, MANY);
    out->index_flop_per_context_token = csim_entry_number_or(reader, "index_flop_per_context_token", 0, MANY, 0);
}

static const char *const kind_names[] = {"full", "window", "mla", "sparse_mla", "sparse_gqa", "compressed", "linear", "direct", NULL};
static void (*const kind_readers[])(csim_entry_reader *, moe_kv_group *) = {read_full,       read_window,     read_mla,    read_sparse_mla,
                                                                            read_sparse_gqa, read_compressed, read_linear, read_direct};
enum { MLA = 2, SPARSE_MLA = 3, COMPRESSED = 5, LINEAR = 6, DIRECT = 7 }; /* places in kind_names */

/* What kinds of layers a step has fixed times for, and the format of cached values; a second cache of a layer (`extra`) is no layer. */
static void count_layers(csim_entry_reader *reader, int kind, bool extra, const moe_kv_group *group, moe_shape *shape) {
    const bool latent = kind == MLA || kind == SPARSE_MLA || kind == COMPRESSED;
    if (latent && !extra) shape->latent_layers += group->layers;
    if (group->index_flop_per_context_token > 0) shape->index_layers += group->layers;
    if (kind == LINEAR) shape->linear_layers += group->layers;
    if (kind == LINEAR || kind == DIRECT) return;
    const double bytes = csim_entry_number(reader, latent ? "latent_bytes_per_value" : "bytes_per_value", 0.25, 8);
    if (shape->cache_value_bytes <= 0 || bytes < shape->cache_value_bytes) shape->cache_value_bytes = bytes;
}

csim_status csim_kv_group_read(csim_node *node, const char *parent, size_t index, moe_shape *shape, double *counted_layers, csim_error *err) {
    char name[8] = {'k', 'v', '[', (char)('0' + index), ']', '\0'}; /* index < MOE_MAX_KV_GROUPS */
    moe_kv_group *out = &shape->kv[index];
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent, name, err);
    *out = (moe_kv_group){.reach_tokens = UNLIMITED, .stored_reach_tokens = UNLIMITED};
    out->layers = csim_entry_whole(&reader, "layers", 1, 1000);
    int kind = csim_entry_choice(&reader, "kind", kind_names);
    bool extra = csim_entry_flag_or(&reader, "extra", false);
    if (reader.status == CSIM_OK) kind_readers[kind](&reader, out);
    if (reader.status == CSIM_OK) count_layers(&reader, kind, extra, out, shape);
    if (!extra) *counted_layers += out->layers;
    return csim_entry_close(&reader);
}

double csim_shape_cache_bytes(const moe_shape *shape, double context_tokens) {
    double bytes = 0;
    for (int i = 0; i < shape->kv_groups; i++) {
        const moe_kv_group *group = &shape->kv[i];
        bytes += group->layers * (group->stored_bytes_per_token * fmin(context_tokens, group->stored_reach_tokens) + group->state_bytes);
    }
    return bytes;
}
