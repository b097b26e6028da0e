"""A tiny encoder of random weights, in the form that real ones come in."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import numpy.typing as npt

from models.encoder import graph, safetensors, shape
from models.encoder.files import Digests
from models.encoder.source import Source

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cat", "##s", "dog", "the", "a", "!", "link", "user", "e", "##te"]
CONFIG = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "vocab_size": len(WORDS),
    "max_position_embeddings": 128,
    "layer_norm_eps": 1e-12,
}


def tensors(seed: int = 1) -> dict[str, npt.NDArray[Any]]:
    rng = np.random.default_rng(seed)

    def some(*size: int) -> npt.NDArray[Any]:
        return rng.normal(0, 0.5, size).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": some(len(WORDS), 16),
        "embeddings.position_embeddings.weight": some(128, 16),
        "embeddings.token_type_embeddings.weight": some(2, 16),
        "embeddings.LayerNorm.weight": 1 + some(16),
        "embeddings.LayerNorm.bias": some(16),
    }
    for layer in range(2):
        root = f"encoder.layer.{layer}"
        sizes = {f"attention.self.{part}": (16, 16) for part in ("query", "key", "value")}
        sizes |= {"attention.output.dense": (16, 16), "intermediate.dense": (32, 16), "output.dense": (16, 32)}
        for name, size in sizes.items():
            found |= {f"{root}.{name}.weight": some(*size), f"{root}.{name}.bias": some(size[0])}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            found |= {f"{root}.{name}.weight": 1 + some(16), f"{root}.{name}.bias": some(16)}
    return found


def packed(found: dict[str, npt.NDArray[Any]]) -> bytes:
    """As safetensors."""
    header, body = {}, b""
    for name, each in found.items():
        data = each.tobytes()
        header[name] = {"dtype": "F32", "shape": list(each.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    head = json.dumps(header).encode()
    return len(head).to_bytes(8, "little") + head + body


def source(seed: int = 1) -> Source:
    return Source(packed(tensors(seed)), json.dumps(CONFIG).encode(), "\n".join(WORDS).encode() + b"\n")


def digests(given: Source) -> Digests:
    made = graph.build(safetensors.read(given.weights), shape.read(given.config))
    return Digests(hashlib.sha256(made).hexdigest(), hashlib.sha256(given.vocabulary).hexdigest())
