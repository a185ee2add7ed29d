/* Host a model, or buy its tokens from an API? What whole replicas and their staff cost a month beside an API's bill for the same tokens, and from what volume
 * on hosting is no dearer. */
#ifndef CSIM_COST_HOST_OR_BUY_H
#define CSIM_COST_HOST_OR_BUY_H

#include "csim/cost/hosting.h"

typedef struct csim_host_question {
    csim_hosting_question fleet;
    double api_usd_per_mtok_in, api_usd_per_mtok_cached, api_usd_per_mtok_out; /* cached NAN: cached input costs what input does */
    double staff_usd_per_month;   /* of the smallest fleet */
    double staff_growth;          /* staff grows with accelerators to this power; 0: it does not */
} csim_host_question;

/* A month's bill for hosting. */
typedef struct csim_host_bill {
    double tok_per_month, accelerators;
    double most_tok_per_month;    /* that these accelerators carry */
    double accelerators_usd, staff_usd, cached_usd, total_usd; /* cached: keeping and fetching cached prompts */
    double usd_per_mtok;          /* total over tokens of the mix; INFINITY without tokens */
} csim_host_bill;

/* never: another token costs more to host, in the largest and cheapest fleet, than the API takes; far: not below CSIM_HOST_FAR_TOK_PER_MONTH; at once: the
 * smallest fleet pays before it is full; later: a larger one does. */
typedef enum csim_host_state { CSIM_HOST_NEVER, CSIM_HOST_FAR, CSIM_HOST_AT_ONCE, CSIM_HOST_LATER, CSIM_HOST_STATES } csim_host_state;

/* One person, or half of one, looks after a node as after a single accelerator: staff does not grow below this. */
#define CSIM_HOST_STAFFED_ALIKE 8.0
/* Closer to the API's price than this the marginal cost is called the same: the kernel is not known to a thousandth of that. */
#define CSIM_HOST_SAME 1e-4
#define CSIM_HOST_FAR_TOK_PER_MONTH 1e16

typedef struct csim_host_break {
    csim_host_state state;
    double tok_per_month;          /* the first volume at which hosting is no dearer; INFINITY when never and far */
    double for_good_tok_per_month; /* from here on it stays so: in between, a replica just begun may make it dearer again */
} csim_host_break;

/* Plain data without pointers. */
typedef struct csim_host_or_buy {
    csim_hosting fleet;
    double usd_per_hour;                      /* an accelerator */
    double api_usd_per_mtok;                  /* at the request's mix */
    double cached_usd_per_mtok;               /* part of the hosted price of a token of the mix */
    double marginal_usd_per_mtok;             /* another token of the mix in a very large fleet of the cheapest replicas, without staff */
    double staff_usd_per_month, staff_growth;
    double band_low, band_high;               /* the kernel's 80 % interval, as factors of its seconds */
    csim_host_bill least;                     /* the smallest fleet: what hosting costs before the first token */
    csim_host_break even, even_low, even_high; /* with the kernel's guess and at the ends of its interval */
} csim_host_or_buy;

/* What sparsity is worth: the dense twin's figure over the mixture's. */
typedef struct csim_sparsity_worth {
    double usd_per_mtok;          /* another token in a very large fleet */
    double smallest_accelerators; /* of the smallest fleet */
    double accelerators;          /* for 1e12 tokens a month */
    double break_even;            /* INFINITY where only the mixture breaks even, NAN where neither does */
} csim_sparsity_worth;

/* Half an engineer at $250,000 a year (docs/breakeven.md), growing with the root of accelerators; API prices are NAN and wanted. */
csim_host_question csim_host_question_standard(void);

/* Statuses as of csim_hosting_find; OUT_OF_RANGE also names api_price, staff_usd_per_month or staff_growth in `field`. */
csim_status csim_host_or_buy_find(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_host_question *question, csim_host_or_buy *out,
                                  csim_error *err);

/* The bill for a month's tokens (at least 0) where the kernel's seconds are `slower` times its guess; grows with both. */
csim_host_bill csim_host_bill_of(const csim_host_or_buy *answer, double tok_per_month, double slower);

csim_sparsity_worth csim_sparsity_worth_of(const csim_host_or_buy *mixture, const csim_host_or_buy *twin);

const char *csim_host_state_name(csim_host_state state); /* "never", "far", "at once", "later" */

#endif
