"""Named columns of a table that stays where it is: every column is a view."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .frames import pandas

if TYPE_CHECKING:
    from pandas import DataFrame

Axis = tuple[str, Sequence[object]]


def position(names: Mapping[str, int], name: str, what: str) -> int:
    """Position of a name; KeyError with the nearest names otherwise, TypeError for what is no name."""
    if not isinstance(name, str):
        raise TypeError(f"a {what} is asked for by its name, not by {reprlib.repr(name)}")
    try:
        return names[name]
    except KeyError:
        near = difflib.get_close_matches(name, names, n=3)
        hint = f" (did you mean {' or '.join(repr(word) for word in near)}?)" if near else ""
        raise KeyError(f"no {what} {name!r}{hint}") from None


class Columns(Mapping[str, np.ndarray]):
    """A table as a mapping from name to 1-D array. Equal to itself only.

    Attributes
    ----------
    table : numpy.ndarray of float64, shape (rows, columns), or (rows, columns, months)
        Read-only view of the C library's memory, which lives as long as any view of it.
    names : list of str
        The columns.
    axes : tuple of (str, sequence)
        What the rows are, and the months where a column has them: name and labels.
    """

    def __init__(self, names: Sequence[str], table: np.ndarray, what: str, *axes: Axis) -> None:
        self.names = list(names)
        self.axes: tuple[Axis, ...] = axes or (("row", range(table.shape[0])),)
        self.table = table
        self._what = what
        self._position = {name: i for i, name in enumerate(self.names)}

    def __getitem__(self, name: str) -> np.ndarray:
        return self.table[:, position(self._position, name, self._what)]

    def __contains__(self, name: object) -> bool:
        return name in self._position

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def to_dataframe(self) -> DataFrame:
        """A column each; the rows (paths, or paths and months) are the index. Copies. Needs pandas."""
        index = pandas().MultiIndex.from_product([labels for _, labels in self.axes], names=[name for name, _ in self.axes])
        if len(self.axes) == 1:
            index = index.get_level_values(0)
        columns = np.moveaxis(self.table, 1, -1).reshape(len(index), len(self.names))
        return pandas().DataFrame(columns.copy(), index=index, columns=self.names)

    __eq__ = object.__eq__  # a Mapping's own would ask for the truth of arrays; hold the tables against each other with NumPy
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<{len(self.names)} columns of {self.table.shape[0]} rows>"
