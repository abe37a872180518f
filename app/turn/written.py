"""An answer as it is written: its words, and beside them its marks.

A guardrail judges the words alone: a mark such as `[1]` is no claim, and would break a phrase or a
number that it stands in. When the words are shown, with masks or without, each mark is put back in
its place; one within a mask stands behind what the mask shows.

    Text("Quartz is hard")  Text(" [1]")  Citation  Text(".")
    words  "Quartz is hard."    marks  " [1]" at 14
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.events import Citation, Text, utf16_length
from app.guardrail.masks import Mask


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A mark of the answer.

    Attributes:
        place: in the words, in characters; it stands before the character there.
        text: the mark with the white space before it.
    """

    place: int
    text: str
    citation: Citation


class Written:
    """Collects the words and the marks of an answer."""

    def __init__(self) -> None:
        self.words = ""
        self.marks: list[PlacedMark] = []
        self._last = ""

    def add(self, part: Text | Citation) -> None:
        """Add the next part, in the order in which `cite` yields them: a mark, as text, comes right
        before its citation.
        """
        if isinstance(part, Text):
            self.words += part.text
            self._last = part.text
            return
        self.words = self.words[: len(self.words) - len(self._last)]
        self.marks.append(PlacedMark(len(self.words), self._last, part))
        self._last = ""

    def masked(self, masks: Sequence[Mask]) -> tuple[str, tuple[Citation, ...]]:
        """The whole text with these masks, and the citations with their marks' places in it."""
        parts = list(Reading(self).go_on(len(self.words), masks))
        text = "".join(part.text for part in parts if isinstance(part, Text))
        return text, tuple(part for part in parts if isinstance(part, Citation))


class Reading:
    """What a reader has been shown of an answer, and how it goes on.

    Attributes:
        end: the words up to here are shown.
    """

    def __init__(self, written: Written) -> None:
        self.end = 0
        self._written = written
        self._marks = 0  # that are shown
        self._length = self._length_utf16 = 0  # of what is shown

    def go_on(self, end: int, masks: Sequence[Mask]) -> Iterator[Text | Citation]:
        """Show the words up to `end`, masked, with the marks up to there.

        Args:
            masks: of all the words, in order; none of them reaches over `end`.
        """
        for mark in self._written.marks[self._marks :]:
            if mark.place > end:
                break
            yield from self._say(self._stretch(mark.place, masks))
            yield from self._say(mark.text)
            label = f"[{mark.citation.number}]"
            yield replace(
                mark.citation,
                mark=self._length - len(label),
                mark_utf16=self._length_utf16 - len(label),
            )
            self._marks += 1
        yield from self._say(self._stretch(end, masks))

    def _stretch(self, end: int, masks: Iterable[Mask]) -> str:
        """The masked words from where the reader is to `end`. A mask is shown where it begins; what
        is left of one that has begun before is not shown.
        """
        begin, self.end = self.end, max(self.end, end)
        pieces: list[str] = []
        for mask in masks:
            if mask.start < begin:
                begin = max(begin, min(mask.end, end))
            elif mask.start < end:
                pieces += self._written.words[begin : mask.start], mask.text
                begin = min(mask.end, end)
        return "".join((*pieces, self._written.words[begin:end]))

    def _say(self, text: str) -> Iterator[Text]:
        if text:
            self._length += len(text)
            self._length_utf16 += utf16_length(text)
            yield Text(text)
