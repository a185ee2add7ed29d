"""How objects look in a notebook: one function each, made of the pieces in `html`. Reads attributes only; computes no number of the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .html import Number, Safe, bar, between, bound, code, dim, folded, number, pairs, paragraph, said, sparkline, table, text, view

if TYPE_CHECKING:
    from .catalogue import Catalogue
    from .claims import Claim, Claims, Reading
    from .comparing import Comparison, Waterfall
    from .costing import TokenCost
    from .hosting import HostOrBuy
    from .outcomes import Outcomes
    from .questions import Driver, Percentiles, WhatItWouldTake
    from .result import Result
    from .running import Run
    from .scenario import Input, Scenario
    from .stories import Stories, Story


def _drawn(sampler: str, replicates: int) -> str:
    return "" if sampler == "mc" and replicates <= 1 else f" · {sampler}, {replicates} replicates"


def _run_line(result: Result) -> str:
    stopped = f" · {result.failed:,} stopped" if result.failed else ""
    return f"{result.paths:,} paths{stopped} · seed {result.seed}{_drawn(result.sampler, result.replicates)} · digest {result.digest[:12]}"


# ---- scenarios and runs ---------------------------------------------------------------------------------------------------------------------------


def _input_row(row: Input) -> tuple[object, ...]:
    return code(row.key), row.distribution, row.unit, between(row.low, row.high), row.basis


def scenario(self: Scenario) -> str:
    """Title, description, horizon, and its uncertain inputs."""
    drawn = [row for row in self.inputs if row.low < row.high]
    basis = ", ".join(f"{count} {name or 'without a basis'}" for name, count in Counter(row.basis for row in drawn).most_common())
    heads = ("Input", "Distribution", "Unit", "5 … 95 %", "Basis")
    return view(
        self.title or self.name,
        f"Scenario {self.name} · {self.months} months from {self.start} · {self.paths:,} paths, seed {self.seed}{_drawn(self.sampler, self.replicates)}",
        paragraph(self.description),
        paragraph(f"{len(drawn)} of {len(self.inputs)} inputs are uncertain: {basis}."),
        folded("Uncertain inputs", table(heads, map(_input_row, drawn), len(drawn), "pandas.DataFrame(scenario.inputs)")),
    )


def run(self: Run) -> str:
    """How far it is."""
    done = self.done
    share = f"{100 * done / self.paths:.0f} %" if self.paths else "–"
    progress = Safe(f"<p>{bar(done, 0, max(self.paths, 1))} {done:,} of {self.paths:,} paths, {share}</p>")
    return view(f"Run of {self.scenario.name}", f"{self.scenario.title} · seed {self.seed}{_drawn(self.sampler, self.replicates)}", progress)


# ---- results --------------------------------------------------------------------------------------------------------------------------------------


def _headline_row(result: Result, name: str) -> tuple[object, ...]:
    unit, last = result.units[name], result.report_months[-1]
    band = result.quantiles(name, p=[0.05, 0.5, 0.95])
    value, error = result.quantiles(name, last, 0.5, errors=True)
    return (
        Safe(f"{code(name)}<br>{dim(result.meanings[name])}"),
        sparkline(band[:, 0].tolist(), band[:, 1].tolist(), band[:, 2].tolist()),
        number(value, error, unit),
        between(band[-1, 0], band[-1, 2], unit),
    )


def result(self: Result) -> str:
    """Which run it is, the headline outcomes with their bands, and how many claims it answers."""
    answered = sum(reading.answer != "open" for reading in self.readings())
    readings = sum(len(one.readings) for one in self.claims)
    last = self.report_months[-1]
    heads = ("Outcome", f"{self.report_months[0]} to {last}", f"Median {last}", "5 … 95 %")
    known = [name for name in self.headlines if name in self.units]
    more = [
        f"{len(self.series)} outcomes (result.outcomes)",
        f"{len(self.inputs.table):,} kept paths (result.inputs, result.scalars)" if len(self.inputs.table) else "no kept paths",
        f"{answered} of {readings} readings of {len(self.claims)} claims answered (result.claims)",
    ]
    return view(
        self.scenario.title or self.scenario.name,
        f"Result of {self.scenario.name} · {_run_line(self)}",
        table(heads, (_headline_row(self, name) for name in known), len(known), "result.outcomes") if self.paths > self.failed else Safe(""),
        paragraph(" · ".join(more)),
    )


def outcomes(self: Outcomes) -> str:
    """Names, units, meanings."""
    rows = ((code(one.name), one.unit, one.meaning) for one in self.values())
    return view(f"{len(self)} outcomes", "by name; outcomes.search('price') finds words", table(("Series", "Unit", "Meaning"), rows, len(self), "outcomes.to_dataframe()", 40))


# ---- claims ---------------------------------------------------------------------------------------------------------------------------------------


def _probability(one: Reading) -> Number:
    """A share of paths, or the bound that none or all of them prove."""
    if one.answer == "open":
        return Number("open")
    if one.answer == "constant":
        return Number("yes" if one.probability else "no")
    if one.hits == 0:
        return number_text(bound(one.high, True))
    if one.hits == one.count:
        return number_text(bound(one.low, False))
    return number(one.probability, one.error, "share")


def number_text(words: str) -> Number:
    """Words where a number stands."""
    return Number(text(words))


def _reading_row(one: Reading) -> tuple[object, ...]:
    shown = bar(one.probability, 0.0, 1.0) if one.answer in ("paths", "pairs") else Safe("")
    return code(one.id), one.title or one.note, _probability(one), shown, between(one.low, one.high, "share") if one.answer in ("paths", "pairs") else Number("")


_CLAIM_ROWS = 30  # begun with so many a claim is not shown
_READING_HEADS = ("Reading", "Says", "Probability", "", "95 %")


def reading(self: Reading) -> str:
    """What it says, and the answer."""
    when = f", at {self.at}" if self.at else f", by {self.by}" if self.by else ""
    asked = f"{self.metric}{f' [{self.element}]' if self.element else ''} {self.op} {self.threshold:g}{when}" if self.metric and self.op else self.metric
    rows: list[tuple[object, object]] = [("Probability", _probability(self))]
    if self.answer in ("paths", "pairs"):
        rows += [("95 % interval", between(self.low, self.high, "share")), ("Paths", f"{self.hits:,} of {self.count:,}")]
    if not np.isnan(self.value):
        rows.append(("Value", said(self.value, self.value_error)))
    if self.break_even:
        rows.append(("Turns", _turn(self)))
    if not np.isnan(self.guesses):
        rows.append(("Decided by guesses", said(self.guesses, self.guesses_error, "share")))
    if self.vintage:
        known = said(self.vintage.probability, self.vintage.error, "share")
        rows.append(("Before", f"{known} with what was known until {self.vintage.known_until}"))
    if self.note:
        rows.append(("Note", self.note))
    return view(Safe(f"{text(self.title)} {dim(self.id)}"), asked, pairs(rows))


def _turn(one: Reading) -> Safe:
    turn = one.break_even
    if turn.state == "flips":
        where = f", the {100 * turn.percentile:.0f} % point of its prior (95 %: {100 * turn.low:.0f} to {100 * turn.high:.0f})"
        return Safe(f"at {code(turn.input)} = {text(said(turn.value, None, turn.unit))}{text(where)}")
    states = {
        "does_not_flip": "nowhere between the ends of its prior", "too_few": "unknown: too few paths say yes, or no",
        "separated": "it alone decides", "fixed": "it is fixed in this scenario",
    }
    return Safe(f"{code(turn.input)}: {text(states.get(turn.state, turn.state))}")


def claim(self: Claim) -> str:
    """The statement with its readings."""
    said_by = " · ".join(filter(None, (f"{self.source}", f"said {self.said_on}" if self.said_on else "", self.kind, self.status)))
    rows = map(_reading_row, self.readings)
    return view(self.statement, f"{self.id} · {said_by}", table(_READING_HEADS, rows, len(self.readings), "claim.readings"), paragraph(self.comment))


def claims(self: Claims) -> str:
    """A row a reading, of as many claims as there is room for."""
    rows: list[tuple[object, ...]] = []
    shown = 0
    for one in self:
        if len(rows) >= _CLAIM_ROWS:
            break
        rows += [(dim(one.statement),), *map(_reading_row, one.readings)]
        shown += len(one.readings)
    left = sum(len(one.readings) for one in self) - shown
    most = min(len(rows), 2 * _CLAIM_ROWS)  # of a claim with very many readings the first
    body = table(_READING_HEADS, rows, len(rows) + left, "result.claims.to_dataframe()", most)
    return view(f"{len(self)} claims", "Shares of paths in which a reading holds", body)


# ---- comparisons ----------------------------------------------------------------------------------------------------------------------------------


def _difference_row(row: dict[str, Any]) -> tuple[object, ...]:
    unit = row["unit"]
    return (
        row["with"], code(row["series"]), row["month"], number(row["a"], row["a_error"], unit), number(row["b"], row["b_error"], unit),
        number(row["difference"], row["error"], unit), number_text(f"{100 * row['above']:.0f} %"),
    )


def _strength(row: dict[str, Any]) -> float:
    return abs(row["difference"]) / row["error"] if row["error"] > 0.0 else 0.0


def comparison(self: Comparison) -> str:
    """The differences that stand out most from their errors."""
    rows = [row for row in self.table() if not row["identical"]]
    rows.sort(key=_strength, reverse=True)
    same = [name for name, equal in zip(self.names[1:], self.identical[1:], strict=True) if equal]
    notes = [f"{name}: equal in every number, path by path." for name in same] + self.notes
    heads = ("With", "Series", "Month", self.names[0], "other", "Difference", "Above")
    return view(
        f"{' and '.join(self.names[1:])} against {self.names[0]}",
        f"Paired path by path · {self.paths:,} paths · seed {self.seed}{_drawn(self.sampler, self.replicates)} · largest differences in their errors first",
        table(heads, map(_difference_row, rows), len(rows), "comparison.to_dataframe()"),
        *map(paragraph, notes[:5]),
    )


def waterfall(self: Waterfall) -> str:
    """The bars one after the other, from one mean to the other."""
    rows, at = [], 0.0
    ends = [at]
    for one in self.bars:
        at += one.effect
        ends.append(at)
    least, most = min(*ends, 0.0), max(*ends, self.difference)
    most = most if most > least else least + 1.0
    at = 0.0
    for one in self.bars:
        rows.append((one.group, Number(str(one.keys)), number(one.effect, one.error, self.unit), bar(at + one.effect, least, most, at), number(one.alone, None, self.unit)))
        at += one.effect
    rows.append(("Difference", Number(""), number(self.difference, self.error, self.unit), bar(self.difference, least, most), Number("")))
    orders = f"{self.orders} sampled orders" if self.orders else "all orders"
    return view(
        Safe(f"What the difference in {code(self.series)} is made of"),
        f"From {said(self.a, self.a_error, self.unit)} to {said(self.b, self.b_error, self.unit)} · {self.pairs:,} pairs of paths · {self.runs} runs, {orders}",
        table(("Group", "Keys", "Share", "", "Alone"), rows, len(rows), "waterfall.to_dataframe()"),
    )


# ---- stories --------------------------------------------------------------------------------------------------------------------------------------


def story(self: Story) -> str:
    """Its sentences."""
    return view(self.title, f"result.path({self.index}) tells it in full", *map(paragraph, self.sentences))


def stories(self: Stories) -> str:
    """One below the other, with the number by which they rise."""
    series, lines = self._lines
    result = self._result
    band = result.quantiles(series, p=[0.05, 0.95])
    unit = result.units[series]
    rows = []
    for one, line in zip(self, lines, strict=True):
        drawing = sparkline(band[:, 0].tolist(), line.tolist(), band[:, 1].tolist())
        title, _, rest = one.title.partition(":")
        rows.append((Safe(f"<b>{text(title)}</b>{text(':' + rest if rest else '')}"), drawing, number(one.headline, None, unit), Number(f"{100 * one.weight:.0f} %")))
    words = [folded(one.title, Safe("".join(map(paragraph, one.sentences)))) for one in self]
    return view(
        f"{len(self)} stories",
        f"Whole paths that stand for {self.paths:,} kept ones; {said(self.spread, None)} ranges away on average, a single one {said(self.spread_of_one, None)}",
        table(("Story", f"{series}, in the 5 to 95 % band", self.order.split("@")[1], "Stands for"), rows, len(rows)),
        *words,
    )


# ---- questions ------------------------------------------------------------------------------------------------------------------------------------


def percentiles(self: Percentiles) -> str:
    """A row a value."""
    rows = (
        (code(one.name), number(one.value, None, one.unit), number_text(_place(one)), bar(one.percentile, 0.0, 1.0), number(one.median, None, one.unit),
         between(one.p5, one.p95, one.unit))
        for one in self
    )
    heads = ("Number", "Value", "Paths below", "", "Median", "5 … 95 %")
    notes = [paragraph(code(one.name), f": {one.note}.") for one in self if one.note]
    return view("Where values lie", "among all paths; equal ones count half", table(heads, rows, len(self), "to_dataframe()", 40), *notes[:10])


def _place(one: Any) -> str:
    if one.seen == "between":
        return said(one.percentile, one.error, "share")
    return bound(one.high, True) if one.seen == "below" else bound(one.low, False)


def _driver_row(one: Driver) -> tuple[object, ...]:
    name = Safe(f"{code(one.input)}<br>{dim(one.meaning)}")
    return (
        name, number(one.shift, one.shift_error), bar(one.shift, -2.0, 2.0, 0.0, one.shift_error), number(one.mean, None, one.unit),
        number(one.mean_of_all, None, one.unit), number(one.correlation, one.correlation_error), one.basis,
    )


def what_it_would_take(self: WhatItWouldTake) -> str:
    """The answer in words, the drivers, typical paths."""
    heads = ("Input", "Shift, prior sd", "−2 … 2", "Mean", "Mean of all", "Rank correlation", "Basis")
    drivers = table(heads, map(_driver_row, self.drivers), len(self.drivers), "to_dataframe()", 12) if self.drivers else Safe("")
    typical = paragraph("Typical paths: ", Safe(", ".join(map(str, code_paths(self.typical)))), ".") if self.typical else Safe("")
    caution = paragraph(dim("What goes together is not cause and effect; inputs that are drawn together move together."))
    return view(Safe(f"What it would take: {code(self.condition)}"), "", *map(paragraph, self.sentences), drivers, typical, caution)


def code_paths(paths: Sequence[int]) -> list[Safe]:
    """How each is simulated again."""
    return [code(f"result.path({path})") for path in paths]


# ---- cost and catalogue ---------------------------------------------------------------------------------------------------------------------------

_COST_UNITS = {
    "usd_per_mtok_in": "$/M tokens", "usd_per_mtok_cached": "$/M tokens", "usd_per_mtok_out": "$/M tokens", "usd_per_mtok_blend": "$/M tokens",
    "usd_per_request": "$", "tok_per_s_user": "tokens/s", "ttft_s": "s", "output_tok_per_s": "tokens/s", "input_tok_per_s": "tokens/s",
    "joule_per_output_token": "J/token", "joule_per_input_token": "J/token", "usd_per_hour": "$/h", "step_s": "s", "output_s": "s", "input_s": "s",
}
_COST_TABLE = ("usd_per_mtok_in", "usd_per_mtok_out", "usd_per_request", "tok_per_s_user", "ttft_s", "batch", "group", "binding", "fits")


def _cost_cell(name: str, value: Any) -> object:
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    return number(float(value), None, "") if isinstance(value, (int, float, np.number)) else value


def token_cost(self: TokenCost) -> str:
    """Every field of one case; the main ones of many."""
    shape = np.shape(self.fits)
    band = "" if shape or not self.fits else f" · prices within × {said(self.band_low)} … {said(self.band_high)} in 80 %"
    if shape == ():
        rows = ((code(name), Safe(text(f"{_cost_cell(name, value)} {_COST_UNITS.get(name, '')}"))) for name, value in vars(self).items())
        return view("What a token costs", ("fits" if self.fits else "does not fit in any layout") + band, pairs(rows))
    count = int(np.prod(shape))
    columns = [np.ravel(getattr(self, name)) for name in _COST_TABLE]
    rows = ((code(str(np.unravel_index(i, shape)).replace("np.int64(", "").replace(")", "").replace("(", "")), *(_cost_cell(name, c[i]) for name, c in zip(_COST_TABLE, columns, strict=True)))
            for i in range(count))
    heads = ("at", *(f"{name}{f', {_COST_UNITS[name]}' if name in _COST_UNITS else ''}" for name in _COST_TABLE))
    return view("What a token costs", f"{count:,} cases of shape {shape}", table(heads, rows, count, "every field is an array"))


_NO_BREAK_EVEN = {"never": "Hosting never pays: another token costs more to host than the API takes.", "far": "Hosting does not pay below 1e16 tokens a month."}
_BILL_HEADS = ("bn tokens a month", "accelerators", "hosted, $ a month", "API, $ a month", "hosted, $/M tokens", "80 %")


def host_or_buy(self: HostOrBuy) -> str:
    """The break-even and the smallest fleet in words, and a row a volume."""
    even, least = self.break_even, self.least
    pays = _NO_BREAK_EVEN.get(even.state) or (
        f"Hosting pays from {said(even.tok_per_month / 1e9)} billion tokens a month on "
        f"(80 %: {said(even.tok_per_month_low / 1e9)} to {said(even.tok_per_month_high / 1e9)}), for good from {said(even.for_good_tok_per_month / 1e9)}."
    )
    fleet = f"The smallest fleet: {said(self.smallest_accelerators)} accelerators for {said(least.total_usd)} $ a month, of it {said(least.staff_usd)} $ staff."
    token = f"A million tokens of the mix: {said(self.marginal_usd_per_mtok)} $ in a large fleet, {said(self.api_usd_per_mtok)} $ from the API."
    rows = ((*map(number, (bill.tok_per_month / 1e9, bill.accelerators, bill.total_usd, bill.api_usd, bill.usd_per_mtok)), between(bill.usd_per_mtok_low, bill.usd_per_mtok_high))
            for bill in self.volumes)  # fmt: skip
    asked = f"{said(self.input_tokens)} tokens in ({said(self.hit_share, None, 'share')} cached), {said(self.output_tokens)} out"
    return view(f"Host or buy: {self.model} on {self.hardware}", asked, *map(paragraph, (pays, fleet, token)), table(_BILL_HEADS, rows, len(self.volumes), "volumes"))


_CATALOGUE = {
    "models": ("id", "title", "licence", "origin", "released", "total_params", "active_params", "basis"),
    "hardware": ("id", "title", "vendor", "volume", "memory_bytes", "capex_usd", "china_status", "basis"),
    "prices": ("model", "offering", "tier", "from", "input_usd_per_mtok", "output_usd_per_mtok", "source"),
    "cost_inputs": ("id", "region", "unit", "value", "date", "source", "basis"),
    "controls": ("day", "side", "text", "source"),
}


def catalogue(self: Catalogue) -> str:
    """A folded table a part."""
    parts = []
    for name, columns in _CATALOGUE.items():
        rows = getattr(self, name)
        cells = ([_catalogue_cell(row.get(column)) for column in columns] for row in rows)
        parts.append(folded(f"{name}: {len(rows)}", table(columns, cells, len(rows), f"pandas.DataFrame(catalogue.{name})", 12)))
    return view("Catalogue", "Facts the model starts from, each with its source", *parts)


def _catalogue_cell(value: Any) -> object:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(float(value))
    return "" if value is None else value
