"""Catalogue text → shapes of models, machines, observations. Owns the arithmetic from published facts to what the kernel reads.

Checks nothing: sums and provenance are the business of tests/py/test_catalogue.py.
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml

from .scenario import absolute_month


@dataclass
class KVGroup:
    layers: float
    stored: float = 0.0  # bytes a token leaves behind in one layer, index keys included
    read: float = 0.0  # bytes read for each attended token
    reach: float = np.inf
    stored_reach: float = np.inf
    index_bytes: float = 0.0
    state: float = 0.0
    kv_heads: float = 1.0
    decode_flop: float = 0.0
    prefill_flop: float = 0.0
    index_flop: float = 0.0
    latent_layers: float = 0.0  # of these layers, with latent attention (a second cache of a layer is no layer)
    linear_layers: float = 0.0
    value_bytes: float = np.inf  # of a cached value; inf where the catalogue does not say


@dataclass
class Shape:
    layers: float
    moe_layers: float
    hidden: float
    expert_io: float
    experts: float
    top_k: float
    params: dict  # attention, ffn, shared, head, expert (one routed expert of one layer)
    bytes: dict  # attention, ffn, expert, head
    active: float
    total: float
    kv: list

    @property
    def cache_fp8(self):
        """Attention computes in FP8 where values are cached so, or, where nobody says, where its weights are."""
        known = min(g.value_bytes for g in self.kv)
        return (known if np.isfinite(known) else self.bytes["attention"]) < 1.5

    @property
    def mixture(self):
        return self.moe_layers > 0


@dataclass
class Machine:
    known: bool  # a measured serving stack
    bf16: float
    fp8: float
    fp4: float
    memory: float
    bandwidth: float
    scale_up: float
    domain: float
    scale_out: float
    group_max: float
    kw: float
    capex: float
    measured: float  # tok/s of a reference deployment, and what the kernel says of it; nan where none
    kernel: float
    on_chip: bool = False  # weights in on-chip memory: fixed seconds a layer, and more for one with routed experts
    layer_s: float = 0.0
    moe_layer_s: float = 0.0
    rent: dict = field(default_factory=dict)  # $/h by basis, those that the catalogue has


def _number(node, key, default=0.0):
    value = node.get(key)
    return default if value in (None, "null", "~", "") else float(value)


def _latent(n):
    """MLA-like cache entry: heads, latent, rope, bytes a token."""
    heads, latent, rope = _number(n, "heads"), _number(n, "latent"), _number(n, "rope")
    size = latent * _number(n, "latent_bytes_per_value") + rope * _number(n, "rope_bytes_per_value") + _number(n, "scale_bytes")
    return heads, latent, rope, size


def _index(group, n, ratio=1.0):
    """The key of a sparse-attention indexer: stored like the rest, scanned for the whole context."""
    size = _number(n, "index_dim") * _number(n, "index_bytes_per_value") + _number(n, "index_scale_bytes")
    group.index_bytes = size / ratio
    group.index_flop = 2 * _number(n, "index_heads") * _number(n, "index_dim") / ratio
    group.stored += size / ratio


def _kv_group(n):
    g, kind = KVGroup(_number(n, "layers")), n["kind"]
    if kind in ("full", "window", "sparse_gqa"):
        g.kv_heads = _number(n, "kv_heads")
        g.stored = g.read = 2 * g.kv_heads * _number(n, "head_dim") * _number(n, "bytes_per_value")
        g.decode_flop = g.prefill_flop = 4 * _number(n, "heads") * _number(n, "head_dim")
        if kind == "window":
            g.reach = g.stored_reach = _number(n, "window_tokens")
        if kind == "sparse_gqa":
            g.reach = _number(n, "top_n")
            _index(g, n)
    elif kind in ("mla", "sparse_mla"):
        heads, latent, rope, g.stored = _latent(n)
        g.read = g.stored
        g.decode_flop = heads * (2 * (latent + rope) + 2 * latent)
        g.prefill_flop = heads * (2 * _number(n, "qk_dim") + 2 * _number(n, "v_dim")) if kind == "mla" else g.decode_flop
        if kind == "sparse_mla":
            g.reach = _number(n, "top_n")
            _index(g, n)
    elif kind == "compressed":
        heads, latent, rope, size = _latent(n)
        ratio = _number(n, "ratio")
        g.stored = g.read = size / ratio
        g.decode_flop = g.prefill_flop = 4 * heads * (latent + rope) / ratio
        if "top_n" in n:
            g.reach = _number(n, "top_n") * ratio
            _index(g, n, ratio)
        if "window_tokens" in n:
            g.reach = g.stored_reach = _number(n, "window_tokens")
    elif kind == "linear":
        g.kv_heads = _number(n, "heads")
        g.state = g.kv_heads * _number(n, "qk_dim") * _number(n, "v_dim") * _number(n, "bytes_per_value")
    elif kind == "direct":
        g.stored, g.read = _number(n, "stored_bytes_per_token"), _number(n, "read_bytes_per_token")
        g.reach, g.stored_reach = _number(n, "reach_tokens", np.inf), _number(n, "stored_reach_tokens", np.inf)
        g.index_bytes, g.state, g.kv_heads = _number(n, "index_bytes_per_token"), _number(n, "state_bytes"), _number(n, "kv_heads")
        g.decode_flop, g.prefill_flop = _number(n, "decode_flop_per_context_token"), _number(n, "prefill_flop_per_context_token")
        g.index_flop = _number(n, "index_flop_per_context_token")
    else:
        raise ValueError(f"unknown kind of cache {kind!r}")
    if kind in ("mla", "sparse_mla", "compressed"):
        g.latent_layers = 0.0 if n.get("extra") == "true" else g.layers
        g.value_bytes = _number(n, "latent_bytes_per_value")
    elif kind in ("full", "window", "sparse_gqa"):
        g.value_bytes = _number(n, "bytes_per_value")
    elif kind == "linear":
        g.linear_layers = g.layers
    return g


def _shape(n):
    io = _number(n, "expert_io", _number(n, "hidden"))
    params = {
        "attention": _number(n, "attention_params_b") * 1e9,
        "ffn": _number(n, "dense_ffn_params_b") * 1e9,
        "shared": _number(n, "shared_expert_params_b") * 1e9,
        "head": _number(n, "head_params_b") * 1e9,
        "expert": 3 * io * _number(n, "expert_width"),
    }
    return Shape(
        layers=_number(n, "layers"),
        moe_layers=_number(n, "moe_layers"),
        hidden=_number(n, "hidden"),
        expert_io=io,
        experts=_number(n, "experts"),
        top_k=_number(n, "top_k"),
        params=params,
        bytes={k: float(v) for k, v in n["bytes"].items()},
        active=_number(n, "active_params_b") * 1e9,
        total=_number(n, "total_params_b") * 1e9,
        kv=[_kv_group(g) for g in n["kv"]],
    )


def _machine(n):
    tested = n.get("decode_efficiency") or {}
    return Machine(
        known=n["stack"] == "known",
        bf16=_number(n, "bf16_tflops") * 1e12,
        fp8=_number(n, "fp8_tflops") * 1e12,
        fp4=_number(n, "fp4_tflops") * 1e12,
        memory=_number(n, "memory_gb") * 1e9,
        bandwidth=_number(n, "memory_tb_per_s") * 1e12,
        scale_up=_number(n, "scale_up_gb_per_s") * 1e9,
        domain=_number(n, "scale_up_domain"),
        scale_out=_number(n, "scale_out_gb_per_s") * 1e9,
        group_max=_number(n, "group_max"),
        kw=_number(n, "all_in_kw"),
        capex=_number(n, "capex_usd"),
        measured=_number(tested, "measured_tok_per_s", np.nan),
        kernel=_number(tested, "kernel_tok_per_s", np.nan),
        on_chip=n.get("weights_on_chip") == "true",
        layer_s=_number(n, "layer_us") / 1e6,
        moe_layer_s=_number(n, "moe_layer_us") / 1e6,
        rent={basis: float(value) for basis, value in (n.get("rent_usd_per_hour") or {}).items() if value not in ("null", "~", "")},
    )


class Catalogue:
    """Shapes and machines by id."""

    def __init__(self, directory):
        read = lambda name: yaml.load((Path(directory) / name).read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
        self._models, self._hardware = read("models.yaml")["models"], read("hardware.yaml")["hardware"]

    def shape(self, model):
        return _shape(self._models[model])

    def machine(self, name):
        return _machine(self._hardware[name])


def read_observations(path, start, known_until):
    """Series → (months from start, values), rows dated after known_until left out."""
    series = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            month = absolute_month(row["month"]) - start
            if month <= known_until:
                series.setdefault(row["series"], []).append((month, float(row["value"])))
    return {name: tuple(np.array(column, float) for column in zip(*sorted(rows))) for name, rows in series.items()}
