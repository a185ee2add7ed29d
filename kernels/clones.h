/* A function built twice in one file, for the processor's widest vectors and for any processor, where compiler and loader can do it. For code outside the
 * model, which is not built as a whole in variants (csim/model/variant.h). Both give the same bits: no operation is contracted or reordered. */
#ifndef MOECAST_KERNELS_CLONES_H
#define MOECAST_KERNELS_CLONES_H

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && !defined(__AVX2__) && !defined(__SANITIZE_ADDRESS__)
#define MOE_ALSO_FOR_AVX2 __attribute__((target_clones("default", "avx2")))
#else
#define MOE_ALSO_FOR_AVX2
#endif

#endif
