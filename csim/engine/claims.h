/* What a run says about the claims of its scenario: one answer a reading. A reading is answered by the tallies of the run (threshold, conditional), by
 * paired runs (contrast), or by an expression over the catalogue (identity, kernel; grammar and functions in docs/claims.md).
 * Must not run the model, and must not know how the cost kernel is called: the caller answers kernel questions. */
#ifndef CSIM_ENGINE_CLAIMS_H
#define CSIM_ENGINE_CLAIMS_H

#include "csim/catalogue/catalogue.h"
#include "csim/engine/beside.h"
#include "csim/engine/break_even.h"
#include "csim/engine/contrast.h"
#include "csim/engine/engine.h"
#include "csim/scenario/scenario.h"

enum { CSIM_CLAIM_ID = 2 * CSIM_PLAN_ID, CSIM_CLAIM_NOTE = 256 };

typedef enum csim_answer {
    CSIM_ANSWER_OPEN,     /* nothing could be said; the note says why */
    CSIM_ANSWER_PATHS,    /* share of paths; value: median of the metric in the reading's (last) month, where that month is reported */
    CSIM_ANSWER_CONSTANT, /* true (1) or false (0); value: the expression's, without error */
    CSIM_ANSWER_PAIRS     /* share of pairs; value: mean difference; `pairs` is filled */
} csim_answer;

/* "open", "paths", "constant", "pairs": as exported. */
const char *csim_answer_name(csim_answer answer);

/* Plain data without pointers: it can be copied, stored and outlives the scenario. What is not known is NAN. */
typedef struct csim_claim_result {
    char claim[CSIM_CLAIM_ID], reading[CSIM_CLAIM_ID];
    csim_answer answer;
    csim_probability probability;
    csim_estimate value;
    csim_paired pairs;
    csim_break_even break_even; /* of PATHS and PAIRS whose reading names a deciding input */
    csim_aside aside;           /* of PATHS: what rests on guesses, and the answer of the vintage */
    char note[CSIM_CLAIM_NOTE]; /* "" when there is nothing to add */
} csim_claim_result;

typedef enum csim_kernel_quantity { CSIM_KERNEL_USD_PER_MTOK_OUT, CSIM_KERNEL_TOK_PER_S_USER } csim_kernel_quantity;

/* A question an expression asks of the cost kernel. */
typedef struct csim_kernel_question {
    csim_kernel_quantity quantity;
    const csim_model_entry *model;
    int dense;                         /* 1: its twin in which every routed expert works for every token */
    const csim_hardware_entry *machine;
    double tpot_ms;                    /* time a token; 0 for CSIM_KERNEL_TOK_PER_S_USER */
    int month;                         /* since 2000-01, in which the claim was made */
} csim_kernel_question;

/* NAN when the model does not fit the machine. */
typedef struct csim_kernel_oracle { double (*answer)(void *self, const csim_kernel_question *question); void *self; } csim_kernel_oracle;

/* An expression of docs/claims.md on the day a claim was made ("2026-04-28"; a month stands for its last day), by what was known in the month known_until
 * (CSIM_NO_MONTH: everything). *out is NAN when a kernel value is not defined, or when a model, machine or price is of later: `note` (may be NULL) then says
 * which, and is "" otherwise. kernel may be NULL: kernel values are then NAN. SYNTAX with the offending place, UNKNOWN_NAME,
 * OUT_OF_RANGE (no price yet), INCONSISTENT. */
csim_status csim_expression_evaluate(const char *text, const char *said_on, int known_until, const csim_catalogue *catalogue, const csim_kernel_oracle *kernel,
                                     double *out, char note[CSIM_CLAIM_NOTE], csim_error *err);

/* Evaluates every expression of the scenario and forgets the values, so that a mistake shows before the paths are run, at its place in the file. */
csim_status csim_claims_check(const csim_scenario *scenario, const csim_catalogue *catalogue, csim_error *err);

/* *out is malloc'd (free), one result a reading in the scenario's order. contrasts and kernel may be NULL: such readings stay open with a note; without
 * `beside` nothing stands beside the answers. */
csim_status csim_claims_evaluate(const csim_scenario *scenario, const csim_catalogue *catalogue, const csim_result *result, const csim_contrasts *contrasts,
                                 const csim_beside *beside, const csim_kernel_oracle *kernel, csim_claim_result **out, size_t *count, csim_error *err);
/* The same, and INTERRUPTED once *cancel (which may be NULL) is set; it is looked at after every reading. */
csim_status csim_claims_evaluate_unless(const atomic_int *cancel, const csim_scenario *scenario, const csim_catalogue *catalogue, const csim_result *result,
                                        const csim_contrasts *contrasts, const csim_beside *beside, const csim_kernel_oracle *kernel, csim_claim_result **out,
                                        size_t *count, csim_error *err);

#endif
