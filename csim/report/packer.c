/* A ring of pieces: those of which the compressing has begun, then those that wait. A piece leaves it when all before it have left. Compressed bytes replace their
 * text. Threads ask for no memory and block all signals. The quick levels of deflate take a third of the time of the usual one and make a sheet of numbers, whose
 * digits hardly compress, a fifth larger. */
#include "csim/report/packer.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { UNDER_WAY = 64, THREADS_MOST = 3, STACK_BYTES = 1 << 18, LEVEL = 2, MEMORY_LEVEL = 8 };
enum { ROOM_BYTES = CSIM_PIECE_BYTES + 1024 /* for what does not compress */ };

typedef struct job {
    char *text;
    size_t plain_bytes, packed_bytes;
    uint32_t checksum;
    csim_packer_take *take;
    void *self;
    bool is_done;
} job;

/* A thread's own, the writer's too. */
typedef struct worker {
    csim_packer *packer;
    pthread_t thread;
    z_stream stream;
    unsigned char packed[ROOM_BYTES];
} worker;

struct csim_packer {
    worker *own, *others[THREADS_MOST];
    int threads;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t handed, gone;
    job jobs[UNDER_WAY];
    size_t first, begun, count;
    bool is_over;
};

/* ---- one piece ---- */

static void compress_job(worker *self, job *it) {
    z_stream *stream = &self->stream;
    it->checksum = (uint32_t)crc32(crc32(0, NULL, 0), (const unsigned char *)it->text, (uInt)it->plain_bytes);
    (void)deflateReset(stream);
    stream->next_in = (unsigned char *)it->text;
    stream->avail_in = (uInt)it->plain_bytes;
    stream->next_out = self->packed;
    stream->avail_out = ROOM_BYTES;
    (void)deflate(stream, Z_SYNC_FLUSH); /* with room it cannot fail */
    it->packed_bytes = ROOM_BYTES - stream->avail_out;
    memcpy(it->text, self->packed, it->packed_bytes);
}

static void let_go(csim_packer *packer) {
    while (packer->count && packer->jobs[packer->first].is_done) {
        job *it = &packer->jobs[packer->first];
        it->take(it->self, &(csim_packed_piece){(const unsigned char *)it->text, it->packed_bytes, it->plain_bytes, it->checksum});
        it->is_done = false;
        packer->first = (packer->first + 1) % UNDER_WAY;
        packer->begun--;
        packer->count--;
        pthread_cond_signal(&packer->gone);
    }
}

/* Under the lock, which is left open for the work itself. False when no piece waits. */
static bool work_once(csim_packer *packer, worker *self) {
    if (packer->begun == packer->count) return false;
    job *it = &packer->jobs[(packer->first + packer->begun++) % UNDER_WAY];
    pthread_mutex_unlock(&packer->lock);
    compress_job(self, it);
    pthread_mutex_lock(&packer->lock);
    it->is_done = true;
    let_go(packer);
    return true;
}

static void *work_on(void *argument) {
    worker *self = argument;
    csim_packer *packer = self->packer;
    pthread_mutex_lock(&packer->lock);
    while (work_once(packer, self) || !packer->is_over)
        if (packer->begun == packer->count && !packer->is_over) pthread_cond_wait(&packer->handed, &packer->lock);
    pthread_mutex_unlock(&packer->lock);
    return NULL;
}

/* ---- threads ---- */

static worker *worker_new(csim_packer *packer) {
    worker *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->packer = packer;
    if (deflateInit2(&self->stream, LEVEL, Z_DEFLATED, -MAX_WBITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK) return self;
    free(self);
    return NULL;
}

static void worker_free(worker *self) {
    if (!self) return;
    deflateEnd(&self->stream);
    free(self);
}

static bool worker_start(worker *self) {
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes)) return false;
    sigfillset(&all);
    bool started = !pthread_attr_setstacksize(&attributes, STACK_BYTES) && !pthread_sigmask(SIG_SETMASK, &all, &before);
    if (started) {
        started = !pthread_create(&self->thread, &attributes, work_on, self);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    return started;
}

/* As many as there are other processors; fewer are fine. */
static void start_threads(csim_packer *packer) {
    const long wanted = sysconf(_SC_NPROCESSORS_ONLN) - 1;
    while (packer->threads < wanted && packer->threads < THREADS_MOST) {
        worker *other = worker_new(packer);
        if (!other || !worker_start(other)) {
            worker_free(other);
            return;
        }
        packer->others[packer->threads++] = other;
    }
}

csim_packer *csim_packer_new(void) {
    csim_packer *packer = calloc(1, sizeof *packer);
    if (!packer) return NULL;
    pthread_mutex_init(&packer->lock, NULL);
    pthread_cond_init(&packer->handed, NULL);
    pthread_cond_init(&packer->gone, NULL);
    packer->own = worker_new(packer);
    bool has_memory = packer->own != NULL;
    for (int i = 0; i < UNDER_WAY && has_memory; i++) has_memory = (packer->jobs[i].text = csim_packer_piece()) != NULL;
    if (!has_memory) {
        csim_packer_free(packer);
        return NULL;
    }
    start_threads(packer);
    return packer;
}

void csim_packer_free(csim_packer *packer) {
    if (!packer) return;
    pthread_mutex_lock(&packer->lock);
    packer->is_over = true;
    pthread_cond_broadcast(&packer->handed);
    pthread_mutex_unlock(&packer->lock);
    for (int i = 0; i < packer->threads; i++) {
        pthread_join(packer->others[i]->thread, NULL);
        worker_free(packer->others[i]);
    }
    worker_free(packer->own);
    for (int i = 0; i < UNDER_WAY; i++) free(packer->jobs[i].text);
    pthread_cond_destroy(&packer->handed);
    pthread_cond_destroy(&packer->gone);
    pthread_mutex_destroy(&packer->lock);
    free(packer);
}

/* ---- the writer's ---- */

char *csim_packer_piece(void) { return malloc(ROOM_BYTES); }

/* Until no more than so many are under way. */
static void help(csim_packer *packer, size_t most) {
    while (packer->count > most)
        if (!work_once(packer, packer->own)) pthread_cond_wait(&packer->gone, &packer->lock);
}

char *csim_packer_exchange(csim_packer *packer, char *piece, size_t bytes, csim_packer_take *take, void *self) {
    pthread_mutex_lock(&packer->lock);
    help(packer, UNDER_WAY - 1);
    job *it = &packer->jobs[(packer->first + packer->count++) % UNDER_WAY];
    char *other = it->text;
    it->text = piece;
    it->plain_bytes = bytes;
    it->take = take;
    it->self = self;
    pthread_cond_signal(&packer->handed);
    pthread_mutex_unlock(&packer->lock);
    return other;
}

void csim_packer_wait(csim_packer *packer) {
    pthread_mutex_lock(&packer->lock);
    help(packer, 0);
    pthread_mutex_unlock(&packer->lock);
}
