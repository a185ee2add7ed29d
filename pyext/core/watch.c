/* Long C work that Ctrl-C may stop, and whose progress is told. The work has a thread of its own, joined before the call returns; the calling thread wakes every 20 ms to let Python
 * see signals. So Ctrl-C is answered within that time and a block of paths, and the workers never wait for each other at the end of a slice. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "pyext/core/core.h"

enum { WAKE_NS = 20 * 1000 * 1000, SECOND_NS = 1000 * 1000 * 1000, WAKES_BETWEEN = 5 /* that progress is told */ };

typedef struct watched {
    core_work *work;
    void *self;
    core_telling *telling; /* NULL: nobody asks */
    atomic_int cancel;
    csim_status status;
    csim_error err;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    int has_ended;
} watched;

static void *run_work(void *argument) {
    watched *it = argument;
    csim_float_mode_set(); /* a thread begins in the mode of the one that made it */
    it->status = it->work(it->self, &it->cancel, &it->err);
    pthread_mutex_lock(&it->lock);
    it->has_ended = 1;
    pthread_cond_signal(&it->ended);
    pthread_mutex_unlock(&it->lock);
    return NULL;
}

/* Returns whether the work has ended, after at most 20 ms. */
static int wait_a_little(watched *it) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += WAKE_NS;
    until.tv_sec += until.tv_nsec / SECOND_NS;
    until.tv_nsec %= SECOND_NS;
    pthread_mutex_lock(&it->lock);
    while (!it->has_ended && !pthread_cond_timedwait(&it->ended, &it->lock, &until)) continue;
    const int ended = it->has_ended;
    pthread_mutex_unlock(&it->lock);
    return ended;
}

/* Returns whether the callable raised. */
static int tell(const core_telling *telling) {
    const unsigned long long total = atomic_load(&telling->total), done = atomic_load(telling->counter);
    if (!total) return 0;
    PyObject *answer = PyObject_CallFunction(telling->callable, "KK", done < total ? done : total, total);
    Py_XDECREF(answer);
    return !answer;
}

/* What is heard every 20 ms: signals, and whoever is told of progress. Returns whether one of them raised. */
static int listen(const watched *it, unsigned wakes) {
    if (PyErr_CheckSignals()) return 1;
    return it->telling && wakes % WAKES_BETWEEN == 0 && tell(it->telling);
}

/* Returns whether a signal's handler or the callable raised; the exception is then set. */
static int watch(watched *it) {
    int ended, raised = 0;
    unsigned wakes = 0;
    do {
        Py_BEGIN_ALLOW_THREADS
        ended = wait_a_little(it);
        Py_END_ALLOW_THREADS
        if (!raised && listen(it, ended ? 1 : ++wakes)) {
            raised = 1;
            atomic_store(&it->cancel, 1);
        }
    } while (!ended);
    return raised;
}

static int watched_init(watched *it) {
    pthread_condattr_t monotonic; /* the time to wake must not jump when somebody sets the clock */
    if (pthread_condattr_init(&monotonic)) return -1;
    const int failed = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) || pthread_cond_init(&it->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (failed) return -1;
    if (!pthread_mutex_init(&it->lock, NULL)) return 0;
    pthread_cond_destroy(&it->ended);
    return -1;
}

static void watched_clear(watched *it) {
    pthread_mutex_destroy(&it->lock);
    pthread_cond_destroy(&it->ended);
}

/* The exception of a signal's handler comes first: it is why the work was interrupted. */
static int run_and_watch(core_state *state, watched *it) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_work, it)) {
        core_raise_run(state, "the system gives no thread");
        return -1;
    }
    const int raised = watch(it);
    pthread_join(thread, NULL); /* at most about to return */
    if (!raised && it->status) core_raise(state, &it->err);
    if (raised || it->status) return -1;
    return it->telling && tell(it->telling) ? -1 : 0;
}

int core_watch(core_state *state, core_work *work, void *self) { return core_watch_telling(state, work, self, NULL); }

int core_watch_telling(core_state *state, core_work *work, void *self, core_telling *telling) {
    watched it = {.work = work, .self = self, .telling = telling && telling->callable && telling->callable != Py_None ? telling : NULL};
    if (watched_init(&it)) {
        PyErr_NoMemory();
        return -1;
    }
    const int failed = run_and_watch(state, &it);
    watched_clear(&it);
    return failed;
}
