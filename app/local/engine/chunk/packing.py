"""Units, packed into chunks of a limited number of tokens."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from app.local import lazy_re as re
from app.local.engine.chunk.units import Boundary, Unit

Span = tuple[int, int]  # of characters
_WORD = re.compile(r"\S")

# The share of a chunk that may stay empty so that it ends at a better boundary.
_WORTH = {
    Boundary.NOTHING: -1.0,
    Boundary.WITHIN: -0.6,
    Boundary.LINE_OF_CODE: -0.25,
    Boundary.SENTENCE: 0.0,
    Boundary.LINE: 0.05,
    Boundary.PARAGRAPH: 0.1,
    Boundary.SECTION: 0.2,
}
_IDEOGRAPHS = "\u2e80"  # from this sign on, scripts put no spaces between words
_LONGEST_WORD = 100  # characters; the tokenizer takes a longer word for a single unknown token
_LONGEST_GAP = 20  # characters without a token, mostly white space, that count as one token


class Tokens:
    """The places of a text's tokens, found once and counted often.

    Args:
        text: the text.
        spans: its tokens, in order. The tokenizer takes a very long word for one token, although
            each of its parts may be one when it is counted alone; so each of its characters counts
            as a token here. A long gap between tokens counts too. So a chunk of n tokens has at
            most a hundred times as many characters.
    """

    def __init__(self, text: str, spans: Sequence[Span]) -> None:
        self.text = text
        self._starts: list[int] = []
        last = 0
        for start, end in (*spans, (len(text), len(text))):
            if start - last > _LONGEST_GAP:
                self._starts += range(last + _LONGEST_GAP, start, _LONGEST_GAP)
            if end - start > _LONGEST_WORD:
                self._starts += range(start, end)
            else:
                self._starts.append(start)
            last = end
        self._starts.pop()  # the end of the text is no token

    def count(self, start: int, end: int) -> int:
        """The number of tokens that begin in `text[start:end]`."""
        return bisect_left(self._starts, end) - bisect_left(self._starts, start)

    def after(self, start: int, count: int) -> int:
        """The end of the longest stretch from `start` that has at most `count` tokens. It ends
        before a word where it can, or else within one.
        """
        first = bisect_left(self._starts, start)
        last = first + count
        if last >= len(self._starts):
            return len(self.text)
        for index in range(last, first, -1):
            if self._begins_word(self._starts[index]):
                return self._starts[index]
        return self._starts[last]

    def before(self, end: int, count: int) -> int:
        """The start of the longest stretch up to `end` of at most `count` tokens: at a word."""
        last = bisect_left(self._starts, end)
        for index in range(max(0, last - count), last):
            if self._begins_word(self._starts[index]):
                return self._starts[index]
        return end

    def word(self, start: int) -> int:
        """The start of the first word from `start` on."""
        match = _WORD.search(self.text, start)
        return match.start() if match else len(self.text)

    def _begins_word(self, at: int) -> bool:
        before, sign = self.text[at - 1 : at], self.text[at]
        if not before or before.isspace() or sign >= _IDEOGRAPHS:
            return True
        return sign.isalnum() and not before.isalnum()


def pack(
    units: Sequence[Unit],
    tokens: Tokens,
    most: int,
    overlap: int = 0,
    taken: Callable[[int], int] = lambda _: 0,
) -> Iterator[Span]:
    """Yield the spans of chunks of at most `most` tokens, in order.

    Each chunk but the first repeats the last `overlap` tokens of the one before. The repeated part
    starts at the first sentence that begins in it, if that leaves half of it, or else at a word. It
    is shorter where the next sentence would not fit otherwise.

    Args:
        units: of the text, in order.
        tokens: of the text.
        most: tokens of a chunk.
        overlap: tokens that two neighbouring chunks share; fewer than `most`.
        taken: how many tokens of a chunk are taken by what goes before it, by its start.
    """
    parts = [
        part
        for unit in units
        for room in (most - taken(unit.start),)
        for part in _parts(unit, tokens, room, room - overlap)
    ]
    lead, first = parts[0].start, 0
    while first < len(parts):
        last = _last(parts, tokens, lead, first, most - taken(lead))
        end = parts[last - 1].end
        yield lead, end
        if last < len(parts):
            next_lead = _lead(parts[first:last], tokens, overlap)
            room = most - taken(parts[last].start)
            lead = max(lead, next_lead, tokens.before(parts[last].end, room))
            lead = lead if lead < end else parts[last].start
        first = last


def _parts(unit: Unit, tokens: Tokens, most: int, each: int) -> Iterator[Unit]:
    """The unit itself; if it has more than `most` tokens, its parts of at most `each`, cut between
    words where there are any.
    """
    start, boundary = unit.start, unit.boundary
    if tokens.count(start, unit.end) > most:
        while tokens.count(start, unit.end) > each:
            end = tokens.after(start, each)
            if words := tokens.text[start:end].rstrip():
                yield Unit(start, start + len(words), boundary)
            start, boundary = tokens.word(end), Boundary.NOTHING
    yield Unit(start, unit.end, boundary)


def _last(parts: Sequence[Unit], tokens: Tokens, lead: int, first: int, most: int) -> int:
    """The best last part for the chunk that begins at `lead` and goes on with `parts[first]`."""
    best, last = -2.0, first + 1
    for index in range(first + 1, len(parts) + 1):
        count = tokens.count(lead, parts[index - 1].end)
        if count > most:
            return last
        worth = count / most + _WORTH[parts[index].boundary] if index < len(parts) else 2.0
        if worth >= best:
            best, last = worth, index
    return last


def _lead(parts: Sequence[Unit], tokens: Tokens, overlap: int) -> int:
    """The start of the next chunk, which shares up to `overlap` tokens with these parts."""
    end = parts[-1].end
    least = tokens.before(end, overlap)
    for part in parts:
        if part.start >= least and 2 * tokens.count(part.start, end) >= overlap > 0:
            return part.start
    return least
