"""What a conversation has said already, and whether a turn asks for it again.

Search often finds the passage again that the last answer came from. Its sentence fits this question
as well, since most words of a follow-up are those of the question before. It is said again only if
it has what is new in the question: what answered "Who invented the typewriter?" may also answer
"When did he patent it?"; but no sentence that gives no reason answers "Why?".
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.local import lazy_re as re
from app.local.engine.languages import ENGLISH
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.candidates.rendering import render
from app.local.engine.writer.multilingual.question import dates_in, numbers_in, question_in
from app.local.engine.writer.question import Question, names
from app.local.engine.writer.question.expected import gives_reason, stands_at_a_place
from app.local.engine.writer.rewrite import Meaning
from app.local.engine.writer.rewrite.pronouns import judges
from app.local.engine.writer.selection import Scores
from app.local.engine.writer.selection.verdicts import opposites_of

Mask = NDArray[np.bool_]  # (candidates,)

_WORD = re.compile(r"\w+")
_NEW = 3.0  # log-odds of a candidate that has all that is new in a question
_BEHIND = 1.5  # log-odds of the candidate right behind one that was said
_OVER = 0.5  # of what the words of a candidate are worth, those that stand over it
_NEAR = 2  # candidates
_ENOUGH = 0.5  # of the terms that are new in a question
_LONGEST = 400  # characters of a candidate that are looked for: an answer may have been cut
_CLAUSE = re.compile(
    r"\b(?:because|since|due to|owing to|as (?=it|they|we|there|this|the)) ?", re.I
)


class Repetition:
    """Which candidates were said, and which of them are not to be said again.

    Args:
        meaning: of the turn.
        candidates: of the passages.
    """

    def __init__(self, meaning: Meaning, candidates: Sequence[Candidate]) -> None:
        self._meaning = meaning
        self._candidates = candidates

    @cached_property
    def said(self) -> Mask:
        """Those that the last answer holds; to a call for more, those of all answers."""
        every = self._meaning.move == "more"
        answers = " ".join(self._meaning.answers if every else self._meaning.answers[-1:])
        if not answers:
            return np.zeros(len(self._candidates), bool)
        words = f" {_words(answers)} "
        return np.array([_is_in(one, words) for one in self._candidates], bool)

    def barred(self, question: Question) -> Mask:
        """Those that are not to be said: said before and not asked for again, or no code where only
        code is asked for.
        """
        move = self._meaning.move
        if move == "again":
            return np.logical_not(self.said) if self.said.any() else self.said
        if move == "code":
            code = np.array([one.kind == "code" for one in self._candidates], bool)
            fresh = self._meaning.fresh
            about = np.array([self._share(fresh, one) > 0 for one in self._candidates], bool)
            code = code & about if (code & about).any() else code
            new = code & ~self.said
            return np.logical_not(new if new.any() else code)
        if not self.said.any() or self._is_same(question):
            return np.zeros(len(self._candidates), bool)
        again = [
            bool(known) and move is None and self._asks_for(place, question)
            for place, known in enumerate(self.said)
        ]
        return self.said & np.logical_not(again)

    def _without_reason(self) -> Mask:
        """Those that give no reason, if the turn is a mere "Why?" in English; else none. A table or
        code gives none, whatever words are in it.
        """
        meaning = self._meaning
        why = question_in(meaning.turn, ENGLISH)
        mere = why.kind == "reason" and not why.terms and not meaning.is_whole
        if not mere or meaning.language is not ENGLISH:
            return np.zeros(len(self._candidates), bool)
        return np.array(
            [
                one.kind in ("table", "row", "code") or not gives_reason(one.text)
                for one in self._candidates
            ],
            bool,
        )

    def is_known(self, scores: Scores) -> bool:
        """Whether there is an answer for sure: because the last one was, or because what is best
        says how that is which was said, in the passage that it was said from.
        """
        if self._meaning.move in ("more", "again"):
            return bool(self.said.any())
        if not self._judges or not self.said.any():
            return False
        best = int(scores.argmax())
        of_turn = frozenset(terms(self._meaning.turn))
        known = self._elsewhere()[best]
        return not known and self._share(of_turn, self._candidates[best]) >= 1

    @property
    def _judges(self) -> bool:
        """Whether the turn asks how that is which was said: "Is that safe?"."""
        return self._meaning.language is ENGLISH and judges(self._meaning.turn)

    def without_barred(self, scores: Scores, question: Question) -> Scores:
        """The scores, minus infinity for what is not to be said. More of an answer stands in the
        passages that it came from; of no answer there is no more.
        """
        barred = self.barred(question) | self._without_reason()
        if self._meaning.move == "more":
            barred = barred | self._elsewhere()
        if not self._meaning.is_whole:
            scores = scores + self._leaning(question)
        return np.where(barred, -np.inf, scores)

    def _leaning(self, question: Question) -> Scores:
        """What speaks for each candidate beside its score, where a turn leans on the one before:
        most words of the question are known, so what is new in it counts more, and so does what
        stands right behind that which was said.
        """
        new = self._new(question)
        worth = np.zeros(len(self._candidates))
        if new:
            worth += _NEW * np.array([self._share(new, one) for one in self._candidates])
        for place in np.flatnonzero(self.said).tolist():
            for other in range(place + 1, min(place + 1 + _NEAR, len(worth))):
                if self._candidates[other].passage == self._candidates[place].passage:
                    worth[other] += _BEHIND / (other - place)
        return worth

    def _share(self, new: frozenset[str], one: Candidate) -> float:
        """How much of what is new a candidate has, 0 to 1: what only stands over it counts half."""
        if not new:
            return 0.0
        language = self._meaning.language
        own = frozenset(terms(one.text, language))
        if self._judges:
            own |= {term for term in new if opposites_of(term) & own}
        over = frozenset(terms(one.context, language)) - own
        return (len(new & own) + _OVER * len(new & over)) / len(new)

    def said_now(self, places: Sequence[int], scores: Scores) -> list[Candidate]:
        """The candidates at these places; of one that was said before and is asked for its reason,
        that clause only.
        """
        return [self._shortened(place) for place in places if np.isfinite(scores[place])]

    def _elsewhere(self) -> Mask:
        """Those of passages from which nothing was said."""
        sources = {self._candidates[place].passage for place in np.flatnonzero(self.said).tolist()}
        return np.array([one.passage not in sources for one in self._candidates], bool)

    def behind(self) -> list[Candidate]:
        """What stands behind that which was said last, in its passage: a block, an item, or up to
        two sentences.
        """
        for place in reversed(np.flatnonzero(self.said).tolist()):
            passage = self._candidates[place].passage
            after = [
                one
                for one, known in list(zip(self._candidates, self.said, strict=True))[place + 1 :]
                if one.passage == passage and not known
            ]
            if after:
                both = [one.kind for one in after[:2]] == ["sentence", "sentence"]
                return after[: 2 if both else 1]
        return []

    def _is_same(self, question: Question) -> bool:
        """Whether the turn puts the last question again."""
        return self._meaning.is_whole and not self._new(question)

    def _new(self, question: Question) -> frozenset[str]:
        """What is new in a question, and was said in the turn itself: what a pronoun stands for may
        be of the last answer, and is not what is asked for.
        """
        meaning = self._meaning
        last = question_in(meaning.last, meaning.language)
        new = frozenset(question.terms) - frozenset(last.terms)
        return new if meaning.is_whole else new & frozenset(terms(meaning.turn, meaning.language))

    def _asks_for(self, place: int, question: Question) -> bool:
        one, language = self._candidates[place], self._meaning.language
        new = self._new(question)
        held = frozenset(terms(f"{one.context} {one.text}", language))
        if new and len(new & held) >= _ENOUGH * len(new):
            return True
        kind = question_in(self._meaning.turn, language).kind
        match kind:
            case "number" if not self._meaning.is_whole:  # "At which heat?", and "For how long?"
                return len(numbers_in(one.text, language)) > 1
            case _ if kind == question_in(self._meaning.last, language).kind:
                return False
            case "date":
                return bool(dates_in(one.text, language))
            case "number":
                return bool(numbers_in(one.text, language))
            case "place" if language is ENGLISH:
                return bool(names(one.text)) or stands_at_a_place(one.text)
            case "person" | "place":
                return bool(names(one.text))
            case "reason":
                return bool(_reason(one.text))
        return False

    def _shortened(self, place: int) -> Candidate:
        one = self._candidates[place]
        why = question_in(self._meaning.turn, self._meaning.language).kind == "reason"
        reason = _reason(one.text) if why and self.said[place] and not one.block else ""
        return replace(one, text=reason) if reason else one


def _reason(text: str) -> str:
    """The clause that gives a reason; empty if there is none.

    >>> _reason("It is off, because HTTP/1.1 is more robust.")
    'Because HTTP/1.1 is more robust.'
    """
    match = _CLAUSE.search(text)
    if match is None:
        return ""
    clause = text[match.start() :]
    return clause[:1].upper() + clause[1:]


def _is_in(one: Candidate, words: str) -> bool:
    own = _words(one.block or render(one, None)[:_LONGEST])[:_LONGEST]
    return bool(own) and f" {own}" in words


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))
