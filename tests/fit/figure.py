#!/usr/bin/env python3
"""Draws docs/pictures/kernel-fit.png: what the serving model predicts for cases of models that it has not seen, against what was measured.

    python tests/fit/figure.py [MEASUREMENTS.csv] [--out docs/pictures/kernel-fit.png]

Published points are always drawn, with their held-out errors from coefficients.yaml. Measured rows of time per output token are drawn when their table is given, which is
not part of the project (measurements.py): each model's rows are then predicted by a fit without them, some ten seconds.
"""
import argparse
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import yaml
from checks import SHIPPED_SD, Z80, measures
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COLOUR = {"h100": "#E69F00", "h200": "#D55E00", "h800": "#CC79A7", "h20": "#8C6D1F", "b200": "#0072B2", "gb200": "#56B4E9", "mi300x": "#009E73"}  # Okabe and Ito, one added
MARKER = {"DeepSeek": "o", "gpt-oss": "^", "Llama": "s", "Qwen": "D"}
GREY = "#555555"


def family(model):
    return next(name for name in MARKER if model.startswith(name.lower()))


def points():
    """Published rates a second and accelerator: measured, and predicted by the fit without their model. A latency is no rate and is left out."""
    published, fitted = (yaml.safe_load((HERE / name).read_text())["points"] for name in ("published.yaml", "coefficients.yaml"))
    table = []
    for point, found in zip(published, fitted, strict=True):
        if point.get("fit", True) and point["kind"] != "latency":
            table.append(dict(hardware=point["machine"], family=family(point["model"]), measured=point["measured"], predicted=point["measured"] * (1 + found["model_out"])))
    return pd.DataFrame(table).sort_values("family")


def rows(path):
    """Milliseconds an output token: measured, and predicted by the fit without their model."""
    from solving import held_out
    from targets import assemble

    targets = assemble(path, ROOT / "scenarios" / "catalogue", yaml.safe_load((HERE / "published.yaml").read_text())["points"])
    here = targets.is_kind("tpot")
    labels, measured = targets.labels[here], 1e3 * np.exp(targets.ln_time[here])
    table = pd.DataFrame(dict(hardware=labels.hardware.to_numpy(), family=labels.model.map(family).to_numpy(), measured=measured, predicted=measured * np.exp(held_out(targets, "model")[here])))
    return table.sample(frac=1, random_state=1)  # so that no machine lies on top


def worth(name, table):
    m = measures(np.log(table.predicted / table.measured).to_numpy())
    return f"{name}  {m['n']:,}, {100 * m['median_abs']:.0f} %, {100 * m['bias'] + 0.0:+.0f} %".replace("-0 %", "0 %").replace("+0 %", "0 %").replace("-", "−")


def legend_of(axes, table):
    lines = [Line2D([], [], color=COLOUR[name], marker="o", ls="", markersize=6, label=worth(name.upper(), table[table.hardware == name])) for name in COLOUR if name in set(table.hardware)]
    lines.append(Line2D([], [], ls="", label=worth("all", table)))
    axes.legend(handles=lines, title="n, median |error|, bias", loc="upper left", frameon=False, fontsize=8, title_fontsize=8, alignment="left")


def panel(axes, table, title, unit, size):
    low, high = table[["measured", "predicted"]].min().min() / 1.25, table[["measured", "predicted"]].max().max() * 1.25
    line, width = np.array([low, high]), np.exp(Z80 * SHIPPED_SD)
    axes.fill_between(line, line / width, line * width, color="#BBBBBB", alpha=0.45, lw=0)
    axes.plot(line, line, color=GREY, lw=1)
    many = len(table) > 100
    style = dict(mew=0.7, alpha=0.75, mfc="none") if many else dict(mew=0.5, alpha=0.9, zorder=3)
    for row in table.itertuples():  # one by one, in the table's order
        colour = COLOUR[row.hardware]
        axes.plot(row.measured, row.predicted, MARKER[row.family], ms=size, **style, **(dict(mec=colour) if many else dict(color=colour, mec="white")))
    axes.set(title=title, xlabel=f"measured, {unit}", ylabel=f"predicted, {unit}", xscale="log", yscale="log", xlim=(low, high), ylim=(low, high), aspect="equal")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#E5E5E5", lw=0.5)
    axes.set_axisbelow(True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(lambda x, _: f"{x:,.0f}")
        axis.set_minor_formatter(NullFormatter())
    legend_of(axes, table)


def draw(measured, out):
    drawn = points()
    figure, panels = plt.subplots(1, 2 if measured is not None else 1, figsize=(12.4 if measured is not None else 6.4, 6.5), squeeze=False)
    if measured is not None:
        panel(panels[0, 0], measured, "Measured rows: time per output token", "ms", 3.6)
    panel(panels[0, -1], drawn, "Published points: rate", "tokens a second and accelerator", 7.5)
    shapes = [Line2D([], [], color=GREY, marker=marker, ls="", markersize=6, mfc="none", label=name) for name, marker in MARKER.items()]
    lines = [Line2D([], [], color=GREY, lw=1, label="1:1"), plt.Rectangle((0, 0), 1, 1, color="#BBBBBB", alpha=0.45, lw=0, label=f"80 % band of the answers (sd {SHIPPED_SD} of ln)")]
    panels[0, -1].add_artist(panels[0, -1].get_legend())  # a second legend would take its place
    panels[0, -1].legend(handles=[*shapes, *lines], loc="lower right", frameon=False, fontsize=8)
    figure.text(0.01, 0.008, "Every prediction is of a fit that has seen neither rows nor points of the model. Errors are of predicted over measured; one published latency is not drawn.", fontsize=7, color=GREY)
    figure.tight_layout(rect=(0, 0.02, 1, 1))
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=110)
    plt.close(figure)
    return len(drawn)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=pathlib.Path, nargs="?")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "pictures" / "kernel-fit.png")
    given = parser.parse_args()
    measured = rows(given.table) if given.table and given.table.exists() else None
    count = draw(measured, given.out)
    there = "no table of measurements is given" if given.table is None else f"there is no table of measurements at {given.table}"
    print(f"{given.out}: {count} published points and {len(measured):,} measured rows" if measured is not None else f"{given.out}: {count} published points without measured rows; {there}")


if __name__ == "__main__":
    sys.exit(main())
