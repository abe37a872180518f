"""The part of a streamed answer that is held back until it is judged.

    answer   sentence. sentence. sentence. sentence. sente
             sent ....|   <-- context --> window ....|
                                  held              b  waits for its end

A window ends with a sentence, and is judged with what came before it. What is within `HOLD`
characters of its end is not sent with it, but judged again with the next window, so that a word, a
phrase or a card number is judged as a whole before its first character is sent.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.engine.writer import Delta, QuoteDelta, TextDelta
from app.local.judgement import Mask

HOLD = 100
"""Characters before a window's end that are not sent with it: as many as the longest phrase of a
word policy has. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailWordConfig.html"""
STEP = 200
"""The fewest characters of whole sentences that make a window."""
LONGEST = 1_000
"""Characters that make a window even where no sentence ends: a text unit."""

_SENTENCE_END = re.compile("[.!?\u2026][\"'\u201d\u2019)\\]]*\\s+|[\u3002\uff01\uff1f]|\n+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of one of the answer's texts: its number, its first character, and what it says."""

    number: int
    start: int
    text: str


class Held:
    """What is written and not sent. The answer's texts are counted from 0, one a block of text."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._open = False
        self._queue: deque[tuple[int, int, Delta]] = deque()  # text, place in it, what stands there
        self._settled = (0, 0)  # the text, and the place in it, before which nothing is held
        self._judged = 0  # characters of the last text
        self._masks: tuple[tuple[int, int, int, str], ...] = ()
        self.has_sent = False  # whether any text is

    @property
    def texts(self) -> list[str]:
        """All that is written, sent or not."""
        return list(self._texts)

    def add(self, delta: Delta) -> None:
        text_like = isinstance(delta, TextDelta | QuoteDelta)
        if text_like and not self._open:
            self._texts.append("")
            self._judged = 0
        self._open = text_like
        number = len(self._texts) - 1
        self._queue.append((number, len(self._texts[-1]) if self._texts else 0, delta))
        if isinstance(delta, TextDelta):
            self._texts[-1] += delta.text

    def pass_through(self) -> Iterator[Delta]:
        """What no judgement is waited for: blocks of other kinds, where no text before them is
        held.
        """
        while self._queue and not isinstance(self._queue[0][2], TextDelta | QuoteDelta):
            yield self._queue.popleft()[2]

    def window(self) -> list[Stretch] | None:
        """The next window; None where there is not enough for one. It is judged then."""
        if not self._open:
            return None
        text = self._texts[-1]
        ends = [match.end() for match in _SENTENCE_END.finditer(text, self._judged)]
        if ends and ends[-1] - self._judged >= STEP:
            end = ends[-1]
        elif len(text) - self._judged >= LONGEST:
            end = max(text.rfind(" ", self._judged) + 1, self._judged + LONGEST // 2)
        else:
            return None
        self._judged = end
        return self._parts(end)

    def whole(self) -> list[Stretch]:
        """All of the answer."""
        return [Stretch(number, 0, text) for number, text in enumerate(self._texts)]

    def rest(self) -> list[Stretch]:
        """What is not settled yet, as the last window."""
        return self._parts(len(self._texts[-1]))

    def mask(self, parts: Sequence[Stretch], masks: Sequence[Mask]) -> None:
        """Take over the masks of a judgement, by the numbers of the parts that it was given."""
        self._masks = tuple(
            (part.number, part.start + one.start, part.start + one.end, one.text)
            for one in masks
            for part in (parts[one.content],)
        )

    def release(self) -> Iterator[Delta]:
        """What may be sent of the window that was judged last."""
        text, number = self._texts[-1], len(self._texts) - 1
        most = max(self._judged - HOLD, 0)
        end = text.rfind(" ", max(most - HOLD, 0), most) + 1 or most
        for text_number, start, stop, _ in self._masks:
            if text_number == number and start < end < stop:
                end = start
        yield from self._released(number, end)

    def release_all(self) -> Iterator[Delta]:
        """All that is held, in the order in which it was added."""
        yield from self._released(len(self._texts), 0)

    def settle(self) -> None:
        """Take what is written as sent, and what is judged as settled."""
        self._queue.clear()
        self.has_sent = True
        if self._texts:
            self._settled = (len(self._texts) - 1, self._judged)

    def _parts(self, end: int) -> list[Stretch]:
        """What is not settled, up to a place in the last text, and some of what came before it."""
        first, place = self._settled
        last = len(self._texts) - 1
        parts = []
        for number in range(first, last + 1):
            text = self._texts[number][: end if number == last else None]
            start = _context(text, place) if number == first else 0
            parts.append(Stretch(number, start, text[start:]))
        return parts

    def _released(self, last: int, end: int) -> Iterator[Delta]:
        """The queue up to a place in a text, its deltas of text joined and masked."""
        spans: list[tuple[int, int, int]] = []
        while self._queue:
            number, start, delta = self._queue[0]
            if isinstance(delta, TextDelta):
                stop = start + len(delta.text)
                most = min(stop, end) if number == last else stop
                if most <= start:
                    break
                spans.append((number, start, most))
                self._settled = (number, most)
                self._queue.popleft()
                if most < stop:
                    rest = TextDelta(delta.text[most - start :])
                    self._queue.appendleft((number, most, rest))
                    break
            else:  # all of the text before it is sent
                yield from self._text(spans)
                spans = []
                yield self._queue.popleft()[2]
        yield from self._text(spans)

    def _text(self, spans: Sequence[tuple[int, int, int]]) -> Iterator[Delta]:
        if not spans:
            return
        (number, start, _), (_, _, end) = spans[0], spans[-1]
        pieces: list[str] = []
        for text_number, first, stop, instead in self._masks:
            if text_number == number and first < end and stop > start:
                pieces += (self._texts[number][start:first], instead)
                start = min(max(stop, start), end)
        text = "".join((*pieces, self._texts[number][start:end]))
        if text:
            self.has_sent = True
            yield TextDelta(text)


def _context(text: str, place: int) -> int:
    """Where a window begins that is to judge a text from a place on: with the sentence, or if that
    is long with the word, in which the characters before it begin.
    """
    hold = max(place - HOLD, 0)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, max(hold - LONGEST, 0), hold)]
    return ends[-1] if ends else text.rfind(" ", 0, hold) + 1 if hold > LONGEST else 0
