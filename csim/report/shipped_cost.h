/* The question that the live sheets are shipped with, and the engine's answers to it: model, machine, layout, a token's cost and a month's bill. Owns the catalogue
 * of the run. Knows no sheet. */
#ifndef CSIM_REPORT_SHIPPED_COST_H
#define CSIM_REPORT_SHIPPED_COST_H

#include "csim/cost/host_or_buy.h"
#include "csim/plan/plan.h"
#include "csim/scenario/scenario.h"
#include "csim/store/run_file.h"

enum { CSIM_SHIPPED_KINDS = 9, CSIM_SHIPPED_VOLUMES = 17 };

/* Intermediates that no structure of the kernel holds. */
typedef struct csim_shipped_engine {
    csim_token_cost cost;
    double batch_sequences;       /* in the whole group */
    double usd_out_low, usd_out_high;
} csim_shipped_engine;

typedef struct csim_shipped_cost {
    csim_catalogue *catalogue;
    const csim_model_entry *model;
    const csim_hardware_entry *machine;
    csim_cost_question question;
    csim_shipped_engine engine;
    int keeps_eight;              /* 4-bit weights are served at 8 bits */
    csim_host_question host;      /* API prices included */
    const csim_price *api;        /* NULL: the catalogue has no price of this model, and one is assumed */
    csim_host_or_buy *bills;      /* [CSIM_BASES]; NULL: hosting has no answer */
    bool has_bill[CSIM_BASES];
    int kind[CSIM_SHIPPED_KINDS], kinds; /* kinds of replica that some fleet is made of, by place in bills[].fleet.replica */
    double volumes[CSIM_SHIPPED_VOLUMES];
} csim_shipped_cost;

/* NULL where the catalogue of the run cannot be loaded, is no longer the one that the run was made with, or answers nothing. */
csim_shipped_cost *csim_shipped_cost_new(const csim_run_file *run, const csim_scenario *scenario);
void csim_shipped_cost_free(csim_shipped_cost *shipped); /* NULL is fine */

#endif
