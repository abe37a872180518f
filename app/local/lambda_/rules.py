"""Lambda's rules, the stand-in's own refusals, and the error messages."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from app.local import lazy_re as re
from app.local.lambda_.runtime import (
    BadArchive,
    Function,
    NoSuchFunction,
    NoSuchMapping,
    TooManyAtOnce,
)
from app.local.wire import JSON, ServiceError

LARGEST_VARIABLES = 4096  # bytes, names and values together
_RESERVED = frozenset(
    {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "_HANDLER",
    }
)
_NAME = re.compile(
    r"(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?(?:\d{12}:)?(?:function:)?(?P<name>[\w-]+)"
    r"(?::(?P<qualifier>[$\w.-]+))?"
)
_ADAPTER = re.compile(r":layer:LambdaAdapterLayer\w+:\d+$")
_LATEST = "$LATEST"


def function_name(params: JSON) -> str:
    """The name in a name, a partial ARN or an ARN, with or without `:$LATEST`.

    >>> function_name({"FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:search"})
    'search'
    """
    match = _NAME.fullmatch(params["FunctionName"])
    if match is None:
        raise invalid(f"{params['FunctionName']!r} is not a function's name or ARN.")
    qualifier = params.get("Qualifier") or match["qualifier"] or _LATEST
    if qualifier != _LATEST:
        raise not_found(
            f"Function not found: {match['name']}:{qualifier}. There is only {_LATEST}."
        )
    return match["name"]


def invalid(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", message, Type="User")


def not_found(message: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", message, Type="User")


def refuse(params: JSON, names: Iterable[str], of: str) -> None:
    """Refuse a request with one of these parameters, which would have no effect. `of` names the
    resource in the message.
    """
    if parameter := next((name for name in names if params.get(name)), None):
        raise invalid(f"The stand-in's {of} do not have {parameter}.")


def check_runtime(runtime: str | None) -> None:
    if not (runtime or "").startswith("python3"):
        raise invalid(
            f"The stand-in runs functions in its own Python: the runtime has to be one of "
            f"python3.*, not {runtime}."
        )


def check_layers(layers: Iterable[str]) -> None:
    """Refuse all layers but the web adapter's, since functions with that one are never run."""
    if others := [arn for arn in layers if not _ADAPTER.search(arn)]:
        raise invalid(
            f"The stand-in mounts no Layers, and a function could not do without: {others[0]}. "
            "Put what is in it into the function's archive."
        )


def check_runnable(function: Function) -> None:
    """Refuse to run a function that a wrapper starts as a server: it has no handler in Python."""
    if wrapper := function.variables.get("AWS_LAMBDA_EXEC_WRAPPER"):
        raise invalid(
            f"The stand-in runs handlers in Python; {function.name} is started by {wrapper}, as a "
            "server behind a web adapter is. Start the server itself, and ask it over HTTP."
        )


def check_variables(variables: Mapping[str, str]) -> None:
    if reserved := sorted(_RESERVED & variables.keys()):
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided contains reserved keys that are currently not supported "
            f"for modification. Reserved keys used in this request: {', '.join(reserved)}"
        )
    size = sum(len(name.encode()) + len(value.encode()) for name, value in variables.items())
    if size > LARGEST_VARIABLES:
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment "
            f"variables you have provided exceeded the 4KB limit: they take {size} bytes."
        )


def check_revision(params: JSON, revision: str) -> None:
    if params.get("RevisionId", revision) != revision:
        message = (
            "The Revision Id provided does not match the latest Revision Id. Call the "
            "GetFunction/GetAlias API to retrieve the latest Revision Id"
        )
        raise ServiceError("PreconditionFailedException", message, Type="User")


@contextmanager
def lambda_errors() -> Iterator[None]:
    """Translate the functions' exceptions into Lambda's errors."""
    try:
        yield
    except NoSuchFunction as error:
        raise not_found(f"Function not found: {error.args[0]}") from error
    except NoSuchMapping as error:
        raise not_found("The resource you requested does not exist.") from error
    except BadArchive as error:
        raise invalid(str(error)) from error
    except TooManyAtOnce as error:
        raise ServiceError(
            "TooManyRequestsException",
            "Rate Exceeded.",
            Reason="ConcurrentInvocationLimitExceeded",
            Type="User",
        ) from error
