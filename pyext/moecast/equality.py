"""Equality of records that hold arrays, of which Python's own would ask for one truth value."""

from __future__ import annotations

from typing import Any

import numpy as np


def _same(one: Any, other: Any) -> bool:
    if not (isinstance(one, (np.ndarray, float)) and isinstance(other, (np.ndarray, float))):
        return bool(one == other) if not isinstance(one, np.ndarray) and not isinstance(other, np.ndarray) else False
    one, other = np.asarray(one), np.asarray(other)
    return np.array_equal(one, other, equal_nan=one.dtype.kind == other.dtype.kind == "f")


class ByValue:
    """Equal when all fields are, arrays element by element and NaN to NaN. Goes with ``@dataclass(frozen=True, eq=False)``."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        names = (name for name, about in type(self).__dataclass_fields__.items() if about.compare)  # type: ignore[attr-defined]
        return all(_same(getattr(self, name), getattr(other, name)) for name in names)

    def __hash__(self) -> int:
        return hash((type(self), *(value for value in vars(self).values() if isinstance(value, str))))
