"""Reads the answer of a model, piece by piece: its parts, and the search results of each.

    <answer>
    <answer_part>
    <text>Quartz is hard.</text>
    <sources><source>1</source></sources>
    </answer_part>
    </answer>

The text of an answer is that of its parts, apart by a space; where that would break a list, a table
or code, by a blank line, and between two items of a list by the end of a line. What a model writes
outside of this form is a part without sources.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.bedrock_agent_runtime.citations import citation
from app.local.wire import JSON

_TAG = re.compile(r"<(?P<close>/?)(?P<name>answer_part|answer|text|sources?)>")
_LONGEST_TAG = len("</answer_part>")
_NUMBER = re.compile(r"\d+")
_ITEM = re.compile(r"[-*+] ")
_BLOCK = re.compile(r"(?:[-*+] |[>|#]|```|~~~|\d+[.)] )")
_LONGEST_SIGN = 4  # characters at which a block is recognised


@dataclass(frozen=True)
class Words:
    """A piece of the answer's text."""

    text: str


@dataclass(frozen=True)
class AnswerPart:
    """A part of the answer, which is complete.

    Attributes:
        text: of the part.
        start: the place of its first character in the answer.
        numbers: of the search results that it rests on, in order, each once.
    """

    text: str
    start: int
    numbers: tuple[int, ...] = ()

    def citation(self, references: Sequence[JSON]) -> JSON:
        """Bedrock's Citation of the part.

        Args:
            references: to the search results, of which the part's numbers count from 1.
        """
        numbers = (number for number in self.numbers if 0 < number <= len(references))
        return citation(self.text, self.start, [references[number - 1] for number in numbers])


class AnswerReader:
    """Reads one answer. `read` takes its pieces, and `end` what is left of it.

    Args:
        has_form: whether the model was asked to write the answer in parts. If not, it is one part,
            and no tag of it is read.
    """

    def __init__(self, *, has_form: bool) -> None:
        self._has_form = has_form
        self._rest = ""  # of the answer, not yet read
        self._within = ""  # which element
        self._space = ""  # shown only if something comes behind it
        self._beginning = ""  # of a part, as long as it does not tell what joins it to the last
        self._text = ""  # of the part
        self._start = 0
        self._numbers: list[int] = []
        self._length = 0  # of the answer
        self._last_line = ""  # of the part before
        self._ends_in_block = False

    def read(self, piece: str) -> Iterator[Words | AnswerPart]:
        """What a piece adds."""
        self._rest += piece
        if not self._has_form:
            yield from self._take_rest(len(self._rest))
            return
        while match := _TAG.search(self._rest):
            yield from self._take_rest(match.start())
            yield from self._enter(match)
            self._rest = self._rest[match.end() - match.start() :]
        opening = self._rest.rfind("<", max(0, len(self._rest) - _LONGEST_TAG))
        whole = opening < 0 or ">" in self._rest[opening:]
        yield from self._take_rest(len(self._rest) if whole else opening)

    def end(self) -> Iterator[Words | AnswerPart]:
        """What is left at the end."""
        yield from self._take_rest(len(self._rest))
        yield from self._finish_part()

    def _enter(self, tag: re.Match[str]) -> Iterator[Words | AnswerPart]:
        name, closes = tag["name"], bool(tag["close"])
        if name in ("answer", "answer_part") or (name == "text" and not closes):
            yield from self._finish_part()
        outer = "sources" if name == "source" else ""
        self._within = outer if closes else name

    def _take_rest(self, end: int) -> Iterator[Words]:
        text, self._rest = self._rest[:end], self._rest[end:]
        if self._within in ("source", "sources"):
            for match in _NUMBER.finditer(text):
                number = int(match[0])
                if self._text and number not in self._numbers:
                    self._numbers.append(number)
        else:
            yield from self._add(text)

    def _add(self, text: str) -> Iterator[Words]:
        if self._text:
            words = (self._space + text).rstrip()
            self._space = (self._space + text)[len(words) :]
            if words:
                yield self._show(words)
            return
        self._beginning = (self._beginning + text).lstrip()
        if len(self._beginning) >= _LONGEST_SIGN:
            yield from self._begin()

    def _begin(self) -> Iterator[Words]:
        words = self._beginning.rstrip()
        self._beginning, self._space = "", self._beginning[len(words) :]
        if self._length:
            yield self._show(self._joint(words))
        self._start = self._length
        self._text = ""
        yield self._show(words)

    def _joint(self, words: str) -> str:
        """What stands between the part before and one that begins so."""
        if _ITEM.match(self._last_line) and _ITEM.match(words):
            return "\n"
        return "\n\n" if self._ends_in_block or _BLOCK.match(words) else " "

    def _show(self, text: str) -> Words:
        self._text += text
        self._length += len(text)
        return Words(text)

    def _finish_part(self) -> Iterator[Words | AnswerPart]:
        if self._beginning:
            yield from self._begin()
        if self._text:
            yield AnswerPart(self._text, self._start, tuple(self._numbers))
            *above, self._last_line = self._text.split("\n")
            self._ends_in_block = bool(above) or _BLOCK.match(self._text) is not None
        self._text, self._space, self._numbers = "", "", []
