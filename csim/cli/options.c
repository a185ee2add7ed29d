/* Parsing of options. Must not know any command. */
#include "csim/cli/options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/run_limits.h"
#include "csim/catalogue/nearest.h"

static const csim_option *find(const csim_option *options, size_t count, const char *word, size_t length) {
    for (size_t i = 0; i < count; i++)
        if (strlen(options[i].name) == length && !strncmp(options[i].name, word, length)) return &options[i];
    return NULL;
}

static const char *name_at(const void *options, size_t i) { return ((const csim_option *)options)[i].name; }

static csim_status unknown(const csim_option *options, size_t count, const char *word, csim_error *err) {
    const char *nearest = csim_nearest_name(word, name_at, options, count);
    csim_error_set(err, CSIM_USAGE, "unknown option '%.100s'", word);
    if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
    return CSIM_USAGE;
}

static csim_status set_count(const csim_option *option, const char *text, csim_error *err) {
    const csim_option_count *wanted = option->value;
    char *end;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (end == text || *end || errno || value < wanted->low || value > wanted->high)
        return csim_error_set(err, CSIM_USAGE, "%s wants a whole number from %lld to %lld, not '%.100s'", option->name, wanted->low, wanted->high, text);
    *wanted->value = value;
    return CSIM_OK;
}

static csim_status set_seed(const csim_option *option, const char *text, csim_error *err) {
    csim_option_seed *seed = option->value;
    errno = 0;
    const unsigned long long value = strtoull(text, NULL, 10);
    if (!text[0] || text[strspn(text, "0123456789")] || errno) /* strtoull alone would take a minus sign */
        return csim_error_set(err, CSIM_USAGE, "%s wants " CSIM_SEEDS ", not '%.100s'", option->name, text);
    *seed = (csim_option_seed){value, 1};
    return CSIM_OK;
}

static csim_status add_text(const csim_option *option, const char *text, csim_error *err) {
    const csim_option_texts *wanted = option->value;
    if (*wanted->count == wanted->most) return csim_error_set(err, CSIM_USAGE, "%s may be given at most %zu times", option->name, wanted->most);
    wanted->value[(*wanted->count)++] = text;
    return CSIM_OK;
}

static csim_status set_number(const csim_option *option, const char *text, csim_error *err) {
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value)) return csim_error_set(err, CSIM_USAGE, "%s wants a number, not '%.100s'", option->name, text);
    *(double *)option->value = value;
    return CSIM_OK;
}

static csim_status set_value(const csim_option *option, const char *text, csim_error *err) {
    if (option->kind == CSIM_OPTION_COUNT) return set_count(option, text, err);
    if (option->kind == CSIM_OPTION_SEED) return set_seed(option, text, err);
    if (option->kind == CSIM_OPTION_TEXTS) return add_text(option, text, err);
    if (option->kind == CSIM_OPTION_NUMBER) return set_number(option, text, err);
    *(const char **)option->value = text;
    return CSIM_OK;
}

/* "--paths 500", "--paths=500", "-o DIR". */
static csim_status take_option(int argc, char **argv, int *at, const csim_option *options, size_t count, csim_error *err) {
    const char *word = argv[*at], *equals = strncmp(word, "--", 2) ? NULL : strchr(word, '=');
    const csim_option *option = find(options, count, word, equals ? (size_t)(equals - word) : strlen(word));
    if (!option) return unknown(options, count, word, err);
    if (option->kind == CSIM_OPTION_FLAG) {
        if (equals) return csim_error_set(err, CSIM_USAGE, "%s takes no value", option->name);
        *(int *)option->value = 1;
        return CSIM_OK;
    }
    if (equals) return set_value(option, equals + 1, err);
    if (*at + 1 >= argc) return csim_error_set(err, CSIM_USAGE, "%s wants a value (%s)", option->name, option->argument);
    return set_value(option, argv[++*at], err);
}

csim_status csim_options_parse(int argc, char **argv, int first, const csim_option *options, size_t count, const char **positional, size_t positionals_max,
                               size_t *positionals, csim_error *err) {
    int only_words = 0;
    *positionals = 0;
    for (int at = first; at < argc; at++) {
        if (!only_words && !strcmp(argv[at], "--")) {
            only_words = 1;
        } else if (!only_words && argv[at][0] == '-' && argv[at][1]) {
            const csim_status status = take_option(argc, argv, &at, options, count, err);
            if (status) return status;
        } else {
            if (*positionals == positionals_max) return csim_error_set(err, CSIM_USAGE, "one word too many: '%.100s'", argv[at]);
            positional[(*positionals)++] = argv[at];
        }
    }
    return CSIM_OK;
}

void csim_options_help(FILE *out, const csim_option *options, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char left[48];
        snprintf(left, sizeof left, "%s%s%s", options[i].name, options[i].argument ? " " : "", options[i].argument ? options[i].argument : "");
        fprintf(out, "  %-24s %s\n", left, options[i].text);
    }
}
