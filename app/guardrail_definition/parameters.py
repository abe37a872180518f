"""A definition as AWS takes it: CreateGuardrail's parameters, and those of AWS::Bedrock::Guardrail.

A direction in which an action is the usual one is not written out: BLOCK for topics, words and
filters, the rule's own `action` for PII and regexes. OFF is `inputEnabled: false`, or the output's.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.guardrail_definition.definition import (
    ContentRule,
    CustomRegex,
    Directions,
    GuardrailDefinition,
)

Parameters = dict[str, Any]

NAMES = {
    "topics": "denied topics",
    "content": "content filters",
    "words": "words",
    "sensitive_information": "sensitive information",
    "grounding": "contextual grounding",
}
"""The names of the policies in AWS's documentation."""

STRICTEST = ("BLOCK", "ANONYMIZE", "NONE")
"""Actions, the strictest first."""

CLOUDFORMATION_NAMES = {
    ("contentPolicyConfig", "tierConfig"): "contentFiltersTierConfig",
    ("topicPolicyConfig", "tierConfig"): "topicsTierConfig",
    ("crossRegionConfig", "guardrailProfileIdentifier"): "guardrailProfileArn",
}
"""Members of policies that have another name in CloudFormation."""


def create_parameters(definition: GuardrailDefinition, name: str) -> Parameters:
    """CreateGuardrail's parameters, and UpdateGuardrail's beside the identifier."""
    optional = {
        "description": definition.description,
        "crossRegionConfig": definition.cross_region_profile
        and {"guardrailProfileIdentifier": definition.cross_region_profile},
        **policies(definition),
    }
    return {
        "name": name,
        "blockedInputMessaging": definition.blocked_input_message,
        "blockedOutputsMessaging": definition.blocked_output_message,
        **{member: value for member, value in optional.items() if value is not None},
    }


def policies(definition: GuardrailDefinition) -> Parameters:
    """The policies that the definition has, by their members of CreateGuardrail."""
    each = {
        "topicPolicyConfig": _topics(definition),
        "contentPolicyConfig": _content(definition),
        "wordPolicyConfig": _words(definition),
        "sensitiveInformationPolicyConfig": _sensitive_information(definition),
        "contextualGroundingPolicyConfig": _grounding(definition),
    }
    return {member: config for member, config in each.items() if config}


def cloudformation_policies(definition: GuardrailDefinition) -> Parameters:
    """The policies, by their properties of AWS::Bedrock::Guardrail in the CDK's camel case."""
    return {
        policy: {
            CLOUDFORMATION_NAMES.get((policy, member), member): value
            for member, value in config.items()
        }
        for policy, config in policies(definition).items()
    }


def policy_names(definition: GuardrailDefinition) -> Sequence[str]:
    """The definition's policies, as a person calls them.

    >>> from app.guardrail_definition.reading import read_definition
    >>> policy_names(read_definition())[0], policy_names(read_definition())[-1]
    ('content filters', 'contextual grounding')
    """
    return [name for policy, name in NAMES.items() if getattr(definition, policy)]


def digest(definition: GuardrailDefinition) -> str:
    """Eight hexadecimal digits for these rules: other rules make another version of a guardrail."""
    parameters = json.dumps(create_parameters(definition, ""), sort_keys=True)
    return hashlib.sha256(parameters.encode()).hexdigest()[:8]


def version_description(definition: GuardrailDefinition) -> str:
    """The description of a guardrail's version, by which it is recognised."""
    return f"Rules {digest(definition)}"


def _topics(definition: GuardrailDefinition) -> Parameters | None:
    if definition.topics is None:
        return None
    denied = [
        {"name": topic.name, "definition": topic.definition, "type": "DENY"}
        | ({"examples": list(topic.examples)} if topic.examples else {})
        | _by_direction(topic.action, "BLOCK")
        for topic in definition.topics.denied
    ]
    return {"topicsConfig": denied, **_tier(definition.topics.tier)}


def _content(definition: GuardrailDefinition) -> Parameters | None:
    if definition.content is None:
        return None
    filters = [{"type": kind} | _filter(rule) for kind, rule in definition.content.filters.items()]
    return {"filtersConfig": filters, **_tier(definition.content.tier)}


def _filter(rule: ContentRule) -> Parameters:
    modalities = {
        "inputModalities": rule.input_modalities,
        "outputModalities": rule.output_modalities,
    }
    return {
        "inputStrength": rule.input,
        "outputStrength": rule.output,
        **{member: list(value) for member, value in modalities.items() if value},
        **_by_direction(rule.action, "BLOCK"),
    }


def _words(definition: GuardrailDefinition) -> Parameters | None:
    if definition.words is None:
        return None
    custom = [
        {"text": word.text} | _by_direction(word.action, "BLOCK")
        for word in definition.words.custom
    ]
    managed = [
        {"type": kind} | _by_direction(action, "BLOCK")
        for kind, action in definition.words.managed.items()
    ]
    return _not_empty(wordsConfig=custom, managedWordListsConfig=managed)


def _sensitive_information(definition: GuardrailDefinition) -> Parameters | None:
    if definition.sensitive_information is None:
        return None
    pii = [
        {"type": kind} | _with_action(action)
        for kind, action in definition.sensitive_information.pii.items()
    ]
    regexes = [_regex(one) for one in definition.sensitive_information.regexes]
    return _not_empty(piiEntitiesConfig=pii, regexesConfig=regexes)


def _regex(one: CustomRegex) -> Parameters:
    described = {"description": one.description} if one.description else {}
    return {"name": one.name, "pattern": one.pattern, **described, **_with_action(one.action)}


def _grounding(definition: GuardrailDefinition) -> Parameters | None:
    if definition.grounding is None:
        return None
    return {
        "filtersConfig": [
            {"type": kind, "threshold": rule.threshold}
            | ({} if rule.action == "BLOCK" else {"action": rule.action})
            for kind, rule in definition.grounding.items()
        ]
    }


def _tier(tier: str) -> Parameters:
    """A tier's configuration; CLASSIC is what Bedrock takes without one."""
    return {} if tier == "CLASSIC" else {"tierConfig": {"tierName": tier}}


def _with_action(actions: Directions[Any]) -> Parameters:
    """The required `action`, which is the strictest, and the directions that differ from it."""
    present = {action for _, action in actions.each()}
    usual = next(action for action in STRICTEST if action in present)
    return {"action": usual, **_by_direction(actions, usual)}


def _by_direction(actions: Directions[Any], usual: str) -> Parameters:
    """The members for directions whose action is not the usual one.

    >>> _by_direction(Directions(input="NONE", output="OFF"), "BLOCK")
    {'inputAction': 'NONE', 'outputEnabled': False}
    """
    members: Parameters = {}
    for direction, action in actions.each():
        if action == "OFF":
            members[f"{direction}Enabled"] = False
        elif action != usual:
            members[f"{direction}Action"] = action
    return members


def _not_empty(**lists: Sequence[Mapping[str, Any]]) -> Parameters:
    return {member: items for member, items in lists.items() if items}
