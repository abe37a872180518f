"""SQS's rules, and its errors.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from app.local import lazy_re as re
from app.local.messaging import NoSuchQueue, NotInFlight
from app.local.sqs.broker import BadReceipt, Queues, value_of
from app.local.wire import JSON, Call, ServiceError

MOST = 10  # messages of a receive, entries of a batch
MOST_RECEIVES = 1000  # before a message is a dead letter

_RANGES = {  # of numeric parameters and attributes: least and most
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1024, 1_048_576),
    "MaxNumberOfMessages": (1, MOST),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
    "WaitTimeSeconds": (0, 20),
}
_TEXTS = ("KmsMasterKeyId", "Policy", "RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled")
_FIFO = ("ContentBasedDeduplication", "DeduplicationScope", "FifoQueue", "FifoThroughputLimit")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def queue_name(call: Call) -> str:
    """The name of the request's queue: the last part of its URL."""
    name: str = call.params["QueueUrl"].rstrip("/").rpartition("/")[2]
    return name


def invalid(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValue", message)


def fifo_unsupported() -> ServiceError:
    message = "The stand-in has standard queues only: FIFO queues are not supported."
    return ServiceError("UnsupportedOperation", message)


def check_name(name: str) -> None:
    if name.endswith(".fifo"):
        raise fifo_unsupported()
    if not _NAME.fullmatch(name):
        raise invalid(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
        )


def check_attributes(queues: Queues, attributes: Mapping[str, str]) -> None:
    for name, value in attributes.items():
        if name in _FIFO:
            raise fifo_unsupported()
        if name in _RANGES:
            check_range(name, value, "InvalidAttributeValue")
        elif name not in _TEXTS:
            raise ServiceError("InvalidAttributeName", f"Unknown Attribute {name}.")
    if policy := attributes.get("RedrivePolicy"):
        _check_redrive(queues, policy)


def check_range(name: str, value: Any, code: str = "InvalidParameterValue") -> None:
    least, most = _RANGES[name]
    if value is not None and not (str(value).isdecimal() and least <= int(value) <= most):
        message = (
            f"Value {value} for parameter {name} is invalid. "
            f"Reason: Must be an integer from {least} to {most}."
        )
        raise ServiceError(code, message)


def check_body(body: str) -> None:
    if not body:
        raise ServiceError(
            "MissingParameter", "The request must contain the parameter MessageBody."
        )
    if _FORBIDDEN.search(body):
        message = (
            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | "
            "#x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
        )
        raise ServiceError("InvalidMessageContents", message)


def check_attribute_values(attributes: Mapping[str, JSON]) -> None:
    """Refuse message attributes without a value."""
    for name, attribute in attributes.items():
        if not value_of(attribute):
            raise invalid(
                f"The message attribute '{name}' must contain a non-empty message attribute value."
            )


def check_batch(entries: Sequence[JSON]) -> None:
    ids = [entry["Id"] for entry in entries]
    if not ids:
        message = "There should be at least one entry in the request."
        raise ServiceError("EmptyBatchRequest", message)
    if len(ids) > MOST:
        message = f"Maximum number of entries per request are {MOST}. You have sent {len(ids)}."
        raise ServiceError("TooManyEntriesInBatchRequest", message)
    if len(set(ids)) < len(ids):
        message = "Two or more batch entries in the request have the same Id."
        raise ServiceError("BatchEntryIdsNotDistinct", message)
    if bad := next((one for one in ids if not _NAME.fullmatch(one)), None):
        message = (
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores, "
            f"and 80 of them at most; {bad!r} does not."
        )
        raise ServiceError("InvalidBatchEntryId", message)


@contextmanager
def sqs_errors() -> Iterator[None]:
    """Translate the queues' exceptions into SQS's errors."""
    try:
        yield
    except NoSuchQueue as error:
        message = "The specified queue does not exist."
        raise ServiceError("QueueDoesNotExist", message) from error
    except BadReceipt as error:
        message = "The input receipt handle is invalid."
        raise ServiceError("ReceiptHandleIsInvalid", message) from error
    except NotInFlight as error:
        message = "The message referred to is not in flight."
        raise ServiceError("MessageNotInflight", message) from error


def _check_redrive(queues: Queues, text: str) -> None:
    try:
        policy = json.loads(text)
        times = int(policy["maxReceiveCount"])
        queues.name_of(policy["deadLetterTargetArn"])
    except NoSuchQueue as error:
        reason = f"Dead letter target does not exist: {error.args[0]}"
    except (KeyError, TypeError, ValueError):
        reason = "It needs deadLetterTargetArn and maxReceiveCount"
    else:
        if 1 <= times <= MOST_RECEIVES:
            return
        reason = f"Invalid value for maxReceiveCount: it must be between 1 and {MOST_RECEIVES}"
    raise invalid(f"Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}.")
