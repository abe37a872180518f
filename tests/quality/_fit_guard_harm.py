"""Fit `HARM` of `app.local.engine.guard.coefficients`, and write `weights/harm_examples.npz`:
`python -m tests.quality._fit_guard_harm` prints the coefficients.

For each kind: our own harmful sentences of it, alone and put into harmless passages, against our
own harmless sentences, requests and passages, harmful sentences of other kinds (which count little,
since a sentence may be of two), and every second question and passage of the QA sets, by sentence.
The linear model of a kind is fitted first; what it says of a sentence of the fit is said by one
that has not read the sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pprint import pformat
from random import Random

import numpy as np
from numpy.typing import NDArray

from app.local.engine.encoder import Vectors
from app.local.engine.guard import documents, filters, harm
from app.local.engine.guard.sample import Sample
from app.local.engine.guard.toxicity import toxicity
from app.local.engine.guard.weights import load
from app.local.engine.transformer import Encoder
from tests.quality import _guarded
from tests.quality._convert_guard import FOLDER
from tests.quality._regression import Array, Mask, logistic

PRIOR = 20.0
LINEAR_PRIOR = 100.0
FOLDS = 4
OTHER_KIND = 0.3  # times that a harmful sentence of another kind counts
PUT_IN = 1.0  # times that a harmful sentence in a passage counts
COUNTS = {"harmful": 5.0, "benign": 3.0, "requests": 6.0, "passages": 5.0, "public": 1.0}
LINEAR_COUNTS = {"harmful": 5.0, "benign": 3.0, "requests": 3.0, "passages": 2.0, "public": 1.0}
ITSELF = 0.999
QUESTIONS = 200  # of each set
PASSAGES = 60


@dataclass(frozen=True)
class Group:
    """Sentences of one origin, each with what stands around it.

    Attributes:
        origin: a key of COUNTS.
        kind: of harm, where they are harmful.
    """

    origin: str
    kind: str
    texts: Sequence[Sample]
    vectors: Vectors
    pieces: Sequence[str]
    around: Array


def group(origin: str, texts: Sequence[str], encoder: Encoder, kind: str = "") -> Group:
    samples = [Sample(text, encoder, filters.HINTS) for text in texts]
    samples = [one for one in samples if one.pieces]
    return Group(
        origin,
        kind,
        samples,
        np.concatenate([one.vectors for one in samples]),
        [piece for one in samples for piece in one.pieces],
        np.concatenate([
            harm.context(one.pieces, one.vectors, is_document=documents.is_long(one))
            for one in samples
        ]),
    )  # fmt: skip


def groups(encoder: Encoder) -> list[Group]:
    """All that the fit reads."""
    ours = _guarded.own("harm")
    asked = [one for texts in _guarded.questions().values() for one in texts[0::2][:QUESTIONS]]
    passages = [one for texts in _guarded.passages().values() for one in texts[0::2][:PASSAGES]]
    return [
        *(
            group(origin, sentences, encoder, kind if origin == "harmful" else "")
            for kind, sides in ours["fit"].items()
            for origin, sentences in sides.items()
        ),
        group("requests", ours["requests"]["fit"], encoder),
        group("passages", ours["passages"]["fit"], encoder),
        group("public", asked, encoder),
        group("public", passages, encoder),
    ]


def put_in(one: Group, others: Sequence[Group], seed: int = 3) -> Array:
    """What stands around each sentence of a group if it is put into a passage: at its start, in its
    middle or at its end.
    """
    random = Random(seed)
    hosts = [text for each in others for text in each.texts if documents.is_long(text)]
    rows = []
    for piece, vector in zip(one.pieces, one.vectors, strict=True):
        host = random.choice(hosts)
        place = random.choice((0, len(host.pieces) // 2, len(host.pieces)))
        pieces = [*host.pieces[:place], piece, *host.pieces[place:]]
        vectors = np.insert(host.vectors, place, vector, axis=0)
        rows.append(harm.context(pieces, vectors, is_document=True)[place])
    return np.array(rows)


def counts(parts: Sequence[Group], kind: str, by_origin: dict[str, float]) -> Array:
    """How many times each sentence counts in the fit of a kind."""
    return np.concatenate([
        np.full(
            len(one.pieces),
            OTHER_KIND if one.kind not in ("", kind) else by_origin[one.origin],
        )
        for one in parts
    ])  # fmt: skip


def is_of(parts: Sequence[Group], kind: str) -> Mask:
    return np.concatenate([np.full(len(one.pieces), one.kind == kind) for one in parts])


def linear(vectors: Array, truth: Mask, count: Array) -> tuple[Array, float, Array]:
    """A linear model of vectors, and what models without a sentence say of each sentence."""
    fold = np.random.default_rng(0).integers(0, FOLDS, len(truth))
    logits: NDArray[np.float64] = np.zeros(len(truth))
    for number in range(FOLDS):
        read = fold != number
        worth, bias = logistic(vectors[read], truth[read], count[read], LINEAR_PRIOR)
        logits[~read] = vectors[~read] @ worth + bias
    return *logistic(vectors, truth, count, LINEAR_PRIOR), logits


def main() -> None:
    encoder = Encoder()
    parts = groups(encoder)
    vectors = np.concatenate([one.vectors for one in parts]).astype(np.float64)
    arrays = {
        f"{kind}_{origin}": encoder.encode(sentences).astype(np.float16)
        for kind, sides in _guarded.own("harm")["fit"].items()
        for origin, sentences in sides.items()
    }
    requests = _guarded.own("harm")["requests"]["fit"]
    arrays["requests"] = encoder.encode(requests).astype(np.float16)
    logits = {}
    for kind in harm.KINDS:
        worth, bias, logits[kind] = linear(
            vectors, is_of(parts, kind), counts(parts, kind, LINEAR_COUNTS)
        )
        arrays |= {
            f"{kind}_linear": worth.astype(np.float16),
            f"{kind}_bias": np.array(bias, np.float16),
        }
    np.savez_compressed(FOLDER / "harm_examples.npz", **arrays)  # type: ignore[arg-type]
    load.cache_clear()
    toxic = toxicity([piece for one in parts for piece in one.pieces])
    around = np.concatenate([one.around for one in parts])
    hosts = [one for one in parts if one.origin in ("passages", "public")]
    for kind in harm.KINDS:
        truth = is_of(parts, kind)
        table = harm.features(
            kind, vectors.astype(np.float32), toxic, around, ITSELF, logits[kind]
        )  # (sentences, features)
        inside = table[truth].copy()
        [harmful] = [one for one in parts if one.kind == kind]
        inside[:, -around.shape[1] :] = put_in(harmful, hosts)
        worth, intercept = logistic(
            np.concatenate([table, inside]),
            np.concatenate([truth, np.ones(len(inside), bool)]),
            np.concatenate([counts(parts, kind, COUNTS), np.full(len(inside), PUT_IN)]),
            PRIOR,
        )
        named = dict(zip(harm.FEATURES, worth.round(3).tolist(), strict=True))
        print(f"HARM {kind}", pformat(named, sort_dicts=False), "INTERCEPT", round(intercept, 3))


if __name__ == "__main__":
    main()
