/* What a token of a catalogued model costs on a catalogued machine, as a number without a path: the cost kernel with stated ownership. */
#ifndef CSIM_CATALOGUE_TOKEN_COST_H
#define CSIM_CATALOGUE_TOKEN_COST_H

#include "csim/catalogue/catalogue.h"
#include "kernels/moe_explain.h"

/* How the machine is owned and used. csim_ownership_standard gives the baseline's medians, and a machine that is owned. */
typedef struct csim_ownership {
    double utilisation, electricity_usd_per_kwh, life_yr, interest_per_yr, opex_per_yr;
    double rent_usd_per_hour;   /* NAN: owned; a number: a rented hour instead of the above */
} csim_ownership;
csim_ownership csim_ownership_standard(void);

typedef struct csim_token_cost {
    moe_explanation kernel;
    double usd_per_hour;                                             /* an accelerator */
    double usd_per_mtok_in, usd_per_mtok_cached, usd_per_mtok_out, usd_per_mtok_blend; /* uncached input; cached; output; (3·in + out)/4 */
    double output_tok_per_s, input_tok_per_s;                        /* an accelerator that does nothing else, at full utilisation */
    double tok_per_s_user;
    double joule_per_output_token;
    double band_log_sd;                                              /* error of the kernel: log-normal sd */
} csim_token_cost;

/* INCONSISTENT with one sentence when the model does not fit the machine. OUT_OF_RANGE names in `field` the number that is (input_tokens, output_tokens,
 * hit_share, tok_per_s_user: 1 / tpot_s, draft: verified - 1, accepted, utilisation, usd_per_hour, electricity_usd_per_kwh, life_yr, interest_per_yr,
 * opex_per_yr), also when the numbers together leave what can be computed. What is answered is finite. */
csim_status csim_token_cost_of(const csim_model_entry *model, const csim_hardware_entry *hardware, const moe_request *request, const csim_ownership *owner,
                               csim_token_cost *out, csim_error *err);

#endif
