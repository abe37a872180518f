"""The encoder against the same network in NumPy, written here from the papers."""

import json
from functools import cache
from math import erf, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.local.engine.transformer import Encoder, weights
from app.local.engine.transformer.tokens import Tokenizer

Floats = NDArray[np.float32]

TEXTS = [
    "",
    "granite",
    "Which vector stores does a Knowledge Base support?",
    "It rained for nine days; on the tenth, the river — brown, quick — took the bridge.",
    "ümläute, 数据库, 🪨, and_a_name_that_no_vocabulary_holds(x=0xDEADBEEF)",
    "The wing's lift coefficient grows with the angle of attack until the flow separates. " * 5,
]


@cache
def published() -> dict[str, Floats]:
    data = (weights.folder() / "model.safetensors").read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors: dict[str, Any] = json.loads(data[8:start])
    payload = memoryview(data)[start:]
    return {
        name: np.frombuffer(payload, np.float32, offset=a, count=(b - a) // 4).reshape(
            tensor["shape"]
        )
        for name, tensor in tensors.items()
        if tensor.get("dtype") == "F32"
        for a, b in [tensor["data_offsets"]]
    }


def reference(ids: list[int]) -> Floats:
    """BERT, mean pooling and unit length."""
    x, _ = forward(ids)
    mean = x.mean(axis=0)  # (d,)
    unit: Floats = mean / np.linalg.norm(mean)
    return unit


def forward(ids: list[int]) -> tuple[Floats, list[Floats]]:
    """BERT: the last layer's vectors, (t, d), and each layer's attention, (h, t, t)."""
    w = published()
    attention = []

    def linear(name: str, x: Floats) -> Floats:
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def norm(name: str, x: Floats) -> Floats:
        x = (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)
        return x * w[f"{name}.weight"] + w[f"{name}.bias"]

    x = w["embeddings.word_embeddings.weight"][ids]  # (t, d)
    x = x + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm("embeddings.LayerNorm", x + w["embeddings.token_type_embeddings.weight"][0])
    for n in range(6):
        layer = f"encoder.layer.{n}"
        q, k, v = (
            linear(f"{layer}.attention.self.{part}", x).reshape(-1, 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )  # (h, t, k)
        scores = np.exp(q @ k.transpose(0, 2, 1) / sqrt(32))  # (h, t, t)
        attention.append(scores / scores.sum(-1, keepdims=True))
        y = (attention[-1] @ v).transpose(1, 0, 2).reshape(-1, 384)
        y = linear(f"{layer}.attention.output.dense", y)
        x = norm(f"{layer}.attention.output.LayerNorm", x + y)
        y = linear(f"{layer}.intermediate.dense", x)  # (t, 4d)
        y = y / 2 * (1 + np.vectorize(erf, otypes=[np.float32])(y / sqrt(2)))
        x = norm(f"{layer}.output.LayerNorm", x + linear(f"{layer}.output.dense", y))
    return x, attention


@cache
def expected() -> Floats:
    tokenizer = Tokenizer(weights.folder() / "tokenizer.json")
    return np.array([reference([101, *tokenizer.ids(text), 102]) for text in TEXTS])  # (n, d)


def test_fp32_vectors_equal_the_reference() -> None:
    np.testing.assert_allclose(Encoder("fp32").encode(TEXTS), expected(), atol=1e-5, rtol=0)


def test_int8_is_close_to_the_reference() -> None:
    cosines = (Encoder("int8").encode(TEXTS) * expected()).sum(axis=1)  # (n,)
    assert cosines[0] > 0.99  # of an empty text, whose two tokens leave nothing to average out
    assert cosines[1:].min() > 0.998
