"""How far the work is: a bar of tqdm where that is installed, else a line on standard error; or what a function of the caller makes of it."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Progress = bool | Callable[[int, int], object] | None
Tell = Callable[[int, int], object] | None


class _Bar:
    """A bar of tqdm: of the notebook where that shows widgets, else of the terminal."""

    def __init__(self, tqdm: Any, what: str) -> None:
        self._bar = tqdm(total=0, desc=what, unit=" paths", unit_scale=True, dynamic_ncols=True)

    def tell(self, done: int, total: int) -> None:
        bar = self._bar
        if bar.total != total:
            bar.total = total
            if hasattr(bar, "container"):  # the notebook's widget has an end of its own, which only a bar that starts anew would move
                bar.container.children[1].max = total
        bar.update(done - bar.n)
        if done == total:
            bar.refresh()

    def close(self) -> None:
        self._bar.close()


class _Line:
    """One line of text that is written over itself."""

    def __init__(self, what: str) -> None:
        self._what, self._begin, self._is_open = what, time.monotonic(), False

    def tell(self, done: int, total: int) -> None:
        left = (time.monotonic() - self._begin) * (total - done) / max(done, 1)
        sys.stderr.write(f"\r{self._what}: {done:,} of {total:,} paths, {left:.0f} s left ")
        sys.stderr.flush()
        self._is_open = True

    def close(self) -> None:
        if self._is_open:
            sys.stderr.write("\n")
            sys.stderr.flush()


def _shown(what: str) -> _Bar | _Line:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a notebook without ipywidgets gets the bar of a terminal is nothing to warn of
            from tqdm.auto import tqdm
    except ImportError:
        return _Line(what)
    return _Bar(tqdm, what)


def seldom(tell: Tell, now: Callable[[], tuple[int, int]], seconds: float = 0.1) -> Callable[[], None]:
    """A function that may be called at any time and tells `now()` at most every so many seconds."""
    last = time.monotonic()

    def say() -> None:
        nonlocal last
        if tell and time.monotonic() - last >= seconds:
            last = time.monotonic()
            tell(*now())

    return say


@contextmanager
def telling(progress: Progress, what: str) -> Iterator[Tell]:
    """Whom to tell (paths done, paths in all) inside the block; None when nobody asks. A bar is closed however the block ends.

    Parameters
    ----------
    progress : bool or callable or None
        True shows a bar, a callable is told itself, False and None say nothing.
    what : str
        What is worked on, in front of the bar.

    Raises
    ------
    TypeError
        When `progress` is none of these.

    Examples
    --------
    >>> told = []
    >>> with telling(lambda done, total: told.append((done, total)), "baseline") as tell:
    ...     tell(64, 128)
    >>> told
    [(64, 128)]
    """
    if progress is None or progress is False:
        yield None
    elif progress is True:
        shown = _shown(what)
        try:
            yield shown.tell
        finally:
            shown.close()
    elif callable(progress):
        yield progress
    else:
        raise TypeError(f"progress is True, False or a function of (paths done, paths in all), not {progress!r}")
