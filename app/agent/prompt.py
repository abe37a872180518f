"""The prompt of an agent: the rules, the conversation, the rounds of this turn. Pure. Its template
is in `app.prompts`.

Everything that a tool says is data. Passages are tagged and numbered as for an answer, so that the
agent cites them in the same way; other results are shown with other signs for their own brackets
and tags (`app.citations.disguise`), so that none passes for a passage.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.agent.rounds import CallResult, Round
from app.citations.disguise import Disguise
from app.citations.tags import tagged_passages
from app.conversations import StoredTurn
from app.events import Confirm, Passage, ToolCall, ToolOutcome
from app.models import Message, Prompt, Text, ToolResult, ToolSpecification, ToolUse, text_of
from app.prompts import Template
from app.prompts.agent import AGENT
from app.tools import Tool
from app.turn.history import messages_of as question_and_answer

RESULT_MEMORY = 2000
"""Characters of each earlier result that the model is shown."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said before the rounds of this turn."""

    history: Sequence[Message]
    question: str


def agent_prompt(
    conversation: Conversation,
    rounds: Sequence[Round],
    passages: Sequence[Passage],
    tools: Sequence[Tool],
    today: date,
    template: Template = AGENT,
) -> Prompt:
    """The prompt for the model's next reply.

    Args:
        passages: every passage that was found in this turn; `cite` reads the reply by them.
    """
    disguise = Disguise.of(passages)
    values = {"today": today, "question": conversation.question}
    prompt = template.render(values, disguise=disguise)
    *examples, question = prompt.messages
    messages = [
        *examples,
        *(_disguised(message, disguise) for message in conversation.history),
        question,
    ]
    for one in rounds:
        messages.append(Message("assistant", tuple(one.reply)))
        results = tuple(_tool_result(result, disguise) for result in one.results)
        messages.append(Message("user", results))
    return replace(
        prompt,
        messages=tuple(messages),
        tools=tuple(
            ToolSpecification(tool.name, tool.description, tool.input_schema) for tool in tools
        ),
    )


def messages_of(turns: Sequence[StoredTurn]) -> Sequence[Message]:
    """The conversation before this turn, with its calls and what they came to.

    A call that waited counts as one that was not made: whether it was confirmed is said by the next
    turn.
    """
    return [message for turn in turns for message in _messages(turn)]


def said_of(call: Confirm, *, confirmed: bool) -> str:
    """The person's decision, in words for the conversation.

    >>> from datetime import UTC, datetime
    >>> call = Confirm("c", "t", "cancel_order", {"order_id": "A-7"}, datetime.now(UTC))
    >>> said_of(call, confirmed=True)
    'Yes, cancel_order (order_id: A-7).'
    """
    return f"{'Yes' if confirmed else 'No, not'}{',' if confirmed else ''} {call_in_words(call)}."


def please_confirm(call: ToolCall) -> str:
    """What the answer says of a call that waits."""
    return f"Please confirm: {call_in_words(call)}. Nothing is done before you do."


def stop_words(limit: str) -> str:
    """What the answer says of the limit that ends it."""
    return f"I stop here: {limit}."


def call_in_words(call: Confirm | ToolCall) -> str:
    r"""A call as a person reads it. What could show other words than it has, such as ends of lines
    and signs that turn the direction of writing, is written out.

    >>> call_in_words(ToolCall("t", "clock", {"zone": "UTC", "seconds": True}))
    'clock (zone: UTC, seconds: true)'
    >>> print(call_in_words(ToolCall("t", "cancel", {"id": "A-1\n\nOnly looked up: A-2"})))
    cancel (id: "A-1\n\nOnly looked up: A-2")
    """
    values = ", ".join(f"{name}: {_in_words(value)}" for name, value in call.arguments.items())
    return f"{call.tool} ({values})" if values else call.tool


def _in_words(value: Any) -> str:
    if isinstance(value, str) and value.isprintable():
        return value
    written = json.dumps(value, ensure_ascii=False)
    return written if written.isprintable() else json.dumps(value)


def _messages(turn: StoredTurn) -> Iterator[Message]:
    question, answer = question_and_answer(turn)
    yield question
    outcomes = {step.call: step for step in turn.steps if isinstance(step, ToolOutcome)}
    calls = [step for step in turn.steps if isinstance(step, ToolCall) and step.call in outcomes]
    if calls:
        yield Message("assistant", tuple(ToolUse(c.call, c.tool, c.arguments) for c in calls))
        yield Message("user", tuple(_old_result(outcomes[call.call]) for call in calls))
    if text_of(answer.content).strip():
        yield answer
    elif calls:
        yield Message("assistant", (Text("(No answer.)"),))


def _old_result(outcome: ToolOutcome) -> ToolResult:
    text = Text(outcome.text[:RESULT_MEMORY] or "(nothing)")
    return ToolResult(outcome.call, (text,), "error" if outcome.is_error else "success")


def _disguised(message: Message, disguise: Disguise) -> Message:
    """A message of an earlier turn, none of whose own brackets passes for a mark of this one."""
    content = tuple(
        Text(disguise.text(block.text)) if isinstance(block, Text) else block
        for block in message.content
    )
    return Message(message.role, content)


def _tool_result(result: CallResult, disguise: Disguise) -> ToolResult:
    text = tagged_passages(result.passages, disguise) or disguise.text(result.text)
    return ToolResult(result.call, (Text(text),), "error" if result.is_error else "success")
