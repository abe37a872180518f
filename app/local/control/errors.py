"""The errors that a control plane answers with, in Bedrock's names."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from app.local.wire import ServiceError


def invalid(field: str, rule: str) -> ServiceError:
    return ServiceError(
        "ValidationException", f"{field}: {rule}", fieldList=[{"name": field, "message": rule}]
    )


def unsupported(field: str, what: str) -> ServiceError:
    return invalid(field, f"the stand-in does not have {what}. AWS does.")


def not_found(kind: str, identifier: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"{kind} with id {identifier} does not exist.")


def conflict(message: str) -> ServiceError:
    return ServiceError("ConflictException", message)


@contextmanager
def unique(message: str) -> Iterator[None]:
    """Around an INSERT or UPDATE of a name that may be taken."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise conflict(message) from error
