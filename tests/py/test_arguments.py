"""Odd arguments of the package: NumPy's numbers are as good as Python's, and what cannot be meant is refused in one sentence."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")


# ---- runs -----------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [1, 1.0, np.float64(1.0), np.float32(1.0), np.int64(1), np.array(1.0)])
def test_a_precision_may_be_any_number(error):
    run = moecast.run("baseline", paths=64, seed=1, precision={"cap.gap@2026-12": error}, max_paths=128, keep=0)
    assert run.precision["cap.gap@2026-12"][1] == 1.0 and run.precision_reached


@pytest.mark.parametrize("precision", [0.5, "cap.gap@2026-12", ["cap.gap@2026-12"], {"cap.gap@2026-12": "0.5"}, {"cap.gap@2026-12": None}, True])
def test_a_precision_that_is_none_is_refused_in_one_sentence(precision):
    with pytest.raises(TypeError, match="precision wants a mapping|the standard error of cap.gap@2026-12 must be a number"):
        moecast.run("baseline", paths=64, precision=precision)


@pytest.mark.parametrize("seconds", [0, 0.0, -1, np.float64(-3.5), -float("inf")])
def test_no_time_left_means_no_path(seconds):
    job = moecast.Run("baseline", paths=500, seed=1, keep=0)
    assert job.advance(seconds) == job.advance(seconds=seconds) == job.done == 0
    assert job.advance(float("inf")) == job.advance(seconds) == 500


def test_seconds_that_are_no_number_are_refused():
    job = moecast.Run("baseline", paths=64, seed=1, keep=0)
    with pytest.raises(ValueError, match="not nan"):
        job.advance(float("nan"))
    with pytest.raises(TypeError, match="seconds must be a number, not '1'"):
        job.advance("1")
    assert job.done == 0 and job.advance(np.float32(60.0)) == 64


def test_one_name_is_as_good_as_a_list_of_it_and_twice_as_good_as_once():
    for given in ("cap.gap", ["cap.gap"], ("cap.gap", "cap.gap"), np.array(["cap.gap"]), {"cap.gap": 1}):
        run = moecast.run("baseline", paths=64, seed=1, keep=3, keep_series=given)
        assert list(run.trajectories) == ["cap.gap"] and run.trajectories["cap.gap"].shape == (3, len(run.months))
    pair = ["baseline", "no_controls"]
    one, listed = (moecast.compare(pair, paths=64, series=series, months=months).table() for series, months in (("cap.gap", "2026-12"), (["cap.gap"], ["2026-12"] * 2)))
    assert repr(one) == repr(listed) and len(one) == 1 and (one[0]["series"], one[0]["month"]) == ("cap.gap", "2026-12")


def test_what_holds_no_names_is_refused():
    for given in (3, None, [3], b"cap.gap", [["cap.gap"]]):
        with pytest.raises(TypeError, match="keep_series wants a name or a sequence of names, got"):
            moecast.run("baseline", paths=64, keep_series=given)
        with pytest.raises(TypeError, match="series wants a name or a sequence of names, got"):
            moecast.compare(["baseline", "no_controls"], paths=64, series=given)
        with pytest.raises(TypeError, match="months wants a name or a sequence of names, got"):
            moecast.compare(["baseline", "no_controls"], paths=64, months=given)


def test_shapes_are_as_the_annotations_say():
    run = moecast.run("baseline", paths=64, seed=1)
    months = len(run.report_months)
    for pick in (run.mean, run.mean_error, run.sd, run.effective_paths):
        assert isinstance(pick("cap.gap", "2026-12"), float)
        assert pick("cap.gap").shape == (months,) and pick(["cap.gap"], "2026-12").shape == (1,) and pick(["cap.gap"], ["2026-12"]).shape == (1, 1)
    assert isinstance(run.quantiles("cap.gap", "2026-12", 0.5), float)
    assert [type(one) for one in run.quantiles("cap.gap", "2026-12", 0.5, True)] == [float, float]
    assert [one.shape for one in run.quantiles("cap.gap", p=np.array([0.1, 0.9]), errors=True)] == [(months, 2)] * 2
    found = run.percentile_of({"cap.gap@2026-12": 9.0})
    assert found[0] is found["cap.gap@2026-12"] and found[:1] == list(found)
    assert moecast.grid("baseline", {"policy.severity": np.linspace(0.5, 1.5, 2)}, paths=4, seed=1).levels == {"policy.severity": [0.5, 1.5]}


# ---- names, levels, charts, sliders, units ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def result() -> moecast.Result:
    return moecast.run("baseline", paths=64, seed=1)


@pytest.mark.parametrize("ask", [
    lambda it: it.mean(None), lambda it: it.mean(3), lambda it: it.mean([3]), lambda it: it.quantiles("cap.gap", 202612), lambda it: it.mean("cap.gap", [None]),
    lambda it: it.scenario.input(3), lambda it: it.probability(None), lambda it: it.inputs[0], lambda it: it.path(0)[None],
])  # fmt: skip
def test_what_is_no_name_is_refused_in_one_sentence(result, ask):
    with pytest.raises(TypeError, match=r"^an? .* is asked for by its name.*, not by \S+$"):
        ask(result)


def test_a_chart_of_no_months_is_refused(result):
    pytest.importorskip("matplotlib").use("Agg")
    for draw, series in ((moecast.plot.fan, "cap.gap"), (moecast.plot.small_multiples, "share.open.*")):
        with pytest.raises(ValueError, match="at least one report month"):
            draw(result, series, months=[])


def test_levels_of_a_grid_lie_along_one_axis_and_one_quantile_is_a_number():
    with pytest.raises(moecast.ScenarioError, match=r"shape \(2, 2\), wanted levels along one axis"):
        moecast.Grid("baseline", {"policy.severity": np.eye(2)})
    assert moecast.Grid("baseline", {"policy.severity": [1]}, p=0.5).p == (0.5,)
    with pytest.raises(TypeError, match="p must be a number, not 'x'"):
        moecast.Grid("baseline", {"policy.severity": [1]}, p=["x"])


def test_sliders_take_whole_seeds_and_threads_only():
    what_if = moecast.interactive.WhatIf
    for wrong in ({"seed": 1.7}, {"seed": "1"}, {"threads": 1.5}):
        with pytest.raises(TypeError, match="must be a whole number, not"):
            what_if("baseline", paths=64, refine=64, **wrong)
    for wrong in ({"seed": -1}, {"threads": -1}, {"threads": 65}):
        with pytest.raises(ValueError, match="must be 0 to"):
            what_if("baseline", paths=64, refine=64, **wrong)
    assert what_if("baseline", paths=64, refine=64, seed=np.int64(3), threads=1).seed == 3


@pytest.mark.parametrize("unit_paths,kind", [(0, ValueError), (-5, ValueError), (1.5, TypeError), ("64", TypeError)])
def test_a_unit_has_whole_paths(unit_paths, kind):
    with pytest.raises(kind, match="unit_paths must be"):
        moecast.run("baseline", paths=64, executor=lambda: pytest.fail("made an executor"), unit_paths=unit_paths)
