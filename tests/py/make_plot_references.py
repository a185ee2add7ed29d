"""Draws the small pictures that tests/py/test_plots.py compares charts with. Look at them before they are committed."""
import pathlib

import matplotlib
import moecast
import numpy as np
from moecast import plot

PICTURES = pathlib.Path(__file__).resolve().parent / "pictures"
DPI = 45
PINNED = {"font.family": "DejaVu Sans", "text.hinting": "none"}  # the font that matplotlib brings along


def runs():
    """What the pictures are drawn of."""
    return {name: moecast.run(of, paths=paths, seed=3) for name, of, paths in (("a", "baseline", 600), ("b", "no_controls", 600), ("few", "baseline", 20))}


def waterfall():
    both = moecast.compare(["baseline", "no_controls_no_rubin"], paths=64, seed=3)
    return plot.waterfall(both.waterfall("cost.cn_first_party@2028-12", paths=128), names=both.names)


def grid():
    x, y = np.linspace(0, 1, 7), np.linspace(0, 10, 6)
    z = 1 / (1 + np.exp(6 * x - 0.6 * y[:, None]))
    return plot.phase(x, y, z, np.sqrt(z * (1 - z) / 80), xlabel="severity (share lost)", ylabel="delay (months)", source="a made-up grid")


INPUTS = ("choice.theta.developers", "choice.delta.developers")
CHARTS = {
    "fan": lambda r: plot.fan(r["a"], "price.list.deepseek"),
    "fan_of_two": lambda r: plot.fan(r["a"], "cost.cn_first_party", other=r["b"]),
    "fan_of_few": lambda r: plot.fan(r["few"], "share.open.developers"),
    "small_multiples": lambda r: plot.small_multiples(r["a"], "share.open.*"),
    "price_cost": lambda r: plot.price_cost(r["a"]),
    "claims": lambda r: plot.claims(r["a"], ["f500_60", "ratio_33", "sub_20", "crash_2026"]),
    "waterfall": lambda r: waterfall(),
    "profit_pool": lambda r: plot.profit_pool(r["a"]),
    "profit_pool_month": lambda r: plot.profit_pool(r["few"], "2028-12"),
    "phase": lambda r: grid(),
    "phase_paths": lambda r: plot.phase_paths(r["a"], *INPUTS, "share.open.developers@2028-12", at_least=0.8, bins=4),
    "pareto": lambda r: plot.pareto("deepseek-v4-pro", ["gb300", "h200"]),
    "host_or_buy": lambda r: plot.host_or_buy(model="deepseek-v4-pro", hardware="gb300", api_price=(0.66, 1.98, 0.022)),
}


def save(ax, path):
    """The chart's figure as a small picture."""
    np.ravel(ax)[0].figure.savefig(path, dpi=DPI, metadata={"Software": None})


def main():
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    PICTURES.mkdir(exist_ok=True)
    made = runs()
    for name, chart in CHARTS.items():
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(PINNED)
            save(chart(made), PICTURES / f"{name}.png")
        plt.close("all")


if __name__ == "__main__":
    main()
