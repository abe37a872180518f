"""Weights of the guard's small models, as arrays. `NOTICE.md` beside them says whose they are."""

import gzip
from functools import cache
from pathlib import Path

import numpy as np

from app.local.engine.encoder import Vectors

_FOLDER = Path(__file__).parent


@cache
def load(name: str) -> dict[str, Vectors]:
    """The arrays of one model, float32. They are read once, when a model first judges."""
    with np.load(_FOLDER / f"{name}.npz", allow_pickle=False) as arrays:
        return {key: arrays[key].astype(np.float32) for key in arrays.files}


def words(name: str) -> list[str]:
    """The vocabulary of one model, the commonest word first."""
    return gzip.decompress((_FOLDER / f"{name}.txt.gz").read_bytes()).decode().split("\n")
