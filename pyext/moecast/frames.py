"""pandas, when it is there."""

from __future__ import annotations

from types import ModuleType


def pandas() -> ModuleType:
    """The module pandas; ImportError that says how to get it."""
    try:
        import pandas
    except ImportError:
        raise ImportError(
            "DataFrames need pandas: pip install 'moecast[pandas]'. Without it use the arrays, such as Result.mean."
        ) from None
    return pandas
