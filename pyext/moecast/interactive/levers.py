"""What can be moved: the inputs and levers of a scenario, with the range that a slider should have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import _core
from ..columns import position


@dataclass(frozen=True)
class Lever:
    """An input or lever, and where a slider of it begins and ends.

    Attributes
    ----------
    key, unit, meaning : str
    kind : {"input", "lever"}
        An input that is moved is fixed at the value in every path; a lever is held at it from the first month on, in place of its dated values.
    lowest, highest : float
        What a scenario may say, in `unit`.
    low, high : float
        Ends of the slider: the prior's .1 and 99.9 % (or 5 and 95 %) points, or the allowed range where there is no prior.
    start : float
        Median of the prior; of a lever the value in its last dated month. May lie beyond the slider's ends ("no limit").
    logarithmic : bool
        Whether equal steps should be equal factors.
    whole : bool
        Whether only whole numbers are allowed.
    """

    key: str
    unit: str
    meaning: str
    kind: str
    lowest: float
    highest: float
    low: float
    high: float
    start: float
    logarithmic: bool
    whole: bool

    @property
    def title(self) -> str:
        """Key and unit, as a slider is called."""
        return self.key if self.unit in ("", "-") else f"{self.key} [{self.unit}]"


# Where "no limit" is written as a huge number, and where the allowed range spans more than a slider can: a decade or so around the default.
_NEVER = 1e8


def _lever_ends(row: Mapping[str, Any], start: float) -> tuple[float, float]:
    lowest, highest = row["lowest"], row["highest"]
    if highest < _NEVER and (lowest <= 0 or highest / lowest <= 1e3) and highest - lowest <= 1e3:
        return lowest, highest
    middle = abs(start if abs(start) < _NEVER else 100.0) or 1.0
    return max(lowest, 0.0 if lowest == 0 else middle / 10), min(highest, middle * 10)


def _input_ends(row: Mapping[str, Any], wide: bool) -> tuple[float, float]:
    low, high = (row["p0_1"], row["p99_9"]) if wide else (row["p5"], row["p95"])
    low, high = max(low, row["lowest"]), min(high, row["highest"])
    if low < high:
        return low, high
    around = max(abs(low), 1e-6)  # the scenario fixes it: half to double, within what is allowed
    return max(row["lowest"], low - around / 2), min(row["highest"], low + around)


def _lever(row: Mapping[str, Any], wide: bool, ends: tuple[float, float] | None) -> Lever:
    is_input = row["kind"] == "input"
    start = row["p50"] if is_input else row["dated"][-1][1] if row["dated"] else row["standard"]
    low, high = ends or (_input_ends(row, wide) if is_input else _lever_ends(row, start))
    if not (math.isfinite(low) and math.isfinite(high) and row["lowest"] <= low < high <= row["highest"]):
        raise ValueError(f"{row['key']} may lie between {row['lowest']:g} and {row['highest']:g} {row['unit']}; a slider cannot go from {low:g} to {high:g}")
    whole = row["key"] == "levers.draft_depth"
    words = {name: row[name] for name in ("key", "unit", "meaning", "kind", "lowest", "highest")}
    return Lever(**words, low=low, high=high, start=start, logarithmic=low > 0 and high / low > 30, whole=whole)


def levers_of(scenario: _core.Scenario, wide: bool = True, ends: Mapping[str, tuple[float, float] | None] | None = None) -> dict[str, Lever]:
    """The levers named by `ends` (all where None), by key; KeyError with the nearest names for one that is none."""
    rows = {row["key"]: row for row in scenario.ranges()}
    if ends is None:
        return {key: _lever(row, wide, None) for key, row in rows.items()}
    known = {key: i for i, key in enumerate(rows)}
    for key in ends:
        position(known, key, "input or lever")
    return {key: _lever(rows[key], wide, ends[key]) for key in ends}
