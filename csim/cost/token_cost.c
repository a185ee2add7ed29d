/* Kernel seconds → dollars and joules for one model on one machine. */
#include "csim/cost/token_cost.h"

#include <math.h>

#include "csim/cost/smallest_layout.h"

static const double CACHE_USD_PER_BYTE_HOUR = CSIM_CACHE_USD_PER_GB / 1e9 / (CSIM_CACHE_YEARS * 8760.0);

csim_cost_question csim_cost_question_standard(void) {
    return (csim_cost_question){.request = {.input_tokens = 8000.0, .output_tokens = 1000.0, .hit_share = 0.5, .tpot_s = 0.04, .verified = 1.0, .accepted = 1.0},
                                .ttft_s = (double)INFINITY, .cache_hours = 0.2, .owner = csim_ownership_standard()};
}

static csim_status refuse(const char *field, const char *allowed, double got, csim_error *err) {
    return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, field, "must be %s, got %.10g", allowed, got);
}

/* Ranges in which the kernel was looked at; a comparison with NAN is false, so NAN is refused too. */
static csim_status check_request(const moe_request *r, csim_error *err) {
    const double speed = 1.0 / r->tpot_s, draft = r->verified - 1.0;
    if (!(r->input_tokens >= 1.0 && r->input_tokens <= 1e8)) return refuse("input_tokens", "1 to 1e8", r->input_tokens, err);
    if (!(r->output_tokens >= 1.0 && r->output_tokens <= 1e8)) return refuse("output_tokens", "1 to 1e8", r->output_tokens, err);
    if (!(r->hit_share >= 0.0 && r->hit_share < 1.0)) return refuse("hit_share", "at least 0 and below 1", r->hit_share, err);
    if (!(speed >= 1e-3 && speed <= 1e5)) return refuse("tok_per_s_user", "0.001 to 1e5", speed, err);
    if (!(draft == 0.0 || draft == 1.0 || draft == 2.0 || draft == 3.0)) return refuse("draft", "0, 1, 2 or 3", draft, err);
    if (!(r->accepted >= 1.0 && r->accepted <= r->verified)) return refuse("accepted", "1 to draft + 1", r->accepted, err);
    return CSIM_OK;
}

csim_status csim_cost_question_check(const csim_cost_question *q, csim_error *err) {
    const struct { const char *name; double value; } loss[] = {{"slower", q->penalty.slower}, {"less_bandwidth", q->penalty.less_bandwidth}, {"less_memory", q->penalty.less_memory}};
    const struct { const char *name; double value; } more[] = {{"hungrier", q->penalty.hungrier}, {"dearer", q->penalty.dearer}};
    csim_status status = check_request(&q->request, err);
    if (!status) status = csim_ownership_check(&q->owner, err);
    if (!status && !(q->ttft_s > 0.0)) status = refuse("ttft_s", "above 0", q->ttft_s, err);
    if (!status && !(q->cache_hours >= 0.0 && q->cache_hours <= 1e4)) status = refuse("cache_hours", "0 to 10000", q->cache_hours, err);
    for (int i = 0; !status && i < 3; i++)
        if (!(loss[i].value >= 0.0 && loss[i].value <= 0.95)) status = refuse(loss[i].name, "0 to 0.95", loss[i].value, err);
    for (int i = 0; !status && i < 2; i++)
        if (!(more[i].value >= -0.9 && more[i].value <= 100.0)) status = refuse(more[i].name, "-0.9 to 100", more[i].value, err);
    return status;
}

moe_hardware csim_penalise(const moe_hardware *machine, const csim_penalty *p) {
    moe_hardware out = *machine;
    out.bf16_flop_per_s *= 1.0 - p->slower;
    out.fp8_flop_per_s *= 1.0 - p->slower;
    out.fp4_flop_per_s *= 1.0 - p->slower;
    out.memory_bytes_per_s *= 1.0 - p->less_bandwidth;
    out.memory_bytes *= 1.0 - p->less_memory;
    out.all_in_kw *= 1.0 + p->hungrier;
    out.capex_usd *= 1.0 + p->dearer;
    return out;
}

/* The baseline's cost.kernel_sd_known and cost.kernel_sd_other, since no scenario is read here; tests/py/test_cost.py holds them together. */
static const double KERNEL_SD_KNOWN = 0.16, KERNEL_SD_OTHER = 0.35;

double csim_kernel_log_sd(const csim_hardware_entry *hardware) { return hardware->stack == CSIM_STACK_KNOWN ? KERNEL_SD_KNOWN : KERNEL_SD_OTHER; }

static csim_status check_finite(const csim_token_cost *c, csim_error *err) {
    const double sum = c->usd_per_mtok_in + c->usd_per_mtok_out + c->output_tok_per_s + c->input_tok_per_s + c->tok_per_s_user + c->joule_per_output_token +
                       c->usd_per_mtok_cached + c->serving.kernel.batch;
    return isfinite(sum) ? CSIM_OK : csim_error_set(err, CSIM_OUT_OF_RANGE, "a token's cost or speed is no finite number for this request on this machine");
}

/* Weights, or the cache of one request as long as this. Experts of a mixture lie whole on their accelerators beyond the fast domain. */
static csim_status refuse_to_fit(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_cost_question *q, const moe_hardware *machine, csim_error *err) {
    const double tokens = q->request.input_tokens + q->request.output_tokens;
    const int by_experts = model->shape.experts > 0.0 && !machine->weights_on_chip && model->shape.experts < machine->group_max;
    const double most = by_experts ? fmax(model->shape.experts, fmin(machine->scale_up_domain, machine->group_max)) : machine->group_max;
    moe_fold_base base;
    moe_fold_shape(&model->shape, &base);
    return csim_error_set(err, CSIM_INCONSISTENT, "%s does not fit %s: %.0f GB of weights and %.3g GB of cache for one sequence of %.0f tokens on at most %.0f accelerators with %.4g GB each%s",
                          model->title, hardware->title, (base.dense_bytes + base.routed_bytes) / 1e9, csim_shape_cache_bytes(&model->shape, tokens) / 1e9, tokens, most,
                          machine->memory_bytes / 1e9, by_experts ? " (its experts are no more, and tensor parallelism slices them inside the fast domain alone)" : "");
}

/* What would hold the model is told where anything does. */
static csim_status refuse_layout(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_cost_question *q, const csim_serving_question *serving,
                                 const moe_layout *stated, csim_error *err) {
    const moe_layout least = csim_layout_smallest(serving, &moe_efficiency_fitted);
    if (!(least.group > 0.0)) return refuse_to_fit(model, hardware, q, serving->hardware, err);
    return csim_error_set_at(err, CSIM_INCONSISTENT, NULL, 0, 0, "group",
                             "%s does not fit %s in the layout stated, group %.0f with tensor_parallel %.0f; the fewest accelerators that hold it and one sequence are group %.0f with tensor_parallel %.0f",
                             model->title, hardware->title, stated->group, stated->tensor, least.group, least.tensor);
}

static void price(const csim_model_entry *model, const csim_cost_question *q, const moe_hardware *machine, csim_token_cost *c) {
    const moe_request *r = &q->request;
    const moe_explanation *x = &c->serving.kernel;
    const double usd_per_s = c->usd_per_hour / 3600.0 / q->owner.utilisation, watts = 1e3 * machine->all_in_kw / q->owner.utilisation;
    const double cached_bytes = csim_shape_cache_bytes(&model->shape, r->input_tokens) / r->input_tokens, uncached = r->input_tokens * (1.0 - r->hit_share);
    const double fetch_s = cached_bytes / (CSIM_CACHE_LINK_SHARE * machine->scale_out_bytes_per_s);
    c->usd_per_mtok_in = 1e6 * usd_per_s * x->input_s;
    c->usd_per_mtok_out = 1e6 * usd_per_s * x->output_s;
    c->usd_per_mtok_cached = fmin(1e6 * (usd_per_s * fetch_s + cached_bytes * q->cache_hours * CACHE_USD_PER_BYTE_HOUR), c->usd_per_mtok_in); /* dearer to keep: computed again */
    c->usd_per_mtok_blend = (3.0 * c->usd_per_mtok_in + c->usd_per_mtok_out) / 4.0;
    c->usd_per_request = 1e-6 * (uncached * c->usd_per_mtok_in + r->input_tokens * r->hit_share * c->usd_per_mtok_cached + r->output_tokens * c->usd_per_mtok_out);
    c->output_tok_per_s = 1.0 / x->output_s;
    c->input_tok_per_s = 1.0 / x->input_s;
    c->tok_per_s_user = 1.0 / x->tpot_s;
    c->joule_per_output_token = watts * x->output_s;
    c->joule_per_input_token = watts * x->input_s;
}

/* t and G of a pool as they can be built: whole, t divides G, no more than the machine's largest group. A comparison with NAN is false. */
static csim_status check_pool(double tensor, double group, double most, const char *tensor_name, const char *group_name, csim_error *err) {
    if (!(tensor >= 1.0 && tensor <= 1e4 && floor(tensor) == tensor)) return refuse(tensor_name, "a whole number from 1 to 10000", tensor, err);
    if (!(group >= tensor && fmod(group, tensor) == 0.0)) return refuse(group_name, "a whole multiple of the tensor parallel ones", group, err);
    if (!(group <= most)) return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, group_name, "must be at most %.0f, the machine's largest group, got %.10g", most, group);
    return CSIM_OK;
}

static csim_status check_layout(const moe_layout *l, double sequences, const moe_hardware *machine, csim_error *err) {
    csim_status status = check_pool(l->tensor, l->group, machine->group_max, "tensor_parallel", "group", err);
    if (!status) status = check_pool(l->prefill_tensor, l->prefill_group, machine->group_max, "prefill_tensor_parallel", "prefill_group", err);
    if (!status && !isnan(sequences) && !(sequences > 0.0 && sequences <= 1e9)) status = refuse("batch", "above 0 and at most 1e9", sequences, err);
    return status;
}

/* From the layout found or stated to money. */
static csim_status finish(const csim_model_entry *model, const csim_hardware_entry *penalised, const csim_cost_question *q, csim_token_cost *out, csim_error *err) {
    const int is_measured = penalised->measured_tok_per_s > 0.0 && penalised->kernel_tok_per_s > 0.0; /* an anchor that the fit does not know */
    out->decode_factor = is_measured ? penalised->measured_tok_per_s / penalised->kernel_tok_per_s : 1.0;
    out->serving.kernel.output_s /= out->decode_factor;
    out->serving.prefill_per_decode *= out->decode_factor;
    const csim_status status = csim_ownership_hour(penalised, &q->owner, &out->usd_per_hour, err); /* without one dollars are NAN, and the rest is answered */
    price(model, q, &penalised->machine, out);
    out->band_log_sd = csim_kernel_log_sd(penalised);
    out->band_low = exp(-1.2815515655446004 * out->band_log_sd);
    out->band_high = 1.0 / out->band_low;
    return status ? status : check_finite(out, err);
}

/* layout NULL: searched. */
static csim_status answer(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_cost_question *q, const moe_layout *layout, double sequences,
                          csim_token_cost *out, csim_error *err) {
    csim_hardware_entry penalised = *hardware;
    if (hardware->machine.weights_on_chip && q->layouts == CSIM_LAYOUTS_SPREAD && !layout)
        return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, "layouts", "must be searched on %s: machines of on-chip memory have no place in the market's fleets", hardware->title);
    penalised.machine = csim_penalise(&hardware->machine, &q->penalty);
    const csim_serving_question serving = {.shape = &model->shape, .hardware = &penalised.machine, .request = q->request, .layouts = q->layouts, .ttft_s = q->ttft_s,
                                           .utilisation = q->owner.utilisation};
    if (layout) csim_serving_at(&serving, &moe_efficiency_fitted, layout, sequences, &out->serving);
    else csim_serving_find(&serving, &moe_efficiency_fitted, &out->serving);
    if (out->serving.kernel.fits || (layout && !isnan(sequences))) return finish(model, &penalised, q, out, err);
    return layout ? refuse_layout(model, hardware, q, &serving, layout, err) : refuse_to_fit(model, hardware, q, &penalised.machine, err);
}

csim_status csim_token_cost_of(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_cost_question *q, csim_token_cost *out, csim_error *err) {
    const csim_status status = csim_cost_question_check(q, err);
    return status ? status : answer(model, hardware, q, NULL, (double)NAN, out, err);
}

csim_status csim_token_cost_at(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_cost_question *q, const moe_layout *layout, double sequences,
                               csim_token_cost *out, csim_error *err) {
    csim_status status = csim_cost_question_check(q, err);
    if (!status) status = check_layout(layout, sequences, &hardware->machine, err);
    return status ? status : answer(model, hardware, q, layout, sequences, out, err);
}
