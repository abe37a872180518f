"""An answer as it comes in, body by body, until it is whole."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.aws import well_formed
from app.errors import ModelFailed, StreamCut
from app.events import StopReason, Usage
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    count,
    string,
)

METRICS = "amazon-bedrock-invocationMetrics"  # in the last chunk, by Bedrock, for every family
GUARDRAIL_ACTION = "amazon-bedrock-guardrailAction"  # Bedrock's too, in any body
GUARDRAIL_TRACE = "amazon-bedrock-trace"

Counts = tuple[int | None, int | None]  # tokens read, tokens written


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered.

    Attributes:
        text: the answer, without white space or reasoning before it.
        stop_reason: why it ends. `guardrail` means that the guardrail stepped in, and the text
            is what it put in place of the answer.
        usage: what Bedrock counted; 0 where it did not say.
        trace: what the guardrail judged, where a trace was asked for.
    """

    text: str
    stop_reason: StopReason
    usage: Usage
    trace: Mapping[str, Any] | None = None


class Answer:
    """The state of an answer: open, text after text, stopped, whole.

    >>> from app.models.families.mistral import MISTRAL
    >>> answer = Answer("mistral.example", MISTRAL)
    >>> answer.add(b'{"outputs": [{"text": " Hello", "stop_reason": null}]}', MISTRAL.chunk)
    'Hello'
    >>> answer.whole
    False
    >>> answer.add(b'{"outputs": [{"text": "!", "stop_reason": "stop"}]}', MISTRAL.chunk)
    '!'
    >>> completion = answer.completion({"x-amzn-bedrock-input-token-count": "7"})
    >>> completion.text, completion.stop_reason, completion.usage
    ('Hello!', 'end', Usage(input_tokens=7, output_tokens=0))
    """

    def __init__(self, model_id: str, family: Family) -> None:
        self.whole = False
        self._model_id = model_id
        self._family = family
        self._opening = _Opening(family.reasoning)
        self._text: list[str] = []
        self._half = ""  # of a character whose other half the next piece may begin with
        self._stop: str | None = None
        self._told: Counts = (None, None)
        self._metered: Counts = (None, None)
        self._intervened = False
        self._trace: JSON | None = None

    def add(self, data: bytes, read: Callable[[JSON], Piece]) -> str:
        """Take in a body, and return what it adds to the text that a reader sees.

        Raises:
            ModelFailed: where it is not a body of this family.
        """
        try:
            body = json.loads(data)
            piece = read(body)
            self._note(body)
            return self._take(piece)
        except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise ModelFailed(
                f"{self._model_id} answered with something that is not of the family "
                f"{self._family.name}: {type(error).__name__}: {error}."
            ) from error

    def rest(self) -> str:
        """What was held back because it looked like the beginning of a tag, at the end."""
        half, self._half = self._half, ""
        return self._keep(self._opening.add(well_formed(half)) + self._opening.rest())

    def completion(self, headers: Mapping[str, str]) -> Completion:
        """The answer, complete. `headers` are the reply's, by lower-case name.

        Raises:
            StreamCut: where the terminal chunk never came.
            ModelFailed: where the answer ended in a way that is no end.
        """
        self.rest()
        if not self.whole:
            raise StreamCut(f"The stream of {self._model_id} ended before the answer did.")
        return Completion(
            text="".join(self._text),
            stop_reason=self._stop_reason(),
            usage=Usage(
                _tokens(self._told[0], self._metered[0], headers, "input"),
                _tokens(self._told[1], self._metered[1], headers, "output"),
            ),
            trace=self._trace,
        )

    def _note(self, body: JSON) -> None:
        """What Bedrock itself adds to a body; for Claude's first chunk, to the message in it."""
        for part in (body, body.get("message")):
            if isinstance(part, dict):
                metrics = part.get(METRICS, {})
                counts = metrics.get("inputTokenCount"), metrics.get("outputTokenCount")
                self._metered = _later(self._metered, counts)
                self._intervened |= part.get(GUARDRAIL_ACTION) == "INTERVENED"
                self._trace = part.get(GUARDRAIL_TRACE, self._trace)

    def _take(self, piece: Piece) -> str:
        if piece.text and self._stop is not None:
            raise ValueError("there is text after the end")
        if piece.stop is not None:
            self._stop = string(piece.stop)
        self._told = _later(self._told, (piece.input_tokens, piece.output_tokens))
        self.whole |= piece.last
        return self._keep(self._opening.add(self._characters(piece.text)))

    def _characters(self, text: str) -> str:
        """The text in whole characters: a stream may cut between the halves of one."""
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return well_formed(text.removesuffix(self._half))

    def _keep(self, text: str) -> str:
        self._text.append(text)
        return text

    def _stop_reason(self) -> StopReason:
        if self._intervened or self._stop == "guardrail_intervened":
            return "guardrail"
        if reason := self._family.stops.get(self._stop or ""):
            return reason
        raise ModelFailed(f"{self._model_id} stopped without an answer: {self._stop}.")


class _Opening:
    r"""Lets an answer through, but for the white space and the reasoning before it.

    >>> opening = _Opening(("reasoning",))
    >>> [opening.add(text) for text in ("<reaso", "ning>Hm", "m.</reasoning>", "\n", "Yes. <b>")]
    ['', '', '', '', 'Yes. <b>']
    """

    def __init__(self, tags: tuple[str, ...]) -> None:
        self._tags = tags
        self._held = ""
        self._closing: str | None = None  # the tag that ends the reasoning that we are in
        self._begun = False

    def add(self, text: str) -> str:
        if self._begun:
            return text
        self._held += text
        while self._drop_reasoning():
            pass
        if self._closing or any(f"<{tag}>".startswith(self._held) for tag in self._tags):
            return ""
        return self.rest()

    def rest(self) -> str:
        """What is held, let go; reasoning that never ended is no answer."""
        held = "" if self._closing else self._held
        self._begun, self._held = self._begun or bool(held), ""
        return held

    def _drop_reasoning(self) -> bool:
        """Drop reasoning up to its end, or the tag that begins it; False where neither is here."""
        if self._closing:
            _, found, after = self._held.partition(self._closing)
            if not found:  # keep what may be the closing tag's beginning
                self._held = self._held[1 - len(self._closing) :]
                return False
            self._held, self._closing = after, None
        self._held = self._held.lstrip()
        for tag in self._tags:
            if self._held.startswith(f"<{tag}>"):
                self._held = self._held.removeprefix(f"<{tag}>")
                self._closing = f"</{tag}>"
                return True
        return False


def _later(before: Counts, now: Counts) -> Counts:
    """The counts as they stand now: each is cumulative, and not every chunk tells it."""
    read, written = (
        count(new) if new is not None else old for old, new in zip(before, now, strict=True)
    )
    return read, written


def _tokens(told: int | None, metered: int | None, headers: Mapping[str, str], kind: str) -> int:
    """What the body says, else Bedrock's metrics, else its headers."""
    header = headers.get(f"x-amzn-bedrock-{kind}-token-count", "")
    counts = (told, metered, int(header) if header.isdecimal() else 0)
    return next(n for n in counts if n is not None)
