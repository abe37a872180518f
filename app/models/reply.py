"""A reply as it comes in, body by body, until it is whole."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from app.aws import well_formed
from app.errors import ModelFailed, StreamCut
from app.events import Usage
from app.models.content import (
    Block,
    BlockEnd,
    Completion,
    Delta,
    Reasoning,
    ReasoningDelta,
    ReplyStop,
    Text,
    TextDelta,
    ToolInputDelta,
    ToolUse,
    ToolUseStart,
)
from app.models.families.family import JSON, Family, Piece, count, string
from app.models.reasoning_tags import ReasoningTags

METRICS = "amazon-bedrock-invocationMetrics"  # in the last chunk, by Bedrock, for every family
GUARDRAIL_ACTION = "amazon-bedrock-guardrailAction"  # Bedrock's too, in any body
GUARDRAIL_TRACE = "amazon-bedrock-trace"
AUTHOR_HEADER = "x-outcrop-author"

Counts = tuple[int | None, int | None]  # tokens read, tokens written

_NONE: Counts = (None, None)
_BORDERS = (BlockEnd, ToolUseStart)  # before these, the block that is open has ended
_FAULTS = (LookupError, TypeError, AttributeError, ValueError, RecursionError)  # of a body
_DECODER = json.JSONDecoder()

UsageObserver = Callable[[Usage], None]


def ignore(_usage: Usage) -> None:
    """The observer of a call that nobody meters."""


class PartialReply:
    """The state of a reply: its blocks so far, why it stopped, and whether it is whole.

    >>> from app.models.families.mistral import MISTRAL
    >>> reply = PartialReply("mistral.example", MISTRAL)
    >>> reply.add(b'{"outputs": [{"text": " Hello", "stop_reason": null}]}', MISTRAL.chunk)
    (TextDelta(text='Hello'),)
    >>> reply.whole
    False
    >>> reply.add(b'{"outputs": [{"text": "!", "stop_reason": "stop"}]}', MISTRAL.chunk)
    (TextDelta(text='!'),)
    >>> reply.rest()
    (BlockEnd(),)
    >>> reply.completion({"x-amzn-bedrock-input-token-count": "7"}).text
    'Hello!'

    Args:
        model_id: what the model is called in errors.
        tools: whether it was offered tools; a call of one that was not is a failure.
        observe: learns of the tokens that the bodies have counted so far.
    """

    def __init__(
        self,
        model_id: str,
        family: Family,
        *,
        tools: bool = False,
        observe: UsageObserver = ignore,
    ) -> None:
        self.whole = False
        self._observe = observe
        self._model_id = model_id
        self._family = family
        self._tools = tools
        self._tags = ReasoningTags(family.reasoning)
        self._blocks: list[Block] = []
        self._open: _OpenBlock | None = None
        self._unreadable: str | None = None  # the tool whose input is no JSON object
        self._stop: str | None = None
        self._in_body: Counts = _NONE
        self._in_metrics: Counts = _NONE
        self._intervened: bool | None = None  # as long as no body says
        self._trace: Mapping[str, Any] | None = None

    def add(self, data: bytes, read: Callable[[JSON], Piece]) -> tuple[Delta, ...]:
        """Take in a body, and return what it adds to the blocks.

        Raises:
            ModelFailed: where it is not a body of this family.
        """
        try:
            return self._add(_parsed(data), read)
        except _FAULTS as error:
            raise self._misread(error) from error

    def add_body(self, body: JSON, read: Callable[[JSON], Piece]) -> tuple[Delta, ...]:
        """As `add`, of a body that is parsed already."""
        try:
            return self._add(body, read)
        except _FAULTS as error:
            raise self._misread(error) from error

    def _add(self, body: JSON, read: Callable[[JSON], Piece]) -> tuple[Delta, ...]:
        piece = read(body)
        self._note(body)
        try:
            return tuple(self._take(piece))
        finally:
            if usage := self._usage_so_far():
                self._observe(usage)

    def _misread(self, error: Exception) -> ModelFailed:
        return ModelFailed(
            f"{self._model_id} answered with something that is not of the family "
            f"{self._family.name}: {type(error).__name__}: {error}."
        )

    def rest(self) -> tuple[Delta, ...]:
        """What was held back because it looked like the beginning of a tag, and the last end."""
        held = (*self._tags.rest(), BlockEnd())
        return tuple(delta for each in held for delta in self._build(each))

    def completion(self, headers: Mapping[str, str]) -> Completion:
        """The reply, complete. `headers` are the response's, by lower-case name.

        Raises:
            StreamCut: where the terminal chunk never came.
            ModelFailed: where the reply ended in a way that is no end.
        """
        self.rest()
        if not self.whole:
            raise StreamCut(f"The stream of {self._model_id} ended before the answer did.")
        stop_reason = self._stop_reason()
        if self._unreadable is not None and stop_reason not in ("length", "guardrail"):
            raise ModelFailed(
                f"{self._model_id} called the tool {self._unreadable!r} with an input that is not "
                "a JSON object."
            )
        return Completion(
            content=tuple(self._blocks),
            stop_reason=stop_reason,
            usage=Usage(
                _tokens(self._in_body[0], self._in_metrics[0], headers, "input"),
                _tokens(self._in_body[1], self._in_metrics[1], headers, "output"),
            ),
            trace=self._trace,
            author=_author(headers),
            intervened=self._intervened,
        )

    def _usage_so_far(self) -> Usage | None:
        """The tokens that the bodies have counted; None as long as they have counted none."""
        if self._in_body == self._in_metrics == _NONE:
            return None
        pairs = zip(self._in_body, self._in_metrics, strict=True)
        read, written = (body if body is not None else metrics for body, metrics in pairs)
        return None if read is None and written is None else Usage(read or 0, written or 0)

    def _note(self, body: JSON) -> None:
        """What Bedrock itself adds to a body; for Claude's first chunk, to the message in it."""
        for part in (body, body.get("message")):
            if isinstance(part, dict):
                if METRICS in part:
                    metrics = part[METRICS]
                    counts = metrics.get("inputTokenCount"), metrics.get("outputTokenCount")
                    self._in_metrics = _later(self._in_metrics, counts)
                if action := part.get(GUARDRAIL_ACTION):
                    self._intervened = bool(self._intervened) or action == "INTERVENED"
                self._trace = part.get(GUARDRAIL_TRACE, self._trace)

    def _take(self, piece: Piece) -> Iterator[Delta]:
        stopped = self._stop is not None
        if piece.stop is not None:
            self._stop = string(piece.stop)
        self._in_body = _later(self._in_body, (piece.input_tokens, piece.output_tokens))
        self._trace = piece.trace or self._trace
        self.whole |= piece.last
        for delta in piece.deltas:
            if stopped and not isinstance(delta, BlockEnd):
                raise ValueError("there is text after the end")
            if isinstance(delta, TextDelta):
                parts = self._tags.add(delta.text)
            else:
                parts = (*self._tags.rest(), delta)
            for part in parts:
                yield from self._build(part)

    def _build(self, delta: Delta) -> Iterator[Delta]:
        """Add a delta to the block that is open, or to a new one."""
        if isinstance(delta, _BORDERS) or not self._fits(delta):
            yield from self._end()
        if isinstance(delta, BlockEnd):
            return
        if self._open is None:
            self._open = _OpenBlock.begun_by(delta)
            if isinstance(delta, ToolUseStart):
                yield delta
        yield from self._open.add(delta)

    def _fits(self, delta: Delta) -> bool:
        return self._open is None or isinstance(delta, self._open.kind)

    def _end(self) -> Iterator[Delta]:
        """End the block that is open, if one is."""
        if self._open is None:
            return
        block, self._open = self._open, None
        yield from block.rest()
        if built := block.build():
            self._blocks.append(built)
        elif block.tool:
            self._unreadable = block.tool.name
        yield BlockEnd()

    def _stop_reason(self) -> ReplyStop:
        if self._intervened or self._stop == "guardrail_intervened":
            return "guardrail"
        reason = self._family.stops.get(self._stop or "")
        if reason is None or (reason == "tool_use" and not self._tools):
            raise ModelFailed(f"{self._model_id} stopped without an answer: {self._stop}.")
        return reason


@dataclass(slots=True)
class _OpenBlock:
    """A block that is being written.

    Attributes:
        kind: the deltas that belong to it.
        tool: which call of a tool it is; None for text and reasoning.
        half: of a character, whose other half the next piece may begin with.
    """

    kind: type[TextDelta | ReasoningDelta | ToolInputDelta]
    tool: ToolUseStart | None = None
    parts: list[str] = field(default_factory=list)
    half: str = ""
    signature: str | None = None
    redacted: bytes | None = None

    @classmethod
    def begun_by(cls, delta: Delta) -> "_OpenBlock":
        match delta:
            case TextDelta() | ReasoningDelta():
                return cls(type(delta))
            case ToolUseStart(id=id_, name=name) if id_ and name:
                return cls(ToolInputDelta, delta)
        raise ValueError("a call of a tool has no id, no name or no beginning")

    def add(self, delta: Delta) -> Iterator[Delta]:
        """Take a delta in, and yield it in whole characters."""
        match delta:
            case TextDelta(text=text):
                if text := self._characters(text):
                    yield TextDelta(text)
            case ToolInputDelta(json=text):
                if text := self._characters(text):
                    yield ToolInputDelta(text)
            case ReasoningDelta(text=text):
                self.signature = delta.signature or self.signature
                self.redacted = delta.redacted or self.redacted
                whole = replace(delta, text=self._characters(text))
                if whole != ReasoningDelta():
                    yield whole

    def rest(self) -> Iterator[Delta]:
        """A half of a character whose other half never came, as the sign for such."""
        if self.half:
            broken, self.half = well_formed(self.half), ""
            self.parts.append(broken)
            yield self.kind(broken)

    def build(self) -> Block | None:
        """The block; None where it says nothing, or a tool's input cannot be read."""
        written = "".join(self.parts)
        if self.tool:
            return _tool_use(self.tool, written)
        if self.kind is TextDelta:
            return Text(written) if written else None
        reasoning = Reasoning(written, self.signature, self.redacted)
        return reasoning if reasoning != Reasoning() else None

    def _characters(self, text: str) -> str:
        """The text in whole characters: a stream may cut between the halves of one."""
        text = self.half + text
        self.half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        text = well_formed(text.removesuffix(self.half))
        self.parts.append(text)
        return text


def _parsed(data: bytes) -> JSON:
    """A body. One that begins so is in UTF-8; else json looks which encoding it is, and what that
    takes adds up over the chunks of a stream.
    """
    if data.startswith(b'{"'):
        body: JSON = _DECODER.decode(data.decode("utf-8", "surrogatepass"))
    else:
        body = json.loads(data)
    return body


def _tool_use(tool: ToolUseStart, written: str) -> ToolUse | None:
    """The call with its input; a tool that takes nothing is called with nothing."""
    try:
        arguments: Any = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return None
    return ToolUse(tool.id, tool.name, arguments) if isinstance(arguments, dict) else None


def _later(before: Counts, now: Counts) -> Counts:
    """The counts as they stand now: each is cumulative, and not every chunk has it."""
    if now == _NONE:
        return before
    read, written = (
        count(new) if new is not None else old for old, new in zip(before, now, strict=True)
    )
    return read, written


def _author(headers: Mapping[str, str]) -> str | None:
    """Who wrote the reply, by a header that only a stand-in sends; percent-encoded UTF-8.

    >>> _author({"x-outcrop-author": "stand-in"})
    'stand-in'
    """
    author = headers.get(AUTHOR_HEADER)
    return unquote(author) if author else None


def _tokens(
    in_body: int | None, in_metrics: int | None, headers: Mapping[str, str], kind: str
) -> int:
    """What the body says, else Bedrock's metrics, else its headers."""
    header = headers.get(f"x-amzn-bedrock-{kind}-token-count", "")
    counts = (in_body, in_metrics, int(header) if header.isdecimal() else 0)
    return next(n for n in counts if n is not None)
