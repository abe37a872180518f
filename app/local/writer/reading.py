"""What a prompt asks for: to answer from passages, to rewrite a follow-up, or something else.

Prompts come from anywhere, so they are read leniently: tags, labels, numbers, and what an author
is likely to have meant. What a passage says is never taken for an instruction.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from app.local.writer.passages import Passage, announced, block_of, numbered, tagged
from app.local.writer.prompt import Prompt, Turn

ABSTENTION = "The passages do not answer this question."


@dataclass(frozen=True)
class Answer:
    """Answer the question from the passages.

    Attributes:
        conversation: what was said before it.
        mark: how a passage is cited, with {} for its label; None where no citation is asked for.
        abstention: what to say when the passages hold no answer.
    """

    question: str
    conversation: tuple[Turn, ...]
    passages: tuple[Passage, ...]
    mark: str | None
    abstention: str


@dataclass(frozen=True)
class Rewrite:
    """Turn a follow-up into a question that is understood without the conversation."""

    question: str
    conversation: tuple[Turn, ...]


@dataclass(frozen=True)
class Other:
    """Anything else."""


Task = Answer | Rewrite | Other

_REWRITE = re.compile(
    r"\b(rewrite|rephrase|reformulate|formulate|condense|rewording|reword)\b", re.IGNORECASE
)
_ALONE = re.compile(
    r"\bstand-?\s?alone\b|\bself-contained\b|\bwithout the (conversation|chat|history)\b",
    re.IGNORECASE,
)
_GENERATIVE = re.compile(
    r"\W*(?:please |can you |could you )?(write|compose|translate|summari[sz]e|draft|generate"
    r"|invent|imagine|paraphrase|tell me a (joke|story)|role-?play|pretend)\b",
    re.IGNORECASE,
)


def read(prompt: Prompt) -> Task:
    r"""What the prompt asks for.

    >>> read(Prompt((Turn("user", "Context: Quartz is hard.\n\nQuestion: Is quartz hard?"),)))
    ... # doctest: +ELLIPSIS
    Answer(question='Is quartz hard?', conversation=(), passages=(Passage(...),), mark=None, ...)
    """
    *before, last = prompt.turns
    passages, parts = _parts(last.text)
    conversation = parts.conversation or tuple(before)
    system = prompt.system
    if not passages:
        passages, system = _first_found(prompt.system)
    instructions = f"{system}\n{parts.rest}"
    if _REWRITE.search(instructions) and _ALONE.search(instructions):
        return Rewrite(parts.question, conversation)
    if prompt.documents:
        passages = [Passage(one.id, one.text, one.title) for one in prompt.documents]
    if not passages or _GENERATIVE.match(parts.question):
        return Other()
    cited = not prompt.documents and all(one.label for one in passages)
    return Answer(
        parts.question,
        conversation,
        tuple(passages),
        _mark(instructions) if cited else None,
        _abstention(instructions),
    )


class _Parts(NamedTuple):
    """A message, taken apart; `rest` is its instructions."""

    question: str
    rest: str
    conversation: tuple[Turn, ...] = ()
    context: str = ""


_TAGGED_QUESTION = re.compile(
    r"<((?:user_?)?(?:question|query|input|message)|follow_up)>(.*?)</\1>",
    re.DOTALL | re.IGNORECASE,
)
_LABELLED_QUESTION = re.compile(
    r"^[ \t#*<]*(?:user(?:'s)? |latest |follow[- ]?up )?(?:question|query|input|message)\b[ \t*>]*"
    r"(?::[ \t*]*|(?<=>)[ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)
_LABELLED_CONTEXT = re.compile(
    r"^[ \t#*]*(?:(?:retrieved |relevant |provided )?(?:context|passages|documents|excerpts|sources"
    r"|search results|knowledge)(?: information)?(?: is below)?[ \t*]*[:.][ \t*]*)",
    re.MULTILINE | re.IGNORECASE,
)
_ANSWER_HERE = re.compile(
    r"\n[ \t#*<]*(?:(?:helpful|final|your|short|concise|rewritten) )*"
    r"(?:answer|response|assistant|stand-?\s?alone (?:question|query))\b[^\n]{0,60}\s*$",
    re.IGNORECASE,
)
_TAGGED_HISTORY = re.compile(
    r"<(conversation|chat_?history|chat history|history)>(.*?)(?:</\1>|(?=<follow))",
    re.DOTALL | re.IGNORECASE,
)
_LABELLED_HISTORY = re.compile(
    r"^[ \t#*]*(?:chat |conversation )?(?:history|conversation)[ \t*]*:[ \t]*\n",
    re.MULTILINE | re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"^[ \t>]*(user|human|question|q|assistant|ai|bot|chatbot|answer|a)[ \t]*:[ \t]*",
    re.MULTILINE | re.IGNORECASE,
)
_USERS = frozenset({"user", "human", "question", "q"})


def _parts(message: str) -> tuple[list[Passage], _Parts]:
    """The passages of the last message, and what else is in it."""
    message = _ANSWER_HERE.sub("", message)
    passages, rest = tagged(message)
    conversation: tuple[Turn, ...] = ()
    if history := _TAGGED_HISTORY.search(rest):
        conversation = _turns(history[2])
        rest = rest.replace(history[0], "")
    question, rest = _question(rest)
    if history := _LABELLED_HISTORY.search(rest):
        conversation = _turns(rest[history.end() :])
        rest = rest[: history.start()]
    if not passages and not conversation:
        passages, rest = _first_found(rest)
    return passages, _Parts(question.strip(), rest, conversation)


def _question(text: str) -> tuple[str, str]:
    """The question, and the text without it: by its tag, by its label, or as the last paragraph."""
    if tags := list(_TAGGED_QUESTION.finditer(text)):
        return tags[-1][2], text.replace(tags[-1][0], "")
    if labels := list(_LABELLED_QUESTION.finditer(text)):
        context = _LABELLED_CONTEXT.search(text)
        if context and labels[0].start() < context.start():
            return (
                text[labels[0].end() : context.start()],
                text[: labels[0].start()] + text[context.start() :],
            )
        return text[labels[-1].end() :], text[: labels[-1].start()]
    before, _, last = text.rstrip().rpartition("\n\n")
    if not before.strip() or last.count("\n") > 2:
        before, _, last = text.rstrip().rpartition("\n")
    return last, before


def _turns(history: str) -> tuple[Turn, ...]:
    r"""The turns of a written conversation.

    >>> [turn.role for turn in _turns("User: Hi\nAssistant: Hello.\nHow are you?")]
    ['user', 'assistant']
    """
    _, *parts = _SPEAKER.split(history)
    return tuple(
        Turn("user" if who.lower() in _USERS else "assistant", said.strip())
        for who, said in zip(parts[::2], parts[1::2], strict=True)
    )


def _labelled(text: str) -> tuple[list[Passage], str]:
    label = _LABELLED_CONTEXT.search(text)
    return (block_of(text[label.end() :]), text[: label.start()]) if label else ([], text)


_SHAPES: tuple[Callable[[str], tuple[list[Passage], str]], ...] = (
    tagged,
    _labelled,
    announced,
    numbered,
)


def _first_found(text: str) -> tuple[list[Passage], str]:
    """The passages of a text in the first shape that fits, and the text without them."""
    for shape in _SHAPES:
        passages, rest = shape(text)
        if passages:
            return passages, rest
    return [], text


# How the prompt wants passages cited: the first rule that matches its instructions.
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<source>"), "<source>{}</source>"),
    (re.compile(r"\[(?:\d{1,2}|n|i|x|number|passage number)\]|square brackets", re.I), "[{}]"),
    (
        re.compile(r"\b(?:cit|referenc)\w+\b[^\n]{0,80}(?:\((?:\d|n|number)\)|parenthes\w+)", re.I),
        "({})",
    ),
    (re.compile(r"\b(?:cite|citations?|cited|citing)\b", re.I), "[{}]"),
)


def _mark(instructions: str) -> str | None:
    return next((mark for rule, mark in _MARKS if rule.search(instructions)), None)


_VERB = r"\b(?:reply|respond|answer|say|state|write|output|return)\b"
_EXACT = (
    re.compile(
        _VERB + r"[^\n\"\u201c.]{0,60}[\"\u201c](?P<said>[^\"\u201d\n]{3,200})[\"\u201d]", re.I
    ),
    re.compile(_VERB + r"(?: with)? (?:exactly|only)(?: with)?:?\s+(?P<said>[A-Z][^\n]{3,200})"),
)
_REPORTED = re.compile(
    r"\b(?:say|state|reply|respond|indicate|tell \w+(?: \w+)?) that you (?P<said>[^.,;\n]+)", re.I
)
_TO_FIRST_PERSON = (("your", "my"), ("you", "I"))


def _abstention(instructions: str) -> str:
    """What the prompt wants said when the passages hold no answer.

    >>> _abstention("If you don't know the answer, just say that you don't know.")
    "I don't know."
    >>> _abstention("If they do not answer it, reply with exactly: The documents do not say.")
    'The documents do not say.'
    """
    for line in re.split(r"(?<=[.!])\s+(?=[A-Z])|\n", instructions):
        if re.search(r"\b(if|when|unless|cannot|not)\b|n't\b", line, re.IGNORECASE):
            for pattern in _EXACT:
                if exact := pattern.search(line):
                    return exact["said"].strip()
            if reported := _REPORTED.search(line):
                said = reported["said"]
                for second, first in _TO_FIRST_PERSON:
                    said = re.sub(rf"\b{second}\b", first, said)
                return f"I {said.strip()}."
    return ABSTENTION
