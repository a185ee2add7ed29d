/* What the processor can do at most, in the same minutes: the measure for fractions of a limit.
 *   add_multiply   separate additions and multiplications of doubles, as many of each, independent: operations a second. What code without contraction can reach.
 *   fused          fused multiply-adds, counted as two operations; 0 where the variant's flags give none
 *   divide         divisions of doubles a second
 *   read           bytes a second from memory, far beyond the caches
 * Built with the flags of the variant whose kernels are measured. */
#include <stdint.h>

#include "tests/bench/server.h"

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX2__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
enum { LANES = BYTES / 8, TURNS = 20000 };
typedef double vec __attribute__((vector_size(BYTES)));

static double drop; /* results go here, so that no loop is left out */

static void nothing(void) {}

static vec all_of(double x) { return (vec){0} + x; }

/* The compiler may not know what is in x, nor drop it. Chains have names, not places in an array: those it would keep in memory. */
#define HIDE(x) __asm__ volatile("" : "+x"(x))

static double add_multiply(void) {
    const vec small = all_of(1e-9), factor = all_of(1.0000001);
    vec a = all_of(1.0), b = a, c = a, d = a, e = a, f = a, g = a, s = a, t = a, u = a, v = a, w = a, x = a, y = a;
    for (int i = 0; i < TURNS; i++) {
        a += small; s *= factor; b += small; t *= factor; c += small; u *= factor;
        HIDE(a); HIDE(s); HIDE(b); HIDE(t); HIDE(c); HIDE(u);
        d += small; v *= factor; e += small; w *= factor; f += small; x *= factor;
        HIDE(d); HIDE(v); HIDE(e); HIDE(w); HIDE(f); HIDE(x);
        g += small; y *= factor;
        HIDE(g); HIDE(y);
    }
    a += b + c + d + e + f + g + s + t + u + v + w + x + y;
    drop += a[0];
    return 14.0 * TURNS * LANES;
}

#if defined(__x86_64__) && (defined(__AVX2__) || defined(__AVX512F__))
static double fused(void) {
    const vec small = all_of(1e-9), factor = all_of(0.9999999);
    vec a = all_of(1.0), b = a, c = a, d = a, e = a, f = a, s = a, t = a, u = a, v = a;
    if (!__builtin_cpu_supports("fma")) return 0.0;
#define FUSE(x) __asm__ volatile("vfmadd213pd %2, %1, %0" : "+x"(x) : "x"(factor), "x"(small))
    for (int i = 0; i < TURNS; i++) {
        FUSE(a); FUSE(b); FUSE(c); FUSE(d); FUSE(e); FUSE(f); FUSE(s); FUSE(t); FUSE(u); FUSE(v);
    }
    a += b + c + d + e + f + s + t + u + v;
    drop += a[0];
    return 2.0 * 10.0 * TURNS * LANES;
}
#else
static double fused(void) { return 0.0 * add_multiply(); }
#endif

static double divide(void) {
    const vec by = all_of(1.0000001);
    vec a = all_of(1.1), b = a, c = a, d = a, e = a, f = a;
    for (int i = 0; i < TURNS / 8; i++) {
        a /= by; b /= by; c /= by; d /= by; e /= by; f /= by;
        HIDE(a); HIDE(b); HIDE(c); HIDE(d); HIDE(e); HIDE(f);
    }
    a += b + c + d + e + f;
    drop += a[0];
    return 6.0 * (TURNS / 8) * LANES;
}

enum { FAR = 256 << 20 };
static uint64_t *far_words;

static void prepare_read(void) {
    if (far_words) return;
    far_words = bench_room(FAR);
    for (size_t i = 0; i < FAR / 8; i++) far_words[i] = i;
}

static double read_memory(void) {
    uint64_t sum[8] = {0};
    for (size_t i = 0; i < FAR / 8; i += 8)
        for (int c = 0; c < 8; c++) sum[c] += far_words[i + (size_t)c];
    for (int c = 0; c < 8; c++) drop += (double)sum[c];
    return FAR;
}

static const bench_work works[] = {
    {"add_multiply", nothing, add_multiply, NULL},
    {"fused", nothing, fused, NULL},
    {"divide", nothing, divide, NULL},
    {"read", prepare_read, read_memory, NULL},
};

int main(int argc, char **argv) {
    const bench_work *const all[] = {&works[0], &works[1], &works[2], &works[3]};
    return bench_serve(argc, argv, all, sizeof all / sizeof all[0]);
}
