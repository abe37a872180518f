"""Decides which bracketed numbers of an answer are marks, that is, cite a passage.

A model that has read `samples[0]` may write it too, whatever signs it was shown. So bracketed
numbers are text, and stay as they are, in code and in lists of lists; if no passage has the number;
right after a word in the middle of a sentence; and where a passage has the same numbers after the
same words.

    the newest is samples[1] and     text: right after a word, in the middle of a sentence
    Array [10, 20] holds             text: there is no passage 10
    the range [1, 3] is              text: a list in the middle of a sentence
    x = [1]                          text: in a formula
    polymer membranes [2].           text, if passage 1 has these words and passage 2 does not
    Quartz is hard [2].              a mark
    Quartz is hard[2].               a mark
    Quartz is hard².                 a mark
    m², 10³, mc²                     text: raised, but not behind a word at the end of a claim
    Quartz is hard [9].              made up: written as a mark, but there is no passage 9
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from app.citations.bracket_numbers import NUMBERS, RAISED_NUMBERS, Bracket, bracket, raised
from app.citations.brackets import GLANCE, Run
from app.citations.quote import UNSPACED
from app.events import Passage

Use = Literal["mark", "text", "made-up"]

ANYWHERE = ("", "")  # stands for the words before a bracket, whatever they are

_WORD = re.compile(r"\w+")
_LONGEST_WORD = (
    12  # characters; of a longer word, as in scripts without spaces, the last ones count
)
_UNSPACED = re.compile(f"[{UNSPACED}]")
_SHORTEST = 4  # letters of a word that may have a footnote: mm², sec² and cos² are powers
_UNITS = frozenset(("metre", "meter", "inch", "feet", "foot", "mile", "yard", "second", "sigma"))
_IN_FORMULAS = ("=", "{", "_")
_ENDS_SENTENCE = tuple(".!?:;。！？；：")  # noqa: RUF001 these signs are meant
_ENDS_CLAIM = (*_ENDS_SENTENCE, *",)，、）」")  # noqa: RUF001 these signs are meant


class Marks:
    """Tells marks from text, by the passages."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = frozenset(passage.number for passage in passages)
        self._holders: defaultdict[tuple[tuple[str, ...], str], set[int]] = defaultdict(set)
        for passage in passages:
            self._read(passage)

    def uses(self, run: Run) -> list[Use]:
        """The use of each bracket of a run."""
        marks = [self._is_mark(each, run) for each in run.brackets]
        ends = any(marks) or _ends(run, _ENDS_CLAIM) or run.before.rstrip().endswith(_ENDS_SENTENCE)
        return [
            "mark" if mark else "made-up" if ends and self._is_made_up(each, run) else "text"
            for each, mark in zip(run.brackets, marks, strict=True)
        ]

    def _read(self, passage: Passage) -> None:
        """Record the brackets of a passage, each with up to two words before it."""
        end, last = -1, _last_words("")
        for match in NUMBERS.finditer(passage.text):
            if match.start() != end:
                last = _last_words(passage.text[max(0, match.start() - GLANCE) : match.start()])
            end = match.end()
            if found_bracket := bracket(match.group()):
                self._record(found_bracket, last, passage)
        for match in RAISED_NUMBERS.finditer(passage.text):
            last = _last_words(passage.text[max(0, match.start() - GLANCE) : match.start()])
            for each in raised(match.group()):
                self._record(each, last, passage)

    def _record(self, each: Bracket, last: tuple[str, ...], passage: Passage) -> None:
        for words in {ANYWHERE, last[-1:], last}:
            self._holders[words, each.form].add(passage.number)

    def _holding(self, words: tuple[str, ...], each: Bracket) -> set[int]:
        """The passages that have this bracket after these words."""
        return self._holders.get((words, each.form), set())

    def _is_mark(self, each: Bracket, run: Run) -> bool:
        if run.where != "prose" or not self._passages.issuperset(each.numbers):
            return False
        if run.after.startswith(("(", "]")):  # a link; a list
            return False
        if run.before.rstrip().endswith((*_IN_FORMULAS, "(") if each.is_double else _IN_FORMULAS):
            return False
        if each.is_raised and not _is_note(run):
            return False
        is_list = (each.is_index or each.is_double) and len(each.numbers) > 1
        if is_list and not _ends(run, _ENDS_CLAIM):
            return False
        last = _last_words(run.before)
        if each.is_index and _is_attached(run):
            is_copy = bool(self._holding(last[-1:], each))
            return not is_copy and not _is_variable(last[-1:]) and _ends(run, _ENDS_SENTENCE)
        holding = self._holding(last, each)
        return not holding or (each.is_index and holding.issuperset(each.numbers))

    def _is_made_up(self, each: Bracket, run: Run) -> bool:
        """Whether a number at the end of a claim was written as a mark, but belongs to no
        passage.
        """
        number, *others = each.numbers
        if others or number in self._passages or run.where != "prose":
            return False
        if _is_attached(run) if not each.is_raised else not _is_note(run):
            return False
        return not self._holding(ANYWHERE, each)


def _last_words(text: str) -> tuple[str, ...]:
    return tuple(word.lower()[-_LONGEST_WORD:] for word in _WORD.findall(text)[-2:])


def _is_attached(run: Run) -> bool:
    """Whether it is right after a word, like an index, in a script with spaces."""
    last = run.before[-1:]
    behind = last.isalnum() or last in tuple(")]_")
    return behind and not run.space and not _UNSPACED.match(last)


def _is_note(run: Run) -> bool:
    """Whether a raised number stands where the mark of a footnote does, and is no power: right
    behind a sentence, or behind a word that ends a claim.
    """
    if run.space:
        return False
    if run.before.endswith(_ENDS_SENTENCE):
        return True
    word = _last_words(run.before)[-1:]
    is_word = bool(word) and word[0].isalpha() and run.before[-1:].isalpha()
    if not is_word or (len(word[0]) < _SHORTEST and not _UNSPACED.match(word[0])):
        return False
    return word[0].removesuffix("s") not in _UNITS and _ends(run, _ENDS_CLAIM)


def _is_variable(word: tuple[str, ...]) -> bool:
    """Whether a word is a name in code and not a word of a sentence."""
    return not word or (len(word[0]) == 1 and not word[0].isdecimal()) or "_" in word[0]


def _ends(run: Run, signs: tuple[str, ...]) -> bool:
    """Whether a claim ends after the run: with one of the signs, or with the line."""
    return not run.after.strip() or "\n" in run.after or run.after.startswith(signs)
