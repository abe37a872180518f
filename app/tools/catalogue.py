"""The Lambda tools of the deployment.

    OUTCROP_TOOL_FUNCTIONS      the functions, by the names of their groups
    lambdas/tools/<group>/      tool_specs.json beside their code: names, descriptions, schemas
    Invoke                      one attempt for each call, with a deadline

Of a function that fails, nothing it says reaches the model or the person who asks: an error names
the tool, and the function's own log has the rest. Whether a tool that did not answer has acted is
not known; a call with the same key (`CALL`) may be made again.
"""

import json
import logging
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.aws import Clients, calling, well_formed
from app.errors import BackendError, CallerError, OperatorError, Throttled, TimedOut, ToolFailed
from app.settings import Settings
from app.tool_folders import TOOLS
from app.tools.action_group import JSON, MOST_BYTES, function_of, lambda_tools
from app.tools.tool import Tool

log = logging.getLogger(__name__)


def lambda_tools_of(aws: Clients, settings: Settings) -> tuple[Tool, ...]:
    """The tools of the functions in OUTCROP_TOOL_FUNCTIONS; none without it.

    A call raises an OutcropError that names the tool: TimedOut, Throttled, ToolFailed if the
    function failed or its answer cannot be used, OperatorError if it may not be called.

    Raises:
        OperatorError: the setting names a group twice, or one that has no description here, or two
            tools have the same name.
    """
    tools = tuple(
        tool
        for group, function in _functions(settings.tool_functions or "").items()
        for tool in lambda_tools(specs_of(group), _Invocation(aws, function))
    )
    for name, times in Counter(tool.name for tool in tools).items():
        if times > 1:
            groups = ", ".join(str(tool.group) for tool in tools if tool.name == name)
            raise OperatorError(f"Several tools are called {name}, those of {groups}.")
    return tools


def specs_of(group: str, folder: Path = TOOLS) -> JSON:
    """What stands beside the code of a group of tools: their names, descriptions and schemas.

    Raises:
        OperatorError: there is none.
    """
    path = folder / group / "tool_specs.json"
    if not path.is_file():
        groups = sorted(each.parent.name for each in folder.glob("*/tool_specs.json"))
        raise OperatorError(
            f"OUTCROP_TOOL_FUNCTIONS names the tools {group}, which are not here: there are "
            f"{', '.join(groups) or 'none'}."
        )
    specs: JSON = json.loads(path.read_text())
    return specs


def _functions(setting: str) -> Mapping[str, str]:
    pairs = [pair.split("=", 1) for pair in setting.split(",") if pair]
    functions = {pair[0]: pair[1] for pair in pairs}
    if len(functions) < len(pairs):
        raise OperatorError(f"OUTCROP_TOOL_FUNCTIONS={setting} names a group twice.")
    return functions


class _Invocation:
    """Invokes one function with events, and returns what it answers."""

    def __init__(self, aws: Clients, function: str) -> None:
        self._aws, self._function = aws, function

    def __call__(self, event: JSON) -> object:
        tool = function_of(event)
        try:
            payload = self._invoke(tool, event)
        except TimedOut as error:
            raise TimedOut(
                f"The tool {tool} did not answer in time; whether it has done anything is not "
                "known."
            ) from error
        except Throttled as error:
            raise Throttled(f"The tool {tool} is called too often at the moment.") from error
        except ToolFailed:
            raise
        except (BackendError, CallerError) as error:
            log.error("the tool %s: %s", tool, error.detail)
            raise ToolFailed(f"The tool {tool} cannot be reached.") from error
        if len(payload) > MOST_BYTES:
            raise self._failure(tool, f"answered with more than {MOST_BYTES} bytes")
        try:
            return _well_formed(json.loads(payload))
        except (ValueError, RecursionError) as error:
            raise self._failure(tool, "answered with something else than JSON") from error

    def _invoke(self, tool: str, event: JSON) -> bytes:
        """The function's answer, or the first bytes of one that is too long."""
        with calling("Invoke"):
            response = self._aws.lambda_.invoke(
                FunctionName=self._function,
                InvocationType="RequestResponse",
                Payload=json.dumps(event).encode(),
            )
            body = response["Payload"]
            with body:
                payload: bytes = body.read(MOST_BYTES + 1)
        if kind := response.get("FunctionError"):
            raise self._failure(tool, f"failed ({kind}); the function's log says why")
        return payload

    def _failure(self, tool: str, what: str) -> ToolFailed:
        log.error("the tool %s: the function %s %s", tool, self._function, what)
        return ToolFailed(f"The tool {tool} failed.")


def _well_formed(value: Any) -> Any:
    """A value of JSON whose members have no lone surrogates, which no request to a model could
    carry. The answer to an event has no lists that are read.
    """
    match value:
        case str():
            return well_formed(value)
        case dict():
            return {well_formed(name): _well_formed(each) for name, each in value.items()}
    return value
