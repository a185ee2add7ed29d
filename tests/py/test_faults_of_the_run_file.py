"""The run file under kill -9, torn bytes, full disks, read-only folders, two writers, and shards that are twice, missing or foreign: the digest of a run that
nobody disturbed, or one sentence; never a wrong answer, never a file left over that blocks the next run. The short form; `make soak` runs hundreds of trials."""
import fcntl
import hashlib
import itertools
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve()
PATHS, SEED, SHARDS = 1607, 5, 3
LEAN = ["--no-contrasts", "--no-report", "--quiet", "--keep", "40", "--threads", "2"]
EXPORTS = {"summary.csv", "claims.csv", "run.json"}
SMALL = "moecast: 1\nname: small\nextends: baseline\ntime: {start: 2024-01, end: 2024-12}\n"


class Place:
    """A folder with the scenario, an undisturbed run of it, its shards, and fresh folders for trials."""

    def __init__(self, folder):
        self.folder = folder
        self.scenario = folder / "small.yaml"
        self.scenario.write_text(SMALL)
        begin = time.monotonic()
        done = self.run(folder / "whole")
        self.seconds = time.monotonic() - begin
        assert done.returncode == 0, done.stderr
        self.digest = self.digest_of(folder / "whole")
        self.shards = [folder / f"shard{i}" for i in range(1, SHARDS + 1)]
        for i, shard in enumerate(self.shards, 1):
            done = self.run(shard, "--shard", f"{i}/{SHARDS}")
            assert done.returncode == 0, done.stderr
        self.count = 0

    def words(self, out, *more):
        return [str(w) for w in (BIN, "run", self.scenario, "--paths", PATHS, "--seed", SEED, *LEAN, "-o", out, *more)]

    def run(self, out, *more, **options):
        return subprocess.run(self.words(out, *more), capture_output=True, text=True, timeout=60, **options)

    def resume(self, out, **options):
        return subprocess.run([str(w) for w in (BIN, "run", "--resume", out, *LEAN)], capture_output=True, text=True, timeout=60, **options)

    def merge(self, shards, out, **options):
        words = (BIN, "merge", *shards, "-o", out, "--no-contrasts", "--no-report", "--quiet")
        return subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=60, **options)

    def fresh(self):
        self.count += 1
        return self.folder / f"trial{self.count}"

    @staticmethod
    def digest_of(out):
        return json.loads((out / "run.json").read_text())["digest"]

    def check_whole(self, done, out):
        """The run ended well, with the digest and the files of one that nobody disturbed."""
        assert done.returncode == 0, done.stderr
        assert self.digest_of(out) == self.digest
        assert {p.name for p in out.iterdir()} == EXPORTS | {"run.moecast"}
        shutil.rmtree(out)


def refused(done, code, *words):
    assert done.returncode == code, (done.returncode, done.stderr)
    assert done.stderr.count("\n") == 1 and all(word in done.stderr for word in words), done.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place(tmp_path_factory.mktemp("faults"))


# ---- trials: each takes a place and a random generator -------------------------------------------------------------------------------------------


def kill_at_random(place, dice, words, sign, patience=1.1):
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(dice.uniform(0, patience * place.seconds))
    process.send_signal(sign)
    _, said = process.communicate(timeout=60)
    return process.returncode, said


def trial_killed_and_resumed(place, dice):
    out, sign = place.fresh(), dice.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGINT])
    for _ in range(dice.randint(1, 3)):
        more = ["--resume", "--checkpoint", dice.choice(["0", "0.02", "0.1", "9"])]
        code, said = kill_at_random(place, dice, place.words(out, *more), sign)
        assert code in (0, -sign, 130), said
        assert code != 130 or ("goes on" in said and (out / "run.moecast").exists()), said
        check_readable(out / "run.moecast")
    place.check_whole(place.run(out, "--resume"), out)


def check_readable(path):
    """Whatever happened, a run file that is there is one that can be read."""
    if path.exists():
        done = subprocess.run([BIN, "verify", "--quick", path], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr


def trial_killed_while_extended(place, dice):
    out = place.fresh()
    assert place.run(out, "--paths", dice.randint(1, PATHS - 1)).returncode == 0
    words = [str(w) for w in (BIN, "run", "--resume", out, "--extend-to", PATHS, *LEAN, "--checkpoint", "0.02")]
    kill_at_random(place, dice, words, signal.SIGKILL)
    check_readable(out / "run.moecast")
    place.check_whole(subprocess.run(words, capture_output=True, text=True, timeout=60), out)


def trial_killed_merge(place, dice):
    out = place.fresh()
    words = [str(w) for w in (BIN, "merge", *place.shards, "-o", out, "--no-contrasts", "--no-report")]
    kill_at_random(place, dice, words, signal.SIGKILL)
    check_readable(out / "run.moecast")
    place.check_whole(place.merge(place.shards, out), out)


def begun(place, dice):
    """A folder with a run that was broken off (or is finished, when it was fast)."""
    out, patience = place.fresh(), 1.1
    while not (out / "run.moecast").exists():
        kill_at_random(place, dice, place.words(out, "--resume", "--checkpoint", "0.01"), signal.SIGKILL, patience)
        patience *= 2  # a machine that got busier
    return out


def tear(path, dice):
    bytes_ = bytearray(path.read_bytes())
    kind = dice.choice(["cut", "flip", "zeros", "garbage", "empty"])
    at = dice.randrange(len(bytes_))
    if kind == "cut":
        del bytes_[at:]
    elif kind == "flip":
        bytes_[at] ^= 1 << dice.randrange(8)
    elif kind == "zeros":
        bytes_[at:at + 512] = bytes(len(bytes_[at:at + 512]))
    elif kind == "garbage":
        bytes_[at:at + 4096] = dice.randbytes(len(bytes_[at:at + 4096]))
    else:
        bytes_.clear()
    path.write_bytes(bytes_)


def trial_torn_file(place, dice):
    out = begun(place, dice)
    tear(out / "run.moecast", dice)
    done = place.resume(out)
    if done.returncode:
        refused(done, 4, "run.moecast")
        assert place.run(out).returncode == 0  # without --resume the folder is as good as any
    else:
        assert place.digest_of(out) == place.digest  # the damage lay where nothing is stored
    shutil.rmtree(out)


def trial_torn_leftovers(place, dice):
    """What a killed writer leaves is swept; a journal beside the file is not believed."""
    out = begun(place, dice)
    gone = subprocess.Popen(["true"])
    gone.wait()
    for name in (f"run.moecast.tmp-{gone.pid}-0", f"run.moecast.tmp-{gone.pid}-0-journal", f"summary.csv.tmp-{gone.pid}-1"):
        shutil.copy(out / "run.moecast", out / name)
        tear(out / name, dice)
    journal = out / "run.moecast-journal"
    shutil.copy(out / "run.moecast", journal)
    journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + journal.read_bytes()[8:])
    tear(journal, dice)
    done = place.resume(out)
    journal.unlink()
    place.check_whole(done, out)


def limited(bytes_):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, bytes_))

    return limit


def trial_full_disk(place, dice):
    """The system's limit on file sizes stands for the disk's end."""
    out = begun(place, dice)
    before = (out / "run.moecast").read_bytes()
    done = place.run(out, "--resume", "--checkpoint", "0.02", preexec_fn=limited(dice.randint(0, len(before) - 1)))
    refused(done, 4, "run.moecast")
    assert (out / "run.moecast").read_bytes() == before
    assert not [p for p in out.iterdir() if ".tmp-" in p.name]
    place.check_whole(place.resume(out), out)


def trial_two_writers(place, dice):
    out = place.fresh()
    both = [subprocess.Popen(place.words(out, "--checkpoint", "0.02"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(dice.randint(2, 3))]
    ends = [(p.communicate(timeout=60)[1], p.returncode) for p in both]
    assert sum(code == 0 for _, code in ends) >= 1
    assert all(code == 0 or code == 4 and "another run is writing into it" in said and said.count("\n") == 1 for said, code in ends), ends
    place.check_whole(place.run(out, "--resume"), out)


def trial_shards(place, dice):
    out, shards = place.fresh(), list(place.shards)
    dice.shuffle(shards)
    twice, short = [*shards, dice.choice(shards)], shards[1:]
    dice.shuffle(twice)
    refused(place.merge(twice, out), 2, "are there already (in ")
    refused(place.merge(short, out), 2, "are in none of the shards")
    refused(place.merge([*short, place.folder / "whole"], out), 2, "of another run")
    torn = place.fresh()
    shutil.copytree(shards[0], torn)
    tear(torn / "run.moecast", dice)
    done = place.merge([*short, torn], out)
    if done.returncode:
        refused(done, 4, str(torn))
        assert not list(out.iterdir())
        done = place.merge(shards, out)
    place.check_whole(done, out)


TRIALS = [trial_killed_and_resumed, trial_killed_while_extended, trial_killed_merge, trial_torn_file, trial_torn_leftovers, trial_full_disk, trial_two_writers, trial_shards]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.__name__)
def test_a_fault_gives_the_same_digest_or_one_sentence(place, trial):
    trial(place, random.Random(trial.__name__))


@pytest.mark.soak
@pytest.mark.parametrize("number", range(400))
def test_hundreds_of_faults_give_the_same_digest_or_one_sentence(place, number):
    TRIALS[number % len(TRIALS)](place, random.Random(f"soak {number}"))


# ---- places that cannot be written ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk():
    """A file system of 300 kB: smaller than a run file."""
    folder = pathlib.Path(tempfile.mkdtemp())
    mounted = os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", folder], capture_output=True).returncode == 0
    if not mounted:
        folder.rmdir()
        pytest.skip("only root may mount a small disk; the limit on file sizes stands for it")
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


def test_a_disk_that_fills_up_gives_one_sentence_and_keeps_nothing(place, small_disk):
    refused(place.run(small_disk / "run", "--checkpoint", "0.02"), 4, "run.moecast")
    assert not list((small_disk / "run").iterdir())


def test_a_read_only_folder_is_refused_before_the_paths_are_run(place):
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        scenario = folder / "small.yaml"
        scenario.write_text(SMALL)
        shutil.copytree(place.folder / "whole", folder / "run")
        (folder / "run").chmod(0o555)
        folder.chmod(0o755)
        words = [str(w) for w in (BIN, "run", scenario, "--paths", 10**9, "-o", folder / "run")]
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=60, **nobody)
        except PermissionError:
            pytest.skip("an unprivileged user cannot read the program here")
        refused(done, 4, "cannot write into this folder")
        done = subprocess.run([BIN, "verify", folder / "run", "--quick"], capture_output=True, text=True, timeout=60, **nobody)
        assert done.returncode == 0, done.stderr  # reading needs no right to write
    finally:
        shutil.rmtree(folder)


@pytest.mark.slow
def test_a_run_waits_for_a_writer_that_is_going_and_refuses_one_that_stays(place):
    out = place.fresh()
    out.mkdir()
    holder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    refused(place.run(out), 4, "another run is writing into it")
    assert not list(out.iterdir())
    waiting = subprocess.Popen(place.words(out), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(0.7)
    assert waiting.poll() is None
    os.close(holder)
    said = waiting.communicate(timeout=60)
    place.check_whole(subprocess.CompletedProcess(waiting.args, waiting.returncode, *said), out)


# ---- what the words promise ----------------------------------------------------------------------------------------------------------------------


def test_resume_refuses_what_is_not_the_same_run_and_names_it(place):
    out = place.folder / "whole"

    def says(*words):
        return subprocess.run([str(w) for w in (BIN, "run", *words, "--quiet")], capture_output=True, text=True, timeout=60)

    refused(says("--resume", out, "--seed", 6), 2, "seed 5, not 6")
    refused(says("--resume", out, "--paths", 9), 2, f"paths {PATHS}, not 9", "--extend-to")
    refused(says("--resume", out, "--keep", "none"), 2, "--keep 40, not 0")
    refused(says("--resume", out, "--keep", "40,series:cap.gap"), 2, "other series")
    refused(says("--resume", out, "--extend-to", 100), 2, f"{PATHS} paths already")
    refused(says("baseline", "-o", out, "--resume"), 2, "another text of the scenario 'small'")
    refused(says("--resume", place.shards[0], "--extend-to", 5000), 2, "a shard cannot be extended")
    refused(says("--resume", place.shards[0], "--shard", "2/3"), 2, "shard 1/3, not 2/3")
    refused(says("--resume", place.folder / "nowhere"), 4, "no run to go on with")
    refused(says(place.scenario, "--shard", "4/3"), 2, "--shard wants I/N")
    refused(says(place.scenario, "--paths", 64, "--shard", "1/2", "-o", place.fresh()), 2, "too few for 2 shards")
    assert place.digest_of(out) == place.digest


def seal_of(file):
    """The seal, computed from docs/run-file.md."""
    queries = [
        "SELECT key, value FROM meta WHERE key <> 'seal' ORDER BY key", "SELECT * FROM ledger ORDER BY position",
        "SELECT name, size, sha256 FROM section ORDER BY name", "SELECT * FROM series ORDER BY slot", "SELECT * FROM failure ORDER BY cause",
        "SELECT * FROM tally ORDER BY position", "SELECT * FROM kept_column ORDER BY section, position", "SELECT * FROM claim ORDER BY position",
        "SELECT * FROM claim_break_even ORDER BY position", "SELECT * FROM claim_aside ORDER BY position",
    ]
    state = hashlib.sha256()
    for query in queries:
        for value in itertools.chain.from_iterable(file.execute(query)):
            if value is None:
                state.update(b"\5")
            elif isinstance(value, int):
                state.update(b"\1" + struct.pack("<q", value))
            elif isinstance(value, float):
                state.update(b"\2" + struct.pack("<d", value))
            else:
                text = value.encode(errors="surrogateescape")
                state.update(b"\3" + struct.pack("<Q", len(text)) + text)
        state.update(b"\n")
    return state.hexdigest()


def digest_of(file):
    """The digest, computed from docs/run-file.md."""
    meta = dict(file.execute("SELECT key, value FROM meta"))
    ledger = file.execute("SELECT first, paths FROM ledger ORDER BY position").fetchall()
    words = [int(meta["seed"]), *([] if len(ledger) == 1 else [2**64 - 1, len(ledger)]), *itertools.chain.from_iterable(ledger)]
    words += itertools.chain.from_iterable(file.execute("SELECT hits, count FROM tally ORDER BY position"))
    words += [paths for (paths,) in file.execute("SELECT paths FROM failure ORDER BY cause")]
    section = dict(file.execute("SELECT name, bytes FROM section"))
    return hashlib.sha256(meta["plan_sha256"].encode() + struct.pack(f"<{len(words)}Q", *words) + section["statistics"] + section["monthly"]).hexdigest()


def test_digest_and_seal_follow_from_the_file_alone(place):
    for out in (place.folder / "whole", *place.shards):
        with sqlite3.connect(f"file:{out / 'run.moecast'}?immutable=1", uri=True) as file:
            meta = dict(file.execute("SELECT key, value FROM meta"))
            assert (digest_of(file), seal_of(file)) == (meta["digest"], meta["seal"])


def spoil(bytes_, dice):
    """Other bytes, most of them still with the right beginning."""
    bytes_, at = bytearray(bytes_), dice.randrange(max(len(bytes_), 1))
    kind = dice.choice(["cut", "longer", "flip", "ones", "garbage", "empty"])
    if kind == "cut":
        del bytes_[at:]
    elif kind == "longer":
        bytes_ += dice.randbytes(dice.randint(1, 100))
    elif kind == "flip":
        for _ in range(dice.randint(1, 20)):
            bytes_[dice.randrange(len(bytes_))] ^= 1 << dice.randrange(8)
    elif kind == "ones":
        bytes_[at:at + 16] = b"\xff" * len(bytes_[at:at + 16])
    elif kind == "garbage":
        bytes_[at:at + 512] = dice.randbytes(len(bytes_[at:at + 512]))
    else:
        bytes_.clear()
    return bytes(bytes_)


def unpack_plan(packed):
    """The plan's bytes, from the pieces of docs/run-file.md."""
    plan, at = bytearray(), 0
    while at < len(packed):
        literal, zeros = struct.unpack_from("<II", packed, at)
        plan += packed[at + 8:at + 8 + literal] + bytes(zeros)
        at += 8 + literal
    return bytes(plan)


def seal_garbage(place, dice, name):
    """A file in which one section holds nonsense, with its hash, the digest and the seal as they belong to it."""
    out = place.fresh()
    shutil.copytree(place.folder / "whole", out)
    with sqlite3.connect(out / "run.moecast") as file:
        (stored,), = file.execute("SELECT bytes FROM section WHERE name = ?", [name])
        stored = bytes_ = spoil(unpack_plan(stored) if name == "plan" else stored, dice)
        if name == "plan":
            stored = struct.pack("<II", len(bytes_), 0) + bytes_
            file.execute("UPDATE meta SET value = ? WHERE key = 'plan_sha256'", [hashlib.sha256(bytes_).hexdigest()])
        file.execute("UPDATE section SET size = ?, sha256 = ?, bytes = ? WHERE name = ?", [len(bytes_), hashlib.sha256(bytes_).hexdigest(), stored, name])
        file.execute("UPDATE meta SET value = ? WHERE key = 'digest'", [digest_of(file)])
        file.execute("UPDATE meta SET value = ? WHERE key = 'seal'", [seal_of(file)])
    return out


def check_that_readers_survive(place, dice, name):
    out = seal_garbage(place, dice, name)
    for words in (["verify", out, "--quick", "--quiet"], ["export", out, "--csv"], ["export", out, "--monthly"], ["report", out, "-o", out / "r.xlsx"], ["path", out, "7"], ["compare", out, "baseline", "--paths", "16", "--quiet"]):
        done = subprocess.run([str(w) for w in (BIN, *words)], capture_output=True, text=True, errors="replace", timeout=60)
        assert done.returncode in (0, 1, 2, 4), (name, words, done.returncode, done.stderr)
        assert done.stderr.count("\n") == (done.returncode != 0), done.stderr
    shutil.rmtree(out)


SECTIONS = ["plan", "statistics", "monthly", "kept_input", "kept_scalar", "kept_hit"]


@pytest.mark.parametrize("name", SECTIONS)
def test_sealed_garbage_in_a_section_is_read_or_refused_in_one_sentence(place, name):
    check_that_readers_survive(place, random.Random(name), name)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(120))
def test_much_sealed_garbage_is_read_or_refused_in_one_sentence(place, number):
    check_that_readers_survive(place, random.Random(f"garbage {number}"), SECTIONS[number % len(SECTIONS)])


def test_verify_finds_numbers_that_the_scenario_does_not_give(place):
    """Whoever knows the format can seal anything; simulating it again cannot be forged."""
    out = place.fresh()
    shutil.copytree(place.folder / "whole", out)
    verify = [BIN, "verify", out, "--quiet"]
    assert subprocess.run(verify, capture_output=True, timeout=60).returncode == 0
    with sqlite3.connect(out / "run.moecast") as file:
        file.execute("UPDATE tally SET hits = hits + 1 WHERE hits < count AND position = (SELECT min(position) FROM tally WHERE hits < count)")
        file.execute("UPDATE meta SET value = ? WHERE key = 'digest'", [digest_of(file)])
        file.execute("UPDATE meta SET value = ? WHERE key = 'seal'", [seal_of(file)])
    assert subprocess.run([*verify, "--quick"], capture_output=True, timeout=60).returncode == 0  # its few paths are what they were
    refused(subprocess.run(verify, capture_output=True, text=True, timeout=60), 1, "when they are simulated again")


@pytest.mark.slow
def test_a_merged_and_a_resumed_run_answer_every_claim_as_the_whole_does(place):
    """Contrasts, guesses, vintage and break-evens too: to the last byte of the tables."""
    ask = ["--no-report", "--quiet", "--contrast-paths", "300"]
    same = [BIN, "run", place.scenario, "--paths", PATHS, "--seed", SEED, *ask]
    outs = whole, merged, resumed = place.fresh(), place.fresh(), place.fresh()
    shards = [place.fresh() for _ in range(2)]
    runs = [[*same, "-o", whole], *([*same, "-o", shard, "--shard", f"{i}/2"] for i, shard in enumerate(shards, 1)), [BIN, "merge", *shards, *ask, "-o", merged]]
    runs += [[*same, "-o", resumed, "--paths", PATHS // 2], [BIN, "run", "--resume", resumed, "--extend-to", PATHS, *ask]]
    for words in runs:
        done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    for name in ("claims.csv", "summary.csv"):
        assert len({(out / name).read_bytes() for out in outs}) == 1, name


def test_a_run_file_can_be_opened_with_sqlite_and_tells_its_ledger(place):
    with sqlite3.connect(f"file:{place.shards[1] / 'run.moecast'}?immutable=1", uri=True) as file:
        (first, paths), = file.execute("SELECT first, paths FROM ledger").fetchall()
        meta = dict(file.execute("SELECT key, value FROM meta"))
    assert first % 64 == 0 and first == int(meta["first_path"]) and paths == int(meta["paths"]) and (meta["shard"], meta["shards"]) == ("2", "3")
