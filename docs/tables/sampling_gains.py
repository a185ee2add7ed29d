"""Writes sampling_gains.md: how many independent paths a path of each sampler is worth, for headline numbers of the baseline.

    python docs/tables/sampling_gains.py [PATHS …]

Gains are means over seeds, as one run's 16 replicates know a gain to a third only. Not checked by a test: it changes with every change of the model.
"""
import pathlib
import sys

import moecast
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
SERIES = ["share.open.developers", "share.open.fortune500", "share.enterprise_open", "share.world_open", "share.spend_open", "f500.primary", "cap.gap", "price.open",
          "cost.ratio", "tokens.world", "spend.api", "saas.revenue", "sub.payers", "finance.closed_revenue", "finance.value_share", "silicon.merchant_revenue"]
MONTHS = ["2026-12", "2028-12", "2030-12"]
SEEDS = range(1, 5)


def gains(sampler, paths):
    """[series, month], and the median over the run's headline numbers."""
    table, median = [], []
    for seed in SEEDS:
        result = moecast.run("baseline", paths=paths, seed=seed, keep=0, sampler=sampler)
        table.append(result.effective_paths(SERIES, MONTHS) / paths)
        median.append(result.sampling_gain)
    return np.exp(np.mean(np.log(table), axis=0)), np.exp(np.mean(np.log(median)))


def main(sizes):
    columns = [(sampler, paths) for sampler in ("lhs", "sobol") for paths in sizes]
    found = [gains(*column) for column in columns]
    lines = [
        f"# Effective paths a path, baseline, {SEEDS.start} to {SEEDS.stop - 1} as seeds, 16 replicates",
        "",
        "Made by `python docs/tables/sampling_gains.py`. 1 is what independent paths have; of the mean in the month named.",
        "",
        "| series | month | " + " | ".join(f"{sampler}, {paths:,} paths" for sampler, paths in columns) + " |",
        "|---|---|" + "---:|" * len(columns),
    ]
    for i, series in enumerate(SERIES):
        lines += [f"| `{series}` | {month} | " + " | ".join(f"{table[i, k]:.1f}" for table, _ in found) + " |" for k, month in enumerate(MONTHS)]
    lines.append("| **median over all headline numbers** | | " + " | ".join(f"**{median:.1f}**" for _, median in found) + " |")
    (HERE / "sampling_gains.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [4096, 16384])
