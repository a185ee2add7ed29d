/* See table_cache.h. The table that was used least recently makes room. A fork waits for the lock, so that a child never inherits it held. */
#include "csim/dist/table_cache.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

/* A gamma has b = 0, which is no shape of a beta. */
typedef struct entry { double a, b; uint64_t used; double table[CSIM_TABLE_SIZE]; } entry;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static entry cache[CSIM_TABLE_CACHE]; /* used = 0: empty */
static uint64_t uses;

static void take_lock(void) { pthread_mutex_lock(&lock); }
static void give_lock(void) { pthread_mutex_unlock(&lock); }
static void prepare_for_forks(void) { pthread_atfork(take_lock, give_lock, give_lock); }

static void enter(void) {
    pthread_once(&prepared, prepare_for_forks);
    take_lock();
}

static entry *find(double a, double b) {
    for (int i = 0; i < CSIM_TABLE_CACHE; i++)
        if (cache[i].used && cache[i].a == a && cache[i].b == b) return &cache[i];
    return NULL;
}

static entry *oldest(void) {
    entry *out = &cache[0];
    for (int i = 1; i < CSIM_TABLE_CACHE; i++)
        if (cache[i].used < out->used) out = &cache[i];
    return out;
}

static int recall(double a, double b, double *table) {
    enter();
    entry *found = find(a, b);
    if (found) {
        memcpy(table, found->table, sizeof found->table);
        found->used = ++uses;
    }
    give_lock();
    return found != NULL;
}

/* Two threads may have built the same table: the second one is the first again. */
static void remember(double a, double b, const double *table) {
    enter();
    entry *to = find(a, b);
    if (!to) to = oldest();
    to->a = a;
    to->b = b;
    to->used = ++uses;
    memcpy(to->table, table, sizeof to->table);
    give_lock();
}

csim_status csim_table_cached_gamma(double shape, double *table, csim_error *err) {
    if (recall(shape, 0.0, table)) return CSIM_OK;
    const csim_status status = csim_table_build_gamma(shape, table, err);
    if (!status) remember(shape, 0.0, table);
    return status;
}

csim_status csim_table_cached_beta(double a, double b, double *table, csim_error *err) {
    if (recall(a, b, table)) return CSIM_OK;
    const csim_status status = csim_table_build_beta(a, b, table, err);
    if (!status) remember(a, b, table);
    return status;
}
