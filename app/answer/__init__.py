"""FLOW  question - guard - rewrite - Retrieve - guard - prompt - model - cite - guard - store

A turn of a conversation, as events:

    Started                        in which conversation, by which model
    Retrieval                      the query, and the passages that may be used
    Text  Citation  Text  ...      the answer as the model writes it, its marks resolved
    Guardrail                      only if the guardrail masked or blocked a text
    Usage  Done                    the turn is stored; or Error, and nothing of it is

Each stage is a file of this package; `rewrite`, `prompt` and `cite` are pure. A turn is collected
once, in a `Draft`: what is stored and what `Done` carries are two views of it.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing

from app import models
from app.answer.admit import admit
from app.answer.cite import Citer, remove_marks
from app.answer.context import Dialogue, Question, Sampling, TurnContext
from app.answer.draft import Draft
from app.answer.ending import ensure_terminal_event
from app.answer.prompt import ABSTENTION, MEMORY, answer_prompt
from app.answer.rewrite import rewrite
from app.answer.turn_model import TurnModel
from app.aws import cancellation
from app.conversations import History, StoredTurn, new_id
from app.errors import NotFound
from app.events import (
    Answer,
    Citation,
    Done,
    Error,
    Event,
    Passage,
    Retrieval,
    Started,
    Text,
    Usage,
)
from app.models import Completion, Delta, Message, Prompt, TextDelta, assistant, text_of, user
from app.models import Text as TextBlock

__all__ = [
    "Answer",
    "Dialogue",
    "Question",
    "Sampling",
    "TurnContext",
    "answer",
    "collect",
]


BARE = Prompt((user("."),), max_tokens=1)
"""A prompt that every model takes, to ask whether it takes a sampling too."""


def answer(question: Question, context: TurnContext) -> Generator[Event, None, None]:
    """The events of one turn; the last is Done or Error, and no other is.

    Raises:
        CallerError: at once, before the first event: the model or the conversation is not known,
            or the model does not take the sampling.
    """
    settings = context.settings
    model = models.find(question.model or settings.model_id, settings.base_model_id)
    model.check(question.sampling.apply(BARE), model.family)
    writer = TurnModel(context.clients.bedrock_runtime, model, context.account, settings.max_tokens)
    conversation = question.conversation or new_id()
    history = _history(question, context)
    return ensure_terminal_event(_turn(question, context, writer, conversation, history))


def collect(events: Iterable[Event]) -> Answer | Error:
    """The whole answer, for a caller who does not want a stream; or the error that it ends with."""
    for event in events:
        match event:
            case Done():
                return event.answer
            case Error():
                return event
    raise AssertionError("a turn ends with Done or Error")


def _turn(
    question: Question, context: TurnContext, writer: TurnModel, conversation: str, history: History
) -> Iterator[Event]:
    model_id = writer.model.id
    yield Started(conversation, model_id)

    question, verdicts = admit(question, context.guard)
    for verdict in verdicts:
        yield from verdict.events("question")
    if verdicts[-1].blocked:  # what the guardrail keeps out is not stored either
        draft = Draft(Usage(0, 0))
        draft.apply(verdicts[-1])
        yield from (draft.usage, Done(draft.answer(conversation, None, model_id)))
        return
    text = question.text

    dialogue = question.dialogue or _dialogue(history)
    query, usage = rewrite(text, dialogue.messages, writer.rewrite)
    screening = context.search(query, question.retrieval_filter)
    yield from screening.interventions
    yield Retrieval(query, screening.passages)

    draft = Draft(usage)
    with closing(_reply(writer, question, dialogue, screening.passages)) as reply:
        for part in _cited(reply, screening.passages):
            draft.add(part)
            if not isinstance(part, Completion):
                yield part

    verdict = context.guard.answer(draft.text, query, screening.passages)
    yield from verdict.events("answer")
    draft.apply(verdict)

    number = None
    if question.dialogue is None:
        cancellation().commit()  # a turn that may be stored is not broken off any more
        context.conversations.append(conversation, history, draft.stored(text, model_id))
        number = history.number
    yield from (draft.usage, Done(draft.answer(conversation, number, model_id)))


def _history(question: Question, context: TurnContext) -> History:
    """The turns before this one.

    Raises:
        NotFound: the conversation has to exist, and does not.
    """
    if question.conversation is None:
        return History(0, ())
    history = context.conversations.history(question.conversation, MEMORY)
    if question.known and not history.turns:
        raise NotFound(
            f"There is no conversation {question.conversation!r}. Leave it out to begin a new one.",
            field="conversationId",
        )
    return history


def _dialogue(history: History) -> Dialogue:
    """The conversation so far, as it is stored."""
    return Dialogue(tuple(message for stored in history.turns for message in _messages(stored)))


def _messages(stored: StoredTurn) -> tuple[Message, Message]:
    """A turn as the model reads it: without its marks, which meant passages of that turn."""
    answer = remove_marks(text_of(stored.answer), stored.citations)
    return user(text_of(stored.question)), assistant(answer)


def _reply(
    writer: TurnModel, question: Question, dialogue: Dialogue, passages: Sequence[Passage]
) -> Generator[Delta | Completion, None, None]:
    """The model's reply; where there is nothing to answer from, no model is called."""
    if passages:
        prompt = answer_prompt(question.text, dialogue.messages, passages, dialogue.instructions)
        yield from writer.answer(question.sampling.apply(prompt))
    else:
        yield TextDelta(ABSTENTION)
        yield Completion((TextBlock(ABSTENTION),), "end", Usage(0, 0))


def _cited(
    reply: Iterable[Delta | Completion], passages: Sequence[Passage]
) -> Iterator[Text | Citation | Completion]:
    """The answer in a reply, its marks resolved, and its Completion behind it.

    Only Text blocks are the answer: reasoning is not shown and not stored.
    """
    citer = Citer(passages)
    for part in reply:
        match part:
            case TextDelta(text=piece):
                yield from citer.read(piece)
            case Completion():
                yield from citer.end()
                yield part
