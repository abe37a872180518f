"""The last message of a prompt, taken apart: passages, conversation, question, instructions."""

import re
from dataclasses import dataclass

from app.local.engine.writer.markup import elements, without
from app.local.engine.writer.passages import (
    Passage,
    context,
    find,
    tagged,
)
from app.local.engine.writer.prompt import Turn

_QUESTION = (r"(?:user_?)?(?:question|query|input|message)", "follow_up")
_HISTORY = ("conversation", r"chat_?history", "history")

# <Chat History>, <Follow Up Message>: tags that nobody closes are labels.
_OPEN_TAG = re.compile(r"^<((?:\w+ )+\w+)>[ \t]*$", re.MULTILINE)
_LABELLED_QUESTION = re.compile(
    r"^[ \t#*]*(?:user(?:'s)? |latest |follow[- ]?up )?(?:question|query|input|message)[ \t*]*:",
    re.MULTILINE | re.IGNORECASE,
)
_LABELLED_HISTORY = re.compile(
    r"^[ \t#*]*(?:chat |conversation )?(?:history|conversation)[ \t*]*:[ \t]*\n",
    re.MULTILINE | re.IGNORECASE,
)
_ANSWER_HERE = re.compile(
    r"\n[ \t#*]*(?:(?:helpful|final|your|short|concise|rewritten) )*"
    r"(?:answer|response|assistant|stand-?\s?alone (?:question|query))\b[^\n]{0,60}\s*$",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"^[ \t>]*(user|human|question|q|assistant|ai|bot|chatbot|answer|a)[ \t]*:[ \t]*",
    re.MULTILINE | re.IGNORECASE,
)
_USERS = frozenset({"user", "human", "question", "q"})


@dataclass(frozen=True)
class Message:
    """What a message says. `instructions` is what it says beside the rest."""

    question: str
    instructions: str
    passages: tuple[Passage, ...]
    conversation: tuple[Turn, ...]


def take_apart(text: str) -> Message:
    r"""The parts of a message.

    >>> take_apart("Be brief.\n\nContext: Quartz is hard.\n\nQuestion: How hard is it?\nAnswer:")
    ... # doctest: +NORMALIZE_WHITESPACE
    Message(question='How hard is it?', instructions='Be brief.\n\n',
            passages=(Passage(label='', text='Quartz is hard.', name=''),), conversation=())
    """
    text = _OPEN_TAG.sub(r"\1:\n", text)
    passages, rest = tagged(_ANSWER_HERE.sub("", text))
    conversation: tuple[Turn, ...] = ()
    if history := elements(rest, _HISTORY):
        conversation, rest = _turns(history[-1].inner), without(rest, history)
    question, rest = _question(rest)
    if label := _LABELLED_HISTORY.search(rest):
        conversation, rest = _turns(rest[label.end() :]), rest[: label.start()]
    if not passages and not conversation:
        passages, rest = find(rest)
    return Message(question.strip(), rest, tuple(passages), conversation)


def _question(text: str) -> tuple[str, str]:
    """The question, by its tag, by its label, or as the last paragraph; and the text without it."""
    if tags := elements(text, _QUESTION):
        return tags[-1].inner, without(text, tags[-1:])
    if labels := list(_LABELLED_QUESTION.finditer(text)):
        first, last, below = labels[0], labels[-1], context(text)
        if below and first.start() < below.start():
            return (
                text[first.end() : below.start()],
                text[: first.start()] + text[below.start() :],
            )
        return text[last.end() :], text[: last.start()]
    before, _, end = text.rstrip().rpartition("\n\n")
    if not before.strip() or end.count("\n") > 2:
        before, _, end = text.rstrip().rpartition("\n")
    return end, before


def _turns(history: str) -> tuple[Turn, ...]:
    r"""The turns of a written conversation.

    >>> [turn.role for turn in _turns("User: Hi\nAssistant: Hello.\nHow are you?")]
    ['user', 'assistant']
    """
    _, *parts = _SPEAKER.split(history)
    return tuple(
        Turn("user" if who.lower() in _USERS else "assistant", text.strip())
        for who, text in zip(parts[::2], parts[1::2], strict=True)
    )
