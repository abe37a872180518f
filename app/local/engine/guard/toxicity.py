"""A small recurrent network that reads a comment as toxic: toxic-comment-classifier, in NumPy.

    words -> 50 numbers each -> an LSTM forwards and one backwards, 50 units each -> the greatest
    value of each unit -> 50 -> 6 logits

It was trained on comments of Wikipedia (the labels of Jigsaw); `weights/NOTICE.md` says whose it
is. It reads the last 100 words of a text, in small letters; words beyond its 12,000 are left out,
as in the original those beyond 20,000 are.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.guard.weights import load, words

LABELS = ("toxic", "severe", "obscene", "threat", "insult", "hate")
STEPS = 100  # words, with padding before them
_SIGNS = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))


def toxicity(texts: Sequence[str]) -> Vectors:
    """The logits of each text, (n, 6), in the order of LABELS."""
    if not texts:
        return np.zeros((0, len(LABELS)), np.float32)
    w = load("toxicity")
    table = w["table"] * w["scales"][:, None]  # (words + 1, 50), the first for padding
    ids = np.zeros((len(texts), STEPS), np.int64)
    for row, text in zip(ids, texts, strict=True):
        numbers = _numbers(text)
        if numbers:
            row[-len(numbers) :] = numbers
    inputs = table[ids]  # (n, STEPS, 50)
    ways = (_lstm(inputs, "forward"), _lstm(inputs[:, ::-1], "backward"))
    greatest = np.concatenate(ways, axis=1)  # (n, 100)
    hidden = np.maximum(greatest @ w["dense"] + w["dense_bias"], 0)  # (n, 50)
    logits: Vectors = hidden @ w["last"] + w["last_bias"]
    return logits


def _numbers(text: str) -> list[int]:
    vocabulary = _vocabulary()
    # of a word at most 12 signs and a space or two: what is cut off has no place among the last
    tail = text[-STEPS * 20 :].lower().translate(_SIGNS).split()
    return [vocabulary[word] for word in tail if word in vocabulary][-STEPS:]


def _lstm(inputs: Vectors, way: str) -> Vectors:
    """The greatest output of each unit over all steps, (n, 50). Gates are in Keras's order: input,
    forget, candidate, output.
    """
    w = load("toxicity")
    fed = inputs @ w[f"{way}_kernel"] + w[f"{way}_bias"]  # (n, STEPS, 200)
    state: Vectors = np.zeros((len(inputs), 50), np.float32)
    memory: Vectors = np.zeros_like(state)
    greatest = np.full_like(state, -np.inf)
    for step in range(inputs.shape[1]):
        gates: Vectors = fed[:, step] + state @ w[f"{way}_recurrent"]  # (n, 200)
        opened: Vectors = np.reciprocal(1 + np.exp(-gates), dtype=np.float32)
        memory = opened[:, 50:100] * memory + opened[:, :50] * np.tanh(gates[:, 100:150])
        state = opened[:, 150:] * np.tanh(memory)
        greatest = np.maximum(greatest, state)
    return greatest


@cache
def _vocabulary() -> dict[str, int]:
    return {word: number for number, word in enumerate(words("toxicity"), start=1)}
