"""Pieces of an answer, and passages -> text, with every mark resolved to the words behind it.

Pure and incremental: a piece is passed on as soon as it cannot be part of a mark. Marks are
numbered anew, in the order in which the answer cites, and a mark that points at no passage is
dropped: a reader never sees a number that leads nowhere.

    passages 1..5,  "Quartz is hard [3]. It is common [1][3] [9]."
    becomes         "Quartz is hard [1]. It is common [2][1]."
    and citations   1 -> passage 3,  2 -> passage 1,  1 -> passage 3
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import log

from app.events import Citation, Passage, Text

MARKS = re.compile(r"(\s*)((?:\[\d{1,3}(?:\s*,\s*\d{1,3})*\])+)")
UNSETTLED = re.compile(r"\s*(?:\[[\d,\s]*\])*(?:\[[\d,\s]*)?$")  # may be, or become, part of marks
NUMBER = re.compile(r"\d+")
# Up to its full stop, or to the end of its paragraph, list item, row or heading: a line may be
# wrapped anywhere else.
SENTENCE = re.compile(
    r"(?m:^#+ [^\n]*)"
    r"|\S.*?(?:[.!?\u3002\uff01\uff1f](?=\s|$)|(?=\n\s*(?:\n|[-*+>|#]|\d+[.)]\s))|$)",
    re.DOTALL,
)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
WORD = re.compile(r"\w+")

# A mark stands behind its sentence; what came long before it is not what it speaks of.
CLAIM_MEMORY = 1000


def cite(pieces: Iterable[str], passages: Sequence[Passage]) -> Iterator[Text | Citation]:
    """The answer's text and its citations, in reading order."""
    reader = _Reader(passages)
    held = ""
    for piece in pieces:
        held += piece
        unsettled = UNSETTLED.search(held)
        settled = unsettled.start() if unsettled else len(held)
        yield from reader.read(held[:settled])
        held = held[settled:]
    yield from reader.read(held)


class _Reader:
    """Reads text that holds whole marks only; remembers the numbers given, and what was said."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = {passage.number: passage for passage in passages}
        self._shown: dict[int, int] = {}  # the passage's number -> its number in the answer
        self._said = ""

    def read(self, text: str) -> Iterator[Text | Citation]:
        done = 0
        for marks in MARKS.finditer(text):
            yield from self._say(text[done : marks.start()])
            yield from self._cite(marks)
            done = marks.end()
        yield from self._say(text[done:])

    def _say(self, text: str) -> Iterator[Text]:
        if text:
            self._said = (self._said + text)[-CLAIM_MEMORY:]
            yield Text(text)

    def _cite(self, marks: re.Match[str]) -> Iterator[Text | Citation]:
        claim = _last_sentence(self._said)
        space = marks[1]
        for number in map(int, NUMBER.findall(marks[2])):
            if passage := self._passages.get(number):
                shown = self._shown.setdefault(number, len(self._shown) + 1)
                yield Text(f"{space}[{shown}]")
                yield resolve(shown, passage, claim)
                space = ""


def resolve(number: int, passage: Passage, claim: str) -> Citation:
    """What of the passage stands behind a claim: document, page, section, and the quote's span."""
    start, end = quote(claim, passage.text)
    return Citation(
        number=number,
        document=passage.document,
        uri=passage.uri,
        page=passage.page,
        section=_section(passage.text, start),
        start=start,
        end=end,
        text=passage.text[start:end],
        passage=passage.text,
        score=passage.score,
    )


def quote(claim: str, text: str) -> tuple[int, int]:
    """The span of the sentence of `text` that says most nearly what `claim` says.

    Nearness is the F2 measure of their words (van Rijsbergen, 1979: recall counts twice as much as
    precision), each word weighing log((n + 1) / m) where m of the text's n sentences hold it. The
    first of equals wins; a claim that shares no word gets the first sentence.

    >>> text = "Quartz is common. It has a hardness of 7 on the Mohs scale. It is piezoelectric."
    >>> start, end = quote("Its hardness is 7.", text)
    >>> text[start:end]
    'It has a hardness of 7 on the Mohs scale.'
    """
    spans = [match.span() for match in SENTENCE.finditer(text)]
    said = [_words(text[start:end]) for start, end in spans]
    holding = Counter(chain.from_iterable(said))
    weight = {word: log((len(said) + 1) / count) for word, count in holding.items()}
    claimed = _words(claim) & weight.keys()

    def weigh(words: Iterable[str]) -> float:
        return sum(weight[word] for word in words)

    def nearness(words: frozenset[str]) -> float:
        return 5 * weigh(claimed & words) / (4 * weigh(claimed) + weigh(words) or 1)

    best = max(range(len(spans)), key=lambda place: nearness(said[place]), default=None)
    return spans[best] if best is not None else (0, len(text))


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in WORD.findall(text))


def _last_sentence(said: str) -> str:
    sentences = SENTENCE.findall(said.rstrip())
    return sentences[-1] if sentences else ""


def _section(text: str, start: int) -> str | None:
    headings = [match[1] for match in HEADING.finditer(text) if match.start() <= start]
    return headings[-1] if headings else None
