"""What callers give: made plain, or refused in one sentence."""

from __future__ import annotations

import reprlib
from typing import SupportsFloat


def number(what: str, given: object) -> float:
    """A plain float; TypeError for what is no number (text that looks like one is none)."""
    if isinstance(given, SupportsFloat) and not isinstance(given, str):
        try:
            return float(given)
        except (TypeError, ValueError):
            pass
    raise TypeError(f"{what} must be a number, not {reprlib.repr(given)}")
