"""Models, machines and prices, and what a token costs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _core

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


def catalogue(folder: str | os.PathLike[str] | None = None) -> Catalogue:
    """Read a catalogue; the shipped one where None.

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


@dataclass(frozen=True)
class TokenCost:
    """What a token of a model costs on a machine. Names carry units; `binding` says what limits the batch.

    `band_log_sd` is the error of the cost kernel: the standard deviation of the logarithm of cost.
    """

    usd_per_mtok_in: float
    usd_per_mtok_cached: float
    usd_per_mtok_out: float
    usd_per_mtok_blend: float
    band_log_sd: float
    tok_per_s_user: float
    output_tok_per_s: float
    input_tok_per_s: float
    joule_per_output_token: float
    usd_per_hour: float
    batch: float
    group: float
    step_s: float
    output_s: float
    input_s: float
    binding: str
    meets_tpot: bool


def token_cost(
    model: str,
    hardware: str,
    *,
    input_tokens: float = 8000.0,
    output_tokens: float = 1000.0,
    hit_share: float = 0.5,
    tok_per_s_user: float = 25.0,
    draft: int = 0,
    accepted: float = 1.0,
    utilisation: float | None = None,
    usd_per_hour: float | None = None,
    electricity_usd_per_kwh: float | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> TokenCost:
    """Cost, speed and energy of a token, as ``moecast cost`` prints them.

    Parameters
    ----------
    model, hardware : str
        Ids of the catalogue.
    input_tokens, output_tokens : float
        Tokens of a request.
    hit_share : float in [0, 1)
        Share of input found in a cache.
    tok_per_s_user : float
        Tokens a second that each user gets at least.
    draft : int, 0 to 3
        Tokens drafted a step; `accepted` of them and the next one, in [1, draft + 1], are kept.
    utilisation : float in [.001, 1], optional
        Share of time that serves paying tokens; .67 where None.
    usd_per_hour : float, optional
        Rent of an accelerator, above 0; owned where None.
    electricity_usd_per_kwh : float in [0, 10], optional
        .08 where None.
    folder : path, optional
        A catalogue other than the shipped one.

    Raises
    ------
    ScenarioError
        For an unknown id (with the nearest one), a number outside its range (`field` names it), and when the model does not fit the machine.
    """
    return TokenCost(
        **_core.token_cost(
            _folder(folder),
            model,
            hardware,
            input_tokens,
            output_tokens,
            hit_share,
            tok_per_s_user,
            draft,
            accepted,
            utilisation,
            usd_per_hour,
            electricity_usd_per_kwh,
        )
    )
