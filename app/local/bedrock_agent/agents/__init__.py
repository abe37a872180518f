"""Agents: what an agent is told, may call and may look up.

    agents           name, instruction, model, guardrail: what is edited is DRAFT
    action_groups    what DRAFT may call: functions, or the operations of an OpenAPI document
    knowledge_bases  what DRAFT may look up
    preparation      DRAFT --PrepareAgent--> PREPARED, or FAILED with the reasons
    aliases          names for versions; a new one makes a version of what is prepared
    versions         what DRAFT was then; they never change

    schemas, openapi what functions and OpenAPI documents may say
    dependencies     what a definition names and other services keep: models, guardrails, objects
    state            the tables

On AWS an agent is CREATING, PREPARING or VERSIONING for some seconds. Here a call answers with that
status, and from then on the work is done. No turn is run in this version: InvokeAgent is refused by
name.
"""

from pathlib import Path

from app.local import control
from app.local.bedrock_agent.agents.dependencies import Dependencies
from app.local.bedrock_agent.agents.state import SCHEMA

__all__ = ["Agents", "Dependencies"]


class Agents(control.State):
    """All agents of a home; they lie in `home/agents`."""

    def __init__(self, home: Path, dependencies: Dependencies) -> None:
        super().__init__(home / "agents" / "state.sqlite", SCHEMA)
        self.dependencies = dependencies
