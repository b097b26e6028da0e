"""Writes a BERT sentence encoder as an ONNX graph with weights in eight bits, by the package `onnx`.

One text at a time: numbers of word pieces in, (pieces,); a sentence's embedding of length one out, (hidden,). What a
text gives then never depends on what it came along with, although the graph scales activations by what it sees.
Standard operators only (opset 20); the bytes are the same wherever it is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from models.encoder import quantised
from models.encoder.safetensors import Tensors
from models.encoder.shape import Shape
from models.errors import ArtefactError

INPUT, OUTPUT = "pieces", "embedding"
OPSET: Final = 20
IR_VERSION: Final = 9
_TINY: Final = 1e-12

Array = npt.NDArray[Any]


@dataclass
class _Graph:
    """Nodes and constants as they are added; names are made of what they are for, so that order is all that counts."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, value: Array) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], name: str, outputs: int = 1, **attributes: Any) -> str:
        from onnx import helper

        names = [name] if outputs == 1 else [f"{name}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=name, **attributes))
        return name

    def dense(self, given: str, weights: Array, bias: Array, name: str) -> str:
        """`given @ weights + bias`, with activations rounded to eight bits as they come."""
        small = quantised.columns(weights)
        values = self.constant(f"{name}_w", small.values)
        scales = self.constant(f"{name}_s", small.scales)
        self.node("DynamicQuantizeLinear", [given], f"{name}_q", outputs=3)
        sums = self.node("MatMulInteger", [f"{name}_q_0", values, f"{name}_q_2"], f"{name}_i")
        scale = self.node("Mul", [f"{name}_q_1", scales], f"{name}_f")
        meant = self.node("Mul", [self.node("Cast", [sums], f"{name}_c", to=1), scale], f"{name}_m")
        return self.node("Add", [meant, self.constant(f"{name}_b", bias)], name)

    def normalised(self, given: str, weights: Array, bias: Array, epsilon: float, name: str) -> str:
        inputs = [given, self.constant(f"{name}_w", weights), self.constant(f"{name}_b", bias)]
        return self.node("LayerNormalization", inputs, name, axis=-1, epsilon=epsilon)


def build(tensors: Tensors, shape: Shape) -> bytes:
    """The graph's bytes; raises ArtefactError where a tensor is missing or of another shape."""
    from onnx import TensorProto, checker, helper

    graph = _Graph()
    try:
        last = _embedded(graph, tensors, shape)
        for layer in range(shape.layers):
            last = _layer(graph, tensors, shape, layer, last)
    except KeyError as error:
        raise ArtefactError(f"the encoder's weights lack {error}") from error
    _pooled(graph, last)
    given = helper.make_tensor_value_info(INPUT, TensorProto.INT64, ["n"])
    found = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [shape.hidden])
    whole = helper.make_graph(graph.nodes, "encoder", [given], [found], graph.constants)
    model = helper.make_model(whole, producer_name="ostiary", opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _embedded(graph: _Graph, tensors: Tensors, shape: Shape) -> str:
    words = tensors["embeddings.word_embeddings.weight"]
    if words.shape != (shape.words, shape.hidden):
        raise ArtefactError("the encoder's weights don't fit its sizes")
    small = quantised.rows(words)
    values, scales = graph.constant("words", small.values), graph.constant("words_s", small.scales[:, None])
    found = graph.node("Cast", [graph.node("Gather", [values, INPUT], "word_i")], "word_f", to=1)
    found = graph.node("Mul", [found, graph.node("Gather", [scales, INPUT], "word_s")], "word")
    # All texts are of the first kind of segment, so its embedding is part of each place's.
    places = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
    count = graph.node("Shape", [INPUT], "count")
    place = graph.node(
        "Slice", [graph.constant("places", places), graph.constant("first", np.array([0])), count], "place"
    )
    weights, bias = (tensors[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias"))
    return graph.normalised(graph.node("Add", [found, place], "embedded"), weights, bias, shape.epsilon, "embedded_n")


def _layer(graph: _Graph, tensors: Tensors, shape: Shape, number: int, given: str) -> str:
    root, name = f"encoder.layer.{number}.", f"layer{number}"

    def dense(last: str, part: str, step: str) -> str:
        return graph.dense(last, *_matrix(tensors, root + part), name + step)

    def normalised(one: str, other: str, part: str, step: str) -> str:
        weights, bias = tensors[f"{root}{part}.LayerNorm.weight"], tensors[f"{root}{part}.LayerNorm.bias"]
        return graph.normalised(
            graph.node("Add", [one, other], f"{name}{step}a"), weights, bias, shape.epsilon, name + step
        )

    parts = [_matrix(tensors, f"{root}attention.self.{part}") for part in ("query", "key", "value")]
    context = _attention(graph, shape, given, parts, name)
    looked = normalised(dense(context, "attention.output.dense", "_o"), given, "attention.output", "_n")
    inner = graph.node("Gelu", [dense(looked, "intermediate.dense", "_h")], f"{name}_g")
    return normalised(dense(inner, "output.dense", "_p"), looked, "output", "_l")


def _matrix(tensors: Tensors, name: str) -> tuple[Array, Array]:
    return tensors[f"{name}.weight"].T, tensors[f"{name}.bias"]


def _attention(graph: _Graph, shape: Shape, given: str, parts: Sequence[tuple[Array, Array]], name: str) -> str:
    """All heads of a layer at once; the scaling of the scores is part of the weights of what asks."""
    scale = np.float32(1 / np.sqrt(shape.head))
    (ask, ask_bias), *others = parts
    pairs = [(ask * scale, ask_bias * scale), *others]
    weights = np.concatenate([each for each, _bias in pairs], axis=1)
    bias = np.concatenate([each for _weights, each in pairs])
    all_three = graph.dense(given, weights, bias, f"{name}_qkv")
    size = graph.constant(f"{name}_split", np.array([0, 3, shape.heads, shape.head]))
    apart = graph.node("Reshape", [all_three, size], f"{name}_r")
    placed = graph.node("Transpose", [apart], f"{name}_t", perm=[1, 2, 0, 3])
    graph.node("Split", [placed], f"{name}_s", outputs=3, axis=0, num_outputs=3)
    keys = graph.node("Transpose", [f"{name}_s_1"], f"{name}_kt", perm=[0, 1, 3, 2])
    scores = graph.node("Softmax", [graph.node("MatMul", [f"{name}_s_0", keys], f"{name}_qk")], f"{name}_sm", axis=-1)
    seen = graph.node("MatMul", [scores, f"{name}_s_2"], f"{name}_sv")
    together = graph.node("Transpose", [seen], f"{name}_st", perm=[0, 2, 1, 3])
    return graph.node(
        "Reshape", [together, graph.constant(f"{name}_join", np.array([-1, shape.hidden]))], f"{name}_ctx"
    )


def _pooled(graph: _Graph, given: str) -> None:
    """The mean of all pieces, of length one."""
    first = graph.constant("over_pieces", np.array([0]))
    mean = graph.node("ReduceMean", [given, first], "mean", keepdims=0)
    length = graph.node("ReduceL2", [mean, first], "length", keepdims=1)
    floor = graph.constant("tiny", np.array([_TINY], dtype=np.float32))
    graph.node("Div", [mean, graph.node("Max", [length, floor], "length_m")], OUTPUT)
