"""== and hash of what the package returns: by value where that is plain, by identity where it is a table, and never an error."""

from __future__ import annotations

import dataclasses

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")


@pytest.fixture(scope="module")
def result() -> moecast.Result:
    return moecast.run("baseline", paths=100, seed=1)


def test_tables_equal_themselves_only(result):
    study = moecast.grid("baseline", {"policy.severity": [0.5]}, paths=4, seed=1)
    for one, other in ((result.inputs, result.scalars), (result.path(1), result.path(1)), (study, moecast.Grid("baseline", {"policy.severity": [0.5]}))):
        assert one == one and one != other and one != 3 and len({one, other, one}) == 2


def test_records_that_hold_arrays_are_equal_by_value():
    study = moecast.grid("baseline", {"policy.severity": [0.5, 1]}, paths=4, seed=1)
    hosting = moecast.host_or_buy("gpt-oss-120b", "h100", (0.15, 0.6))

    def cost(dearer: list[float]) -> moecast.TokenCost:  # the second does not fit: NaN
        return moecast.token_cost(["deepseek-v3", "kimi-k3"], "groq-3-lpu", dearer=dearer)

    pairs = [
        (lambda: cost([0.1, 0.2]), cost([0.2, 0.1])),
        (lambda: moecast.token_cost("deepseek-v3", "h200"), moecast.token_cost("deepseek-v3", "h200", slower=0.1)),
        (lambda: study.probability("f500_60.primary"), study.probability("f500_60.presence")),
        (lambda: hosting.bills([1e9, 1e12]), hosting.bills([1e9])),
        (lambda: moecast.host_or_buy("gpt-oss-120b", "h100", (0.15, 0.6)), moecast.host_or_buy("gpt-oss-120b", "h100", (0.15, 0.7))),
    ]
    for make, other in pairs:
        one, again = make(), make()
        assert one == again and not one != again and hash(one) == hash(again), one
        assert one != other and one != "something else" and len({one, again, other}) == 2


def test_nan_equals_nan_and_arrays_do_not_equal_numbers_of_another_shape():
    one = moecast.token_cost("deepseek-v3", "h200")
    lost = dataclasses.replace(one, ttft_s=float("nan"))
    assert lost != one and lost == dataclasses.replace(one, ttft_s=float("nan"))
    assert dataclasses.replace(one, ttft_s=np.array([one.ttft_s])) != one
