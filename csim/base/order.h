/* The order of many numbers: their positions, from the smallest number up. By digits, not by comparing: the same work whatever the numbers are. */
#ifndef CSIM_BASE_ORDER_H
#define CSIM_BASE_ORDER_H

#include <stddef.h>
#include <stdint.h>

typedef struct csim_order_key { uint64_t key; uint32_t at; } csim_order_key;

/* order[n], n < 2^32: positions of the values, which are no NaN; equal ones, 0 and -0 among them, as they stand. `scratch` has room for 2 n keys. */
void csim_order_find(const double *value, size_t n, csim_order_key *scratch, uint32_t *order);

#endif
