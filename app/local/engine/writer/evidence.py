"""How far each candidate speaks for being the answer: the features that a score is made of.

Of meaning (cosines of the encoder), of words (how much of the question's weight a sentence, its
neighbours, what stands over it, and its passage cover), of form (whether it holds what the question
asks for: a number, a date, a name, a definition), and of place. `coefficients.py` says what each is
worth.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from app.local.engine.encoder import TokenVectors
from app.local.engine.late_interaction import nearest, weights
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.question import (
    Question,
    dates,
    identifiers,
    names,
    numbers,
    words,
)
from app.local.engine.writer.vectors import Remembered

Evidence = NDArray[np.float64]  # (candidates, features)

TELLING = 5.0  # what a word tells that is not one of the 150 commonest
MOST = 160  # candidates that are looked at closely

_MEANS = re.compile(r"\b(by|through|using|via|with)\b|^To ", re.IGNORECASE)
_POINTER = re.compile(r"((for|to)\b[^.]*?\bsee|see)\b", re.IGNORECASE)


class Case:
    """A question and the candidates for its answer."""

    def __init__(
        self,
        question: Question,
        candidates: Sequence[Candidate],
        texts: Sequence[TokenVectors],
        contexts: Mapping[str, TokenVectors],
        question_tokens: TokenVectors,
    ) -> None:
        self.question = question
        self.candidates = candidates
        self.said = [frozenset(terms(one.text)) for one in candidates]
        above = {context: frozenset(terms(context)) for context in contexts}
        self.above = [above[one.context] for one in candidates]
        self.vectors = np.stack([one.mean for one in texts])  # (n, 384)
        self._asked = question_tokens.mean  # (384,)
        self.cosine = self.vectors @ self._asked  # (n,)
        self._near = [nearest(question_tokens, one) for one in texts]  # n of (q,)
        near = {context: nearest(question_tokens, one) for context, one in contexts.items()}
        self._near_above = [near[one.context] for one in candidates]
        self._tells = weights(question_tokens)  # (q,)
        weigh = inverse_document_frequency(self.said)
        self._weights = {term: weigh(term) for term in question.terms}
        self._total = sum(self._weights.values()) or 1.0

    def said_near(self, place: int) -> float:
        """How much of the question a candidate says, by late interaction."""
        return float(self._near[place] @ self._tells / (self._tells.sum() or 1.0))

    def said_near_above(self, place: int) -> float:
        """The same, with what stands over it."""
        both = np.maximum(self._near[place], self._near_above[place])
        return float(both @ self._tells / (self._tells.sum() or 1.0))

    def least_near(self, place: int) -> float:
        """How near the candidate comes to that word of the question which it says least."""
        both = np.maximum(self._near[place], self._near_above[place])
        return float(both[self._tells >= min(TELLING, self._tells.max())].min())

    def covered(self, words: Collection[str]) -> float:
        """How much of the question's weight is in these words, 0 to 1."""
        held = (weight for term, weight in self._weights.items() if term in words)
        return sum(held) / self._total

    def exact(self, place: int) -> float:
        """How many of the numbers and identifiers that the question names it holds, 0 to 1."""
        named = self.question.identifiers
        if not named:
            return 0.0
        held = identifiers(f"{self.candidates[place].text} {self.candidates[place].context}")
        return len(named & held) / len(named)

    def lacks_kind(self, place: int) -> bool:
        """Whether it holds no date where a date is asked for, or nothing of what is counted."""
        one, question = self.candidates[place], self.question
        if question.kind == "date":
            return not dates(one.text) - dates(question.text)
        counted = question.counted
        return counted is not None and counted not in self.said[place] | self.above[place]

    def beside(self, place: int, step: int) -> int | None:
        """The candidate before or after, in the same passage."""
        other = place + step
        inside = 0 <= other < len(self.candidates)
        same = inside and self.candidates[other].passage == self.candidates[place].passage
        return other if same else None

    def covered_beside(self, place: int, step: int) -> float:
        """What the neighbour covers and the candidate does not."""
        other = self.beside(place, step)
        return 0.0 if other is None else self.covered(self.said[other] - self.said[place])

    @cached_property
    def passage_cosine(self) -> dict[int, float]:
        """Of each passage's mean vector."""
        means = {one: self.vectors[rows].mean(axis=0) for one, rows in self._rows.items()}
        return {one: float(v @ self._asked / np.linalg.norm(v)) for one, v in means.items()}

    @cached_property
    def passage_best(self) -> dict[int, float]:
        """Of each passage's nearest sentence."""
        return {one: float(self.cosine[rows].max()) for one, rows in self._rows.items()}

    @cached_property
    def passage_covered(self) -> dict[int, float]:
        return {
            one: self.covered(frozenset().union(*(self.said[i] | self.above[i] for i in rows)))
            for one, rows in self._rows.items()
        }

    @cached_property
    def _rows(self) -> dict[int, list[int]]:
        rows: dict[int, list[int]] = {}
        for place, one in enumerate(self.candidates):
            rows.setdefault(one.passage, []).append(place)
        return rows


def case_of(remembered: Remembered, question: Question, candidates: Sequence[Candidate]) -> Case:
    """The case of a question, with the vectors that it is judged by."""
    texts = [one.gist for one in candidates]
    contexts = list(dict.fromkeys(one.context for one in candidates))  # many share one
    *tokens, last = remembered.tokens([*texts, *contexts, question.text])
    above = dict(zip(contexts, tokens[len(texts) :], strict=True))
    return Case(question, candidates, tokens[: len(texts)], above, last)


def inverse_document_frequency(texts: Sequence[Collection[str]]) -> Callable[[str], float]:
    """Lucene's: log(1 + (n - m + 0.5) / (m + 0.5)) for a term that m of n texts hold.

    >>> weigh = inverse_document_frequency([{"quartz", "hard"}, {"quartz"}])
    >>> weigh("hard") > weigh("quartz")
    True
    """
    counts = Counter(term for text in texts for term in text)
    return lambda term: log(1 + (len(texts) - counts[term] + 0.5) / (counts[term] + 0.5))


def likeliest(question: Question, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Of very many candidates those that share most words with the question, in reading order."""
    if len(candidates) <= MOST:
        return candidates
    words_of = [frozenset(terms(f"{one.context} {one.text}")) for one in candidates]
    weigh = inverse_document_frequency(words_of)
    shared = [sum(weigh(term) for term in question.terms if term in one) for one in words_of]
    best_places = sorted(range(len(candidates)), key=lambda place: -shared[place])[:MOST]
    return [candidates[place] for place in sorted(best_places)]


def _new_name(case: Case, i: int) -> bool:
    return bool(names(case.candidates[i].text) - case.question.names)


def _no_name(case: Case, i: int) -> bool:
    names = case.question.names
    return bool(names) and names.isdisjoint(words(case.candidates[i].text))


def _cosine_before(case: Case, i: int) -> float:
    before = case.beside(i, -1)
    return 0.0 if before is None else float(case.cosine[before])


def _defines(case: Case, i: int) -> bool:
    begins = case.question.definition
    return bool(begins and begins.match(case.candidates[i].text))


def _is(case: Case, i: int, *kinds: str) -> bool:
    return case.candidates[i].kind in kinds


# fmt: off
FEATURES: dict[str, Callable[[Case, int], float]] = {
    "cosine":          lambda case, i: float(case.cosine[i]),
    "late":            lambda case, i: case.said_near(i),
    "late above":      lambda case, i: case.said_near_above(i) - case.said_near(i),
    "least near":      lambda case, i: case.least_near(i),
    "cosine before":   _cosine_before,
    "passage cosine":  lambda case, i: case.passage_cosine[case.candidates[i].passage],
    "passage best":    lambda case, i: case.passage_best[case.candidates[i].passage],
    "covered":         lambda case, i: case.covered(case.said[i]),
    "covered above":   lambda case, i: case.covered(case.above[i] - case.said[i]),
    "covered before":  lambda case, i: case.covered_beside(i, -1),
    "covered after":   lambda case, i: case.covered_beside(i, +1),
    "passage covered": lambda case, i: case.passage_covered[case.candidates[i].passage],
    "top passage":     lambda case, i: case.candidates[i].passage == 0,
    "first sentence":  lambda case, i: case.candidates[i].place == 0,
    "names none":      _no_name,
    "number":          lambda case, i: case.question.kind == "number"
                       and bool(numbers(case.candidates[i].text) - case.question.numbers),
    "date":            lambda case, i: case.question.kind == "date"
                       and bool(dates(case.candidates[i].text) - dates(case.question.text)),
    "person":          lambda case, i: case.question.kind == "person" and _new_name(case, i),
    "place":           lambda case, i: case.question.kind == "place" and _new_name(case, i),
    "way":             lambda case, i: case.question.kind == "way"
                       and bool(_MEANS.search(case.candidates[i].text)),
    "definition":      _defines,
    "pointer":         lambda case, i: bool(_POINTER.match(case.candidates[i].text)),
    "lead-in":         lambda case, i: case.candidates[i].text.endswith(":"),
    "item":            lambda case, i: case.candidates[i].kind == "item",
    "row":             lambda case, i: case.candidates[i].kind == "row",
    "code":            lambda case, i: _is(case, i, "code") and case.question.wants_code,
    "code unwanted":   lambda case, i: _is(case, i, "code") and not case.question.wants_code,
    "block":           lambda case, i: _is(case, i, "list", "table") and case.question.wants_list,
    "block unwanted":  lambda case, i: _is(case, i, "list", "table")
                       and not case.question.wants_list,
    "exact":           lambda case, i: case.exact(i),
    "not of the kind": lambda case, i: case.lacks_kind(i),
}
# fmt: on


def evidence(case: Case) -> Evidence:
    """The features of every candidate, in the order of FEATURES."""
    rows = [[float(of(case, i)) for of in FEATURES.values()] for i in range(len(case.candidates))]
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))
