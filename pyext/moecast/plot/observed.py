"""Points of history that a scenario follows, beside the series that they are observations of."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..result import Result

# Series of the model and the observed series that is the same thing. Gaps and the rest of developers' use have no series of their own.
_SAME = {"cap.closed": "frontier_eci", "share.enterprise_open": "enterprise_open_share", "share.openrouter_cn": "developers_cn_open_share"}


def _assimilation(result: Result, key: str) -> str | None:
    """A key of the scenario's section `assimilate`."""
    section = re.search(r"^assimilate:\n((?:[ \t]+.*\n?)*)", result.scenario.text, re.M)
    found = section and re.search(rf"^\s+{key}:\s*[\"']?([^\"'\n#]+)", section[1], re.M)
    return found[1].strip() if found else None


def known_until(result: Result) -> str | None:
    """Last month of history that the run followed, YYYY-MM; None when it followed none."""
    until = _assimilation(result, "until")
    if not (until and re.fullmatch(r"\d{4}-\d{2}", until)):
        return None
    known = _assimilation(result, "known_until")
    return min(until, known) if known and re.fullmatch(r"\d{4}-\d{2}", known) else until


def observed(result: Result, series: str) -> dict[str, float]:
    """Month to value of what was observed of a series, in the series' own unit.

    Empty where nothing was, and where the catalogue that the scenario ran with is not on this machine.
    """
    name = _SAME.get(series, f"list_blend_price:{series.removeprefix('price.list.')}" if series.startswith("price.list.") else None)
    file = _assimilation(result, "observations")
    if name is None or file is None:
        return {}
    path = Path(result.scenario._core.catalogue, file)
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["month"]: float(row["value"]) for row in csv.DictReader(stream) if row["series"] == name}
