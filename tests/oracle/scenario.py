"""Scenario text → sets, ladders, specs of inputs, levers. Owns the YAML form and the key tables; draws nothing and computes nothing.

Reads every scalar as text, because YAML 1.1 would turn 2024-01-01 into a date and `no` into a boolean. Trusts the scenario: faults are
the C reader's business. Months count from time.start.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from . import distributions

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("MOECAST_SCENARIOS", ROOT / "scenarios"))
DATE = re.compile(r"^\d{4}-\d{2}$")


# ---- tables ---------------------------------------------------------------------------------------------------------------------------


def read_table(path, macro):
    """Rows of MACRO(…) as lists of texts; strings without their quotes."""
    token = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,\s]+)')
    rows = []
    for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
        if line.startswith(macro + "(") and line.rstrip().endswith(")"):
            inside = line.rstrip()[len(macro) + 1 : -1]
            rows.append([text if text else bare for text, bare in token.findall(inside)])
    return rows


@dataclass(frozen=True)
class InputRow:
    key: str
    index: str
    low: float
    high: float


@dataclass(frozen=True)
class LeverRow:
    key: str
    index: str
    low: float
    high: float
    default: float
    interpolation: str


@dataclass(frozen=True)
class OutcomeRow:
    name: str
    index: str
    scale: str
    low: float
    high: float


def input_rows():
    return [InputRow(r[1], r[3], float(r[4]), float(r[5])) for r in read_table("csim/scenario/inputs.def", "INPUT")]


def lever_rows():
    return [LeverRow(r[1], r[3], *map(float, r[4:7]), r[7]) for r in read_table("csim/scenario/levers.def", "LEVER")]


def outcome_rows():
    return [OutcomeRow(r[1], r[3], r[4], float(r[5]), float(r[6])) for r in read_table("csim/plan/outcomes.def", "OUTCOME")]


# ---- files ----------------------------------------------------------------------------------------------------------------------------


def _load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CBaseLoader)


def _is_whole(value):
    """A map that an extending scenario replaces as a whole: a value with its family, or a dated schedule."""
    return any(key in distributions.FAMILIES for key in value) or (value and all(DATE.match(key) for key in value))


def _merge(base, over):
    if not (isinstance(base, dict) and isinstance(over, dict)) or _is_whole(over) or _is_whole(base):
        return over
    merged = dict(base)
    for key, value in over.items():
        merged[key] = _merge(base[key], value) if key in base else value
    return merged


def find(name, beside=None):
    for candidate in ([Path(beside) / name] if beside else []) + [Path(name), HOME / f"{name}.yaml"]:
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"no scenario {name!r}")


def read_tree(path, depth=0):
    tree = _load(path)
    if "extends" not in tree:
        return tree
    if depth > 8:
        raise ValueError(f"{path}: too many steps of extends")
    return _merge(read_tree(find(tree["extends"], path.parent), depth + 1), tree)


# ---- the typed scenario ---------------------------------------------------------------------------------------------------------------


def absolute_month(text):
    """2024-05 → months since 2000-01."""
    year, month = text.split("-")[:2]
    return (int(year) - 2000) * 12 + int(month) - 1


@dataclass
class Offering:
    id: str
    open: bool
    origin: str
    entry: float  # month, −inf when it was there before the start
    fleet: str
    second_fleet: str | None
    models: list  # (month, model id)


@dataclass
class Ladder:
    """Dated machines and the cadence of synthetic successors (0: none)."""

    steps: list  # (month, machine id), by date
    successor_months: int


@dataclass
class Fleet:
    id: str
    controlled: bool
    electricity: str
    ladder: Ladder | None


class Lever:
    """One element of a lever: a schedule with its interpolation, or a default that a hazard turns into a value in a random month."""

    def __init__(self, row, node, month):
        self.row, self.hazard, self.schedule = row, None, []
        if isinstance(node, dict) and "hazard_per_yr" in node:
            self.hazard = (float(node["hazard_per_yr"]), month(node["from"]), float(node["value"]))
            return
        if isinstance(node, dict):
            node = next((node[k] for k in ("schedule", "fixed", "value") if k in node), node)
        if isinstance(node, dict):
            self.schedule = sorted((month(date), float(value)) for date, value in node.items())
        else:
            self.schedule = [(-np.inf, float(node))]

    def at(self, t):
        """Deterministic value. A step lever stands at its default before its first date; the others hold their first value."""
        months = [m for m, _ in self.schedule]
        values = [v for _, v in self.schedule]
        if not values:
            return self.row.default
        after = sum(m <= t for m in months)
        if after == 0:
            return self.row.default if self.row.interpolation == "STEP" else values[0]
        if after == len(values) or self.row.interpolation == "STEP":
            return values[after - 1]
        (m0, v0), (m1, v1) = self.schedule[after - 1 : after + 1]
        w = (t - m0) / (m1 - m0)
        if self.row.interpolation == "LOG":
            return np.exp((1 - w) * np.log(v0) + w * np.log(v1))
        return (1 - w) * v0 + w * v1


class Scenario:
    """Sets, roles, ladders, specs of inputs and levers of one scenario."""

    def __init__(self, name):
        path = find(name)
        tree = self.tree = read_tree(path)
        self.start = absolute_month(tree["time"]["start"])
        self.months = absolute_month(tree["time"]["end"]) - self.start + 1
        self.segments, self.regions = list(tree["segments"]), list(tree["regions"])
        self.vendors = list(tree["vendors"])
        self._read_fleets(tree["fleets"])
        self._read_offerings(tree["offerings"])
        self._read_roles(tree["roles"])
        self._read_policy(tree["policy"])
        self.own_bar = tree.get("saas", {}).get("bar", "midmarket") == "own"
        self._read_assimilation(tree.get("assimilate", {}))
        self.catalogue_dir = path.parent / tree["catalogue"] if "catalogue" in tree else HOME / "catalogue"
        self.observations = self._observations_file(tree.get("assimilate", {}), path)
        self.inputs = {row.key: [(row, element, self._spec(row.key, element)) for element in self.elements(row.index)] for row in input_rows()}
        self.levers = {row.key: [(element, self._lever(row, element)) for element in self.elements(row.index)] for row in lever_rows()}
        self.correlations = [(c["a"], c["b"], float(c["rho"])) for c in tree.get("correlations", [])]

    def month(self, text):
        return absolute_month(text) - self.start

    def elements(self, index):
        """Names of the elements of an index set, row-major; one empty name for NONE."""
        sets = {"SEGMENT": self.segments, "REGION": self.regions, "OFFERING": [o.id for o in self.offerings], "REGIME": self.regimes}
        if index == "NONE":
            return [""]
        names = [""]
        for part in index.split("_"):
            names = [f"{left}.{right}" if left else right for left in names for right in sets[part]]
        return names

    def shape(self, index):
        sizes = {"SEGMENT": len(self.segments), "REGION": len(self.regions), "OFFERING": len(self.offerings), "REGIME": len(self.regimes)}
        return () if index == "NONE" else tuple(sizes[part] for part in index.split("_"))

    def _node(self, key, element):
        node = self.tree
        for part in key.split(".") + (element.split(".") if element else []):
            if not isinstance(node, dict) or part not in node:
                return None
            node = node[part]
        return node

    def _spec(self, key, element):
        node = self._node(key, element)
        if node is None:
            raise KeyError(f"{key}.{element} is missing")
        if not isinstance(node, dict):
            return {"family": "fixed", "value": float(node)}
        (family,) = [k for k in node if k in distributions.FAMILIES]
        given = node[family]
        if not isinstance(given, dict):
            return {"family": family, distributions.FAMILIES[family][0]: float(given)}
        number = lambda v: [float(x) for x in v] if isinstance(v, list) else v if v in ("normal", "lognormal") else float(v)
        return {"family": family} | {k: number(v) for k, v in given.items()}

    def _lever(self, row, element):
        node = self._node(row.key, element)
        return Lever(row, node, self.month) if node is not None else Lever(row, row.default, self.month)

    def _steps(self, node):
        return sorted((self.month(date), name) for date, name in node.items())

    def _read_fleets(self, node):
        self.fleets = []
        for name, f in node.items():
            ladder = Ladder(self._steps(f["ladder"]), int(f.get("successor_months", 0))) if "ladder" in f else None
            self.fleets.append(Fleet(name, f["controlled"] == "true", f["electricity"], ladder))
        self.merchant = next(f for f in self.fleets if not f.controlled)
        self.controlled = next((f for f in self.fleets if f.controlled), None)

    def _read_offerings(self, node):
        self.offerings = []
        for name, o in node.items():
            entry = self.month(o["entry"]) if "entry" in o else -np.inf
            self.offerings.append(
                Offering(name, o["openness"] == "open", o["origin"], entry, o["fleet"], o.get("second_fleet"), self._steps(o["models"]))
            )
        group = lambda test: np.array([j for j, o in enumerate(self.offerings) if test(o)], int)
        self.closed_us = group(lambda o: not o.open and o.origin != "cn")
        self.closed_cn = group(lambda o: not o.open and o.origin == "cn")
        self.cn_open = group(lambda o: o.open and o.origin == "cn")
        self.other_open = group(lambda o: o.open and o.origin != "cn")
        self.closed = group(lambda o: not o.open)
        self.open = group(lambda o: o.open)
        self.cn = group(lambda o: o.origin == "cn")
        self.nests = {"closed": self.closed, "cn": self.cn_open, "other": self.other_open}
        self.ref_closed = self.closed_us[0] if len(self.closed_us) else None
        self.ref_cn = self.cn_open[0] if len(self.cn_open) else None
        self.ref_other = self.other_open[0] if len(self.other_open) else None

    def _read_roles(self, node):
        segment, region = self.segments.index, self.regions.index
        self.developers, self.large, self.mid, self.consumers = (
            segment(node[r]) for r in ("developers", "large_firms", "mid_firms", "consumers")
        )
        self.home, self.china = region(node["home"]), region(node["china"])
        self.enterprise_regions = [region(r) for r in node["enterprise_regions"]]
        self.abroad = [r for r in range(len(self.regions)) if r != self.china]

    def _read_policy(self, node):
        self.regimes = list(node["regimes"])
        self.relative = node["form"] == "relative"
        self.reference_regime = self.regimes.index(node["reference"])
        self.schedule = self._steps(node["schedule"])
        self.regime_ladders = []
        for regime in node["regimes"].values():
            like = regime["ladder"].get("fleet")
            if like is None:
                self.regime_ladders.append(Ladder(self._steps(regime["ladder"]), int(regime.get("successor_months", 0))))
            else:
                self.regime_ladders.append(next(f.ladder for f in self.fleets if f.id == like))

    def _read_assimilation(self, node):
        until = node.get("until", "never")
        self.until = -np.inf if until == "never" else self.month(until)
        self.known_until = self.month(node["known_until"]) if "known_until" in node else np.inf

    def _observations_file(self, node, path):
        name = node.get("observations")
        if name is None:
            return None
        beside = path.parent / name
        return beside if beside.is_file() else self.catalogue_dir / name
