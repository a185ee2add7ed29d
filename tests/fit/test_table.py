"""`moecast cost --table` reads measurement rows as the fit does and predicts what the fit's own form of the kernel predicts, on a table of invented settings."""
import os
import pathlib
import subprocess

import measurements
import numpy as np
import pandas as pd
import pytest
import serving_model
import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
TABLE = HERE / "invented_measurements.csv"
UNREADABLE = {"no batch": "decode_batch_size", "batch contradicts": "in flight", "no such model": "Llama-3.1-70B'", "no such machine": "h200_sxm'"}
ADDED = ["pred_tpot_ms", "pred_output_tok_s_gpu", "pred_prefill_tok_s_gpu", "usd_per_mtok_in", "usd_per_mtok_out", "usd_per_mtok_cached", "band_lo", "band_hi",
         "pred_ttft_ms", "binding", "meets_speed", "meets_first_token"]

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


@pytest.fixture(scope="module")
def predicted(tmp_path_factory):
    to = tmp_path_factory.mktemp("table") / "out.csv"
    done = subprocess.run([MOECAST, "cost", "--table", TABLE, "-o", to], capture_output=True, text=True, check=False, env={**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios")})
    assert done.returncode == 0 and done.stdout == "", done.stderr
    return done.stderr.splitlines(), pd.read_csv(to, dtype={"precision": str}).set_index("id")


def test_predictions_are_those_of_the_fits_own_form(predicted):
    rows = measurements.load(TABLE)[0].dropna(subset=["model", "hardware"])
    models, machines = measurements.catalogue_shapes(ROOT / "scenarios" / "catalogue")
    fitted = {name: row["value"] for name, row in yaml.safe_load((HERE / "coefficients.yaml").read_text())["coefficients"].items()}
    features = serving_model.features([measurements.case(row) for row in rows.itertuples()], models, machines)
    part, mine, one_pool = serving_model.parts(features, fitted), predicted[1].loc[rows.id], rows.one_pool.to_numpy()
    assert set(rows.id) == set(predicted[1].index) - set(UNREADABLE)
    np.testing.assert_allclose(mine.pred_tpot_ms / 1e3, part["tpot"], rtol=1e-8)
    np.testing.assert_allclose(mine.pred_output_tok_s_gpu, features["B"] / features["G"] / part["tpot"], rtol=1e-8)
    np.testing.assert_allclose(mine.pred_prefill_tok_s_gpu[one_pool], 1 / (part["s_pf"] * features["G"])[one_pool], rtol=1e-8)


def test_rows_that_cannot_be_read_are_told_and_kept(predicted):
    told, table = predicted
    given = pd.read_csv(TABLE, dtype={"precision": str}).set_index("id")
    assert told[-1] == f"{len(given) - len(UNREADABLE)} of {len(given)} rows predicted" and len(told) == 1 + len(UNREADABLE)
    for name, reason in UNREADABLE.items():
        line = list(given.index).index(name) + 2
        assert any(text.startswith(f"{TABLE}:{line}:") and reason in text for text in told), name
    pd.testing.assert_frame_equal(table[given.columns], given)
    assert list(table.columns) == [*given.columns, *ADDED]
    assert table.loc[list(UNREADABLE), ADDED].isna().all(axis=None) and table.drop(list(UNREADABLE))[ADDED].notna().all(axis=None)


def test_prices_of_a_row_follow_from_its_speeds(predicted):
    read = predicted[1].drop(list(UNREADABLE))
    split = read[read["mode"] == "disagg"]
    assert np.allclose(split.usd_per_mtok_out * split.pred_output_tok_s_gpu, split.usd_per_mtok_in * split.pred_prefill_tok_s_gpu, rtol=1e-6)
    assert np.allclose(np.sqrt(read.band_lo * read.band_hi), read.usd_per_mtok_out, rtol=1e-6) and (read.usd_per_mtok_cached < read.usd_per_mtok_in).all()
