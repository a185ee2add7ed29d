/* See float_mode.h. */
#include "csim/base/float_mode.h"

#ifdef __x86_64__
/* Both units: the C library rounds decimal numbers as the older one is told. What was raised so far (the low six bits) is no mode. */
static int is_default(void) {
    enum { VECTOR_USUAL = 0x1f80, VECTOR_MODE = 0xffc0, OLD_USUAL = 0x037f, OLD_MODE = 0x0f3f };
    unsigned short old;
    __asm__ __volatile__("fnstcw %0" : "=m"(old));
    return (__builtin_ia32_stmxcsr() & VECTOR_MODE) == VECTOR_USUAL && (old & OLD_MODE) == (OLD_USUAL & OLD_MODE);
}
#else
static int is_default(void) { return 0; }
#endif

csim_float_mode csim_float_mode_enter(void) {
    csim_float_mode self;
    self.is_changed = !is_default();
    if (!self.is_changed) return self;
    fegetenv(&self.callers);
    fesetenv(FE_DFL_ENV);
    return self;
}

void csim_float_mode_leave(const csim_float_mode *self) {
    if (self->is_changed) fesetenv(&self->callers);
}

void csim_float_mode_set(void) { fesetenv(FE_DFL_ENV); }
