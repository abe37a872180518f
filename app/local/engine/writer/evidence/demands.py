"""What a short question demands of its answer, and what is merely near to it does not have.

To an encoder "the rope of the Skarven line" is near to what is said of the Lomtind line's rope,
"the annual ticket" to the family ticket, and what a thing costs to all else that is said of it. So
a question that asks for one fact is held to its words: what tells the fact has to have each thing,
name and number that the question names, or a word that means nearly the same, and a measure of the
sort that it asks for. A row of a table has to have them in its cells or the names of its columns.
"""

from collections.abc import Iterable
from functools import cached_property

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.evidence.coverage import Coverage
from app.local.engine.writer.evidence.demanded import DemandedWords
from app.local.engine.writer.evidence.opposites import Opposites, opposites, tells_opposite
from app.local.engine.writer.question import is_calendar
from app.local.engine.writer.question.expected import (
    counts,
    stands_at_a_place,
    tells_person,
    tells_place,
)
from app.local.engine.writer.question.measures import (
    lacks_measure,
    lacks_rate,
)
from app.local.engine.writer.question.nouns import Nouns
from app.local.engine.writer.question.quantities import quantities

_MOST_WORDS = 4  # that a question is about; one of more words is answered by what has most of them
_TEXT = 0.45  # of what a word tells: a sentence and its neighbours lack no more of any
_ROW = 0.38  # a row
_SHORT_TEXT = 0.6  # a sentence alone, of a word of a very short question
_DOCUMENT = 0.6  # all that was found of a document, of a question how something is done
_NAME = 0.25  # and of a name
_ACT = 0.5  # and of what is done, in a row
_ACT_OF_TEXT = 0.55  # in a sentence
_ACT_OF_COUNTED = 0.8  # and of what is counted: "How many loaves fit in?" is told by what it takes
# Words that are told from each other by nothing but themselves.
_CLASS_WORDS = """
spring summer autumn winter morning afternoon evening night north south east west left right red
green blue yellow white black grey gray brown orange purple pink violet third fourth fifth sixth
seventh eighth ninth tenth
"""
_OF_A_CLASS = frozenset(_CLASS_WORDS.split())
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?"
_DAYS = re.compile(
    rf"\b{_DAY}\W{{1,3}}(?:to\W|until\W)?\W{{0,2}}{_DAY}\b|\bdaily\b|\bevery day\b",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(r"\b(?:number|count|total) of\b|\bnobody\b|\bno\b|\bnone\b", re.IGNORECASE)
_DONE_KINDS = ("number", "date", "person", "place")  # of questions, that demand what is done
_FACTS = (*_DONE_KINDS, "thing")
_OF_MANY = re.compile(r"\b(?:are|have to|must)\b")
_DETERMINER = re.compile(r"^(?:All|The|Our|Your|Any|These) ")
_BOUND = re.compile(
    r"\b(?:under|below|over|above|from|up to|until|at most|at least|less than|more than|within"
    r"|between|to|and) $",
    re.IGNORECASE,
)
_LONGEST_BOUND = 12  # characters, and more than any of these has


class Demands:
    """Whether candidates have what a question demands.

    Args:
        words: of the question and the candidates.
        nouns: of the question, and how near the candidates come to them.
    """

    def __init__(self, words: Coverage, nouns: Nouns) -> None:
        self._words, self._nouns = words, nouns
        self._demanded = DemandedWords(words.question, nouns)

    def unmet(self, place: int) -> bool:
        """Whether a candidate lacks what the question demands of its answer. Among mere paragraphs
        nothing is demanded, as other words may stand there for the same; and of how something is
        done only that its document has each thing.
        """
        question, one = self._words.question, self._words.candidates[place]
        if self._words.mostly_prose:
            return False
        if question.kind in _FACTS:
            text = self._told(place)
            if lacks_measure(question.text, text) or lacks_rate(question.text, text):
                return True
            if tells_opposite(f"{one.lead} {one.text}", self._opposites):
                return True
        if self._demanded.in_clauses:
            return False
        if one.cells or one.kind == "table":
            return question.kind not in ("way", "reason") and self._unmet_by_row(place)
        if question.kind == "way" and len(self._demanded.things) <= _MOST_WORDS:
            return self._lacks_any(self._demanded.things, self._of_document(place), _DOCUMENT)
        if question.kind not in _FACTS or question.wants_code or one.kind == "code":
            return False
        return self._unmet_by_text(place)

    def met_alone(self, place: int) -> bool:
        """Whether a candidate has all that the question demands, each thing and what is done in
        itself or over it, and none in its neighbours.
        """
        rows = self._words.with_antecedents(place)
        lacks = self._lacks_any(self._demanded.things, rows, _ROW) or self._lacks_any(
            self._demanded.acts, rows, _ACT
        )
        return not lacks and not self.unmet(place)

    def _of_document(self, place: int) -> list[int]:
        """The candidates of the same document."""
        name = self._words.name(place)
        every = range(len(self._words.candidates))
        return [place, *(other for other in every if self._words.name(other) == name)]

    def _unmet_by_row(self, place: int) -> bool:
        if self._lacks_any(self._demanded.things, [place], _ROW) or self._lacks_any(
            self._demanded.names, [place], _NAME
        ):
            return True
        numbered = self._words.question.identifiers - self._words.identifiers[place]
        if any(word[:1].isdigit() or "-" in word for word in numbered):
            return True
        question = self._words.question
        if question.counted is not None:  # a column tells what is counted, and seldom what does it
            return self._lacks_any(self._demanded.acts, [place], _ACT_OF_COUNTED)
        cells = [cell for _, cell in self._words.candidates[place].cells[1:]]
        if question.kind in ("person", "place") and cells and not any(map(_is_word, cells)):
            return True
        return question.kind in _DONE_KINDS and self._lacks_any(self._demanded.acts, [place], _ACT)

    def _unmet_by_text(self, place: int) -> bool:
        question, one = self._words.question, self._words.candidates[place]
        rows = self._words.with_antecedents(place)
        beside = (self._words.beside(place, step) for step in (-1, +1))
        around = [*rows, *(row for row in beside if row is not None)]
        limit = _ACT_OF_TEXT if question.counted is None else _ACT_OF_COUNTED
        if question.kind in _DONE_KINDS and self._lacks_any(self._demanded.acts, rows, limit):
            return True
        few = len(self._nouns.words) - len(self._demanded.verbs) - self._demanded.of_count
        if few <= _MOST_WORDS and self._lacks_any(self._demanded.things, around, _TEXT):
            return True
        if few < _MOST_WORDS and self._lacks_any(self._demanded.things, rows, _SHORT_TEXT):
            return True
        if self._lacks_any(self._demanded.names, rows, _NAME):
            return True
        held = frozenset[str]().union(*(self._words.identifiers[row] for row in rows))
        digits = (word for word in question.identifiers - held if word.isdigit())
        text = self._told(place)
        if any(not _in_bound(number, question.text, text) for number in digits):
            return True
        if one.block:
            return False
        return self._lacks_kind(f"{one.lead} {one.text}")

    def _lacks_kind(self, text: str) -> bool:
        """Whether a text names nobody, no place or no number of what is asked for by these."""
        question = self._words.question
        match question.kind:
            case "person":
                return not tells_person(question, text)
            case "place":
                return not tells_place(question, text) and not stands_at_a_place(text)
            case "number" if question.counted is not None:
                return not counts(question, text) and not _NUMBER_OF.search(text)
        return False

    def _lacks_any(self, words: Iterable[str], rows: list[int], limit: float) -> bool:
        return any(self._lack(word, rows) > limit for word in words)

    def _lack(self, word: str, rows: list[int]) -> float:
        """How much these candidates lack of a word, by its rarity, 0 to 1."""
        column = self._columns[word]
        if self._is_said_of_all(word, rows[0]):
            return 0.0
        if not self._nouns.terms[column].isdisjoint(self._words.name(rows[0])):
            return 0.0
        kin = self._kin[word]
        if kin and any(not kin.isdisjoint(self._words.own_and_above(row)) for row in rows):
            return 0.0
        near = self._nouns.near[rows, column].max()
        is_row = bool(self._words.candidates[rows[0]].cells)  # whose column may have another name
        if near < 1 and not is_row and word in self._demanded.kinds_of_number:
            return 1.0
        if near < 1 and (is_calendar(word) or word in _OF_A_CLASS):
            days = is_calendar(word) and any(_DAYS.search(self._words.text(row)) for row in rows)
            return 0.0 if days else 1.0
        return float(self._nouns.rarity[column] * (1 - near))

    def _is_said_of_all(self, word: str, place: int) -> bool:
        """Whether a word qualifies a thing of which a sentence tells for all of its sort when it is
        to be done: "adult" of "the adult membership", and "Membership fees are due on 1 March".
        What qualifies it has to stand elsewhere in the passage.
        """
        question, one = self._words.question, self._words.candidates[place]
        if question.kind != "date" or one.kind != "sentence":
            return False
        words = question.text.rstrip(" ?.").split()
        thing = words[words.index(word) + 1 :][:1] if word in words else []
        if not thing or not _OF_MANY.search(one.text):
            return False
        begins = terms(" ".join(_DETERMINER.sub("", one.text).split()[:1]))
        held = self._words.passage_terms[one.passage]
        its = self._nouns.terms[self._columns[word]]
        return begins == terms(thing[0]) and not held.isdisjoint(its)

    def _told(self, place: int) -> str:
        """The words of a candidate, of what stands over it and of what its pronoun refers to."""
        return " ".join(map(self._words.text, self._words.with_antecedents(place)))

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self._nouns.words)}

    @cached_property
    def _kin(self) -> dict[str, frozenset[str]]:
        return {word: _kin(word) for word in self._nouns.words}

    @cached_property
    def _opposites(self) -> Opposites:
        return opposites(self._words.question.text)


def _kin(word: str) -> frozenset[str]:
    """The terms of words that tell the same as one: who does it, of an act; and of "optional", the
    column that says what is required.

    >>> "driver" in _kin("drives"), sorted(_kin("optional"))
    (True, ['requir'])
    """
    if word == "optional":
        return frozenset(terms("required"))
    stem = re.sub(r"(?:es|s|ed)$", "", word.lower())
    return frozenset(terms(f"{stem}er {stem}r {stem}or")) if len(stem) > 2 else frozenset()


def _is_word(cell: str) -> bool:
    """Whether a cell may name somebody or a place: it begins with no number, and says no yes."""
    return cell[:1].isalpha() and cell.lower() not in ("yes", "no")


def _in_bound(number: str, question: str, text: str) -> bool:
    """Whether a text has a bound of the unit that a number of the question has.

    >>> _in_bound("13", "May children of 13 years dive?", "Who is under 15 years dives less.")
    True
    """
    own = (one for one in quantities(question) if question[one.start : one.end].startswith(number))
    units = {one.unit for one in own}
    return any(
        one.unit in units and _BOUND.search(text[max(0, one.start - _LONGEST_BOUND) : one.start])
        for one in quantities(text)
    )
