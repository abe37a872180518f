"""ApplyGuardrail through boto3, with guardrails made through boto3 as well."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from app.local.engine import Engine, load
from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_runtime.guardrails import (
    NO_ANSWER,
    NO_QUESTION,
    ORDER,
    judging,
    make_guardrail,
)
from tests.wire_server import Server

WORDS: Any = {"wordPolicyConfig": {"wordsConfig": [{"text": "basalt"}, {"text": "Red Tuff"}]}}
ORDERS: Any = {"sensitiveInformationPolicyConfig": {"regexesConfig": [ORDER]}}

Make = Callable[..., str]
Apply = Callable[..., Any]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = load(tmp_path_factory.mktemp("stores"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def server(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with judging(engine, tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture(scope="module")
def make(server: Server) -> Make:
    return partial(make_guardrail, server)


@pytest.fixture(scope="module")
def apply(server: Server) -> Apply:
    """ApplyGuardrail's reply on texts, or on contents that are written out."""
    client = server.client("bedrock-runtime")

    def apply(guardrail: str, *contents: Any, source: str = "INPUT", **params: Any) -> Any:
        blocks = [{"text": each} if isinstance(each, str) else each for each in contents]
        return client.apply_guardrail(
            guardrailIdentifier=guardrail,
            **{"guardrailVersion": "DRAFT", "source": source, **params},
            content=[{"text": block} for block in blocks],
        )

    return apply


def test_a_text_without_findings_passes(make: Make, apply: Apply) -> None:
    reply = apply(make(**WORDS, **ORDERS), "What is granite?")
    assert (reply["action"], reply["actionReason"]) == ("NONE", "No action.")
    assert reply["outputs"] == []
    [assessment] = reply["assessments"]
    assert set(assessment) == {"invocationMetrics", "appliedGuardrailDetails"}
    assert reply["usage"]["wordPolicyUnits"] == 1
    assert reply["usage"]["sensitiveInformationPolicyFreeUnits"] == 1
    assert reply["usage"]["sensitiveInformationPolicyUnits"] == 0
    assert reply["guardrailCoverage"] == {"textCharacters": {"guarded": 16, "total": 16}}


@pytest.mark.parametrize(("source", "message"), [("INPUT", NO_QUESTION), ("OUTPUT", NO_ANSWER)])
def test_a_blocked_text_is_replaced_by_the_message_of_its_direction(
    source: str, message: str, make: Make, apply: Apply
) -> None:
    reply = apply(make(**WORDS), "Is RED  tuff hard?", source=source)
    assert (reply["action"], reply["actionReason"]) == (
        "GUARDRAIL_INTERVENED",
        "Guardrail blocked.",
    )
    assert reply["outputs"] == [{"text": message}]
    [word] = reply["assessments"][0]["wordPolicy"]["customWords"]
    assert word == {"match": "RED  tuff", "action": "BLOCKED", "detected": True}


@pytest.mark.parametrize("text", ["basaltic", "xbasalt", "Red, tuff", "bas alt"])
def test_a_part_of_a_word_is_not_the_word(text: str, make: Make, apply: Apply) -> None:
    assert apply(make(**WORDS), text)["action"] == "NONE"


def test_a_masked_text_comes_back_with_the_names_of_what_is_masked(
    make: Make, apply: Apply
) -> None:
    reply = apply(make(**ORDERS), "Where is ORD-123456?", "And ORD-1, and ORD-654321!")
    assert (reply["action"], reply["actionReason"]) == (
        "GUARDRAIL_INTERVENED",
        "Guardrail masked.",
    )
    assert reply["outputs"] == [{"text": "Where is {order}?"}, {"text": "And ORD-1, and {order}!"}]
    regexes = reply["assessments"][0]["sensitiveInformationPolicy"]["regexes"]
    assert [each["match"] for each in regexes] == ["ORD-123456", "ORD-654321"]
    assert regexes[0] | {"action": "ANONYMIZED", "regex": ORDER["pattern"]} == regexes[0]


def test_a_block_counts_more_than_a_mask(make: Make, apply: Apply) -> None:
    reply = apply(make(**WORDS, **ORDERS), "ORD-123456: basalt")
    assert reply["outputs"] == [{"text": NO_QUESTION}]


def test_a_rule_that_only_reports_changes_nothing(make: Make, apply: Apply) -> None:
    words = [{"text": "basalt", "inputAction": "NONE", "outputEnabled": False}]
    guardrail = make(wordPolicyConfig={"wordsConfig": words})
    reply = apply(guardrail, "Is basalt hard?")
    assert (reply["action"], reply["outputs"]) == ("NONE", [])
    [word] = reply["assessments"][0]["wordPolicy"]["customWords"]
    assert word == {"match": "basalt", "action": "NONE", "detected": True}
    reply = apply(guardrail, "Basalt is hard.", source="OUTPUT")
    assert "wordPolicy" not in reply["assessments"][0]
    assert reply["usage"]["wordPolicyUnits"] == 0


def test_the_managed_list_is_judged_in_its_direction(make: Make, apply: Apply) -> None:
    managed = [{"type": "PROFANITY", "outputAction": "NONE", "inputAction": "BLOCK"}]
    guardrail = make(wordPolicyConfig={"managedWordListsConfig": managed})
    reply = apply(guardrail, "What is this sh1t?")
    assert reply["outputs"] == [{"text": NO_QUESTION}]
    [word] = reply["assessments"][0]["wordPolicy"]["managedWordLists"]
    assert word == {"match": "sh1t", "type": "PROFANITY", "action": "BLOCKED", "detected": True}
    reply = apply(guardrail, "It is bullshit.", source="OUTPUT")
    assert (reply["action"], reply["outputs"]) == ("NONE", [])
    [word] = reply["assessments"][0]["wordPolicy"]["managedWordLists"]
    assert (word["match"], word["action"]) == ("bullshit", "NONE")
    assert apply(guardrail, "What is in Scunthorpe?")["action"] == "NONE"


def test_personal_data_is_masked_blocked_or_reported_by_direction(make: Make, apply: Apply) -> None:
    entities = [
        {"type": "EMAIL", "action": "ANONYMIZE"},
        {"type": "NAME", "action": "ANONYMIZE", "inputAction": "NONE"},
        {"type": "US_SOCIAL_SECURITY_NUMBER", "action": "BLOCK", "outputEnabled": False},
    ]
    guardrail = make(sensitiveInformationPolicyConfig={"piiEntitiesConfig": entities})
    text = "Mail Jennifer Walker at jw@example.com!"
    reply = apply(guardrail, text, source="OUTPUT")
    assert (reply["action"], reply["actionReason"]) == (
        "GUARDRAIL_INTERVENED",
        "Guardrail masked.",
    )
    assert reply["outputs"] == [{"text": "Mail {NAME} at {EMAIL}!"}]
    assert reply["assessments"][0]["sensitiveInformationPolicy"]["piiEntities"] == [
        {"match": "Jennifer Walker", "type": "NAME", "action": "ANONYMIZED", "detected": True},
        {"match": "jw@example.com", "type": "EMAIL", "action": "ANONYMIZED", "detected": True},
    ]
    assert reply["usage"]["sensitiveInformationPolicyUnits"] == 1
    assert apply(guardrail, text)["outputs"] == [{"text": "Mail Jennifer Walker at {EMAIL}!"}]
    assert apply(guardrail, "It is 123-45-6789.")["outputs"] == [{"text": NO_QUESTION}]
    reply = apply(guardrail, "It is 123-45-6789.", source="OUTPUT")
    assert (reply["action"], reply["outputs"]) == ("NONE", [])
    assert apply(guardrail, "Ask Jennifer Walker.")["action"] == "NONE"


def test_of_qualified_contents_the_guarded_ones_are_judged(make: Make, apply: Apply) -> None:
    guardrail = make(**WORDS)
    source = {"text": "All about basalt.", "qualifiers": ["grounding_source"]}
    answer = {"text": "It is hard.", "qualifiers": ["guard_content"]}
    reply = apply(guardrail, source, "Is basalt hard?", answer, source="OUTPUT")
    assert reply["action"] == "NONE"
    assert reply["guardrailCoverage"]["textCharacters"] == {"guarded": 11, "total": 43}
    assert apply(guardrail, source, "Is it hard?")["action"] == "NONE"
    both = {"text": "All about basalt.", "qualifiers": ["grounding_source", "guard_content"]}
    assert apply(guardrail, both)["action"] == "GUARDRAIL_INTERVENED"


def test_a_version_judges_as_it_was_made(make: Make, apply: Apply, server: Server) -> None:
    guardrail = make(**WORDS)
    bedrock = server.client("bedrock")
    version = bedrock.create_guardrail_version(guardrailIdentifier=guardrail)["version"]
    description = bedrock.get_guardrail(guardrailIdentifier=guardrail)
    bedrock.update_guardrail(
        guardrailIdentifier=guardrail,
        name=description["name"],
        blockedInputMessaging="No.",
        blockedOutputsMessaging="No.",
        wordPolicyConfig={"wordsConfig": [{"text": "granite"}]},
    )
    arn = description["guardrailArn"]
    assert apply(arn, "basalt", guardrailVersion=version)["outputs"] == [{"text": NO_QUESTION}]
    assert apply(guardrail, "basalt")["action"] == "NONE"
    assert apply(guardrail, "granite")["outputs"] == [{"text": "No."}]


def test_a_unit_is_a_thousand_characters(make: Make, apply: Apply) -> None:
    assert apply(make(**WORDS), "a " * 500)["usage"]["wordPolicyUnits"] == 1
    assert apply(make(**WORDS), "a " * 500, "b")["usage"]["wordPolicyUnits"] == 2


def test_refusals_name_what_is_wrong(make: Make, apply: Apply) -> None:
    guardrail = make(**WORDS)
    code, status, message = refused(apply, "a1b2c3d4e5f6", "basalt")
    assert (code, status) == ("ResourceNotFoundException", 404)
    code, _, message = refused(apply, guardrail, "basalt", guardrailVersion="7")
    assert code == "ResourceNotFoundException"
    assert "has no version 7" in message
    code, status, message = refused(apply, guardrail)
    assert (code, status) == ("ValidationException", 400)
    assert "content" in message


def test_an_expression_that_would_backtrack_is_judged_at_once(make: Make, apply: Apply) -> None:
    slow = {"name": "slow", "pattern": r"(a|a)+$", "action": "BLOCK"}
    guardrail = make(sensitiveInformationPolicyConfig={"regexesConfig": [slow]})
    assert apply(guardrail, "aaa")["action"] == "GUARDRAIL_INTERVENED"
    assert apply(guardrail, "a" * 10_000 + "!")["action"] == "NONE"


THRESHOLDS: Any = {
    "contextualGroundingPolicyConfig": {
        "filtersConfig": [
            {"type": "GROUNDING", "threshold": 0.7},
            {"type": "RELEVANCE", "threshold": 0.5, "action": "NONE"},
        ]
    }
}
CAPITALS = {
    "text": "London is the capital of UK. Tokyo is the capital of Japan.",
    "qualifiers": ["grounding_source"],
}
CAPITAL = {"text": "What is the capital of Japan?", "qualifiers": ["query"]}


@pytest.mark.parametrize(
    ("answer", "grounded", "relevant"),
    [
        ("The capital of Japan is Tokyo.", True, True),
        ("The capital of Japan is London.", False, True),
        ("The capital of UK is London.", True, False),
        ("It is raining outside.", False, False),
    ],
)
def test_an_answer_is_scored_by_its_sources_and_its_query(
    answer: str, grounded: bool, relevant: bool, make: Make, apply: Apply
) -> None:
    reply = apply(make(**THRESHOLDS), CAPITALS, CAPITAL, answer, source="OUTPUT")
    intervened = ("NONE", []) if grounded else ("GUARDRAIL_INTERVENED", [{"text": NO_ANSWER}])
    assert (reply["action"], reply["outputs"]) == intervened
    filters = reply["assessments"][0].get("contextualGroundingPolicy", {"filters": []})["filters"]
    by_kind = {each["type"]: each for each in filters}
    grounding, relevance = by_kind["GROUNDING"], by_kind["RELEVANCE"]
    assert 0 <= grounding["score"] <= 1
    assert (grounding["threshold"], relevance["threshold"]) == (0.7, 0.5)
    assert (grounding["score"] < 0.7, relevance["score"] < 0.5) == (not grounded, not relevant)
    assert (grounding["detected"], relevance["detected"]) == (not grounded, not relevant)
    assert (grounding["action"], relevance["action"]) == (
        "NONE" if grounded else "BLOCKED",
        "NONE",
    )
    assert reply["usage"]["contextualGroundingPolicyUnits"] == 1


def test_sources_that_are_too_long_are_refused(make: Make, apply: Apply) -> None:
    source = {"text": "a" * 100_001, "qualifiers": ["grounding_source"]}
    code, _, message = refused(apply, make(**THRESHOLDS), source, CAPITAL, "Yes.", source="OUTPUT")
    assert code == "ValidationException"
    assert "grounding_source of at most 100,000 characters" in message


def test_a_query_and_an_answer_that_are_too_long_are_refused(make: Make, apply: Apply) -> None:
    guardrail = make(**THRESHOLDS)
    source = {"text": "The fee is 10 dollars.", "qualifiers": ["grounding_source"]}
    query = {"text": "a" * 1_001, "qualifiers": ["query"]}
    for texts, rule in (
        ((source, query, "Yes."), "query of at most 1,000 characters"),
        ((source, CAPITAL, "a" * 5_001), "answer of at most 5,000 characters"),
    ):
        code, _, message = refused(apply, guardrail, *texts, source="OUTPUT")
        assert code == "ValidationException"
        assert rule in message
