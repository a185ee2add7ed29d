"""The reference file of the C test is what SciPy says, and says what SciPy's points say."""
import numpy as np
from make_sobol_references import FILE, directions, text
from scipy.stats import qmc


def test_the_reference_file_is_scipys():
    assert FILE.read_text() == text()


def test_scipys_points_are_made_of_these_directions():
    table = np.array(directions(640), dtype=np.uint64)
    points = np.zeros((64, 640), dtype=np.uint64)
    for index in range(64):
        gray = index ^ index >> 1
        for bit in range(6):
            points[index] ^= table[:, bit] * np.uint64(gray >> bit & 1)
    assert np.array_equal(points / 2.0**32, qmc.Sobol(640, scramble=False, bits=32).random(64))
