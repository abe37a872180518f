"""The turns before a question: those of a stored conversation, as a model reads them."""

from collections.abc import Sequence
from itertools import dropwhile

from app.citations.cite import remove_marks
from app.conversations import Conversations, History, StoredTurn
from app.errors import NotFound
from app.models import Message, assistant, text_of, user
from app.turn.question import Dialogue, Question

MEMORY = 6
"""The number of latest turns that the model is shown."""


def history_of(question: Question, conversations: Conversations) -> History:
    """The latest turns before this question.

    Raises:
        NotFound: the question requires an existing conversation, and there is none of this id.
    """
    if question.conversation is None:
        return History(0, ())
    history = conversations.history(question.conversation, MEMORY)
    if question.known and not history.turns:
        raise NotFound(
            f"There is no conversation {question.conversation!r}. Leave it out to begin a new one.",
            field="conversationId",
        )
    return history


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
