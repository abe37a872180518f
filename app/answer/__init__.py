"""FLOW  question - guard - rewrite - Retrieve - guard - prompt - model - cite - guard - store

A turn of a conversation, as events:

    Started                        the conversation, and the model
    Retrieval                      the query, and the passages that may be used
    Text  Citation  Text  ...      the answer as the model writes it, its marks resolved
    Guardrail                      only if the guardrail masked or blocked a text, or found anything
    Nearest                        only if the documents do not say: the places that come nearest
    BudgetWarning                  only if much of the principal's budget is spent
    Usage  Done                    the turn is stored; or Error, and none of it is stored

`gate` decides when an answer is judged and when it is shown; that depends on the guardrail's mode.
What every turn has is in `app.turn`, and `app.citations` resolves marks; here are the prompts. A
turn is collected once, in a `Draft`, from which both the stored turn and the content of `Done` are
made.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from app import models
from app.answer.prompt import answer_prompt
from app.answer.rewrite import rewrite
from app.aws import cancellation
from app.citations.abstention import ABSTENTION
from app.citations.cite import Citer
from app.conversations import History, new_id
from app.events import (
    Citation,
    Done,
    Event,
    Nearest,
    Passage,
    Retrieval,
    Started,
    Text,
    Usage,
)
from app.guardrail import Verdict
from app.guardrail.carried import carried_verdict, is_ungrounded_alone, model_output
from app.models import Completion, Delta, Prompt, TextDelta, user
from app.models import Text as TextBlock
from app.models.allowed import allowed, check_allowed
from app.models.calls import GuardrailConfiguration
from app.turn import Question, TurnContext
from app.turn.admit import admit
from app.turn.draft import Abstention, Draft, groundless
from app.turn.ending import ensure_terminal_event
from app.turn.gate import gate
from app.turn.history import dialogue_of, history_of
from app.turn.model import TurnModel
from app.turn.nearest import nearest
from app.turn.question import Dialogue

__all__ = ["answer"]


BARE = Prompt((user("."),), max_tokens=1)
"""A prompt that every model takes. With it, a sampling alone is checked."""


def answer(question: Question, context: TurnContext) -> Generator[Event, None, None]:
    """The events of one turn, of which the last is Done or Error, and no other.

    Raises:
        CallerError: at once, before the first event: there is no such model or conversation, or the
            model may not be called, or does not take the sampling.
    """
    settings = context.settings
    model_id = question.model or settings.model_id
    check_allowed(model_id, allowed(settings))
    model = models.find(model_id, settings.base_model_id)
    model.check(question.sampling.apply(BARE), model.family)
    writer = TurnModel(context.clients.bedrock_runtime, model, context.account, settings.max_tokens)
    conversation = question.conversation or new_id()
    history = history_of(question, context.conversations)
    return ensure_terminal_event(_turn(question, context, writer, conversation, history))


def _turn(
    question: Question, context: TurnContext, writer: TurnModel, conversation: str, history: History
) -> Iterator[Event]:
    model_id = writer.model.id
    draft = Draft(Usage(0, 0))
    question, verdicts = admit(question, context.guard)
    is_stored = question.dialogue is None and not verdicts[-1].blocked
    yield Started(
        conversation, model_id, context.guardrail_mode, history.number if is_stored else None
    )
    for verdict in verdicts:
        yield from draft.report(verdict.events("question"))
    text = question.text
    dialogue = question.dialogue or dialogue_of(history)
    query = text
    if not verdicts[-1].blocked:
        query, draft.usage = rewrite(
            text, dialogue.messages, writer.rewrite, context.template("rewrite")
        )
        if query != text:  # the model wrote it, from a conversation with older answers in it
            verdicts = [context.guard.question(query)]
            yield from draft.report(verdicts[-1].events("question"))
            query = verdicts[-1].text
    if verdicts[-1].blocked:  # a text that the guardrail blocks is not stored either
        draft.apply(verdicts[-1])
        yield from (draft.usage, Done(draft.to_answer(conversation, None, model_id)))
        return

    screening = context.search(query, question.retrieval_filter)
    yield from draft.report(screening.interventions)
    yield Retrieval(query, screening.passages)

    carried = context.carried_guardrail() if screening.passages else None
    mode = context.guardrail_mode
    if carried and mode == "window":  # Bedrock itself holds text until it has judged it
        mode = "verdict"
    shown = gate(mode, draft, _judge(context, query, screening.passages, draft, carried))
    prompt = _prompt(context, question, dialogue, screening.passages, query if carried else None)
    with closing(_reply(writer, question, prompt, carried)) as reply:
        for part in _resolve_marks(reply, screening.passages):
            draft.add(part)
            if isinstance(part, Text | Citation):
                yield from shown.read(part)
    yield from shown.end()
    if draft.abstains and not draft.is_blocked:
        draft.nearest = nearest(query, screening.passages)
    if draft.nearest:
        yield Nearest(draft.nearest)

    number = None
    if question.dialogue is None:
        cancellation().commit()  # a turn that may be stored is not cancelled any more
        stored = draft.to_turn(question, model_id)
        context.conversations.append(conversation, history, stored)
        number = history.number
    yield from context.account.warnings
    yield from (draft.usage, Done(draft.to_answer(conversation, number, model_id)))


def _judge(
    context: TurnContext,
    query: str,
    passages: Sequence[Passage],
    draft: Draft,
    carried: GuardrailConfiguration | None,
) -> Callable[[str], Verdict]:
    """What judges the answer: the guard, or the guardrail that the model's call carried."""

    def by_guard(words: str) -> Verdict:
        return context.guard.answer(words, query, draft.sources(query, passages))

    def by_reply(words: str) -> Verdict:
        assert draft.completion is not None, "a reply is judged when it is whole"
        is_open = context.settings.guardrail_when_down == "open"
        verdict = carried_verdict(draft.completion, words, is_open=is_open)
        # The guardrail over a call cannot be told that an abstention, or a greeting, rests on no
        # passage.
        reply = model_output(draft.completion)
        if is_ungrounded_alone(verdict) and (text := groundless(query, reply)):
            verdict = replace(verdict, action="none", text=text, reason=None)
        if not verdict.blocked:
            draft.keep_end()
        return verdict

    return by_reply if carried else by_guard


def _prompt(
    context: TurnContext,
    question: Question,
    dialogue: Dialogue,
    passages: Sequence[Passage],
    query: str | None,
) -> Prompt | None:
    """What the model is asked; None without passages."""
    if not passages:
        return None
    return answer_prompt(
        question.text,
        dialogue.messages,
        passages,
        dialogue.instructions,
        query,
        context.template("answer"),
    )


def _reply(
    writer: TurnModel,
    question: Question,
    prompt: Prompt | None,
    guardrail: GuardrailConfiguration | None,
) -> Generator[Delta | Completion, None, None]:
    """The model's reply. Without a prompt, no model is called, and the reply is an abstention."""
    if prompt:
        yield from writer.answer(question.sampling.apply(prompt), guardrail)
    else:
        yield TextDelta(ABSTENTION)
        yield Completion((TextBlock(ABSTENTION),), "end", Usage(0, 0))


def _resolve_marks(
    reply: Iterable[Delta | Completion], passages: Sequence[Passage]
) -> Iterator[Text | Citation | Abstention | Completion]:
    """The answer in a reply with its marks resolved, and then the Completion. Abstention stands
    before the text, if the reply was marked as one.

    Only Text blocks are the answer: reasoning is neither shown nor stored.
    """
    citer = Citer(passages)
    abstains = False
    for part in reply:
        pieces: Iterable[Text | Citation] = ()
        match part:
            case TextDelta(text=piece):
                pieces = list(citer.read(piece))
            case Completion():
                pieces = list(citer.end())
        if citer.abstains and not abstains:
            abstains = True
            yield Abstention()
        yield from pieces
        if isinstance(part, Completion):
            yield part
