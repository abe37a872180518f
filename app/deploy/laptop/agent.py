"""Makes the laptop's Bedrock agent, as the stack makes it, where OUTCROP_AGENT_RUNNER wants one.

no agent `outcrop`          CreateAgent, action groups, Knowledge Base, PrepareAgent, alias
the alias of another one    UpdateAgent, and the same: the alias gets a version of its own
the alias of this one       nothing: each start finds it by its description
"""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.deploy.endpoint import ACCOUNT, REGION
from app.errors import OperatorError
from app.resources import AGENT_DOCUMENTS, AGENT_IDLE_SECONDS, AGENT_INSTRUCTION
from app.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient

NAME, ALIAS = "outcrop", "live"
DRAFT = "DRAFT"
WAIT_SECONDS = 0.05
Groups = Sequence[Mapping[str, Any]]


def chosen_agent(
    agents: "AgentsforBedrockClient",
    settings: Settings,
    descriptions: Mapping[str, Mapping[str, Any]],
    role: str,
) -> tuple[str, str] | None:
    """The ids of the agent and of its alias; they are made if they are missing. None if the
    settings choose no such runner, or name an agent themselves.

    Args:
        settings: with the home's resources in them.
        descriptions: the parameters of CreateAgentActionGroup of each group of tools.
        role: the ARN of the agent's role.

    Raises:
        OperatorError: the agent cannot be prepared.
    """
    if settings.agent_runner != "bedrock-agent" or settings.agent_id:
        return None
    groups = _groups(settings, descriptions)
    definition = _definition(settings, role)
    digest = _digest(definition, groups, settings.knowledge_base_id)
    pages = agents.get_paginator("list_agents").paginate()
    summaries = (one for page in pages for one in page["agentSummaries"])
    identifier = next((one["agentId"] for one in summaries if one["agentName"] == NAME), None)
    if identifier is None:
        identifier = agents.create_agent(**definition)["agent"]["agentId"]
        alias = None
    else:
        alias = _alias(agents, identifier)
        if alias and alias.get("description") == digest:
            return identifier, str(alias["agentAliasId"])
        agents.update_agent(agentId=identifier, **definition)
    _put_groups(agents, identifier, groups)
    _put_base(agents, identifier, settings.knowledge_base_id)
    _prepare(agents, identifier)
    return identifier, _put_alias(agents, identifier, alias, digest)


def _groups(settings: Settings, descriptions: Mapping[str, Mapping[str, Any]]) -> Groups:
    """The tools' action groups, as parameters of CreateAgentActionGroup."""
    pairs = [pair.split("=", 1) for pair in (settings.tool_functions or "").split(",") if pair]
    functions = {group: _function_arn(name) for group, name in pairs}
    return [
        {**descriptions[group], "actionGroupExecutor": {"lambda": arn}}
        for group, arn in functions.items()
        if group in descriptions
    ]


def _function_arn(name: str) -> str:
    return name if ":" in name else f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def _definition(settings: Settings, role: str) -> Any:
    """The parameters of CreateAgent, and of UpdateAgent."""
    guardrail = {}
    if settings.guardrail_id:
        guardrail["guardrailConfiguration"] = {
            "guardrailIdentifier": settings.guardrail_id,
            "guardrailVersion": settings.guardrail_version,
        }
    return {
        "agentName": NAME,
        "agentResourceRoleArn": role,
        "foundationModel": settings.model_id,
        "instruction": AGENT_INSTRUCTION,
        "idleSessionTTLInSeconds": AGENT_IDLE_SECONDS,
        **guardrail,
    }


def _digest(*parts: Any) -> str:
    written = json.dumps(parts, sort_keys=True)
    return f"Definition {hashlib.sha256(written.encode()).hexdigest()[:16]}"


def _alias(agents: "AgentsforBedrockClient", agent: str) -> Any | None:
    pages = agents.get_paginator("list_agent_aliases").paginate(agentId=agent)
    aliases = (one for page in pages for one in page["agentAliasSummaries"])
    return next((one for one in aliases if one["agentAliasName"] == ALIAS), None)


def _put_groups(agents: "AgentsforBedrockClient", agent: str, groups: Groups) -> None:
    draft: Any = {"agentId": agent, "agentVersion": DRAFT}
    pages = agents.get_paginator("list_agent_action_groups").paginate(**draft)
    existing = {
        one["actionGroupName"]: one["actionGroupId"]
        for page in pages
        for one in page["actionGroupSummaries"]
    }
    for group in groups:
        if identifier := existing.pop(group["actionGroupName"], None):
            agents.update_agent_action_group(**draft, actionGroupId=identifier, **group)
        else:
            agents.create_agent_action_group(**draft, **group)
    for identifier in existing.values():
        agents.delete_agent_action_group(
            **draft, actionGroupId=identifier, skipResourceInUseCheck=True
        )


def _put_base(agents: "AgentsforBedrockClient", agent: str, base: str) -> None:
    draft: Any = {"agentId": agent, "agentVersion": DRAFT}
    pages = agents.get_paginator("list_agent_knowledge_bases").paginate(**draft)
    existing = {
        one["knowledgeBaseId"] for page in pages for one in page["agentKnowledgeBaseSummaries"]
    }
    if base not in existing:
        agents.associate_agent_knowledge_base(
            **draft, knowledgeBaseId=base, description=AGENT_DOCUMENTS
        )
    for other in existing - {base}:
        agents.disassociate_agent_knowledge_base(**draft, knowledgeBaseId=other)


def _prepare(agents: "AgentsforBedrockClient", agent: str) -> None:
    agents.prepare_agent(agentId=agent)
    status = "PREPARING"
    while status == "PREPARING":
        status = agents.get_agent(agentId=agent)["agent"]["agentStatus"]
        if status == "PREPARING":
            time.sleep(WAIT_SECONDS)
    if status != "PREPARED":
        raise OperatorError(f"The agent {agent} of this home cannot be prepared: it is {status}.")


def _put_alias(agents: "AgentsforBedrockClient", agent: str, alias: Any | None, digest: str) -> str:
    """Lead the alias to a version of the draft as it is now."""
    values: Any = {"agentId": agent, "agentAliasName": ALIAS, "description": digest}
    if alias is None:
        return agents.create_agent_alias(**values)["agentAlias"]["agentAliasId"]
    identifier = str(alias["agentAliasId"])
    agents.update_agent_alias(agentAliasId=identifier, **values)
    return identifier
