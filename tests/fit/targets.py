"""Everything that the fit is held against, as arrays: measured rows of time per output token, prefill pools that are a bottleneck, and published points."""
from dataclasses import dataclass, field

import measurements
import numpy as np
import pandas as pd
import serving_model

CELL = ["model", "hardware", "backend", "precision", "mode"]
POINT_WEIGHT, CAPACITY_WEIGHT = 2.0, 0.15  # capacities are lower bounds, of first builds
MOST_SEQUENCES = 2048.0  # an accelerator, in offline runs
HELD_OUT_TOGETHER = {"llama-2-70b": "llama-3.1-70b"}


@dataclass
class Targets:
    """Cases (arrays of serving_model.features), ln of their measured times, weights, and labels; one line a case. kind: tpot, capacity, point, or check (not fitted)."""

    features: dict
    ln_time: np.ndarray
    weight: np.ndarray
    labels: pd.DataFrame
    rows: pd.DataFrame
    dropped: list
    published: list
    models: dict = field(repr=False)
    machines: dict = field(repr=False)

    def is_kind(self, *kinds):
        return self.labels.kind.isin(kinds).to_numpy()

    def witnesses(self):
        """Cases of one cell err together and count as one witness; a published point is one of its own."""
        cell = self.labels[["kind", *CELL]].astype(str).agg("/".join, axis=1)
        return cell.where(self.labels.kind != "point", self.labels.index.astype(str)).to_numpy()


def pick(features, index):
    return {name: values[index] for name, values in features.items()}


def case_of(point, per_accelerator):
    """A published point as a case, with so many sequences an accelerator."""
    kind, accelerators = point["kind"], point["t"] * point["d"]
    same = {name: point[name] for name in ("model", "machine", "bytes", "cache_bytes", "t", "d", "isl", "osl")}
    return dict(same, batch=per_accelerator * accelerators, hit=point.get("hit", 0.0), one_pool=kind == "offline", tuned=point["stack"] == "tuned", prefill_only=kind == "prefill")


def full_batch(point, models, machines):
    """Sequences an accelerator in offline runs: each is admitted when the cache has room for its full length, the servers' default policy."""
    f = serving_model.features([dict(case_of(point, 1.0), isl=point["isl"] + point["osl"], osl=0.0)], models, machines)
    accelerators = point["t"] * point["d"]
    weights = (f["W_att"] + f["W_ffn"] + f["W_head"])[0] * point["d"] + f["W_exp"][0]
    room = 0.9 * machines[point["machine"]]["memory_gb"] * 1e9 * accelerators - weights - 3e9 * accelerators
    return min(room / (f["kv"][0] * f["rep"][0] + f["state"][0]) / accelerators, MOST_SEQUENCES)


def batch_of(point, models, machines):
    if "b" in point:
        return point["b"]
    if "speed_tok_s_user" in point:
        return point["measured"] / point["speed_tok_s_user"]
    return 1.0 if point["kind"] == "prefill" else full_batch(point, models, machines)


def ln_time_of(point, per_accelerator):
    if point["kind"] == "latency":
        return np.log(point["measured"])
    return -np.log(point["measured"]) if point["kind"] == "prefill" else np.log(per_accelerator / point["measured"])


def weights_of(labels):
    """Rows of a cell of n count n^-1/2 each, so that 150 rows of one stack are not 150 witnesses."""
    weight = labels.groupby(["kind", *CELL])["kind"].transform("size").to_numpy(float) ** -0.5
    of_rows = (labels.kind == "tpot").to_numpy()
    weight /= np.sqrt(np.mean(weight[of_rows] ** 2))
    return np.where(of_rows, weight, labels.kind.map({"tpot": 1.0, "capacity": CAPACITY_WEIGHT, "point": POINT_WEIGHT, "check": 0.0}))


def assemble(table, catalogue, published):
    models, machines = measurements.catalogue_shapes(catalogue)
    rows, dropped = measurements.load(table)
    capacity = measurements.prefill_capacity(table)
    cases = [measurements.case(row) for row in rows.itertuples()] + [measurements.capacity_case(row) for row in capacity.itertuples()]
    ln_time = [*np.log(rows.tpot), *-np.log(capacity.rate)]
    for point in published:
        point["batch_used"] = batch_of(point, models, machines)
        cases.append(case_of(point, point["batch_used"]))
        ln_time.append(ln_time_of(point, point["batch_used"]))
    points = pd.DataFrame([dict(model=HELD_OUT_TOGETHER.get(p["model"], p["model"]), hardware=p["machine"], backend=p["stack"], precision="", mode=p["kind"],
                                kind="point" if p.get("fit", True) else "check") for p in published])
    parts = [rows[[*CELL, "batch", "isl", "osl", "t", "d"]].assign(kind="tpot"), capacity.assign(kind="capacity", mode="disagg"), points]
    labels = pd.concat(parts, ignore_index=True)
    return Targets(serving_model.features(cases, models, machines), np.array(ln_time), weights_of(labels), labels, rows, dropped, published, models, machines)
