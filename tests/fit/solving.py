"""The fit: soft L1 on the error of ln time, a log-normal prior on every coefficient, and what is held out of it."""
from dataclasses import dataclass

import numpy as np
import pandas as pd
import serving_model
from scipy.optimize import least_squares
from targets import pick

SCALE = 0.12             # of ln time: beyond it an error counts by its size, no longer by its square
PRIOR_TIGHTNESS = 0.7    # a prior's residual is ln(value/centre)/(tightness sd), in the same loss
NAMES = list(serving_model.COEFFICIENTS)


@dataclass
class Fit:
    coefficients: dict       # by name, also those that were removed
    free: list               # names of the fitted ones
    ln_value: np.ndarray     # of these
    residual: callable       # of ln values: weighted errors, then priors


def solve(targets, index, removed=(), tightness=PRIOR_TIGHTNESS, start=None):
    """Fits the cases of `index`; coefficients in `removed` stand at the value that makes them nothing."""
    free = [name for name in NAMES if name not in removed]
    fixed = {name: serving_model.COEFFICIENTS[name].neutral for name in removed}
    centre = np.log([serving_model.COEFFICIENTS[name].centre for name in free])
    spread = np.array([serving_model.COEFFICIENTS[name].sd for name in free]) * tightness
    features, ln_time, weight = pick(targets.features, index), targets.ln_time[index], targets.weight[index]

    def residual(x):
        found = {**fixed, **dict(zip(free, np.exp(x), strict=True))}
        return np.concatenate([(serving_model.log_time(features, found) - ln_time) * weight, (x - centre) / spread])

    begin = centre if start is None else np.log([start[name] for name in free])
    x = least_squares(residual, begin, loss="soft_l1", f_scale=SCALE, max_nfev=80).x
    return Fit({**fixed, **dict(zip(free, map(float, np.exp(x)), strict=True))}, free, x, residual)


def errors(targets, coefficients, index=slice(None)):
    """Predicted over measured time, ln."""
    return serving_model.log_time(pick(targets.features, index), coefficients) - targets.ln_time[index]


def covariance(fit, witnesses):
    """Of ln coefficients: sandwich estimate, residuals of one witness together. Priors are in the curvature."""
    steps = np.eye(len(fit.ln_value)) * 1e-4
    errors_here = fit.residual(fit.ln_value)
    slope = np.stack([(fit.residual(fit.ln_value + step) - fit.residual(fit.ln_value - step)) / 2e-4 for step in steps], axis=1)
    robust = 1 / np.sqrt(1 + (errors_here / SCALE) ** 2)
    curvature = (slope * robust[:, None]).T @ slope
    score = slope * (errors_here * robust)[:, None]
    sums = pd.DataFrame(score[: len(witnesses)]).groupby(np.asarray(witnesses)).sum().to_numpy()
    inverse = np.linalg.inv(curvature)
    return inverse @ (sums.T @ sums * len(sums) / max(len(sums) - 1, 1)) @ inverse


def held_out(targets, column, **how):
    """Errors of each case under the fit that has not seen its model, or its hardware."""
    found = np.full(len(targets.ln_time), np.nan)
    for value in sorted(targets.labels[column].unique()):
        out = (targets.labels[column] == value).to_numpy()
        found[out] = errors(targets, solve(targets, np.flatnonzero(~out), **how).coefficients, out)
    return found


def held_out_both(targets):
    """Neither its model nor its hardware seen: what a new model on a new machine would meet."""
    found = np.full(len(targets.ln_time), np.nan)
    labels = targets.labels
    for model, hardware in sorted(set(zip(labels.model, labels.hardware, strict=True))):
        out, unseen = (labels.model == model) & (labels.hardware == hardware), (labels.model != model) & (labels.hardware != hardware)
        found[out.to_numpy()] = errors(targets, solve(targets, np.flatnonzero(unseen)).coefficients, out.to_numpy())
    return found


def each_point_out(targets, start):
    """Errors of the published points, each under the fit without it."""
    everything = np.arange(len(targets.ln_time))
    found = np.full(len(everything), np.nan)
    for i in np.flatnonzero(targets.is_kind("point")):
        found[i] = errors(targets, solve(targets, everything[everything != i], start=start).coefficients, np.array([i]))[0]
    return found
