"""moecast.plot: charts look as they did, say what they show, and leave the reader's settings and figures alone."""

from __future__ import annotations

import doctest
import importlib
import json
import math
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

matplotlib = pytest.importorskip("matplotlib", reason="charts need matplotlib")
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import moecast
import numpy as np
from make_plot_references import CHARTS, PICTURES, PINNED, runs, save
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from moecast import plot
from moecast.plot import observed, style
from moecast.plot.pareto import front

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
BLOCK_PX, TOLERANCE = 6, 4.0  # RMS of 255 between means of blocks: letters that another FreeType draws are below it, a moved curve or another colour is not
PANELS = {"small_multiples": 5, "price_cost": 2}
COMPUTED = {"pareto", "host_or_buy", "phase"}  # of these no run is told


@pytest.fixture(scope="module")
def made():
    return runs()


@pytest.fixture(scope="module")
def charts(made):
    """Every chart drawn once, and whether that left the settings alone."""
    kept = {}

    def drawn(name):
        if name not in kept:
            matplotlib.rcParams.update(PINNED)
            before = matplotlib.rcParams.copy()
            kept[name] = CHARTS[name](made), matplotlib.rcParams.copy() == before
        return kept[name]

    return drawn


@pytest.fixture(autouse=True)
def closed():
    """Figures of a test end with it, and its settings are nobody else's."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.use("Agg")
        yield
    plt.close("all")


def texts(figure: Figure) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in figure.findobj(matplotlib.text.Text)]


def all_axes(drawn) -> list[Axes]:
    return list(np.ravel(np.asarray(drawn, dtype=object)))


def blocks(path: Path) -> np.ndarray:
    """Mean colours of blocks of pixels, in which the edges of letters hardly show."""
    pixels = 255.0 * plt.imread(path)[:, :, :3]
    high, wide = (size // BLOCK_PX for size in pixels.shape[:2])
    return pixels[: high * BLOCK_PX, : wide * BLOCK_PX].reshape(high, BLOCK_PX, wide, BLOCK_PX, 3).mean(axis=(1, 3))


def distance(one: Path, other: Path) -> float:
    """RMS between blocks; infinite when the pictures differ in size."""
    a, b = blocks(one), blocks(other)
    return float(np.sqrt(np.mean((a - b) ** 2))) if a.shape == b.shape else math.inf


# ---- pictures ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHARTS)
def test_chart_looks_as_it_did(name, charts, tmp_path):
    drawn = tmp_path / f"{name}.png"
    save(charts(name)[0], drawn)
    apart = distance(PICTURES / f"{name}.png", drawn)
    assert apart < TOLERANCE, f"{name} is {apart:.1f} from its picture; if that is wanted: python tests/py/make_plot_references.py, and look at them"


def test_another_result_is_another_picture(made, tmp_path):
    matplotlib.rcParams.update(PINNED)
    save(plot.fan(made["few"], "price.list.deepseek"), tmp_path / "other.png")
    assert distance(PICTURES / "fan.png", tmp_path / "other.png") > TOLERANCE
    save(plot.pareto("deepseek-v4-pro", ["gb300", "h200"], band=False), tmp_path / "other.png")
    assert distance(PICTURES / "pareto.png", tmp_path / "other.png") > TOLERANCE


def test_pictures_are_those_of_the_charts_and_small():
    pictures = sorted(PICTURES.glob("*.png"))
    assert [picture.stem for picture in pictures] == sorted(CHARTS)
    assert sum(picture.stat().st_size for picture in pictures) < 600_000


# ---- what every chart does -----------------------------------------------------------------------------------------------------------------------


def test_settings_that_pyplot_makes_while_a_chart_is_drawn_stay():
    """In a notebook pyplot is first imported by a chart, and says then that figures are shown at the end of a cell."""
    before = matplotlib.rcParams.copy()
    with style.look():
        matplotlib.rcParams["interactive"] = not before["interactive"]
    assert matplotlib.rcParams == {**before, "interactive": not before["interactive"]}
    matplotlib.rcParams.update(before)


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_units_a_title_and_a_source_and_changes_no_setting(name, made, charts):
    drawn, untouched = charts(name)
    assert untouched
    axes = all_axes(drawn)
    assert len(axes) == PANELS.get(name, 1) and all(isinstance(ax, Axes) for ax in axes)
    said = texts(axes[0].figure)
    assert any(len(ax.get_title(loc="left")) > 8 or name in PANELS for ax in axes)
    labels = [ax.get_xlabel() + ax.get_ylabel() for ax in axes]
    assert all(labels) if name not in PANELS else any(labels)
    units = ("per cent", "dollars", "share", "no unit", "months", "(logit)")
    assert any(unit in text for text in labels for unit in units), labels
    foot = axes[0].figure.get_supxlabel() or " ".join(said)
    if name == "phase":
        assert "a made-up grid" in foot
    elif name in COMPUTED:
        assert "moecast" in foot and "computed, not simulated" in foot.replace("\n", " ")
    else:
        assert "seed 3" in foot and "paths" in foot and "independent draws (mc)" in foot and "baseline" in foot
        assert name == "waterfall" or made["few" if name in ("fan_of_few", "profit_pool_month") else "a"].digest[:12] in foot
    assert axes[0].figure.get_facecolor() == (1, 1, 1, 1)


ONE_AX = {
    "fan": lambda r, ax: plot.fan(r["a"], "cap.gap", ax=ax),
    "claims": lambda r, ax: plot.claims(r["a"], ["f500_60"], ax=ax),
    "profit_pool": lambda r, ax: plot.profit_pool(r["a"], ax=ax),
    "phase": lambda r, ax: plot.phase([0, 1], [0, 1], [[0, 1], [1, 0]], xlabel="a (share)", ylabel="b (share)", ax=ax),
    "phase_paths": lambda r, ax: plot.phase_paths(r["a"], "choice.h_xi", "choice.delta.developers", "cap.gap@2028-12", at_most=3, bins=3, ax=ax),
    "pareto": lambda r, ax: plot.pareto("llama-3.1-8b", "h100", ax=ax),
    "host_or_buy": lambda r, ax: plot.host_or_buy(model="llama-3.1-8b", hardware="h100", api_price=(0.1, 0.1), ax=ax),
}


@pytest.mark.parametrize("name", ONE_AX)
def test_ax_is_drawn_on_without_pyplot(name, made):
    figure = Figure(figsize=(6, 4))
    left, right = figure.subplots(1, 2)
    assert ONE_AX[name](made, right) is right
    assert not plt.get_fignums() and not left.has_data() and right.has_data()
    figure.savefig(os.devnull, format="png")


def test_many_axes_may_be_given(made):
    figure = Figure(figsize=(9, 6), layout="constrained")
    grid = figure.subplots(2, 3)
    drawn = plot.small_multiples(made["a"], "share.open.*", ax=grid)
    assert list(drawn) == list(grid.ravel()[:5]) and not grid[1, 2].has_data() and not plt.get_fignums()
    assert len({ax.get_ylim() for ax in drawn}) == 1
    pair = Figure().subplots(1, 2)
    assert list(plot.price_cost(made["a"], ax=pair)) == list(pair)


def test_charts_stay_readable_on_dark_style_sheets(made):
    plt.style.use("dark_background")
    own = plot.fan(made["a"], "cap.gap")
    assert own.figure.get_facecolor() == own.get_facecolor() == (1, 1, 1, 1)
    assert own.xaxis.label.get_color() == style.INK
    given = plt.figure().subplots()
    plot.fan(made["a"], "cap.gap", ax=given)
    assert given.figure.get_facecolor()[:3] == (0, 0, 0) and given.xaxis.label.get_color() == "#F2F2F2"


def test_importing_draws_on_nothing():
    code = "import sys, moecast, moecast.plot; assert 'matplotlib' not in sys.modules and 'pandas' not in sys.modules; print(len(moecast.plot.__all__))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "10"


def test_without_matplotlib_the_extra_is_named(made, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install 'moecast\[plot\]'") as refused:
        plot.fan(made["a"], "cap.gap")
    assert "\n" not in str(refused.value)


@pytest.mark.slow
def test_examples_of_docstrings_and_of_the_page_hold():
    for module in pkgutil.iter_modules(plot.__path__, "moecast.plot."):
        assert doctest.testmod(importlib.import_module(module.name)).failed == 0, module.name
    ran = doctest.testfile(str(ROOT / "docs" / "plots.md"), module_relative=False)
    assert ran.attempted > 10 and ran.failed == 0


# ---- the numbers -----------------------------------------------------------------------------------------------------------------------------------


def test_fan_draws_the_result_s_quantiles(made):
    result = made["a"]
    ax = plot.fan(result, "share.open.developers")
    line = next(line for line in ax.lines if line.get_label() == "median")
    np.testing.assert_array_equal(line.get_ydata(), 100 * result.quantiles("share.open.developers", p=0.5))
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    bounds = 100 * result.quantiles("share.open.developers", p=[0.05, 0.95])
    assert set(bounds.ravel()) <= set(band)


def test_points_of_history_are_those_of_the_catalogue(made):
    points = observed.observed(made["a"], "price.list.openai")
    assert points["2024-05"] == 7.5 and observed.known_until(made["a"]) == "2026-08"
    assert observed.observed(made["a"], "price.closed") == {} and observed.observed(made["a"], "cap.closed")["2024-12"] == 143.0
    ax = plot.fan(made["a"], "price.list.openai")
    drawn = next(line for line in ax.lines if line.get_label() == "observed")
    assert sorted(drawn.get_ydata()) == sorted(points.values())
    past = moecast.run("hindcast_2025_09", paths=50, seed=1)
    labels = {line.get_label() for line in plot.fan(past, "price.list.openai").lines}
    assert {"observed", "observed, not known to the run"} <= labels
    own = plot.fan(made["a"], "cap.gap", observed={"2025-06": 4.0, "1999-01": 3.0})
    assert next(line for line in own.lines if line.get_label() == "observed").get_ydata().tolist() == [4.0]


@pytest.mark.skipif(not COMMAND.exists(), reason=f"no command at {COMMAND}: make, or set MOECAST_BIN")
@pytest.mark.parametrize(
    "model, machine, question, words",
    [
        ("deepseek-v4-pro", "gb300", {"hit_share": 0.6}, ["--hit", ".6"]),
        ("kimi-k2", "h200", {"pools": "one", "draft": "best", "drafting": "agentic"}, ["--pools", "one", "--draft", "best", "--drafting", "agentic"]),
        ("deepseek-v3", "h800", {"layouts": "spread"}, ["--layouts", "spread"]),
        ("llama-3.1-8b", "cerebras-wse-3", {"ttft_s": 0.5, "input_tokens": 2000}, ["--ttft", ".5", "--input", "2000"]),
        ("gpt-oss-120b", "b200", {"draft": 2, "accepted": 1.9, "basis": "neocloud"}, ["--draft", "2", "--accepted", "1.9", "--basis", "neocloud"]),
    ],
)
def test_pareto_has_the_numbers_of_the_command(model, machine, question, words):
    env = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios")}
    asked = [COMMAND, "cost", "--model", model, "--hardware", machine, "--pareto", "--json", *words]
    ran = subprocess.run(asked, capture_output=True, text=True, check=True, env=env)
    there, here = json.loads(ran.stdout), front(model, machine, **question)
    for name in ("tok_per_s_user", "usd_per_mtok_out", "usd_per_mtok_in", "usd_per_request", "draft", "batch", "group", "ttft_s", "output_tok_per_s"):
        assert here[name].tolist() == [row[name] for row in there["rows"]], name
    ax = plot.pareto(model, machine, **question)
    assert ax.lines[0].get_xdata().tolist() == [row["tok_per_s_user"] for row in there["rows"]]
    assert ax.lines[0].get_ydata().tolist() == [row["usd_per_mtok_out"] for row in there["rows"]]
    if len(there["rows"]) > 1:
        assert ax.collections[0].get_paths()[0].vertices[:, 1].max() == pytest.approx((here["usd_per_mtok_out"] * here["band_high"]).max())


def test_host_or_buy_draws_the_bills():
    answer = moecast.host_or_buy("deepseek-v4-pro", "gb300", (0.66, 1.98, 0.022))
    ax = plot.host_or_buy(answer, tok_per_month=(1e9, 1e12))
    hosting = next(line for line in ax.lines if line.get_label().startswith("hosting"))
    volumes = hosting.get_xdata()
    assert volumes[0] == pytest.approx(1e9) and volumes[-1] == pytest.approx(1e12)
    np.testing.assert_array_equal(hosting.get_ydata(), answer.bills(volumes).total_usd)
    assert "34.7 billion" in " ".join(texts(ax.figure))
    never = plot.host_or_buy(model="deepseek-v3", hardware="h200", api_price=(0.01, 0.02, 0.001))
    assert "never pays" in " ".join(texts(never.figure)) and never.has_data()


def test_profit_pool_s_parts_are_means_that_add_up(made):
    ax = plot.profit_pool(made["a"], "2028-12")
    widths = [bar.get_width() for bar in ax.patches]
    assert widths[0] == made["a"].mean("pool.outlay", "2028-12") and sum(widths[1:]) == pytest.approx(widths[0], abs=1e-4)


def test_claims_show_every_reading_once(made):
    result = made["a"]
    ax = plot.claims(result)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert len(labels) == len(result.claims) + len(list(result.readings()))
    points = sorted(line.get_xdata()[0] for line in ax.lines)
    answered = [reading for reading in result.readings() if reading.answer != "open"]
    assert points == sorted(100 * reading.probability for reading in answered)
    refused = [text for text in texts(ax.figure) if text.startswith("not answered")]
    assert len(refused) == len(list(result.readings())) - len(answered) > 0


def test_waterfall_s_steps_lead_from_one_mean_to_the_other():
    w = moecast.compare(["baseline", "no_controls_no_rubin"], paths=64, seed=3).waterfall("share.open.developers@2028-12", paths=64)
    ax = plot.waterfall(w)
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    assert ends[0] == pytest.approx(100 * w.a) and ends[-2] == pytest.approx(ends[-1]) == pytest.approx(100 * w.b)
    assert [bar.get_width() for bar in ax.patches[1:-1]] == pytest.approx([100 * bar.effect for bar in w.bars])


def test_phase_of_paths_counts_every_kept_path(made):
    result = made["a"]
    x, y, what = "choice.theta.developers", "choice.delta.developers", "share.open.developers@2028-12"
    ax = plot.phase_paths(result, x, y, what, at_least=0.8, bins=4)
    counts = [int(text.get_text()) for text in ax.texts if text.get_text().isdigit()]
    assert sum(counts) == 600 and len(counts) == 16
    shares = ax.collections[0].get_array()
    assert np.sum(np.ravel(shares) * counts) == pytest.approx(np.sum(result.scalars[what] >= 0.8))
    few = plot.phase_paths(made["few"], x, y, what, at_least=0.8)
    assert "Hatched" in " ".join(texts(few.figure))


def test_phase_takes_a_mapping_of_runs():
    runs = {(x, y): x * y for x in (0.0, 0.5, 1.0) for y in (1.0, 2.0)}
    del runs[0.5, 2.0]
    ax = plot.phase([0, 0.5, 1], [1, 2], runs, {key: 0.3 for key in runs}, xlabel="x (share)", ylabel="y (months)", zlabel="gap (points)", flips_at=0.7)
    values = ax.collections[0].get_array()
    assert values.mask.sum() == 1 and values.sum() == sum(runs.values())


# ---- edges -----------------------------------------------------------------------------------------------------------------------------------------


class Odd(moecast.Result):
    """A result whose series are all one value, or none."""

    value = 0.0

    def quantiles(self, series, months=None, p=0.5, errors=False):
        return np.full_like(super().quantiles(series, months, p), self.value)


@pytest.mark.parametrize("value, months", [(math.nan, None), (0.0, None), (3.0, ["2026-12", "2027-03"]), (math.nan, ["2026-12"]), (3.0, ["2026-12"])])
def test_constant_and_missing_series_and_single_months(made, value, months):
    odd = Odd(made["a"]._core)
    odd.value = value
    ax = plot.fan(odd, "price.closed", months=months)
    low, high = ax.get_ylim()
    assert low < high and ("no path has a value" in " ".join(texts(ax.figure))) == math.isnan(value)
    ax.figure.savefig(os.devnull, format="png", dpi=30)
    if months:
        assert plot.small_multiples(odd, ["cost.closed", "cost.open"], months=months).shape == plot.price_cost(odd, months=months).shape == (2,)


@pytest.mark.slow
def test_long_names_and_one_path():
    long = "a_name_that_goes_on_" * 3 + "end"
    text = moecast.Scenario.load("baseline").text.replace('name: "baseline"', f'name: "{long}"', 1)
    result = moecast.run(moecast.Scenario.parse(text), paths=1, seed=1)
    names = ["share.market_cn_open.government.allies", "share.market_cn_open.midmarket.allies"]
    for drawn in (plot.fan(result, names), plot.fan(result, "cap.gap", other=result),
                  plot.profit_pool(result), plot.claims(result, ["bans_obsolete", "cn_30"]), plot.price_cost(result)):  # fmt: skip
        figure = all_axes(drawn)[0].figure
        figure.savefig(os.devnull, format="png", dpi=100)
        wide = figure.bbox.width
        for text in figure.findobj(matplotlib.text.Text):
            if text.get_text() and text.get_visible():
                assert text.get_window_extent().x1 <= wide + 1, text.get_text()
    assert "1 path" in " ".join(texts(figure))


@pytest.mark.parametrize(
    "draw, kind, says",
    [
        (lambda r: plot.fan("baseline", "cap.gap"), TypeError, "wants a moecast.Result"),
        (lambda r: plot.fan(r, "cap.gapp"), KeyError, "cap.gap"),
        (lambda r: plot.fan(r, []), ValueError, "1 to 6 series, got 0"),
        (lambda r: plot.fan(r, ["cap.gap", "price.open"]), ValueError, "one axis has one unit"),
        (lambda r: plot.fan(r, "cap.gap", months=["2026-11"]), KeyError, "no report month"),
        (lambda r: plot.fan(r, "cap.gap", ax=3), TypeError, "ax must be a matplotlib Axes"),
        (lambda r: plot.fan(r, "cap.gap", other=r, labels=["one"]), ValueError, "got 1 labels"),
        (lambda r: plot.fan(r, "finance.fcf", log=True), ValueError, "positive"),
        (lambda r: plot.small_multiples(r, "shared.open.*"), KeyError, "no series"),
        (lambda r: plot.small_multiples(r, "*"), ValueError, "at most 48"),
        (lambda r: plot.small_multiples(r, "share.open.*", ax=Figure().subplots(1, 2)), ValueError, "draws on 5 Axes, got 2"),
        (lambda r: plot.claims(r, ["f500"]), KeyError, "f500_60"),
        (lambda r: plot.claims(r, []), ValueError, "no claim was named"),
        (lambda r: plot.waterfall(r), TypeError, "Comparison.waterfall"),
        (lambda r: plot.profit_pool(r, "2028-11"), KeyError, "2028-12"),
        (lambda r: plot.phase([1, 0], [0, 1], np.zeros((2, 2)), xlabel="a", ylabel="b"), ValueError, "x must be at least two rising numbers"),
        (lambda r: plot.phase([0, 1], [0, 1, 2], np.zeros((2, 3)), xlabel="a", ylabel="b"), ValueError, r"shape \(3, 2\), got \(2, 3\)"),
        (lambda r: plot.phase([0, 1], [0, 1], np.zeros((2, 2)), xlabel="", ylabel="b"), ValueError, "xlabel says"),
        (lambda r: plot.phase_paths(r, "choice.h_xi", "choice.b_or", "cap.gap@2028-12"), ValueError, "one threshold"),
        (lambda r: plot.phase_paths(r, "choice.h_xj", "choice.b_or", "cap.gap@2028-12", at_least=1), KeyError, "choice.h_xi"),
        (lambda r: plot.phase_paths(r, "choice.h_xi", "ma.rate", "cap.gap@2028-12", at_least=1), ValueError, "does not vary"),
        (lambda r: plot.phase_paths(r, "choice.h_xi", "choice.b_or", "cap.gap@2028-12", at_least=1, bins=1), ValueError, "2 to 40"),
        (lambda r: plot.pareto("llama-3.1-8b", []), ValueError, "1 to 7 machines"),
        (lambda r: plot.pareto("llama-3.1-8b", "h100", price="usd"), ValueError, "usd_per_mtok_out"),
        (lambda r: plot.pareto("llama-3.1-8b", "h100", tok_per_s_user=20), TypeError, "leave tok_per_s_user out"),
        (lambda r: plot.pareto("kimi-k3", "groq-3-lpu"), moecast.ScenarioError, "does not fit"),
        (lambda r: plot.host_or_buy(3), TypeError, "moecast.host_or_buy"),
        (lambda r: plot.host_or_buy(model="llama-3.1-8b", hardware="h100", api_price=(1, 1), tok_per_month=(1, 1)), ValueError, "least and the most"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(draw, kind, says, made):
    with pytest.raises(kind, match=says) as refused:
        draw(made["a"])
    assert "\n" not in str(refused.value) and not plt.get_fignums()
