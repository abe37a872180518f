"""The services and settings with which a turn is answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.aws import Clients, side_by_side
from app.conversations import Conversations
from app.events import GuardrailMode
from app.guardrail import Guard
from app.meter import Account
from app.models.calls import GuardrailConfiguration
from app.models.tags import new_suffix
from app.prompts import Template
from app.prompts.catalogue import TEMPLATES
from app.prompts.library import PromptLibrary
from app.retrieval import Retriever, Screening, implicit_filter
from app.retrieval.decompose import decompose, fuse
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class TurnContext:
    """The services and settings for the turns of one principal.

    Attributes:
        is_whole: whether the reader gets the whole answer at once. Then it is judged once.
        prompts: the templates of what models are asked; without it, the application's own.
    """

    clients: Clients
    settings: Settings
    guard: Guard
    conversations: Conversations
    account: Account
    is_whole: bool = False
    prompts: PromptLibrary | None = None

    def template(self, name: str) -> Template:
        """The template of this name.

        Raises:
            OperatorError: it is a stored one that is missing or cannot be used.
            BackendError: it is a stored one that cannot be read.
        """
        return self.prompts.template(name) if self.prompts else TEMPLATES[name]

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
