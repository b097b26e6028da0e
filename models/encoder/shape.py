"""How large an encoder is; BERT's sizes, as its `config.json` names them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from models.errors import ArtefactError


@dataclass(frozen=True)
class Shape:
    """Sizes of a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    epsilon: float

    @property
    def head(self) -> int:
        """How wide one head is."""
        return self.hidden // self.heads


def read(config: bytes) -> Shape:
    """From `config.json`; raises ArtefactError for anything but a BERT with absolute positions and GELU."""
    try:
        raw = json.loads(config)
        kind = (raw["model_type"], raw["hidden_act"], raw.get("position_embedding_type", "absolute"))
        if kind != ("bert", "gelu", "absolute"):
            raise ArtefactError(f"the encoder is of another kind: {kind}")
        return Shape(
            hidden=int(raw["hidden_size"]),
            layers=int(raw["num_hidden_layers"]),
            heads=int(raw["num_attention_heads"]),
            inner=int(raw["intermediate_size"]),
            words=int(raw["vocab_size"]),
            positions=int(raw["max_position_embeddings"]),
            epsilon=float(raw["layer_norm_eps"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ArtefactError(f"the encoder's sizes can't be read: {error!r}") from error
