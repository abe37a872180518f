"""Makes tools of plain functions in one Lambda function, which is called by an action group's
events.

    tools = ActionGroup("weather", "The weather, today and tomorrow.")

    @tools.function
    def forecast(town: Annotated[str, Field(description="The town's name.")]) -> Forecast:
        '''Tell tomorrow's weather in a town.'''

`app.tools` defines tools and their events. This is the Lambda side of it: a function's name,
docstring and signature define a tool. A parameter is whatever pydantic reads: texts, numbers,
`Literal` and `Enum`, dates, lists, models in models. Powertools' resolver checks an event's
parameters by them, and `tools` returns them as `Tool`s. Events with a function schema and with an
API schema are both answered.

An error that the caller can mend, or that may pass, is a refusal, for the model to read. An error
that only the operator can mend fails the Lambda function.
"""

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from inspect import Parameter, Signature, getdoc, signature
from threading import Lock
from typing import Annotated, Any, TypeVar, get_type_hints

from aws_lambda_powertools.event_handler import BedrockAgentResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, ConfigDict, create_model

from app.errors import BackendError, CallerError
from app.tools import Arguments, Outcome, SessionAttributes, Tool, call_of, principal_of
from app.tools.action_group import (
    JSON,
    JSON_TYPE,
    MOST_BYTES,
    error_body,
    event,
    function_of,
    outcome_of,
    response,
    tool_specs,
)
from app.tools.description import describe, openapi
from app.tools.input_schema import WrongTool, input_schema

_Function = TypeVar("_Function", bound=Callable[..., Any])
_TEXTS = frozenset(("string", "integer", "number", "boolean"))
_BAD, _MISSING, _LONG = 422, 404, 413
_session: ContextVar[SessionAttributes] = ContextVar("session")
_one_at_a_time = Lock()  # a resolver keeps the event that it answers in its class


class ActionGroup:
    """The tools of one Lambda function.

    Args:
        name: of the group, and of its folder.
        description: of its tools' subject.
    """

    def __init__(self, name: str, description: str) -> None:
        self.name, self.description = name, description
        self._models: dict[str, type[BaseModel]] = {}
        self._descriptions: dict[str, str] = {}
        self._confirmed: set[str] = set()
        self._resolver = BedrockAgentResolver()
        self._resolver.exception_handler(NotFoundError)(self._refuse_unknown_function)
        self._resolver.exception_handler(RequestValidationError)(_refuse_arguments)
        self._resolver.exception_handler([CallerError, BackendError])(_refuse)

    def function(self, function: _Function) -> _Function:
        """Make a tool of this function.

        Raises:
            WrongTool: a parameter has no type, or cannot be passed by its name.
        """
        name = function.__name__
        self._models[name] = model = _model_of(function)
        self._descriptions[name] = " ".join((getdoc(function) or "").split())

        def call(arguments: BaseModel) -> Any:
            return function(**{each: getattr(arguments, each) for each in model.model_fields})

        parameter = Parameter(
            "arguments", Parameter.KEYWORD_ONLY, annotation=Annotated[model, Body()]
        )
        returns = get_type_hints(function, include_extras=True).get("return", Any)
        call.__signature__ = Signature([parameter], return_annotation=returns)  # type: ignore[attr-defined]
        self._resolver.post(f"/{name}", description=name, operation_id=name)(call)
        return function

    def confirmed_function(self, function: _Function) -> _Function:
        """As `function`, of one that changes something: whoever runs the tool lets the person who
        asks confirm each call first.
        """
        self._confirmed.add(function.__name__)
        return self.function(function)

    def answer(self, event: Mapping[str, Any], context: Any) -> JSON:
        """The response to an action group's event."""
        status, body = self._answer(event, context)
        answer = response(event, body, status)
        if (size := len(json.dumps(answer).encode())) <= MOST_BYTES:
            return answer
        message = f"The result has {size} bytes, and may have {MOST_BYTES}. Ask for less at once."
        return response(event, error_body(message), _LONG)

    @property
    def principal(self) -> str:
        """The person who asks, in the event that is being answered.

        Raises:
            Unauthenticated: the runner has not set it.
        """
        return principal_of(_session.get())

    @property
    def call(self) -> str | None:
        """The key of the call that is being answered, equal when it is made again; None if whoever
        runs the tool gives none.
        """
        return call_of(_session.get())

    def tools(self) -> tuple[Tool, ...]:
        """The functions as tools, which are called in this process.

        Raises:
            WrongTool: a model could not be told of one.
        """
        return tuple(map(self._tool, self._models))

    def describe(self) -> JSON:
        """The tools as parameters of CreateAgentActionGroup."""
        return describe(self.name, self.description, self.tools())

    def openapi(self) -> JSON:
        """The tools as an OpenAPI document of an action group."""
        return openapi(self.name, self.description, self.tools())

    def specs(self) -> JSON:
        """The tools as Converse takes them."""
        return tool_specs(self.name, self.tools())

    def _tool(self, name: str) -> Tool:
        schema = input_schema(self._models[name].model_json_schema(), name)

        def call(arguments: Arguments, session: SessionAttributes) -> Outcome:
            request = event(self.name, name, arguments, session, schema)
            return outcome_of(self.answer(request, None), request)

        confirms = name in self._confirmed
        return Tool(name, self._descriptions[name], schema, call, confirms, self.name)

    def _answer(self, event: Mapping[str, Any], context: Any) -> tuple[int, str]:
        """The status and the body of the answer to an event."""
        name = function_of(event)
        values = _values_in(event)
        model = self._models.get(name)
        if model and (unknown := sorted(values.keys() - model.model_fields.keys())):
            known = f"only {', '.join(model.model_fields)}" if model.model_fields else "and none"
            return 400, error_body(f"There is no parameter {', '.join(unknown)}, {known}.")
        properties = [{"name": each, "value": value} for each, value in values.items()]
        api_event = {
            **event,
            "apiPath": f"/{name}",
            "httpMethod": "POST",
            "parameters": [],
            "requestBody": {"content": {JSON_TYPE: {"properties": properties}}},
        }
        own = _session.set(event.get("sessionAttributes") or {})
        try:
            with _one_at_a_time:
                reply = self._resolver.resolve(api_event, context)["response"]
        finally:
            _session.reset(own)
        return reply["httpStatusCode"], reply["responseBody"][JSON_TYPE]["body"]

    def _refuse_unknown_function(self, _error: NotFoundError) -> "Response[str]":
        names = ", ".join(self._models)
        return _refusal(_MISSING, f"There is no such function in {self.name}, only {names}.")


def _model_of(function: Callable[..., Any]) -> type[BaseModel]:
    """A model of a function's parameters."""
    name, hints = function.__name__, get_type_hints(function, include_extras=True)
    fields: Any = {}
    for parameter in signature(function).parameters.values():
        each = parameter.name
        if parameter.kind not in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY):
            raise WrongTool(f"{name}: the parameter {each} cannot be passed by its name.")
        if each not in hints:
            raise WrongTool(f"{name}: the parameter {each} needs a type.")
        missing = parameter.default is Parameter.empty
        fields[each] = (hints[each], ... if missing else parameter.default)
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)


def _values_in(event: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an event, from its query and its body. All values are strings: those of
    lists and objects are JSON, or a list as `[a, b]`.
    """
    content = (event.get("requestBody") or {}).get("content") or {}
    properties = [one for each in content.values() for one in each.get("properties") or ()]
    return {one["name"]: _value(one) for one in (*(event.get("parameters") or ()), *properties)}


def _value(parameter: Mapping[str, Any]) -> Any:
    value = parameter["value"]
    if not isinstance(value, str) or parameter.get("type", "string") in _TEXTS:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        bare = value.strip()
        if parameter["type"] == "array" and bare.startswith("[") and bare.endswith("]"):
            return [each.strip() for each in bare[1:-1].split(",") if each.strip()]
        return value


def _refuse_arguments(error: RequestValidationError) -> "Response[str]":
    return _refusal(
        _BAD, "; ".join(f"{_field(one['loc'])}: {one['msg']}" for one in error.errors())
    )


def _field(place: tuple[str | int, ...]) -> str:
    """A place of pydantic's in words.

    >>> _field(("body", "lines", 0, "quantity"))
    'lines[0].quantity'
    """
    parts = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in place[1:])
    return "".join(parts).removeprefix(".") or str(place[-1])


def _refuse(error: CallerError | BackendError) -> "Response[str]":
    return _refusal(error.status, error.detail)


def _refusal(status: int, message: str) -> "Response[str]":
    return Response(status, JSON_TYPE, error_body(message))
