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
from app.events import Done, Event, Guardrail, Retrieval, Started, Text, Usage
from app.guardrail import Guard
from app.meter import Account
from app.models import Completion, Prompt, Turn
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
    model_id = question.model or means.settings.model_id
    model = models.find(model_id, means.settings.base_model_id)
    conversation = question.conversation or new_id()
    history = History(0, ())
    if question.conversation:
        history = means.conversations.history(question.conversation, MEMORY)
    if question.known and not history.turns:
        raise NotFound(
            f"There is no conversation {conversation!r}. Leave it out to begin a new one.",
            field="conversationId",
        )
    turn = _turn(question, _Writer(means, model_id, model), conversation, history, means)
    return ended(turn)


def _turn(
    question: Question,
    writer: "_Writer",
    conversation: str,
    history: History,
    means: Means,
) -> Iterator[Event]:
    yield Started(conversation, writer.model_id)

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
    stored = StoredTurn(asked, text, tuple(citations), usage, writer.model_id)
    cancellation().commit()  # a turn that may be stored is not broken off any more
    means.conversations.append(conversation, history, stored)
    yield usage
    stop = "guardrail" if verdict.action == "blocked" else reply.completion.stop_reason
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


def _turns(stored: StoredTurn) -> tuple[Turn, Turn]:
    """A turn as the model is shown it: its marks meant passages that are not there any more."""
    answer = unmarked(stored.answer, stored.citations)
    return Turn("user", stored.question), Turn("assistant", answer)


@dataclass(frozen=True, slots=True)
class _Writer:
    """The model that a turn is written by, asked in the way that it can be."""

    means: Means
    model_id: str
    model: models.Model

    def whole(self, prompt: Prompt) -> Completion:
        with self.means.account.call(self.model_id, "rewrite") as call:
            completion = models.invoke(
                self.means.clients.bedrock_runtime,
                self.model_id,
                self._fitted(prompt),
                base_model_id=self.means.settings.base_model_id,
            )
            call.usage = completion.usage
        return completion

    def stream(self, prompt: Prompt) -> Generator[str | Completion, None, None]:
        pieces = models.stream(
            self.means.clients.bedrock_runtime,
            self.model_id,
            self._fitted(prompt),
            base_model_id=self.means.settings.base_model_id,
        )
        with self.means.account.call(self.model_id, "answer") as call, closing(pieces):
            for piece in pieces:
                if isinstance(piece, Completion):
                    call.usage = piece.usage
                yield piece

    def _fitted(self, prompt: Prompt) -> Prompt:
        """Our own wishes give way to what the model takes: nobody asked for them by name."""
        longest = min(prompt.max_tokens, self.means.settings.max_tokens)
        return replace(
            prompt,
            max_tokens=min(longest, self.model.output or longest),
            temperature=prompt.temperature if "temperature" in self.model.takes else None,
        )


class _Reply:
    """A stream's pieces, to be read once; `completion` is there when they have been."""

    def __init__(self, stream: Iterable[str | Completion]) -> None:
        self._stream = stream
        self.completion = Completion("", "end", Usage(0, 0))

    def __iter__(self) -> Iterator[str]:
        for piece in self._stream:
            if isinstance(piece, Completion):
                self.completion = piece
            else:
                yield piece


def _nothing_found() -> Generator[str | Completion, None, None]:
    """The answer when there is nothing to answer from: no model is asked."""
    yield ABSTENTION
    yield Completion(ABSTENTION, "end", Usage(0, 0))
