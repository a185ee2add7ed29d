/* See batch_job.h. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "csim/base/clock.h"
#include "csim/cli/batch_job.h"

enum { BAR = 20, NAME_MOST = 40, NAME_LEAST = 12, BESIDE_NAME = 60, NARROW = 50, LINE = 512 };

/* The terminal, and how many of its columns names have. */
typedef struct window { int rows, columns, name; } window;

static window window_of(FILE *to) {
    struct winsize size;
    if (ioctl(fileno(to), TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col) return (window){24, 80, 0};
    return (window){size.ws_row, size.ws_col, 0};
}

static int clip(int x, int least, int most) { return x < least ? least : x > most ? most : x; }

static void choose_name_width(window *self, const csim_batch *batch) {
    size_t longest = NAME_LEAST;
    for (size_t i = 0; i < batch->items; i++) longest = strlen(batch->item[i].name) > longest ? strlen(batch->item[i].name) : longest;
    self->name = clip(self->columns - BESIDE_NAME, NAME_LEAST, longest < NAME_MOST ? (int)longest : NAME_MOST);
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
static const char *name_of(const csim_batch_worker *worker, int width, char text[NAME_MOST + 1]) {
    const char *name = worker->item->name;
    const size_t length = strlen(name), room = (size_t)width;
    if (length > room) name += length - room + 2;
    while (length > room && ((unsigned char)*name & 0xC0) == 0x80) name++;
    snprintf(text, NAME_MOST + 1, "%s%s", length > room ? ".." : "", name);
    return text;
}

static void put_line(csim_batch_board *self, const window *of, const char *text) {
    const size_t room = sizeof self->text - self->used;
    const int length = snprintf(self->text + self->used, room, "%.*s\n", whole(text, of->columns - 1), text);
    if (length < 0 || (size_t)length >= room) return;
    self->used += (size_t)length;
    self->drawn++;
}

/* "name     [########............]  42 %"; a narrow terminal has no room for the bar. */
static void begin_line(char line[LINE], const window *of, const char *name, double part) {
    char bar[BAR + 1] = "";
    for (int i = 0; i < BAR; i++) bar[i] = i < (int)(part * BAR) ? '#' : '.';
    if (of->columns >= NARROW) snprintf(line, LINE, "  %-*s [%.*s] %3.0f %%", of->name, name, BAR, bar, 100.0 * part);
    else snprintf(line, LINE, "  %-*s %3.0f %%", of->name, name, 100.0 * part);
}

/* Appends what still fits: a line must not wrap, or the way up would be wrong, and half a number is a wrong one. */
static void append(char line[LINE], const window *of, const char *more) {
    const size_t used = strlen(line);
    if (used + strlen(more) < (size_t)of->columns) snprintf(line + used, LINE - used, "%s", more);
}

/* "baseline+theta=2 [########............]  42 % of 20000 paths, 3 s left" */
static void put_worker(csim_batch_board *self, const window *of, const csim_batch_worker *worker) {
    const char *what = atomic_load(&worker->slot.what);
    const double done = (double)atomic_load(&worker->slot.done), total = (double)atomic_load(&worker->slot.total);
    const double part = total > 0.0 ? done / total : 0.0, spent_s = csim_clock_s() - atomic_load(&worker->slot.begin_s);
    char line[LINE], name[NAME_MOST + 1], more[96];
    name_of(worker, of->name, name);
    begin_line(line, of, name, part);
    if (!what) snprintf(line, sizeof line, "  %-*s reads and writes", of->name, name);
    snprintf(more, sizeof more, " of %.0f %s", total, what ? what : "");
    if (what && total > 0.0) append(line, of, more);
    snprintf(more, sizeof more, ", %.0f s left", spent_s * (1.0 / part - 1.0));
    if (what && part > 0.0 && spent_s > 1.0) append(line, of, more);
    put_line(self, of, line);
}

static void put_all(csim_batch_board *self, const window *of, const csim_batch_job *job) {
    const size_t runs = job->batch->items, made = job->finished - job->kept;
    const double spent_s = csim_clock_s() - self->begin_s;
    char line[LINE], name[NAME_MOST + 1], more[96];
    snprintf(name, sizeof name, "%zu of %zu runs", job->finished, runs);
    begin_line(line, of, name, (double)job->finished / (double)runs);
    snprintf(more, sizeof more, ", %.0f s", spent_s);
    append(line, of, more);
    snprintf(more, sizeof more, ", about %.0f s left", spent_s / (double)made * (double)(runs - job->finished)); /* what was kept took no time */
    if (made) append(line, of, more);
    put_line(self, of, line);
}

void csim_batch_board_draw(csim_batch_job *job) {
    csim_batch_board *self = &job->board;
    if (!self->to) return;
    window of = window_of(self->to);
    choose_name_width(&of, job->batch);
    take_away(self);
    for (size_t i = 0; i < job->workers; i++)
        if (job->worker[i].item && self->drawn + 2 < of.rows) put_worker(self, &of, &job->worker[i]);
    put_all(self, &of, job);
    flush(self);
}
