"""The one tool contract: plain functions, called by the events of a Bedrock agent's action group.

    tools = ActionGroup("weather", "The weather, today and tomorrow.")

    @tools.function
    def forecast(town: Annotated[str, Query(description="The town's name.")]) -> Forecast:
        '''Tell tomorrow's weather in a town.'''

A function's name, docstring and signature are all that there is to say of it: Powertools' resolver
checks an event's parameters by them, and `described` tells them to an agent. Both kinds of event
are answered, of an action group with a function schema and of one with an API schema:
https://docs.aws.amazon.com/bedrock/latest/userguide/agents-lambda.html

What the caller can mend, and what may pass, is an answer, {"error": "..."}, for the model to read.
What only the operator can mend fails the Lambda.
"""

import json
from collections.abc import Callable, Mapping
from inspect import getdoc, signature
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import BedrockAgentResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from app.errors import BackendError, CallerError, InvalidRequest, Unauthenticated

JSON = dict[str, Any]
PRINCIPAL = "principal"  # the session attribute by which the runner says who is asking
_MISUSED = (400, 422)
_Function = TypeVar("_Function", bound=Callable[..., Any])


class ActionGroup:
    """The tools of one Lambda.

    Args:
        name: of the group.
        description: what its tools are about.
    """

    def __init__(self, name: str, description: str) -> None:
        self.name, self.description = name, description
        self._parameters: dict[str, frozenset[str]] = {}
        self._resolver = BedrockAgentResolver()
        self._resolver.use([self._check_names])
        self._resolver.exception_handler(NotFoundError)(self._unknown)
        self._resolver.exception_handler(RequestValidationError)(_wrong)
        self._resolver.exception_handler([CallerError, BackendError])(_failed)

    def function(self, function: _Function) -> _Function:
        """Offer this function. Its parameters are strings, numbers, integers or booleans."""
        name = function.__name__
        self._parameters[f"/{name}"] = frozenset(signature(function).parameters)
        description = " ".join((getdoc(function) or "").split())
        self._resolver.get(f"/{name}", description=description, operation_id=name)(function)
        return function

    def answer(self, event: Mapping[str, Any], context: Any) -> JSON:
        """An action group's event -> what its Lambda answers."""
        if "function" not in event:
            return self._resolver.resolve(dict(event), context)
        as_api = {**event, "apiPath": f"/{event['function']}", "httpMethod": "GET"}
        said = self._resolver.resolve(as_api, context)["response"]
        body = said["responseBody"]["application/json"]["body"]
        result: JSON = {"responseBody": {"TEXT": {"body": body}}}
        if said["httpStatusCode"] in _MISUSED:
            result["responseState"] = "REPROMPT"  # the model is told to try again
        return {
            "messageVersion": "1.0",
            "response": {
                "actionGroup": event["actionGroup"],
                "function": event["function"],
                "functionResponse": result,
            },
        }

    @property
    def principal(self) -> str:
        """Who asks: what the runner has put into the session, which no model can change.

        Raises:
            Unauthenticated: it has not.
        """
        attributes = self._resolver.current_event.session_attributes or {}
        if principal := attributes.get(PRINCIPAL):
            return str(principal)
        raise Unauthenticated("Nobody is signed in, so there is nothing of theirs to look up.")

    def described(self) -> JSON:
        """What an agent is told of the tools, as CreateAgentActionGroup takes it."""
        paths = json.loads(self._resolver.get_openapi_json_schema())["paths"]
        return {
            "actionGroupName": self.name,
            "description": self.description,
            "functionSchema": {
                "functions": [_described(methods["get"]) for methods in paths.values()]
            },
        }

    def _check_names(self, resolver: Any, following: Callable[[Any], Any]) -> Any:
        event = resolver.current_event
        known = self._parameters.get(event.api_path)
        given = {parameter.name for parameter in event.parameters or ()}
        if known is not None and (unknown := sorted(given - known)):
            raise InvalidRequest(
                f"There is no parameter {', '.join(unknown)}, only {', '.join(sorted(known))}."
            )
        return following(resolver)

    def _unknown(self, _nothing: NotFoundError) -> "Response[str]":
        known = ", ".join(path.removeprefix("/") for path in self._parameters)
        return _error(404, f"There is no such function in {self.name}, only {known}.")


def _wrong(error: RequestValidationError) -> "Response[str]":
    return _error(422, "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()))


def _failed(error: CallerError | BackendError) -> "Response[str]":
    return _error(error.status, error.detail)


def _error(status: int, message: str) -> "Response[str]":
    return Response(status, "application/json", json.dumps({"error": message}))


def _described(operation: JSON) -> JSON:
    """An operation of OpenAPI as a function of a functionSchema."""
    return {
        "name": operation["operationId"],
        "description": operation["description"],
        "parameters": {
            one["name"]: {
                "type": _type(one["schema"]),
                "description": one["description"],
                "required": one["required"],
            }
            for one in operation.get("parameters", ())
        },
    }


def _type(schema: JSON) -> str:
    """`float | None` is a union in OpenAPI; a functionSchema says by `required` what may lack."""
    return str(schema["type"] if "type" in schema else schema["anyOf"][0]["type"])
