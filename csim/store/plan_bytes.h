/* The plan as a run file stores it: its canonical bytes with the runs of zeros squeezed out (most of a plan is unused room).
 *
 *   packed := piece*      piece := literal (uint32), zeros (uint32), then `literal` bytes        all little-endian
 *
 * A piece stands for its bytes followed by that many zero bytes. Whoever reads the file without this library needs no more than this. */
#ifndef CSIM_STORE_PLAN_BYTES_H
#define CSIM_STORE_PLAN_BYTES_H

#include "csim/plan/plan.h"

/* *packed is malloc'd. */
csim_status csim_plan_pack(const csim_plan *plan, unsigned char **packed, size_t *size, csim_error *err);

/* *out is freed by csim_plan_free. FILE_FORMAT when the bytes are not a plan of this library, or one whose counts and names do not hold together:
 * the caller may index its tables without further checks. */
csim_status csim_plan_unpack(const unsigned char *packed, size_t size, csim_plan **out, csim_error *err);

#endif
