"""A shape on a machine, as numbers that no path changes: what kernels/moe_pair.c folds, from the oracle's shapes and coefficients (docs/model.md §4)."""
from types import SimpleNamespace

import numpy as np
from oracle import kernel as k


def _bytes(shape, machine):
    """Bytes a parameter as served: 4-bit weights are kept at 8 bits where there are 8-bit units and no 4-bit ones."""
    widened = machine.fp8 > machine.bf16 and not machine.fp4 > machine.fp8
    b = {"attention": shape.bytes["attention"], "ffn": shape.bytes["ffn"], "shared": shape.bytes["expert"], "routed": shape.bytes["expert"], "head": shape.bytes["head"]}
    return {name: 1.0 if widened and width < k.FOUR_BIT else width for name, width in b.items()}


def _flop_per_s(name, width, machine):
    if width >= 1.5:
        return machine.bf16
    if width >= k.FOUR_BIT:
        return machine.fp8
    if machine.fp4 > machine.fp8:
        return machine.fp8 if name in ("shared", "routed") and width < k.MXFP4 else machine.fp4
    return machine.bf16 * (k.F_W if name == "routed" else 1.0)


def pair(shape, machine):
    units, width, p = machine.fp4 > machine.fp8, _bytes(shape, machine), shape.params
    used = {"attention": p["attention"], "ffn": p["ffn"], "shared": p["shared"], "routed": shape.moe_layers * shape.top_k * p["expert"], "head": p["head"]}
    four = {name: width[name] < k.FOUR_BIT for name in width}
    seconds = {name: 2 * n / _flop_per_s(name, width[name], machine) for name, n in used.items()}
    dense = {name: n * width[name] for name, n in used.items() if name != "routed"}
    routed = shape.moe_layers * shape.experts * p["expert"] * width["routed"]
    eta_e = k.ETA_E * (k.R_E4 if units and four["routed"] else 1.0)
    attention = machine.fp8 if shape.cache_fp8 else machine.bf16
    scale = k.RHO if units else 1.0
    heads = min((g.kv_heads for g in shape.kv if g.stored > 0), default=np.inf)
    layer = k.TAU + k.TAU_Q * four["ffn"]
    special = sum(g.latent_layers * k.TAU_L + g.layers * (g.index_flop > 0) * k.TAU_I + g.linear_layers * k.TAU_R for g in shape.kv)
    return SimpleNamespace(
        dense_bytes=sum(dense.values()), routed_bytes=routed, routed_stream=routed / (eta_e * 0.3), routed_read=routed / eta_e,
        dense_read=sum(v / (k.ETA_M * (k.R_M4 if four[name] and name != "head" else 1.0)) for name, v in dense.items()), memory=1 / k.ETA_M,
        decode_s=sum(seconds.values()) / k.ETA_F, prefill_s=(sum(seconds.values()) - seconds["head"]) / k.ETA_P,
        attention_s=1 / (attention * k.ETA_F), attention_prefill_s=1 / (attention * k.ETA_P),
        activations=k.KAPPA * 2 * shape.hidden * (shape.layers + shape.moe_layers * shape.top_k),
        reduce=2 * shape.layers * 2 * shape.hidden * 2, saved=shape.moe_layers * 2 * shape.hidden * 2, exchange=shape.moe_layers * shape.expert_io * 3,
        up_s=1 / (k.ETA_N * machine.scale_up), up_prefill_s=1 / (k.ETA_PN * machine.scale_up), out_s=1 / (k.ETA_O * machine.scale_out), domain=machine.domain,
        fixed_s=scale * (shape.layers * layer + special + shape.moe_layers * k.TAU_M), doubling_s=scale * shape.layers * k.TAU_T / np.log(2),
        exchange_s=scale * shape.moe_layers * k.TAU_X, sequence_s=scale * k.TAU_S, per_kv_head=1 / heads, top_k=int(shape.top_k), group_max=machine.group_max, experts=shape.experts,
        layers=shape.layers, per_expert=1 / shape.experts, across_s=shape.layers * k.TAU_C / np.log(2))
