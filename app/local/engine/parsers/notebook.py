"""Jupyter notebooks: Markdown as it is, code in fences with its language, and the text of outputs.

nbformat 4, and 3 with its worksheets. Pictures among the outputs are left out.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.plain import read_text
from app.local.engine.parsers.reading_view import reading_view
from app.local.engine.parsers.render import clean, fenced, heading

_ESCAPES = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")  # of a terminal: colours

_LEVELS = {str(level): level for level in range(1, 7)}  # of headings

JSON = Mapping[str, Any]


def parse(document: Document) -> Iterator[Section]:
    try:
        notebook = json.loads(read_text(document))
        language = _language(notebook)
        blocks = [block for cell in _cells(notebook) for block in _blocks(cell, language)]
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise Unreadable(
            "The file is no Jupyter notebook, or a damaged one: open it in Jupyter and save it "
            "anew."
        ) from error
    yield Section(clean("\n\n".join(blocks)), None)


def _cells(notebook: JSON) -> list[JSON]:
    if "worksheets" in notebook:
        return [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
    return list(notebook["cells"])


def _language(notebook: JSON) -> str:
    metadata = notebook.get("metadata") or {}
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        if name := (metadata.get(place) or {}).get(key):
            return str(name)
    return ""


def _blocks(cell: JSON, language: str) -> Iterator[str]:
    kind = cell.get("cell_type")
    source = _text(cell.get("source", cell.get("input"))).strip("\n")
    if kind == "heading":
        yield heading(source, _LEVELS.get(str(cell.get("level")), 1))
    elif kind != "code":
        yield reading_view(source) if kind == "markdown" else source
    elif source.strip():
        yield fenced(source, str(cell.get("language", language)))
    for output in cell.get("outputs") or ():
        if text := _output(output).strip("\n"):
            yield fenced(text)


def _output(output: JSON) -> str:
    """The text of an output, as a notebook shows it; an error's name and message."""
    if "ename" in output:
        return _ESCAPES.sub("", f"{output['ename']}: {output.get('evalue', '')}")
    data = output.get("data") or {}
    kinds = ("text/markdown", "text/plain", "text/latex")
    texts = (_text(output.get("text")), *(_text(data.get(kind)) for kind in kinds))
    text = next(filter(None, texts), "") or to_markdown(_text(data.get("text/html")))
    return _ESCAPES.sub("", text)


def _text(lines: Any) -> str:
    """A text, which nbformat also stores as a list of its lines."""
    return "".join(map(str, lines)) if isinstance(lines, list) else str(lines or "")
