"""Measures time, memory and file size up to 10^7 paths of one year, and writes docs/tables/ten_million.md.

    python docs/tables/ten_million.py MOECAST      # some ten minutes on two cores
"""
import pathlib
import subprocess
import sys
import tempfile

from scale import machine, once, table, with_months

PATHS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
MONTHS = 12


def row_of(moecast, folder, paths):
    out = pathlib.Path(folder, str(paths))
    wall, cpu, simulation, peak, _ = once(moecast, with_months(folder, MONTHS), paths, 2, out)
    print(f"{paths}: {wall:.1f} s, {cpu:.1f} s of processor, {peak:.0f} MB", flush=True)
    return f"{paths:,}", f"{wall:.2f}", f"{cpu:.2f}", f"{paths / simulation:,.0f}", f"{peak:.0f}", f"{(out / 'run.moecast').stat().st_size / 1e6:.1f}"


def main():
    moecast = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        rows = [row_of(moecast, folder, paths) for paths in PATHS]
    version = subprocess.run([moecast, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    (pathlib.Path(__file__).parent / "ten_million.md").write_text(f"""# Ten million paths

Written by `python docs/tables/ten_million.py build/moecast`. {version}. {machine()}; each run made once, two threads, `--keep 0`, the baseline's year 2024 alone ({MONTHS} months), so that ten million take minutes. Against months time is linear ([performance](../performance.md)).

{table(("paths", "wall s", "processor s", "paths/s simulated", "peak MB", "run file MB"), rows)}
""")


if __name__ == "__main__":
    main()
