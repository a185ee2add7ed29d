/* Numbers of a workbook are printed as the C library prints them. */
#include "tests/c/check.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/cell_number.h"

static void expect_same(double value) {
    char expected[64], found[CSIM_CELL_NUMBER];
    snprintf(expected, sizeof expected, "%.16G", value);
    const size_t length = csim_cell_number(value, found);
    if (strcmp(expected, found) || length != strlen(found)) fail_msg("%a is printed '%s', not '%s'", value, found, expected);
}

static void edges(void **state) {
    (void)state;
    static const double values[] = {0, -0.0, 1, -1, 10, 0.1, 0.3, 1.0 / 3, 2.0 / 3, 9.999999999999999, 9.9999999999999995, 99999999999999.99, 1e15, 1e16, 1e17, 123456789012345680.0, 9007199254740992.0,
                                    0.0001, 0.00001, 0.00009999999999999999, 9.9999999999999999e-5, 1e-10, 1e-11, 1e-12, 1e-13, 1e-300, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
                                    1e22, 1e23, 1e42, 1e43, 1e44, 0.5, 0.25, 46023, 1234.5, 4503599627370497.5, 1.5, 2.5, 1000000000000000.5, 1000000000000001.5};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) expect_same(values[i]), expect_same(-values[i]);
    for (int power = -320; power <= 308; power++)
        for (int step = -2; step <= 2; step++) {
            double value = pow(10, power);
            for (int i = 0; i < step; i++) value = nextafter(value, INFINITY);
            for (int i = 0; i > step; i--) value = nextafter(value, 0);
            expect_same(value);
        }
}

static void bits_of_all_kinds(void **state) {
    (void)state;
    uint64_t bits = UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < 300000; i++) {
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) expect_same(value);
        expect_same((double)(int64_t)bits / 1048576.0);
        expect_same(ldexp((double)(bits >> 11), -53));               /* shares */
        expect_same((double)(bits % 1000000007) / 1000.0);           /* short decimals */
        expect_same((double)(bits % 20000000001) / 2.0);             /* halves: ties where 16 digits end */
        expect_same(ldexp((double)(bits >> 11), (int)(bits % 7) - 3)); /* 16 and 17 digits before the point */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(edges), cmocka_unit_test(bits_of_all_kinds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
