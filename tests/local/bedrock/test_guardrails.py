"""Guardrails through boto3: lives, versions, rules, lists, tags, and what survives."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.local.bedrock import guardrail_handlers
from app.local.bedrock.guardrails import Guardrails
from app.local.bedrock.guardrails.policies import definition
from app.local.wire import Call
from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.wire_server import serving

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

WORDS: Any = {"wordPolicyConfig": {"managedWordListsConfig": [{"type": "PROFANITY"}]}}
EVERY_POLICY: Any = {
    "topicPolicyConfig": {
        "topicsConfig": [
            {
                "name": "Investment advice",
                "definition": "Whether to buy, hold or sell something of value.",
                "examples": ["Should I buy gold?"],
                "type": "DENY",
                "inputAction": "BLOCK",
                "outputEnabled": False,
            }
        ],
        "tierConfig": {"tierName": "STANDARD"},
    },
    "contentPolicyConfig": {
        "filtersConfig": [
            {"type": "HATE", "inputStrength": "HIGH", "outputStrength": "LOW"},
            {"type": "PROMPT_ATTACK", "inputStrength": "MEDIUM", "outputStrength": "NONE"},
        ]
    },
    "wordPolicyConfig": {
        "wordsConfig": [{"text": "basalt", "outputAction": "NONE"}],
        "managedWordListsConfig": [{"type": "PROFANITY"}],
    },
    "sensitiveInformationPolicyConfig": {
        "piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE"}],
        "regexesConfig": [{"name": "order", "pattern": r"ORD-\d{6}", "action": "BLOCK"}],
    },
    "contextualGroundingPolicyConfig": {
        "filtersConfig": [
            {"type": "GROUNDING", "threshold": 0.7, "action": "BLOCK"},
            {"type": "RELEVANCE", "threshold": 0.99, "enabled": False},
        ]
    },
    "crossRegionConfig": {"guardrailProfileIdentifier": "us.guardrail.v1:0"},
}


@contextmanager
def bedrock(home: Path) -> Iterator["BedrockClient"]:
    guardrails = Guardrails(home)
    try:
        with serving({"bedrock": guardrail_handlers.handlers(guardrails)}) as server:
            yield server.client("bedrock")
    finally:
        guardrails.close()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator["BedrockClient"]:
    with bedrock(tmp_path_factory.mktemp("home")) as client:
        yield client


def asked(**params: Any) -> Any:
    return {
        "name": f"guardrail-{uuid4()}",
        "blockedInputMessaging": "Not that question.",
        "blockedOutputsMessaging": "Not that answer.",
        **(WORDS if not any(name.endswith("PolicyConfig") for name in params) else {}),
        **params,
    }


def made(client: "BedrockClient", **params: Any) -> str:
    return client.create_guardrail(**asked(**params))["guardrailId"]


def called(operation: str, **params: Any) -> Call:
    """A call without HTTP."""
    return Call("bedrock", operation, params, {}, "request")


def test_the_life_of_a_guardrail(client: "BedrockClient") -> None:
    request = asked(description="Keeps to rocks", **EVERY_POLICY)
    created = client.create_guardrail(**request)
    guardrail = created["guardrailId"]
    assert created["version"] == "DRAFT"
    assert created["guardrailArn"].endswith(f":guardrail/{guardrail}")

    description: Any = client.get_guardrail(guardrailIdentifier=guardrail)
    assert description["status"] == "READY"
    assert (description["name"], description["description"]) == (request["name"], "Keeps to rocks")
    assert description["topicPolicy"]["topics"] == request["topicPolicyConfig"]["topicsConfig"]
    assert description["topicPolicy"]["tier"] == {"tierName": "STANDARD"}
    assert (
        description["contentPolicy"]["filters"] == request["contentPolicyConfig"]["filtersConfig"]
    )
    assert description["wordPolicy"]["words"] == request["wordPolicyConfig"]["wordsConfig"]
    assert description["wordPolicy"]["managedWordLists"] == [{"type": "PROFANITY"}]
    private = request["sensitiveInformationPolicyConfig"]
    assert description["sensitiveInformationPolicy"]["piiEntities"] == private["piiEntitiesConfig"]
    assert description["sensitiveInformationPolicy"]["regexes"] == private["regexesConfig"]
    grounding = request["contextualGroundingPolicyConfig"]
    assert description["contextualGroundingPolicy"]["filters"] == grounding["filtersConfig"]
    assert description["crossRegionDetails"]["guardrailProfileId"] == "us.guardrail.v1:0"
    assert (
        client.get_guardrail(guardrailIdentifier=created["guardrailArn"])["name"]
        == (request["name"])
    )

    renamed = asked(name=request["name"] + "-2")
    updated = client.update_guardrail(guardrailIdentifier=guardrail, **renamed)
    after = client.get_guardrail(guardrailIdentifier=guardrail)
    assert after["updatedAt"] == updated["updatedAt"] > description["updatedAt"]
    assert after["createdAt"] == description["createdAt"]
    assert after["name"] == renamed["name"]
    assert after["wordPolicy"] == {"managedWordLists": [{"type": "PROFANITY"}]}
    assert not {"description", "topicPolicy", "contentPolicy", "crossRegionDetails"} & after.keys()

    client.delete_guardrail(guardrailIdentifier=guardrail)
    code, status, message = refused(client.get_guardrail, guardrailIdentifier=guardrail)
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert guardrail in message


def test_a_version_is_what_draft_was(client: "BedrockClient") -> None:
    guardrail = made(client, description="Draft", **EVERY_POLICY)
    first = client.create_guardrail_version(guardrailIdentifier=guardrail, description="First")
    assert (first["guardrailId"], first["version"]) == (guardrail, "1")
    before: Any = client.get_guardrail(guardrailIdentifier=guardrail, guardrailVersion="1")
    assert (before["version"], before["description"]) == ("1", "First")
    assert before["topicPolicy"]["topics"][0]["name"] == "Investment advice"

    client.update_guardrail(guardrailIdentifier=guardrail, **asked(description="Draft"))
    after: Any = client.get_guardrail(guardrailIdentifier=guardrail, guardrailVersion="1")
    assert {**before, "ResponseMetadata": None} == {**after, "ResponseMetadata": None}
    second = client.create_guardrail_version(guardrailIdentifier=guardrail)
    assert second["version"] == "2"
    description = client.get_guardrail(guardrailIdentifier=guardrail, guardrailVersion="2")
    assert not {"description", "topicPolicy"} & description.keys()


def test_a_deleted_version_gives_its_number_to_no_other(client: "BedrockClient") -> None:
    guardrail = made(client)
    for _ in range(2):
        client.create_guardrail_version(guardrailIdentifier=guardrail)
    client.delete_guardrail(guardrailIdentifier=guardrail, guardrailVersion="2")
    code, status, message = refused(
        client.get_guardrail, guardrailIdentifier=guardrail, guardrailVersion="2"
    )
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert "no version 2" in message
    code, status, _ = refused(
        client.delete_guardrail, guardrailIdentifier=guardrail, guardrailVersion="2"
    )
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert client.create_guardrail_version(guardrailIdentifier=guardrail)["version"] == "3"
    client.delete_guardrail(guardrailIdentifier=guardrail)
    for version in ("DRAFT", "1", "3"):
        code, _, _ = refused(
            client.get_guardrail, guardrailIdentifier=guardrail, guardrailVersion=version
        )
        assert code == "ResourceNotFoundException"


def content(**strengths: str) -> Any:
    filter_ = {"type": "PROMPT_ATTACK", "inputStrength": "HIGH", "outputStrength": "NONE"}
    return {"contentPolicyConfig": {"filtersConfig": [{**filter_, **strengths}]}}


def private(*patterns: str) -> Any:
    regexes = [
        {"name": f"pattern {number}", "pattern": pattern, "action": "BLOCK"}
        for number, pattern in enumerate(patterns)
    ]
    return {"sensitiveInformationPolicyConfig": {"regexesConfig": regexes}}


def grounding(*thresholds: float) -> Any:
    filters = [{"type": "GROUNDING", "threshold": threshold} for threshold in thresholds]
    return {"contextualGroundingPolicyConfig": {"filtersConfig": filters}}


def topics(number: int, **more: Any) -> Any:
    one = {"definition": "Something.", "type": "DENY"}
    named = [{"name": f"Topic {place}", **one} for place in range(number)]
    return {"topicPolicyConfig": {"topicsConfig": named, **more}}


REASONING = "arn:aws:bedrock:us-east-1:000000000000:automated-reasoning-policy/abcdefghijkl"


@pytest.mark.parametrize(
    ("params", "named"),
    [
        (content(outputStrength="HIGH"), "filtersConfig.1.member.outputStrength: PROMPT_ATTACK"),
        (content(inputStrength="HIGHEST"), "inputStrength"),
        (private(r"\d+", "(unclosed"), "regexesConfig.2.member.pattern"),
        (private(r"a(?=b)"), "regexesConfig.1.member.pattern: is no regular expression that RE2"),
        (grounding(1), "filtersConfig.1.member.threshold: must be less than 1"),
        (grounding(0.5, 0.6), "filtersConfig.2.member.type: 'GROUNDING' is there already"),
        (topics(31), "topicPolicyConfig.topicsConfig"),
        (topics(1, tierConfig={"tierName": "STANDARD"}), "crossRegionConfig"),
        ({"wordPolicyConfig": {}}, "wordPolicyConfig: is empty"),
        ({"sensitiveInformationPolicyConfig": {}}, "piiEntitiesConfig or regexesConfig"),
        ({"automatedReasoningPolicyConfig": {"policies": [REASONING]}}, "automated reasoning"),
        ({"kmsKeyId": "alias/guard"}, "kmsKeyId"),
        ({"name": "no spaces"}, "name"),
    ],
)
def test_a_guardrail_that_breaks_a_rule_is_refused_by_field(
    client: "BedrockClient", params: Any, named: str
) -> None:
    code, status, message = refused(client.create_guardrail, **asked(**params))
    assert (code, status) == ("ValidationException", 400)
    assert named in message
    guardrail = made(client)
    code, status, message = refused(
        client.update_guardrail, guardrailIdentifier=guardrail, **asked(**params)
    )
    assert (code, status) == ("ValidationException", 400)
    assert client.get_guardrail(guardrailIdentifier=guardrail)["wordPolicy"]


def test_a_guardrail_without_a_policy_is_refused(client: "BedrockClient") -> None:
    bare = {name: value for name, value in asked().items() if name != "wordPolicyConfig"}
    code, status, message = refused(client.create_guardrail, **bare)
    assert (code, status) == ("ValidationException", 400)
    assert "at least one policy" in message


@given(st.floats(min_value=0, max_value=4, allow_nan=False))
def test_a_threshold_is_less_than_one(threshold: float) -> None:
    if threshold < 1:
        filters = definition(grounding(threshold))["contextualGroundingPolicy"]["filters"]
        assert filters[0]["threshold"] == threshold
    else:
        with pytest.raises(Exception, match="less than 1"):
            definition(grounding(threshold))


def test_two_guardrails_cannot_have_one_name(client: "BedrockClient") -> None:
    guardrail, other = made(client, name="only-one"), made(client)
    request = asked(name="only-one")
    for call, params in (
        (client.create_guardrail, request),
        (client.update_guardrail, {"guardrailIdentifier": other, **request}),
    ):
        code, status, message = refused(call, **params)
        assert (code, status) == ("ConflictException", 400)
        assert "only-one already exists" in message
    client.delete_guardrail(guardrailIdentifier=guardrail)
    made(client, name="only-one")


def test_a_repeated_client_token_makes_no_second_guardrail(client: "BedrockClient") -> None:
    request = asked(clientRequestToken=str(uuid4()))
    assert made(client, **request) == made(client, **request)
    code, status, _ = refused(client.create_guardrail, **request | {"name": "another"})
    assert (code, status) == ("ConflictException", 400)
    guardrail, token = made(client), str(uuid4())
    versions = {
        client.create_guardrail_version(guardrailIdentifier=guardrail, clientRequestToken=token)[
            "version"
        ]
        for _ in range(3)
    }
    assert versions == {"1"}


def test_guardrails_are_listed_page_by_page(client: "BedrockClient") -> None:
    guardrails = {made(client) for _ in range(5)}
    client.create_guardrail_version(guardrailIdentifier=min(guardrails))
    pages = list(client.get_paginator("list_guardrails").paginate(PaginationConfig={"PageSize": 2}))
    listed = [one for page in pages for one in page["guardrails"]]
    assert guardrails <= {one["id"] for one in listed}
    assert len(listed) == len({one["id"] for one in listed})
    assert {one["version"] for one in listed} == {"DRAFT"}
    assert all(len(page["guardrails"]) <= 2 for page in pages)


def test_the_versions_of_one_are_listed(client: "BedrockClient") -> None:
    guardrail = made(client)
    made(client)
    for _ in range(11):
        client.create_guardrail_version(guardrailIdentifier=guardrail)
    pages = client.get_paginator("list_guardrails").paginate(
        guardrailIdentifier=guardrail, PaginationConfig={"PageSize": 3}
    )
    listed = [(one["id"], one["version"]) for page in pages for one in page["guardrails"]]
    assert listed == [(guardrail, version) for version in ["DRAFT", *map(str, range(1, 12))]]
    code, _, _ = refused(client.list_guardrails, guardrailIdentifier="nobody")
    assert code == "ResourceNotFoundException"


def test_a_guardrail_has_twenty_versions(client: "BedrockClient") -> None:
    guardrail = made(client)
    for _ in range(20):
        client.create_guardrail_version(guardrailIdentifier=guardrail)
    code, status, message = refused(client.create_guardrail_version, guardrailIdentifier=guardrail)
    assert (code, status) == ("ServiceQuotaExceededException", 400)
    assert "at most 20 versions" in message
    client.delete_guardrail(guardrailIdentifier=guardrail, guardrailVersion="1")
    assert client.create_guardrail_version(guardrailIdentifier=guardrail)["version"] == "21"


def test_tags_of_a_guardrail_are_added_replaced_and_removed(client: "BedrockClient") -> None:
    guardrail = made(client, tags=[{"key": "team", "value": "rocks"}, {"key": "a", "value": "b"}])
    arn = client.get_guardrail(guardrailIdentifier=guardrail)["guardrailArn"]
    client.tag_resource(resourceARN=arn, tags=[{"key": "team", "value": "safety"}])
    client.untag_resource(resourceARN=arn, tagKeys=["a"])
    assert client.list_tags_for_resource(resourceARN=arn)["tags"] == [
        {"key": "team", "value": "safety"}
    ]
    many: Any = [{"key": str(number), "value": ""} for number in range(50)]
    code, status, message = refused(client.tag_resource, resourceARN=arn, tags=many)
    assert (code, status) == ("TooManyTagsException", 400)
    assert "50" in message
    client.delete_guardrail(guardrailIdentifier=guardrail)
    code, status, _ = refused(client.list_tags_for_resource, resourceARN=arn)
    assert (code, status) == ("ResourceNotFoundException", 404)


def test_a_guardrail_takes_its_tags_with_it(tmp_path: Path) -> None:
    guardrails = Guardrails(tmp_path)
    handlers = guardrail_handlers.handlers(guardrails)
    params = asked(tags=[{"key": "team", "value": "rocks"}])
    guardrail = handlers["CreateGuardrail"](called("CreateGuardrail", **params))["guardrailId"]
    assert guardrails.query("SELECT * FROM tags")
    handlers["DeleteGuardrail"](called("DeleteGuardrail", guardrailIdentifier=guardrail))
    assert not guardrails.query("SELECT * FROM tags")
    guardrails.close()


def test_a_guardrail_of_another_region_is_not_here(client: "BedrockClient") -> None:
    arn = client.get_guardrail(guardrailIdentifier=made(client))["guardrailArn"]
    elsewhere = arn.replace("us-east-1", "eu-west-1")
    code, _, _ = refused(client.get_guardrail, guardrailIdentifier=elsewhere)
    assert code == "ResourceNotFoundException"


def test_guardrails_are_there_after_a_restart(tmp_path: Path) -> None:
    token = str(uuid4())
    with bedrock(tmp_path) as client:
        guardrail = made(client, name="kept", clientRequestToken=token)
        client.create_guardrail_version(guardrailIdentifier=guardrail)
        before: Any = client.get_guardrail(guardrailIdentifier=guardrail, guardrailVersion="1")
    with bedrock(tmp_path) as client:
        after: Any = client.get_guardrail(guardrailIdentifier=guardrail, guardrailVersion="1")
        assert {**before, "ResponseMetadata": None} == {**after, "ResponseMetadata": None}
        assert made(client, name="kept", clientRequestToken=token) == guardrail
        assert client.create_guardrail_version(guardrailIdentifier=guardrail)["version"] == "2"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["update", "version", "delete 1", "delete 2"]), max_size=12))
def test_versions_of_a_guardrail_never_change(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """Whatever happens to DRAFT and to other versions, a version is what DRAFT was, or is gone."""
    guardrails = Guardrails(tmp_path_factory.mktemp("home"))
    handlers = guardrail_handlers.handlers(guardrails)

    def call(operation: str, **params: Any) -> Any:
        return handlers[operation](called(operation, **params))

    guardrail = {
        "guardrailIdentifier": call("CreateGuardrail", **asked(**topics(1)))["guardrailId"]
    }
    expected, latest = {"DRAFT": 1}, 0
    for number, step in enumerate(steps, 2):
        if step == "update":
            call("UpdateGuardrail", **guardrail, **asked(**topics(number)))
            expected["DRAFT"] = number
        elif step == "version":
            latest += 1
            assert call("CreateGuardrailVersion", **guardrail)["version"] == str(latest)
            expected[str(latest)] = expected["DRAFT"]
        elif expected.pop(step[-1], None):
            call("DeleteGuardrail", **guardrail, guardrailVersion=step[-1])
    listed = [one["version"] for one in call("ListGuardrails", **guardrail)["guardrails"]]
    assert listed == list(expected)
    for version, number in expected.items():
        description = call("GetGuardrail", **guardrail, guardrailVersion=version)
        assert len(description["topicPolicy"]["topics"]) == number
    guardrails.close()
