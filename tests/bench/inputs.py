"""What is measured, on which numbers: draws the inputs once and gives them to both sides, to our programs as files, to the peers as arrays.

Nothing is constant that differs between paths in a run. Distributions are the baseline's where it has one, and near what it comes to in 2026 elsewhere.
Arrays of the peers have paths last; our files hold blocks of 64 paths.
"""
from pathlib import Path
from types import SimpleNamespace

import numpy as np

BLOCK = 64
# The baseline's offerings in August 2026 with their groups, and machines of all makers.
SHAPES = ("openai-est-2026-04", "anthropic-est-2026-06", "google-est-2025-11", "cn-closed-est-2026-04", "deepseek-v4-pro", "qwen3.8-2.4t", "kimi-k3", "us-eu-open-est-2025-12")
MACHINES = ("h100", "h200", "h20", "b200", "gb200", "gb300", "vr200", "mi355x", "tpu-v7", "trainium3", "ascend-910c", "ascend-950dt")
GROUPS = (0, 0, 0, 1, 2, 2, 2, 3)  # closed US, closed Chinese, open Chinese, other open
CLOSED = np.array(GROUPS) < 2
SEGMENTS, REGIONS, CHINA = 4, 5, 2
REPORTS, SERIES = 28, 256  # months whose distribution a run keeps, outcomes


class Inputs(SimpleNamespace):
    """Arrays by work: x_exp, cost.…, market.…; `folder`: where our files are."""


def blocked(x):
    """(…, paths) → (blocks, …, 64)"""
    x = np.asarray(x, float)
    return np.ascontiguousarray(np.moveaxis(x.reshape(*x.shape[:-1], -1, BLOCK), -2, 0))


def unblocked(x):
    """(blocks, …, 64) → (…, paths)"""
    x = np.moveaxis(x, 0, -2)
    return x.reshape(*x.shape[:-2], -1)


def _write(folder, name, *arrays):
    np.concatenate([np.ravel(np.asarray(a, float)) for a in arrays]).tofile(Path(folder) / name)


def _draws(rng, n):
    half = n // 2
    return SimpleNamespace(
        exp=rng.normal(0, 3, n), log=rng.lognormal(0, 3, n), quantile=rng.uniform(size=n), normals=SimpleNamespace(seed=20260831, paths=half, month=24))


def _cost(rng, n):
    """Workload, factors on shapes and machines, by path."""
    normal = lambda *shape: rng.standard_normal((*shape, n))
    closed = CLOSED[:, None]
    shared = normal(2, 1)
    years = 2.0
    c = SimpleNamespace(paths=n, hit=0.6, verified=2.0)
    c.input = 8000 * np.exp(0.3 * normal())
    c.output = 900 * np.exp(0.1 * normal())
    c.tpot = 0.040 * np.exp(0.2 * normal())
    c.accepted = np.clip(1.5 + 0.15 * normal(), 1, 2)
    c.active = np.where(closed, 2.4 * np.exp(0.35 * shared[0] + 0.36 * normal(len(SHAPES))), 1) * np.exp(years * (0.25 + 0.2 * normal()))
    c.total = np.where(closed, 2.4 * np.exp(0.5 * shared[1] + 0.49 * normal(len(SHAPES))), 1) * np.exp(years * (0.5 + 0.3 * normal()))
    c.cache = np.exp(years * (-0.35 + 0.25 * normal()))
    c.change = np.ones((len(MACHINES), 4, n))  # flop, bandwidth, memory, link
    c.change[-4:] = np.array([1.5, 1.4, 1.35, 1.3])[:, None] * np.exp(0.1 * normal(4, 4))  # as of synthetic successors
    return c


def _market(rng, n):
    """Utilities around what makes shares of a few per cent to a half; frictions of origin and of bans."""
    normal = lambda *shape: rng.standard_normal((*shape, n))
    m = SimpleNamespace(paths=n, groups=np.array(GROUPS))
    J = len(GROUPS)
    m.lam, m.gain = rng.beta(6, 4, n), 0.3 * np.abs(normal())
    m.routed_share, m.base, m.lock = rng.beta(2, 6, (SEGMENTS, n)), rng.beta(3, 40, (SEGMENTS, n)), rng.beta(3, 6, (SEGMENTS, n))
    level = np.array([1.5, 1.5, 1.0, -1.0, 0.5, 0.3, 0.3, -0.5])[:, None]
    worth = level + 0.5 * normal(SEGMENTS, 1) + 0.7 * normal(SEGMENTS, J)
    m.direct, m.routed = worth, worth + 0.6 * np.where(CLOSED, -1, 1)[:, None] + 0.2 * normal(SEGMENTS, J)
    m.friction = np.zeros((SEGMENTS, REGIONS, 4, n))
    abroad = np.arange(REGIONS) != CHINA
    ban = 12.0 * (rng.uniform(size=(SEGMENTS, REGIONS, n)) < 0.1) * abroad[:, None]
    m.friction[:, :, 1] = 1.5 * abroad[:, None] * np.exp(0.3 * normal(SEGMENTS, 1)) + ban
    m.friction[:, :, 2] = 0.7 * abroad[:, None] * np.exp(0.3 * normal(SEGMENTS, 1)) + ban + 0.3 * normal(SEGMENTS, 1) * ~abroad[:, None]
    m.friction[:, CHINA, 0], m.friction[:, CHINA, 3] = 4.0, 0.5
    m.share = rng.gamma(1.0, size=(SEGMENTS, REGIONS, J, n))
    m.share /= m.share.sum(axis=2, keepdims=True)
    return m


def _write_market(folder, m):
    _write(folder, "market.dims", [m.paths // BLOCK, SEGMENTS, REGIONS], m.groups)
    rows = [m.lam[None], m.gain[None]]
    for s in range(SEGMENTS):
        rows += [m.routed_share[s][None], m.base[s][None], m.lock[s][None], m.direct[s], m.routed[s]]
        for r in range(REGIONS):
            rows += [m.friction[s, r], m.share[s, r]]
    _write(folder, "market.blocks", blocked(np.concatenate(rows)))


def _write_cost(folder, c):
    (Path(folder) / "cost.names").write_text("".join(f"shape {s}\n" for s in SHAPES) + "".join(f"machine {m}\n" for m in MACHINES))
    _write(folder, "cost.dims", [c.hit, c.verified])
    _write(folder, "cost.work", blocked(np.stack([c.input, c.output, c.tpot, c.accepted])))
    for name in ("active", "total", "cache", "change"):
        _write(folder, f"cost.{name}", blocked(getattr(c, name)))


def make(folder, catalogue, quick=False):
    rng = np.random.default_rng(1)
    many, paths = (4096, 256) if quick else (32768, 4096)
    inputs = Inputs(folder=Path(folder), draws=_draws(rng, many), cost=_cost(rng, paths), market=_market(rng, 256 if quick else 1024))
    inputs.cost.shapes = [catalogue.shape(name) for name in SHAPES]
    inputs.cost.machines = [catalogue.machine(name) for name in MACHINES]
    inputs.statistics = SimpleNamespace(x=rng.lognormal(0, 1, (SERIES // (8 if quick else 1), 1024)), reports=REPORTS)
    for name in ("exp.x", "log.x", "quantile.u"):
        _write(folder, name, getattr(inputs.draws, name.split(".")[0]))
    _write(folder, "normals.dims", [inputs.draws.normals.seed, inputs.draws.normals.paths])
    _write_cost(folder, inputs.cost)
    _write_market(folder, inputs.market)
    x = inputs.statistics.x
    _write(folder, "statistics.dims", [x.shape[1] // BLOCK, x.shape[0], REPORTS])
    _write(folder, "statistics.x", blocked(x))
    _write(folder, "statistics.rows", x)
    return inputs
