"""A question and the candidates for its answer: what each has and lacks of the question.

A candidate is compared with the question by the meaning of its words and by their stems, together
with what stands over it, its neighbours and its passage, and the name of its document.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from app.local import lazy_re as re
from app.local.engine.encoder import TokenVectors
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.candidates.releases import is_release
from app.local.engine.writer.evidence.coverage import Coverage
from app.local.engine.writer.evidence.demands import Demands
from app.local.engine.writer.evidence.how_to import HowTo
from app.local.engine.writer.evidence.missing import Missing
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.question import (
    Question,
    identifiers,
    numbers,
)
from app.local.engine.writer.question.expected import tells_person, tells_time
from app.local.engine.writer.question.nearness import CandidateTokens, Nearness
from app.local.engine.writer.question.nouns import Nouns
from app.local.engine.writer.question.phrases import is_bare_verb

_TELLS_DEFAULT = re.compile(r"\bdefaults?\b|\w=['\"\w({\[-]", re.IGNORECASE)
_RELEASE = re.compile(r"\d{1,9}(?:\.\d{1,9}){1,5}")
_LETTERS = re.compile(r"[A-Za-z]+")
_SUFFIX = re.compile(r"\.\w{1,8}(?=$|/)")


class Case(Coverage):
    """A question and the candidates for its answer.

    Attributes:
        near: how near they come to each word of it, by meaning.
        missing: what they lack of it.
        demands: whether they have what it demands.
        how_to: what they have of a way to do what it wants done.

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
        self.cosine = self.vectors @ question_tokens.mean  # (n,)
        tokens = CandidateTokens(texts, [one.context for one in candidates], contexts)
        self.near = Nearness(question_tokens, tokens)
        self.names = names
        self._covered_by: dict[str, float] = {"": 0.0}
        nouns = nouns or {}
        held = [own | its for own, its in zip(self.said, self.above, strict=True)]
        of_nouns = Nouns.of(list(nouns), list(nouns.values()), tokens, held)
        self.missing = Missing(self, of_nouns)
        self.demands = Demands(self, of_nouns)
        self.how_to = HowTo(self)

    def lacks_kind(self, place: int) -> bool:
        """Whether it lacks what is wanted: a date, a place, a person, or what is counted."""
        one, question = self.candidates[place], self.question
        if question.kind == "date":
            if any("when" in name.lower().split() for name, _ in one.cells):  # "raised when"
                return False
            return bool(one.block) or not tells_time(question, f"{one.lead} {one.text}")
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
        asks_default = self.question.default and self.question.counted is None
        if asks_default and _TELLS_DEFAULT.search(one.text):
            return True
        if self.question.version and is_release(one.lead):
            return True
        if one.cells:
            return any(numbers(cell) for _, cell in one.cells[1:])
        return bool(numbers(one.text) - self.question.numbers)

    def nearest_covered(self, place: int) -> float:
        """How much of the question's weight is in the heading and the lead-in that are nearest."""
        nearest = self.candidates[place].nearest
        if nearest not in self._covered_by:  # many share one
            self._covered_by[nearest] = self.covered(frozenset(terms(nearest)))
        return self._covered_by[nearest]

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
        names stands in its cells, or none of the numbers and identifiers, but for those of columns;
        or another number in the column that it names with one ("week 9"). So is a whole table that
        holds none of these.
        """
        one, cells = self.candidates[place], self.candidates[place].cells
        if self._of_another_release(one):
            return True
        if one.kind == "table":
            named = self.question.identifiers
            if named and named.isdisjoint(self.identifiers[place]):
                return True
            of_passage = (self.candidates[row] for row in self.rows[one.passage])
            rows = [row.cells for row in of_passage if row.cells and row.heading == one.heading]
            return bool(rows) and all(_has_another_value(self.question.text, row) for row in rows)
        if not cells or self.question.superlative:
            return False
        if _has_another_value(self.question.text, cells):
            return True
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

    @cached_property
    def passage_late(self) -> dict[int, float]:
        """How much of the question each passage says as a whole, by late interaction."""
        return {one: self.near.together(rows) for one, rows in self.rows.items()}

    def named(self, place: int) -> float:
        """How much of the question's weight is in the name of the candidate's document."""
        return self.covered(self.name(place))


def _has_another_value(question: str, cells: Sequence[tuple[str, str]]) -> bool:
    """Whether a question names a column with a number behind it, and the cell has another one.

    >>> [_has_another_value("Who reads in week 9?", (("week", cell),)) for cell in ("9", "6")]
    [False, True]
    """
    for name, cell in cells:
        if not name:
            continue
        named = re.search(rf"\b{re.escape(name)} (\w*\d\w*)\b", question, re.IGNORECASE)
        if named and not re.search(rf"\b{named[1]}\b", cell, re.IGNORECASE):
            return not re.search(r"\d\W+(?:to\W+)?\d", cell)  # nor is it a range
    return False


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
