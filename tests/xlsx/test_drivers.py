"""Drivers lists, for each headline, the inputs whose rank correlation over the kept paths is largest and beyond chance, with the numbers that SciPy gives."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from workbooks import Rows, moecast, opened, rows_of

LISTED = 6


def blocks_of(rows: Rows) -> dict[str, Rows]:
    """Headline → its rows."""
    start = next(i for i, row in enumerate(rows) if row[1] == "Meaning") + 2
    blocks: dict[str, Rows] = {}
    for row in rows[start:]:
        if row[0] is None:
            break
        if row[3] is None and not str(row[0]).startswith("nothing"):
            headline = str(row[0])
            blocks[headline] = []
        else:
            blocks[headline].append(row)
    return blocks


@pytest.fixture(scope="module")
def sheets(baseline_report: Path) -> list[Rows]:
    return rows_of(baseline_report, "Drivers", "Draws", "Assumptions")


@pytest.fixture(scope="module")
def draws(sheets: list[Rows]) -> dict[str, np.ndarray]:
    heads, *rows = sheets[1][4:]
    return {str(name): np.array([row[i] for row in rows[1:] if row[0] is not None], dtype=float) for i, name in enumerate(heads) if i >= 5 and name}


def test_every_headline_has_its_strongest_inputs_first(sheets: list[Rows]) -> None:
    blocks = blocks_of(sheets[0])
    assert len(blocks) == 16
    for headline, rows in blocks.items():
        sizes = [abs(row[3]) for row in rows]
        assert 1 <= len(rows) <= LISTED and sizes == sorted(sizes, reverse=True), headline
        assert len({row[0] for row in rows}) == len(rows)


@pytest.mark.slow
def test_correlations_are_spearmans_and_errors_those_of_fishers_transform(sheets: list[Rows], draws: dict[str, np.ndarray]) -> None:
    paths, compared = len(next(iter(draws.values()))), 0
    for number, rows in enumerate(blocks_of(sheets[0]).values()):
        outcome = sorted(name for name in draws if " " in name)  # labels of outcomes have a month
        for row in rows:
            if row[0] not in draws:
                continue
            found = [stats.spearmanr(draws[row[0]], draws[name]).statistic for name in outcome]
            assert min(abs(value - row[3]) for value in found) < 1e-12, (number, row[0])
            assert math.isclose(row[4], (1 - row[3] ** 2) * math.sqrt((1 + row[3] ** 2 / 2) / (paths - 3)), rel_tol=1e-12)
            compared += 1
    assert compared > 30


def test_the_first_driver_of_a_share_is_the_one_that_numpy_finds(sheets: list[Rows], draws: dict[str, np.ndarray]) -> None:
    rows = next(rows for headline, rows in blocks_of(sheets[0]).items() if "fortune500, 2030-12" in headline)
    inputs = [name for name in draws if " " not in name]
    sizes = {name: abs(stats.spearmanr(draws[name], draws["share.open.fortune500 2030-12"]).statistic) for name in inputs}
    assert rows[0][0] == max(sizes, key=sizes.__getitem__)


def test_nothing_is_listed_that_chance_alone_reaches(sheets: list[Rows], draws: dict[str, np.ndarray]) -> None:
    said = next(row for row in sheets[0] if str(row[0]).startswith("Listed beyond"))
    inputs = int(str(said[0]).split()[-2])
    paths = len(next(iter(draws.values())))
    assert math.isclose(said[3], stats.norm.ppf(1 - 0.05 / (2 * inputs)) / math.sqrt(paths - 1), rel_tol=1e-12)
    assert all(abs(row[3]) > said[3] for rows in blocks_of(sheets[0]).values() for row in rows)
    table = sheets[2][6:]
    table = table[: next(i for i, row in enumerate(table) if row[0] is None)]
    assert inputs == sum(row[4] != "constant" and row[4] < row[6] for row in table)


def test_priors_and_bases_are_those_of_assumptions(sheets: list[Rows]) -> None:
    priors = {row[0]: row for row in sheets[2]}
    for rows in blocks_of(sheets[0]).values():
        for key, _, unit, _, _, low, median, high, basis in (row[:9] for row in rows):
            assert (unit, low, median, high, basis) == tuple(priors[key][i] for i in (3, 4, 5, 6, 7)), key


@pytest.mark.slow
def test_few_paths_have_no_drivers_beyond_chance(tmp_path: Path) -> None:
    for paths in (2, 12):
        moecast("run", "baseline", "--paths", paths, "--no-contrasts", "--quiet", "-o", tmp_path / str(paths))
        book = opened(tmp_path / str(paths) / "report.xlsx", read_only=True)
        said = [str(row[0]) for row in book["Drivers"].iter_rows(values_only=True)]
        assert sum(text.startswith("nothing beyond chance") for text in said) == 16
