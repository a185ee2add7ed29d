"""Answers as HTML and a fan chart as SVG, made of text alone so that a redraw takes milliseconds. Knows no widget and computes no model number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from .answers import Answer, Answers, Chance
from .levers import Lever

Fan = Sequence[tuple[str, float, float, float]]

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 560, 220, 52, 12, 26, 24
_INK, _GREY, _BAND, _LINE = "var(--jp-ui-font-color1, #222)", "#8a8a8a", "#4c8eda", "#1f5fa8"
_TIMES, _NAMES = {"share": 100.0}, {"share": "%", "-": ""}


def unit_of(unit: str) -> tuple[float, str]:
    """Factor and name under which a unit is shown: shares in per cent."""
    return _TIMES.get(unit, 1.0), _NAMES.get(unit, unit)


def rounded(value: float, error: float) -> str:
    """A value to the second digit of its error; to four digits where that is 0 or not known."""
    if not math.isfinite(value):
        return "–"
    if not (math.isfinite(error) and error > 0.0):
        return f"{value:.4g}"
    places = 1 - math.floor(math.log10(error))
    return f"{value:,.{places}f}" if 0 <= places <= 6 else f"{value:,.0f}" if places < 0 else f"{value:.4g}"


def with_error(value: float, error: float, signed: bool = False) -> str:
    """``"78.9 ± 0.3"``; the error is a standard error, left out where it is not known."""
    text = rounded(value, error)
    if signed and value > 0.0:
        text = f"+{text}"
    if not math.isfinite(error):
        return text
    return f"{text} ± {rounded(error, error)}" if error > 0.0 else text


# ---- the fan ------------------------------------------------------------------------------------------------------------------------------------


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers from low to high, at most so many steps apart."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10, 20) if (high - low) / (factor * power) <= most)
    return [round(i * step, 12) for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _points(fan: Fan, column: int, x: Sequence[float], y) -> list[str]:
    return [f"{x[i]:.1f},{y(row[column]):.1f}" for i, row in enumerate(fan)]


def _one_fan(fan: Fan, x: Sequence[float], y, moved: bool) -> str:
    band = " ".join(_points(fan, 1, x, y) + _points(fan, 3, x, y)[::-1])
    line = " ".join(_points(fan, 2, x, y))
    if moved:
        return f'<polygon points="{band}" fill="{_BAND}" fill-opacity=".28"/><polyline points="{line}" fill="none" stroke="{_LINE}" stroke-width="2"/>'
    return (
        f'<polygon points="{band}" fill="{_GREY}" fill-opacity=".16" stroke="{_GREY}" stroke-opacity=".5"/>'
        f'<polyline points="{line}" fill="none" stroke="{_GREY}" stroke-width="1.5" stroke-dasharray="5 3"/>'
    )


def fan_svg(answers: Answers) -> str:
    """Median and 5–95 % band of the first number's series by month; the scenario as it is in grey behind it. "" where no number is shown."""
    first = next((item for item in answers.values() if isinstance(item, Answer)), None)
    fans = [fan for fan in (answers.base_fan, answers.fan) if len(fan) > 1]
    levels = [value for fan in fans for row in fan for value in row[1:] if math.isfinite(value)]
    if first is None or not levels:
        return ""
    times, unit = unit_of(first.unit)
    marks = ticks(min(levels) * times, max(levels) * times)
    low, high = min(marks[0], min(levels) * times), max(marks[-1], max(levels) * times)
    high += (high == low) * (abs(low) or 1.0)
    months = [row[0] for row in fans[0]]
    x = [_LEFT + (_WIDTH - _LEFT - _RIGHT) * i / (len(months) - 1) for i in range(len(months))]

    def y(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1.0 - (value * times - low) / (high - low))

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" font-size="11" fill="{_INK}">']
    parts.append(f'<text x="{_LEFT}" y="14" font-size="12">{escape(first.name.partition("@")[0])}{f" [{escape(unit)}]" if unit else ""}: median and 5–95 % of paths{"; grey: the scenario as it is" if answers.moved else ""}</text>')
    for mark in marks:
        at = y(mark / times)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="{_GREY}" stroke-opacity=".3"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{mark:,.6g}</text>')
    for i, month in enumerate(months):
        if month.endswith("-12"):
            parts.append(f'<text x="{x[i]:.1f}" y="{_HEIGHT - 8}" text-anchor="{"end" if i == len(months) - 1 else "middle"}">{month}</text>')
    if answers.moved and len(answers.base_fan) > 1:
        parts.append(_one_fan(answers.base_fan, x, y, moved=False))
    parts.append(_one_fan(answers.fan, x, y, moved=True))
    return "".join(parts) + "</svg>"


# ---- a slider's scale ---------------------------------------------------------------------------------------------------------------------------


def place_of(lever: Lever, value: float) -> float:
    """Where a value stands on the slider: 0 at its low end, 1 at its high end."""
    if lever.logarithmic:
        return math.log(value / lever.low) / math.log(lever.high / lever.low)
    return (value - lever.low) / (lever.high - lever.low)


def scale_svg(lever: Lever, width: int) -> str:
    """What stands under a slider: its ends, and a mark at the prior's median (of a lever at the value it has last); an arrow where that lies beyond."""
    place = place_of(lever, min(max(lever.start, lever.low), lever.high))
    at = 4 + (width - 12) * place  # the track of an ipywidgets slider has these margins
    word = f"{'median' if lever.kind == 'input' else 'now'} {lever.start:.4g}"
    word = f"{word} →" if lever.start > lever.high else f"← {word}" if lever.start < lever.low else word
    anchor = "start" if at < 50 else "end" if at > width - 50 else "middle"
    ends = "".join(
        f'<text x="{x}" y="16" text-anchor="{side}">{value:.3g}</text>'
        for x, side, value, room in ((0, "start", lever.low, at > 100), (width, "end", lever.high, at < width - 100))
        if room
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" font-size="10" fill="{_GREY}">'
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="6" stroke="{_INK}" stroke-width="2"/>'
        f'<text x="{at:.1f}" y="16" text-anchor="{anchor}" fill="{_INK}">{word}</text>{ends}</svg>'
    )


# ---- the table ----------------------------------------------------------------------------------------------------------------------------------


def _number_cells(it: Answer, moved: bool) -> list[str]:
    times, unit = unit_of(it.unit)
    label = f"{it.name}{f' [{unit}]' if unit else ''}"
    change = with_error(it.difference * times, it.difference_error * times, signed=True) if moved else ""
    spread = f"{rounded(it.p5 * times, it.p5_error * times)} … {rounded(it.p95 * times, it.p95_error * times)}"
    base = with_error(it.base * times, it.base_error * times)
    return [label, with_error(it.mean * times, it.mean_error * times), with_error(it.p50 * times, it.p50_error * times), spread, change, base]


def _chance_cells(it: Chance, moved: bool) -> list[str]:
    change = with_error(it.difference * 100, it.difference_error * 100, signed=True) if moved else ""
    if moved and it.pairs and not it.gained + it.lost:
        change = f"no path of {it.pairs:,} changed"
    half = max(it.high - it.low, 1e-6) * 25
    bounds = f"{rounded(it.low * 100, half)} … {rounded(it.high * 100, half)} (95 % sure)"
    return [f"{it.name} [%]", with_error(it.probability * 100, it.error * 100), "", bounds, change, with_error(it.base * 100, it.base_error * 100)]


def table_html(answers: Answers) -> str:
    """One row an answer: mean or probability, median, 5–95 %, change and the scenario as it is, each with its standard error."""
    moved = bool(answers.moved)
    heads = ["", "mean or probability", "median", "5 … 95 %", "change", "as it is"]
    rows = [(_number_cells if isinstance(it, Answer) else _chance_cells)(it, moved) for it in answers.values()]
    words = [it.meaning if isinstance(it, Answer) else it.title for it in answers.values()]
    cell = 'style="padding:2px 10px;text-align:{}"'
    head = "".join(f"<th {cell.format('right' if i else 'left')}>{escape(text)}</th>" for i, text in enumerate(heads))
    body = "".join(
        f'<tr title="{escape(word, quote=True)}">' + "".join(f"<td {cell.format('right' if i else 'left')}>{escape(text)}</td>" for i, text in enumerate(row)) + "</tr>"
        for word, row in zip(words, rows, strict=True)
    )
    return f'<table style="border-collapse:collapse;line-height:1.4;font-variant-numeric:tabular-nums"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><div style="opacity:.75;padding:0 10px">± one standard error</div>'


def sentence(answers: Answers, most: int) -> str:
    """How much stands behind the answers, and what is still to come."""
    took = f"{answers.seconds:.2f} s" if answers.seconds < 10 else f"{answers.seconds:.0f} s"
    if not answers.moved:
        known = f"The scenario as it is: {answers.paths:,} paths."
    else:
        known = f"{answers.paths:,} paths after {took}, paired with the scenario as it is ({answers.base_paths:,} paths)."
    return known if answers.finished else f"{known} Refining to {most:,}."


def text_of(answers: Answers, most: int) -> str:
    """The same for where there is no HTML."""
    lines = [sentence(answers, most)]
    for it in answers.values():
        cells = (_number_cells if isinstance(it, Answer) else _chance_cells)(it, bool(answers.moved))
        lines.append("  ".join(cell for cell in (cells[0], cells[1], cells[4] and f"change {cells[4]}") if cell))
    return "\n".join(lines)
