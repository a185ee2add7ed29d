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
