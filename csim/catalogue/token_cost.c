/* Kernel seconds → dollars and joules for one model on one machine. */
#include "csim/catalogue/token_cost.h"

#include <math.h>

csim_ownership csim_ownership_standard(void) {
    return (csim_ownership){.utilisation = 0.67, .electricity_usd_per_kwh = 0.08, .life_yr = 4.5, .interest_per_yr = 0.10, .opex_per_yr = 0.01};
}

static double hourly(const csim_hardware_entry *hardware, const csim_ownership *owner) {
    if (owner->rent_usd_per_hour > 0.0) return owner->rent_usd_per_hour;
    const double recovery = owner->interest_per_yr / (1.0 - pow(1.0 + owner->interest_per_yr, -owner->life_yr));
    return hardware->machine.capex_usd * (recovery + owner->opex_per_yr) / 8760.0 + hardware->machine.all_in_kw * owner->electricity_usd_per_kwh;
}

csim_status csim_token_cost_of(const csim_model_entry *model, const csim_hardware_entry *hardware, const moe_request *request, const csim_ownership *owner,
                               csim_token_cost *out, csim_error *err) {
    const double cached_share = 0.05; /* a cached token is loaded, not computed (scenario key cost.cached_cost) */
    moe_fold_base base;
    moe_fold_shape(&model->shape, &base);
    moe_explain(&base, request, &hardware->machine, &moe_efficiency_joint, &out->kernel);
    if (!out->kernel.fits)
        return csim_error_set(err, CSIM_INCONSISTENT, "%s does not fit %s: %.0f GB of weights and one sequence on %.0f of at most %.0f accelerators with %.1f GB each",
                              model->title, hardware->title, (out->kernel.dense_bytes + out->kernel.routed_bytes) / 1e9, ceil(out->kernel.group),
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
    out->tok_per_s_user = request->accepted / out->kernel.step_s;
    out->joule_per_output_token = 1e3 * hardware->machine.all_in_kw * out->kernel.output_s / owner->utilisation;
    out->band_log_sd = hardware->stack == CSIM_STACK_KNOWN ? 0.25 : 0.35;
    return CSIM_OK;
}
