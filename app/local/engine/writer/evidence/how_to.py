"""How something is done: whether a candidate tells it, by a command, code or steps."""

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.evidence.coverage import Coverage
from app.local.engine.writer.question.acts import agreement, undoes_unasked, wanted_acts
from app.local.engine.writer.question.phrases import is_verb

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


class HowTo:
    """What candidates have of a way to do what a question wants done.

    Args:
        words: of the question and the candidates.
    """

    def __init__(self, words: Coverage) -> None:
        question = words.question
        self._words, self._question = words, question
        self._is_task = question.wants_code and question.kind == "way"  # with software
        self._asks_of_failure = bool(_FAILURE.search(question.text))
        self._wanted = wanted_acts(question.text)
        self._agreement: dict[int, float] = {}

    def agrees(self, place: int) -> float:
        """How far it does what the question wants done, from 1 to -1: it does the opposite."""
        if place not in self._agreement:
            self._agreement[place] = self._agrees(self._words.candidates[place])
        return self._agreement[place]

    def _agrees(self, one: Candidate) -> float:
        own = one.lead if one.block else one.text
        if self._is_task and undoes_unasked(self._question.text, own):
            return -1.0
        return agreement(self._wanted, own, one.heading, one.block or one.text)

    def has_command(self, place: int) -> bool:
        """Whether it has a command or a call in the line, and what is wanted is to do something."""
        one = self._words.candidates[place]
        in_line = not one.block and not one.cells
        return self._is_task and in_line and bool(_COMMAND.search(one.text))

    def begins_with_command(self, place: int) -> bool:
        """Whether it begins with the command that it tells of, and does what is wanted."""
        return self.begins_with_any_command(place) and self.agrees(place) > 0

    def begins_with_any_command(self, place: int) -> bool:
        """Whether it begins with the command that it tells of."""
        return bool(_BEGINS.match(self._words.candidates[place].text)) and self.has_command(place)

    def of_failure(self, place: int) -> bool:
        """Whether it stands under a heading about what may go wrong, and something is to be done of
        which the question does not say that it went wrong.
        """
        heading = self._words.candidates[place].heading
        return self._is_task and bool(_FAILURE.search(heading)) and not self._asks_of_failure

    def is_bare_row(self, place: int) -> bool:
        """Whether it is a row without code, and what is wanted is to do something."""
        one = self._words.candidates[place]
        return self._is_task and bool(one.cells) and "`" not in one.text

    def is_cut_code(self, place: int) -> bool:
        """Whether it is code that its passage begins with, where code may answer: what is said of
        it stands elsewhere.
        """
        one = self._words.candidates[place]
        return self._question.wants_code and one.kind == "code" and one.headless

    def titled(self, place: int) -> bool:
        """Whether it is code or steps under a heading that names the act which is wanted, and
        nothing that the question does not name: "Installing", of "How do I install it?". It is not,
        where other code under that heading has more of the question, such as its "extras".
        """
        one = self._words.candidates[place]
        if not one.block or not one.untold or not self._is_task or not one.heading:
            return False
        names_act = any(map(is_verb, _LETTERS.findall(one.heading)))
        over, name = frozenset(terms(one.heading)), self._words.name(place)
        if not names_act or not self._words.terms | name >= over:
            return False
        beside = (
            row
            for row in self._words.rows[one.passage]
            if self._words.candidates[row].block
            and self._words.candidates[row].heading == one.heading
        )
        covered = self._words.covered
        return covered(self._words.told(place)) >= max(
            covered(self._words.told(row)) for row in beside
        )

    def code_is_near(self, place: int) -> bool:
        """Whether a candidate's document has code, as far as its passages were found. What is done
        with none, such as to clear a paper jam, is told in words.
        """
        words = self._words
        name = words.name(place)
        return any(
            one.kind == "code" or "`" in one.text
            for number, one in enumerate(words.candidates)
            if words.name(number) == name
        )

    def is_other_usage(self, place: int) -> bool:
        """Whether it is the usage that a command prints, and neither the command nor what it says
        of itself has a word of the question beside the name of the program.
        """
        one = self._words.candidates[place]
        usage = _USAGE.search(one.block) if one.kind == "code" else None
        if usage is None:
            return False
        program, *command = terms(usage["words"]) or [""]
        own = frozenset((*command, *terms(usage["says"])))
        return own.isdisjoint(self._words.terms - {program})

    def special(self, place: int) -> float:
        """How much of what stands over code is not in the question, 0 to 1: that of "Images of
        annotations" is no answer about all images.
        """
        one = self._words.candidates[place]
        if one.kind != "code" or not self._question.wants_code:
            return 0.0
        over = frozenset(terms(one.heading))
        total = sum(map(self._words.weigh, over))
        beside = over - self._words.terms - self._words.name(place)
        share = sum(map(self._words.weigh, beside)) / total if total else 0.0
        return max(share, _OTHER_CASE) if _OTHER.search(one.heading) else share
