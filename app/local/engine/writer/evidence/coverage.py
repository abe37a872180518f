"""What the words of each candidate have of a question: its terms by their weight, its identifiers.

It is the same whatever encoder compares the meaning of texts, and whatever language they are in.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from math import log

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.question import Question, identifiers
from app.local.engine.writer.question.expected import has_new_name, tells_place

_KEY = re.compile(r"(?:`[^`]{1,60}`(?:(?:,| or|/) ?(?=`))?){1,3}|[^:;.\u2013\u2014]{1,40}(?=:\s)")
_MOSTLY = 0.8  # of the passages
_QUOTED_QUESTION = re.compile(
    r"[\"\u201c\u201e\u00ab][^\"\u201c\u201d\u00bb]{3,200}\?[\"\u201d\u201c\u00bb]"
)
_PRONOUN = re.compile(
    r"(?:It|He|She|They|This|These|Those|His|Her|Their|Its|Such|Then|Otherwise)\b"
    r"|(?:In|On|At|By|For|From|Since|Until|After|Before) [\w.:-]+(?: [\w.:-]+)?,? (?:it|they)\b"
    r"|(?:(?:We|You|They|I|Please)\b )?(?!(?:If|When|As|Once|That|What)\b)\w+ (?:it|them|one of)\b"
)
_VALUE = re.compile(r"=[^`]*|\([^`()]*\)")


class Coverage:
    """A question and the candidates for its answer, compared by their words.

    Args:
        own_terms: the terms of each candidate.
        terms_above: those of what stands over each.
        name_terms: those of the name of each candidate's document.
        subject_terms: of these, those that tell what all of the document is about, and so nothing
            of where in it the answer is; all, by default.
    """

    def __init__(
        self,
        question: Question,
        candidates: Sequence[Candidate],
        own_terms: Sequence[frozenset[str]],
        terms_above: Sequence[frozenset[str]],
        name_terms: Sequence[frozenset[str]] = (),
        subject_terms: Sequence[frozenset[str]] = (),
    ) -> None:
        self.question = question
        self.candidates = candidates
        self.said = own_terms
        self.above = terms_above
        self._name_terms = name_terms
        about = [
            own | name for own, name in zip(own_terms, subject_terms or name_terms, strict=False)
        ]
        weigh = inverse_document_frequency(about or own_terms)
        self.weigh = weigh
        self._weights = {term: weigh(term) for term in question.terms}
        self.terms = frozenset(question.terms)
        self._total = sum(self._weights.values()) or 1.0

    def covered(self, words: Collection[str]) -> float:
        """How much of the question's weight is in these words, 0 to 1."""
        return sum(weight for term, weight in self._weights.items() if term in words) / self._total

    def beside(self, place: int, step: int) -> int | None:
        """The candidate before or after, in the same passage."""
        other = place + step
        inside = 0 <= other < len(self.candidates)
        same = inside and self.candidates[other].passage == self.candidates[place].passage
        return other if same else None

    @cached_property
    def passage_terms(self) -> dict[int, frozenset[str]]:
        """All terms of each passage, with those of its document's name."""
        return {
            one: frozenset().union(
                *(self.said[i] | self.above[i] for i in rows), self.name(rows[0])
            )
            for one, rows in self.rows.items()
        }

    @cached_property
    def passage_covered(self) -> dict[int, float]:
        """How much of the question's weight is in each passage."""
        return {one: self.covered(held) for one, held in self.passage_terms.items()}

    def with_antecedents(self, place: int) -> list[int]:
        """The candidate, and those before it in its passage up to one that begins with no pronoun,
        if it begins with one itself.
        """
        places = [place]
        while refers_back(self.candidates[places[-1]]):
            before = self.beside(places[-1], -1)
            if before is None:
                break
            places.append(before)
        return places

    def is_prose(self, place: int) -> bool:
        """Whether its passage is sentences only, with nothing over them: no heading, no item."""
        rows = self.rows[self.candidates[place].passage]
        some = [self.candidates[row] for row in rows]
        return all(one.kind == "sentence" and not one.context for one in some)

    def is_mere_prose(self, place: int) -> bool:
        """Whether its passage is sentences only, without code in a line."""
        rows = self.rows[self.candidates[place].passage]
        return self.is_prose(place) and not any("`" in self.candidates[row].text for row in rows)

    @cached_property
    def mostly_prose(self) -> bool:
        """Whether four of five passages are sentences only, with no heading over them, no code."""
        mere = [self.is_mere_prose(rows[0]) for rows in self.rows.values()]
        return sum(mere) >= _MOSTLY * len(mere)

    def text(self, place: int) -> str:
        """The words of a candidate, behind those that stand over it."""
        one = self.candidates[place]
        return f"{one.context} {one.lead} {one.text}"

    def own_and_above(self, place: int) -> frozenset[str]:
        """The terms of the candidate and of what stands over it."""
        return self.said[place] | self.above[place]

    def told(self, place: int) -> frozenset[str]:
        """The terms of the candidate, of what stands over it, and of what its pronoun refers to."""
        places = self.with_antecedents(place)
        return frozenset().union(*(self.own_and_above(one) for one in places))

    def covered_beside(self, place: int, step: int) -> float:
        """What the neighbour covers and the candidate does not."""
        other = self.beside(place, step)
        return 0.0 if other is None else self.covered(self.said[other] - self.said[place])

    def exact(self, place: int) -> float:
        """How many of the numbers and identifiers that the question names it holds, 0 to 1."""
        named = self.question.identifiers
        if not named:
            return 0.0
        return len(named & self.identifiers[place]) / len(named)

    @cached_property
    def identifiers(self) -> list[frozenset[str]]:
        """The identifiers of each candidate and of what stands over it."""
        return [identifiers(f"{one.context} {one.text}") for one in self.candidates]

    def tells_name(self, place: int) -> bool:
        """Whether it has a name where a person is asked for."""
        text = self.candidates[place].text
        return self.question.kind == "person" and has_new_name(self.question, text)

    def tells_place(self, place: int) -> bool:
        """Whether it may tell where something is or was; code tells that to nobody."""
        one = self.candidates[place]
        return one.kind != "code" and tells_place(self.question, f"{one.lead} {one.text}")

    def name(self, place: int) -> frozenset[str]:
        """The terms of the name of its document."""
        return self._name_terms[place] if self._name_terms else frozenset()

    def defines(self, place: int) -> bool:
        """Whether it begins as a sentence does that says what the question's subject is, or is the
        first below a heading that is this subject alone.
        """
        begins, one = self.question.definition, self.candidates[place]
        if begins is None:
            return False
        return bool(begins.match(one.text)) or self._opens(place)

    def _opens(self, place: int) -> bool:
        """Whether it is the first sentence below a heading that is what the question is about."""
        one, before = self.candidates[place], self.beside(place, -1)
        if one.kind != "sentence" or not self.terms or frozenset(terms(one.heading)) != self.terms:
            return False
        return before is None or self.candidates[before].heading != one.heading

    def quotes_question(self, place: int) -> bool:
        """Whether it quotes a question, and so tells of it rather than answers it."""
        one = self.candidates[place]
        return not one.block and bool(_QUOTED_QUESTION.search(one.text))

    def is_kind(self, place: int, *kinds: str) -> bool:
        """Whether it is a candidate of one of these kinds."""
        return self.candidates[place].kind in kinds

    def keyed(self, place: int) -> bool:
        """Whether it is an item or a row about one of several like things, and the question names
        this one: `--dry-run` of "`--dry-run`: Change nothing.", or the first cell.
        """
        names = key_terms(self.candidates[place])
        return bool(names) and names <= self.terms

    @cached_property
    def rows(self) -> dict[int, list[int]]:
        """The places of each passage's candidates."""
        rows: dict[int, list[int]] = {}
        for place, one in enumerate(self.candidates):
            rows.setdefault(one.passage, []).append(place)
        return rows


def refers_back(one: Candidate) -> bool:
    """Whether it is a sentence that begins with a pronoun, or goes on with "Then" or
    "Otherwise".
    """
    return one.kind == "sentence" and bool(_PRONOUN.match(one.text))


def key_terms(one: Candidate) -> frozenset[str]:
    """The terms of what an item or a row is about, if it says that first.

    >>> sorted(key_terms(Candidate(0, 0, "item", "`wait=60`: How many seconds.", "")))
    ['wait']
    """
    if one.cells:
        return frozenset(terms(one.cells[0][1]))
    match = _KEY.match(one.text) if one.kind == "item" else None
    return frozenset(terms(_VALUE.sub("", match[0]))) if match else frozenset()


def inverse_document_frequency(texts: Sequence[Collection[str]]) -> Callable[[str], float]:
    """Lucene's: log(1 + (n - m + 0.5) / (m + 0.5)) for a term that m of n texts hold.

    >>> weigh = inverse_document_frequency([{"quartz", "hard"}, {"quartz"}])
    >>> weigh("hard") > weigh("quartz")
    True
    """
    counts = Counter(term for text in texts for term in text)
    return lambda term: log(1 + (len(texts) - counts[term] + 0.5) / (counts[term] + 0.5))
