"""Fits a network with one hidden layer by Adam, in numpy: many labels, of which a row may know only some."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from models.encoder.head import Network

HIDDEN: Final = 256
_ROUNDS: Final = 8
_BATCH: Final = 256
_RATE: Final = 1e-3
_DECAY: Final = 0.02
_DROPPED: Final = 0.3
_BETAS: Final = (0.9, 0.999)
_TINY: Final = 1e-8

Floats = npt.NDArray[np.float32]


def train(
    inputs: Floats, labels: npt.NDArray[np.int8], weights: npt.NDArray[np.float64], seed: int, rounds: int = _ROUNDS
) -> Network:
    """The same inputs and seed give the same network. `labels`: 1, 0, or -1 where the row doesn't say."""
    rng = np.random.default_rng(seed)
    values = _begin(inputs.shape[1], labels.shape[1], rng)
    moments = [(np.zeros_like(each), np.zeros_like(each)) for each in values]
    truth = (labels == 1).astype(np.float32)
    counted = (weights / max(weights[weights > 0].mean(), _TINY)).astype(np.float32)
    steps = rounds * -(-len(inputs) // _BATCH)
    step = 0
    for _round in range(rounds):
        for rows in np.array_split(rng.permutation(len(inputs)), -(-len(inputs) // _BATCH)):
            step += 1
            slopes = _slopes(values, inputs[rows], truth[rows], counted[rows], rng)
            _move(values, slopes, moments, step, _RATE * (1 - step / (steps + 1)))
    return Network(*values)


def _begin(width: int, labels: int, rng: np.random.Generator) -> list[Floats]:
    inner = rng.normal(0, np.sqrt(2), (width, HIDDEN)).astype(np.float32)  # embeddings have length one
    outer = rng.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, labels)).astype(np.float32)
    return [inner, np.zeros(HIDDEN, np.float32), outer, np.zeros(labels, np.float32)]


def _slopes(
    values: list[Floats], inputs: Floats, truth: Floats, counted: Floats, rng: np.random.Generator
) -> list[Floats]:
    inner, inner_bias, outer, outer_bias = values
    kept = (rng.random((len(inputs), HIDDEN)) >= _DROPPED).astype(np.float32) / np.float32(1 - _DROPPED)
    hidden = np.maximum(inputs @ inner + inner_bias, 0) * kept
    said = 1 / (1 + np.exp(-(hidden @ outer + outer_bias)))
    wrong = (said - truth) * counted / np.float32(len(inputs))
    back = (wrong @ outer.T) * kept * (hidden > 0)
    return [inputs.T @ back, back.sum(axis=0), hidden.T @ wrong, wrong.sum(axis=0)]


def _move(
    values: list[Floats], slopes: list[Floats], moments: list[tuple[Floats, Floats]], step: int, rate: float
) -> None:
    first, second = _BETAS
    for value, slope, (mean, square) in zip(values, slopes, moments, strict=True):
        mean[...] = first * mean + (1 - first) * slope
        square[...] = second * square + (1 - second) * slope * slope
        moved = (mean / (1 - first**step)) / (np.sqrt(square / (1 - second**step)) + _TINY)
        value[...] -= np.float32(rate) * (moved + np.float32(_DECAY if value.ndim == 2 else 0) * value)
