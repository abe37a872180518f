"""The words of a question that its answer has to have: things and names, and what is done."""

from collections.abc import Callable
from functools import cached_property

from app.local import lazy_re as re
from app.local.engine.writer.question import Question, bare
from app.local.engine.writer.question.measures import asks_measure, rates
from app.local.engine.writer.question.nouns import Nouns

_LIGHT_WORDS = """
must may instead unless otherwise without everything nothing anything something everybody nobody
everyone anyone someone really regarding far one ones two three first once together still also
only just else even yet ever never always already hello thanks please like whether though although
however across along around beyond behind beside between among within upon per via extra spare
certain several various whole entire real own same such both either neither many much more most
less least quite rather almost enough highest lowest list steps step sort sorts kind kinds type
types way ways thing things part parts option options parameter parameters argument arguments
class classes case cases example examples form idea meaning name names number numbers page point
purpose reason role side term value values word words time period current currently minimum
maximum default concerned possible put let lets get gets allowed worth dr mr mrs ms
"""
_LIGHT = frozenset(_LIGHT_WORDS.split())
_PARTS = re.compile(  # of a question of several clauses
    r"[,;:]|\b(?:and|or) (?:what|how|when|where|why|who|which|is|are|do|does|can)\b"
    r"|(?<!^)\b(?:if|unless|because|so that|once|when|whenever|while)\b",
    re.IGNORECASE,
)
_DONE = re.compile(  # what somebody or something does, in a question with "does"
    r"\b(?:do|does|did|can|could|may|must|will|should) (?:[^?]{0,80}? )??"
    r"(?P<verb>(?!(?:the|an|this|that|these|those|my|our|your|its|their|each|every)\b)"
    r"(?-i:[a-z]{2,}))"
    r"(?=\W*$| (?:in|on|at|to|for|from|with|by|after|before|over|under|into|out|up|off|down|per"
    r"|the|an?|my|our|your|their|its|it|them|this|that|each|every|any|when|as)\b"
    r"| (?-i:[A-Z])| \d)",
    re.IGNORECASE,
)
_ENDS_ON = re.compile(r"(?<=[a-z] )(?:cost|weigh)(?=\W*$)", re.IGNORECASE)
_DOES = re.compile(
    r"\bwho (?!(?:is|are|was|were|has|have|can|may|must)\b)(?P<who>[a-z]{3,})"
    r"|\b(?:which|what) (?:[\w-]+ ){1,2}?(?P<which>(?-i:[a-z]{2,}s))"
    r" (?=(?:the|an?|my|our|your|it|about|to|with|into|from)\b|(?-i:[A-Z]))"
    r"|\bhow many [\w-]+s (?P<many>[a-z]{3,}) (?=in|into|on|to|at|for|from|with)\b",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(
    r"(?!(?:garden|kitchen|children|women|token|chicken|citizen|dozen|kitten|linen|omen|siren"
    r"|specimen|oxygen|hydrogen|nitrogen|pollen|screen|queen|teen|green|seed|weed|breed|feed|need"
    r"|speed|hundred|open|even|seven|eleven|heaven|raven|maiden|burden|warden|vixen|aspen)$)"
    r"[a-z]{3,}(?:ed|en)|sent|sold|held|lost|lent|spent|built|taught|sung"
)
_KIND_OF_ROW = re.compile(
    r"^\W*(?:which (?P<kind>[\w-]+s) |what (?P<what>[\w-]+s)"
    r" (?!(?:do|does|did|can|could|may|must|should|will)\b))",
    re.IGNORECASE,
)
_MINE = re.compile(r"\b(?:my|our) (?P<mine>[\w-]+)", re.IGNORECASE)
_KIND_OF_NUMBER = re.compile(r"\b([a-z]+) number\b")


class DemandedWords:
    """The nouns of a question by what they tell.

    Args:
        question: in its own words.
        nouns: all words of the question that tell something.
    """

    def __init__(self, question: Question, nouns: Nouns) -> None:
        self._question, self._nouns = question, nouns

    @cached_property
    def in_clauses(self) -> bool:
        """Whether the question has several clauses, which may be answered apart."""
        return bool(_PARTS.search(self._question.text.strip()))

    @cached_property
    def kinds_of_number(self) -> frozenset[str]:
        """What numbers are asked for: "order", of "the order number". An invoice has another."""
        return frozenset(_KIND_OF_NUMBER.findall(self._question.text))

    @cached_property
    def verbs(self) -> frozenset[str]:
        """The words of the question that tell what is done."""
        text = self._question.text
        last = _ENDS_ON.search(text)
        if last and asks_measure(text, last[0]):  # "What do tickets for children cost?"
            at_their_place = [last[0]]
        else:
            at_their_place = [match["verb"] for match in _DONE.finditer(text)]
        at_their_place += [match[match.lastgroup or 0] for match in _DOES.finditer(text)]
        return frozenset(
            word
            for word in self._nouns.words
            if word in at_their_place or _PARTICIPLE.fullmatch(word)
        )

    @cached_property
    def acts(self) -> frozenset[str]:
        """What is done, but for what asks for a measure: "expire", of "When does it expire?"."""
        text = self._question.text
        return frozenset(word for word in self.verbs if not asks_measure(text, word))

    @cached_property
    def things(self) -> tuple[str, ...]:
        """The words that tell things and what they are like: not those that ask for a measure, nor
        what the rows of a table are ("Which stops are in zone 3?"), nor what is mine.
        """
        text = self._question.text
        kinds = _KIND_OF_ROW.finditer(text)
        not_said = {(match["kind"] or match["what"]).lower() for match in kinds}
        not_said |= {match["mine"].lower() for match in _MINE.finditer(text)}
        return self._but(lambda word: word.lower() in not_said | _LIGHT or asks_measure(text, word))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names, months and days, but for the first word."""
        known = self._question.names
        return self._but(lambda word: not (word[0].isupper() and bare(word) in known))

    def _but(self, leaves_out: Callable[[str], bool]) -> tuple[str, ...]:
        """The words of the question that tell no act, without some."""
        return tuple(
            word for word in self._nouns.words if word not in self.verbs and not leaves_out(word)
        )

    @cached_property
    def of_count(self) -> int:
        """How many words tell what is counted, and in which time: two of "hours a week"."""
        text, counted = self._question.text, self._question.counted
        if counted is None:
            return 0
        every = rates(text)
        return sum(
            counted in its or word.lower() in every
            for word, its in zip(self._nouns.words, self._nouns.terms, strict=True)
        )
