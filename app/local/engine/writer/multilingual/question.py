"""A question in another language than English, and what kind of answer it expects."""

from dataclasses import dataclass
from functools import cached_property

from app.local import lazy_re as re
from app.local.engine.languages import Language
from app.local.engine.store.analysis import terms
from app.local.engine.writer.question import Kind, Question, numbers

_DIGITS = re.compile(r"\d[\d.,\u00a0\u202f]*\d|\d")
_KINDS: tuple[Kind, ...] = ("date", "number", "person", "place", "reason", "yes-no", "way")


@dataclass(frozen=True)
class ForeignQuestion(Question):
    """What is asked, by the tables of its language.

    >>> from app.local.engine.languages import language
    >>> question = ForeignQuestion("Wie hoch ist die Gebühr?", language("de"))
    >>> question.kind, question.terms
    ('number', ('hoch', 'gebuhr'))
    """

    language: Language

    @cached_property
    def kind(self) -> Kind:
        return next((kind for kind in _KINDS if self._asks(kind)), "thing")

    @cached_property
    def wants_code(self) -> bool:
        return self._asks("code")

    @cached_property
    def wants_list(self) -> bool:
        return self._asks("list")

    @cached_property
    def definition(self) -> re.Pattern[str] | None:
        match = self.language.definition.match(self.text)
        subject = next(filter(None, match.groups()), None) if match else None
        if subject is None or not self.language.defines:
            return None
        begins = self.language.defines.replace("{subject}", re.escape(self._head(subject)))
        return re.compile(begins, re.IGNORECASE)

    @cached_property
    def terms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(terms(self.text, self.language)))

    @cached_property
    def numbers(self) -> frozenset[str]:
        return numbers_in(self.text, self.language)

    def _head(self, subject: str) -> str:
        """What stands before the first function word: of "Agent in Chat" it is "Agent"."""
        if not self.language.spaced:
            return subject.strip()
        words = subject.split()
        ends = [n for n, word in enumerate(words) if word.lower() in self.language.function_words]
        return " ".join(words[: next((n for n in ends if n), len(words))])

    def _asks(self, kind: str) -> bool:
        return bool(self.language.kinds[kind].search(self.text))


def question_in(text: str, language: Language) -> Question:
    return Question(text) if language.code == "en" else ForeignQuestion(text, language)


def numbers_in(text: str, language: Language) -> frozenset[str]:
    """Numbers, in digits and in the words of a language."""
    if language.code == "en":
        return numbers(text)
    words = language.finds["number"].findall(text) if "number" in language.finds else ()
    return frozenset((*_DIGITS.findall(text), *map(str.lower, words)))


def dates_in(text: str, language: Language) -> frozenset[str]:
    """Years, and the names of months, days and hours."""
    words = language.finds["date"].findall(text) if "date" in language.finds else ()
    years = re.findall(r"(?<!\d)(?:1\d{3}|20\d{2})(?!\d)", text)
    return frozenset((*years, *map(str.lower, words)))
