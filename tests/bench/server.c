/* The loop of requests, timing, and files of inputs and results; see the header. Knows no work. */
#include "tests/bench/server.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *folder;
static char **arguments;
static int argument_count;

void bench_fail(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

const char *bench_argument(int i) {
    if (i >= argument_count) bench_fail("argument %d is missing", i);
    return arguments[i];
}

void *bench_room(size_t size) {
    const size_t whole = (size + 63) / 64 * 64;
    void *room = aligned_alloc(64, whole);
    if (!room) bench_fail("no memory for %zu bytes", size);
    return memset(room, 0, whole);
}

static FILE *open_file(const char *name, const char *mode) {
    char path[4096];
    FILE *file;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, mode);
    if (!file) bench_fail("cannot open %s", path);
    return file;
}

static size_t size_of(FILE *file) {
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    return size < 0 ? 0 : (size_t)size;
}

static void *read_whole(const char *name, size_t *size) {
    FILE *file = open_file(name, "rb");
    *size = size_of(file);
    void *bytes = bench_room(*size + 1);
    if (fread(bytes, 1, *size, file) != *size) bench_fail("cannot read %s", name);
    fclose(file);
    return bytes;
}

double *bench_read(const char *name, size_t count, size_t *found) {
    size_t size;
    double *values = read_whole(name, &size);
    if (size % sizeof *values || (count && size != count * sizeof *values)) bench_fail("%s holds %zu bytes, not %zu doubles", name, size, count);
    if (found) *found = size / sizeof *values;
    return values;
}

char *bench_read_text(const char *name) {
    size_t size;
    return read_whole(name, &size);
}

void bench_write(const char *name, const double *values, size_t count) {
    FILE *file = open_file(name, "wb");
    if (fwrite(values, sizeof *values, count, file) != count || fclose(file)) bench_fail("cannot write %s", name);
}

static double processor_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Passes are counted in twos, fours, …, so that the clock is read rarely; all that is done is counted. */
static void time_work(const bench_work *work, double wanted_s) {
    const double begin = processor_s();
    double units = 0.0, passed = 0.0;
    for (unsigned passes = 1; passed < wanted_s; passes = passed < 0.25 * wanted_s ? 2 * passes : passes) {
        for (unsigned i = 0; i < passes; i++) units += work->pass();
        passed = processor_s() - begin;
    }
    printf("%.17g %.17g\n", units, passed);
}

static const bench_work *find(const bench_work *const *works, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(works[i]->name, name)) return works[i];
    bench_fail("no work is called '%s'", name);
}

static void answer(const bench_work *work, const char *verb, double seconds, const bench_work **prepared) {
    const int other = *prepared != work;
    if (other || !strcmp(verb, "write")) work->prepare();
    *prepared = work;
    if (!strcmp(verb, "time")) {
        if (other) work->pass(); /* pages are touched, caches filled */
        time_work(work, seconds);
    } else {
        if (strcmp(verb, "write") || !work->write) bench_fail("cannot %s %s", verb, work->name);
        work->pass();
        work->write();
        puts("written");
    }
    fflush(stdout);
}

int bench_serve(int argc, char **argv, const bench_work *const *works, size_t count) {
    char line[256], verb[16], name[64];
    const bench_work *prepared = NULL;
    double seconds = 0.0;
    if (argc < 2) bench_fail("usage: %s FOLDER [ARGUMENT]...", argv[0]);
    folder = argv[1];
    arguments = argv + 2;
    argument_count = argc - 2;
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%15s %63s %lf", verb, name, &seconds) < 2) bench_fail("cannot read '%s'", line);
        answer(find(works, count, name), verb, seconds, &prepared);
    }
    return 0;
}
