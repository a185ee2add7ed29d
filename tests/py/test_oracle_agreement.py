"""Two implementations of docs/model.md, written apart, give the same numbers: C against NumPy, every outcome, every month, every path."""
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from oracle import simulate as oracle

DUMP = pathlib.Path(os.environ.get("MOECAST_DUMP", ROOT / "build/tests/dump_paths"))
PATHS = 200
SEED = 20260821
SCENARIOS = ["baseline", "hindcast_2025_09"]
SCENARIOS += [pytest.param(name, marks=pytest.mark.slow) for name in ("claim_20_30", "tight_controls_no_rubin", "power_limited", "frontier_gated", "own_saas_bar", "closed_price_war")]
TOLERANCE = 1e-9
REMAINDER_OF = {"pool.open_labs": "pool.outlay"}  # what is left of a sum after four parts that may take nearly all of it


def c_paths(scenario, folder):
    """Inputs and outcomes of the C core: {key: [paths]}, {slot: [paths, months]}, failures [paths]."""
    target = folder / f"{scenario}.bin"
    subprocess.run([DUMP, scenario, str(SEED), str(PATHS), str(target)], check=True, timeout=120)
    with open(target, "rb") as file:
        paths, months, inputs, slots = map(int, file.readline().split())
        keys = [file.readline().decode().strip() for _ in range(inputs)]
        names = [file.readline().decode().strip() for _ in range(slots)]
        values = np.frombuffer(file.read(), float)
    drawn = values[:paths * inputs].reshape(paths, inputs)
    outcomes = values[paths * inputs:-paths].reshape(paths, months, slots)
    return dict(zip(keys, drawn.T)), dict(zip(names, np.moveaxis(outcomes, 2, 0))), values[-paths:]


def oracle_series(result, slots):
    """{slot name: [paths, months]} of the oracle: its arrays by outcome, elements in the slots' order."""
    series = {}
    for name in slots:
        outcome = max((o for o in result if o != "inputs" and (name == o or name.startswith(o + "."))), key=len)
        series.setdefault(outcome, []).append(name)
    return {name: (result[outcome] if result[outcome].ndim == 2 else result[outcome].reshape(*result[outcome].shape[:2], -1)[:, :, position])
            for outcome, names in series.items() for position, name in enumerate(names)}


def flatten(drawn, keys):
    """{full key: [paths]} of the oracle's drawn inputs; it keeps a key's elements in one array, in the order of the scenario's sets."""
    flat, seen = {}, {}
    for key in keys:
        base = max((k for k in drawn if key == k or key.startswith(k + ".")), key=len)
        position = seen[base] = seen.get(base, -1) + 1
        flat[key] = drawn[base].reshape(len(drawn[base]), -1)[:, position]
    return flat


def difference(a, b, size=None):
    """Relative to b, or to the size of what b is a small remainder of; below a millionth of a unit, absolute."""
    scale = np.maximum(np.abs(b if size is None else size), 1e-6)
    return np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b) / scale)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_c_core_equals_the_oracle_on_every_outcome(scenario, tmp_path):
    inputs, outcomes, failures = c_paths(scenario, tmp_path)
    reference = oracle.simulate(scenario, PATHS, SEED)
    expected = oracle_series(reference, list(outcomes))
    keys = list(inputs)
    flat = flatten(reference["inputs"], keys)
    for key, drawn in inputs.items():
        assert np.max(difference(drawn, flat[key])) < 1e-12, key
    flipped = sorted({event[0] for event in reference["events"]})
    print(f"{scenario}: events within 1e-12 of their threshold: {reference['events'] or 'none'}")
    keep = np.setdiff1d(np.flatnonzero(failures == 0), flipped)
    assert len(keep) >= PATHS - 5
    sizes = {name: expected[whole][keep] for name, whole in REMAINDER_OF.items()}
    worst = {name: float(np.max(difference(outcomes[name][keep], expected[name][keep], sizes.get(name)))) for name in outcomes}
    off = {name: d for name, d in sorted(worst.items(), key=lambda item: -item[1]) if not d <= TOLERANCE}
    assert not off, f"{len(off)} of {len(worst)} outcomes differ: {dict(list(off.items())[:12])}"
