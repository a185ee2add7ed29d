"""What a fit is worth: errors by group, bands that held-back folds confirm, the price of leaving a coefficient out, one production day, time to first token."""
import numpy as np
import pandas as pd
import serving_model
from scipy.optimize import least_squares
from solving import errors, held_out, solve
from targets import CELL, case_of, pick

Z80 = 1.2815515655446004  # half of an 80 % interval in standard deviations
SHIPPED_SD = 0.16         # of the band that `moecast cost` and the market model draw for known stacks
LARGEST = 0.6             # a row's error of ln time counts at most so much in a mean

# A day of DeepSeek's own service: tokens, GPU-hours and the rates of its two pools, as published.
DAY = dict(output=168e9, uncached_input=265.7e9, gpu_hours=226.75 * 8 * 24, decode=1850.0, prefill=4026.0, usd=87072.0, usd_per_hour=2.0)
BUSY = {"pools always busy": 1.0, "prefill pool busy 75 %": 0.75}  # the second is an assumption: a pool that answers soon cannot be always busy


def measures(error):
    ratio = np.exp(error) - 1
    return dict(n=int(len(error)), median_abs=float(np.median(np.abs(ratio))), within_25=float(np.mean(np.abs(ratio) < 0.25)), bias=float(np.median(ratio)), sd=float(np.std(error)))


def covered(error, sd):
    """Share of errors of ln time inside the 80 % interval of a log-normal band."""
    return float(np.mean(np.abs(error) < Z80 * sd))


def bands(error, folds):
    """sd of a log-normal band from all folds, the share of rows inside its 80 % interval when the sd comes from the other folds, and inside that of the band which is
    shipped, whose sd is the same for all."""
    found = {}
    for fold in sorted(set(folds)):
        here = folds == fold
        sd = np.quantile(np.abs(error[~here]), 0.8) / Z80
        found[fold] = dict(n=int(here.sum()), sd=round(float(sd), 3), coverage=round(covered(error[here], sd), 3), shipped=round(covered(error[here], SHIPPED_SD), 3))
    inside = sum(fold["n"] * fold["coverage"] for fold in found.values()) / len(error)
    return dict(sd=round(float(np.quantile(np.abs(error), 0.8) / Z80), 4), coverage=round(inside, 3), shipped=round(covered(error, SHIPPED_SD), 3), folds=found)


def mean_error(by_model, by_hardware):
    return float(np.mean([np.mean(np.minimum(np.abs(e), LARGEST)) for e in (by_model, by_hardware)]))


def cost_of_dropping(targets, name, base):
    """The same fit without one coefficient; `base` is mean_error with all."""
    rows = targets.is_kind("tpot")
    by_model, by_hardware = held_out(targets, "model", removed=(name,))[rows], held_out(targets, "hardware", removed=(name,))[rows]
    fitted = errors(targets, solve(targets, np.arange(len(targets.ln_time)), removed=(name,)).coefficients)
    return dict(model_out=measures(by_model)["median_abs"], hardware_out=measures(by_hardware)["median_abs"], points=measures(fitted[targets.is_kind("point")])["median_abs"],
                mean_change=mean_error(by_model, by_hardware) - base)


def by_group(targets, found):
    """Errors of rows by model, hardware, stack, batch, prompt and cell. found: name -> errors."""
    labels = targets.labels.copy()
    labels["batch range"] = pd.cut(labels.batch.astype(float), [0, 1.5, 4.5, 16.5, 64.5, 256.5, 1e9], labels=["1", "2-4", "5-16", "17-64", "65-256", "257-"]).astype(str)
    labels["prompt"] = np.where(labels.isl > 3000, "over 3,000", "up to 3,000")
    labels["cell"] = labels[CELL].astype(str).agg("/".join, axis=1)
    table = []
    for by in ("model", "hardware", "backend", "precision", "mode", "batch range", "prompt", "cell"):
        for group, index in labels[targets.is_kind("tpot")].groupby(by).groups.items():
            of = {name: measures(error[np.asarray(index)]) for name, error in found.items()}
            table.append(dict(by=by, group=str(group), n=len(index), **{f"{name}_{what}": round(m[what], 4) for name, m in of.items() for what in ("median_abs", "bias")}))
    return table


def production_day(targets, coefficients, prefill_rate):
    """GPU-hours of the published day at its speed to the user, against those measured."""
    point = next(p for p in targets.published if "speed_tok_s_user" in p)
    batch = np.geomspace(4, 1024, 600)
    tpot = serving_model.parts(serving_model.features([case_of(point, b) for b in batch], targets.models, targets.machines), coefficients)["tpot"]
    decode_rate = float(np.interp(1 / point["speed_tok_s_user"], tpot, batch)) * point["speed_tok_s_user"]
    found = {}
    for label, busy in BUSY.items():
        decode, prefill = DAY["output"] / decode_rate / 3600, DAY["uncached_input"] / (prefill_rate * busy) / 3600
        found[label] = dict(decode=decode * 3600 * DAY["decode"] / DAY["output"] - 1, prefill=prefill * 3600 * DAY["prefill"] / DAY["uncached_input"] - 1,
                            total=(decode + prefill) / DAY["gpu_hours"] - 1, usd=DAY["usd_per_hour"] * (decode + prefill), usd_measured=DAY["usd"])
    return found


def first_token(targets, coefficients):
    """TTFT = t0 + chi fixed + phi (1 - hit) ISL s_pf d (1 + omega (B/d - 1)) + step on one-pool rows, the step held as fitted. omega also holds how these benchmarks
    start: all requests at once. Returns the four numbers, errors fitted and with the model left out."""
    rows, features = targets.rows, pick(targets.features, targets.is_kind("tpot"))
    part, use = serving_model.parts(features, coefficients), np.flatnonzero(rows.one_pool)
    prompt, waiting, ln_ttft = features["isl"] * part["s_pf"] * features["d"], np.maximum(features["B"] / features["d"] - 1, 0), np.log(rows.ttft.to_numpy())
    start = np.log([0.01, 10.0, 1.0, 0.05])

    def predict(ln_value, i):
        t0, chi, phi, omega = np.exp(ln_value)
        return np.log(t0 + chi * part["fixed"][i] + phi * prompt[i] * (1 + omega * waiting[i]) + part["step"][i])

    def fit(i):
        return least_squares(lambda x: np.concatenate([predict(x, i) - ln_ttft[i], x - start]), start, loss="soft_l1", f_scale=0.3).x

    best, unseen = fit(use), np.full(len(rows), np.nan)
    for model in rows.model.unique():
        mine = (rows.model == model).to_numpy()[use]
        if mine.any():
            unseen[use[mine]] = predict(fit(use[~mine]), use[mine]) - ln_ttft[use[mine]]
    numbers = dict(zip(("t0_s", "chi", "phi", "omega"), map(float, np.exp(best)), strict=True))
    return numbers, predict(best, use) - ln_ttft[use], unseen[use]
