"""moecast: a simulator of the market for AI models, open-weight against closed.

>>> import moecast
>>> result = moecast.run("baseline", paths=200, seed=1)
>>> share = result.quantiles("share.open.developers", months="2026-12", p=0.5)
>>> 0.0 < share < 1.0
True

The numbers are those of the command ``moecast``: same scenario, seed and paths, same `Result.digest`.
"""

from pathlib import Path as _Path
from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import _core

# The shipped scenarios: inside an installed package, or in the source tree of an editable one.
_here = _Path(__file__).resolve().parent
_core.set_home(next(folder for folder in (_here / "scenarios", _here.parents[1] / "scenarios") if folder.is_dir()))

from . import plot
from ._core import Error, FileError, RunError, ScenarioError
from .catalogue import Catalogue, catalogue
from .claims import BreakEven, Claim, Claims, Reading, Vintage
from .columns import Columns
from .comparing import Bar, Comparison, Waterfall, compare
from .costing import TokenCost, token_cost
from .differences import Change, ScenarioDiff
from .grids import Grid, GridProbability, grid
from .hosting import HostBill, HostBreakEven, Hosting, HostOrBuy, Replica, SparsityWorth, host_or_buy
from .outcomes import Outcome, Outcomes
from .questions import Driver, Percentile, Percentiles, WhatItWouldTake
from .replay import Event, Replay
from .result import Result, load
from .running import Run, run
from .scenario import Input, Scenario, scenarios
from .stories import Stories, Story

if _TYPE_CHECKING:
    from . import interactive  # noqa: F401  for type checkers, which do not see __getattr__'s

__version__ = _core.version


def __getattr__(name: str):
    """`moecast.interactive`, loaded when it is first asked for."""
    if name == "interactive":
        import importlib

        return importlib.import_module(".interactive", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Bar",
    "BreakEven",
    "Catalogue",
    "Change",
    "Claim",
    "Claims",
    "Columns",
    "Comparison",
    "Driver",
    "Error",
    "Event",
    "FileError",
    "Grid",
    "GridProbability",
    "HostBill",
    "HostBreakEven",
    "HostOrBuy",
    "Hosting",
    "Input",
    "Outcome",
    "Outcomes",
    "Percentile",
    "Percentiles",
    "Reading",
    "Replay",
    "Replica",
    "Result",
    "Run",
    "RunError",
    "Scenario",
    "ScenarioDiff",
    "ScenarioError",
    "SparsityWorth",
    "Stories",
    "Story",
    "TokenCost",
    "Vintage",
    "Waterfall",
    "WhatItWouldTake",
    "catalogue",
    "compare",
    "grid",
    "host_or_buy",
    "load",
    "plot",
    "run",
    "scenarios",
    "token_cost",
]
