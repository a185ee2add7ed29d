"""Pieces of HTML for notebooks: text made safe, numbers rounded to their errors, tables, small drawings, and the frame around them.

No scripts, no resources from elsewhere, no fixed colours: text and lines take the page's own colour, so that light and dark themes both work. What is
long is cut: a view stays below some 30 kB whatever it shows.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from itertools import islice

ROWS = 20  # of a table, unless told otherwise
_TEXT = 300  # characters of one cell
_SHORT = 18  # and of one that is not broken

_STYLE = """<style>
.moecast-view{font-family:var(--jp-content-font-family,system-ui,sans-serif);font-size:13px;line-height:1.45;color:inherit;max-width:72em}
.moecast-view .t{font-weight:600;font-size:1.1em}
.moecast-view .d{opacity:.7}
.moecast-view p{margin:.3em 0}
.moecast-view table{border-collapse:collapse;margin:.5em 0;border:none;font-size:1em;table-layout:auto}
.moecast-view th,.moecast-view td{padding:.18em .7em .18em 0;text-align:left!important;vertical-align:top;border:none;white-space:normal;max-width:34em}
.moecast-view thead th{font-weight:600;border-bottom:1px solid rgba(128,128,128,.6);vertical-align:bottom}
.moecast-view tbody tr{background:none!important;border-bottom:1px solid rgba(128,128,128,.22)}
.moecast-view .n{text-align:right!important;white-space:nowrap;font-variant-numeric:tabular-nums}
.moecast-view code{background:none;color:inherit;padding:0;font-size:.95em}
.moecast-view td code,.moecast-view .k{white-space:nowrap}
.moecast-view svg{vertical-align:middle;overflow:visible}
.moecast-view summary{cursor:pointer}
</style>"""
_LINE = "var(--jp-brand-color1,#3b82c4)"


class Safe(str):
    """Text that is HTML already."""

    __slots__ = ()


class Number(Safe):
    """HTML of a number: set flush right."""

    __slots__ = ()


def text(value: object, most: int = _TEXT) -> Safe:
    """Any value as HTML: `Safe` stays, all else is escaped and cut."""
    if isinstance(value, Safe):
        return value
    plain = "" if value is None else str(value)
    return Safe(html.escape(plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"))


def code(value: object) -> Safe:
    """A name as it is typed."""
    return Safe(f"<code>{text(value)}</code>")


def dim(value: object) -> Safe:
    """What matters less."""
    return Safe(f'<span class="d">{text(value)}</span>')


# ---- numbers --------------------------------------------------------------------------------------------------------------------------------------


def _decimals(error: float) -> int:
    """Decimals that show an error with one digit, or two when it begins with 1."""
    if not (math.isfinite(error) and error > 0.0):
        return 0
    place = -math.floor(math.log10(error))
    return place + (error * 10.0**place < 1.95)


def _fixed(value: float, decimals: int) -> str:
    shown = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    return shown[1:] if shown.startswith("-") and not shown.strip("-0.,") else shown.replace("-", "−")


def _significant(value: float, digits: int = 4) -> str:
    if value == 0.0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if -5 < size < 9:
        shown = _fixed(value, digits - 1 - size)
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", "−")


def said(value: float | None, error: float | None = None, unit: str = "") -> str:
    """A number in words: rounded to its error, with that and the unit behind; four digits where the error is not known. Shares are in percent.

    Examples
    --------
    >>> said(0.34567, 0.0123, "share"), said(12.345, None, "$bn/yr"), said(float("nan"))
    ('34.6 ± 1.2 %', '12.35 $bn/yr', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    percent = unit in ("share", "flag")
    factor = 100.0 if percent else 1.0
    behind = " %" if percent else "" if unit in ("", "-") else f" {unit}"
    if math.isinf(value):
        return ("∞" if value > 0 else "−∞") + behind
    if error is None or not (math.isfinite(error) and error > 0.0) or not 1e-9 < factor * error < 1e12:
        return _significant(factor * value) + behind
    decimals = _decimals(factor * error)
    return f"{_fixed(factor * value, decimals)} ± {_fixed(factor * error, decimals)}{behind}"


def bound(share: float, is_upper: bool) -> str:
    """A bound of a probability, "< 0.15 %": two digits of its distance from 0 or 1, rounded so that it still is one.

    Examples
    --------
    >>> bound(0.0014967, True), bound(1.0 - 0.0014967, False)
    ('< 0.15 %', '> 99.85 %')
    """
    away = 100.0 * (share if is_upper else 1.0 - share)
    if not 0.0 < away < 100.0:
        return said(share, None, "share")
    decimals = max(1 - math.floor(math.log10(away)), 0)
    outward = math.ceil(away * 10.0**decimals * (1.0 - 1e-12)) / 10.0**decimals
    return f"{'<' if is_upper else '>'} {outward if is_upper else 100.0 - outward:.{decimals}f} %"


def number(value: float | None, error: float | None = None, unit: str = "") -> Number:
    """`said` for a cell."""
    return Number(text(said(value, error, unit)))


def between(low: float, high: float, unit: str = "") -> Number:
    """A range: three digits each."""
    if math.isnan(low) or math.isnan(high):
        return Number("–")
    percent = unit in ("share", "flag")
    factor = 100.0 if percent else 1.0
    behind = " %" if percent else "" if unit in ("", "-") else f" {unit}"
    return Number(text(f"{_significant(factor * low, 3)} … {_significant(factor * high, 3)}{behind}"))


# ---- tables ---------------------------------------------------------------------------------------------------------------------------------------


def _cell(value: object, tag: str = "td") -> str:
    is_short = not isinstance(value, Safe) and len(str(value)) <= _SHORT  # dates and ids stay in one line
    kind = ' class="n"' if isinstance(value, Number) else ' class="k"' if is_short else ""
    return f"<{tag}{kind}>{text(value)}</{tag}>"


def _spanning(value: object, columns: int) -> str:
    return f'<td colspan="{columns}" style="max-width:none">{text(value)}</td>'


def table(heads: Sequence[object], rows: Iterable[Sequence[object]], count: int | None = None, more: str = "to_dataframe()", most: int = ROWS) -> Safe:
    """A table of at most `most` rows; below it how many of `count` are left out, and where they are. A row of one cell spans all columns."""
    shown = list(islice(rows, most))
    whole = next((row for row in shown if len(row) == len(heads)), ())
    flush = [bool(whole) and isinstance(whole[i], Number) for i in range(len(heads))]
    head = "".join(_cell(Number(text(name)) if right else name, "th") for name, right in zip(heads, flush, strict=True))
    body = "".join(f"<tr>{_spanning(row[0], len(heads)) if len(row) == 1 else ''.join(map(_cell, row))}</tr>" for row in shown)
    left = (len(shown) if count is None else count) - len(shown)
    note = f'<p class="d">… and {left:,} more: <code>{text(more)}</code></p>' if left > 0 else ""
    return Safe(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}")


def pairs(rows: Iterable[tuple[object, object]]) -> Safe:
    """Names and values, a line each."""
    body = "".join(f'<tr><td class="d">{text(name)}</td><td>{text(value)}</td></tr>' for name, value in rows)
    return Safe(f"<table><tbody>{body}</tbody></table>")


def paragraph(*parts: object) -> Safe:
    """Parts one after the other."""
    return Safe(f"<p>{''.join(text(part, 2000) for part in parts)}</p>")


def folded(title: object, body: Safe) -> Safe:
    """What opens at a click."""
    return Safe(f"<details><summary>{text(title)}</summary>{body}</details>")


def view(title: object, subtitle: object, *parts: Safe) -> str:
    """The frame of an object's view."""
    return f'<div class="moecast-view">{_STYLE}<p class="t">{text(title)}</p><p class="d">{text(subtitle, 600)}</p>{"".join(parts)}</div>'


# ---- small drawings -------------------------------------------------------------------------------------------------------------------------------

_WIDE, _HIGH, _POINTS = 120, 26, 48


def _thinned(values: Sequence[float]) -> list[float]:
    if len(values) <= _POINTS:
        return list(values)
    return [values[round(i * (len(values) - 1) / (_POINTS - 1))] for i in range(_POINTS)]


def _points(values: Sequence[float], low: float, high: float, backwards: bool = False) -> str:
    wide, span = _WIDE / max(len(values) - 1, 1), (high - low) or 1.0
    places = [f"{i * wide:.1f},{_HIGH - (value - low) / span * _HIGH:.1f}" for i, value in enumerate(values)]
    return " ".join(reversed(places) if backwards else places)


def sparkline(low: Sequence[float], middle: Sequence[float], high: Sequence[float], others: Sequence[Sequence[float]] = ()) -> Safe:
    """A line in its band, without axes; '' where a number is not known. `others` are more lines over the same band."""
    parts = [_thinned(values) for values in (low, middle, high, *others)]
    numbers = [value for values in parts for value in values]
    if len(parts[0]) < 2 or not all(map(math.isfinite, numbers)):
        return Safe("")
    least, most = min(numbers), max(numbers)
    band = f"{_points(parts[0], least, most)} {_points(parts[2], least, most, backwards=True)}"
    lines = "".join(
        f'<polyline points="{_points(values, least, most)}" fill="none" stroke="currentColor" stroke-width="1" opacity=".65"/>' for values in parts[3:]
    )
    return Safe(
        f'<svg width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="median in its 5 to 95 % band">'
        f'<polygon points="{band}" fill="currentColor" opacity=".16"/>'
        f'<polyline points="{_points(parts[1], least, most)}" fill="none" stroke="{_LINE}" stroke-width="1.6"/>{lines}</svg>'
    )


def bar(value: float, least: float, most: float, begin: float = 0.0, error: float = math.nan) -> Safe:
    """A bar from `begin` to `value` on an axis from `least` to `most`, with a whisker of two standard errors where they are known."""
    if not (math.isfinite(value) and math.isfinite(least) and math.isfinite(most) and most > least):
        return Safe("")

    def place(x: float) -> float:
        return min(max((x - least) / (most - least), 0.0), 1.0) * _WIDE

    left, right, zero = place(min(begin, value)), place(max(begin, value)), place(begin)
    whisker = ""
    if math.isfinite(error) and error > 0.0:
        whisker = f'<line x1="{place(value - 2 * error):.1f}" x2="{place(value + 2 * error):.1f}" y1="6" y2="6" stroke="currentColor" stroke-width="1.2"/>'
    return Safe(
        f'<svg width="{_WIDE}" height="12" viewBox="0 0 {_WIDE} 12" role="img" aria-label="bar">'
        f'<rect x="0" y="2" width="{_WIDE}" height="8" fill="currentColor" opacity=".07"/>'
        f'<rect x="{left:.1f}" y="2" width="{max(right - left, 0.5):.1f}" height="8" fill="{_LINE}" opacity=".75"/>'
        f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="12" stroke="currentColor" stroke-width=".8" opacity=".5"/>{whisker}</svg>'
    )
