/* Whole numbers digit by digit; others of sixteen digits by one multiplication in extended precision where that is sure to round as the exact value does, by the C library elsewhere. Must print what
 * "%.16G" prints, byte for byte: files must not depend on which way was taken. */
#include "csim/report/cell_number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "csim/scenario/c_locale.h"

enum { DIGITS = 16, EXACT_POWERS = 28, LEAST_FIXED = -5 };

/* Powers of ten that 64 bits of mantissa hold exactly. */
static const long double powers[EXACT_POWERS] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
                                                 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
static const uint64_t least_digits = UINT64_C(1000000000000000), most_digits = UINT64_C(10000000000000000);

static const double WHOLE_MOST = 1e15; /* whole numbers below it are printed as they are */

/* One rounding of 64 bits moves a number of 16 digits by less than this. */
static const long double doubt = 0.001L;

static size_t print_slowly(double value, char *text) {
    const csim_c_locale guard = csim_c_locale_enter();
    const int length = snprintf(text, CSIM_CELL_NUMBER, "%.*G", DIGITS, value);
    csim_c_locale_leave(guard);
    return (size_t)length;
}

/* value = digits × 10^(exponent − 15) to 16 digits, for value > 0. False where one rounding more could matter. */
static bool digits_of(double value, uint64_t *digits, int *exponent) {
    int guess = (int)floor((double)(ilogb(value)) * 0.30102999566398120); /* of the power of two below: right, or one too small */
    for (int attempt = 0; attempt < 2; attempt++, guess++) {
        const int shift = DIGITS - 1 - guess;
        if (shift >= EXACT_POWERS || shift <= -EXACT_POWERS) return false;
        const long double scaled = shift >= 0 ? (long double)value * powers[shift] : (long double)value / powers[-shift];
        if (scaled >= (long double)most_digits) continue;
        const uint64_t whole = (uint64_t)scaled;
        const long double rest = scaled - (long double)whole;
        if (whole < least_digits || fabsl(rest - 0.5L) < doubt) return false;
        *digits = whole + (rest > 0.5L);
        *exponent = guess;
        return *digits < most_digits;
    }
    return false;
}

/* A point behind the first `before` digits, zeros at the end dropped. */
static char *put_digits(const char *digits, int count, int before, char *at) {
    for (int i = 0; i < before; i++) *at++ = i < count ? digits[i] : '0';
    if (count > before) *at++ = '.';
    for (int i = before; i < count; i++) *at++ = digits[i];
    return at;
}

static size_t put_whole(int64_t value, char *text) {
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char digits[DIGITS];
    int count = 0;
    char *at = text;
    do digits[count++] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) *at++ = '-';
    while (count) *at++ = digits[--count];
    *at = 0;
    return (size_t)(at - text);
}

static char *put_scientific(const char *digits, int count, int exponent, char *at) {
    at = put_digits(digits, count, 1, at);
    *at++ = 'E';
    *at++ = exponent < 0 ? '-' : '+';
    const int size = exponent < 0 ? -exponent : exponent; /* of two digits here */
    *at++ = (char)('0' + size / 10);
    *at++ = (char)('0' + size % 10);
    return at;
}

size_t csim_cell_number(double value, char *text) {
    uint64_t digits;
    int exponent;
    if (fabs(value) < WHOLE_MOST && value == (double)(int64_t)value && (value != 0 || !signbit(value))) return put_whole((int64_t)value, text);
    if (value == 0 || LDBL_MANT_DIG < 64 || !digits_of(fabs(value), &digits, &exponent)) return print_slowly(value, text);
    char all[DIGITS];
    for (int i = DIGITS - 1; i >= 0; i--, digits /= 10) all[i] = (char)('0' + digits % 10);
    int count = DIGITS;
    while (count > 1 && all[count - 1] == '0') count--;
    char *at = text;
    if (value < 0) *at++ = '-';
    if (exponent <= LEAST_FIXED || exponent >= DIGITS) at = put_scientific(all, count, exponent, at);
    else if (exponent >= 0) at = put_digits(all, count, exponent + 1, at);
    else {
        memcpy(at, "0.0000", 6);
        at += 1 - exponent; /* "0." and a zero for each place before the first digit */
        memcpy(at, all, (size_t)count);
        at += count;
    }
    *at = 0;
    return (size_t)(at - text);
}
