"""Content filters: how surely a text is of each harmful kind, and whether that is as much as the
filter's strength asks for.

    text -- samples: as it is, what its base64 holds, its disguises spelled out
         -- harm; attacks (of what a user wrote), documents (of what a model is given to read)
         -- the highest score -- thresholds: NONE, LOW, MEDIUM or HIGH
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from app.local.engine.encoder import TextEncoder
from app.local.engine.guard import attacks, disguises, documents, harm, normal
from app.local.engine.guard.findings import FilterFinding
from app.local.engine.guard.policy import Filter
from app.local.engine.guard.sample import Sample
from app.local.engine.guard.thresholds import (
    HARM,
    HIDDEN_INSTRUCTION,
    PLAIN_INSTRUCTION,
    PROMPT_ATTACK,
    Confidence,
    blocks,
    confidence,
)

HINTS = attacks.HINTS | documents.HINTS | harm.HINTS
ORDER: Sequence[Confidence] = ("NONE", "LOW", "MEDIUM", "HIGH")
_HIDDEN = 1  # texts in base64 that are judged
_HIDDEN_TOKENS = 128  # of each of them
_LEET_WORDS = 4  # that make a disguise: fewer are names, such as "h264"


@dataclass(frozen=True, slots=True)
class Subject:
    """A text to be filtered.

    Attributes:
        is_document: whether it is known to be something that a model is given to read, such as a
            passage, and not what its user says.
    """

    sample: Sample
    is_document: bool = False


def find(
    texts: Sequence[Subject], filters: Sequence[Filter], encoder: TextEncoder
) -> Iterator[FilterFinding]:
    """A finding for each filter, of the text of which it is surest."""
    kinds = {one.kind for one in filters}
    levels: list[Mapping[str, Confidence]] = []
    for text in texts if kinds else ():
        samples = readings(text.sample, encoder)
        if kinds & HARM.keys():
            levels += map(_harm, samples)
        if "PROMPT_ATTACK" in kinds:
            surest = max(attacks.score(one).confidence for one in samples)
            levels.append({"PROMPT_ATTACK": confidence(surest, PROMPT_ATTACK)})
            levels.append({"PROMPT_ATTACK": _instruction(text)})
    for one in filters:
        level: Confidence = max(
            (each.get(one.kind, "NONE") for each in levels), key=ORDER.index, default="NONE"
        )
        yield FilterFinding(one, level, blocks(one.strength, level))


def _harm(sample: Sample) -> Mapping[str, Confidence]:
    return {kind: confidence(score, HARM[kind]) for kind, score in harm.score(sample).items()}


def _instruction(text: Subject) -> Confidence:
    """How surely a text is a document in which an instruction hides."""
    instruction = documents.score(text.sample)
    if instruction is None or instruction.confidence < HIDDEN_INSTRUCTION:
        return "NONE"
    if text.is_document:
        return "HIGH"
    if instruction.confidence < PLAIN_INSTRUCTION:
        return "NONE"
    return "MEDIUM" if documents.reads_as_one(text.sample, instruction) else "NONE"


def readings(sample: Sample, encoder: TextEncoder) -> Sequence[Sample]:
    """A text as it is, and as it is meant where it is in disguise."""
    return [sample, *_hidden(sample, encoder)]


def _hidden(sample: Sample, encoder: TextEncoder) -> Iterator[Sample]:
    """Other readings of a text: what runs of base64 in it hold, and, where it has disguised words,
    the text with those spelled out.
    """
    for inner, _ in islice(disguises.decoded(sample.body), _HIDDEN):
        yield Sample(inner, encoder, HINTS, windows=1, tokens=_HIDDEN_TOKENS)
    plain = normal.plain(sample.body)
    spelled = disguises.without_look_alikes(plain)
    if spelled.text != plain.text:
        yield _spelled_out(spelled.text, encoder)
    words = disguises.leet(normal.bare(spelled)).text
    if len(words.split()) >= _LEET_WORDS:
        yield _spelled_out(words, encoder)


def _spelled_out(text: str, encoder: TextEncoder) -> Sample:
    return Sample(text, encoder, HINTS, windows=1, tokens=_HIDDEN_TOKENS, is_spelled_out=True)
