"""The model's files: only the published ones are taken, and every tensor is asked for by shape."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.local.engine.transformer import WrongWeights, model, weights


def safetensors(path: Path, tensors: dict[str, NDArray[Any]]) -> Path:
    header, data = {}, b""
    for name, array in tensors.items():
        kind = {"float32": "F32", "float16": "F16"}[array.dtype.name]
        end = len(data) + array.nbytes
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [len(data), end]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def test_the_published_files_are_taken() -> None:
    weights.check(weights.folder())


@pytest.mark.parametrize("name", weights.SHA256)
def test_a_weights_file_with_another_hash_is_refused_with_what_to_do(
    tmp_path: Path, name: str
) -> None:
    for published in weights.SHA256:
        shutil.copy(weights.folder() / published, tmp_path)
    with (tmp_path / name).open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x00")
    message = re.escape(str(tmp_path / name)) + ".*sha256.*Install the package"
    with pytest.raises(weights.WrongWeights, match=message):
        weights.check(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongWeights, match=r"model\.safetensors cannot be read.*Install the pack"):
        weights.check(tmp_path)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "no-such-package")
    with pytest.raises(WrongWeights, match="Install the package"):
        weights.folder()


def test_tensors_are_read_by_name(tmp_path: Path) -> None:
    tensors = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones(2, np.float32)}
    stored = weights.Weights(safetensors(tmp_path / "x", tensors), {"b": (2,), "a": (2, 3)})
    np.testing.assert_array_equal(stored["a"], tensors["a"])
    np.testing.assert_array_equal(stored["b"], tensors["b"])


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({}, r"a is nothing \(\), not F32 \(2, 3\)"),
        ({"a": np.zeros((3, 2), np.float32)}, r"a is F32 \[3, 2\], not"),
        ({"a": np.zeros((2, 3), np.float16)}, r"a is F16 \[2, 3\], not"),
    ],
)
def test_a_tensor_that_is_not_as_expected_is_named(
    tmp_path: Path, tensors: dict[str, NDArray[Any]], message: str
) -> None:
    with pytest.raises(WrongWeights, match=message):
        weights.Weights(safetensors(tmp_path / "x", tensors), {"a": (2, 3)})


def test_the_network_uses_every_tensor_but_the_pooler() -> None:
    data = (weights.folder() / "model.safetensors").read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    unused = {"__metadata__", "embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias"}
    assert set(header) - set(model.shapes()) == unused
