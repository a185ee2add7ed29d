"""How fast a large table becomes a workbook, against XlsxWriter and pandas, and how long the baseline's workbook takes.

    python tests/bench/sheets.py build [--page docs/performance.md]

Every writer is a process of its own and writes the same table; they take turns, and medians are compared. Needs build/bench/sheet, pandas, openpyxl and XlsxWriter.
"""

import argparse
import datetime
import importlib.metadata
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import page
from peers_sheet import COLUMNS, HEADS, row_of

PEERS = ("xlsxwriter", "pandas-xlsxwriter", "pandas-openpyxl")
TITLES = {"ours": "moecast", "xlsxwriter": "XlsxWriter, constant memory", "pandas-xlsxwriter": "pandas.to_excel, XlsxWriter", "pandas-openpyxl": "pandas.to_excel, openpyxl"}
REPORT_PATHS = 2000


def measured(command):
    """Output, wall clock, processor time and peak memory of a process."""
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen([str(word) for word in command], stdout=out)
        _, status, use = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{' '.join(map(str, command))} ended with {child.returncode}")
        out.seek(0)
        return out.read(), use.ru_utime + use.ru_stime, use.ru_maxrss / 1024


def command_of(build, whose, path, rows):
    return [build / "bench" / "sheet", path, rows] if whose == "ours" else [sys.executable, HERE / "peers_sheet.py", whose, path, rows]


def write_once(build, whose, path, rows):
    said, _, peak_mb = measured(command_of(build, whose, path, rows))
    processor, wall = map(float, said.split())
    return {"processor": processor, "wall": wall, "peak_mb": peak_mb, "file_mb": path.stat().st_size / 1e6}


def is_same(found, expected):
    return found == expected or (isinstance(found, (int, float)) and math.isclose(found, expected, rel_tol=1e-15))


def check_table(path, rows):
    """The cells of a small table to the 16 digits that all write; ours has a row of units below its heads."""
    import openpyxl

    found = [list(row) for row in openpyxl.load_workbook(path, read_only=True)["Data"].iter_rows(values_only=True)]
    same = all(is_same(cell, value) for cells, row in zip(found[-rows:], range(rows), strict=True) for cell, value in zip(cells, row_of(row), strict=True))
    if found[0] != HEADS or not same:
        raise SystemExit(f"{path} does not hold the table")


def compare(build, folder, rows, rounds):
    everybody = ("ours", *PEERS)
    for whose in everybody:
        path = folder / f"small_{whose}.xlsx"
        write_once(build, whose, path, 50)
        check_table(path, 50)
    taken = {whose: [] for whose in everybody}
    for _ in range(rounds):
        for whose in everybody:
            taken[whose].append(write_once(build, whose, folder / f"{whose}.xlsx", rows))
    return [{"who": whose, **{key: statistics.median(one[key] for one in taken[whose]) for key in taken[whose][0]}} for whose in everybody]


def report_times(build, folder, paths, rounds):
    """Reading a finished run of the baseline, and writing its workbook."""
    run = folder / "run"
    measured([build / "moecast", "run", "baseline", "--paths", paths, "--no-report", "--quiet", "-o", run])
    once = []
    for _ in range(rounds):
        start = datetime.datetime.now()
        _, processor, peak_mb = measured([build / "moecast", "report", run, "-o", folder / "report.xlsx"])
        once.append({"wall": (datetime.datetime.now() - start).total_seconds(), "processor": processor, "peak_mb": peak_mb})
    return {key: statistics.median(one[key] for one in once) for key in once[0]} | {"paths": paths, "file_mb": (folder / "report.xlsx").stat().st_size / 1e6}


def table(rows):
    ours = rows[0]
    lines = ["| writer | processor s | wall s | × ours | peak MB | file MB |", "|--|--:|--:|--:|--:|--:|"]
    lines += [f"| {TITLES[row['who']]} | {row['processor']:.2f} | {row['wall']:.2f} | {row['processor'] / ours['processor']:.1f} | {row['peak_mb']:.0f} | {row['file_mb']:.1f} |" for row in rows]
    return "\n".join(lines)


def sentence(build, load_before):
    said = subprocess.run([build / "moecast", "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("xlsxwriter", "pandas", "openpyxl"))
    return (f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {said}: {os.cpu_count()} cores, {platform.system()} {platform.machine()}; Python {platform.python_version()}, {versions}; "
            f"load of the machine {load_before:.1f} before, {os.getloadavg()[0]:.1f} after, of which this benchmark is 1.")


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("build", type=pathlib.Path, help="folder of the build")
    words.add_argument("--rows", type=int, default=100000)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--out", type=pathlib.Path, help="the numbers as JSON (BUILD/bench_sheets.json)")
    words.add_argument("--page", type=pathlib.Path, help="also write the section of this page")
    words.add_argument("--quick", action="store_true", help="little of everything: for the test of this program")
    options = words.parse_args()
    if options.quick:
        options.rows, options.rounds = 400, 1
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=options.build) as name:
        folder = pathlib.Path(name)
        rows = compare(options.build, folder, options.rows, options.rounds)
        report = report_times(options.build, folder, 40 if options.quick else REPORT_PATHS, options.rounds)
    said = sentence(options.build, load_before)
    (options.out or options.build / "bench_sheets.json").write_text(json.dumps({"cells": options.rows * COLUMNS, "writers": rows, "report": report}, indent=1) + "\n", encoding="utf-8")
    print(f"{said}\n\n{table(rows)}\n\nworkbook of {report['paths']:,} paths: {report['processor']:.2f} s of processor time, {report['wall']:.2f} s, {report['peak_mb']:.0f} MB")
    if options.page:
        page.write_sheets(options.page, said, table(rows), options.rows, options.rounds, report)


if __name__ == "__main__":
    main()
