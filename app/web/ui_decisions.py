"""A person's decision on a call, as `useChat` sends it: the agent's own message comes back as the
last one, and in it the call's part has the state `approval-responded`.

    {"type": "dynamic-tool", "toolName": "..", "toolCallId": "..", "state": "approval-responded",
     "approval": {"id": the confirmation, "approved": true}, ..}
"""

from dataclasses import dataclass

from app.errors import InvalidRequest
from app.web import schemas


@dataclass(frozen=True, slots=True)
class UIDecision:
    """A decision, and the message that goes on with it.

    Attributes:
        message: the id of the agent's message.
        call: the id of the call in it that waits.
    """

    message: str
    call: str
    confirmation: str
    confirmed: bool


def decision_in(body: schemas.Question | schemas.UIQuestion) -> UIDecision | None:
    """The decision in a request; None if it asks a question.

    Raises:
        InvalidRequest: the last message is the agent's, and has not exactly one decision.
    """
    if not isinstance(body, schemas.UIQuestion) or body.messages[-1].role != "assistant":
        return None
    if body.supersedes is not None:
        raise InvalidRequest(
            "A decision on a call supersedes no turn; leave supersedes out.", field="supersedes"
        )
    last = body.messages[-1]
    parts = [part.model_extra or {} for part in last.parts]
    match [part for part in parts if part.get("state") == "approval-responded"]:
        case [
            {
                "toolCallId": str(call),
                "approval": {"id": str(confirmation), "approved": bool(confirmed)},
            }
        ]:
            return UIDecision(last.id, call, confirmation, confirmed)
    raise InvalidRequest(
        "The last message has to be the user's, or the agent's with one decision on a call: a part "
        "in the state approval-responded, with toolCallId, `approval.id` and `approval.approved`.",
        field="messages",
    )
