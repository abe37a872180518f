"""A claim, held against one sentence of a source by words: what both say, and what contradicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.local.engine.guard.grounding.sources import Sentence
from app.local.engine.guard.grounding.statement import Amount, Statement

_NAME = 2.0  # what a name or a number weighs; another stem weighs 1
_LONG_RUN = 0.4  # of a claim's words: then it repeats a sentence
_NEAR = 7  # words between two stems whose order is compared
_COPULAS = frozenset(
    (
        *("is", "are", "was", "were", "be", "and", "or", "also", "called", "named", "the", "a"),
        *("an", "ist", "sind", "war", "und", "est", "sont", "et", "es", "son", "y", "it", "its"),
    )
)
_ARTICLES = frozenset(
    ("the", "a", "an", "der", "die", "das", "den", "dem", "ein", "eine", "le", "la", "les", "el")
)
_VERB = 4  # characters: a shorter word is seldom more than a preposition
_PASSIVE = frozenset(("by", "von", "par", "por"))


@dataclass(frozen=True, eq=False)
class SentenceComparison:
    """A claim beside a sentence.

    Attributes:
        claim: taken apart.
        sentence: of a source.
        beside: the sentences around it, which tell what its pronouns stand for.
    """

    claim: Statement
    sentence: Sentence
    beside: Sequence[Sentence]

    @cached_property
    def weights(self) -> dict[str, float]:
        """What each stem of the claim weighs."""
        numbers = {one.value for one in self.claim.amounts}
        heavy = self.claim.names | numbers
        return {stem: _NAME if stem in heavy else 1.0 for stem in self.claim.content}

    @cached_property
    def around(self) -> frozenset[str]:
        """The stems of the sentence and of those beside it."""
        return self.sentence.statement.content.union(
            *(one.statement.content for one in self.beside)
        )

    @cached_property
    def coverage(self) -> float:
        """The share of the claim's stems that the sentence has, by weight."""
        return share(self.weights, self.sentence.statement.content)

    @cached_property
    def coverage_around(self) -> float:
        """The same, of the sentence and those beside it."""
        return share(self.weights, self.around)

    @cached_property
    def likeness(self) -> float:
        """How alike the two are: the lower of the shares of the one's stems that the other has."""
        other = self.sentence.statement.content
        return min(self.coverage, len(other & self.claim.content) / (len(other) or 1))

    @cached_property
    def run(self) -> float:
        """The longest run of the claim's words that stands in the sentence, as a share of them."""
        words, others = self.claim.words, self.sentence.statement.words
        if not words:
            return 0.0
        best, above = 0, [0] * (len(others) + 1)
        for word in words:
            row = [0] * (len(others) + 1)
            for place, other in enumerate(others, 1):
                if word == other:
                    row[place] = above[place - 1] + 1
            best, above = max(best, *row), row
        return best / len(words)

    @cached_property
    def row(self) -> float:
        """Whether the sentence is a row of a table that has every word of the claim."""
        statement = self.sentence.statement
        holds = set(self.claim.words) <= set(statement.words) and not self.exchanged
        return float(bool(self.sentence.header) and holds)

    @cached_property
    def edited(self) -> float:
        """1 if the claim is the sentence with a stem exchanged or added, else 0."""
        return float(self.run >= _LONG_RUN and self.coverage < 1 and not self.row)

    @cached_property
    def exchanged(self) -> float:
        """1 if the claim has a name or a number that the sentence lacks, and the sentence another
        one in its place, else 0: "The capital of Japan is London" beside "Tokyo is the capital of
        Japan".
        """
        one, other = self.claim, self.sentence.statement
        lacking = [
            each for each in one.amounts if not any(each.equals(its) for its in other.amounts)
        ]
        instead = [
            its for its in other.amounts if not any(its.equals(each) for each in one.amounts)
        ]
        names = one.names - other.content
        return float(bool((lacking and instead) or (names and other.capitals - one.content)))

    @cached_property
    def denied_before(self) -> float:
        """1 if the sentence denies the first thing that the claim says, and the claim does not."""
        first = next((stem for stem in self.claim.stems if stem), "")
        other = self.sentence.statement
        return float(first in other.negated and first not in self.claim.negated)

    @cached_property
    def amounts_missing(self) -> float:
        """The share of the claim's numbers that neither the sentence nor those beside it have."""
        amounts = [*self.sentence.statement.amounts]
        for one in self.beside:
            amounts += one.statement.amounts
        return missing_amounts(self.claim.amounts, amounts)

    @cached_property
    def names_missing(self) -> float:
        """The share of the claim's names that neither the sentence nor those beside it have."""
        names = self.claim.names
        return len(names - self.around) / len(names) if names else 0.0

    @cached_property
    def polarity(self) -> float:
        """1 if one of the two denies what the other says, else 0."""
        one, other = self.claim, self.sentence.statement
        denied = one.negated & other.content
        denies = other.negated & one.content
        agree = bool(one.negated & other.negated)
        return float(bool(denied or denies) and not agree)

    @cached_property
    def opposite(self) -> float:
        """1 if the sentence has the opposite of a word of the claim in its place, else 0."""
        other = self.sentence.statement
        stems = other.content | set(other.words) | other.opposites.keys()
        own = self.claim.content | self.claim.opposites.keys()
        for stem, opposites in self.claim.opposites.items():
            against = opposites & stems
            if against and stem not in stems and not against & own:
                return 1.0
        return float(any(_undone(stem, other.content) for stem in own - other.content))

    @cached_property
    def quantity(self) -> float:
        """1 if the claim speaks of more, or of a number otherwise, than the sentence, else 0."""
        own, other = self.claim.quantities, self.sentence.statement.quantities
        return float(bool((own - other) & {"all", "only", "exact", "least", "most", "few"}))

    @cached_property
    def order(self) -> float:
        """1 if two things have changed places: "A feeds B" beside "B feeds A", else 0."""
        one, other = self.claim, self.sentence.statement
        if not one.content & other.content or self.coverage < 0.6:
            return 0.0
        places: dict[str, list[int]] = {}
        for place, stem in enumerate(other.stems):
            if stem:
                places.setdefault(stem, []).append(place)
        spots = [(place, stem) for place, stem in enumerate(one.stems) if stem in places]
        for number, (place, stem) in enumerate(spots):
            for behind, follower in spots[number + 1 :]:
                if behind - place > _NEAR:
                    break
                if follower == stem or any(a < b for a in places[stem] for b in places[follower]):
                    continue
                between = one.words[place + 1 : behind]
                for a in places[stem]:
                    for b in places[follower]:
                        if b < a <= b + _NEAR and _relates_alike(between, other.words[b + 1 : a]):
                            return 1.0
        return 0.0

    @property
    def conflicts(self) -> tuple[float, ...]:
        return (self.polarity, self.opposite, self.quantity, self.order)


def missing_amounts(own: Sequence[Amount], others: Sequence[Amount]) -> float:
    """The share of amounts that others do not hold."""
    if not own:
        return 0.0
    return sum(not any(one.equals(other) for other in others) for one in own) / len(own)


def share(weights: dict[str, float], stems: frozenset[str]) -> float:
    """The share of stems, by weight, that others hold; 1 of nothing."""
    total = sum(weights.values())
    if not total:
        return 1.0
    return sum(weight for stem, weight in weights.items() if stem in stems) / total


def _relates_alike(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether what stands between two things is the same, or the same and more, but for articles.
    What only says that they are the same thing, or turns a verb into the passive, is no relation.
    """
    one, other = frozenset(words) - _ARTICLES, frozenset(others) - _ARTICLES
    if one == other:
        return not one <= _COPULAS
    if bool(one & _PASSIVE) != bool(other & _PASSIVE) or not (one < other or other < one):
        return False
    return any(len(word) >= _VERB and word not in _COPULAS for word in one & other)


def _undone(stem: str, stems: frozenset[str]) -> bool:
    """Whether stems hold a word that a prefix turns into its opposite."""
    return any(
        f"{prefix}{stem}" in stems or (stem.startswith(prefix) and stem[len(prefix) :] in stems)
        for prefix in ("un", "in", "non", "dis", "de", "im", "ir")
        if len(stem) > 4  # a shorter word is often another: "able", "cent"
    )
