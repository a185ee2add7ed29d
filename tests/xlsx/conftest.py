"""One run of the baseline for all tests of its workbook, made once however many processes test."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import check_workbook as check
from workbooks import MOECAST, moecast, opened

PATHS, CONTRAST_PATHS = 400, 40
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = f"{MOECAST} is not built" if not MOECAST.exists() else f"not installed: {check.missing_programs()}" if check.missing_programs() else ""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:.*extension is not supported"))
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


@contextmanager
def alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def baseline_run(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base
    run = shared / "baseline_of_workbooks"
    with alone(shared / "baseline_of_workbooks.lock"):
        if not run.exists():
            moecast("run", "baseline", "--paths", PATHS, "--contrast-paths", CONTRAST_PATHS, "-o", run, "--quiet")
    return run


@pytest.fixture(scope="session")
def baseline_report(baseline_run: Path) -> Path:
    return baseline_run / "report.xlsx"


@pytest.fixture(scope="session")
def baseline_book(baseline_report: Path) -> openpyxl.Workbook:
    return opened(baseline_report)
