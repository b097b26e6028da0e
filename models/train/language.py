"""Distils py3langid's published model into the small table that serving uses."""

from collections import deque
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from models.language import ORDERS, LanguageTable, key_of

_CODES: Final = """
en fr de es it pt nl pl cs sk sl hr sv da no fi et lv lt hu ro tr ca gl eu ga cy br eo oc sq id ms vi tl sw af
ru uk bg sr be mk el he ar fa ur hi bn ta te th ko ja zh ka hy
"""
CODES: Final = tuple(_CODES.split())
FEATURES: Final = 36_000
_INT8: Final = 127


@lru_cache(maxsize=1)
def distil() -> LanguageTable:
    """The table for `CODES`, from the n-grams that tell them apart best."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    source = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    columns = [source.nb_classes.index(code) for code in CODES]
    weights = np.asarray(source.nb_ptc, dtype=np.float32)[:, columns]
    weights -= weights.mean(axis=1, keepdims=True)
    keys, order = _choose(_grams(source), weights)
    chosen = weights[order]
    scale = float(np.abs(chosen).max()) / _INT8
    prior = np.asarray(source.nb_pc, dtype=np.float32)[columns]
    quantised = np.rint(chosen / scale).astype(np.int8)
    return LanguageTable(CODES, keys, quantised, scale, prior - prior.mean())


def _grams(source: Any) -> dict[bytes, int]:
    """Every n-gram of the source's automaton with its feature, found by walking it from its root."""
    moves = np.asarray(source.tk_nextmove).reshape(-1, 256)
    rows = np.asarray(source.tk_row)
    strings: dict[int, bytes] = {0: b""}
    waiting = deque([0])
    while waiting:
        state = waiting.popleft()
        for byte, following in enumerate(moves[rows[state]].tolist()):
            if following not in strings:
                strings[following] = strings[state] + bytes([byte])
                waiting.append(following)
    return {
        strings[state]: feature
        for state, feature in enumerate(source.tk_output)
        if feature >= 0 and len(strings[state]) in ORDERS
    }


def _choose(
    grams: dict[bytes, int], weights: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """The n-grams that speak loudest for English, French or another language, sorted by key."""
    spread = weights.max(axis=1) + 0.5 * weights.std(axis=1)
    spread += np.maximum(weights[:, 0], weights[:, 1]).clip(min=0)
    ranked = sorted(grams.items(), key=lambda item: (-float(spread[item[1]]), item[0]))[:FEATURES]
    pairs = sorted((key_of(gram), feature) for gram, feature in ranked)
    keys = np.array([key for key, _ in pairs], dtype=np.uint64)
    return keys, np.array([feature for _, feature in pairs], dtype=np.int64)
