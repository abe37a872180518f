"""A question, and the way in which to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.models import Message, Prompt


@dataclass(frozen=True, slots=True)
class Sampling:
    """A caller's wishes for how the model draws the answer. None leaves a value to Outcrop.

    Attributes:
        temperature: 0 for the likeliest answer, more for variety.
        top_p: draw from the likeliest tokens that together have this probability.
        top_k: draw from this many likeliest tokens.
        max_tokens: the longest answer, in tokens; the settings' own limit holds as well.
        stop: texts that end the answer, and are not part of it.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()

    def apply(self, prompt: Prompt) -> Prompt:
        """The prompt with this sampling. A caller's `top_p` replaces Outcrop's temperature, because
        some models take only one of the two.
        """
        ours = prompt.temperature if self.top_p is None else None
        longest = prompt.max_tokens if self.max_tokens is None else self.max_tokens
        return replace(
            prompt,
            temperature=ours if self.temperature is None else self.temperature,
            top_p=self.top_p,
            top_k=self.top_k,
            max_tokens=min(longest, prompt.max_tokens),
            stop=self.stop,
        )


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation that the caller keeps, and sends along whole with each question.

    Attributes:
        messages: the messages before the question, oldest first.
        instructions: the caller's instructions to the model, beside Outcrop's own rules.
    """

    messages: tuple[Message, ...] = ()
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Whose place a question takes: a turn of the conversation's thread, and all after it.

    Attributes:
        field: what names the turn in the request.
        turn: the turn's number.
        message: in place of the number, the id that the client gave to the turn's question.
        is_required: whether there has to be such a turn. If not, and its answer failed, so that it
            was never stored, the question is the next one.
        is_whole: whether the turn is meant as its reader sees it: with the question before it, if
            it is what came of a decision on a call.
    """

    field: str
    turn: int | None = None
    message: str | None = None
    is_required: bool = True
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the way in which to answer it.

    Attributes:
        conversation: the id of the conversation to go on with; None begins a new one.
        known: whether that conversation has to exist already.
        model: the id of the model that answers; None is the settings' model.
        retrieval_filter: Bedrock's RetrievalFilter: the documents that may be used.
        sampling: how the answer is drawn.
        dialogue: the conversation so far, if the caller keeps it. Then `conversation` is None, no
            earlier turn is read, and the turn is not stored.
        message: the id that the client gave to the question; it is stored with it.
        replacement: whose place the question takes; None makes it the conversation's next.
    """

    text: str
    conversation: str | None = None
    known: bool = False
    model: str | None = None
    retrieval_filter: Mapping[str, Any] | None = None
    sampling: Sampling = Sampling()
    dialogue: Dialogue | None = None
    message: str | None = None
    replacement: Replacement | None = None
