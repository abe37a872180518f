"""Fit `HARM` of `app.local.engine.guard.coefficients`, and write `weights/harm_examples.npz`:
`python -m tests.quality._fit_guard_harm` prints the coefficients.

For each kind: our own harmful sentences of it against our own harmless ones of all kinds, harmful
ones of other kinds (which count little, since a sentence may be of two), and every second question
and passage of the QA sets, by sentence.
"""

from pprint import pformat

import numpy as np

from app.local.engine.guard import harm
from app.local.engine.guard.sample import Sample
from app.local.engine.guard.toxicity import toxicity
from app.local.engine.guard.weights import load
from app.local.engine.transformer import Encoder
from tests.quality import _guarded
from tests.quality._convert_guard import FOLDER
from tests.quality._regression import logistic

PRIOR = 20.0
HARMFUL, BENIGN, OTHER_KIND, PUBLIC = 5.0, 3.0, 0.3, 1.0  # times that a sentence counts
ITSELF = 0.999
QUESTIONS = 200  # of each set
PASSAGES = 60


def write_examples(encoder: Encoder) -> None:
    arrays = {
        f"{kind}_{side}": encoder.encode(sentences).astype(np.float16)
        for kind, sides in _guarded.own("harm")["fit"].items()
        for side, sentences in sides.items()
    }
    np.savez_compressed(FOLDER / "harm_examples.npz", **arrays)  # type: ignore[arg-type]
    load.cache_clear()


def public(encoder: Encoder) -> list[str]:
    """Sentences that are harmless, for the fit to tell from harmful ones."""
    asked = [one for texts in _guarded.questions().values() for one in texts[0::2][:QUESTIONS]]
    passages = [one for texts in _guarded.passages().values() for one in texts[0::2][:PASSAGES]]
    return asked + [piece for text in passages for piece in Sample(text, encoder).pieces]


def main() -> None:
    encoder = Encoder()
    write_examples(encoder)
    sentences = _guarded.own("harm")["fit"]
    harmless = public(encoder)
    texts = [one for sides in sentences.values() for side in sides.values() for one in side]
    texts += harmless
    vectors, toxic = encoder.encode(texts), toxicity(texts)
    for kind in harm.KINDS:
        truth, counts = [], []
        for other, sides in sentences.items():
            is_kind = other == kind
            truth += [is_kind] * len(sides["harmful"]) + [False] * len(sides["benign"])
            counts += [HARMFUL if is_kind else OTHER_KIND] * len(sides["harmful"])
            counts += [BENIGN] * len(sides["benign"])
        truth += [False] * len(harmless)
        counts += [PUBLIC] * len(harmless)
        table = harm.features(kind, texts, vectors, toxic, ITSELF)
        worth, intercept = logistic(table, np.array(truth), np.array(counts), PRIOR)
        named = dict(zip(harm.FEATURES, worth.round(3).tolist(), strict=True))
        print(f"HARM {kind}", pformat(named, sort_dicts=False), "INTERCEPT", round(intercept, 3))


if __name__ == "__main__":
    main()
