"""Writes the tables of the documentation whose numbers come from runs: calibration.md, near_bounds.md, software_bar.md and its extract in model.md.

    python docs/tables/from_runs.py MOECAST [--paths N]

Each table names its scenarios, paths, seed and digest. A run takes seconds; nothing here is checked by a test, because results change with every change
of the model. Owns the words on causes; computes nothing but ratios of what a run reports.
"""
import argparse
import csv
import json
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BANDS = HERE.parents[1] / "tests" / "golden" / "calibration_bands.csv"
TOLERANCE = 1 / 3  # of a band's width, by which a median may differ from the first calibration's
ALLOWED = "a third"

CAUSES = {  # letter → why a median differs, and the series of which it is true
    "a": (
        ("share.market_open.fortune500.us", "share.open.midmarket", "f500.primary", "f500.presence"),
        "The first calibration pulled large firms to .85 and mid-sized firms to 1.15 of the surveyed share, each by its own distance. Nothing measured stands "
        "behind that split, so one distance moves both here (§13): large firms, who reconsider little, stay near their share of the start, mid-sized firms "
        "make up for them, and the mean of both follows the survey. Firms with open weights as primary engine follow the share of large firms.",
    ),
    "b": (
        ("cost.energy.deepseek",),
        "The full kernel stands in place of a reduced form with one workload, and with it the measured efficiency of H20 was taken anew. Later months agree.",
    ),
    "c": (
        ("sub.go",),
        "The Go tier is on sale from 2025-08 (`levers.go_on_sale`) and has no payers before. The first calibration let a few thousand in before.",
    ),
    "d": (
        ("compute.capacity_use", "tokens.world"),
        "Stocks lie within their bands, but the medians of tokens and of use imply that a stock serves less than half as many tokens by 2030 as in the first "
        "calibration: seconds a token on the fleet as it is fall more slowly with the full kernel than with a reduced form. Capacity binds more often.",
    ),
}

FIRMS = ("fortune500", "midmarket", "developers", "government")
SOFTWARE_RUNS = {  # column → scenario name, or its text
    "baseline": "baseline",
    "own bar": "own_saas_bar",
    "harder bars": "harder_bars",
    "harder bars, own bar": "harder_bars_own",
}
SOFTWARE_SERIES = (
    "saas.automation", "saas.revenue", "saas.pressure", "saas.ev_sales", "pivots", "cap.suitability_ratio.fortune500", "cap.suitability_ratio.midmarket",
    "cap.suitability_ratio.developers", "share.openrouter_open", "share.enterprise_open",
)
NEAR_BOUNDS = (
    "share.openrouter_open", *(f"cap.suitability_ratio.{s}" for s in (*FIRMS, "consumers")), "compute.capacity_use", "saas.pressure", "f500.presence",
)
QUANTILES = ("p5", "p25", "p50", "p75", "p95")


class Run:
    """Numbers of one run by (series, month, statistic), and its identity."""

    def __init__(self, moecast, scenario, paths, folder):
        name = scenario
        if "\n" in scenario:
            name = folder / (scenario.split("name: ")[1].split()[0] + ".yaml")
            name.write_text(scenario)
        out = folder / f"run_of_{pathlib.Path(name).stem}"
        command = [moecast, "run", name, "--paths", str(paths), "--no-contrasts", "--no-report", "--quiet", "-o", out]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.identity = json.loads((out / "run.json").read_text())
        self.scenario = pathlib.Path(name).stem
        with (out / "summary.csv").open() as stream:
            rows = csv.DictReader(stream)
            self.number = {(".".join(filter(None, (r["series"], r["element"]))), r["month"], r["statistic"]): float(r["value"] or "nan") for r in rows}

    def words(self):
        i = self.identity
        return f"`{self.scenario}`: {i['done']} paths, seed {i['seed']}, {i['failed']} failed, digest {i['digest'][:12]}"


def short(x):
    return f"{float(f'{x:.3g}'):g}"


def table(head, rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]) + "\n"


def page(title, text, runs, body):
    listed = "\n".join(f"* {run.words()}" for run in runs)
    return f"# {title}\n\n{text} Written by `docs/tables/from_runs.py`.\n\n{listed}\n\n{body}"


def calibration(run):
    """Every band whose median the run leaves by more than the tolerance."""
    rows, held, compared, unreported = [], 0, 0, set()
    with BANDS.open() as stream:
        for band in csv.DictReader(stream):
            now = run.number.get((band["series"], band["month"], "p50"))
            if now is None:
                unreported.add(band["month"])
                continue
            low, middle, high = (float(band[q]) for q in ("p5", "p50", "p95"))
            compared += 1
            if abs(now - middle) <= TOLERANCE * (high - low):
                held += 1
                continue
            size = f"{(now - middle) / (high - low):+.2f}" if high > low else "no width"
            cause = next((letter for letter, (series, _) in CAUSES.items() if band["series"] in series), "**not explained**")
            rows.append([f"`{band['series']}`", band["month"], f"{short(low)} / {short(middle)} / {short(high)}", short(now), size, cause])
    text = (
        f"Medians of the baseline against the bands of the first calibration (`tests/golden/calibration_bands.csv`). Of {compared} bands {held} hold the "
        f"median within {ALLOWED} of their width (p95 − p5); the others follow. Size is the difference over that width."
    )
    if unreported:
        text += f" Bands of {', '.join(sorted(unreported))} are not compared: a run keeps the ends of quarters."
    reasons = "\n".join(f"* **{letter}** {reason}" for letter, (_, reason) in CAUSES.items() if any(row[-1] == letter for row in rows))
    body = table(["series", "month", "first p5 / p50 / p95", "median now", "size", "cause"], rows) + "\n" + reasons + "\n"
    return page("Where the baseline differs from the first calibration", text, [run], body)


def near_bounds(run):
    rows = [
        [f"`{series}`", month, *(short(run.number[series, month, q]) for q in QUANTILES)]
        for series in NEAR_BOUNDS for month in ("2026-12", "2028-12", "2030-12")
    ]
    text = "Quantiles of outcomes that come near 1 by 2030; reasons stand in [model.md](../model.md#outcomes-that-come-near-0-or-1-by-2030-and-why)."
    return page("Outcomes near their bounds", text, [run], table(["series", "month", *QUANTILES], rows))


def software_bar(runs):
    def cell(run, series, month):
        low, middle, high = (short(run.number[series, month, q]) for q in ("p5", "p50", "p95"))
        return f"**{middle}** ({low} … {high})"

    rows = [
        [f"`{series}`", month, *(cell(run, series, month) for run in runs.values())]
        for series in SOFTWARE_SERIES for month in ("2028-12", "2030-12")
    ]
    text = (
        "Medians (p5 … p95) with and without a task bar of software's own, with the baseline's bars and with harder bars "
        "(`choice.theta` with mean .85 for all segments but consumers)."
    )
    return page("The software bar", text, runs.values(), table(["series", "month", *runs], rows))


def put_extract(runs):
    """Medians of automation and software revenue, between the marks on the model page."""
    path = HERE.parent / "model.md"
    before, begin, rest = path.read_text().partition("<!-- software bar: begin, written by docs/tables/from_runs.py -->\n")
    _, end, after = rest.partition("<!-- software bar: end -->")
    if not (begin and end):
        raise SystemExit(f"{path} lacks the marks of the software bar's table")
    rows = [
        [f"`{series}` {unit}", month, *(short(run.number[series, month, "p50"]) for run in runs.values())]
        for series, unit in (("saas.automation", "[share]"), ("saas.revenue", "[$bn/yr]")) for month in ("2028-12", "2030-12")
    ]
    names = ", ".join(f"`{run.scenario}`" for run in runs.values())
    identity = runs["baseline"].identity
    words = f"\nScenarios {names}; {identity['done']} paths each, seed {identity['seed']}.\n"
    path.write_text(before + begin + table(["median", "month", *runs], rows) + words + end + after)


def main():
    parser = argparse.ArgumentParser(description="Writes the tables whose numbers come from runs.")
    parser.add_argument("moecast")
    parser.add_argument("--paths", type=int, default=4000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = {column: Run(options.moecast, scenario, options.paths, pathlib.Path(folder)) for column, scenario in SOFTWARE_RUNS.items()}
    (HERE / "calibration.md").write_text(calibration(runs["baseline"]))
    (HERE / "near_bounds.md").write_text(near_bounds(runs["baseline"]))
    (HERE / "software_bar.md").write_text(software_bar(runs))
    put_extract(runs)


if __name__ == "__main__":
    main()
