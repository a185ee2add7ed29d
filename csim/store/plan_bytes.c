/* Squeezes and restores plans, and refuses one that would lead a reader out of its tables. */
#include "csim/store/plan_bytes.h"

#include <stdlib.h>
#include <string.h>

#include "csim/plan/plan_check.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "a plan's canonical bytes are little-endian; add a byte swap here for other machines"
#endif

enum { PIECE_HEAD = 8, WORTH_A_PIECE = 16 }; /* a run of zeros shorter than this costs less as it stands */

static size_t zeros_at(const unsigned char *bytes, size_t at, size_t size) {
    size_t end = at;
    while (end < size && !bytes[end]) end++;
    return end - at;
}

/* Bytes from `at` to the next run of zeros worth a piece. */
static size_t literal_at(const unsigned char *bytes, size_t at, size_t size) {
    size_t end = at;
    while (end < size) {
        const size_t zeros = zeros_at(bytes, end, size);
        if (zeros >= WORTH_A_PIECE || (zeros && end + zeros == size)) break;
        end += zeros ? zeros : 1;
    }
    return end - at;
}

/* Writes the pieces when `to` is not NULL; returns their size. */
static size_t pack(const unsigned char *bytes, size_t size, unsigned char *to) {
    size_t used = 0;
    for (size_t at = 0; at < size;) {
        const uint32_t literal = (uint32_t)literal_at(bytes, at, size), zeros = (uint32_t)zeros_at(bytes, at + literal, size);
        if (to) {
            memcpy(to + used, &literal, sizeof literal);
            memcpy(to + used + sizeof literal, &zeros, sizeof zeros);
            memcpy(to + used + PIECE_HEAD, bytes + at, literal);
        }
        used += PIECE_HEAD + literal;
        at += (size_t)literal + zeros;
    }
    return used;
}

csim_status csim_plan_pack(const csim_plan *plan, unsigned char **packed, size_t *size, csim_error *err) {
    _Static_assert(sizeof(csim_plan) < UINT32_MAX, "pieces count in 32 bits");
    const unsigned char *bytes = (const unsigned char *)plan;
    *size = pack(bytes, sizeof *plan, NULL);
    *packed = malloc(*size);
    if (!*packed) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to pack the plan");
    pack(bytes, sizeof *plan, *packed);
    return CSIM_OK;
}

/* True when the pieces fill `to` exactly. `to` is zeroed. */
static int unpack(const unsigned char *packed, size_t size, unsigned char *to, size_t room) {
    size_t at = 0, filled = 0;
    while (at < size) {
        uint32_t literal, zeros;
        if (size - at < PIECE_HEAD) return 0;
        memcpy(&literal, packed + at, sizeof literal);
        memcpy(&zeros, packed + at + sizeof literal, sizeof zeros);
        at += PIECE_HEAD;
        if (literal > size - at || literal > room - filled || zeros > room - filled - literal) return 0;
        memcpy(to + filled, packed + at, literal);
        at += literal;
        filled += (size_t)literal + zeros;
    }
    return filled == room;
}

csim_status csim_plan_unpack(const unsigned char *packed, size_t size, csim_plan **out, csim_error *err) {
    *out = NULL;
    csim_plan *plan = calloc(1, sizeof *plan);
    if (!plan) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the plan (%zu bytes)", sizeof *plan);
    csim_status status = CSIM_OK;
    if (!unpack(packed, size, (unsigned char *)plan, sizeof *plan) || plan->bytes != sizeof *plan)
        status = csim_error_set(err, CSIM_FILE_FORMAT, "the stored plan is damaged or of another size than the %zu bytes this version works with", sizeof *plan);
    else if (plan->format != CSIM_PLAN_FORMAT)
        status = csim_error_set(err, CSIM_FILE_FORMAT, "the stored plan has format %u, this version reads %d", plan->format, CSIM_PLAN_FORMAT);
    else if (!csim_plan_holds(plan))
        status = csim_error_set(err, CSIM_FILE_FORMAT, "the stored plan contradicts itself");
    if (status) {
        csim_plan_free(plan);
        return status;
    }
    *out = plan;
    return CSIM_OK;
}
