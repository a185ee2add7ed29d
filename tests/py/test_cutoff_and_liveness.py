"""Nothing jumps where the observed past ends, every lever acts from its date on and not before, and what should not matter changes no bit.

Whole paths are compared, draw by draw: two scenarios with one seed differ by what the scenarios differ in and by nothing else.
"""

import os
import pathlib
import re
import subprocess

import numpy as np
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
DUMP = pathlib.Path(os.environ.get("MOECAST_DUMP", ROOT / "build" / "tests" / "dump_paths"))
SEED = 20260831
PATHS = 400  # enough that a median change moves by less than a tenth of its spread from seed to seed
FEW = 64  # one block: enough to see whether a bit changes

needs_dump = pytest.mark.skipif(not DUMP.exists(), reason=f"{DUMP} is not built; set MOECAST_DUMP")
pytestmark = needs_dump


def month(text):
    """Months since the start of the baseline."""
    return (int(text[:4]) - 2024) * 12 + int(text[5:7]) - 1


CUT_OFF = month("2026-08")


def simulate(scenario, paths, folder):
    """{series: [paths, months]} as the C core simulates them; drawn inputs under `input:KEY` and stopped paths under `failed`, as [paths, 1]."""
    target = folder / "paths.bin"
    env = {**os.environ, "MOECAST_SCENARIOS": str(SCENARIOS)}
    done = subprocess.run([DUMP, str(scenario), str(SEED), str(paths), str(target)], capture_output=True, text=True, env=env, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    with target.open("rb") as file:
        count, months, inputs, slots = map(int, file.readline().split())
        keys = [file.readline().decode().strip() for _ in range(inputs)]
        names = [file.readline().decode().strip() for _ in range(slots)]
        values = np.frombuffer(file.read(), float)
    target.unlink()
    drawn = values[: count * inputs].reshape(count, inputs)
    outcomes = values[count * inputs : -count].reshape(count, months, slots)
    series = {name: outcomes[:, :, i] for i, name in enumerate(names)}
    return series | {f"input:{key}": drawn[:, [i]] for i, key in enumerate(keys)} | {"failed": values[-count:, np.newaxis]}


def write_scenario(folder, name, body, base="baseline"):
    path = folder / f"{name}.yaml"
    path.write_text(f"moecast: 1\nname: {name}\nextends: {base}\n" + yaml.safe_dump(body, sort_keys=False), encoding="utf-8")
    return path


def changed(a, b, first=0, last=None):
    """Series that differ in any bit in months first … last − 1. Drawn inputs count with month 0. A path may fail later than `last`."""
    assert a.keys() == b.keys()
    names = a.keys() if last is None else a.keys() - {"failed"}
    return {name for name in names if not np.array_equal(a[name][:, first:last], b[name][:, first:last], equal_nan=True)}


def at(when, series, *runs):
    """The month's values of each run, on the paths that none of them stopped."""
    kept = ~np.any([run["failed"][:, 0] for run in runs], axis=0)
    return [run[series][kept, month(when)] for run in runs]


def head(run, paths):
    return {name: values[:paths] for name, values in run.items()}


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    return simulate("baseline", PATHS, tmp_path_factory.mktemp("baseline"))


# --- the end of the observed past -----------------------------------------------------------------------------------------------------------------

SCALES = dict(re.findall(r'^OUTCOME\(\w+, "([^"]+)", "[^"]*", \w+, (\w+),', (ROOT / "csim/plan/outcomes.def").read_text(), re.MULTILINE))
HEADLINES = [
    "cap.gap", "cap.lag_structural", "compute.k_us", "compute.k_cn", "share.open.fortune500", "share.open.midmarket", "share.open.developers",
    "share.open.government", "share.open.consumers", "share.enterprise_open", "share.world_open", "share.cn_abroad", "share.spend_open", "f500.primary",
    "price.closed", "price.open", "cost.closed", "cost.cn_first_party", "cost.cn_abroad", "tokens.world", "spend.api", "saas.revenue",
    "saas.ev_sales", "sub.payers", "finance.closed_revenue", "finance.gross_margin", "finance.value_share", "silicon.merchant_revenue",
]  # fmt: skip
# Growth may slow without a jump. No observation pulls payers, so the cut-off cannot move them: the Go tier, on sale everywhere from 2026-02, lifts all
# twelve windows before, and its wave ebbs.
SLOWING = {"sub.payers": "2026-03"}  # series: from when on its growth falls month by month


def on_axis(series, values):
    """Values on the axis of their outcome, on which a change of a growing series is comparable between years."""
    outcome = max((name for name in SCALES if series == name or series.startswith(name + ".")), key=len)
    if SCALES[outcome] == "LOG":
        return np.log(values)
    return np.log(values / (1 - values)) if SCALES[outcome] == "LOGIT" else values


def six_month_changes(run, series):
    """Median change over the six months after the cut-off; p5 and p95 of the changes over the twelve windows that end at it or before."""
    values = on_axis(series, run[series][run["failed"][:, 0] == 0])
    change = values[:, 6:] - values[:, :-6]  # column t: the change that ends in month t + 6
    return np.median(change[:, CUT_OFF]), *np.percentile(change[:, CUT_OFF - 17 : CUT_OFF - 5], [5, 95])


@pytest.mark.parametrize("series", [s for s in HEADLINES if s not in SLOWING])
def test_no_headline_jumps_after_the_cut_off(baseline, series):
    after, low, high = six_month_changes(baseline, series)
    assert low <= after <= high, f"{series} changes by {after:.3g} after the cut-off; windows before: {low:.3g} to {high:.3g}"


@pytest.mark.parametrize("series", SLOWING)
def test_a_headline_outside_the_corridor_slows_without_a_kink(baseline, series):
    after, low, _ = six_month_changes(baseline, series)
    assert after < low, "the exception is no longer needed"
    values = on_axis(series, baseline[series])
    growth = np.array([np.median(values[:, end] - values[:, end - 6]) for end in range(month(SLOWING[series]) - 1, CUT_OFF + 7)])
    steps = -np.diff(growth)
    assert steps.min() > 0, f"growth over six months does not fall month by month: {growth}"
    assert steps.max() < 3 * np.median(steps), f"a kink: {steps}"


# --- lag matters ----------------------------------------------------------------------------------------------------------------------------------


def test_three_more_months_of_lag_move_an_open_share_of_2028_by_more_than_a_point(baseline, tmp_path):
    slower = simulate(write_scenario(tmp_path, "slower", {"levers": {"lag_shift_months": {"2026-09": 3}}}), PATHS, tmp_path)
    moved = {}
    for segment in ("fortune500", "midmarket", "developers", "government", "consumers"):
        late, usual = at("2028-12", f"share.open.{segment}", slower, baseline)
        moved[segment] = 100 * np.mean(late - usual)
    assert min(moved.values()) < -1, moved
    assert max(moved.values()) < 0, f"more lag helps open models somewhere: {moved}"


# --- levers ---------------------------------------------------------------------------------------------------------------------------------------

SWITCH = "2027-01"
# lever: (strong value from SWITCH on, by element if it has any; a series that it must move by 2028-12, and which way on average)
LEVERS = {
    "api_policing": (1, "cap.lag_structural", +1),
    "frontier_gating": ({"developers": 0.9}, "share.open.developers", +1),
    "origin_ban": ({"developers": {"us": 1}}, "share.market_cn_open.developers.us", -1),
    "third_party_hosting_ban": (1, "cost.cn_abroad", +1),
    "licence_change": ({"qwen": 10}, "share.offering.qwen", -1),
    "release_stop": ({"deepseek": 1}, "cap.level.deepseek", -1),
    "opens_weights": ({"openai": 1}, "cap.gap", -1),
    "offshore_cloud_frac": (1, "compute.k_cn", +1),
    "diversion_frac": (1, "compute.k_cn", +1),
    "cn_subsidy_frac": (0.9, "price.open", -1),
    "power_limit_us_gw": (1, "compute.k_us", -1),
    "power_limit_cn_gw": (0.1, "compute.k_cn", -1),
    "price_factor": ({"openai": 5}, "price.list.openai", +1),
    "closed_price_response": (1, "price.closed", -1),
    "effort_pretraining": (5, "cap.frontier", +1),
    "effort_rl": (5, "cap.frontier", +1),
    "effort_inference": (5, "cap.frontier", +1),
    "gap_ceiling": (0, "cap.gap", -1),
    "lag_shift_months": (12, "cap.gap", +1),
    "open_cost_factor": (10, "cost.open", +1),
    "merger_probability": (1, "ma.hhi", +1),
    "ads_arpu": (50, "finance.closed_revenue", +1),
    "plus_price": (40, "sub.plus", -1),
    "go_price": (19, "sub.go", -1),
    "pro_price": (500, "sub.revenue", +1),
    "go_on_sale": (0, "sub.go", -1),
    "input_tokens": (64000, "cost.closed", +1),
    "output_tokens": (8000, "cost.closed", +1),
    "cache_hit": (0, "finance.gross_margin", -1),
    "tpot_factor": (0.25, "cost.closed", +1),
    "draft_depth": (0, "cost.closed", +1),
}
BASE = yaml.safe_load((SCENARIOS / "baseline.yaml").read_text(encoding="utf-8"))["levers"]


def last_value(lever):
    schedule = BASE[lever]["schedule"]
    return schedule[max(schedule)]


def switched(lever, value):
    """The lever as in the baseline until the month before SWITCH, then the value; of an indexed lever the elements named."""
    if isinstance(value, dict):
        return {element: switched(None, inner) for element, inner in value.items()}
    past = {**BASE[lever]["schedule"], "2026-12": last_value(lever)} if lever in BASE else {}
    return {**past, SWITCH: value}


def test_every_lever_is_tried():
    declared = re.findall(r'^LEVER\(\w+, "levers\.(\w+)"', (ROOT / "csim/scenario/levers.def").read_text(), re.MULTILINE)
    assert set(declared) == set(LEVERS)


@pytest.mark.parametrize("lever", LEVERS)
@pytest.mark.slow
def test_a_lever_acts_from_its_date_on_and_only_then(baseline, tmp_path, lever):
    value, series, way = LEVERS[lever]
    pulled = simulate(write_scenario(tmp_path, "pulled", {"levers": {lever: switched(lever, value)}}), FEW, tmp_path)
    usual = head(baseline, FEW)
    if lever in BASE:  # the same dates without the change: between equal dated values, interpolation may differ from the constant by a rounding
        usual = simulate(write_scenario(tmp_path, "usual", {"levers": {lever: switched(lever, last_value(lever))}}), FEW, tmp_path)
    assert not changed(pulled, usual, last=month(SWITCH)), "something changed before the date"
    strong, weak = at("2028-12", series, pulled, usual)
    assert np.mean(strong - weak) * way > 0, f"{series} moves by {np.mean(strong - weak):.3g}"


@pytest.mark.slow
def test_a_lever_with_a_hazard_jumps_in_random_months_after_its_date(baseline, tmp_path):
    yearly = 1.2  # a tenth a month
    ban = {"hazard_per_yr": yearly, "from": SWITCH, "value": 1}
    pulled = simulate(write_scenario(tmp_path, "hazard", {"levers": {"third_party_hosting_ban": ban}}), PATHS, tmp_path)
    differs = pulled["cost.cn_abroad"] != baseline["cost.cn_abroad"]
    start = month(SWITCH)
    assert not differs[:, :start].any()
    for months in (1, 6, 12):
        share, expected = differs[:, start : start + months].any(axis=1).mean(), 1 - (1 - yearly / 12) ** months
        assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / PATHS), f"{share:.3f} of paths within {months} months, expected {expected:.3f}"


@pytest.mark.slow
def test_policy_scenarios_are_ordered(tmp_path):
    free, tight = (simulate(name, PATHS, tmp_path) for name in ("no_controls", "tight_controls"))
    dear, cheap = at("2028-12", "cost.cn_first_party", tight, free)
    assert np.mean(dear > cheap) > 0.8, "tight controls make Chinese first-party tokens cheaper on many paths"
    penalty = np.median(np.log(dear / cheap))
    assert 0.1 < penalty < 1.5
    dear, cheap = at("2028-12", "cost.cn_abroad", tight, free)
    assert 0 < np.median(np.log(dear / cheap)) < penalty, "third-party hosts should cap what controls do abroad"
    for series, way in (("cost.energy.deepseek", +1), ("cap.lag_structural", +1), ("share.cn_abroad", -1)):
        strict, none = at("2028-12", series, tight, free)
        assert way * np.mean(strict - none) > 0, series
    assert not changed(free, tight, last=month("2026-09")), "the scenarios differ before September 2026"


# --- what must not matter -------------------------------------------------------------------------------------------------------------------------


def observations(folder, name, keep=lambda series, when: True, extra=()):
    """A copy of the observed series: rows that `keep` wants, and `extra` lines."""
    lines = (SCENARIOS / "catalogue/observations.csv").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines[1:] if keep(*line.split(",")[:2])]
    (folder / name).write_text("\n".join([lines[0], *rows, *extra]) + "\n", encoding="utf-8")
    return {"assimilate": {"observations": str(folder / name)}}


@pytest.fixture(scope="module")
def hindcast(tmp_path_factory):
    return simulate("hindcast_2025_09", FEW, tmp_path_factory.mktemp("hindcast"))


def test_deleting_observations_after_the_cut_off_changes_no_bit(hindcast, tmp_path):
    known = write_scenario(tmp_path, "known", observations(tmp_path, "known.csv", lambda series, when: when <= "2025-09"), "hindcast_2025_09")
    assert not changed(simulate(known, FEW, tmp_path), hindcast)


def test_adding_an_observation_after_the_cut_off_changes_no_bit(baseline, tmp_path):
    extra = ["frontier_eci,2026-12,300,eci_points,data,a test", "developers_cn_open_share,2027-03,0.9,fraction,data,a test"]
    later = write_scenario(tmp_path, "later", observations(tmp_path, "later.csv", extra=extra))
    assert not changed(simulate(later, FEW, tmp_path), head(baseline, FEW))


def test_deleting_an_observation_before_the_cut_off_changes_the_past_from_there_on(hindcast, tmp_path):
    """The two tests above could not fail if observations did nothing."""
    rows = observations(tmp_path, "gap.csv", lambda series, when: (series, when) != ("frontier_eci", "2024-12"))
    other = simulate(write_scenario(tmp_path, "gap", rows, "hindcast_2025_09"), FEW, tmp_path)
    assert "cap.frontier" in changed(other, hindcast, first=month("2024-12"))
    assert not changed(other, hindcast, last=month("2024-11") + 1), "the row of 2024-11 still stands: interpolation changes only after it"


CLAIM = {
    "statement": "A claim that no run should notice.", "source": "a test", "said_on": "2026-08", "kind": "threshold", "resolution": "None.", "status": "open",
    "readings": {"one": {"title": "The gap is wide", "metric": "cap.gap", "op": ">=", "value": 10, "by": "2027-05"}},
}  # fmt: skip


def test_adding_a_claim_changes_no_bit(baseline, tmp_path):
    more = write_scenario(tmp_path, "more", {"claims": {"unnoticed": CLAIM}})
    assert not changed(simulate(more, FEW, tmp_path), head(baseline, FEW))


ORDERED = {"segments", "regions", "offerings", "fleets", "policy", "correlations"}  # sets: their order says who comes first in docs/model.md §0


def turned(node):
    """The same map with its keys in the opposite order, all the way down; the months of a schedule must increase."""
    if not isinstance(node, dict) or any(re.fullmatch(r"\d{4}-\d{2}", str(key)) for key in node):
        return node
    return {key: turned(node[key]) for key in reversed(node)}


def test_reordering_keys_changes_no_bit(baseline, tmp_path):
    scenario = yaml.safe_load((SCENARIOS / "baseline.yaml").read_text(encoding="utf-8"))
    scenario = {key: scenario[key] if key in ORDERED else turned(scenario[key]) for key in reversed(scenario)}
    scenario |= {"catalogue": str(SCENARIOS / "catalogue"), "claims": str(SCENARIOS / "claims.yaml")}
    path = tmp_path / "turned.yaml"
    path.write_text(yaml.safe_dump(scenario, sort_keys=False), encoding="utf-8")
    assert list(scenario).index("moecast") > list(scenario).index("cap") and list(scenario["cap"])[-1] == "frontier_2024_01", "nothing was turned"
    assert not changed(simulate(path, FEW, tmp_path), head(baseline, FEW))
