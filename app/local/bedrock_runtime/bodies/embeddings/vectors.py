"""Vectors of texts, in as many dimensions as a model promises."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.engine.encoder import TextEncoder, Vectors
from app.local.engine.transformer.dimensions import fit

WINDOW = 254  # tokens that the encoder reads at once

Embed = Callable[[JSON, TextEncoder], tuple[JSON, int]]  # a body -> a body, and the tokens read
Side = Literal["start", "end"]


def embed(texts: Sequence[str], encoder: TextEncoder, dimension: int) -> Vectors:
    """Unit vectors (n, dimension). A long text's is the mean of its windows', by their tokens."""
    windows = [_windows(text, encoder) for text in texts]
    vectors = encoder.encode([window for one in windows for window, _ in one])  # (w, 384)
    weights = np.array([max(tokens, 1) for one in windows for _, tokens in one], np.float32)
    starts = np.cumsum([0, *map(len, windows[:-1])])
    sums = np.add.reduceat(vectors * weights[:, None], starts)  # (n, 384)
    return fit(sums / np.linalg.norm(sums, axis=1, keepdims=True), dimension)


def _windows(text: str, encoder: TextEncoder) -> list[tuple[str, int]]:
    spans = encoder.spans(text)
    cut = [spans[start : start + WINDOW] for start in range(0, len(spans), WINDOW)]
    return [(text[one[0][0] : one[-1][1]], len(one)) for one in cut] or [(text, 0)]


def cut(text: str, longest: int, side: Side, encoder: TextEncoder) -> str:
    """The text without what it has more than `longest` tokens, taken off at one side."""
    spans = encoder.spans(text)
    if len(spans) <= longest:
        return text
    if side == "start":
        return text[spans[-longest][0] :]
    return text[: spans[longest - 1][1]]


def reads_no(kind: str, where: str) -> InvalidBody:
    """Why something that the model itself would embed is refused here."""
    return InvalidBody(
        f"{where}: the stand-in embeds text, and no {kind}; this model on AWS does. Leave it out."
    )
