/* Scenarios as a program makes them: from keys it holds, from another scenario and what is to differ, from a text whose files lie elsewhere; and back: the
 * shortest text that says a scenario. Works on the same trees as `extends`, so that a change made here and one made in a file give one canonical text. */
#ifndef CSIM_SCENARIO_CHANGE_H
#define CSIM_SCENARIO_CHANGE_H

#include "csim/scenario/scenario.h"

/* `text`: YAML, a map of keys, nested or dotted ("policy.severity: 1.4"), with moecast, name and, where it has one, extends. `file` is what errors call it and where
 * relative names start; lines are not told, since no person wrote them. Errors as csim_scenario_load's. */
csim_status csim_scenario_from_keys(const char *file, const char *text, size_t size, csim_scenario **out, csim_error *err);

/* `base` with the keys of `text` changed, as a file that extends it would: null takes a key away, title and description are not taken over. name and title may
 * be among the keys, moecast and extends may not. Relative names start where `base` lies. *out borrows nothing from `base`, which is not altered. */
csim_status csim_scenario_change(const csim_scenario *base, const char *file, const char *text, size_t size, csim_scenario **out, csim_error *err);

/* How others may extend a scenario, and what a change of it or its own text extends: a shipped one's name, a full path, "" when there is none. */
const char *csim_scenario_called(const csim_scenario *scenario);
const char *csim_scenario_base(const csim_scenario *scenario);

/* Calls visit for every key that names a file or another scenario: the file it is written in ("" when nothing is written) and what it leads to. Stops when visit
 * returns something else than 0, and returns that. */
typedef int csim_file_visit(void *self, const char *field, const char *written_in, const char *leads_to);
int csim_scenario_files(const csim_scenario *scenario, csim_file_visit *visit, void *self);

/* csim_scenario_parse of a canonical text whose relative names start in files of their own, as csim_scenario_files told them. */
typedef struct csim_written { const char *field, *file; } csim_written;
csim_status csim_scenario_restore(const char *file, const char *text, size_t size, const char *base, const csim_written *written, size_t count, csim_scenario **out,
                                  csim_error *err);

/* A text that extends `base` by the name `extends` and sets what `scenario` has otherwise. It may miss what no such text can say (an order of names): whoever
 * needs the same scenario reads it back and compares. malloc'd. */
csim_status csim_scenario_short_text(const csim_scenario *scenario, const csim_scenario *base, const char *extends, char **text, size_t *size, csim_error *err);

#endif
