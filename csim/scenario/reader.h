/* What the readers of a scenario's parts share: finding a key by its path, one sentence a mistake, and the typed values that need the arena.
 * Paths are dotted ("offerings.openai.title"); no name in a scenario holds a dot. */
#ifndef CSIM_SCENARIO_READER_H
#define CSIM_SCENARIO_READER_H

#include "csim/scenario/arena.h"
#include "csim/scenario/layout.h"
#include "csim/scenario/scenario.h"

enum { CSIM_READER_PATH = 256, CSIM_READER_TEXT_BYTES = 4096 };

typedef struct csim_reader {
    csim_scenario *out;
    csim_arena *arena;
    csim_node *root;
    csim_error *err;
    bool files_may_be_missing; /* catalogue and observations: a stored run is read where they are not */
    bool scenarios_may_be_missing; /* the same for scenarios that this one names; also where it stands in for another's base */
} csim_reader;

/* ---- reader.c: access ---- */
csim_node *csim_reader_find(const csim_reader *self, const char *path);                         /* NULL when it is not there */
csim_status csim_reader_need(csim_reader *self, const char *path, csim_node **out);             /* MISSING_KEY with the key's meaning */
csim_status csim_reader_refuse(csim_reader *self, csim_status code, const csim_node *node, const char *field, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
csim_status csim_reader_no_memory(csim_reader *self);
const char *csim_reader_copy(csim_reader *self, const char *text);                              /* NULL when memory is out */
csim_note csim_reader_place(const csim_node *node);                                             /* a note that knows only where */

/* A key of a map that belongs to no layout row (parameters of a distribution): refuses all but the allowed ones. */
csim_status csim_reader_only(csim_reader *self, const csim_node *map, const char *field, const csim_names *allowed);

/* ---- reader_values.c: typed values. A missing optional key leaves *out as it was. ---- */
csim_status csim_reader_string(csim_reader *self, csim_node *node, const char *field, const char **out);
csim_status csim_reader_text(csim_reader *self, const char *path, bool required, const char **out);
csim_status csim_reader_integer(csim_reader *self, const char *path, bool required, long long lowest, long long highest, long long *out);
csim_status csim_reader_flag(csim_reader *self, const char *path, bool *out);
csim_status csim_reader_month(csim_reader *self, const char *path, bool required, bool may_be_never, int *out);
csim_status csim_reader_choice(csim_reader *self, const char *path, const char *choices, int *out);                       /* required */
csim_status csim_reader_member(csim_reader *self, const csim_node *node, const char *field, const csim_names *names, int *out); /* index of node's text */
csim_status csim_reader_member_at(csim_reader *self, const char *path, bool required, const csim_names *names, int *out);
csim_status csim_reader_steps(csim_reader *self, csim_node *map, const char *field, size_t most, const csim_step **out, size_t *count);

/* Months of a dated map must increase. `last` is the month before, or CSIM_NO_MONTH for the first. */
csim_status csim_reader_next_month(csim_reader *self, const csim_node *entry, const char *field, int last, int *month);

/* A name as an identifier: letters, digits, _ and -, beginning with a letter, shorter than CSIM_MAX_ID, and none that means something else. */
csim_status csim_reader_check_id(csim_reader *self, const csim_node *node, const char *id, int line, int column, const char *field);

/* ---- inputs.c: refuses `key` unless it is an input of this scenario, with the nearest one; `what` begins the sentence, "" for nothing ---- */
csim_status csim_reader_input(csim_reader *self, const csim_node *node, const char *field, const char *what, const char *key);

/* ---- references.c: a missing key gives an empty reference; FILE_OPEN or UNKNOWN_NAME at the key when there is no such scenario ---- */
csim_status csim_reader_scenario(csim_reader *self, const char *path, csim_reference *out);

/* ---- the parts, in the order in which they are read ---- */
csim_status csim_read_sets(csim_reader *self);          /* sets.c: the names of segments, regions, offerings, fleets, regimes, vendors */
csim_status csim_read_frame(csim_reader *self);         /* frame.c: names, time, run, roles, files */
csim_status csim_read_supply(csim_reader *self);        /* supply.c: offerings, fleets, policy regimes */
csim_status csim_read_inputs(csim_reader *self);        /* inputs.c */
csim_status csim_read_levers(csim_reader *self);        /* levers.c */
csim_status csim_read_correlations(csim_reader *self);  /* correlations.c */
csim_status csim_read_claims(csim_reader *self);        /* claims.c */
csim_status csim_check_sums(csim_reader *self);         /* sums.c: shares and probabilities that must sum to 1 */

/* ---- value.c: one input value or note ---- */
csim_status csim_read_value(csim_reader *self, csim_node *node, const char *field, const csim_input_row *row, csim_dist_spec *spec, csim_note *note);
csim_status csim_read_note(csim_reader *self, csim_node *map, const char *field, const char *unit, csim_note *note);
void csim_note_names(csim_names *out);                  /* the keys of a note: unit, basis, source, date, reason */

/* names of a set, for csim_reader_member */
void csim_names_of_segments(const csim_scenario *scenario, csim_names *out);
void csim_names_of_regions(const csim_scenario *scenario, csim_names *out);
void csim_names_of_fleets(const csim_scenario *scenario, csim_names *out);
void csim_names_of_regimes(const csim_scenario *scenario, csim_names *out);

#endif
