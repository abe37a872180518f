"""The translation of failed calls: exceptions of botocore and urllib3 to those of `app.errors`.

    Throttled            too many requests, or a model that is not ready
    Unavailable          an error of the service; no connection, or one lost before the response
    Waking               a Knowledge Base whose database starts after a pause
    TimedOut             the model took too long, or no byte came in time
    ModelFailed          the model answered with an error
    StreamCut            a response broke off: a lost connection, a damaged frame, an exception
                         event without a name
    InvalidRequest       ValidationException, and requests that botocore itself refuses to send
    TooLarge             a prompt or an object that is too long
    NotFound             no such object; no such model, where a model is called
    Conflict             another request came first
    OperatorError        no Region, no credentials, no permission, or a setting that names a missing
                         resource
    BackendError         every other error, with its name

`_CODES`, `_STATUSES` and `_RAISED` have that table in full.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import botocore.exceptions as boto
import urllib3.exceptions
from botocore.eventstream import ParserError
from botocore.parsers import ResponseParserError

from app.errors import (
    BackendError,
    CallerError,
    Conflict,
    InvalidRequest,
    ModelFailed,
    NotFound,
    OperatorError,
    OutcropError,
    StreamCut,
    Throttled,
    TimedOut,
    TooLarge,
    Unavailable,
    Waking,
)

FAILURES = (
    boto.BotoCoreError,
    boto.ClientError,
    ParserError,
    ResponseParserError,
    urllib3.exceptions.HTTPError,  # botocore does not wrap it while a stream is read
)


@contextmanager
def calling(operation: str) -> Iterator[None]:
    """Translate the exceptions of the block. `operation` is AWS's name of the call.

    A streamed response has to be read in the block too, because reading it may fail.
    """
    try:
        yield
    except FAILURES as error:
        raise translate(error, operation) from error


def translate(error: Exception, operation: str) -> OutcropError:
    """The error for a failed call."""
    if isinstance(error, boto.ClientError):
        return _from_response(error, operation)
    for types, kind, hint in _RAISED:
        if isinstance(error, types):
            return kind(_sentence(operation, type(error).__name__, str(error), hint))
    return BackendError(_sentence(operation, type(error).__name__, str(error)))


def _from_response(error: boto.ClientError, operation: str) -> OutcropError:
    """The error for a response of the service, or for an event of a stream.

    A response has the code `ThrottlingException`; in a stream botocore has `throttlingException`.
    """
    error_body = error.response.get("Error", {})
    code, message = str(error_body.get("Code", "")), str(error_body.get("Message", ""))
    code = code[:1].upper() + code[1:]
    calls_model = operation.startswith(("InvokeModel", "Converse", "CountTokens"))
    hints = _HINTS | (_MODEL_HINTS if calls_model else {})
    detail = _sentence(operation, code or "unnamed error", message, hints.get(code, ""))

    if code == "ValidationException":
        return _from_validation(message, detail)
    if code == "ResourceNotFoundException" and calls_model:
        return NotFound(detail, field="model")
    if kind := _CODES.get(code):
        return kind(detail)
    if isinstance(error, boto.EventStreamError):
        return StreamCut(detail)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _STATUSES.get(status, BackendError)(detail)


def _from_validation(message: str, detail: str) -> OutcropError:
    """The error for a ValidationException, whose field is in its message only.

    A Knowledge Base answers with one, too, while its Aurora cluster starts after a pause: that is
    no caller's mistake, and passes.
    """
    if _STARTING.search(message):
        return Waking(detail)
    if _GUARDRAIL.search(message):  # over a call of a model: no caller names one
        return OperatorError(f"{detail} {_NAME_GUARDRAIL}")
    for pattern, kind, field, hint in _REFUSALS:
        if re.search(pattern, message, re.IGNORECASE):
            return kind(f"{detail} {hint}", field=field)
    return InvalidRequest(detail)


def _sentence(operation: str, name: str, message: str, hint: str = "") -> str:
    what = f"{operation}: {name}: {message}".rstrip(".: ")
    return f"{what}. {hint}".rstrip()


_CODES: dict[str, type[OutcropError]] = {
    code: kind
    for kind, codes in {
        Throttled: """Throttling ThrottlingException TooManyRequestsException SlowDown
            ModelNotReadyException ServiceQuotaExceededException""",
        Unavailable: """InternalServerException InternalFailure InternalError ServiceUnavailable
            ServiceUnavailableException BadGatewayException DependencyFailedException""",
        TimedOut: "ModelTimeoutException RequestTimeout",
        ModelFailed: "ModelErrorException ModelStreamErrorException",
        TooLarge: "EntityTooLarge",
        NotFound: "NoSuchKey",
        Conflict: "ConflictException ConditionalRequestConflict PreconditionFailed",
        OperatorError: """AccessDeniedException AccessDenied FTUFormNotFilled
            ExpiredTokenException ExpiredToken UnrecognizedClientException InvalidClientTokenId
            InvalidAccessKeyId InvalidSignatureException SignatureDoesNotMatch
            RequestTimeTooSkewed ResourceNotFoundException NoSuchBucket""",
    }.items()
    for code in codes.split()
}

# for responses without a code, such as S3's to a HEAD
_STATUSES: dict[int, type[OutcropError]] = {
    401: OperatorError,
    403: OperatorError,
    404: NotFound,
    408: TimedOut,
    409: Conflict,
    412: Conflict,
    413: TooLarge,
    429: Throttled,
    500: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: TimedOut,
}

_PERMIT = "Allow this to the role or user that Outcrop runs as."
_RENEW = "Renew the credentials, as with `aws sso login`, and start Outcrop again."

_HINTS = {
    "AccessDeniedException": _PERMIT,
    "AccessDenied": _PERMIT,
    "ExpiredTokenException": _RENEW,
    "ExpiredToken": _RENEW,
    "UnrecognizedClientException": _RENEW,
    "ResourceNotFoundException": "A setting names a resource that is not there.",
    "NoSuchBucket": "A setting names a bucket that is not there.",
}
_MODEL_HINTS = {
    "AccessDeniedException": (
        f"{_PERMIT} An inference profile has to be allowed, and its model in each of its Regions. "
        "See in the Bedrock console, too, that the account has access to the model."
    ),
    "ResourceNotFoundException": "See GET /models for what can be called.",
}

_STARTING = re.compile(r"auto-?paused|is resuming after", re.IGNORECASE)

_GUARDRAIL = re.compile(r"guardrail (identifier|version)", re.IGNORECASE)
_NAME_GUARDRAIL = (
    "See that OUTCROP_GUARDRAIL_ID and OUTCROP_GUARDRAIL_VERSION name a guardrail and a version "
    "that are there and READY in this Region."
)

# message of a ValidationException -> error, field at fault, what to do next
_REFUSALS: tuple[tuple[str, type[CallerError], str, str], ...] = (
    (
        r"inference profile",
        InvalidRequest,
        "model",
        "An inference profile is the model's id with a geography before it, as us. or global.",
    ),
    (r"model identifier", InvalidRequest, "model", "See GET /models for what can be called."),
    (
        r"too long|context (window|length|limit)",
        TooLarge,
        "turns",
        "Ask something shorter, or begin a new conversation.",
    ),
)

_NO_CREDENTIALS = (
    "Set up credentials, as with `aws configure`, or by AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY. A bearer token does not do for S3 and for Knowledge Bases."
)

# exceptions of botocore or urllib3 -> error, what to do next; the first match counts
_RAISED: tuple[tuple[tuple[type[Exception], ...], type[OutcropError], str], ...] = (
    (
        (boto.NoRegionError, boto.InvalidRegionError),
        OperatorError,
        "Set AWS_DEFAULT_REGION, or a region in the AWS profile.",
    ),
    (
        (boto.NoCredentialsError, boto.PartialCredentialsError, boto.NoAuthTokenError),
        OperatorError,
        _NO_CREDENTIALS,
    ),
    (
        (boto.CredentialRetrievalError, boto.TokenRetrievalError, boto.SSOError, boto.LoginError),
        OperatorError,
        _RENEW,
    ),
    (
        (
            boto.ProfileNotFound,
            boto.ConfigParseError,
            boto.ConfigNotFound,
            boto.InvalidConfigError,
            boto.InvalidEndpointConfigurationError,
            boto.InvalidProxiesConfigError,
            boto.BaseEndpointResolverError,
            boto.EndpointProviderError,
        ),
        OperatorError,
        "Put the AWS configuration of this process right.",
    ),
    ((boto.ParamValidationError, boto.ValidationError), InvalidRequest, ""),
    (
        (boto.ReadTimeoutError, boto.ConnectTimeoutError, urllib3.exceptions.TimeoutError),
        TimedOut,
        "",
    ),
    (
        (
            boto.ResponseStreamingError,
            boto.IncompleteReadError,
            urllib3.exceptions.ProtocolError,
            urllib3.exceptions.IncompleteRead,
            urllib3.exceptions.InvalidChunkLength,
            ParserError,
        ),
        StreamCut,
        "",
    ),
    (
        (boto.HTTPClientError, boto.ConnectionError, urllib3.exceptions.HTTPError),
        Unavailable,
        "",
    ),
)
