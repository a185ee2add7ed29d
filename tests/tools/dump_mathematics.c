/* Functions of kernels/vmath.h for a program that knows the exact values: dump_mathematics FUNCTION < raw doubles > raw doubles. */
#include <stdio.h>
#include <string.h>

#include "csim/engine/variant.h"

int main(int argc, char **argv) {
    csim_error err;
    const csim_variant *variant;
    double x[4096], y[4096];
    size_t n;
    if (csim_variant_chosen(&variant, &err)) return fprintf(stderr, "%s\n", err.detail), 2;
    const struct { const char *name; void (*of)(const double *, double *, size_t); } all[] = {
        {"exp", variant->pieces.exp}, {"log", variant->pieces.log}, {"normal_quantile", variant->pieces.normal_quantile},
        {"logistic", variant->pieces.logistic}, {"softplus", variant->pieces.softplus}, {"normal_cdf", variant->pieces.normal_cdf}};
    for (size_t i = 0; argc == 2 && i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(argv[1], all[i].name)) continue;
        while ((n = fread(x, sizeof *x, 4096, stdin)) > 0) {
            all[i].of(x, y, n);
            if (fwrite(y, sizeof *y, n, stdout) != n) return 1;
        }
        return 0;
    }
    return fprintf(stderr, "usage: dump_mathematics FUNCTION\n"), 2;
}
