"""Inference profiles, made and listed and invoked by botocore."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local import bedrock, bedrock_runtime
from app.local.bedrock.guardrails import Guardrails
from app.local.bedrock.inference_profiles import InferenceProfiles, InvocableModels, application
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer
from app.local.faults import Faults
from app.local.wire import Application, ServiceError
from tests.local.engines import engine_of
from tests.wire_server import Server, in_thread

NOVA, SONNET = "amazon.nova-lite-v1:0", "anthropic.claude-sonnet-4-6"
FOUNDATION = f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"
SYSTEM = f"arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.{SONNET}"
HELLO = [{"role": "user", "content": [{"text": "Hello"}]}]


@pytest.fixture(scope="module")
def server(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Not held against the model: Bedrock's own profiles have names and ARNs that break it."""
    home = tmp_path_factory.mktemp("home")
    guardrails, profiles = Guardrails(home), InferenceProfiles(home)
    engine = engine_of(encoder, Writer(encoder))
    services = {
        "bedrock": bedrock.handlers(guardrails, profiles),
        "bedrock-runtime": bedrock_runtime.handlers(engine, InvocableModels(profiles)),
    }
    application = Application(services, home / "spool", Faults())
    with in_thread(application) as (url, stop):
        running = Server(url, Faults(), stop)
        yield running
        running.close()
    profiles.close()
    guardrails.close()


@pytest.fixture(scope="module")
def control(server: Server) -> Any:
    return server.client("bedrock")


@pytest.fixture(scope="module")
def runtime(server: Server) -> Any:
    return server.client("bedrock-runtime")


def refused(call: Any, **members: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**members)
    told = error.value.response["Error"]
    return told["Code"], told["Message"]


def made(control: Any, source: str, **members: Any) -> str:
    arn: str = control.create_inference_profile(
        inferenceProfileName="team north", modelSource={"copyFrom": source}, **members
    )["inferenceProfileArn"]
    return arn


def test_bedrocks_own_profiles_are_those_of_the_region(server: Server) -> None:
    def ids(region: str) -> set[str]:
        client = server.client("bedrock", region_name=region)
        pages = client.get_paginator("list_inference_profiles").paginate(
            PaginationConfig={"PageSize": 7}
        )
        return {
            one["inferenceProfileId"] for page in pages for one in page["inferenceProfileSummaries"]
        }

    virginia, sydney = ids("us-east-1"), ids("ap-southeast-2")
    assert {f"us.{NOVA}", f"us.{SONNET}", f"global.{SONNET}"} <= virginia
    assert {f"apac.{NOVA}", f"au.{SONNET}", f"global.{SONNET}"} <= sydney
    assert not {one for one in virginia if one.startswith(("eu.", "apac.", "au.", "jp."))}
    assert ids("us-gov-east-1") == {
        "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0",
        "us-gov.anthropic.claude-3-5-sonnet-20240620-v1:0",
    }


def test_a_profile_tells_where_it_hands_requests_to(control: Any, server: Server) -> None:
    profile = control.get_inference_profile(inferenceProfileIdentifier=f"us.{SONNET}")
    assert profile["inferenceProfileArn"] == SYSTEM
    assert profile["inferenceProfileName"] == "US Anthropic Claude Sonnet 4.6"
    assert profile["description"] == (
        "Routes requests to Anthropic Claude Sonnet 4.6 in us-east-1, us-east-2 and us-west-2."
    )
    assert (profile["status"], profile["type"]) == ("ACTIVE", "SYSTEM_DEFINED")
    assert [one["modelArn"] for one in profile["models"]] == [
        f"arn:aws:bedrock:{region}::foundation-model/{SONNET}"
        for region in ("us-east-1", "us-east-2", "us-west-2")
    ]
    frankfurt = server.client("bedrock", region_name="eu-central-1")
    named = frankfurt.get_inference_profile(inferenceProfileIdentifier=f"global.{SONNET}")
    assert [one["modelArn"] for one in named["models"]] == [
        f"arn:aws:bedrock:eu-central-1::foundation-model/{SONNET}",
        f"arn:aws:bedrock:::foundation-model/{SONNET}",
    ]
    assert (
        refused(frankfurt.get_inference_profile, inferenceProfileIdentifier=f"us.{SONNET}")[0]
        == "ResourceNotFoundException"
    )


@pytest.mark.parametrize("source", [FOUNDATION, SYSTEM])
def test_a_profile_of_the_account_is_listed_and_invoked_by_its_arn(
    control: Any, runtime: Any, source: str
) -> None:
    arn = made(control, source, description="of the north", tags=[{"key": "team", "value": "n"}])
    assert arn.startswith("arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/")
    identifier = arn.rpartition("/")[2]
    for name in (arn, identifier):
        profile = control.get_inference_profile(inferenceProfileIdentifier=name)
        assert (profile["inferenceProfileArn"], profile["type"]) == (arn, "APPLICATION")
        assert profile["description"] == "of the north"
    listed = control.list_inference_profiles(typeEquals="APPLICATION")["inferenceProfileSummaries"]
    assert arn in [one["inferenceProfileArn"] for one in listed]
    assert arn not in json.dumps(control.list_inference_profiles(maxResults=1000), default=str)
    assert runtime.converse(modelId=arn, messages=HELLO)["stopReason"] == "end_turn"
    stream = runtime.converse_stream(modelId=arn, messages=HELLO)["stream"]
    assert "messageStart" in next(iter(stream))
    stream.close()
    assert refused(runtime.converse, modelId=identifier, messages=HELLO)[1] == (
        "The provided model identifier is invalid."
    )
    assert (
        refused(runtime.count_tokens, modelId=arn, input={"converse": {"messages": HELLO}})[1]
        == "The provided model doesn't support counting tokens."
    )

    tags = {"resourceARN": arn}
    control.tag_resource(**tags, tags=[{"key": "cost", "value": "7"}])
    control.untag_resource(**tags, tagKeys=["team"])
    assert control.list_tags_for_resource(**tags)["tags"] == [{"key": "cost", "value": "7"}]

    control.delete_inference_profile(inferenceProfileIdentifier=identifier)
    for call in (control.get_inference_profile, control.delete_inference_profile):
        assert refused(call, inferenceProfileIdentifier=arn)[0] == "ResourceNotFoundException"
    assert refused(control.list_tags_for_resource, **tags)[0] == "ResourceNotFoundException"
    code, message = refused(runtime.converse, modelId=arn, messages=HELLO)
    assert (code, arn in message) == ("ResourceNotFoundException", True)


def test_a_profile_of_a_model_that_needs_one_itself_is_refused_when_it_is_invoked(
    control: Any, runtime: Any
) -> None:
    arn = made(control, f"arn:aws:bedrock:us-east-1::foundation-model/{SONNET}")
    code, message = refused(runtime.converse, modelId=arn, messages=HELLO)
    assert code == "ValidationException"
    assert message.startswith(
        f"Invocation of model ID {SONNET} with on-demand throughput isn\u2019t"
    )
    control.delete_inference_profile(inferenceProfileIdentifier=arn)


def test_a_profile_is_there_in_its_region_only(control: Any, server: Server) -> None:
    arn = made(control, FOUNDATION)
    ohio = server.client("bedrock", region_name="us-east-2")
    assert refused(ohio.get_inference_profile, inferenceProfileIdentifier=arn)[0] == (
        "ResourceNotFoundException"
    )
    assert ohio.list_inference_profiles(typeEquals="APPLICATION")["inferenceProfileSummaries"] == []
    runtime = server.client("bedrock-runtime", region_name="us-east-2")
    assert refused(runtime.converse, modelId=arn, messages=HELLO)[0] == "ResourceNotFoundException"
    control.delete_inference_profile(inferenceProfileIdentifier=arn)


@pytest.mark.parametrize(
    "source",
    [
        "arn:aws:bedrock:us-east-1::foundation-model/acme.rocket-v1:0",
        f"arn:aws:bedrock:us-west-2::foundation-model/{NOVA}",
        f"arn:aws:bedrock:us-east-1:000000000000:inference-profile/eu.{NOVA}",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2",
    ],
)
def test_a_profile_is_made_from_what_the_region_has(control: Any, source: str) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException") as error:
        made(control, source)
    assert f"modelSource.copyFrom: {source}" in str(error.value)


def test_bedrocks_own_are_not_deleted(control: Any) -> None:
    code, message = refused(
        control.delete_inference_profile, inferenceProfileIdentifier=f"us.{NOVA}"
    )
    assert (code, "is defined by Bedrock" in message) == ("ValidationException", True)


def test_a_request_token_makes_one_profile(control: Any) -> None:
    first, second = (made(control, FOUNDATION, clientRequestToken="t1") for _ in range(2))
    assert first == second
    control.delete_inference_profile(inferenceProfileIdentifier=first)


def test_an_account_has_so_many_profiles_in_a_region_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "MAX_PROFILES", 1)
    profiles = InferenceProfiles(tmp_path)

    def make(region: str) -> str:
        source = FOUNDATION.replace("us-east-1", region)
        params = {
            "inferenceProfileName": "x",
            "modelSource": {"copyFrom": source},
            "tags": [{"key": "team", "value": "north"}],
        }
        with profiles.transaction() as db:
            arn: str = application.create(region, db, params)["inferenceProfileArn"]
            return arn

    arn = make("us-east-1")
    make("us-west-2")
    with pytest.raises(ServiceError, match="at most 1 application inference profiles"):
        make("us-east-1")
    with profiles.transaction() as db:
        application.delete("us-east-1", db, {"inferenceProfileIdentifier": arn})
        rows = db.execute("SELECT count(*) FROM tags").fetchone()
        assert tuple(rows) == (1,)
    make("us-east-1")
    profiles.close()


def test_profiles_are_there_after_a_restart(tmp_path: Path) -> None:
    profiles = InferenceProfiles(tmp_path)
    answer = profiles.write(
        "CreateInferenceProfile",
        lambda db, params: application.create("us-east-1", db, params),
        {"inferenceProfileName": "x", "modelSource": {"copyFrom": FOUNDATION}},
    )
    profiles.close()
    again = InferenceProfiles(tmp_path)
    assert again.source(answer["inferenceProfileArn"], "us-east-1") == FOUNDATION
    again.close()


def test_which_models_are_listed_depends_on_the_region(server: Server) -> None:
    def inference(region: str) -> list[str] | None:
        client = server.client("bedrock", region_name=region)
        for one in client.list_foundation_models()["modelSummaries"]:
            if one["modelId"] == NOVA:
                assert one["modelArn"].split(":")[1:4:2] == [
                    "aws-us-gov" if "gov" in region else "aws",
                    region,
                ]
                types: list[str] = one["inferenceTypesSupported"]
                return types
        return None

    assert inference("us-east-1") == ["ON_DEMAND", "INFERENCE_PROFILE"]
    assert inference("eu-west-1") == ["INFERENCE_PROFILE"]
    assert inference("us-gov-west-1") == ["ON_DEMAND"]
    assert inference("ap-southeast-6") is None
    client = server.client("bedrock", region_name="ap-southeast-6")
    assert refused(client.get_foundation_model, modelIdentifier=NOVA)[0] == "ValidationException"
    availability = client.get_foundation_model_availability(modelId=NOVA)
    assert availability["regionAvailability"] == "NOT_AVAILABLE"
    assert refused(client.get_foundation_model, modelIdentifier=f"apac.{NOVA}")[1] == (
        "The provided model identifier is invalid."
    )
