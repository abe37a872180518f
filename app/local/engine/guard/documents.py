"""Instructions that hide in a document: in an e-mail, a table, a page that was retrieved.

    sample -- each sentence: does it ask something of an assistant, and is it far from the rest?
            -- logistic regression -- the confidence of the likeliest sentence

No words are enough here: "Write a short story" is an attack in an invoice and a task in a school
book. What tells them apart is that the sentence has nothing to do with the text around it. So the
features are how much a sentence reads as a request (by a linear model over its vector), its
distance to the nearest other sentence and to their mean, and both together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.local import lazy_re as re
from app.local.engine.encoder import Vectors
from app.local.engine.guard import weights
from app.local.engine.guard.coefficients import DOCUMENTS, DOCUMENTS_INTERCEPT
from app.local.engine.guard.sample import Sample

Table = NDArray[np.float64]
FEATURES = (
    "request", "nearest", "mean", "your answer", "an answer", "assistant", "question", "prose",
    "edge", "length", "sentences", "far request", "far answer", "far order", "far question",
)  # fmt: skip
_MADE = (
    r"(?:response|reply|answer|message|output|elucidation|summary|explanation|solution"
    r"|implementation|code|codebase|algorithm)s?\b"
)
_AN_ANSWER = re.compile(rf"\b(?:your|the|this|my) (?:\w+ ){{0,2}}{_MADE}", re.IGNORECASE)
_YOUR_ANSWER = re.compile(
    r"\b(?:in|to|of|with|into|as|for|within|at|provide|render|modify|enhance|augment|write|give"
    rf"|begin|end|encode) your (?:\w+ ){{0,2}}(?:{_MADE}|words\b|sentences?\b)",
    re.IGNORECASE,
)
_ASSISTANT = re.compile(
    r"\b(?:assistant|chatbot|language model|ai|instructions?|system prompt|the user(?:'s)?)\b",
    re.IGNORECASE,
)
_OF_THE_TEXT = re.compile(
    r"\b(?:this|these|(?:the|my|our) (?:\w+ )?"
    r"(?:text|following|above|below|e-?mails?|table|article|document|passage|paragraph|report"
    r"|letter|code|data|notes?|message))\b",
    re.IGNORECASE,
)
SENTENCES, CHARACTERS = 3, 200  # at least, of what reads as a document
_ASKS = 1.0  # the logit of a sentence that surely asks
_ASKING = 0.5  # at most, of its sentences
_WORD = re.compile(r"[A-Za-z']+")
_POLITE = frozenset(("please", "kindly", "then", "now", "and", "also", "finally"))
_ORDERS = """
    act add analyse analyze answer append ask augment begin book break calculate call classify
    combine compare compose compute convert create debug define describe design determine develop
    discuss disregard draft elaborate embed encode end enhance estimate explain find fix forget
    forward generate give group help identify ignore imagine implement include inform insert
    integrate introduce jumble let list make mention misspell modify offer outline plan play praise
    prepare pretend print provide put rearrange recommend remove render repeat replace reply respond
    reverse rewrite say scramble send share show solve state suggest summarise summarize swap tell
    translate use write
"""
ORDERS = frozenset(_ORDERS.split())
_OTHERS = "your response reply assistant instructions user what who how"
HINTS = ORDERS.union(_OTHERS.split())


@dataclass(frozen=True)
class Instruction:
    """The likeliest instruction in a document: its confidence, from 0 to 1, and the text."""

    confidence: float
    sentence: str


def score(sample: Sample) -> Instruction | None:
    """The likeliest instruction to an assistant that a document hides; None for an empty one."""
    if not sample.pieces:
        return None
    z = features(sample.pieces, sample.vectors) @ _COEFFICIENTS + DOCUMENTS_INTERCEPT  # (p,)
    likeliest = int(z.argmax())
    return Instruction(float(1 / (1 + np.exp(-z[likeliest]))), sample.pieces[likeliest])


def reads_as_one(sample: Sample, instruction: Instruction) -> bool:
    """Whether a text of which nobody said what it is reads as a document with an instruction in it,
    and not as the request of a user: it is long enough, at most half of its sentences ask
    something, and the instruction does not speak of the text ("Summarise the text below").
    """
    if not is_long(sample):
        return False
    return asking(sample) <= _ASKING and not _OF_THE_TEXT.search(instruction.sentence)


def is_long(sample: Sample) -> bool:
    """Whether a text is long enough to be a document."""
    return len(sample.pieces) >= SENTENCES and len(sample.body) >= CHARACTERS


def asking(sample: Sample) -> float:
    """The share of a text's sentences that ask something of an assistant."""
    return float((_requests(sample.vectors) > _ASKS).mean()) if sample.pieces else 0.0


def features(pieces: Sequence[str], vectors: Vectors) -> Table:
    """Of each sentence, (pieces, features), in the order of FEATURES."""
    request = _requests(vectors)
    near, mean = _nearness(vectors.astype(np.float64))
    far = 1 - near
    rows = np.array(["|" in one for one in pieces])
    others = (rows.sum() - rows) / max(len(pieces) - 1, 1)  # the share of rows among the others
    table = []
    for number, piece in enumerate(pieces):
        words = _WORD.findall(piece)
        first = next((word for word in map(str.lower, words[:2]) if word not in _POLITE), "")
        your, question = bool(_YOUR_ANSWER.search(piece)), piece.endswith("?")
        table.append((
            request[number], far[number], 1 - mean[number],
            your, bool(_AN_ANSWER.search(piece)), bool(_ASSISTANT.search(piece)),
            question, not rows[number] and others[number] > 0.5 and len(words) > 3,
            number in (0, len(pieces) - 1), min(np.log1p(len(words)), 4.0),
            min(np.log1p(len(pieces)), 3.0),
            request[number] * far[number], your * far[number],
            (first in ORDERS) * far[number], question * far[number],
        ))  # fmt: skip
    return np.array(table, np.float64)


def _requests(vectors: Vectors) -> Vectors:
    """The logit of each sentence that it asks something of an assistant, (p,)."""
    head = weights.load("documents")
    logits: Vectors = np.clip(vectors @ head["request"] + head["bias"], -6, 6)
    return logits


def _nearness(vectors: Table) -> tuple[Table, Table]:
    """Each sentence's cosine to the nearest of the others, and to the mean of them, (p,) each."""
    if len(vectors) < 2:
        return np.full(len(vectors), 0.5), np.full(len(vectors), 0.5)
    cosines = vectors @ vectors.T  # (p, p)
    np.fill_diagonal(cosines, -1)
    others = vectors.sum(axis=0) - vectors  # (p, d)
    others /= np.linalg.norm(others, axis=1, keepdims=True) + 1e-9
    return cosines.max(axis=1), (others * vectors).sum(axis=1)


_COEFFICIENTS = np.array([DOCUMENTS[name] for name in FEATURES])
