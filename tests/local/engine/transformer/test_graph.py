"""Graphs: what we write, the package `onnx` reads, checks, and computes alike."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from app.local.engine.transformer import (
    linear,
    model,
    onnx_format,
    weights,
)
from app.local.engine.transformer.graph import Graph
from app.local.engine.transformer.weights import Weights
from tests.local.engine.transformer.test_weights import safetensors


@pytest.fixture
def g(tmp_path: Path) -> Graph:
    path = safetensors(tmp_path / "weights", {"w": np.array([[1, 2, 3], [4, 5, 6]], np.float32)})
    return Graph(Weights(path, {"w": (2, 3)}))


def test_a_compiled_graph_computes_its_output(g: Graph) -> None:
    rows = g.Gather(g.weight("w"), "ids")  # (t, 3)
    mean = g.ReduceMean(g.Mul(rows, g.constant(10.0)), g.constant([0]), keepdims=0)  # (3,)
    run = g.compile("ids", mean)
    assert run(np.array([0, 1])).tolist() == [25, 35, 45]
    assert run(np.array([1])).tolist() == [40, 50, 60]


def test_an_unknown_operator_is_named_on_compiling(g: Graph) -> None:
    with pytest.raises(Exception, match="Nonesuch"):
        g.compile("x", g.Nonesuch("x"))


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_are_written_as_protobuf_writes_them(value: int) -> None:
    assert onnx_format.message({3: value}) == onnx.AttributeProto(i=value).SerializeToString()


@pytest.mark.parametrize("value", [3, -1, 0.5, [1, 0, -2]])
def test_attributes_are_written_as_onnx_writes_them(value: Any) -> None:
    node = onnx.NodeProto.FromString(onnx_format.node("Op", ["a", "b"], "c", {"axis": value}))
    assert node == helper.make_node("Op", ["a", "b"], ["c"], axis=value)


@pytest.mark.parametrize("kind", ["float32", "uint8", "int8", "int32", "int64"])
def test_tensors_are_written_as_onnx_writes_them(kind: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(kind)
    tensor = onnx.TensorProto.FromString(onnx_format.tensor("name", array))
    assert tensor == numpy_helper.from_array(array, "name")


def test_inputs_are_written_as_onnx_writes_them() -> None:
    value = onnx.ValueInfoProto.FromString(onnx_format.value("x", "int64", ("t", "d")))
    assert value == helper.make_tensor_value_info("x", TensorProto.INT64, ("t", "d"))


@pytest.mark.parametrize("how", [linear.fp32, linear.int8])
def test_the_network_is_valid_onnx(how: model.Linear, tmp_path: Path) -> None:
    shutil.copy(weights.folder() / "model.safetensors", tmp_path)
    g = Graph(Weights(tmp_path / "model.safetensors", model.shapes()))
    (tmp_path / "model.onnx").write_bytes(
        g.file("ids", {model.MiniLM(g, how).forward("ids"): ("t", "d")})
    )
    onnx.checker.check_model(tmp_path / "model.onnx", full_check=True)
