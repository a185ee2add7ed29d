"""How much of workers' time a run spread over an executor uses: the part of it in which paths were simulated.

    python tests/bench/spread.py [--page docs/cluster.md]

Efficiency is the seconds that the engine counts in all units, over workers × wall clock, from the first unit given out to the last part taken in. With one
worker the process that asks has a processor of its own, as on a cluster; with two on two processors it shares theirs. Also the sizes of what travels.
"""

import argparse
import pathlib
import pickle
import platform
import statistics
import time
from concurrent.futures import ProcessPoolExecutor

import moecast
from moecast import units

BEGIN, END = "<!-- measured by tests/bench/spread.py -->\n", "<!-- end -->\n"
UNITS = 12
SIZES = (512, 2048, 8192)


def warm(pool, workers):
    """Workers start and import before the clock does."""
    for future in [pool.submit(time.sleep, 0.3) for _ in range(workers)] + [pool.submit(units.paths_of_a_unit, 1, 64) for _ in range(workers)]:
        future.result()


def measure(workers, size):
    run = moecast.Run("baseline", paths=UNITS * size, seed=1)
    with ProcessPoolExecutor(workers) as pool:
        warm(pool, workers)
        begin = time.perf_counter()
        run.advance_on(pool, size)
        wall = time.perf_counter() - begin
    seconds = run.result().seconds
    return {"workers": workers, "paths": size, "unit_s": seconds / UNITS, "wall_s": wall, "efficiency": seconds / workers / wall}


def sizes():
    run = moecast.Run("baseline", paths=10**6, seed=1)
    unit = list(units.cut(run._core, run._plan.pack(), run._plan.hash, 2048))[-2]  # the first ones also bring the rows of kept paths
    return len(pickle.dumps(unit)) / 1e6, len(units.simulate(unit)) / 1e6


def text(rows):
    sent, back = sizes()
    lines = ["| workers | paths a unit | engine's time a unit [s] | efficiency |", "|---|---|---|---|"]
    lines += [f"| {row['workers']} | {row['paths']:,} | {row['unit_s']:.2f} | {100 * row['efficiency']:.0f} % |" for row in rows]
    return "\n".join(lines) + f"\n\nA unit is {sent:.2f} MB, the part of one of 2,048 paths {back:.1f} MB (more while it has rows of kept paths). {platform.machine()}, Python {platform.python_version()}.\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--page", type=pathlib.Path, help="put the table into this page")
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    rows = []
    for workers in (1, 2):
        for size in SIZES:
            found = [measure(workers, size) for _ in range(wanted.rounds)]
            rows.append(sorted(found, key=lambda row: row["efficiency"])[len(found) // 2] | {"efficiency": statistics.median(row["efficiency"] for row in found)})
    print(text(rows))
    if wanted.page:
        before, _, rest = wanted.page.read_text().partition(BEGIN)
        wanted.page.write_text(before + BEGIN + text(rows) + END + rest.partition(END)[2])


if __name__ == "__main__":
    main()
