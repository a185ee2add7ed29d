"""Running scenarios."""

from __future__ import annotations

import math
import os
import reprlib
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from . import _core, views
from .arguments import names, number, whole
from .columns import position
from .progress import Progress, Tell, seldom, telling
from .result import Result
from .scenario import Scenario
from .spread import ExecutorLike, spread
from .units import cut, paths_of_a_unit

_FIRST_PATHS = 4096  # of a run to a precision: fewer say too little of their own error


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
    keep_series : str or sequence of str
        Series of which the kept paths are kept month by month too (at most 32, each once).
    sampler : {"mc", "lhs", "sobol"}, optional
        Where the paths' points lie; the scenario's own where None.
    replicates : int, optional
        Independent randomisations of these points, between which errors are taken.

    Raises
    ------
    ScenarioError, FileError
        When the scenario or its catalogue cannot be used.
    KeyError
        For a series that does not exist, with the nearest ones.
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
        keep_series: str | Sequence[str] = (),
        sampler: str | None = None,
        replicates: int | None = None,
    ) -> None:
        self.scenario = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
        self.paths = self.scenario.paths if paths is None else paths
        self.seed = self.scenario.seed if seed is None else seed
        self.sampler = self.scenario.sampler if sampler is None else sampler
        if replicates is None:
            replicates = self.scenario.replicates if self.sampler == self.scenario.sampler else 0
        self._plan = plan = _core.Plan(self.scenario._core)
        places = {name: i for i, name in enumerate(plan.series)}
        series = [position(places, name, "series") for name in names("keep_series", keep_series)]
        self._taken: weakref.WeakSet[Result] = weakref.WeakSet()  # results that look at this run's memory
        self._core = _core.Run(
            plan, self.seed, self.paths, threads=threads or 0, keep=keep, verify=verify, keep_series=series, sampler=self.sampler,
            replicates=replicates,
        )

    @property
    def done(self) -> int:
        """Paths finished so far. Any thread may ask while another one advances the run."""
        return self._core.done

    @property
    def replicates(self) -> int:
        """Independent randomisations of the sampler's points that this run has."""
        return self._core.replicates

    def _release(self) -> None:
        """Before the run's memory changes: results that were taken go on from copies. What still looks at the memory after that makes the C library refuse."""
        while self._taken:
            try:
                result = self._taken.pop()
            except KeyError:  # the last one has just gone
                return
            try:
                result._leave_the_run()
            except BaseException as error:
                self._taken.add(result)
                if isinstance(error, _core.FileError):
                    raise _core.RunError(f"a result of this run is in use, and there is no room to copy it before the run goes on: {error}") from error
                raise

    def advance(self, seconds: float | None = None, progress: Progress = False) -> int:
        """Simulate until all paths are done or the seconds have passed.

        The GIL is released. Ctrl-C raises KeyboardInterrupt within 100 ms and leaves the run as it then is: `result` gives the partial result,
        and it may be advanced again. Results taken before stay as they were: those still alive are copied first, which takes some tenths of a second each.

        Parameters
        ----------
        seconds : float, optional
            No limit where None; no path is simulated where 0 or less, such as the rest of a time that is used up.
        progress : bool or callable
            As for `run`.

        Returns
        -------
        int
            Paths finished so far.

        Raises
        ------
        ValueError, TypeError
            When the seconds are not a number.
        RunError
            When a path breaks an invariant, another thread is working on this run or on a result of it, or somebody holds an array of a result of it
            (`Result.inputs`, `scalars`, `trajectories`, `bins`), which must not change: keep a copy of it instead.
        """
        limit = math.inf if seconds is None else number("seconds", seconds)
        if math.isnan(limit):
            raise ValueError("seconds must be a number or None (no limit), not nan")
        if limit <= 0.0:
            return self.done
        self._release()
        with telling(progress, self.scenario.name) as tell:
            return self._core.advance(0.0 if limit == math.inf else limit, tell)  # 0: no limit, to the C library

    def advance_on(
        self,
        executor: ExecutorLike,
        unit_paths: int | None = None,
        patience: float | None = None,
        progress: Progress = False,
    ) -> int:
        """Simulate all paths that are missing on an executor: other processes, or other machines. The bits are those of `advance`.

        Ctrl-C raises KeyboardInterrupt within 100 ms and leaves the run with the parts that had come home; what workers are at is thrown away. The run may
        then go on, here or on an executor.

        Parameters
        ----------
        executor : concurrent.futures.Executor or alike, Dask client, or function that makes one
            Anything with ``submit(function, argument)`` that returns a future. Workers need the same version of moecast. With a function the executor is made,
            made again when it breaks, and closed.
        unit_paths : int, optional
            Paths of a work unit, rounded up to whole blocks; as many as make some 64 units of 2,048 to 8,192 paths where None.
        patience : float, optional
            Seconds after which a unit that has not come home is given out once more. Forever where None: most executors see for themselves that a worker died.
        progress : bool or callable
            As for `run`.

        Returns
        -------
        int
            Paths finished so far.

        Raises
        ------
        ValueError, TypeError
            When `unit_paths` is no whole number of at least 1.
        RunError
            When a unit fails three times, a worker has another version of moecast, two workers disagree about the same paths, somebody holds an array of a
            result of this run, or it was advanced in this process before.
        """
        if unit_paths is not None and whole("unit_paths", unit_paths) < 1:
            raise ValueError(f"unit_paths must be at least 1, or None, got {unit_paths}")
        self._release()
        missing = self._core.missing()
        size = paths_of_a_unit(sum(paths for _, paths in missing), self._core.granule, unit_paths)
        units = cut(self._core, self._plan.pack(), self._plan.hash, size)
        with telling(progress, self.scenario.name) as tell:
            spread(executor, units, self._core.take, seldom(tell, lambda: (self._core.done, self.paths)), patience)
            if tell:
                tell(self._core.done, self.paths)
        return self._core.done

    def grow(self, paths: int) -> None:
        """Ask for more paths, to be simulated by the next `advance`.

        Raises
        ------
        RunError
            When the paths are fewer than before, or the sampler is a Latin hypercube (its points depend on their number); while another thread is working on
            this run, or somebody holds an array of a result of it.
        ValueError
            For a number of paths that no run has.
        """
        self._release()
        self._core.grow(paths)
        self.paths = self._core.paths

    def result(self, contrasts: bool = False, progress: Progress = False) -> Result:
        """What the paths finished so far say.

        Parameters
        ----------
        contrasts : bool
            Answer the claims that compare two scenarios too, and say what rests on guesses and what was known before: further runs of up to
            4,000 of the same paths each. Ctrl-C stops them, and leaves the run as it was.
        progress : bool or callable
            As for `run`, of these further runs.

        Raises
        ------
        RunError
            When more than 0.1 % of the paths had to be stopped.
        """
        core = self._core.result()
        with telling(progress, f"claims of {self.scenario.name}") as tell:
            core.answer(contrasts, tell)
        result = Result(core)
        self._taken.add(result)
        return result

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Run cannot be pickled: send its scenario and run it there, or send what it has, Run.result()")

    def __repr__(self) -> str:
        return f"<Run of {self.scenario.name}, seed {self.seed}, {self.paths} paths>"

    def _repr_html_(self) -> str:
        return views.run(self)


def run(
    scenario: str | os.PathLike[str] | Scenario = "baseline",
    paths: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Progress = False,
    contrasts: bool = False,
    keep: int = 2000,
    keep_series: str | Sequence[str] = (),
    sampler: str | None = None,
    replicates: int | None = None,
    precision: Mapping[str, float] | None = None,
    max_paths: int = 1_000_000,
    executor: ExecutorLike | None = None,
    unit_paths: int | None = None,
    partial: bool = False,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario, paths, seed, threads, keep, keep_series, sampler, replicates
        As for `Run`.
    precision : mapping of str to float, optional
        Run on until these numbers have these standard errors: ``"f500.primary@2026-12"`` (the mean), ``"f500.primary@2026-12:p95"``, or
        ``"f500_60.primary"`` for the probability of a reading. `paths` is then the first round. `Result.precision_reached` says whether they do.
    max_paths : int
        At most so many paths for `precision`.
    progress : bool or callable
        True shows a bar of tqdm, in notebooks as a widget, or a line on standard error where tqdm is not installed; a callable is given (paths done,
        paths in all). At most ten times a second and once at the end; the workers do not wait for it. What a callable raises ends the run.
        The number in all grows with `precision` and `contrasts`.
    contrasts : bool
        As for `Run.result`.
    executor, unit_paths
        Simulate on other processes or machines, as `Run.advance_on` says; `threads` then means nothing. Further runs of `contrasts` are made here.
    partial : bool
        Ctrl-C does not raise but returns what the paths finished until then say: a `Result` that is `interrupted`. It raises all the same while no path is
        finished. A Ctrl-C while the further runs of `contrasts` are made returns all paths without them.

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
        Within 100 ms of Ctrl-C, unless `partial`; in the main thread only, as signals are Python's. A `Run` may be gone on with.

    Examples
    --------
    >>> import moecast
    >>> result = moecast.run("baseline", paths=64, seed=7)
    >>> result.mean("cap.gap").shape == (len(result.report_months),)
    True
    """
    if precision is not None and (not isinstance(precision, Mapping) or precision):
        job, targets = _first_round(scenario, paths, seed, threads, keep, keep_series, sampler, replicates, precision, max_paths)
    else:
        job, targets = Run(scenario, paths, seed, threads, keep, keep_series=keep_series, sampler=sampler, replicates=replicates), ""
    with telling(progress, job.scenario.name) as tell:

        def simulate() -> None:
            _simulate(job, targets, max_paths, lambda: job._core.advance(0.0, tell) if executor is None else job.advance_on(executor, unit_paths, progress=tell))

        return _finished(job, simulate, targets, contrasts, partial, tell)


def _targets(precision: Mapping[str, float]) -> str:
    """In the words of the C library. NumPy's numbers are made plain: their repr is not what C reads."""
    if not isinstance(precision, Mapping):
        raise TypeError(f"precision wants a mapping of names to standard errors such as {{'cap.gap@2026-12': 0.1}}, got {reprlib.repr(precision)}")
    return ",".join(f"{name}:{number(f'the standard error of {name}', error)!r}" for name, error in precision.items())


def _first_round(scenario, paths, seed, threads, keep, keep_series, sampler, replicates, precision, max_paths) -> tuple[Run, str]:
    """The run that begins one to a precision, and its targets in the words of the C library."""
    targets = _targets(precision)
    job = Run(scenario, 1, seed, threads, keep, sampler=sampler, replicates=replicates)
    job._core.result().precision(targets)  # a wrong name costs no run
    if job.sampler == "lhs":
        raise ValueError("precision wants the sampler mc or sobol: a Latin hypercube cannot grow, its points depend on their number")
    first = min(-(-(paths or _FIRST_PATHS) // job._core.granule) * job._core.granule, max_paths)
    return Run(job.scenario, first, seed, threads, keep, keep_series=keep_series, sampler=sampler, replicates=replicates), targets


def _simulate(job: Run, targets: str, max_paths: int, advance: Callable[[], object]) -> None:
    """All paths of the run, and of the rounds that its targets ask for."""
    advance()
    while targets and (further := job._core.result().precision(targets, max_paths)[1]):
        job.grow(further)
        advance()


def _answered(job: Run, contrasts: bool, partial: bool, tell: Tell) -> tuple[_core.Result, bool]:
    """The result with its answers, and whether Ctrl-C has left out those that need further runs."""
    core = job._core.result()
    try:
        core.answer(contrasts, tell and (lambda done, total: tell(job.paths + done, job.paths + total)))
        return core, False
    except KeyboardInterrupt:
        if not (partial and contrasts):
            raise
    core.answer(False)
    return core, True


def _finished(job: Run, simulate: Callable[[], None], targets: str, contrasts: bool, partial: bool, tell: Tell) -> Result:
    interrupted = False
    try:
        simulate()
    except KeyboardInterrupt:
        if not (partial and job.done):
            raise
        interrupted = True
    core, unanswered = _answered(job, contrasts and not interrupted, partial, tell)
    result = Result(core)
    result._targets = targets
    result._interrupted = interrupted or unanswered
    return result
