"""An agent that is invoked: what it is told, and what it may do.

Its operations are those of its action groups and a lookup in each of its Knowledge Bases. The model
sees each as a tool.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.local.bedrock_agent_runtime.agents.memory_settings import MemorySettings, read_memory
from app.local.bedrock_agent_runtime.agents.overrides import PromptType, StepPrompt, read_steps
from app.local.engine.writer import Tool
from app.local.wire import JSON

QUERY = "query"
_KINDS = {"string", "number", "integer", "boolean", "array", "object"}


@dataclass(frozen=True, slots=True)
class Operation:
    """A function of an action group, or an operation of its OpenAPI document.

    Attributes:
        group: the action group's name.
        tool: what the model sees of it.
        function: the function's name; None for an operation of an OpenAPI document.
        path: the operation's path, with its placeholders.
        method: of HTTP, in capitals.
        types: the types of its parameters by name.
        content_type: of its request body, if it has one.
        body: the types of the properties of its request body.
        executor: the ARN of a Lambda function; None returns control to the caller.
        confirms: whether the user has to confirm it first.
    """

    group: str
    tool: Tool
    function: str | None
    path: str | None
    method: str | None
    types: Mapping[str, str]
    content_type: str | None
    body: Mapping[str, str]
    executor: str | None
    confirms: bool

    @property
    def returns_control(self) -> bool:
        """Whether the caller has to do something about a call."""
        return self.confirms or self.executor is None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A search in a Knowledge Base."""

    base: str
    tool: Tool


@dataclass(frozen=True, slots=True)
class InvokedAgent:
    """A version of an agent.

    Attributes:
        id, alias, version, name: as the events of Lambda functions name it.
        alias_arn: as traces name it; None for an agent that a request defines.
        model: the id, ARN or inference profile of its model.
        instruction: what it is told.
        operations: by the names of their tools.
        lookups: likewise.
        asks: whether it may ask its user for a missing argument (AMAZON.UserInput).
        guardrail: its guardrail's id and version.
        idle_seconds: after so long, a session is forgotten.
        steps: how its model is asked, by the type of the prompt.
        memory: what it remembers across sessions; None if nothing.
        retrieval: configurations of lookups, by Knowledge Base.
    """

    id: str
    alias: str
    version: str
    name: str
    alias_arn: str | None
    model: str
    instruction: str
    operations: Mapping[str, Operation]
    lookups: Mapping[str, Lookup]
    asks: bool
    guardrail: tuple[str, str] | None
    idle_seconds: int
    steps: Mapping[PromptType, StepPrompt]
    retrieval: Mapping[str, JSON]
    memory: MemorySettings | None = None

    @property
    def streams(self) -> bool:
        """Whether its answers can be streamed. AWS does not stream those of an agent with pre- or
        post-processing, nor those of one that has a Knowledge Base alone and asks nothing.
        https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html
        """
        processes = self.steps["PRE_PROCESSING"].enabled or self.steps["POST_PROCESSING"].enabled
        searches_alone = len(self.lookups) == 1 and not self.operations and not self.asks
        return not (processes or searches_alone)

    @property
    def tools(self) -> tuple[Tool, ...]:
        """What its model may call."""
        operations = (each.tool for each in self.operations.values())
        return (*operations, *(each.tool for each in self.lookups.values()))


def read_agent(description: JSON, alias: str) -> InvokedAgent:
    """An agent from what `InvocableAgents.invocable` says of it."""
    agent = description["agent"]
    operations = list(_operations(description["actionGroups"]))
    lookups = [_lookup(base) for base in description["knowledgeBases"]]
    guardrail = agent.get("guardrailConfiguration", {})
    return InvokedAgent(
        id=agent["agentId"],
        alias=alias,
        version=agent["version"],
        name=agent["agentName"],
        alias_arn=description.get("aliasArn"),
        model=agent["foundationModel"],
        instruction=agent["instruction"],
        operations={each.tool.name: each for each in operations},
        lookups={each.tool.name: each for each in lookups},
        asks=any(
            group.get("parentActionSignature") == "AMAZON.UserInput"
            for group in description["actionGroups"]
        ),
        guardrail=(
            (guardrail["guardrailIdentifier"], guardrail["guardrailVersion"]) if guardrail else None
        ),
        idle_seconds=agent["idleSessionTTLInSeconds"],
        steps=read_steps(agent),
        retrieval={
            base["knowledgeBaseId"]: base["retrievalConfiguration"]
            for base in description["knowledgeBases"]
            if "retrievalConfiguration" in base
        },
        memory=read_memory(agent),
    )


def _operations(groups: list[JSON]) -> Iterator[Operation]:
    """Every operation of these groups. One whose name another group has too is called by both."""
    names = Counter(name for group in groups for name in _names(group))
    for group in groups:
        for each in (*_functions(group), *_requests(group)):
            if names[each.tool.name] > 1:
                tool = each.tool
                name = f"{each.group}__{tool.name}"[:64]
                each = replace(each, tool=replace(tool, name=name))  # noqa: PLW2901
            yield each


def _names(group: JSON) -> Iterator[str]:
    yield from (one["name"] for one in group.get("functionSchema", {}).get("functions", ()))
    yield from (one["operationId"] for one in group.get("operations", ()))


def _functions(group: JSON) -> Iterator[Operation]:
    for function in group.get("functionSchema", {}).get("functions", ()):
        parameters = function.get("parameters", {})
        schema = {
            "type": "object",
            "properties": {
                name: _property(one["type"], one.get("description", ""))
                for name, one in parameters.items()
            },
            "required": [name for name, one in parameters.items() if one.get("required")],
        }
        yield Operation(
            group=group["actionGroupName"],
            tool=Tool(function["name"], function.get("description", ""), schema),
            function=function["name"],
            path=None,
            method=None,
            types={name: one["type"] for name, one in parameters.items()},
            content_type=None,
            body={},
            executor=group["actionGroupExecutor"].get("lambda"),
            confirms=function.get("requireConfirmation") == "ENABLED",
        )


def _requests(group: JSON) -> Iterator[Operation]:
    for operation in group.get("operations", ()):
        parts = [*operation["parameters"], *operation["properties"]]
        schema = {
            "type": "object",
            "properties": {
                one["name"]: {
                    **one["schema"],
                    **_property(one["type"], one["description"]),
                }
                for one in parts
            },
            "required": [one["name"] for one in parts if one["required"]],
        }
        yield Operation(
            group=group["actionGroupName"],
            tool=Tool(operation["operationId"], operation["description"], schema),
            function=None,
            path=operation["path"],
            method=operation["method"].upper(),
            types={one["name"]: one["type"] for one in operation["parameters"]},
            content_type=operation["contentType"],
            body={one["name"]: one["type"] for one in operation["properties"]},
            executor=group["actionGroupExecutor"].get("lambda"),
            confirms=operation["confirms"],
        )


def _property(kind: str, description: str) -> dict[str, Any]:
    return {"type": kind if kind in _KINDS else "string", "description": description}


def _lookup(base: JSON) -> Lookup:
    schema = {
        "type": "object",
        "properties": {
            QUERY: {"type": "string", "description": "What to look for, as a whole question."}
        },
        "required": [QUERY],
    }
    name = f"search_documents_{base['knowledgeBaseId']}"
    return Lookup(base["knowledgeBaseId"], Tool(name, base["description"], schema))
