"""What stands in scenarios/*.yaml: complete, in the right units, with reasons, adding up, and naming only things that exist.

Reads the files with PyYAML and the tables of the C core as text, so it needs no build and does not depend on the C reader that it guards.
"""

import math
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
FAMILIES = {
    "fixed": None,
    "uniform": {"low", "high"},
    "normal": {"mean", "sd"},
    "lognormal": {"median", "log_sd"},
    "half_normal": {"scale"},
    "truncated_normal": {"mean", "sd", "low"},
    "beta": {"a", "b"},
    "gamma": {"shape", "scale"},
}
NOTES = {"unit", "basis", "source", "date", "reason"}
BASES = {"measured", "vendor", "estimate", "guess"}
VARIANTS = {
    "hindcast_2025_09", "no_controls", "tight_controls", "no_rubin", "hosting_ban", "saas_cliff", "closed_price_war", "open_release_stops",
    "distillation_policed", "frontier_gated", "claim_20_30", "gap_closed", "deepseek_moment", "tight_controls_no_rubin",
    "no_controls_no_rubin", "power_limited", "own_saas_bar", "harder_bars", "harder_bars_own",
}  # fmt: skip
STRUCTURE = {"policy": {"form", "reference", "regimes", "schedule"}, "saas": {"bar"}, "assimilate": {"until", "known_until", "observations"}}


def read(name):
    return yaml.safe_load((SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8"))


def rows(path, macro, fields):
    """Rows of an X-macro table as tuples of text, quotes removed."""
    text = (ROOT / path).read_text(encoding="utf-8")
    pattern = r"^" + macro + r"\((\w+), " + ", ".join([r'("[^"]*"|[^,]+?)'] * fields) + r"\)$"
    return [tuple(field.strip('"') for field in match.groups()) for match in re.finditer(pattern, text, re.MULTILINE)]


INPUTS = {key: (unit, index, float(low), float(high)) for _, key, unit, index, low, high, _ in rows("csim/scenario/inputs.def", "INPUT", 6)}
LEVERS = {key: (unit, index, float(low), float(high)) for _, key, unit, index, low, high, *_ in rows("csim/scenario/levers.def", "LEVER", 8)}
OUTCOMES = {name: index for _, name, _, index, *_ in rows("csim/plan/outcomes.def", "OUTCOME", 7)}
BASELINE = read("baseline")
MODELS = yaml.safe_load((SCENARIOS / "catalogue/models.yaml").read_text(encoding="utf-8"))["models"]
HARDWARE = yaml.safe_load((SCENARIOS / "catalogue/hardware.yaml").read_text(encoding="utf-8"))["hardware"]
PRICES = yaml.safe_load((SCENARIOS / "catalogue/prices.yaml").read_text(encoding="utf-8"))["prices"]
CLAIMS = read("claims")["claims"]
SETS = {
    "SEGMENT": BASELINE["segments"],
    "REGION": BASELINE["regions"],
    "OFFERING": list(BASELINE["offerings"]),
    "REGIME": list(BASELINE["policy"]["regimes"]),
}


def elements(index):
    """Element names of an index set; two-fold sets join theirs with a dot."""
    if index == "NONE":
        return [""]
    if index in SETS:
        return SETS[index]
    first, second = index.split("_")
    return [f"{a}.{b}" for a in SETS[first] for b in SETS[second]]


def test_the_tables_were_read_whole():
    for path, macro, table in (
        ("csim/scenario/inputs.def", "INPUT", INPUTS),
        ("csim/scenario/levers.def", "LEVER", LEVERS),
        ("csim/plan/outcomes.def", "OUTCOME", OUTCOMES),
    ):
        lines = re.findall(rf"^{macro}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
        assert len(lines) == len(table) > 0, path


def is_value(node):
    return not isinstance(node, dict) or bool(set(node) & set(FAMILIES))


def values(scenario):
    """(key, value) of every input that a scenario gives, in the order of the file."""
    found = []

    def walk(path, node):
        if is_value(node):
            found.append((path, node))
        else:
            for name, child in node.items():
                walk(f"{path}.{name}", child)

    for section in dict.fromkeys(key.split(".")[0] for key in INPUTS):
        for name, node in (scenario.get(section) or {}).items():
            if name not in STRUCTURE.get(section, ()):
                walk(f"{section}.{name}", node)
    return found


def table_key(path):
    """The row of inputs.def that a full key belongs to."""
    for size in range(len(path.split(".")), 0, -1):
        key = ".".join(path.split(".")[:size])
        if key in INPUTS:
            return key
    raise AssertionError(f"{path} is no input")


def faults(path, value):
    """What is wrong with one input value; empty when nothing is."""
    unit, _, low, high = INPUTS[table_key(path)]
    if not isinstance(value, dict):
        return [f"{path}: no unit, basis and reason"]
    found = []
    family = set(value) & set(FAMILIES)
    if len(family) != 1 or set(value) - family - NOTES:
        return [f"{path}: keys {sorted(value)}"]
    name = family.pop()
    parameters = value[name]
    if value.get("unit") != unit:
        found.append(f"{path}: unit {value.get('unit')!r}, want {unit!r}")
    if value.get("basis") not in BASES:
        found.append(f"{path}: basis {value.get('basis')!r}")
    if value.get("basis") in ("measured", "vendor") and not value.get("source"):
        found.append(f"{path}: {value['basis']} by whom?")
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", str(value.get("date"))):
        found.append(f"{path}: date {value.get('date')!r}")
    if len(str(value.get("reason", "")).split()) < 2:
        found.append(f"{path}: no reason")
    if FAMILIES[name] is None:
        centre = parameters
    elif set(parameters) != FAMILIES[name]:
        return [*found, f"{path}: parameters {sorted(parameters)}"]
    else:
        centre = {
            "uniform": lambda p: (p["low"] + p["high"]) / 2,
            "normal": lambda p: p["mean"],
            "lognormal": lambda p: p["median"],
            "half_normal": lambda p: p["scale"],
            "truncated_normal": lambda p: p["mean"],
            "beta": lambda p: p["a"] / (p["a"] + p["b"]),
            "gamma": lambda p: p["shape"] * p["scale"],
        }[name](parameters)
        if any(p <= 0 for key, p in parameters.items() if key in ("sd", "log_sd", "scale", "a", "b", "shape", "median")):
            found.append(f"{path}: a parameter is not positive")
    if not low <= centre <= high:
        found.append(f"{path}: {centre} outside [{low}, {high}]")
    return found


def test_baseline_gives_every_input_for_every_element_in_the_order_of_the_table():
    want = [key + ("." + element if element else "") for key, (_, index, _, _) in INPUTS.items() for element in elements(index)]
    assert [path for path, _ in values(BASELINE)] == want


@pytest.mark.parametrize("name", ["baseline", *sorted(VARIANTS)])
def test_every_value_has_its_unit_basis_date_and_reason(name):
    assert [fault for path, value in values(read(name)) for fault in faults(path, value)] == []


def test_the_check_of_values_catches_planted_faults():
    good = dict(values(BASELINE))["cost.life"]
    assert faults("cost.life", good) == []
    for change in ({"unit": "month"}, {"basis": "known"}, {"source": ""}, {"date": "2025-13"}, {"reason": ""}, {"uniform": {"low": 3}}, {"uniform": {"low": 30, "high": 60}}, {"sd": 1}):  # fmt: skip
        assert faults("cost.life", {**good, **change}), change


def fixed(key):
    return {path[len(key) + 1 :]: value["fixed"] for path, value in values(BASELINE) if table_key(path) == key}


def test_shares_weights_and_transition_rows_sum_to_one():
    shares = fixed("choice.share_2024_01")
    groups = [[v for k, v in shares.items() if k.startswith(segment + ".")] for segment in SETS["SEGMENT"]]
    groups += [list(fixed(key).values()) for key in ("choice.share_2024_01_china", "choice.headline_weight", "demand.segment_weight", "demand.region_weight")]
    transition = fixed("policy.transition")
    groups += [[v for k, v in transition.items() if k.startswith(regime + ".")] for regime in SETS["REGIME"]]
    assert [round(sum(group), 9) for group in groups] == [1.0] * (5 + 4 + 4)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("policy.severity", {"lognormal": {"median": 1, "log_sd": 0.25}}),
        ("policy.supply_factor.current", {"fixed": 0.55}),
        ("policy.transition.current.current", {"fixed": 0.973}),
        ("compute.g_us", {"normal": {"mean": 0.83, "sd": 0.15}}),
        ("compute.k_cn_2026", {"lognormal": {"median": 0.7, "log_sd": 0.3}}),
        ("cap.g_f", {"normal": {"mean": 15.5, "sd": 2.5}}),
        ("cap.lambda_K", {"truncated_normal": {"mean": 0.15, "sd": 0.08, "low": 0}}),
        ("cap.lambda_D", {"half_normal": {"scale": 0.35}}),
        ("cap.rel", {"gamma": {"shape": 20, "scale": 0.025}}),
        ("cost.closed_act", {"lognormal": {"median": 3.6, "log_sd": 0.35}}),
        ("cost.life", {"uniform": {"low": 3, "high": 6}}),
        ("cost.successor_capex", {"fixed": 1.22}),
        ("price.m_o", {"lognormal": {"median": 1.5, "log_sd": 0.6}}),
        ("price.k_p", {"beta": {"a": 3, "b": 9}}),
        ("price.list_2024_01.google", {"fixed": 8}),
        ("price.realised_2026_05", {"lognormal": {"median": 0.26, "log_sd": 0.3}}),
        ("choice.share_2024_01.government.google", {"fixed": 0.1999}),
        ("choice.share_2024_01_china.qwen", {"fixed": 0.42}),
        ("choice.theta.fortune500", {"beta": {"a": 6, "b": 4}}),
        ("choice.tau0.consumers", {"normal": {"mean": 138, "sd": 4}}),
        ("choice.alpha.consumers", {"fixed": 0}),
        ("choice.router_ceiling.developers", {"beta": {"a": 8, "b": 12}}),
        ("choice.n_use", {"lognormal": {"median": 300, "log_sd": 0.7}}),
        ("choice.shift_hazard", {"fixed": 0.35}),
        ("demand.Q0", {"lognormal": {"median": 48, "log_sd": 0.5}}),
        ("eco.breadth.qwen", {"fixed": 25}),
        ("saas.nu", {"beta": {"a": 2, "b": 58}}),
        ("pivot.lambda0", {"gamma": {"shape": 0.5, "scale": 0.008}}),
        ("sub.ch0", {"beta": {"a": 5.5, "b": 94.5}}),
        ("fin.i0", {"lognormal": {"median": 55000, "log_sd": 0.3}}),
        ("si.own_chip_tilt.anthropic", {"fixed": 1.2}),
        ("ma.mega", {"gamma": {"shape": 6, "scale": 0.0833}}),
        ("assimilate.gain_lag", {"fixed": 0.21}),
    ],
)
def test_baseline_keeps_the_calibrated_values(key, value):
    found = dict(values(BASELINE))[key]
    assert {name: found[name] for name in value} == value


def test_relative_form_of_the_baseline_is_the_documented_table():
    columns = ("flop_loss_frac", "bw_loss_frac", "hbm_loss_frac", "extra_power_frac", "generation_lag_months", "price_premium_frac", "supply_factor")
    table = {regime: [fixed(f"policy.{column}")[regime] for column in columns] for regime in SETS["REGIME"]}
    assert table == {
        "none": [0, 0, 0, 0, 0, 0, 1],
        "loose": [0.1, 0.1, 0, 0.15, 8, 0.05, 0.8],
        "current": [0.2, 0.2, 0, 0.3, 16, 0.2, 0.55],
        "tight": [0.35, 0.35, 0, 0.45, 30, 0.5, 0.3],
    }


def months(dated):
    return [key for key in dated if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", str(key))] == [] and list(dated) == sorted(dated)


def test_ladders_name_models_and_machines_of_the_catalogue_in_order():
    for name, offering in BASELINE["offerings"].items():
        assert months(offering["models"]) and min(offering["models"]) == BASELINE["time"]["start"], name
        assert set(offering["models"].values()) <= set(MODELS), name
        assert offering["fleet"] in BASELINE["fleets"] and offering.get("second_fleet", "us_gpu") in BASELINE["fleets"], name
        for model in offering["models"].values():
            assert MODELS[model]["openness"] == offering["openness"] or MODELS[model]["family"] != name, (name, model)
    ladders = {name: fleet["ladder"] for name, fleet in BASELINE["fleets"].items() if not fleet["controlled"]}
    ladders |= {name: regime["ladder"] for name, regime in BASELINE["policy"]["regimes"].items() if "fleet" not in regime["ladder"]}
    for name, ladder in ladders.items():
        assert months(ladder) and set(ladder.values()) <= set(HARDWARE), name
        assert min(ladder) <= BASELINE["time"]["start"], f"{name} has no machine at the start"


def test_there_are_fifteen_different_vendors():
    assert len(set(BASELINE["vendors"])) == len(BASELINE["vendors"]) == 15


def lever_values(setting):
    dated = setting.get("schedule", setting) if isinstance(setting, dict) else {"2024-01": setting}
    assert months(dated)
    return dated.values()


@pytest.mark.parametrize("name", ["baseline", *sorted(VARIANTS)])
def test_levers_exist_and_stay_in_their_range(name):
    for lever, setting in (read(name).get("levers") or {}).items():
        unit, index, low, high = LEVERS["levers." + lever]
        settings = [setting] if index == "NONE" else list(setting.values())
        if index != "NONE":
            assert set(setting) <= set(elements(index)), lever
        for one in settings:
            assert all(low <= value <= high for value in lever_values(one)), lever
            assert one["reason"] and one["basis"] in BASES and one.get("unit", unit) == unit, lever


def test_the_scenarios_are_exactly_the_named_ones():
    files = {path.stem for path in SCENARIOS.glob("*.yaml")}
    assert files == VARIANTS | {"baseline", "claims"}
    listed = re.findall(r"^\| \[(\w+)\]\(\1\.yaml\)", (SCENARIOS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(listed) == len(set(listed)) and set(listed) == VARIANTS | {"baseline"}


@pytest.mark.parametrize("name", ["baseline", *sorted(VARIANTS)])
def test_each_scenario_has_a_title_and_ends_its_description_with_one_question(name):
    scenario = read(name)
    assert scenario["moecast"] == 1 and scenario["name"] == name and scenario["title"]
    before, question = scenario["description"].split("Question: ")
    assert before.strip() and question.strip().endswith("?") and question.count("?") == 1


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_variants_extend_the_baseline_and_are_short(name):
    chain = [name]
    while chain[-1] != "baseline":
        chain.append(read(chain[-1])["extends"])
        assert len(chain) <= 3
    assert name == "hindcast_2025_09" or len((SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8").splitlines()) <= 40


@pytest.mark.parametrize("name", ["baseline", *sorted(VARIANTS)])
def test_schedules_use_known_regimes_and_keep_the_past(name):
    schedule = read(name).get("policy", {}).get("schedule", BASELINE["policy"]["schedule"])
    assert months(schedule) and set(schedule.values()) <= {*SETS["REGIME"], "markov"}
    if name != "claim_20_30":
        assert [schedule[month] for month in ("2024-01", "2025-04", "2025-08")] == ["current", "tight", "current"]


def test_without_rubin_the_merchant_ladder_is_the_baselines_up_to_gb300_and_then_ends():
    fleet = read("no_rubin")["fleets"]["us_gpu"]
    full = BASELINE["fleets"]["us_gpu"]["ladder"]
    assert fleet == {"successor_months": 0, "ladder": {month: chip for month, chip in full.items() if month <= "2025-10"}}
    assert fleet["ladder"]["2025-10"] == "gb300"


def test_claim_20_30_states_the_press_sentence_and_nothing_else():
    scenario = read("claim_20_30")
    given = {path: value["fixed"] for path, value in values(scenario)}
    assert scenario["policy"]["form"] == "relative" and scenario["policy"]["schedule"] == {"2024-01": "current"}
    assert given == {
        "policy.severity": 1, "policy.flop_loss_frac.current": 0.2, "policy.bw_loss_frac.current": 0.2, "policy.hbm_loss_frac.current": 0,
        "policy.extra_power_frac.current": 0.3, "policy.generation_lag_months.current": 0, "policy.price_premium_frac.current": 0,
        "policy.supply_factor.current": 1,
    }  # fmt: skip


def test_the_hindcast_knows_nothing_after_september_2025_and_is_no_surer_than_the_baseline():
    scenario = read("hindcast_2025_09")
    assert scenario["assimilate"] == {"until": "2025-09", "known_until": "2025-09"}
    assert scenario["policy"]["schedule"]["2025-10"] == "markov"
    base = dict(values(BASELINE))
    changed = dict(values(scenario))
    assert len(changed) == 29
    for path, value in changed.items():
        assert value["date"] <= "2025-09", path
        for family, width in (("normal", "sd"), ("lognormal", "log_sd")):
            if family in value and family in base[path]:
                assert value[family][width] >= base[path][family][width], path


def test_the_bad_case_for_software_is_the_baselines_95th_percentile():
    base = dict(values(BASELINE))
    for path, value in values(read("saas_cliff")):
        old, new = base[path]["lognormal"], value["lognormal"]
        assert new["median"] == pytest.approx(old["median"] * math.exp(1.645 * old["log_sd"]), rel=0.05), path
        assert new["log_sd"] == pytest.approx(old["log_sd"] / 2), path


# Claims ---------------------------------------------------------------------------------------------------------------------------------------------

FUNCTIONS = {"price.output": 1, "price.blend": 1, "active": 1, "total": 1, "kernel.usd_per_mtok_out": (2, 3), "kernel.tok_per_s_user": 2}


def price_row(product, said_on):
    """The row that docs/claims.md prescribes: by product, else by shape; standard tier; the last from a day not after said_on."""
    said = str(said_on) + "-31" * (len(str(said_on)) == 7)
    named = [row for row in PRICES if row["model"] == product] or [row for row in PRICES if row.get("shape") == product]
    named = [row for row in named if row["tier"] == "standard" and str(row["from"]) <= said]
    latest = {}
    for row in sorted(named, key=lambda row: str(row["from"])):
        latest[row["model"]] = (row["input_usd_per_mtok"], row["output_usd_per_mtok"])
    assert len(set(latest.values())) == 1, f"{product}: {latest}"
    return next(iter(latest.values()))


class Expression:
    """Evaluates the grammar of docs/claims.md; kernel functions are checked for their names and count as 1."""

    def __init__(self, text, said_on):
        self.tokens = re.findall(r"[a-z][a-z0-9_.]*(?:-[a-z0-9.]+)*|\d+(?:\.\d+)?|[-+*/(),]", text)
        assert "".join(self.tokens) == text.replace(" ", ""), text
        self.said_on = said_on

    def take(self, wanted=None):
        token = self.tokens.pop(0)
        assert wanted in (None, token), (wanted, token)
        return token

    def peek(self):
        return self.tokens[0] if self.tokens else ""

    def value(self):
        result = self.sum()
        assert not self.tokens
        return result

    def sum(self):
        result = self.product()
        while self.peek() in ("+", "-"):
            result = result + self.product() if self.take() == "+" else result - self.product()
        return result

    def product(self):
        result = self.factor()
        while self.peek() in ("*", "/"):
            result = result * self.factor() if self.take() == "*" else result / self.factor()
        return result

    def factor(self):
        token = self.take()
        if token == "(":
            result = self.sum()
            self.take(")")
            return result
        if token == "-":
            return -self.factor()
        if token[0].isdigit():
            return float(token)
        return self.call(token)

    def argument(self):
        token = self.take()
        if token == "dense":
            self.take("(")
            model = self.take()
            self.take(")")
            assert MODELS[model]["experts"] > 0, f"{model} is dense already"
            return model
        return token

    def call(self, name):
        count = FUNCTIONS[name]
        self.take("(")
        arguments = [self.argument()]
        while self.peek() == ",":
            self.take(",")
            arguments.append(self.argument())
        self.take(")")
        assert len(arguments) in (count if isinstance(count, tuple) else (count,)), (name, arguments)
        if name.startswith("price."):
            cost_in, cost_out = price_row(arguments[0], self.said_on)
            return cost_out if name == "price.output" else (3 * cost_in + cost_out) / 4
        model = MODELS[arguments[0]]
        if name.startswith("kernel."):
            assert arguments[1] in HARDWARE, arguments
            assert len(arguments) == 2 or float(arguments[2]) > 0
            return 1.0
        return model["active_params_b"] if name == "active" else model["total_params_b"]


@pytest.mark.parametrize("name", sorted(CLAIMS))
def test_each_claim_is_complete(name):
    claim = CLAIMS[name]
    assert {"statement", "statement_zh", "source", "said_on", "kind", "resolution", "status", "comment", "readings"} <= set(claim)
    assert set(claim) <= {"statement", "statement_zh", "source", "said_on", "kind", "resolution", "status", "status_source", "comment", "readings"}
    assert re.match(r"[A-E]\. \w", claim["source"]) and re.fullmatch(r"2026-\d\d(-\d\d)?", str(claim["said_on"]))
    assert claim["kind"] in {"threshold", "identity", "kernel", "conditional", "contrast"}
    assert claim["status"] in {"open", "resolved_true", "resolved_false", "unresolvable"}
    assert (claim["status"] == "open") == ("status_source" not in claim)
    assert claim["readings"] and len(claim["comment"].split()) >= 8


@pytest.mark.parametrize(("name", "reading"), [(name, reading) for name, claim in CLAIMS.items() for reading in claim["readings"]])
def test_each_reading_names_what_exists_and_fits_its_claim(name, reading):
    claim, it = CLAIMS[name], CLAIMS[name]["readings"][reading]
    assert it["title"] and it["op"] in (">=", ">", "<=", "<") and isinstance(it["value"], (int, float))
    if claim["kind"] in ("identity", "kernel"):
        assert set(it) == {"title", "title_zh", "identity", "op", "value"}
        assert ("kernel." in it["identity"]) == (claim["kind"] == "kernel")
        assert Expression(it["identity"], claim["said_on"]).value() > 0
        return
    index = OUTCOMES[it["metric"]]
    assert it.get("element", "") in elements(index)
    assert ("at" in it) != ("by" in it) and ("from" not in it or it["from"] < it["by"])
    assert all(BASELINE["time"]["start"] <= it[key] <= BASELINE["time"]["end"] for key in ("at", "by", "from") if key in it)
    assert ("against" in it) == (claim["kind"] == "contrast") == ("difference" in it)
    for key in ("against", "against_base"):
        assert it.get(key, "baseline") in VARIANTS | {"baseline"}
    assert "deciding" in it or claim["kind"] != "contrast"
    if "given" in it:
        assert claim["kind"] == "conditional" and "given" not in claim["readings"][it["given"]]


def test_every_deciding_input_is_uncertain_in_the_baseline():
    given = dict(values(BASELINE))
    named = {it["deciding"] for claim in CLAIMS.values() for it in claim["readings"].values() if "deciding" in it}
    assert len(named) > 20 and named <= set(given)
    assert all("fixed" not in given[key] for key in named)


def test_the_vintage_of_the_baseline_knows_nothing_later_than_the_claims():
    vintage = read(BASELINE["run"]["vintage"])
    assert vintage["extends"] == "baseline" and vintage["assimilate"]["known_until"] == vintage["assimilate"]["until"]
    assert all(vintage["assimilate"]["known_until"] < str(claim["said_on"]) for claim in CLAIMS.values())


def test_conditional_claims_have_a_condition():
    for name, claim in CLAIMS.items():
        assert claim["kind"] != "conditional" or any("given" in reading for reading in claim["readings"].values()), name


def test_the_claims_under_study_are_all_there():
    assert set(CLAIMS) >= {
        "f500_60", "pivots_2", "cliff_2026", "crash_2026", "cn_15", "cn_30", "ratio_33", "cost_3pct", "active_3", "gap_weeks", "gap_5", "sub_20",
        "bans_obsolete", "rubin_10x", "lpu_40x", "distill_6", "paradox", "most_frontier_rnd", "nvidia_android", "econ_intel", "jevons",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "reading", "value"),
    [("ratio_33", "output_list", 14 / 0.42), ("ratio_33", "blend_list", 4.8125 / 0.315), ("ratio_33", "input_implied", 6.25), ("active_3", "rounded", 49 / 1600)],
)
def test_identities_give_what_the_documentation_says(claim, reading, value):
    it = CLAIMS[claim]
    assert Expression(it["readings"][reading]["identity"], it["said_on"]).value() == pytest.approx(value, rel=1e-12)


def test_a_claim_called_true_holds_in_its_first_reading():
    tests = {">=": lambda a, b: a >= b, ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, "<": lambda a, b: a < b}
    for name, claim in CLAIMS.items():
        if claim["status"] == "resolved_true" and claim["kind"] == "identity":
            it = next(iter(claim["readings"].values()))
            assert tests[it["op"]](Expression(it["identity"], claim["said_on"]).value(), it["value"]), name


@pytest.mark.parametrize("text", ["price.output(gpt-9)", "active(deepseek-v4-pro", "total(deepseek-v3)) + 1", "speed(deepseek-v3)", "1 +", "kernel.usd_per_mtok_out(deepseek-v3)"])
def test_wrong_expressions_are_refused(text):
    with pytest.raises((AssertionError, KeyError, IndexError)):
        Expression(text, "2026-04-28").value()
