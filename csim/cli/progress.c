/* See progress.h. */
#include "csim/cli/progress.h"

#include <unistd.h>

#include "csim/base/clock.h"

csim_progress csim_progress_start(const csim_cli_io *io, int quiet, const char *what) {
    const csim_progress self = {quiet || !isatty(fileno(io->err)) ? NULL : io->err, io->slot, what, csim_clock_s(), 0.0, 0};
    if (!self.slot) return self;
    atomic_store(&self.slot->done, 0);
    atomic_store(&self.slot->total, 0);
    atomic_store(&self.slot->begin_s, self.begin_s);
    atomic_store(&self.slot->what, what);
    return self;
}

double csim_progress_slice_s(const csim_progress *self) { return self->to || self->slot ? 0.5 : 0.0; }

void csim_progress_show(csim_progress *self, uint64_t done, uint64_t total) {
    const double now = csim_clock_s(), spent = now - self->begin_s;
    if (self->slot) {
        atomic_store(&self->slot->done, done);
        atomic_store(&self->slot->total, total);
    }
    if (!self->to || now - self->shown_s < 0.1 || spent < 0.2) return;
    const double rate = (double)done / spent, left = rate > 0.0 ? (double)(total - done) / rate : 0.0;
    fprintf(self->to, "\r%llu of %llu %s, %.0f a second, %.0f s left   ", (unsigned long long)done, (unsigned long long)total, self->what, rate, left);
    fflush(self->to);
    self->shown_s = now;
    self->shown = 1;
}

void csim_progress_end(csim_progress *self) {
    if (self->slot) atomic_store(&self->slot->what, NULL);
    if (self->to && self->shown) fprintf(self->to, "\r%60s\r", "");
}
