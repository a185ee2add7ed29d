"""What there is to look at in a result: the names of its outcomes with unit and meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import views
from .columns import position
from .frames import pandas

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Outcome:
    """An outcome: its `name` ("share.open.developers"), its `unit` ("share") and its `meaning` in words."""

    name: str
    unit: str
    meaning: str


class Outcomes(Mapping[str, Outcome]):
    """Outcomes by name, in the order of `Result.series`.

    Examples
    --------
    >>> import moecast
    >>> outcomes = moecast.run("baseline", paths=64, seed=7, keep=0).outcomes
    >>> outcomes["cap.gap"].unit
    'ECI'
    >>> all("price" in f"{name} {outcome.meaning}".lower() for name, outcome in outcomes.search("price").items())
    True
    """

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._all = {outcome.name: outcome for outcome in outcomes}
        self._position = {name: i for i, name in enumerate(self._all)}

    def __getitem__(self, name: str) -> Outcome:
        position(self._position, name, "series")
        return self._all[name]

    def __contains__(self, name: object) -> bool:
        return name in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def search(self, *words: str) -> Outcomes:
        """Those in whose name, unit or meaning every word stands, in upper or lower case."""
        wanted = [word.lower() for word in words]
        return Outcomes([one for one in self._all.values() if all(word in f"{one.name} {one.unit} {one.meaning}".lower() for word in wanted)])

    def to_dataframe(self) -> DataFrame:
        """A row an outcome (the index, ``series``), with ``unit`` and ``meaning``. Needs pandas."""
        frame = pandas().DataFrame([vars(outcome) for outcome in self._all.values()], columns=["name", "unit", "meaning"])
        return frame.rename(columns={"name": "series"}).set_index("series")

    def __repr__(self) -> str:
        return f"<{len(self)} outcomes: {', '.join(list(self)[:4])}{', …' if len(self) > 4 else ''}>"

    def _repr_html_(self) -> str:
        return views.outcomes(self)
