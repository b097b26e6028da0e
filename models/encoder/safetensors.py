"""Reads safetensors: a length, a JSON header, plain bytes. Nothing in it can run."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from models.errors import ArtefactError

_LONGEST_HEADER: Final = 1_000_000

Tensors = Mapping[str, npt.NDArray[np.float32]]


def read(data: bytes) -> Tensors:
    """The float32 tensors of a file, by name; others are left out. Raises ArtefactError."""
    try:
        length = int.from_bytes(data[:8], "little")
        if not 0 < length <= min(_LONGEST_HEADER, len(data) - 8):
            raise ValueError("its header has no sensible length")
        header: dict[str, Any] = json.loads(data[8 : 8 + length])
        body = memoryview(data)[8 + length :]
        return {name: _tensor(body, entry) for name, entry in header.items() if entry.get("dtype") == "F32"}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtefactError(f"the encoder's weights can't be read: {error}") from error


def _tensor(body: memoryview, entry: Mapping[str, Any]) -> npt.NDArray[np.float32]:
    start, end = (int(each) for each in entry["data_offsets"])
    shape = tuple(int(each) for each in entry["shape"])
    if not 0 <= start <= end <= len(body) or end - start != 4 * math.prod(shape):
        raise ValueError("a tensor lies outside of the file")
    return np.frombuffer(body[start:end], dtype="<f4").reshape(shape)
