/* The arena: a chain of blocks, each filled from the front. Must not know what it holds. */
#include "csim/scenario/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct csim_arena_block { struct csim_arena_block *before; size_t used, size; max_align_t bytes[]; };

enum { FIRST_BLOCK_BYTES = 1 << 14, LARGEST_STEP_BYTES = 1 << 20 };

static struct csim_arena_block *grow(csim_arena *self, size_t needed) {
    const size_t step = self->last && self->last->size < LARGEST_STEP_BYTES ? 2 * self->last->size : FIRST_BLOCK_BYTES;
    const size_t size = needed > step ? needed : step;
    struct csim_arena_block *block = calloc(1, sizeof *block + size);
    if (!block) return NULL;
    block->before = self->last;
    block->size = size;
    self->last = block;
    return block;
}

void *csim_arena_take(csim_arena *self, size_t count, size_t size) {
    const size_t alignment = sizeof(max_align_t);
    if (size && count > (SIZE_MAX / 4) / size) return NULL;
    const size_t needed = (count * size + alignment - 1) / alignment * alignment;
    struct csim_arena_block *block = self->last;
    if (!block || block->size - block->used < needed) block = grow(self, needed);
    if (!block) return NULL;
    void *piece = (char *)block->bytes + block->used;
    block->used += needed;
    return piece;
}

char *csim_arena_text(csim_arena *self, const char *text, size_t size) {
    char *copy = csim_arena_take(self, size + 1, 1);
    if (copy && size) memcpy(copy, text, size);
    return copy;
}

char *csim_arena_print(csim_arena *self, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = size < 0 ? NULL : csim_arena_take(self, (size_t)size + 1, 1);
    if (text) vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

void csim_arena_clear(csim_arena *self) {
    for (struct csim_arena_block *block = self->last, *before; block; block = before) {
        before = block->before;
        free(block);
    }
    self->last = NULL;
}
