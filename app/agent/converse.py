"""The runner over Converse: our own loop asks the model, and makes its calls (`loop`)."""

from collections.abc import Generator
from typing import Literal

from app import models
from app.agent.confirmations import Pending
from app.agent.context import AgentContext
from app.agent.loop import Loop
from app.agent.prompt import Conversation, messages_of
from app.agent.runner import AgentTurn
from app.events import Event
from app.models import Prompt, ToolSpecification, user
from app.models.allowed import allowed, check_allowed
from app.models.converse import CONVERSE
from app.turn.gate import AnswerGate
from app.turn.model import TurnModel


class ConverseRunner:
    """Runs turns with one model.

    Raises:
        CallerError: there is no such model, it may not be called, or it calls no tools.
    """

    def __init__(self, model_id: str | None, context: AgentContext) -> None:
        settings = context.turn.settings
        model_id = model_id or settings.model_id
        check_allowed(model_id, allowed(settings))
        model = models.find(model_id, settings.base_model_id)
        tools = tuple(
            ToolSpecification(one.name, one.description, one.input_schema)
            for one in context.all_tools
        )
        model.check(Prompt((user("."),), tools=tools, max_tokens=1), CONVERSE)
        self.model_id = model_id
        self._model = TurnModel(
            context.turn.clients.bedrock_runtime, model, context.turn.account, settings.max_tokens
        )

    def check(self, pending: Pending) -> None:
        """Any call that waits can be made here: its stored turn has all of it."""

    def run(self, turn: AgentTurn) -> "ConverseRun":
        """Begin a turn."""
        return ConverseRun(self._model, turn)


class ConverseRun:
    """One turn."""

    session: str | None = None
    blocked: Literal["question", "answer"] | None = None

    def __init__(self, model: TurnModel, turn: AgentTurn) -> None:
        self._model, self._turn = model, turn

    def events(self, shown: AnswerGate) -> Generator[Event, None, None]:
        """The events up to the end of the answer."""
        turn = self._turn
        loop = Loop(
            self._model,
            turn.context,
            Conversation(messages_of(turn.history.turns), turn.question.text),
            turn.caller,
            turn.draft,
            shown,
            turn.question.sampling,
        )
        yield from loop.run(turn.pending, (turn.conversation, turn.history.number))
