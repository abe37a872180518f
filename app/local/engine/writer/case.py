"""A question and the candidates for its answer: what each has and lacks of the question.

A candidate is compared with the question by the meaning of its words and by their stems, together
with what stands over it, its neighbours and its passage, and the name of its document.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from app.local.engine.encoder import TokenVectors, Vectors
from app.local.engine.late_interaction import nearest, weights
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.coverage import Coverage
from app.local.engine.writer.expected import tells_person
from app.local.engine.writer.nouns import Nouns
from app.local.engine.writer.phrases import is_bare_verb
from app.local.engine.writer.question import (
    Question,
    dates,
    identifiers,
    is_superlative,
    numbers,
)
from app.local.engine.writer.releases import is_release
from app.local.engine.writer.surroundings import missing, standing_terms, surroundings
from app.local.engine.writer.vectors import Remembered

TELLING = 5.0  # what a word tells that is not one of the 150 commonest

_MOSTLY = 0.8  # of the passages
_TELLS_DEFAULT = re.compile(r"\bdefaults?\b|\w=['\"\w({\[-]", re.IGNORECASE)
_RELEASE = re.compile(r"\d{1,9}(?:\.\d{1,9}){1,5}")
_LETTERS = re.compile(r"[A-Za-z]+")
_SUFFIX = re.compile(r"\.\w{1,8}(?=$|/)")


class Case(Coverage):
    """A question and the candidates for its answer.

    Args:
        texts: the tokens of each candidate.
        contexts: those of what stands over them.
        names: of the passages' documents.
        nouns: of the question, and the tokens of each.
    """

    def __init__(
        self,
        question: Question,
        candidates: Sequence[Candidate],
        texts: Sequence[TokenVectors],
        contexts: Mapping[str, TokenVectors],
        question_tokens: TokenVectors,
        names: Sequence[str] = (),
        nouns: Mapping[str, TokenVectors] | None = None,
    ) -> None:
        above = {context: frozenset(terms(context)) for context in contexts}
        names_of = [name_terms(name) for name in names]
        subjects = [own - act_terms(name) for own, name in zip(names_of, names, strict=True)]
        super().__init__(
            question,
            candidates,
            [frozenset(terms(one.text)) for one in candidates],
            [above[one.context] for one in candidates],
            [names_of[one.passage] for one in candidates] if names else (),
            [subjects[one.passage] for one in candidates] if names else (),
        )
        self.vectors = np.stack([one.mean for one in texts])  # (n, 384)
        self._asked = question_tokens.mean  # (384,)
        self.cosine = self.vectors @ self._asked  # (n,)
        near = nearest(question_tokens, [*texts, *contexts.values()])  # (n + contexts, q)
        row = {context: len(texts) + place for place, context in enumerate(contexts)}
        self._near = near[: len(texts)]  # (n, q)
        self._near_both = np.maximum(self._near, near[[row[one.context] for one in candidates]])
        self._tells = weights(question_tokens)  # (q,)
        self._share = self._tells / (self._tells.sum() or 1.0)
        self._telling = self._tells >= min(TELLING, self._tells.max())
        self._names = names_of
        self.names = names
        nouns = nouns or {}
        over = [contexts[one.context] for one in candidates]
        held = [own | its for own, its in zip(self.said, self.above, strict=True)]
        self.nouns = Nouns.of(list(nouns), list(nouns.values()), texts, over, held)

    @cached_property
    def said_near(self) -> Vectors:
        """How much of the question each candidate says, by late interaction, (n,)."""
        return self._near @ self._share

    @cached_property
    def said_near_above(self) -> Vectors:
        """The same, with what stands over it."""
        return self._near_both @ self._share

    @cached_property
    def least_near(self) -> Vectors:
        """How near each candidate comes to that word of the question which it says least, (n,)."""
        least: Vectors = self._near_both[:, self._telling].min(axis=1)
        return least

    def late_together(self, places: Sequence[int]) -> float:
        """How much of the question these candidates say together, by late interaction."""
        return float(self._near_both[places].max(axis=0) @ self._share)

    def lacks_kind(self, place: int) -> bool:
        """Whether it lacks what is wanted: a date, a place, a person, or what is counted."""
        one, question = self.candidates[place], self.question
        if question.kind == "date":
            return bool(one.block) or not dates(f"{one.lead} {one.text}") - dates(question.text)
        if question.kind == "place":
            return not self.tells_place(place)
        if question.kind == "person":
            return not one.block and not tells_person(question, f"{one.lead} {one.text}")
        counted = question.counted
        return counted is not None and counted not in self.said[place] | self.above[place]

    def has_number(self, place: int) -> bool:
        """Whether it tells a number: of a block nobody knows which of its numbers is meant."""
        one = self.candidates[place]
        if one.block:
            return False
        if self.question.default and _TELLS_DEFAULT.search(one.text):
            return True
        if one.cells:
            return any(numbers(cell) for _, cell in one.cells[1:])
        return bool(numbers(one.text) - self.question.numbers)

    def nearest_covered(self, place: int) -> float:
        """How much of the question's weight is in the heading and the lead-in that are nearest."""
        nearest = self.candidates[place].nearest
        return self.covered(frozenset(terms(nearest))) if nearest else 0.0

    def holds_code(self, place: int) -> bool:
        """Whether it has code in the line, where code may answer."""
        one = self.candidates[place]
        return self.question.wants_code and not one.block and "`" in one.text

    def tells_release(self, place: int) -> bool:
        """Whether it tells a version or a date where one of them is asked for, if only by the
        heading over it.
        """
        one, question = self.candidates[place], self.question
        if not (question.version or question.kind == "date"):
            return False
        return one.kind == "heading" or (bool(one.lead) and not one.block)

    def of_another(self, place: int) -> bool:
        """Whether it is a row about something else than the question: nothing that the question
        names stands in its cells, or none of the numbers and identifiers, but for those of columns.
        So is a whole table that holds none of these.
        """
        one, cells = self.candidates[place], self.candidates[place].cells
        if self._of_another_release(one):
            return True
        if one.kind == "table":
            named = self.question.identifiers
            return bool(named) and named.isdisjoint(identifiers(f"{one.context} {one.text}"))
        if not cells or self.question.superlative:
            return False
        columns = " ".join(name for name, _ in cells)
        own = " ".join(cell for _, cell in cells)
        named = self.question.identifiers - identifiers(columns)
        if named and named.isdisjoint(identifiers(own)):
            return True
        return frozenset(terms(own)).isdisjoint(self.question.terms)

    def _of_another_release(self, one: Candidate) -> bool:
        """Whether it is of a release, and the question names only others."""
        heading = one.text if one.kind == "heading" else one.lead
        named = frozenset(_RELEASE.findall(self.question.text))
        if not named or not is_release(heading):
            return False
        return named.isdisjoint(_RELEASE.findall(f"{heading} {one.text}"))

    def heads_missing(self, place: int) -> float:
        """How many of the things that the question names are not in the candidate's passage, nor
        in the name of its document, 0 to 1.
        """
        heads = self.question.heads
        if not heads:
            return 0.0
        number = self.candidates[place].passage
        held = self.passage_terms[number]
        return sum(head not in held for head in heads) / len(heads)

    def lacking(self, place: int) -> float:
        """How much it lacks of the words that the question is about, by their rarity, 0 to 1. What
        a pronoun refers to is its own.
        """
        lacks = self.nouns.lacks(self.with_antecedents(place), self._names_of(place))
        return float(lacks.sum()) / (float(self.nouns.rarity.sum()) or 1.0)

    def nouns_missing(self, place: int) -> float:
        """How many of these words stand neither in it nor over it, nor in its document's name,
        0 to 1.
        """
        held = self.told(place) | self._names_of(place)
        missing = [held.isdisjoint(its) for its in self.nouns.terms]
        return sum(missing) / len(missing) if missing else 0.0

    def superlative_missing(self, place: int) -> float:
        """How far it and its neighbours are from the superlative that the question has, 0 to 1."""
        around = [self.beside(place, -1), place, self.beside(place, +1)]
        near = self.nouns.near[[one for one in around if one is not None]].max(axis=0)
        far = [
            1 - float(one)
            for word, one in zip(self.nouns.words, near, strict=True)
            if is_superlative(word)
        ]
        return max(far, default=0.0)

    @cached_property
    def name_nowhere(self) -> bool:
        """Whether no passage has a name of the question: "Gentoo", of "on Gentoo"."""
        return any(
            noun.lower() in self.question.names and self.all_terms.isdisjoint(its)
            for noun, its in zip(self.nouns.words, self.nouns.terms, strict=True)
        )

    def _names_of(self, place: int) -> frozenset[str]:
        """The terms of the name of a candidate's document."""
        number = self.candidates[place].passage
        return self._names[number] if number < len(self._names) else frozenset()

    def surroundings_missing(self, place: int) -> float:
        """How much a candidate's passage lacks of the system, product or place in which the
        question sets what it asks, 0 to 2.

        Mere prose is left out, as it has other words for the same; so is a candidate with an
        option that the question names.
        """
        names = self._surroundings
        number = self.candidates[place].passage
        if not names or self._is_mere_prose(place) or self._has_option(place):
            return 0.0
        standing = self._standing[number] | self._names_of(place)

        def near(words: Sequence[str]) -> float:
            columns = [at for at, noun in enumerate(self.nouns.words) if noun in words]
            return float(self.nouns.alike[np.ix_(self.rows[number], columns)].max(initial=0.0))

        return max(missing(name, standing, self.passage_terms[number], near) for name in names)

    @cached_property
    def _surroundings(self) -> tuple[str, ...]:
        return surroundings(self.question.text)

    def _is_mere_prose(self, place: int) -> bool:
        """Whether its passage is sentences only, without code in a line."""
        rows = self.rows[self.candidates[place].passage]
        return self.is_prose(place) and not any("`" in self.candidates[row].text for row in rows)

    @cached_property
    def mostly_prose(self) -> bool:
        """Whether four of five passages are sentences only, with no heading over them, no code."""
        mere = [self._is_mere_prose(rows[0]) for rows in self.rows.values()]
        return sum(mere) >= _MOSTLY * len(mere)

    def _has_option(self, place: int) -> bool:
        """Whether it has an option that the question names, such as `-o`."""
        options = {one for one in self.question.identifiers if one.startswith("-")}
        return not options.isdisjoint(self._identifiers_of[place]) if options else False

    @cached_property
    def _standing(self) -> dict[int, frozenset[str]]:
        """The terms of the words that stand for themselves in each passage."""
        texts = [(one.context, one.text) for one in self.candidates]
        return {
            one: standing_terms(
                "\n".join(dict.fromkeys(text for row in rows for text in texts[row]))
            )
            for one, rows in self.rows.items()
        }

    def identifiers_missing(self, place: int) -> float:
        """How many of the identifiers and numbers of the question are not in the candidate's
        passage, 0 to 1.
        """
        named = self.question.identifiers
        number = self.candidates[place].passage
        return len(named - self._identifiers[number]) / len(named) if named else 0.0

    @cached_property
    def _identifiers(self) -> dict[int, frozenset[str]]:
        """The identifiers of each passage."""
        own = self._identifiers_of
        return {one: frozenset().union(*(own[i] for i in rows)) for one, rows in self.rows.items()}

    @cached_property
    def _identifiers_of(self) -> list[frozenset[str]]:
        """The identifiers of each candidate and of what stands over it."""
        return [identifiers(f"{one.context} {one.text}") for one in self.candidates]

    def named(self, place: int) -> float:
        """How much of the question's weight is in the name of the candidate's document."""
        return self.covered(self._names_of(place))

    @cached_property
    def passage_late(self) -> dict[int, float]:
        """How much of the question each passage says as a whole, by late interaction."""
        return {one: self.late_together(rows) for one, rows in self.rows.items()}

    @cached_property
    def passage_least_near(self) -> dict[int, float]:
        """How near each passage comes to that word of the question which it says least."""
        return {one: float(near[self._telling].min()) for one, near in self._passage_near.items()}

    @cached_property
    def _passage_near(self) -> dict[int, Vectors]:
        return {one: self._near_both[rows].max(axis=0) for one, rows in self.rows.items()}

    @cached_property
    def passage_terms(self) -> dict[int, frozenset[str]]:
        """All terms of each passage, with those of its document's name."""
        return {
            one: frozenset().union(
                *(self.said[i] | self.above[i] for i in rows),
                *self._names[one : one + 1],
            )
            for one, rows in self.rows.items()
        }

    @cached_property
    def all_terms(self) -> frozenset[str]:
        """The terms of all passages."""
        return frozenset().union(*self.passage_terms.values())

    @cached_property
    def passage_covered(self) -> dict[int, float]:
        return {one: self.covered(held) for one, held in self.passage_terms.items()}


def case_of(
    remembered: Remembered,
    question: Question,
    candidates: Sequence[Candidate],
    names: Sequence[str] = (),
) -> Case:
    """The case of a question, with the vectors that it is judged by.

    Args:
        names: of the passages' documents.
    """
    texts = [one.gist for one in candidates]
    contexts = list(dict.fromkeys(one.context for one in candidates))  # many share one
    words = [noun.lower() for noun in question.nouns]
    last, *tokens = remembered.tokens([question.text, *words, *texts, *contexts])
    nouns = dict(zip(question.nouns, tokens[: len(words)], strict=True))
    own, above = tokens[len(words) :][: len(texts)], tokens[len(words) + len(texts) :]
    return Case(
        question, candidates, own, dict(zip(contexts, above, strict=True)), last, names, nouns
    )


def name_terms(name: str) -> frozenset[str]:
    """The terms of a document's name: of the parts of its path, without the suffix.

    >>> sorted(name_terms("guides/set_up.md"))
    ['guid', 'set', 'setup']
    """
    return frozenset(terms(_SUFFIX.sub("", name).replace("/", " ")))


def act_terms(name: str) -> frozenset[str]:
    """The terms of the verbs in a document's name: some parts of "deploy.md" are about deploying,
    and others are not.

    >>> sorted(act_terms("guides/deploy.md")), sorted(act_terms("settings.md"))
    (['deploy'], [])
    """
    words = _LETTERS.findall(_SUFFIX.sub("", name))
    return frozenset(term for word in words if is_bare_verb(word) for term in terms(word))
