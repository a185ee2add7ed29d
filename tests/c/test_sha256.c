/* SHA-256 against the examples of FIPS 180-4 and NIST's byte-oriented vectors. */
#include "tests/c/check.h"

#include "csim/base/sha256.h"

static void expect_digest(const void *bytes, size_t size, const char *hex) {
    csim_sha256 state;
    unsigned char digest[CSIM_SHA256_BYTES];
    char text[CSIM_SHA256_HEX_SIZE];
    csim_sha256_init(&state);
    csim_sha256_update(&state, bytes, size);
    csim_sha256_final(&state, digest);
    assert_string_equal(csim_sha256_hex(digest, text), hex);
}

static void published_messages_give_published_digests(void **state) {
    (void)state;
    const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    expect_digest(NULL, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect_digest("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_digest(two_blocks, strlen(two_blocks), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    expect_digest("\xbd", 1, "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
}

/* 55, 56, 57, 63, 64 and 65 bytes stand on both sides of every padding decision (messages of zero bytes). */
static void padding_is_right_around_the_block_end(void **state) {
    (void)state;
    const unsigned char zeros[65] = {0};
    expect_digest(zeros, 55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7");
    expect_digest(zeros, 56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb");
    expect_digest(zeros, 57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785");
    expect_digest(zeros, 63, "c7723fa1e0127975e49e62e753db53924c1bd84b8ac1ac08df78d09270f3d971");
    expect_digest(zeros, 64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
    expect_digest(zeros, 65, "98ce42deef51d40269d542f5314bef2c7468d401ad5d85168bfab4c0108f75f7");
}

static void a_million_letters_in_uneven_pieces(void **state) {
    (void)state;
    csim_sha256 sha;
    unsigned char digest[CSIM_SHA256_BYTES], letters[997];
    char text[CSIM_SHA256_HEX_SIZE];
    memset(letters, 'a', sizeof letters);
    csim_sha256_init(&sha);
    for (size_t left = 1000000, piece = 1; left > 0; piece = piece % sizeof letters + 1) {
        size_t size = piece < left ? piece : left;
        csim_sha256_update(&sha, letters, size);
        left -= size;
    }
    csim_sha256_final(&sha, digest);
    assert_string_equal(csim_sha256_hex(digest, text), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_messages_give_published_digests),
        cmocka_unit_test(padding_is_right_around_the_block_end),
        cmocka_unit_test(a_million_letters_in_uneven_pieces),
    };
    return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
