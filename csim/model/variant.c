/* The table of variants. MOECAST_HAVE_AVX2 is set by the build when it has made build/model_avx2.o (same sources, other flags, names prefixed). */
#include "csim/model/variant.h"

#include <stdlib.h>
#include <string.h>

#ifdef MOECAST_HAVE_AVX2
csim_block *csim_avx2_block_new(void);
void csim_avx2_block_free(csim_block *b);
void csim_avx2_block_start(csim_block *b, const csim_plan *plan, const csim_sampling *sampling, uint32_t first_path, int n);
void csim_avx2_block_step(csim_block *b);

static int can_run_avx2(void) { return __builtin_cpu_supports("avx2") != 0; }
#endif
static int can_run_always(void) { return 1; }

/* Fastest first. */
static const struct built { csim_variant variant; int (*can_run)(void); } built[] = {
#ifdef MOECAST_HAVE_AVX2
    {{"avx2", csim_avx2_block_new, csim_avx2_block_free, csim_avx2_block_start, csim_avx2_block_step}, can_run_avx2},
#endif
    {{"scalar", csim_block_new, csim_block_free, csim_block_start, csim_block_step}, can_run_always},
};
enum { BUILT = sizeof built / sizeof built[0] };

csim_status csim_variant_choose(const char *wanted, const csim_variant **out, csim_error *err) {
    if (!wanted) wanted = getenv("MOECAST_KERNEL");
    for (int i = 0; i < BUILT; i++) {
        if (wanted && wanted[0] && strcmp(wanted, built[i].variant.name)) continue;
        if (built[i].can_run()) {
            *out = &built[i].variant;
            return CSIM_OK;
        }
        if (wanted && wanted[0]) return csim_error_set(err, CSIM_USAGE, "this processor cannot run the kernel variant '%s'", wanted);
    }
    return csim_error_set(err, CSIM_USAGE, "MOECAST_KERNEL: no variant '%.60s' was built; there are %s'scalar'", wanted ? wanted : "", BUILT > 1 ? "'avx2' and " : "");
}
