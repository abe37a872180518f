"""An agent's turns over a scripted model, with tools that keep the calls which reach them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from app.agent import AgentContext
from app.aws import clients
from app.conversations import Conversations
from app.events import Done, Event
from app.guardrail import Unguarded
from app.meter import Account
from app.tools import Outcome, Output, Tool
from app.turn import Answer, TurnContext
from tests.local.home import Home
from tests.test_meter import Recorder
from tests.web.backend import BUCKET, Backend, settings

ORDER_ID = {"order_id": {"type": "string", "description": "Which order.", "minLength": 1}}
SCHEMA = {
    "type": "object",
    "properties": ORDER_ID,
    "required": ["order_id"],
    "additionalProperties": False,
}


@dataclass
class Desk:
    """Two tools, and the calls that have reached them.

    Attributes:
        says: what each call comes to, or raises, by its tool; a text by default.
    """

    says: dict[str, Outcome | Exception] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)

    @property
    def tools(self) -> tuple[Tool, ...]:
        return (
            self._tool("order_status", "Tell the status of an order."),
            self._tool("cancel_order", "Cancel an order.", confirms=True),
        )

    def _tool(self, name: str, description: str, *, confirms: bool = False) -> Tool:
        def call(arguments: Any, session: Any) -> Outcome:
            self.calls.append((name, dict(arguments), dict(session)))
            outcome = self.says.get(name, Output('{"status": "shipped"}'))
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        return Tool(name, description, SCHEMA, call, confirms)

    @property
    def arguments(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, arguments) for name, arguments, _ in self.calls]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def turns(running: tuple[Backend, Home]) -> TurnContext:  # noqa: ARG001
    aws = clients(20)
    conversations = Conversations(aws.s3, BUCKET, "ada")
    return TurnContext(aws, settings(), Unguarded(), conversations, Account(Recorder(), "ada"))


@pytest.fixture
def context(turns: TurnContext, backend: Backend, desk: Desk) -> AgentContext:  # noqa: ARG001
    return AgentContext.of(replace(turns, account=Account(Recorder(), "ada")), desk.tools)


def done(events: Sequence[Event]) -> Answer:
    last = events[-1]
    assert isinstance(last, Done), last
    return last.answer
