"""Memory and file size of a run do not grow with the number of its paths."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve()


def peak_and_size(folder, paths):
    """Peak resident memory in MB and size of the run file in MB."""
    scenario = folder / "small.yaml"
    scenario.write_text("moecast: 1\nname: small\nextends: baseline\ntime: {start: 2024-01, end: 2024-12}\n")
    out = folder / str(paths)
    words = [BIN, "run", scenario, "--paths", paths, "--keep", "none", "--no-contrasts", "--no-report", "--threads", 2, "--checkpoint", 2, "-o", out]
    process = subprocess.Popen([str(w) for w in words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    return used.ru_maxrss / 1024, (out / "run.moecast").stat().st_size / 2**20


def check_flat(few, many):
    print(f"peak and size in MB: {few[0]:.0f} and {few[1]:.1f}, {many[0]:.0f} and {many[1]:.1f}")
    assert many[0] < 1.15 * few[0] + 8, "bins that fill up make a few pages more; paths make none"
    assert many[1] < 5 * few[1], "a bin's count takes a byte more for 128 times as many paths; more bins fill"


@pytest.mark.slow
def test_memory_and_file_stay_with_ten_times_the_paths(tmp_path):
    check_flat(peak_and_size(tmp_path, 2_000), peak_and_size(tmp_path, 20_000))


@pytest.mark.soak
def test_memory_and_file_stay_from_ten_thousand_to_a_million_paths(tmp_path):
    check_flat(peak_and_size(tmp_path, 10_000), peak_and_size(tmp_path, 1_000_000))
