"""Writes mathematics.md: how far the inner loop's mathematics is from the exact values, in units in the last place, measured against mpmath.

    make build/tests/dump_mathematics
    python docs/tables/mathematics.py [build/tests/dump_mathematics] [--points N]

tests/py/test_mathematics.py measures the same with fewer points and holds the bounds.
"""
import argparse
import math
import pathlib
import random
import struct
import subprocess

import mpmath as mp

HERE = pathlib.Path(__file__).resolve().parent
BITS = 160


def from_bits(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def beside(x, steps=3):
    """x and its neighbours."""
    bits = struct.unpack("<Q", struct.pack("<d", x))[0]
    return [from_bits(bits + k) for k in range(-steps, steps + 1) if 0 <= bits + k < 0x7FF0000000000000]


def evenly(low, high):
    return lambda rng, n: [rng.uniform(low, high) for _ in range(n)]


def by_size(low, high):
    """Even in the logarithm."""
    return lambda rng, n: [math.exp(rng.uniform(math.log(low), math.log(high))) for _ in range(n)]


def any_bits(low, high):
    bits = [struct.unpack("<Q", struct.pack("<d", x))[0] for x in (low, high)]
    return lambda rng, n: [from_bits(rng.randint(*bits)) for _ in range(n)]


def engine_uniforms(low, high):
    """(k + ½)·2^-52, as Philox makes them."""
    return lambda rng, n: [(rng.randint(int(low * 2**52), int(high * 2**52) - 1) + 0.5) * 2.0**-52 for _ in range(n)]


def with_negatives(make):
    return lambda rng, n: [x if rng.random() < 0.5 else -x for x in make(rng, n)]


def exact_quantile(u, near):
    """Newton's steps from the double that is to be judged; below ½ from the tail's mass, else from the centre's, so that no digits are lost."""
    z, u = mp.mpf(near), mp.mpf(u)
    for _ in range(2):
        mass = u - mp.erfc(-z / mp.sqrt(2)) / 2
        step = mass / mp.npdf(z)
        z += step / (1 + z * step / 2)
    return z


EXACT = {"exp": lambda x, _: mp.exp(x), "log": lambda x, _: mp.log(x), "normal_quantile": exact_quantile}
HALF_POWERS = [x for k in range(-1020, 1024, 3) for x in beside((k + 0.5) * math.log(2), 1) if -708 <= x <= 709.78]
POWERS = [x for k in range(-1074, 1024) for x in beside(math.ldexp(1, k), 1) if x > 0]
ROOTS = [x for k in range(-1000, 1000, 2) for x in beside(math.ldexp(math.sqrt(0.5), k), 1)]
EDGES = [x for u in (0.075, 0.925, 0.25, 0.5, math.exp(-25.0), 2.0**-53, 1 - 2.0**-53) for x in beside(u) if 0 < x < 1]
# function, what stands in the table, random inputs, structured inputs, bound in ulp that tests hold
ROWS = [
    ("exp", "−708 … 709.78", evenly(-708.0, 709.782712893384), [*HALF_POWERS, *beside(709.782712893384, 0), -708.0], 1.1),
    ("exp", "−1 … 1", evenly(-1.0, 1.0), [0.0, -0.0, 1.0, -1.0], 1.1),
    ("exp", "1e-300 … 1, both signs, by size", with_negatives(by_size(1e-300, 1.0)), [], 1.1),
    ("log", "all positive doubles, denormal ones too", any_bits(5e-324, 1.7976931348623157e308), [*POWERS, *ROOTS], 0.8),
    ("log", "½ … 2", evenly(0.5, 2.0), [x for d in range(1, 53) for x in (1 + 2.0**-d, 1 - 2.0**-d)], 1.0),
    ("normal_quantile", "the engine's uniforms, all", engine_uniforms(0.0, 1.0), [2.0**-53, 1 - 2.0**-53, 0.5 - 2.0**-53], 1.6),
    ("normal_quantile", "the engine's uniforms, centre 0.075 … 0.925", engine_uniforms(0.075, 0.925), [], 1.6),
    ("normal_quantile", "1e-16 … 0.075, by size", by_size(1.2e-16, 0.075), [], 1.6),
    ("normal_quantile", "any double from 0.075 to 0.925", evenly(0.075, 0.925), EDGES, 1.9),
    ("normal_quantile", "1e-307 … 1e-16, by size", by_size(1e-307, 1.2e-16), [5e-324, 1e-310], 1.2),
]


def measure(program, function, make, extra, points, seed=1):
    """(largest error, its mean, where it is largest)"""
    xs = [*make(random.Random(seed), points), *extra]
    done = subprocess.run([program, function], input=struct.pack(f"<{len(xs)}d", *xs), capture_output=True, check=True)
    ys = struct.unpack(f"<{len(xs)}d", done.stdout)
    worst, where, total = 0.0, xs[0], 0.0
    with mp.workprec(BITS):
        for x, y in zip(xs, ys):
            exact = EXACT[function](mp.mpf(x), y)
            error = float(abs(mp.mpf(y) - exact) / math.ulp(float(exact))) if exact else 0.0 if y == 0 else math.inf
            total += error
            if not error <= worst:
                worst, where = error, x
    return worst, total / len(xs), where


def main():
    parser = argparse.ArgumentParser(description="Measures the mathematics of the inner loop against mpmath.")
    parser.add_argument("program", nargs="?", default="build/tests/dump_mathematics")
    parser.add_argument("--points", type=int, default=100_000)
    options = parser.parse_args()
    lines = ["| function | inputs | largest error, ulp | mean, ulp | where largest |", "|---|---|--:|--:|--:|"]
    for function, words, make, extra, _ in ROWS:
        worst, mean, where = measure(options.program, function, make, extra, options.points)
        lines.append(f"| `moe_{function}` | {words} | {worst:.2f} | {mean:.2f} | {where!r} |")
    head = f"# Errors of the inner loop's mathematics\n\nAgainst mpmath, {options.points:,} random inputs a row and structured ones. Written by `docs/tables/mathematics.py`.\n\n"
    (HERE / "mathematics.md").write_text(head + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
