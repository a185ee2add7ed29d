/* Which bytes of foreign text may be shown on a terminal. Text that a user or a file wrote goes into errors; what would move the cursor, colour, reverse or break
 * the line must not. Knows UTF-8 and nothing else. */
#ifndef CSIM_BASE_PRINTABLE_H
#define CSIM_BASE_PRINTABLE_H

#include <stddef.h>

/* Bytes of the character that `text` begins with, or 0 where it is none to be shown: a control character (C0, DEL, C1), a line or paragraph separator, one that
 * nobody sees or that turns the direction of writing, or bytes that are no UTF-8. */
size_t csim_printable(const char *text);

/* Appends `from` to `text`, of `size` bytes with its end, as far as it goes; each byte that is not to be shown as \xNN. */
void csim_printable_append(char *text, size_t size, const char *from);

#endif
