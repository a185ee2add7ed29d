"""The cost kernel in NumPy: kernels/moe_fold.c and kernels/moe_cost.c, pass by pass, for mixtures, on larger blocks of paths. As peers_numpy.py."""
from types import SimpleNamespace

import numpy as np
from cost_terms import pair

NONE_IDLE = -40.0
FOLD = ("active", "routed", "untouched", "decode_flop", "prefill_flop", "read", "stored", "state")
MACHINE = ("room", "per_room", "per_patience", "per_byte", "per_flop", "per_link")
ROOM = ("t", "g", "per_t", "per_g", "has_exchange", "has_prefill_exchange", "nodes", "per_nodes", "gpus_reached", "nodes_reached", "gpu_square", "node_square",
        "stream", "experts", "idle", "decay", "flop", "cache", "exchange", "rest", "fixed", "capacity", "limit", "saved", "a", "b", "c", "d", "e")


def rows(names, n):
    return SimpleNamespace(**dict(zip(names, np.empty((len(names), n)), strict=True)))


def cut(space, part):
    return SimpleNamespace(**{name: x[..., part] for name, x in vars(space).items()})


class Cost:
    """Blocks are of 2,048 paths: a call of NumPy costs as much as a thousand values of it, so that smaller ones, which fit the cache better, are slower. Folds are kept for all paths; an evaluation's own arrays hold a block. Each of fold(), fold_machines() and run() is a work."""

    def __init__(self, c, block=2048):
        block = min(block, c.paths)
        self.c, self.paths = c, c.paths
        self.parts = [slice(first, first + block) for first in range(0, c.paths, block)]
        self.pairs = [[pair(shape, machine) for shape in c.shapes] for machine in c.machines]
        self.folds = [rows(FOLD, c.paths) for _ in c.shapes]
        self.machines = [rows(MACHINE, c.paths) for _ in c.machines]
        self.room, self.out, self.before = rows(ROOM, block), rows(("output", "input", "batch"), block), rows(("context", "past", "whole", "size"), block)
        self.fold()
        self.fold_machines()
        self.blocks = [(cut(SimpleNamespace(tpot=c.tpot, accepted=c.accepted), part), [cut(f, part) for f in self.folds], [cut(m, part) for m in self.machines])
                       for part in self.parts]

    # ---- once a month and offering, or machine ----

    def fold_shape(self, shape, j, part, out):
        c, r, a = self.c, self.before, self.room.a
        active, total, cache = c.active[j, part], c.total[j, part], c.cache[part]
        out.active[part] = active
        factor, untouched = out.routed[part], out.untouched[part]
        np.multiply(active, 1.6 * shape.active / shape.total, out=factor)
        np.maximum(factor, total, out=factor)
        np.multiply(active, -shape.top_k / shape.experts, out=untouched)
        untouched /= factor
        untouched += 1.0
        np.log(untouched, out=untouched)
        sums = [out.decode_flop[part], out.prefill_flop[part], out.read[part], out.stored[part], out.state[part]]
        for x in sums:
            x.fill(0.0)
        for g in shape.kv:
            def add(to, tokens, reach, each, index, scale):
                np.minimum(tokens, reach, out=a)
                np.multiply(a, each, out=a)
                if index:
                    np.multiply(tokens, index, out=self.room.b)
                    np.add(a, self.room.b, out=a)
                np.multiply(a, scale, out=a)
                to += a

            np.multiply(cache, g.layers, out=r.size)
            add(sums[0], r.context, g.reach, g.decode_flop, g.index_flop, g.layers)
            add(sums[1], r.past, g.reach, g.prefill_flop, g.index_flop, g.layers)
            add(sums[2], r.context, g.reach, g.read, g.index_bytes, r.size)
            add(sums[3], r.whole, g.stored_reach, g.stored, 0.0, r.size)
            if g.state:
                np.multiply(r.size, g.state, out=a)
                sums[4] += a

    def fold(self):
        c, r = self.c, self.before
        for part in self.parts:
            np.multiply(c.output[part], 0.5, out=r.context)
            np.add(r.context, c.input[part], out=r.context)
            np.multiply(c.input[part], (1 + c.hit) / 2, out=r.past)
            np.add(c.input[part], c.output[part], out=r.whole)
            for j, shape in enumerate(c.shapes):
                self.fold_shape(shape, j, part, self.folds[j])
        return self.paths * len(c.shapes)

    def fold_machines(self):
        c = self.c
        for part in self.parts:
            for machine, change, out in zip(c.machines, c.change, self.machines, strict=True):
                flop, bandwidth, memory, link = change[:, part]
                np.multiply(memory, machine.memory, out=out.room[part])
                np.divide(1.0, out.room[part], out=out.per_room[part])
                np.multiply(bandwidth, machine.bandwidth, out=out.per_byte[part])
                np.divide(1.0, out.per_byte[part], out=out.per_byte[part])
                np.divide(out.per_byte[part], c.tpot[part], out=out.per_patience[part])
                np.divide(1.0, flop, out=out.per_flop[part])
                np.divide(1.0, link, out=out.per_link[part])
        return self.paths * len(c.machines)

    # ---- a shape on a machine ----

    def lay_out(self, q, fold, machine):
        r = self.room
        np.multiply(fold.active, 4.0 * q.dense_bytes, out=r.t)
        r.t *= machine.per_room
        np.maximum(r.t, 1.0, out=r.t)
        np.multiply(fold.routed, q.routed_bytes / 0.35, out=r.a)
        r.a *= machine.per_room                                     # fit
        np.clip(r.a, 8.0, q.group_max, out=r.b)
        np.maximum(r.b, r.t, out=r.b)                               # G of prefill
        np.greater(r.b, r.t, out=r.has_prefill_exchange)
        np.multiply(r.b, 1.0 / q.domain, out=r.nodes)
        np.maximum(r.nodes, 1.0, out=r.nodes)
        np.multiply(fold.routed, q.routed_stream, out=r.b)
        r.b *= machine.per_patience
        np.minimum(r.b, q.experts, out=r.b)
        np.maximum(r.a, r.b, out=r.g)
        np.clip(r.g, 8.0, q.group_max, out=r.g)
        np.maximum(r.g, r.t, out=r.g)
        np.greater(r.g, r.t, out=r.has_exchange)
        np.multiply(r.t, r.g, out=r.a)
        np.divide(1.0, r.a, out=r.a)
        np.multiply(r.g, r.a, out=r.per_t)
        np.multiply(r.t, r.a, out=r.per_g)
        np.divide(1.0, r.nodes, out=r.per_nodes)

    def reach(self, q):
        r = self.room
        for per, square, reached, n in ((r.per_g, r.gpu_square, r.gpus_reached, r.g), (r.per_nodes, r.node_square, r.nodes_reached, r.nodes)):
            np.subtract(1.0, per, out=square)
            k, first = q.top_k, True
            while k:
                if k & 1:
                    np.copyto(reached, square) if first else np.multiply(reached, square, out=reached)
                    first = False
                if k > 1:
                    np.multiply(square, square, out=square)
                k >>= 1
            np.subtract(1.0, reached, out=reached)
            np.subtract(n, 1.0, out=r.a)
            reached *= r.a

    def time_weights(self, q, fold, machine):
        r = self.room
        np.multiply(fold.active, r.per_t, out=r.a)                   # dense share
        np.multiply(fold.routed, r.per_g, out=r.b)                   # routed share
        np.multiply(r.b, q.routed_read, out=r.experts)
        r.experts *= machine.per_byte
        np.multiply(r.g, q.per_expert, out=r.idle)
        np.minimum(r.idle, 1.0, out=r.idle)
        r.idle *= r.has_exchange
        np.subtract(1.0, r.idle, out=r.idle)
        r.idle *= r.experts
        np.multiply(r.a, q.dense_read, out=r.stream)
        r.stream *= machine.per_byte
        r.stream += r.experts
        np.multiply(fold.untouched, self.c.verified, out=r.decay)
        r.decay *= r.g
        np.multiply(machine.room, 0.9, out=r.capacity)
        r.a *= q.dense_bytes
        r.capacity -= r.a
        r.b *= q.routed_bytes
        r.capacity -= r.b
        r.capacity -= 3e9
        np.multiply(machine.room, 0.02, out=r.a)
        np.maximum(r.capacity, r.a, out=r.capacity)
        np.multiply(r.t, q.per_kv_head, out=r.e)
        np.maximum(r.e, 1.0, out=r.e)                                # copies of the cache, used again
        np.multiply(fold.stored, r.e, out=r.a)
        r.a += fold.state
        r.capacity /= r.a

    def time_sequence(self, q, fold, machine):
        r, verified = self.room, self.c.verified
        np.multiply(fold.active, verified * q.decode_s, out=r.flop)
        r.flop *= machine.per_flop
        np.multiply(fold.read, r.e, out=r.cache)
        r.cache += fold.state
        r.cache *= q.memory
        r.cache *= machine.per_byte
        np.multiply(fold.decode_flop, verified * q.attention_s, out=r.a)
        r.a *= machine.per_flop
        r.cache += r.a
        up, across = self.room.c, verified * q.out_s
        np.multiply(machine.per_link, verified * q.up_s, out=up)
        up -= across                                                 # inside · up + (1 − inside) · across = across + inside · (up − across)
        for per, out in ((r.per_g, r.exchange), (r.per_t, r.rest)):
            np.multiply(per, q.domain, out=out)
            np.minimum(out, 1.0, out=out)
            out *= up
            out += across
        r.exchange *= r.gpus_reached
        r.exchange *= q.exchange
        r.exchange *= r.has_exchange
        np.multiply(r.has_exchange, -q.saved, out=r.a)
        r.a += q.reduce
        r.rest *= r.a
        np.subtract(r.t, 1.0, out=r.a)
        r.rest *= r.a
        np.multiply(r.t, q.sequence_s, out=r.a)
        r.rest += r.a

    def time_fixed(self, q):
        r = self.room
        np.multiply(r.has_exchange, q.exchange_s, out=r.fixed)
        r.fixed += q.fixed_s
        if r.t.max() > 1.0:
            np.log(r.t, out=r.a)
            r.a *= q.doubling_s
            r.fixed += r.a
            np.multiply(r.t, 1.0 / q.domain, out=r.a)
            np.maximum(r.a, 1.0, out=r.a)
            np.log(r.a, out=r.a)
            r.a *= q.across_s
            r.fixed += r.a

    def time_prompt(self, q, fold, machine, out):
        r = self.room
        np.multiply(r.has_prefill_exchange, -q.saved, out=r.a)
        r.a += q.reduce
        np.subtract(r.t, 1.0, out=r.b)
        r.a *= r.b
        np.multiply(machine.per_link, q.up_prefill_s, out=r.c)
        r.c -= q.out_s                                               # inside · up + (1 − inside) · out = out + inside · (up − out)
        np.multiply(r.per_t, q.domain, out=r.d)
        np.minimum(r.d, 1.0, out=r.d)
        r.c *= r.d
        r.c += q.out_s
        r.a *= r.c
        np.multiply(machine.per_byte, q.activations, out=r.b)
        r.a += r.b
        np.multiply(fold.active, q.prefill_s, out=r.b)
        np.multiply(fold.prefill_flop, q.attention_prefill_s, out=r.c)
        r.b += r.c
        r.b *= machine.per_flop
        r.a += r.b
        r.a *= r.a
        np.multiply(r.nodes_reached, q.exchange * q.out_s, out=r.b)
        r.b *= r.has_prefill_exchange
        r.b *= r.b
        r.a += r.b
        np.sqrt(r.a, out=out)

    def save_idle(self, batch):
        r = self.room
        np.multiply(r.decay, batch, out=r.saved)
        if r.saved.max() < NONE_IDLE:
            r.saved.fill(0.0)
            return False
        np.exp(r.saved, out=r.saved)                                 # below e^−40 it is no longer part of the sums
        r.saved *= r.experts
        np.minimum(r.saved, r.idle, out=r.saved)
        return True

    def newton(self, batch):
        r = self.room
        work, slope, net, rest = r.a, r.b, r.c, r.d
        np.subtract(r.stream, r.saved, out=work)
        np.multiply(r.flop, batch, out=slope)
        streams = work > slope
        np.maximum(work, slope, out=work)
        np.multiply(r.cache, batch, out=net)
        work += net
        np.multiply(r.decay, r.saved, out=slope)
        np.negative(slope, out=slope)
        np.copyto(slope, 0.0, where=r.saved >= r.idle)
        np.copyto(slope, r.flop, where=~streams)
        slope += r.cache
        slope *= work
        np.multiply(r.exchange, batch, out=net)
        work *= work
        np.multiply(net, r.exchange, out=rest)
        slope += rest
        net *= net
        work += net
        np.sqrt(work, out=work)                                      # r
        np.multiply(r.rest, work, out=rest)
        slope += rest
        np.multiply(r.rest, batch, out=rest)
        rest += work
        rest -= r.limit
        rest *= work
        rest /= slope
        batch -= rest

    def find_batch(self, work, per_draft, batch):
        r = self.room
        np.multiply(work.tpot, work.accepted, out=r.limit)
        r.limit *= per_draft
        np.add(r.stream, r.fixed, out=r.a)
        r.a *= 1.5
        np.maximum(r.limit, r.a, out=r.limit)
        r.limit -= r.fixed
        room, over, reading, computing, t = r.limit, r.a, r.b, r.c, r.d  # roots with all experts touched
        np.subtract(room, r.stream, out=over)
        np.add(room, r.stream, out=t)
        over *= t
        np.multiply(r.cache, room, out=reading)
        np.multiply(r.rest, r.stream, out=t)
        reading += t
        reading *= reading
        np.multiply(r.exchange, r.exchange, out=computing)
        np.multiply(computing, over, out=t)
        reading += t
        np.sqrt(reading, out=reading)
        np.multiply(r.stream, r.cache, out=t)
        reading += t
        np.multiply(r.rest, room, out=t)
        reading += t
        np.add(r.flop, r.cache, out=t)
        t *= t
        computing += t
        np.sqrt(computing, out=computing)
        computing += r.rest
        over *= computing
        np.multiply(room, reading, out=t)
        np.minimum(over, t, out=batch)
        reading *= computing
        batch /= reading
        if self.save_idle(batch):
            self.newton(batch)

    def fill_batch(self, work, draft, out):
        r, batch = self.room, out.batch
        np.minimum(r.capacity, batch, out=batch)
        np.maximum(batch, 0.05, out=batch)
        self.save_idle(batch)
        np.subtract(r.stream, r.saved, out=r.a)
        np.multiply(r.flop, batch, out=r.b)
        np.maximum(r.a, r.b, out=r.a)
        np.multiply(r.cache, batch, out=r.b)
        r.a += r.b
        r.a *= r.a
        np.multiply(r.exchange, batch, out=r.b)
        r.b *= r.b
        r.a += r.b
        np.sqrt(r.a, out=r.a)
        np.multiply(r.rest, batch, out=r.b)
        r.a += r.b
        r.a += r.fixed
        r.a *= draft
        np.multiply(work.accepted, batch, out=r.b)
        np.divide(r.a, r.b, out=out.output)

    def evaluate(self, q, fold, machine, work, out):
        draft = 1.0 + (self.c.verified - 1.0) / q.layers
        self.lay_out(q, fold, machine)
        self.reach(q)
        self.time_weights(q, fold, machine)
        self.time_sequence(q, fold, machine)
        self.time_fixed(q)
        self.time_prompt(q, fold, machine, out.input)
        self.find_batch(work, 1.0 / draft, out.batch)
        self.fill_batch(work, draft, out)

    def run(self):
        for work, folds, machines in self.blocks:
            for pairs, machine in zip(self.pairs, machines, strict=True):
                for q, fold in zip(pairs, folds, strict=True):
                    self.evaluate(q, fold, machine, work, self.out)
        return self.paths * len(self.folds) * len(self.machines)

    def result(self):
        """(machine, shape, output and input and batch, paths)"""
        whole = np.empty((len(self.machines), len(self.folds), 3, self.paths))
        for part, (work, folds, machines) in zip(self.parts, self.blocks, strict=True):
            for m, (pairs, machine) in enumerate(zip(self.pairs, machines, strict=True)):
                for s, (q, fold) in enumerate(zip(pairs, folds, strict=True)):
                    self.evaluate(q, fold, machine, work, self.out)
                    whole[m, s, :, part] = self.out.output, self.out.input, self.out.batch
        return whole


class Fold(Cost):
    def run(self):
        return self.fold()


class Machines(Cost):
    def run(self):
        return self.fold_machines()
