"""The cells of a grid: which scenarios it runs, and what each is called. The C library names and checks them, as it does for a batch."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .keys import label, refusal, written
from .scenario import Scenario

_FILE = "<grid>"

Levels = Mapping[str, Sequence[Any] | np.ndarray | Mapping[str, Any]] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Cell:
    """One scenario of a grid: its name, its levels in the order of the keys, and the text of its changes."""

    name: str
    levels: tuple[Any, ...]
    text: str

    def scenario(self, base: Scenario) -> Scenario:
        """The scenario itself."""
        return Scenario(base._core.change(self.text, _FILE))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _labelled(key: str, values: Sequence[Any] | np.ndarray | Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Label to level and value: a value of a list is its own level, one of a mapping is known by its label."""
    if isinstance(values, Mapping):
        return {str(word): (str(word), value) for word, value in values.items()}
    if isinstance(values, (str, bytes)) or not isinstance(values, (Sequence, np.ndarray)):
        raise refusal(f"got a {type(values).__name__}, wanted a list of values such as [0.5, 1, 2], or a mapping of labels to values", key, _FILE)
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise refusal(f"got an array of shape {values.shape}, wanted levels along one axis", key, _FILE, "ravel it, or give each key an axis of its own")
    plain = [_plain(value) for value in values]
    words = [label(value) for value in plain]
    if any(value in plain[:i] for i, value in enumerate(plain)):
        raise refusal("a level stands twice in the list", key, _FILE, status="DUPLICATE_KEY")
    if len(set(words)) < len(words):  # too few digits to tell them apart
        words = [repr(value) if isinstance(value, float) else word for word, value in zip(words, plain, strict=True)]
    for word, value in zip(words, plain, strict=True):
        if not word:
            raise refusal(f"{value!r} cannot stand in a name", key, _FILE, "give the values as a mapping {label: value}")
        if words.count(word) > 1:
            raise refusal(f"{word!r} stands twice in the list", key, _FILE, status="DUPLICATE_KEY")
    return {word: (value, value) for word, value in zip(words, plain, strict=True)}


def product(base: Scenario, levels: Mapping[str, Any], name: str) -> tuple[dict[str, list[Any]], list[Cell]]:
    """Every combination of the levels; the last key runs fastest."""
    axes = {str(key): _labelled(str(key), values) for key, values in levels.items()}
    text = written({key: {word: value for word, (_, value) in axis.items()} for key, axis in axes.items()}, _FILE)
    ran = base._core.cells(text, name)
    by_key = {key: [level for level, _ in axis.values()] for key, axis in axes.items()}
    cells = [Cell(called, at, changes) for (called, _, changes), at in zip(ran, itertools.product(*by_key.values()), strict=True)]
    return by_key, cells


def listed(base: Scenario, rows: Sequence[Mapping[str, Any]], name: str) -> tuple[dict[str, list[Any]], list[Cell]]:
    """The combinations of a list, each a mapping of the same keys."""
    if not rows or not all(isinstance(row, Mapping) and row for row in rows):
        raise refusal("wanted a mapping of keys to levels, or a list of mappings of keys to one level each", "levels", _FILE)
    keys = [str(key) for key in rows[0]]
    cells: dict[tuple[Any, ...], Cell] = {}
    for i, row in enumerate(rows):
        if {str(key) for key in row} != set(keys):
            raise refusal(f"has the keys {', '.join(map(str, row))}, and the first {', '.join(keys)}: all must have the same", f"levels[{i}]", _FILE)
        cell = product(base, {key: [row[key]] for key in keys}, name)[1][0]
        if cell.levels in cells:
            raise refusal(f"stands twice in the list: {cell.name}", f"levels[{i}]", _FILE, status="DUPLICATE_KEY")
        cells[cell.levels] = cell
    return {key: list(dict.fromkeys(levels)) for key, levels in zip(keys, zip(*cells, strict=True), strict=True)}, list(cells.values())
