"""What a prompt asks for: to answer from passages, to rewrite a follow-up, to take a question
apart, to sort a message into categories, to say an answer again, to sum a conversation up, or
something else.

Prompts come from anywhere, so they are read leniently: tags, labels, numbers, and what an author
is likely to have meant. What a passage says is never taken for an instruction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.local import lazy_re as re
from app.local.engine.writer.categories import Sort, sort_in
from app.local.engine.writer.message import Message, take_apart, wishes
from app.local.engine.writer.message.context import SPOKEN, find
from app.local.engine.writer.message.labels import QUESTION
from app.local.engine.writer.message.layout import PLAIN, Layout, layout
from app.local.engine.writer.message.markup import elements
from app.local.engine.writer.message.passages import split
from app.local.engine.writer.message.records import Passage
from app.local.engine.writer.prompt import Prompt, Turn
from app.local.engine.writer.quotes import Place, passages_of
from app.local.engine.writer.recaps import Recap, recap_in

ABSTENTION = wishes.ABSTENTION
_SHORTEST = 20  # words of a context that nothing announces
_SHORT = 60  # words of a message that is all question, where the passages stand elsewhere


@dataclass(frozen=True)
class Answer:
    """Answer the question from the passages.

    Attributes:
        conversation: what was said before it.
        mark: how a passage is cited, with {} for its label; None where no citation is asked for.
        abstention: what to say when the passages hold no answer.
        translated: the mark of an abstention in another language; None where it is not translated.
        layout: what stands around the answer.
        places: which part of which document each passage is; empty where they stand in the text.
    """

    question: str
    conversation: tuple[Turn, ...]
    passages: tuple[Passage, ...]
    mark: str | None
    abstention: str
    layout: Layout = PLAIN
    places: tuple[Place, ...] = ()
    translated: str | None = None


@dataclass(frozen=True)
class Rewrite:
    """Turn a follow-up into a question that is understood without the conversation."""

    question: str
    conversation: tuple[Turn, ...]


@dataclass(frozen=True)
class Decompose:
    """Take a question apart into questions that can be searched for one by one."""

    question: str
    conversation: tuple[Turn, ...]


@dataclass(frozen=True)
class Retell:
    """Say an answer that is there already, `text`, as its reader is to have it."""

    text: str


@dataclass(frozen=True)
class Other:
    """Anything else."""


Task = Answer | Rewrite | Decompose | Sort | Retell | Recap | Other

_REWRITE = re.compile(
    r"\b(?:re-?write|rephrase|reformulate|formulate|condense|rewording|reword|contextuali[sz]e"
    r"|(?:generate|create|write|come up with) (?:a|an|the|one|single) (?:\w+ ){0,3}"
    r"(?:query|question)|umformulier\w+|formuliere?|reformule|reformula|riformula)\b",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\bstand-?\s?alone\b|\bself-contained\b|\beigenst\u00e4ndige?\b|\bindependiente\b"
    r"|\bautonome\b|\bwithout (?:needing )?(?:the |any )?(?:previous )?"
    r"(?:conversation|chat|history)\b"
    r"|\b(?:query|question)\b[\s\S]{0,200}?\b(?:conversation|chat history|history|dialogue)\b"
    r"|\b(?:conversation|chat history|history|dialogue)\b[^\n]{0,200}\bsearch query\b",
    re.IGNORECASE,
)
_DECOMPOSE = re.compile(
    r"\b(?:decompos\w+|break(?:ing)? (?:it |this |the )?(?:\w+ ){0,3}down|split(?:ting)?"
    r"|take (?:it |the )?(?:\w+ ){0,2}apart)\b[^\n]{0,120}\b(?:questions|queries|sub-?questions"
    r"|sub-?queries)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\b(?:one|each|every)\b[^\n.]{0,40}\b(?:per|on (?:a|its own|one)|in (?:a|its own)) "
    r"(?:new |separate )?line|\bseparated by (?:new ?lines|line breaks)\b",
    re.IGNORECASE,
)
_WANTED = re.compile(  # "Generate search query for: .."
    r"^\W*(?:generate|create|write|rewrite|rephrase)\b[^:\n]{0,60}(?:query|question)[^:\n]{0,20}:\s*",
    re.IGNORECASE,
)
_GENERATIVE = re.compile(
    r"\W*(?:please |can you |could you )?(write|compose|translate|draft|generate"
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
    if sort := sort_in(prompt):
        return sort
    if retell := _retell(last.text):
        return retell
    if recap := recap_in(last.text):
        return recap
    message = take_apart(last.text)
    conversation = message.conversation or tuple(map(_bare, before))
    instructions = f"{prompt.system}\n{message.instructions}"
    passages, question = message.passages, message.question
    if not passages:
        in_system, rest = find(prompt.system)
        if in_system:
            passages, instructions = tuple(in_system), f"{rest}\n{message.instructions}"
        else:
            passages = _earlier(before) or _lead(message, prompt.system, last.text)
    if _DECOMPOSE.search(instructions) and _LISTED.search(instructions) and not passages:
        return Decompose(_WANTED.sub("", message.question), conversation)
    if rewrite := _rewrite(message, instructions, conversation):
        return rewrite
    places: tuple[Place, ...] = ()
    documents = prompt.all_documents
    if parts := list(passages_of(documents)):
        passages, places = tuple(one for one, _ in parts), tuple(place for _, place in parts)
    if not message.passages and len(last.text.split()) <= _SHORT and not _labelled(last.text):
        question = last.text.strip()
    if not passages or _GENERATIVE.match(question) or question.endswith(":"):
        return Other()
    frame = layout(instructions)
    apart = prompt.documents or frame.behind or any(one.cited for one in documents)
    mark = None if apart else wishes.mark(instructions)
    if (mark and "{name}" in mark) or "{sources}" in frame.closing:
        passages = tuple(replace(one, label=one.name or one.label) for one in passages)
        mark = mark and mark.replace("{name}", "{}")
    cited = "{sources}" not in frame.closing and all(one.label for one in passages)
    abstention = message.existing or wishes.abstention(instructions)
    return Answer(
        *(question, conversation, passages, mark if cited else None, abstention, frame, places),
        translated=None if message.existing else wishes.translated(instructions),
    )


def _retell(text: str) -> Retell | None:
    """The answer that a message wants retold, if it does."""
    if "<final_response>" not in text:
        return None
    answers = elements(text, ("latest_response",))
    return Retell(answers[0].inner.strip()) if answers else None


def _rewrite(message: Message, instructions: str, conversation: tuple[Turn, ...]) -> Rewrite | None:
    """The follow-up that is to be rewritten, if that is what is asked for."""
    question = _WANTED.sub("", message.question)
    if _REWRITE.search(instructions) and _ALONE.search(instructions):
        return Rewrite(question, conversation)
    if not (_REWRITE.search(question) and _ALONE.search(question)) or message.passages:
        return None
    before = message.instructions.strip()  # the follow-up, and then what to do with it
    if before:
        return Rewrite(before, conversation)
    if conversation and conversation[-1].role == "user":
        return Rewrite(conversation[-1].text, conversation[:-1])
    return None


def _earlier(turns: Sequence[Turn]) -> tuple[Passage, ...]:
    """The passages that the user gave before, last."""
    messages = (take_apart(turn.text) for turn in reversed(turns) if turn.role == "user")
    return next((one.passages for one in messages if one.passages), ())


def _lead(message: Message, system: str, text: str) -> tuple[Passage, ...]:
    """What stands before a question that has a label, where the system prompt speaks of a text."""
    lead = message.instructions.strip()
    if SPOKEN.search(system) and QUESTION.search(text) and len(lead.split()) >= _SHORTEST:
        return tuple(split(lead))
    return ()


def _labelled(text: str) -> bool:
    return bool(QUESTION.search(text) or take_apart(text).conversation)


def _bare(turn: Turn) -> Turn:
    """What a user said, without the passages that it was said with."""
    message = take_apart(turn.text) if turn.role == "user" else None
    return Turn("user", message.question) if message and message.passages else turn
