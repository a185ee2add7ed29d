"""The page's notation (section 0) as functions. Must know nothing of the model."""

import numpy as np
from scipy.special import expit as S  # noqa: F401  (S(x) = 1/(1+e^-x), re-exported)
from scipy.special import logit  # noqa: F401
from scipy.special import ndtr as Phi  # noqa: F401

H100_FP8 = 1.979e15  # FLOP/s that define one H100-equivalent


def pos(x):
    """x⁺"""
    return np.maximum(x, 0.0)


def clip(x, low, high):
    return np.minimum(np.maximum(x, low), high)


def around(x, width):
    """clip(x, ±width)"""
    return clip(x, -width, width)


def best(values, which):
    """Largest value over the offerings `which` (indices on axis 1); −inf when there is none."""
    return values[:, which].max(axis=1) if len(which) else np.full(values.shape[0], -np.inf)


def weighted_price(ln_price, share, which):
    """p̄ = exp(Σσ ln p / Σσ) over the offerings `which`."""
    return np.exp((share[:, which] * ln_price[:, which]).sum(1) / share[:, which].sum(1))
