"""The thread of a stored conversation as messages of the UI message protocol.

They are what `useChat` has after the streams of the same turns, with what was transient there and
is stored: citations, verdicts. An answer's calls come before its text, and what a text cites behind
it. The turn of a decision on a call has no question of its own: it goes on with the message in
which the call waited.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.agent.calls import DENIED
from app.conversations import Feedback, StoredTurn
from app.events import Citation, Confirm, ToolCall, ToolOutcome
from app.models import text_of
from app.web import schemas
from app.web.costs import Cost
from app.web.message_ids import answer_id, question_id

MEDIA_TYPE = "text/plain"  # of a source: the passage is text, whatever the type of its document
GONE_ON = "The conversation has gone on without a decision."


def messages_of(
    conversation: str, thread: Sequence[StoredTurn], ratings: Mapping[int, Feedback], cost: Cost
) -> list[schemas.QuestionMessage | schemas.AnswerMessage]:
    """The messages of a thread, oldest first.

    Args:
        ratings: what was said of the answers, by the numbers of their turns.
        cost: of the tokens of a turn.
    """
    messages: list[schemas.QuestionMessage | schemas.AnswerMessage] = []
    ids: set[str] = set()
    for turns in _answers(thread):
        first, last = turns[0], turns[-1]
        assert first.number is not None, "it is stored"
        assert last.number is not None, "it is stored"
        own = question_id(conversation, first.number)
        question = schemas.QuestionMessage(
            id=first.message if first.message and first.message not in ids else own,
            parts=[schemas.TextPart(text=text_of(first.question))],
            metadata=schemas.QuestionMetadata(conversation_id=conversation, turn=first.number),
        )
        ids.add(question.id)
        answer = schemas.AnswerMessage(
            id=answer_id(conversation, first.number),
            parts=list(_parts(turns, is_last=last is thread[-1])),
            metadata=schemas.AnswerMetadata(
                conversation_id=conversation,
                turn=last.number,
                model=last.model,
                usage=schemas.Usage.model_validate(last.usage),
                cost=cost(last.model_id, last.usage),
                stop_reason=last.stop_reason,
                at=last.at,
                feedback=_feedback(ratings.get(last.number)),
            ),
        )
        messages += question, answer
    return messages


def _feedback(feedback: Feedback | None) -> schemas.Feedback | None:
    return schemas.Feedback.model_validate(feedback) if feedback else None


def source_of(citation: Citation) -> schemas.SourcePart:
    """The source that a citation is from."""
    return schemas.SourcePart(
        source_id=str(citation.number),
        media_type=MEDIA_TYPE,
        title=citation.title,
        filename=citation.document,
        provider_metadata=schemas.SourceMetadata(
            outcrop=schemas.SourceAddress(uri=citation.uri, page=citation.page)
        ),
    )


def _answers(thread: Sequence[StoredTurn]) -> Iterator[list[StoredTurn]]:
    """The turns of each answer: one, and those of the decisions that it waited for."""
    turns: list[StoredTurn] = []
    for turn in thread:
        if turns and not turn.settles(turns[-1]):
            yield turns
            turns = []
        turns.append(turn)
    if turns:
        yield turns


def _parts(turns: Sequence[StoredTurn], *, is_last: bool) -> Iterator[schemas.MessagePart]:
    """The parts of an answer.

    Args:
        is_last: whether it is the last of its thread, so that a call in it may still wait.
    """
    outcomes = {
        step.call: step for turn in turns for step in turn.steps if isinstance(step, ToolOutcome)
    }
    confirms = {step.call: step for turn in turns if (step := turn.pending)}
    shown: set[str] = set()
    for turn in turns:
        yield schemas.StepStart()
        calls = [step for step in turn.steps if isinstance(step, ToolCall)]
        for call in calls:
            if call.call not in shown:
                shown.add(call.call)
                confirm = confirms.get(call.call)
                yield _tool(call, outcomes.get(call.call), confirm, is_last=is_last)
        if text := text_of(turn.answer):
            yield schemas.TextPart(text=text)
        yield from _evidence(turn)
        if is_last and turn is turns[-1] and turn.pending:
            yield schemas.ConfirmPart(data=schemas.Confirm.model_validate(turn.pending))


def _tool(
    call: ToolCall, outcome: ToolOutcome | None, confirm: Confirm | None, *, is_last: bool
) -> schemas.ToolPart:
    part = schemas.ToolPart(
        tool_name=call.tool,
        tool_call_id=call.call,
        state="output-error",
        input=dict(call.arguments),
        error_text="What came of this call is not known.",
    )
    approval = schemas.Approval(id=confirm.confirmation) if confirm else None
    if outcome is None and approval is None:
        return part
    if outcome is None or outcome.text == DENIED:
        is_waiting = outcome is None and is_last
        reason = None if outcome else GONE_ON
        decision = approval or schemas.Approval(id=call.call)
        denial = decision.model_copy(update={"approved": False, "reason": reason})
        return part.model_copy(
            update={
                "state": "approval-requested" if is_waiting else "output-denied",
                "error_text": None,
                "approval": decision if is_waiting else denial,
            }
        )
    return part.model_copy(
        update={
            "state": "output-error" if outcome.is_error else "output-available",
            "output": None if outcome.is_error else outcome.text,
            "error_text": outcome.text if outcome.is_error else None,
            "approval": approval.model_copy(update={"approved": True}) if approval else None,
        }
    )


def _evidence(turn: StoredTurn) -> Iterable[schemas.MessagePart]:
    """What is said of a text beside it."""
    sources = {citation.number: citation for citation in turn.citations}
    for number in sorted(sources):
        yield source_of(sources[number])
    for citation in turn.citations:
        yield schemas.CitationPart(data=schemas.CitedQuote.model_validate(citation))
    for verdict in turn.guardrail:
        yield schemas.GuardrailPart(data=schemas.GuardrailVerdict.model_validate(verdict))
    if turn.nearest:
        places = [schemas.Place.model_validate(place) for place in turn.nearest]
        yield schemas.NearestPart(data=schemas.Places(places=places))
