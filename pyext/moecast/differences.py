"""What two scenarios differ in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, overload

from .frames import pandas

if TYPE_CHECKING:
    from pandas import DataFrame

_SHOWN = 120  # characters of a value in a repr


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 2] + " …"


@dataclass(frozen=True)
class Change:
    """One key in which two scenarios differ.

    Attributes
    ----------
    key : str
        Such as ``"policy.severity"``; a whole offering, fleet, regime or claim where one side has none of that name.
    before, after : str
        The value on each side in plain words, inputs as a distribution with its 90 % interval; "" where that side has no such key.
    unit : str
        Of an input or lever; "" for other keys.
    group : str
        Section of the scenario: ``"policy"``, ``"levers"``, …; ``"head"`` for what moves no path.
    only_notes : bool
        Equal values; unit, basis, source, date or reason differ.
    """

    key: str
    before: str
    after: str
    unit: str
    group: str
    only_notes: bool

    @property
    def sentence(self) -> str:
        """The change in words."""
        if not self.after:
            return f"{self.key}: taken away, was {_cut(self.before)}"
        if not self.before:
            return f"{self.key}: {_cut(self.after)}, not there before"
        other = " (same value, other notes)" if self.only_notes else ""
        return f"{self.key}: {_cut(self.after)} instead of {_cut(self.before)}{other}"


class ScenarioDiff(Sequence[Change]):
    """The keys in which two scenarios differ, in the order of the scenario. Made by `Scenario.diff`.

    Names, titles and descriptions are no differences, as for ``moecast diff``.

    Attributes
    ----------
    a, b : str
        Names of the two scenarios.
    """

    def __init__(self, a: str, b: str, changes: Iterable[Change]) -> None:
        self.a, self.b = a, b
        self._changes = tuple(changes)

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> ScenarioDiff: ...
    def __getitem__(self, index: int | slice) -> Change | ScenarioDiff:
        if isinstance(index, slice):
            return ScenarioDiff(self.a, self.b, self._changes[index])
        return self._changes[index]

    def __len__(self) -> int:
        return len(self._changes)

    def __eq__(self, other: object) -> bool:
        return self._changes == other._changes if isinstance(other, ScenarioDiff) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    @property
    def keys(self) -> list[str]:
        """The keys alone."""
        return [change.key for change in self._changes]

    def to_dataframe(self) -> DataFrame:
        """A row a key: key, before, after, unit, group, only_notes. Needs pandas."""
        columns = list(Change.__dataclass_fields__)
        return pandas().DataFrame([[getattr(change, name) for name in columns] for change in self._changes], columns=columns)

    def __repr__(self) -> str:
        if not self:
            return f"<{self.b} says the same as {self.a}>"
        lines = [f"{self.b} against {self.a}, {len(self)} key{'s' if len(self) > 1 else ''}:", *(f"  {change.sentence}" for change in self._changes)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = f"<tr><th>key</th><th>{escape(self.a)}</th><th>{escape(self.b)}</th></tr>"
        rows = "".join(
            f'<tr><td style="text-align:left"><code>{escape(change.key)}</code></td>'
            f'<td style="text-align:left">{escape(_cut(change.before)) or "–"}</td>'
            f'<td style="text-align:left">{escape(_cut(change.after)) or "–"}{" (other notes)" if change.only_notes else ""}</td></tr>'
            for change in self._changes
        )
        return f"<table>{head}{rows}</table>" if self else f"<p>{escape(repr(self)[1:-1])}</p>"
