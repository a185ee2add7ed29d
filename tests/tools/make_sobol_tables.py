"""Writes csim/rng/sobol_directions.inc from the direction numbers that SciPy ships (new-joe-kuo-6). Run it by hand when more dimensions are needed.

    python tests/tools/make_sobol_tables.py DIMENSIONS > csim/rng/sobol_directions.inc
"""
import importlib.resources
import sys

import numpy as np

NOTICE = """/* Primitive polynomials and initial direction numbers of Sobol's sequence, new-joe-kuo-6, first {dimensions} dimensions: {{polynomial, m_1, m_2, …}}, the
 * polynomial with its leading and its last coefficient. S. Joe and F. Y. Kuo, Constructing Sobol sequences with better two-dimensional projections,
 * SIAM J. Sci. Comput. 30, 2635-2654 (2008). Made by tests/tools/make_sobol_tables.py.
 *
 * -----------------------------------------------------------------------------
 * Licence pertaining to sobol.cc and the accompanying sets of direction numbers
 * -----------------------------------------------------------------------------
 * Copyright (c) 2008, Frances Y. Kuo and Stephen Joe
 * All rights reserved.
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 *     * Redistributions of source code must retain the above copyright
 *       notice, this list of conditions and the following disclaimer.
 *
 *     * Redistributions in binary form must reproduce the above copyright
 *       notice, this list of conditions and the following disclaimer in the
 *       documentation and/or other materials provided with the distribution.
 *
 *     * Neither the names of the copyright holders nor the names of the
 *       University of New South Wales and the University of Waikato
 *       and its contributors may be used to endorse or promote products derived
 *       from this software without specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS ``AS IS'' AND ANY
 * EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
 * WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDERS BE LIABLE FOR ANY
 * DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES
 * (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES;
 * LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND
 * ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
 * (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS
 * SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */"""


def main(dimensions):
    with importlib.resources.as_file(importlib.resources.files("scipy.stats") / "_sobol_direction_numbers.npz") as file:
        table = np.load(file)
        polynomials, initial = table["poly"][:dimensions], table["vinit"][:dimensions]
    print(NOTICE.format(dimensions=dimensions))
    for polynomial, numbers in zip(polynomials, initial, strict=True):
        degree = int(polynomial).bit_length() - 1
        print("{" + ", ".join(str(n) for n in [int(polynomial), *map(int, numbers[:degree])]) + "},")


if __name__ == "__main__":
    main(int(sys.argv[1]))
