"""The same works in NumPy, written as one would who wants them fast: blocks of paths that stay in the second-level cache, results in place, nothing allocated in
a pass, the algebra of our kernels (what is folded there is folded here).

A peer has `run()`, one pass, which returns its units, and `result()`, what the pass has made, to be compared with ours.
"""
import numpy as np

BLOCK = 1024  # values or paths at a time: 8 KB an array


def blocks(n, size=BLOCK):
    return [slice(first, min(first + size, n)) for first in range(0, n, size)]


class Elementwise:
    """y = f(x), block by block."""

    def __init__(self, function, x):
        self.function, self.y = function, np.empty_like(x)
        self.parts = [(x[b], self.y[b]) for b in blocks(x.size)]

    def run(self):
        for x, y in self.parts:
            self.function(x, out=y)
        return self.y.size

    def result(self):
        return self.y


# ---- normals ---------------------------------------------------------------------------------------------------------------------------------------

CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
     133.14166789178437745, 3.387132872796366608),
    (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0))
TAIL = (
    (7.7454501427834140764e-4, .0227238449892691845833, .24178072517745061177, 1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055,
     4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, .0151986665636164571966, .14810397642748007459, .68976733498510000455, 1.6763848301838038494,
     2.05319162663775882187, 1.0))
FAR_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, .0012426609473880784386, .026532189526576123093, .29656057182850489123, 1.7848265399172913358,
     5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4, .0148753612908506148525, .13692988092273580531,
     .59983220655588793769, 1.0))


def polynomial(coefficients, r, out):
    np.multiply(r, coefficients[0], out=out)
    for c in coefficients[1:-1]:
        out += c
        out *= r
    out += coefficients[-1]
    return out


def ratio(coefficients, r):
    top, bottom = np.empty_like(r), np.empty_like(r)
    return np.divide(polynomial(coefficients[0], r, top), polynomial(coefficients[1], r, bottom), out=top)


class Quantile:
    """AS 241: the centre for all, then the one in seven that lies in a tail. z[...] = quantiles of u, any size up to `size`."""

    def __init__(self, size=BLOCK):
        self.room = np.empty((4, size))

    def fill(self, u, z):
        q, r, top, bottom = self.room[:, : u.size]
        np.subtract(u, 0.5, out=q)
        np.multiply(q, q, out=r)
        np.subtract(0.180625, r, out=r)
        polynomial(CENTRE[0], r, top)
        polynomial(CENTRE[1], r, bottom)
        np.multiply(q, top, out=z)
        z /= bottom
        np.abs(q, out=r)
        tails = np.flatnonzero(r > 0.425)
        side = q[tails]
        r = np.sqrt(-np.log(0.5 - np.abs(side)))
        tail = ratio(TAIL, r - 1.6)
        far = r > 5.0
        if far.any():
            tail[far] = ratio(FAR_TAIL, r[far] - 5.0)
        z[tails] = np.copysign(tail, side)


class Quantiles:
    def __init__(self, u):
        self.quantile, self.z = Quantile(), np.empty_like(u)
        self.parts = [(u[b], self.z[b]) for b in blocks(u.size)]

    def run(self):
        for u, z in self.parts:
            self.quantile.fill(u, z)
        return self.z.size

    def result(self):
        return self.z


def stream_hash(name):
    """csim/rng/stream.h"""
    mask, h = (1 << 64) - 1, 0xCBF29CE484222325
    for byte in name.encode():
        h = (h ^ byte) * 0x100000001B3 & mask
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9 & mask
    h = (h ^ h >> 27) * 0x94D049BB133111EB & mask
    return h ^ h >> 31


class Normals:
    """Philox4x32-10 on addressed counters, words as 64-bit integers; two months a counter; then quantiles."""

    LOW = np.uint64(0xFFFFFFFF)

    def __init__(self, spec, name="shock.benchmark", block=BLOCK):
        self.seed, self.month, self.hash = spec.seed, spec.month, stream_hash(name)
        self.z, self.quantile = np.empty((2, spec.paths)), Quantile(block)
        self.parts = blocks(spec.paths, block)
        self.words, self.product, self.u = np.empty((4, block), np.uint64), np.empty((2, block), np.uint64), np.empty((2, block))

    def rounds(self, x, product):
        key = [self.seed & 0xFFFFFFFF, self.seed >> 32]
        for _ in range(10):
            np.multiply(x[0], np.uint64(0xD2511F53), out=product[0])
            np.multiply(x[2], np.uint64(0xCD9E8D57), out=product[1])
            np.right_shift(product[1], np.uint64(32), out=x[0])
            x[0] ^= x[1]
            x[0] ^= np.uint64(key[0])
            np.right_shift(product[0], np.uint64(32), out=x[2])
            x[2] ^= x[3]
            x[2] ^= np.uint64(key[1])
            np.bitwise_and(product[1], self.LOW, out=x[1])
            np.bitwise_and(product[0], self.LOW, out=x[3])
            key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]

    def run(self):
        for b in self.parts:
            n = b.stop - b.start
            x, product, u = self.words[:, :n], self.product[:, :n], self.u[:, :n]
            x[0], x[1] = self.month >> 1, np.arange(b.start, b.stop, dtype=np.uint64)
            x[2], x[3] = self.hash & 0xFFFFFFFF, self.hash >> 32
            self.rounds(x, product)
            for odd in range(2):
                low, high = x[2 * odd], x[2 * odd + 1]
                low >>= np.uint64(12)
                high <<= np.uint64(20)
                low |= high
                low |= np.uint64(0x3FF0000000000000)
                np.subtract(low.view(float), 1.0 - 2.0**-53, out=u[odd])
                self.quantile.fill(u[odd], self.z[odd, b])
        return self.z.size

    def result(self):
        return self.z


class AnyNormals:
    """NumPy's own: Philox4x64-10 and the ziggurat. Other numbers than ours, and a state where ours have addresses."""

    def __init__(self, spec):
        self.rng, self.z = np.random.Generator(np.random.Philox(spec.seed)), np.empty(2 * spec.paths)

    def run(self):
        for b in blocks(self.z.size, 4096):
            self.rng.standard_normal(out=self.z[b])
        return self.z.size

    def result(self):
        return self.z


# ---- the market step -------------------------------------------------------------------------------------------------------------------------------


class Market:
    """A month of all markets. Offerings of a group stand together, so a group is a slice; nests: both closed groups, each open group."""

    def __init__(self, m, block=512):
        self.m, self.share = m, m.share.copy()
        self.J, self.parts = len(m.groups), blocks(m.paths, block)
        self.group = [slice(*np.searchsorted(m.groups, [g, g + 1])) for g in range(4)]
        self.nest = [slice(0, self.group[1].stop), self.group[2], self.group[3]]
        self.weight = np.empty_like(m.friction)  # e^(−Φ/λ), e^(−Φ): kept from month to month
        self.weight[:, :, :2] = np.exp(-m.friction[:, :, :2] / m.lam)
        self.weight[:, :, 2:] = np.exp(-m.friction[:, :, 2:])
        room = lambda *shape: np.empty((*shape, block))
        self.choice = [{"weight": room(self.J), "sum": room(4), "lift": room(1), "power": room(2), "per_sum": room(2)} for _ in range(2)]
        self.most, self.top, self.inverse, self.scale = room(3), room(), room(), room(2, 4)
        self.row, self.one, self.two, self.target, self.change = room(4), room(), room(), room(self.J), room(self.J)

    def prepare(self, utility, lam, out, n):
        most, top, inverse = self.most[:, :n], self.top[:n], self.inverse[:n]
        weight, total, power, per_sum = (out[k][:, :n] for k in ("weight", "sum", "power", "per_sum"))
        np.divide(1.0, lam, out=inverse)
        for i, nest in enumerate(self.nest):
            np.max(utility[nest], axis=0, out=most[i])
            np.subtract(utility[nest], most[i], out=weight[nest])
        weight *= inverse
        np.exp(weight, out=weight)
        for g, members in enumerate(self.group):
            np.sum(weight[members], axis=0, out=total[g])
        np.max(most, axis=0, out=top)
        most -= top
        out["lift"][0, :n] = most[0]
        np.maximum(total[2:], 1.0, out=per_sum)
        np.log(per_sum, out=power)
        power *= lam
        power += most[1:]
        np.exp(power, out=power)
        np.divide(power, per_sum, out=per_sum)

    def scales(self, choice, weight, lam, n, scale):
        total, closed, per_sum, row = choice["sum"][:, :n], self.one[:n], self.two[:n], self.row[:, :n]
        np.multiply(total[:2], weight[:2], out=row[:2])
        np.add(row[0], row[1], out=closed)
        np.maximum(closed, 1e-300, out=closed)
        np.log(closed, out=per_sum)
        np.subtract(lam, 1.0, out=row[0])
        per_sum *= row[0]
        per_sum += choice["lift"][0, :n]
        np.exp(per_sum, out=per_sum)
        closed *= per_sum
        np.multiply(choice["power"][:, :n], weight[2:], out=row[2:])
        closed += row[2]
        closed += row[3]
        np.divide(1.0, closed, out=closed)
        np.multiply(weight, closed, out=scale)
        scale[:2] *= per_sum
        scale[2:] *= choice["per_sum"][:, :n]

    def spread(self, choice, scale, n, out):
        for g, members in enumerate(self.group):
            np.multiply(choice["weight"][members, :n], scale[g], out=out[members])

    def market(self, s, r, b, n, lam):
        m, direct, routed = self.m, *self.choice
        target, change, moving, one, scale = self.target[:, :n], self.change[:, :n], self.one[:n], self.two[:n], self.scale[:, :, :n]
        share, routed_share, friction = self.share[s, r, :, b], m.routed_share[s, b], m.friction[s, r, :, b]
        self.scales(direct, self.weight[s, r, :, b], lam, n, scale[0])
        self.scales(routed, self.weight[s, r, :, b], lam, n, scale[1])
        np.subtract(1.0, routed_share, out=one)
        scale[0] *= one
        scale[1] *= routed_share
        self.spread(direct, scale[0], n, target)
        self.spread(routed, scale[1], n, change)
        target += change
        for g, members in enumerate(self.group):
            np.subtract(m.direct[s, members, b], friction[g], out=change[members])
        target -= share
        change *= target
        np.sum(change, axis=0, out=moving)
        np.clip(moving, 0.0, 1.5, out=moving)
        moving *= m.gain[b]
        moving += 1.0
        moving *= m.base[s, b]
        np.minimum(moving, 0.6, out=moving)
        np.subtract(1.0, m.lock[s, b], out=one)
        moving *= one
        target *= moving
        share += target

    def run(self):
        m = self.m
        for b in self.parts:
            n, lam = b.stop - b.start, m.lam[b]
            for s in range(self.share.shape[0]):
                self.prepare(m.direct[s, :, b], lam, self.choice[0], n)
                self.prepare(m.routed[s, :, b], lam, self.choice[1], n)
                for r in range(self.share.shape[1]):
                    self.market(s, r, b, n, lam)
        return self.share.size

    def result(self):
        return self.share


# ---- statistics ------------------------------------------------------------------------------------------------------------------------------------


class Statistics:
    """Mean, standard deviation and three quantiles of every series; a report at a time, as a run's paths would be if all were kept."""

    def __init__(self, spec):
        self.x, self.reports = spec.x, spec.reports
        self.out = np.empty((len(spec.x), 5))

    def run(self):
        for _ in range(self.reports):
            for x, out in zip(self.x, self.out, strict=True):
                out[0], out[1] = x.mean(), x.std(ddof=1)
                out[2:] = np.quantile(x, (0.05, 0.5, 0.95))
        return self.x.size * self.reports

    def result(self):
        return self.out


class Merge:
    """Counts on 2,048 bins of all cells, added: the part of ours that takes the time."""

    def __init__(self, spec):
        cells = len(spec.x) * spec.reports
        self.a, self.b = np.zeros((cells, 2048), np.uint32), np.ones((cells, 2048), np.uint32)

    def run(self):
        np.add(self.a, self.b, out=self.a)
        return len(self.a)

    def result(self):
        return None


def peers(inputs):
    d = inputs.draws
    return {
        "exp": lambda: Elementwise(np.exp, d.exp), "log": lambda: Elementwise(np.log, d.log), "quantile": lambda: Quantiles(d.quantile),
        "normals": lambda: Normals(d.normals), "any_normals": lambda: AnyNormals(d.normals), "market": lambda: Market(inputs.market),
        "statistics": lambda: Statistics(inputs.statistics), "merge": lambda: Merge(inputs.statistics)}
