/* Which paths a result stands for: intervals of path numbers, sorted, apart and as few as possible, so that equal sets have equal bytes.
 * Plain data: it can be copied and compared. Must not know what a path is. */
#ifndef CSIM_ENGINE_LEDGER_H
#define CSIM_ENGINE_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "csim/base/error.h"

enum { CSIM_MAX_INTERVALS = 1024 };

typedef struct csim_path_interval { uint32_t from, to; } csim_path_interval; /* paths from … to − 1; never empty */

typedef struct csim_ledger {
    size_t count;
    csim_path_interval interval[CSIM_MAX_INTERVALS];
} csim_ledger;

/* Puts an interval in. INCONSISTENT when paths of it are there already, LIMIT when there are too many pieces; the ledger then stays as it was.
 * An empty interval changes nothing. */
csim_status csim_ledger_add(csim_ledger *self, uint32_t from, uint32_t to, csim_error *err);
csim_status csim_ledger_add_all(csim_ledger *self, const csim_ledger *other, csim_error *err);

uint64_t csim_ledger_paths(const csim_ledger *self);
int csim_ledger_holds(const csim_ledger *self, uint32_t path);
int csim_ledger_equal(const csim_ledger *a, const csim_ledger *b);

/* The paths of from … to − 1 that are not in `self`. */
void csim_ledger_missing(const csim_ledger *self, uint32_t from, uint32_t to, csim_ledger *out);

#endif
