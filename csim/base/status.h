/* The statuses a call can end with. One list; names, texts and exit codes are generated from it.
 * Exit codes are part of the command's contract: 0 ok, 1 run failed, 2 usage or scenario, 3 precision not reached, 4 file, 130 interrupted. */
#ifndef CSIM_BASE_STATUS_H
#define CSIM_BASE_STATUS_H

/*    X(name, exit code, text) */
#define CSIM_STATUS_LIST(X)                                                        \
    X(OK, 0, "ok")                                                                 \
    X(NO_MEMORY, 1, "out of memory")                                               \
    X(RUN_FAILED, 1, "the run failed")                                             \
    X(USAGE, 2, "wrong use of the command")                                        \
    X(SYNTAX, 2, "not valid YAML")                                                 \
    X(UNKNOWN_KEY, 2, "unknown key")                                               \
    X(MISSING_KEY, 2, "missing key")                                               \
    X(DUPLICATE_KEY, 2, "duplicate key")                                           \
    X(WRONG_TYPE, 2, "wrong type of value")                                        \
    X(WRONG_UNIT, 2, "wrong unit")                                                 \
    X(OUT_OF_RANGE, 2, "value out of range")                                       \
    X(UNKNOWN_NAME, 2, "unknown name")                                             \
    X(INCONSISTENT, 2, "values contradict each other")                             \
    X(LIMIT, 2, "too large")                                                       \
    X(PRECISION, 3, "precision not reached")                                       \
    X(FILE_OPEN, 4, "cannot open file")                                            \
    X(FILE_READ, 4, "cannot read file")                                            \
    X(FILE_WRITE, 4, "cannot write file")                                          \
    X(FILE_FORMAT, 4, "not a file of the expected kind, or damaged")               \
    X(INTERRUPTED, 130, "interrupted")

typedef enum csim_status {
#define CSIM_STATUS_ENUM(name, exit_code, text) CSIM_##name,
    CSIM_STATUS_LIST(CSIM_STATUS_ENUM)
#undef CSIM_STATUS_ENUM
    CSIM_STATUS_COUNT
} csim_status;

const char *csim_status_name(csim_status status); /* "WRONG_UNIT" */
const char *csim_status_text(csim_status status); /* "wrong unit" */
int csim_status_exit_code(csim_status status);

#endif
