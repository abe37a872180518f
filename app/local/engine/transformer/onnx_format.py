"""ONNX's file format, as far as the encoder's graph needs it.

It is protobuf: a message is a sequence of fields, and a field is a key (its number, and the type of
its value on the wire) and a value. https://protobuf.dev/programming-guides/encoding has the
encoding, and https://github.com/onnx/onnx/blob/main/onnx/onnx.proto the meaning of each number. The
tests check these bytes with the package `onnx`; to import it here would take as long as everything
else before the first vector.
"""

import struct
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from numpy.typing import NDArray

Field = int | float | str | bytes | Sequence[int] | Sequence[str] | Sequence[bytes]
Attribute = int | float | Sequence[int]

IR_VERSION = 10
OPSET = 21
RUNTIMES, OF_RUNTIME = "com.microsoft", ("MatMulIntegerToFloat",)
"""The domain of ONNX Runtime's own operators, and those of them that the graph uses:
https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""
TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}


def message(fields: Mapping[int, Field]) -> bytes:
    """A protobuf message; a sequence becomes a repeated field. The examples are protobuf's own:

    >>> message({1: 150}).hex(" ")
    '08 96 01'
    >>> message({2: "testing"}).hex(" ")
    '12 07 74 65 73 74 69 6e 67'
    """
    return b"".join(_field(number, value) for number, value in fields.items())


def _field(number: int, value: Field) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return _varint(number << 3 | 2) + _varint(len(value)) + value
    return b"".join(_field(number, each) for each in value)


def _varint(value: int) -> bytes:
    """Seven bits a byte, lowest first; the top bit of a byte says that another follows."""
    value &= 2**64 - 1
    digits = bytearray()
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    return bytes([*digits, value])


def model(
    nodes: Sequence[bytes], tensors: Sequence[bytes], source: bytes, outputs: Sequence[bytes]
) -> bytes:
    """A whole file: a graph from one input to its outputs."""
    graph = message({1: nodes, 2: "graph", 5: tensors, 11: source, 12: outputs})
    opsets = [message({1: "", 2: OPSET}), message({1: RUNTIMES, 2: 1})]
    return message({1: IR_VERSION, 7: graph, 8: opsets})


def node(
    operator: str, inputs: Sequence[str], output: str, attributes: Mapping[str, Attribute]
) -> bytes:
    attribute_messages = [_attribute(name, value) for name, value in attributes.items()]
    fields: dict[int, Field] = {1: inputs, 2: output, 4: operator, 5: attribute_messages}
    return message(fields | {7: RUNTIMES} if operator in OF_RUNTIME else fields)


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        return message({1: name, 2: value, 20: 1})
    if isinstance(value, int):
        return message({1: name, 3: value, 20: 2})
    return message({1: name, 8: value, 20: 7})


def tensor(name: str, array: NDArray[Any]) -> bytes:
    """A tensor with its values."""
    return message({1: array.shape, 2: TYPES[array.dtype.name], 8: name, 9: array.tobytes()})


def reference(name: str, shape: Sequence[int], file: str, offset: int) -> bytes:
    """A float32 tensor whose values lie in another file, `offset` bytes from its start."""
    length = 4 * prod(shape)
    place = {"location": file, "offset": str(offset), "length": str(length)}
    entries = [message({1: key, 2: value}) for key, value in place.items()]
    return message({1: shape, 2: TYPES["float32"], 8: name, 13: entries, 14: 1})


def value(name: str, kind: str, axes: Sequence[str]) -> bytes:
    """The description of an input or output: its type, and the names of its axes."""
    shape = message({1: [message({2: axis}) for axis in axes]})
    return message({1: name, 2: message({1: message({1: TYPES[kind], 2: shape})})})
