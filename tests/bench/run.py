"""The benchmark: how fast the parts of a run are, against the same work in NumPy, numba and GSL, and against what the processor can do.

    make bench        builds the programs, installs numba, runs this, prints the table and writes build/bench.json

    inputs.py         what is measured on which numbers, the same for all
    bench_kernels.c   our functions, one file of works (work_*.c) an idea; one program a variant
    bench_gsl.c       GSL's
    limits.c          rates of the processor: arithmetic, division, memory
    peers_numpy*.py, peers_numba*.py, cost_terms.py
    operations.py     counts what a work needs at least, for the fraction of a limit
    page.py           the section of docs/performance.md

First every peer must give our numbers, to 1e-9; the benchmark ends with an error if one does not. Then rounds: in each, everything is timed once, in turn, so that
what else happens on the machine meets all alike. A rate is the median over rounds; processor time for what runs on one core, the run's own wall clock for runs.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent)]
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # read when numba is loaded

import inputs as work_inputs
import numpy as np
import operations
import page
import peers_numpy
import peers_numpy_cost
from oracle.catalogue import Catalogue
from programs import Program

COSTS = {"fold": peers_numpy_cost.Fold, "machine": peers_numpy_cost.Machines, "cost": peers_numpy_cost.Cost}  # compared by the cost that follows
CATALOGUE = ROOT / "scenarios" / "catalogue"
SAME = 1e-9


@dataclass
class Work:
    """A row: whose rates stand in it, and the limit they are held against."""

    name: str
    title: str
    unit: str
    ours: str = ""      # work of bench_kernels.c; the name unless given
    gsl: str = ""       # work of bench_gsl.c
    limit: str = ""     # "arithmetic" or "memory"
    bytes: float = 0.0  # read from memory a unit, at least
    rates: dict = field(default_factory=dict)


# A row of counts, 8 kB, is read for each 512 values, and their waiting bins; merging reads two sets of counts and of sums.
STATISTICS_BYTES, MERGE_BYTES = 2048 * 4 / 512 + 2, 2 * (2048 * 4 + 72)
WORKS = (
    Work("exp", "exponential", "values", limit="arithmetic"),
    Work("log", "logarithm", "values", limit="arithmetic"),
    Work("quantile", "normal quantile", "values", gsl="quantile", limit="arithmetic"),
    Work("normals", "normals by address: Philox, uniform, quantile", "normals"),
    Work("any_normals", "normals, each by its own means (GSL: ziggurat)", "normals", ours="normals", gsl="ziggurat"),
    Work("polar", "the same (GSL: polar)", "normals", ours="normals", gsl="polar"),
    Work("fold", "fold of a shape's paths", "path × shape", limit="arithmetic"),
    Work("machine", "fold of a machine's paths", "path × machine", limit="arithmetic"),
    Work("cost", "cost kernel", "path × shape × machine", limit="arithmetic"),
    Work("market", "market step", "offerings in markets", limit="arithmetic"),
    Work("statistics", "adding to statistics", "values", gsl="statistics", limit="memory", bytes=STATISTICS_BYTES),
    Work("merge", "merging statistics", "cells", limit="memory", bytes=MERGE_BYTES),
)


def fail(text):
    sys.exit(f"bench: {text}")


# ---- whether all give the same numbers -----------------------------------------------------------------------------------------------------------------


def compare(what, ours, theirs, tolerance=SAME):
    if ours.shape != theirs.shape:
        fail(f"{what}: {theirs.shape} numbers against our {ours.shape}")
    off = np.abs(theirs - ours) / np.maximum(np.abs(ours), 1e-300)
    off[theirs == ours] = 0
    worst = float(np.max(off))
    if not worst <= tolerance:
        fail(f"{what}: differs from ours by {worst:.3g} of the number, more than {tolerance:g}")
    return worst


def expect_normal(what, z):
    n = z.size
    skew, excess = np.mean(z**3), np.mean(z**4) - 3
    if abs(z.mean()) > 5 / n**0.5 or abs(z.var() - 1) > 5 * (2 / n) ** 0.5 or abs(skew) > 5 * (15 / n) ** 0.5 or abs(excess) > 6 * (96 / n) ** 0.5:
        fail(f"{what}: no standard normals: mean {z.mean():.4g}, variance {z.var():.4g}, skewness {skew:.3g}, excess {excess:.3g}")


def compare_statistics(what, ours, theirs):
    """Means and deviations; quantiles, if any, to the width of our bins and of the step between two paths."""
    worst = compare(what, ours[:, :2], theirs[:, :2])
    if theirs.shape[1] > 2:
        compare(f"{what}, quantiles", ours[:, 2:], theirs[:, 2:], 0.1)
    return worst


def check(work, ours, peer, whose):
    """Passes once and compares. `ours`: our numbers, paths last."""
    what = f"{work.name} in {whose}"
    peer.run()
    theirs = peer.result()
    if theirs is None:
        return None
    if work.name == "any_normals":
        return expect_normal(what, theirs.ravel())
    if work.name == "statistics":
        return compare_statistics(what, ours, theirs)
    return compare(what, ours, theirs)


def our_numbers(program, work, inputs):
    x = program.written(work, inputs.folder / f"{'cost' if work in COSTS else work}.ours")
    if work == "normals":
        return x.reshape(2, -1)
    if work in ("statistics", "merge"):
        return x.reshape(-1, 5)
    if work in COSTS:
        return work_inputs.unblocked(x.reshape(-1, len(work_inputs.MACHINES), len(work_inputs.SHAPES), 3, work_inputs.BLOCK))
    if work == "market":
        segments, regions, offerings = inputs.market.share.shape[:3]
        return work_inputs.unblocked(x.reshape(-1, segments, regions, offerings, work_inputs.BLOCK))
    return x


def check_gsl(program, inputs, ours):
    compare("quantile in GSL", ours["quantile"], program.written("quantile", inputs.folder / "quantile.gsl"))
    for name in ("ziggurat", "polar"):
        expect_normal(f"{name} in GSL", program.written(name, inputs.folder / f"{name}.gsl"))
    program.ask("write", "statistics")
    mean, variance = (np.fromfile(inputs.folder / f"statistics_{name}.gsl") for name in ("mean", "variance"))
    compare("statistics in GSL", ours["statistics"][:, :2], np.stack([mean, np.sqrt(variance)], axis=1))


# ---- timing --------------------------------------------------------------------------------------------------------------------------------------------


def peer_rate(peer, seconds):
    """Units a second of processor time; passes are counted as server.c does."""
    begin, units, passes, passed = time.process_time(), 0, 1, 0.0
    while passed < seconds:
        for _ in range(passes):
            units += peer.run()
        passed = time.process_time() - begin
        passes = 2 * passes if passed < 0.25 * seconds else passes
    return units / passed


def run_once(moecast, paths, threads):
    """A run of the baseline: seconds of its simulation by wall clock, processor seconds of all of it, and what it says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        words = [moecast, "run", "baseline", "--paths", paths, "--threads", threads, "--keep", 0, "--no-contrasts", "--no-report", "--quiet", "-o", folder]
        process = subprocess.Popen([*map(str, words)], stdout=subprocess.DEVNULL)
        _, code, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
        if process.returncode:
            fail(f"{' '.join(map(str, words))} failed")
        said = json.loads((pathlib.Path(folder) / "run.json").read_text(encoding="utf-8"))
    return said["seconds"], usage.ru_utime + usage.ru_stime, said


class Runs:
    """Whole runs: paths a second of wall clock by threads, and of processor time on one thread, less what a run of one block takes beside its paths."""

    FEW = 64

    def __init__(self, moecast, paths):
        self.moecast, self.paths = moecast, paths
        self.threads = [threads for threads in (1, 2) if threads <= (os.cpu_count() or 1)]
        self.wall, self.processor = {threads: [] for threads in self.threads}, []

    def round(self):
        beside = run_once(self.moecast, self.FEW, 1)[1]
        for threads in self.threads:
            wall_s, processor_s, _ = run_once(self.moecast, self.paths, threads)
            self.wall[threads].append(self.paths / wall_s)
            if threads == 1:
                self.processor.append((self.paths - self.FEW) / max(processor_s - beside, 1e-9))

    def rows(self):
        row = lambda work, rate, share=None, limit=None: {
            "work": work, "unit": "paths", "ours": rate, "numpy": None, "numba": None, "gsl": None, "ratio_numpy": None, "ratio_numba": None, "ratio_gsl": None,
            "fraction_of_limit": share, "limit": limit, "spread": None}
        wall = {threads: statistics.median(found) for threads, found in self.wall.items()}
        rows = [row("whole run, a core (processor time)", statistics.median(self.processor)), row("whole run, 1 thread (wall clock)", wall[1])]
        return rows + [row(f"whole run, {n} threads (wall clock)", rate, rate / wall[1] / n, f"{n} times one thread") for n, rate in wall.items() if n > 1]


class Bench:
    """Everything that is timed, by work and whose it is: a function of seconds that gives a rate."""

    def __init__(self, build, variant, inputs, seconds):
        self.seconds, self.inputs = seconds, inputs
        self.kernels = Program(build / f"kernels_{variant}", inputs.folder, CATALOGUE)
        self.gsl = Program(build / "gsl", inputs.folder)
        self.limits = Program(build / f"limits_{variant}", inputs.folder)
        self.timed, self.agreement = {}, {}

    def add(self, work, whose, rate):
        self.timed[work.name, whose] = (rate, [])

    def prepare(self, numba_peers):
        """Programs and peers, checked."""
        make_numpy = peers_numpy.peers(self.inputs) | {name: lambda made=made: made(self.inputs.cost) for name, made in COSTS.items()}
        ours = {name: our_numbers(self.kernels, name, self.inputs) for name in dict.fromkeys(w.ours or w.name for w in WORKS)}
        check_gsl(self.gsl, self.inputs, ours)
        for work in WORKS:
            name = work.ours or work.name
            self.add(work, "ours", lambda s, name=name: self.kernels.rate(name, s))
            if work.gsl:
                self.add(work, "gsl", lambda s, name=work.gsl: self.gsl.rate(name, s))
            for whose, peers in (("numpy", make_numpy), ("numba", numba_peers)):
                if work.name not in peers:
                    continue
                peer = peers[work.name]()
                self.agreement[work.name, whose] = check(work, ours[name], peer, whose)
                self.add(work, whose, lambda s, peer=peer: peer_rate(peer, s))
        for name, *_ in LIMITS:
            self.timed[name, "limit"] = (lambda s, name=name: self.limits.rate(name, s), [])

    def round(self, keep=True):
        for rate, found in self.timed.values():
            value = rate(self.seconds)
            if keep:
                found.append(value)

    def median(self, name, whose):
        found = self.timed.get((name, whose), (None, []))[1]
        return statistics.median(found) if found else None

    def spread(self, name, whose):
        """Half the middle half of the repetitions, over the median."""
        found = self.timed[name, whose][1]
        if len(found) < 4:
            return None
        low, _, high = statistics.quantiles(found, n=4)
        return (high - low) / 2 / statistics.median(found)

    def close(self):
        for program in (self.kernels, self.gsl, self.limits):
            program.close()


# ---- the table -----------------------------------------------------------------------------------------------------------------------------------------


def limit_of(work, bench, limits):
    """Units a second that the processor could do at most, and a sentence."""
    if work.limit == "memory":
        return limits["read"] / work.bytes, f"memory: {work.bytes:,.0f} bytes read"
    if work.limit != "arithmetic":
        return None, None
    if work.name in ("exp", "log"):
        need = operations.EXP if work.name == "exp" else operations.LOG
    elif work.name in COSTS:
        need = operations.count(lambda i: COSTS[work.name](i.cost, work_inputs.BLOCK), bench.inputs)
    else:
        need = operations.count(lambda i: peers_numpy.peers(i)[work.name](), bench.inputs)
    simple_s, divide_s = need.simple / limits["arithmetic"], need.divisions / limits["divide"]
    bound = "arithmetic" if simple_s >= divide_s else "division"
    return 1 / max(simple_s, divide_s), f"{bound}: {need.simple:.0f} operations, {need.divisions:.1f} divisions"


def over(a, b):
    return a / b if a and b else None


def make_row(work, bench, limits):
    rate = {whose: bench.median(work.name, whose) for whose in ("ours", "numpy", "numba", "gsl")}
    most, sentence = limit_of(work, bench, limits)
    return {
        "work": work.title, "unit": work.unit, **rate, "ratio_numpy": over(rate["ours"], rate["numpy"]), "ratio_numba": over(rate["ours"], rate["numba"]),
        "ratio_gsl": over(rate["ours"], rate["gsl"]), "fraction_of_limit": over(rate["ours"], most), "limit": sentence, "spread": bench.spread(work.name, "ours")}


def short(x):
    if x is None:
        return "–"
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if x >= size:
            return f"{x / size:.3g} {unit}"
    return f"{x:.3g}"


def times(x):
    return "–" if x is None else f"{x:.3g}"


def share(x):
    return "–" if x is None else f"{100 * x:.0f} %"


COLUMNS = ("work", "unit a second", "ours", "NumPy", "numba", "GSL", "× NumPy", "× numba", "× GSL", "of limit", "limit", "±")


def cells(row):
    return [row["work"], row["unit"], *(short(row[k]) for k in ("ours", "numpy", "numba", "gsl")), *(times(row[k]) for k in ("ratio_numpy", "ratio_numba", "ratio_gsl")),
            share(row["fraction_of_limit"]), row["limit"] or "–", share(row["spread"])]


def table(rows):
    lines = [COLUMNS, *map(cells, rows)]
    return "\n".join("| " + " | ".join(line) + " |" + ("\n|" + "--|" * 2 + "--:|" * 8 + "--|--:|" if i == 0 else "") for i, line in enumerate(lines))


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if pathlib.Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def load():
    return round(os.getloadavg()[0], 2)


LIMITS = (("add_multiply", "additions and multiplications", " "), ("fused", "the same, fused", " "), ("divide", "divisions", " "), ("read", "reading memory", "B"))


def describe(said, numba, load_before):
    versions = {"moecast": said["version"], "GSL": said["gsl_version"], "Python": platform.python_version(), "NumPy": np.__version__, "numba": numba and numba.version}
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"), "revision": said["git_revision"], "processor": processor(), "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}", "compiler": said["compiler"], "variant": said["kernel_variant"], "versions": versions,
        "numba_vector_library": numba and numba.has_vector_library(), "load_before": load_before, "load_after": load()}


def sentence(h):
    versions = ", ".join(f"{k} {v}" for k, v in h["versions"].items() if v)
    return (f"{h['date']}, revision {h['revision']}: {h['processor']}, {h['cores']} cores, {h['system']}; {h['compiler']}, variant {h['variant']}; {versions}"
            + ("" if h["numba_vector_library"] else " (no vector library in numba)" if h["versions"]["numba"] else "")
            + f"; load of the machine {h['load_before']} before, {h['load_after']} after, of which this benchmark is 1.")


def load_numba(cache):
    """The module of peers with numba, which compiles them into a folder of the build; None where numba is missing."""
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache))
    try:
        import peers_numba
    except ImportError:
        return None
    peers_numba.use(1)
    return peers_numba


def make_numba_peers(numba, inputs):
    import peers_numba_cost as made

    costs = {"fold": made.Fold, "machine": made.Machines, "cost": made.Cost}
    forms = (work_inputs.blocked, work_inputs.unblocked)
    return numba.peers(inputs, *forms) | {name: lambda make=make: make(inputs.cost, *forms) for name, make in costs.items()}


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("build", type=pathlib.Path, help="folder of the build")
    words.add_argument("--out", type=pathlib.Path, help="the table as JSON (BUILD/bench.json)")
    words.add_argument("--rounds", type=int, default=9)
    words.add_argument("--seconds", type=float, default=0.1, help="of one repetition")
    words.add_argument("--paths", type=int, default=6000, help="of a whole run")
    words.add_argument("--page", type=pathlib.Path, help="also write the section of this page")
    words.add_argument("--quick", action="store_true", help="little of everything: for the test of this program")
    options = words.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.paths = 1, 0.002, 256
    load_before, numba = load(), load_numba(options.build / "numba")
    moecast = options.build / "moecast"
    said, runs = run_once(moecast, Runs.FEW, 1)[2], Runs(moecast, options.paths)
    with tempfile.TemporaryDirectory() as folder:
        inputs = work_inputs.make(folder, Catalogue(CATALOGUE), options.quick)
        bench = Bench(options.build / "bench", said["kernel_variant"], inputs, options.seconds)
        bench.prepare(make_numba_peers(numba, inputs) if numba else {})
        bench.round(keep=False)
        for _ in range(options.rounds):
            bench.round()
            runs.round()
        limits = {name: bench.median(name, "limit") for name, *_ in LIMITS}
        limits["arithmetic"] = max(limits["add_multiply"], limits["fused"])
        rows = [make_row(work, bench, limits) for work in WORKS] + runs.rows()
        bench.close()
    header = describe(said, numba, load_before)
    header |= {"rounds": options.rounds, "seconds_a_repetition": options.seconds, "limits": limits}
    out = options.out or options.build / "bench.json"
    agreement = [{"work": work, "peer": peer, "worst": worst} for (work, peer), worst in bench.agreement.items()]
    out.write_text(json.dumps({"header": header, "rows": rows, "agreement": agreement}, indent=1) + "\n", encoding="utf-8")
    rates_of = ", ".join(f"{title} {short(limits[name])}{unit.strip()}/s" for name, title, unit in LIMITS)
    print(f"{sentence(header)}\n\n{table(rows)}\n\nlimits: {rates_of}")
    if options.page:
        page.write(options.page, page.section(sentence(header), table(rows), rates_of, options.rounds, options.seconds))
    if not numba:
        print("numba is missing: its columns are empty")


if __name__ == "__main__":
    main()
