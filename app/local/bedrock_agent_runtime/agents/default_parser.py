"""The default parsers: what a reply of the model says, by the tags that the templates ask for.

    pre-processing     <thinking> why, <category> a letter: D and E go on to orchestration
    orchestration      calls of tools; or an answer, in <answer> where the template asks for that,
                       and in <answer_part>s with <sources> where it is to be cited so
    post-processing    <final_response>, or else all of the reply

https://docs.aws.amazon.com/bedrock/latest/userguide/lambda-parser.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.local.bedrock_agent_runtime.agents.answer import AgentAnswer, read_answer
from app.local.bedrock_agent_runtime.agents.model_reply import ModelReply
from app.local.bedrock_agent_runtime.generation.answer_parts import AnswerPart, AnswerReader
from app.local.engine.writer import ToolUse
from app.local.wire import JSON

_VALID = frozenset({"D", "E"})
"""The categories of AWS's template that an agent can do something about."""


@dataclass(frozen=True, slots=True)
class Classification:
    """What pre-processing says of the user's text."""

    valid: bool
    rationale: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the model wants in orchestration: calls, an answer, or to be told what was wrong.

    Attributes:
        rationale: why.
        calls: what it calls; the answer is its last word where there are none.
        reprompt: what to tell it, if the reply could not be read.
        asks: whether the answer is a question for the user, if the parser says so.
    """

    rationale: str
    calls: tuple[ToolUse, ...]
    answer: AgentAnswer
    reprompt: str = ""
    asks: bool | None = None


def classification(reply: ModelReply) -> Classification:
    """What a reply to the pre-processing prompt says. One without a category is not valid."""
    category = inner(reply.text, "category") or ""
    thinking = inner(reply.text, "thinking")
    rationale = reply.text if thinking is None else thinking
    return Classification(category.strip(" \n.").upper() in _VALID, rationale.strip())


def decision(reply: ModelReply, references: Sequence[JSON]) -> Decision:
    """What a reply in orchestration says.

    Args:
        references: the passages that its quotes count.
    """
    rationale = (inner(reply.text, "thinking") or "").strip()
    if reply.calls:
        why = rationale or reply.text
        return Decision(why, reply.calls, AgentAnswer(reply.text))
    answer = inner(reply.text, "answer")
    if answer is not None:
        return Decision(rationale, (), parts_of(answer, references))
    quoted = read_answer(reply.content, references)
    if rationale and not quoted.citations:
        behind = reply.text.rpartition("</thinking>")[2].strip()
        return Decision(rationale, (), AgentAnswer(behind))
    return Decision(rationale, (), quoted)


def final_response(reply: ModelReply) -> str:
    """The text of a reply to the post-processing prompt."""
    text = inner(reply.text, "final_response")
    return (reply.text if text is None else text).strip()


def parts_of(text: str, references: Sequence[JSON]) -> AgentAnswer:
    """An answer in parts, whose sources count the references from 1; one without parts cites
    nothing.
    """
    if "<answer_part>" not in text:
        return AgentAnswer(text.strip())
    reader = AnswerReader(has_form=True)
    whole, citations = "", []
    for item in (*reader.read(text), *reader.end()):
        if not isinstance(item, AnswerPart):
            whole += item.text
        elif item.numbers:
            citations.append(item.citation(references))
    return AgentAnswer(whole, tuple(citations))


def inner(text: str, tag: str) -> str | None:
    """What stands within the first element of this name; where it is not closed, as by a stop
    sequence, the rest. None without one.

    >>> inner("<thinking>It fits.</thinking><category>D", "category")
    'D'
    """
    start = text.find(f"<{tag}>")
    if start < 0:
        return None
    start += len(tag) + 2
    end = text.find(f"</{tag}>", start)
    return text[start:] if end < 0 else text[start:end]
