/* A program of the benchmark: it reads requests from standard input, a line each, and answers each with a line.
 *   time WORK SECONDS   repeats the work for so long; answers `UNITS SECONDS`, processor time
 *   write WORK          does it once on fresh inputs and writes its results into the folder of inputs; answers `written`
 * The driver (run.py) asks several such programs in turn, so that all are measured in the same minutes. Anything that goes wrong ends the program. */
#ifndef MOECAST_BENCH_SERVER_H
#define MOECAST_BENCH_SERVER_H

#include <stddef.h>

typedef struct bench_work {
    const char *name;
    void (*prepare)(void);   /* reads inputs, makes everything as it was before the first pass */
    double (*pass)(void);    /* the work; returns its units */
    void (*write)(void);     /* what a pass has made; NULL: nothing to compare */
} bench_work;

/* Answers until the input ends. Returns the exit code. */
int bench_serve(int argc, char **argv, const bench_work *const *works, size_t count);

/* For works. A file NAME of the folder: doubles; ends the program unless there are `count` of them (0: any number, stored in *found). */
double *bench_read(const char *name, size_t count, size_t *found);
char *bench_read_text(const char *name);
void bench_write(const char *name, const double *values, size_t count);
void *bench_room(size_t size); /* aligned to a line of the cache, zeroed; kept for the next prepare by the caller or never freed */
_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *bench_argument(int i); /* after the folder */

#endif
