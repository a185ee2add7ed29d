/* Kernel seconds → dollars and joules for one model on one machine. */
#include "csim/catalogue/token_cost.h"

#include <math.h>

csim_ownership csim_ownership_standard(void) {
    return (csim_ownership){.utilisation = 0.67, .electricity_usd_per_kwh = 0.08, .life_yr = 4.5, .interest_per_yr = 0.10, .opex_per_yr = 0.01, .rent_usd_per_hour = (double)NAN};
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

static csim_status check_owner(const csim_ownership *o, csim_error *err) {
    if (!(o->utilisation >= 1e-3 && o->utilisation <= 1.0)) return refuse("utilisation", "0.001 to 1", o->utilisation, err);
    if (!(o->electricity_usd_per_kwh >= 0.0 && o->electricity_usd_per_kwh <= 10.0))
        return refuse("electricity_usd_per_kwh", "0 to 10", o->electricity_usd_per_kwh, err);
    if (!isnan(o->rent_usd_per_hour) && !(o->rent_usd_per_hour > 0.0 && o->rent_usd_per_hour <= 1e4))
        return refuse("usd_per_hour", "above 0 and at most 10000", o->rent_usd_per_hour, err);
    if (!(o->life_yr >= 0.1 && o->life_yr <= 100.0)) return refuse("life_yr", "0.1 to 100", o->life_yr, err);
    if (!(o->interest_per_yr > 0.0 && o->interest_per_yr <= 10.0)) return refuse("interest_per_yr", "above 0 and at most 10", o->interest_per_yr, err);
    if (!(o->opex_per_yr >= 0.0 && o->opex_per_yr <= 10.0)) return refuse("opex_per_yr", "0 to 10", o->opex_per_yr, err);
    return CSIM_OK;
}

static csim_status check_finite(const csim_token_cost *c, csim_error *err) {
    const double sum = c->usd_per_mtok_in + c->usd_per_mtok_out + c->output_tok_per_s + c->input_tok_per_s + c->tok_per_s_user + c->joule_per_output_token + c->kernel.batch;
    return isfinite(sum) ? CSIM_OK : csim_error_set(err, CSIM_OUT_OF_RANGE, "a token's cost or speed is no finite number for this request on this machine");
}

static double hourly(const csim_hardware_entry *hardware, const csim_ownership *owner) {
    if (!isnan(owner->rent_usd_per_hour)) return owner->rent_usd_per_hour;
    const double recovery = owner->interest_per_yr / (1.0 - pow(1.0 + owner->interest_per_yr, -owner->life_yr));
    return hardware->machine.capex_usd * (recovery + owner->opex_per_yr) / 8760.0 + hardware->machine.all_in_kw * owner->electricity_usd_per_kwh;
}

csim_status csim_token_cost_of(const csim_model_entry *model, const csim_hardware_entry *hardware, const moe_request *request, const csim_ownership *owner,
                               csim_token_cost *out, csim_error *err) {
    const double cached_share = 0.05; /* a cached token is loaded, not computed (scenario key cost.cached_cost) */
    moe_fold_base published, base;
    csim_status status = check_request(request, err);
    if (!status) status = check_owner(owner, err);
    if (status) return status;
    moe_fold_shape(&model->shape, &published);
    moe_fold_served(&published, &hardware->machine, &base);
    moe_explain(&base, request, &hardware->machine, &moe_efficiency_fitted, &out->kernel);
    if (!out->kernel.fits)
        return csim_error_set(err, CSIM_INCONSISTENT, "%s does not fit %s: %.0f GB of weights and one sequence on %.0f of at most %.0f accelerators with %.1f GB each",
                              model->title, hardware->title, (out->kernel.dense_bytes + out->kernel.routed_bytes) / 1e9, ceil(out->kernel.layout.group),
                              hardware->machine.group_max, hardware->machine.memory_bytes / 1e9);
    const double faster = hardware->measured_tok_per_s > 0.0 && hardware->kernel_tok_per_s > 0.0 ? hardware->measured_tok_per_s / hardware->kernel_tok_per_s : 1.0;
    out->kernel.output_s /= faster; /* machines with a measured anchor that the fit does not know */
    out->usd_per_hour = hourly(hardware, owner);
    const double usd_per_s = out->usd_per_hour / 3600.0 / owner->utilisation;
    out->usd_per_mtok_in = 1e6 * usd_per_s * out->kernel.input_s;
    out->usd_per_mtok_out = 1e6 * usd_per_s * out->kernel.output_s;
    out->usd_per_mtok_cached = cached_share * out->usd_per_mtok_in;
    out->usd_per_mtok_blend = (3.0 * out->usd_per_mtok_in + out->usd_per_mtok_out) / 4.0;
    out->output_tok_per_s = 1.0 / out->kernel.output_s;
    out->input_tok_per_s = 1.0 / out->kernel.input_s;
    out->tok_per_s_user = 1.0 / out->kernel.tpot_s;
    out->joule_per_output_token = 1e3 * hardware->machine.all_in_kw * out->kernel.output_s / owner->utilisation;
    out->band_log_sd = hardware->stack == CSIM_STACK_KNOWN ? 0.25 : 0.35;
    return check_finite(out, err);
}
