"""The turns before a question: those of a stored conversation, as a model reads them."""

from collections.abc import Sequence
from itertools import chain, dropwhile, pairwise

from app.citations.cite import remove_marks
from app.conversations import Conversations, History, StoredTurn
from app.errors import CallerError, InvalidRequest, NotFound
from app.models import Message, assistant, text_of, user
from app.turn.question import Dialogue, Question, Replacement

MEMORY = 6
"""The number of latest turns that the model is shown."""


def history_of(question: Question, conversations: Conversations) -> History:
    """The latest turns before this question, in the conversation's thread.

    Raises:
        NotFound: the question requires an existing conversation, and there is none of this id.
        InvalidRequest: there is no turn whose place the question could take.
        Conflict: another turn has taken that place.
    """
    if question.conversation is None:
        return History(0, ())
    history = conversations.history(question.conversation, MEMORY)
    if question.known and not history.turns:
        raise NotFound(
            f"There is no conversation {question.conversation!r}. Leave it out to begin a new one.",
            field="conversationId",
        )
    if replacement := question.replacement:
        number = _turn_of(replacement, question.conversation, history, conversations)
        if number is not None:
            try:
                return conversations.history(question.conversation, MEMORY, number)
            except CallerError as error:
                if error.field == "supersedes":
                    error.field = replacement.field
                raise
    return history


def _turn_of(
    replacement: Replacement, conversation: str, history: History, conversations: Conversations
) -> int | None:
    """The number of the turn whose place a question takes; None if that was never stored.

    Raises:
        InvalidRequest: there has to be one, and there is none.
    """
    number = replacement.turn
    if number == history.number and not replacement.is_required:
        return None
    if number is not None and not replacement.is_whole:
        return number
    if number is not None:
        thread = dropwhile(lambda one: one.number != number, conversations.thread(conversation))
        for turn, before in pairwise(chain(thread, [None])):
            if turn and not (before and turn.settles(before)):
                return turn.number
        return number
    for turn in conversations.thread(conversation):
        if turn.message == replacement.message:
            return turn.number
    if replacement.is_required:
        raise InvalidRequest(
            f"The conversation has no message {replacement.message!r} that could be replaced.",
            field=replacement.field,
        )
    return None


def dialogue_of(history: History) -> Dialogue:
    """The stored turns as a dialogue."""
    return Dialogue(tuple(message for turn in history.turns for message in messages_of(turn)))


def latest(messages: Sequence[Message]) -> Sequence[Message]:
    """The messages of a conversation that the model is shown, from a message of the user on, as a
    conversation has to begin with one.
    """
    return list(dropwhile(lambda each: each.role != "user", messages[-2 * MEMORY :]))


def messages_of(turn: StoredTurn) -> tuple[Message, Message]:
    """A stored turn's question and answer, without its marks, which cited other passages."""
    answer = remove_marks(text_of(turn.answer), turn.citations)
    return user(text_of(turn.question)), assistant(answer)
