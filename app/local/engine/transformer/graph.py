"""ONNX graphs, written like NumPy: each call adds a node and returns the name of its output."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.local.engine.transformer import onnx_format
from app.local.engine.transformer.weights import Weights

Tensor = str
Program = Callable[[NDArray[np.int64]], NDArray[np.float32]]


class Graph:
    """A graph under construction, over a file of weights.

    Its methods are ONNX's operators, with inputs first and attributes by keyword:
    https://onnx.ai/onnx/operators

        y = g.Relu(g.Add(x, g.constant(1.0)))
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._nodes: list[bytes] = []
        self._tensors: list[bytes] = []

    def __getattr__(self, operator: str) -> Callable[..., Tensor]:
        def add(*inputs: Tensor, **attributes: onnx_format.Attribute) -> Tensor:
            output = f"{operator}_{len(self._nodes) + 1}"
            self._nodes.append(onnx_format.node(operator, inputs, output, attributes))
            return output

        return add

    def constant(self, value: NDArray[Any] | np.generic | float | Sequence[int]) -> Tensor:
        """Add a tensor that the graph itself holds: float32 for a float, int64 for integers."""
        array = np.asarray(value, np.float32 if isinstance(value, float) else None)
        name = f"constant_{len(self._tensors) + 1}"
        self._tensors.append(onnx_format.tensor(name, array))
        return name

    def weight(self, name: str) -> Tensor:
        """Refer to a tensor in the file of weights, which the runtime maps from there."""
        file, offset = self.weights.path.name, self.weights.offsets[name]
        self._tensors.append(onnx_format.reference(name, self.weights.shapes[name], file, offset))
        return name

    def file(self, source: Tensor, outputs: Mapping[Tensor, Sequence[str]]) -> bytes:
        """The graph in ONNX's format, from its input, (t,) int64, to its outputs, float32, whose
        axes are named.
        """
        return onnx_format.model(
            self._nodes,
            self._tensors,
            onnx_format.value(source, "int64", ("t",)),
            [onnx_format.value(name, "float32", axes) for name, axes in outputs.items()],
        )

    def compile(self, source: Tensor, output: Tensor, axes: Sequence[str] = ("d",)) -> Program:
        """Compile the graph. Any thread may call the result; it computes in its caller's thread."""
        compute = self.compile_all(source, {output: axes})
        return lambda ids: compute(ids)[0]

    def compile_all(
        self, source: Tensor, outputs: Mapping[Tensor, Sequence[str]]
    ) -> Callable[[NDArray[np.int64]], list[NDArray[np.float32]]]:
        """Compile the graph with several outputs, as `compile` does with one."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_mem_reuse = False  # to plan it would double the start, and save no memory
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(self.weights.path.parent)
        )
        session = onnxruntime.InferenceSession(self.file(source, outputs), options)
        return lambda ids: session.run(None, {source: ids})
