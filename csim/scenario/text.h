/* A text that grows: canonical scenarios, explanations, schemas. Remembers a failed allocation, so that many calls need one check at the end. */
#ifndef CSIM_SCENARIO_TEXT_H
#define CSIM_SCENARIO_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "csim/base/error.h"

typedef struct csim_text { char *bytes; size_t size, room; bool failed; } csim_text; /* zero-initialise it */

void csim_text_put(csim_text *self, const char *text);
void csim_text_add(csim_text *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
void csim_text_quote(csim_text *self, const char *text);  /* in double quotes; good for YAML and JSON alike */
void csim_text_number(csim_text *self, double value);     /* the shortest digits that read back as the same double */
void csim_text_month(csim_text *self, int month);         /* 2024-01 */
void csim_text_wrap(csim_text *self, const char *indent, const char *text); /* words in lines of at most 100 columns, each begun with indent */

/* Hands the bytes over (malloc'd, NUL behind) or says NO_MEMORY. The text is empty afterwards. */
csim_status csim_text_take(csim_text *self, char **bytes, size_t *size, csim_error *err);
void csim_text_clear(csim_text *self);

#endif
