"""Running scenarios."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from . import _core
from .result import Result
from .scenario import Scenario

_PROGRESS_S = 0.25

Progress = bool | Callable[[int, int], object]


class Run:
    """Paths being simulated: advance it as far as you like, look at the result, advance it further.

    Parameters
    ----------
    scenario : str, path or Scenario
        A file, the bare name of a shipped scenario, or a loaded one.
    paths, seed : int, optional
        The scenario's own where None. 1 to 10^9 paths; any seed from 0 to 2^64 - 1, as for the command.
    threads : int, optional
        At most 64; one a processor where None. Results do not depend on it.
    keep : int
        Paths whose inputs and headline numbers are kept one by one.
    verify : bool
        Check the model's invariants after every month (slow).

    Raises
    ------
    ScenarioError, FileError
        When the scenario or its catalogue cannot be used.
    ValueError
        For a number outside its range.
    """

    def __init__(
        self,
        scenario: str | os.PathLike[str] | Scenario = "baseline",
        paths: int | None = None,
        seed: int | None = None,
        threads: int | None = None,
        keep: int = 2000,
        verify: bool = False,
    ) -> None:
        self.scenario = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
        self.paths = self.scenario.paths if paths is None else paths
        self.seed = self.scenario.seed if seed is None else seed
        plan = _core.Plan(self.scenario._core)
        self._core = _core.Run(plan, self.seed, self.paths, threads=threads or 0, keep=keep, verify=verify)

    @property
    def done(self) -> int:
        """Paths finished so far."""
        return self._core.done

    def advance(self, seconds: float | None = None) -> int:
        """Simulate until all paths are done or the seconds have passed.

        The GIL is released. Ctrl-C raises KeyboardInterrupt within 100 ms and leaves the run as it then is: `result` gives the partial result,
        and it may be advanced again.

        Returns
        -------
        int
            Paths finished so far.

        Raises
        ------
        RunError
            When a path breaks an invariant, another thread is advancing this run, or a `Result` of it is alive (its arrays must not change).
        """
        return self._core.advance(seconds or 0.0)

    def result(self, contrasts: bool = False) -> Result:
        """What the paths finished so far say.

        Parameters
        ----------
        contrasts : bool
            Answer the claims that compare two scenarios too, and say what rests on guesses and what was known before: further runs of up to
            4,000 of the same paths each.

        Raises
        ------
        RunError
            When more than 0.1 % of the paths had to be stopped.
        """
        core = self._core.result()
        core.answer(contrasts)
        return Result(core)

    def __repr__(self) -> str:
        return f"<Run of {self.scenario.name}, seed {self.seed}, {self.paths} paths>"


def _show(done: int, total: int, begin: float) -> None:
    left = (time.monotonic() - begin) * (total - done) / max(done, 1)
    sys.stderr.write(f"\r{done} of {total} paths, {left:.0f} s left " + ("\n" if done == total else ""))
    sys.stderr.flush()


def _advance(job: Run, progress: Progress) -> None:
    if not progress:
        job.advance()
        return
    begin = time.monotonic()
    while (done := job.advance(_PROGRESS_S)) <= job.paths:
        if callable(progress):
            progress(done, job.paths)
        else:
            _show(done, job.paths, begin)
        if done == job.paths:
            return


def run(
    scenario: str | os.PathLike[str] | Scenario = "baseline",
    paths: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Progress = False,
    contrasts: bool = False,
    keep: int = 2000,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario, paths, seed, threads, keep
        As for `Run`.
    progress : bool or callable
        True writes a line to standard error; a callable is given (paths done, paths in all) four times a second.
    contrasts : bool
        As for `Run.result`.

    Returns
    -------
    Result
        With the same `Result.digest` as ``moecast run`` of the same scenario, seed and paths.

    Raises
    ------
    ScenarioError, FileError
        When the scenario or its catalogue cannot be used.
    RunError
        When the simulation fails.
    KeyboardInterrupt
        Within 100 ms of Ctrl-C. Use `Run` to keep the paths finished until then.

    Examples
    --------
    >>> import moecast
    >>> result = moecast.run("baseline", paths=64, seed=7)
    >>> result.mean("cap.gap").shape == (len(result.report_months),)
    True
    """
    job = Run(scenario, paths, seed, threads, keep)
    _advance(job, progress)
    return job.result(contrasts)
