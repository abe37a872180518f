"""Documents as passages, and where in a document a sentence of the answer stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.engine.writer.content import Document, Quote
from app.local.engine.writer.message.records import Passage

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
