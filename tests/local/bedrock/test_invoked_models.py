"""Which names invoke a model: ids, inference profiles and ARNs, by Region."""

from datetime import UTC, datetime

import pytest

from app.local.bedrock.availability import availability, geographies
from app.local.bedrock.foundation_models import counted, find, invoked, models
from app.local.wire import ServiceError

TODAY = datetime(2026, 11, 20, tzinfo=UTC)
SONNET, NOVA = "anthropic.claude-sonnet-4-6", "amazon.nova-lite-v1:0"
INVALID = "The provided model identifier is invalid."


def refusal(identifier: str, region: str = "us-east-1") -> str:
    with pytest.raises(ServiceError) as error:
        invoked(identifier, region, TODAY)
    return f"{error.value.code}: {error.value.message}"


@pytest.mark.parametrize(
    ("identifier", "region"),
    [
        (NOVA, "us-east-1"),
        (f"us.{NOVA}", "us-east-1"),
        (f"us.{NOVA}", "us-west-2"),
        (f"eu.{NOVA}", "eu-central-1"),
        (f"apac.{NOVA}", "ap-northeast-1"),
        (NOVA, "us-gov-west-1"),
        (f"us.{SONNET}", "ca-central-1"),
        (f"jp.{SONNET}", "ap-northeast-3"),
        (f"au.{SONNET}", "ap-southeast-2"),
        (f"global.{SONNET}", "sa-east-1"),
        ("in.anthropic.claude-haiku-4-5-20251001-v1:0", "ap-south-1"),
        ("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-gov-east-1"),
        (SONNET, "eu-west-2"),
        (f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", "us-east-1"),
        (f"arn:aws:bedrock:eu-west-3:111122223333:inference-profile/eu.{SONNET}", "eu-west-3"),
        ("amazon.titan-text-express-v1", "eu-west-1"),
    ],
)
def test_a_name_invokes_its_model_where_bedrock_takes_it(identifier: str, region: str) -> None:
    assert invoked(identifier, region, TODAY) == find(identifier)


@pytest.mark.parametrize(
    ("identifier", "region"),
    [
        ("zz.amazon.nova-lite-v1:0", "us-east-1"),
        (f"eu.{NOVA}", "us-east-1"),
        (f"apac.{NOVA}", "us-east-1"),
        (f"us.{NOVA}", "eu-west-1"),
        (f"global.{NOVA}", "us-east-1"),
        (f"us.us.{NOVA}", "us-east-1"),
        (f"US.{NOVA}", "us-east-1"),
        (f"us.{NOVA}:300k", "us-east-1"),
        (f"jp.{SONNET}", "ap-southeast-2"),
        (f"us.{SONNET}", "us-gov-west-1"),
        ("us.amazon.titan-embed-text-v2:0", "us-east-1"),
        ("amazon.titan-embed-text-v1", "eu-west-1"),
        (f"arn:aws:bedrock:us-east-1::foundation-model/us.{NOVA}", "us-east-1"),
        (f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{NOVA}", "eu-west-1"),
        (f"arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.{NOVA}", "us-east-1"),
        ("arn:aws:s3:us-east-1:111122223333:bucket/x", "us-east-1"),
        ("acme.rocket-v1:0", "us-east-1"),
        ("", "us-east-1"),
    ],
)
def test_another_name_or_region_is_invalid(identifier: str, region: str) -> None:
    assert refusal(identifier, region) == f"ValidationException: {INVALID}"


@pytest.mark.parametrize(
    ("identifier", "named", "region"),
    [
        (SONNET, SONNET, "us-east-1"),
        ("meta.llama3-3-70b-instruct-v1:0", "meta.llama3-3-70b-instruct-v1:0", "us-west-2"),
        ("anthropic.claude-opus-5-5", "anthropic.claude-opus-5-5", "us-east-1"),
        (NOVA, NOVA, "eu-central-1"),
        (f"{NOVA}:300k", f"{NOVA}:300k", "us-east-1"),
        (f"arn:aws:bedrock:us-east-1::foundation-model/{SONNET}", SONNET, "us-east-1"),
    ],
)
def test_a_model_that_needs_a_profile_says_so(identifier: str, named: str, region: str) -> None:
    assert refusal(identifier, region) == (
        f"ValidationException: Invocation of model ID {named} with on-demand throughput isn\u2019t "
        "supported. Retry your request with the ID or ARN of an inference profile that contains "
        "this model."
    )


def test_a_model_that_has_ended_says_so_by_any_name() -> None:
    for name in ("anthropic.claude-v2", "us.anthropic.claude-opus-4-20250514-v1:0"):
        assert refusal(name).startswith("ResourceNotFoundException: This model version has reached")


@pytest.mark.parametrize(
    ("resource", "kept"),
    [
        ("provisioned-model/abcdefghijkl", "models with provisioned throughput"),
        ("custom-model/amazon.nova-lite-v1:0/abcdefghijkl", "custom models"),
        ("custom-model-deployment/abcdefghijkl", "deployments of custom models"),
        ("imported-model/abcdefghijkl", "imported models"),
        ("default-prompt-router/anthropic.claude:1", "prompt routers"),
        ("prompt/ABCDEFGHIJ:1", "prompt that can be run in this way"),
        ("application-inference-profile/abcdefghijkl", "inference profile of this id"),
    ],
)
def test_what_only_aws_keeps_is_not_found_by_name(resource: str, kept: str) -> None:
    arn = f"arn:aws:bedrock:us-east-1:111122223333:{resource}"
    message = refusal(arn)
    assert message.startswith("ResourceNotFoundException: The specified resource ARN was not fou")
    assert arn in message
    assert f"The stand-in keeps no {kept}" in message


@pytest.mark.parametrize(
    "identifier",
    [SONNET, f"arn:aws:bedrock:us-east-1::foundation-model/{SONNET}"],
)
def test_tokens_are_counted_for_an_id_that_does_not_invoke(identifier: str) -> None:
    assert counted(identifier, "us-east-1", TODAY).id == SONNET


@pytest.mark.parametrize(
    "identifier",
    [
        f"us.{SONNET}",
        f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.{SONNET}",
        "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdefghijkl",
        NOVA,
        "anthropic.claude-opus-5-5",
        "anthropic.claude-sonnet-4-5-20250929-v1:0:200k",
        "amazon.titan-embed-text-v2:0",
    ],
)
def test_tokens_are_not_counted_for_a_profile_or_another_model(identifier: str) -> None:
    with pytest.raises(ServiceError) as error:
        counted(identifier, "us-east-1", TODAY)
    assert error.value.message == "The provided model doesn't support counting tokens."


def test_every_row_is_of_a_model_that_there_is() -> None:
    for model in models().values():
        profiles = model.availability.profiles
        assert profiles.keys() <= geographies().keys(), model.id
        if not model.gone and model.availability.on_demand is not None:
            assert profiles or model.availability.on_demand, model.id
    assert availability("amazon.nova-2-lite-v1:0").on_demand == frozenset()
