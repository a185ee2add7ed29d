"""Views in a notebook: of every object, well formed, bounded, without scripts or foreign resources, with foreign text escaped."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")
from moecast import html

EVIL = '<script>alert("x")</script> & <img src=x onerror=y>'
MOST_BYTES = 30_000


@pytest.fixture(scope="module")
def evil() -> moecast.Scenario:
    text = EVIL.replace('"', '\\"')
    return moecast.Scenario.parse(f'moecast: 1\nname: evil\nextends: baseline\ntitle: "{text}"\ndescription: "{text}"\n')


@pytest.fixture(scope="module")
def things(evil) -> dict[str, object]:
    result = moecast.run(evil, paths=200, seed=1)
    job = moecast.Run(evil, paths=100)
    job.advance(0.001)
    compared = moecast.compare([evil, "no_controls"], paths=64)
    name = "share.open.fortune500@2026-12"
    return {
        "scenario": evil, "result": result, "sobol": moecast.run(evil, paths=128, seed=1, sampler="sobol", replicates=2), "claims": result.claims,
        "claim": result.claims[0], "reading": result.probability("f500_60.presence"), "open": next(r for r in result.readings() if r.answer == "open"),
        "comparison": compared, "waterfall": moecast.compare(["baseline", "no_controls_no_rubin"], paths=64).waterfall("cap.gap@2028-12", paths=64),
        "stories": result.stories(), "story": result.stories()[0], "percentiles": result.percentile_of({name: 0.12, "cap.gap@2026-12": -50.0}),
        "takes": result.what_would_it_take(f"{name} >= 15%"), "nothing": result.what_would_it_take(f"{name} >= 90%"), "outcomes": result.outcomes,
        "job": job, "catalogue": moecast.catalogue(), "cost": moecast.token_cost("deepseek-v3", "h200"),
        "costs": moecast.token_cost([["deepseek-v3"], ["kimi-k2"]], "h200", tok_per_s_user=np.linspace(10, 60, 40)),
        "host": moecast.host_or_buy("deepseek-v4-pro", "gb300", (0.66, 1.98, 0.022)), "never": moecast.host_or_buy("llama-3.1-405b", "h100", (0.01, 0.01)),
        "misfit": moecast.token_cost("kimi-k3", "groq-3-lpu", errors="nan"), "unkept": moecast.run(evil, paths=64, seed=1, keep=0),
    }


NAMES = ["scenario", "result", "sobol", "claims", "claim", "reading", "open", "comparison", "waterfall", "stories", "story", "percentiles", "takes", "nothing",
         "outcomes", "job", "catalogue", "cost", "costs", "misfit", "unkept", "host", "never"]


class WellFormed(HTMLParser):
    """Every tag that opens closes, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attributes), attributes
        if tag != "br":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("name", NAMES)
def test_views_are_well_formed_bounded_and_carry_nothing_foreign(things, name):
    view = things[name]._repr_html_()
    parser = WellFormed()
    parser.feed(view)
    parser.close()
    assert not parser.open and len(view.encode()) < MOST_BYTES
    assert not parser.tags & {"script", "img", "iframe", "link", "object", "embed"}
    assert "url(" not in view and "@import" not in view and "http" not in re.sub(r"https?://[^\s<]*", "", "".join(parser.words))
    assert "background:#" not in view and "nan" not in re.findall(r">([a-z]+)<", view)


@pytest.mark.parametrize("name", ["scenario", "result", "sobol", "job", "unkept"])
def test_foreign_text_is_shown_as_it_is_and_never_run(things, name):
    view = things[name]._repr_html_()
    assert "<script" not in view and "<img" not in view and "&lt;script&gt;" in view


def test_a_view_of_a_claim_escapes_what_the_scenario_says():
    claim = moecast.Claim("x", EVIL, EVIL, "2026-01", "threshold", "", "open", EVIL, ())
    view = moecast.Claims([claim])._repr_html_() + claim._repr_html_()
    assert "<script" not in view and "<img" not in view


def test_long_text_is_cut_and_long_tables_say_what_is_left_out():
    view = html.table(("a", "b"), (("x" * 5000, i) for i in range(10_000)), 10_000)
    assert view.count("<tr>") == html.ROWS + 1 and "… and 9,980 more" in view and len(view) < 20_000
    assert html.table(("a",), [("x",)]).count("more") == 0


def test_numbers_are_rounded_to_their_errors():
    said = html.said
    assert said(0.34567, 0.0123, "share") == "34.6 ± 1.2 %"
    assert said(0.34567, 0.0233, "share") == "35 ± 2 %"
    assert said(1234.56, 26.0, "$bn/yr") == "1,230 ± 30 $bn/yr"
    assert said(-0.0004, 0.01) == "0.000 ± 0.010"
    assert said(-2.5, 0.3) == "−2.5 ± 0.3"
    assert said(0.1234567) == "0.1235" and said(6.71e11) == "6.71e11" and said(0.0) == "0" and said(12.0) == "12"
    assert said(float("nan")) == said(None) == "–" and said(float("inf"), None, "$") == "∞ $"
    assert said(5.0, 0.0) == "5" and said(5.0, float("nan")) == "5"


def test_bounds_stay_bounds_when_rounded():
    assert html.bound(0.0014967, True) == "< 0.15 %" and html.bound(0.00151, True) == "< 0.16 %" and html.bound(1 - 0.0451, False) == "> 95.4 %"


def test_drawings_leave_out_what_is_not_known():
    assert html.sparkline([1.0, float("nan")], [1.0, 2.0], [1.0, 3.0]) == "" and html.sparkline([1.0], [1.0], [1.0]) == ""
    assert html.sparkline([0.0] * 500, [1.0] * 500, [2.0] * 500).count(",") < 200
    assert html.bar(float("nan"), 0, 1) == "" and html.bar(0.5, 1, 1) == ""
    assert "nan" not in html.sparkline([1.0, 1.0], [1.0, 1.0], [1.0, 1.0])


def test_the_view_of_a_result_shows_medians_with_errors_and_bands(things):
    result = things["result"]
    view = result._repr_html_()
    value, error = result.quantiles("share.world_open", result.report_months[-1], 0.5, errors=True)
    assert html.said(value, error, "share") in view and view.count("<polyline") == len(result.headlines) and result.digest[:12] in view


def test_the_view_of_claims_has_the_probabilities(things):
    answer = things["reading"]
    assert html.said(answer.probability, answer.error, "share") in things["claims"]._repr_html_()
    assert "choice.phi" in answer._repr_html_()


def test_claims_are_a_list_with_a_frame(things):
    claims = things["claims"]
    assert isinstance(claims, list) and len(claims.to_dataframe()) == sum(len(claim.readings) for claim in claims)


def test_the_view_of_host_or_buy_says_from_where_hosting_pays_or_that_it_never_does(things):
    shown = things["host"]._repr_html_()
    assert "Hosting pays from" in shown and f"The smallest fleet: {things['host'].smallest_accelerators:.0f} accelerators" in shown
    assert things["never"].break_even.state == "never" and "Hosting never pays" in things["never"]._repr_html_()


@pytest.mark.parametrize("arguments,said", [({"sampler": "sobol"}, "sobol, 16 replicates"), ({"sampler": "lhs", "replicates": 4}, "lhs, 4 replicates"), ({}, None)])
def test_a_run_says_the_replicates_it_has(arguments, said):
    job = moecast.Run("baseline", paths=64, **arguments)
    shown = job._repr_html_()
    assert said in shown and f"{job.replicates} replicates" in said if said else "replicates" not in shown and job.replicates == 1
