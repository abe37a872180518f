"""Words and phrases of a guardrail's own and of the managed list, each as a whole and in any case.

A word is looked for in the readings of `disguises`: as it is written, with letters that look alike
or stand apart, with figures for letters, and within base64. It is not found within another word,
nor in another form of itself. Where a script has no spaces between words, it is found anywhere.

All words are looked for at once, by an automaton (Aho and Corasick, 1975). So the time is in
proportion to the text, whatever it is and however many words there are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick

from app.local.engine.guard import disguises, normal
from app.local.engine.guard.disguises import Readings
from app.local.engine.guard.findings import Span, WordFinding
from app.local.engine.guard.normal import BORDER, Reading
from app.local.engine.guard.policy import Action, Word

PROFANITY = Path(__file__).with_name("profanity.txt")

_PIECE = 65_536  # code points that the automaton reads at a time, so that few hits are in memory
_DEPTH = 2  # of base64 within base64


def find(
    texts: Sequence[str], words: tuple[Word, ...], profanity: Action | None
) -> Iterator[WordFinding]:
    """The words in each text, in the order of the text; a word that it has often, at its first
    place.
    """
    own = _lexicon(tuple(word.text for word in words)) if words else None
    managed = _profanity() if profanity else None
    for number, text in enumerate(texts):
        readings = Readings(text)
        hits: list[tuple[Occurrence, Word | None, Action]] = []
        if own:
            hits += ((hit, words[hit.word], words[hit.word].action) for hit in own.hits(readings))
        if managed and profanity:
            hits += ((hit, None, profanity) for hit in managed.hits(readings))
        for hit, rule, action in sorted(hits, key=lambda each: (each[0].start, -each[0].end)):
            span = Span(number, hit.start, hit.end)
            yield WordFinding(rule, text[hit.start : hit.end], span, action)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a text has a word: the word's number, and the place in code points."""

    word: int
    start: int
    end: int


class Lexicon:
    """Words and phrases to look for.

    Args:
        words: of at least one character each.
        accents: whether "péché" differs from "peche".
    """

    def __init__(self, words: Sequence[str], *, accents: bool = True) -> None:
        self._accents = accents
        readings = [normal.plain(word.strip()) for word in words]
        spellings = [each if accents else normal.bare(each) for each in readings]
        self._written = _Automaton([each.bordered.text for each in spellings])
        self._leet = _Automaton(
            [
                f"{BORDER}{disguises.leet_word(each.text)}{BORDER}" if each.text.isalpha() else ""
                for each in map(normal.bare, readings)
            ]
        )

    def hits(self, readings: Readings, depth: int = _DEPTH) -> Iterator[Occurrence]:
        """Where a text has each of the words that it has: the first place of each."""
        firsts: dict[int, tuple[int, int]] = {}
        for word, span in self._all(readings, depth):
            firsts[word] = min(span, firsts.get(word, span))
        yield from (Occurrence(word, *span) for word, span in firsts.items())

    def _all(self, readings: Readings, depth: int) -> Iterator[tuple[int, normal.Span]]:
        first = readings.plain if self._accents else readings.bare
        yield from self._written.hits(first.bordered)
        if self._accents and readings.latin is not readings.plain:
            yield from self._written.hits(readings.latin.bordered)
        yield from self._written.hits(readings.joined.bordered)
        yield from self._leet.hits(readings.leet.bordered, readings.is_leet)
        for inner, span in readings.inner if depth else ():
            yield from ((hit.word, span) for hit in self.hits(inner, depth - 1))


class _Automaton:
    """Finds patterns in readings with borders. An empty pattern is not looked for."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._words: dict[str, list[int]] = {}
        for number, pattern in enumerate(patterns):
            if pattern.strip(BORDER):
                self._words.setdefault(pattern, []).append(number)
        self._numbers = list(self._words.values())
        self._longest = max(map(len, self._words), default=0)
        self._automaton = AhoCorasick(list(self._words), store_patterns=False)

    def hits(
        self, reading: Reading, is_hit: Callable[[int, int], bool] | None = None
    ) -> Iterator[tuple[int, normal.Span]]:
        """The words of the patterns that a reading has, each at its first place that `is_hit`
        holds for, which is asked with a place in the text.
        """
        text, seen = reading.text, set[int]()
        for first in range(0, len(text), _PIECE):
            piece = text[first : first + _PIECE + self._longest]
            for pattern, start, end in self._automaton.find_matches_as_indexes(
                piece, overlapping=True
            ):
                if pattern in seen:
                    continue
                span = reading.span(first + start + 1, first + end - 1)
                if is_hit is None or is_hit(*span):
                    seen.add(pattern)
                    yield from ((word, span) for word in self._numbers[pattern])
            if len(seen) == len(self._numbers):
                return


@lru_cache(maxsize=16)
def _lexicon(words: tuple[str, ...]) -> Lexicon:
    return Lexicon(words)


@lru_cache(maxsize=1)
def _profanity() -> Lexicon:
    return Lexicon(PROFANITY.read_text(encoding="utf-8").split("\n")[:-1], accents=False)
