"""Run files on the way: as bytes that another process can read, and what is written into them of this one."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from . import _core


def command() -> str:
    """The words this process was started with, for the run file. An embedded interpreter may have none, and a word may hold what is no text."""
    words = " ".join(map(str, getattr(sys, "argv", None) or ()))
    return words.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def in_memory(result: _core.Result) -> bytes:
    """The run file of a result."""
    with tempfile.TemporaryDirectory(prefix="moecast-") as folder:
        file = Path(folder, "run.moecast")
        result.save(file, command())
        return file.read_bytes()


def read(run_file: bytes) -> _core.Result:
    """The result of a run file."""
    with tempfile.TemporaryDirectory(prefix="moecast-") as folder:
        file = Path(folder, "run.moecast")
        file.write_bytes(run_file)
        return _core.load(file)
