"""Units in words, and numbers on axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axis import Axis

# Unit of a series → words for an axis, and what values are multiplied by for it.
_WORDS = {
    "share": ("per cent", 100.0),
    "$/M tokens": ("dollars a million tokens", 1.0),
    "$/seat/month": ("dollars a seat and month", 1.0),
    "$bn/yr": ("billion dollars a year", 1.0),
    "-": ("ratio", 1.0),
    "1/yr": ("per cent a year", 100.0),
    "ECI": ("points of the Epoch Capabilities Index", 1.0),
    "GW": ("gigawatts", 1.0),
    "J/token": ("joules a token", 1.0),
    "M": ("millions", 1.0),
    "M H100e": ("millions of H100 equivalents", 1.0),
    "T tokens/month": ("trillion tokens a month", 1.0),
    "deals": ("number of deals", 1.0),
    "deals/month": ("deals a month", 1.0),
    "flag": ("0: no, 1: yes", 1.0),
    "ln": ("natural logarithm of the ratio", 1.0),
    "log10 $M": ("decimal logarithm of million dollars", 1.0),
    "month": ("months", 1.0),
    "offerings": ("number of offerings", 1.0),
    "regime": ("regime, by its position", 1.0),
    "sequences/accelerator": ("sequences an accelerator", 1.0),
    "share*tokens/J": ("tasks done well (share) times tokens a joule", 1.0),
    "share/($/M)": ("tasks done well (share) per dollar a million tokens", 1.0),
    "thousand": ("thousands", 1.0),
    "vendors": ("number of vendors", 1.0),
}
LOGARITHMIC = {"$/M tokens", "J/token", "M H100e"}


def in_words(unit: str) -> tuple[str, float]:
    """Words for an axis, and the factor of its numbers; a unit that is not known stands for itself.

    Examples
    --------
    >>> in_words("$bn/yr"), in_words("share")
    (('billion dollars a year', 1.0), ('per cent', 100.0))
    """
    return _WORDS.get(unit, (unit or "value", 1.0))


def plain(value: float, _: object = None) -> str:
    """A number as people write it: 0.05, 20, 1,500.

    Examples
    --------
    >>> plain(0.05), plain(1500.0), plain(2e-6)
    ('0.05', '1,500', '2e-06')
    """
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def brief(value: float) -> str:
    """Three digits of it.

    Examples
    --------
    >>> brief(3184.2), brief(-1.858)
    ('3,180', '−1.86')
    """
    return plain(float(f"{value:.3g}")).replace("-", "−")


def with_error(value: float, error: float, sign: bool = False) -> str:
    """A number as far as two digits of its error go, with that error where it is known.

    Examples
    --------
    >>> with_error(-0.01853, 0.0015), with_error(77.0, 0.98), with_error(3.0, float("nan"), sign=True)
    ('−0.0185 ± 0.0015', '77.00 ± 0.98', '+3')
    """
    signed = "−" if value < 0 else "+" if sign and value > 0 else ""
    if not (np.isfinite(error) and error > 0):
        return signed + plain(float(f"{abs(value):.4g}"))
    places = max(0, int(1 - np.floor(np.log10(error))))
    return f"{signed}{abs(value):,.{places}f} ± {error:,.{places}f}"


def count_in_words(value: float, _: object = None) -> str:
    """A large number in words.

    Examples
    --------
    >>> count_in_words(1e9), count_in_words(2.5e12), count_in_words(3.0), count_in_words(3.47e10)
    ('1 billion', '2.5 trillion', '3', '34.7 billion')
    """
    for size, name in ((1e15, "quadrillion"), (1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= size * (1 - 1e-9):
            return f"{value / size:,.3g} {name}"
    return plain(value)


def dollars(value: float, _: object = None) -> str:
    """Dollars, in words when they are many.

    Examples
    --------
    >>> dollars(0.05), dollars(18127.0), dollars(2.5e6)
    ('$0.05', '$18,127', '$2.5 million')
    """
    return f"${count_in_words(value)}"


def make_logarithmic(axis: Axis, write=plain) -> None:
    """A logarithmic axis with numbers that people read, also where it spans less than a decade."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    ax, letter = axis.axes, axis.axis_name
    (ax.set_xscale if letter == "x" else ax.set_yscale)("log")
    low, high = sorted(axis.get_view_interval())
    decades = np.log10(high / low) if 0 < low < high else 1.0
    marks = (1.0,) if decades > 4.5 else (1.0, 3.0) if decades > 2.2 else (1.0, 2.0, 5.0) if decades > 0.8 else tuple(range(1, 10))
    axis.set_major_locator(LogLocator(subs=marks, numticks=99))
    axis.set_major_formatter(FuncFormatter(write))
    axis.set_minor_formatter(NullFormatter())
    if decades <= 2.2:
        axis.set_minor_locator(NullLocator())


def make_linear(axis: Axis, write=plain) -> None:
    """A linear axis without offsets and powers of ten."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(write))
