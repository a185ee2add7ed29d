/* The order of numbers against a sort by comparing, and the places that a workbook takes from it. */
#include <stdlib.h>

#include "csim/base/order.h"
#include "csim/report/kept_places.h"
#include "csim/rng/stream.h"
#include "kernels/vmath.h"
#include "tests/c/check.h"

enum { N = 1999 };

static double value[N];
static csim_order_key key[2 * N];
static uint32_t order[N], expected[N];

static int by_value_and_position(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return value[x] != value[y] ? (value[x] > value[y]) - (value[x] < value[y]) : (x > y) - (x < y);
}

static double uniform(uint32_t i) {
    const csim_stream stream = csim_stream_make(3, "order");
    return csim_stream_uniform(&stream, i, 0);
}

/* Wide, signed, few different ones, alike but for the last bits, and the ends of what a double holds. */
static double number(int kind, uint32_t i) {
    static const double ends[] = {0.0, -0.0, 0x1p-1074, -0x1p-1074, 1.0, -1.0, HUGE_VAL, -HUGE_VAL, 0x1.fffffffffffffp1023, -0x1.fffffffffffffp1023};
    switch (kind) {
    case 0: return moe_exp(600.0 * (uniform(i) - 0.5));
    case 1: return uniform(i) - 0.5;
    case 2: return (double)(i * 7 % 5) - 2.0;
    case 3: return 1.0 + 0x1p-52 * (double)(i * 31 % 64);
    case 4: return ends[i * 7919 % (sizeof ends / sizeof ends[0])];
    default: return 0.25;
    }
}

static void order_is_that_of_a_stable_sort(void **state) {
    static const uint32_t sizes[] = {0, 1, 2, 17, 256, N};
    (void)state;
    for (int kind = 0; kind < 6; kind++)
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            const uint32_t n = sizes[s];
            for (uint32_t i = 0; i < n; i++) {
                value[i] = number(kind, i);
                expected[i] = i;
            }
            qsort(expected, n, sizeof *expected, by_value_and_position);
            csim_order_find(value, n, key, order);
            assert_memory_equal(order, expected, n * sizeof *order);
        }
}

static void places_count_lower_values_and_half_of_equal_ones(void **state) {
    enum { FEW = 300 };
    uint16_t twice[FEW];
    (void)state;
    for (int kind = 0; kind < 6; kind++) {
        double sum = 0.0;
        for (uint32_t i = 0; i < FEW; i++) value[i] = number(kind, i);
        csim_places_count(value, FEW, key, order, twice);
        for (uint32_t i = 0; i < FEW; i++) {
            uint32_t lower = 0, not_higher = 0;
            for (uint32_t k = 0; k < FEW; k++) {
                lower += value[k] < value[i];
                not_higher += value[k] <= value[i];
            }
            assert_int_equal(twice[i], lower + not_higher);
            sum += csim_place_of(twice[i], FEW);
        }
        check_close(sum / FEW, 0.5, 1e-12);
    }
}

static void products_are_summed_in_the_order_of_rows(void **state) {
    enum { ROWS = 77 };
    double a[ROWS], many[ROWS][CSIM_KEPT_COLUMNS], sum[CSIM_KEPT_COLUMNS];
    (void)state;
    for (uint32_t i = 0; i < ROWS; i++) {
        a[i] = uniform(i) - 0.5;
        for (uint32_t c = 0; c < CSIM_KEPT_COLUMNS; c++) many[i][c] = uniform(1000 + i * CSIM_KEPT_COLUMNS + c);
    }
    csim_products_add(a, many[0], ROWS, sum);
    for (uint32_t c = 0; c < CSIM_KEPT_COLUMNS; c++) {
        double own = 0.0;
        for (uint32_t i = 0; i < ROWS; i++) own += a[i] * many[i][c];
        check_near(sum[c], own, 0.0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_that_of_a_stable_sort),
        cmocka_unit_test(places_count_lower_values_and_half_of_equal_ones),
        cmocka_unit_test(products_are_summed_in_the_order_of_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
