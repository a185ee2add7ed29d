"""One path, told in full: outcomes, shocks, levers and states by month, what it drew, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .columns import Columns
from .frames import pandas

if TYPE_CHECKING:
    from pandas import DataFrame

PARTS = ("outcome", "shock", "lever", "state")


@dataclass(frozen=True)
class Event:
    """Something that happened to a path.

    Attributes
    ----------
    month : str
        YYYY-MM.
    kind : str
        regime, entry, release, lever, hazard, mega_deal, merger, pivot, shift, cliff, crash or stopped.
    subject : str
        The regime, offering, lever, vendor or outcome it is about; '' for none.
    before, after : float
        Levels (release), values (lever, hazard), counts (mega_deal) or positions (regime, merger); NaN where there are none.
    text : str
        One clause.
    """

    month: str
    kind: str
    subject: str
    before: float
    after: float
    text: str


class Replay(Columns):
    """One path, month by month: a mapping from series to array over `months`.

    All arrays are views of one table. Shocks are normals (unit "sd") and uniforms ("u"), by the names of their streams; `levers` are those that the
    scenario moves; `states` are what the model carries along, by names that begin with ``state.``.

    Attributes
    ----------
    months : list of str
        The rows.
    shocks, levers, states : Columns
        More columns of the same rows.
    inputs : dict of str to float
        What the path drew as inputs.
    draws : dict of str to float
        What else it drew once: brands, errors of shapes and of the cost kernel, thresholds of vendors, months in which hazards strike.
    events : list of Event
        What happened, by month.
    units : dict of str to str
        Of every column and draw.
    meanings : dict of str to str
        Of every column and draw; '' for shocks.
    failure : str
        Why it was stopped, '' when it was not.
    """

    def __init__(self, traced: dict[str, Any], months: list[str], input_names: list[str]) -> None:
        columns, values = traced["columns"], np.asarray(traced["values"])
        parts = [part for part, *_ in columns]
        names = [name for _, name, *_ in columns]

        def part(which: str) -> tuple[list[str], np.ndarray]:
            first = parts.index(which) if which in parts else 0
            last = first + parts.count(which)
            return names[first:last], values[:, first:last]

        super().__init__(*part("outcome"), "series", ("month", months))
        self.months = months
        self.shocks, self.levers, self.states = (Columns(*part(which), which, ("month", months)) for which in PARTS[1:])
        self.inputs: dict[str, float] = dict(zip(input_names, np.asarray(traced["inputs"]).tolist(), strict=True))
        self.draws: dict[str, float] = {name: value for name, _, _, value in traced["draws"]}
        self.events = [Event(*event) for event in traced["events"]]
        self.units: dict[str, str] = {name: unit for _, name, unit, _ in columns} | {name: unit for name, unit, _, _ in traced["draws"]}
        self.meanings: dict[str, str] = {name: text for _, name, _, text in columns} | {name: text for name, _, text, _ in traced["draws"]}
        self.failure: str = traced["failure"]

    def to_dataframe(self) -> DataFrame:
        """A row a month (the index), a column for each outcome, shock, lever and state. Needs pandas."""
        parts = (self, self.shocks, self.levers, self.states)
        names = [name for part in parts for name in part]
        return pandas().DataFrame(np.hstack([part.table for part in parts]), index=pandas().Index(self.months, name="month"), columns=names)
