"""What every runner of an agent is: it takes a turn, and yields its events up to the answer's end.

    converse        our own loop: the model plans over Converse, and we make its calls
    bedrock_agent   an agent of Bedrock: InvokeAgent plans, and Bedrock makes its calls

The rest of a turn is the same whoever runs it (`app.agent`).
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal, Protocol

from app.agent.calls import Caller
from app.agent.confirmations import Pending
from app.agent.context import AgentContext
from app.conversations import History
from app.events import Event
from app.turn import Question
from app.turn.draft import Draft
from app.turn.gate import AnswerGate


@dataclass(frozen=True, slots=True)
class AgentTurn:
    """A turn that is to be carried out.

    Attributes:
        question: as the guard lets it pass.
        history: the turns before it.
        pending: the call that the person has decided on, with which the turn begins.
        draft: collects the answer.
        caller: has the passages and the results that the answer rests on.
    """

    context: AgentContext
    question: Question
    conversation: str
    history: History
    pending: Pending | None
    draft: Draft
    caller: Caller


class AgentRun(Protocol):
    """A turn under way.

    Attributes:
        session: the session of a Bedrock agent that the turn belongs to.
        blocked: the text that the agent's own guardrail blocked. Its message is the answer.
    """

    session: str | None
    blocked: Literal["question", "answer"] | None

    def events(self, shown: AnswerGate) -> Generator[Event, None, None]:
        """The events up to the end of the answer, which is shown through the gate."""
        ...


class AgentRunner(Protocol):
    """Carries out the turns of an agent.

    Attributes:
        model_id: the model that plans and answers.
    """

    model_id: str

    def check(self, pending: Pending) -> None:
        """Make sure that this runner can go on with a call that waits.

        Raises:
            CallerError: it cannot.
        """

    def run(self, turn: AgentTurn) -> AgentRun:
        """Begin a turn."""
        ...
