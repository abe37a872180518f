"""The files of a request, which an agent may answer from: `sessionState.files` for the use case
CHAT.

    bytes, or an object in S3 -- parsed, and cut to chunks -- those that fit the text best
    -- documents beside the user's message

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InputFile.html
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from app.local.bedrock_agent_runtime.generation.external import (
    MOST_BYTES,
    OCTETS,
    SUFFIXES,
    ExternalDocument,
    ReadableBuckets,
)
from app.local.control.errors import invalid, unsupported
from app.local.engine import Engine
from app.local.engine.writer import Document
from app.local.wire import JSON

MOST = 5
"""Files in one request."""
_OFFICE = "application/vnd.openxmlformats-officedocument"
_SUFFIXES = {
    **SUFFIXES,
    f"{_OFFICE}.wordprocessingml.document": ".docx",
    f"{_OFFICE}.spreadsheetml.sheet": ".xlsx",
}
_MEMBERS = {"S3": "s3Location", "BYTE_CONTENT": "byteContent"}


@dataclass(frozen=True, slots=True)
class SessionFiles:
    """Reads the files of requests."""

    engine: Engine
    buckets: ReadableBuckets

    def read(self, field: str, files: Sequence[JSON], text: str) -> tuple[Document, ...]:
        """What the files, the request's member `field`, have to say on a text: of each the chunks
        that fit it best.

        Raises:
            ServiceError: ValidationException, naming the file and the rule.
        """
        if len(files) > MOST:
            raise invalid(field, f"must be at most {MOST} files, and are {len(files)}.")
        sources = [
            self._source(f"{field}.{number}.member", file) for number, file in enumerate(files, 1)
        ]
        if sum(map(self._size, sources)) > MOST_BYTES:
            raise invalid(field, f"must be of at most {MOST_BYTES:,} bytes together.")
        return tuple(
            Document(f"{number}.{hit.id}", hit.text, source.name)
            for number, source in enumerate(sources, 1)
            for hit in source.hits(text)
        )

    def _source(self, where: str, file: JSON) -> ExternalDocument:
        if file["useCase"] != "CHAT":
            raise unsupported(f"{where}.useCase", "the action group AMAZON.CodeInterpreter")
        source = file["source"]
        member = _MEMBERS[source["sourceType"]]
        content = source.get(member)
        if content is None:
            rule = f"is required for the type {source['sourceType']}."
            raise invalid(f"{where}.source.{member}", rule)
        if member == "s3Location":
            uri = content["uri"]
            name = PurePath(uri.rpartition("/")[2]).name
            return ExternalDocument(
                self.engine, self.buckets, f"{where}.source.{member}.uri", name, None, uri
            )
        name = _file_name(f"{where}.source.{member}.mediaType", file["name"], content["mediaType"])
        data = bytes(content["data"])
        return ExternalDocument(self.engine, self.buckets, f"{where}.source.{member}", name, data)

    def _size(self, source: ExternalDocument) -> int:
        if source.data is not None:
            return len(source.data)
        bucket, _, key = source.uri.removeprefix("s3://").partition("/")
        try:
            return self.buckets.path(bucket, key).stat().st_size
        except (KeyError, OSError):
            raise invalid(source.field, f"there is no object {source.uri}.") from None


def as_json(documents: Iterable[Document]) -> list[JSON]:
    """Documents, for a turn that waits for its caller."""
    return [{"id": one.id, "text": one.text, "title": one.title} for one in documents]


def of_json(records: Iterable[JSON]) -> Iterator[Document]:
    """The documents that `as_json` wrote."""
    for record in records:
        yield Document(record["id"], record["text"], record["title"])


def _file_name(field: str, name: str, media_type: str) -> str:
    """The name of a file, whose suffix tells its format."""
    name = PurePath(name).name
    kind = media_type.partition(";")[0].strip().lower()
    suffix = PurePath(name).suffix if kind == OCTETS else _SUFFIXES.get(kind)
    if not suffix:
        raise invalid(
            field,
            f"must be one of {', '.join(sorted(_SUFFIXES))}; or {OCTETS}, if the name has the "
            "suffix of the format.",
        )
    return name if name.lower().endswith(suffix) else f"{name}{suffix}"
