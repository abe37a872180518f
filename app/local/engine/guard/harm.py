"""Harmful content by kind: HATE, INSULTS, SEXUAL, VIOLENCE, MISCONDUCT.

    sample -- each sentence: how near to harmful sentences of the kind and to harmless look-alikes
              what a linear model of its vector says
              what a network reads of toxic comments in it (`toxicity`)
              whether it has words of protection, law, medicine or report
              whether it speaks of a writer or reader, or the text around it is about such things
           -- a logistic regression for each kind -- the score of the likeliest sentence

No public weights know VIOLENCE and MISCONDUCT. So for each kind the nearness to fifty harmful and
to harmless sentences of our own counts, by the encoder's vectors: "kill -9", "Cancel my order",
"the patient's sex" and a history of a war are among the harmless ones. In a passage that tells of
harm, a sentence is like those around it; harm that was put into a passage is not.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.local import lazy_re as re
from app.local.engine.encoder import Vectors
from app.local.engine.guard import documents, weights
from app.local.engine.guard.coefficients import HARM, HARM_INTERCEPTS
from app.local.engine.guard.sample import Sample
from app.local.engine.guard.toxicity import LABELS, toxicity

Table = NDArray[np.float64]
KINDS = ("HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT")
FEATURES = (
    "harmful", "margin", "linear", *LABELS, "about", "addressed", "document", "about others",
    "like others", "addressed in document",
)  # fmt: skip
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
    r"|historical|stud(?:y|ies)|survey|against|discriminat\w*|moderat\w*|awareness"
    r"|crim(?:e|es|inals?)|consent|trained|categor\w+|filters?|called|abuse|infections?|medicines?"
    r"|drugs? (?:is|are)|safety|risks?|rules?|trust\w*|novel|describes?|explains?)\b",
    re.IGNORECASE,
)
# Other words than those of `attack_signs`: a request for harm often begins with a verb, and without
# I or you; and we plan harm together. The coefficients of each were fitted with its own words.
_ADDRESSED = re.compile(
    r"\b(?:i|i'm|i'll|me|my|mine|we|us|our|you|your|yours|you're|let'?s)\b"
    r"|^(?:how (?:do|can|to)|tell|write|help|give|show|make|describe|explain|send|find)\b",
    re.IGNORECASE,
)
_ALONE = 0.3  # how like others the only sentence of a text is


def score(sample: Sample) -> Mapping[str, float]:
    """How surely a text is harmful, 0 to 1, by kind: that of its likeliest sentence."""
    if not sample.pieces:
        return dict.fromkeys(KINDS, 0.0)
    toxic = toxicity(sample.pieces)
    around = context(sample.pieces, sample.vectors, is_document=documents.is_long(sample))
    scores = {}
    for kind in KINDS:
        coefficients = np.array([HARM[kind][name] for name in FEATURES])
        table = features(kind, sample.vectors, toxic, around)
        z = table @ coefficients + HARM_INTERCEPTS[kind]  # (p,)
        scores[kind] = float(1 / (1 + np.exp(-z.max())))
    return scores


def features(
    kind: str,
    vectors: Vectors,
    toxic: Vectors,
    around: Table,
    itself: float = 2.0,
    logits: Table | None = None,
) -> Table:
    """Of each sentence, (sentences, features), in the order of FEATURES.

    Args:
        kind: of harm.
        vectors: of the sentences.
        toxic: their logits by `toxicity`.
        around: what `context` says of them.
        itself: a cosine from which an example is the sentence itself, and left out: for the fit.
        logits: of the linear model; None computes them.
    """
    examples = weights.load("harm_examples")
    benign = np.concatenate([examples["requests"], *(examples[f"{one}_benign"] for one in KINDS)])

    def near(vectors_of: Vectors) -> Table:
        cosines = vectors @ vectors_of.T
        nearest: Table = np.sort(np.where(cosines < itself, cosines, -1), axis=1)
        return nearest

    harmful = near(examples[f"{kind}_harmful"])[:, -_NEAREST:].mean(axis=1)
    margin = harmful - near(benign)[:, -_NEAREST:].mean(axis=1)
    model = (
        vectors @ examples[f"{kind}_linear"] + examples[f"{kind}_bias"]
        if logits is None
        else logits
    )
    bounded = np.clip(model, -8, 8)
    table: Table = np.column_stack([harmful, margin, bounded, np.clip(toxic, -6, 6), around])
    return table.astype(np.float64)


def context(texts: Sequence[str], vectors: Vectors, *, is_document: bool) -> Table:
    """What the words of each sentence, and the sentences around it, tell of use or mention: the
    last six of FEATURES, (sentences, 6).

    Args:
        texts: all sentences of one text.
        vectors: of them.
        is_document: whether the text is long enough to be a document.
    """
    about = np.array([bool(_ABOUT.search(text)) for text in texts], float)
    others = (about.sum() - about) / max(len(texts) - 1, 1)  # the share of them that has such words
    addressed = np.array([bool(_ADDRESSED.search(text)) for text in texts], float)
    like = np.full(len(texts), _ALONE)
    if len(texts) > 1:
        cosines = vectors.astype(np.float64) @ vectors.T  # (p, p)
        np.fill_diagonal(cosines, -1)
        like = cosines.max(axis=1)
    document = np.full(len(texts), float(is_document))
    of_document = (document * others, document * like, document * addressed)
    return np.column_stack([about, addressed, document, *of_document])
