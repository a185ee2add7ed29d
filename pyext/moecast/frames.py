"""Packages that need not be there, when they are: pandas, xarray, pyarrow."""

from __future__ import annotations

import importlib
from types import ModuleType


def needed(module: str, what: str, extra: str, instead: str) -> ModuleType:
    """The module; an ImportError that says what needs it, how to get it, and what does without."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise ImportError(f"{what} {module.split('.')[0]}: pip install 'moecast[{extra}]'. {instead}.") from None


def pandas() -> ModuleType:
    """The module pandas; ImportError that says how to get it."""
    return needed("pandas", "DataFrames need", "pandas", "Without it use the arrays, such as Result.mean")
