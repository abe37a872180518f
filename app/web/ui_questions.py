"""Questions in either shape of a request, as the flows take them: what a body says is obeyed, or
refused by name.

    trigger               messageId                    the question
    submit-message        none, or the last message's  is the next one
    submit-message        of a stored question         takes the place of that question's turn
    regenerate-message    of an answer, or a question  takes the place of its turn
    regenerate-message    none                         takes the place of its own turn

A question whose answer failed was never stored. So if the message that is asked again is itself the
one that is not known, nothing has to be replaced, and it is the next one.
"""

from app.errors import InvalidRequest
from app.turn import Question, Sampling
from app.turn.question import Replacement
from app.web import schemas
from app.web.message_ids import QUESTION, turn_in

TEXT_MEMBERS = {"state", "providerMetadata"}  # of a text part; they say how it came to be


def question_in(
    body: schemas.Question | schemas.UIQuestion, sampling: Sampling | None = None
) -> Question:
    """The question in a request.

    Args:
        sampling: how the answer is to be drawn.

    Raises:
        InvalidRequest: a member breaks a rule.
    """
    if isinstance(body, schemas.Question):
        if body.supersedes is not None and body.conversation_id is None:
            raise InvalidRequest(
                "A question that supersedes a turn needs the conversationId of that turn.",
                field="supersedes",
            )
        return Question(
            text=body.message,
            conversation=body.conversation_id,
            known=body.conversation_id is not None,
            model=body.model,
            retrieval_filter=body.filter,
            sampling=sampling or Sampling(),
            replacement=_by_number(body.supersedes),
        )
    last = body.messages[-1]
    return Question(
        _text(last),
        conversation=body.id,
        model=body.model,
        retrieval_filter=body.filter,
        sampling=sampling or Sampling(),
        message=last.id or None,
        replacement=_replacement(body),
    )


def _replacement(body: schemas.UIQuestion) -> Replacement | None:
    """Whose place the question takes, as `useChat` says it.

    Raises:
        InvalidRequest: `messageId` names no question, or another turn than `supersedes`.
    """
    last = body.messages[-1].id
    name = body.message_id
    if name is None and body.trigger == "regenerate-message":
        name = last
    if not name:
        return _by_number(body.supersedes)
    if body.supersedes is not None:
        raise InvalidRequest(
            "Either supersedes or messageId says whose place a question takes; leave one out.",
            field="supersedes",
        )
    turn = turn_in(name, body.id)
    is_question = turn is None or name.endswith(QUESTION)
    if body.trigger == "submit-message" and not is_question:
        raise InvalidRequest(
            f"{name!r} is an answer, and a message takes the place of a question. To have it "
            "answered again, send the trigger regenerate-message.",
            field="messageId",
        )
    if turn is not None:
        return Replacement("messageId", turn=turn, is_required=False, is_whole=not is_question)
    return Replacement("messageId", message=name, is_required=name != last)


def _by_number(turn: int | None) -> Replacement | None:
    return None if turn is None else Replacement("supersedes", turn=turn)


def _text(last: schemas.UIMessage) -> str:
    """The question in the last message. Other parts are refused by name, because they would have no
    effect.

    Raises:
        InvalidRequest: it is not the user's, has no text or too much, or has other parts.
    """
    if last.role != "user":
        raise InvalidRequest("The last message has to be the user's.", field="messages")
    if len(last.id) > schemas.LONGEST_ID:
        rule = f"The id of the question may have {schemas.LONGEST_ID} characters at most."
        raise InvalidRequest(rule, field="messages.id")
    if unknown := _names(last) - {"metadata"}:
        rule = f"The last message has unsupported members: {_join_names(unknown)}."
        raise InvalidRequest(rule, field=f"messages.{min(unknown)}")
    if others := {part.type for part in last.parts} - {"text"}:
        rule = f"A question is text; a part of the type {_join_names(others)} is not supported."
        raise InvalidRequest(rule, field="messages.parts")
    if unknown := {name for part in last.parts for name in _names(part)} - TEXT_MEMBERS:
        rule = f"A part of the question has unsupported members: {_join_names(unknown)}."
        raise InvalidRequest(rule, field=f"messages.parts.{min(unknown)}")
    text = "".join(part.text for part in last.parts).strip()
    if not 0 < len(text) <= schemas.LONGEST_MESSAGE:
        rule = f"The last message needs text, of {schemas.LONGEST_MESSAGE} characters at most."
        raise InvalidRequest(rule, field="messages")
    return text


def _names(item: schemas.UIMessage | schemas.UIPart) -> set[str]:
    """The unknown members of an item."""
    return set(item.model_extra or ())


def _join_names(names: set[str]) -> str:
    return ", ".join(repr(name) for name in sorted(names))
