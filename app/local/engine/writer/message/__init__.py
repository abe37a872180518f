"""The last message of a prompt, taken apart: passages, conversation, question, instructions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.local import lazy_re as re
from app.local.engine.writer.message.context import angled, cut, fenced, find, label, tagged
from app.local.engine.writer.message.labels import (
    ANSWER_HERE,
    EXISTING_ANSWER,
    HISTORY,
    SPEAKER,
    USERS,
    end_of_examples,
    questions,
)
from app.local.engine.writer.message.markup import elements, without
from app.local.engine.writer.message.passages import split
from app.local.engine.writer.message.records import Passage
from app.local.engine.writer.prompt import Turn

_QUESTION = (
    r"(?:(?:user|customer|current|latest)[_-]?)?(?:question|query|input|message)",
    "follow_?up",
    "frage",
    "pregunta",
)
_HISTORY = ("conversation", r"(?:chat|conversation)_?history", "history")

# <Chat History>, <Follow Up Message>: tags that nobody closes are labels.
_OPEN_TAG = re.compile(r"^<((?:\w+ )+\w+)>[ \t]*$", re.MULTILINE)
_FIELD = re.compile(r"^\[\[ ## (\w+) ## \]\][ \t]*$", re.MULTILINE)  # DSPy's
_FIELDS_OF_CONTEXT = ("context", "contexts", "passages", "documents", "sources", "retrieved")
_FIELDS_OF_QUESTION = ("question", "query", "input", "user_query", "request", "claim")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_ASKS = re.compile(r"[?\uff1f\u061f][\s\"'\u201d\u00bb)*_]*$")
_ORDER = re.compile(  # "How hard is it? Answer in one sentence."
    r"(.*[?\uff1f])\s+((?:please|cite|answer|use|respond|reply|give|be|keep|if|only|do not|don't"
    r"|explain|limit|provide|write|format|return|include)\b[^?]*)$",
    re.IGNORECASE | re.DOTALL,
)
_LEAD_IN = re.compile(  # "Using the context above, answer the query: .."
    r"^(?:using|use|given|based|answer|please|with|now)\b[^:\n?]{0,160}"
    r"\b(?:query|question|this|following)[ \t]*:[ \t]*",
    re.IGNORECASE,
)
_QUOTES = "\"'\u201c\u201d"
_LONGEST_QUESTION = 3  # lines of a question that has no label


@dataclass(frozen=True)
class Message:
    """What a message says.

    Attributes:
        question: what is asked.
        instructions: what the message says beside the rest, examples among it.
        passages: to answer from.
        conversation: what was said before it, where the message tells it.
        existing: the answer so far, which is to be refined.
    """

    question: str
    instructions: str
    passages: tuple[Passage, ...]
    conversation: tuple[Turn, ...]
    existing: str = ""


def take_apart(text: str) -> Message:
    r"""The parts of a message.

    >>> take_apart("Be brief.\n\nContext: Quartz is hard.\n\nQuestion: How hard is it?\nAnswer:")
    ... # doctest: +NORMALIZE_WHITESPACE
    Message(question='How hard is it?', instructions='Be brief.\n\n\nContext: \n',
            passages=(Passage(label='', text='Quartz is hard.', name=''),), conversation=(),
            existing='')
    """
    if fields := _fields(text):
        return fields
    text = angled(_OPEN_TAG.sub(r"\1:\n", text))
    examples = end_of_examples(text)
    message = _taken_apart(ANSWER_HERE.sub("", text[examples:]))
    return replace(message, instructions=text[:examples] + message.instructions)


def _taken_apart(text: str) -> Message:
    passages, rest = tagged(text)
    conversation: tuple[Turn, ...] = ()
    if history := elements(rest, _HISTORY):
        conversation, rest = _turns(history[-1].inner), without(rest, history)
    question = ""
    if tags := elements(rest, _QUESTION):
        question, rest = tags[-1].inner, without(rest, tags[-1:])
    if not passages:
        passages, rest = fenced(rest)
    existing = EXISTING_ANSWER.search(rest)
    if existing:
        rest = rest[: existing.start()] + rest[existing.end() :]
    parts = _labelled(rest, with_context=not passages, with_question=not question)
    conversation = conversation or parts.conversation
    passages = passages or list(parts.passages)
    question, rest = question or parts.question, parts.lead
    if not question:
        question, rest, more = _unlabelled(rest, search=not passages and not conversation)
        passages = passages or more
    elif not passages and not conversation:
        passages, rest = find(rest)
    existing_answer = existing[1].strip() if existing else ""
    return Message(
        question.strip(), f"{rest}{parts.behind}", tuple(passages), conversation, existing_answer
    )


@dataclass(frozen=True)
class _Parts:
    """What stands behind labels; `lead` is before the first of them, `behind` what is left over."""

    lead: str
    question: str = ""
    behind: str = ""
    passages: tuple[Passage, ...] = ()
    conversation: tuple[Turn, ...] = ()


def _labelled(text: str, *, with_context: bool, with_question: bool) -> _Parts:
    """The parts of a text that have labels, each up to the next label."""
    starts: list[tuple[str, re.Match[str]]] = []
    below = label(text) if with_context else None
    if with_question and (labels := questions(text)):
        first = labels[0]
        before_context = below and first.start() < below.start() and not _in_history(text, first)
        starts.append(("question", first if before_context else labels[-1]))
    if below:
        starts.append(("context", below))
    if history_label := HISTORY.search(text):
        starts.append(("history", history_label))
    if not starts or (len(starts) == 1 and below):  # no label says where the context ends
        return _Parts(text)
    starts.sort(key=lambda one: one[1].start())
    ends = [*(match.start() for _, match in starts[1:]), len(text)]
    parts = {kind: text[match.end() : end] for (kind, match), end in zip(starts, ends, strict=True)}
    question, behind = _asked(parts.get("question", ""))
    context, trailer = cut(parts.get("context", ""))
    head = f"{below[0]}\n" if below else ""
    return _Parts(
        lead=text[: starts[0][1].start()],
        question=question,
        behind=f"\n{head}{trailer}{behind}",
        passages=tuple(split(context)),
        conversation=_turns(parts.get("history", "")),
    )


def _in_history(text: str, question: re.Match[str]) -> bool:
    history_label = HISTORY.search(text)
    return bool(history_label and history_label.start() < question.start())


def _asked(text: str) -> tuple[str, str]:
    """A question behind its label, and what comes behind it: a paragraph of instructions."""
    first, *more = _PARAGRAPH.split(text.strip())
    lines = first.split("\n")
    asking = max((n for n, line in enumerate(lines, 1) if _ASKS.search(line)), default=len(lines))
    if lines[asking:]:
        first, more = "\n".join(lines[:asking]), ["\n".join(lines[asking:]), *more]
    first = first.strip().strip("-=#").strip().rstrip(";").rstrip()
    for quotes in ('"""', "```", "'''"):
        first = first.removeprefix(quotes).removesuffix(quotes).strip()
    if len(first) > 1 and first[0] in _QUOTES and first[-1] in _QUOTES:
        first = first[1:-1]
    if order := _ORDER.match(first):
        first, more = order[1], [order[2], *more]
    if more and _ASKS.search(first):
        return first, "\n\n" + "\n\n".join(more)
    return "\n\n".join([first, *more]), ""


def _unlabelled(text: str, *, search: bool) -> tuple[str, str, list[Passage]]:
    """The question that no label names: the last paragraph, or the first words, before passages."""
    question, before = _last_paragraph(text)
    passages: list[Passage] = []
    if search:
        passages, rest = find(before)
        if _ASKS.search(question):
            return question, rest, passages
        if lead := _first_question(text):
            more, others = find(text[len(lead) :])
            if more:
                return lead, others, more
        return question, rest, passages
    if not _ASKS.search(question) and (lead := _first_question(text)):
        return lead, text[len(lead) :], []
    return question, before, []


def _last_paragraph(text: str) -> tuple[str, str]:
    before, _, end = text.rstrip().rpartition("\n\n")
    if not before.strip() or end.count("\n") >= _LONGEST_QUESTION:
        before, _, end = text.rstrip().rpartition("\n")
    if order := _ORDER.match(end):
        end, before = order[1], f"{before}\n{order[2]}"
    if lead_in := _LEAD_IN.match(end):
        end, before = end[lead_in.end() :], f"{before}\n{lead_in[0]}"
    return end, before


def _first_question(text: str) -> str:
    """The first lines, where they ask something."""
    line, _, _ = text.lstrip().partition("\n")
    lead = text[: len(text) - len(text.lstrip())] + line
    return lead if _ASKS.search(line) else ""


def _fields(text: str) -> Message | None:
    """A message in fields, as DSPy writes it; None where it has none that are filled."""
    _, *parts = _FIELD.split(text)
    fields = dict(zip(parts[::2], parts[1::2], strict=True))
    question_field = next((name for name in _FIELDS_OF_QUESTION if name in fields), None)
    if question_field is None or fields[question_field].strip() == f"{{{question_field}}}":
        return None
    context = next((fields[name] for name in _FIELDS_OF_CONTEXT if name in fields), "")
    question, behind = _asked(fields[question_field])
    passages = split(context) if context.strip() else []
    conversation = _turns(fields.get("history", ""))
    return Message(question.strip(), behind, tuple(passages), conversation)


def _turns(history: str) -> tuple[Turn, ...]:
    r"""The turns of a written conversation.

    >>> [turn.role for turn in _turns("User: Hi\nAssistant: Hello.\nHow are you?")]
    ['user', 'assistant']
    """
    _, *parts = SPEAKER.split(history)
    return _alternating(
        [
            Turn("user" if who.lower() in USERS else "assistant", text.strip())
            for who, text in zip(parts[::2], parts[1::2], strict=True)
        ]
    )


def _alternating(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    return tuple(turn for turn in turns if turn.text)
