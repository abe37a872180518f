"""What the words of each candidate have of a question: its terms by their weight, its identifiers.

It is the same whatever encoder compares the meaning of texts, and whatever language they are in.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from math import log

from app.local.engine.store.analysis import terms
from app.local.engine.writer.acts import Act, agreement, undoes_unasked, wanted_acts
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.expected import has_new_name, tells_place
from app.local.engine.writer.phrases import is_verb
from app.local.engine.writer.question import Question, identifiers

_KEY = re.compile(r"(?:`[^`]{1,60}`(?:(?:,| or|/) ?(?=`))?){1,3}|[^:;.\u2013\u2014]{1,40}(?=:\s)")
_COMMAND = re.compile(r"`(?:[a-z][\w./-]* [^`]+|[\w.]+\([^`]*)`")  # `make it`, `make(it)`
_BEGINS = re.compile(r"`[^`]+`(?: \([^)]*\))? \w")  # "`make it` (or `it make`) makes it"
_USAGE = re.compile(  # what stands before the options and arguments
    r"^usage: (?P<words>[^\n\[<{(]*+)[^\n]*+(?P<says>(?:\n(?!\w[\w ]*+:[ \t]*+$)[^\n]*+)*+)",
    re.IGNORECASE | re.MULTILINE,
)
_FAILURE = re.compile(
    r"\b(?:troubleshoot\w*|fail\w*|wrong|errors?|problems?|issues?|pitfalls?|refus\w+"
    r"|not work\w*|cannot|fix\w*|stuck)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[A-Za-z]+")
_OTHER = re.compile(r"\b(?:other|another|alternative|special|advanced|further|legacy|old)\b", re.I)
_OTHER_CASE = 0.5
_PRONOUN = re.compile(r"(It|He|She|They|This|These|Those|His|Her|Their|Its|Such)\b")
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
        self._weigh = weigh
        self._weights = {term: weigh(term) for term in question.terms}
        self._terms = frozenset(question.terms)
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

    def told(self, place: int) -> frozenset[str]:
        """The terms of the candidate, of what stands over it, and of what its pronoun refers to."""
        places = self.with_antecedents(place)
        return frozenset().union(*(self.said[one] | self.above[one] for one in places))

    def covered_beside(self, place: int, step: int) -> float:
        """What the neighbour covers and the candidate does not."""
        other = self.beside(place, step)
        return 0.0 if other is None else self.covered(self.said[other] - self.said[place])

    def exact(self, place: int) -> float:
        """How many of the numbers and identifiers that the question names it holds, 0 to 1."""
        named = self.question.identifiers
        if not named:
            return 0.0
        one = self.candidates[place]
        return len(named & identifiers(f"{one.text} {one.context}")) / len(named)

    def agrees(self, place: int) -> float:
        """How far it does what the question wants done, from 1 to -1: it does the opposite."""
        one = self.candidates[place]
        own = one.lead if one.block else one.text
        if self._is_task and undoes_unasked(self.question.text, own):
            return -1.0
        return agreement(self._wanted, own, one.heading, one.block or one.text)

    @cached_property
    def _wanted(self) -> frozenset[Act]:
        return wanted_acts(self.question.text)

    def tells_name(self, place: int) -> bool:
        """Whether it has a name where a person is asked for."""
        text = self.candidates[place].text
        return self.question.kind == "person" and has_new_name(self.question, text)

    def tells_place(self, place: int) -> bool:
        """Whether it may tell where something is or was; code tells that to nobody."""
        one = self.candidates[place]
        return one.kind != "code" and tells_place(self.question, f"{one.lead} {one.text}")

    def tells_command(self, place: int) -> bool:
        """Whether it has a command or a call in the line, and what is wanted is to do something."""
        one = self.candidates[place]
        in_line = not one.block and not one.cells
        return self._is_task and in_line and bool(_COMMAND.search(one.text))

    def begins_with_command(self, place: int) -> bool:
        """Whether it begins with the command that it tells of, and does what is wanted."""
        return self.begins_with_any_command(place) and self.agrees(place) > 0

    def begins_with_any_command(self, place: int) -> bool:
        """Whether it begins with the command that it tells of."""
        return bool(_BEGINS.match(self.candidates[place].text)) and self.tells_command(place)

    def of_failure(self, place: int) -> bool:
        """Whether it stands under a heading about what may go wrong, and something is to be done of
        which the question does not say that it went wrong.
        """
        heading = self.candidates[place].heading
        return self._is_task and bool(_FAILURE.search(heading)) and not self._asks_of_failure

    @cached_property
    def _is_task(self) -> bool:
        """Whether it is asked how to do something with software."""
        return self.question.wants_code and self.question.kind == "way"

    @cached_property
    def _asks_of_failure(self) -> bool:
        return bool(_FAILURE.search(self.question.text))

    def is_bare_row(self, place: int) -> bool:
        """Whether it is a row without code, and what is wanted is to do something."""
        one = self.candidates[place]
        return self._is_task and bool(one.cells) and "`" not in one.text

    def is_cut_code(self, place: int) -> bool:
        """Whether it is code that its passage begins with, where code may answer: what is said of
        it stands elsewhere.
        """
        one = self.candidates[place]
        return self.question.wants_code and one.kind == "code" and one.headless

    def titled(self, place: int) -> bool:
        """Whether it is code or steps under a heading that names the act which is wanted, and
        nothing that the question does not name: "Installing", of "How do I install it?".
        """
        one = self.candidates[place]
        if not one.block or not one.untold or not self._is_task or not one.heading:
            return False
        names_act = any(map(is_verb, _LETTERS.findall(one.heading)))
        return names_act and self._terms | self._name(place) >= frozenset(terms(one.heading))

    def is_other_usage(self, place: int) -> bool:
        """Whether it is the usage that a command prints, and neither the command nor what it says
        of itself has a word of the question beside the name of the program.
        """
        one = self.candidates[place]
        usage = _USAGE.search(one.block) if one.kind == "code" else None
        if usage is None:
            return False
        program, *command = terms(usage["words"]) or [""]
        own = frozenset((*command, *terms(usage["says"])))
        return own.isdisjoint(self._terms - {program})

    def special(self, place: int) -> float:
        """How much of what stands over code is not in the question, 0 to 1: that of "Images of
        annotations" is no answer about all images.
        """
        one = self.candidates[place]
        if one.kind != "code" or not self.question.wants_code:
            return 0.0
        over = frozenset(terms(one.heading))
        total = sum(map(self._weigh, over))
        beside = over - self._terms - self._name(place)
        share = sum(map(self._weigh, beside)) / total if total else 0.0
        return max(share, _OTHER_CASE) if _OTHER.search(one.heading) else share

    def _name(self, place: int) -> frozenset[str]:
        """The terms of the name of its document."""
        return self._name_terms[place] if self._name_terms else frozenset()

    def defines(self, place: int) -> bool:
        """Whether it begins as a sentence does that says what the question's subject is."""
        begins = self.question.definition
        return bool(begins and begins.match(self.candidates[place].text))

    def is_kind(self, place: int, *kinds: str) -> bool:
        """Whether it is a candidate of one of these kinds."""
        return self.candidates[place].kind in kinds

    def keyed(self, place: int) -> bool:
        """Whether it is an item or a row about one of several like things, and the question names
        this one: `--dry-run` of "`--dry-run`: Change nothing.", or the first cell.
        """
        names = key_terms(self.candidates[place])
        return bool(names) and names <= self._terms

    @cached_property
    def rows(self) -> dict[int, list[int]]:
        """The places of each passage's candidates."""
        rows: dict[int, list[int]] = {}
        for place, one in enumerate(self.candidates):
            rows.setdefault(one.passage, []).append(place)
        return rows


def refers_back(one: Candidate) -> bool:
    """Whether it is a sentence that begins with a pronoun."""
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
