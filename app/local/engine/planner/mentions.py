"""What an utterance mentions that can be the value of a parameter.

Quoted texts, addresses, ids, dates, times, numbers and names are found by their form, and none of
them within another. What is left between function words are phrases.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from app.local import lazy_re as re
from app.local.engine.planner.dates import Moment, moments
from app.local.engine.planner.forms import FORMS, NAME, STREET, Kind
from app.local.engine.planner.numbers import numbers
from app.local.engine.planner.vocabulary import UNITS
from app.local.engine.planner.words import TOKEN, is_german, word_set
from app.local.engine.store.analysis import STOP_WORDS

_NEAR = 20  # characters
_ENDS = re.compile(r"[.!?;:]\s|\n")
_BESIDE = re.compile(r",? (?:(?:at|um|on|from|am) )?")
_PREDICATE = re.compile(
    r"\s*(?:$|[.,;:!?)]|(?:is|was|are|were|has|had|have|will|and|or|und|lives?|works?|said|joined"
    r"|likes?|went|needs?|wants?|costs?|ist|hat|wird)\b)"
)
_QUANTITY = re.compile(r"\d[\d.,]*[^\W\d_]{1,6}\d?|[a-zA-Z]\d|\d[A-Za-z]")  # 5kg, 3rd, m2
# Words that begin a request, and are no name because they have a capital there.
REQUEST_WORDS = word_set("""
please can could would will find get give tell show what what's whats when where which who why
how is are do does did calculate compute determine search look list create add remove delete
update cancel book order buy send email call set make play start stop run check convert
translate summarize analyze generate write read open close turn i i'd i'm i've we let let's my
the a an in on at for from to and also then if retrieve fetch predict estimate identify locate
solve plot draw schedule remind hi hello hey thanks thank help need want like using use given
with bitte wie was wann wo zeig zeige finde suche storniere buche schick schicke berechne rechne
such ich kannst können gib und auch mein meine extract classify this that it he she they there
you your it's as of by these those his her their our during after before since evaluate
assess recommend suggest book reserve order place file submit explain describe provide ask know
see track report compare count sum multiply divide subtract square root obtain perform apply
rename move copy save store log pay transfer print
""")


@dataclass(frozen=True)
class Mention:
    """A part [start, end) of an utterance that may be a value."""

    kind: Kind
    start: int
    end: int
    text: str
    value: Any = None
    unit: str = ""
    moment: Moment | None = None
    weak: bool = False


@dataclass(frozen=True)
class Utterance:
    """A text, and what it mentions. A day with a time beside it is one, if it is not `apart`."""

    text: str
    today: date | None = None
    apart: bool = False

    @cached_property
    def german(self) -> bool:
        return is_german(self.text)

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """What is mentioned by form, in reading order, none within another.

        >>> text = "Send 'See you' to ada@example.org about order A-7 in New York by 3 May 2031"
        >>> [(one.kind, one.text) for one in Utterance(text).mentions]
        ... # doctest: +NORMALIZE_WHITESPACE
        [('quoted', 'See you'), ('email', 'ada@example.org'), ('id', 'A-7'), ('name', 'New York'),
         ('date', '3 May 2031')]
        """
        taken = bytearray(len(self.text))
        free: list[Mention] = []
        for one in self._all():
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                free.append(one)
        return tuple(sorted(free, key=lambda one: one.start))

    def of(self, *kinds: Kind) -> list[Mention]:
        return [one for one in self.mentions if one.kind in kinds]

    def _all(self) -> Iterator[Mention]:
        for kind, pattern in FORMS:
            if kind == "id":
                yield from self._moments()
            yield from self._of_form(kind, pattern)
        for match in STREET.finditer(self.text):
            yield Mention("name", *match.span(), match[0], match[0], unit="street")
        names = list(self._names())
        yield from (one for one in names if one.text[-1].isdigit())  # "Windows 11" is no number
        yield from self._numbers()
        yield from names

    def _of_form(self, kind: Kind, pattern: re.Pattern[str]) -> Iterator[Mention]:
        for match in pattern.finditer(self.text):
            inner = next((one for one in match.groups() if one), match[0]).strip()
            if kind == "id":
                if _QUANTITY.fullmatch(inner.strip("#")):
                    continue
                inner = inner.lstrip("#")
            elif kind in ("url", "email"):
                inner = inner.rstrip(".,;:!?)")
            yield Mention(kind, *match.span(), inner, inner)

    def _moments(self) -> Iterator[Mention]:
        """Days and times; a day with its time beside it is one."""
        rest = iter([*moments(self.text, self.today, self.german), None])
        day = next(rest)
        for after in rest:
            if day is None:
                return
            both = after and {day.kind, after.kind} == {"date", "time"}
            if (
                after
                and both
                and not self.apart
                and _BESIDE.fullmatch(self.text[day.end : after.start])
            ):
                words = self.text[day.start : after.end]
                when, clock = (day, after.clock) if day.kind == "date" else (after, day.clock)
                day = replace(
                    when, kind="datetime", start=day.start, end=after.end, words=words, clock=clock
                )
                continue
            yield Mention(day.kind, day.start, day.end, day.words, day.words, moment=day)
            day = after

    def _numbers(self) -> Iterator[Mention]:
        every = numbers(self.text, self.german)
        digits = any(not number.word for number in every)
        for number in every:
            words = self.text[number.start : number.end]
            often = words.lower() in ("once", "twice", "thrice")
            weak = number.word and (digits or number.value == 1) and not often  # "two numbers"
            yield Mention(
                "number", number.start, number.end, words, number.value, number.unit, weak=weak
            )

    def _names(self) -> Iterator[Mention]:
        for match in NAME.finditer(self.text):
            start = match.start()
            if start and self.text[start - 1] not in " \t\n(\"'-/,":
                continue
            words = match[0]
            while (first := words.split(" ", 1)[0].rstrip(".,'")).lower() in REQUEST_WORDS:
                if " " not in words:
                    words = ""
                    break
                if not self._begins(start) and first.lower() not in STOP_WORDS:
                    break
                start += len(words) - len(words.split(" ", 1)[1])
                words = words.split(" ", 1)[1]
            name = words.rstrip(" .,'-")
            name = name.removesuffix("'s").removesuffix("\u2019s")
            head, _, numeral = name.rpartition(" ")
            plain = head.split(" ")[-1].lower() in _NUMBERED
            if numeral.isdigit() and (plain or (" " not in head and self._begins(start))):
                name = head
            if self._begins(start) and self.text[start + len(name) :][:1] == ":":
                continue  # a label is no value
            if len(name) > 1 or (name.isupper() and name != "I"):
                end = start + len(name)
                weak = " " not in name and self._begins(start) and not self._is_subject(end)
                yield Mention("name", start, end, name, name, weak=weak)

    def _begins(self, start: int) -> bool:
        """Whether a sentence begins here."""
        near = self.text[max(0, start - _NEAR) : start]
        before = near.rstrip()
        return not before or "\n" in near[len(before) :] or before[-1] in ".!?:;\n"

    def _is_subject(self, end: int) -> bool:
        """Whether a word that begins a sentence and ends here is what the sentence is about."""
        return _PREDICATE.match(self.text, end) is not None

    @cached_property
    def phrases(self) -> tuple[Mention, ...]:
        """Runs of words between function words and punctuation, as strings may have them."""
        runs: list[Mention] = []
        run: list[re.Match[str]] = []
        taken = bytearray(len(self.text))
        for one in self.of(*_APART):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
        for token in TOKEN.finditer(self.text):
            word = token[0].lower()
            stop = word in STOP_WORDS or word in _CUES or bool(taken[token.start()])
            if run and (stop or self.text[run[-1].end() : token.start()].strip()):
                runs.extend(self._phrase(run))
                run = []
            if not stop:
                run.append(token)
        runs.extend(self._phrase(run))
        return tuple(runs)

    def _phrase(self, run: list[re.Match[str]]) -> Iterator[Mention]:
        while run and run[0][0].lower() in _NO_BEGINNING:
            run = run[1:]
        while run and run[-1][0].lower() in _NO_END:
            run = run[:-1]
        if len(run) == 1 and run[0][0].lower() in _UNIT_WORDS:
            return
        if run:
            start, end = run[0].start(), run[-1].end()
            if self.text[end : end + 1] == ":" and self._begins(start):
                return  # a label is no value
            text = self.text[start:end]
            yield Mention("phrase", start, end, text, text)

    def cue(self, start: int) -> str:
        """The preposition, or the verb, that leads to the character: "in" of "in the city of"."""
        near = self.text[max(0, start - 2 * _NEAR) : start]
        before = TOKEN.findall(_ENDS.split(near)[-1].lower())
        for word in reversed(before[-3:]):
            if word in _CUES:
                return str(word)
            if word not in _ARTICLES:
                return ""
        return ""


_ARTICLES = word_set("""
the a an my our your their his her its this that der die das den dem ein eine einen
""")
_APART: tuple[Kind, ...] = (
    "quoted",
    "url",
    "email",
    "uuid",
    "path",
    "code",
    "number",
    "date",
    "time",
    "datetime",
)
# Words that say how much, how good or how something is done, and no value begins or ends with.
_LOOSE = word_set("""
much many great good best better famous current currently popular available latest recent new next
last nearest closest nearby local cheap cheapest healthy different several made found based located
given including prescribed called named increase decrease generate generated produced expect using
used required possible total overall average one two three four five first second third exactly
approximately about around nearly almost ago away please now right thanks lives live reach joined
expected costs cost going got getting come comes takes take viele gute beste neue aktuelle
""")
_UNIT_WORDS = frozenset(unit for units in UNITS.values() for unit in units)
# What goes by a number that is no part of a name: "Order 7".
_NUMBERED = word_set("""
order ticket invoice item user customer case issue number no nr id case event account product job
bestellung auftrag rechnung kunde kundennummer bestellnummer artikel vorgang termin konto page step
""")
_NO_BEGINNING = REQUEST_WORDS | _LOOSE
_NO_END = _LOOSE
_CUES = word_set("""
in at near from to for by on with about of into under over above below between called named
titled as via until till before after since using around against within per and or nach von aus
bei für mit am im um zu zum zur über bis namens than nr no number nummer
""")
