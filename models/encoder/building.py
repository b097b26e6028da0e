"""Builds the encoder: published float weights in, an ONNX graph in eight bits out, the same bytes everywhere.

`ostiary model build-encoder` calls it, once; serving never does.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from models.encoder import graph, safetensors, shape
from models.encoder.files import GRAPH, SHIPPED, VOCABULARY, Digests
from models.encoder.source import Source
from models.errors import ArtefactAlteredError


def build(source: Source, place: Path, digests: Digests = SHIPPED) -> Path:
    """Write the encoder's folder, whole or not at all, and return it. Raises ArtefactError.

    What came out is compared with what should have: another version of `onnx` that writes other bytes is noticed here.
    """
    made = graph.build(safetensors.read(source.weights), shape.read(source.config))
    found = Digests(_sha256(made), _sha256(source.vocabulary))
    if found != digests:
        raise ArtefactAlteredError(f"building the encoder gave other files than it should: {found}")
    _write(place, {GRAPH: made, VOCABULARY: source.vocabulary})
    return place


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _write(place: Path, contents: dict[str, bytes]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        for name, body in contents.items():
            with (scratch / name).open("wb") as opened:
                opened.write(body)
                opened.flush()
                os.fsync(opened.fileno())
        if place.exists():
            shutil.rmtree(place)
        scratch.replace(place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
