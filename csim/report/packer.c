/* A ring of pieces under way, and a list of those that nobody uses. The worker asks for no memory, blocks all signals, and sees nothing but its pieces. */
#include "csim/report/packer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum { UNDER_WAY = 8, STACK_BYTES = 1 << 18 /* the work keeps a piece on it */ };

typedef union piece {
    union piece *next; /* of those that nobody uses */
    char text[CSIM_PIECE_BYTES];
} piece;

typedef struct job {
    csim_packer_work *work;
    void *self;
    piece *piece;
    size_t bytes;
    bool last;
} job;

struct csim_packer {
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t handed, done;
    job jobs[UNDER_WAY];
    size_t first, count; /* the first is the one being worked on */
    piece *unused;
    bool is_over;
};

static void release(csim_packer *packer, piece *old) {
    old->next = packer->unused;
    packer->unused = old;
}

static void *work_on(void *self) {
    csim_packer *packer = self;
    pthread_mutex_lock(&packer->lock);
    for (;;) {
        while (!packer->count && !packer->is_over) pthread_cond_wait(&packer->handed, &packer->lock);
        if (!packer->count) break;
        const job now = packer->jobs[packer->first];
        pthread_mutex_unlock(&packer->lock);
        now.work(now.self, now.piece->text, now.bytes, now.last);
        pthread_mutex_lock(&packer->lock);
        release(packer, now.piece);
        packer->first = (packer->first + 1) % UNDER_WAY;
        packer->count--;
        pthread_cond_signal(&packer->done);
    }
    pthread_mutex_unlock(&packer->lock);
    return NULL;
}

static bool start(csim_packer *packer) {
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes)) return false;
    sigfillset(&all);
    bool started = !pthread_attr_setstacksize(&attributes, STACK_BYTES) && !pthread_sigmask(SIG_SETMASK, &all, &before);
    if (started) {
        started = !pthread_create(&packer->thread, &attributes, work_on, packer);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    return started;
}

csim_packer *csim_packer_new(void) {
    csim_packer *packer = calloc(1, sizeof *packer);
    if (!packer) return NULL;
    pthread_mutex_init(&packer->lock, NULL);
    pthread_cond_init(&packer->handed, NULL);
    pthread_cond_init(&packer->done, NULL);
    packer->has_thread = start(packer);
    return packer;
}

void csim_packer_free(csim_packer *packer) {
    if (!packer) return;
    if (packer->has_thread) {
        pthread_mutex_lock(&packer->lock);
        packer->is_over = true;
        pthread_cond_signal(&packer->handed);
        pthread_mutex_unlock(&packer->lock);
        pthread_join(packer->thread, NULL);
    }
    for (piece *at = packer->unused, *next; at; at = next) {
        next = at->next;
        free(at);
    }
    pthread_cond_destroy(&packer->handed);
    pthread_cond_destroy(&packer->done);
    pthread_mutex_destroy(&packer->lock);
    free(packer);
}

static piece *take_unused(csim_packer *packer) {
    piece *found = packer->unused;
    if (found) packer->unused = found->next;
    return found;
}

char *csim_packer_piece(csim_packer *packer) {
    pthread_mutex_lock(&packer->lock);
    piece *found = take_unused(packer);
    pthread_mutex_unlock(&packer->lock);
    if (!found) found = malloc(sizeof *found);
    return found ? found->text : NULL;
}

void csim_packer_give_back(csim_packer *packer, char *text) {
    if (!text) return;
    pthread_mutex_lock(&packer->lock);
    release(packer, (piece *)text);
    pthread_mutex_unlock(&packer->lock);
}

void csim_packer_hand(csim_packer *packer, char *text, csim_packer_work *work, void *self, size_t bytes, bool last) {
    const job now = {work, self, (piece *)text, bytes, last};
    if (!packer->has_thread) {
        work(self, text, bytes, last);
        release(packer, now.piece);
        return;
    }
    pthread_mutex_lock(&packer->lock);
    while (packer->count == UNDER_WAY) pthread_cond_wait(&packer->done, &packer->lock);
    packer->jobs[(packer->first + packer->count++) % UNDER_WAY] = now;
    pthread_cond_signal(&packer->handed);
    pthread_mutex_unlock(&packer->lock);
}

char *csim_packer_exchange(csim_packer *packer, char *text, csim_packer_work *work, void *self, size_t bytes) {
    csim_packer_hand(packer, text, work, self, bytes, false);
    char *other = csim_packer_piece(packer);
    if (other) return other;
    csim_packer_wait(packer); /* which leaves at least the one handed over unused */
    return csim_packer_piece(packer);
}

void csim_packer_wait(csim_packer *packer) {
    pthread_mutex_lock(&packer->lock);
    while (packer->count) pthread_cond_wait(&packer->done, &packer->lock);
    pthread_mutex_unlock(&packer->lock);
}
