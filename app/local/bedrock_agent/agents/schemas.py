"""The schemas of action groups: a list of functions, or an OpenAPI document."""

from app.local.bedrock_agent.agents import openapi
from app.local.bedrock_agent.agents.dependencies import Dependencies
from app.local.control.errors import invalid
from app.local.wire import JSON

MAX_FUNCTIONS = 11
MAX_PARAMETERS = 5


def check_functions(schema: JSON) -> None:
    """Check Bedrock's FunctionSchema.

    Raises:
        ServiceError: ValidationException.
    """
    field = "functionSchema.functions"
    names = [function["name"] for function in schema["functions"]]
    if not 1 <= len(names) <= MAX_FUNCTIONS:
        raise invalid(field, f"must be 1 to {MAX_FUNCTIONS} functions, and are {len(names)}.")
    for number, function in enumerate(schema["functions"], 1):
        where, name = f"{field}.{number}.member", function["name"]
        if name in names[: number - 1]:
            raise invalid(f"{where}.name", f"{name!r} is there already.")
        if len(function.get("parameters", {})) > MAX_PARAMETERS:
            raise invalid(f"{where}.parameters", f"must be at most {MAX_PARAMETERS}.")


def document(dependencies: Dependencies, schema: JSON, group: str) -> str:
    """The OpenAPI document of Bedrock's APISchema, checked.

    Raises:
        ServiceError: ValidationException.
    """
    try:
        text = schema["payload"] if "payload" in schema else _fetch(dependencies, schema["s3"])
        openapi.check(text)
    except ValueError as error:
        raise invalid(
            "apiSchema",
            "Failed to create OpenAPI 3 model from the JSON/YAML object that you provided for "
            f"action group {group}: {error}",
        ) from error
    return str(text)


def _fetch(dependencies: Dependencies, location: JSON) -> str:
    for member in ("s3BucketName", "s3ObjectKey"):
        if member not in location:
            raise ValueError(f"s3.{member} is missing.")
    bucket, key = location["s3BucketName"], location["s3ObjectKey"]
    try:
        return dependencies.objects.path(bucket, key).read_bytes().decode()
    except KeyError as error:
        raise ValueError(f"s3://{bucket}/{key} is not there.") from error
