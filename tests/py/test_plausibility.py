"""The baseline's numbers are plausible: near the first calibration, near what was observed, inside sane ranges, and never without an error.

tests/golden/calibration_bands.csv holds the first calibration of these equations, by a program of its own: p5, p50 and p95 of 58 series in 8 months.
Each median of today must lie within a third of that band's width of its median. Distances are measured on the axis that csim/plan/outcomes.def gives an
outcome: plain, logarithm or log-odds. Where a median lies further away, EXCUSES says by how much it may and why; nothing else is excused.
"""

import csv
import functools
import json
import math
import os
import pathlib
import re
import subprocess

import numpy as np
import pytest
import yaml
from test_cutoff_and_liveness import HEADLINES, month, needs_dump, simulate, write_scenario

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
PATHS = 2000
ERRORS = 3  # a distance may be off by this many standard errors of the median

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


# --- a run and its axes ---------------------------------------------------------------------------------------------------------------------------

OUTCOME = re.compile(r'^OUTCOME\(\w+, "([^"]+)", "([^"]*)", \w+, (\w+), ([^,]+), ([^,]+),', re.MULTILINE)
OUTCOMES = {
    name: (unit, scale, float(low), float(high)) for name, unit, scale, low, high in OUTCOME.findall((ROOT / "csim/plan/outcomes.def").read_text())
}


@functools.cache
def outcome_of(series):
    """Unit, scale, lowest and highest of the outcome that a series is an element of."""
    return OUTCOMES[max((name for name in OUTCOMES if series == name or series.startswith(name + ".")), key=len)]


def on_axis(series, value):
    """The value on its outcome's axis. The bands have three digits, so a share of 1 there is anything above .9995."""
    _, scale, low, _ = outcome_of(series)
    if scale == "LOG":
        return math.log(max(value, low))
    if scale == "LOGIT":
        share = min(max(value, 0.0005), 0.9995)
        return math.log(share / (1 - share))
    return value


class Run:
    """What `moecast run` wrote: info = run.json, table = {(series, month, statistic): (value, standard error)} of summary.csv."""

    def __init__(self, scenario, folder, *options):
        env = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios")}
        command = [MOECAST, "run", str(scenario), "--no-contrasts", "--no-report", "--quiet", "-o", str(folder), *map(str, options)]
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        self.info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        with (folder / "summary.csv").open(newline="", encoding="utf-8") as file:
            self.table = {
                (".".join(filter(None, (row["series"], row["element"]))), row["month"], row["statistic"]): (float(row["value"]), float(row["standard_error"]))
                for row in csv.DictReader(file)
            }

    def median(self, series, when):
        return self.table[series, when, "p50"]


# Statistics are kept for ends of quarters and for months that a reading names; this one names the month in which the observed past ends.
AUGUST = {
    "statement": "The month in which the observed past ends.", "source": "a test", "said_on": "2026-08", "kind": "threshold", "resolution": "None.",
    "status": "open", "readings": {"one": {"title": "The gap is wide", "metric": "cap.gap", "op": ">=", "value": 10, "at": "2026-08"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("baseline")
    return Run(write_scenario(folder, "august", {"claims": {"august": AUGUST}}), folder, "--paths", PATHS)


# --- near the first calibration -------------------------------------------------------------------------------------------------------------------

with (ROOT / "tests/golden/calibration_bands.csv").open(newline="", encoding="utf-8") as golden:
    BANDS = {(row["series"], row["month"]): tuple(float(row[p]) for p in ("p5", "p50", "p95")) for row in csv.DictReader(golden)}
SERIES = list(dict.fromkeys(series for series, _ in BANDS))
NEAR = 1 / 3

SPLIT = (
    "The first calibration pulled large firms towards .85 and mid-sized ones towards 1.15 of the surveyed enterprise share, a split nobody has observed. "
    "Here both share one distance to the survey (docs/model.md §13), so they keep the split of their tastes. Their mean stays in its band."
)
WORKLOAD = (
    "The first calibration timed one workload: 3,500 tokens in and 800 out in 2024-12, 10,000 in, 800 out and .8 from caches later. Here requests are "
    "shorter in 2024 (2,900 in, 480 out), which makes tokens cheaper, and later have longer answers and fewer cached tokens (8,000, 1,000, .5), which "
    "takes more capacity a token. With that workload these medians return to their bands, as shown below."
)
KERNEL = (
    "The first calibration's kernel was 14 to 20 % off on measured rows and too slow for tuned wide deployments; the refitted one (docs/kernel-fit.md) meets "
    "DeepSeek's production day of 2025-02. That day cost $.30 a million output tokens and $.14 of input at $2 an hour, a list blend of $.18; the first "
    "calibration's band of the same cost begins at $.25 two months before, and today's median is $.22. Hosts here also keep 4-bit weights at 8 bits on "
    "machines without 4-bit units."
)
LAUNCH = "The first calibration had a smooth launch of the Go tier with a trickle before it; it went on sale in 2025-08, so there is none in 2024."
# (series, month): (largest distance in widths of the band, cause)
EXCUSES = {
    ("share.market_open.fortune500.us", "2024-12"): (1.9, SPLIT),
    ("share.market_open.fortune500.us", "2025-12"): (1.7, SPLIT),
    ("share.market_open.fortune500.us", "2026-08"): (1.4, SPLIT),
    ("share.market_open.fortune500.us", "2026-12"): (0.6, SPLIT),
    ("share.open.midmarket", "2024-12"): (0.6, SPLIT),
    ("share.open.midmarket", "2025-12"): (0.45, SPLIT),
    ("f500.primary", "2024-12"): (0.45, SPLIT),
    ("cost.cn_first_party", "2024-12"): (0.6, KERNEL),
    ("cost.cn_first_party", "2025-12"): (0.5, KERNEL),
    ("cost.first_party.deepseek", "2024-12"): (0.6, KERNEL),
    ("cost.first_party.deepseek", "2025-12"): (0.5, KERNEL),
    ("cost.first_party.deepseek", "2026-08"): (0.45, KERNEL),
    ("cost.first_party.deepseek", "2026-12"): (0.4, KERNEL),
    ("cost.third_party.deepseek", "2024-12"): (0.65, KERNEL),
    ("cost.third_party.deepseek", "2025-12"): (0.55, KERNEL),
    ("cost.energy.deepseek", "2024-12"): (0.9, KERNEL),
    ("cost.energy.deepseek", "2025-12"): (0.8, KERNEL),
    ("cost.energy.deepseek", "2026-08"): (0.65, KERNEL),
    ("cost.energy.deepseek", "2026-12"): (0.65, KERNEL),
    ("cost.closed", "2024-12"): (0.7, KERNEL),
    ("cost.ratio", "2027-12"): (0.55, KERNEL),
    ("compute.capacity_use", "2029-12"): (0.45, WORKLOAD),
    ("compute.capacity_use", "2030-12"): (0.45, WORKLOAD),
    ("sub.go", "2024-12"): (5.0, LAUNCH),
}


def distance(run, series, when):
    """Distance of today's median from the band's in widths of the band, and how far ERRORS standard errors reach on that axis."""
    low, middle, high = (on_axis(series, value) for value in BANDS[series, when])
    median, error = run.median(series, when)
    here = on_axis(series, median)
    slack = max(abs(on_axis(series, median + side * ERRORS * error) - here) for side in (-1, 1))
    if high == low:  # a band without width asks for the same number
        return (0.0, 0.0) if abs(here - middle) <= slack else (math.inf, 0.0)
    return abs(here - middle) / (high - low), slack / (high - low)


@pytest.mark.parametrize("series", SERIES)
def test_medians_lie_within_a_third_of_the_first_calibrations_bands(run, series):
    off = {}
    for when in (when for name, when in BANDS if name == series):
        far, slack = distance(run, series, when)
        allowed, _ = EXCUSES.get((series, when), (NEAR, ""))
        if far - slack > allowed:
            off[when] = f"median {run.median(series, when)[0]:.4g}, band {BANDS[series, when]}: {far:.2f} widths away, {allowed:.2f} allowed"
    assert not off, off


@pytest.mark.parametrize("series, when", EXCUSES, ids=lambda part: str(part))
def test_excuses_are_still_needed(run, series, when):
    far, slack = distance(run, series, when)
    assert far + slack > NEAR, f"the median lies only {far:.2f} widths away: take the excuse out"


OLD_MONTHS = [f"{2024 + t // 12}-{t % 12 + 1:02d}" for t in range(0, 84, 3)]
OLD_WORKLOAD = {
    "input_tokens": {when: round(2500 + 7500 / (1 + math.exp((22 - month(when)) / 6)), 1) for when in OLD_MONTHS},
    "output_tokens": 800,
    "cache_hit": {when: round(0.2 + 0.6 / (1 + math.exp((20 - month(when)) / 6)), 4) for when in OLD_MONTHS},
    "draft_depth": {"2024-01": 0, "2025-03": 1},
}


@pytest.mark.slow
def test_with_the_first_calibrations_workload_its_excuses_fall_away(tmp_path):
    old = Run(write_scenario(tmp_path, "old_workload", {"levers": OLD_WORKLOAD}), tmp_path, "--paths", 1000)
    for (series, when), (_, cause) in EXCUSES.items():
        if cause is WORKLOAD:
            far, slack = distance(old, series, when)
            assert far - slack <= NEAR, f"{series} in {when} is {far:.2f} widths away even with the old workload: the cause is another"


# --- near what was observed -----------------------------------------------------------------------------------------------------------------------

# series, first and last month, how the months become one number, observed, the first calibration's p5, p50, p95
HISTORY = {
    "OpenRouter open share": ("share.openrouter_open", "2024-11", "2025-09", "mean", 0.25, (0.21, 0.29, 0.40)),
    "OpenRouter Chinese share at first": ("share.openrouter_cn", "2024-11", "2024-11", "mean", 0.012, (0.007, 0.015, 0.047)),
    "OpenRouter Chinese share": ("share.openrouter_cn", "2024-11", "2025-09", "mean", 0.12, (0.078, 0.114, 0.172)),
    "enterprise open share 2024": ("share.enterprise_open", "2024-09", "2024-09", "mean", 0.19, (0.13, 0.17, 0.20)),
    "enterprise open share 2025": ("share.enterprise_open", "2025-06", "2025-06", "mean", 0.13, (0.10, 0.13, 0.17)),
    "closed frontier": ("cap.closed", "2025-09", "2025-09", "mean", 150, (149, 151, 152)),
    "gap": ("cap.gap", "2024-06", "2025-09", "mean", 5.5, (3.8, 6.2, 9.1)),
    "age-of-level lag": ("cap.lag_age", "2024-06", "2025-09", "mean", 4.1, (2.8, 4.5, 6.4)),
    "list price of GPT-5, blend": ("price.list.openai", "2025-08", "2025-11", "mean", 3.44, (3.36, 3.45, 3.57)),
    "list price of DeepSeek, blend": ("price.list.deepseek", "2025-03", "2025-07", "mean", 0.65, (0.63, 0.64, 0.65)),
    "log growth of tokens": ("tokens.world", "2024-05", "2025-09", "growth", 4.2, (3.1, 3.9, 4.7)),
    "Qwen derivatives, thousand": ("eco.derivatives.qwen", "2025-06", "2025-06", "mean", 113, (25, 93, 186)),
    "paying subscribers 2024, M": ("sub.payers", "2024-12", "2024-12", "mean", 15.5, (9.4, 15.2, 23.8)),
    "paying subscribers 2025, M": ("sub.payers", "2025-07", "2025-07", "mean", 35, (16, 28, 48)),
    "software revenue 2024, $bn": ("saas.revenue", "2024-01", "2024-12", "mean", 251, (248, 253, 260)),
}


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    return simulate("baseline", 600, tmp_path_factory.mktemp("paths"))


@needs_dump
@pytest.mark.parametrize("name", HISTORY)
def test_history_lies_where_it_was_observed(paths, name):
    series, first, last, how, observed, (low, middle, high) = HISTORY[name]
    months = paths[series][paths["failed"][:, 0] == 0, month(first) : month(last) + 1]
    values = months.mean(axis=1) if how == "mean" else np.log(months[:, -1] / months[:, 0])
    p5, median, p95 = np.percentile(values, [5, 50, 95])
    assert p5 <= observed <= p95, f"observed {observed}, the middle 90 % of paths run from {p5:.4g} to {p95:.4g}"
    error = 1.2533 * values.std() / math.sqrt(len(values))
    assert abs(median - middle) <= NEAR * (high - low) + ERRORS * error, f"median {median:.4g}, first calibration {middle}"


# --- inside sane ranges ---------------------------------------------------------------------------------------------------------------------------


def test_every_statistic_is_finite(run):
    assert len(run.table) > 40000
    assert not [key for key, (value, error) in run.table.items() if not (math.isfinite(value) and math.isfinite(error) and error >= 0)]


def test_hardly_any_path_fails(run):
    assert run.info["failed"] <= 0.001 * run.info["done"], run.info["failed_by"]
    assert run.info["done"] == PATHS


def test_nothing_explodes(run):
    """The middle 90 % of paths stay in the range in which an outcome's bins lie. An exact 0 on a logarithmic axis means none."""
    outside = {}
    for (series, when, statistic), (value, _) in run.table.items():
        _, scale, low, high = outcome_of(series)
        if statistic in ("p5", "p95") and not low <= value <= high and not (scale == "LOG" and value == 0):
            outside.setdefault(series, []).append((when, statistic, value))
    assert not outside, outside


# Shares of 2030 that sit at 0 or 1, with the reason
STUCK = {"share.market_cn_open.government.us": "a ban in all but name: choice.origin_cn.government is 6 logits throughout"}
SHARES = ("share.", "f500.", "compute.capacity_use", "saas.automation", "finance.value_share", "silicon.", "price.realised")


def stuck_at_the_end(run):
    medians = {series: value for (series, when, statistic), (value, _) in run.table.items() if (when, statistic) == ("2030-12", "p50")}
    shares = {series: value for series, value in medians.items() if series.startswith(SHARES) and outcome_of(series)[0] == "share"}
    assert len(shares) > 60
    return {series: value for series, value in shares.items() if not 0.001 < value < 0.999}


def test_no_share_sticks_at_0_or_1_by_2030_without_a_reason(run):
    found = stuck_at_the_end(run)
    assert found.keys() == STUCK.keys(), found


def test_everything_is_uncertain_at_the_end(run):
    closed = {name for name, offering in yaml.safe_load((ROOT / "scenarios/baseline.yaml").read_text())["offerings"].items() if offering["openness"] == "closed"}
    certain = {series for (series, when, statistic), (value, _) in run.table.items() if (when, statistic) == ("2030-12", "sd") and value == 0}
    assert certain == {f"eco.derivatives.{name}" for name in closed}, "only derivatives of closed models are known for sure: none"


# --- never without an error -----------------------------------------------------------------------------------------------------------------------


def test_another_seed_gives_other_numbers_within_their_errors(run, tmp_path):
    other = Run("baseline", tmp_path, "--paths", 1000, "--seed", 1)
    assert other.info["digest"] != run.info["digest"]
    for series in HEADLINES:
        for when in ("2026-12", "2028-12", "2030-12"):
            (a, error_a), (b, error_b) = run.median(series, when), other.median(series, when)
            assert error_a > 0 and error_b > 0, f"{series} in {when} has no standard error"
            mine, others = (source.table[series, when, "mean"][0] for source in (run, other))  # medians of two seeds can fall on one step of the sketch
            assert mine != others, f"{series} in {when} does not depend on the seed"
            assert abs(a - b) < 5 * math.hypot(error_a, error_b), f"{series} in {when}: {a:.4g} and {b:.4g}"
