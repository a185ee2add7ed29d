/* Asserts for numbers and statuses on top of cmocka. cmocka 1.1.5 compares floats (not doubles) and casts reals to integers silently,
 * so tests use these instead. Every failure prints both values and the place. A NaN never passes. */
#ifndef MOECAST_TESTS_CHECK_H
#define MOECAST_TESTS_CHECK_H

/* cmocka.h needs these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "csim/base/error.h"

/* |actual − expected| ≤ relative · |expected|. Two equal infinities pass; expecting 0 asks for exactly 0. */
#define check_close(actual, expected, relative) check_close_at((actual), (expected), (relative), #actual, __FILE__, __LINE__)
/* |actual − expected| ≤ tolerance. */
#define check_near(actual, expected, tolerance) check_near_at((actual), (expected), (tolerance), #actual, __FILE__, __LINE__)
/* At most `ulp` representable doubles apart. */
#define check_ulp(actual, expected, ulp) check_ulp_at((actual), (expected), (ulp), #actual, __FILE__, __LINE__)
/* low ≤ actual ≤ high. */
#define check_between(actual, low, high) check_between_at((actual), (low), (high), #actual, __FILE__, __LINE__)
/* The call ended with OK; otherwise prints the whole error. `err` is evaluated after `status`. */
#define check_status(status, err) check_status_at((status), CSIM_OK, (err), #status, __FILE__, __LINE__)
/* The call ended with exactly this status, and the error carries the same code. */
#define check_refused(status, expected, err) check_status_at((status), (expected), (err), #status, __FILE__, __LINE__)
/* text contains part. */
#define check_contains(text, part) check_contains_at((text), (part), __FILE__, __LINE__)

/* Ends the test as skipped; the reason is printed beside its name. */
#define check_skip(reason) (print_message("SKIPPED %s: %s\n", __func__, (reason)), skip())

/* Switches to a locale that writes 2,5 (the build makes one for the tests: Makefile); false when there is none. */
static inline bool check_enter_comma_locale(void) { return setlocale(LC_ALL, "de_DE.UTF-8") && localeconv()->decimal_point[0] == ','; }

/* Doubles between two values, counted on the number line with −0 and +0 as one point. */
static inline uint64_t check_ulp_distance(double a, double b) {
    int64_t i, j;
    memcpy(&i, &a, sizeof i);
    memcpy(&j, &b, sizeof j);
    if (i < 0) i = INT64_MIN - i;
    if (j < 0) j = INT64_MIN - j;
    return i > j ? (uint64_t)i - (uint64_t)j : (uint64_t)j - (uint64_t)i;
}

static inline void check_fail_at(const char *file, int line) { _fail(file, line); }

static inline void check_near_at(double actual, double expected, double tolerance, const char *what, const char *file, int line) {
    if (actual == expected || fabs(actual - expected) <= tolerance) return;
    print_error("%s\n  got      %.17g\n  expected %.17g\n  off by   %.3g, allowed %.3g\n", what, actual, expected,
                fabs(actual - expected), tolerance);
    check_fail_at(file, line);
}

static inline void check_close_at(double actual, double expected, double relative, const char *what, const char *file, int line) {
    if (actual == expected || fabs(actual - expected) <= relative * fabs(expected)) return;
    print_error("%s\n  got      %.17g\n  expected %.17g\n  relative difference %.3g, allowed %.3g\n", what, actual, expected,
                fabs(actual - expected) / fabs(expected), relative);
    check_fail_at(file, line);
}

static inline void check_ulp_at(double actual, double expected, uint64_t ulp, const char *what, const char *file, int line) {
    if (!isnan(actual) && !isnan(expected) && check_ulp_distance(actual, expected) <= ulp) return;
    print_error("%s\n  got      %.17g (%a)\n  expected %.17g (%a)\n  %llu ulp apart, allowed %llu\n", what, actual, actual, expected,
                expected, (unsigned long long)check_ulp_distance(actual, expected), (unsigned long long)ulp);
    check_fail_at(file, line);
}

static inline void check_between_at(double actual, double low, double high, const char *what, const char *file, int line) {
    if (actual >= low && actual <= high) return;
    print_error("%s\n  got      %.17g\n  expected %.17g … %.17g\n", what, actual, low, high);
    check_fail_at(file, line);
}

static inline void check_status_at(csim_status status, csim_status expected, const csim_error *err, const char *what, const char *file,
                                   int line) {
    char text[2048] = "no error given";
    bool told = status == CSIM_OK || !err || (err->code == status && err->detail[0]);
    if (status == expected && told) return;
    if (err) csim_error_format(err, text, sizeof text);
    print_error("%s\n  got      %s%s\n  expected %s\n  error    %s\n", what, csim_status_name(status),
                told ? "" : " without the same code and a sentence in the error", csim_status_name(expected), text);
    check_fail_at(file, line);
}

static inline void check_contains_at(const char *text, const char *part, const char *file, int line) {
    if (strstr(text, part)) return;
    print_error("got              \"%s\"\nexpected in it   \"%s\"\n", text, part);
    check_fail_at(file, line);
}

#endif
