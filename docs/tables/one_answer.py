"""Writes one_answer.md: the same run in every way there is to make it, and whether the digest is the same.

    python docs/tables/one_answer.py MOECAST [--also NAME=MOECAST ...] [--scenario S] [--paths N]

--also names further builds of the same sources, as that of another compiler (make CC=clang BUILD=build/clang build/clang/moecast). The Python package is
the one that this interpreter imports. tests/py/test_one_answer.py makes the same comparison with a small scenario.
"""
import argparse
import json
import os
import pathlib
import platform
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
THREADS = (1, 2, 3, 7)
NEEDED = {"scalar": set(), "avx2": {"avx2"}, "avx512": {"avx512f", "avx512dq", "avx512vl", "avx512bw"}}  # flags of the processor, by kernel
SEED, SHARDS = 7, 3
LEAN = ("--no-contrasts", "--no-report", "--quiet")
PYTHON = "import sys, moecast; print(moecast.run(sys.argv[1], paths=int(sys.argv[2]), seed=int(sys.argv[3]), threads=int(sys.argv[4])).digest)"
NOTES = """
Where it is not the same, and why:

* **Another scenario, catalogue, seed or set of paths** is another run: the digest covers the compiled plan, the seed, and the ledger of paths.
* **Another version of the model** may change any number, which is why paths of two versions or revisions are never mixed (`--resume` and `merge` refuse).
* **Contrasts, guesses and the vintage** are further runs. They are no part of the digest; the same program answers them with the same numbers after a
  resume or a merge.
* **Flags the Makefile does not use** (`-ffast-math`, contraction into fused operations) may change bits; nothing guards against them but the tests.
* **Machines that are not little-endian** are refused when the library is compiled. Not tried: kernels that this processor cannot run, processors other than
  x86-64, where only the scalar kernel exists, and a GSL other than the one named in `run.json`, which makes the plan's tables (the plan's hash would then differ, and say so).
"""


def kernels():
    """Those that this processor can run: with another the command refuses to run."""
    info = pathlib.Path("/proc/cpuinfo")
    flags = set(info.read_text().split()) if info.exists() and platform.machine() == "x86_64" else set()
    return [kernel for kernel, needed in NEEDED.items() if needed <= flags]


class Ways:
    """Makes the run in different ways in a folder of its own, and keeps a row (build, way, digest) of each."""

    def __init__(self, folder, scenario, paths):
        self.folder, self.scenario, self.paths, self.rows = pathlib.Path(folder), scenario, paths, []

    def words(self, moecast, out, *more):
        return [str(w) for w in (moecast, "run", self.scenario, "--paths", self.paths, "--seed", SEED, *LEAN, "-o", out, *more)]

    def place(self):
        return self.folder / str(len(list(self.folder.iterdir())))

    def add(self, build, way, out):
        self.rows.append((build, way, json.loads((out / "run.json").read_text())["digest"]))

    def plain(self, build, moecast, threads, kernel):
        out = self.place()
        env = {**os.environ, "MOECAST_KERNEL": kernel}
        done = subprocess.run(self.words(moecast, out, "--threads", threads), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        way = f"{kernel} kernel, {threads} thread{'s' if threads > 1 else ''}"
        if done.returncode:
            self.rows.append((build, f"{way}: {done.stderr.strip()}", None))
        else:
            self.add(build, way, out)

    def resumed(self, build, moecast):
        """Killed twice and once interrupted, each time after a checkpoint, then finished."""
        out = self.place()
        for sign in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
            process = subprocess.Popen(self.words(moecast, out, "--resume", "--checkpoint", "0.01"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            before = _changed(out / "run.moecast")
            while process.poll() is None and _changed(out / "run.moecast") == before:
                time.sleep(0.005)
            process.send_signal(sign)
            process.wait()
        subprocess.run(self.words(moecast, out, "--resume"), check=True, stdout=subprocess.DEVNULL)
        self.add(build, "killed, interrupted, killed, each time resumed", out)

    def extended(self, build, moecast):
        out = self.place()
        subprocess.run([*self.words(moecast, out), "--paths", str(self.paths // 3)], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([str(w) for w in (moecast, "run", "--resume", out, "--extend-to", self.paths, *LEAN)], check=True, stdout=subprocess.DEVNULL)
        self.add(build, "a third of the paths, then extended", out)

    def merged(self, build, moecast):
        shards, out = [self.folder / f"shard{i}-{build}" for i in range(1, SHARDS + 1)], self.place()
        for i, shard in enumerate(shards, 1):
            subprocess.run(self.words(moecast, shard, "--shard", f"{i}/{SHARDS}", "--threads", i), check=True, stdout=subprocess.DEVNULL)
        out = self.place()
        subprocess.run([str(w) for w in (moecast, "merge", *reversed(shards), "-o", out, *LEAN)], check=True, stdout=subprocess.DEVNULL)
        self.add(build, f"{SHARDS} shards on 1 to {SHARDS} threads, merged in reverse", out)

    def verified(self, build, moecast):
        """The run simulated again from what its file holds."""
        out = self.place()
        subprocess.run(self.words(moecast, out), check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run([moecast, "verify", out, "--quiet"], capture_output=True, text=True, check=False)
        digest = next((line.split()[1] for line in done.stdout.splitlines() if line.split()[:1] == ["digest"]), None)
        self.rows.append((build, "simulated again by `moecast verify`", digest if not done.returncode else None))

    def python(self, threads):
        words = [sys.executable, "-c", PYTHON, str(self.scenario), str(self.paths), str(SEED), str(threads)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        self.rows.append(("Python package", f"`moecast.run`, {threads} thread{'s' if threads > 1 else ''}", done.stdout.strip() if not done.returncode else None))

    def all_of(self, build, moecast):
        for kernel in kernels():
            for threads in THREADS:
                self.plain(build, moecast, threads, kernel)
        for way in (self.resumed, self.extended, self.merged, self.verified):
            way(build, moecast)

    def differing(self):
        return [row for row in self.rows if row[2] != self.rows[0][2]]


def _changed(path):
    return path.stat().st_mtime_ns if path.exists() else 0


def page(ways, facts):
    differing = ways.differing()
    count = len(ways.rows)
    verdict = f"All {count} digests are equal." if not differing else f"**{len(differing)} of {count} digests differ or are missing.**"
    rows = [f"| {build} | {way} | {'`' + digest[:16] + '`' if digest else 'none'} | {'yes' if digest == ways.rows[0][2] else '**no**'} |" for build, way, digest in ways.rows]
    head = (
        f"# One answer\n\nThe same run made in {count} ways: `{pathlib.Path(ways.scenario).stem}`, {ways.paths} paths, seed {SEED}, on {platform.machine()} with "
        f"{os.cpu_count()} processors. {verdict} Written by `docs/tables/one_answer.py`.\n\n"
    )
    builds = "".join(f"* {build}: {fact['compiler'].strip()}, GSL {fact['gsl_version']}, moecast {fact['version']}\n" for build, fact in facts.items())
    return head + builds + "\n| build | way | digest | the same |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n" + NOTES


def facts_of(ways, moecast):
    out = ways.place()
    subprocess.run([*ways.words(moecast, out), "--paths", "64"], check=True, stdout=subprocess.DEVNULL)
    return json.loads((out / "run.json").read_text())


def main():
    parser = argparse.ArgumentParser(description="Compares the digests of one run made in many ways.")
    parser.add_argument("moecast")
    parser.add_argument("--also", action="append", default=[], metavar="NAME=MOECAST")
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--paths", type=int, default=4000)
    options = parser.parse_args()
    builds = {"gcc": options.moecast, **dict(also.split("=", 1) for also in options.also)}
    with tempfile.TemporaryDirectory() as folder:
        ways = Ways(folder, options.scenario, options.paths)
        facts = {build: facts_of(ways, moecast) for build, moecast in builds.items()}
        for build, moecast in builds.items():
            ways.all_of(build, moecast)
        for threads in (1, 2):
            ways.python(threads)
    (HERE / "one_answer.md").write_text(page(ways, facts))
    return 1 if ways.differing() else 0


if __name__ == "__main__":
    sys.exit(main())
