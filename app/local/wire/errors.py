"""The names of the wire's own errors in each service, and the statuses that models leave out."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from app.local.disk import disk_problem
from app.local.wire.call import ServiceError

_log = logging.getLogger(__name__)


class Malformed(Exception):
    """A body, or a value in it, is not of the model's type."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(f"{message}, at '{path}'" if path else message)


class Undecodable(Exception):
    """A label of the path is not UTF-8."""


@dataclass(frozen=True)
class Dialect:
    """The names that a service gives to the errors that arise before and after its handlers.

    Attributes:
        malformed: the body cannot be read.
        undecodable: the path is not UTF-8.
        invalid: a parameter breaks a constraint.
        unknown: the service has no such operation.
        missing: the service has the operation, and the stand-in does not. Its status must not be
            one that SDKs retry: 400, or 501 where the service itself has that.
        too_large: the body is over the limit.
        internal: a handler failed.
        throttled: there are too many requests at once.
        unavailable: the stand-in is stopping.
        denied: a web page may have sent the request, or it names another host.
    """

    malformed: str = "SerializationException"
    undecodable: str = "SerializationException"
    invalid: str = "ValidationException"
    unknown: str = "UnknownOperationException"
    missing: str = "NotImplementedException"
    too_large: str = "RequestEntityTooLargeException"
    internal: str = "InternalServerException"
    throttled: str = "ThrottlingException"
    unavailable: str = "ServiceUnavailableException"
    denied: str = "AccessDeniedException"


_COMMON = Dialect()
_DIALECTS = {
    "dynamodb": Dialect(internal="InternalServerError"),
    "lambda": Dialect(internal="ServiceException", throttled="TooManyRequestsException"),
    "s3": Dialect(
        malformed="MalformedXML",
        undecodable="InvalidURI",
        invalid="InvalidArgument",
        unknown="MethodNotAllowed",
        missing="NotImplemented",
        too_large="EntityTooLarge",
        internal="InternalError",
        throttled="SlowDown",
        unavailable="ServiceUnavailable",
        denied="AccessDenied",
    ),
    "sqs": Dialect(internal="InternalError", throttled="RequestThrottled"),
    # https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
    "sts": Dialect(
        malformed="MalformedInput",
        undecodable="MalformedInput",
        invalid="ValidationError",
        unknown="InvalidAction",
        internal="InternalFailure",
        throttled="Throttling",
        unavailable="ServiceUnavailable",
        denied="AccessDenied",
    ),
}


def dialect(service: str) -> Dialect:
    return _DIALECTS.get(service, _COMMON)


# Statuses of codes that no model lists; any other code is 400.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_S3_STATUSES: Mapping[str, int] = {
    "AccessDenied": 403,
    "AccessForbidden": 403,
    "AllAccessDisabled": 403,
    "BucketNotEmpty": 409,
    "ConditionalRequestConflict": 409,
    "InternalError": 500,
    "InvalidBucketState": 409,
    "InvalidPartNumber": 416,
    "InvalidRange": 416,
    "MethodNotAllowed": 405,
    "MissingContentLength": 411,
    "NoSuchBucketPolicy": 404,
    "NoSuchCORSConfiguration": 404,
    "NoSuchConfiguration": 404,
    "NoSuchLifecycleConfiguration": 404,
    "NoSuchPublicAccessBlockConfiguration": 404,
    "NoSuchTagSet": 404,
    "NoSuchVersion": 404,
    "NoSuchWebsiteConfiguration": 404,
    "NotFound": 404,
    "NotImplemented": 501,
    "NotModified": 304,
    "ObjectLockConfigurationNotFoundError": 404,
    "OperationAborted": 409,
    "OwnershipControlsNotFoundError": 404,
    "PreconditionFailed": 412,
    "ReplicationConfigurationNotFoundError": 404,
    "ServerSideEncryptionConfigurationNotFoundError": 404,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "SlowDown": 503,
}

# https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
_COMMON_STATUSES: Mapping[str, int] = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "ExpiredToken": 403,
    "ExpiredTokenException": 403,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerException": 500,
    "InvalidClientTokenId": 403,
    "InvalidSignatureException": 403,
    "MissingAuthenticationToken": 403,
    "MissingAuthenticationTokenException": 403,
    "NotAuthorized": 403,
    "OptInRequired": 403,
    "RequestEntityTooLargeException": 413,
    "ResourceNotFoundException": 404,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
    "SignatureDoesNotMatch": 403,
    "ThrottlingException": 429,
    "UnrecognizedClientException": 403,
    "UnsupportedMediaTypeException": 415,
}


def unmodelled_status(service: str, code: str) -> int:
    """The HTTP status of a code that the service's model does not list.

    >>> unmodelled_status("bedrock-runtime", "UnrecognizedClientException")
    403
    >>> unmodelled_status("dynamodb", "UnrecognizedClientException")
    400
    """
    status = (_S3_STATUSES if service == "s3" else _COMMON_STATUSES).get(code, 400)
    return 400 if service == "dynamodb" and status == 403 else status


def query_code(code: str) -> str:
    """The code that an error of SQS had in its older query protocol, which SDKs still read:
    https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
    """
    return _SQS_QUERY_CODES.get(code, code)


_SQS_QUERY_CODES: Mapping[str, str] = {
    "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
    "QueueNameExists": "QueueAlreadyExists",
} | {
    code: f"AWS.SimpleQueueService.{code}"
    for code in (
        "BatchEntryIdsNotDistinct",
        "BatchRequestTooLong",
        "EmptyBatchRequest",
        "InvalidBatchEntryId",
        "MessageNotInflight",
        "PurgeQueueInProgress",
        "QueueDeletedRecently",
        "TooManyEntriesInBatchRequest",
        "UnsupportedOperation",
    )
}


def internal_error(error: Exception, code: str, request_id: str) -> ServiceError:
    """The answer to an exception that no handler raises on purpose, which is logged.

    Args:
        code: the service's own code for such an error.
    """
    if problem := disk_problem(error):
        _log.warning("request %s failed: %s", request_id, error)
        return ServiceError(code, problem)
    _log.error("request %s failed", request_id, exc_info=error)
    message = f"{type(error).__name__}: {error}. The log has more, under {request_id}."
    return ServiceError(code, message)
