/* The container (ZIP) that a workbook is: whether it is whole, and a copy of it with large texts put into parts. Knows bytes, not spreadsheets. */
#ifndef CSIM_REPORT_CONTAINER_H
#define CSIM_REPORT_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

#include "csim/report/packed_rows.h"

/* Inflates every part again and looks for its end. */
bool csim_container_is_whole(int file);

/* Text that goes into the part `name` for what its first element `tag` (without attributes) holds. */
typedef struct csim_container_text {
    const char *name, *tag;
    csim_packed_text text;
} csim_container_text;

/* Copies the container in `from` to `to`, an empty file, and puts the texts in their parts. FILE_WRITE when one of them cannot be read or written or does not have
 * such a part, NO_MEMORY, LIMIT beyond 4 GB. */
csim_status csim_container_fill(int from, FILE *to, const csim_container_text *texts, size_t count);

#endif
