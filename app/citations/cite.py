"""Resolves the marks of an answer to the quotes that they cite, piece by piece.

    disguise     the prompt: bracketed numbers of a document are shown with other signs
    brackets     the answer's pieces -> its text, and its bracketed numbers
    marks        bracketed numbers -> marks, text, or made up by the model
    quote        a mark's sentence and its passage -> the part of the passage that is nearest to it
    support      whether that part supports the sentence
    sentences    a passage -> the parts of it that can be quoted

All of it is pure. A piece is passed on as soon as it cannot be part of a mark. Marks are numbered
again, in the order in which the answer cites. A mark of no passage is dropped, so that every number
that a reader sees leads somewhere.

    passages 1..5,    "Quartz is hard [3]. It is common [1][3] [9]."
    becomes           "Quartz is hard [1]. It is common [2][1]."
    and citations     1 -> passage 3,  2 -> passage 1,  1 -> passage 3
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from app.citations.abstention import ABSTENTION_MARK, is_abstention
from app.citations.brackets import Run, Scanner, Words
from app.citations.disguise import Disguise
from app.citations.marks import Marks
from app.citations.quote import Quotable, quote
from app.citations.sentences import claims
from app.citations.support import Evidence
from app.events import Citation, Passage, Text, utf16_length

__all__ = ["Citer", "cite", "quote", "remove_marks"]

# A mark comes after the sentence that it belongs to, so older text is not needed.
CLAIM_MEMORY = 1000  # characters
_COLONS = (":", "：")  # noqa: RUF001 these signs are meant
_BEGINS_BLOCK = ("-", "*", "+", "|", "`", "~")
_FENCE = re.compile(r"\n[ \t]{0,3}(?:`{3,}|~{3,})$")


class Citer:
    """Reads an answer piece by piece; yields its text and its citations, in reading order."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._scanner, self._reader = Scanner(), _Reader(passages)

    @property
    def abstains(self) -> bool:
        """Whether the answer began with the mark of an abstention."""
        return self._reader.abstains

    def read(self, piece: str) -> Iterator[Text | Citation]:
        """The text and citations that are certain after this piece."""
        for token in self._scanner.read(piece):
            yield from self._reader.read(token)

    def say(self, text: str) -> Iterator[Text]:
        """Text of an answer whose marks come apart from it: no number in it is read as one."""
        return self._reader.say(text)

    def mark(self, numbers: Sequence[int], after: str = "") -> Iterator[Text | Citation]:
        """A mark for each of these passages, at the end of what was said, and its citation.

        Args:
            after: the beginning of the text that follows.
        """
        return self._reader.cite(numbers, " ", after)

    def end(self) -> Iterator[Text | Citation]:
        """The rest, which was held back as the possible start of a mark. Then more may be read: an
        agent's answer is that of several replies.
        """
        for token in self._scanner.end():
            yield from self._reader.read(token)
        self._scanner = Scanner()

    def know(self, passages: Sequence[Passage]) -> None:
        """Take these passages for those that marks may cite from here on. A passage keeps its
        number.
        """
        self._reader.know(passages)


def cite(pieces: Iterable[str], passages: Sequence[Passage]) -> Iterator[Text | Citation]:
    """The text and the citations of a whole answer, in reading order."""
    citer = Citer(passages)
    for piece in pieces:
        yield from citer.read(piece)
    yield from citer.end()


def remove_marks(answer: str, citations: Iterable[Citation]) -> str:
    """An answer without its marks, each with the space before it."""
    begin, pieces = 0, []
    marks = {citation.mark: f"[{citation.number}]" for citation in citations}
    for place, mark in sorted((place, mark) for place, mark in marks.items() if place is not None):
        if answer.startswith(mark, place) and place >= begin:
            pieces.append(answer[begin:place].rstrip())
            begin = place + len(mark)
    return "".join((*pieces, answer[begin:]))


class _Reader:
    """Writes the answer. It remembers the new numbers of the passages, and the latest sentences."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.know(passages)
        self._shown: dict[int, int] = {}  # the passage's number -> its number in the answer
        self._said = ""
        self._cited = 0  # characters of `said` up to the last mark
        self._length = self._length_utf16 = 0  # of the answer so far
        self.abstains = False

    def know(self, passages: Sequence[Passage]) -> None:
        self._passages = {passage.number: passage for passage in passages}
        self._restore = Disguise.of(passages).restore
        self._marks = Marks(passages)
        self._source = cache(lambda number: _Source(self._passages[number]))

    def read(self, token: Words | Run) -> Iterator[Text | Citation]:
        if isinstance(token, Words):
            yield from self.say(self._restore(token.text))
            return
        if not self._said.strip() and token.brackets[0].text == ABSTENTION_MARK:
            self.abstains = True
            return
        space = token.space
        for bracket, use in zip(token.brackets, self._marks.uses(token), strict=True):
            if use == "mark":
                yield from self.cite(bracket.numbers, space, token.after)
            elif use == "text":
                yield from self.say(space + bracket.text)
            space = space if use == "made-up" else ""

    def say(self, text: str) -> Iterator[Text]:
        if self.abstains and not self._said.strip():
            text = text.lstrip()
        if text:
            whole = self._said + text
            self._said = whole[-CLAIM_MEMORY:]
            self._cited -= len(whole) - len(self._said)
            yield self._write(text)

    def _write(self, text: str) -> Text:
        self._length += len(text)
        self._length_utf16 += utf16_length(text)
        return Text(text)

    def cite(self, numbers: Sequence[int], space: str, after: str) -> Iterator[Text | Citation]:
        if _FENCE.search(self._said):  # a fence with something behind it closes no block of code
            space = "\n"
        if self.abstains or is_abstention(self._said):  # nothing stands behind it
            return
        claim, earlier = self._claim()
        introduces = claim.endswith(_COLONS) or after.startswith(_COLONS) or _begins_block(after)
        self._cited = len(self._said)
        for number in numbers:
            new_number = self._shown.setdefault(number, len(self._shown) + 1)
            mark = f"[{new_number}]"
            yield self._write(space + mark)
            yield replace(
                self._source(number).resolve(new_number, claim, earlier, introduces=introduces),
                mark=self._length - len(mark),
                mark_utf16=self._length_utf16 - len(mark),
            )
            space = ""

    def _claim(self) -> tuple[str, list[str]]:
        """The last sentence of the answer so far, which a mark cites for; of a table, the row with
        its header. And the sentences of its paragraph before it that no mark cites for.
        """
        if not (sentences := claims(self._said)):
            return "", []
        *others, last = sentences
        header = self._said[slice(*last.header)] if last.header else ""
        paragraph = max(self._cited, self._said.rfind("\n\n", 0, last.start) + 1)
        earlier = [
            self._said[one.start : one.end]
            for one in others
            if one.kind == last.kind == "sentence" and one.start >= paragraph
        ]
        return f"{header}\n{self._said[last.start : last.end]}".lstrip(), earlier


def _begins_block(after: str) -> bool:
    """Whether a list, a table or a block of code begins after a mark, on a line of its own."""
    return after.startswith("\n") and after[1:2] in _BEGINS_BLOCK


class _Source:
    """A passage, prepared once and then cited many times."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._quotable = Quotable(passage.text)
        self._evidence = Evidence(f"{passage.title} {passage.document}", passage.text)

    def resolve(
        self, number: int, claim: str, earlier: Sequence[str], *, introduces: bool
    ) -> Citation:
        """The citation for a claim: document, page, sections, and the span of the quote.

        Args:
            earlier: the sentences before the claim that the mark may cite for, too.
            introduces: the claim introduces a block of code, a list or a table.
        """
        passage, sections = self._passage, self._quotable.sections
        nearest = self._quotable.nearest(claim, with_block=introduces)
        own = passage.text[nearest.start : nearest.end]
        unit = self._quotable.with_earlier(nearest, earlier)
        text = passage.text[unit.start : unit.end]
        headings = sections.above(unit.start)
        header = passage.text[slice(*unit.header)] if unit.header else None
        return Citation(
            number=number,
            document=passage.document,
            title=passage.title,
            uri=passage.uri,
            page=passage.page,
            section=sections.at(unit.start),
            start=unit.start,
            end=unit.end,
            text=text,
            passage=passage.text,
            score=passage.score,
            headings=headings,
            table_header=header,
            page_label=passage.page_label,
            supported=self._evidence.supports(claim, "\n".join((*headings, header or "", own))),
        )
