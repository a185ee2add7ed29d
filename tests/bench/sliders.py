"""Moves a slider twenty times and says how long the first answer took, from how many paths it came and which error it had.

    python tests/bench/sliders.py [moves]
"""

from __future__ import annotations

import sys
import time

import numpy as np
from moecast.interactive import WhatIf

SHARE = "share.open.developers@2028-12"


def line(name: str, values: list[float], times: float, digits: int, unit: str) -> str:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95]) * times
    return f"{name:34} {low:9.{digits}f} {middle:9.{digits}f} {high:9.{digits}f} {max(values) * times:9.{digits}f}  {unit}"


def main(moves: int) -> None:
    for label, show in (("a share", [SHARE]), ("two shares and a claim", [SHARE, "share.open.fortune500@2028-12", "f500_60.presence"])):
        with WhatIf("baseline", show=show, paths=1000, refine=4000) as engine:
            for _ in engine.refine():
                pass
            found = [engine.ask({"levers.lag_shift_months": -6 + 12 * i / moves}) for i in range(moves)]
            began = time.perf_counter()
            thousand = next(answers.seconds for answers in engine.refine(seconds=0.1) if answers.paths >= 1000)
            print(f"{label}: {moves} moves{'':14} 5 %    median      95 %   largest")
            print(line("seconds to the first answer", [it.seconds for it in found], 1e3, 0, "ms"))
            print(line("its paths", [it.paths for it in found], 1, 0, ""))
            print(line("standard error of the change", [it[SHARE].difference_error for it in found], 100, 2, "points"))
            print(line("standard error of the mean", [it[SHARE].mean_error for it in found], 100, 2, "points"))
            print(f"1,000 paths after the last move: {thousand:.2f} s ({time.perf_counter() - began:.2f} s after its first answer)\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
