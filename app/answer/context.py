"""A question, and the context in which a turn answers it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from app.answer.decompose import decompose, fuse
from app.aws import Clients, side_by_side
from app.conversations import Conversations
from app.events import GuardrailMode
from app.guardrail import Guard
from app.meter import Account
from app.models import Message, Prompt
from app.models.calls import GuardrailConfiguration
from app.models.tags import new_suffix
from app.retrieval import Retriever, Screening, implicit_filter
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Sampling:
    """A caller's wishes for how the model draws the answer. None leaves a value to Outcrop.

    Attributes:
        temperature: 0 for the likeliest answer, more for variety.
        top_p: draw from the likeliest tokens that together have this probability.
        max_tokens: the longest answer, in tokens; the settings' own limit holds as well.
        stop: texts that end the answer, and are not part of it.
    """

    temperature: float | None = None
    top_p: float | None = None
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
    """

    text: str
    conversation: str | None = None
    known: bool = False
    model: str | None = None
    retrieval_filter: Mapping[str, Any] | None = None
    sampling: Sampling = Sampling()
    dialogue: Dialogue | None = None


@dataclass(frozen=True, slots=True)
class TurnContext:
    """The services and settings for the turns of one principal.

    Attributes:
        is_whole: whether the reader gets the whole answer at once. Then it is judged once.
    """

    clients: Clients
    settings: Settings
    guard: Guard
    conversations: Conversations
    account: Account
    is_whole: bool = False

    @property
    def guardrail_mode(self) -> GuardrailMode | None:
        """When the answer is judged; None without a guardrail."""
        if not self.settings.guardrail_id:
            return None
        return "buffer" if self.is_whole else self.settings.guardrail_mode

    def carried_guardrail(self) -> GuardrailConfiguration | None:
        """The guardrail that the model's call carries, by a suffix of its own; None if the guard
        judges the answer.
        """
        settings = self.settings
        if not settings.guardrail_id or settings.guardrail_api == "apply":
            return None
        return GuardrailConfiguration(
            settings.guardrail_id,
            settings.guardrail_version,
            trace=True,
            suffix=new_suffix(),
            is_asynchronous=self.guardrail_mode == "verdict",
        )

    def search(self, query: str, retrieval_filter: Mapping[str, Any] | None) -> Screening:
        """The passages that an answer may use. If the query compares two things, Retrieve is asked
        for each as well, at the same time, and the best passages of all are taken in turn.
        """
        retriever = Retriever(
            self.clients.bedrock_agent_runtime,
            self.settings.knowledge_base_id,
            self.guard,
            self.account,
            self.settings.rerank_model_id,
            self.settings.patience_seconds,
            implicit_filter(self.settings),
        )
        limit = self.settings.passages
        searches = [
            partial(
                retriever.passages,
                each,
                limit=limit,
                search_type=self.settings.searches,
                retrieval_filter=retrieval_filter,
            )
            for each in decompose(query)
        ]
        screenings = side_by_side(searches, len(searches))
        return screenings[0] if len(screenings) == 1 else fuse(screenings, limit)
