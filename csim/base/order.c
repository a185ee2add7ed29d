/* Least significant digit first, a digit being a byte of the number's bits; digits that all numbers share cost nothing. */
#include "csim/base/order.h"

#include <string.h>

enum { DIGITS = 8, VALUES = 256 };

/* Rises with the number: the sign's bit turned round, all bits of negative ones. */
static uint64_t key_of(double value) {
    const double number = value + 0.0; /* -0 is 0 */
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits ^ (bits >> 63 ? UINT64_MAX : UINT64_C(1) << 63);
}

static size_t digit_of(uint64_t key, int digit) { return key >> (8 * digit) & (VALUES - 1); }

static void count_digits(const csim_order_key *key, size_t n, uint32_t count[DIGITS][VALUES]) {
    memset(count, 0, DIGITS * sizeof *count);
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < DIGITS; d++) count[d][digit_of(key[i].key, d)]++;
}

static void deal(const csim_order_key *from, size_t n, int digit, const uint32_t count[VALUES], csim_order_key *to) {
    uint32_t next[VALUES], sum = 0;
    for (int v = 0; v < VALUES; v++) {
        next[v] = sum;
        sum += count[v];
    }
    for (size_t i = 0; i < n; i++) to[next[digit_of(from[i].key, digit)]++] = from[i];
}

void csim_order_find(const double *value, size_t n, csim_order_key *scratch, uint32_t *order) {
    csim_order_key *from = scratch, *to = scratch + n;
    uint32_t count[DIGITS][VALUES];
    for (size_t i = 0; i < n; i++) from[i] = (csim_order_key){key_of(value[i]), (uint32_t)i};
    count_digits(from, n, count);
    for (int d = 0; n && d < DIGITS; d++) {
        if (count[d][digit_of(from[0].key, d)] == n) continue;
        deal(from, n, d, count[d], to);
        csim_order_key *const dealt = to;
        to = from;
        from = dealt;
    }
    for (size_t i = 0; i < n; i++) order[i] = from[i].at;
}
