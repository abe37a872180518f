"""Harmful content by kind: HATE, INSULTS, SEXUAL, VIOLENCE, MISCONDUCT.

    sample -- each sentence: how near to harmful sentences of the kind and to harmless look-alikes
              whether it has words of protection, law, medicine or report
              what a network reads of toxic comments in it (`toxicity`)
           -- a logistic regression for each kind -- the score of the likeliest sentence

No public weights know VIOLENCE and MISCONDUCT. So for each kind the nearness to twenty harmful and
twenty harmless sentences of our own counts, by the encoder's vectors: "kill -9", "the patient's
sex" and a history of a war are among the harmless ones.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.local.engine.encoder import Vectors
from app.local.engine.guard import weights
from app.local.engine.guard.coefficients import HARM, HARM_INTERCEPTS
from app.local.engine.guard.sample import Sample
from app.local.engine.guard.toxicity import LABELS, toxicity

Table = NDArray[np.float64]
KINDS = ("HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT")
FEATURES = ("harmful", "margin", "about", *LABELS)
_NEAREST = 3  # harmful examples, whose mean counts
_WORDS = """
    kill murder stab shoot bomb gun knife blood rape torture beat attack hate filth vermin inferior
    race religion muslims jews gays immigrants women idiot stupid moron dumb ugly loser pathetic sex
    naked nude porn erotic horny breasts steal hack forge drugs meth cocaine counterfeit launder
    bribe smuggle phishing malware ransomware fraud weapon poison explosives suicide die fuck shit
"""
HINTS = frozenset(_WORDS.split())
_ABOUT = re.compile(
    r"\b(?:prevent\w*|protect\w*|detect\w*|reports?|reported|defen[cds]\w*|penalty|punish\w*|laws?|legal"
    r"|illegal|forbid\w*|polic[ey]\w*|victims?|treat\w*|symptoms?|screen\w*|patients?|museum|history"
    r"|historical|stud(?:y|ies)|survey|against|discriminat\w*|moderat\w*|awareness)\b",
    re.IGNORECASE,
)


def score(sample: Sample) -> Mapping[str, float]:
    """How surely a text is harmful, 0 to 1, by kind: that of its likeliest sentence."""
    if not sample.pieces:
        return dict.fromkeys(KINDS, 0.0)
    toxic = toxicity(sample.pieces)
    scores = {}
    for kind in KINDS:
        coefficients = np.array([HARM[kind][name] for name in FEATURES])
        z = (
            features(kind, sample.pieces, sample.vectors, toxic) @ coefficients
            + HARM_INTERCEPTS[kind]
        )  # (p,)
        scores[kind] = float(1 / (1 + np.exp(-z.max())))
    return scores


def features(
    kind: str, texts: Sequence[str], vectors: Vectors, toxic: Vectors, itself: float = 2.0
) -> Table:
    """Of each sentence, (sentences, features), in the order of FEATURES.

    Args:
        kind: of harm.
        texts: the sentences.
        vectors: of them.
        toxic: their logits by `toxicity`.
        itself: a cosine from which an example is the sentence itself, and left out: for the fit.
    """
    examples = weights.load("harm_examples")
    benign = np.concatenate([examples[f"{one}_benign"] for one in KINDS])

    def near(vectors_of: Vectors) -> Table:
        cosines = vectors @ vectors_of.T
        nearest: Table = np.sort(np.where(cosines < itself, cosines, -1), axis=1)
        return nearest

    harmful = near(examples[f"{kind}_harmful"])[:, -_NEAREST:].mean(axis=1)
    margin = harmful - near(benign)[:, -_NEAREST:].mean(axis=1)
    about = [bool(_ABOUT.search(text)) for text in texts]
    table: Table = np.column_stack([harmful, margin, about, np.clip(toxic, -6, 6)])
    return table.astype(np.float64)
