"""FLOW  question - guard - (model - calls - outcomes) again and again - answer - guard - store

A turn of an agent, as events:

    Started                        the conversation, and the model
    Text  Citation  Text  ...      what the model writes, as it writes it, its marks resolved
    ToolCall ... ToolOutcome ...   the calls of a reply, made at once, and what each came to
    Retrieval                      what a search of the documents found: the passages so far
    Confirm                        a call that the person has to confirm first ends the turn
    Guardrail                      only if the guardrail masked or blocked a text, or found anything
    Usage  Done                    the turn is stored; or Error, and none of it is stored

    context         AgentContext: the tools, beside what every turn has; TurnLimits
    prompt          the conversation and the steps so far -> what the model reads; pure
    loop            asks the model until it answers, makes its calls, and stops at the limits
    uses            the calls of a reply, in a form that can be repeated and stored
    calls           every rule for a call: known, right, judged, new, confirmed, made once
    documents       the tool that searches the documents, whose passages the answer cites
    evidence        what tools have said, as what the answer has to be grounded in
    confirmations   a call that waits: its id, its hash, and the one decision on it

A turn goes on where it was: `decide` makes the call that a person has confirmed, in a new turn of
the conversation, and lets the model say what came of it.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime

from app import models
from app.agent.calls import AnswerJudge, Caller
from app.agent.confirmations import Pending, find_pending, settle
from app.agent.context import AgentContext, TurnLimits
from app.agent.loop import Loop
from app.agent.prompt import Conversation, messages_of, said_of
from app.aws import cancellation
from app.conversations import History, new_id
from app.events import Done, Event, Nearest, Started, ToolStep, Usage
from app.models import Prompt, ToolSpecification, user
from app.models.allowed import allowed, check_allowed
from app.models.converse import CONVERSE
from app.turn import Question
from app.turn.admit import admit
from app.turn.draft import Draft
from app.turn.ending import ensure_terminal_event
from app.turn.gate import gate
from app.turn.history import history_of
from app.turn.model import TurnModel
from app.turn.nearest import nearest

__all__ = ["AgentContext", "TurnLimits", "act", "decide"]


def act(question: Question, context: AgentContext) -> Generator[Event, None, None]:
    """The events of an agent's turn, of which the last is Done or Error, and no other.

    Raises:
        CallerError: at once, before the first event: there is no such model or conversation, or the
            model may not be called, or calls no tools.
    """
    model = _model(question.model, context)
    conversation = question.conversation or new_id()
    history = history_of(question, context.turn.conversations)
    return ensure_terminal_event(_turn(question, context, model, conversation, history, None))


def decide(
    confirmation: str, *, confirmed: bool, context: AgentContext
) -> Generator[Event, None, None]:
    """The events of the turn in which a call that waited is made, or is not.

    Whoever decides again in the same way, because the first request broke off, goes on with the
    same turn: the call has the same key, and a tool acts once for a key.

    Raises:
        CallerError: at once, before the first event: nothing waits under this id, it has expired,
            the other decision was made before, or the conversation has gone on.
    """
    now = datetime.now(UTC)
    pending = find_pending(confirmation, context.turn.conversations, context.principal)
    model = _model(pending.model, context)
    settle(pending, context.turn.conversations, confirmed=confirmed, at=now)
    pending.confirmed = confirmed
    question = Question(said_of(pending.call, confirmed=confirmed), pending.conversation)
    return ensure_terminal_event(
        _turn(question, context, model, pending.conversation, pending.history, pending)
    )


def _model(model_id: str | None, context: AgentContext) -> TurnModel:
    settings = context.turn.settings
    model_id = model_id or settings.model_id
    check_allowed(model_id, allowed(settings))
    model = models.find(model_id, settings.base_model_id)
    tools = tuple(
        ToolSpecification(one.name, one.description, one.input_schema) for one in context.all_tools
    )
    model.check(Prompt((user("."),), tools=tools, max_tokens=1), CONVERSE)
    return TurnModel(
        context.turn.clients.bedrock_runtime, model, context.turn.account, settings.max_tokens
    )


def _turn(
    question: Question,
    context: AgentContext,
    model: TurnModel,
    conversation: str,
    history: History,
    pending: Pending | None,
) -> Iterator[Event]:
    turn, model_id = context.turn, model.model.id
    yield Started(conversation, model_id, turn.guardrail_mode)

    draft = Draft(Usage(0, 0))
    if pending is None:
        question, verdicts = admit(question, turn.guard)
        for verdict in verdicts:
            yield from draft.report(verdict.events("question"))
        if verdicts[-1].blocked:
            draft.apply(verdicts[-1])
            yield from (draft.usage, Done(draft.to_answer(conversation, None, model_id)))
            return

    caller = Caller(context, question.retrieval_filter, f"{conversation}/{history.number}")
    dialogue = Conversation(messages_of(history.turns), question.text)
    shown = gate(turn.guardrail_mode, draft, AnswerJudge(turn.guard, question.text, draft, caller))
    loop = Loop(model, context, dialogue, caller, draft, shown, question.sampling)
    steps: list[ToolStep] = []
    with closing(loop.run(pending, (conversation, history.number))) as events:
        for event in events:
            if isinstance(event, ToolStep):
                steps.append(event)
            yield event
    yield from shown.end()
    if draft.abstains and not draft.is_blocked:
        draft.nearest = nearest(question.text, caller.passages)
    if draft.nearest:
        yield Nearest(draft.nearest)

    cancellation().commit()  # a turn that may be stored is not cancelled any more
    stored = draft.to_turn(question.text, model_id, steps)
    turn.conversations.append(conversation, history, stored)
    yield from turn.account.warnings
    yield from (draft.usage, Done(draft.to_answer(conversation, history.number, model_id, steps)))
