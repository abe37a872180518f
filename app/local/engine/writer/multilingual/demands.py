"""What a question in another language than English demands of its answer.

    Wann öffnet der Kiosk?       a date or a time, and something that opens
    Was kostet ein Tee?          a price, and tea: not what coffee costs
    谁修理水泵?                   somebody: a name, a trade, a title
    Wo liegt der Schlüssel T-15? T-15, and no other key

As in English, what is merely near to a question does not answer it. There is no grammar here: small
lists of words tell what is asked for (`kinds` and `demands` of a language), and each other word of
the question has to stand in what answers it, in the sentences beside it or over it: itself, by its
stem, as a part of a compound, or as a word that means nearly the same. Where no spaces part words,
of each run of signs all but a few have to stand there, two or more together.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from app.local import lazy_re as re
from app.local.engine.languages import Language
from app.local.engine.store.analysis import terms
from app.local.engine.writer.multilingual.evidence import MultilingualCase
from app.local.engine.writer.multilingual.question import dates_in, numbers_in
from app.local.engine.writer.question import dates

_NEAR = 0.55  # the cosine of a word that means nearly the same
_COUNTED = 0.7  # and of what is counted
_PART = 4  # letters of a word that may be a part of a compound
_TAIL = 4  # letters of the last part of a compound
_COMPOUNDS = ("de", "nl")
_SHARED = 0.6  # of the letters of the longer of two forms of a word
_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_WRITTEN_SO = re.compile(r"(?=[^\W_]*[^\W\d_])[^\W_]{0,6}[-/.]?\d[\w/-]*|\d{3,}", re.IGNORECASE)
_LATIN_CODE = re.compile(r"[A-Za-z]{1,6}[-/.]?\d[A-Za-z\d/-]*|(?<!\d)\d{3,}")
_BEGINNING = 4  # signs of what is done, in Thai
_NAMES = re.compile(r"[^\W\d_]{1,6}[-/.]?\d[\w/-]*")
_SEPARATOR = re.compile(r"(?<=\d)[.,\u00a0\u202f ](?=\d{3}\b)")
_CURRENCY = re.compile(r"[€$£¥₽₺]|\b(?:eur|usd|gbp|chf|pln)\b", re.IGNORECASE)
_ARTICLES = frozenset(
    ("un", "una", "uno", "unas", "unos", "une", "um", "uma", "umas", "uns", "een", "ein", "bir")
)
_CJK_NUMBER = re.compile(
    "[\u4e00\u4e8c\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5343]+"
)
_NUMBERED = re.compile(r"n[uú]m|nom|\w*nummer|номер|telef|версия|رقم", re.IGNORECASE)
_RUN = re.compile("[\u3400-\u9fff\u3005]{2,}|[\u30a1-\u30ff]{2,}|[\u0e01-\u0e4e]{2,}")
_VERB = re.compile("(?<![\u3400-\u9fff])[\u3400-\u9fff](?=[\u3041-\u309f])")
_SIGNS = 2  # neighbours that stand together, to be the same word in a script without spaces
_LEFT = {"ja": 2, "zh": 2, "th": 4}  # signs of a run that stand nowhere, for it to be lacking


class ForeignDemands:
    """Whether candidates have what the question of a case demands.

    Args:
        language: the question's.
        names: of the documents of the passages.
    """

    def __init__(
        self, case: MultilingualCase, language: Language, names: Sequence[str] = ()
    ) -> None:
        self._case, self._language, self._names = case, language, names

    def unmet(self, place: int) -> bool:
        """Whether a candidate lacks something; never, where it is in another language."""
        if self._case.foreign[place] or self._case.told_by_row(place):
            return False
        return bool(self.lacking(place))

    def lacking(self, place: int) -> str:
        """The first that it lacks; empty if it lacks nothing."""
        around = self._around(place)
        own = self._own(place)
        if not self._codes <= _codes(around, self._language):
            return "code"
        if self._lacks_kind(_without_codes(own, self._language)):
            return "kind"
        if self._counted and self.near(self._counted, f"{self._above(place)} {own}") < _COUNTED:
            return self._counted
        if self._case.question.kind == "person" and not self._language.spaced:
            one = self._case.candidates[place]  # beside it another does something else
            around = f"{one.context} {own}"
        return next(iter(self._words_lacking(around)), "")

    def _above(self, place: int) -> str:
        return self._case.candidates[place].heading

    def _own(self, place: int) -> str:
        one = self._case.candidates[place]
        return f"{one.lead} {one.text}"

    def _around(self, place: int) -> str:
        """The candidate, the ones beside it in its passage, and what stands over it."""
        beside = (self._case.beside(place, step) for step in (-1, +1))
        rows = [place, *(row for row in beside if row is not None)]
        one = self._case.candidates[place]
        if one.cells:
            rows = [place]
        name = self._names[one.passage] if self._names else ""
        parts = (f"{self._case.candidates[row].context} {self._own(row)}" for row in rows)
        return " ".join((name, *parts))

    def _lacks_kind(self, text: str) -> bool:
        """Whether a text has no number, price or time of which the question asks one, and tells
        nobody where the question is who.
        """
        question, language = self._case.question, self._language
        if question.kind == "person":
            return not self._tells_somebody(text)
        if self._asks_price and question.kind in ("number", "thing"):
            return not (_CURRENCY.search(text) or language.demands["price"].search(text))
        if language.demands["hour"].search(question.text):
            return not language.demands["clock"].search(text)
        if question.kind in ("number", "date"):
            return not (self._new_numbers(text) or self._tells_time(text))
        return False

    def _new_numbers(self, text: str) -> frozenset[str]:
        figures = numbers_in(text, self._language) - _ARTICLES
        if not self._language.spaced:  # what counts may stand between
            figures |= frozenset(_CJK_NUMBER.findall(text))
        return figures - self._case.question.numbers

    def _tells_time(self, text: str) -> bool:
        known = dates(self._case.question.text) | dates_in(self._case.question.text, self._language)
        return bool(
            dates_in(text, self._language) - known or self._language.demands["times"].search(text)
        )

    def _tells_somebody(self, text: str) -> bool:
        """Whether a text names somebody, tells what people are, or has something before what is
        done, as far as the language's file tells people.
        """
        persons = self._language.demands.get("persons")
        return persons is None or bool(persons.search(text)) or self._has_doer(text)

    def _has_doer(self, text: str) -> bool:
        """Whether something stands in a text before what the question says is done: "สมชาย" of
        "สมชายซ่อมเครื่อง", to "ใครซ่อมเครื่อง". Thai alone marks its clauses, by spaces.
        """
        if self._language.code != "th":
            return False
        done = self._language.kinds["person"].split(self._case.question.text)[-1].strip()
        for clause in text.split():
            before, verb, _ = clause.partition(done[:_BEGINNING])
            if (
                len(done) >= _BEGINNING
                and verb
                and before
                and before not in self._case.question.text
            ):
                return True
        return False

    @property
    def _asks_number(self) -> bool:
        return self._case.question.kind == "number"

    @cached_property
    def _asks_price(self) -> bool:
        text = self._case.question.text
        cost = self._language.demands["cost"]
        if not self._language.spaced:
            return bool(cost.search(text))
        return any(cost.fullmatch(word) for word in _LETTERS.findall(text.lower()))

    @cached_property
    def _counted(self) -> str:
        """What is counted: "Wie viele Fenster ..?"; empty where nothing is, or that is not told."""
        if "many" not in self._language.demands:
            return ""
        many = self._language.demands["many"].search(self._case.question.text)
        after = _LETTERS.match(self._case.question.text[many.end() :].lstrip()) if many else None
        return after[0] if after and after[0] in self._words else ""

    @cached_property
    def _codes(self) -> frozenset[str]:
        """What the question writes in one way only: "T-14", "2024"."""
        return _codes(self._case.question.text, self._language)

    @cached_property
    def _words(self) -> tuple[str, ...]:
        """The words of the question that tell what it is about."""
        text, language = self._case.question.text, self._language
        if not language.spaced:
            return tuple(dict.fromkeys(self._runs(text)))
        light, cost = language.demands["light"], language.demands["cost"]
        words = dict.fromkeys(_LETTERS.findall(text))
        measured = language.kinds["number"].search(text) if self._asks_number else None
        measures = _LETTERS.findall(measured[0]) if measured else ()
        return tuple(
            word
            for word in words
            if word.lower() not in language.function_words
            and (word not in measures or _NUMBERED.match(word))
            and not light.fullmatch(word.lower())
            and not cost.fullmatch(word.lower())
            and not any(word in code for code in self._codes)
        )

    def _runs(self, text: str) -> Iterable[str]:
        """What is written in one script, between words that only ask."""
        language = self._language
        for kind in ("number", "date", "person", "place", "reason", "way"):
            text = language.kinds[kind].sub(lambda m: " " if len(m[0]) <= 6 else m[0], text)
        text = language.demands["cost"].sub(" ", language.demands["light"].sub(" ", text))
        longest = sorted(language.function_words, key=lambda word: (-len(word), word))
        text = re.sub("|".join(map(re.escape, longest)), " ", text)
        return [*_RUN.findall(text), *_VERB.findall(text)]

    def _words_lacking(self, around: str) -> Iterable[str]:
        if not self._language.spaced:
            least = _LEFT[self._language.code]
            return [
                run for run in self._words if _longest_left(run, around) >= min(least, len(run))
            ]
        return [word for word in self._words if self.near(word, around) < _NEAR]

    def near(self, word: str, around: str) -> float:
        """How near a text comes to a word of the question, 0 to 1."""
        language = self._language
        held = [one.lower() for one in _LETTERS.findall(around)]
        own = frozenset(terms(word, language))
        if not own or not own.isdisjoint(terms(around, language)):
            return 1.0
        low = word.lower()
        if any(_is_form(low, one) for one in held):
            return 1.0
        others = [one for one in dict.fromkeys(held) if one not in language.function_words]
        if not others:
            return 0.0
        vectors = self._case.word_vectors([low, *others])
        cosines = vectors[1:] @ vectors[0]
        if language.code in _COMPOUNDS:
            cosines = np.where([_is_kin(low, one) for one in others], 0.0, cosines)
        return float(cosines.max())


def _codes(text: str, language: Language) -> frozenset[str]:
    text = _SEPARATOR.sub("", text)
    if not language.spaced:
        return frozenset(one.lower() for one in _LATIN_CODE.findall(text))
    return frozenset(word.lower() for word in _WORD.findall(text) if _WRITTEN_SO.fullmatch(word))


def _without_codes(text: str, language: Language) -> str:
    """A text without what names something, such as "F-08", which is no number of anything."""
    code = _LATIN_CODE if not language.spaced else _WORD
    return code.sub(lambda one: " " if _NAMES.fullmatch(one[0]) else one[0], text)


def _is_form(word: str, other: str) -> bool:
    """Whether a word is a form of another, or a part of it: "Ofen" of "Brennofen"."""
    if len(word) >= _PART and word in other:
        return True
    shared = 0
    for one, two in zip(word, other, strict=False):
        if one != two:
            break
        shared += 1
    return shared >= _PART and shared >= _SHARED * max(len(word), len(other))


def _is_kin(word: str, other: str) -> bool:
    """Whether two words end alike and begin otherwise, as those of one sort: "Wurstbrot" and
    "Käsebrot", or "Brot" itself.
    """
    return len(word) > _TAIL and len(other) >= _PART and word[-_TAIL:] == other[-_TAIL:]


def _longest_left(run: str, around: str) -> int:
    """The longest part of a run, in signs, that stands nowhere in a text."""
    if len(run) == 1:
        return int(run not in around)
    held = bytearray(len(run))
    for start in range(len(run) - _SIGNS + 1):
        if run[start : start + _SIGNS] in around:
            held[start : start + _SIGNS] = b"\1" * _SIGNS
    parts = re.findall(rb"\0+", bytes(held))
    return max(map(len, parts), default=0)
