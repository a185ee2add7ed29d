"""`python -m moecast` and the installed command `moecast` are the compiled command: same codes, same words, same ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("moecast", reason="the package is not installed: make python")
COMPILED = [str(Path(os.environ.get("MOECAST_BIN", "build/moecast")).resolve())]
MODULE = [sys.executable, "-m", "moecast"]
UNBUFFERED = [sys.executable, "-u", "-m", "moecast"]
SCRIPT = [sys.executable, "-c", "import sys; from moecast.__main__ import main; sys.exit(main())"]  # what the console script does
OURS = {"module": MODULE, "unbuffered": UNBUFFERED, "script": SCRIPT}

pytestmark = pytest.mark.skipif(not Path(COMPILED[0]).exists(), reason="no command: make, or set MOECAST_BIN")


def ended(command: list[str], *words: str | bytes, **options) -> tuple[int, bytes, bytes]:
    ran = subprocess.run([*command, *words], capture_output=True, check=False, timeout=60, **options)
    return ran.returncode, ran.stdout, ran.stderr


def same_end(ours: str, *words: str | bytes, **options) -> int:
    """The exit code, once both are seen to say and return the same."""
    compiled = ended(COMPILED, *words, **options)
    assert ended(OURS[ours], *words, **options) == compiled
    return compiled[0]


@pytest.mark.parametrize("words, code", [
    (["--help"], 0), ([], 2), (["runn"], 2), (["run", "baselin"], 2), (["cost", "--model", "deepseek-v3", "--hardware", "h200"], 0),
    (["diff", "baseline", "no_controls"], 1), (["export", "nothing.moecast"], 4), (["run", "baseline", "--paths", "0"], 2)],
    ids=lambda value: "_".join(value) or "nothing" if isinstance(value, list) else "")
def test_words_codes_and_output_are_those_of_the_compiled_command(words, code, tmp_path):
    assert same_end("module", *words, cwd=tmp_path) == code


@pytest.mark.parametrize("ours", ["unbuffered", "script"])
@pytest.mark.slow
def test_every_way_to_start_it_is_the_same_command(ours, tmp_path):
    assert same_end(ours, "explain", "no_controls", cwd=tmp_path) == 0
    assert same_end(ours, "run", "baselin", cwd=tmp_path) == 2


@pytest.mark.parametrize("name, locale", [(b"caf\xe9.yaml", "C.UTF-8"), (b"caf\xe9.yaml", "C"), ("模型.yaml".encode(), "C")], ids=["latin", "latin_in_c", "chinese_in_c"])
@pytest.mark.slow
def test_words_that_are_not_utf_8_arrive_byte_for_byte(name, locale, tmp_path):
    environment = os.environ | {"LC_ALL": locale}
    assert same_end("module", b"check", name, cwd=tmp_path, env=environment) in (2, 4)
    (tmp_path / os.fsdecode(name)).write_text("moecast: 1\nname: mine\nextends: baseline\n")
    assert same_end("module", b"check", b"./" + name, cwd=tmp_path, env=environment) == 0


def reader_leaves(command: list[str]) -> tuple[int, bytes]:
    """How a command ends whose output nobody reads to the end."""
    process = subprocess.Popen([*command, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(10)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    return process.wait(timeout=60), said


@pytest.mark.parametrize("ours", OURS)
def test_a_reader_that_leaves_ends_it_as_it_ends_the_compiled_command(ours):
    assert reader_leaves(OURS[ours]) == reader_leaves(COMPILED) == (-signal.SIGPIPE, b"")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_borne_as_by_the_compiled_command(closed, tmp_path):
    def end(command: list[str]) -> tuple[int, bytes, bytes]:
        ran = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", *command, "cost", "--model", "deepseek-v3", "--hardware", "h200"], capture_output=True, check=False, timeout=60, cwd=tmp_path)
        return ran.returncode, ran.stdout, ran.stderr

    assert end(MODULE) == end(COMPILED)


def test_output_that_finds_no_room_is_told_as_by_the_compiled_command():
    def end(command: list[str]) -> tuple[int, bytes]:
        with open("/dev/full", "wb") as full:
            ran = subprocess.run([*command, "schema"], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
        return ran.returncode, ran.stderr

    assert end(MODULE) == end(COMPILED)


@pytest.mark.parametrize("command", [COMPILED, MODULE, SCRIPT], ids=["compiled", "module", "script"])
@pytest.mark.slow
def test_ctrl_c_ends_a_run_with_130_and_no_traceback(command, tmp_path):
    process = subprocess.Popen([*command, "run", "baseline", "--paths", "5000000", "-o", "run"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 30
    while not (tmp_path / "run").exists() and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said and "KeyboardInterrupt" not in said
