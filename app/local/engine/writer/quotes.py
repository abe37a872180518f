"""Documents as passages, and where in a document a sentence of the answer stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from app.local.engine.writer.content import Quote, ToolResult
from app.local.engine.writer.context import tagged
from app.local.engine.writer.prompt import Document, Prompt, Turn
from app.local.engine.writer.records import Passage

_WORD = re.compile(r"\w+")
_MOST_WORDS = 200  # of a sentence that is looked for; what is longer is found by its beginning


@dataclass(frozen=True)
class Place:
    """Which part of which document a passage is; `source` counts documents and search results, each
    by themselves.
    """

    document: Document
    source: int
    part: int


def passages_of(documents: Sequence[Document]) -> Iterator[tuple[Passage, Place]]:
    """A passage for each part of the documents that holds something."""
    counts = {"document": 0, "search_result": 0}
    for document in documents:
        sort = "search_result" if document.kind == "search_result" else "document"
        source, counts[sort] = counts[sort], counts[sort] + 1
        for part, text in enumerate(document.parts or (document.text,)):
            if text.strip():
                passage = Passage(document.id, text, document.title)
                yield passage, Place(document, source, part)


def about_results(prompt: Prompt) -> Prompt | None:
    """The question of a conversation whose last turn brings results of tools that are to be cited,
    with all that was found beside it: documents, and passages in tags, which are text. None where
    it brings none. Where one search is one of several calls, it was for a part of what was asked:
    its query is the question.
    """
    *_, last = prompt.turns
    if last.text.strip() or not any(map(is_found, last.tool_results)):
        return None
    spoken = [place for place, turn in enumerate(prompt.turns) if _asks(turn)]
    if not spoken:
        return None
    documents = chain.from_iterable(map(_documents, prompt.turns))
    numbered = tuple(replace(one, id=str(place)) for place, one in enumerate(documents, 1))
    before = (replace(turn, documents=()) for turn in prompt.turns[: spoken[-1]])
    asking = replace(prompt.turns[spoken[-1]], documents=numbered, tool_results=())
    if query := _only_query(prompt):
        asking = replace(asking, text=query)
    results = [result for turn in prompt.turns[spoken[-1] + 1 :] for result in turn.tool_results]
    if tagged_texts := [one.text for one in results if _has_tags(one)]:
        text = "\n".join((*tagged_texts, f"\n<question>{asking.text}</question>"))
        asking = replace(asking, text=text)
    return replace(prompt, turns=(*before, asking), tools=())


def is_found(result: ToolResult) -> bool:
    """Whether a tool has found what an answer is to cite: documents, or passages in tags."""
    return bool(result.documents) or _has_tags(result)


def _has_tags(result: ToolResult) -> bool:
    is_passages = result.text.startswith("<passages>") and not result.failed
    return is_passages and bool(tagged(result.text)[0])


def _only_query(prompt: Prompt) -> str | None:
    """What was looked for, if one of several calls looked for something that is to be cited."""
    *_, calling, last = prompt.turns
    cited = {result.id for result in last.tool_results if is_found(result)}
    searches = [use for use in calling.tool_uses if use.id in cited]
    if len(searches) != 1 or len(calling.tool_uses) == 1:
        return None
    try:
        values = searches[0].parameters().values()
    except ValueError:
        return None
    texts = [value for value in values if isinstance(value, str)]
    return texts[0] if len(texts) == 1 else None


def _documents(turn: Turn) -> Iterator[Document]:
    for result in turn.tool_results:
        yield from result.documents
    yield from turn.documents


def _asks(turn: Turn) -> bool:
    return turn.role == "user" and bool(turn.text.strip())


def quote(sentence: str, place: Place) -> Quote | None:
    """Where in its document a sentence stands; None where that is not asked for."""
    document = place.document
    if not document.cited:
        return None
    part = document.parts[place.part] if document.parts else document.text
    start, end = locate(part, sentence)
    words = part[start:end]
    if document.kind == "page":
        start, end = place.part + 1, place.part + 2
    elif document.kind != "char":
        start, end, words = place.part, place.part + 1, part
    return Quote(document.kind, place.source, start, end, words, document.title, document.origin)


def locate(text: str, sentence: str) -> tuple[int, int]:
    r"""The characters of a text at which a sentence stands, of which only the words need be the
    same; of a row or a list that was put into words, the line that holds most of them.

    >>> text = "# Quartz\n\nQuartz is **hard**.\n| Topaz | 8 |"
    >>> [text[slice(*locate(text, one))] for one in ("Quartz is hard.", "Topaz: Hardness 8")]
    ['Quartz is **hard**.', '| Topaz | 8 |']
    """
    start = text.find(sentence)
    if start >= 0:
        return start, start + len(sentence)
    words = _WORD.findall(sentence)[:_MOST_WORDS]
    if words and (match := re.search(r"\W{1,40}".join(map(re.escape, words)), text)):
        end = match.end()
        while end < len(text) and text[end] in ".!?*_\"')]":
            end += 1
        return match.start(), end
    sentence_words = {word.lower() for word in words}
    lines = list(re.finditer(r"[^\n]+", text))
    best = max(
        lines,
        key=lambda line: len(sentence_words & {word.lower() for word in _WORD.findall(line[0])}),
        default=None,
    )
    return best.span() if best else (0, len(text))
