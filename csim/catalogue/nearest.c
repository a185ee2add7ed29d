/* Owns the edit distance behind the hints. No allocation: names longer than NAME_MAX_BYTES are not compared. */
#include "csim/catalogue/nearest.h"

#include <string.h>

enum { NAME_MAX_BYTES = 63 };

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* Levenshtein distance with one row of the table. */
static size_t edit_distance(const char *a, size_t a_size, const char *b, size_t b_size) {
    size_t row[NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= b_size; j++) row[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = smaller(replaced, smaller(row[j], row[j - 1]) + 1);
        }
    }
    return row[b_size];
}

const char *csim_nearest_name(const char *wanted, const char *(*name_at)(const void *names, size_t i), const void *names, size_t count) {
    size_t wanted_size = strlen(wanted);
    if (wanted_size > NAME_MAX_BYTES) return NULL;
    const char *nearest = NULL;
    size_t fewest = wanted_size / 2 + 1; /* more edits than half the word are another word, not a slip */
    for (size_t i = 0; i < count; i++) {
        const char *name = name_at(names, i);
        size_t size = strlen(name);
        if (size > NAME_MAX_BYTES) continue;
        size_t edits = edit_distance(wanted, wanted_size, name, size);
        if (edits >= fewest) continue;
        fewest = edits;
        nearest = name;
    }
    return nearest;
}
