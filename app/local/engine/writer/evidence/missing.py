"""What candidates and their passages lack of a question: what it names, and where it sets it."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from app.local.engine.writer.evidence.coverage import Coverage
from app.local.engine.writer.evidence.surroundings import missing as lack_of
from app.local.engine.writer.evidence.surroundings import standing_terms
from app.local.engine.writer.evidence.surroundings import surroundings as surroundings_of
from app.local.engine.writer.question import bare, is_superlative
from app.local.engine.writer.question.measures import asks_measure, lacks_measure
from app.local.engine.writer.question.nouns import Nouns
from app.local.engine.writer.question.phrases import phrases

_NEARLY_SAID = 0.4  # cosine of a word to the nearest token of the passages


class Missing:
    """What each candidate lacks of the question.

    Args:
        words: of the question and the candidates.
        nouns: of the question, and how near the candidates come to them.
    """

    def __init__(self, words: Coverage, nouns: Nouns) -> None:
        self._words, self._nouns = words, nouns

    def heads(self, place: int) -> float:
        """How many of the things that the question names are not in the candidate's passage, nor
        in the name of its document, 0 to 1.
        """
        heads = self._words.question.heads
        if not heads:
            return 0.0
        number = self._words.candidates[place].passage
        held = self._words.passage_terms[number]
        return sum(head not in held for head in heads) / len(heads)

    @cached_property
    def hinge(self) -> float:
        """How far all passages are from the word that the question hinges on, 0 to 1; 0 if one of
        them has it, or a word that means nearly the same, and among mere paragraphs.
        """
        word = self._words.question.hinge
        if not word or self._words.mostly_prose:
            return 0.0
        column = self._nouns.words.index(word)
        if asks_measure(self._words.question.text, word) and self._some_tell_measure:
            return 0.0
        near = float(self._nouns.near[:, column].max())
        return float(self._nouns.rarity[column]) * (1 - near) if near < _NEARLY_SAID else 0.0

    def qualifier_nowhere(self, place: int) -> bool:
        """Whether it is of a list or a table, and nothing that was found of its document has what
        qualifies a thing in the question: "lysis" of "the lysis buffer". To the encoder it is near
        to what qualifies the others there, such as "wash".
        """
        one = self._words.candidates[place]
        if not one.cells and one.kind not in ("table", "list"):
            return False
        name = self._words.name(place)
        rows = (row for row in range(len(self._words.candidates)) if self._words.name(row) == name)
        held = frozenset[str]().union(*map(self._words.own_and_above, rows)) | name
        return any(
            word in self._qualifiers and its.isdisjoint(held)
            for word, its in zip(self._nouns.words, self._nouns.terms, strict=True)
        )

    @cached_property
    def _qualifiers(self) -> frozenset[str]:
        """The words of the question's noun phrases but for the last of each."""
        some = (one.text.split() for one in phrases(self._words.question.text))
        return frozenset(word for words in some for word in words[:-1])

    def words(self, place: int) -> float:
        """How much it lacks of the words that the question is about, by their rarity, 0 to 1. What
        a pronoun refers to is its own.
        """
        lacks = self._nouns.lacks(self._words.with_antecedents(place), self._words.name(place))
        lacks[self._told_by_measure(place)] = 0.0
        return float(lacks.sum()) / (float(self._nouns.rarity.sum()) or 1.0)

    def _told_by_measure(self, place: int) -> list[int]:
        """The words that ask for a measure, where the candidate tells one of that sort."""
        if not self._asking:
            return []
        lacks = lacks_measure(self._words.question.text, self._words.text(place))
        return [] if lacks else self._asking

    @cached_property
    def _some_tell_measure(self) -> bool:
        """Whether a candidate tells a measure of the sort that the question asks for."""
        question = self._words.question.text
        texts = map(self._words.text, range(len(self._words.candidates)))
        return not all(lacks_measure(question, text) for text in texts)

    @cached_property
    def _asking(self) -> list[int]:
        """The words of the question that ask for a measure."""
        question = self._words.question.text
        return [at for at, word in enumerate(self._nouns.words) if asks_measure(question, word)]

    def nouns(self, place: int) -> float:
        """How many of these words stand neither in it nor over it, nor in its document's name,
        0 to 1.
        """
        held = self._words.told(place) | self._words.name(place)
        columns = self._told_by_measure(place)
        missing = [
            held.isdisjoint(its) and column not in columns
            for column, its in enumerate(self._nouns.terms)
        ]
        return sum(missing) / len(missing) if missing else 0.0

    def superlative(self, place: int) -> float:
        """How far it and its neighbours are from the superlative that the question has, 0 to 1."""
        around = [self._words.beside(place, -1), place, self._words.beside(place, +1)]
        near = self._nouns.near[[one for one in around if one is not None]].max(axis=0)
        far = [
            1 - float(one)
            for word, one in zip(self._nouns.words, near, strict=True)
            if is_superlative(word)
        ]
        return max(far, default=0.0)

    @cached_property
    def name_nowhere(self) -> bool:
        """Whether no passage has a name of the question: "Gentoo", of "on Gentoo"."""
        all_terms: frozenset[str] = frozenset().union(*self._words.passage_terms.values())
        return any(
            bare(noun) in self._words.question.names and all_terms.isdisjoint(its)
            for noun, its in zip(self._nouns.words, self._nouns.terms, strict=True)
        )

    def surroundings(self, place: int) -> float:
        """How much a candidate's passage lacks of the system, product or place in which the
        question sets what it asks, 0 to 2.

        Mere prose is left out, as it has other words for the same; so is a candidate with an
        option that the question names.
        """
        names = self._surroundings
        number = self._words.candidates[place].passage
        if not names or self._words.is_mere_prose(place) or self._has_option(place):
            return 0.0
        standing = self._standing[number] | self._words.name(place)

        def near(words: Sequence[str]) -> float:
            columns = [at for at, noun in enumerate(self._nouns.words) if noun in words]
            return float(
                self._nouns.alike[np.ix_(self._words.rows[number], columns)].max(initial=0.0)
            )

        return max(
            lack_of(name, standing, self._words.passage_terms[number], near) for name in names
        )

    @cached_property
    def _surroundings(self) -> tuple[str, ...]:
        return surroundings_of(self._words.question.text)

    def _has_option(self, place: int) -> bool:
        """Whether it has an option that the question names, such as `-o`."""
        options = {one for one in self._words.question.identifiers if one.startswith("-")}
        return not options.isdisjoint(self._words.identifiers[place]) if options else False

    @cached_property
    def _standing(self) -> dict[int, frozenset[str]]:
        """The terms of the words that stand for themselves in each passage."""
        texts = [(one.context, one.text) for one in self._words.candidates]
        return {
            one: standing_terms(
                "\n".join(dict.fromkeys(text for row in rows for text in texts[row]))
            )
            for one, rows in self._words.rows.items()
        }

    def identifiers(self, place: int) -> float:
        """How many of the identifiers and numbers of the question are not in the candidate's
        passage, 0 to 1.
        """
        named = self._words.question.identifiers
        number = self._words.candidates[place].passage
        return len(named - self._identifiers[number]) / len(named) if named else 0.0

    @cached_property
    def _identifiers(self) -> dict[int, frozenset[str]]:
        own = self._words.identifiers
        return {
            one: frozenset().union(*(own[i] for i in rows))
            for one, rows in self._words.rows.items()
        }
