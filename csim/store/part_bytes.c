/* See part_bytes.h. Packing appends to a buffer that grows; taking reads the head, holds it against the run, and lets the engine add the sections. */
#include "csim/store/part_bytes.h"

#include <stdlib.h>
#include <string.h>

#include "csim/base/version.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "parts are defined on little-endian machines; add a byte swap here for others"
#endif

enum { PART_FORMAT = 1, MARK_BYTES = 8, TAIL_BYTES = CSIM_SHA256_BYTES + sizeof(double), TEXT_BYTES = 128 };
static const char mark[MARK_BYTES + 1] = "moecpart";

/* --- packing --------------------------------------------------------------------------------------------------------------------------------- */

/* The first failure stays; later bytes are dropped. */
typedef struct packing { unsigned char *bytes; size_t size, room; int failed; } packing;

static void put(void *to, const void *bytes, size_t size) {
    packing *self = to;
    if (self->room - self->size < size && !self->failed) {
        const size_t room = 2 * self->room + size;
        unsigned char *grown = realloc(self->bytes, room);
        self->failed = !grown;
        if (grown) {
            self->bytes = grown;
            self->room = room;
        }
    }
    if (self->failed) return;
    if (size) memcpy(self->bytes + self->size, bytes, size);
    self->size += size;
}

static void put_word(packing *self, uint64_t word) { put(self, &word, sizeof word); }

static void put_text(packing *self, const char *text) {
    put_word(self, strlen(text));
    put(self, text, strlen(text));
}

typedef void writes(const void *what, csim_byte_sink *sink, void *to);
static void accumulator_writes(const void *what, csim_byte_sink *sink, void *to) { csim_accumulator_write(what, sink, to); }
static void replicates_write(const void *what, csim_byte_sink *sink, void *to) { csim_replicates_write(what, sink, to); }

/* The size is known only afterwards. */
static void put_section(packing *self, writes *write, const void *what) {
    const size_t at = self->size;
    put_word(self, 0);
    if (what) write(what, put, self);
    const uint64_t size = self->size - at - sizeof(uint64_t);
    if (!self->failed) memcpy(self->bytes + at, &size, sizeof size);
}

static void put_ledger(packing *self, const csim_ledger *ledger) {
    put_word(self, ledger->count);
    for (size_t i = 0; i < ledger->count; i++) {
        put_word(self, ledger->interval[i].from);
        put_word(self, ledger->interval[i].to);
    }
}

static void put_counts(packing *self, const csim_result *part) {
    const csim_plan *plan = part->plan;
    put_word(self, part->done);
    put_word(self, part->failed);
    put(self, part->failed_by, sizeof part->failed_by);
    put(self, part->failed_slot, (size_t)plan->slots * sizeof *part->failed_slot);
    put(self, part->tally, (size_t)plan->readings * sizeof *part->tally);
}

static void put_head(packing *self, const csim_result *part) {
    const csim_run_options *options = &part->options;
    char plan[65];
    csim_plan_hash(part->plan, plan);
    put(self, mark, MARK_BYTES);
    put_word(self, PART_FORMAT);
    put_text(self, csim_version());
    put_text(self, csim_revision());
    put_text(self, plan);
    put_word(self, options->seed);
    put_word(self, options->first_path);
    put_word(self, options->paths);
    put_word(self, options->sampler);
    put_word(self, options->replicates);
    put_word(self, options->strata);
    put_ledger(self, &part->ledger);
    put_counts(self, part);
    put_word(self, part->kept);
    put_word(self, part->hit_rows);
    put_word(self, (uint64_t)options->keep_slots);
    for (int i = 0; i < options->keep_slots; i++) put_word(self, (uint64_t)options->keep_slot[i]);
}

static void put_sections(packing *self, const csim_result *part) {
    csim_row_table table[CSIM_ROW_TABLES];
    put_section(self, accumulator_writes, part->statistics);
    put_section(self, accumulator_writes, part->monthly);
    put_section(self, replicates_write, part->replicates);
    put_section(self, replicates_write, part->monthly_replicates);
    const size_t tallies = part->replicates ? part->replicates->count * sizeof *part->replicate_tally : 0;
    put_word(self, tallies);
    put(self, part->replicate_tally, tallies);
    csim_result_tables(part, table);
    for (int i = 0; i < CSIM_ROW_TABLES; i++) {
        put_word(self, table[i].rows * table[i].row_bytes);
        put(self, csim_result_rows(part, &table[i]), table[i].rows * table[i].row_bytes);
    }
}

static void digest_of(const unsigned char *bytes, size_t size, unsigned char digest[CSIM_SHA256_BYTES]) {
    csim_sha256 state;
    csim_sha256_init(&state);
    csim_sha256_update(&state, bytes, size);
    csim_sha256_final(&state, digest);
}

csim_status csim_part_pack(const csim_result *part, unsigned char **bytes, size_t *size, csim_error *err) {
    unsigned char digest[CSIM_SHA256_BYTES];
    packing self = {0};
    *bytes = NULL;
    if (!part->monthly) return csim_error_set(err, CSIM_USAGE, "a run without the moments of every month is no part");
    put_head(&self, part);
    put_sections(&self, part);
    if (!self.failed) digest_of(self.bytes, self.size, digest);
    put(&self, digest, sizeof digest);
    put(&self, &part->seconds, sizeof part->seconds);
    if (self.failed) {
        free(self.bytes);
        return csim_error_set(err, CSIM_NO_MEMORY, "no memory to pack a part of a run");
    }
    *bytes = self.bytes;
    *size = self.size;
    return CSIM_OK;
}

static uint32_t rows_among(uint32_t wanted, const csim_run_options *whole, uint32_t first_path, uint32_t paths) {
    const uint32_t before = first_path - whole->first_path;
    return wanted <= before ? 0 : wanted - before < paths ? wanted - before : paths;
}

csim_run_options csim_part_options(const csim_run_options *whole, uint32_t first_path, uint32_t paths) {
    csim_run_options part = *whole;
    part.keep_paths = rows_among(whole->keep_paths, whole, first_path, paths);
    part.keep_hits = rows_among(whole->keep_hits, whole, first_path, paths);
    part.first_path = first_path;
    part.paths = paths;
    return part;
}

/* --- taking ---------------------------------------------------------------------------------------------------------------------------------- */

/* What is read beyond the end is 0, and `ended` then set. */
typedef struct reading { const unsigned char *at, *end; int ended; } reading;

static const void *take(reading *from, size_t size) {
    if ((size_t)(from->end - from->at) < size) from->ended = 1;
    if (from->ended) return NULL;
    from->at += size;
    return from->at - size;
}

static void take_into(reading *from, void *to, size_t size) {
    const void *bytes = take(from, size);
    if (bytes) memcpy(to, bytes, size);
}

static uint64_t take_word(reading *from) {
    uint64_t word = 0;
    take_into(from, &word, sizeof word);
    return word;
}

static void take_text(reading *from, char text[TEXT_BYTES]) {
    const uint64_t size = take_word(from);
    text[0] = 0;
    if (size >= TEXT_BYTES) from->ended = 1;
    const void *bytes = take(from, from->ended ? 0 : (size_t)size);
    if (!bytes) return;
    memcpy(text, bytes, (size_t)size);
    text[size] = 0;
}

typedef struct section { const unsigned char *bytes; size_t size; } section;

static section take_section(reading *from) {
    const uint64_t size = take_word(from);
    const void *bytes = take(from, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
    return (section){bytes, bytes ? (size_t)size : 0};
}

/* A part's bytes, looked into. Rows and sections point into them. */
typedef struct opened {
    char version[TEXT_BYTES], revision[TEXT_BYTES], plan[TEXT_BYTES];
    csim_result part;
    section statistics, monthly, replicates, monthly_replicates, tallies, rows[CSIM_ROW_TABLES];
} opened;

static csim_status damaged(csim_error *err) { return csim_error_set(err, CSIM_FILE_FORMAT, "a part of the run came back damaged: it is not what was sent"); }

static void take_options(reading *from, csim_run_options *options) {
    options->seed = take_word(from);
    options->first_path = (uint32_t)take_word(from);
    options->paths = (uint32_t)take_word(from);
    options->sampler = (csim_sampler)take_word(from);
    options->replicates = (uint32_t)take_word(from);
    options->strata = (uint32_t)take_word(from);
}

static void take_ledger(reading *from, csim_ledger *ledger) {
    for (uint64_t count = take_word(from); count && !from->ended; count--) {
        const uint32_t first = (uint32_t)take_word(from), end = (uint32_t)take_word(from);
        if (end <= first || csim_ledger_add(ledger, first, end, NULL)) from->ended = 1;
    }
}

static void take_counts(reading *from, csim_result *part) {
    part->done = take_word(from);
    part->failed = take_word(from);
    take_into(from, part->failed_by, sizeof part->failed_by);
    take_into(from, part->failed_slot, (size_t)part->plan->slots * sizeof *part->failed_slot);
    take_into(from, part->tally, (size_t)part->plan->readings * sizeof *part->tally);
    part->kept = part->options.keep_paths = (uint32_t)take_word(from);
    part->hit_rows = part->options.keep_hits = (uint32_t)take_word(from);
}

static void take_kept_series(reading *from, csim_run_options *options) {
    const uint64_t count = take_word(from);
    if (count > CSIM_MAX_KEPT_SERIES) from->ended = 1;
    for (uint64_t i = 0; i < count && !from->ended; i++) options->keep_slot[options->keep_slots++] = (int)take_word(from);
}

static csim_status open_head(reading *from, const csim_result *outline, opened *self, csim_error *err) {
    char plan[65];
    const void *begin = take(from, MARK_BYTES);
    if (!begin || memcmp(begin, mark, MARK_BYTES) || take_word(from) != PART_FORMAT) return damaged(err);
    take_text(from, self->version);
    take_text(from, self->revision);
    take_text(from, self->plan);
    if (from->ended) return damaged(err);
    if (strcmp(self->version, csim_version()) || strcmp(self->revision, csim_revision()))
        return csim_error_set(err, CSIM_INCONSISTENT, "these paths are of moecast %.40s (%.40s), this is %s (%s): paths of two versions are not mixed", self->version,
                              self->revision, csim_version(), csim_revision());
    csim_plan_hash(outline->plan, plan);
    if (strcmp(plan, self->plan)) return csim_error_set(err, CSIM_INCONSISTENT, "these paths are of plan %.12s, the run is of plan %.12s", self->plan, plan);
    self->part.plan = outline->plan;
    return CSIM_OK;
}

/* Rows are copied: a table of doubles must not begin in the middle of one. */
static csim_status take_rows(reading *from, opened *self, csim_error *err) {
    csim_row_table table[CSIM_ROW_TABLES];
    csim_result_tables(&self->part, table);
    for (int i = 0; i < CSIM_ROW_TABLES; i++) {
        const section rows = take_section(from);
        if (from->ended || rows.size != table[i].rows * table[i].row_bytes) return damaged(err);
        void *copy = malloc(rows.size + sizeof(double));
        if (!copy) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the kept paths of a part");
        if (rows.size) memcpy(copy, rows.bytes, rows.size);
        csim_result_set_rows(&self->part, &table[i], copy);
    }
    return CSIM_OK;
}

static int keeps_the_same(const csim_run_options *a, const csim_run_options *b) {
    return a->keep_slots == b->keep_slots && !memcmp(a->keep_slot, b->keep_slot, (size_t)a->keep_slots * sizeof *a->keep_slot);
}

/* Nothing of the part is believed: it is what was asked for, or refused. */
static csim_status check_is_asked(const csim_result *part, const csim_run_options *asked, csim_error *err) {
    const csim_run_options *options = &part->options;
    const csim_path_interval all = {asked->first_path, asked->first_path + asked->paths};
    if (options->seed != asked->seed)
        return csim_error_set(err, CSIM_INCONSISTENT, "its seed is %llu, here it is %llu", (unsigned long long)options->seed, (unsigned long long)asked->seed);
    if (options->sampler != asked->sampler || options->replicates != asked->replicates || options->strata != asked->strata)
        return csim_error_set(err, CSIM_INCONSISTENT, "its paths are drawn by another sampler, or in other replicates");
    if (options->first_path != asked->first_path || options->paths != asked->paths || part->ledger.count != 1 || memcmp(&part->ledger.interval[0], &all, sizeof all))
        return csim_error_set(err, CSIM_INCONSISTENT, "it holds %llu paths from %u on, asked for were %u from %u on", (unsigned long long)part->done, options->first_path, asked->paths,
                              asked->first_path);
    if (!keeps_the_same(options, asked)) return csim_error_set(err, CSIM_INCONSISTENT, "it keeps other series than the run");
    if (part->kept != asked->keep_paths || part->hit_rows != (asked->keep_hits > asked->keep_paths ? asked->keep_hits : asked->keep_paths))
        return csim_error_set(err, CSIM_INCONSISTENT, "it has rows of %u paths, asked for were %u", part->kept, asked->keep_paths);
    return CSIM_OK;
}

static csim_status open_part(reading *from, const csim_result *outline, const csim_run_options *asked, opened *self, csim_error *err) {
    csim_result *part = &self->part;
    csim_status status = open_head(from, outline, self, err);
    if (status) return status;
    take_options(from, &part->options);
    take_ledger(from, &part->ledger);
    take_counts(from, part);
    take_kept_series(from, &part->options);
    self->statistics = take_section(from);
    self->monthly = take_section(from);
    self->replicates = take_section(from);
    self->monthly_replicates = take_section(from);
    self->tallies = take_section(from);
    if (from->ended || csim_ledger_paths(&part->ledger) != part->done) return damaged(err);
    status = check_is_asked(part, asked, err);
    if (status) return status;
    return take_rows(from, self, err);
}

static int fits(const void *from, const csim_result *like) {
    const opened *self = from;
    if (!csim_accumulator_fits(like->statistics, self->statistics.bytes, self->statistics.size)) return 0;
    if (!csim_accumulator_fits(like->monthly, self->monthly.bytes, self->monthly.size)) return 0;
    if (!like->replicates) return 1;
    return self->tallies.size == like->replicates->count * sizeof *like->replicate_tally &&
           csim_replicates_fit(like->replicates, self->replicates.bytes, self->replicates.size) &&
           csim_replicates_fit(like->monthly_replicates, self->monthly_replicates.bytes, self->monthly_replicates.size);
}

static void add(const void *from, csim_accumulator *statistics, csim_accumulator *monthly) {
    const opened *self = from;
    csim_accumulator_add_bytes(statistics, self->statistics.bytes, self->statistics.size);
    csim_accumulator_add_bytes(monthly, self->monthly.bytes, self->monthly.size);
}

static void add_replicates(const void *from, csim_replicates *replicates, csim_replicates *monthly, csim_tally (*tally)[CSIM_MAX_READINGS]) {
    const opened *self = from;
    const unsigned char *at = self->tallies.bytes;
    csim_replicates_add_bytes(replicates, self->replicates.bytes, self->replicates.size);
    csim_replicates_add_bytes(monthly, self->monthly_replicates.bytes, self->monthly_replicates.size);
    for (uint32_t r = 0; r < replicates->count; r++)
        for (int i = 0; i < CSIM_MAX_READINGS; i++, at += sizeof(csim_tally)) {
            csim_tally part;
            memcpy(&part, at, sizeof part);
            tally[r][i].hits += part.hits;
            tally[r][i].count += part.count;
        }
}

/* Whole and as it was sent: the digest is that of the bytes before it. */
csim_status csim_part_digest(const unsigned char *bytes, size_t size, char hex[CSIM_SHA256_HEX_SIZE], csim_error *err) {
    unsigned char digest[CSIM_SHA256_BYTES];
    if (size < MARK_BYTES + TAIL_BYTES || memcmp(bytes, mark, MARK_BYTES)) return csim_error_set(err, CSIM_FILE_FORMAT, "these bytes are no part of a run");
    digest_of(bytes, size - TAIL_BYTES, digest);
    if (memcmp(digest, bytes + size - TAIL_BYTES, sizeof digest)) return damaged(err);
    csim_sha256_hex(digest, hex);
    return CSIM_OK;
}

static void opened_free(opened *self) {
    csim_row_table table[CSIM_ROW_TABLES];
    if (self->part.plan) {
        csim_result_tables(&self->part, table);
        for (int i = 0; i < CSIM_ROW_TABLES; i++) free(csim_result_rows(&self->part, &table[i]));
    }
    free(self);
}

csim_status csim_part_take(csim_run *run, uint32_t first_path, uint32_t paths, const unsigned char *bytes, size_t size, char hex[CSIM_SHA256_HEX_SIZE], csim_error *err) {
    char own[CSIM_SHA256_HEX_SIZE];
    const csim_result *outline = csim_run_outline(run);
    const csim_run_options asked = csim_part_options(&outline->options, first_path, paths);
    csim_status status = csim_part_digest(bytes, size, hex ? hex : own, err);
    if (status) return status;
    opened *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a part of the run");
    const size_t body = size - TAIL_BYTES;
    reading from = {bytes, bytes + body, 0};
    memcpy(&self->part.seconds, bytes + body + CSIM_SHA256_BYTES, sizeof self->part.seconds);
    status = open_part(&from, outline, &asked, self, err);
    const csim_statistics_source source = {self, fits, add, add_replicates};
    if (!status) status = csim_run_take_from(run, &self->part, &source, err);
    opened_free(self);
    return status;
}
