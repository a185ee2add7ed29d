#!/usr/bin/env python3
"""Fits the serving model of docs/kernel-fit.md to measured and published serving speeds; prints what it is worth and writes coefficients with their errors.

    python tests/fit/fit.py MEASUREMENTS.csv [--out tests/fit/coefficients.yaml] [--quick]

The table of measurements is not part of the project (see measurements.py for whose it is and how it is read). Without it the program says so and ends well.
--quick leaves out what dropping each coefficient costs, and each published point in turn: a minute instead of five on one core.
"""
import argparse
import pathlib
import sys

import measurements
import numpy as np
import serving_model
import yaml
from checks import SHIPPED_SD, bands, by_group, cost_of_dropping, covered, first_token, mean_error, measures, production_day
from solving import PRIOR_TIGHTNESS, covariance, each_point_out, errors, held_out, held_out_both, solve
from targets import assemble

HERE = pathlib.Path(__file__).resolve().parent
CATALOGUE = HERE.parents[1] / "scenarios" / "catalogue"


def say(name, error):
    m = measures(error)
    print(f"  {name:28s} n {m['n']:5d}  median {100 * m['median_abs']:5.1f} %  within 25 % {100 * m['within_25']:5.1f} %  bias {100 * m['bias']:+6.1f} %  sd of ln {m['sd']:.3f}")


def all_errors(targets, coefficients, quick):
    found = dict(fitted=errors(targets, coefficients), model_out=held_out(targets, "model"), hardware_out=held_out(targets, "hardware"), both_out=held_out_both(targets))
    if not quick:
        found["point_out"] = each_point_out(targets, coefficients)
    return found


def print_errors(targets, found):
    for kind, name in (("tpot", "time per output token, rows"), ("capacity", "prefill pools"), ("point", "published points")):
        print(f"\n{name}")
        for how, error in found.items():
            here = targets.is_kind(kind) & np.isfinite(error)
            if here.any():
                say(how.replace("_", " "), error[here])


def coefficients_with_errors(targets, fit, found, quick):
    rows, spread = targets.is_kind("tpot"), covariance(fit, targets.witnesses())
    base = mean_error(found["model_out"][rows], found["hardware_out"][rows])
    table = {}
    print("\ncoefficients: value, standard error of ln" + ("" if quick else "; medians with model out, hardware out and at points without it"))
    for name, error in zip(fit.free, np.sqrt(np.diag(spread)), strict=True):
        prior = serving_model.COEFFICIENTS[name]
        row = dict(value=float(f"{fit.coefficients[name]:.5g}"), se_ln=round(float(error), 4), prior=[prior.centre, prior.sd], meaning=prior.meaning)
        dropped = "" if quick else cost_of_dropping(targets, name, base)
        if dropped:
            row["without"] = {key: round(value, 4) for key, value in dropped.items()}
            dropped = "  " + " / ".join(f"{100 * dropped[key]:.1f}" for key in ("model_out", "hardware_out", "points")) + " %"
        print(f"  {name:8s} {row['value']:10.4g} ± {row['se_ln']:.3f}{dropped}  {prior.meaning}")
        table[name] = row
    return table, dict(order=fit.free, matrix=[[float(f"{value:.3e}") for value in line] for line in spread])


def published_points(targets, found):
    """Rates or seconds predicted and measured, with errors of the number as it was published."""
    table = []
    print("\npublished points: predicted, measured, error fitted, model out, hardware out, point out")
    for i, point in zip(np.flatnonzero(targets.is_kind("point", "check")), targets.published, strict=True):
        sign = 1 if point["kind"] == "latency" else -1
        off = {how: float(np.exp(sign * error[i]) - 1) for how, error in found.items() if how != "both_out" and np.isfinite(error[i])}
        row = dict(name=point["name"], predicted=float(f"{point['measured'] * (1 + off['fitted']):.5g}"), measured=point["measured"], **{how: round(e, 4) for how, e in off.items()})
        print(f"  {row['name']:60s} {row['predicted']:9.4g} {row['measured']:9.4g}  " + " ".join(f"{100 * e:+5.0f} %" for e in off.values()))
        table.append(row)
    return table


def calibrated_bands(targets, found):
    rows, labels = targets.is_kind("tpot"), targets.labels
    both = (labels.model + " " + labels.hardware)[rows].to_numpy()
    table = dict(measured=bands(found["model_out"][rows], labels.model[rows].to_numpy()), hardware_out=bands(found["hardware_out"][rows], labels.hardware[rows].to_numpy()),
                 neither=bands(found["both_out"][rows], both))
    for name, band in table.items():
        print(f"band, {name}: sd of ln {band['sd']:.3f}; covers {100 * band['coverage']:.1f} % of rows when the other folds give its sd, {100 * band['shipped']:.1f} % with {SHIPPED_SD}")
    points = targets.is_kind("point")
    table["points"] = {how: dict(n=int(points.sum()), shipped=round(covered(error[points], SHIPPED_SD), 3)) for how, error in found.items() if how != "both_out"}
    print("band, published points: " + ", ".join(f"{how.replace('_', ' ')} {100 * of['shipped']:.0f} %" for how, of in table["points"].items()) + f" with {SHIPPED_SD}")
    return table


def report(targets, fit, quick, digest):
    found = all_errors(targets, fit.coefficients, quick)
    print_errors(targets, found)
    coefficients, spread = coefficients_with_errors(targets, fit, found, quick)
    points = published_points(targets, found)
    day = production_day(targets, fit.coefficients, next(p for p in points if "production prefill" in p["name"])["predicted"])
    print()
    for label, of in day.items():
        print(f"production day, {label}: GPU-hours decode {100 * of['decode']:+.0f} %, prefill {100 * of['prefill']:+.0f} %, total {100 * of['total']:+.0f} %")
    band = calibrated_bands(targets, found)
    numbers, fitted, unseen = first_token(targets, fit.coefficients)
    print("\ntime to first token, one pool:", ", ".join(f"{name} {value:.3g}" for name, value in numbers.items()))
    say("fitted", fitted)
    say("model out", unseen[np.isfinite(unseen)])
    print("\npriors three times wider")
    for column in ("model", "hardware"):
        say(f"{column} out", held_out(targets, column, tightness=3 * PRIOR_TIGHTNESS)[targets.is_kind("tpot")])
    rows = targets.is_kind("tpot")
    return dict(table_sha256=digest, rows=dict(used=int(rows.sum()), dropped=[dict(reason=reason, rows=count) for reason, count in targets.dropped]), coefficients=coefficients,
                constants=serving_model.CONSTANTS, covariance_ln=spread, tpot={how: measures(error[rows]) for how, error in found.items() if how != "point_out"}, points=points,
                production_day=day, bands=band, first_token=dict(numbers, fitted=measures(fitted), model_out=measures(unseen[np.isfinite(unseen)])),
                groups=by_group(targets, {how: found[how] for how in ("fitted", "model_out", "hardware_out")}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    if not given.table.exists():
        print(f"skipped: there is no table of measurements at {given.table}")
        return
    targets = assemble(given.table, CATALOGUE, yaml.safe_load((HERE / "published.yaml").read_text())["points"])
    digest = measurements.sha256(given.table)
    print(f"table {digest}")
    for reason, count in targets.dropped:
        print(f"{count:6d}  {reason}")
    fit = solve(targets, np.arange(len(targets.ln_time)))
    found = report(targets, fit, given.quick, digest)
    if given.out:
        given.out.write_text(yaml.safe_dump(found, sort_keys=False, width=160, allow_unicode=True))


if __name__ == "__main__":
    sys.exit(main())
