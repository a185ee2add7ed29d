"""The generated JSON Schema accepts what ships and refuses what the reader refuses for its form."""

import datetime
import json
import os
import pathlib
import subprocess

import pytest
import yaml

jsonschema = pytest.importorskip("jsonschema")

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = sorted(path for path in (ROOT / "scenarios").glob("*.yaml") if path.stem != "claims")
FAULTS = ROOT / "tests" / "scenarios" / "faults"
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


@pytest.fixture(scope="module")
def validator():
    text = subprocess.run([MOECAST, "schema"], capture_output=True, text=True, check=True, timeout=20).stdout
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def load(path):
    """The document as JSON would hold it: YAML's dates are texts."""

    def plain(value):
        if isinstance(value, dict):
            return {str(key): plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return value.isoformat() if isinstance(value, datetime.date) else value

    return plain(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_shipped_scenario_is_valid(validator, path):
    errors = [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(load(path))]
    assert not errors


def test_claims_are_valid(validator):
    document = {"moecast": 1, "name": "x", "extends": "baseline", **load(ROOT / "scenarios" / "claims.yaml")}
    assert not list(validator.iter_errors(document))


# fmt: off
REFUSED = [
    "misspelt_input_key", "misspelt_section", "misspelt_head_key", "misspelt_family", "misspelt_parameter",
    "misspelt_note", "misspelt_offering_key", "input_without_section", "unknown_lever",
    "list_where_map_is_wanted", "number_where_map_is_wanted", "map_where_list_is_wanted",
    "list_where_number_is_wanted", "family_with_a_number", "text_where_number_is_wanted", "quoted_number",
    "value_out_of_range", "negative_share", "wrong_unit", "percent_for_share", "unknown_basis",
    "missing_parameter", "two_families", "no_family", "month_13", "unknown_shape", "bad_openness",
    "schedule_with_bad_month", "policy_form", "hazard_negative", "lever_out_of_range",
    "correlation_too_large", "correlation_misspelt_key", "bad_op", "reading_misspelt_key",
    "unknown_claim_kind", "no_version", "nothing_but_a_version", "empty_ladder", "segment_twice",
    "empty_list",
]
# fmt: on


@pytest.mark.parametrize("name", REFUSED)
def test_fault_is_refused(validator, name):
    assert list(validator.iter_errors(load(FAULTS / f"{name}.yaml")))


def test_a_file_that_extends_nothing_needs_every_section(validator):
    message = next(iter(validator.iter_errors({"moecast": 1, "name": "x"}))).message
    assert "required" in message


def test_every_input_tells_an_editor_its_meaning(validator):
    g_f = validator.schema["properties"]["cap"]["properties"]["g_f"]
    assert g_f["description"] == "Growth of the closed frontier at equal efforts [ECI/yr], 1 to 60"
