"""Makes tools of plain functions in one Lambda function, which is called by an action group's
events.

    tools = ActionGroup("weather", "The weather, today and tomorrow.")

    @tools.function
    def forecast(town: Annotated[str, Query(description="The town's name.")]) -> Forecast:
        '''Tell tomorrow's weather in a town.'''

`app.tools` defines tools and their events. This is the Lambda side of it: a function's name,
docstring and signature define a tool. Powertools' resolver checks an event's parameters by them,
and `tools` returns them as `Tool`s. Events with a function schema and with an API schema are both
answered.

An error that the caller can mend, or that may pass, is a refusal, for the model to read. An error
that only the operator can mend fails the Lambda function.
"""

import json
from collections.abc import Callable, Mapping
from inspect import getdoc, signature
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import BedrockAgentResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from app.errors import BackendError, CallerError, InvalidRequest
from app.tools import Arguments, Outcome, SessionAttributes, Tool, call_of, principal_of
from app.tools.action_group import describe, error_body, event, outcome_of, response

JSON = dict[str, Any]
_MISUSE_STATUSES = (400, 422)
_Function = TypeVar("_Function", bound=Callable[..., Any])


class ActionGroup:
    """The tools of one Lambda function.

    Args:
        name: of the group.
        description: of its tools' subject.
    """

    def __init__(self, name: str, description: str) -> None:
        self.name, self.description = name, description
        self._parameters: dict[str, frozenset[str]] = {}
        self._confirmed: set[str] = set()
        self._resolver = BedrockAgentResolver()
        self._resolver.use([self._check_names])
        self._resolver.exception_handler(NotFoundError)(self._refuse_unknown_function)
        self._resolver.exception_handler(RequestValidationError)(_refuse_arguments)
        self._resolver.exception_handler([CallerError, BackendError])(_refuse)

    def function(self, function: _Function) -> _Function:
        """Make a tool of this function. Its parameters are strings, numbers, integers or
        booleans.
        """
        name = function.__name__
        self._parameters[f"/{name}"] = frozenset(signature(function).parameters)
        description = " ".join((getdoc(function) or "").split())
        self._resolver.get(f"/{name}", description=description, operation_id=name)(function)
        return function

    def confirmed_function(self, function: _Function) -> _Function:
        """As `function`, of one that changes something: whoever runs the tool lets the person who
        asks confirm each call first.
        """
        self._confirmed.add(function.__name__)
        return self.function(function)

    def answer(self, event: Mapping[str, Any], context: Any) -> JSON:
        """The response to an action group's event."""
        if "function" not in event:
            return self._resolver.resolve(dict(event), context)
        api_event = {**event, "apiPath": f"/{event['function']}", "httpMethod": "GET"}
        reply = self._resolver.resolve(api_event, context)["response"]
        body = reply["responseBody"]["application/json"]["body"]
        misuse = reply["httpStatusCode"] in _MISUSE_STATUSES
        return response(event, body, "REPROMPT" if misuse else None)

    @property
    def principal(self) -> str:
        """The person who asks, in the event that is being answered.

        Raises:
            Unauthenticated: the runner has not set it.
        """
        return principal_of(self._session)

    @property
    def call(self) -> str | None:
        """The key of the call that is being answered, equal when it is made again; None if whoever
        runs the tool gives none.
        """
        return call_of(self._session)

    @property
    def _session(self) -> SessionAttributes:
        return self._resolver.current_event.session_attributes or {}

    def tools(self) -> tuple[Tool, ...]:
        """The functions as tools, which are called in this process."""
        paths = json.loads(self._resolver.get_openapi_json_schema())["paths"]
        return tuple(self._tool(methods["get"]) for methods in paths.values())

    def describe(self) -> JSON:
        """The tools as parameters of CreateAgentActionGroup."""
        return describe(self.name, self.description, self.tools())

    def _tool(self, operation: JSON) -> Tool:
        name = operation["operationId"]
        schema = _input_schema(operation)
        types = {each: property_["type"] for each, property_ in schema["properties"].items()}

        def call(arguments: Arguments, session: SessionAttributes) -> Outcome:
            request = event(self.name, name, arguments, session, types)
            return outcome_of(self.answer(request, None), request)

        confirms = name in self._confirmed
        return Tool(name, operation["description"], schema, call, confirms, self.name)

    def _check_names(self, resolver: Any, next_middleware: Callable[[Any], Any]) -> Any:
        event = resolver.current_event
        parameters = self._parameters.get(event.api_path)
        names = {parameter.name for parameter in event.parameters or ()}
        if parameters is not None and (unknown := sorted(names - parameters)):
            raise InvalidRequest(
                f"There is no parameter {', '.join(unknown)}, only {', '.join(sorted(parameters))}."
            )
        return next_middleware(resolver)

    def _refuse_unknown_function(self, _error: NotFoundError) -> "Response[str]":
        names = ", ".join(path.removeprefix("/") for path in self._parameters)
        return _refusal(404, f"There is no such function in {self.name}, only {names}.")


def _refuse_arguments(error: RequestValidationError) -> "Response[str]":
    return _refusal(422, "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()))


def _refuse(error: CallerError | BackendError) -> "Response[str]":
    return _refusal(error.status, error.detail)


def _refusal(status: int, message: str) -> "Response[str]":
    return Response(status, "application/json", error_body(message))


def _input_schema(operation: JSON) -> JSON:
    """The parameters of an operation of OpenAPI, as the JSON Schema of a tool's input."""
    parameters = operation.get("parameters", ())
    return {
        "type": "object",
        "properties": {one["name"]: _parameter_schema(one) for one in parameters},
        "required": [one["name"] for one in parameters if one["required"]],
        "additionalProperties": False,
    }


def _parameter_schema(parameter: JSON) -> JSON:
    """A parameter's schema. OpenAPI writes `float | None` as a union; `required` says the same."""
    schema = parameter["schema"]
    members: list[JSON] = schema.get("anyOf", [{}])
    own = {name: schema[name] for name in schema.keys() - {"anyOf", "nullable", "title"}}
    return members[0] | own
