/* A few things to do, some of which wait for others, on several threads. Which thread does what when is left open; what comes out is not. */
#ifndef CSIM_BASE_TASKS_H
#define CSIM_BASE_TASKS_H

#include "csim/base/error.h"

enum { CSIM_TASKS_MOST = 16, CSIM_TASKS_THREADS = 8 };

/* A thread that a task runs on has no locale of its own. `after` has a bit for each task that must have succeeded before, all of them earlier in the list. */
typedef struct csim_task { csim_status (*run)(void *self, csim_error *err); void *self; unsigned after; } csim_task;

/* Does all of them, or returns the error of the first in the list that fails: those before it are done by then, of those behind it some may be. Returns when
 * nothing runs any more. The caller's thread is one of `threads`; should others not be had, it does all by itself, in the list's order. */
csim_status csim_tasks_run(const csim_task *task, int count, int threads, csim_error *err);

#endif
