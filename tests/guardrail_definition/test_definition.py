"""A definition takes all that CreateGuardrail takes, and refuses the rest in words.

The oracle is botocore's model of CreateGuardrail: each limit is read from it, tried, and exceeded.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from app.guardrail_definition import (
    GuardrailDefinition,
    WrongDefinition,
    create_parameters,
    digest,
    parse,
    read_definition,
    version_description,
)
from app.guardrail_definition import definition as types
from app.local.wire.validation import check

MODEL = ServiceModel(Loader().load_service_model("bedrock", "service-2"))
CREATE = MODEL.operation_model("CreateGuardrail")
EVERY_POLICY = Path(__file__).with_name("every_policy.toml")
MESSAGES = 'blocked_input_message = "No."\nblocked_output_message = "Held back."\n'
ONE_POLICY = "[grounding]\nGROUNDING = 0.5\n"

Json = dict[str, Any]


@pytest.mark.parametrize("path", [None, EVERY_POLICY])
def test_create_guardrail_takes_the_parameters(path: Path | None) -> None:
    parameters = create_parameters(read_definition(path), "outcrop")
    check(CREATE, parameters)  # lengths, patterns, enums and numbers, as the service checks them
    names = set(_members(parameters))
    assert {"name", "blockedInputMessaging", "filtersConfig", "threshold"} <= names


def test_every_member_of_create_guardrail_can_be_defined() -> None:
    """Beside the parameters that are not rules, and two that this version has no word for."""
    parameters = create_parameters(read_definition(EVERY_POLICY), "outcrop")
    wanted = set(_members_of(CREATE.input_shape))
    assert wanted - set(_members(parameters)) == {
        *("kmsKeyId", "tags", "key", "value", "clientRequestToken"),
        *("automatedReasoningPolicyConfig", "policies", "confidenceThreshold"),
        "enabled",  # of grounding: a threshold that is left out is not judged either
    }


def test_the_default_judges_by_what_the_stack_always_judged_by() -> None:
    parameters = create_parameters(read_definition(), "outcrop")
    content = parameters["contentPolicyConfig"]["filtersConfig"]
    assert {one["type"] for one in content} == set(get_args(types.ContentType))
    assert content[-1] == {
        "type": "PROMPT_ATTACK",
        "inputStrength": "HIGH",
        "outputStrength": "NONE",
    }
    pii = parameters["sensitiveInformationPolicyConfig"]["piiEntitiesConfig"]
    assert {"type": "PASSWORD", "action": "BLOCK"} in pii
    assert {"type": "CREDIT_DEBIT_CARD_NUMBER", "action": "ANONYMIZE"} in pii
    assert parameters["wordPolicyConfig"] == {"managedWordListsConfig": [{"type": "PROFANITY"}]}
    assert "topicPolicyConfig" not in parameters


def test_directions_and_actions_become_those_of_the_api() -> None:
    parameters = create_parameters(read_definition(EVERY_POLICY), "outcrop")
    filters = {one.pop("type"): one for one in parameters["contentPolicyConfig"]["filtersConfig"]}
    assert filters["SEXUAL"] == {"inputStrength": "HIGH", "outputStrength": "HIGH"}
    assert filters["HATE"] == {
        "inputStrength": "HIGH",
        "outputStrength": "LOW",
        "outputAction": "NONE",
    }
    assert filters["INSULTS"] == {
        "inputStrength": "MEDIUM",
        "outputStrength": "NONE",
        "inputAction": "NONE",
        "outputEnabled": False,
    }
    assert parameters["wordPolicyConfig"] == {
        "wordsConfig": [{"text": "project nightingale"}, {"text": "Zephyr", "inputEnabled": False}],
        "managedWordListsConfig": [{"type": "PROFANITY", "outputAction": "NONE"}],
    }
    information = parameters["sensitiveInformationPolicyConfig"]
    assert information["piiEntitiesConfig"] == [
        {"type": "EMAIL", "action": "ANONYMIZE", "inputAction": "NONE"},
        {"type": "PASSWORD", "action": "BLOCK"},
        {"type": "NAME", "action": "ANONYMIZE", "inputEnabled": False},
    ]
    assert information["regexesConfig"][1] == {
        "name": "Ticket",
        "pattern": r"\bTCK[0-9A-F]{8}\b",
        "action": "BLOCK",
        "outputAction": "ANONYMIZE",
    }
    assert parameters["contextualGroundingPolicyConfig"]["filtersConfig"] == [
        {"type": "GROUNDING", "threshold": 0.75, "action": "NONE"},
        {"type": "RELEVANCE", "threshold": 0.99},
    ]
    assert parameters["topicPolicyConfig"]["tierConfig"] == {"tierName": "STANDARD"}
    assert parameters["crossRegionConfig"] == {"guardrailProfileIdentifier": "us.guardrail.v1:0"}


def test_other_rules_have_another_digest_and_the_same_rules_have_the_same() -> None:
    definition = parse(MESSAGES + ONE_POLICY, "a.toml")
    again = parse(f"# another file\n{MESSAGES}\n{ONE_POLICY}", "b.toml")
    other = parse(MESSAGES + ONE_POLICY.replace("0.5", "0.6"), "a.toml")
    assert digest(definition) == digest(again) != digest(other)
    assert version_description(definition) == f"Rules {digest(definition)}"
    assert digest(parse(MESSAGES.replace("No.", "Never.") + ONE_POLICY, "a.toml")) != digest(other)


ENUMS = {
    types.ContentType: "GuardrailContentFilterType",
    types.Strength: "GuardrailFilterStrength",
    types.PiiType: "GuardrailPiiEntityType",
    types.ManagedList: "GuardrailManagedWordsType",
    types.GroundingType: "GuardrailContextualGroundingFilterType",
    types.Tier: "GuardrailTopicsTierName",
    types.Modality: "GuardrailModality",
}


@pytest.mark.parametrize("literal", ENUMS, ids=ENUMS.get)
def test_the_words_are_the_services_own(literal: Any) -> None:
    assert set(get_args(literal)) == set(_enum(ENUMS[literal]))


def test_the_actions_are_the_services_own_and_off() -> None:
    assert set(get_args(types.BlockAction)) - {"OFF"} == set(_enum("GuardrailWordAction"))
    masking = _enum("GuardrailSensitiveInformationAction")
    assert set(get_args(types.MaskAction)) - {"OFF"} == set(masking)


def _text(member: str) -> Callable[[int], Json]:
    return lambda length: {member: "a" * length}


def _topic(**members: Any) -> Json:
    return {"topics": {"denied": [{"name": "n", "definition": "d"} | members]}}


def _regex(**members: Any) -> Json:
    one = {"name": "n", "pattern": "x", "action": "BLOCK"} | members
    return {"sensitive_information": {"regexes": [one]}}


LIMITS: Sequence[tuple[str, str, Callable[[int], Json]]] = (
    ("GuardrailDescription", "description", _text("description")),
    ("GuardrailBlockedMessaging", "blocked_input_message", _text("blocked_input_message")),
    ("GuardrailBlockedMessaging", "blocked_output_message", _text("blocked_output_message")),
    (
        "GuardrailTopicsConfig",
        "topics.denied",
        lambda count: {
            "topics": {"denied": [{"name": f"n{i}", "definition": "d"} for i in range(count)]}
        },
    ),
    ("GuardrailTopicName", "topics.denied[1].name", lambda n: _topic(name="a" * n)),
    ("GuardrailTopicDefinition", "topics.denied[1].definition",
     lambda n: _topic(definition="a" * n)),
    ("GuardrailTopicExamples", "topics.denied[1].examples", lambda n: _topic(examples=["a"] * n)),
    ("GuardrailTopicExample", "topics.denied[1].examples[1]",
     lambda n: _topic(examples=["a" * n])),
    ("GuardrailWordsConfig", "words.custom", lambda n: {"words": {"custom": ["a"] * n}}),
    ("GuardrailWordConfigTextString", "words.custom[1].text",
     lambda n: {"words": {"custom": ["a" * n]}}),
    (
        "GuardrailRegexesConfig",
        "sensitive_information.regexes",
        lambda count: {
            "sensitive_information": {
                "regexes": [
                    {"name": f"n{i}", "pattern": "x", "action": "BLOCK"} for i in range(count)
                ]
            }
        },
    ),
    ("GuardrailRegexConfigNameString", "sensitive_information.regexes[1].name",
     lambda n: _regex(name="a" * n)),
    ("GuardrailRegexConfigDescriptionString", "sensitive_information.regexes[1].description",
     lambda n: _regex(description="a" * n)),
    ("GuardrailRegexConfigPatternString", "sensitive_information.regexes[1].pattern",
     lambda n: _regex(pattern="a" * n)),
    ("GuardrailCrossRegionGuardrailProfileIdentifier", "cross_region_profile",
     lambda n: {"cross_region_profile": f"{'u' * (n - 15)}.guardrail.v1:0"}),
)  # fmt: skip


@pytest.mark.parametrize(("shape", "member", "make"), LIMITS, ids=[name for name, *_ in LIMITS])
def test_a_limit_is_the_services_own(shape: str, member: str, make: Callable[[int], Json]) -> None:
    largest = MODEL.shape_for(shape).metadata["max"]
    base: Json = {
        "blocked_input_message": "No.",
        "blocked_output_message": "Held back.",
        "grounding": {"GROUNDING": 0.5},
    }
    definition = GuardrailDefinition.model_validate(base | make(largest))
    check(CREATE, create_parameters(definition, "outcrop"))
    with pytest.raises(WrongDefinition) as refused:
        parse(_toml(base | make(largest + 1)), "mine.toml")
    assert f"mine.toml: {member}: it has {largest + 1} " in str(refused.value)
    assert f"and may have {largest}" in str(refused.value)


@pytest.mark.parametrize("name", ["a b", "A-1_?!.", "ä", "a/b", "a,b", "a\n", "é", ""])
def test_a_topics_name_is_of_the_services_characters(name: str) -> None:
    from app.local.wire.validation import matches

    allowed = bool(name) and matches(
        MODEL.shape_for("GuardrailTopicName").metadata["pattern"], name
    )
    try:
        GuardrailDefinition.model_validate(
            {"blocked_input_message": "a", "blocked_output_message": "b", **_topic(name=name)}
        )
    except ValueError:
        assert not allowed
    else:
        assert allowed


WRONG = [
    ("", "blocked_input_message: it is missing; blocked_output_message: it is missing"),
    ("a = ", "is not TOML: Invalid value"),
    (MESSAGES, "there is no policy; have at least one of content, topics, words, sens"),
    (f"{MESSAGES}[contents]\n", "contents: there is no such member"),
    (f'{MESSAGES}[content.filters]\nHAT = "HIGH"\n', "content.filters.HAT: 'HAT' is none of SEXU"),
    (f'{MESSAGES}[content.filters]\nHATE = "EXTREME"\n', "content.filters.HATE: 'EXTREME' is none"),
    (f"{MESSAGES}[content.filters]\n", "content.filters: it has no items, and has to have one"),
    (
        f'{MESSAGES}[content.filters]\nPROMPT_ATTACK = {{ input = "HIGH", output = "LOW" }}\n',
        "content.filters: PROMPT_ATTACK.output has to be NONE: only input can attack the prompt",
    ),
    (
        f'{MESSAGES}[content]\ntier = "STANDARD"\nfilters.HATE = "LOW"\n',
        "content.tier=STANDARD: this tier needs cross_region_profile, such as us.guardrail.v1:0",
    ),
    (
        f'{MESSAGES}[topics]\ntier = "STANDARD"\ndenied = [{{ name = "a", definition = "b" }}]\n',
        "topics.tier=STANDARD: this tier needs cross_region_profile",
    ),
    (
        f'cross_region_profile = "us-guardrail-v1:0"\n{MESSAGES}{ONE_POLICY}',
        "cross_region_profile: it has to be an id such as us.guardrail.v1:0, or the ARN",
    ),
    (
        f'{MESSAGES}[[topics.denied]]\nname = "a/b"\ndefinition = "c"\n',
        "topics.denied[1].name: it has to be of letters a to z, digits, spaces and - _ ! ? . only",
    ),
    (f'{MESSAGES}[[topics.denied]]\nname = "a"\n', "topics.denied[1].definition: it is missing"),
    (
        MESSAGES + "topics.denied = "
        "[{ name = 'a', definition = 'b' }, { name = 'a', definition = 'c' }]",
        "topics.denied: the name 'a' is there twice",
    ),
    (f'{MESSAGES}words.custom = "a"\n', "words.custom: it has to be a list"),
    (f"{MESSAGES}[words]\n", "words: it is empty; have custom or managed, or leave it out"),
    (f'{MESSAGES}[words.managed]\nSLURS = "BLOCK"\n', "words.managed.SLURS: 'SLURS' is none of"),
    (
        f'{MESSAGES}[words.managed]\nPROFANITY = "ANONYMIZE"\n',
        "words.managed.PROFANITY: 'ANONYMIZE' is none of BLOCK, NONE, OFF",
    ),
    (
        f'{MESSAGES}[words.managed]\nPROFANITY = "OFF"\n',
        "words.managed.PROFANITY: it is OFF in both directions; leave it out",
    ),
    (
        f'{MESSAGES}[sensitive_information.pii]\nEMAILS = "BLOCK"\n',
        "US_SOCIAL_SECURITY_NUMBER, VEHICLE_IDENTIFICATION_NUMBER; did you mean EMAIL?",
    ),
    (
        f'{MESSAGES}[sensitive_information.pii]\nURL = {{ input = "MASK" }}\n',
        "sensitive_information.pii.URL.input: 'MASK' is none of BLOCK, ANONYMIZE, NONE, OFF",
    ),
    (
        MESSAGES + "sensitive_information.regexes = "
        "[{ name = 'a', pattern = '(', action = 'BLOCK' }]",
        "sensitive_information.regexes[1].pattern: it is no regular expression: missing )",
    ),
    (
        MESSAGES + "sensitive_information.regexes = "
        "[{ name = 'a', pattern = 'a(?!b)', action = 'BLOCK' }]",
        "regexes[1].pattern: Bedrock's regexes have no lookahead and no lookbehind; (?! begins one",
    ),
    (f"{MESSAGES}[grounding]\n", "grounding: it has no items, and has to have one"),
    (
        f"{MESSAGES}[grounding]\nGROUNDING = 1\n",
        "grounding.GROUNDING.threshold: it is 1, and may be 0.99 at most",
    ),
    (
        f"{MESSAGES}[grounding]\nRELEVANCE = -0.1\n",
        "grounding.RELEVANCE.threshold: it is -0.1, and has to be 0.0 at least",
    ),
    (f"{MESSAGES}[grounding]\nRELEVANCE = nan\n", "grounding.RELEVANCE.threshold: it is nan"),
    (f"{MESSAGES}[grounding]\nRELEVANCE = true\n", "grounding.RELEVANCE: it has a value of the"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "says"), WRONG, ids=lambda value: value[-60:])
def test_what_is_wrong_is_refused_by_member_and_rule(content: str, says: str) -> None:
    with pytest.raises(WrongDefinition) as refused:
        parse(content, "mine.toml")
    assert says in refused.value.detail
    assert refused.value.detail.startswith("The guardrail's definition mine.toml")


def test_the_definitions_that_the_docs_show_are_definitions() -> None:
    page = Path(__file__).parents[2] / "docs" / "guardrails.md"
    blocks = re.findall(r"(?ms)^```toml\n(.*?)^```$", page.read_text())
    assert blocks
    for block in blocks:
        check(CREATE, create_parameters(parse(block, page.name), "outcrop"))


def test_every_problem_is_named_once_and_in_one_error() -> None:
    content = f'{MESSAGES}[grounding]\nGROUNDING = 1\n[sensitive_information.pii]\nURL = "MASK"\n'
    with pytest.raises(WrongDefinition) as refused:
        parse(content, "mine.toml")
    assert refused.value.detail == (
        "The guardrail's definition mine.toml: sensitive_information.pii.URL: 'MASK' is none of "
        "BLOCK, ANONYMIZE, NONE, OFF; grounding.GROUNDING.threshold: it is 1, and may be 0.99 at "
        "most."
    )


@pytest.mark.parametrize(
    ("content", "says"), [(None, "cannot be read: No such file"), (b"\xff", "is not UTF-8 text")]
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WrongDefinition, match=f"mine.toml {says}"):
        read_definition(path)


def _enum(shape: str) -> Sequence[str]:
    values: Sequence[str] = MODEL.shape_for(shape).metadata["enum"]
    return values


def _members(value: Any) -> list[str]:
    """The names of all members of parameters, at any depth."""
    if isinstance(value, dict):
        return [*value, *(name for item in value.values() for name in _members(item))]
    return [name for item in value for name in _members(item)] if isinstance(value, list) else []


def _members_of(shape: Any) -> list[str]:
    """The names of all members of a shape, at any depth."""
    if shape.type_name == "structure":
        members = shape.members.items()
        return [name for one, inner in members for name in (one, *_members_of(inner))]
    return _members_of(shape.member) if shape.type_name == "list" else []


def _toml(value: Any) -> str:
    """A table of texts, numbers, lists and tables as TOML."""
    lines = [f"{name} = {_inline(item)}" for name, item in value.items()]
    return "\n".join(lines)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        members = ", ".join(f"{name} = {_inline(item)}" for name, item in value.items())
        return f"{{ {members} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
