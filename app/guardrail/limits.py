"""What of a text goes into one call of ApplyGuardrail, by choice and before the service refuses it.

    sources     100,000 characters: as many passages as fit, in their order; the next one is cut
    query       1,000 characters: the question up to the end of a sentence
    answer      5,000 characters: a longer one is judged in parts, each with the same sources

https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SOURCES = 100_000
QUERY = 1_000
ANSWER = 5_000
OVERLAP = 400
"""Characters before a part that are judged with it again: what crosses the border is seen whole."""

_FENCE = re.compile(r"(?m)^[ \t]{0,3}(?:`{3,}|~{3,})")
# Where a text may be cut, best first: between blocks, between lines, behind a sentence, at a space.
_BORDERS = tuple(
    map(
        re.compile,
        (r"\n[ \t]*\n", r"\n", r"[.!?…][\"'”’»)\]]*+(?=\s)|[。！？]++", r"\s"),  # noqa: RUF001 these signs are meant
    )
)
_SENTENCE = _BORDERS[2]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer: what is new in it begins at `begin`, and what is judged at `context`."""

    context: int
    begin: int
    end: int


def sources(passages: Sequence[str]) -> Iterator[str]:
    """The texts that fit into a grounding source; the first that does not is cut at a sentence."""
    room = SOURCES
    for passage in passages:
        if text := cut(passage, room):
            yield text
        room -= len(passage)
        if room <= 0:
            return


def query(question: str) -> str:
    """The question, as far as it fits into a query."""
    return cut(question, QUERY)


def cut(text: str, longest: int) -> str:
    """The beginning of a text, up to the end of a sentence; of a word, if the sentence is too long.

    >>> cut("It is wet. It is cold today.", 20), cut("It is wet and cold.", 12)
    ('It is wet.', 'It is wet')
    """
    if len(text) <= longest:
        return text
    head = text[: longest + 1]  # with what follows it: a stop has white space behind it
    ends = [match.end() for match in _SENTENCE.finditer(head) if match.end() <= longest]
    if ends:
        return text[: ends[-1]]
    return (head[: head.rstrip().rfind(" ")] if " " in head.strip() else head[:longest]).rstrip()


def parts(answer: str, longest: int = ANSWER) -> Iterator[Part]:
    """The parts of an answer, cut between blocks, else between lines, sentences or words.

    >>> [(part.context, part.end) for part in parts("It is wet. " * 700)]
    [(0, 4993), (4593, 7700)]
    """
    fences = [match.start() for match in _FENCE.finditer(answer)]
    context = begin = 0
    while len(answer) - context > longest:
        end = _border(answer, begin, context + longest, fences)
        yield Part(context, begin, end)
        begin = end
        space = answer.rfind(" ", 0, max(0, begin - OVERLAP)) + 1
        context = max(space, begin - 2 * OVERLAP)
    yield Part(context, begin, len(answer))


def _border(answer: str, begin: int, most: int, fences: Sequence[int]) -> int:
    """The last good place to cut, in the second half of what fits."""
    half = begin + (most - begin) // 2
    for border in _BORDERS:
        ends = [match.end() for match in border.finditer(answer, half, most)]
        if border is _BORDERS[0]:  # no block of code is cut between its paragraphs
            ends = [end for end in ends if sum(fence < end for fence in fences) % 2 == 0]
        if ends:
            return ends[-1]
    return most
