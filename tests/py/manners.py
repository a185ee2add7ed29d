"""What the tests of manners share: a real SIGINT while something works, and programs in a process of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable

MANY = 5_000_000  # paths of a run that is never finished


class Ended(Exception):
    """The work was over before the signal came."""


def interrupted(work: Callable[[], object], after_s: float) -> float:
    """Seconds from a SIGINT, sent `after_s` after the work began, to the KeyboardInterrupt that it raised."""
    sent: list[float] = []

    def send() -> None:
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(after_s, send)
    is_over = False
    try:
        timer.start()
        work()
        is_over = True
        timer.join()
        time.sleep(5)
    except KeyboardInterrupt:
        seconds = time.monotonic() - sent[0]
    timer.join()
    if is_over:
        raise Ended(f"no {after_s} s long")
    return seconds


def after_signal(work: Callable[[], object], after_s: float) -> object:
    """What the work returns although a SIGINT comes `after_s` after it began."""
    timer = threading.Timer(after_s, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    found = work()
    timer.join()
    return found


def program(text: str, *, seconds: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text)], capture_output=True, text=True, check=False, timeout=seconds, env=os.environ | environment
    )


def said(text: str, **environment: str) -> str:
    """What a program that must succeed has printed."""
    ran = program(text, **environment)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout.strip()
