"""The errors that Outcrop raises on purpose, by the person who can mend them.

    OutcropError
    ├── CallerError            the request is at fault; the message names the field and the rule
    │   ├── InvalidRequest     400
    │   ├── Unauthenticated    401
    │   ├── Forbidden          403
    │   ├── NotFound           404
    │   ├── Conflict           409
    │   ├── TooLarge           413
    │   ├── NotJson            415
    │   ├── TooManyTurns       429
    │   └── BudgetSpent        429
    ├── BackendError           the request is right; AWS, or the stand-in, failed
    │   ├── Throttled          429
    │   ├── ModelFailed        502   the model answered with an error, or with nonsense
    │   ├── ToolFailed         502   a tool's function failed, or answered with nonsense
    │   ├── StreamCut          502   the stream ended without its terminal event
    │   ├── DamagedTurn        502   a stored turn is no turn any more
    │   ├── Unavailable        503
    │   │   └── Waking         503   a database that was paused starts
    │   └── TimedOut           504
    └── OperatorError          500   for the operator of Outcrop: a setting, a permission

A caller reads `title` and `detail` of the first two. Of an OperatorError, a caller reads only the
title; the detail goes to the log.
"""

from datetime import datetime
from typing import ClassVar


class OutcropError(Exception):
    """An error that is raised on purpose.

    Attributes:
        status: its HTTP status.
        code: its name in `problem+json` and in `error` events; stable, for programs.
        title: the kind of error, in the same words each time.
        detail: the cause this time, and what to do next.
        retryable: whether the same request may succeed later.
        retry_after: in how many seconds it may; None for a few.
        resets_at: the moment at which it may, if that is known.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    retryable: ClassVar[bool] = False

    retry_after: int | None = None
    resets_at: datetime | None = None

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class CallerError(OutcropError):
    """The request is at fault. `field` is the part at fault, by the caller's own name for it."""

    status = 400
    code = "caller-error"
    title = "The request is not right"

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.field = field


class InvalidRequest(CallerError):
    code = "invalid-request"
    title = "The request is not valid"


class Unauthenticated(CallerError):
    status = 401
    code = "unauthenticated"
    title = "Nobody is signed in"


class Forbidden(CallerError):
    status = 403
    code = "forbidden"
    title = "The request is not permitted"


class NotFound(CallerError):
    status = 404
    code = "not-found"
    title = "Not found"


class Conflict(CallerError):
    status = 409
    code = "conflict"
    title = "The request conflicts with the current state"


class TooLarge(CallerError):
    status = 413
    code = "too-large"
    title = "The request is too large"


class NotJson(CallerError):
    status = 415
    code = "unsupported-media-type"
    title = "The body is not JSON"


class TooManyTurns(CallerError):
    status = 429
    code = "too-many-turns"
    title = "Too many of your questions are being answered"
    retryable = True


class BudgetSpent(CallerError):
    """A budget of the principal has too little left, until it begins anew."""

    status = 429
    code = "budget-spent"
    title = "Your budget is spent"
    retryable = True

    def __init__(self, detail: str, *, resets_at: datetime, seconds: int) -> None:
        super().__init__(detail)
        self.resets_at, self.retry_after = resets_at, seconds


class BackendError(OutcropError):
    """A service that Outcrop called has failed. Nothing of a failed answer is stored, and Outcrop
    does not repeat a generating call: the caller decides, helped by `retryable`.
    """

    status = 502
    code = "backend-error"
    title = "A service that we depend on failed"
    retryable = True


class Throttled(BackendError):
    status = 429
    code = "throttled"
    title = "Too many requests at the moment"


class ModelFailed(BackendError):
    code = "model-failed"
    title = "The model failed"


class ToolFailed(BackendError):
    code = "tool-failed"
    title = "A tool failed"


class StreamCut(BackendError):
    code = "stream-cut"
    title = "The answer was cut off"


class DamagedTurn(BackendError):
    code = "damaged-turn"
    title = "A stored turn cannot be read"
    retryable = False


class Unavailable(BackendError):
    status = 503
    code = "unavailable"
    title = "A service that we depend on is not available"


class Waking(Unavailable):
    """A vector store that was paused is starting. It is there in half a minute or so."""

    code = "waking"
    title = "The documents' store is starting"
    retry_after = 15


class TimedOut(BackendError):
    status = 504
    code = "timed-out"
    title = "A service that we depend on took too long"


class OperatorError(OutcropError):
    """Outcrop is not set up right. The caller cannot mend it; the log says what to do."""

    code = "not-set-up"
    title = "Outcrop is not set up right; its log says why"
