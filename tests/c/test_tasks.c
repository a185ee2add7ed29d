/* Tasks on several threads: what waits, what fails, and what happens where there is no second thread. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "csim/base/tasks.h"
#include "tests/c/check.h"

enum { TASKS = 6 };

typedef struct job { int number, fails; long sleep_ns; atomic_int *clock; int began, ended; } job;

static csim_status run_job(void *object, csim_error *err) {
    job *self = object;
    self->began = atomic_fetch_add(self->clock, 1) + 1;
    nanosleep(&(struct timespec){0, self->sleep_ns}, NULL);
    self->ended = atomic_fetch_add(self->clock, 1) + 1;
    return self->fails ? csim_error_set(err, CSIM_NO_MEMORY, "task %d", self->number) : CSIM_OK;
}

/* 0 and 1 wait for nothing, 2 for 0, 3 for 0 and 1, 4 for 3, 5 for all. */
static const unsigned after[TASKS] = {0, 0, 1u << 0, 1u << 0 | 1u << 1, 1u << 3, 31};

static csim_status run_all(job made[TASKS], unsigned failing, unsigned slow, int threads, csim_error *err) {
    atomic_int clock = 0;
    csim_task task[TASKS];
    for (int i = 0; i < TASKS; i++) {
        made[i] = (job){.number = i, .fails = failing >> i & 1, .sleep_ns = slow >> i & 1 ? 1000000 : 0, .clock = &clock};
        task[i] = (csim_task){run_job, &made[i], after[i]};
    }
    return csim_tasks_run(task, TASKS, threads, err);
}

static void tasks_wait_for_those_they_need(void **state) {
    (void)state;
    for (int threads = 1; threads <= 4; threads++)
        for (unsigned slow = 0; slow < 1u << TASKS; slow += 3) {
            job made[TASKS];
            csim_error err;
            check_status(run_all(made, 0, slow, threads, &err), &err);
            for (int i = 0; i < TASKS; i++) {
                assert_true(made[i].ended > made[i].began && made[i].began > 0);
                for (int k = 0; k < i; k++)
                    if (after[i] >> k & 1) assert_true(made[k].ended < made[i].began);
                if (threads == 1 && i) assert_true(made[i].began == made[i - 1].ended + 1);
            }
        }
}

static void the_first_failure_of_the_list_is_told(void **state) {
    (void)state;
    for (int threads = 1; threads <= 3; threads++)
        for (unsigned failing = 1; failing < 1u << TASKS; failing++) {
            job made[TASKS];
            csim_error err;
            char text[256], expected[32];
            int first = 0;
            while (!(failing >> first & 1)) first++;
            assert_int_equal(run_all(made, failing, failing % 5 == 0 ? failing : 0, threads, &err), CSIM_NO_MEMORY);
            snprintf(expected, sizeof expected, "task %d", first);
            assert_non_null(strstr(csim_error_format(&err, text, sizeof text), expected));
            for (int i = 0; i < TASKS; i++) {
                if (i <= first) assert_true(made[i].ended > 0);
                if (after[i] & failing) assert_int_equal(made[i].began, 0);
                if (threads == 1 && i > first) assert_int_equal(made[i].began, 0);
            }
        }
}

static csim_status nothing(void *self, csim_error *err) {
    (void)self;
    (void)err;
    return CSIM_OK;
}

static void nothing_to_do_is_done(void **state) {
    const csim_task one = {nothing, NULL, 0};
    (void)state;
    assert_int_equal(csim_tasks_run(NULL, 0, 2, NULL), CSIM_OK);
    assert_int_equal(csim_tasks_run(&one, 1, 2, NULL), CSIM_OK);
}

static void *idle(void *self) { return self; }

/* In a process that has no room for another thread's stack. */
static void one_thread_does_all_where_no_other_is_had(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    check_skip("a sanitizer needs more address space than a limit leaves");
#endif
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        job made[TASKS];
        pthread_t thread;
        csim_error err;
        setrlimit(RLIMIT_AS, &(struct rlimit){1 << 20, 1 << 20});
        if (!pthread_create(&thread, NULL, idle, NULL)) _exit(90);
        if (run_all(made, 0, 0, 4, &err)) _exit(91);
        for (int i = 1; i < TASKS; i++)
            if (made[i].began != made[i - 1].ended + 1) _exit(92);
        _exit(run_all(made, 1u << 2, 0, 4, &err) == CSIM_NO_MEMORY && made[1].ended && !made[3].began ? 0 : 93);
    }
    int ended = 0;
    assert_true(child > 0 && waitpid(child, &ended, 0) == child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_does_all_where_no_other_is_had), /* first: stacks of threads that ended are used again */
        cmocka_unit_test(tasks_wait_for_those_they_need),
        cmocka_unit_test(the_first_failure_of_the_list_is_told),
        cmocka_unit_test(nothing_to_do_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
