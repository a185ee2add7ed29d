/* The list of variants and the choice among them. What a processor can run is asked of the compiler's own run-time support, which also asks whether the
 * operating system keeps the wide registers. */
#include "csim/engine/variant.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/catalogue/nearest.h"

extern const csim_variant csim_variant_scalar;
static int any(void) { return 1; }

#ifdef __x86_64__
extern const csim_variant csim_variant_avx2, csim_variant_avx512;
static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
static int has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}
#define ONLY_X86(name) &csim_variant_##name, has_##name
#else
#define ONLY_X86(name) NULL, any
#endif

/* Widest first. table: NULL where the instruction set is of another architecture. */
static const struct row { const char *name; const csim_variant *table; int (*can_run)(void); } rows[] = {
    {"avx512", ONLY_X86(avx512)},
    {"avx2", ONLY_X86(avx2)},
    {"scalar", &csim_variant_scalar, any},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

const char *csim_variant_name(size_t i) { return i < ROWS ? rows[i].name : NULL; }

static const char *name_at(const void *names, size_t i) { return ((const struct row *)names)[i].name; }

static int runs(const struct row *row) { return row->table && row->can_run(); }

/* "scalar", "avx2 and scalar", "avx512, avx2 and scalar": the last row runs everywhere. */
static void list_those_that_run(char *text, size_t size) {
    const char *name[ROWS];
    int count = 0;
    size_t used = 0;
    for (int i = 0; i < ROWS; i++)
        if (runs(&rows[i])) name[count++] = rows[i].name;
    for (int i = 0; i < count && used < size; i++) {
        const int written = snprintf(text + used, size - used, "%s%s", i == 0 ? "" : i == count - 1 ? " and " : ", ", name[i]);
        used += written > 0 ? (size_t)written : 0;
    }
}

static csim_status refuse_unknown(const char *name, const char *asked_by, const char *list, csim_error *err) {
    const char *nearest = csim_nearest_name(name, name_at, rows, ROWS);
    csim_error_set(err, CSIM_USAGE, "%s'%.60s' is no kernel variant; this processor can run %s", asked_by, name, list);
    if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
    return CSIM_USAGE;
}

csim_status csim_variant_find(const char *name, const char *asked_by, const csim_variant **out, csim_error *err) {
    char list[64] = "";
    int i = 0;
    *out = NULL;
    while (i < ROWS && strcmp(name, rows[i].name)) i++;
    if (i < ROWS && runs(&rows[i])) {
        *out = rows[i].table;
        return CSIM_OK;
    }
    list_those_that_run(list, sizeof list);
    if (i == ROWS) return refuse_unknown(name, asked_by, list, err);
    return csim_error_set(err, CSIM_USAGE, "%sthis processor cannot run the kernel variant '%s'; it can run %s", asked_by, name, list);
}

/* Threads that come here together find the same, and the first to finish settles it. */
csim_status csim_variant_chosen(const csim_variant **out, csim_error *err) {
    static _Atomic(const csim_variant *) chosen;
    const char *const wanted = getenv("MOECAST_KERNEL");
    const csim_variant *found = atomic_load(&chosen), *before = NULL;
    if (!found && wanted && wanted[0]) {
        const csim_status status = csim_variant_find(wanted, "MOECAST_KERNEL: ", &found, err);
        if (status) return status;
    }
    for (int i = 0; !found; i++)
        if (runs(&rows[i])) found = rows[i].table;
    *out = atomic_compare_exchange_strong(&chosen, &before, found) ? found : before;
    return CSIM_OK;
}
