"""What agents may call and look up, through boto3: action groups and Knowledge Bases."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local.bedrock_agent.agents.agency import (
    FUNCTION,
    FUNCTIONS,
    Agency,
    group,
    openapi,
)
from tests.local.bedrock_agent.knowledge_bases.world import refused

S3: Any = {"s3": {"s3BucketName": "schemas", "s3ObjectKey": "orders.json"}}


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    with Agency(tmp_path_factory.mktemp("home")) as agency:
        yield agency


def named(agent: str, identifier: str) -> Any:
    return {"agentId": agent, "agentVersion": "DRAFT", "actionGroupId": identifier}


def test_the_life_of_an_action_group(agency: Agency) -> None:
    agent = agency.agent()
    agency.prepared(agent)
    request = group(agent, description="Orders")
    created: Any = agency.client.create_agent_action_group(**request)["agentActionGroup"]
    ids = named(agent, created["actionGroupId"])
    assert created["actionGroupState"] == "ENABLED"
    assert created["functionSchema"] == FUNCTIONS
    assert created["actionGroupExecutor"] == {"lambda": FUNCTION}
    assert agency.status(agent) == "NOT_PREPARED"
    assert agency.client.get_agent_action_group(**ids)["agentActionGroup"] == created

    agency.prepared(agent)
    changed: Any = {
        "actionGroupName": request["actionGroupName"] + "-2",
        "actionGroupExecutor": {"customControl": "RETURN_CONTROL"},
        "apiSchema": {"payload": json.dumps(openapi())},
        "actionGroupState": "DISABLED",
    }
    updated: Any = agency.client.update_agent_action_group(**ids, **changed)["agentActionGroup"]
    assert agency.status(agent) == "NOT_PREPARED"
    assert updated["createdAt"] == created["createdAt"] < updated["updatedAt"]
    assert {name: updated[name] for name in changed} == changed
    assert not {"description", "functionSchema"} & updated.keys()

    agency.prepared(agent)
    agency.client.delete_agent_action_group(**ids)
    assert agency.status(agent) == "NOT_PREPARED"
    code, status, message = refused(agency.client.get_agent_action_group, **ids)
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert created["actionGroupId"] in message


def test_an_enabled_action_group_is_deleted_only_when_told(agency: Agency) -> None:
    agent = agency.agent()
    ids = named(agent, agency.group(agent))
    code, status, message = refused(agency.client.delete_agent_action_group, **ids)
    assert (code, status) == ("ValidationException", 400)
    assert "cannot be deleted when it is Enabled" in message
    agency.client.delete_agent_action_group(**ids, skipResourceInUseCheck=True)
    assert not agency.client.list_agent_action_groups(agentId=agent, agentVersion="DRAFT")[
        "actionGroupSummaries"
    ]


def functions(*names: str) -> Any:
    return {"functionSchema": {"functions": [{"name": name} for name in names]}}


MANY = {"name": "look", "parameters": {f"p{number}": {"type": "string"} for number in range(6)}}
PAYLOAD: Any = {"apiSchema": {"payload": json.dumps(openapi())}}
INPUT = {"parentActionGroupSignature": "AMAZON.UserInput"}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        (functions(), "must be 1 to 11 functions"),
        (functions(*(f"f{number}" for number in range(12))), "are 12"),
        (functions("look", "look"), "functions.2.member.name: 'look' is there already"),
        ({"functionSchema": {"functions": [MANY]}}, "parameters: must be at most 5"),
        ({**functions("look"), **PAYLOAD}, "has apiSchema and functionSchema"),
        ({"functionSchema": None}, "has none"),
        ({"actionGroupExecutor": None}, "actionGroupExecutor: is required"),
        ({"apiSchema": {"payload": "nonsense"}}, "Failed to create OpenAPI 3 model"),
        ({"apiSchema": {"payload": json.dumps(openapi(operationId=None))}}, "operationId"),
        ({"apiSchema": {"s3": {"s3BucketName": "schemas"}}}, "s3ObjectKey"),
        ({"apiSchema": S3}, "s3://schemas/orders.json is not there"),
        (INPUT, "must be left out"),
        (
            {**INPUT, "actionGroupExecutor": None, "functionSchema": None, "description": "Ask"},
            "description: must be left out",
        ),
        ({"parentActionGroupSignature": "AMAZON.CodeInterpreter"}, "AMAZON.CodeInterpreter"),
        ({"actionGroupExecutor": {"lambda": "orders"}}, "actionGroupExecutor.lambda"),
    ],
)
def test_an_action_group_that_breaks_a_rule_is_refused(
    agency: Agency, params: Any, words: str
) -> None:
    agent = agency.agent()
    members = {name: value for name, value in group(agent, **params).items() if value is not None}
    code, status, message = refused(agency.client.create_agent_action_group, **members)
    assert (code, status) == ("ValidationException", 400)
    assert words in message
    code, _, message = refused(
        agency.client.update_agent_action_group, actionGroupId=agency.group(agent), **members
    )
    assert code == "ValidationException"
    assert words in message


def test_the_agent_may_ask_its_user(agency: Agency) -> None:
    agent = agency.agent()
    created: Any = agency.client.create_agent_action_group(
        agentId=agent,
        agentVersion="DRAFT",
        actionGroupName="ask",
        parentActionGroupSignature="AMAZON.UserInput",
        actionGroupState="ENABLED",
    )["agentActionGroup"]
    assert created["parentActionSignature"] == "AMAZON.UserInput"
    assert agency.prepared(agent) == "PREPARED"


def test_two_action_groups_of_an_agent_cannot_have_one_name(agency: Agency) -> None:
    agent, other = agency.agent(), agency.agent()
    first = agency.group(agent, actionGroupName="orders")
    agency.group(other, actionGroupName="orders")
    second = agency.group(agent)
    request = group(agent, actionGroupName="orders")
    code, status, message = refused(agency.client.create_agent_action_group, **request)
    assert (code, status) == ("ConflictException", 409)
    assert "orders already exists" in message
    code, status, _ = refused(
        agency.client.update_agent_action_group, actionGroupId=second, **request
    )
    assert (code, status) == ("ConflictException", 409)
    agency.client.update_agent_action_group(actionGroupId=first, **request)


def test_a_document_is_taken_from_its_bucket_when_the_agent_is_prepared(agency: Agency) -> None:
    agency.put("documents", "orders.json", openapi())
    schema = {"s3": {"s3BucketName": "documents", "s3ObjectKey": "orders.json"}}
    agent = agency.agent()
    agency.group(agent, apiSchema=schema)
    assert agency.prepared(agent) == "PREPARED"
    agency.alias(agent)

    agency.put("documents", "orders.json", openapi(operationId=None))
    assert agency.prepared(agent) == "FAILED"
    [reason] = agency.client.get_agent(agentId=agent)["agent"]["failureReasons"]
    assert "must have operationId" in reason

    agency.put("documents", "orders.json", openapi(operationId="where"))
    assert agency.prepared(agent) == "PREPARED"
    agency.alias(agent)
    kept = {
        row["version"]: json.loads(row["openapi"])["paths"]["/orders/{id}"]["get"]["operationId"]
        for row in agency.agents.query("SELECT * FROM action_groups WHERE agent = ?", agent)
    }
    assert kept.pop("PREPARED") == "where"  # what DRAFT was when it was prepared last
    assert kept == {"DRAFT": "where", "1": "orderStatus", "2": "where"}


def test_a_disabled_action_group_keeps_no_agent_from_being_prepared(agency: Agency) -> None:
    agency.put("passing", "orders.json", openapi())
    schema = {"s3": {"s3BucketName": "passing", "s3ObjectKey": "orders.json"}}
    agent = agency.agent()
    agency.group(agent, apiSchema=schema, actionGroupState="DISABLED")
    (agency.home / "s3" / "passing" / "orders.json").unlink()
    assert agency.prepared(agent) == "PREPARED"


def test_action_groups_are_listed_ten_at_a_time(agency: Agency) -> None:
    agent = agency.agent()
    groups = {agency.group(agent) for _ in range(11)}
    pages = list(
        agency.client.get_paginator("list_agent_action_groups").paginate(
            agentId=agent, agentVersion="DRAFT"
        )
    )
    assert [len(page["actionGroupSummaries"]) for page in pages] == [10, 1]
    assert groups == {
        one["actionGroupId"] for page in pages for one in page["actionGroupSummaries"]
    }


def test_the_life_of_an_association(agency: Agency) -> None:
    agent, base = agency.agent(), agency.world.base()
    agency.prepared(agent)
    ids: Any = {"agentId": agent, "agentVersion": "DRAFT", "knowledgeBaseId": base}
    association: Any = agency.client.associate_agent_knowledge_base(
        **ids, description="What is known"
    )["agentKnowledgeBase"]
    assert association["knowledgeBaseState"] == "ENABLED"
    assert agency.status(agent) == "NOT_PREPARED"
    assert agency.client.get_agent_knowledge_base(**ids)["agentKnowledgeBase"] == association
    code, status, _ = refused(
        agency.client.associate_agent_knowledge_base, **ids, description="Again"
    )
    assert (code, status) == ("ConflictException", 409)

    agency.prepared(agent)
    updated: Any = agency.client.update_agent_knowledge_base(**ids, knowledgeBaseState="DISABLED")[
        "agentKnowledgeBase"
    ]
    assert agency.status(agent) == "NOT_PREPARED"
    assert (updated["description"], updated["knowledgeBaseState"]) == ("What is known", "DISABLED")
    [listed] = agency.client.list_agent_knowledge_bases(agentId=agent, agentVersion="DRAFT")[
        "agentKnowledgeBaseSummaries"
    ]
    assert (listed["knowledgeBaseId"], listed["knowledgeBaseState"]) == (base, "DISABLED")

    agency.prepared(agent)
    agency.client.disassociate_agent_knowledge_base(**ids)
    assert agency.status(agent) == "NOT_PREPARED"
    code, status, message = refused(agency.client.get_agent_knowledge_base, **ids)
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert base in message


def test_a_missing_knowledge_base_is_not_associated(agency: Agency) -> None:
    agent, base = agency.agent(), agency.world.base()
    ids: Any = {"agentId": agent, "agentVersion": "DRAFT"}
    code, status, message = refused(
        agency.client.associate_agent_knowledge_base,
        **ids,
        knowledgeBaseId="NOBODYHERE",
        description="What is known",
    )
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert "NOBODYHERE" in message

    agency.client.associate_agent_knowledge_base(
        **ids, knowledgeBaseId=base, description="What is known"
    )
    assert agency.prepared(agent) == "PREPARED"
    agency.client.delete_knowledge_base(knowledgeBaseId=base)
    assert agency.prepared(agent) == "FAILED"
    [reason] = agency.client.get_agent(agentId=agent)["agent"]["failureReasons"]
    assert base in reason
    agency.client.update_agent_knowledge_base(
        **ids, knowledgeBaseId=base, knowledgeBaseState="DISABLED"
    )
    assert agency.prepared(agent) == "PREPARED"


def test_every_call_for_a_missing_agent_is_refused(agency: Agency) -> None:
    ids: Any = {"agentId": "NOBODYHERE", "agentVersion": "DRAFT"}
    for call, params in (
        (agency.client.create_agent_action_group, group("NOBODYHERE")),
        (agency.client.list_agent_action_groups, ids),
        (agency.client.list_agent_knowledge_bases, ids),
        (agency.client.prepare_agent, {"agentId": "NOBODYHERE"}),
    ):
        code, status, message = refused(call, **params)
        assert (code, status) == ("ResourceNotFoundException", 404)
        assert "NOBODYHERE" in message
