/* See batch_job.h. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "csim/base/clock.h"
#include "csim/cli/batch_job.h"

enum { BAR = 20, NAME = 40, LINE = 256 };

typedef struct window { int rows, columns; } window;

static window window_of(FILE *to) {
    struct winsize size;
    if (ioctl(fileno(to), TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col) return (window){24, 80};
    return (window){size.ws_row, size.ws_col};
}

void csim_batch_board_open(csim_batch_board *self, const csim_cli_io *io, int quiet) {
    self->to = !quiet && isatty(fileno(io->err)) ? io->err : NULL;
    self->begin_s = csim_clock_s();
}

/* Up, and clear from there. */
static void take_away(csim_batch_board *self) {
    if (self->drawn) self->used += (size_t)snprintf(self->text, sizeof self->text, "\033[%dA\r\033[J", self->drawn);
    self->drawn = 0;
}

static void flush(csim_batch_board *self) {
    if (self->used) fwrite(self->text, 1, self->used, self->to);
    if (self->used) fflush(self->to);
    self->used = 0;
}

void csim_batch_board_wipe(csim_batch_board *self) {
    take_away(self);
    flush(self);
}

/* As many bytes of a text, at most `most`, as are whole characters of UTF-8. */
static int whole(const char *text, int most) {
    int length = (int)strnlen(text, (size_t)most + 1);
    if (length <= most) return length;
    for (length = most; length && ((unsigned char)text[length] & 0xC0) == 0x80;) length--;
    return length;
}

/* Cells of a grid differ in the ends of their names, so a long name loses its front. */
static const char *name_of(const csim_batch_worker *worker, char text[NAME + 1]) {
    const char *name = worker->item->name;
    const size_t length = strlen(name);
    if (length > NAME) name += length - NAME + 2;
    while (length > NAME && ((unsigned char)*name & 0xC0) == 0x80) name++;
    snprintf(text, NAME + 1, "%s%s", length > NAME ? ".." : "", name);
    return text;
}

/* A line must not wrap, or the way up would be wrong. */
static void put_line(csim_batch_board *self, const window *of, const char *text) {
    const size_t room = sizeof self->text - self->used;
    const int length = snprintf(self->text + self->used, room, "%.*s\n", whole(text, of->columns - 1), text);
    if (length < 0 || (size_t)length >= room) return;
    self->used += (size_t)length;
    self->drawn++;
}

static const char *bar(double part, char text[BAR + 3]) {
    const int full = part <= 0.0 ? 0 : part >= 1.0 ? BAR : (int)(part * BAR);
    text[0] = '[';
    for (int i = 0; i < BAR; i++) text[i + 1] = i < full ? '#' : '.';
    text[BAR + 1] = ']';
    text[BAR + 2] = '\0';
    return text;
}

/* "baseline+theta=2      [########............]  42 % of 20000 paths, 3 s left" */
static void put_worker(csim_batch_board *self, const window *of, const csim_batch_worker *worker) {
    const char *what = atomic_load(&worker->slot.what);
    const double done = (double)atomic_load(&worker->slot.done), total = (double)atomic_load(&worker->slot.total);
    const double part = total > 0.0 ? done / total : 0.0, spent_s = csim_clock_s() - atomic_load(&worker->slot.begin_s);
    char line[LINE], drawn[BAR + 3], name[NAME + 1], left[32] = "";
    name_of(worker, name);
    if (part > 0.0 && spent_s > 1.0) snprintf(left, sizeof left, ", %.0f s left", spent_s * (1.0 / part - 1.0));
    if (!what) snprintf(line, sizeof line, "  %-*s reads and writes", NAME, name);
    else if (!(total > 0.0)) snprintf(line, sizeof line, "  %-*s %s %s", NAME, name, bar(0.0, drawn), what);
    else snprintf(line, sizeof line, "  %-*s %s %3.0f %% of %.0f %s%s", NAME, name, bar(part, drawn), 100.0 * part, total, what, left);
    put_line(self, of, line);
}

static void put_all(csim_batch_board *self, const window *of, const csim_batch_job *job) {
    const size_t runs = job->batch->items, made = job->finished - job->kept;
    const double part = (double)job->finished / (double)runs, spent_s = csim_clock_s() - self->begin_s;
    char line[LINE], drawn[BAR + 3], name[NAME + 1], left[40] = "";
    snprintf(name, sizeof name, "%zu of %zu runs", job->finished, runs);
    if (made) snprintf(left, sizeof left, ", about %.0f s left", spent_s / (double)made * (double)(runs - job->finished)); /* what was kept took no time */
    snprintf(line, sizeof line, "  %-*s %s %3.0f %%, %.0f s%s", NAME, name, bar(part, drawn), 100.0 * part, spent_s, left);
    put_line(self, of, line);
}

void csim_batch_board_draw(csim_batch_job *job) {
    csim_batch_board *self = &job->board;
    if (!self->to) return;
    const window of = window_of(self->to);
    take_away(self);
    for (size_t i = 0; i < job->workers; i++)
        if (job->worker[i].item && self->drawn + 2 < of.rows) put_worker(self, &of, &job->worker[i]);
    put_all(self, &of, job);
    flush(self);
}
