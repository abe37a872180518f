import pytest

from app.errors import InvalidRequest
from app.models import find
from app.models.facts.ids import ModelId, parse

PROFILE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile"
GOV_PROFILE = "arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:inference-profile"


@pytest.mark.parametrize(
    "model_id",
    [
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "apac.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "jp.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "au.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "anthropic.claude-sonnet-4-5-20250929-v1:0:200k",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
        f"{PROFILE}/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        f"{GOV_PROFILE}/us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ],
)
def test_a_model_is_found_by_whatever_name_it_is_called(model_id: str) -> None:
    assert find(model_id).facts.id == "anthropic.claude-sonnet-4-5-20250929-v1:0"


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/a1b2c3",
        "arn:aws:bedrock:eu-central-1:111122223333:provisioned-model/a1b2c3",
        "arn:aws:bedrock:eu-central-1:111122223333:imported-model/a1b2c3",
        "arn:aws:bedrock:eu-central-1:111122223333:custom-model-deployment/a1b2c3",
    ],
)
def test_an_arn_of_the_account_needs_the_model_behind_it(arn: str) -> None:
    with pytest.raises(InvalidRequest, match="OUTCROP_BASE_MODEL_ID") as raised:
        find(arn)
    assert raised.value.field == "model"
    assert find(arn, "us.amazon.nova-lite-v1:0").facts.id == "amazon.nova-lite-v1:0"
    assert find(arn, "us.amazon.nova-lite-v1:0").id == arn


def test_what_an_id_tells_counts_before_what_is_said_to_be_behind_it() -> None:
    assert find("amazon.nova-pro-v1:0", "amazon.nova-lite-v1:0").facts.id == "amazon.nova-pro-v1:0"
    newer = find("us.anthropic.claude-opus-9", "anthropic.claude-opus-5-5")
    assert newer.facts.context == 1_000_000
    with pytest.raises(InvalidRequest, match=r"amazon\.nova-lit"):
        find("us.anthropic.claude-opus-9", "amazon.nova-lit")


@pytest.mark.parametrize(
    ("model_id", "near"),
    [
        ("anthropic.claude-opus-5.5", "anthropic.claude-opus-5-5"),
        ("us.amazon.nova-lite", "amazon.nova-lite-v1:0"),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-prof-v1:0", "nova-pro-v1:0"),
    ],
)
def test_an_unknown_id_is_answered_with_what_is_near(model_id: str, near: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        find(model_id)
    assert raised.value.field == "model"
    assert model_id in raised.value.detail
    assert near in raised.value.detail


def test_an_id_like_no_other_is_answered_without_a_guess() -> None:
    with pytest.raises(InvalidRequest) as raised:
        find("zzz")
    assert "Did you mean" not in raised.value.detail


APPLICATION = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile"


@pytest.mark.parametrize(
    ("model_id", "parts"),
    [
        ("amazon.nova-lite-v1:0", ModelId("amazon.nova-lite-v1:0", None, False, False)),
        ("us.amazon.nova-lite-v1:0", ModelId("amazon.nova-lite-v1:0", "us", False, False)),
        ("eu.writer.palmyra-x5-v1:0", ModelId("writer.palmyra-x5-v1:0", "eu", False, False)),
        ("mars.amazon.nova-lite-v1:0", ModelId("amazon.nova-lite-v1:0", "mars", False, False)),
        (f"{PROFILE}/us.amazon.nova-pro-v1:0", ModelId("amazon.nova-pro-v1:0", "us", True, False)),
        (f"{APPLICATION}/a1b2c3", ModelId("a1b2c3", None, True, True)),
        ("", ModelId("", None, False, False)),
    ],
)
def test_a_model_id_is_parsed_into_its_parts(model_id: str, parts: ModelId) -> None:
    assert parse(model_id) == parts
