/* Lists of names and the edit distance between them. Must not allocate: it serves error messages. */
#include "csim/scenario/names.h"

#include <stdio.h>
#include <string.h>

void csim_names_add(csim_names *self, const char *name, size_t size) {
    if (self->count == CSIM_NAMES_ROOM || size >= CSIM_NAMES_BYTES) return;
    for (size_t i = 0; i < self->count; i++)
        if (strlen(self->name[i]) == size && memcmp(self->name[i], name, size) == 0) return;
    memcpy(self->name[self->count], name, size);
    self->name[self->count++][size] = '\0';
}

void csim_names_add_choices(csim_names *self, const char *choices) {
    while (*choices) {
        const size_t size = strcspn(choices, "|");
        csim_names_add(self, choices, size);
        choices += size;
        if (*choices) choices++;
    }
}

int csim_names_find(const csim_names *self, const char *name) {
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->name[i], name) == 0) return (int)i;
    return -1;
}

/* Edits between two short words; two letters that changed places count as one edit, because fingers do that. */
static size_t edits_between(const char *a, const char *b) {
    size_t row[3][CSIM_NAMES_BYTES];
    const size_t a_size = strlen(a), b_size = strlen(b);
    for (size_t j = 0; j <= b_size; j++) row[0][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *now = row[i % 3], *last = row[(i + 2) % 3], *before_last = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (last[j] + 1 < best) best = last[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before_last[j - 2] + 1 < best) best = before_last[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[a_size % 3][b_size];
}

const char *csim_names_nearest(const csim_names *self, const char *wanted) {
    const size_t size = strlen(wanted);
    if (size >= CSIM_NAMES_BYTES) return NULL;
    const char *nearest = NULL;
    size_t fewest = size < 4 ? 2 : size / 3 + 2; /* more edits than that are another word, not a slip */
    for (size_t i = 0; i < self->count; i++) {
        const size_t edits = edits_between(wanted, self->name[i]);
        if (edits >= fewest) continue;
        fewest = edits;
        nearest = self->name[i];
    }
    return nearest;
}

char *csim_names_list(const csim_names *self, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < self->count; i++) {
        const size_t more = strlen(self->name[i]) + 2;
        if (used + more + sizeof ", …" > size) {
            snprintf(text + used, size - used, ", …");
            break;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", self->name[i]);
    }
    return text;
}
