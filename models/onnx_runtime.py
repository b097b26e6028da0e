"""ONNX Runtime as the models use it: on one thread, with nothing kept of what an answer took; it fails in one way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.errors import ArtefactError


def session(graph: bytes, name: str, entries: Mapping[str, str] | None = None) -> Any:
    """A session on a graph whose digest was checked; `entries` are more of its settings.

    Raises ArtefactError where the graph can't be loaded, or the library is here and can't itself be: one that lacks a
    library of the system, or is made for another Python, is found and fails as it is imported.
    """
    try:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        for key, value in (entries or {}).items():
            options.add_session_config_entry(key, value)
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ArtefactError(f"{name} can't be loaded: {type(error).__name__}") from error
