"""A stand-in with agents and what they name on a loopback port, and boto3 clients of it."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from app.local import bedrock_agent
from app.local.bedrock import foundation_models, guardrail_handlers
from app.local.bedrock.guardrails import Guardrails
from app.local.bedrock_agent.agents import Agents, Dependencies
from app.local.bedrock_agent.prompts import Prompts
from app.local.wire import JSON, Call
from tests.local.bedrock_agent.knowledge_bases.world import World
from tests.wire_server import serving

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient

ROLE = "arn:aws:iam::000000000000:role/agent"
MODEL = "amazon.nova-lite-v1:0"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:orders"
INSTRUCTION = "Answer questions about orders, and look up what you do not know."
FUNCTIONS: Any = {
    "functions": [
        {
            "name": "order_status",
            "description": "Where an order is",
            "parameters": {"id": {"type": "string", "description": "Its id", "required": True}},
            "requireConfirmation": "DISABLED",
        }
    ]
}


def openapi(**members: Any) -> JSON:
    """An OpenAPI document of one operation; `members` are added to the operation."""
    operation = {
        "operationId": "orderStatus",
        "description": "Where an order is",
        "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
        "responses": {"200": {"description": "Where it is"}},
        **members,
    }
    return {
        "openapi": "3.0.0",
        "info": {"title": "Orders", "version": "1"},
        "paths": {"/orders/{id}": {"get": operation}},
    }


class Agency:
    """Agents of one home. Knowledge Bases and buckets are a World's, over the same folder."""

    def __init__(self, home: Path) -> None:
        self._exits = ExitStack()
        self.home = home

    def __enter__(self) -> Self:
        enter = self._exits.enter_context
        self.world = enter(World(self.home))
        self.guardrails = Guardrails(self.home)
        self._exits.callback(self.guardrails.close)
        self.agents = Agents(
            self.home,
            Dependencies(
                foundation_models, self.guardrails, self.world.knowledge, self.world.buckets
            ),
        )
        self._exits.callback(self.agents.close)
        prompts = Prompts(self.home)
        self._exits.callback(prompts.close)
        self.handlers = bedrock_agent.handlers(self.world.knowledge, self.agents, prompts)
        guard = guardrail_handlers.handlers(self.guardrails)
        server = enter(serving({"bedrock": guard, "bedrock-agent": self.handlers}))
        self.client: AgentsforBedrockClient = server.client("bedrock-agent")
        self.bedrock: BedrockClient = server.client("bedrock")
        self.world.agent = self.client
        return self

    def __exit__(self, *error: object) -> None:
        self._exits.close()

    def call(self, operation: str, **params: Any) -> JSON:
        """An operation of `bedrock-agent`, without HTTP."""
        return self.handlers[operation](Call("bedrock-agent", operation, params, {}, "request"))

    def agent(self, **params: Any) -> str:
        """An agent of its own for a test."""
        return self.client.create_agent(**definition(**params))["agent"]["agentId"]

    def group(self, agent: str, **params: Any) -> str:
        """An action group of functions."""
        created = self.client.create_agent_action_group(**group(agent, **params))
        return created["agentActionGroup"]["actionGroupId"]

    def prepared(self, agent: str) -> str:
        """Prepare; the status that comes of it."""
        assert self.client.prepare_agent(agentId=agent)["agentStatus"] == "PREPARING"
        return self.status(agent)

    def status(self, agent: str) -> str:
        return self.client.get_agent(agentId=agent)["agent"]["agentStatus"]

    def alias(self, agent: str, **params: Any) -> Any:
        """An alias; the version that it leads to is in its routing."""
        created = self.client.create_agent_alias(
            **{"agentId": agent, "agentAliasName": f"alias-{uuid4()}", **params}
        )
        return created["agentAlias"]

    def guardrail(self) -> str:
        created = self.bedrock.create_guardrail(
            name=f"guardrail-{uuid4()}",
            blockedInputMessaging="No.",
            blockedOutputsMessaging="No.",
            wordPolicyConfig={"managedWordListsConfig": [{"type": "PROFANITY"}]},
        )
        return created["guardrailId"]

    def put(self, bucket: str, key: str, document: Any) -> None:
        """A document into a bucket's folder."""
        self.world.buckets.create(bucket)
        (self.home / "s3" / bucket / key).write_text(json.dumps(document))


def definition(**params: Any) -> Any:
    """What CreateAgent is given. A member that is None is left out."""
    given = {
        "agentName": f"agent-{uuid4()}",
        "agentResourceRoleArn": ROLE,
        "foundationModel": MODEL,
        "instruction": INSTRUCTION,
        **params,
    }
    return {name: value for name, value in given.items() if value is not None}


def group(agent: str, **params: Any) -> Any:
    """What CreateAgentActionGroup is given, with functions where the params have no document."""
    schema = {} if "apiSchema" in params else {"functionSchema": FUNCTIONS}
    return {
        "agentId": agent,
        "agentVersion": "DRAFT",
        "actionGroupName": f"group-{uuid4()}",
        "actionGroupExecutor": {"lambda": FUNCTION},
        **schema,
        **params,
    }
