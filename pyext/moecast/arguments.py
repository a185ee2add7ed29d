"""What callers give: made plain, or refused in one sentence."""

from __future__ import annotations

import operator
import reprlib
from collections.abc import Iterable
from typing import SupportsFloat


def number(what: str, given: object) -> float:
    """A plain float; TypeError for what is no number (text that looks like one is none)."""
    if isinstance(given, SupportsFloat) and not isinstance(given, str):
        try:
            return float(given)
        except (TypeError, ValueError):
            pass
    raise TypeError(f"{what} must be a number, not {reprlib.repr(given)}")


def whole(what: str, given: object) -> int:
    """A plain int; TypeError for what is none, such as 1.5 or "1"."""
    try:
        return operator.index(given)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{what} must be a whole number, not {reprlib.repr(given)}") from None


def names(what: str, given: object) -> list[str]:
    """A list of names, each once; a name alone is a list of one. TypeError for what holds no names."""
    if isinstance(given, str):
        return [given]
    listed = list(given) if isinstance(given, Iterable) and not isinstance(given, bytes) else [None]
    if not all(isinstance(one, str) for one in listed):
        raise TypeError(f"{what} wants a name or a sequence of names, got {reprlib.repr(given)}")
    return list(dict.fromkeys(listed))
