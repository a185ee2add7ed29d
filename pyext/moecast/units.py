"""Units of work: some of a run's paths, told in so few words that any process with moecast can simulate them, and what it sends back.

A unit is the compiled plan as bytes with its hash, the seed and a range of paths: nothing is read from files, and no library that may differ between
machines (libm, GSL) computes anything but what the plan already holds. What comes back, a *part*, holds exact sums, counts and the rows of kept paths, with
a digest of its own. Parts add up to the very bits of one run, in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import _core

_PLANS_HELD = 4  # two megabytes each
_FEWEST, _MOST = 2048, 8192  # paths of a unit unless told otherwise: about one and four seconds of a core
_PIECES = 64


@dataclass(frozen=True)
class Unit:
    """Paths `first_path` to ``first_path + paths - 1`` of a run, and all that a process needs to simulate them. Can be pickled (some 350 kB).

    Attributes
    ----------
    plan : bytes
        The compiled plan, packed.
    plan_hash : str
        SHA-256 of the unpacked plan.
    seed, first_path, paths : int
    keep, keep_hits : int
        How many of these paths, from the first on, are kept one by one, and with what they say of each reading.
    keep_series : tuple of int
        Positions of the series of which kept paths are kept month by month.
    sampler : str
    replicates, strata : int
        Those of the whole run.
    version, revision : str
        Of the moecast that asks: another one is refused.
    """

    plan: bytes
    plan_hash: str
    seed: int
    first_path: int
    paths: int
    keep: int
    keep_hits: int
    keep_series: tuple[int, ...]
    sampler: str
    replicates: int
    strata: int
    version: str
    revision: str

    def __repr__(self) -> str:
        return f"<Unit of plan {self.plan_hash[:12]}, seed {self.seed}, paths {self.first_path} to {self.first_path + self.paths - 1}>"


_held: dict[str, _core.Work] = {}


def _work(unit: Unit) -> _core.Work:
    """The unpacked plan; the last few are held, because a worker is mostly given units of one run. No lock, which a fork could leave closed: each step is one
    operation of a dict."""
    work = _held.pop(unit.plan_hash, None) or _core.Work(unit.plan, unit.plan_hash)
    _held[unit.plan_hash] = work
    for old in list(_held)[:-_PLANS_HELD]:
        _held.pop(old, None)
    return work


def simulate(unit: Unit, threads: int = 1) -> bytes:
    """Simulate a unit: what an executor's workers do.

    Parameters
    ----------
    unit : Unit
    threads : int
        Of this process. Changes no bit.

    Returns
    -------
    bytes
        The part: a few megabytes, mostly independent of the number of paths.

    Raises
    ------
    RunError
        When this process has another moecast than the one that asks.
    FileError
        When the plan came damaged.
    KeyboardInterrupt
        Within 100 ms of Ctrl-C.
    """
    if (unit.version, unit.revision) != (_core.version, _core.revision):
        raise _core.RunError(
            f"the worker has moecast {_core.version} ({_core.revision}), who asks has {unit.version} ({unit.revision}): paths of two versions are not mixed"
        )
    return _work(unit).simulate(
        seed=unit.seed,
        first_path=unit.first_path,
        paths=unit.paths,
        keep=unit.keep,
        keep_hits=unit.keep_hits,
        keep_series=unit.keep_series,
        sampler=unit.sampler,
        replicates=unit.replicates,
        strata=unit.strata,
        threads=threads,
    )


def digest(part: bytes) -> str:
    """The digest that a part carries: equal for equal paths, whoever simulated them and in what time."""
    return _core.part_digest(part)


def paths_of_a_unit(paths: int, granule: int, wanted: int | None = None) -> int:
    """How many paths a unit has: as wanted, or so many that there are some sixty-four units of one to four seconds; in whole granules."""
    size = wanted if wanted is not None else min(max(-(-paths // _PIECES), _FEWEST), _MOST)
    return max(1, -(-size // granule)) * granule


def cut(core: _core.Run, plan: bytes, plan_hash: str, size: int) -> Iterator[Unit]:
    """The units of all paths that a run does not have yet, in their order. Whole granules, so that every block of paths is as it would be in one run."""
    for first, paths in core.missing():
        for begin in range(first, first + paths, size):
            words = core.part(begin, min(size, first + paths - begin))
            yield Unit(plan, plan_hash, **words, version=_core.version, revision=_core.revision)
