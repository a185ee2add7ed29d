"""The same works in numba: our loops, compiled by LLVM for the processor at hand with fastmath and parallel, on as many threads as ours. Exponentials and
logarithms are numpy's, which numba takes from the C library one at a time unless Intel's vector library was built into it (run.py notes whether it was).

Peers are as in peers_numpy.py. A run's first pass compiles.
"""
import numba
import numpy as np
from numba import prange
from peers_numpy import CENTRE, FAR_TAIL, TAIL, stream_hash

P = 64
version = numba.__version__
compiled = numba.njit(fastmath=True, parallel=True, error_model="numpy", cache=True)
called = numba.njit(fastmath=True, error_model="numpy", cache=True)
inlined = numba.njit(fastmath=True, inline="always", error_model="numpy")


def use(threads):
    numba.set_num_threads(threads)


def has_vector_library():
    return bool(numba.config.USING_SVML)


class Peer:
    """run() calls a compiled function on its arguments; the result is `out`."""

    def __init__(self, function, units, out, *arguments):
        self.function, self.units, self.out, self.arguments = function, units, out, arguments

    def run(self):
        self.function(*self.arguments, self.out)
        return self.units

    def result(self):
        return self.out


@compiled
def exps(x, y):
    for b in prange(x.size // P):
        for i in range(b * P, b * P + P):
            y[i] = np.exp(x[i])


@compiled
def logs(x, y):
    for b in prange(x.size // P):
        for i in range(b * P, b * P + P):
            y[i] = np.log(x[i])


# ---- normals ---------------------------------------------------------------------------------------------------------------------------------------


def written_out(coefficients):
    """Horner's form as one expression: the compiler sees constants."""
    form = repr(coefficients[0])
    for c in coefficients[1:]:
        form = f"({form} * r + {c!r})"
    return form


def rational(name, coefficients):
    space = {}
    exec(f"def {name}(r):\n    return {written_out(coefficients[0])} / {written_out(coefficients[1])}\n", space)  # noqa: S102
    return inlined(space[name])


centre, tail, far_tail = rational("centre", CENTRE), rational("tail", TAIL), rational("far_tail", FAR_TAIL)


@inlined
def quantile_block(u, z):
    for i in range(u.size):
        q = u[i] - 0.5
        z[i] = q * centre(0.180625 - q * q)
    for i in range(u.size):
        q = u[i] - 0.5
        if abs(q) > 0.425:
            r = np.sqrt(-np.log(0.5 - abs(q)))
            value = tail(r - 1.6) if r <= 5.0 else far_tail(r - 5.0)
            z[i] = -value if q < 0.0 else value


@compiled
def quantiles(u, z):
    for b in prange(u.size // P):
        quantile_block(u[b * P : b * P + P], z[b * P : b * P + P])


@inlined
def philox_block(month, first, hash_low, hash_high, key_low, key_high, u):
    """Both months of a pair for P paths."""
    for i in range(P):
        x0, x1, x2, x3 = np.uint32(month >> 1), np.uint32(first + i), np.uint32(hash_low), np.uint32(hash_high)
        k0, k1 = np.uint32(key_low), np.uint32(key_high)
        for _ in range(10):
            a, b = np.uint64(0xD2511F53) * np.uint64(x0), np.uint64(0xCD9E8D57) * np.uint64(x2)
            x0, x1, x2, x3 = np.uint32(b >> np.uint64(32)) ^ x1 ^ k0, np.uint32(b), np.uint32(a >> np.uint64(32)) ^ x3 ^ k1, np.uint32(a)
            k0, k1 = np.uint32(k0 + np.uint32(0x9E3779B9)), np.uint32(k1 + np.uint32(0xBB67AE85))
        # ½ + 52 bits, over 2^52: exact, as ours
        even = np.uint64(x1) << np.uint64(20) | np.uint64(x0) >> np.uint64(12)
        odd = np.uint64(x3) << np.uint64(20) | np.uint64(x2) >> np.uint64(12)
        u[0, i], u[1, i] = (np.float64(np.int64(even)) + 0.5) * 2.0**-52, (np.float64(np.int64(odd)) + 0.5) * 2.0**-52


@compiled
def normals(month, hash_low, hash_high, key_low, key_high, z):
    for b in prange(z.shape[1] // P):
        u = np.empty((2, P))
        philox_block(month, b * P, hash_low, hash_high, key_low, key_high, u)
        quantile_block(u[0], z[0, b * P : b * P + P])
        quantile_block(u[1], z[1, b * P : b * P + P])


@compiled
def any_normals(z):
    for b in prange(z.size // P):
        for i in range(b * P, b * P + P):
            z[i] = np.random.standard_normal()


# ---- the market step -------------------------------------------------------------------------------------------------------------------------------


@called
def prepare_segment(groups, utility, lam, weight, total, lift, power, per_sum):
    most, inverse = np.full((3, P), -1e300), np.empty(P)
    for j in range(groups.size):
        nest = max(groups[j] - 1, 0)
        for p in range(P):
            most[nest, p] = max(utility[j, p], most[nest, p])
    for p in range(P):
        inverse[p] = 1.0 / lam[p]
    total[:] = 0.0
    for j in range(groups.size):
        nest, g = max(groups[j] - 1, 0), groups[j]
        for p in range(P):
            weight[j, p] = np.exp((utility[j, p] - most[nest, p]) * inverse[p])
        for p in range(P):
            total[g, p] += weight[j, p]
    for p in range(P):
        top = max(most[0, p], most[1, p], most[2, p])
        lift[p] = most[0, p] - top
        for n in range(2):
            most[1 + n, p] -= top
    for n in range(2):
        for p in range(P):
            whole = max(total[2 + n, p], 1.0)
            power[n, p] = np.exp(most[1 + n, p] + lam[p] * np.log(whole))
            per_sum[n, p] = power[n, p] / whole


@called
def find_scale(total, lift, power, open_per_sum, weight, lam, scale):
    for p in range(P):
        closed_sum = max(total[0, p] * weight[0, p] + total[1, p] * weight[1, p], 1e-300)
        per_sum = np.exp(lift[p] + (lam[p] - 1.0) * np.log(closed_sum))
        inverse = 1.0 / (closed_sum * per_sum + power[0, p] * weight[2, p] + power[1, p] * weight[3, p])
        scale[0, p] = per_sum * inverse * weight[0, p]
        scale[1, p] = per_sum * inverse * weight[1, p]
        scale[2, p] = open_per_sum[0, p] * inverse * weight[2, p]
        scale[3, p] = open_per_sum[1, p] * inverse * weight[3, p]


@called
def move(groups, utility, friction, weight, routed_weight, direct, routed, routed_share, base, gain, lock, share):
    target, won, moving = np.empty((groups.size, P)), np.zeros(P), np.empty(P)
    for j in range(groups.size):
        g = groups[j]
        for p in range(P):
            target[j, p] = weight[j, p] * direct[g, p] * (1.0 - routed_share[p]) + routed_weight[j, p] * routed[g, p] * routed_share[p]
            won[p] += (target[j, p] - share[j, p]) * (utility[j, p] - friction[g, p])
    for p in range(P):
        moving[p] = min(base[p] * (1.0 + gain[p] * min(max(won[p], 0.0), 1.5)), 0.6) * (1.0 - lock[p])
    for j in range(groups.size):
        for p in range(P):
            share[j, p] += moving[p] * (target[j, p] - share[j, p])


@compiled
def market_month(groups, lam, gain, routed_share, base, lock, direct, routed, friction, weight, share):
    """All arrays [block, …, P]."""
    for b in prange(lam.shape[0]):
        J = groups.size
        w, total, lift, power, per_sum = np.empty((2, J, P)), np.empty((2, 4, P)), np.empty((2, P)), np.empty((2, 2, P)), np.empty((2, 2, P))
        scale = np.empty((2, 4, P))
        for s in range(direct.shape[1]):
            prepare_segment(groups, direct[b, s], lam[b], w[0], total[0], lift[0], power[0], per_sum[0])
            prepare_segment(groups, routed[b, s], lam[b], w[1], total[1], lift[1], power[1], per_sum[1])
            for r in range(friction.shape[2]):
                for i in range(2):
                    find_scale(total[i], lift[i], power[i], per_sum[i], weight[b, s, r], lam[b], scale[i])
                move(groups, direct[b, s], friction[b, s, r], w[0], w[1], scale[0], scale[1], routed_share[b, s], base[b, s], gain[b], lock[b, s], share[b, s, r])


class Market(Peer):
    def __init__(self, m, blocked, unblocked):
        weight = np.concatenate([np.exp(-m.friction[:, :, :2] / m.lam), np.exp(-m.friction[:, :, 2:])], axis=2)
        inputs = [blocked(x) for x in (m.lam, m.gain, m.routed_share, m.base, m.lock, m.direct, m.routed, m.friction, weight)]
        self.unblocked = unblocked
        super().__init__(market_month, m.share.size, blocked(m.share), m.groups.astype(np.int64), *inputs)

    def result(self):
        return self.unblocked(self.out)


# ---- statistics ------------------------------------------------------------------------------------------------------------------------------------


@compiled
def statistics(x, reports, bins, out):
    """Sums, extremes and counts on even bins of the logarithm, as ours; quantiles from the counts."""
    for i in prange(x.shape[0]):
        for t in range(reports):
            total, square, counts = 0.0, 0.0, bins[i, t]
            for p in range(x.shape[1]):
                total += x[i, p]
                square += x[i, p] * x[i, p]
            for p in range(x.shape[1]):
                counts[min(max(int((np.log2(x[i, p]) + 13.287712379549449) * 76.98939949), 0), 2047)] += 1
            n = x.shape[1]
            out[i, 0], out[i, 1] = total / n, np.sqrt((square - total * total / n) / (n - 1))


@compiled
def merge(b, a):
    for i in prange(a.shape[0]):
        for c in range(a.shape[1]):
            a[i, c] += b[i, c]


class Nothing(Peer):
    """A peer whose result is not compared."""

    def result(self):
        return None


def peers(inputs, blocked, unblocked):
    d, n, s = inputs.draws, inputs.draws.normals, inputs.statistics
    name, cells = stream_hash("shock.benchmark"), len(s.x) * s.reports
    address = (n.month, name & 0xFFFFFFFF, name >> 32, n.seed & 0xFFFFFFFF, n.seed >> 32)
    return {
        "exp": lambda: Peer(exps, d.exp.size, np.empty_like(d.exp), d.exp),
        "log": lambda: Peer(logs, d.log.size, np.empty_like(d.log), d.log),
        "quantile": lambda: Peer(quantiles, d.quantile.size, np.empty_like(d.quantile), d.quantile),
        "normals": lambda: Peer(normals, 2 * n.paths, np.empty((2, n.paths)), *address),
        "any_normals": lambda: Peer(any_normals, 2 * n.paths, np.empty(2 * n.paths)),
        "market": lambda: Market(inputs.market, blocked, unblocked),
        "statistics": lambda: Peer(statistics, s.x.size * s.reports, np.empty((len(s.x), 2)), s.x, s.reports, np.zeros((len(s.x), s.reports, 2048), np.uint32)),
        "merge": lambda: Nothing(merge, cells, np.zeros((cells, 2048), np.uint32), np.ones((cells, 2048), np.uint32))}
