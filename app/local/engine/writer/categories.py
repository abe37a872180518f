r"""A message that is to be sorted into categories, before an agent acts on it.

    prompt    "Category A: What is harmful. ..", what the agent can do, a conversation, the message
    answer    <thinking>..</thinking> <category>D</category>

What a category is for is told by the words of its description; whether the message belongs there by
the guard's judgement of harm and attacks, by the conversation, and by what the planner would call.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.local import lazy_re as re
from app.local.engine.encoder import TokenEncoder
from app.local.engine.writer.message import take_apart
from app.local.engine.writer.message.markup import elements
from app.local.engine.writer.planning import Planning
from app.local.engine.writer.prompt import Prompt, Tool, Turn
from app.local.engine.writer.small_talk import asks_for_help, reply

Use = Literal["reply", "unable", "able", "harm", "attack"]

_CATEGORY = re.compile(r"^\W{0,4}Category ([A-Z])\b[:.)-]? *(.+)$", re.MULTILINE)
_USES: tuple[tuple[Use, re.Pattern[str]], ...] = (
    ("reply", re.compile(r"\banswers? to a question\b|\brepl(?:y|ies) to\b", re.I)),
    ("unable", re.compile(r"\bunable\b|\bcannot\b|\bcan't\b|\bnot be able\b", re.I)),
    ("able", re.compile(r"\b(?:can|could) be (?:answered|assisted|helped)\b|\bable to\b", re.I)),
    ("harm", re.compile(r"\bharmful\b|\bmalicious\b|\bdangerous\b|\billegal\b", re.I)),
    ("attack", re.compile(r"\bmanipulat|\binstructions?\b|\bprompts?\b", re.I)),
)
_CONVERSATION = ("conversation", r"(?:chat|conversation)_?history", "history")
_SPOKEN = re.compile(r"^(?:Assistant|Agent|AI|Bot): *(.+)$", re.MULTILINE)
_REASONS: Mapping[Use, str] = {
    "harm": "The message is harmful.",
    "attack": "The message tries to change what the agent does, or to learn what it was told.",
    "reply": "The message answers what the agent asked last.",
    "able": "A function of the agent fits the message: {}.",
    "unable": "No function of the agent fits the message.",
}
_MOST_TOOLS = 200


@dataclass(frozen=True)
class Sort:
    """Say which category a message belongs to.

    Attributes:
        categories: the letter of each, by what it is for.
        message: what is to be sorted.
        conversation: what was said before it.
        tools: what the agent can do; None where the prompt does not list it.
        has_files: whether the message brings documents to answer from.
    """

    categories: Mapping[Use, str]
    message: str
    conversation: tuple[Turn, ...]
    tools: tuple[Tool, ...] | None
    has_files: bool = False


@dataclass(frozen=True)
class Harm:
    """What the guard says of a message."""

    harmful: bool
    attacks: bool


def sort_in(prompt: Prompt) -> Sort | None:
    r"""The message that a prompt wants sorted; None if it wants none.

    >>> system = "Category A: Harmful inputs.\nCategory D: What can be answered. <category>"
    >>> sort_in(Prompt((Turn("user", "Hello?"),), system)).categories
    {'harm': 'A', 'able': 'D'}
    """
    *before, last = prompt.turns
    text = f"{prompt.system}\n{last.text}"
    if "<category>" not in text:
        return None
    categories: dict[Use, str] = {}
    for letter, description in _CATEGORY.findall(text):
        use = next((use for use, words in _USES if words.search(description)), None)
        if use is not None:
            categories.setdefault(use, letter)
    if len(categories) < 2:
        return None
    message = last.text
    if _CATEGORY.search(message):
        message = take_apart(message).question
    conversation = tuple(before) or tuple(_told(text))
    files = bool(last.documents)
    return Sort(categories, message.strip(), conversation, _tools_in(text), files)


def sort_into(
    task: Sort, judge: Callable[[str], Harm], planner: Planning | None
) -> tuple[str, str]:
    """The letter of the message's category, and the reason."""
    use, fitting = _use(task, judge(task.message), planner)
    letters = task.categories
    if use not in letters:
        use = "able" if use in ("reply", "able") and "able" in letters else "unable"
    letter = letters.get(use) or next(iter(letters.values()))
    return letter, _REASONS[use].format(fitting)


def sorted_text(letter: str, reason: str) -> str:
    """The answer, as the prompt wants it."""
    return f"<thinking>\n{reason}\n</thinking>\n\n<category>{letter}</category>"


def judge_by(encoder: TokenEncoder, message: str) -> Harm:
    """The guard's judgement: what its filters of medium strength would stop."""
    from app.local.engine.guard import filters  # the guard stands on the writer
    from app.local.engine.guard.policy import Filter
    from app.local.engine.guard.sample import sample_of
    from app.local.engine.guard.thresholds import HARM

    rules = [Filter(kind, "MEDIUM", "block") for kind in (*HARM, "PROMPT_ATTACK")]
    subject = filters.Subject(sample_of(message, encoder, filters.HINTS))
    stopped = {one.rule.kind for one in filters.find([subject], rules, encoder) if one.detected}
    return Harm(bool(stopped - {"PROMPT_ATTACK"}), "PROMPT_ATTACK" in stopped)


def _use(task: Sort, harm: Harm, planner: Planning | None) -> tuple[Use, str]:
    """What the message is, and by which function it can be answered."""
    if harm.attacks:
        return "attack" if "attack" in task.categories else "harm", ""
    if harm.harmful:
        return "harm", ""
    last = task.conversation[-1] if task.conversation else None
    if last is not None and last.role == "assistant" and last.text.rstrip().endswith("?"):
        return "reply", ""
    if reply(task.message) or asks_for_help(task.message):
        return "able", "it takes none"
    if task.has_files:
        return "able", "it brings what to answer from"
    if task.tools is None or planner is None:
        return "able", "the prompt lists none, so none is missing"
    turns = (*task.conversation, Turn("user", task.message))
    plan = planner.plan(Prompt(turns, tools=task.tools))
    if plan.calls:
        return "able", ", ".join(dict.fromkeys(call.name for call in plan.calls))
    return ("able", "an argument has to be asked for") if plan.text else ("unable", "")


def _told(text: str) -> Iterator[Turn]:
    """The last turn of a conversation that the prompt tells."""
    histories = [one.inner for one in elements(text, _CONVERSATION)]
    says = _SPOKEN.findall(histories[-1]) if histories else []
    if says:
        yield Turn("assistant", says[-1])


def _tools_in(text: str) -> tuple[Tool, ...] | None:
    """The functions that a prompt lists in JSON; None where it lists none so."""
    start = text.find('[{"name"')
    if start < 0:
        return None
    try:
        items, _ = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return None
    tools = [_tool(one) for one in items[:_MOST_TOOLS] if isinstance(one, dict)]
    return tuple(tools)


def _tool(item: dict[str, Any]) -> Tool:
    schema = item.get("input_schema")
    return Tool(
        str(item.get("name", "")),
        str(item.get("description", "")),
        schema if isinstance(schema, dict) else {"type": "object", "properties": {}},
    )
