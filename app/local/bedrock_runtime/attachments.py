"""The files of a request: fetched, parsed in a process of their own, and remembered.

A conversation sends its documents again with each turn, so what was parsed last is kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import Protocol

from app.local.bedrock_runtime.bodies import InvalidBody, Request
from app.local.bedrock_runtime.bodies.documents import check_size
from app.local.engine.parsers import Section, SectionParser, Unreadable
from app.local.engine.writer import Document, File, ToolResult

_KEPT = 64  # parsed files
_SECONDS = 60.0  # of parsing one of them: a client waits for its answer
_MOST_PAGES = 100


class Buckets(Protocol):
    """What is needed of S3. A bucket or key that is not there is a KeyError."""

    def path(self, bucket: str, key: str) -> Path: ...


class NoBuckets:
    """For a runtime beside which there is no S3."""

    def path(self, bucket: str, key: str) -> Path:
        raise KeyError(bucket, key)


class Attachments:
    """Parses the files of requests. Thread-safe; it starts a process with the first file."""

    def __init__(
        self, new_parser: Callable[[], SectionParser], buckets: Buckets | None = None
    ) -> None:
        self._new_parser = new_parser
        self._buckets = buckets or NoBuckets()
        self._parser: SectionParser | None = None
        self._lock = Lock()
        self._parsed: OrderedDict[bytes, list[Section]] = OrderedDict()

    def read(self, request: Request) -> Request:
        """The request, its files as text.

        Raises:
            InvalidBody: a file is too large, is not there, or cannot be read.
        """
        turns = request.prompt.turns
        if not any(turn.documents or turn.tool_results for turn in turns):
            return request
        place = 0
        read = []
        for number, turn in enumerate(turns):
            documents = []
            for one in turn.documents:
                place += 1
                where = f"messages.{number}.content: {one.title or f'document {place}'}"
                documents.append(self._document(one, str(place), where))
            results = [
                self._result(one, f"messages.{number}.content: the result of {one.id}")
                for one in turn.tool_results
            ]
            read.append(replace(turn, documents=tuple(documents), tool_results=tuple(results)))
        return replace(request, prompt=replace(request.prompt, turns=tuple(read)))

    def close(self) -> None:
        """End the process."""
        with self._lock:
            parser, self._parser = self._parser, None
        if parser:
            parser.close()

    def _result(self, result: ToolResult, where: str) -> ToolResult:
        """A tool's result, its documents as part of its text; those to be cited stay, too."""
        documents = [self._document(one, "", where) for one in result.documents]
        texts = (text for one in documents for text in (one.title, one.about, one.text))
        text = "\n\n".join(filter(None, (result.text, *texts)))
        return replace(result, text=text, documents=tuple(one for one in documents if one.cited))

    def _document(self, document: Document, label: str, where: str) -> Document:
        if document.file is None:
            return replace(document, id=label)
        sections = self._sections(document.file, where)
        texts = tuple(section.text for section in sections)
        paged = document.file.format == "pdf"
        if paged and len(texts) > _MOST_PAGES:
            raise InvalidBody(f"A maximum of {_MOST_PAGES} PDF pages may be provided.")
        return replace(
            document,
            id=label,
            text="\n\n".join(texts),
            kind="page" if paged else "char",
            parts=_by_page(sections) if paged else (),
            file=None,
        )

    def _sections(self, file: File, where: str) -> list[Section]:
        data = self._data(file, where)
        check_size(data, where)
        key = sha256(file.format.encode() + b"\0" + data).digest()
        with self._lock:
            if key in self._parsed:
                self._parsed.move_to_end(key)
                return self._parsed[key]
            self._parser = self._parser or self._new_parser()
            parser = self._parser
        with NamedTemporaryFile(suffix=f".{file.format}") as copy:
            copy.write(data)
            copy.flush()
            try:
                sections = parser.parse(
                    Path(copy.name), f"document.{file.format}", seconds=_SECONDS
                ).sections
            except Unreadable as error:
                raise InvalidBody(f"{where}: the stand-in cannot read it. {error}") from error
        with self._lock:
            self._parsed[key] = sections
            while len(self._parsed) > _KEPT:
                self._parsed.popitem(last=False)
        return sections

    def _data(self, file: File, where: str) -> bytes:
        if not file.uri:
            return file.data
        bucket, _, key = file.uri.removeprefix("s3://").partition("/")
        try:
            return self._buckets.path(bucket, key).read_bytes()
        except (KeyError, OSError):
            raise InvalidBody(f"{where}: there is no object {file.uri} in the stand-in.") from None


def _by_page(sections: Sequence[Section]) -> tuple[str, ...]:
    """The text of each page, also of those that hold none."""
    pages = {section.page or 1: "" for section in sections}
    for section in sections:
        page = section.page or 1
        pages[page] = f"{pages[page]}\n\n{section.text}".strip()
    return tuple(pages.get(page, "") for page in range(1, max(pages, default=0) + 1))
