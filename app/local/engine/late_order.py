"""The order of a search's first hits, by late interaction beside the search's own score.

A search compares a question with a chunk as a whole, and by the words that both have. Late
interaction compares each word of the question with each of the chunk and what stands over it, by
meaning. It reads the chunk's text for that, so it is used for the first hits only.

    score of the search, its words once more, and what the passage says of the question, as a
    whole and in one place
        -- lifted by the other hits of the same document
        -- those that hold the question's identifiers first

The weights were chosen on 82 questions about AWS's guides, 612 of xquad_en, 76 of users, 63 about
READMEs and 570 claims of SciFact, and looked at on 539 others
(`docs/experiments/search-first-hits.md`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from app.local import lazy_re as re
from app.local.engine.chunk.headings import with_context
from app.local.engine.encoder import TokenVectors
from app.local.engine.languages import detect
from app.local.engine.late_interaction import coverages
from app.local.engine.store import Hit
from app.local.engine.store.fusion import MEANING, words_part

FIRST = 12  # hits that are put in order
WEIGHT = 6.0  # of late interaction; the search's score has 1
WORDS = 2.3  # of what words add to that score, which already has it once
WITHIN = 0.25  # of late interaction, the share of what stands in one place of the passage
NEIGHBOURS = 0.4  # the weight of a document's best hits for each of its hits
BEST = 3  # hits of a document that count for that
LONGEST = 4000  # characters of a chunk that is read for this
_COMPOUND = re.compile(r"\w+(?:[-.:/,]\w+)*")
_PART = re.compile(r"\w+")
_IDENTIFIER = re.compile(r"(?=.*[^\W\d_])(?:.*?\d){3}")
_VERSION = re.compile(r"\Av?(\d+(?:\.\d+){2,3})\Z")
_DECADE = re.compile(r"\d+(?:s|st|nd|rd|th)")


class PassageReader(Protocol):
    """Passages to their tokens. Any thread may call it."""

    def passages(self, texts: Sequence[str], documents: Sequence[str]) -> list[TokenVectors]:
        """The tokens of each text, which is of the document at its place, in their order."""
        ...


def in_late_order(
    reader: PassageReader, text: str, question: TokenVectors, hits: Sequence[Hit]
) -> list[Hit]:
    """The hits, the first of them in another order and with other scores, which still fall from
    the best hit to the last. Those that hold the identifiers of the question come before others:
    to the encoder B2750 and B2751 are much the same.

    They stay as they are where one of the first has a text too long to be read for this, and where
    the question is in another language than the encoder's English.

    Args:
        reader: of tokens, by the encoder of the store.
        text: the question's words.
        question: their tokens.
        hits: of a search by meaning and by words, best first.
    """
    first, rest = hits[:FIRST], hits[FIRST:]
    if len(first) < 2 or any(len(hit.text) > LONGEST for hit in first) or detect(text).code != "en":
        return list(hits)
    texts = [with_context(hit.context, hit.text) for hit in first]
    documents = dict(zip(texts, (hit.document for hit in first), strict=True))
    passages = reader.passages(list(documents), list(documents.values()))  # copies are read once
    read = dict(zip(documents, (_reading(question, one) for one in passages), strict=True))
    named = _identifiers(text)
    pairs = list(zip(first, texts, strict=True))
    alone = [_alone(hit.score, *read[one]) for hit, one in pairs]
    scores = [
        _exact(score, named, one) for score, one in zip(_lifted(pairs, alone), texts, strict=True)
    ]
    ordered = sorted(
        (replace(hit, score=score) for hit, score in zip(first, scores, strict=True)),
        key=lambda hit: (-hit.score, hit.id),
    )
    scale = min(scores) / (first[-1].score or 1)
    return [*ordered, *(replace(hit, score=hit.score * scale) for hit in rest)]


def _reading(question: TokenVectors, passage: TokenVectors) -> tuple[float, float]:
    """How near the passage is to the question as a whole, -1 to 1; and how much of the question it
    says, 0 to 1, anywhere and in its best place.
    """
    whole, within = coverages(question, passage)
    share = max((1 - WITHIN) * whole + WITHIN * within, 0)
    return float(question.mean @ passage.mean), share


def _alone(score: float, cosine: float, share: float) -> float:
    """The score of a hit by itself, 0 to 1: the weighted mean of the search's score, what words
    added to it, and the share of the question that its passage says.
    """
    words = words_part(score, cosine)
    return (score + WORDS * words + WEIGHT * share) / (1 + WORDS * (1 - MEANING) + WEIGHT)


def _lifted(pairs: Sequence[tuple[Hit, str]], scores: Sequence[float]) -> list[float]:
    """The scores of hits and what is read of them, each lifted by the best hits of its document, as
    far as these are above the least; scaled to the range that the scores had. Copies of a text in
    a document lift it once.
    """
    least, most = min(scores), max(scores)
    above: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (hit, read), score in zip(pairs, scores, strict=True):
        above[hit.document][read] = max(score - least, above[hit.document].get(read, 0.0))
    lift = {
        document: NEIGHBOURS * sum(sorted(some.values())[-BEST:])
        for document, some in above.items()
    }
    raised = [
        score - least + lift[hit.document] for (hit, _), score in zip(pairs, scores, strict=True)
    ]
    scale = (most - least) / (max(raised) or 1)
    return [least + scale * one for one in raised]


def _identifiers(text: str) -> set[str]:
    """The words and compounds that have a letter and three digits, and versions of three numbers,
    without a "v". Fewer digits have years, sections and products that a passage with the answer may
    well leave out.

    >>> sorted(_identifiers("Does B2750 of e-4711 cost 31.50 in the 1990s, in S3 or EC2?"))
    ['b2750', 'e-4711']
    >>> sorted(_identifiers("Is v0.20.0 or 1.2 newer?"))
    ['0.20.0']
    """
    words = _words(text)
    return {
        word
        for word in words
        if _VERSION.fullmatch(word) or (_IDENTIFIER.match(word) and not _DECADE.fullmatch(word))
    }


def _words(text: str) -> list[str]:
    """Its words and compounds, in small letters; versions without a "v"."""
    return [_VERSION.sub(r"\1", word) for word in _COMPOUND.findall(text.casefold())]


def _exact(score: float, named: set[str], text: str) -> float:
    """The score, of which half is how many of the identifiers are in the text, if there are any."""
    if not named:
        return score
    words = {*_words(text), *_PART.findall(text.casefold())}
    return (score + len(named & words) / len(named)) / 2
