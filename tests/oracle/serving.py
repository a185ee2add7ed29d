"""What `moecast cost` answers, from docs/cost.md, docs/model.md §4 and the equations of docs/kernel-fit.md: slow, one case at a time, no code in common with csim.

Whole replicas: B sequences in G = t·d accelerators, m tokens verified a sequence and step, T = B·m. The largest batch is found among whole numbers of sequences.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from types import SimpleNamespace

from . import kernel as k

P_MOE, FIRST = 1.4902, 1.3488  # prompts of mixtures on default stacks; fixed times of first releases
T0, CHI, PHI, OMEGA = 0.00144, 18.05, 0.894, 0.103  # time to first token
BUILT = (1, 2, 4, 8, 16, 24, 32, 36, 48, 64, 72, 96, 128, 144, 192, 256, 288, 320)  # accelerators a replica
DRAFTING = {"benchmark": (0.98, 0.55), "general": (0.85, 0.47), "agentic": (0.45, 0.40)}
BASES = {"neocloud": "neocloud", "rental": "on_demand", "3-year": "rental_3yr"}
CHIP_ROOM, CHIP_LINK = 0.8, 0.5  # machines of on-chip memory: share of the memory for weights and caches, of the links


def accepted(kind, depth):
    """Tokens a step when `depth` are drafted."""
    alpha, gamma = DRAFTING[kind]
    return min(1 + alpha * (1 - gamma**depth) / (1 - gamma), depth + 1)


@dataclass(frozen=True)
class Question:
    input: float = 8000.0
    output: float = 1000.0
    hit: float = 0.5
    tok_per_s_user: float = 25.0
    ttft: float = math.inf
    depth: int = 0
    accepted: float = 1.0
    stack: str = "tuned"
    one_pool: bool = False
    spread: bool = False
    basis: str = "own"
    usd_per_hour: float | None = None
    utilisation: float = 0.67
    electricity: float = 0.08
    slower: float = 0.0
    less_bandwidth: float = 0.0
    less_memory: float = 0.0
    hungrier: float = 0.0
    dearer: float = 0.0

    @property
    def tpot(self):
        return 1 / self.tok_per_s_user

    @property
    def prompts(self):
        """Uncached input tokens an output token."""
        return self.input * (1 - self.hit) / self.output


def controlled(machine, q):
    """A machine with what controls take from it."""
    rates = {name: getattr(machine, name) * (1 - q.slower) for name in ("bf16", "fp8", "fp4")}
    return replace(machine, **rates, bandwidth=machine.bandwidth * (1 - q.less_bandwidth), memory=machine.memory * (1 - q.less_memory), kw=machine.kw * (1 + q.hungrier),
                   capex=machine.capex * (1 + q.dearer))


# ---- a model in a format on a machine, for one kind of request ----


@dataclass
class Case:
    """Bytes, FLOP seconds and cache of one sequence. width: bytes a parameter by part."""

    shape: object
    machine: object
    q: Question
    width: dict

    def __post_init__(self):
        self.steps, self.prompt_tokens = {}, {}
        s, m, q = self.shape, self.machine, self.q
        expert = s.params["expert"]
        self.used = {"attention": s.params["attention"], "ffn": s.params["ffn"], "shared": s.params["shared"], "routed": s.moe_layers * s.top_k * expert, "head": s.params["head"]}
        self.units = m.fp4 > m.fp8
        self.dense = {name: n * self.width[name] for name, n in self.used.items() if name != "routed"}
        self.D = sum(self.dense.values())
        self.W = s.moe_layers * s.experts * expert * self.width["routed"]
        self.untouched = 1 - s.top_k / s.experts if s.mixture else 1.0
        self.P_att = m.fp8 if s.cache_fp8 else m.bf16
        self.context, self.ahead = q.input + q.output / 2, q.input * (1 + q.hit) / 2
        over = lambda of: sum(g.layers * of(g) for g in s.kv)
        self.a_dec = over(lambda g: g.decode_flop * min(self.context, g.reach) + g.index_flop * self.context)
        self.a_pre = over(lambda g: g.prefill_flop * min(self.ahead, g.reach) + g.index_flop * self.ahead)
        self.read = over(lambda g: g.read * min(self.context, g.reach) + g.index_bytes * self.context)
        self.stored = over(lambda g: g.stored * min(q.input + q.output, g.stored_reach))
        self.state = over(lambda g: g.state)
        self.heads = min((g.kv_heads for g in s.kv if g.stored > 0), default=math.inf)
        self.m = q.depth + 1
        self.drafts = 1 + q.depth / s.layers

    def four_bit(self, part):
        return self.width[part] < k.FOUR_BIT

    def rate(self, part):
        m, width = self.machine, self.width[part]
        if width >= 1.5:
            return m.bf16
        if width >= k.FOUR_BIT:
            return m.fp8
        if self.units:
            return m.fp8 if part in ("shared", "routed") and width < k.MXFP4 else m.fp4
        return m.bf16 * (k.F_W if part == "routed" else 1)

    @cached_property
    def product_s(self):
        """Seconds of a token's matrix products at the peaks of their formats: all, and without the head."""
        seconds = {name: 2 * n / self.rate(name) for name, n in self.used.items()}
        return sum(seconds.values()), sum(v for name, v in seconds.items() if name != "head")

    @cached_property
    def eta_e(self):
        return k.ETA_E * (k.R_E4 if self.units and self.four_bit("routed") else 1)

    @cached_property
    def layers(self):
        """With latent attention, with an indexer, with linear attention."""
        kv = self.shape.kv
        return sum(g.latent_layers for g in kv), sum(g.layers for g in kv if g.index_flop > 0), sum(g.linear_layers for g in kv)

    def copies(self, t):
        return t / min(t, self.heads)

    def exchanging(self, t, G):
        return self.shape.mixture and G > t

    def room(self, t, G):
        """Bytes an accelerator has left for caches."""
        return 0.9 * self.machine.memory - self.D / t - self.W / G - 3e9

    def in_memory(self, t, G):
        """Sequences (a real number) that the replica's memory holds."""
        return self.room(t, G) * G / (self.stored * self.copies(t) + self.state)

    # -- equations 1 to 11 of docs/kernel-fit.md --

    def step(self, t, G, B):
        """Those of a decode step; kept, since pairs of pools ask for the same again and again."""
        if (t, G, B) not in self.steps:
            self.steps[t, G, B] = self.decode_step(t, G, B)
        return SimpleNamespace(**vars(self.steps[t, G, B]))

    def decode_step(self, t, G, B):
        s, m, q = self.shape, self.machine, self.q
        T, d, a, tuned = B * self.m, G / t, self.exchanging(t, G), q.stack == "tuned"
        x = SimpleNamespace(touched=1 - self.untouched**T if s.mixture else 1.0, copies=self.copies(t))
        x.dense = sum(v / (k.R_M4 if self.four_bit(name) and name != "head" else 1) for name, v in self.dense.items()) / (t * k.ETA_M * m.bandwidth)
        x.experts = max(x.touched, a * min(G / s.experts, 1) if s.mixture else 0) * self.W / (G * self.eta_e * m.bandwidth)
        x.cache = B / d * (self.read * x.copies + self.state) / (t * k.ETA_M * m.bandwidth)
        x.compute = T / G * self.product_s[0] / k.ETA_F
        x.attention = T / G * self.a_dec / (k.ETA_F * self.P_att)
        x.work = max(x.dense + x.experts, x.compute) + x.cache + x.attention
        near = lambda n: min(m.domain / n, 1)
        n_in, n_out = 1 / (k.ETA_N * m.scale_up), 1 / (k.ETA_O * m.scale_out)
        x.reduce = (2 * s.layers - a * s.moe_layers) * 2 * (t - 1) / t * T / d * 2 * s.hidden * (near(t) * n_in + (1 - near(t)) * n_out)
        x.reached = (G - 1) * (1 - (1 - 1 / G) ** s.top_k)
        each = a * s.moe_layers * T / G * x.reached * 3 * s.expert_io
        inside, outside = each * near(G) * n_in, each * (1 - near(G)) * n_out
        x.overlapped, x.exchange = (inside + outside, 0.0) if tuned else (outside, inside)
        S = (k.RHO if self.units else 1) * (FIRST if q.stack == "first" else 1)
        latent, index, linear = self.layers
        x.launches = S * (s.layers * (k.TAU + k.TAU_T * math.log2(t) + k.TAU_Q * self.four_bit("ffn")) + latent * k.TAU_L + index * k.TAU_I + linear * k.TAU_R + s.moe_layers * (k.TAU_M + k.TAU_X * a))
        x.launches += s.layers * k.TAU_C * math.log2(max(1, t / m.domain))
        x.fixed = x.launches + S * k.TAU_S * B / d
        once = math.hypot(x.work, x.overlapped) + x.exchange + x.reduce + x.fixed
        x.step, x.draft = once * self.drafts, once * (self.drafts - 1)
        return x

    def prompt_of(self, t, G):
        if (t, G) not in self.prompt_tokens:
            self.prompt_tokens[t, G] = self.prompt_token(t, G)
        return self.prompt_tokens[t, G]

    def prompt_token(self, t, G):
        """Accelerator-seconds an uncached prompt token, and the other domains that its experts lie on."""
        s, m = self.shape, self.machine
        a, slower = self.exchanging(t, G), P_MOE if s.mixture and self.q.stack != "tuned" else 1
        N = max(1, G / m.domain)
        k_n = (N - 1) * (1 - (1 - 1 / N) ** s.top_k)
        products = (self.product_s[1] + self.a_pre / self.P_att) / k.ETA_P
        activations = k.KAPPA * 2 * s.hidden * (s.layers + s.moe_layers * s.top_k) / m.bandwidth
        inside = min(m.domain / t, 1)
        link = inside / (k.ETA_PN * m.scale_up) + (1 - inside) / (k.ETA_O * m.scale_out)
        reduce = (2 * s.layers - a * s.moe_layers) * 2 * (t - 1) * 2 * s.hidden * link
        across = a * s.moe_layers * k_n * 3 * s.expert_io / (k.ETA_O * m.scale_out)
        return math.hypot(slower * (products + activations) + reduce, across), k_n

    def at(self, layout, B):
        """All numbers of B sequences in layout (t, G, t_p, G_p)."""
        t, G, t_p, G_p = layout
        x = self.step(t, G, B)
        x.layout, x.B, x.batch, x.case = layout, B, B / G, self
        x.input_s, x.domains = self.prompt_of(t_p, G_p)
        x.prompt = B / G * self.q.prompts * x.input_s if self.q.one_pool else 0.0
        x.tpot = x.step / self.q.accepted + x.prompt
        x.output_s = G * x.step / (self.q.accepted * B)
        return x

    def first_token(self, x):
        """A rough time to the first token."""
        q, t = self.q, x.layout[0]
        prompt = PHI * (1 - q.hit) * q.input * x.input_s / x.layout[2]
        busy = min(q.utilisation, 0.95)
        wait = OMEGA * max(x.batch * t - 1, 0) if q.one_pool else busy / (2 * (1 - busy))
        return T0 + CHI * x.fixed + prompt * (1 + wait) + x.step


# ---- machines of on-chip memory (docs/cost.md) ----


@dataclass
class ChipCase(Case):
    def in_memory(self, t, G):
        return (CHIP_ROOM * self.machine.memory * G - self.D - self.W) / (self.stored + self.state)

    def decode_step(self, t, G, B):
        s, m = self.shape, self.machine
        e = max(1, B * t / G)  # a stage's sequences
        x = SimpleNamespace(touched=1 - self.untouched ** (self.m * e) if s.mixture else 1.0, copies=1.0, exchange=0.0, overlapped=0.0, reached=0.0)
        x.dense, x.experts = self.D / (t * k.ETA_M * m.bandwidth), self.W * x.touched / (t * k.ETA_E * m.bandwidth)
        x.compute = e * self.m * self.product_s[0] / (t * k.ETA_F)
        x.cache = e * (self.read + self.state) / (t * k.ETA_M * m.bandwidth)
        x.attention = e * self.m * self.a_dec / (t * k.ETA_F * self.P_att)
        x.reduce = e * self.m * 2 * s.layers * 2 * (t - 1) / t * 2 * s.hidden / (CHIP_LINK * m.scale_up)
        x.work = max(x.dense + x.experts, x.compute) + x.cache + x.attention
        x.fixed = s.layers * m.layer_s + s.moe_layers * m.moe_layer_s
        once = x.work + x.reduce + x.fixed
        x.step, x.draft = once * self.drafts, once * (self.drafts - 1)
        return x

    def prompt_token(self, t, G):
        return (self.product_s[1] + self.a_pre / self.P_att) / k.ETA_P, 0.0


def chip_groups(case):
    """From the fewest chips that hold the model and a sequence, a sixteenth more each time, and the most."""
    most = case.machine.group_max
    G = math.ceil((case.D + case.W + case.stored + case.state) / (CHIP_ROOM * case.machine.memory))
    while G < most:
        yield G
        G = math.ceil(G * 1.0625)
    if case.in_memory(1, most) >= 1:
        yield most


# ---- the search ----


def largest_batch(case, layout, first=False):
    """Whole sequences within memory and the user's time; first: and the first token's, where any batch is in time for it. At least one is answered, and whether
    the user's time is kept."""
    most = math.floor(case.in_memory(*layout[:2]))
    if case.at(layout, 1).tpot > case.q.tpot:
        return 1, False
    soon = first and case.first_token(case.at(layout, 1)) <= case.q.ttft
    in_time = lambda x: x.tpot <= case.q.tpot and not (soon and case.first_token(x) > case.q.ttft)
    low, high = 1, most + 1  # low is in time; high is not, or does not fit
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if in_time(case.at(layout, middle)) else (low, middle)
    return low, True


def batch_within(case, layout):
    """The same as a real number of sequences an accelerator: 0 where one sequence is too slow."""
    G, most = layout[1], case.in_memory(*layout[:2])
    soon = case.first_token(case.at(layout, 1)) <= case.q.ttft

    def late(B):
        x = case.at(layout, B)
        return x.tpot > case.q.tpot or (soon and case.first_token(x) > case.q.ttft)

    if late(1):
        return 0.0
    if not late(most):
        return most / G
    low, high = 1.0, most
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if late(middle) else (middle, high)
    return low / G


def layouts(case):
    """Whole (t, G) that a replica may have and whose memory holds one sequence."""
    s, m = case.shape, case.machine
    built = [(2**i, G) for G in BUILT for i in range(12) if G <= m.group_max and 2**i <= G and G % 2**i == 0]
    return [(t, G) for t, G in built if ((G <= s.experts or t == G) and t <= m.domain if s.mixture else t == G) and case.in_memory(t, G) >= 1]


def alike(value):
    """Numbers that differ in their last digits only are one: of equals the first, which has the fewest accelerators, is answered."""
    return float(f"{value:.12g}")


def answer(case, layout, first):
    """A layout at its largest batch."""
    B, kept = largest_batch(case, layout, first)
    x = case.at(layout, B)
    x.meets, x.first = kept, case.first_token(x)
    x.soon = x.first <= case.q.ttft
    x.value = x.output_s + case.q.prompts * x.input_s
    return x


def best_whole(case, candidates):
    """Accelerators that do both, or chips: those in time for the first token come first, then those in time for the others, then the cheapest, or of slow ones the fastest."""
    found = [answer(case, layout, True) for layout in candidates]
    cost = lambda x: x.value if case.q.one_pool else x.output_s
    return min(found, key=lambda x: (not x.soon, not x.meets, alike(cost(x) if x.meets else x.tpot))) if found else None


def one_pool(case):
    return best_whole(case, [(t, G, t, G) for t, G in layouts(case)])


def best_pair(case):
    """Pools apart. Of all pairs of layouts in time for the first token the same; if none is, the decode pool that is best alone with the pool for prompts that is
    soonest."""
    pools = layouts(case)
    if not pools:
        return None
    cheapest = [min(pools, key=lambda pool: alike(case.prompt_of(*pool)[0]))]  # without a limit each pool is best alone
    pairs = [x for pool in pools for taker in (cheapest if math.isinf(case.q.ttft) else pools) if (x := answer(case, (*pool, *taker), True)).soon]
    if pairs:
        return min(pairs, key=lambda x: (not x.meets, alike(x.value if x.meets else x.tpot), alike(x.input_s)))
    alone = min((answer(case, (*pool, *pool), False) for pool in pools), key=lambda x: (not x.meets, alike(x.output_s if x.meets else x.tpot)))
    return min((answer(case, (*alone.layout[:2], *taker), False) for taker in pools), key=lambda x: alike(x.first))


def formats(shape, machine):
    """As published, and with 4-bit weights at 8 bits where a machine has units for these and not for those."""
    published = {"attention": shape.bytes["attention"], "ffn": shape.bytes["ffn"], "shared": shape.bytes["expert"], "routed": shape.bytes["expert"], "head": shape.bytes["head"]}
    eight = {name: 1.0 if width < k.FOUR_BIT else width for name, width in published.items()}
    two = machine.fp8 > machine.bf16 and not machine.fp4 > machine.fp8 and eight != published
    return [(published, False), (eight, True)] if two else [(published, False)]


def searched(shape, machine, q):
    found = []
    for width, eight in formats(shape, machine):
        case = Case(shape, machine, q, width)
        x = one_pool(case) if q.one_pool else best_pair(case)
        if x is None:
            continue
        x.eight = eight
        found.append(((not x.soon, not x.meets, alike(x.output_s + q.prompts * x.input_s if x.meets else x.tpot)), x))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def on_chip(shape, machine, q):
    case = ChipCase(shape, machine, q, formats(shape, machine)[0][0])
    t = lambda G: max(1.0, G / shape.layers)
    x = best_whole(case, [(t(G), G, t(G), G) for G in chip_groups(case)])
    if x is not None:
        x.eight = False
    return x


def spread(shape, machine, q):
    """The market's average fleet: docs/model.md §4 from tp to b, nothing whole."""
    width, eight = formats(shape, machine)[-1]
    case, m = Case(shape, machine, q, width), machine
    clip = lambda x, low, high: min(max(x, low), high)
    weights, share = (case.W, case.eta_e) if shape.mixture else (case.D, k.ETA_M)
    fit, stream = weights / (0.35 * m.memory), weights / (share * m.bandwidth * 0.3 * q.tpot)
    if shape.mixture:
        t = t_p = max(1, 4 * case.D / m.memory)
        G, G_p = (max(t, clip(want, 8, m.group_max)) for want in (max(fit, min(stream, shape.experts)), fit))
    else:
        t, t_p = clip(max(fit, stream), 1, m.group_max), clip(fit, 1, m.group_max)
        G, G_p = t, t_p
    if case.in_memory(t, G) < 1:
        return None
    layout = (t, G, t_p, G_p)
    none, one = case.step(t, G, 0.0), case.step(t, G, G)  # an accelerator's sequence and nothing
    stream_all = none.dense + case.W / (G * case.eta_e * m.bandwidth)
    kv, net, rest = one.cache + one.attention, one.overlapped, one.exchange + one.reduce + one.fixed - one.launches
    limit = max(q.tpot * q.accepted / case.drafts, 1.5 * (stream_all + none.fixed))
    R, w = limit - none.fixed, stream_all
    reading = (R**2 - w**2) / (w * kv + R * rest + math.sqrt((R * kv + w * rest) ** 2 + net**2 * (R**2 - w**2)))
    b = min(reading, R / (math.hypot(one.compute + kv, net) + rest))
    b -= (case.step(t, G, b * G).step / case.drafts - limit) / slope(case, t, G, b)
    memory = max(case.room(t, G), 0.02 * m.memory) / (case.stored * case.copies(t) + case.state)
    x = case.at(layout, max(min(memory, b), 0.05) * G)
    x.meets, x.first, x.eight, x.limits = x.tpot <= q.tpot * 1.001, case.first_token(x), eight, (memory, b)
    x.soon = x.first <= q.ttft
    return x


def slope(case, t, G, b):
    """d step / db: of the longer branch and of the root of squares."""
    x, one = case.step(t, G, b * G), case.step(t, G, G)
    experts = case.W / (G * case.eta_e * case.machine.bandwidth)
    grows = -math.log(case.untouched) * G * case.m * (experts - x.experts) if case.shape.mixture else 0.0
    work = (grows if x.dense + x.experts > x.compute else one.compute) + one.cache + one.attention
    linear = one.exchange + one.reduce + one.fixed - one.launches
    return (x.work * work + x.overlapped * one.overlapped) / math.hypot(x.work, x.overlapped) + linear


def given(shape, machine, q, layout, B, eight):
    """The numbers of a layout and batch of one's own, as controls leave the machine."""
    width = formats(shape, machine)[-1 if eight else 0][0]
    x = (ChipCase if machine.on_chip else Case)(shape, machine, q, width).at(layout, B)
    x.first, x.eight = x.case.first_token(x), eight
    return x


def binding(x):
    """What limits the batch: the memory where all that it holds is in time, else the largest part of the step."""
    t, G = x.layout[:2]
    if x.limits[1] >= x.limits[0] * (1 - 1e-12):
        return "memory"
    stream, products = x.dense + x.experts, x.compute
    if x.case.machine.on_chip:
        return "latency" if x.fixed > x.work else "compute" if products > stream else "bandwidth"
    weights = stream >= products
    parts = dict(bandwidth=stream * weights + x.cache, compute=products * (not weights) + x.attention,
                 network=math.hypot(x.work, x.overlapped) - x.work + x.exchange + x.reduce, latency=x.fixed)  # fmt: skip
    return max(parts, key=parts.get)


def best_serving(shape, machine, q):
    if machine.on_chip:
        return on_chip(shape, machine, q)
    return (spread if q.spread else searched)(shape, machine, q)


def limits(x):
    """Batches an accelerator that memory holds and that are in time (at most those)."""
    return x.case.in_memory(*x.layout[:2]) / x.layout[1], batch_within(x.case, x.layout)


# ---- money ----


def hour(machine, q, life=4.5, interest=0.10, upkeep=0.01):
    """$ an accelerator-hour; None where the catalogue has no price on this basis."""
    if q.usd_per_hour is not None:
        return q.usd_per_hour
    if q.basis != "own":
        return machine.rent.get(BASES[q.basis])
    recovery = interest / (1 - (1 + interest) ** -life)
    return machine.capex * (recovery + upkeep) / 8760 + machine.kw * q.electricity


def cost(shape, machine, q):
    """Everything that `moecast cost --json --explain` says, or None where the model does not fit."""
    m = controlled(machine, q)
    x = best_serving(shape, m, q)
    return None if x is None else priced(shape, m, q, x)


def priced(shape, m, q, x):
    case, (t, G, t_p, G_p) = x.case, x.layout
    if not hasattr(x, "limits"):
        x.limits = limits(x)
    usd_per_hour = hour(m, q)
    output_s = x.output_s * (m.kernel / m.measured if m.measured > 0 else 1)
    per_s, watts = usd_per_hour / 3600 / q.utilisation, 1e3 * m.kw / q.utilisation
    kept = sum(g.layers * (g.stored * min(q.input, g.stored_reach) + g.state) for g in shape.kv) / q.input  # bytes a prompt token leaves
    usd_in, usd_out = 1e6 * per_s * x.input_s, 1e6 * per_s * output_s
    usd_cached = min(1e6 * (per_s * kept / (0.8 * m.scale_out) + kept * 0.2 * 10 / 1e9 / (5 * 8760)), usd_in)
    request = (q.input * ((1 - q.hit) * usd_in + q.hit * usd_cached) + q.output * usd_out) / 1e6
    return dict(
        usd_per_mtok_in=usd_in, usd_per_mtok_cached=usd_cached, usd_per_mtok_out=usd_out, usd_per_mtok_blend=(3 * usd_in + usd_out) / 4, usd_per_request=request,
        tok_per_s_user=1 / x.tpot, ttft_s=x.first, output_tok_per_s=1 / output_s, input_tok_per_s=1 / x.input_s, joule_per_output_token=watts * output_s,
        joule_per_input_token=watts * x.input_s, usd_per_hour=usd_per_hour, batch=x.batch, group=G, tensor_parallel=t, prefill_group=G_p, prefill_tensor_parallel=t_p,
        prefill_per_decode=0.0 if q.one_pool or m.on_chip else q.prompts * x.input_s / output_s, decode_factor=m.measured / m.kernel if m.measured > 0 else 1.0, step_s=x.step, output_s=output_s, input_s=x.input_s,
        weights_at_8_bits=x.eight, meets_tpot=x.meets, meets_ttft=x.soon, binding=binding(x),
        explanation=dict(
            dense_bytes=case.D, routed_bytes=case.W, experts_touched_share=x.touched, kv_stored_bytes=case.stored + (case.state if m.on_chip else 0),
            kv_read_bytes=case.read + (case.state if m.on_chip else 0), state_bytes=0.0 if m.on_chip else case.state, replication=x.copies, reached_gpus=x.reached,
            reached_nodes=x.domains, batch_memory=x.limits[0], batch_latency=x.limits[1], dense_s=x.dense, experts_s=x.experts, compute_s=x.compute, cache_s=x.cache,
            attention_s=x.attention, work_s=x.work, exchange_overlapped_s=x.overlapped, exchange_s=x.exchange, reduce_s=x.reduce, fixed_s=x.fixed, drafts_s=x.draft,
            prompt_s=x.prompt, tpot_s=x.tpot),
    )  # fmt: skip


def best_draft(shape, machine, q, kind):
    """(depth, answer): of 0 to 3 drafted tokens those in time for the first token, then those that keep the user's speed, then the cheapest request or the fastest."""
    found = []
    for depth in range(4):
        answer = cost(shape, machine, replace(q, depth=depth, accepted=accepted(kind, depth)))
        if answer is None:
            return None
        value = answer["usd_per_request"] if answer["meets_tpot"] else answer["explanation"]["tpot_s"]
        found.append(((not answer["meets_ttft"], not answer["meets_tpot"], alike(value)), depth, answer))
    return min(found, key=lambda each: each[0])[1:]
