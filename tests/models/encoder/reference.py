"""The encoder's forward pass in plain numpy and float32: what the graph is compared with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from models.encoder.shape import Shape

Floats = npt.NDArray[Any]
_erf = np.vectorize(math.erf)


def embedding(tensors: Mapping[str, Floats], shape: Shape, numbers: list[int]) -> Floats:
    """(hidden,) of length one."""

    def dense(given: Floats, name: str) -> Floats:
        return given @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def norm(given: Floats, name: str) -> Floats:
        centred = given - given.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + shape.epsilon)
        return centred / scale * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    def heads(given: Floats) -> Floats:
        return given.reshape(len(numbers), shape.heads, shape.head).transpose(1, 0, 2)

    x = tensors["embeddings.word_embeddings.weight"][numbers]
    x = x + tensors["embeddings.position_embeddings.weight"][: len(numbers)]
    x = norm(x + tensors["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(shape.layers):
        root = f"encoder.layer.{layer}"
        q, k, v = (heads(dense(x, f"{root}.attention.self.{part}")) for part in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(shape.head)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = weights / weights.sum(axis=-1, keepdims=True)
        seen = (weights @ v).transpose(1, 0, 2).reshape(len(numbers), shape.hidden)
        x = norm(dense(seen, f"{root}.attention.output.dense") + x, f"{root}.attention.output.LayerNorm")
        inner = dense(x, f"{root}.intermediate.dense")
        inner = 0.5 * inner * (1 + _erf(inner / math.sqrt(2)))
        x = norm(dense(inner, f"{root}.output.dense") + x, f"{root}.output.LayerNorm")
    mean = x.mean(axis=0)
    found: Floats = mean / np.linalg.norm(mean)
    return found
