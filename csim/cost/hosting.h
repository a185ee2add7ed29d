/* Which whole replicas of a model can be built on a machine, and how few accelerators carry a month's tokens. Counts and tokens, no money.
 *
 * Tokens are the request's own mix: input, cached or not, and output together. */
#ifndef CSIM_COST_HOSTING_H
#define CSIM_COST_HOSTING_H

#include "csim/cost/drafting.h"

enum { CSIM_REPLICAS_MOST = 160 };

#define CSIM_HOURS_A_MONTH 730.0
/* A load that fills n replicas exactly must not want n + 1 for a rounding. */
#define CSIM_HOSTING_ROUNDING 1e-12

typedef struct csim_hosting_question {
    csim_cost_question cost;      /* owner.utilisation: the most of its time that an accelerator may work, averaged over a month; layouts: searched */
    int best_draft;               /* 1: the depth at which a request is cheapest, in each layout; 0: as cost.request has it */
    csim_drafting drafting;
    double peak_to_mean;          /* the busiest hour's load over the month's mean; the peak, too, is carried: mean load at most 1 / peak_to_mean */
    double replicas_min;          /* whole; 2 for redundancy */
} csim_hosting_question;

/* A replica: accelerators that decode, and of a pool for prompts of its own (0: the same take both). */
typedef struct csim_replica {
    csim_token_cost cost;
    int depth;                                                  /* tokens drafted a step */
    double decode, prompts;                                     /* accelerators */
    double decode_tok_per_month, prompts_tok_per_month;         /* tokens a group carries at the load that peak and utilisation leave; INFINITY without pool */
} csim_replica;

/* Plain data without pointers. Every replica keeps the user's speed and the limit on the first token. */
typedef struct csim_hosting {
    int count, smallest, cheapest;     /* places in `replica`: fewest accelerators; fewest for each token where many are wanted */
    csim_replica replica[CSIM_REPLICAS_MOST];
    double load;                       /* mean over capacity, at most */
    double replicas_min;
    double accelerators_min;           /* of the smallest fleet */
    double accelerators_per_tok_month; /* of the cheapest replica: what a very large fleet wants for each token a month */
} csim_hosting;

/* 8,000 tokens in, half of them cached, 1,000 out, and so on as in csim_cost_question_standard; a peak of twice the mean, one replica. */
csim_hosting_question csim_hosting_question_standard(void);

/* INCONSISTENT with one sentence when the model does not fit; with `field` tok_per_s_user or ttft_s when it cannot be served as fast. OUT_OF_RANGE names in
 * `field` peak_to_mean, replicas_min, layouts or what csim_token_cost_of names. */
csim_status csim_hosting_find(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_hosting_question *question, csim_hosting *out, csim_error *err);

/* Fewest accelerators that carry a month's tokens in whole replicas of one kind, where the kernel's seconds are `slower` times what it says; most: as many
 * tokens as they carry. Grows with tokens and with slower. */
double csim_hosting_accelerators(const csim_hosting *fleet, double tok_per_month, double slower, double *most_tok_per_month);

#endif
