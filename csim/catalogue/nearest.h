/* "Did you mean": the nearest of some names to a misspelt one. Knows nothing of what the names stand for. */
#ifndef CSIM_CATALOGUE_NEAREST_H
#define CSIM_CATALOGUE_NEAREST_H

#include <stddef.h>

/* name_at(names, i) gives the i-th of count names. Returns the name with the fewest edits, or NULL when none is near enough to be a misspelling. */
const char *csim_nearest_name(const char *wanted, const char *(*name_at)(const void *names, size_t i), const void *names, size_t count);

#endif
