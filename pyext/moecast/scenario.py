"""Scenarios: what a run assumes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import _core


@dataclass(frozen=True)
class Input:
    """One number of a scenario, fixed or drawn once a path.

    `low` and `high` bound 90 % of the draws, `median` halves them; all in `unit`. `basis` is measured, vendor, estimate or guess.
    """

    key: str
    unit: str
    meaning: str
    distribution: str
    mean: float
    low: float
    median: float
    high: float
    basis: str
    source: str
    date: str
    reason: str
    file: str
    line: int


class Scenario:
    """A checked scenario. Made by `Scenario.load` and `Scenario.parse`.

    Examples
    --------
    >>> import moecast
    >>> scenario = moecast.Scenario.load("baseline")
    >>> scenario.start
    '2024-01'
    """

    def __init__(self, core: _core.Scenario) -> None:
        self._core = core

    @classmethod
    def load(cls, name: str | os.PathLike[str]) -> Scenario:
        """Read a scenario file, or a shipped scenario by its bare name.

        Raises
        ------
        ScenarioError
            With `file`, `line`, `column`, `field` and `hint` of the first mistake.
        FileError
            When the file cannot be read.
        """
        return cls(_core.Scenario(name))

    @classmethod
    def parse(cls, text: str, file: str = "<text>") -> Scenario:
        """Read a scenario from its text; `file` is what errors call it."""
        return cls(_core.Scenario.parse(text, file))

    @property
    def name(self) -> str:
        """Bare name."""
        return self._core.name

    @property
    def title(self) -> str:
        """One line of what it is."""
        return self._core.title

    @property
    def description(self) -> str:
        """What it changes, and the question it answers."""
        return self._core.description

    @property
    def file(self) -> str:
        """Where it was read."""
        return self._core.file

    @property
    def text(self) -> str:
        """Canonical text, with everything it extends."""
        return self._core.text

    @property
    def hash(self) -> str:
        """SHA-256 of `text`, 64 hex digits."""
        return self._core.hash

    @property
    def start(self) -> str:
        """First month, YYYY-MM."""
        return self._core.start

    @property
    def months(self) -> int:
        """Length of the horizon in months."""
        return self._core.months

    @property
    def paths(self) -> int:
        """Paths that a run has unless told otherwise."""
        return self._core.paths

    @property
    def seed(self) -> int:
        """Seed that a run has unless told otherwise."""
        return self._core.seed

    @property
    def sampler(self) -> str:
        """Sampler that a run has unless told otherwise."""
        return self._core.sampler

    @property
    def replicates(self) -> int:
        """Replicates that a run with this sampler has unless told otherwise; 0 stands for the sampler's own number."""
        return self._core.replicates

    @cached_property
    def inputs(self) -> list[Input]:
        """Every number the model reads, in the order of the tables."""
        return [Input(**row) for row in self._core.inputs()]

    def explain(self) -> str:
        """Say in plain words what is assumed."""
        return self._core.explain()

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.title}>"


def scenarios() -> list[str]:
    """Names of the shipped scenarios."""
    return sorted(path.stem for path in Path(_core.home()).glob("*.yaml") if path.stem != "claims")
