"""How many operations a work needs at least, counted while its NumPy peer runs: the peer's arrays tell what is done to them.

An operation is one addition, multiplication, comparison, choice or move of a sign of one double; a division or a square root counts apart, because the processor
has one unit for these and several for the rest; an exponential or a logarithm counts as what kernels/vmath.h needs for it. Reading and writing count nothing,
so the count is of a processor that finds everything in its registers.
"""
from types import SimpleNamespace

import numpy as np
import peers_numpy
import peers_numpy_cost

# Counted by hand in kernels/vmath.h: multiplications, additions, and the rest (integer operations on exponents, comparisons, choices).
EXP = SimpleNamespace(simple=16 + 17 + 6, divisions=0)
LOG = SimpleNamespace(simple=16 + 18 + 11, divisions=1)
TIMES = {"clip": 2}
FREE = {"isfinite", "isnan", "any", "logical_or"}


class Counted(np.ndarray):
    """An array that adds to `tally` what is done with it."""

    tally = SimpleNamespace(simple=0, divisions=0)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **rest):
        plain = lambda x: x.view(np.ndarray) if isinstance(x, Counted) else x
        arguments = [plain(x) for x in inputs]
        if out is not None:
            rest["out"] = tuple(plain(x) for x in out)
        result = getattr(ufunc, method)(*arguments, **rest)
        self.add(ufunc.__name__, np.size(result) if method == "__call__" else np.size(arguments[0]))
        if out is not None:
            return out[0]
        return result.view(Counted) if isinstance(result, np.ndarray) else result

    def add(self, name, elements):
        tally = Counted.tally
        if name in ("exp", "log"):
            each = EXP if name == "exp" else LOG
            tally.simple += each.simple * elements
            tally.divisions += each.divisions * elements
        elif name in ("divide", "sqrt", "reciprocal"):
            tally.divisions += elements
        elif name not in FREE:
            tally.simple += TIMES.get(name, 1) * elements


class CountedNumpy:
    """numpy for the peers, whose new arrays count."""

    def __getattr__(self, name):
        made = getattr(np, name)
        if name not in ("empty", "empty_like", "zeros", "ones", "array", "stack"):
            return made
        return lambda *a, **k: made(*a, **k).view(Counted)


def _counted(x):
    if isinstance(x, np.ndarray):
        return x.view(Counted)
    if isinstance(x, SimpleNamespace):
        return type(x)(**{k: _counted(v) for k, v in vars(x).items()})
    return x


def count(make, inputs):
    """Simple operations and divisions a unit. make: inputs → a peer, of our blocks of 64 paths where what a block leaves out depends on its size."""
    peers_numpy.np = peers_numpy_cost.np = CountedNumpy()
    try:
        peer = make(_counted(inputs))
        Counted.tally = SimpleNamespace(simple=0, divisions=0)
        units = peer.run()
    finally:
        peers_numpy.np = peers_numpy_cost.np = np
    return SimpleNamespace(simple=Counted.tally.simple / units, divisions=Counted.tally.divisions / units)
