/* Command-line options from a table: one row an option, parsed strictly, with the nearest name for a misspelt one. */
#ifndef CSIM_CLI_OPTIONS_H
#define CSIM_CLI_OPTIONS_H

#include <stdint.h>
#include <stdio.h>

#include "csim/base/error.h"

typedef enum csim_option_kind { CSIM_OPTION_FLAG, CSIM_OPTION_TEXT, CSIM_OPTION_TEXTS, CSIM_OPTION_COUNT, CSIM_OPTION_SEED, CSIM_OPTION_NUMBER } csim_option_kind;

/* A whole number from `low` to `high`; `value` is only written when the option is given. */
typedef struct csim_option_count { long long *value, low, high; } csim_option_count;
/* An option that may be given several times; the count begins at 0. */
typedef struct csim_option_texts { const char **value; size_t most, *count; } csim_option_texts;
typedef struct csim_option_seed { uint64_t value; int given; } csim_option_seed;

typedef struct csim_option {
    const char *name;       /* "--paths"; or "-o" */
    csim_option_kind kind;
    void *value;            /* int * (flag), const char ** (text), csim_option_texts *, csim_option_count *, csim_option_seed *, double * (number) */
    const char *argument;   /* "N", NULL for a flag */
    const char *text;       /* for --help */
} csim_option;

/* Parses argv[first…]; words without a dash go to positional[0 … positionals_max − 1]. USAGE with one sentence otherwise. */
csim_status csim_options_parse(int argc, char **argv, int first, const csim_option *options, size_t count, const char **positional, size_t positionals_max,
                               size_t *positionals, csim_error *err);

void csim_options_help(FILE *out, const csim_option *options, size_t count);

#endif
