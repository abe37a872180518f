"""The errors of control planes, by Bedrock's names."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from app.local.wire import ServiceError


def invalid(field: str, rule: str) -> ServiceError:
    return ServiceError(
        "ValidationException", f"{field}: {rule}", fieldList=[{"name": field, "message": rule}]
    )


def unsupported(field: str, feature: str) -> ServiceError:
    return invalid(field, f"the stand-in does not have {feature}. AWS does.")


def not_found(kind: str, identifier: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"{kind} with id {identifier} does not exist.")


def conflict(message: str) -> ServiceError:
    return ServiceError("ConflictException", message)


@contextmanager
def unique(message: str) -> Iterator[None]:
    """Raise a ConflictException where the block violates a uniqueness in the database."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise conflict(message) from error
