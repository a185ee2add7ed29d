/* What a token of a catalogued model costs on a catalogued machine: the best layout with stated ownership, in dollars, joules and speeds, with its error. */
#ifndef CSIM_COST_TOKEN_COST_H
#define CSIM_COST_TOKEN_COST_H

#include "csim/catalogue/catalogue.h"
#include "csim/cost/ownership.h"
#include "csim/cost/serving.h"

/* A cached token is fetched over the scale-out port and kept in host memory meanwhile. */
#define CSIM_CACHE_LINK_SHARE 0.8   /* of the port, as RDMA libraries report */
#define CSIM_CACHE_USD_PER_GB 10.0  /* server memory */
#define CSIM_CACHE_YEARS 5.0        /* and its life */

/* What controls take from a machine and add to it: shares of the catalogued figures. */
typedef struct csim_penalty { double slower, less_bandwidth, less_memory, hungrier, dearer; } csim_penalty;

typedef struct csim_cost_question {
    moe_request request;
    csim_layouts layouts;
    double ttft_s;            /* INFINITY: no limit */
    double cache_hours;       /* how long a cached prompt is kept before it is used */
    csim_ownership owner;
    csim_penalty penalty;
} csim_cost_question;

/* 8,000 tokens in, half of them cached, 1,000 out, 25 tokens/s a user, nothing drafted, tuned stack, pools of their own, best layout, owned machine. */
csim_cost_question csim_cost_question_standard(void);

typedef struct csim_token_cost {
    csim_serving serving;
    double usd_per_hour;                                             /* an accelerator */
    double usd_per_mtok_in, usd_per_mtok_cached, usd_per_mtok_out, usd_per_mtok_blend; /* uncached input; cached; output; (3·in + out)/4 */
    double usd_per_request;
    double output_tok_per_s, input_tok_per_s;                        /* an accelerator that does nothing else, at full utilisation */
    double tok_per_s_user;
    double joule_per_output_token, joule_per_input_token;
    double decode_factor;                                            /* a published decode rate of the machine over the equations'; 1: none is known. In output_s already */
    double band_log_sd;                                              /* error of the kernel: log-normal sd */
    double band_low, band_high;                                      /* factors of the 80 % interval */
} csim_token_cost;

/* INCONSISTENT with one sentence when the model does not fit the machine, and when the catalogue has no price of the hour on the basis: out->serving.kernel.fits
 * tells which, and with it all of `out` but dollars, which are NAN, is answered. OUT_OF_RANGE names in `field` the number that is (input_tokens, output_tokens,
 * hit_share, tok_per_s_user: 1 / tpot_s, draft: verified - 1, accepted, ttft_s, cache_hours, slower … dearer, those of the ownership, and layouts: spread on a
 * machine of on-chip memory), also when the
 * numbers together leave what can be computed. What is answered is finite, but for ttft_s's limit. */
csim_status csim_token_cost_of(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_cost_question *question, csim_token_cost *out,
                               csim_error *err);

/* The same in a layout of one's own with so many sequences in the whole group, fitting or not; NAN: as many as memory, the user's time and the first token's allow.
 * INCONSISTENT names the smallest layout that holds the model where the stated one does not. OUT_OF_RANGE in tensor_parallel, group, prefill_tensor_parallel, prefill_group or batch too. */
csim_status csim_token_cost_at(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_cost_question *question, const moe_layout *layout,
                               double sequences, csim_token_cost *out, csim_error *err);

/* What may be asked, whether or not an answer uses it: the OUT_OF_RANGE of above. */
csim_status csim_cost_question_check(const csim_cost_question *question, csim_error *err);

/* log-normal sd of the kernel's error on a machine (docs/kernel-fit.md, Bands). */
double csim_kernel_log_sd(const csim_hardware_entry *hardware);

/* Machine with its penalties. */
moe_hardware csim_penalise(const moe_hardware *machine, const csim_penalty *penalty);

#endif
