"""Finance, Profit pool and Companies say what the run's own months say, their formulas compute what they show, and an edited exposure moves what it should.

One short run, of two whole years and a quarter, is made once.
"""

from __future__ import annotations

import csv
import math
import re
import zipfile
from pathlib import Path

import check_workbook as check
import pytest
from workbooks import Rows, edit, moecast, recalculated, rows_of

SCENARIO = "moecast: 1\nname: short\nextends: baseline\ntime: {start: 2024-01, end: 2026-03}\n"
PARTS = ["pool.chips", "pool.power_and_sites", "pool.hosts", "pool.closed_labs", "pool.open_labs"]
POOL = [*PARTS, "pool.outlay", "saas.revenue", "finance.open_surplus"]
PERIODS = {"2024": range(1, 13), "2025": range(1, 13)}


def make_run(folder: Path, *options: str) -> Path:
    (folder / "short.yaml").write_text(SCENARIO, encoding="utf-8")
    moecast("run", folder / "short.yaml", "--paths", "128", "--no-contrasts", "-o", folder / "run", "--quiet", *options)
    return folder / "run"


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("companies"))


@pytest.fixture(scope="session")
def pool(run: Path) -> Rows:
    return rows_of(run / "report.xlsx", "Profit pool")[0]


@pytest.fixture(scope="session")
def companies(run: Path) -> Rows:
    return rows_of(run / "report.xlsx", "Companies")[0]


@pytest.fixture(scope="session")
def monthly(run: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """(series, month) → (mean, standard error)."""
    moecast("export", run, "--monthly", "-o", run / "monthly.csv")
    with (run / "monthly.csv").open(newline="", encoding="utf-8") as lines:
        return {(row["series"] + ("." + row["element"] if row["element"] else ""), row["month"]): (float(row["mean"]), float(row["standard_error"] or "nan")) for row in csv.DictReader(lines)}


def months_of(period: str) -> list[str]:
    year, _, quarter = period.partition(" Q")
    first, count = (3 * int(quarter) - 2, 3) if quarter else (1, 12)
    return [f"{year}-{month:02d}" for month in range(first, first + count)]


def flow(monthly: dict, series: str, period: str) -> float:
    return sum(monthly[series, month][0] for month in months_of(period)) / 12


def table(rows: Rows, heading: str) -> dict[str, tuple]:
    """The rows below a heading's heads, by their first cell."""
    start = next(i for i, row in enumerate(rows) if row[0] == heading) + 3
    out: dict[str, tuple] = {}
    for row in rows[start:]:
        if row[0] is None and out:
            break
        if row[0] is not None:
            out[str(row[0])] = row
    return out


def row_of(rows: Rows, heading: str, name: str) -> int:
    """Its number, from 0."""
    start = next(i for i, row in enumerate(rows) if row[0] == heading)
    return next(i for i in range(start, len(rows)) if rows[i][0] == name)


# ---- profit pool ----


def test_years_and_quarters_are_sums_of_months(pool: Rows, monthly: dict) -> None:
    years, quarters = table(pool, "By year"), table(pool, "By quarter")
    assert list(years) == ["2024", "2025"] and list(quarters)[0] == "2024 Q1" and list(quarters)[-1] == "2026 Q1" and len(quarters) == 9
    for period, row in {**years, **quarters}.items():
        for series, cell in zip(POOL, row[1:9], strict=True):
            assert math.isclose(cell, flow(monthly, series, period), rel_tol=1e-9, abs_tol=1e-9), (period, series)


def test_parts_add_up_to_the_outlay_and_checks_say_so(pool: Rows) -> None:
    for row in [*table(pool, "By year").values(), *table(pool, "By quarter").values()]:
        assert math.isclose(sum(row[1:6]), row[9], rel_tol=1e-12) and abs(row[9] - row[6]) < 1e-5 and row[11] == "ok"
    assert next(row for row in pool if row[0] == "All checks of this sheet")[6] == "ok"


def test_errors_of_sums_are_the_bound_that_months_give(pool: Rows, monthly: dict) -> None:
    for year, row in table(pool, "\u00b1 error of the means by year").items():
        for series, cell in zip(POOL, row[1:9], strict=True):
            assert cell == pytest.approx(sum(monthly[series, month][1] for month in months_of(year)) / 12, rel=1e-9), (year, series)


def test_quantiles_are_those_of_the_last_month(run: Path, pool: Rows) -> None:
    with (run / "summary.csv").open(newline="", encoding="utf-8") as lines:
        summary = {(row["series"], row["month"], row["statistic"]): float(row["value"] or "nan") for row in csv.DictReader(lines)}
    for heading, statistic in {"5 % of paths are below": "p5", "Half of the paths are below": "p50", "95 % of paths are below": "p95"}.items():
        for year, row in table(pool, f"{heading}: annual rate at the end of the year").items():
            for series, cell in zip(POOL, row[1:9], strict=True):
                assert math.isclose(cell, summary[series, f"{year}-12", statistic], rel_tol=1e-12), (year, series)


def test_waterfall_goes_from_the_first_year_to_the_last(pool: Rows) -> None:
    years, steps = table(pool, "By year"), table(pool, "What changes the outlay from 2024 to 2025, means")
    names = list(steps)
    assert names[0] == "Outlay 2024" and names[6] == "Outlay 2025" and steps["Parts reach it"][1] == "ok"
    assert steps["Outlay 2024"][4] == pytest.approx(years["2024"][6]) and steps["Outlay 2025"][4] == pytest.approx(years["2025"][6])
    assert steps[names[5]][4] == pytest.approx(years["2025"][6], abs=1e-5)
    for part, name in enumerate(names[1:6], 1):
        _, change, _, start, end, above, below, *drawn, _ = steps[name][:12]
        assert change == pytest.approx(years["2025"][part] - years["2024"][part]) and end == pytest.approx(start + change)
        tops = above + max(drawn[0], drawn[2]), below + min(drawn[1], drawn[3])
        assert tops == pytest.approx((max(0, start, end), min(0, start, end))) and sum(map(abs, drawn)) == pytest.approx(abs(change))


def charts(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name).decode() for name in archive.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]


def test_losses_are_drawn_below_zero_and_columns_float(run: Path, pool: Rows) -> None:
    stacked = [text for text in charts(run / "report.xlsx") if "'Profit pool'!" in text and '<c:grouping val="stacked"/>' in text]
    parts, waterfall = sorted(stacked, key=lambda text: text.count("<c:ser>"))
    years = table(pool, "By year")
    assert years["2024"][5] < 0  # there is a loss to draw
    assert parts.count("<c:ser>") == 5 and f"<c:v>{years['2024'][5]:.4f}"[:12] in parts
    assert '<c:overlap val="100"/>' in parts and '<c:tickLblPos val="low"/>' in parts and "<c:crosses val=\"autoZero\"/>" in parts
    assert waterfall.count("<c:ser>") == 7
    bases = waterfall.split("<c:ser>")[1:3]
    assert all("<a:noFill/>" in base and "<a:solidFill>" not in base for base in bases)


def test_replicates_give_sums_their_own_error(tmp_path: Path) -> None:
    (rows,) = rows_of(make_run(tmp_path, "--replicates", "8") / "report.xlsx", "Profit pool")
    said = [row[0] for row in rows if isinstance(row[0], str) and row[0].startswith("\u00b1 is")]
    assert said and all("paired path by path" in text for text in said)


# ---- companies ----


def test_lines_are_the_runs_flows_and_stocks(companies: Rows, monthly: dict) -> None:
    lines = table(companies, "What the run says: means over paths")
    offerings = table(companies, "What the run says of offerings: means over paths")
    flows = {"API spend": "spend.api", "Sales of merchant GPUs": "silicon.merchant_revenue", "Capital cost of chips behind tokens": "pool.chips"}
    stocks = {"Price of a seat": "saas.seat_price", "AI cost in software revenue": "saas.ai_cogs", "Enterprise value over sales, EV/S": "saas.ev_sales", "Vendors moved to open models": "pivots"}
    for name, series in flows.items():
        assert lines[name][3:5] == pytest.approx([flow(monthly, series, year) for year in PERIODS], rel=1e-9), name
        assert lines[name][11] == pytest.approx(flow(monthly, series, "2024 Q1"), rel=1e-9), name
    for name, series in stocks.items():
        assert lines[name][3:5] == pytest.approx([monthly[series, f"{year}-12"][0] for year in PERIODS], rel=1e-12), name
    assert offerings["openai: list price"][3] == pytest.approx(monthly["price.list.openai", "2024-12"][0], rel=1e-12)


def test_checks_of_companies_say_ok(companies: Rows) -> None:
    for name in ("All checks of this sheet", "Parts make the run's change", "Cost of AI makes the run's change", "Parts make the run's API spend", "Shares are within the whole"):
        assert next(row for row in companies if row[0] == name)[2] == "ok", name


def test_vendors_ship_at_the_sector_and_share_its_chance_to_move(companies: Rows, monthly: dict) -> None:
    exposures, changes = table(companies, "Software vendors: exposures"), table(companies, "Software vendors: change of revenue")
    sector = table(companies, "Software: the sector taken apart")["Change of software revenue, by the run"]
    assert len(exposures) == len(changes) == 15
    for name, row in exposures.items():
        assert row[5] == pytest.approx(monthly["pivots", "2025-12"][0] / 15) and row[9] == "guess"
        assert changes[name][3:5] == pytest.approx(sector[3:5], abs=1e-12)


# ---- what LibreOffice makes of it ----


@pytest.mark.slow
def test_recalculation_changes_nothing(run: Path) -> None:
    assert check.check_recalculation(run / "report.xlsx") == []


@pytest.mark.slow
def test_edited_exposures_move_what_they_should(run: Path, companies: Rows, tmp_path: Path) -> None:
    seats, exposed, ai, part = 0.9, 0.4, 2.5, 0.3
    vendor = row_of(companies, "Software vendors: exposures", "adobe") + 1
    lab = row_of(companies, "Labs: exposures", "Anthropic") + 1
    group = row_of(companies, "Chips and clouds: exposures", "Clouds that own accelerators") + 1
    cells = {"C5": 2024, f"C{vendor}": seats, f"D{vendor}": exposed, f"E{vendor}": ai, f"C{lab}": part, f"D{group}": 0.9}
    changed = edit(run / "report.xlsx", tmp_path / "edited.xlsx", {("Companies", cell): value for cell, value in cells.items()})
    (edited,) = rows_of(recalculated(changed, tmp_path), "Companies")
    sector = table(companies, "Software: the sector taken apart")
    lines = table(companies, "What the run says: means over paths")
    seat, usage = ({year: sector[f"{name} revenue, annual rate"][3 + i] for i, year in enumerate((2024, 2025))} for name in ("Seat", "Usage"))
    revenue = seats * exposed * (seat[2025] / seat[2024] - 1) + (1 - seats) * (usage[2025] / usage[2024] - 1)
    assert table(edited, "Software vendors: change of revenue")["adobe"][3:5] == pytest.approx([0, revenue], abs=1e-12)
    cost = lines["AI cost in software revenue"][3:5]
    assert table(edited, "Software vendors: change of gross margin")["adobe"][4] == pytest.approx(ai * (cost[0] - cost[1]), rel=1e-12)
    multiple = lines["Enterprise value over sales, EV/S"][3:5]
    assert table(edited, "Software vendors: change of enterprise value")["adobe"][4] == pytest.approx((1 + revenue) * multiple[1] / multiple[0] - 1, rel=1e-12)
    api = table(companies, "Labs: API revenue, shared out")["Anthropic"][3:5]
    assert table(edited, "Labs: change of revenue")["Anthropic"][4] == pytest.approx(part * (api[1] / api[0] - 1), rel=1e-12)
    clouds = table(edited, "Chips and clouds: exposures")["Clouds that own accelerators"]
    assert clouds[7] == pytest.approx(1 - sum(clouds[2:7])) and clouds[7] < 0 and clouds[9] == "too much"
    assert next(row for row in edited if row[0] == "Shares are within the whole")[2] == "see Check"
    assert next(row for row in edited if row[0] == "All checks of this sheet")[2] == "see below"
    assert next(row for row in edited if row[0] == "Parts make the run's change")[2] == "ok"
