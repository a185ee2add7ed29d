/* A few names that stand for a choice: what is allowed somewhere, and which of them a misspelt one may have meant. */
#ifndef CSIM_SCENARIO_NAMES_H
#define CSIM_SCENARIO_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum { CSIM_NAMES_ROOM = 80, CSIM_NAMES_BYTES = 64 };

typedef struct csim_names { size_t count; char name[CSIM_NAMES_ROOM][CSIM_NAMES_BYTES]; } csim_names; /* zero-initialise count */

void csim_names_add(csim_names *self, const char *name, size_t size); /* a name that is already in, or beyond the room, is left out */
void csim_names_add_choices(csim_names *self, const char *choices);   /* "us|cn|other" */
int csim_names_find(const csim_names *self, const char *name);        /* −1 when it is not in */

/* The name with the fewest edits, or NULL when none is near enough to be a slip. */
const char *csim_names_nearest(const csim_names *self, const char *wanted);

/* "a, b, c", cut with "…" to size. */
char *csim_names_list(const csim_names *self, char *text, size_t size);

#endif
