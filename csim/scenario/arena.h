/* Memory that is given out in pieces and freed as a whole: the nodes of a tree, the texts of a scenario. Pieces are aligned for any type and zeroed. */
#ifndef CSIM_SCENARIO_ARENA_H
#define CSIM_SCENARIO_ARENA_H

#include <stddef.h>

typedef struct csim_arena { struct csim_arena_block *last; } csim_arena; /* zero-initialise it */

void *csim_arena_take(csim_arena *self, size_t count, size_t size);            /* NULL when memory is out or count·size overflows */
char *csim_arena_text(csim_arena *self, const char *text, size_t size);        /* a copy with a NUL behind it */
char *csim_arena_print(csim_arena *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
void csim_arena_clear(csim_arena *self);

#endif
