"""The question of a turn, and what the turn needs to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.aws import Clients
from app.conversations import Conversations
from app.guardrail import Guard
from app.meter import Account
from app.retrieval import Retriever, Screening
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and where it is asked.

    Attributes:
        conversation: the id of the conversation to go on with; None begins a new one.
        known: whether that conversation has to exist already.
        model: the id of the model that is to answer; None is the settings' model.
        retrieval_filter: Bedrock's RetrievalFilter: which documents may be used.
    """

    text: str
    conversation: str | None = None
    known: bool = False
    model: str | None = None
    retrieval_filter: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TurnContext:
    """What a turn needs to answer a question of one principal."""

    clients: Clients
    settings: Settings
    guard: Guard
    conversations: Conversations
    account: Account

    def search(self, query: str, retrieval_filter: Mapping[str, Any] | None) -> Screening:
        """The passages that an answer may draw on."""
        retriever = Retriever(
            self.clients.bedrock_agent_runtime,
            self.settings.knowledge_base_id,
            self.guard,
            self.account,
        )
        return retriever.passages(
            query,
            limit=self.settings.passages,
            search_type=self.settings.searches,
            retrieval_filter=retrieval_filter,
        )
