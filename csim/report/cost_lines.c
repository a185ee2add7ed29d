/* Names in formulas are cells; so the equations read here as they do in the workbook. */
#include "csim/report/cost_lines.h"

#include <math.h>
#include <string.h>

#include "csim/cost/drafting.h"
#include "csim/report/shipped_cost.h"
#include "kernels/moe_efficiency.h"

#define NONE CSIM_LINE_NO_ENGINE
#define KERNEL(field) offsetof(csim_shipped_engine, cost.serving.kernel.field)
#define COST(field) offsetof(csim_shipped_engine, cost.field)
#define ENGINE(field) offsetof(csim_shipped_engine, field)
#define BOTH (CSIM_LINE_BATCHES | CSIM_LINE_KINDS)

#define HEADING(text) {NULL, text, NULL, CSIM_AS_GENERAL, 0, NULL, NONE, 0}
#define WORD(name, label, formula) {name, label, "word", CSIM_AS_GENERAL, 0, formula, NONE, 0}
#define WHOLE(name, label, unit, formula) {name, label, unit, CSIM_AS_NUMBER, 0, formula, NONE, 0}
#define FLAG(name, label, formula, tables) {name, label, "1: yes", CSIM_AS_NUMBER, 0, formula, NONE, tables}
#define LARGE(name, label, unit, formula, engine, tables) {name, label, unit, CSIM_AS_SCIENTIFIC, 4, formula, engine, tables}
#define PLAIN(name, label, unit, formula, engine, tables) {name, label, unit, CSIM_AS_NUMBER, 4, formula, engine, tables}
#define SECONDS(name, label, formula, engine, tables) LARGE(name, label, "s", formula, engine, tables)

#define OF_MODEL(column) "INDEX(models_" column ",model_row)"
#define OF_MACHINE(column) "INDEX(machines_" column ",machine_row)"
#define SERVED(bytes) "IF(AND(widens=1," bytes "<four_bit_below),eight_bit_bytes," bytes ")"
#define RATE(bytes, four_bit, widened) "IF(" bytes ">=wide_from,bf_rate,IF(" bytes ">=four_bit_below,eight_bit_rate,IF(four_bit_units=1," four_bit "," widened ")))"
#define EXPERT_RATE "IF(expert_served<narrow_below,eight_bit_rate,four_bit_rate)"
/* What is wrong with t and G of a pool; two IFs are left open. */
#define POOL(t, g, pool) \
    "IF(OR(" t "<>INT(" t ")," t "<1)," "\"" pool ": t must be a whole number from one on\",IF(OR(" g "<" t "," g "/MAX(1," t ")<>INT(" g "/MAX(1," t ")))," \
    "\"" pool ": G must be a whole multiple of t\",IF(" g ">group_most,\"" pool ": G is above the machine's largest group\","
#define IF_PRICED(formula) "IF(ISNUMBER(usd_per_s)," formula ",\"n/a\")"
#define READ(params, bytes) params "*" bytes "/IF(" bytes "<four_bit_below,eta_memory_four,1)"

static const csim_cost_line lines[] = {
    HEADING("Model, from the sheet Models"),
    WHOLE("model_row", "Row of the model", "row", "MATCH(model,models_id,FALSE)"),
    WORD("model_title", "Title", OF_MODEL("title")),
    WHOLE("layers", "Layers", "layers", OF_MODEL("layers")),
    WHOLE("moe_layers", "of which with routed experts", "layers", OF_MODEL("moe_layers")),
    WHOLE("latent_layers", "of which with latent attention", "layers", OF_MODEL("latent_layers")),
    WHOLE("index_layers", "of which with an indexer", "layers", OF_MODEL("index_layers")),
    WHOLE("linear_layers", "of which with linear attention", "layers", OF_MODEL("linear_layers")),
    WHOLE("hidden", "Width", "values", OF_MODEL("hidden")),
    WHOLE("expert_io", "Width sent to experts", "values", OF_MODEL("expert_io")),
    WHOLE("experts", "Experts of a layer", "experts", OF_MODEL("experts")),
    WHOLE("top_k", "Experts that a token visits", "experts", OF_MODEL("top_k")),
    LARGE("attention_params", "Attention", "parameters", OF_MODEL("attention_params"), NONE, 0),
    LARGE("ffn_params", "Dense layers", "parameters", OF_MODEL("ffn_params"), NONE, 0),
    LARGE("shared_params", "Shared experts", "parameters", OF_MODEL("shared_params"), NONE, 0),
    LARGE("head_params", "Head", "parameters", OF_MODEL("head_params"), NONE, 0),
    LARGE("expert_params", "One expert in one layer", "parameters", OF_MODEL("expert_params"), NONE, 0),
    LARGE("routed_params", "Routed experts that a token uses", "parameters", "moe_layers*top_k*expert_params", NONE, 0),
    PLAIN("value_bytes", "A cached value", "B", OF_MODEL("value_bytes"), NONE, 0),

    HEADING("Machine, from the sheet Machines"),
    WHOLE("machine_row", "Row of the machine", "row", "MATCH(machine,machines_id,FALSE)"),
    WORD("machine_title", "Title", OF_MACHINE("title")),
    LARGE("bf_rate", "BF16 peak", "FLOP/s", OF_MACHINE("bf16"), NONE, 0),
    LARGE("eight_bit_rate", "FP8 peak", "FLOP/s", OF_MACHINE("eight_bit"), NONE, 0),
    LARGE("four_bit_rate", "FP4 peak", "FLOP/s", OF_MACHINE("four_bit"), NONE, 0),
    FLAG("four_bit_units", "Has 4-bit units", "IF(four_bit_rate>eight_bit_rate,1,0)", 0),
    LARGE("memory_bytes", "Memory", "B", OF_MACHINE("memory_bytes"), NONE, 0),
    LARGE("memory_rate", "Memory rate", "B/s", OF_MACHINE("memory_rate"), NONE, 0),
    LARGE("near_rate", "Fast link, one way", "B/s", OF_MACHINE("near_rate"), NONE, 0),
    LARGE("far_rate", "Port to other domains, one way", "B/s", OF_MACHINE("far_rate"), NONE, 0),
    WHOLE("domain", "Accelerators of a fast domain", "accelerators", OF_MACHINE("domain")),
    WHOLE("group_most", "Accelerators of a replica at most", "accelerators", OF_MACHINE("group_most")),
    PLAIN("all_in_kw", "All-in power", "kW", OF_MACHINE("all_in_kw"), NONE, 0),
    PLAIN("factor", "Decode measured over equations", "ratio", OF_MACHINE("factor"), COST(decode_factor), 0),
    PLAIN("log_sd", "Error of the equations", "sd of ln", OF_MACHINE("log_sd"), COST(band_log_sd), 0),

    HEADING("Weights as served"),
    FLAG("widens", "4-bit weights are kept at 8 bits", "IF(AND(keep_eight=\"yes\",eight_bit_rate>bf_rate,four_bit_units=0),1,0)", 0),
    PLAIN("attention_served", "Attention", "B/parameter", SERVED(OF_MODEL("attention_bytes")), NONE, 0),
    PLAIN("ffn_served", "Dense layers", "B/parameter", SERVED(OF_MODEL("ffn_bytes")), NONE, 0),
    PLAIN("expert_served", "Experts", "B/parameter", SERVED(OF_MODEL("expert_bytes")), NONE, 0),
    PLAIN("head_served", "Head", "B/parameter", SERVED(OF_MODEL("head_bytes")), NONE, 0),
    LARGE("dense_bytes", "All weights but the routed experts", "B", "attention_params*attention_served+ffn_params*ffn_served+shared_params*expert_served+head_params*head_served", KERNEL(dense_bytes), 0),
    LARGE("routed_bytes", "Routed experts", "B", "moe_layers*experts*expert_params*expert_served", KERNEL(routed_bytes), 0),
    FLAG("mixture", "Experts are routed", "IF(routed_bytes>0,1,0)", 0),
    LARGE("dense_reading", "Dense weights over the share of the rate reached, but for eta_memory", "B", READ("attention_params", "attention_served") "+" READ("ffn_params", "ffn_served") "+" READ("shared_params", "expert_served") "+head_params*head_served", NONE, 0),
    PLAIN("expert_share", "Share of the memory rate that experts reach", "share", "eta_expert*IF(AND(expert_served<four_bit_below,four_bit_units=1),eta_expert_four,1)", NONE, 0),

    HEADING("Products of a token, at the peak"),
    LARGE("attention_rate", "Attention's rate", "FLOP/s", RATE("attention_served", "four_bit_rate", "bf_rate"), NONE, 0),
    LARGE("ffn_rate", "Dense layers' rate", "FLOP/s", RATE("ffn_served", "four_bit_rate", "bf_rate"), NONE, 0),
    LARGE("shared_rate", "Shared experts' rate", "FLOP/s", RATE("expert_served", EXPERT_RATE, "bf_rate"), NONE, 0),
    LARGE("routed_rate", "Routed experts' rate", "FLOP/s", RATE("expert_served", EXPERT_RATE, "bf_rate*eta_widened"), NONE, 0),
    LARGE("head_rate", "Head's rate", "FLOP/s", RATE("head_served", "four_bit_rate", "bf_rate"), NONE, 0),
    LARGE("cache_rate", "Attention over the cache", "FLOP/s", "IF(value_bytes<wide_from,eight_bit_rate,bf_rate)", NONE, 0),
    SECONDS("prompt_products_s", "A prompt token's, without the head", "flop_a_parameter*(attention_params/attention_rate+ffn_params/ffn_rate+shared_params/shared_rate+routed_params/routed_rate)", NONE, 0),
    SECONDS("products_s", "A decoded token's", "prompt_products_s+flop_a_parameter*head_params/head_rate", NONE, 0),

    HEADING("A sequence, over all groups"),
    LARGE("kv_read_bytes", "Cache read a step", "B", "SUM(groups_read)", KERNEL(kv_read_bytes), 0),
    LARGE("kv_stored_bytes", "Cache kept", "B", "SUM(groups_stored)", KERNEL(kv_stored_bytes), 0),
    LARGE("state_bytes", "Recurrent state", "B", "SUM(groups_state)", KERNEL(state_bytes), 0),
    LARGE("decode_flop", "Attention of a decoded token", "FLOP", "SUM(groups_decode)", NONE, 0),
    LARGE("prefill_flop", "Attention of a prompt token", "FLOP", "SUM(groups_prefill)", NONE, 0),
    LARGE("prompt_kept_bytes", "Kept of a cached prompt, a token", "B/token", "SUM(groups_prompt)/input_tokens", NONE, 0),
    WHOLE("verified", "Tokens verified a step", "tokens", "drafts+1"),

    HEADING("What is asked"),
    WORD("asked", "Whether the request can be: ok, or what is not allowed",
         "IF(COUNTIF(input_states,\"missing\")>0,\"missing: \"&INDEX(input_labels,MATCH(\"missing\",input_states,FALSE)),IF(COUNTIF(coefficient_states,\"missing\")>0,\"missing: a coefficient\","
         "IF(OR(drafts<>INT(drafts),drafts<0,drafts>drafts_most),\"drafts must be a whole number, up to three\",IF(OR(accepted<1,accepted>drafts+1),\"accepted tokens must lie between one and drafts and one more\",\"ok\"))))"),
    WORD("built", "Whether the layout can be: ok, or what is not allowed",
         "IF(asked<>\"ok\",asked," POOL("tensor", "group", "decode") POOL("prefill_tensor", "prefill_group", "prompts") "IF(sequences>0,\"ok\",\"sequences must be above zero\"))))))))"),
    WORD("allowed", "and whether it has a price",
         "IF(built<>\"ok\",built,IF(ISNUMBER(IF(ISNUMBER(own_price),own_price,INDEX(basis_hours,MATCH(basis,basis_names,FALSE)))),\"ok\",\"no price of this machine on this basis: state an hour's price of your own\"))"),

    HEADING("Layout"),
    FLAG("exchanging", "Messages go all to all", "IF(AND(mixture=1,group>tensor),1,0)", CSIM_LINE_KINDS),
    PLAIN("replication", "Copies of a cache over the tensor ranks", "ratio", "IF(COUNT(groups_heads)=0,1,tensor/MIN(tensor,groups_heads))", KERNEL(replication), CSIM_LINE_KINDS),
    PLAIN("reached_gpus", "Other accelerators that a token's experts lie on", "accelerators", "IF(group>1,(group-1)*(1-(1-1/group)^top_k),0)", KERNEL(reached_gpus), CSIM_LINE_KINDS),
    PLAIN("domains", "Domains that take a prompt's experts", "domains", "MAX(1,prefill_group/domain)", NONE, CSIM_LINE_KINDS),
    PLAIN("reached_domains", "Other domains that a prompt token's experts lie on", "domains", "IF(domains>1,(domains-1)*(1-(1-1/domains)^top_k),0)", KERNEL(reached_nodes), CSIM_LINE_KINDS),
    LARGE("left_bytes", "Memory beside weights and buffers, an accelerator", "B", "memory_share*memory_bytes-dense_bytes/tensor-routed_bytes/group-buffer_bytes", NONE, CSIM_LINE_KINDS),
    LARGE("sequence_bytes", "Kept for a sequence", "B", "kv_stored_bytes*replication+state_bytes", NONE, CSIM_LINE_KINDS),
    PLAIN("batch_memory", "Batch that memory holds", "sequences/acc.", "left_bytes/sequence_bytes", KERNEL(batch_memory), CSIM_LINE_KINDS),
    PLAIN("batch", "Batch", "sequences/acc.", "sequences/group", KERNEL(batch), BOTH),
    PLAIN("inside", "Share of a replica in one domain", "share", "MIN(domain/group,1)", NONE, CSIM_LINE_KINDS),
    PLAIN("inside_tensor", "Share of a tensor group in one domain", "share", "MIN(domain/tensor,1)", NONE, CSIM_LINE_KINDS),

    HEADING("A decode step"),
    SECONDS("dense_s", "Reading dense weights", "dense_reading/(tensor*eta_memory*memory_rate)", KERNEL(dense_s), CSIM_LINE_KINDS),
    SECONDS("experts_all_s", "Reading every routed expert", "routed_bytes/(group*expert_share*memory_rate)", NONE, CSIM_LINE_KINDS),
    PLAIN("untouched", "Experts that no token visits", "share", "IF(experts>top_k,EXP(batch*group*verified*LN(1-top_k/experts)),0)", NONE, BOTH),
    PLAIN("touched", "Experts touched", "share", "1-untouched", KERNEL(experts_touched_share), BOTH),
    SECONDS("experts_s", "Reading experts: those touched, one on each accelerator at least", "experts_all_s*(1-MIN(untouched,IF(exchanging=1,1-group/experts,1)))", KERNEL(experts_s), BOTH),
    SECONDS("compute_s", "Matrix products", "batch*verified*products_s/eta_flop", KERNEL(compute_s), BOTH),
    SECONDS("cache_s", "Reading caches", "batch*(kv_read_bytes*replication+state_bytes)/(eta_memory*memory_rate)", KERNEL(cache_s), BOTH),
    SECONDS("attention_s", "Attention over caches", "batch*verified*decode_flop/(cache_rate*eta_flop)", KERNEL(attention_s), BOTH),
    SECONDS("work_s", "Work: the longer of reading weights and products, then caches and attention", "MAX(dense_s+experts_s,compute_s)+cache_s+attention_s", KERNEL(work_s), BOTH),
    LARGE("message_bytes", "Messages of a decoded token, one way", "B", "exchanging*moe_layers*reached_gpus*expert_io*message_value_bytes", NONE, CSIM_LINE_KINDS),
    SECONDS("near_s", "Messages inside the domain", "batch*verified*message_bytes*inside/(eta_near*near_rate)", NONE, BOTH),
    SECONDS("far_s", "Messages across domains", "batch*verified*message_bytes*(1-inside)/(eta_far*far_rate)", NONE, BOTH),
    SECONDS("overlapped_s", "Messages beside work", "far_s+IF(stack=\"tuned\",near_s,0)", KERNEL(exchange_overlapped_s), BOTH),
    SECONDS("exchange_s", "Messages after work", "IF(stack=\"tuned\",0,near_s)", KERNEL(exchange_s), BOTH),
    LARGE("reduce_bytes", "All-reduces of a token", "B", "(reduces_a_layer*layers-exchanging*moe_layers)*reduce_passes*(tensor-1)*hidden*reduce_value_bytes", NONE, CSIM_LINE_KINDS),
    LARGE("link_s", "A byte between tensor ranks", "s/B", "inside_tensor/(eta_near*near_rate)+(1-inside_tensor)/(eta_far*far_rate)", NONE, CSIM_LINE_KINDS),
    SECONDS("reduce_s", "All-reduces", "batch*verified*reduce_bytes*link_s", KERNEL(reduce_s), BOTH),
    PLAIN("fixed_scale", "Factor on fixed times", "ratio", "IF(four_bit_units=1,tau_four_bit_units,1)*IF(stack=\"first\",tau_first_release,1)", NONE, 0),
    SECONDS("launch_s", "Fixed times of a step", "fixed_scale*(layers*(tau_layer+tau_doubling*LOG(tensor,doubling)+IF(ffn_served<four_bit_below,tau_quantise,0))+latent_layers*tau_latent+index_layers*tau_index+linear_layers*tau_linear+moe_layers*(tau_moe+exchanging*tau_exchange))+layers*tau_across*LOG(MAX(1,tensor/domain),doubling)", NONE, CSIM_LINE_KINDS),
    SECONDS("fixed_s", "Fixed times with those of sequences", "launch_s+fixed_scale*tau_sequence*tensor*batch", KERNEL(fixed_s), BOTH),
    SECONDS("alone_s", "Step without drafts", "SQRT(work_s*work_s+overlapped_s*overlapped_s)+exchange_s+reduce_s+fixed_s", NONE, BOTH),
    SECONDS("drafts_s", "Drafts", "drafts/layers*alone_s", KERNEL(drafts_s), BOTH),
    SECONDS("step_s", "Step", "alone_s+drafts_s", KERNEL(step_s), BOTH),

    HEADING("A prompt token, and a user's wait"),
    PLAIN("prompt_slower", "Prompts on a stack that is not tuned", "ratio", "IF(AND(mixture=1,stack<>\"tuned\"),eta_prompt_default,1)", NONE, 0),
    SECONDS("prompt_work_s", "Products and attention", "(prompt_products_s+prefill_flop/cache_rate)/eta_prompt", NONE, 0),
    SECONDS("activations_s", "Activations through memory", "activation_passes*activation_bytes*hidden*(layers+moe_layers*top_k)/memory_rate", NONE, 0),
    FLAG("prompt_exchanging", "Messages go all to all", "IF(AND(mixture=1,prefill_group>prefill_tensor),1,0)", CSIM_LINE_KINDS),
    LARGE("prompt_reduce_bytes", "All-reduces of a prompt token", "B", "(reduces_a_layer*layers-prompt_exchanging*moe_layers)*reduce_passes*(prefill_tensor-1)*hidden*reduce_value_bytes", NONE, CSIM_LINE_KINDS),
    PLAIN("inside_prompt", "Share of a tensor group in one domain", "share", "MIN(domain/prefill_tensor,1)", NONE, CSIM_LINE_KINDS),
    LARGE("prompt_link_s", "A byte between tensor ranks", "s/B", "inside_prompt/(eta_near_prompt*near_rate)+(1-inside_prompt)/(eta_far*far_rate)", NONE, CSIM_LINE_KINDS),
    SECONDS("prompt_reduce_s", "All-reduces", "prompt_reduce_bytes*prompt_link_s", NONE, CSIM_LINE_KINDS),
    SECONDS("prompt_across_s", "Messages across domains, beside work", "prompt_exchanging*moe_layers*reached_domains*expert_io*message_value_bytes/(eta_far*far_rate)", NONE, CSIM_LINE_KINDS),
    SECONDS("input_s", "Accelerator-seconds of an uncached prompt token", "SQRT((prompt_slower*(prompt_work_s+activations_s)+prompt_reduce_s)^square+prompt_across_s^square)", KERNEL(input_s), CSIM_LINE_KINDS),
    SECONDS("prompts_between_s", "Prompts taken between two steps (one pool)", "IF(pools=\"one\",batch*(1-hit_share)*input_tokens/output_tokens*input_s,0)", KERNEL(prompt_s), BOTH),
    SECONDS("tpot_s", "Time that a user waits for a token", "step_s/accepted+prompts_between_s", KERNEL(tpot_s), BOTH),
    SECONDS("output_s", "Accelerator-seconds of an output token", "step_s/(accepted*batch)/factor", KERNEL(output_s), BOTH),

    HEADING("Dollars and joules"),
    PLAIN("usd_per_hour", "An accelerator hour", "$/h", "IF(ISNUMBER(own_price),own_price,INDEX(basis_hours,MATCH(basis,basis_names,FALSE)))", COST(usd_per_hour), 0),
    LARGE("usd_per_s", "A second that serves", "$/s", "IF(allowed=\"ok\",usd_per_hour/seconds_an_hour/utilisation,\"n/a\")", NONE, 0),
    LARGE("usd_per_byte_hour", "Host memory", "$/B/h", "host_memory_usd/bytes_a_gb/(host_memory_years*hours_a_year)", NONE, 0),
    PLAIN("usd_in", "Uncached input", "$/M tokens", IF_PRICED("tokens_a_price*usd_per_s*input_s"), COST(usd_per_mtok_in), 0),
    PLAIN("usd_cached", "Cached input: fetched and kept, or computed again where that is cheaper", "$/M tokens", IF_PRICED("MIN(tokens_a_price*(usd_per_s*prompt_kept_bytes/(fetch_share*far_rate)+prompt_kept_bytes*cache_hours*usd_per_byte_hour),usd_in)"), COST(usd_per_mtok_cached), 0),
    PLAIN("usd_out", "Output", "$/M tokens", IF_PRICED("tokens_a_price*usd_per_s*output_s"), COST(usd_per_mtok_out), CSIM_LINE_BATCHES),
    PLAIN("usd_out_low", "Output, 80 % from", "$/M tokens", IF_PRICED("usd_out*EXP(-interval_sd*log_sd)"), ENGINE(usd_out_low), 0),
    PLAIN("usd_out_high", "Output, 80 % to", "$/M tokens", IF_PRICED("usd_out*EXP(interval_sd*log_sd)"), ENGINE(usd_out_high), 0),
    {"usd_request", "A request", "$", CSIM_AS_SCIENTIFIC, 4, IF_PRICED("(input_tokens*((1-hit_share)*usd_in+hit_share*usd_cached)+output_tokens*usd_out)/tokens_a_price"), COST(usd_per_request), 0},
    PLAIN("speed", "Speed of a user", "tokens/s", "1/tpot_s", COST(tok_per_s_user), CSIM_LINE_BATCHES),
    PLAIN("output_rate", "Output of an accelerator that decodes", "tokens/s", "1/output_s", COST(output_tok_per_s), 0),
    PLAIN("input_rate", "Prompt tokens of an accelerator that takes prompts", "tokens/s", "1/input_s", COST(input_tok_per_s), 0),
    PLAIN("joule_out", "Energy of an output token", "J/token", "watts_a_kw*all_in_kw/utilisation*output_s", COST(joule_per_output_token), 0),
    PLAIN("joule_in", "Energy of an uncached input token", "J/token", "watts_a_kw*all_in_kw/utilisation*input_s", COST(joule_per_input_token), 0),
    PLAIN("prompts_per_decode", "Accelerators for prompts, for each that decodes", "ratio", "IF(pools=\"one\",0,(1-hit_share)*input_tokens/output_tokens*input_s/output_s)", COST(serving.prefill_per_decode), 0),

    HEADING("What limits the batch"),
    SECONDS("bandwidth_s", "Bandwidth: reading", "IF(dense_s+experts_s>=compute_s,dense_s+experts_s,0)+cache_s", NONE, 0),
    SECONDS("products_limit_s", "Compute: products and attention", "IF(dense_s+experts_s>=compute_s,0,compute_s)+attention_s", NONE, 0),
    SECONDS("network_s", "Network: what messages add", "SQRT(work_s*work_s+overlapped_s*overlapped_s)-work_s+exchange_s+reduce_s", NONE, 0),
    WORD("fits", "Weights and one sequence fit", "IF(left_bytes*group>=sequence_bytes,\"yes\",\"no\")"),
    WORD("binding", "Limit", "IF(batch>=batch_memory,\"memory\",IF(bandwidth_s>=MAX(products_limit_s,network_s,fixed_s),\"bandwidth\",IF(products_limit_s>=MAX(network_s,fixed_s),\"compute\",IF(network_s>=fixed_s,\"network\",\"latency\"))))"),
};

const csim_cost_line *csim_cost_lines(size_t *count) {
    *count = sizeof lines / sizeof lines[0];
    return lines;
}

/* ---- groups of layers ---- */

#define OF_GROUP(column) "IF(place>0,INDEX(caches_" column ",place),0)"
#define GROUP(name, label, unit, formula) {name, label, unit, CSIM_AS_SCIENTIFIC, 4, formula, NONE, 0}
#define TOKENS(name, label, formula) {name, label, "tokens", CSIM_AS_NUMBER, 0, formula, NONE, 0}

static const csim_cost_line group_lines[] = {
    {"place", "Row of the group, 0: there is none", "row", CSIM_AS_NUMBER, 0, "IF(number<=INDEX(models_groups,model_row),INDEX(models_first_group,model_row)+number-1,0)", NONE, 0},
    {"group_layers", "Layers", "layers", CSIM_AS_NUMBER, 0, OF_GROUP("layers"), NONE, 0},
    TOKENS("reach", "Attended at most", OF_GROUP("reach")), TOKENS("stored_reach", "Kept at most", OF_GROUP("stored_reach")),
    GROUP("stored_each", "Kept a token and layer", "B", OF_GROUP("stored_bytes")), GROUP("read_each", "Read a token and layer", "B", OF_GROUP("read_bytes")),
    GROUP("index_each", "Index read a token and layer", "B", OF_GROUP("index_bytes")), GROUP("state_each", "State of a layer", "B", OF_GROUP("state_bytes")),
    GROUP("decode_each", "Decode, a token attended and layer", "FLOP", OF_GROUP("decode_flop")), GROUP("prefill_each", "Prompt, a token attended and layer", "FLOP", OF_GROUP("prefill_flop")),
    GROUP("index_flop_each", "Index, a token and layer", "FLOP", OF_GROUP("index_flop")),
    TOKENS("context", "Mean context of decode", "input_tokens+output_tokens*middle"), TOKENS("before", "Mean context of a prompt token", "input_tokens*(1+hit_share)*middle"),
    TOKENS("attended", "Attended in decode", "MIN(context,reach)"), TOKENS("attended_before", "Attended by a prompt token", "MIN(before,reach)"),
    TOKENS("whole", "A sequence's tokens", "input_tokens+output_tokens"), TOKENS("kept", "Kept of a sequence", "MIN(whole,stored_reach)"), TOKENS("prompt_kept", "Kept of a prompt", "MIN(input_tokens,stored_reach)"),
    GROUP("read", "Cache read a step", "B", "group_layers*(read_each*attended+index_each*context)"),
    GROUP("stored", "Cache kept", "B", "group_layers*stored_each*kept"),
    GROUP("state", "Recurrent state", "B", "group_layers*state_each"),
    GROUP("decode", "Attention of a decoded token", "FLOP", "group_layers*(decode_each*attended+index_flop_each*context)"),
    GROUP("prefill", "Attention of a prompt token", "FLOP", "group_layers*(prefill_each*attended_before+index_flop_each*before)"),
    GROUP("prompt", "Kept of a cached prompt", "B", "group_layers*(stored_each*prompt_kept+state_each)"),
    {"heads", "Ranks that may share the cache", "ranks", CSIM_AS_NUMBER, 0, "IF(stored_each>0,INDEX(caches_heads,place),\"any\")", NONE, 0},
};

const csim_cost_line *csim_cost_group_lines(size_t *count) {
    *count = sizeof group_lines / sizeof group_lines[0];
    return group_lines;
}

/* ---- numbers ---- */

/* Values are the kernel's own, errors those of docs/kernel-fit.md; a test holds them against the fit. */
static const csim_cost_number coefficients[] = {
    {"eta_memory", "Share of the memory rate: dense weights, caches", "share", 0, .0123, offsetof(moe_efficiency, memory), "fitted: eta_m"},
    {"eta_memory_four", "4-bit dense weights, relative to it", "ratio", 0, .0128, offsetof(moe_efficiency, memory_4bit), "fitted: r_m4"},
    {"eta_expert", "Share of the memory rate: routed experts", "share", 0, .0357, offsetof(moe_efficiency, expert_memory), "fitted: eta_e"},
    {"eta_expert_four", "4-bit experts on 4-bit units, relative to it", "ratio", 0, .07, offsetof(moe_efficiency, expert_memory_4bit), "fitted: r_e4"},
    {"eta_flop", "Share of the peak in decode", "share", 0, .0246, offsetof(moe_efficiency, flop), "fitted: eta_f"},
    {"eta_widened", "4-bit experts without 4-bit units, relative to BF16", "ratio", 0, .031, offsetof(moe_efficiency, flop_widened), "fitted: f_w"},
    {"eta_prompt", "Share of the peak in prompts", "share", 0, .0441, offsetof(moe_efficiency, prefill), "fitted: eta_p"},
    {"eta_prompt_default", "Mixtures' prompts, default stack over tuned one", "ratio", 0, .0206, offsetof(moe_efficiency, prefill_default), "fitted: p_moe"},
    {"activation_passes", "Passes of activations through memory in prompts", "passes", 0, .026, offsetof(moe_efficiency, activation_passes), "fitted: kappa"},
    {"eta_near", "Share of the fast link in decode", "share", 0, .0497, offsetof(moe_efficiency, scale_up), "fitted: eta_n"},
    {"eta_near_prompt", "Share of the fast link in prompts", "share", 0, .0322, offsetof(moe_efficiency, scale_up_prefill), "fitted: eta_pn"},
    {"eta_far", "Share of the port across domains", "share", 0, (double)NAN, offsetof(moe_efficiency, scale_out), "not fitted: a constant of the form"},
    {"tau_layer", "Fixed time of a layer", "s", 0, .0568, offsetof(moe_efficiency, layer_s), "fitted: tau"},
    {"tau_doubling", "more for each doubling of tensor parallelism", "s", 0, .0194, offsetof(moe_efficiency, doubling_s), "fitted: tau_t"},
    {"tau_across", "more for each doubling beyond the domain, not scaled", "s", 0, (double)NAN, offsetof(moe_efficiency, across_s), "not fitted: judged, no rows have such layouts"},
    {"tau_latent", "more with latent attention", "s", 0, .1151, offsetof(moe_efficiency, latent_s), "fitted: tau_l"},
    {"tau_index", "more with an indexer", "s", 0, (double)NAN, offsetof(moe_efficiency, index_s), "not fitted: a constant of the form"},
    {"tau_linear", "more with linear attention", "s", 0, (double)NAN, offsetof(moe_efficiency, linear_s), "not fitted: a constant of the form"},
    {"tau_quantise", "more with 4-bit dense weights", "s", 0, .0381, offsetof(moe_efficiency, quantise_s), "fitted: tau_q"},
    {"tau_moe", "more of a MoE layer", "s", 0, .0555, offsetof(moe_efficiency, moe_s), "fitted: tau_m"},
    {"tau_exchange", "more of one that ends in an all-to-all", "s", 0, .0253, offsetof(moe_efficiency, exchange_s), "fitted: tau_x"},
    {"tau_sequence", "Fixed time of a sequence of an attention rank", "s", 0, .1444, offsetof(moe_efficiency, sequence_s), "fitted: tau_s"},
    {"tau_four_bit_units", "Factor on fixed times with 4-bit units", "ratio", 0, .0146, offsetof(moe_efficiency, four_bit_units), "fitted: rho"},
    {"tau_first_release", "Factor on fixed times of a first release", "ratio", 0, .0321, offsetof(moe_efficiency, first_release), "fitted: first"},
};

const csim_cost_number *csim_cost_coefficients(size_t *count) {
    *count = sizeof coefficients / sizeof coefficients[0];
    return coefficients;
}

double csim_cost_coefficient(const csim_cost_number *coefficient) {
    double value;
    memcpy(&value, (const char *)&moe_efficiency_fitted + coefficient->at, sizeof value);
    return value;
}

#define CONSTANT(name, label, unit, value, why) {name, label, unit, value, (double)NAN, 0, why}

static const csim_cost_number constants[] = {
    CONSTANT("flop_a_parameter", "A parameter's work for a token", "FLOP", 2, "multiply and add"),
    CONSTANT("middle", "Where the mean of a ramp lies", "share", .5, "context grows evenly while tokens are made"),
    CONSTANT("square", "Exponent of parts that overlap", "power", 2, "root of the sum of squares: the best of the forms tried"),
    CONSTANT("doubling", "Base of doublings", "ratio", 2, "a logarithm to this base counts them"),
    CONSTANT("memory_share", "Memory that a server may fill", "share", .9, "the usual setting of serving software"),
    CONSTANT("buffer_bytes", "Buffers and graphs, an accelerator", "B", 3e9, "judged"),
    CONSTANT("wide_from", "16-bit formats from", "B/parameter", 1.5, "between FP8 (1) and BF16 (2)"),
    CONSTANT("four_bit_below", "4-bit formats below", "B/parameter", MOE_FOUR_BIT_BYTES, "with their scales they have up to .57"),
    CONSTANT("narrow_below", "MXFP4 below", "B/parameter", .54, "MXFP4 has .53 and meets 8-bit activations, NVFP4 .56"),
    CONSTANT("eight_bit_bytes", "A parameter kept at 8 bits", "B/parameter", 1, "exact for MXFP4"),
    CONSTANT("reduces_a_layer", "All-reduces of a layer", "all-reduces", 2, "after attention and after the feed-forward part"),
    CONSTANT("reduce_passes", "Passes of an all-reduce", "passes", 2, "reduce-scatter, then all-gather"),
    CONSTANT("reduce_value_bytes", "A value in an all-reduce", "B", 2, "BF16"),
    CONSTANT("message_value_bytes", "A value to an expert and back", "B", 3, "FP8 there, BF16 back"),
    CONSTANT("activation_bytes", "An activation in memory", "B", 2, "BF16"),
    CONSTANT("fetch_share", "Share of the port that fetches cached prompts", "share", CSIM_CACHE_LINK_SHARE, "as RDMA libraries report"),
    CONSTANT("host_memory_usd", "Server memory", "$/GB", CSIM_CACHE_USD_PER_GB, "judged"),
    CONSTANT("host_memory_years", "Life of server memory", "years", CSIM_CACHE_YEARS, "judged"),
    CONSTANT("bytes_a_gb", "A gigabyte", "B", 1e9, "unit"),
    CONSTANT("drafts_most", "Drafts at most", "tokens", CSIM_DRAFT_MOST, "as far as the equations were looked at"),
    CONSTANT("tokens_a_billion", "A billion tokens", "tokens", 1e9, "unit"),
    CONSTANT("tokens_a_price", "Tokens that a price is for", "tokens", 1e6, "unit"),
    CONSTANT("seconds_an_hour", "An hour", "s", 3600, "unit"),
    CONSTANT("hours_a_year", "A year", "h", 8760, "365 days"),
    CONSTANT("hours_a_month", "A month", "h", CSIM_HOURS_A_MONTH, "a twelfth of a year"),
    CONSTANT("watts_a_kw", "A kilowatt", "W", 1e3, "unit"),
    CONSTANT("interval_sd", "Half an 80 % interval", "sd", 1.2815515655446004, "90 % point of the normal distribution"),
    CONSTANT("tolerance", "Difference that is called none", "relative", 1e-9, "sums in another order differ by less"),
};

const csim_cost_number *csim_cost_constants(size_t *count) {
    *count = sizeof constants / sizeof constants[0];
    return constants;
}
