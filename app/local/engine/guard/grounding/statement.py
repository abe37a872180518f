"""What a sentence says, as far as words tell: its stems in order, numbers with units, names, what
of it is negated, and how much of what there is it speaks of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from app.local import lazy_re as re
from app.local.engine.guard.grounding.words import (
    directions,
    negation,
    numerals,
    opposites,
    quantity_words,
    units,
)
from app.local.engine.languages import Language
from app.local.engine.store.unspaced import MARKS, UNSPACED, pairs

LONGEST_WORD = 64  # characters; what is longer is cut
_WORD = re.compile(
    r"(?P<number>\d+(?:[.,'’\u00a0\u202f]\d+)*)"  # noqa: RUF001 the sign is meant
    rf"|(?P<unit>[%$€£¥]|°\s?[CF]\b)|(?P<word>[^\W\d_]+(?:[{MARKS}]+[^\W\d_]*)*(?:['’][^\W\d_]+)?)"  # noqa: RUF001
    r"|(?P<stop>[.,;:!?()\[\]|\n。、，；：！？])"  # noqa: RUF001 these signs are meant
)
_GROUPED = re.compile(r"\d{1,3}(?:[,.'’\u00a0\u202f]\d{3})+")  # noqa: RUF001 the sign is meant
_SEPARATOR = re.compile(r"[,'’\u00a0\u202f]")  # noqa: RUF001 the sign is meant
_SCOPE = 3  # stems behind a negation that it turns over
_UNSPACED_SCOPE = 6  # the same, of pairs of signs
_SENTENCE_START = frozenset(".!?:\n|。！？")  # noqa: RUF001 these signs are meant
_TWO_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it is compared: its digits without what groups them, or its value in the base
    unit of what it measures.

    Attributes:
        value: such as "1000" or "3.5".
        measure: what the unit measures, such as "seconds"; empty if there is no known unit.
        scaled: the value in the base unit.
        place: among the words of its statement.
    """

    value: str
    measure: str
    scaled: float
    place: int

    def equals(self, other: "Amount") -> bool:
        """Whether both are the same amount; a unit that one of them lacks is no difference."""
        if self.measure and other.measure:
            close = abs(self.scaled - other.scaled) <= 1e-6 * max(abs(self.scaled), 1e-12)
            return self.measure == other.measure and close
        return self.value == other.value


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, taken apart.

    Attributes:
        words: in order, in lower case; of scripts without spaces pairs of signs.
        stems: of each word; empty for function words.
        content: the stems.
        names: stems of words with a capital letter in the middle of a sentence, or with a digit.
        capitals: stems of all words with a capital letter, the first one too.
        amounts: the numbers.
        negated: stems that a negation turns over.
        quantities: `all`, `some`, `only`, `few`, `least`, `most`.
        denied: whether it holds a negation.
        direction: 1 if it speaks of more of something, -1 if of less, 0 of neither or both.
        opposites: of each stem that has some, the stems of its opposites.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    content: frozenset[str]
    names: frozenset[str]
    capitals: frozenset[str]
    amounts: tuple[Amount, ...]
    negated: frozenset[str]
    quantities: frozenset[str]
    denied: bool
    direction: int
    opposites: "dict[str, frozenset[str]]"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    word: str
    start: int
    capital: bool


def read(text: str, said_in: Language) -> Statement:
    """Take a sentence apart.

    >>> from app.local.engine.languages import language
    >>> one = read("The fee for Ito is not more than 1,000 km.", language("en"))
    >>> one.words
    ('the', 'fee', 'for', 'ito', 'is', 'not', 'more', 'than', '1000', 'km')
    >>> sorted(one.names), one.amounts[0].scaled, sorted(one.quantities)
    (['ito'], 1000000.0, ['most'])
    """
    tokens = list(_tokens(text, said_in))
    words: list[str] = []
    stems: list[str] = []
    names: set[str] = set()
    capitals: set[str] = set()
    ends: list[bool] = []  # whether a clause ends before the word
    starts: list[int] = []  # of the words, in the text
    stopped, opening = True, True
    for token in tokens:
        if token.kind == "stop":
            stopped = True
            opening = opening or token.word in _SENTENCE_START
            continue
        stem = _stem_of(token, said_in)
        if stem and token.capital:
            capitals.add(stem)
            if not opening:
                names.add(stem)
        words.append(token.word)
        stems.append(stem)
        ends.append(stopped)
        starts.append(token.start)
        stopped = opening = False
    quantities = quantity_words(said_in.code)
    table = opposites(said_in.code)
    return Statement(
        tuple(words),
        tuple(stems),
        frozenset(stem for stem in stems if stem),
        frozenset(names),
        frozenset(capitals),
        tuple(_amounts(words, said_in)),
        frozenset(_negated(text, stems, ends, starts, said_in)),
        frozenset(name for name, pattern in quantities.items() if pattern.search(text)),
        negation(said_in.code).search(text) is not None,
        _direction(words, said_in),
        {
            _opposite_stem(word, said_in): frozenset(
                _opposite_stem(one, said_in) for one in table[word]
            )
            for word in words
            if word in table
        },
    )


def _tokens(text: str, said_in: Language) -> Iterator[_Token]:
    for match in _WORD.finditer(text):
        kind = match.lastgroup or "stop"
        raw = match[0][:LONGEST_WORD]
        if kind == "number":
            yield _Token(kind, _number(raw), match.start(), capital=False)
        elif kind != "word":
            yield _Token(kind, raw.casefold().replace(" ", ""), match.start(), capital=False)
        elif UNSPACED.search(raw):
            for part, _ in _parts(raw, said_in.code == "ja"):
                yield _Token("pair", part, match.start(), capital=False)
        else:
            yield _Token(kind, _folded(raw), match.start(), capital=raw[0].isupper())


@lru_cache(maxsize=1 << 14)
def _parts(word: str, has_kana: bool) -> tuple[tuple[str, bool], ...]:
    return tuple(pairs(_folded(word), has_kana=has_kana))


@lru_cache(maxsize=1 << 15)
def _folded(word: str) -> str:
    return normalize("NFKC", word.replace("\u2019", "'")).casefold()


def _number(digits: str) -> str:
    """A number without what groups its digits, and with a point before its fraction.

    >>> [_number(one) for one in ("1,000", "1.450", "3,5", "3.11.2", "007")]
    ['1000', '1450', '3.5', '3.11.2', '7']
    """
    digits = normalize("NFKC", digits)
    if _GROUPED.fullmatch(digits):
        digits = re.sub(r"\D", "", digits)
    else:
        digits = _SEPARATOR.sub(".", digits)
    whole, point, fraction = digits.partition(".")
    return (whole.lstrip("0") or "0") + point + fraction


def _stem_of(token: _Token, said_in: Language) -> str:
    """Empty for what says nothing of what a sentence is about."""
    if token.kind == "word":
        return stem(token.word, said_in)
    return token.word


@lru_cache(maxsize=1 << 16)
def stem(word: str, said_in: Language) -> str:
    """The stem of a word in lower case; empty for a function word."""
    bare = word.removesuffix("'s")
    if bare in said_in.function_words or (len(bare) == 1 and bare.isascii()):
        return ""
    return said_in.stem(bare) if bare[:1].isalpha() else bare


def _opposite_stem(word: str, said_in: Language) -> str:
    """The stem of a word that has an opposite; function words among them stay as they are."""
    return stem(word, said_in) or word


def _amounts(words: list[str], said_in: Language) -> Iterator[Amount]:
    written, known = numerals(said_in.code), units()
    for place, word in enumerate(words):
        value = word if word[0].isdigit() else _in_words(word, written)
        if not value:
            continue
        behind = words[place + 1] if place + 1 < len(words) else ""
        before = words[place - 1] if place else ""
        measure, factor = known.get(behind, ("", 1.0))
        if not measure and before in "$€£¥":
            measure, factor = known.get(before, ("", 1.0))
        try:
            scaled = float(value) * factor
        except ValueError:  # a version or an address
            measure, scaled = "", 0.0
        yield Amount(value, measure, scaled, place)


def _direction(words: list[str], said_in: Language) -> int:
    table = directions(said_in.code)
    if not table:
        return 0
    more = sum(word in table["plus"] for word in words)
    less = sum(word in table["minus"] for word in words)
    return (more > less) - (more < less)


def _in_words(word: str, written: "dict[str, float] | object") -> str:
    assert isinstance(written, dict)
    value = written.get(word)
    return "" if value is None else f"{value:g}"


def _negated(
    text: str, stems: list[str], ends: list[bool], starts: list[int], said_in: Language
) -> Iterator[str]:
    """The stems that the negations of a sentence turn over: those behind each in its clause; those
    before it in languages that negate the verb at the end.
    """
    scope = _SCOPE if said_in.spaced else _UNSPACED_SCOPE
    for match in negation(said_in.code).finditer(text):
        place = sum(start < match.end() for start in starts)
        reach = 0
        if said_in.negates_last:
            for back in range(place - 1, -1, -1):
                if stems[back]:
                    yield stems[back]
                    reach += 1
                if reach == scope or ends[back]:
                    break
            continue
        for one, begins in zip(stems[place:], ends[place:], strict=True):
            if begins and reach:
                break
            if one:
                yield one
                reach += 1
            if reach == scope:
                break
