"""The variables of a template, by type: how a value is written so that it stays a value.

    TextVariable            words of a person or a document: no part of them passes for a tag of the
                            prompt, nor for the number of a passage
    PassagesVariable        passages, numbered, each in a tag of its own
    ConversationVariable    messages, a line each
    OwnBracketsVariable     a rule on signs that stand for brackets, where any do
    DateVariable            a day

Each writes blocks of text, which have qualifiers for a guardrail over the call, and reads a value
from the words of a command line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Protocol

from app.citations.disguise import Disguise
from app.citations.tags import tag
from app.errors import InvalidRequest
from app.events import Passage
from app.models import Message, Text, assistant, user
from app.models.content import Qualifier


class Variable(Protocol):
    """A variable of a template. `value` is of the variable's own type; None is no value."""

    @property
    def name(self) -> str:
        """Its name in double braces."""
        ...

    @property
    def about(self) -> str:
        """What its value is, for whoever changes the template."""
        ...

    @property
    def is_required(self) -> bool:
        """Whether a prompt cannot do without a value."""
        ...

    def write(self, value: Any, disguise: Disguise, /) -> Sequence[Text]:
        """The value as blocks of the prompt."""
        ...

    def texts(self, value: Any, /) -> Iterator[str]:
        """The texts of people and documents in a value."""
        ...

    def parse(self, words: Sequence[str], /) -> Any:
        """The value that a command line names, once or several times.

        Raises:
            InvalidRequest: naming the variable.
        """
        ...


@dataclass(frozen=True, slots=True)
class TextVariable:
    """Words of a person or a document.

    Attributes:
        has_numbers: whether bracketed numbers in it may stay as they are, where nothing is cited.
        before, after: what stands around the value, if there is one.
    """

    name: str
    about: str
    qualifier: Qualifier | None = None
    before: str = ""
    after: str = ""
    has_numbers: bool = False
    is_required: bool = True

    def write(self, value: str | None, disguise: Disguise) -> Sequence[Text]:
        if value is None:
            return ()
        words = disguise.tags(value) if self.has_numbers else disguise.text(value)
        blocks = (Text(self.before), Text(words, self.qualifier), Text(self.after))
        return [block for block in blocks if block.text or block.qualifier]

    def texts(self, value: str) -> Iterator[str]:
        yield value

    def parse(self, words: Sequence[str]) -> str:
        return _only(self.name, words)


@dataclass(frozen=True, slots=True)
class PassagesVariable:
    """Passages of documents, as Retrieve has found them."""

    name: str
    about: str
    is_required: bool = True

    def write(self, value: Sequence[Passage], disguise: Disguise) -> Sequence[Text]:
        return list(chain.from_iterable(self._blocks(passage, disguise) for passage in value))

    def texts(self, value: Sequence[Passage]) -> Iterator[str]:
        for passage in value:
            yield from (passage.text, passage.document)

    def parse(self, words: Sequence[str]) -> Sequence[Passage]:
        """Each text as a passage of a document of its own."""
        return [
            Passage(number, text, f"s3://documents/passage-{number}.txt", 1.0)
            for number, text in enumerate(words, 1)
        ]

    def _blocks(self, passage: Passage, disguise: Disguise) -> tuple[Text, Text, Text]:
        begin, text, end = tag(passage, disguise)
        return Text(begin), Text(text, "grounding_source"), Text(end)


@dataclass(frozen=True, slots=True)
class ConversationVariable:
    """What was said before, a line for each message."""

    name: str
    about: str
    is_required: bool = True

    def write(self, value: Sequence[Message], disguise: Disguise) -> Sequence[Text]:
        lines = "\n".join(
            f"{'User' if message.role == 'user' else 'Assistant'}: {disguise.tags(message.text)}"
            for message in value
        )
        return (Text(lines),)

    def texts(self, value: Sequence[Message]) -> Iterator[str]:
        return (message.text for message in value)

    def parse(self, words: Sequence[str]) -> Sequence[Message]:
        """The texts by turns, the user's first."""
        return [(assistant if number % 2 else user)(text) for number, text in enumerate(words)]


@dataclass(frozen=True, slots=True)
class OwnBracketsVariable:
    """A rule on the signs that stand for brackets of passages, shown where there are such signs: in
    another prompt a model could take them for its own.

    Attributes:
        rule: with `{number}` and `{tag}`, for which the signs are shown.
    """

    name: str
    about: str
    rule: str
    is_required: bool = False

    def write(self, value: bool | None, disguise: Disguise) -> Sequence[Text]:
        if not value:
            return ()
        signs = {"number": disguise.text("[1]"), "tag": disguise.tags("<passage>")}
        return (Text(self.rule.format(**signs)),)

    def texts(self, _value: bool) -> Iterator[str]:
        return iter(())

    def parse(self, words: Sequence[str]) -> bool:
        word = _only(self.name, words)
        if word not in ("yes", "no"):
            raise _wrong(self.name, f"is yes or no, and not {word!r}")
        return word == "yes"


@dataclass(frozen=True, slots=True)
class DateVariable:
    """A day, as 2026-11-30."""

    name: str
    about: str
    is_required: bool = True

    def write(self, value: date, _disguise: Disguise) -> Sequence[Text]:
        return (Text(value.isoformat()),)

    def texts(self, _value: date) -> Iterator[str]:
        return iter(())

    def parse(self, words: Sequence[str]) -> date:
        word = _only(self.name, words)
        try:
            return date.fromisoformat(word)
        except ValueError as error:
            raise _wrong(self.name, f"is a day, as 2026-11-30, and not {word!r}") from error


def _only(name: str, words: Sequence[str]) -> str:
    if len(words) != 1:
        raise _wrong(name, "has one value, and not several")
    return words[0]


def _wrong(name: str, rule: str) -> InvalidRequest:
    return InvalidRequest(f"The variable {name} {rule}.", field=name)
