"""What can be sent to another process, and copied: results and all that is made of them; the rest says what to send instead."""

from __future__ import annotations

import concurrent.futures
import copy
import multiprocessing
import pickle

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")


def through_pickle(thing):
    return pickle.loads(pickle.dumps(thing))


@pytest.fixture(scope="module")
def result() -> moecast.Result:
    return moecast.run("baseline", paths=200, seed=1, keep=150, keep_series=["cap.gap"], precision={"cap.gap@2026-12": 10.0})


def same(one: moecast.Result, other: moecast.Result) -> None:
    for name in ("digest", "seed", "paths", "asked", "sampler", "replicates", "interrupted", "precision", "failed", "seconds", "scenario", "ledger", "months"):
        assert getattr(one, name) == getattr(other, name), name
    assert repr(one) == repr(other) and repr(one.claims) == repr(other.claims)
    assert one.scenario.file == other.scenario.file and one.scenario.to_yaml() == other.scenario.to_yaml()
    for name in ("mean", "mean_error", "sd", "lowest", "highest", "count"):
        assert np.array_equal(one.statistic(name, monthly=True), other.statistic(name, monthly=True), equal_nan=True), name
    for mine, its in ((one.inputs, other.inputs), (one.scalars, other.scalars), (one.trajectories, other.trajectories)):
        assert mine.names == its.names and np.array_equal(mine.table, its.table, equal_nan=True)
    assert np.array_equal(one.bins, other.bins)
    assert np.array_equal(one.path(170)["cap.gap"], other.path(170)["cap.gap"])


@pytest.mark.parametrize("way", [through_pickle, copy.deepcopy, lambda one: through_pickle(through_pickle(one))])
def test_a_result_arrives_as_it_was(result, way):
    same(result, way(result))


def test_a_partial_result_arrives_as_it_was_and_lets_its_run_go_on():
    job = moecast.Run("baseline", paths=2000, seed=1)
    while not job.done:
        job.advance(seconds=0.01)
    partial = job.result()
    copied = copy.deepcopy(partial)
    same(partial, copied)
    del partial
    assert copied.interrupted and copied.paths == job.done < copied.asked == 2000
    before = copied.digest
    assert job.advance(seconds=0.05) > copied.paths and copied.digest == before


def test_what_is_made_of_a_result_arrives_with_it(result):
    stories = through_pickle(result.stories())
    assert str(stories) == str(result.stories()) and stories._repr_html_() == result.stories()._repr_html_()
    assert stories[0]._result is stories._result and repr(stories[0].replay().events) == repr(result.path(stories[0].index).events)
    answer = result.what_would_it_take("share.open.fortune500@2026-12 >= 15%")
    for thing in (answer, result.percentile_of({"cap.gap@2026-12": 9.0}), result.claims, result.outcomes, result.path(3), result.inputs):
        for other in (through_pickle(thing), copy.deepcopy(thing)):
            assert type(other) is type(thing) and repr(other) == repr(thing)


def mean_gap(result: moecast.Result) -> tuple[float, moecast.Result]:
    return result.mean("cap.gap", "2026-12"), result


def test_a_spawned_process_takes_and_gives_results(result):
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        gap, back = pool.submit(mean_gap, result).result()
    assert gap == result.mean("cap.gap", "2026-12")
    same(result, back)


def test_what_cannot_be_sent_says_what_to_send_instead(result, tmp_path):
    levels = {"policy.severity": [0.5]}
    for thing, instead in (
        (moecast.Run("baseline", paths=64), "Run.result"),
        (moecast.compare([result, result], paths=64), "table"),
        (moecast.grid("baseline", levels, paths=4, seed=1), "folder="),
        (moecast.interactive.WhatIf("baseline", paths=64, refine=64), "arguments"),
    ):
        for way in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError, match=rf"^an? {type(thing).__name__} .*cannot be pickled: .*{instead}"):
                way(thing)
    kept = moecast.grid("baseline", levels, paths=4, seed=1, folder=tmp_path)
    assert through_pickle(kept)[0.5].digest == kept[0.5].digest
