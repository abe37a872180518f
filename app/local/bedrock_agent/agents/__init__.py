"""Agents: their instructions, and the functions and Knowledge Bases that they may use.

    agents          name, instruction, model, guardrail; changes are made to DRAFT
    action_groups   what DRAFT may call: functions, or the operations of an OpenAPI document
    knowledge_bases the Knowledge Bases that DRAFT may query
    preparation     DRAFT --PrepareAgent--> PREPARED, or FAILED with the reasons
    aliases         names of versions; a new one makes a version of the prepared DRAFT
    versions        copies of prepared DRAFTs, which never change
    invocable       what an alias leads to, or a request defines, for bedrock-agent-runtime

    schemas, openapi  the rules of functions and of OpenAPI documents
    prompts         the rules of prompts of an agent's own
    dependencies    the resources of other services that a definition names
    state           the tables

On AWS an agent is CREATING, PREPARING or VERSIONING for some seconds. Here the response has that
status, and the next request sees the work done. Turns are an operation of bedrock-agent-runtime.
"""

from pathlib import Path

from app.local import control
from app.local.bedrock_agent.agents.dependencies import Dependencies
from app.local.bedrock_agent.agents.invocable import inline, invocable
from app.local.bedrock_agent.agents.state import SCHEMA
from app.local.wire import JSON

__all__ = ["Agents", "Dependencies"]


class Agents(control.State):
    """All agents of a home, in the folder `home/agents`."""

    def __init__(self, home: Path, dependencies: Dependencies) -> None:
        super().__init__(home / "agents" / "state.sqlite", SCHEMA)
        self.dependencies = dependencies

    def invocable(self, agent: str, alias: str) -> JSON:
        """What an alias of an agent leads to, as `invocable.invocable` describes it.

        Raises:
            ServiceError: there is no such agent or alias, or it cannot be invoked.
        """
        return self.read(invocable, {"agentId": agent, "agentAliasId": alias})

    def inline(self, params: JSON) -> JSON:
        """The agent that InvokeInlineAgent's parameters define, as `invocable.inline` describes it.

        Raises:
            ServiceError: ValidationException.
        """
        return inline(self.dependencies, params)
