"""Draws the pictures of the README and of docs/plots.md from a run: `make pictures`. Every number in them comes from that run, or from the cost kernel."""
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import moecast
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#555555"  # Okabe and Ito: safe for colour-blind readers


def decimal_years(months):
    return np.array([int(m[:4]) + (int(m[5:]) - 0.5) / 12 for m in months])


def fan(axes, result, series, colour, label, scale=1.0):
    """Median and the 5–95 % and 25–75 % bands of one series."""
    years = decimal_years(result.report_months)
    low, first, middle, third, high = (scale * result.quantiles(series, p=p) for p in (0.05, 0.25, 0.5, 0.75, 0.95))
    axes.fill_between(years, low, high, color=colour, alpha=0.18, lw=0)
    axes.fill_between(years, first, third, color=colour, alpha=0.35, lw=0)
    axes.plot(years, middle, color=colour, lw=1.8, label=label)


def draw_plots(result):
    """Two charts of moecast.plot, as they come."""
    moecast.plot.fan(result, "price.list.deepseek").figure.savefig(HERE / "pictures" / "plot-fan.png", dpi=100)
    machines = ["gb300", "b200", "h200", "h20"]
    moecast.plot.pareto("deepseek-v4-pro", machines, hit_share=0.6).figure.savefig(HERE / "pictures" / "plot-pareto.png", dpi=100)


def main():
    result = moecast.run("baseline", paths=int(sys.argv[1]) if len(sys.argv) > 1 else 20000)
    figure, panels = plt.subplots(1, 3, figsize=(12.5, 3.9))
    fan(panels[0], result, "share.open.developers", BLUE, "developers", 100)
    fan(panels[0], result, "share.market_open.fortune500.us", ORANGE, "Fortune 500", 100)
    panels[0].set(title="Open-weight share of tokens", ylabel="% of tokens outside China", ylim=(0, 100))
    fan(panels[1], result, "price.closed", ORANGE, "closed, list")
    fan(panels[1], result, "price.open", BLUE, "open, list")
    fan(panels[1], result, "cost.cn_abroad", GREEN, "cost, Chinese open flagships abroad")
    panels[1].set(title="Price and cost of a million tokens", ylabel="$ (blend of 3 input : 1 output)", yscale="log")
    fan(panels[2], result, "saas.revenue", BLUE, "revenue")
    panels[2].set(title="Software as a service", ylabel="$bn a year")
    for axes in panels:
        axes.axvline(2026 + 8 / 12, color=GREY, lw=0.8, ls=":")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8, loc="upper right" if axes is panels[1] else "upper left")
        axes.grid(axis="y", color="#DDDDDD", lw=0.6)
    panels[1].set_ylim(0.02, 60)
    panels[0].text(2026.72, 3, "forecast →", fontsize=8, color=GREY)
    figure.text(0.01, 0.005, f"moecast {moecast.__version__}, scenario baseline, {result.paths:,} paths, seed {result.seed}, digest {result.digest[:12]}… "
                "Bands: 5–95 % and 25–75 % of paths. History assimilated to August 2026.", fontsize=7, color=GREY)
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    figure.savefig(HERE / "pictures" / "baseline.png", dpi=110)
    draw_plots(result)


if __name__ == "__main__":
    main()
