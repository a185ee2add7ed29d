/* A stretch of code in which numbers are read and printed with a point, whatever locale the host program has chosen. Touches this thread only. */
#ifndef CSIM_SCENARIO_C_LOCALE_H
#define CSIM_SCENARIO_C_LOCALE_H

typedef struct csim_c_locale { void *ours, *before; } csim_c_locale;

/* Should no "C" locale be had (out of memory), the thread keeps its own. */
csim_c_locale csim_c_locale_enter(void);
void csim_c_locale_leave(csim_c_locale guard);

#endif
