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
    runners         which of the two runners carries a turn out (`runner`: what both are)
    calls           every rule for a call: known, right, judged, new, confirmed, made once
    documents       the tool that searches the documents, whose passages the answer cites
    evidence        what tools have said, as what the answer has to be grounded in
    confirmations   a call that waits: its id, its hash, and the one decision on it

    converse        the runner over Converse
    loop            asks the model until it answers, makes its calls, and stops at the limits
    uses            the calls of a reply, in a form that can be repeated and stored
    prompt          the conversation and the steps so far -> what the model reads; pure

    bedrock_agent   the runner with an agent of Bedrock: InvokeAgent, whose traces become events
    invocation      what InvokeAgent is sent, once, and what its failures mean
    traces          what the parts of its traces say; pure
    attribution     the agent's words, with a mark where Bedrock says what they rest on; pure

A turn goes on where it was: `decide` makes the call that a person has confirmed, in a new turn of
the conversation, and lets the model say what came of it.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

from app.agent.calls import AnswerJudge, Caller
from app.agent.confirmations import Pending, find_pending, settle
from app.agent.context import AgentContext, TurnLimits
from app.agent.prompt import said_of
from app.agent.runner import AgentRunner, AgentTurn
from app.agent.runners import check_runner, runner_of_decision, runner_of_question
from app.aws import cancellation
from app.conversations import History, new_id
from app.events import Done, Event, Nearest, Started, ToolStep, Usage
from app.guardrail import Verdict
from app.turn import Question
from app.turn.admit import admit
from app.turn.draft import Draft
from app.turn.ending import ensure_terminal_event
from app.turn.gate import gate
from app.turn.history import history_of
from app.turn.nearest import nearest

__all__ = ["AgentContext", "TurnLimits", "act", "check_runner", "decide"]


def act(question: Question, context: AgentContext) -> Generator[Event, None, None]:
    """The events of an agent's turn, of which the last is Done or Error, and no other.

    Raises:
        CallerError: at once, before the first event: there is no such model or conversation, or the
            model may not be called, or calls no tools.
    """
    runner = runner_of_question(question.model, context)
    conversation = question.conversation or new_id()
    history = history_of(question, context.turn.conversations)
    return ensure_terminal_event(_turn(question, context, runner, conversation, history, None))


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
    runner = runner_of_decision(pending, context)
    settle(pending, context.turn.conversations, confirmed=confirmed, at=now)
    pending.confirmed = confirmed
    question = Question(said_of(pending.call, confirmed=confirmed), pending.conversation)
    return ensure_terminal_event(
        _turn(question, context, runner, pending.conversation, pending.history, pending)
    )


def _turn(
    question: Question,
    context: AgentContext,
    runner: AgentRunner,
    conversation: str,
    history: History,
    pending: Pending | None,
) -> Iterator[Event]:
    turn, model_id = context.turn, runner.model_id
    draft = Draft(Usage(0, 0))
    verdicts: Sequence[Verdict] = ()
    if pending is None:
        question, verdicts = admit(question, turn.guard)
    is_stored = not (verdicts and verdicts[-1].blocked)
    number = history.number if is_stored else None
    yield Started(conversation, model_id, turn.guardrail_mode, number)

    if pending is None:
        for verdict in verdicts:
            yield from draft.report(verdict.events("question"))
        if verdicts[-1].blocked:
            draft.apply(verdicts[-1])
            yield from (draft.usage, Done(draft.to_answer(conversation, None, model_id)))
            return

    caller = Caller(context, question.retrieval_filter, f"{conversation}/{history.number}")
    run = runner.run(AgentTurn(context, question, conversation, history, pending, draft, caller))
    shown = gate(turn.guardrail_mode, draft, AnswerJudge(turn.guard, question.text, draft, caller))
    steps: list[ToolStep] = []
    with closing(run.events(shown)) as events:
        for event in events:
            if isinstance(event, ToolStep):
                steps.append(event)
            yield event
    if run.blocked == "question":
        yield from (draft.usage, Done(draft.to_answer(conversation, None, model_id, steps)))
        return
    if run.blocked is None:
        yield from shown.end()
    if draft.abstains and not draft.is_blocked:
        draft.nearest = nearest(question.text, caller.passages)
    if draft.nearest:
        yield Nearest(draft.nearest)

    cancellation().commit()  # a turn that may be stored is not cancelled any more
    stored = draft.to_turn(question, model_id, steps)
    if stored.pending or not draft.is_altered:  # else the session knows what no reader was shown
        stored = replace(stored, session=run.session)
    turn.conversations.append(conversation, history, stored)
    yield from turn.account.warnings
    yield from (draft.usage, Done(draft.to_answer(conversation, history.number, model_id, steps)))
