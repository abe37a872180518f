"""What a turn is made with, asked for, and has so far: what its steps pass on to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.local.bedrock_agent_runtime.agents import lambdas
from app.local.bedrock_agent_runtime.agents.agent import InvokedAgent
from app.local.bedrock_agent_runtime.agents.files import SessionFiles
from app.local.bedrock_agent_runtime.agents.model_reply import ModelReply
from app.local.bedrock_agent_runtime.agents.overrides import StepPrompt
from app.local.bedrock_agent_runtime.agents.parser_lambda import ParserResponse, event
from app.local.bedrock_agent_runtime.agents.sessions import AgentSession, SessionSummary
from app.local.bedrock_agent_runtime.agents.steps import CallResult, Exchange, Step
from app.local.bedrock_agent_runtime.agents.traces import Traces
from app.local.engine.writer import Document, Model
from app.local.judgement import Judge
from app.local.wire import JSON, WaitingHandler


class LookUp(Protocol):
    """Searches a Knowledge Base, as Retrieve does."""

    async def __call__(self, base: str, query: str, configuration: JSON | None) -> list[JSON]:
        """The `retrievedReferences` for a query.

        Raises:
            ServiceError: as Retrieve's.
        """
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What a turn calls."""

    writer: Model
    invoke: WaitingHandler
    look_up: LookUp
    judge: Judge
    files: SessionFiles


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """A request for a turn.

    Attributes:
        text: what the user says; empty if `returned` answers a return of control.
        returned: the session state with the results of operations.
        prompt_attributes: `promptSessionAttributes`, for this turn alone.
        retrieval: configurations of lookups, by Knowledge Base.
        traced: whether the caller wants traces.
        interval: the fewest characters of a piece, where the answer comes in pieces; else None.
        files: what its files have to say, beside the text.
        turns: how many earlier exchanges the model is shown; None for all.
        memory: summaries of earlier sessions with the same memory, the latest first.
        request_id: of the HTTP request.
    """

    session: str
    text: str
    returned: JSON | None
    prompt_attributes: Mapping[str, str]
    retrieval: Mapping[str, JSON]
    traced: bool
    interval: int | None
    files: tuple[Document, ...]
    turns: int | None
    memory: Sequence[SessionSummary]
    request_id: str


@dataclass(slots=True)
class TurnState:
    """A turn as it goes on.

    Attributes:
        session: what to keep of it, as far as it is known.
        steps: what the model called, and what came of it.
    """

    services: Services
    agent: InvokedAgent
    request: TurnRequest
    session: AgentSession
    traces: Traces
    steps: list[Step] = field(default_factory=list)

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """What was said before, as far as the model is to see it."""
        exchanges = self.session.exchanges
        if self.request.turns is None:
            return exchanges
        return exchanges[max(0, len(exchanges) - self.request.turns) :]

    def add(self, result: CallResult) -> None:
        """Add a result to the last step, in the order of its calls."""
        step = self.steps[-1]
        order = [call.id for call in step.calls]
        results = sorted((*step.results, result), key=lambda one: order.index(one.id))
        self.steps[-1] = replace(step, results=tuple(results))

    def take(self, response: lambdas.FunctionResponse) -> None:
        """Go on with what a function wants attributes and lookups to be."""
        if response.session_attributes is not None:
            attributes = dict(response.session_attributes)
            self.session = replace(self.session, attributes=attributes)
        request = self.request
        if response.prompt_session_attributes is not None:
            request = replace(request, prompt_attributes=response.prompt_session_attributes)
        if response.retrieval is not None:
            request = replace(request, retrieval={**request.retrieval, **response.retrieval})
        self.request = request

    async def parse(self, step: StepPrompt, reply: ModelReply) -> ParserResponse | None:
        """What the agent's own parser says of a reply; None where the default one reads it.

        Raises:
            ServiceError: DependencyFailedException: the function fails.
        """
        if step.parser is None:
            return None
        response = await lambdas.invoke(
            self.services.invoke,
            step.parser,
            event(self.agent, step.kind, reply.raw),
            self.request.request_id,
        )
        return ParserResponse(step.parser, step.kind, response)
