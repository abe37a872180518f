"""Fit `TOPICS` of `app.local.engine.guard.coefficients`, and write `weights/background.npz`:
`python -m tests.quality._fit_guard_topics` prints the coefficients.

The topics are every second one of `_topics`; `python -m tests.quality topics` measures on the
others.
"""

from collections.abc import Sequence
from pprint import pformat

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.guard import topics
from app.local.engine.guard.weights import load
from app.local.engine.transformer import Encoder
from tests.quality import _guarded, _topics
from tests.quality._convert_guard import FOLDER
from tests.quality._regression import logistic

PRIOR = 3.0
WEIGHTS = {"metatool": 1.0, "xquad": 1.0, "own": 20.0}


class Remembering:
    """An encoder that computes a text once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = {}

    dimension, identity = Encoder.dimension, Encoder.identity

    def encode(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors |= zip(new, self._encoder.encode(new), strict=True)
        return np.array([self._vectors[text] for text in texts])

    def spans(self, text: str) -> list[tuple[int, int]]:
        return self._encoder.spans(text)

    def count(self, text: str) -> int:
        return self._encoder.count(text)


def write_background(encoder: Encoder) -> None:
    sentences = _guarded.own("topics")["background"]["sentences"]
    vectors = encoder.encode(sentences).astype(np.float16)
    np.savez_compressed(FOLDER / "background.npz", sentences=vectors)
    load.cache_clear()


def main() -> None:
    encoder = Encoder()
    write_background(encoder)
    remembering = Remembering(encoder)
    tables, truth, counts = [], [], []
    for name, weight in WEIGHTS.items():
        for case in getattr(_topics, name)(0):
            compared = topics.compare(case.topic, remembering)
            texts = [*case.about, *case.others]
            tables.append(topics.features(remembering.encode(texts), compared))
            truth += [True] * len(case.about) + [False] * len(case.others)
            counts += [weight] * len(texts)
    worth, intercept = logistic(np.concatenate(tables), np.array(truth), np.array(counts), PRIOR)
    named = dict(zip(topics.FEATURES, worth.round(3).tolist(), strict=True))
    print("TOPICS", pformat(named, sort_dicts=False))
    print("TOPICS_INTERCEPT", round(intercept, 3))


if __name__ == "__main__":
    main()
