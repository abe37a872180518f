"""The application's own agent over the tasks: its Converse runner, behind the default guardrail.

Each call that has to be confirmed is, as a person would.
"""

from collections.abc import Generator
from dataclasses import dataclass, field, replace

from app.agent import AgentContext, act, decide
from app.conversations import Conversations
from app.deploy.laptop.guardrail import chosen_guardrail
from app.events import Answer, Confirm, Done, Event, ToolCall
from app.guardrail import guard
from app.guardrail_definition import read_choice
from app.meter import Account, LogMeter
from app.settings import Settings
from app.turn import Question, TurnContext
from lambdas.tools.laptop import PRINCIPAL as PERSON
from tests.quality._agent_home import MODEL, Shop
from tests.quality._agent_tasks import Call, Reply


def guarded_settings(shop: Shop) -> Settings:
    """The home's settings, with Outcrop's own guardrail, which is made if it is missing."""
    chosen = chosen_guardrail(shop.home.aws.bedrock, read_choice(None))
    assert chosen
    names = {"guardrail_id": chosen[0], "guardrail_version": chosen[1]}
    return shop.home.settings.model_copy(update=names)


@dataclass
class Runner:
    """A person's conversation with the application's agent.

    Attributes:
        answers: each turn's, as it was stored.
    """

    shop: Shop
    answers: list[Answer] = field(default_factory=list)
    conversation: str | None = None

    def say(self, text: str) -> Reply:
        """The reply, with what followed from each confirmation."""
        question = Question(text, conversation=self.conversation, model=MODEL)
        calls: list[Call] = []
        events = act(question, self._context())
        while (confirm := self._take(events, calls)) is not None:
            events = decide(confirm.confirmation, confirmed=True, context=self._context())
        return Reply(self.answers[-1].answer, tuple(calls))

    def _take(self, events: Generator[Event, None, None], calls: list[Call]) -> Confirm | None:
        """Take a turn's events; the call that waits at its end."""
        waiting: Confirm | None = None
        for event in events:
            match event:
                case ToolCall():
                    calls.append(Call(event.tool, event.arguments))
                case Confirm():
                    waiting = event
                    calls.pop()  # it is made in the next turn
                case Done():
                    self.answers.append(event.answer)
                    self.conversation = event.answer.conversation_id
        return waiting

    def _context(self) -> AgentContext:
        home = self.shop.home
        settings = guarded_settings(self.shop)
        judge = guard(home.aws.bedrock_runtime, settings)
        conversations = Conversations(home.aws.s3, settings.conversations_bucket, PERSON)
        turn = TurnContext(home.aws, settings, judge, conversations, Account(LogMeter(), PERSON))
        return AgentContext.of(replace(turn, is_whole=True), tuple(self.shop.tools.values()))
