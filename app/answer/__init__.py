"""FLOW  question -- guard -- rewrite -- Retrieve -- prompt -- InvokeModel stream -- cite -- guard

A turn of a conversation, as events:

    Started                        in which conversation, by which model
    Retrieval                      what was looked for, and found
    Text  Citation  Text  ...      the answer as the model writes it, its marks resolved
    Guardrail                      only if the guardrail masked or blocked question or answer
    Usage  Done                    the turn is stored; or Error, and nothing of it is

Each stage is a file of this package; `rewrite`, `prompt` and `cite` are pure.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from app import models
from app.answer.cite import cite, moved, unmarked
from app.answer.collect import Answer, collect
from app.answer.ending import ended
from app.answer.prompt import ABSTENTION, MEMORY, answer_prompt
from app.answer.rewrite import rewrite
from app.aws import Clients, cancellation
from app.conversations import Conversations, History, StoredTurn, new_id
from app.errors import NotFound
from app.events import Done, Event, Guardrail, Retrieval, Started, StopReason, Text, Usage
from app.guardrail import Guard
from app.meter import Account
from app.models import (
    Completion,
    Delta,
    Message,
    Model,
    Prompt,
    TextDelta,
    assistant,
    user,
)
from app.models import Text as TextBlock
from app.retrieval import Retriever
from app.retrieval.screening import Screening
from app.settings import Settings

__all__ = ["Answer", "Means", "Question", "answer", "collect"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and where.

    Attributes:
        conversation: the one to go on with; a new one begins where there is none.
        known: whether the conversation has to be there already.
        model: which model is to answer; the settings' by default.
        retrieval_filter: Bedrock's RetrievalFilter: which documents may be used.
    """

    text: str
    conversation: str | None = None
    known: bool = False
    model: str | None = None
    retrieval_filter: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What a turn needs to be answered with."""

    clients: Clients
    settings: Settings
    guard: Guard
    conversations: Conversations
    account: Account


def answer(question: Question, means: Means) -> Generator[Event, None, None]:
    """The events of one turn; the last is Done or Error, and no other is.

    Raises:
        CallerError: at once, before the first event: the model or the conversation is not known.
    """
    settings = means.settings
    model = models.find(question.model or settings.model_id, settings.base_model_id)
    conversation = question.conversation or new_id()
    history = History(0, ())
    if question.conversation:
        history = means.conversations.history(question.conversation, MEMORY)
    if question.known and not history.turns:
        raise NotFound(
            f"There is no conversation {conversation!r}. Leave it out to begin a new one.",
            field="conversationId",
        )
    turn = _turn(question, _Writer(means, model), conversation, history, means)
    return ended(turn)


def _turn(
    question: Question,
    writer: "_Writer",
    conversation: str,
    history: History,
    means: Means,
) -> Iterator[Event]:
    yield Started(conversation, writer.model.id)

    verdict = means.guard.question(question.text)
    if verdict.action != "none":
        yield Guardrail("question", verdict.action, verdict.text, verdict.reason)
    if verdict.action == "blocked":  # what the guardrail keeps out is not stored either
        yield from (Usage(0, 0), Done(None, "guardrail"))
        return
    asked = verdict.text

    said = [turn for stored in history.turns for turn in _turns(stored)]
    query, spent = rewrite(asked, said, writer.whole)
    screening = _retrieve(query, question, means)
    passages = screening.passages
    yield from screening.interventions
    yield Retrieval(query, passages)

    prompt = answer_prompt(asked, said, passages)
    text, citations = "", []
    with closing(writer.stream(prompt) if passages else _nothing_found()) as stream:
        reply = _Reply(stream)
        for event in cite(reply, passages):
            if isinstance(event, Text):
                text += event.text
            else:
                citations.append(event)
            yield event

    verdict = means.guard.answer(text, query, passages)
    if verdict.action != "none":
        yield Guardrail("answer", verdict.action, verdict.text, verdict.reason)
        kept = citations if verdict.action == "masked" else []
        text, citations = verdict.text, moved(kept, text, verdict.text)

    usage = spent + reply.completion.usage
    stored = StoredTurn(asked, text, tuple(citations), usage, writer.model.id)
    cancellation().commit()  # a turn that may be stored is not broken off any more
    means.conversations.append(conversation, history, stored)
    yield usage
    stop = "guardrail" if verdict.action == "blocked" else reply.stop_reason
    yield Done(history.number, stop)


def _retrieve(query: str, question: Question, means: Means) -> Screening:
    retriever = Retriever(
        means.clients.bedrock_agent_runtime,
        means.settings.knowledge_base_id,
        means.guard,
        means.account,
    )
    return retriever.passages(
        query,
        limit=means.settings.passages,
        search_type=means.settings.searches,
        retrieval_filter=question.retrieval_filter,
    )


def _turns(stored: StoredTurn) -> tuple[Message, Message]:
    """A turn as the model is shown it: its marks meant passages that are not there any more."""
    answer = unmarked(stored.answer, stored.citations)
    return user(stored.question), assistant(answer)


@dataclass(frozen=True, slots=True)
class _Writer:
    """The model that a turn is written by, asked in the way that it can be."""

    means: Means
    model: Model

    def whole(self, prompt: Prompt) -> Completion:
        with self.means.account.call(self.model.id, "rewrite") as call:
            completion = models.invoke(
                self.means.clients.bedrock_runtime, self.model, self._fitted(prompt)
            )
            call.usage = completion.usage
        return completion

    def stream(self, prompt: Prompt) -> Generator[Delta | Completion, None, None]:
        parts = models.stream(self.means.clients.bedrock_runtime, self.model, self._fitted(prompt))
        with self.means.account.call(self.model.id, "answer") as call, closing(parts):
            for part in parts:
                if isinstance(part, Completion):
                    call.usage = part.usage
                yield part

    def _fitted(self, prompt: Prompt) -> Prompt:
        """Our own wishes give way to what the model takes: nobody asked for them by name."""
        longest = min(prompt.max_tokens, self.means.settings.max_tokens)
        return replace(
            prompt,
            max_tokens=min(longest, self.model.facts.output or longest),
            temperature=prompt.temperature if "temperature" in self.model.facts.takes else None,
        )


class _Reply:
    """The words of a reply, to be read once; `completion` is there when they have been.

    Only its Text blocks are the answer: reasoning is not shown and not stored.
    """

    def __init__(self, stream: Iterable[Delta | Completion]) -> None:
        self._stream = stream
        self.completion = Completion((), "end", Usage(0, 0))

    def __iter__(self) -> Iterator[str]:
        for part in self._stream:
            match part:
                case TextDelta(text=text):
                    yield text
                case Completion():
                    self.completion = part

    @property
    def stop_reason(self) -> StopReason:
        """Why the answer ends. No tools are offered, so it never ends to call one."""
        stop = self.completion.stop_reason
        if stop == "tool_use":
            raise AssertionError("a tool was called that was not offered")
        return stop


def _nothing_found() -> Generator[Delta | Completion, None, None]:
    """The answer when there is nothing to answer from: no model is asked."""
    yield TextDelta(ABSTENTION)
    yield Completion((TextBlock(ABSTENTION),), "end", Usage(0, 0))
