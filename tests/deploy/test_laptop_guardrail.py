"""The laptop's home makes the guardrail of its definition once, and a version for each rules."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from app.aws import clients, deployer
from app.deploy.endpoint import endpoint_variables, misleading_names
from app.deploy.laptop.guardrail import MAX_VERSIONS, NAME, chosen_guardrail
from app.deploy.laptop.provision import provision
from app.errors import OperatorError
from app.guardrail_definition import (
    ExistingGuardrail,
    GuardrailChoice,
    GuardrailDefinition,
    create_parameters,
    parse,
    version_description,
)
from app.local.stand_in import Options, StandIn
from app.local.wire import Application
from app.settings import Settings, adopt
from tests.flows.home import SECONDS, data_of, laptop
from tests.wire_server import in_thread

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

MESSAGES = 'blocked_input_message = "We do not say that."\nblocked_output_message = "Held back."\n'


def blocking(*custom: str) -> GuardrailDefinition:
    """A definition that blocks words."""
    return parse(f"{MESSAGES}words.custom = {list(custom)}", "mine.toml")


def words(*custom: str) -> GuardrailChoice:
    return GuardrailChoice("mine.toml", blocking(*custom))


def existing(identifier: str, version: str) -> GuardrailChoice:
    return GuardrailChoice("", existing=ExistingGuardrail(identifier, version))


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[BedrockClient]":
    folder = tmp_path_factory.mktemp("home")
    with (
        StandIn(Options(folder)) as running,
        in_thread(Application(running.services, folder / "spool")) as (url, _),
        patch.dict(os.environ),
    ):
        adopt(endpoint_variables(url), dropped=misleading_names(os.environ))
        yield clients(SECONDS).bedrock


@pytest.fixture
def bedrock(stand_in: "BedrockClient") -> "BedrockClient":
    """The stand-in's Bedrock, without a guardrail."""
    for guardrail in stand_in.list_guardrails()["guardrails"]:
        stand_in.delete_guardrail(guardrailIdentifier=guardrail["id"])
    return stand_in


def test_its_rules_are_the_definitions(bedrock: "BedrockClient") -> None:
    definition = blocking("zephyr")
    assert chosen_guardrail(bedrock, words("zephyr")) == chosen_guardrail(bedrock, words("zephyr"))
    [summary] = bedrock.list_guardrails()["guardrails"]
    guardrail = bedrock.get_guardrail(guardrailIdentifier=summary["id"], guardrailVersion="1")
    assert (guardrail["name"], guardrail["description"]) == (NAME, version_description(definition))
    assert guardrail["blockedInputMessaging"] == "We do not say that."
    custom = create_parameters(definition, NAME)["wordPolicyConfig"]["wordsConfig"]
    assert guardrail["wordPolicy"]["words"] == custom


def test_other_rules_are_another_version_and_former_rules_their_own(
    bedrock: "BedrockClient",
) -> None:
    choices = (words("a"), words("b"), words("a"), words("c"))
    guardrails = [chosen_guardrail(bedrock, choice) or ("", "") for choice in choices]
    assert [version for _, version in guardrails] == ["1", "2", "1", "3"]
    assert len({identifier for identifier, _ in guardrails}) == 1


def test_the_oldest_version_goes_when_there_is_room_for_no_more(bedrock: "BedrockClient") -> None:
    for number in range(MAX_VERSIONS + 1):
        newest = chosen_guardrail(bedrock, words(f"word{number}"))
    assert newest
    assert newest[1] == str(MAX_VERSIONS + 1)
    assert chosen_guardrail(bedrock, words("word1")) == (newest[0], "2")


def test_a_start_that_was_interrupted_before_the_version_is_made_good(
    bedrock: "BedrockClient",
) -> None:
    guardrail = bedrock.create_guardrail(**create_parameters(blocking("a"), NAME))
    assert chosen_guardrail(bedrock, words("a")) == (guardrail["guardrailId"], "1")


def test_one_that_exists_is_named_by_its_version_and_has_to_be_there(
    bedrock: "BedrockClient",
) -> None:
    mine = chosen_guardrail(bedrock, words("a"))
    assert mine
    assert chosen_guardrail(bedrock, existing(*mine)) == mine
    for missing in (existing(mine[0], "9"), existing("ab12cd34ef56", "1")):
        with pytest.raises(OperatorError, match="is not in this home"):
            chosen_guardrail(bedrock, missing)


def test_a_home_without_one_gets_one_and_what_it_blocks_is_blocked(tmp_path: Path) -> None:
    settings: list[Settings] = []

    def deploy() -> Settings:
        aws, deploying = clients(SECONDS), deployer(SECONDS)
        choices = (None, words("zephyr"), GuardrailChoice("none"), words("zephyr"))
        settings.extend(provision(aws, deploying, guardrail=choice) for choice in choices)
        return settings[-1]

    with laptop(tmp_path, deploy) as home:
        parts = home.stream({"message": "Where is the Zephyr?"})
    before, made, unused, again = ((one.guardrail_id, one.guardrail_version) for one in settings)
    assert before == unused == (None, "DRAFT")
    assert made == again
    assert made[1] == "1"
    [verdict] = data_of(parts, "guardrail")
    assert (verdict["action"], verdict["text"]) == ("blocked", "We do not say that.")
