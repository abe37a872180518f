"""A presigned URL holds until the time that it names itself. Its signature is not looked at.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from app.local.wire import ServiceError

LONGEST = 7 * 24 * 3600  # seconds


def check_lifetime(query: Mapping[str, Sequence[str]]) -> None:
    """Refuse what has expired.

    Raises:
        ServiceError: AccessDenied; or AuthorizationQueryParametersError.
    """
    expires = _expires({name: values[0] for name, values in query.items()})
    now = datetime.now(UTC)
    if expires is not None and now > expires:
        raise ServiceError(
            "AccessDenied",
            "Request has expired",
            Expires=_written(expires),
            ServerTime=_written(now),
        )


def _expires(query: Mapping[str, str]) -> datetime | None:
    """By signature version 4, or 2; None: the URL is not presigned."""
    try:
        if "X-Amz-Signature" in query:
            signed = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return signed + timedelta(seconds=_seconds(query["X-Amz-Expires"]))
        if "AWSAccessKeyId" in query:
            return datetime.fromtimestamp(int(query["Expires"]), UTC)
    except (KeyError, OverflowError, ValueError) as error:
        message = "Query-string authentication requires its date and its expiry, well-formed."
        raise ServiceError("AuthorizationQueryParametersError", message) from error
    return None


def _seconds(text: str) -> int:
    if not 0 <= int(text) <= LONGEST:
        message = f"X-Amz-Expires must be between 0 and {LONGEST} seconds, which are a week."
        raise ServiceError("AuthorizationQueryParametersError", message)
    return int(text)


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
