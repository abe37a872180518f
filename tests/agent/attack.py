"""One attack, by a hostile model or by a hostile agent of Bedrock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.local.faults import Fault

Reply = TypeVar("Reply")


@dataclass(frozen=True)
class Attack(Generic[Reply]):
    """What is sent in one turn.

    Attributes:
        id: says what it is.
        script: the replies, one for each call of the model or the agent.
        decision: what the person has decided on an honest call that waited: the turn begins with
            that. None for a turn that begins with a question.
        fault: of the wire, meanwhile.
    """

    id: str
    script: Sequence[Reply]
    decision: bool | None = None
    fault: Fault | None = None
