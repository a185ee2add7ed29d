/* Containers as the spreadsheet library writes them: no comment, no ZIP64, sizes in the local heads. What does not look so is taken for damaged. */
#include "csim/report/container.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <zlib.h>

/* Sizes of the container's records, and where their fields lie. */
enum {
    LOCAL_BYTES = 30, LOCAL_FLAGS = 6, LOCAL_CHECKSUM = 14, LOCAL_PACKED = 18, LOCAL_PLAIN = 22, LOCAL_NAME = 26, LOCAL_EXTRA = 28,
    ENTRY_BYTES = 46, ENTRY_CHECKSUM = 16, ENTRY_PACKED = 20, ENTRY_PLAIN = 24, ENTRY_NAME = 28, ENTRY_EXTRA = 30, ENTRY_COMMENT = 32, ENTRY_LOCAL = 42,
    END_BYTES = 22, END_COUNT = 10, END_SIZE = 12, END_START = 16, SIZES_ELSEWHERE = 8 /* a flag */
};

/* ---- is it whole ---- */

static uint32_t little_endian(const unsigned char *bytes, int count) {
    uint32_t value = 0;
    for (int i = count - 1; i >= 0; i--) value = value << 8 | bytes[i];
    return value;
}

enum { CUT_HEAD = 512, CUT_TAIL = 64, INFLATE_BYTES = 1 << 16 };

/* The two ends of a part's text, kept while it is inflated. */
typedef struct part_ends {
    char head[CUT_HEAD + 1], tail[CUT_TAIL + 1];
    size_t head_bytes, tail_bytes;
} part_ends;

static void ends_take(part_ends *ends, const unsigned char *text, size_t count) {
    const size_t room = CUT_HEAD - ends->head_bytes, first = count < room ? count : room;
    memcpy(ends->head + ends->head_bytes, text, first);
    ends->head_bytes += first;
    const size_t last = count < CUT_TAIL ? count : CUT_TAIL;
    const size_t kept = ends->tail_bytes + last > CUT_TAIL ? CUT_TAIL - last : ends->tail_bytes;
    memmove(ends->tail, ends->tail + ends->tail_bytes - kept, kept);
    memcpy(ends->tail + kept, text + count - last, last);
    ends->tail_bytes = kept + last;
}

/* Whether the text ends by closing the element it begins with. */
static bool ends_match(const part_ends *ends) {
    const char *root = strstr(ends->head, "?>");
    root = root ? strchr(root, '<') : NULL;
    if (!root) return false;
    char closing[CUT_TAIL];
    const int length = snprintf(closing, sizeof closing, "</%.*s>", (int)strcspn(root + 1, " >/"), root + 1);
    size_t end = ends->tail_bytes;
    while (end && ends->tail[end - 1] == '\n') end--;
    if (length >= (int)sizeof closing || (size_t)length > end) return false;
    return memcmp(ends->tail + end - length, closing, (size_t)length) == 0;
}

/* Inflates one part and compares size, checksum and ends. */
static bool part_is_whole(const unsigned char *packed, uint32_t packed_bytes, uint32_t plain_bytes, uint32_t checksum) {
    unsigned char plain[INFLATE_BYTES];
    part_ends ends = {.head_bytes = 0};
    z_stream stream = {.next_in = (unsigned char *)packed, .avail_in = packed_bytes};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
    uLong seen = crc32(0, NULL, 0);
    int step = Z_OK;
    while (step == Z_OK) {
        stream.next_out = plain;
        stream.avail_out = sizeof plain;
        step = inflate(&stream, Z_NO_FLUSH);
        const size_t count = sizeof plain - stream.avail_out;
        if (count) {
            seen = crc32(seen, plain, (uInt)count);
            ends_take(&ends, plain, count);
        }
    }
    const bool fits = step == Z_STREAM_END && stream.total_out == plain_bytes && seen == checksum;
    inflateEnd(&stream);
    return fits && ends_match(&ends);
}

/* Whether the entry of the directory at `at` describes a whole part; moves `at` to the next entry. */
static bool entry_is_whole(const unsigned char *file, size_t size, size_t *at) {
    const unsigned char *entry = file + *at;
    if (*at + 46 > size || memcmp(entry, "PK\1\2", 4) || little_endian(entry + 10, 2) != Z_DEFLATED) return false;
    const uint32_t packed_bytes = little_endian(entry + 20, 4), local = little_endian(entry + 42, 4);
    if ((size_t)local + 30 > size || memcmp(file + local, "PK\3\4", 4)) return false;
    const size_t data = (size_t)local + 30 + little_endian(file + local + 26, 2) + little_endian(file + local + 28, 2);
    if (data + packed_bytes > size) return false;
    *at += 46 + (size_t)little_endian(entry + 28, 2) + little_endian(entry + 30, 2) + little_endian(entry + 32, 2);
    return part_is_whole(file + data, packed_bytes, little_endian(entry + 24, 4), little_endian(entry + 16, 4));
}

/* Without a comment, a container ends with a record of 22 bytes that counts and places the directory. */
static bool container_is_whole(const unsigned char *file, size_t size) {
    if (size < 100 || memcmp(file + size - 22, "PK\5\6", 4)) return false;
    const uint32_t count = little_endian(file + size - 12, 2);
    size_t at = little_endian(file + size - 6, 4);
    uint32_t whole = 0;
    while (whole < count && entry_is_whole(file, size, &at)) whole++;
    return count > 0 && whole == count;
}

bool csim_container_is_whole(int file) {
    struct stat facts;
    if (fstat(file, &facts) || facts.st_size <= 0) return false;
    const size_t size = (size_t)facts.st_size;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED) return false;
    const bool whole = container_is_whole(bytes, size);
    munmap(bytes, size);
    return whole;
}


/* ---- filled ---- */

static void put_little_endian(unsigned char *bytes, uint32_t value) {
    for (int i = 0; i < 4; i++) bytes[i] = (unsigned char)(value >> 8 * i);
}

/* A part's bytes as they go into the copy: two of our own around those of a file. */
typedef struct new_part {
    unsigned char *before, *after;
    size_t before_bytes, after_bytes;
    const csim_packed_text *text;
    uint64_t packed_bytes, plain_bytes;
    uint32_t checksum;
} new_part;

/* A raw deflate stream of `text` that ends with `flush`; NULL without memory. */
static unsigned char *deflated(const char *text, size_t size, int flush, size_t *bytes) {
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return NULL;
    const size_t room = deflateBound(&stream, (uLong)size) + 64; /* and an empty block for the flush */
    unsigned char *out = malloc(room);
    if (out) {
        stream.next_in = (unsigned char *)text;
        stream.avail_in = (uInt)size;
        stream.next_out = out;
        stream.avail_out = (uInt)room;
        (void)deflate(&stream, flush);
        *bytes = stream.total_out;
    }
    deflateEnd(&stream);
    return out;
}

/* The part's text as it is without the rows, ended by 0. */
static char *inflated(const unsigned char *packed, uint32_t packed_bytes, uint32_t plain_bytes) {
    char *text = malloc((size_t)plain_bytes + 1);
    z_stream stream = {.next_in = (unsigned char *)packed, .avail_in = packed_bytes};
    if (!text || inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
        free(text);
        return NULL;
    }
    stream.next_out = (unsigned char *)text;
    stream.avail_out = plain_bytes;
    const bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == plain_bytes;
    inflateEnd(&stream);
    text[whole ? plain_bytes : 0] = 0;
    return text;
}

/* The first element of the tag: *before points at it, *after behind it. */
static bool find_element(const char *text, const char *tag, const char **before, const char **after) {
    char opening[64], closing[64], empty[64];
    snprintf(opening, sizeof opening, "<%s>", tag);
    snprintf(closing, sizeof closing, "</%s>", tag);
    snprintf(empty, sizeof empty, "<%s/>", tag);
    *before = strstr(text, opening);
    const char *end = *before ? strstr(*before, closing) : NULL;
    *after = end ? end + strlen(closing) : NULL;
    if (*before) return *after != NULL;
    *before = strstr(text, empty);
    *after = *before ? *before + strlen(empty) : NULL;
    return *before != NULL;
}

static uint32_t checksum_of(const char *text, size_t size) { return (uint32_t)crc32(crc32(0, NULL, 0), (const unsigned char *)text, (uInt)size); }

static csim_status join_texts(const char *head, size_t head_bytes, const char *tail, const csim_packed_text *text, new_part *out) {
    const size_t tail_bytes = strlen(tail);
    out->text = text;
    out->before = deflated(head, head_bytes, Z_SYNC_FLUSH, &out->before_bytes);
    out->after = deflated(tail, tail_bytes, Z_FINISH, &out->after_bytes);
    if (!out->before || !out->after) return CSIM_NO_MEMORY;
    out->packed_bytes = out->before_bytes + text->packed_bytes + out->after_bytes;
    out->plain_bytes = head_bytes + text->plain_bytes + tail_bytes;
    out->checksum = (uint32_t)crc32_combine(checksum_of(head, head_bytes), text->checksum, (z_off_t)text->plain_bytes);
    out->checksum = (uint32_t)crc32_combine(out->checksum, checksum_of(tail, tail_bytes), (z_off_t)tail_bytes);
    return CSIM_OK;
}

/* A part's text with the element emptied: *head ends with its opening tag, *tail begins with its closing one. Both stand in what is returned; NULL without memory. */
static char *emptied(const char *before, size_t before_bytes, const char *after, const char *tag, size_t *head_bytes, const char **tail) {
    const size_t size = before_bytes + 2 * strlen(tag) + sizeof "<></>" + strlen(after);
    char *text = malloc(size);
    if (!text) return NULL;
    memcpy(text, before, before_bytes);
    *head_bytes = before_bytes + (size_t)snprintf(text + before_bytes, size - before_bytes, "<%s>", tag);
    snprintf(text + *head_bytes, size - *head_bytes, "</%s>%s", tag, after);
    *tail = text + *head_bytes;
    return text;
}

/* The part with the text for its element. */
static csim_status part_make(const unsigned char *packed, uint32_t packed_bytes, uint32_t plain_bytes, const csim_container_text *wanted, new_part *out) {
    const char *before, *after, *tail;
    size_t head_bytes;
    char *plain = inflated(packed, packed_bytes, plain_bytes);
    if (!plain) return CSIM_NO_MEMORY;
    csim_status status = find_element(plain, wanted->tag, &before, &after) ? CSIM_OK : CSIM_FILE_WRITE;
    char *whole = status ? NULL : emptied(plain, (size_t)(before - plain), after, wanted->tag, &head_bytes, &tail);
    if (!status) status = whole ? join_texts(whole, head_bytes, tail, &wanted->text, out) : CSIM_NO_MEMORY;
    free(whole);
    free(plain);
    return status;
}

static bool file_copy(FILE *from, uint64_t bytes, FILE *to) {
    unsigned char buffer[INFLATE_BYTES];
    while (bytes) {
        const size_t wanted = bytes < sizeof buffer ? (size_t)bytes : sizeof buffer;
        if (fread(buffer, 1, wanted, from) != wanted || fwrite(buffer, 1, wanted, to) != wanted) return false;
        bytes -= wanted;
    }
    return true;
}

/* The copy being made: entries of the directory are written last, from here. */
typedef struct copying {
    const unsigned char *file;
    size_t size;
    FILE *to;
    uint64_t written;
    unsigned char *directory;
    size_t directory_bytes;
} copying;

static bool emit(copying *self, const void *bytes, size_t count) {
    self->written += count;
    return fwrite(bytes, 1, count, self->to) == count;
}

static csim_status copy_part(copying *self, const unsigned char *entry, size_t entry_bytes, const unsigned char *local, size_t head, new_part *part) {
    unsigned char *listed = self->directory + self->directory_bytes, changed[LOCAL_BYTES];
    const uint64_t data = part->text ? part->packed_bytes : little_endian(entry + ENTRY_PACKED, 4);
    if (self->written + head + data > UINT32_MAX || part->plain_bytes > UINT32_MAX) return CSIM_LIMIT;
    memcpy(listed, entry, entry_bytes);
    memcpy(changed, local, LOCAL_BYTES);
    put_little_endian(listed + ENTRY_LOCAL, (uint32_t)self->written);
    self->directory_bytes += entry_bytes;
    if (!part->text) return emit(self, local, head + (size_t)data) ? CSIM_OK : CSIM_FILE_WRITE;
    const struct { int local, listed; uint32_t value; } fields[] = {{LOCAL_CHECKSUM, ENTRY_CHECKSUM, part->checksum}, {LOCAL_PACKED, ENTRY_PACKED, (uint32_t)part->packed_bytes}, {LOCAL_PLAIN, ENTRY_PLAIN, (uint32_t)part->plain_bytes}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        put_little_endian(changed + fields[i].local, fields[i].value);
        put_little_endian(listed + fields[i].listed, fields[i].value);
    }
    bool done = emit(self, changed, LOCAL_BYTES) && emit(self, local + LOCAL_BYTES, head - LOCAL_BYTES) && emit(self, part->before, part->before_bytes);
    done = done && file_copy(part->text->file, part->text->packed_bytes, self->to) && emit(self, part->after, part->after_bytes);
    self->written += part->text->packed_bytes;
    return done ? CSIM_OK : CSIM_FILE_WRITE;
}

static const csim_container_text *text_for(const unsigned char *entry, const csim_container_text *texts, size_t count) {
    const size_t length = little_endian(entry + ENTRY_NAME, 2);
    for (size_t i = 0; i < count; i++)
        if (strlen(texts[i].name) == length && !memcmp(entry + ENTRY_BYTES, texts[i].name, length)) return &texts[i];
    return NULL;
}

/* The entry at *at, which moves to the next; *filled counts the texts put. */
static csim_status copy_entry(copying *self, size_t *at, const csim_container_text *texts, size_t count, size_t *filled) {
    const unsigned char *entry = self->file + *at;
    if (*at + ENTRY_BYTES > self->size || memcmp(entry, "PK\1\2", 4)) return CSIM_FILE_WRITE;
    const size_t start = little_endian(entry + ENTRY_LOCAL, 4);
    const uint32_t packed_bytes = little_endian(entry + ENTRY_PACKED, 4);
    if (start + LOCAL_BYTES > self->size) return CSIM_FILE_WRITE;
    const unsigned char *local = self->file + start;
    const size_t head = LOCAL_BYTES + (size_t)little_endian(local + LOCAL_NAME, 2) + little_endian(local + LOCAL_EXTRA, 2);
    const bool plain = !(little_endian(local + LOCAL_FLAGS, 2) & SIZES_ELSEWHERE) && little_endian(local + LOCAL_PACKED, 4) == packed_bytes;
    const size_t entry_bytes = ENTRY_BYTES + (size_t)little_endian(entry + ENTRY_NAME, 2) + little_endian(entry + ENTRY_EXTRA, 2) + little_endian(entry + ENTRY_COMMENT, 2);
    if (!plain || start + head + packed_bytes > self->size || *at + entry_bytes > self->size) return CSIM_FILE_WRITE;
    const csim_container_text *wanted = text_for(entry, texts, count);
    new_part part = {0};
    csim_status status = wanted ? part_make(local + head, packed_bytes, little_endian(entry + ENTRY_PLAIN, 4), wanted, &part) : CSIM_OK;
    if (!status) status = copy_part(self, entry, entry_bytes, local, head, &part);
    free(part.before);
    free(part.after);
    *filled += wanted != NULL;
    *at += entry_bytes;
    return status;
}

static csim_status copy_all(copying *self, const csim_container_text *texts, size_t count) {
    const unsigned char *end = self->file + self->size - END_BYTES;
    if (memcmp(end, "PK\5\6", 4)) return CSIM_FILE_WRITE;
    unsigned char changed[END_BYTES];
    size_t at = little_endian(end + END_START, 4), filled = 0;
    csim_status status = CSIM_OK;
    for (uint32_t left = little_endian(end + END_COUNT, 2); left && !status; left--) status = copy_entry(self, &at, texts, count, &filled);
    if (status || filled != count) return status ? status : CSIM_FILE_WRITE;
    memcpy(changed, end, END_BYTES);
    put_little_endian(changed + END_SIZE, (uint32_t)self->directory_bytes);
    put_little_endian(changed + END_START, (uint32_t)self->written);
    return emit(self, self->directory, self->directory_bytes) && emit(self, changed, END_BYTES) ? CSIM_OK : CSIM_FILE_WRITE;
}

csim_status csim_container_fill(int from, FILE *to, const csim_container_text *texts, size_t count) {
    struct stat facts;
    if (fstat(from, &facts) || facts.st_size <= END_BYTES) return CSIM_FILE_WRITE;
    copying self = {.size = (size_t)facts.st_size, .to = to};
    void *bytes = mmap(NULL, self.size, PROT_READ, MAP_PRIVATE, from, 0);
    if (bytes == MAP_FAILED) return CSIM_FILE_WRITE;
    self.file = bytes;
    self.directory = malloc(self.size); /* the directory is a part of the file */
    const csim_status status = self.directory ? copy_all(&self, texts, count) : CSIM_NO_MEMORY;
    free(self.directory);
    munmap(bytes, self.size);
    return status;
}
