"""Attacks on the prompt in what a user writes: jailbreak, injection, leakage of the prompt.

    sample -- the network's logit of each window, the highest
               how much nearer a window is to an attack than to a harmless look-alike
               signs of words, less where the text quotes them or asks about them
            -- logistic regression -- a confidence, and what kind of attack the words tell of

The network is jailguard's (`weights/NOTICE.md`): it reads the encoder's vectors and was trained on
English. So of a text in another script only the words count. What it cannot do is tell a use
from a mention: therefore the damping by `attack_signs`. A reference text, such as a table of
settings or a page about attacks, is a mention as a whole: it hardly says "I" or "you". In it
only sentences count that do, and orders. A table full of numbers, read as letters, is a jumble
that the network takes for anything: there the words have to tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.guard import attack_signs, documents, weights
from app.local.engine.guard.coefficients import ATTACKS, ATTACKS_INTERCEPT
from app.local.engine.guard.sample import Sample

FEATURES = ("network", "likeness", *attack_signs.PATTERNS, "foreign", "variety")
_HINTS = """
    ignore disregard forget override bypass instructions instruction prompt system rules guidelines
    pretend act roleplay character persona unfiltered uncensored unrestricted jailbreak refuse
    restrictions limits filter policy reveal print repeat secret assistant chatgpt openai ai model
    developer mode admin password answer reply response respond output
"""
HINTS = frozenset(_HINTS.split())
_MENTIONED = 0.3  # what a sign counts in a text that is about it
_STEEPEST = 6.0  # the network's logit is bounded, since it is as sure when it is wrong
_UNKNOWN = -4.0  # the logit for what the network cannot read
_FOREIGN = 0.3  # the share of letters of other scripts from which it cannot
_ADDRESSED = 0.25  # the share of a reference text that speaks of its writer or reader, at most
_KINDS = 1  # of signs that a reference text has, at most: a character without bounds has several
_TELLING: Mapping[str, tuple[str, ...]] = {
    "JAILBREAK": ("persona", "unbound"),
    "PROMPT_INJECTION": ("override", "marks"),
    "PROMPT_LEAKAGE": ("leak",),
}


@dataclass(frozen=True)
class AttackScores:
    """How sure it is that a text attacks the prompt.

    Attributes:
        confidence: from 0 to 1.
        kinds: the confidence in JAILBREAK, PROMPT_INJECTION and PROMPT_LEAKAGE. The likeliest has
            the whole confidence, the others their share of what the text's words tell; if they tell
            nothing, it is a jailbreak.
    """

    confidence: float
    kinds: Mapping[str, float]


def score(sample: Sample) -> AttackScores:
    """How sure it is that a text that a user wrote attacks the prompt."""
    row = features(sample)
    z = sum(ATTACKS[name] * value for name, value in row.items()) + ATTACKS_INTERCEPT
    confidence = float(1 / (1 + np.exp(-z)))
    evidence = {
        kind: sum(ATTACKS[name] * row[name] for name in names) for kind, names in _TELLING.items()
    }
    most = max(evidence.values())
    if most <= 0:
        evidence, most = dict.fromkeys(evidence, 0.0) | {"JAILBREAK": 1.0}, 1.0
    return AttackScores(
        confidence, {kind: confidence * (of / most) for kind, of in evidence.items()}
    )


def features(sample: Sample) -> Mapping[str, float]:
    """What the confidence is made of, by the names of FEATURES."""
    text = sample.body
    used = attack_signs.unquoted(text)
    about = attack_signs.is_about(text)
    counts = attack_signs.counts(used)
    is_reference = _is_reference(sample, counts)
    if is_reference:
        counts = {**_told(sample), "marks": counts["marks"]}
    if about:
        counts = {name: count * _MENTIONED for name, count in counts.items()}
    telling = _kinds(counts)
    foreign = attack_signs.foreign(text) > _FOREIGN
    logits = network(sample.windows)
    logit = float(np.clip(logits.max(), -_STEEPEST, _STEEPEST)) if len(logits) else _UNKNOWN
    if foreign or is_reference or (sample.is_spelled_out and not telling):
        logit = _UNKNOWN
    elif about or (not telling and used != text):
        logit = min(logit, 0.0)
    values = (
        logit,
        likeness(sample.windows),
        *counts.values(),
        float(foreign),
        len(telling) * (_MENTIONED if about else 1.0),
    )
    return dict(zip(FEATURES, values, strict=True))


def _kinds(counts: Mapping[str, float]) -> list[str]:
    """The kinds of signs that a text has, but for the name of a model."""
    return [name for name, count in counts.items() if count and name != "model"]


def _is_reference(sample: Sample, counts: Mapping[str, float]) -> bool:
    """Whether a text is one to look things up in, and hardly speaks to anybody."""
    if not documents.is_long(sample) or len(_kinds(counts)) > _KINDS:
        return False
    addressed = sum(len(one) for one in sample.pieces if attack_signs.is_addressed(one))
    return addressed < _ADDRESSED * sum(map(len, sample.pieces))


def _told(sample: Sample) -> Mapping[str, float]:
    """The signs in those sentences that speak to somebody, or order."""
    sentences = (
        one for one in sample.pieces if attack_signs.is_addressed(one) or attack_signs.orders(one)
    )
    return attack_signs.counts(attack_signs.unquoted("\n".join(sentences)))


def likeness(vectors: Vectors, itself: float = 2.0) -> float:
    """The greatest difference of a window's cosines to the nearest attack and to the nearest
    harmless look-alike among our own sentences.

    Args:
        vectors: of the windows, (n, 384).
        itself: a cosine from which a sentence is the text itself, and left out: for the fit.
    """
    examples = weights.load("attack_examples")
    to_attacks = vectors @ examples["attacks"].T  # (n, attacks)
    to_benign = vectors @ examples["benign"].T  # (n, look-alikes)
    nearest = [np.where(one < itself, one, -1).max(axis=1) for one in (to_attacks, to_benign)]
    return float((nearest[0] - nearest[1]).max(initial=-1.0))


def network(vectors: Vectors) -> Vectors:
    """Jailguard's logit of each vector, (n,): 384 -> 256 -> 128 -> 1, with ReLU between them."""
    w = weights.load("attacks")
    hidden = np.maximum(vectors @ w["first"] + w["first_bias"], 0)  # (n, 256)
    hidden = np.maximum(hidden @ w["second"] + w["second_bias"], 0)  # (n, 128)
    logits: Vectors = hidden @ w["last"] + w["last_bias"]  # (n,)
    return logits
