"""Conversations: one object a turn, in a bucket of their own, written once, never rewritten.

    turns/<principal>/<conversation>/<turn, six digits>.json     a question and its whole answer
    index/<principal>/<inverse time>-<conversation>.json         where a list of them begins

A conversation belongs to its principal because the principal is part of every key: another's
conversation is not forbidden, it is not there. A turn's number is claimed by a conditional write,
so that of two turns that end at once one is told `Conflict`. The inverse time makes S3's ascending
listing give the newest conversation first.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.aws import calling
from app.errors import Conflict, NotFound
from app.events import Citation, Usage

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

END_OF_TIME = 10**13  # milliseconds; index keys count down from here
TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question and its answer, as they are kept."""

    question: str
    answer: str
    citations: tuple[Citation, ...]
    usage: Usage
    model: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Summary:
    """A line in the list of conversations."""

    id: str
    title: str
    started: datetime


def new_id() -> str:
    """A conversation's id: 128 random bits, so that none can be guessed."""
    return secrets.token_hex(16)


class Conversations:
    """The conversations of one principal.

    Args:
        s3: where they are kept.
        bucket: a bucket that holds nothing else.
        principal: whose they are; only its hash is written.
    """

    def __init__(self, s3: "S3Client", bucket: str, principal: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._owner = hashlib.sha256(principal.encode()).hexdigest()[:32]

    def turns(self, conversation: str) -> list[StoredTurn]:
        """Every turn, oldest first: none if there is no such conversation, or it is another's."""
        return [_read(self._get(key)) for key in self._keys(self._folder(conversation))]

    def append(self, conversation: str, number: int, turn: StoredTurn) -> None:
        """Keep turn `number` (from 0) of a conversation; durable on return.

        Raises:
            Conflict: another turn has taken this number meanwhile.
        """
        if number == 0:
            summary = {"title": _title(turn.question), "started": turn.at.isoformat()}
            self._put(f"{self._index}{_countdown(turn.at)}-{conversation}.json", summary)
        key = f"{self._folder(conversation)}{number:06d}.json"
        try:
            self._put(key, asdict(turn) | {"at": turn.at.isoformat()}, once=True)
        except Conflict:
            # A request that was sent again, because its answer got lost, meets its own object.
            if _read(self._get(key)) != turn:
                raise Conflict(
                    "Another turn of this conversation ended first. Ask again to go on from it.",
                    field="conversationId",
                ) from None

    def summaries(self, limit: int, cursor: str | None) -> tuple[list[Summary], str | None]:
        """A page of the list, newest first, and the cursor of the next page, if there is one."""
        request: dict[str, Any] = {"StartAfter": self._index + cursor} if cursor else {}
        with calling("ListObjectsV2"):
            page = self._s3.list_objects_v2(
                Bucket=self._bucket, Prefix=self._index, MaxKeys=limit, **request
            )
        names = [item["Key"].removeprefix(self._index) for item in page.get("Contents", [])]
        summaries = [_summary(name, self._get(self._index + name)) for name in names]
        return summaries, names[-1] if page["IsTruncated"] else None

    def delete(self, conversation: str) -> None:
        """Forget a conversation: every turn, and its line in the list.

        Raises:
            NotFound: there is no such conversation, or it is another's.
        """
        keys = list(self._keys(self._folder(conversation)))
        if not keys:
            raise NotFound(f"There is no conversation {conversation!r}.", field="id")
        line = f"{self._index}{_countdown(_read(self._get(keys[0])).at)}-{conversation}.json"
        # Should this be interrupted, the first turn is still there to delete it by.
        for key in (line, *reversed(keys)):
            with calling("DeleteObject"):
                self._s3.delete_object(Bucket=self._bucket, Key=key)

    @property
    def _index(self) -> str:
        return f"index/{self._owner}/"

    def _folder(self, conversation: str) -> str:
        return f"turns/{self._owner}/{conversation}/"

    def _keys(self, prefix: str) -> Iterator[str]:
        with calling("ListObjectsV2"):
            pages = self._s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                yield from [item["Key"] for item in page.get("Contents", [])]

    def _get(self, key: str) -> dict[str, Any]:
        with calling("GetObject"):
            found: dict[str, Any] = json.load(
                self._s3.get_object(Bucket=self._bucket, Key=key)["Body"]
            )
        return found

    def _put(self, key: str, value: Mapping[str, Any], *, once: bool = False) -> None:
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if once else {}
        with calling("PutObject"):
            self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=json.dumps(value, ensure_ascii=False).encode(),
                ContentType="application/json",
                **condition,
            )


def _read(stored: Mapping[str, Any]) -> StoredTurn:
    return StoredTurn(
        question=stored["question"],
        answer=stored["answer"],
        citations=tuple(Citation(**citation) for citation in stored["citations"]),
        usage=Usage(**stored["usage"]),
        model=stored["model"],
        at=datetime.fromisoformat(stored["at"]),
    )


def _summary(name: str, stored: Mapping[str, Any]) -> Summary:
    return Summary(
        id=name.removesuffix(".json").partition("-")[2],
        title=stored["title"],
        started=datetime.fromisoformat(stored["started"]),
    )


def _title(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def _countdown(at: datetime) -> str:
    """A number that sorts the other way round than time does.

    >>> early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    >>> _countdown(late) < _countdown(early)
    True
    """
    return f"{END_OF_TIME - int(at.timestamp() * 1000):013d}"
