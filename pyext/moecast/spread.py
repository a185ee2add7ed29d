"""Spreading a run over an executor: units out, parts in, whatever happens to workers on the way.

The answer cannot depend on who simulated what: a part is taken only when it is whole and of this run, and a unit's first part counts. A second one (of a
worker that was thought lost) must have the same digest, or the run is stopped: some machine computes wrongly.
"""

from __future__ import annotations

import os
import queue
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from . import _core
from .units import Unit, digest, simulate

_WAKE_S = 0.05  # between two looks at signals and at late units
_ATTEMPTS = 3
_MOST_OUT = 500  # parts come home in any order, and a run keeps at most a thousand pieces apart


class Future(Protocol):
    """What `submit` must return: as `concurrent.futures.Future`."""

    def add_done_callback(self, call: Callable[[Any], object], /) -> object: ...
    def result(self) -> Any: ...
    def exception(self) -> BaseException | None: ...
    def cancel(self) -> object: ...


class Executor(Protocol):
    """What units are given to: as `concurrent.futures.Executor`."""

    def submit(self, call: Callable[..., Any], /, *arguments: Any) -> Future: ...


ExecutorLike = Executor | Callable[[], Executor]


def _opened(given: Any) -> tuple[Any, AbstractContextManager[Any]]:
    """The executor, and what closes it: those that we made are ours to close."""
    if hasattr(given, "get_executor"):  # a Dask client
        made = given.get_executor()
        return made, made
    if hasattr(given, "submit") and not isinstance(given, type):
        return given, nullcontext()
    if callable(given):
        made = given()
        if hasattr(made, "submit"):
            return made, made if hasattr(made, "__exit__") else nullcontext()
    raise TypeError(f"executor wants something with submit(), as concurrent.futures.Executor has, or a function that makes one; got {type(given).__name__}")


def _workers(executor: Any) -> int:
    """How many units it may work on at once, as far as one can see."""
    for name in ("_max_workers", "num_workers"):
        known = getattr(executor, name, None)
        if isinstance(known, int) and known > 0:
            return known
    client = getattr(executor, "_client", None)
    try:
        return max(1, sum(client.nthreads().values())) if client is not None else os.cpu_count() or 1
    except Exception:  # a client that cannot be asked still takes units
        return os.cpu_count() or 1


class _Broken(Exception):
    """The executor takes no more units."""


class _Spread:
    """One run on one executor. Units wait, are out, or are home; a late unit is given out once more."""

    def __init__(self, take: Callable[[bytes, int, int], str], units: Iterable[Unit], patience: float | None) -> None:
        self._take, self._patience = take, patience
        self.waiting: deque[Unit] = deque(units)
        self._units = len(self.waiting)
        self._home: dict[int, str] = {}  # first path to digest
        self._failed: dict[int, int] = {}
        self._out: dict[Any, tuple[Unit, float]] = {}
        self._late: set[Any] = set()  # futures that are given up as far as room for others goes
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def _submit(self, executor: Any, unit: Unit) -> None:
        try:
            future = executor.submit(simulate, unit)
        except (BrokenExecutor, RuntimeError) as error:  # RuntimeError: it was shut down
            self.waiting.appendleft(unit)
            raise _Broken(str(error)) from error
        except Exception as error:
            return self._again(unit, error)
        if not hasattr(future, "add_done_callback"):
            raise TypeError(f"submit() of the executor must return a future, as concurrent.futures has; it returned {type(future).__name__}")
        self._out[future] = (unit, time.monotonic())
        future.add_done_callback(self._done.put)

    def _again(self, unit: Unit, error: BaseException) -> None:
        """A unit that failed goes out again, a few times."""
        if unit.first_path in self._home:
            return
        failed = self._failed[unit.first_path] = self._failed.get(unit.first_path, 0) + 1
        if failed >= _ATTEMPTS:
            last = unit.first_path + unit.paths - 1
            raise _core.RunError(f"paths {unit.first_path} to {last} failed {failed} times on the executor, the last time with {type(error).__name__}: {error}") from error
        self.waiting.appendleft(unit)

    def _welcome(self, unit: Unit, part: bytes) -> None:
        known = self._home.get(unit.first_path)
        if known is None:
            self._home[unit.first_path] = self._take(part, unit.first_path, unit.paths)
        elif known != (found := digest(part)):
            raise _core.RunError(
                f"paths {unit.first_path} to {unit.first_path + unit.paths - 1} were simulated twice with different results ({known[:12]}, {found[:12]}): "
                "a worker computes wrongly, and no result of this run can be trusted"
            )

    def _collect(self, future: Any) -> None:
        unit, _ = self._out.pop(future)
        self._late.discard(future)
        try:
            error = future.exception()  # whatever ended the worker's call, a SystemExit too, is the worker's and ends nothing here
        except CancelledError as cancelled:
            error = cancelled
        if isinstance(error, BrokenExecutor):
            if unit.first_path not in self._home:
                self.waiting.appendleft(unit)
            raise _Broken(str(error)) from error
        if isinstance(error, _core.RunError):  # the same everywhere: another version
            raise error
        if error is not None:
            return self._again(unit, error)
        try:
            self._welcome(unit, future.result())
        except (_core.ScenarioError, _core.FileError, TypeError) as wrong:  # damaged, of other paths, or no part at all
            self._again(unit, wrong)

    def _give_late_units_again(self) -> None:
        if self._patience is None:
            return
        now = time.monotonic()
        for future, (unit, since) in list(self._out.items()):
            if now - since > self._patience and unit.first_path not in self._home and unit not in self.waiting:
                self._out[future] = (unit, now)
                self._late.add(future)
                self.waiting.appendleft(unit)

    def work(self, executor: Any, progress: Callable[[], object]) -> None:
        """Until every unit is home. _Broken when the executor is; what was out waits again then."""
        window = min(2 * _workers(executor), _MOST_OUT)
        try:
            while len(self._home) < self._units:
                while self.waiting and len(self._out) - len(self._late) < window:
                    unit = self.waiting.popleft()
                    if unit.first_path not in self._home:
                        self._submit(executor, unit)
                try:
                    self._collect(self._done.get(timeout=_WAKE_S))
                except queue.Empty:
                    self._give_late_units_again()
                progress()
        finally:
            self._call_back()

    def work_here(self, progress: Callable[[], object]) -> None:
        """What is left, in this process and on all its processors."""
        while self.waiting:
            unit = self.waiting.popleft()
            if unit.first_path not in self._home:
                self._welcome(unit, simulate(unit, threads=0))
            progress()

    def _call_back(self) -> None:
        """Whatever ends the work: units that are out wait again, and their futures are forgotten."""
        for future, (unit, _) in self._out.items():
            future.cancel()
            if unit.first_path not in self._home:
                self.waiting.append(unit)
        self._out, self._late, self._done = {}, set(), queue.SimpleQueue()


def spread(
    executor: ExecutorLike,
    units: Iterable[Unit],
    take: Callable[[bytes, int, int], str],
    progress: Callable[[], object],
    patience: float | None = None,
) -> None:
    """Give units to an executor and take their parts home.

    An executor that breaks (a process pool of which a worker was killed) is made again when a function that makes it was given; else what is left is
    simulated in this process, and a RuntimeWarning says so.
    """
    if patience is not None and not patience >= 0:
        raise ValueError(f"patience is a number of seconds from 0 on, not {patience!r}")
    work = _Spread(take, units, patience)
    for _ in range(_ATTEMPTS):
        made, closing = _opened(executor)
        try:
            with closing:
                work.work(made, progress)
            return
        except _Broken as error:
            if hasattr(executor, "submit"):
                warnings.warn(
                    f"the executor broke ({error}); the rest is simulated in this process. With a function that makes the executor it would be made again.",
                    RuntimeWarning,
                    stacklevel=4,
                )
                return work.work_here(progress)
    raise _core.RunError(f"the executor broke {_ATTEMPTS} times; the paths finished until then are kept in the run")
