"""ONNX, written as one writes NumPy: every call adds a node and answers the name of its output."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

Tensor = str
OPSET = 21


class Graph:
    """A graph in the making.

    >>> g = Graph()
    >>> g.Add("x", g.constant(1.0))
    'Add_1'
    """

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def __getattr__(self, operator: str) -> Callable[..., Tensor]:
        """The ONNX operator of that name: inputs are positional, attributes are keywords."""

        def call(*inputs: Tensor, **attributes: Any) -> Tensor:
            output = f"{operator}_{len(self.nodes) + 1}"
            self.nodes.append(onnx.helper.make_node(operator, inputs, [output], **attributes))
            return output

        return call

    def constant(self, value: NDArray[Any] | float | Sequence[int]) -> Tensor:
        array = np.asarray(value, np.float32 if isinstance(value, float) else None)
        name = f"constant_{len(self.constants) + 1}"
        self.constants.append(onnx.numpy_helper.from_array(array, name))
        return name

    def model(self, inputs: dict[str, Sequence[str]], output: Tensor) -> bytes:
        """The whole graph, serialised. `inputs` are int64, each with the names of its axes."""
        integer, real = onnx.TensorProto.INT64, onnx.TensorProto.FLOAT
        graph = onnx.helper.make_graph(
            self.nodes,
            "graph",
            [onnx.helper.make_tensor_value_info(name, integer, s) for name, s in inputs.items()],
            [onnx.helper.make_tensor_value_info(output, real, None)],
            self.constants,
        )
        opset = onnx.helper.make_opsetid("", OPSET)
        model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=10)
        data: bytes = model.SerializeToString()
        return data
