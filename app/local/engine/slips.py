"""How likely a word is another one that was mistyped, or misspelled by ear.

Fingers swap two letters, leave one out, double one or hit the key beside it; the ear takes one
vowel for another. Any other change is as likely another word: "stowage" is no "storage".
"""

from itertools import pairwise

from app.local.engine.store.analysis import terms

_LONG = 8  # letters from which on a word may have two likely slips, or an unlikely one
_SHORT = 6  # letters below which the ear is no witness: "tin" and "ten" are two words
_VOWELS = frozenset("aeiouy")
_ALIKE = (frozenset("cs"), frozenset("ck"), frozenset("sz"), frozenset("fv"), frozenset("td"))
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = frozenset(frozenset(two) for row in _KEYS for two in pairwise(row))
_LIKELY, _UNLIKELY = 1, 2


def is_slip(word: str, other: str) -> bool:
    """Whether a word may well be the other one, mistyped. Both are in lower case. Their endings may
    differ, as the other may be known by its stem only.

    >>> [is_slip(word, "storage") for word in ("storge", "stoarge", "stowage")]
    [True, True, False]
    >>> is_slip("definately", "definitely"), is_slip("paver", "paper")
    (True, False)
    """
    pairs = [(word, other), *zip(terms(word), terms(other), strict=False)]
    most = _UNLIKELY if len(word) >= _LONG else _LIKELY
    return any(_cost(one, right) <= most for one, right in pairs)


def is_plain_slip(word: str, other: str) -> bool:
    """Whether two letters are swapped, or one is doubled that is single in the other, or single
    that is doubled there: this happens to words that look like good ones, too.

    >>> [is_plain_slip(*pair) for pair in (("depoly", "deploy"), ("waranty", "warranty"))]
    [True, True]
    >>> is_plain_slip("reseal", "reveal")
    False
    """
    if len(word) == len(other):
        at = [place for place in range(len(word)) if word[place] != other[place]]
        return len(at) == 2 and at[1] == at[0] + 1 and sorted(word) == sorted(other)
    return word != other and _single(word) == _single(other)


def _single(word: str) -> str:
    """A word with each letter once where it stands doubled."""
    return "".join(
        letter for letter, after in zip(word, f"{word[1:]} ", strict=True) if letter != after
    )


def _cost(word: str, other: str) -> int:
    """What the slips from a word to the other cost together, as in `spelling.distance`, but that an
    unlikely one costs more.
    """
    by_ear = len(word) >= _SHORT
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, start=1):
        last, before, row = before, row, [_extra(word, i) + row[0]]
        for j, right in enumerate(other, start=1):
            least = min(
                before[j] + _extra(word, i),
                row[-1] + _LIKELY,
                before[j - 1] + _instead(letter, right, by_ear=by_ear),
            )
            swapped = i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == right
            row.append(min(least, last[j - 2] + _LIKELY) if swapped else least)
    return row[-1]


def _extra(word: str, end: int) -> int:
    """What a letter too many costs, the one before this place."""
    letter, beside = word[end - 1], word[max(0, end - 2) : end - 1] + word[end : end + 1]
    near = len(word) >= _SHORT and any(frozenset((letter, one)) in _BESIDE for one in beside)
    return _LIKELY if letter in beside or near else _UNLIKELY


def _instead(letter: str, right: str, *, by_ear: bool) -> int:
    """What a letter in place of another one costs."""
    if letter == right:
        return 0
    two = frozenset((letter, right))
    alike = by_ear and (two <= _VOWELS or two in _ALIKE)
    return _LIKELY if two in _BESIDE or alike else _UNLIKELY
