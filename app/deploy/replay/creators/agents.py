"""Bedrock agents with their action groups and Knowledge Bases, and their aliases.

    CreateAgent -- its action groups -- its Knowledge Bases -- PrepareAgent --> PREPARED

In CloudFormation, action groups and Knowledge Bases are properties of the agent; the API makes them
one by one, in the agent's working draft.
"""

from collections.abc import Iterator

from app.deploy.replay.creators.bedrock import Kind
from app.deploy.replay.document import JSON
from app.deploy.replay.refusal import at
from app.deploy.replay.request import Request
from app.deploy.replay.scope import PhysicalResource
from app.deploy.replay.services import Services
from app.deploy.replay.waiting import until

DRAFT = "DRAFT"
AT_DELETION = "SkipResourceInUseCheckOnDelete"
"""A property for deletions; the laptop deletes no resource of a stack."""

AGENT = Kind(
    "bedrock-agent",
    "Agent",
    key={"agentId": "agentId"},
    ref=("agentId",),
    status="agentStatus",
    apart=("ActionGroups", "AutoPrepare", "KnowledgeBases", AT_DELETION),
)
ALIAS = Kind(
    "bedrock-agent",
    "AgentAlias",
    key={"agentId": "agentId", "agentAliasId": "agentAliasId"},
    ref=("agentId", "agentAliasId"),
    status="agentAliasStatus",
    fixed=("AgentId", "Tags"),
)


def agent(services: Services, request: Request) -> PhysicalResource:
    """Make the agent and its draft, and prepare it if the template says so."""
    description = AGENT.put(services, request)
    draft = {"agentId": description["agentId"], "agentVersion": DRAFT}
    _action_groups(services, draft, request.properties.get("ActionGroups", []))
    _knowledge_bases(services, draft, request.properties.get("KnowledgeBases", []))
    if request.properties.get("AutoPrepare"):
        services.call("bedrock-agent", "PrepareAgent", agentId=description["agentId"])
    look = {"agentId": description["agentId"]}
    return AGENT.read(until(lambda: AGENT.get(services, look), AGENT.status))


def _action_groups(services: Services, draft: JSON, properties: list[JSON]) -> None:
    there = {
        group["actionGroupName"]: group["actionGroupId"]
        for group in _list_all(services, "ListAgentActionGroups", "actionGroupSummaries", draft)
    }
    for number, group in enumerate(properties):
        identifier = there.pop(group.get("ActionGroupName"), None)
        verb = "Update" if identifier else "Create"
        operation, which = f"{verb}AgentActionGroup", {"actionGroupId": identifier}
        parameters = {name: value for name, value in group.items() if name != AT_DELETION}
        with at(f"ActionGroups[{number}]"):
            parameters = services.members("bedrock-agent", operation, parameters)
            parameters |= which if identifier else {}
            services.call("bedrock-agent", operation, **draft, **parameters)
    for identifier in there.values():
        services.call(
            "bedrock-agent",
            "DeleteAgentActionGroup",
            **draft,
            actionGroupId=identifier,
            skipResourceInUseCheck=True,
        )


def _knowledge_bases(services: Services, draft: JSON, properties: list[JSON]) -> None:
    associations = _list_all(
        services, "ListAgentKnowledgeBases", "agentKnowledgeBaseSummaries", draft
    )
    there = {base["knowledgeBaseId"] for base in associations}
    for number, base in enumerate(properties):
        verb = "Update" if base.get("KnowledgeBaseId") in there else "Associate"
        operation = f"{verb}AgentKnowledgeBase"
        with at(f"KnowledgeBases[{number}]"):
            parameters = services.members("bedrock-agent", operation, base)
            services.call("bedrock-agent", operation, **draft, **parameters)
    for extra_bases in there - {base.get("KnowledgeBaseId") for base in properties}:
        services.call(
            "bedrock-agent", "DisassociateAgentKnowledgeBase", **draft, knowledgeBaseId=extra_bases
        )


def _list_all(services: Services, operation: str, member: str, draft: JSON) -> Iterator[JSON]:
    answer: JSON = {}
    while not answer or "nextToken" in answer:
        more = {"nextToken": answer["nextToken"]} if answer else {}
        answer = services.call("bedrock-agent", operation, **draft, **more)
        yield from answer[member]
