"""Searches that tools made for the last question, as prompts to answer from what they found.

What a tool found is to be cited where its result has documents or search results, or passages in
tags: those are cited by their numbers, as the prompt wants it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from app.local.engine.writer.content import Document, ToolResult, ToolUse
from app.local.engine.writer.message.context import tagged
from app.local.engine.writer.prompt import Prompt, Turn


@dataclass(frozen=True)
class CitedSearch:
    """A search that a tool made for the conversation's last question.

    Attributes:
        prompt: the question, with what was found beside it, and no tools.
        earlier: how many documents and search results stand before those of the search.
    """

    prompt: Prompt
    earlier: tuple[int, int] = (0, 0)


def searches(prompt: Prompt) -> list[CitedSearch]:
    """The searches of a conversation whose last turn brings results of tools, and which of them
    are to be cited, in order. One that is all that was called answers the user's question; of
    several calls each search was for a part of it, and its query is the question.
    """
    if not prompt.turns or not prompt.turns[-1].tool_results or prompt.turns[-1].text.strip():
        return []
    spoken = [place for place, turn in enumerate(prompt.turns) if _asks(turn)]
    if not spoken:
        return []
    last = spoken[-1]
    results = {one.id: one for turn in prompt.turns[last:] for one in turn.tool_results}
    uses = [use for turn in prompt.turns[last:] for use in turn.tool_uses]
    lookups = [use for use in uses if use.id in results and brings_passages(results[use.id])]
    before = tuple(replace(turn, documents=()) for turn in prompt.turns[:last])
    asking = replace(prompt.turns[last], tool_results=(), documents=())
    earlier = list(chain.from_iterable(map(_documents, prompt.turns[:last])))
    if len(lookups) == 1:
        documents = earlier + list(chain.from_iterable(map(_documents, prompt.turns[last:])))
        query = _query(lookups[0]) if len(uses) > 1 or _is_rewritten(lookups[0], asking) else None
        turn = _asking(asking, query, results[lookups[0].id], documents)
        return [CitedSearch(replace(prompt, turns=(*before, turn), tools=()))]
    parts = []
    for use in lookups:
        own = list(_documents(Turn("user", "", (), (results[use.id],))))
        turn = _asking(asking, _query(use), results[use.id], own)
        question = replace(prompt, turns=(*before, turn), tools=())
        parts.append(CitedSearch(question, _counts(earlier)))
        earlier += own
    return parts


def brings_passages(result: ToolResult) -> bool:
    """Whether a result is to be cited: it has documents, or its text is passages in tags."""
    is_passages = result.text.startswith("<passages>") and not result.failed
    return bool(result.documents) or (is_passages and bool(tagged(result.text)[0]))


def _asking(
    turn: Turn, query: str | None, result: ToolResult, documents: Sequence[Document]
) -> Turn:
    """The question with what was found beside it."""
    text = query or turn.text
    if not result.documents:
        question = text.replace("<", "(").replace(">", ")")  # it closes no tag
        return replace(turn, text=f"{result.text}\n\n<question>{question}</question>")
    numbered = tuple(replace(one, id=str(place)) for place, one in enumerate(documents, 1))
    return replace(turn, text=text, documents=numbered)


def _query(use: ToolUse) -> str | None:
    """What was looked for; None where it is not told from other parameters."""
    try:
        values = use.parameters().values()
    except ValueError:
        return None
    texts = [value for value in values if isinstance(value, str)]
    return texts[0] if len(texts) == 1 else None


def _is_rewritten(use: ToolUse, asking: Turn) -> bool:
    """Whether a search was for a follow-up, whose query says more than the user did."""
    query = _query(use)
    return query is not None and query.rstrip("?!. ") not in asking.text


def _counts(documents: Sequence[Document]) -> tuple[int, int]:
    results = sum(one.kind == "search_result" for one in documents)
    return len(documents) - results, results


def _documents(turn: Turn) -> Iterator[Document]:
    for result in turn.tool_results:
        yield from result.documents
    yield from turn.documents


def _asks(turn: Turn) -> bool:
    return turn.role == "user" and bool(turn.text.strip())
