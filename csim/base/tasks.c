/* Each thread takes the first task that may begin, and sleeps while there is none but some may come. */
#include "csim/base/tasks.h"

#include <pthread.h>

typedef struct work {
    const csim_task *task;
    int count, failed;          /* failed: the first in the list that has, `count` for none */
    unsigned begun, done;       /* a bit for each task */
    csim_error err;             /* of `failed` */
    csim_status status;
    pthread_mutex_t lock;
    pthread_cond_t ended;       /* a task has */
} work;

/* The first task that may begin, `count` for none yet, -1 for none any more. What stands behind a failure is not begun, and what waits for it stands behind it. */
static int next_task(const work *self) {
    int waits = 0;
    for (int i = 0; i < self->failed; i++) {
        if (self->begun >> i & 1) continue;
        if (!(self->task[i].after & ~self->done)) return i;
        waits = 1;
    }
    return waits ? self->count : -1;
}

static void finish(work *self, int which, csim_status status, const csim_error *err) {
    if (!status) {
        self->done |= 1u << which;
    } else if (which < self->failed) {
        self->failed = which;
        self->status = status;
        self->err = *err;
    }
    pthread_cond_broadcast(&self->ended);
}

static void *work_on(void *object) {
    work *self = object;
    pthread_mutex_lock(&self->lock);
    for (int which; (which = next_task(self)) >= 0;) {
        if (which == self->count) {
            pthread_cond_wait(&self->ended, &self->lock);
            continue;
        }
        csim_error err;
        csim_error_clear(&err);
        self->begun |= 1u << which;
        pthread_mutex_unlock(&self->lock);
        const csim_status status = self->task[which].run(self->task[which].self, &err);
        pthread_mutex_lock(&self->lock);
        finish(self, which, status, &err);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

csim_status csim_tasks_run(const csim_task *task, int count, int threads, csim_error *err) {
    work self = {.task = task, .count = count, .failed = count, .lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};
    pthread_t thread[CSIM_TASKS_THREADS];
    int started = 0;
    while (started + 1 < threads && started + 1 < count && started < CSIM_TASKS_THREADS && !pthread_create(&thread[started], NULL, work_on, &self)) started++;
    work_on(&self);
    for (int i = 0; i < started; i++) pthread_join(thread[i], NULL);
    pthread_cond_destroy(&self.ended);
    pthread_mutex_destroy(&self.lock);
    if (self.status && err) *err = self.err;
    return self.status;
}
