"""Section 0, draws: one addressed uniform for (seed, name, path, month), through Philox4x32-10 and nothing else.

Paths are vectorised; the month and the name are scalars. Remembers what it was asked last, which changes no number: asking in another order gives the same.
"""

import functools

import numpy as np
from scipy.special import ndtri

MASK32, MASK64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF


def philox4x32_10(counter, key):
    """Ten rounds of Philox on arrays of 32-bit words held in uint64. counter: four arrays, key: two integers. Four arrays."""
    x0, x1, x2, x3 = (np.asarray(word, dtype=np.uint64) for word in counter)
    k0, k1 = int(key[0]), int(key[1])
    shift, mask = np.uint64(32), np.uint64(MASK32)
    for _ in range(10):
        product0, product1 = np.uint64(0xD2511F53) * x0, np.uint64(0xCD9E8D57) * x2
        x0, x1, x2, x3 = (
            (product1 >> shift) ^ x1 ^ np.uint64(k0),
            product1 & mask,
            (product0 >> shift) ^ x3 ^ np.uint64(k1),
            product0 & mask,
        )
        k0, k1 = (k0 + 0x9E3779B9) & MASK32, (k1 + 0xBB67AE85) & MASK32
    return x0, x1, x2, x3


def name_hash(name):
    """FNV-1a 64 of the UTF-8 name, then the splitmix64 finaliser."""
    h = 0xCBF29CE484222325
    for byte in name.encode("utf-8"):
        h = ((h ^ byte) * 0x100000001B3) & MASK64
    h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & MASK64
    return h ^ (h >> 31)


@functools.lru_cache(maxsize=1 << 14)
def pair_of_months(seed, name, paths, pair):
    """The uniforms of months 2·pair and 2·pair + 1, each ((k >> 12) + ½)·2⁻⁵² and so never 0 or 1. paths: the bytes of an array of uint64."""
    h = name_hash(name)
    path = np.frombuffer(paths, dtype=np.uint64)
    constant = np.zeros_like(path)
    words = philox4x32_10(
        (constant + np.uint64(pair), path, constant + np.uint64(h & MASK32), constant + np.uint64(h >> 32)),
        (seed & MASK32, (seed >> 32) & MASK32),
    )
    integers = (low | (high << np.uint64(32)) for low, high in (words[:2], words[2:]))
    return tuple(((k >> np.uint64(12)).astype(float) + 0.5) * 2.0**-52 for k in integers)


def uniform(seed, name, paths, month=0):
    """u(name, path, month) for an array of paths."""
    return pair_of_months(seed, name, np.asarray(paths, dtype=np.uint64).tobytes(), month >> 1)[month & 1].copy()


def normal(seed, name, paths, month=0):
    """z = Φ⁻¹(u)"""
    return ndtri(uniform(seed, name, paths, month))
