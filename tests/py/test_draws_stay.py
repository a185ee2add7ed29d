"""What does not change, does not move: more uncertain inputs, another order of keys, a longer horizon, one market or claim more leave every other draw and every
outcome that they do not act on bit for bit as it was, with independent and with Sobol points."""
import functools
import re

import pytest

np = pytest.importorskip("numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")

PATHS, SEED = 128, 9
SAMPLERS = ["mc", "sobol"]
REPLICATES = {"mc": 1, "sobol": 2}  # full blocks
HEAD = "moecast: 1\nname: variant\nextends: baseline\n"


def run(text, sampler):
    return moecast.run(moecast.Scenario.parse(text, "variant.yaml"), paths=PATHS, seed=SEED, keep=PATHS, sampler=sampler, replicates=REPLICATES[sampler])


@functools.cache
def baseline(sampler):
    return moecast.run("baseline", paths=PATHS, seed=SEED, keep=PATHS, sampler=sampler, replicates=REPLICATES[sampler])


def inputs_that_moved(before, after):
    return {key for key in before.inputs if key in after.inputs and not np.array_equal(before.inputs[key], after.inputs[key])}


def series_that_moved(before, after):
    """Of the series and months that both have: those with another mean, spread or extreme."""
    series = [name for name in before.series if name in after.series]
    months = [month for month in before.report_months if month in after.report_months]
    moved = set()
    for name in ("mean", "sd", "lowest", "highest"):
        a, b = before._pick(name, series, months), after._pick(name, series, months)
        moved |= {series[i] for i in np.flatnonzero((a != b).any(axis=1))}
    return moved


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_more_uncertain_inputs_move_only_what_they_act_on(sampler):
    before = baseline(sampler)
    fixed = ["saas.cliff_frac", "saas.crash_frac", "saas.gross_margin"]  # marks and a margin that only the multiple of sales and its fall know
    lines = "".join(f"  {key.removeprefix('saas.')}: {{uniform: {{low: {0.9 * value}, high: {1.1 * value}}}}}\n"
                    for key, value in ((key, float(before.inputs[key][0])) for key in fixed))
    after = run(HEAD + "saas:\n" + lines, sampler)
    assert inputs_that_moved(before, after) == set(fixed)
    moved = series_that_moved(before, after)
    assert {"saas.cliff", "saas.crash"} <= moved and all(name.startswith("saas.") for name in moved)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_order_of_keys_says_nothing(sampler):
    text = (moecast.Scenario.load("baseline")).text
    sections = re.split(r"^(?=[a-z])", text, flags=re.M)
    head, rest = [s for s in sections if s.startswith(("moecast", "name"))], [s for s in sections if not s.startswith(("moecast", "name"))]
    assert len(rest) > 10
    turned = run("".join(head + rest[::-1]), sampler)
    assert turned.digest == baseline(sampler).digest


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_longer_horizon_changes_nothing_before(sampler):
    before = baseline(sampler)
    for end, months in (("2026-12", -48), ("2034-12", 48)):
        after = run(HEAD + f"time: {{end: {end}}}\n", sampler)
        assert len(after.months) == len(before.months) + months
        assert not inputs_that_moved(before, after)
        assert not series_that_moved(before, after)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_claim_more_changes_no_path(sampler):
    claim = """claims:
  another:
    statement: The frontier passes 200 points.
    source: nobody
    said_on: 2026-08-01
    kind: threshold
    resolution: the outcome
    status: open
    readings:
      primary: {title: by 2030, metric: cap.frontier, op: ">=", value: 200, at: 2030-11}
"""
    before, after = baseline(sampler), run(HEAD + claim, sampler)
    assert "2030-11" in after.report_months and "2030-11" not in before.report_months
    assert not inputs_that_moved(before, after)
    assert not series_that_moved(before, after)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_region_more_moves_no_other_draw(sampler):
    before = baseline(sampler)
    per_region = sorted({row.key.removesuffix(".rest") for row in before.scenario.inputs if row.key.endswith(".rest")})
    lines = {}
    for key in per_region:
        section, name = key.split(".", 1)
        value = 0.0 if key in ("demand.region_weight", "choice.headline_weight") else float(before.inputs[key + ".rest"][0])
        lines.setdefault(section, []).append(f"  {name}:\n    gulf: {value}\n")
    text = HEAD + "regions: [us, allies, china, rest, gulf]\n" + "".join(f"{section}:\n{''.join(rows)}" for section, rows in lines.items())
    after = run(text, sampler)
    assert not inputs_that_moved(before, after)
    assert not series_that_moved(before, after)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_segment_more_moves_no_other_draw(sampler):
    before = baseline(sampler)
    rows = [row.key for row in before.scenario.inputs if re.search(r"\.government(\.|$)", row.key)]
    lines = {}
    for key in rows:
        path, value = key.replace(".government", ".ngo").split("."), float(np.median(before.inputs[key]))
        value = 0.001 if key == "demand.segment_weight.government" else value
        node = lines
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value

    lines["demand"]["segment_weight"]["government"] = float(before.inputs["demand.segment_weight.government"][0]) - 0.001

    def block(node, depth):
        pad = "  " * depth
        return "".join(f"{pad}{key}:\n{block(value, depth + 1)}" if isinstance(value, dict) else f"{pad}{key}: {value!r}\n" for key, value in node.items())

    after = run(HEAD + "segments: [fortune500, midmarket, developers, government, consumers, ngo]\n" + block(lines, 0), sampler)
    assert inputs_that_moved(before, after) == {"demand.segment_weight.government"}
