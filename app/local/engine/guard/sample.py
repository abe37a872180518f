"""What the small models of the guard read of a text: sentences with their vectors, once for all.

    text -- units of 1,000 characters -- the most suspicious of them, folded -- sentences -- vectors

What the encoder computes is bounded, so that a text of any length costs the same processor time: a
text of up to about TOKENS tokens is read whole. Of a longer one those parts are read that have the
most words that a policy looks for, and others at even distances.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property, lru_cache

import numpy as np

from app.local import lazy_re as re
from app.local.engine.encoder import TextEncoder, Vectors
from app.local.engine.guard import normal
from app.local.engine.text import sentences

UNIT = 1000  # characters: the text unit of Bedrock's guardrails
UNITS = 12  # at most, of which sentences are taken
WINDOWS = 2  # units that are encoded as a whole
WINDOW = 250  # tokens of such a unit: signs can make a unit of 1,000
TOKENS = 640  # of sentences, at most
LONGEST = 300  # characters of a sentence; a longer one is cut
_SHORTEST = 8  # tokens: with less room, no further sentence is looked for
REMEMBERED = 5000  # characters of a text whose sample is kept, of the last 512: 25 MB at most
_WORD = re.compile(r"[a-z']+")
_BREAK = re.compile(
    r"\n(?=[^\S\n]{0,40}[>*#-]{0,8} {0,8}[A-Z\"'“])"
)  # before a line that may begin a sentence
_PROSE = 3  # words that a line needs to be a sentence of its own


def sample_of(text: str, encoder: TextEncoder, hints: frozenset[str]) -> "Sample":
    """A sample of a text, the same one as before if it was made of late: the passages of a
    collection are judged again and again.
    """
    if len(text) > REMEMBERED:
        return Sample(text, encoder, hints)
    return _remembered(text, encoder, hints)  # type: ignore[arg-type]  # objects are hashable


class Sample:
    """What is read of one text. Vectors are computed when a policy first needs them.

    Args:
        text: the text.
        encoder: its vectors' encoder.
        hints: words that make a part of a long text worth reading, in small letters.
        windows: how many units of the text are encoded as a whole, at most.
        tokens: how many tokens its sentences may have in all.
        is_spelled_out: whether the text is a guess at what another one is a disguise of.
    """

    def __init__(
        self,
        text: str,
        encoder: TextEncoder,
        hints: Collection[str] = (),
        windows: int = WINDOWS,
        tokens: int = TOKENS,
        *,
        is_spelled_out: bool = False,
    ) -> None:
        self.text = text
        self.is_spelled_out = is_spelled_out
        self._encoder = encoder
        self._hints = frozenset(hints)
        longer = len(text) > UNIT * UNITS  # of a text of which units are left out, half is encoded
        self._windows = 1 if longer else windows
        self._tokens = tokens // 2 if longer else tokens

    @cached_property
    def units(self) -> Sequence[str]:
        """At most UNITS units of the text, in their order."""
        units = list(_units(self.text))
        return [units[number] for number in self._most(units, UNITS)]

    @cached_property
    def body(self) -> str:
        """The units together, without invisible signs, and with plain forms for others."""
        whole = len(self.text) <= UNIT * UNITS
        return normal.folded(self.text if whole else "\n\n".join(self.units)).text

    @cached_property
    def pieces(self) -> Sequence[str]:
        """Sentences of the body, in their order, of so many tokens in all."""
        pieces = list(_sentences(self.body))
        if len(self.body) <= self._tokens:  # a token has a character or more
            return pieces
        room, chosen = self._tokens, []
        for number in self._most(pieces, len(pieces), in_order=False):
            tokens = self._encoder.count(pieces[number]) + 2  # with the marks of both ends
            if tokens <= room:
                chosen.append(number)
                room -= tokens
            if room < _SHORTEST:
                break
        return [pieces[number] for number in sorted(chosen)]

    @cached_property
    def vectors(self) -> Vectors:
        """Of each piece, (pieces, dimension), of unit length."""
        return self._encode(self.pieces)

    @cached_property
    def windows(self) -> Vectors:
        """Of parts of the body, of a unit's length, (windows, dimension)."""
        parts = list(_units(self.body))
        return self._encode(
            [self._first(parts[number]) for number in self._most(parts, self._windows)]
        )

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self._encoder.dimension), np.float32)
        return self._encoder.encode(texts)

    def _first(self, text: str) -> str:
        """The first WINDOW tokens of a text."""
        spans = self._encoder.spans(text)
        return text[: spans[WINDOW - 1][1]] if len(spans) > WINDOW else text

    def _most(self, texts: Sequence[str], most: int, *, in_order: bool = True) -> Sequence[int]:
        """The numbers of the texts to read: the first and the last, then in turn the one with most
        hints and one at an even distance.
        """
        count = len(texts)
        if count <= most and in_order:
            return range(count)
        weights = [self._weight(text) for text in texts]
        heavy = sorted(range(count), key=lambda one: (-weights[one], one))
        stride = next(one for one in (613, 617, 1) if one == 1 or count % one)
        spread = [(one * stride) % count for one in range(count)]
        turns = [one for pair in zip(heavy, spread, strict=True) for one in pair]
        chosen = list(dict.fromkeys((0, count - 1, *turns)))[:most]
        return sorted(chosen) if in_order else chosen

    def _weight(self, text: str) -> int:
        """How many different hints the text has, and whether it asks something."""
        return len(self._hints.intersection(_WORD.findall(text.lower()))) + text.endswith("?")


@lru_cache(maxsize=512)
def _remembered(text: str, encoder: TextEncoder, hints: frozenset[str]) -> Sample:
    return Sample(text, encoder, hints)


def _units(text: str) -> Iterator[str]:
    """Parts of at most UNIT characters, cut at white space if there is any in their last fifth."""
    begin = 0
    while begin < len(text):
        end = min(begin + UNIT, len(text))
        if end < len(text):
            space = max(text.rfind(sign, begin + UNIT * 4 // 5, end) for sign in "\n ")
            end = space + 1 if space > begin else end
        if not text[begin:end].isspace():
            yield text[begin:end]
        begin = end


def _sentences(text: str) -> Iterator[str]:
    for begin, end in sentences(text):
        at = begin
        for stop in (*(one.end() for one in _BREAK.finditer(text, begin, end)), end):
            if stop < end and len(text[at:stop].split()) < _PROSE:
                continue
            for cut in range(at, stop, LONGEST):
                if piece := text[cut : min(cut + LONGEST, stop)].strip():
                    yield piece
            at = stop
