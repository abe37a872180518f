"""Bodies against their schema, and what breaks it in Bedrock's own words.

    Malformed input request: #: required key [max_tokens] not found, please reformat your input and
    try again.

The paths and words are those of the JSON Schema validator that Bedrock's answers show.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody

_T = TypeVar("_T", bound="Body")


class Body(BaseModel):
    """A JSON object that has the members that it declares, and no others.

    A body is prepared when the first of its kind comes: few are those of the model that is asked.
    """

    # What a body may hold is worked out when the first of its kind comes: to do so for those of all
    # families took a tenth of a second of each start.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class CamelBody(Body):
    """A body whose members are written in camel case: `max_tokens` is maxTokens."""

    model_config = ConfigDict(alias_generator=to_camel)


Unit = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
TopK = Annotated[int, Field(ge=0, le=500)]
Stops = list[Annotated[str, Field(min_length=1)]]


def _blocks(content: Any) -> Any:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


Content = Annotated[list[JSON], BeforeValidator(_blocks)]  # a string is one block of text


LACKED = "lacked"


def lacking(does: str, *allowed: object) -> AfterValidator:
    """Refuse a member that the family has and the stand-in does nothing about: not in words of
    Bedrock's, which takes it.

    Args:
        does: what the stand-in does instead.
        allowed: values of it that ask for nothing.
    """

    def check_lack(value: Any) -> Any:
        if value is None or value in allowed:
            return value
        raise PydanticCustomError(LACKED, "the stand-in {does}; AWS takes this.", {"does": does})

    return AfterValidator(check_lack)


def parse(data: bytes) -> JSON:
    """The JSON object in a request's body."""
    try:
        body = json.loads(data)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise InvalidBody("Malformed input request, please reformat your input and try again.")
    return body


def check(kind: type[_T], body: JSON, where: tuple[str | int, ...] = ()) -> _T:
    """The body as its type. One that stands within another is named by `where` that is.

    >>> class Titan(Body):
    ...     inputText: str
    >>> try:
    ...     check(Titan, {"inputText": 5})
    ... except InvalidBody as error:
    ...     print(error.message[25:79])
    #/inputText: expected type: String, found: Integer, pl
    """
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        errors = error.errors()
        if all(one["type"] == LACKED for one in errors):
            where_ = ".".join(map(str, (*where, *errors[0]["loc"])))
            raise InvalidBody(f"{where_}: {errors[0]['msg']}") from None
        violations = (_worded(one, where) for one in errors)
        raise malformed(*violations, native=_native(errors[0], where)) from None


def malformed(*violations: str, native: str = "") -> InvalidBody:
    wrong = "".join(violations)
    return InvalidBody(
        f"Malformed input request: {wrong}, please reformat your input and try again.", native
    )


def _native(error: ErrorDetails, above: tuple[str | int, ...]) -> str:
    """As Claude 4 and later word it: `max_tokens: Field required`."""
    where = ".".join(map(str, (*above, *error["loc"])))
    if (where, error["type"]) == ("messages", "too_short"):
        return "messages: at least one message is required"
    return f"{where}: {error['msg']}"


def _worded(error: ErrorDetails, above_it: tuple[str | int, ...]) -> str:
    *above, last = (*above_it, *error["loc"]) or ("",)
    if error["type"] == "missing":
        return f"{_pointer(above)}: required key [{last}] not found"
    if error["type"] == "extra_forbidden":
        return f"{_pointer(above)}: extraneous key [{last}] is not permitted"
    where = _pointer((*above, last))
    if expected := _TYPES.get(error["type"]):
        return f"{where}: expected type: {expected}, found: {_json_type(error['input'])}"
    if rule := _RULES.get(error["type"]):
        return f"{where}: {rule(error['input'], error.get('ctx', {}))}"
    return f"{where}: {error['msg']}"


def _pointer(parts: Iterable[int | str]) -> str:
    """A JSON pointer.

    >>> _pointer(("messages", 0, "role"))
    '#/messages/0/role'
    """
    return "#" + "".join(f"/{part}" for part in parts)


_TYPES = {
    "string_type": "String",
    "int_type": "Integer",
    "int_from_float": "Integer",
    "float_type": "Number",
    "bool_type": "Boolean",
    "list_type": "JSONArray",
    "dict_type": "JSONObject",
    "model_type": "JSONObject",
}
_RULES: Mapping[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda value, of: f"{value} is not greater or equal to {of['ge']:g}",
    "less_than_equal": lambda value, of: f"{value} is not less or equal to {of['le']:g}",
    "string_pattern_mismatch": lambda value, of: (
        f"string [{value}] does not match pattern {of['pattern']}"
    ),
    "literal_error": lambda value, _: f"{value} is not a valid enum value",
    "too_short": lambda value, of: (
        f"expected minimum item count: {of['min_length']}, found: {len(value)}"
    ),
    "too_long": lambda value, of: (
        f"expected maximum item count: {of['max_length']}, found: {len(value)}"
    ),
    "string_too_short": lambda value, of: (
        f"expected minLength: {of['min_length']}, actual: {len(value)}"
    ),
    "string_too_long": lambda value, of: (
        f"expected maxLength: {of['max_length']}, actual: {len(value)}"
    ),
}


def _json_type(value: Any) -> str:
    if value is None:
        return "Null"
    return _JSON_TYPES.get(type(value), type(value).__name__)


_JSON_TYPES = {
    str: "String",
    int: "Integer",
    float: "Double",
    bool: "Boolean",
    list: "JSONArray",
    dict: "JSONObject",
}
