/* Many questions to the cost library at once: what token_cost.c reads from Python and token_cost_work.c answers without it. */
#ifndef MOECAST_TOKEN_COST_H
#define MOECAST_TOKEN_COST_H

#include "pyext/core/core.h"

/* Words come as short lists, and a column says which of them an element takes. */
typedef enum cost_word { COST_MODEL, COST_HARDWARE, COST_STACK, COST_POOLS, COST_LAYOUTS, COST_BASIS, COST_DRAFTING, COST_WORDS } cost_word;
extern const char *const cost_word_names[COST_WORDS];

/* Numbers of the question by name: `offset` in csim_cost_question; the last four are not members of it. */
typedef struct cost_number { const char *name; size_t offset; } cost_number;
enum { COST_NUMBERS = 17, COST_SPEED = COST_NUMBERS - 4, COST_DRAFT, COST_DRAFT_BEST, COST_ACCEPTED };
extern const cost_number cost_numbers[COST_NUMBERS];

/* step 0: one number for all; data NULL: the standard. */
typedef struct cost_column { const double *data; size_t step; } cost_column;

enum { COST_RESULTS = 31, COST_WORDS_MOST = 100000 };
extern const char *const cost_result_names[COST_RESULTS];

typedef struct cost_job {
    const char *folder;
    const char **word[COST_WORDS];       /* borrowed texts */
    size_t words[COST_WORDS];
    cost_column code[COST_WORDS], number[COST_NUMBERS];
    size_t size;
    int strict, threads;                 /* strict: what does not fit is an error, not NaN; threads 0: one a processor */
    double *result[COST_RESULTS];        /* size numbers each */
} cost_job;

/* The text itself, borrowed; NULL with an exception. A NUL would end it early in C, and half a surrogate pair is no text. */
const char *cost_read_word(core_state *state, PyObject *text, const char *name);

/* A core_work on a cost_job. */
csim_status cost_job_run(void *job, const atomic_int *cancel, csim_error *err);

#endif
