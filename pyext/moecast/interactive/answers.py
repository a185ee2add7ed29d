"""The engine behind the sliders: questions with some keys moved, answered at once and then better. Knows no widget and starts no thread.

A question's paths meet the same luck as those of the scenario as it is, path by path. So the change has a small error after few paths, and the answer is the
scenario's own mean over many paths plus that change: a control variate (docs/interactive.md). All numbers come from the C library.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NoReturn

import numpy as np

from .. import _core
from ..arguments import whole
from ..columns import position
from ..scenario import Scenario
from .levers import Lever, levers_of

_TAIL = 0.005  # of a deadline left for the statistics
_FIRST_SLICE, _LONGEST_SLICE = 0.1, 0.5


@dataclass(frozen=True)
class Answer:
    """What the paths say of one number, such as ``"share.open.developers@2028-12"``; all in `unit`, every error a standard error.

    Attributes
    ----------
    name, unit, meaning : str
    mean, mean_error : float
        Mean of the question: that of the scenario as it is over `base_paths`, plus `difference`. Over its own paths when these are as many.
    alone, alone_error : float
        Mean over the question's own paths alone.
    base, base_error : float
        Mean of the scenario as it is, over `base_paths`.
    difference, difference_error : float
        Change of the mean against the scenario as it is, over `pairs` of equal luck.
    p5, p50, p95 : float
        Quantiles of the question's own paths, each with ``_error`` and 95 % bounds ``_low``, ``_high``.
    correlation : float
        Of the number in both scenarios over the pairs; NaN when it is constant in one.
    paths, base_paths, pairs : int
    """

    name: str
    unit: str
    meaning: str
    mean: float
    mean_error: float
    alone: float
    alone_error: float
    base: float
    base_error: float
    difference: float
    difference_error: float
    p5: float
    p5_error: float
    p5_low: float
    p5_high: float
    p50: float
    p50_error: float
    p50_low: float
    p50_high: float
    p95: float
    p95_error: float
    p95_low: float
    p95_high: float
    correlation: float
    paths: int
    base_paths: int
    pairs: int


@dataclass(frozen=True)
class Chance:
    """How often a claim's reading holds.

    Attributes
    ----------
    name, title : str
    probability, error : float
        As `Answer.mean`: that of the scenario as it is plus the change over the pairs, cut to 0 … 1.
    low, high : float
        95 % bounds; where few paths or none changed sides they count as one more than did.
    alone, alone_error, hits, count
        Over the question's own paths.
    base, base_error, base_hits, base_count
        The scenario as it is.
    difference, difference_error : float
        Change over the pairs.
    pairs, gained, lost : int
        Paths on both sides; those that say yes in the question only, and in the scenario as it is only.
    """

    name: str
    title: str
    probability: float
    error: float
    low: float
    high: float
    alone: float
    alone_error: float
    hits: int
    count: int
    base: float
    base_error: float
    base_hits: int
    base_count: int
    difference: float
    difference_error: float
    pairs: int
    gained: int
    lost: int


@dataclass(frozen=True)
class Answers(Mapping[str, "Answer | Chance"]):
    """All answers to one question, by name.

    Attributes
    ----------
    moved : dict
        Keys and values of the question; empty for the scenario as it is.
    paths, base_paths : int
        Paths of the question and of the scenario as it is that are in these answers.
    seconds : float
        From the question to these answers.
    finished : bool
        Whether `refine` has nothing left to do.
    fan, base_fan : tuple of (str, float, float, float)
        Month, 5 %, median and 95 % of the first number's series, for the question and for the scenario as it is.
    """

    moved: dict[str, float]
    paths: int
    base_paths: int
    seconds: float
    finished: bool
    fan: tuple[tuple[str, float, float, float], ...] = ()
    base_fan: tuple[tuple[str, float, float, float], ...] = ()
    _found: dict[str, Answer | Chance] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Answer | Chance:
        try:
            return self._found[name]
        except KeyError:
            position(dict.fromkeys(self._found, 0), name, "answer")
            raise

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True)
class _Number:
    """A shown number and its column."""

    name: str
    series: str
    month: str
    column: int


class WhatIf:
    """Answers questions about a scenario with some inputs and levers moved.

    Parameters
    ----------
    scenario : str, path or Scenario
    show : sequence of str
        Numbers ``"series@month"`` and readings ``"claim.reading"`` (or ``"claim"`` when it has one).
    paths, refine : int
        Paths of the scenario as it is that are simulated now; of both, at most, by `refine`.
    seed : int, optional
        The scenario's own where None.
    threads : int, optional
        One a processor where None. Numbers do not depend on it.

    Notes
    -----
    Paths are drawn independently (sampler "mc") whatever the scenario says, because answers from the first paths must have true errors. Path n is that of
    `moecast.run` with the same seed, bit for bit. One thread at a time may ask or refine; `stop` may be called from any.

    Examples
    --------
    >>> from moecast.interactive import WhatIf
    >>> engine = WhatIf("baseline", show=["cap.gap@2026-12"], paths=64, refine=128)
    >>> first = engine.ask({"policy.severity": 1.2}, seconds=0.05)
    >>> last = list(engine.refine())[-1]
    >>> first.paths <= last.paths == last.base_paths == 128
    True
    """

    def __init__(
        self,
        scenario: str | os.PathLike[str] | Scenario = "baseline",
        show: Sequence[str] = ("share.open.developers@2028-12",),
        paths: int = 1000,
        refine: int = 20_000,
        seed: int | None = None,
        threads: int | None = None,
    ) -> None:
        if isinstance(show, str):
            raise TypeError("show wants a list of names, such as ['share.open.developers@2028-12']")
        if not 1 <= paths <= refine <= 1_000_000:
            raise ValueError(f"paths must be at least 1 and refine from paths to 1,000,000; got {paths} and {refine}")
        self.scenario = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
        self.seed = self.scenario.seed if seed is None else whole("seed", seed)
        if not 0 <= self.seed < 2**64:
            raise ValueError(f"seed must be 0 to 2^64 - 1, got {seed}")
        self.paths, self.most = paths, refine
        self._threads = 0 if threads is None else whole("threads", threads)
        if not 0 <= self._threads <= 64:
            raise ValueError(f"threads must be 0 to 64 (0 and None: one a processor), got {threads}")
        self._plan = _core.Plan(self.scenario._core)
        self._lock = threading.RLock()
        self._asked = 0
        self._closed = False
        self._keys: dict[str, int] | None = None
        self._base_fan_found: tuple[int, tuple[Any, ...]] = (-1, ())
        self._question: _core.Columns | None = None
        self._choose(list(dict.fromkeys(show)))
        self._base = self._columns({})
        self._moved: dict[str, float] = {}
        self._began = time.perf_counter()
        self._workers = self._threads or os.cpu_count() or 1
        self._round_s = 0.0  # a block of paths on every worker
        while self._base.done < paths:
            began, before = time.perf_counter(), self._base.done
            self._base.advance(_LONGEST_SLICE)
            self._round_s = (time.perf_counter() - began) / max(1, -(-(self._base.done - before) // (64 * self._workers)))

    # ---- what is shown ------------------------------------------------------------------------------------------------------------------------

    def _choose(self, show: list[str]) -> None:
        """Columns of the numbers shown and of the fan, and the readings."""
        series = {name: i for i, name in enumerate(self._plan.series)}
        months = {name: i for i, name in enumerate(self._plan.months)}
        probe = _core.Columns(self._plan, self.seed, 1, [], readings=True)
        readings = {name: i for i, name in enumerate(probe.readings)}
        by_claim: dict[str, list[str]] = {}
        for name in readings:
            by_claim.setdefault(name.split(".")[0], []).append(name)
        titles = {f"{claim['id']}.{said['id']}": said["title"] for claim in self.scenario._core.claims() for said in claim["readings"]}
        self._wanted: list[tuple[int, int]] = []
        self._order: list[_Number | str] = []
        for name in show:
            if "@" in name:
                outcome, _, month = name.partition("@")
                place = (position(series, outcome, "series"), position(months, month, "month"))
                self._order.append(_Number(name, outcome, month, self._column(place)))
            elif len(by_claim.get(name, ())) == 1:
                self._order.append(by_claim[name][0])
            elif name in by_claim:
                raise KeyError(f"claim {name!r} has several readings: {', '.join(by_claim[name])}")
            elif name in titles and name not in readings:
                raise KeyError(f"{name!r} is not decided by paths alone; sliders show thresholds and conditional readings")
            else:
                position(readings, name, "number (series@month) or reading that paths decide")
                self._order.append(name)
        self._titles = titles
        self._readings = any(isinstance(item, str) for item in self._order)
        self._units, self._meanings = dict(zip(series, self._plan.units, strict=True)), dict(zip(series, self._plan.meanings, strict=True))
        self._fan = self._choose_fan(series, months)

    def _column(self, place: tuple[int, int]) -> int:
        if place not in self._wanted:
            self._wanted.append(place)
        return self._wanted.index(place)

    def _choose_fan(self, series: Mapping[str, int], months: Mapping[str, int]) -> list[tuple[str, int]]:
        """Every half year of the first number's series, up to the last month that is simulated anyway."""
        numbers = [item for item in self._order if isinstance(item, _Number)]
        if not numbers:
            return []
        last = max(months[item.month] for item in numbers)
        if self._readings:
            last = len(months) - 1
        return [(month, self._column((series[numbers[0].series], at))) for month, at in months.items() if at <= last and month[5:] in ("06", "12")]

    def levers(self, keys: Sequence[str] | None = None, wide: bool = True) -> dict[str, Lever]:
        """What can be moved, by key: all inputs and levers of the scenario, or those named.

        Raises
        ------
        KeyError
            For a key that is neither, with the nearest ones.
        """
        return levers_of(self.scenario._core, wide, None if keys is None else dict.fromkeys(keys))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a WhatIf cannot be pickled: send its arguments and make one there, or send its answers")

    # ---- asking -------------------------------------------------------------------------------------------------------------------------------

    def _columns(self, moved: Mapping[str, float]) -> _core.Columns:
        return _core.Columns(self._plan, self.seed, self.most, self._wanted, moved=dict(moved), readings=self._readings, threads=self._threads)

    def changed(self, moved: Mapping[str, float]) -> Scenario:
        """The scenario with these keys moved, to keep, run or compare: its plan is the one that `ask` answers from."""
        self._check_keys(moved)
        return _replaced(self.scenario, moved)

    def ask(self, moved: Mapping[str, float], seconds: float = 0.1) -> Answers:
        """Answer from as many paths as fit into the time; ends a refinement that is going on.

        Parameters
        ----------
        moved : mapping of str to float
            Keys of inputs and levers, in their units; nothing moved asks about the scenario as it is.
        seconds : float
            Until the answer is wanted, at most 10. At least one block of 64 paths a thread is simulated, however long that takes.

        Raises
        ------
        KeyError
            For a key that is no input or lever, with the nearest ones.
        ScenarioError
            For a value that is not allowed.
        RunError
            When more than .1 % of the paths left the range of an outcome, or the engine is closed.
        """
        if not 0.0 < seconds <= 10.0:
            raise ValueError(f"seconds must lie above 0 and be at most 10, got {seconds}")
        began = time.perf_counter()
        self.stop()
        with self._lock:
            self._check_open()
            self._began = began
            self._resume()
            values = {key: float(value) for key, value in moved.items()}
            self._check_keys(values)
            self._question = self._columns(values) if values else None
            self._moved = values
            if self._question is not None:
                self._advance(self._question, began + seconds - _TAIL)
            return self._answers()

    def _check_keys(self, moved: Mapping[str, float]) -> None:
        if self._keys is None:
            self._keys = {row["key"]: i for i, row in enumerate(self.scenario._core.ranges())}
        for key in moved:
            position(self._keys, key, "input or lever")

    def _advance(self, columns: _core.Columns, deadline: float) -> None:
        """To the deadline, which the last block of paths should meet; at least one block a thread, however late that is."""
        while True:
            began, before = time.perf_counter(), columns.done
            done = columns.advance(min(1.0, max(1e-3, deadline - began - self._round_s)))
            if done is None:
                return
            now, rounds = time.perf_counter(), -(-(columns.done - before) // (64 * self._workers))
            if rounds:
                self._round_s = 0.5 * (self._round_s + (now - began) / rounds)
            if columns.done and (columns.done == columns.paths or now + self._round_s > deadline):
                return

    def refine(self, seconds: float | None = None) -> Iterator[Answers]:
        """Better and better answers to the last question, until `refine` paths of it and of the scenario as it is, or until something else is asked.

        Parameters
        ----------
        seconds : float, optional
            Between two answers, at most 1; growing from .1 to .5 where None.

        Notes
        -----
        The question comes first to `paths` paths, then the scenario as it is ahead of it by up to four times (its mean carries the answer), then both.
        """
        if seconds is not None and not 0.0 < seconds <= 1.0:
            raise ValueError(f"seconds must lie above 0 and be at most 1, got {seconds}")
        with self._lock:
            self._check_open()
            self._resume()
            return self._refinements(self._asked, seconds)

    def _refinements(self, asked: int, seconds: float | None) -> Iterator[Answers]:
        step = seconds or _FIRST_SLICE
        finished = False
        while not finished:
            with self._lock:
                behind = self._behind()
                if asked != self._asked or behind is None or behind.advance(step) is None or asked != self._asked:
                    return
                found = self._answers()
            yield found
            finished = found.finished
            step = seconds or min(_LONGEST_SLICE, 1.5 * step)

    def _behind(self) -> _core.Columns | None:
        """Which columns gain most from more paths; None when both have all."""
        base, question = self._base, self._question
        if question is None:
            return base if base.done < self.most else None
        if question.done < min(self.paths, self.most):
            return question
        if base.done < self.most and base.done < 4 * question.done:
            return base
        return question if question.done < self.most else None

    def _working(self) -> list[_core.Columns]:
        return [columns for columns in (self._base, self._question) if columns is not None]

    def _resume(self) -> None:
        for columns in self._working():
            columns.resume()

    def stop(self) -> None:
        """End a refinement that is going on in another thread, within milliseconds; what it has found stays. From any thread."""
        self._asked += 1
        for columns in self._working():
            columns.stop()

    def close(self) -> None:
        """Stop for good. May be called twice, and from any thread."""
        self._closed = True
        self.stop()

    def _check_open(self) -> None:
        if self._closed:
            raise _core.RunError("this what-if was closed; make a new one")

    # ---- answers ------------------------------------------------------------------------------------------------------------------------------

    def _answers(self) -> Answers:
        base = self._base
        question = base if self._question is None else self._question
        against = None if question is base else base
        found: dict[str, Answer | Chance] = {}
        for item in self._order:
            if isinstance(item, _Number):
                words = {"name": item.name, "unit": self._units[item.series], "meaning": self._meanings[item.series]}
                found[item.name] = Answer(**words, **_named(Answer, question.number(item.column, against)))
            else:
                found[item] = Chance(name=item, title=self._titles.get(item, item), **_named(Chance, question.answer(item, against)))
        return Answers(
            moved=dict(self._moved),
            paths=question.done,
            base_paths=base.done,
            seconds=time.perf_counter() - self._began,
            finished=self._behind() is None,
            fan=self._fan_of(question),
            base_fan=self._base_fan() if against is not None else (),
            _found=found,
        )

    def _fan_of(self, columns: _core.Columns) -> tuple[tuple[str, float, float, float], ...]:
        rows = []
        for month, column in self._fan:
            row = columns.number(column)
            rows.append((month, row["p5"], row["p50"], row["p95"]))
        return tuple(rows)

    def _base_fan(self) -> tuple[tuple[str, float, float, float], ...]:
        """Of the scenario as it is; found again only when it has more paths."""
        done, fan = self._base_fan_found
        if done != self._base.done:
            done, fan = self._base_fan_found = (self._base.done, self._fan_of(self._base))
        return fan

    def values(self, name: str) -> np.ndarray:
        """The number `name` in every finished path of the last question: float64, shape (paths,), NaN for stopped paths."""
        columns = {item.name: item.column for item in self._order if isinstance(item, _Number)}
        with self._lock:
            return np.asarray((self._question or self._base).value(position(columns, name, "number shown")))

    def __enter__(self) -> WhatIf:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<WhatIf of {self.scenario.name}, seed {self.seed}, up to {self.most} paths>"


def _named(kind: type, row: Mapping[str, Any]) -> dict[str, Any]:
    """What of a row the class has a field for."""
    return {entry.name: row[entry.name] for entry in fields(kind) if entry.name in row}


def _replaced(scenario: Scenario, moved: Mapping[str, float]) -> Scenario:
    """The scenario with these keys set. The one place that writes keys into a scenario."""
    if hasattr(scenario, "replace"):
        return scenario.replace(dict(moved))
    tree: dict[str, Any] = {"moecast": 1, "name": "moved", "extends": scenario.file}
    for key, value in moved.items():
        *above, last = key.split(".")
        place = tree
        for part in above:
            place = place.setdefault(part, {})
        place[last] = float(value)
    return Scenario.parse(json.dumps(tree), "<moved>")
