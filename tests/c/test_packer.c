/* Text that went through the packer comes back in order and whole, whoever compressed it, and is the same each time. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "csim/report/packer.h"
#include "tests/c/check.h"

enum { PIECES = 200, WRITERS = 3, ROOM = 1 << 24 /* more than all pieces of a writer */ };

/* One writer's side: what it handed over and what it was given. */
typedef struct writer {
    unsigned char *plain, *packed;
    size_t plain_bytes, packed_bytes;
    uint32_t checksum;
} writer;

static void take(void *self, const csim_packed_piece *piece) {
    writer *w = self;
    memcpy(w->packed + w->packed_bytes, piece->bytes, piece->packed_bytes);
    w->packed_bytes += piece->packed_bytes;
    w->checksum = (uint32_t)crc32_combine(w->checksum, piece->checksum, (z_off_t)piece->plain_bytes);
}

/* Digits, zeros and noise that does not compress; the noise follows from the seed alone. */
static size_t fill(char *piece, unsigned seed) {
    const size_t bytes = seed % 7 ? CSIM_PIECE_BYTES - seed : 0;
    uint32_t noise = seed + 1;
    for (size_t i = 0; i < bytes; i++) {
        noise = noise * 1664525u + 1013904223u;
        piece[i] = (char)(seed % 3 == 0 ? (int)(noise >> 24) : seed % 3 == 1 ? '0' + (int)(noise >> 24) % 10 : '0');
    }
    return bytes;
}

static void pack_all(writer writers[WRITERS]) {
    csim_packer *packer = csim_packer_new();
    char *piece[WRITERS];
    assert_non_null(packer);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (writer){.plain = malloc(ROOM), .packed = malloc(ROOM)};
        piece[i] = csim_packer_piece();
    }
    for (unsigned k = 0; k < PIECES; k++) {
        writer *w = &writers[k % WRITERS];
        const size_t bytes = fill(piece[k % WRITERS], k);
        memcpy(w->plain + w->plain_bytes, piece[k % WRITERS], bytes);
        w->plain_bytes += bytes;
        piece[k % WRITERS] = csim_packer_exchange(packer, piece[k % WRITERS], bytes, take, w);
    }
    csim_packer_wait(packer);
    csim_packer_free(packer);
    for (int i = 0; i < WRITERS; i++) free(piece[i]);
}

static void forget(writer writers[WRITERS]) {
    for (int i = 0; i < WRITERS; i++) {
        free(writers[i].plain);
        free(writers[i].packed);
    }
}

static void text_comes_back_in_order(void **state) {
    (void)state;
    writer writers[WRITERS];
    pack_all(writers);
    for (int i = 0; i < WRITERS; i++) {
        const writer *w = &writers[i];
        z_stream stream = {.next_in = w->packed, .avail_in = (uInt)w->packed_bytes};
        unsigned char *text = malloc(ROOM);
        assert_int_equal(inflateInit2(&stream, -MAX_WBITS), Z_OK);
        stream.next_out = text;
        stream.avail_out = ROOM;
        assert_int_equal(inflate(&stream, Z_SYNC_FLUSH), Z_OK);
        assert_int_equal(stream.total_out, w->plain_bytes);
        assert_int_equal(stream.avail_in, 0);
        assert_memory_equal(text, w->plain, w->plain_bytes);
        assert_int_equal(w->checksum, crc32(0, w->plain, (uInt)w->plain_bytes));
        inflateEnd(&stream);
        free(text);
    }
    forget(writers);
}

static void bytes_do_not_depend_on_who_was_first(void **state) {
    (void)state;
    writer one[WRITERS], other[WRITERS];
    pack_all(one);
    pack_all(other);
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(one[i].packed_bytes, other[i].packed_bytes);
        assert_memory_equal(one[i].packed, other[i].packed, one[i].packed_bytes);
    }
    forget(one);
    forget(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_comes_back_in_order),
        cmocka_unit_test(bytes_do_not_depend_on_who_was_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
