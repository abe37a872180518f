"""Errors, of a request and in a stream."""

from datetime import datetime

from pydantic import Field

from app.web.schemas.base import Schema


class Violation(Schema):
    """A part of the request, and the rule that it breaks."""

    field: str
    rule: str


class Problem(Schema):
    """An RFC 9457 problem."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool
    request_id: str
    errors: list[Violation] | None = None
    resets_at: datetime | None = Field(
        default=None, description="When a budget that is spent begins anew."
    )


class TurnError(Schema):
    """The error of a turn, in a stream."""

    status: int
    code: str
    title: str
    detail: str
    retryable: bool
    retry_after: int | None
    resets_at: datetime | None
