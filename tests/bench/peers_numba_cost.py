"""The cost kernel in numba: the passes of kernels/moe_fold.c and kernels/moe_cost.c for mixtures, on our blocks of 64 paths. As peers_numba.py."""
import numpy as np
from cost_terms import pair
from numba import prange
from peers_numba import P, called, compiled

NONE_IDLE = -40.0
QUANTITIES = ("dense_bytes", "routed_bytes", "routed_stream", "routed_read", "dense_read", "memory", "decode_s", "prefill_s", "attention_s", "attention_prefill_s",
              "activations", "reduce", "saved", "exchange", "up_s", "up_prefill_s", "out_s", "domain", "fixed_s", "doubling_s", "exchange_s", "sequence_s", "per_kv_head",
              "top_k", "group_max", "layers", "per_expert", "across_s", "experts")


@compiled
def fold_paths(shapes, groups, count, work, hit, active, total, cache, out):
    """shapes [shape]: least total over active, k/E; groups [shape, group]: a kv group's numbers; out [block, shape, FOLD, P]."""
    for b in prange(work.shape[0]):
        tokens, answer, size = work[b, 0], work[b, 1], cache[b]
        for s in range(shapes.shape[0]):
            o = out[b, s]
            for p in range(P):
                o[0, p] = active[b, s, p]
                o[1, p] = max(total[b, s, p], shapes[s, 0] * active[b, s, p])
                o[2, p] = np.log(1.0 - shapes[s, 1] * active[b, s, p] / o[1, p])
            o[3:] = 0.0
            for i in range(count[s]):
                layers, reach, stored_reach, read, index_bytes, stored, state, decode, prefill, index_flop = groups[s, i]
                for p in range(P):
                    context, before = tokens[p] + answer[p] / 2.0, tokens[p] * (1.0 + hit) / 2.0
                    o[3, p] += layers * (decode * min(context, reach) + index_flop * context)
                    o[4, p] += layers * (prefill * min(before, reach) + index_flop * before)
                    o[5, p] += size[p] * layers * (read * min(context, reach) + index_bytes * context)
                    o[6, p] += size[p] * layers * stored * min(tokens[p] + answer[p], stored_reach)
                    o[7, p] += size[p] * layers * state


@compiled
def fold_machines(machines, change, work, out):
    """machines [machine]: memory, bandwidth; out [block, machine, MACHINE, P]."""
    for b in prange(work.shape[0]):
        for m in range(machines.shape[0]):
            o, by = out[b, m], change[b, m]
            for p in range(P):
                o[0, p] = machines[m, 0] * by[2, p]
                o[1, p] = 1.0 / o[0, p]
                o[3, p] = 1.0 / (machines[m, 1] * by[1, p])
                o[2, p] = o[3, p] / work[b, 2, p]
                o[4, p] = 1.0 / by[0, p]
                o[5, p] = 1.0 / by[3, p]


@called
def save_idle(decay, experts, idle, batch, saved):
    most = -1e300
    for p in range(P):
        saved[p] = decay[p] * batch[p]
        most = max(most, saved[p])
    if most < NONE_IDLE:
        saved[:] = 0.0
        return False
    for p in range(P):
        saved[p] = min(experts[p] * np.exp(saved[p]), idle[p])
    return True


@called
def lay_out(q, fold, machine, lay):
    full, group_max, per_domain = q[1] / 0.35, q[24], 1.0 / q[17]
    for p in range(P):
        t = max(1.0, 4.0 * q[0] * fold[0, p] * machine[1, p])
        fit = full * fold[1, p] * machine[1, p]
        prefill = max(t, min(max(fit, 8.0), group_max))
        g = max(t, min(max(max(fit, min(q[2] * fold[1, p] * machine[2, p], q[28])), 8.0), group_max))
        per = 1.0 / (t * g)
        lay[0, p], lay[1, p], lay[2, p], lay[3, p] = t, g, g * per, t * per
        lay[4, p] = 1.0 if g > t else 0.0
        lay[5, p] = 1.0 if prefill > t else 0.0
        lay[6, p] = max(1.0, prefill * per_domain)
    top_k = int(q[23])
    for p in range(P):
        gpu, node, gpus, nodes, k = 1.0 - lay[3, p], 1.0 - 1.0 / lay[6, p], 1.0, 1.0, top_k
        while k > 0:
            if k & 1:
                gpus *= gpu
                nodes *= node
            gpu *= gpu
            node *= node
            k >>= 1
        lay[7, p], lay[8, p] = (lay[1, p] - 1.0) * (1.0 - gpus), (lay[6, p] - 1.0) * (1.0 - nodes)


@called
def time_step(q, fold, machine, lay, verified, step):
    """step: stream, experts, decay, flop, cache, exchange, rest, fixed, capacity, idle."""
    for p in range(P):
        dense, routed = fold[0, p] * lay[2, p], fold[1, p] * lay[3, p]
        experts = routed * q[3] * machine[3, p]
        step[0, p] = dense * q[4] * machine[3, p] + experts
        step[1, p] = experts
        step[9, p] = experts - experts * lay[4, p] * min(lay[1, p] * q[26], 1.0)
        step[2, p] = fold[2, p] * lay[1, p] * verified
        left = max(0.9 * machine[0, p] - dense * q[0] - routed * q[1] - 3e9, 0.02 * machine[0, p])
        step[8, p] = left / (fold[6, p] * max(1.0, lay[0, p] * q[22]) + fold[7, p])
    for p in range(P):
        t, up = lay[0, p], verified * q[14] * machine[5, p]
        across, inside, tensor_inside = verified * q[16], min(q[17] * lay[3, p], 1.0), min(q[17] * lay[2, p], 1.0)
        step[3, p] = verified * q[6] * fold[0, p] * machine[4, p]
        step[4, p] = (fold[5, p] * max(1.0, t * q[22]) + fold[7, p]) * q[5] * machine[3, p] + fold[3, p] * verified * q[8] * machine[4, p]
        step[5, p] = lay[4, p] * q[13] * lay[7, p] * (inside * up + (1.0 - inside) * across)
        step[6, p] = (q[11] - lay[4, p] * q[12]) * (t - 1.0) * (tensor_inside * up + (1.0 - tensor_inside) * across) + q[21] * t
    widest = 1.0
    for p in range(P):
        step[7, p] = q[18] + lay[4, p] * q[20]
        widest = max(widest, lay[0, p])
    if widest > 1.0:
        for p in range(P):
            step[7, p] += q[19] * np.log(lay[0, p]) + q[27] * np.log(max(1.0, lay[0, p] / q[17]))


@called
def time_prompt(q, fold, machine, lay, out):
    for p in range(P):
        message = lay[5, p] * lay[8, p] * q[13] * q[16]
        inside = min(q[17] * lay[2, p], 1.0)
        reduced = (q[11] - lay[5, p] * q[12]) * (lay[0, p] - 1.0) * (inside * q[15] * machine[5, p] + (1.0 - inside) * q[16])
        work = (q[7] * fold[0, p] + fold[4, p] * q[9]) * machine[4, p] + q[10] * machine[3, p] + reduced
        out[1, p] = np.sqrt(work * work + message * message)


@called
def find_batch(step, work, draft, room, saved, out):
    for p in range(P):
        stream, fixed, cache, net, rest = step[0, p], step[7, p], step[4, p], step[5, p], step[6, p]
        room[p] = max(work[2, p] * work[3, p] / draft, 1.5 * (stream + fixed)) - fixed
        over, both, each = (room[p] - stream) * (room[p] + stream), cache * room[p] + rest * stream, step[3, p] + cache
        reading = stream * cache + rest * room[p] + np.sqrt(both * both + net * net * over)
        computing = np.sqrt(each * each + net * net) + rest
        out[2, p] = min(over * computing, room[p] * reading) / (reading * computing)
    if save_idle(step[2], step[1], step[9], out[2], saved):
        for p in range(P):
            b, stream = out[2, p], step[0, p] - saved[p]
            flop, cache = step[3, p] * b, step[4, p]
            busy = max(stream, flop) + cache * b
            touching = -step[2, p] * saved[p] if saved[p] < step[9, p] else 0.0
            slope = (touching if stream > flop else step[3, p]) + cache
            net = step[5, p] * b
            r = np.sqrt(busy * busy + net * net)
            out[2, p] = b - (r + step[6, p] * b - room[p]) * r / (busy * slope + net * step[5, p] + step[6, p] * r)
    for p in range(P):
        out[2, p] = max(min(step[8, p], out[2, p]), 0.05)
    save_idle(step[2], step[1], step[9], out[2], saved)
    for p in range(P):
        b = out[2, p]
        busy, net = max(step[0, p] - saved[p], step[3, p] * b) + step[4, p] * b, step[5, p] * b
        out[0, p] = draft * (np.sqrt(busy * busy + net * net) + step[6, p] * b + step[7, p]) / (work[3, p] * b)


@compiled
def evaluate_all(pairs, folds, machines, work, verified, keep, out):
    """pairs [machine, shape, QUANTITIES]; out [block, machine, shape, 3, P], of which the first machine alone is written unless keep."""
    for b in prange(work.shape[0]):
        lay, step, room, saved = np.empty((9, P)), np.empty((10, P)), np.empty(P), np.empty(P)
        for m in range(pairs.shape[0]):
            for s in range(pairs.shape[1]):
                q, o = pairs[m, s], out[b, m if keep else 0, s]
                lay_out(q, folds[b, s], machines[b, m], lay)
                time_step(q, folds[b, s], machines[b, m], lay, verified, step)
                time_prompt(q, folds[b, s], machines[b, m], lay, o)
                find_batch(step, work[b], 1.0 + (verified - 1.0) / q[25], room, saved, o)


class Cost:
    def __init__(self, c, blocked, unblocked):
        self.c, self.unblocked = c, unblocked
        self.pairs = np.array([[[getattr(pair(s, m), name) for name in QUANTITIES] for s in c.shapes] for m in c.machines])
        self.work = blocked(np.stack([c.input, c.output, c.tpot, c.accepted]))
        self.active, self.total, self.cache, self.change = (blocked(x) for x in (c.active, c.total, c.cache, c.change))
        self.shapes = np.array([[1.6 * s.active / s.total, s.top_k / s.experts] for s in c.shapes])
        self.count = np.array([len(s.kv) for s in c.shapes])
        self.groups = np.zeros((len(c.shapes), self.count.max(), 10))
        for i, s in enumerate(c.shapes):
            for j, g in enumerate(s.kv):
                self.groups[i, j] = (g.layers, min(g.reach, 1e30), min(g.stored_reach, 1e30), g.read, g.index_bytes, g.stored, g.state, g.decode_flop, g.prefill_flop,
                                     g.index_flop)
        self.rates = np.array([[m.memory, m.bandwidth] for m in c.machines])
        blocks, shapes, machines = len(self.work), len(c.shapes), len(c.machines)
        self.folds, self.machines = np.empty((blocks, shapes, 8, P)), np.empty((blocks, machines, 6, P))
        self.out = np.empty((blocks, machines, shapes, 3, P))
        self.fold()
        self.fold_machines()

    def fold(self):
        fold_paths(self.shapes, self.groups, self.count, self.work, self.c.hit, self.active, self.total, self.cache, self.folds)
        return self.c.paths * len(self.c.shapes)

    def fold_machines(self):
        fold_machines(self.rates, self.change, self.work, self.machines)
        return self.c.paths * len(self.c.machines)

    def evaluate(self, keep):
        evaluate_all(self.pairs, self.folds, self.machines, self.work, self.c.verified, keep, self.out)
        return self.c.paths * len(self.c.shapes) * len(self.c.machines)

    def run(self):
        return self.evaluate(False)

    def result(self):
        self.evaluate(True)
        return self.unblocked(self.out)


class Fold(Cost):
    def run(self):
        return self.fold()


class Machines(Cost):
    def run(self):
        return self.fold_machines()
