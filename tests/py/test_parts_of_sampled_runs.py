"""Shards, checkpoints and growing runs under samplers with replicates: the digest of one undisturbed run, or one sentence."""
import hashlib
import itertools
import json
import os
import pathlib
import random
import signal
import sqlite3
import struct
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve()
PATHS, REPLICATES, GRANULE = 3001, 4, 4 * 64
LEAN = ["--no-contrasts", "--no-report", "--quiet", "--keep", "40", "--threads", "2"]
SMALL = "moecast: 1\nname: small\nextends: baseline\ntime: {start: 2024-01, end: 2024-12}\n"
TARGET = "share.world_open@2024-12"
SAMPLERS = ["sobol", "lhs", "mc"]


class Place:
    """A folder with the scenario, and undisturbed runs of it, one a sampler."""

    def __init__(self, folder):
        self.folder = folder
        self.scenario = folder / "small.yaml"
        self.scenario.write_text(SMALL)
        self.seconds = {}
        for sampler in SAMPLERS:
            begin = time.monotonic()
            done = self.run(sampler, folder / sampler)
            self.seconds[sampler] = time.monotonic() - begin
            assert done.returncode == 0, done.stderr

    def words(self, sampler, out, *more):
        how = ["--sampler", sampler, "--replicates", REPLICATES, "--seed", 5, *([] if "--paths" in more else ["--paths", PATHS])]
        return [str(w) for w in (BIN, "run", self.scenario, *how, *LEAN, "-o", out, *more)]

    def run(self, sampler, out, *more):
        return subprocess.run(self.words(sampler, out, *more), capture_output=True, text=True, timeout=120)

    def digest(self, sampler):
        return digest_of(self.folder / sampler)


def moecast(*words):
    return subprocess.run([str(w) for w in (BIN, *words)], capture_output=True, text=True, timeout=120)


def digest_of(out):
    return json.loads((out / "run.json").read_text())["digest"]


def refused(done, code, *words):
    assert done.returncode == code and done.stderr.count("\n") == 1 and all(word in done.stderr for word in words), (done.returncode, done.stderr)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place(tmp_path_factory.mktemp("sampled"))


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.slow
def test_shards_merge_to_the_whole_run_and_verify(place, tmp_path, sampler):
    shards = [tmp_path / str(i) for i in (2, 3, 1)]
    for shard in shards:
        done = place.run(sampler, shard, "--shard", f"{shard.name}/3")
        assert done.returncode == 0, done.stderr
        (first, last), = json.loads((shard / "run.json").read_text())["ledger"]
        assert first % GRANULE == 0 and ((last + 1) % GRANULE == 0 or last + 1 == PATHS)
    done = moecast("merge", *shards, "-o", tmp_path / "whole", "--no-contrasts", "--no-report", "--quiet")
    assert done.returncode == 0, done.stderr
    assert digest_of(tmp_path / "whole") == place.digest(sampler)
    for one in (tmp_path / "whole", shards[0]):
        done = moecast("verify", one, "--quiet")
        assert done.returncode == 0, done.stderr
    refused(place.run(sampler, tmp_path / "many", "--paths", 300, "--shard", "1/3"), 2, "too few for 3 shards")


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.slow
def test_a_killed_run_is_gone_on_with_to_the_same_digest(place, tmp_path, sampler):
    dice = random.Random(sampler)
    for sign in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
        process = subprocess.Popen(place.words(sampler, tmp_path, "--resume", "--checkpoint", "0.02"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(dice.uniform(0.2, 0.6) * place.seconds[sampler])
        process.send_signal(sign)
        _, said = process.communicate(timeout=60)
        assert process.returncode in (0, -sign, 130), said
        if (tmp_path / "run.moecast").exists():
            with sqlite3.connect(f"file:{tmp_path / 'run.moecast'}?immutable=1", uri=True) as file:
                ledger = file.execute("SELECT first, paths FROM ledger").fetchall()
            assert not ledger or len(ledger) == 1 and ledger[0][0] == 0 and (ledger[0][1] % GRANULE == 0 or ledger[0][1] == PATHS), (sign, ledger)
    done = place.run(sampler, tmp_path, "--resume")
    assert done.returncode == 0, done.stderr
    assert digest_of(tmp_path) == place.digest(sampler)


@pytest.mark.slow
def test_sobol_runs_are_extended_from_any_number_of_paths_and_hypercubes_are_not(place, tmp_path):
    for sampler in ("sobol", "lhs"):
        assert place.run(sampler, tmp_path / sampler, "--paths", 777).returncode == 0
    done = moecast("run", "--resume", tmp_path / "sobol", "--extend-to", PATHS, *LEAN)
    assert done.returncode == 0 and digest_of(tmp_path / "sobol") == place.digest("sobol"), done.stderr
    refused(moecast("run", "--resume", tmp_path / "lhs", "--extend-to", PATHS, *LEAN), 2, "Latin hypercube cannot be extended")
    done = moecast("run", "--resume", tmp_path / "lhs", "--extend-to", 777, *LEAN)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_run_to_a_precision_goes_on_where_it_was_broken_off(place, tmp_path):
    aim = ["--paths", "512", "--precision", f"{TARGET}:0.00035", "--max-paths", "4000"]
    whole = place.run("sobol", tmp_path / "whole", *aim)
    assert whole.returncode == 0, whole.stderr
    assert json.loads((tmp_path / "whole/run.json").read_text())["paths"] > 512
    for sign in (signal.SIGKILL, signal.SIGINT):
        out = tmp_path / sign.name
        process = subprocess.Popen(place.words("sobol", out, *aim, "--resume", "--checkpoint", "0.01"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(0.4 * place.seconds["sobol"])
        process.send_signal(sign)
        _, said = process.communicate(timeout=60)
        assert process.returncode in (0, -sign, 3, 130), said
        done = place.run("sobol", out, *aim, "--resume")
        assert done.returncode == 0, done.stderr
        assert digest_of(out) == digest_of(tmp_path / "whole")


def test_a_finished_run_goes_on_to_a_precision(place, tmp_path):
    assert place.run("sobol", tmp_path, "--paths", 777).returncode == 0
    done = moecast("run", "--resume", tmp_path, "--precision", f"{TARGET}:0.00001", "--max-paths", PATHS, *LEAN)
    assert done.returncode == 3 and digest_of(tmp_path) == place.digest("sobol"), done.stderr


def test_what_does_not_go_together_is_refused_in_one_sentence(place, tmp_path):
    shards = [tmp_path / "a", tmp_path / "b"]
    assert place.run("sobol", shards[0], "--shard", "1/2").returncode == 0
    assert place.run("lhs", shards[1], "--shard", "2/2").returncode == 0
    refused(moecast("merge", *shards, "-o", tmp_path / "c"), 2, "its sampler is lhs, here it is sobol")
    refused(moecast("run", "--resume", place.folder / "sobol", "--sampler", "mc"), 2, "has the sampler sobol, not mc")
    refused(moecast("run", "--resume", place.folder / "sobol", "--sampler", "sobl"), 2, "mc, lhs or sobol")
    refused(moecast("run", "--resume", place.folder / "sobol", "--replicates", 8), 2, "has replicates 4, not 8")
    refused(moecast("run", "--resume", place.folder / "lhs", "--precision", f"{TARGET}:1"), 2, "cannot grow")
    refused(moecast("run", "--resume", shards[0], "--precision", f"{TARGET}:1"), 2, "a shard cannot run to a precision")
    refused(moecast("run", place.scenario, "--shard", "1/2", "--precision", f"{TARGET}:1"), 2, "--precision does not go with --shard")
    refused(moecast("run", "--resume", place.folder / "sobol", "--extend-to", 9999, "--precision", f"{TARGET}:1"), 2, "--precision does not go with --extend-to")


@pytest.mark.parametrize("sampler", ["sobol", "lhs"])
def test_the_digest_follows_from_the_file_alone(place, sampler):
    with sqlite3.connect(f"file:{place.folder / sampler / 'run.moecast'}?immutable=1", uri=True) as file:
        meta = dict(file.execute("SELECT key, value FROM meta"))
        section = dict(file.execute("SELECT name, bytes FROM section"))
        tallies = list(itertools.chain.from_iterable(file.execute("SELECT hits, count FROM tally ORDER BY position")))
        failures = [paths for (paths,) in file.execute("SELECT paths FROM failure ORDER BY cause")]
    of_replicates = struct.unpack(f"<{len(section['replicate_tally']) // 8}Q", section["replicate_tally"])
    stride = len(of_replicates) // REPLICATES
    used = [of_replicates[r * stride:r * stride + len(tallies)] for r in range(REPLICATES)]
    assert [sum(column) for column in zip(*used, strict=True)] == tallies
    words = [int(meta["seed"]), 0, PATHS, *tallies, *failures]
    after = [("mc", "lhs", "sobol").index(sampler), REPLICATES, int(meta["strata"]), *itertools.chain.from_iterable(used)]
    bytes_ = struct.pack(f"<{len(words)}Q", *words) + section["statistics"] + section["monthly"] + struct.pack(f"<{len(after)}Q", *after)
    bytes_ += section["replicates"] + section["monthly_replicates"]
    assert hashlib.sha256(meta["plan_sha256"].encode() + bytes_).hexdigest() == meta["digest"] == place.digest(sampler)
