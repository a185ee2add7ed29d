"""More memory, more accelerators or a larger fast domain never make `moecast cost` worse, on random questions; where they may, the reason."""
import pathlib
import re
import shutil

import moecast
import numpy as np
import pytest
import yaml

from tests.oracle.kernel import ETA_N, ETA_O

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGUE = moecast.catalogue()
CHIPS = {"groq-lpu-v1", "groq-3-lpu", "cerebras-wse-3"}
MACHINES = {row["id"]: row for row in CATALOGUE.hardware if row["id"] not in CHIPS}
DENSE = [row["id"] for row in CATALOGUE.models if not row["experts"] > 0]
MIXTURES = [row["id"] for row in CATALOGUE.models if row["experts"] > 0]
N = 1500


def questions(models, seed, stacks=("tuned", "default", "first"), pools=("split", "one"), limited=0.5, machines=tuple(MACHINES)):
    draw = np.random.default_rng(seed)
    spread = lambda low, high: np.exp(draw.uniform(np.log(low), np.log(high), N))
    return dict(
        model=draw.choice(models, N), hardware=draw.choice(machines, N), input_tokens=spread(100, 60000).round(), output_tokens=spread(50, 4000).round(),
        hit_share=draw.choice([0, 0.5, 0.9], N), tok_per_s_user=spread(3, 250), ttft_s=np.where(draw.random(N) < limited, spread(0.1, 10), np.inf), stack=draw.choice(stacks, N),
        pools=draw.choice(pools, N), draft=draw.choice([0, 1, 3], N)), draw.uniform(0.02, 0.7, N)  # fmt: skip


def worse(asked, less, more):
    """A limit is lost; or what the search compares is dearer (uncached input and output; cached input is priced afterwards), or where the speed is out of reach a
    token slower, while the first token is in time in both."""
    rank = lambda x: np.where(x.fits, 1 + 2 * x.meets_ttft + x.meets_tpot, 0)
    cost = lambda x: x.usd_per_mtok_out * asked["output_tokens"] + x.usd_per_mtok_in * asked["input_tokens"] * (1 - asked["hit_share"])
    value = lambda x: np.where(x.meets_tpot, cost(x), 1 / x.tok_per_s_user)
    return (rank(more) < rank(less)) | ((rank(more) == rank(less)) & (rank(more) >= 3) & (value(more) > value(less) * (1 + 1e-9)))


def with_less_memory(asked, lost):
    return (moecast.token_cost(**asked, less_memory=share, errors="nan") for share in (lost, 0.0))


def with_doubled(asked, folder, *keys):
    """The catalogue as it is, and with these numbers of every machine twice as large."""
    shutil.copytree(ROOT / "scenarios" / "catalogue", folder)
    path = folder / "hardware.yaml"
    text = path.read_text()
    for key in keys:
        text = re.sub(rf"\b{key}: (\d+)", lambda found: f"{found[0].split(':')[0]}: {2 * int(found[1])}", text)
    path.write_text(text)
    return moecast.token_cost(**asked, errors="nan"), moecast.token_cost(**asked, errors="nan", folder=folder)


def test_more_memory_is_never_worse_for_mixtures():
    asked, lost = questions(MIXTURES, 1)
    less, more = with_less_memory(asked, lost)
    assert not worse(asked, less, more).any() and (less.usd_per_request > more.usd_per_request * 1.01).sum() > N / 10 and (more.fits & ~less.fits).any()


def test_more_memory_is_never_worse_for_dense_models():
    asked, lost = questions(DENSE, 2)
    less, more = with_less_memory(asked, lost)
    assert not worse(asked, less, more).any() and (less.usd_per_request > more.usd_per_request * 1.01).sum() > N / 10


@pytest.mark.parametrize("models", [DENSE, MIXTURES], ids=["dense", "mixtures"])
def test_more_accelerators_are_never_worse(models, tmp_path):
    asked, _ = questions(models, 4)
    less, more = with_doubled(asked, tmp_path / "catalogue", "group_max")
    assert not worse(asked, less, more).any()


def test_a_larger_fast_domain_is_never_worse_where_it_is_faster_and_messages_overlap(tmp_path):
    """A decode step reaches .19 of the fast links and .8 of the others, so on H800s the others are faster; and only a tuned stack sends inside the domain while it works."""
    out = {name: row.get("scale_out_gb_per_s", 50) for name, row in yaml.safe_load((ROOT / "scenarios" / "catalogue" / "hardware.yaml").read_text())["hardware"].items()}
    faster = [name for name, row in MACHINES.items() if ETA_N * row["scale_up_bytes_per_s"] >= ETA_O * 1e9 * out[name]]
    assert "h800" not in faster and len(faster) > len(MACHINES) / 2
    asked, _ = questions(MIXTURES, 5, stacks=("tuned",), machines=faster)
    less, more = with_doubled(asked, tmp_path / "catalogue", "scale_up_domain")
    assert not worse(asked, less, more).any() and (less.usd_per_request > more.usd_per_request * 1.001).any()
