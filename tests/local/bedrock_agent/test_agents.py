"""Agents through boto3: lives, preparation, versions, aliases, lists, tags, and what survives."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.local.bedrock_agent.agents.agency import (
    INSTRUCTION,
    MODEL,
    Agency,
    definition,
)
from tests.local.bedrock_agent.agents.agency import group as group_of
from tests.local.bedrock_agent.knowledge_bases.world import refused


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    with Agency(tmp_path_factory.mktemp("home")) as agency:
        yield agency


def test_the_life_of_an_agent(agency: Agency) -> None:
    request = definition(description="Knows orders", tags={"team": "orders"})
    created: Any = agency.client.create_agent(**request)["agent"]
    agent = created["agentId"]
    assert created["agentStatus"] == "CREATING"
    assert created["agentArn"].endswith(f":agent/{agent}")
    description: Any = agency.client.get_agent(agentId=agent)["agent"]
    assert description == created | {"agentStatus": "NOT_PREPARED"}
    assert (description["agentVersion"], description["idleSessionTTLInSeconds"]) == ("DRAFT", 600)
    assert (description["foundationModel"], description["instruction"]) == (MODEL, INSTRUCTION)

    prepared = agency.client.prepare_agent(agentId=agent)
    assert (prepared["agentStatus"], prepared["agentVersion"]) == ("PREPARING", "DRAFT")
    ready: Any = agency.client.get_agent(agentId=agent)["agent"]
    assert ready["agentStatus"] == "PREPARED"
    assert ready["preparedAt"] == prepared["preparedAt"]

    changed = definition(agentName=request["agentName"] + "-2", idleSessionTTLInSeconds=60)
    updated: Any = agency.client.update_agent(agentId=agent, **changed)["agent"]
    assert updated["agentStatus"] == "UPDATING"
    after: Any = agency.client.get_agent(agentId=agent)["agent"]
    assert after == updated | {"agentStatus": "NOT_PREPARED"}
    assert (after["agentName"], after["idleSessionTTLInSeconds"]) == (changed["agentName"], 60)
    assert "description" not in after
    assert after["createdAt"] == description["createdAt"] < after["updatedAt"]

    deleted = agency.client.delete_agent(agentId=agent)
    assert (deleted["agentId"], deleted["agentStatus"]) == (agent, "DELETING")
    code, status, message = refused(agency.client.get_agent, agentId=agent)
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert agent in message
    code, _, _ = refused(agency.client.list_tags_for_resource, resourceArn=created["agentArn"])
    assert code == "ResourceNotFoundException"


def prompts(**prompt: Any) -> Any:
    configuration = {"promptType": "ORCHESTRATION", "promptState": "ENABLED", **prompt}
    return {"promptOverrideConfiguration": {"promptConfigurations": [configuration]}}


def overridden(template: str) -> Any:
    return prompts(promptCreationMode="OVERRIDDEN", basePromptTemplate=template)


def twice(kind: str) -> Any:
    return {"promptOverrideConfiguration": {"promptConfigurations": [{"promptType": kind}] * 2}}


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"agentResourceRoleArn": None}, "agentResourceRoleArn"),
        ({"foundationModel": "nobody.knows-v1:0"}, "foundationModel: nobody.knows-v1:0"),
        ({"foundationModel": "amazon.titan-embed-text-v2:0"}, "no model that writes"),
        ({"guardrailConfiguration": {"guardrailVersion": "1"}}, "guardrailIdentifier"),
        (
            {
                "guardrailConfiguration": {
                    "guardrailIdentifier": "nobody",
                    "guardrailVersion": "DRAFT",
                }
            },
            "no guardrail nobody",
        ),
        ({"agentCollaboration": "SUPERVISOR"}, "agentCollaboration"),
        ({"orchestrationType": "CUSTOM_ORCHESTRATION"}, "orchestrationType"),
        (prompts(promptCreationMode="OVERRIDDEN"), "1.member.basePromptTemplate"),
        (prompts(parserMode="OVERRIDDEN"), "overrideLambda"),
        (prompts(promptState="DISABLED"), "1.member.promptState"),
        (prompts(additionalModelRequestFields={"k": 1}), "1.member.additionalModelRequestFields"),
        (prompts(foundationModel="nobody.knows-v1:0"), "1.member.foundationModel"),
        (overridden('{"system": "Be brief.'), "1.member.basePromptTemplate: begins as JSON"),
        (overridden('{"system": "Be brief."}'), "must have `messages`"),
        (twice("POST_PROCESSING"), "2.member.promptType: is POST_PROCESSING in an earlier"),
        (
            {"promptOverrideConfiguration": {"promptConfigurations": [{}]}},
            "1.member.promptType: is required",
        ),
        (
            prompts(promptType="MEMORY_SUMMARIZATION", parserMode="OVERRIDDEN"),
            "1.member.parserMode: the stand-in does not have parsers of memory summaries",
        ),
        ({"instruction": INSTRUCTION * 100}, "instruction"),
        ({"agentName": "no spaces"}, "agentName"),
    ],
)
def test_an_agent_that_breaks_a_rule_is_refused_by_field(
    agency: Agency, params: Any, named: str
) -> None:
    code, status, message = refused(agency.agent, **params)
    assert (code, status) == ("ValidationException", 400)
    assert named in message


def test_two_agents_cannot_have_one_name(agency: Agency) -> None:
    agent, other = agency.agent(agentName="only-one"), agency.agent()
    request = definition(agentName="only-one")
    for call, params in (
        (agency.client.create_agent, request),
        (agency.client.update_agent, {"agentId": other, **request}),
    ):
        code, status, message = refused(call, **params)
        assert (code, status) == ("ConflictException", 409)
        assert "only-one already exists" in message
    agency.client.delete_agent(agentId=agent)
    agency.agent(agentName="only-one")


def test_an_agent_has_the_guardrail_that_it_names(agency: Agency) -> None:
    guardrail = agency.guardrail()
    version = agency.bedrock.create_guardrail_version(guardrailIdentifier=guardrail)["version"]
    configuration: Any = {"guardrailIdentifier": guardrail, "guardrailVersion": version}
    agent = agency.agent(guardrailConfiguration=configuration)
    description = agency.client.get_agent(agentId=agent)["agent"]
    assert description["guardrailConfiguration"] == configuration
    assert agency.prepared(agent) == "PREPARED"

    agency.bedrock.delete_guardrail(guardrailIdentifier=guardrail, guardrailVersion=version)
    assert agency.prepared(agent) == "FAILED"
    [reason] = agency.client.get_agent(agentId=agent)["agent"]["failureReasons"]
    assert f"no guardrail {guardrail} with a version {version}" in reason


def test_what_keeps_an_agent_from_being_prepared_is_told(agency: Agency) -> None:
    agent = agency.agent(instruction=None, foundationModel=None)
    assert agency.prepared(agent) == "FAILED"
    description = agency.client.get_agent(agentId=agent)["agent"]
    assert description["failureReasons"] == [
        "The agent has no foundationModel.",
        "The agent has no instruction.",
    ]
    assert len(description["recommendedActions"]) == 2
    assert "preparedAt" not in description
    code, status, message = refused(agency.alias, agent)
    assert (code, status) == ("ValidationException", 400)
    assert "FAILED" in message

    agency.client.update_agent(agentId=agent, **definition())
    description = agency.client.get_agent(agentId=agent)["agent"]
    assert description["agentStatus"] == "NOT_PREPARED"
    assert "failureReasons" not in description
    assert agency.prepared(agent) == "PREPARED"


def test_an_alias_makes_a_version_of_what_is_prepared(agency: Agency) -> None:
    agent = agency.agent(description="Old")
    code, _, message = refused(agency.alias, agent)
    assert code == "ValidationException"
    assert "NOT_PREPARED" in message
    group = agency.group(agent)
    base = agency.world.base()
    agency.client.associate_agent_knowledge_base(
        agentId=agent, agentVersion="DRAFT", knowledgeBaseId=base, description="What is known"
    )
    assert agency.prepared(agent) == "PREPARED"
    alias = agency.alias(agent, description="Live", tags={"stage": "live"})
    assert alias["agentAliasStatus"] == "CREATING"
    assert alias["routingConfiguration"] == [{"agentVersion": "1"}]
    description: Any = agency.client.get_agent_alias(
        agentId=agent, agentAliasId=alias["agentAliasId"]
    )
    assert description["agentAlias"] == alias | {"agentAliasStatus": "PREPARED"}
    assert description["agentAlias"]["aliasInvocationState"] == "ACCEPT_INVOCATIONS"
    version: Any = agency.client.get_agent_version(agentId=agent, agentVersion="1")["agentVersion"]
    assert (version["version"], version["agentStatus"]) == ("1", "PREPARED")

    agency.client.update_agent(agentId=agent, **definition(description="New"))
    agency.client.delete_agent_action_group(
        agentId=agent, agentVersion="DRAFT", actionGroupId=group, skipResourceInUseCheck=True
    )
    agency.client.disassociate_agent_knowledge_base(
        agentId=agent, agentVersion="DRAFT", knowledgeBaseId=base
    )
    after = agency.client.get_agent_version(agentId=agent, agentVersion="1")["agentVersion"]
    assert after == version
    assert after["description"] == "Old"
    group_of_version: Any = agency.client.get_agent_action_group(
        agentId=agent, agentVersion="1", actionGroupId=group
    )["agentActionGroup"]
    assert (group_of_version["agentVersion"], group_of_version["actionGroupState"]) == (
        "1",
        "ENABLED",
    )
    [association] = agency.client.list_agent_knowledge_bases(agentId=agent, agentVersion="1")[
        "agentKnowledgeBaseSummaries"
    ]
    assert association["knowledgeBaseId"] == base
    code, _, _ = refused(
        agency.client.get_agent_action_group,
        agentId=agent,
        agentVersion="DRAFT",
        actionGroupId=group,
    )
    assert code == "ResourceNotFoundException"


def test_a_version_is_not_edited(agency: Agency) -> None:
    agent = agency.agent()
    agency.prepared(agent)
    agency.alias(agent)
    code, status, message = refused(
        agency.client.associate_agent_knowledge_base,
        agentId=agent,
        agentVersion="10000",  # the client itself refuses one that is shorter than DRAFT
        knowledgeBaseId=agency.world.base(),
        description="What is known",
    )
    assert (code, status) == ("ValidationException", 400)
    assert "agentVersion" in message


def test_the_life_of_an_alias(agency: Agency) -> None:
    agent = agency.agent()
    agency.prepared(agent)
    first = agency.alias(agent, agentAliasName="live")
    ids: Any = {"agentId": agent, "agentAliasId": first["agentAliasId"]}
    second = agency.alias(agent, routingConfiguration=[{"agentVersion": "1"}])
    assert second["routingConfiguration"] == [{"agentVersion": "1"}]
    code, status, message = refused(agency.alias, agent, agentAliasName="live")
    assert (code, status) == ("ConflictException", 409)
    assert "live already exists" in message

    updated: Any = agency.client.update_agent_alias(
        **ids, agentAliasName="live-2", aliasInvocationState="REJECT_INVOCATIONS"
    )["agentAlias"]
    assert updated["agentAliasStatus"] == "UPDATING"
    assert updated["routingConfiguration"] == [{"agentVersion": "2"}]
    events: Any = updated["agentAliasHistoryEvents"]
    assert [event["routingConfiguration"] for event in events] == [
        [{"agentVersion": "1"}],
        [{"agentVersion": "2"}],
    ]
    assert events[0]["endDate"] == events[1]["startDate"]
    back: Any = agency.client.update_agent_alias(
        **ids, agentAliasName="live-2", routingConfiguration=[{"agentVersion": "1"}]
    )["agentAlias"]
    assert back["aliasInvocationState"] == "REJECT_INVOCATIONS"
    assert len(back["agentAliasHistoryEvents"]) == 3
    for number in (2, 1, 2, 1, 2, 1, 2, 1, 2, 2):  # the last of which changes nothing
        back = agency.client.update_agent_alias(
            **ids, agentAliasName="live-2", routingConfiguration=[{"agentVersion": str(number)}]
        )["agentAlias"]
    events = back["agentAliasHistoryEvents"]
    assert [event["routingConfiguration"][0]["agentVersion"] for event in events] == ["1", "2"] * 5
    assert [("endDate" in event) for event in events] == [True] * 9 + [False]

    deleted = agency.client.delete_agent_alias(**ids)
    assert deleted["agentAliasStatus"] == "DELETING"
    code, status, _ = refused(agency.client.get_agent_alias, **ids)
    assert (code, status) == ("ResourceNotFoundException", 404)


@pytest.mark.parametrize(
    ("route", "code", "named"),
    [
        ({"agentVersion": "9"}, "ResourceNotFoundException", "no version 9"),
        ({"agentVersion": "DRAFT"}, "ValidationException", "TSTALIASID"),
        ({}, "ValidationException", "agentVersion"),
        (
            {"agentVersion": "1", "provisionedThroughput": "fast"},
            "ValidationException",
            "provisionedThroughput",
        ),
    ],
)
def test_an_alias_that_leads_nowhere(agency: Agency, route: Any, code: str, named: str) -> None:
    agent = agency.agent()
    agency.prepared(agent)
    agency.alias(agent)
    error_code, _, message = refused(agency.alias, agent, routingConfiguration=[route])
    assert error_code == code
    assert named in message


def test_every_agent_has_an_alias_for_draft(agency: Agency) -> None:
    agent = agency.agent()
    ids: Any = {"agentId": agent, "agentAliasId": "TSTALIASID"}
    alias: Any = agency.client.get_agent_alias(**ids)["agentAlias"]
    assert alias["routingConfiguration"] == [{"agentVersion": "DRAFT"}]
    assert alias["agentAliasStatus"] == "PREPARED"
    [listed] = agency.client.list_agent_aliases(agentId=agent)["agentAliasSummaries"]
    assert listed["agentAliasId"] == "TSTALIASID"
    code, _, message = refused(agency.client.delete_agent_alias, **ids)
    assert code == "ValidationException"
    assert "TSTALIASID" in message
    code, _, _ = refused(agency.client.update_agent_alias, **ids, agentAliasName="mine")
    assert code == "ValidationException"
    agency.client.delete_agent(agentId=agent)


def test_what_is_in_use_is_not_deleted_unless_told(agency: Agency) -> None:
    agent = agency.agent()
    agency.prepared(agent)
    alias = agency.alias(agent, agentAliasName="live", tags={"stage": "live"})
    code, status, message = refused(
        agency.client.delete_agent_version, agentId=agent, agentVersion="1"
    )
    assert (code, status) == ("ConflictException", 409)
    assert "live" in message
    agency.alias(agent)
    other = agency.alias(agent)
    agency.client.delete_agent_alias(agentId=agent, agentAliasId=other["agentAliasId"])
    agency.client.delete_agent_version(agentId=agent, agentVersion="3")
    deleted = agency.client.delete_agent_version(
        agentId=agent, agentVersion="1", skipResourceInUseCheck=True
    )
    assert (deleted["agentVersion"], deleted["agentStatus"]) == ("1", "DELETING")
    description: Any = agency.client.get_agent_alias(
        agentId=agent, agentAliasId=alias["agentAliasId"]
    )
    assert description["agentAlias"]["agentAliasStatus"] == "DISSOCIATED"
    assert description["agentAlias"]["routingConfiguration"] == []
    code, _, _ = refused(agency.client.get_agent_version, agentId=agent, agentVersion="1")
    assert code == "ResourceNotFoundException"
    assert agency.alias(agent)["routingConfiguration"] == [{"agentVersion": "4"}]

    code, status, message = refused(agency.client.delete_agent, agentId=agent)
    assert (code, status) == ("ConflictException", 409)
    assert "live" in message
    agency.client.delete_agent(agentId=agent, skipResourceInUseCheck=True)
    assert not agency.agents.query("SELECT * FROM tags WHERE arn LIKE ?", f"%{agent}%")


def test_a_repeated_client_token_makes_no_second_agent(agency: Agency) -> None:
    request = definition(clientToken=str(uuid4()))
    agent = agency.agent(**request)
    assert agency.agent(**request) == agent
    code, status, _ = refused(agency.agent, **request | {"agentName": "another"})
    assert (code, status) == ("ConflictException", 409)
    agency.prepared(agent)
    named = {"agentAliasName": "live", "clientToken": str(uuid4())}
    assert agency.alias(agent, **named) == agency.alias(agent, **named)
    versions = agency.client.list_agent_versions(agentId=agent)["agentVersionSummaries"]
    assert [version["agentVersion"] for version in versions] == ["DRAFT", "1"]


def test_agents_are_listed_ten_at_a_time(agency: Agency) -> None:
    agents = {agency.agent() for _ in range(11)}
    page = agency.client.list_agents(maxResults=1000)
    assert len(page["agentSummaries"]) == 10
    pages = agency.client.get_paginator("list_agents").paginate()
    listed = [summary for page in pages for summary in page["agentSummaries"]]
    assert agents <= {summary["agentId"] for summary in listed}
    assert len(listed) == len({summary["agentId"] for summary in listed})


def test_versions_and_aliases_are_listed_page_by_page(agency: Agency) -> None:
    agent = agency.agent()
    agency.prepared(agent)
    aliases = {agency.alias(agent)["agentAliasId"] for _ in range(11)}
    versions = [
        summary["agentVersion"]
        for page in agency.client.get_paginator("list_agent_versions").paginate(agentId=agent)
        for summary in page["agentVersionSummaries"]
    ]
    assert versions == ["DRAFT", *map(str, range(1, 12))]
    listed = [
        summary["agentAliasId"]
        for page in agency.client.get_paginator("list_agent_aliases").paginate(agentId=agent)
        for summary in page["agentAliasSummaries"]
    ]
    assert sorted(listed) == sorted(aliases | {"TSTALIASID"})
    [summary] = [
        summary
        for page in agency.client.get_paginator("list_agents").paginate()
        for summary in page["agentSummaries"]
        if summary["agentId"] == agent
    ]
    assert summary["latestAgentVersion"] == "11"


def test_tags_go_to_the_plane_that_has_the_resource(agency: Agency) -> None:
    agent = agency.agent(tags={"team": "orders"})
    agency.prepared(agent)
    alias = agency.alias(agent, tags={"stage": "live"})["agentAliasArn"]
    base = agency.world.base(tags={"team": "search"})
    arns = {
        agency.client.get_agent(agentId=agent)["agent"]["agentArn"]: {"team": "orders"},
        alias: {"stage": "live"},
        agency.client.get_knowledge_base(knowledgeBaseId=base)["knowledgeBase"][
            "knowledgeBaseArn"
        ]: {"team": "search"},
    }
    for arn, tags in arns.items():
        agency.client.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
        agency.client.untag_resource(resourceArn=arn, tagKeys=["a"])
        listed_tags = agency.client.list_tags_for_resource(resourceArn=arn)["tags"]
        assert listed_tags == {**tags, "b": "2"}
    code, _, _ = refused(
        agency.client.list_tags_for_resource, resourceArn=alias[:-10] + "0000000000"
    )
    assert code == "ResourceNotFoundException"


def test_agents_are_there_after_a_restart(tmp_path: Path) -> None:
    with Agency(tmp_path) as agency:
        agent = agency.agent(agentName="kept", tags={"team": "orders"})
        group = agency.group(agent, agentVersion="DRAFT")
        agency.prepared(agent)
        alias: Any = agency.alias(agent)
        before: Any = agency.client.get_agent(agentId=agent)["agent"]
    with Agency(tmp_path) as agency:
        assert agency.client.get_agent(agentId=agent)["agent"] == before
        description: Any = agency.client.get_agent_alias(
            agentId=agent, agentAliasId=alias["agentAliasId"]
        )["agentAlias"]
        assert description == alias | {"agentAliasStatus": "PREPARED"}
        for version in ("DRAFT", "1"):
            listed = agency.client.list_agent_action_groups(agentId=agent, agentVersion=version)
            assert [one["actionGroupId"] for one in listed["actionGroupSummaries"]] == [group]
        tags = agency.client.list_tags_for_resource(resourceArn=before["agentArn"])["tags"]
        assert tags == {"team": "orders"}


STEPS = ("update", "group", "prepare", "alias", "delete 1", "delete 2")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=14))
def test_versions_of_an_agent_never_change(agency: Agency, steps: list[str]) -> None:
    """Whatever is done: a version has what DRAFT had when it was made, and only what was prepared
    becomes one."""
    agent = agency.call("CreateAgent", **definition(description="0"))["agent"]["agentId"]
    draft, expected, latest, prepared = ("0", 0), {}, 0, False
    for number, step in enumerate(steps, 1):
        match step.split():
            case ["update"]:
                agency.call("UpdateAgent", agentId=agent, **definition(description=str(number)))
                draft, prepared = (str(number), draft[1]), False
            case ["group"]:
                agency.call("CreateAgentActionGroup", **group_of(agent))
                draft, prepared = (draft[0], draft[1] + 1), False
            case ["prepare"]:
                agency.call("PrepareAgent", agentId=agent)
                prepared = True
            case ["alias"] if prepared:
                name = f"alias-{number}"
                agency.call("CreateAgentAlias", agentId=agent, agentAliasName=name)
                latest += 1
                expected[str(latest)] = draft
            case ["delete", version] if version in expected:
                del expected[version]
                agency.call(
                    "DeleteAgentVersion",
                    agentId=agent,
                    agentVersion=version,
                    skipResourceInUseCheck=True,
                )
    listed = agency.call("ListAgentVersions", agentId=agent)["agentVersionSummaries"]
    assert [version["agentVersion"] for version in listed] == ["DRAFT", *expected]
    for version in listed:
        own = {"agentId": agent, "agentVersion": version["agentVersion"]}
        groups = agency.call("ListAgentActionGroups", **own)["actionGroupSummaries"]
        description, count = expected.get(version["agentVersion"], draft)
        assert (version["description"], len(groups)) == (description, min(count, 10))
