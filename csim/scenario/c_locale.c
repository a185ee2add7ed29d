/* The thread's locale. The only file that changes it. */
#define _POSIX_C_SOURCE 200809L
#include "csim/scenario/c_locale.h"

#include <locale.h>
#include <stddef.h>

csim_c_locale csim_c_locale_enter(void) {
    const locale_t ours = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return (csim_c_locale){(void *)ours, ours ? (void *)uselocale(ours) : NULL};
}

void csim_c_locale_leave(csim_c_locale guard) {
    if (!guard.ours) return;
    uselocale((locale_t)guard.before);
    freelocale((locale_t)guard.ours);
}
