"""The foundation models that the stand-in knows: `foundation_models.json`, a row each.

    id, name, provider, input, output, inference, streaming, status, lifecycle times
                as ListFoundationModels tells them; what is not sure is left out
    body        whose bodies it speaks, by the names of `app.local.bedrock_runtime.bodies`
    maxTokens   the longest answer that it writes
    sampling    "one": it takes temperature or top_p, and not both; "none": neither, nor top_k
    ended       it is past its end of life, on a date that is not known

A snapshot of November 2026. The last models of a family that has gone (Titan Text, Command, Jamba,
Jurassic-2) are kept as LEGACY without an end: nothing else answers in their bodies.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

_TIMES = ("startOfLifeTime", "legacyTime", "publicExtendedAccessTime", "endOfLifeTime")
_ARN = re.compile(
    r"arn:aws[^:]*:bedrock:[a-z0-9-]*:\d*:(?:foundation-model|inference-profile)/(?P<id>.+)"
)
_CONTEXT = re.compile(r":\d+k$")


@dataclass(frozen=True)
class FoundationModel:
    """One model, as Bedrock tells of it."""

    id: str
    name: str
    provider: str
    body: str
    input: tuple[str, ...]
    output: tuple[str, ...]
    inference: tuple[str, ...]
    streaming: bool
    max_tokens: int | None
    sampling: Literal["any", "one", "none"]
    status: Literal["ACTIVE", "LEGACY"]
    gone: bool
    times: Mapping[str, datetime]

    def ended(self, now: datetime) -> bool:
        """Whether it is past its end of life."""
        end = self.times.get("endOfLifeTime")
        return self.gone or (end is not None and end <= now)


@cache
def models() -> Mapping[str, FoundationModel]:
    """All of them, by id."""
    rows = json.loads(Path(__file__).with_suffix(".json").read_text())
    return {row["id"]: _model(row) for row in rows}


def find(identifier: str) -> FoundationModel | None:
    """The model behind an id, with or without a geography before it, or behind an ARN.

    >>> find("eu.amazon.nova-lite-v1:0").name
    'Nova Lite'
    >>> find("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0").name
    'Nova Pro'
    """
    arn = _ARN.fullmatch(identifier)
    name = _CONTEXT.sub("", arn["id"] if arn else identifier)
    return models().get(name) or models().get(name.partition(".")[2])


def can_write(identifier: str) -> bool:
    """Whether an id, inference profile or ARN is of a model that writes text and has not ended."""
    model = find(identifier)
    return model is not None and "TEXT" in model.output and not model.ended(datetime.now(UTC))


def _model(row: dict[str, Any]) -> FoundationModel:
    return FoundationModel(
        id=row["id"],
        name=row["name"],
        provider=row["provider"],
        body=row["body"],
        input=tuple(row["input"]),
        output=tuple(row["output"]),
        inference=tuple(row["inference"]),
        streaming=row.get("streaming", True),
        max_tokens=row.get("maxTokens"),
        sampling=row.get("sampling", "any"),
        status=row.get("status", "ACTIVE"),
        gone=row.get("ended", False),
        times={name: datetime.fromisoformat(row[name]) for name in _TIMES if name in row},
    )
