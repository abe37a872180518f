"""What a planner decides, held to what the request has ordered.

as it is    the planner is asked, and may decide on calls, a text, or nothing
must        Where a tool has to be called, or the answer has to keep to a schema, and it did
not: the same of the whole conversation as one text. "Format that as structured
output" says nothing itself; what is to be formatted was said before.
forced      A tool that has to be called is called at last, without the arguments that nobody
gave: a request that forces a tool gets a call, and no text.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from app.local.engine.writer.prompt import Prompt, Tool, Turn


class Call(Protocol):
    """A call that was decided on."""

    @property
    def name(self) -> str:
        """Of the tool."""
        ...

    @property
    def input(self) -> dict[str, Any]:
        """Its parameters."""
        ...


class Plan(Protocol):
    """What to do about a prompt that has tools, or a schema of its answer. Neither calls nor a text
    mean that nothing fits.
    """

    @property
    def calls(self) -> Sequence[Call]:
        """The calls to make now."""
        ...

    @property
    def text(self) -> str:
        """What to say instead: a question that asks back, an answer from results, or JSON."""
        ...


class Planning(Protocol):
    """What decides on the calls of a prompt."""

    def plan(self, prompt: Prompt) -> Plan: ...

    def tell(self, prompt: Prompt) -> str:
        """What the results of tools say that are not to be cited; empty where there are none."""
        ...


def decide(planner: Planning | None, prompt: Prompt) -> Plan | None:
    """What to do about the tools or the schema of a prompt; None where it has neither."""
    may_call = bool(prompt.tools) and prompt.tool_choice.kind != "none"
    if planner is None or not (may_call or prompt.output_schema is not None):
        return None
    first = planner.plan(prompt)
    if not _must_follow(prompt) or _follows(first, prompt):
        return first
    later = map(planner.plan, _other_prompts(prompt))
    return next((plan for plan in later if _follows(plan, prompt)), first)


def _must_follow(prompt: Prompt) -> bool:
    return prompt.output_schema is not None or _is_forced(prompt)


def _is_forced(prompt: Prompt) -> bool:
    return bool(prompt.tools) and prompt.tool_choice.kind in ("any", "tool")


def _follows(plan: Plan, prompt: Prompt) -> bool:
    """Whether a plan is what the answer has to be."""
    if plan.calls or prompt.output_schema is None:
        return bool(plan.calls)
    try:
        return isinstance(json.loads(plan.text), dict | list)
    except ValueError:
        return False


def _other_prompts(prompt: Prompt) -> Iterator[Prompt]:
    """The prompts to ask the planner for, until one is followed."""
    whole = replace(prompt, turns=(_joined(prompt.turns),))
    if len(prompt.turns) > 1:
        yield whole
    if _is_forced(prompt):
        yield replace(whole, tools=tuple(map(_undemanding, prompt.tools)))


def _joined(turns: Sequence[Turn]) -> Turn:
    """A conversation as one turn of the user's: all that was said, and what tools answered."""
    texts = [text for turn in turns if turn.role == "user" for text in _said(turn)]
    return Turn("user", "\n\n".join(filter(None, texts)))


def _said(turn: Turn) -> Iterator[str]:
    yield from (result.text for result in turn.tool_results if not result.failed)
    yield turn.text


def _undemanding(tool: Tool) -> Tool:
    """The tool, none of its parameters required; a strict one is left as it is."""
    if tool.strict:
        return tool
    return replace(tool, input_schema={**tool.input_schema, "required": []})
