"""What a conversation is made of beside its text: documents and what is quoted of them, images,
thoughts, calls of tools and their results. `deltas` has the pieces in which a model writes them.

The application has blocks of the same names in `app.models.content`, which are the same nouns on
its side of the wire.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

JSON = dict[str, Any]


@dataclass(frozen=True)
class Quote:
    """What an answer quotes, and where it stands.

    Attributes:
        kind: what `start` and `end` count: characters of a document, its pages from 1, its blocks
            from 0, or the blocks of a search result. What is at `end` is no longer part of it.
        source: the place of the document among the request's documents, or of the search result
            among its search results.
        text: the words that stand there.
        title: of the document or the search result.
        origin: where a search result comes from.
    """

    kind: Literal["char", "page", "block", "search_result"]
    source: int
    start: int
    end: int
    text: str
    title: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Text:
    """Text for the reader, and what it quotes."""

    text: str
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class Reasoning:
    """What the model thought before it answered. The signature proves that it was the model."""

    text: str
    signature: str = ""


@dataclass(frozen=True)
class ToolUse:
    """A call that the model asks for.

    Attributes:
        id: what the result will name.
        name: of the tool.
        input: its parameters, a JSON object as the model wrote it.
    """

    id: str
    name: str
    input: str

    def parameters(self) -> JSON:
        """The input as an object. A tool without parameters may have an empty one.

        Raises:
            ValueError: it is no JSON object; the answer was cut in the middle, for one.
        """
        parameters = json.loads(self.input or "{}")
        if not isinstance(parameters, dict):
            raise ValueError(f"{self.input!r} is no JSON object")
        return parameters

    def parameters_so_far(self) -> JSON:
        """The parameters that are whole: of an input that was cut, those before the cut.

        >>> cut = ToolUse("t1", "order", '{"id": "A1", "lines": [{"n": 1}, {"n": 2}], "weight": 1')
        >>> cut.parameters_so_far()
        {'id': 'A1', 'lines': [{'n': 1}, {'n': 2}]}
        """
        commas = [place for place, sign in enumerate(self.input) if sign == ","]
        wholes = (self.input, *(f"{self.input[:place]}}}" for place in reversed(commas)))
        for text in wholes:
            with suppress(ValueError):
                return replace(self, input=text).parameters()
        return {}


@dataclass(frozen=True)
class Image:
    """A picture; `data` is the file."""

    format: Literal["png", "jpeg", "gif", "webp"]
    data: bytes


@dataclass(frozen=True)
class File:
    """A document that is not read yet: its bytes, or the S3 URI where they lie."""

    format: str
    data: bytes
    uri: str = ""


@dataclass(frozen=True)
class Document:
    """A document that a body carries apart from its text, or the result of a search.

    Attributes:
        id: what it is cited by.
        text: all of it.
        kind: whether it is one text, or has pages or blocks, which are its `parts`.
        parts: its pages or blocks; none where it is one text.
        origin: where a search result comes from.
        about: what the caller says of it; it is no part of it, and not quoted.
        cited: whether the answer has to say where in it a sentence stands.
        file: what its text is to be read from, as long as that is not done.
    """

    id: str
    text: str
    title: str = ""
    kind: Literal["char", "page", "block", "search_result"] = "char"
    parts: tuple[str, ...] = ()
    origin: str = ""
    about: str = ""
    cited: bool = False
    file: File | None = None


@dataclass(frozen=True)
class ToolResult:
    """What a tool answered to the call with this id, or why it failed. Its documents become part
    of its text once they are read; those that are to be cited stay beside it.
    """

    id: str
    text: str
    failed: bool = False
    images: tuple[Image, ...] = ()
    documents: tuple[Document, ...] = ()


Block = Text | Reasoning | ToolUse
