"""Writes tests/c/sobol_references.inc: for each dimension a hash of SciPy's 32 unscrambled directions. test_sobol_references.py checks that it is up to date."""
import pathlib
import re

from scipy.stats import qmc

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "tests/c/sobol_references.inc"
MASK = (1 << 64) - 1


def directions(dimensions):
    """[dimension][bit] in units of 2^-32: point 2^bit of the unscrambled sequence is the direction itself."""
    return qmc.Sobol(dimensions, scramble=False, bits=32)._sv.tolist()


def fold(words):
    h = 0xcbf29ce484222325
    for word in words:
        h = (h ^ int(word)) * 0x100000001b3 & MASK
    return h


def text():
    dimensions = len(re.findall(r"^\{", (ROOT / "csim/rng/sobol_directions.inc").read_text(), re.M))
    return "/* Made by tests/py/make_sobol_references.py from SciPy. */\n" + "".join(f"0x{fold(row):016x}u,\n" for row in directions(dimensions))


if __name__ == "__main__":
    FILE.write_text(text())
