"""A person's decision on a call, as `useChat` sends it: the agent's own message comes back as the
last one, and in it the call's part has the state `approval-responded`.

    {"type": "dynamic-tool", "toolName": "..", "toolCallId": "..", "state": "approval-responded",
     "approval": {"id": the confirmation, "approved": true}, ..}
"""

from app.errors import InvalidRequest
from app.web import schemas


def decision_in(last: schemas.UIMessage) -> tuple[str, bool] | None:
    """The confirmation's id and whether it is confirmed; None if the message is the user's.

    Raises:
        InvalidRequest: the message is the agent's, and has not exactly one decision.
    """
    if last.role != "assistant":
        return None
    approvals = [
        (part.model_extra or {}).get("approval")
        for part in last.parts
        if (part.model_extra or {}).get("state") == "approval-responded"
    ]
    match approvals:
        case [{"id": str(confirmation), "approved": bool(confirmed)}]:
            return confirmation, confirmed
    raise InvalidRequest(
        "The last message has to be the user's, or the agent's with one decision on a call: a part "
        "in the state approval-responded, with `approval.id` and `approval.approved`.",
        field="messages",
    )
