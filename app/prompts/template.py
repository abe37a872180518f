"""A prompt as a template: texts with variables in double braces, and examples of what is wanted.

    system      You answer questions about {{subject}}.
    examples    input, reply      as many as are asked for: zero, one, a few
    message     <question>{{question}}</question>

Values are written by the types of their variables, once: braces in a value stay as they are, and no
value can open or close a tag that stands in the template.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.citations.disguise import Disguise
from app.errors import InvalidRequest
from app.models import Message, Prompt, Text, assistant, user
from app.prompts.variables import OwnBracketsVariable, Variable

PLACEHOLDER = re.compile(r"\{\{((?:[0-9a-zA-Z][_-]?){1,100}+)\}\}")
"""A variable in a text, by the names that Bedrock allows."""

_TAG = re.compile(r"</?([a-zA-Z][\w-]{0,100}+)")
_IN_TAG = re.compile(r"<[a-zA-Z/][^<>{}]*+\{\{")


class WrongTemplate(ValueError):
    """A template breaks a rule. The message names the variable or the part."""


@dataclass(frozen=True, slots=True)
class Example:
    """An input, as the message has it with its values filled in, and the reply that is wanted."""

    input: str
    reply: str


@dataclass(frozen=True)
class Template:
    """A prompt with variables.

    Attributes:
        name: of letters, digits and `-`.
        about: what the model is asked for.
        system: what the model is told about its task.
        message: the user's last message, in which the task stands.
        variables: those of both texts, each of which stands in one of them at least.
        examples: inputs and replies, the most telling first.
        shots: how many of them a prompt has, unless it is told otherwise.
        max_tokens, temperature, top_p, stop: as of a Prompt.

    Raises:
        WrongTemplate: the texts and the variables do not fit each other.
    """

    name: str
    about: str
    system: str
    message: str
    variables: tuple[Variable, ...]
    examples: tuple[Example, ...] = ()
    shots: int = 0
    max_tokens: int = 1024
    temperature: float | None = 0.0
    top_p: float | None = None
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [variable.name for variable in self.variables]
        for text in (self.system, self.message):
            for name in PLACEHOLDER.findall(text):
                if name not in names:
                    raise WrongTemplate(
                        f"{{{{{name}}}}} is no variable of this prompt, which has "
                        f"{', '.join(names) or 'none'}"
                    )
            if _IN_TAG.search(text):
                raise WrongTemplate("a variable stands inside a tag, which its value could close")
        for name in names:
            if f"{{{{{name}}}}}" not in f"{self.system}\n{self.message}":
                raise WrongTemplate(f"the variable {name} is missing: {{{{{name}}}}} has to stand")
        for example in self.examples:
            for text in (example.input, example.reply):
                if match := PLACEHOLDER.search(text):
                    raise WrongTemplate(f"{match[0]} stands in an example, where nothing fills it")

    def render(
        self,
        values: Mapping[str, Any],
        *,
        history: Sequence[Message] = (),
        shots: int | None = None,
        disguise: Disguise | None = None,
        is_qualified: bool = False,
    ) -> Prompt:
        """The prompt that these values make.

        Args:
            values: by the names of the variables. Whether brackets have signs of their own is told
                by the values, unless it is among them.
            history: messages between the examples and the task.
            shots: how many examples; all, if there are fewer.
            disguise: for the values; by default one that none of their signs is in.
            is_qualified: whether the message is for a guardrail over the call: in blocks, each with
                what the guardrail takes it for, and not in one.

        Raises:
            InvalidRequest: naming a variable that has no value, or that there is not.
        """
        self._check(values)
        texts = [*self._texts(values), *(message.text for message in history)]
        disguise = (disguise or self.disguise_of(values, history)).also(self._tags)
        values = self._own_brackets(values, texts, disguise) | dict(values)
        message = list(self._blocks(self.message, values, disguise))
        if not is_qualified:
            message = [Text("".join(block.text for block in message))]
        examples = self.examples[: self.shots if shots is None else shots]
        return Prompt(
            messages=(
                *(each for one in examples for each in (user(one.input), assistant(one.reply))),
                *(Message(one.role, (Text(disguise.text(one.text)),)) for one in history),
                Message("user", tuple(message)),
            ),
            system="".join(block.text for block in self._blocks(self.system, values, disguise)),
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            stop=self.stop,
        )

    def disguise_of(self, values: Mapping[str, Any], history: Sequence[Message] = ()) -> Disguise:
        """The signs for brackets of these values, none of which is in them. It restores a reply."""
        return Disguise(*self._texts(values), *(message.text for message in history))

    def parse(self, words: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """The values that a command line names.

        Raises:
            InvalidRequest: naming the variable.
        """
        variables = {variable.name: variable for variable in self.variables}
        self._check_names(words)
        return {name: variables[name].parse(each) for name, each in words.items()}

    @property
    def _tags(self) -> frozenset[str]:
        return frozenset(_TAG.findall(f"{self.system}\n{self.message}"))

    def _check(self, values: Mapping[str, Any]) -> None:
        self._check_names(values)
        for variable in self.variables:
            if variable.is_required and values.get(variable.name) is None:
                raise InvalidRequest(
                    f"The variable {variable.name} of the prompt {self.name} has no value: "
                    f"{variable.about}.",
                    field=variable.name,
                )

    def _check_names(self, values: Mapping[str, Any]) -> None:
        names = [variable.name for variable in self.variables]
        for name in values:
            if name not in names:
                raise InvalidRequest(
                    f"{name} is no variable of the prompt {self.name}, which has "
                    f"{', '.join(names)}.",
                    field=name,
                )

    def _texts(self, values: Mapping[str, Any]) -> Iterator[str]:
        for variable in self.variables:
            if (value := values.get(variable.name)) is not None:
                yield from variable.texts(value)

    def _own_brackets(
        self, values: Mapping[str, Any], texts: Sequence[str], disguise: Disguise
    ) -> dict[str, Any]:
        """Whether brackets have signs of their own, for the variables that say so and have no
        value.
        """
        ours = [each.name for each in self.variables if isinstance(each, OwnBracketsVariable)]
        missing = [name for name in ours if name not in values]
        return {name: any(disguise.text(text) != text for text in texts) for name in missing}

    def _blocks(self, text: str, values: Mapping[str, Any], disguise: Disguise) -> Iterator[Text]:
        """A text of the template as blocks, its values filled in."""
        variables = {variable.name: variable for variable in self.variables}
        literal_text = True
        for piece in PLACEHOLDER.split(text):
            if literal_text and piece:
                yield Text(piece)
            elif not literal_text:
                yield from variables[piece].write(values.get(piece), disguise)
            literal_text = not literal_text
