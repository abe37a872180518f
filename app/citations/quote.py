"""Finds the words of a passage that support a claim."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import takewhile
from math import log
from unicodedata import normalize

from app.citations.sections import Sections
from app.citations.sentences import Span, Unit, units

# Signs of scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{UNSPACED}]+|(?:(?![{UNSPACED}])\w)+")
_ASCII_WORD = re.compile(r"\w+")  # of a text that has no other signs, the same words
_UNSPACED_RUN = re.compile(rf"[{UNSPACED}]{{2,}}")
_SAME = 0.8  # of the words of two sentences: these say the same
_BLOCKS = ("code", "item", "row")
# Words that are joined, eight at most: L-3, 1,000. The lookbehind lets a word be tried once.
_COMPOUND = re.compile(r"(?<!\w)\w++(?:[-./:,'\u2019]\w++){1,7}+")


class Quotable:
    """A passage, prepared once and then quoted from many times.

    Nearness is the F2 measure of two sets of words (van Rijsbergen, 1979: recall counts twice as
    much as precision). Each word weighs log((n + 1) / m), where m of the passage's n units have it.
    A row of a table also has the words of its header, which count where the claim uses them: "The
    deposit of L-3 is 7" is the row with L-3 and 7 under a header with Deposit.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._units = units(text)
        self.sections = Sections(text, self._units)
        self._words = [words(text[unit.start : unit.end]) for unit in self._units]
        self._rows: defaultdict[Span, list[int]] = defaultdict(list)  # by their table's header
        self._holders: defaultdict[str, list[int]] = defaultdict(list)  # the units that hold a word
        for place, unit in enumerate(self._units):
            if unit.header:
                self._rows[unit.header].append(place)
            for word in self._words[place]:
                self._holders[word].append(place)
        self._headers = {span: words(text[slice(*span)]) for span in self._rows}

    def nearest(self, claim: str, *, with_block: bool = False) -> Unit:
        """The unit that is nearest to the claim.

        The first of equals wins. A heading, or the header of a table, is quoted only where no other
        unit shares a word with the claim. If no unit does, it is the first sentence.

        Args:
            with_block: the claim introduces a block of code, a list or a table. The unit then goes
                on to the end of the one that comes right after it, or that it is in.
        """
        if not self._units:
            return Unit("sentence", 0, len(self._text))
        claim_words = words(claim) & self._weights.keys()
        sharing = self._sharing(claim_words) or range(len(self._units))
        quotable = [
            place for place in sharing if self._units[place].kind not in ("heading", "header")
        ]
        total = self._weight(claim_words)
        best = max(quotable or sharing, key=lambda place: self._nearness(claim_words, total, place))
        return self._with_block(best) if with_block else self._units[best]

    def with_earlier(self, unit: Unit, earlier: Sequence[str]) -> Unit:
        """A unit together with the sentences before it that an answer has said before its claim,
        as far as they stand right before it in the text too.
        """
        if not earlier or not self._units:
            return unit
        place = bisect_left(self._units, unit.start, key=lambda one: one.start)
        for sentence in reversed(earlier):
            above, own = self._units[place - 1] if place else None, words(sentence)
            if above is None or above.kind != "sentence" or not own:
                break
            holds = self._words[place - 1]
            if len(own & holds) < _SAME * len(own | holds):
                break
            place -= 1
        return replace(unit, start=min(unit.start, self._units[place].start))

    def _with_block(self, place: int) -> Unit:
        unit = self._units[place]
        following = self._units[place + 1 : place + 2]
        if unit.kind == "heading" and following and following[0].kind == "sentence":
            return Unit("heading", unit.start, self._with_block(place + 1).end)
        after = self._units[place if unit.kind in _BLOCKS else place + 1 :]
        if after and after[0].kind == "header":
            after = after[1:]
        if not after or after[0].kind not in _BLOCKS:
            return unit
        kind = after[0].kind
        block = after[:1] if kind == "code" else takewhile(lambda one: one.kind == kind, after)
        start = unit.header[0] if unit.header else unit.start
        return Unit(unit.kind, start, max(one.end for one in block))

    def labels(self) -> list[str]:
        """The headings, and the headers of tables."""
        return [
            self._text[unit.start : unit.end]
            for unit in self._units
            if unit.kind in ("heading", "header")
        ]

    def _sharing(self, claim_words: frozenset[str]) -> Sequence[int]:
        """The units that share a word with the claim, by themselves or through their header."""
        places = {place for word in claim_words for place in self._holders.get(word, ())}
        for header, holds in self._headers.items():
            if not claim_words.isdisjoint(holds):
                places.update(self._rows[header])
        return sorted(places)

    def _nearness(self, claim_words: frozenset[str], total: float, place: int) -> float:
        header, own = self._units[place].header, self._words[place]
        above = self._weight((claim_words & self._headers[header]) - own) if header else 0.0
        shared_header_words = self._weight(claim_words & own) + above
        return 5 * shared_header_words / (4 * total + self._totals[place] + above or 1)

    @cached_property  # not all passages that are looked at are quoted from
    def _weights(self) -> dict[str, float]:
        counts = Counter({word: len(places) for word, places in self._holders.items()})
        for header, holds in self._headers.items():
            counts.update(dict.fromkeys(holds, len(self._rows[header])))
        most = len(self._units)
        weights = {m: log((most + 1) / min(m, most)) for m in set(counts.values())}
        return {word: weights[count] for word, count in counts.items()}

    @cached_property
    def _totals(self) -> list[float]:
        return [self._weight(own) for own in self._words]

    def _weight(self, some: Iterable[str]) -> float:
        return sum(self._weights[word] for word in some)


def quote(claim: str, text: str) -> Span:
    """The span of the part of `text` that is nearest to `claim`: a sentence, or a row of a table.

    >>> text = "Quartz is common. It has a hardness of 7 on the Mohs scale. It is piezoelectric."
    >>> start, end = quote("Its hardness is 7.", text)
    >>> text[start:end]
    'It has a hardness of 7 on the Mohs scale.'
    """
    unit = Quotable(text).nearest(claim)
    return unit.start, unit.end


def words(text: str) -> frozenset[str]:
    """The words of a text, to be compared with another's, without regard to case and width.

    Words that a hyphen, a point or the like joins count apart and together. In scripts without
    spaces, each two neighbouring signs are compared as a word.

    >>> sorted(words("Locker L-3: 回転数"))
    ['3', 'l', 'l-3', 'locker', '回転', '転数']
    """
    text = normalize("NFKC", text).casefold()
    is_ascii = text.isascii()
    result = set((_ASCII_WORD if is_ascii else _WORD).findall(text))
    result.update(_COMPOUND.findall(text))
    if is_ascii:
        return frozenset(result)
    for run in _UNSPACED_RUN.findall(text):
        result.discard(run)
        result.update(run[place : place + 2] for place in range(len(run) - 1))
    return frozenset(result)
