/* Reads one map of a catalogue file, key by key, and remembers the first error, so that a reader of twenty keys checks once at the end.
 * After an error every call returns its neutral value. csim_entry_close reports the keys nobody asked for. */
#ifndef CSIM_CATALOGUE_ENTRY_READER_H
#define CSIM_CATALOGUE_ENTRY_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "csim/base/error.h"
#include "csim/scenario/yaml_tree.h"

enum { CSIM_ENTRY_MAX_KEYS = 40, CSIM_ENTRY_FIELD_SIZE = 192 };

typedef struct csim_entry_reader {
    csim_node *map;
    char field[CSIM_ENTRY_FIELD_SIZE]; /* dotted place of the map, for messages */
    const char *asked[CSIM_ENTRY_MAX_KEYS];
    size_t asked_count;
    csim_status status;
    csim_error *err;
} csim_entry_reader;

/* Opens a map; anything else is WRONG_TYPE. parent and name make its dotted place; parent may be "". */
void csim_entry_open(csim_entry_reader *reader, csim_node *node, const char *parent, const char *name, csim_error *err);
/* UNKNOWN_KEY for a key that was never asked for, with the nearest one that was. Returns the first error. */
csim_status csim_entry_close(csim_entry_reader *reader);

/* Records an error at a node of this map, unless there is one already. */
void csim_entry_fail(csim_entry_reader *reader, const csim_node *node, csim_status code, const char *key, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The child, or NULL: MISSING_KEY when required. `null` counts as absent. Of maps and lists it marks the node itself used. */
csim_node *csim_entry_child(csim_entry_reader *reader, const char *key, bool required);

/* Required numbers in [low, high]; the _or forms give the fallback when absent or null. */
double csim_entry_number(csim_entry_reader *reader, const char *key, double low, double high);
double csim_entry_number_or(csim_entry_reader *reader, const char *key, double low, double high, double fallback);
double csim_entry_number_or_nan(csim_entry_reader *reader, const char *key, double low, double high); /* NAN: not known */
double csim_entry_whole(csim_entry_reader *reader, const char *key, double low, double high);

const char *csim_entry_text(csim_entry_reader *reader, const char *key); /* required, not empty */
const char *csim_entry_text_or(csim_entry_reader *reader, const char *key, const char *fallback);
bool csim_entry_flag_or(csim_entry_reader *reader, const char *key, bool fallback);
int csim_entry_month(csim_entry_reader *reader, const char *key);          /* 2024-12 → months since 2000-01 */
const char *csim_entry_month_text(csim_entry_reader *reader, const char *key); /* checked, kept as text */
int csim_entry_day(csim_entry_reader *reader, const char *key);            /* 2024-12-26 → 20241226 */

/* Index of the text in a list of names ended by NULL; UNKNOWN_NAME lists them. */
int csim_entry_choice(csim_entry_reader *reader, const char *key, const char *const *names);
const char *csim_entry_choice_text(csim_entry_reader *reader, const char *key, const char *const *names);

#endif
