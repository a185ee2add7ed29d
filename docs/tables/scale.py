"""Measures how time and memory grow, and writes docs/performance.md, but for its last section (tests/bench/page.py), and docs/pictures/scale.png.

    python docs/tables/scale.py MOECAST [--most 100000] [--repeat 3]

The page holds --most 10000000, whose last run takes three quarters of an hour on two cores. Nothing here is checked by a test: times belong to a machine. A
quiet machine gives better numbers; what others do on it shows as the spread between repetitions, which the page states.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import yaml

DOCS = pathlib.Path(__file__).resolve().parents[1]
SCENARIOS = DOCS.parent / "scenarios"
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
PATHS = (1000, 3000, 10000, 30000, 100000, 1000000, 10000000)
ONE_THREAD_MOST, REPEAT_MOST = 100000, 10000
MONTHS = (24, 48, 84, 120, 180, 240)
REGIONS = (4, 5, 6, 8)


@dataclass
class Measured:
    """The best of some repetitions, and how far the worst lay above it."""

    wall_s: float
    cpu_s: float
    simulation_s: float
    peak_mb: float
    file_mb: float
    spread: float
    digest: str


def once(moecast, scenario, paths, threads, folder, more=()):
    """One run of the command: wall clock, processor time and peak memory of its process, the simulation's own seconds, the run file's size."""
    words = [moecast, "run", scenario, "--paths", paths, "--threads", threads, "--no-contrasts", "--no-report", "--quiet", "-o", folder]
    words += ["--keep", 0] if "--keep" not in more else []
    begin = time.perf_counter()
    process = subprocess.Popen([*map(str, words), *map(str, more)], stdout=subprocess.DEVNULL)
    _, code, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, words))} failed")
    run = json.loads((pathlib.Path(folder) / "run.json").read_text())
    file_mb = sum(f.stat().st_size for f in pathlib.Path(folder).glob("*.moecast")) / 1e6
    return wall, usage.ru_utime + usage.ru_stime, run["seconds"], usage.ru_maxrss / 1024, file_mb, run["digest"]


def measure(moecast, scenario, paths, threads, repeat, more=()):
    with tempfile.TemporaryDirectory() as folder:
        runs = [once(moecast, scenario, paths, threads, folder, more) for _ in range(repeat)]
    wall, cpu, simulation, peak, file_mb, digest = min(runs)
    print(f"{scenario} paths {paths} threads {threads}: {wall:.2f} s, {cpu:.2f} s of processor, {peak:.0f} MB", flush=True)
    return Measured(wall, cpu, simulation, peak, file_mb, max(r[0] for r in runs) / wall - 1, digest)


# ---- scenarios of other sizes ------------------------------------------------------------------------------------------------------------------------


def with_months(folder, months):
    year, month = 2024 + (months - 1) // 12, (months - 1) % 12 + 1
    file = pathlib.Path(folder, f"months_{months}.yaml")
    file.write_text(f"moecast: 1\nname: months_{months}\nextends: baseline\ntime: {{end: {year}-{month:02d}}}\n")
    return file


def split_rest(node, names, key=""):
    """The region `rest` stands for all of `names`; what is a weight is shared out among them."""
    if isinstance(node, list):
        return [n for item in node for n in (names if item == "rest" else [item])] if key == "regions" else node
    if not isinstance(node, dict):
        return node
    out = {}
    for name, value in node.items():
        if name != "rest":
            out[name] = split_rest(value, names, name)
            continue
        shared = value["fixed"] if isinstance(value, dict) and "fixed" in value else value
        weight = key in ("region_weight", "headline_weight")
        for copy in names:
            out[copy] = shared / len(names) if weight else value
    return out


def with_regions(folder, regions):
    """The baseline, without claims, its region `rest` in as many parts as it takes."""
    scenario = yaml.safe_load((SCENARIOS / "baseline.yaml").read_text())
    scenario |= {"name": f"regions_{regions}", "catalogue": str(SCENARIOS / "catalogue")}
    scenario = split_rest(scenario, ["rest", *(f"rest{i}" for i in range(2, regions - 2))])
    file = pathlib.Path(folder, f"regions_{regions}.yaml")
    del scenario["claims"]
    dumper = type("Plain", (yaml.SafeDumper,), {"ignore_aliases": lambda self, data: True})  # a scenario may hold no anchors
    file.write_text(yaml.dump(scenario, Dumper=dumper, sort_keys=False, width=200, allow_unicode=True))
    return file


# ---- the page ----------------------------------------------------------------------------------------------------------------------------------------


def machine():
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), platform.processor())
    memory = int(next(line.split()[1] for line in pathlib.Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))) / 1024**2
    return f"{model}, {os.cpu_count()} processors, {memory:.0f} GB of memory, {platform.system()} {platform.machine()}"


def table(heads, rows):
    return "\n".join(["| " + " | ".join(heads) + " |", "|" + "--:|" * len(heads), *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def fit(xs, ys):
    """Least squares of y = a + b x in relative terms (weights 1/y²): the noise of a time is a share of it, and times here span four powers of ten."""
    weights = [1 / y**2 for y in ys]
    mx, my = (sum(w * v for w, v in zip(weights, vs, strict=True)) / sum(weights) for vs in (xs, ys))
    b = sum(w * (x - mx) * (y - my) for w, x, y in zip(weights, xs, ys, strict=True)) / sum(w * (x - mx) ** 2 for w, x in zip(weights, xs, strict=True))
    return my - b * mx, b


def picture(by_paths, by_months, by_markets, paths):
    figure, panels = plt.subplots(1, 4, figsize=(15, 3.6))
    for threads, colour in ((1, BLUE), (2, ORANGE)):
        runs = {n: m for (n, t), m in by_paths.items() if t == threads}
        panels[0].loglog(list(runs), [m.wall_s for m in runs.values()], "o-", color=colour, label=f"{threads} thread{'s' * (threads > 1)}, wall clock")
        panels[0].loglog(list(runs), [m.cpu_s for m in runs.values()], "o--", color=colour, mfc="white", label=f"{threads} thread{'s' * (threads > 1)}, processor")
        panels[1].semilogx(list(runs), [m.peak_mb for m in runs.values()], "o-", color=colour, label=f"{threads} thread{'s' * (threads > 1)}")
    panels[0].set(title="Time against paths", xlabel="paths", ylabel="seconds, whole command")
    panels[1].set(title="Peak memory against paths", xlabel="paths", ylabel="MB")
    panels[2].plot(list(by_months), [m.cpu_s for m in by_months.values()], "o-", color=GREEN)
    panels[2].set(title=f"Against months ({paths:,} paths)", xlabel="months", ylabel="processor seconds", xlim=(0, None))
    panels[3].plot(list(by_markets), [m.cpu_s for m in by_markets.values()], "o-", color=GREEN)
    panels[3].set(title=f"Against markets ({paths:,} paths)", xlabel="segments × regions", ylabel="processor seconds", xlim=(0, None))
    for axes in panels[1:]:
        axes.set_ylim(0, 1.12 * axes.dataLim.ymax)
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color="#DDDDDD", lw=0.6)
    for axes in panels[:2]:
        axes.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(DOCS / "pictures" / "scale.png", dpi=100)


def rows_of(by_paths):
    return [(f"{n:,}", t, f"{m.wall_s:.2f}", f"{m.cpu_s:.2f}", f"{n / m.simulation_s:,.0f}", f"{m.peak_mb:.0f}", f"{m.file_mb:.1f}", f"{100 * m.spread:.0f} %" if m.spread else "once") for (n, t), m in by_paths.items()]


def largest(measured, fixed, each):
    """What ten million paths take: measured, or by the line through those that were."""
    most = max(measured)
    if most >= 10**7:
        m = measured[most]
        return f"The {most:,} paths took {m.wall_s / 60:.0f} minutes of wall clock and {m.cpu_s / 60:.0f} of processor time: {m.cpu_s / 120:.0f} minutes where two processors are free."
    return f"By the same line 10⁷ paths would take {(fixed + 1e7 * each) / 3600:.1f} hours of processor time (an extrapolation from {most:,}, not a measurement)."


def write_page(version, by_paths, kept, by_months, by_markets, paths, repeat):
    measured = {n: m for (n, t), m in by_paths.items() if t == 2}
    fixed, each = fit(list(measured), [m.cpu_s for m in measured.values()])
    one = {n: m for (n, t), m in by_paths.items() if t == 1}
    both = max(n for n in measured if n in one)
    everything = [*by_paths.values(), *by_months.values(), *by_markets.values()]
    months_fixed, months_each = fit(list(by_months), [m.cpu_s for m in by_months.values()])
    markets_fixed, markets_each = fit(list(by_markets), [m.cpu_s for m in by_markets.values()])
    most = max(measured)
    grown = max(by_markets) - min(by_markets)
    said = f"{1e6 * markets_each / paths:.0f} µs of processor time a path and market beside {markets_fixed:.1f} s"
    if markets_each * grown < 0.1 * max(m.cpu_s for m in by_markets.values()):
        said = f"from {min(by_markets)} to {max(by_markets)} markets the time moves by less than a tenth, within the noise"
    size = ("months", "paths", "processor s", "peak MB"), ("markets", "paths", "processor s", "peak MB")
    page = DOCS / "performance.md"
    last = page.read_text().partition("## Benchmark\n")  # not ours, and what follows it
    page.write_text(f"""# Time and memory

Written by `python docs/tables/scale.py build/moecast`, which measures everything anew. {version}.

Machine: {machine()}. Each number is the best of {repeat} repetitions of the whole command (`moecast run baseline --keep 0 --no-contrasts --no-report`), those of 30,000 paths and more made once. *Noise*: the slowest repetition took up to {100 * max(m.spread for m in everything):.0f} % longer than the best. The load of the machine was {os.getloadavg()[2]:.1f} over the last quarter of an hour; what lies above the threads measured was other work, which wall clock shows and processor time hardly. Differences below the noise say nothing.

![Time and peak memory against paths; processor time against months and markets](pictures/scale.png)

## Paths and threads

{table(("paths", "threads", "wall s", "processor s", "paths/s simulated", "peak MB", "run file MB", "spread"), rows_of(by_paths))}

Time is linear in paths: {1000 * each:.2f} ms of processor time a path and {fixed:.1f} s for the rest (catalogue, plan, run file, exports). At {both:,} paths two threads used {measured[both].cpu_s / one[both].cpu_s:.2f} times the processor time of one, so nearly nothing is lost to sharing out; they took {measured[both].wall_s / one[both].wall_s:.2f} times the wall clock, which is ½ where both processors are free and says nothing where they are not. {largest(measured, fixed, each)}

Memory is flat in the number of paths with `--keep 0`: {measured[3000].peak_mb:.0f} MB at 3,000 and {measured[most].peak_mb:.0f} MB at {most:,} paths on two threads. Paths are summed into exact counts as they finish, in tables whose size depends on outcomes and months alone; a thread adds its own. What little memory grows by is pages of these tables that no path had touched before. Keeping the first 2,000 paths one by one, as `moecast run` does unless told otherwise, makes it {kept.peak_mb:.0f} MB. Digests are the same on one and two threads: {"yes" if all(m.digest == one[n].digest for n, m in measured.items() if n in one) else "NO"}.

## Months

{table(size[0], [(k, f"{paths:,}", f"{m.cpu_s:.2f}", f"{m.peak_mb:.0f}") for k, m in by_months.items()])}

The baseline's start with another end, two threads; {1e6 * months_each / paths:.1f} µs of processor time a path and month beside {months_fixed:.1f} s. 240 months are the most that a scenario may have.

## Markets

{table(size[1], [(k, f"{paths:,}", f"{m.cpu_s:.2f}", f"{m.peak_mb:.0f}") for k, m in by_markets.items()])}

The baseline's five segments, its region `rest` split into as many parts as it takes, no claims, two threads, 84 months; {said}. Shares of markets are a small part of a month's work; costs and prices are by offering.
""" + "\n" * bool(last[1]) + last[1] + last[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("moecast")
    parser.add_argument("--most", type=int, default=100000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    moecast, size = pathlib.Path(given.moecast).resolve(), 4000
    by_paths = {}
    for threads in (1, 2):
        for n in PATHS:
            if n <= given.most and (threads == 2 or n <= ONE_THREAD_MOST):
                by_paths[n, threads] = measure(moecast, "baseline", n, threads, given.repeat if n <= REPEAT_MOST else 1)
    kept = measure(moecast, "baseline", 10000, 2, 1, ["--keep", 2000])
    with tempfile.TemporaryDirectory() as folder:
        by_months = {k: measure(moecast, with_months(folder, k), size, 2, given.repeat) for k in MONTHS}
        by_markets = {5 * k: measure(moecast, with_regions(folder, k), size, 2, given.repeat) for k in REGIONS}
    version = subprocess.run([moecast, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    picture(by_paths, by_months, by_markets, size)
    write_page(version, by_paths, kept, by_months, by_markets, size, given.repeat)


if __name__ == "__main__":
    main()
