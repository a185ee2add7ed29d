"""Questions to a result: stories, where values lie, what it would take: held against NumPy over the kept paths and against the bins."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")

PATHS = 600
SHARE = "share.open.fortune500@2026-12"


@pytest.fixture(scope="module")
def result() -> moecast.Result:
    return moecast.run("baseline", paths=PATHS, seed=1, keep_series=["cap.gap"])


@pytest.fixture(scope="module")
def sobol() -> moecast.Result:
    return moecast.run("baseline", paths=1024, seed=1, sampler="sobol", replicates=8)


# ---- stories --------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 3, 5])
def test_stories_share_out_the_kept_paths_and_rise_with_their_headline(result, count):
    stories = result.stories(count)
    assert len(stories) == count and stories.paths == PATHS
    assert sum(story.paths for story in stories) == PATHS and sum(story.weight for story in stories) == pytest.approx(1.0)
    assert [story.headline for story in stories] == [result.scalars[stories.order][story.index] for story in stories]
    assert (np.diff([story.headline for story in stories]) >= 0.0).all()
    assert sorted(np.concatenate([story.members for story in stories])) == list(range(PATHS))
    assert all(story.index in story.members and len(story.members) == story.paths for story in stories)
    assert stories[0].name == "Bear" and stories[-1].name == "Bull"
    assert stories.spread == pytest.approx(sum(story.weight * story.distance for story in stories)) and stories.spread < stories.spread_of_one


def test_a_story_is_told_in_words_and_replays(result):
    stories = result.stories()
    story = stories[2]
    assert story.title.startswith("Bull for open weights: path ") and str(story.index) in story.title
    assert len(story.sentences) == 3 and all(sentence.endswith(".") for sentence in story.sentences)
    replay = story.replay()
    series, month = stories.order.split("@")
    assert replay[series][result.months.index(month)] == story.headline
    assert len(stories.to_dataframe()) == 3


def test_stories_say_why_there_are_none():
    few = moecast.run("baseline", paths=64, seed=1, keep=20)
    with pytest.raises(moecast.ScenarioError, match="keep at least 30 paths"):
        few.stories()
    with pytest.raises(ValueError, match="2 to 6 stories, not 7"):
        few.stories(7)


def test_stories_of_a_file_are_those_of_its_run(result, tmp_path):
    result.save(tmp_path / "run.moecast")
    assert str(moecast.Result.load(tmp_path).stories()) == str(result.stories())


# ---- percentiles ----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [SHARE, "cap.gap@2026-12", "price.closed@2028-12", "saas.cliff@2030-12", "finance.capex@2026-12"])
def test_percentiles_are_shares_of_the_paths_below(result, name):
    drawn = result.scalars[name]
    for value in (*np.quantile(drawn, [0.02, 0.3, 0.5, 0.9]), drawn[3]):
        found = result.percentile_of({name: value})[0]
        share = ((drawn < value).mean() + (drawn <= value).mean()) / 2
        in_bin = (found.most - found.least) / PATHS
        assert abs(found.percentile - share) <= in_bin + 1e-12, (name, value)
        assert found.least <= (drawn <= value).sum() and (drawn < value).sum() <= found.most
        assert found.low <= found.percentile <= found.high and found.paths == PATHS


def test_a_percentile_has_the_error_of_a_share(result):
    value = result.quantiles(SHARE.split("@")[0], "2026-12", 0.3)
    found = result.percentile_of({SHARE: value})[SHARE]
    assert found.percentile == pytest.approx(0.3, abs=1e-9)
    assert np.sqrt(0.21 / PATHS) <= found.error <= 1.2 * np.sqrt(0.21 / PATHS)
    assert found.low < 0.3 < found.high


def test_a_flag_counts_its_paths_exactly_and_half_of_equal_ones(result):
    name = "saas.crash@2028-12"
    share = result.scalars[name].mean()
    assert set(np.unique(result.scalars[name])) <= {0.0, 1.0} and 0.0 < share < 1.0
    found = result.percentile_of({name: 1})[0]
    assert found.percentile == pytest.approx(1.0 - share / 2) and found.error == pytest.approx(np.sqrt(share * (1 - share) / 4 / PATHS))


def test_bins_and_split_count_the_same_paths(result):
    row, column = result.series.index("cap.gap"), result.report_months.index("2027-06")
    bins = result.bins[row, column]
    for p in (0.1, 0.5, 0.8):
        found = result.percentile_of({"cap.gap@2027-06": result.quantiles("cap.gap", "2027-06", p)})[0]
        assert {found.least, found.most} <= set(np.cumsum(bins).tolist()) | {0}
        assert found.percentile == pytest.approx(p, abs=1e-9)


def test_errors_are_those_between_replicates_where_there_are_some(sobol):
    drawn = sobol.scalars[SHARE]
    value = float(np.quantile(drawn, 0.4))
    found = sobol.percentile_of({SHARE: value})[0]
    shares = [(drawn[r::8] < value).mean() for r in range(8)]
    between = np.std(shares, ddof=1) / np.sqrt(8)
    assert found.error == pytest.approx(between, rel=0.5) and found.error < np.sqrt(0.24 / 1024) * 1.2
    assert found.high - found.low > 2 * 1.96 * found.error  # Student's t


def test_values_beyond_everything_simulated_say_so(result):
    low, high = result.percentile_of({"cap.gap@2026-12": -1e3, "price.closed@2026-12": 1e6})
    assert (low.seen, low.percentile, high.seen, high.percentile) == ("below", 0.0, "above", 1.0)
    assert low.high == pytest.approx(1 - 0.05 ** (1 / PATHS)) and high.low == pytest.approx(0.05 ** (1 / PATHS))
    assert "below all 600 paths" in low.note and "0.50 %" in high.note


def test_percentiles_refuse_what_they_do_not_know(result):
    with pytest.raises(KeyError, match="did you mean 'cap.gap'"):
        result.percentile_of({"cap.gpa@2026-12": 1.0})
    with pytest.raises(KeyError, match="no report month '2026-11'"):
        result.percentile_of({"cap.gap@2026-11": 1.0})
    with pytest.raises(ValueError, match="wanted a series and a month"):
        result.percentile_of({"cap.gap": 1.0})
    for wrong, kind in ((float("nan"), ValueError), ("1", TypeError), (None, TypeError), (float("inf"), ValueError)):
        with pytest.raises(kind, match="finite number"):
            result.percentile_of({"cap.gap@2026-12": wrong})
    with pytest.raises(TypeError, match="wants a mapping"):
        result.percentile_of("cap.gap@2026-12")
    assert len(result.percentile_of({}).to_dataframe()) == 0


# ---- what it would take ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", [">=", ">", "<=", "<"])
def test_paths_that_pass_are_those_numpy_finds(result, op):
    drawn = result.scalars[SHARE]
    passes = {">=": drawn >= 0.15, ">": drawn > 0.15, "<=": drawn <= 0.15, "<": drawn < 0.15}[op]
    answer = result.what_would_it_take(f"{SHARE} {op} 15%")
    assert answer.paths.tolist() == np.flatnonzero(passes).tolist() and answer.values.tolist() == drawn[passes].tolist()
    assert (answer.passing, answer.kept, answer.simulated) == (passes.sum(), PATHS, PATHS)
    assert answer.kept_probability == passes.mean() and answer.kept_error == pytest.approx(np.sqrt(passes.mean() * (1 - passes.mean()) / PATHS))
    assert answer.least <= passes.sum() <= answer.most and answer.probability == pytest.approx(passes.mean(), abs=(answer.most - answer.least) / PATHS)
    assert set(answer.typical) <= set(answer.paths.tolist()) and len(answer.typical) == 5


def test_whole_numbers_pass_or_do_not(result):
    name = "saas.crash@2028-12"
    share = result.scalars[name].mean()
    asked = {text: result.what_would_it_take(f"{name} {text}").probability for text in (">= 1", "> 0", "< 1", "<= 0")}
    assert asked == pytest.approx({">= 1": share, "> 0": share, "< 1": 1 - share, "<= 0": 1 - share})
    assert result.what_would_it_take(f"{name} > 1").passing == 0 and result.what_would_it_take(f"{name} >= 0").passing == PATHS


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("cap.gap@2026-12 >= 300%", "cap.gap is in ECI, not a share: write the threshold without %"),
        (f"{SHARE} >= 1e400", "the threshold must be a finite number, not 1e400"),
        (f"{SHARE} < -1e999%", "the threshold must be a finite number, not -1e999"),
    ],
)
def test_thresholds_are_finite_and_percent_is_of_shares(result, condition, said):
    with pytest.raises(ValueError, match=f"^{said}$"):
        result.what_would_it_take(condition)
    assert result.what_would_it_take(f"{SHARE} >= 15%").passing == result.what_would_it_take(f"{SHARE} >= 0.15").passing


def ranks(values):
    order = np.argsort(values, kind="stable")
    found = np.empty(len(values))
    for value in np.unique(values):
        at = order[np.searchsorted(values[order], value, "left") : np.searchsorted(values[order], value, "right")]
        found[at] = np.searchsorted(values[order], value, "left") + (len(at) + 1) / 2
    return found


def test_shifts_and_correlations_are_those_of_numpy(result):
    answer = result.what_would_it_take(f"{SHARE} >= 0.15")
    drawn = result.scalars[SHARE]
    passes = drawn >= 0.15
    assert len(answer.inputs) > 100 and set(answer.drivers) == {one for one in answer.inputs if one.shifted or one.correlated}
    for one in answer.inputs[:12]:
        values = result.inputs[one.input]
        assert one.mean == pytest.approx(values[passes].mean()) and one.mean_of_all == pytest.approx(values.mean())
        assert one.shift == pytest.approx((values[passes].mean() - values.mean()) / one.prior_sd)
        assert one.shift_error == pytest.approx(error_of_shift(values, passes) / one.prior_sd)
        assert one.prior_sd == pytest.approx(values.std(), rel=0.2)
        assert one.place == pytest.approx((ranks(values)[passes] - 0.5).mean() / PATHS)
        assert one.correlation == pytest.approx(np.corrcoef(ranks(values), ranks(drawn))[0, 1])


def error_of_shift(drawn, passes):
    """What `shift_error` is, but for prior_sd."""
    return np.sqrt(drawn[passes].var(ddof=1) * (1 / passes.sum() - 2 / len(drawn)) + drawn.var(ddof=1) / len(drawn))


@pytest.fixture(scope="module")
def many() -> moecast.Result:
    scenario = moecast.Scenario.load("baseline").replace({"claims": None, "run.vintage": None, "time.end": "2027-12"})
    return moecast.run(scenario, paths=9_000, seed=1, keep=9_000)


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.75, 0.9])
def test_that_formula_holds_where_one_input_decides_nearly_alone(rate):
    """Where most paths pass, taking the passing ones as drawn at random from fixed ones would give a quarter of the variance."""
    draws = np.random.default_rng(1)
    drawn = draws.standard_normal((4000, 150))
    passes = drawn + 0.3 * draws.standard_normal(drawn.shape) >= np.quantile(drawn, 1.0 - rate)
    shifts = np.array([x[good].mean() - x.mean() for x, good in zip(drawn, passes, strict=True)])
    errors = np.array([error_of_shift(x, good) for x, good in zip(drawn, passes, strict=True)])
    assert shifts.var(ddof=1) / (errors**2).mean() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.75, 0.9])
def test_the_error_of_a_shift_is_its_spread_over_disjoint_groups_of_paths(many, rate):
    """Over 60 groups of 150 paths, for the inputs that move most with the outcome and on average over all."""
    outcome = many.scalars[SHARE].reshape(60, 150)
    passes = outcome >= np.quantile(outcome, 1.0 - rate)
    answer = many.what_would_it_take(f"{SHARE} >= {float(np.quantile(outcome, 1.0 - rate))!r}")
    ratios = []
    for one in answer.inputs:
        drawn = many.inputs[one.input].reshape(60, 150)
        shifts = np.array([x[good].mean() - x.mean() for x, good in zip(drawn, passes, strict=True)])
        errors = np.array([error_of_shift(x, good) for x, good in zip(drawn, passes, strict=True)])
        ratios.append(shifts.var(ddof=1) / (errors**2).mean())
        assert one.shift_error == pytest.approx(error_of_shift(drawn.ravel(), passes.ravel()) / one.prior_sd)
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.06)
    assert np.mean(ratios[:8]) == pytest.approx(1.0, abs=0.25)


def test_inputs_of_other_markets_are_not_called_drivers(result):
    """At most one run in twenty finds anything where there is nothing to find: this one finds nothing of the shares' other months' flags."""
    answer = result.what_would_it_take(f"{SHARE} >= 15%")
    assert 0 < len(answer.drivers) < 0.25 * len(answer.inputs)
    assert any("fortune500" in one.input for one in answer.drivers)
    strengths = [abs(one.place - 0.5) / one.place_error for one in answer.drivers]
    assert strengths == sorted(strengths, reverse=True)


def test_when_none_passes_the_nearest_are_shown_and_the_bound(result):
    drawn = result.scalars[SHARE]
    answer = result.what_would_it_take(f"{SHARE} >= 60%")
    assert answer.passing == 0 and answer.probability == 0.0 and answer.high == pytest.approx(1 - 0.05 ** (1 / PATHS))
    assert answer.nearest == drawn.max() and answer.distance == pytest.approx(0.6 - drawn.max())
    assert sorted(answer.values) == sorted(np.sort(drawn)[-30:].tolist())  # 5 %
    assert "None of 600 paths: the probability is < 0.50 %" in str(answer) and "nearest 30" in str(answer)
    below = result.what_would_it_take(f"{SHARE} < -1")
    assert below.nearest == drawn.min() and sorted(below.values) == sorted(np.sort(drawn)[:30].tolist())


def test_when_all_pass_nothing_tells_them_apart(result):
    answer = result.what_would_it_take(f"{SHARE} >= 0")
    assert answer.passing == PATHS and answer.low == pytest.approx(0.05 ** (1 / PATHS))
    assert not any(one.shifted for one in answer.inputs) and "Where all paths pass" in str(answer)


def test_replicates_give_the_error_of_the_kept_share(sobol):
    answer = sobol.what_would_it_take(f"{SHARE} >= 15%")
    passes = sobol.scalars[SHARE] >= 0.15
    shares = [passes[r::8].mean() for r in range(8)]
    assert answer.kept_error == pytest.approx(np.std(shares, ddof=1) / np.sqrt(8))


def test_kept_series_can_be_asked_in_any_month(result):
    drawn = result.trajectories["cap.gap"][:, result.months.index("2027-02")]
    answer = result.what_would_it_take("cap.gap@2027-02 >= 10")
    assert answer.paths.tolist() == np.flatnonzero(drawn >= 10).tolist()
    assert np.isnan(answer.probability) and answer.simulated == 0  # no report month: only the kept paths say something
    assert f"{answer.passing} of {PATHS}" in str(answer)


def test_conditions_are_written_in_one_way_and_errors_say_which(result):
    assert result.what_would_it_take(f"  {SHARE}≥.2 ").condition == f"{SHARE} >= 0.2"
    assert result.what_would_it_take(f"{SHARE} >= 20 %").value == 0.2
    for wrong in ("", SHARE, f"{SHARE} = 1", f"{SHARE} == 1", f"{SHARE} >= x", "share.open.fortune500 >= 1", f"{SHARE} >= 1 and more", None):
        with pytest.raises(ValueError, match="one of >= > <= <"):
            result.what_would_it_take(wrong)
    with pytest.raises(KeyError, match="did you mean 'share.open.fortune500'"):
        result.what_would_it_take("share.open.fortune50@2026-12 >= .1")
    with pytest.raises(KeyError, match="no month '2040-12'"):
        result.what_would_it_take("share.open.fortune500@2040-12 >= .1")
    with pytest.raises(moecast.ScenarioError, match=r"cost.open was not kept path by path in 2027-02.*keep_series") as caught:
        result.what_would_it_take("cost.open@2027-02 >= 1")
    assert caught.value.hint
    few = moecast.run("baseline", paths=64, seed=1, keep=10)
    with pytest.raises(moecast.ScenarioError, match="10 paths were kept"):
        few.what_would_it_take(f"{SHARE} >= .1")
