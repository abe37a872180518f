"""How far each candidate speaks for being the answer to a question, whatever languages they are in.

Of meaning: cosines of the multilingual encoder, in which a sentence and its translation are near
each other. Of words: how much of the question's weight a candidate covers, by the terms of its own
language; across languages that is names and numbers. Of form, as for English.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.local import lazy_re as re
from app.local.engine.encoder import TextEncoder, Vectors
from app.local.engine.languages import Language
from app.local.engine.memory import Memory
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.evidence.coverage import Coverage
from app.local.engine.writer.multilingual.question import dates_in, numbers_in
from app.local.engine.writer.question import Question, dates

Evidence = NDArray[np.float64]  # (candidates, features)

CAPACITY = 20_000  # texts whose vectors are remembered; 2 KB each
WORDS = 20_000
_LONGEST = 350  # characters of what is embedded of a candidate
_WORD = re.compile(r"[^\W_]{2,}")
_RUN = re.compile("[\u30a1-\u30ff]{3,}|[\u3400-\u9fff]{3,6}")
_COSTS = re.compile(
    r"kost|preis|co[uû]t|prix|cuest|preci|cost|prezz|cust|preç|prij|koszt|cen[ay]\b"
)
_PRICE = re.compile(
    r"[€$£¥]|\b(?:eur|usd|gbp|chf|pln|preis|prix|precio|prezzo|preço|prijs|price|cena)\b", re.I
)
_NAME = re.compile(r"\b[^\W\d_a-z]\w+ [^\W\d_a-z]\w+|\w[\u30fb\u00b7]\w")


class WordEncoder(TextEncoder, Protocol):
    """One that also embeds single words, many at once."""

    def encode_words(self, words: Sequence[str]) -> Vectors:
        """(n, dimension)."""
        ...


class MultilingualVectors:
    """The encoder, with the vectors of the texts that were used last. Thread-safe."""

    def __init__(self, encoder: WordEncoder) -> None:
        self._memory: Memory[Vectors] = Memory(lambda texts: list(encoder.encode(texts)), CAPACITY)
        self._words: Memory[Vectors] = Memory(
            lambda words: list(encoder.encode_words(words)), WORDS
        )

    def of(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension)."""
        return np.stack(self._memory.of(texts))

    def of_words(self, words: Sequence[str]) -> Vectors:
        return np.stack(self._words.of(words))


class MultilingualCase(Coverage):
    """A question and the candidates for its answer.

    Args:
        question: and its `language`.
        candidates: of the passages, whose `languages` are known.
        vectors: of texts.
    """

    def __init__(
        self,
        question: Question,
        language: Language,
        candidates: Sequence[Candidate],
        languages: Sequence[Language],
        vectors: MultilingualVectors,
    ) -> None:
        self.languages = [languages[one.passage] for one in candidates]
        pairs = list(zip(candidates, self.languages, strict=True))
        super().__init__(
            question,
            candidates,
            [frozenset(terms(one.text, its)) for one, its in pairs],
            [frozenset(terms(one.context, its)) for one, its in pairs],
        )
        self.foreign = np.array([one.code != language.code for one in self.languages])  # (n,)
        texts = [one.gist[:_LONGEST] for one in candidates]
        above = [f"{one.context} {one.text}".strip()[-_LONGEST:] for one in candidates]
        of_all = vectors.of([question.text, *texts, *above])
        n = len(candidates)
        self.vectors = of_all[1 : n + 1]  # (n, d)
        self.cosine = self.vectors @ of_all[0]  # (n,)
        self.cosine_above = of_all[n + 1 :] @ of_all[0]  # (n,)
        self._vectors, self._language = vectors, language

    def nearness(self, place: int) -> tuple[float, float]:
        """How near a candidate's passage comes to the words of the question, by their meaning: to
        the word that it says least, and on average.
        """
        question_words = content_words(self.question.text, self._language)
        rows = self.rows[self.candidates[place].passage]
        its = self.languages[place]
        passage_terms = self.passage_terms[self.candidates[place].passage]
        passage_words = {
            word
            for i in rows
            for text in (self.candidates[i].text, self.candidates[i].context)
            for word in content_words(text, its)
        }
        if not question_words or not passage_words:
            return 0.0, 0.0
        new = [
            word for word in question_words if passage_terms.isdisjoint(terms(word, self._language))
        ]
        cosines = np.ones(len(question_words))
        if new:
            vectors = self._vectors.of_words([*new, *sorted(passage_words)])
            nearest = (vectors[: len(new)] @ vectors[len(new) :].T).max(axis=1)  # (new,)
            cosines[[question_words.index(word) for word in new]] = nearest
        return float(cosines.min()), float(cosines.mean())

    def word_vectors(self, words: Sequence[str]) -> Vectors:
        """Those of single words, (n, d)."""
        return self._vectors.of_words(words)

    def told_by_row(self, place: int) -> bool:
        """Whether it is a row that the question names, in the question's language, and the rest of
        the question names a column or asks for the price, which the row has.
        """
        one = self.candidates[place]
        if not one.cells or self.foreign[place] or not self.keyed(place):
            return False
        held = self.said[place] | self.above[place]
        left = [
            word
            for word in content_words(self.question.text, self._language)
            if held.isdisjoint(terms(word, self._language))
        ]
        columns = frozenset(terms(" ".join(name for name, _ in one.cells), self._language))
        names_column = not self.terms.isdisjoint(columns)
        has_price = any(_PRICE.search(name) and cell for name, cell in one.cells)
        if self.question.kind == "number" and names_column:
            return len(left) <= 1  # "how high"
        return bool(left or names_column) and all(has_price and _COSTS.match(word) for word in left)

    def tells_figures_only(self, place: int) -> bool:
        """Whether it is a row that has no words but those of the question: only figures."""
        one = self.candidates[place]
        words = [word for _, cell in one.cells for word in terms(cell, self._language)]
        return bool(one.cells) and all(
            word in self.question.terms or not any(map(str.isalpha, word)) for word in words
        )

    def new_number(self, place: int) -> bool:
        text = self.candidates[place].text
        return bool(numbers_in(text, self.languages[place]) - self.question.numbers)

    def new_date(self, place: int) -> bool:
        text, language = self.candidates[place].text, self.languages[place]
        known = dates if language.code == "en" else lambda one: dates_in(one, language)
        return bool(known(text) - dates(self.question.text))

    @cached_property
    def passage_best(self) -> dict[int, float]:
        """Of each passage's nearest candidate."""
        return {one: float(self.cosine_above[rows].max()) for one, rows in self.rows.items()}

    @cached_property
    def passage_cosine(self) -> dict[int, float]:
        """The mean of each passage's candidates."""
        return {one: float(self.cosine_above[rows].mean()) for one, rows in self.rows.items()}


def content_words(text: str, language: Language) -> list[str]:
    """The words of a text that say what it is about; of a script without spaces its terms, and what
    is written in one script without a break.
    """
    if not language.spaced:
        parts = (*terms(text, language), *_RUN.findall(text))
        return [part for part in dict.fromkeys(parts) if len(part) > 1]
    words = dict.fromkeys(map(str.lower, _WORD.findall(text)))
    return [word for word in words if word not in language.function_words]


# fmt: off
FEATURES: dict[str, Callable[[MultilingualCase, int], float]] = {
    "cosine":          lambda case, i: float(case.cosine[i]),
    "cosine above":    lambda case, i: float(case.cosine_above[i]),
    "passage best":    lambda case, i: case.passage_best[case.candidates[i].passage],
    "passage cosine":  lambda case, i: case.passage_cosine[case.candidates[i].passage],
    "covered":         lambda case, i: case.covered(case.said[i]),
    "covered above":   lambda case, i: case.covered(case.above[i] - case.said[i]),
    "covered before":  lambda case, i: case.covered_beside(i, -1),
    "covered after":   lambda case, i: case.covered_beside(i, +1),
    "passage covered": lambda case, i: case.passage_covered[case.candidates[i].passage],
    "top passage":     lambda case, i: case.candidates[i].passage == 0,
    "first sentence":  lambda case, i: case.candidates[i].place == 0,
    "number":          lambda case, i: case.question.kind == "number" and case.new_number(i),
    "date":            lambda case, i: case.question.kind == "date" and case.new_date(i),
    "person":          lambda case, i: case.question.kind == "person"
                       and bool(_NAME.search(case.candidates[i].text)),
    "definition":      MultilingualCase.defines,
    "lead-in":         lambda case, i: case.candidates[i].text.endswith((":", "\uff1a")),
    "item":            lambda case, i: case.candidates[i].kind == "item",
    "row":             lambda case, i: case.candidates[i].kind == "row",
    "code":            lambda case, i: case.is_kind(i, "code") and case.question.wants_code,
    "code unwanted":   lambda case, i: case.is_kind(i, "code") and not case.question.wants_code,
    "block":           lambda case, i: case.is_kind(i, "list", "table")
                       and case.question.wants_list,
    "block unwanted":  lambda case, i: case.is_kind(i, "list", "table")
                       and not case.question.wants_list,
    "exact":           lambda case, i: case.exact(i),
}
# fmt: on

LEXICAL = ("covered", "covered above", "covered before", "covered after", "passage covered")
"""The features for which both have to be in one language."""


def evidence(case: MultilingualCase) -> Evidence:
    """The features of every candidate, in the order of FEATURES."""
    rows = [[float(of(case, i)) for of in FEATURES.values()] for i in range(len(case.candidates))]
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))
