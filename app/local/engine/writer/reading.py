"""What a prompt asks for: to answer from passages, to rewrite a follow-up, or something else.

Prompts come from anywhere, so they are read leniently: tags, labels, numbers, and what an author
is likely to have meant. What a passage says is never taken for an instruction.
"""

import re
from dataclasses import dataclass

from app.local.engine.writer.message import take_apart
from app.local.engine.writer.passages import Passage, find
from app.local.engine.writer.prompt import Prompt, Turn

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
    message = take_apart(last.text)
    conversation = message.conversation or tuple(map(_bare, before))
    passages, system = message.passages, prompt.system
    if not passages:
        found_passages, system = find(prompt.system)
        passages = tuple(found_passages)
    instructions = f"{system}\n{message.instructions}"
    if _REWRITE.search(instructions) and _ALONE.search(instructions):
        return Rewrite(message.question, conversation)
    if prompt.documents:
        passages = tuple(Passage(one.id, one.text, one.title) for one in prompt.documents)
    if not passages or _GENERATIVE.match(message.question):
        return Other()
    cited = not prompt.documents and all(one.label for one in passages)
    mark = _mark(instructions) if cited else None
    return Answer(message.question, conversation, passages, mark, _abstention(instructions))


def _bare(turn: Turn) -> Turn:
    """What a user said, without the passages that it was said with."""
    message = take_apart(turn.text) if turn.role == "user" else None
    return Turn("user", message.question) if message and message.passages else turn


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
                words = reported["said"]
                for second, first in _TO_FIRST_PERSON:
                    words = re.sub(rf"\b{second}\b", first, words)
                return f"I {words.strip()}."
    return ABSTENTION
