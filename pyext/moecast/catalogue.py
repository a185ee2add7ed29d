"""Models, machines and prices."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _core, views

Row = dict[str, Any]


def _folder(folder: str | os.PathLike[str] | None) -> str | os.PathLike[str]:
    return Path(_core.home(), "catalogue") if folder is None else folder


@dataclass(frozen=True)
class Catalogue:
    """Facts the model starts from, one dict a row, each with source, date and basis where it has them. Unknown numbers are NaN.

    ``pandas.DataFrame(catalogue().models)`` makes a table.
    """

    models: list[Row]
    hardware: list[Row]
    prices: list[Row]
    cost_inputs: list[Row]
    controls: list[Row]

    def _repr_html_(self) -> str:
        return views.catalogue(self)


def catalogue(folder: str | os.PathLike[str] | None = None) -> Catalogue:
    """Read a catalogue; the shipped one where None.

    Returns
    -------
    Catalogue
        Lists of rows: models, hardware, prices, cost inputs and export controls.

    Raises
    ------
    ScenarioError, FileError
        When it cannot be used, with the place of the first mistake.

    Examples
    --------
    >>> import moecast
    >>> len(moecast.catalogue().models) >= 25
    True
    """
    return Catalogue(**_core.catalogue(_folder(folder)))
