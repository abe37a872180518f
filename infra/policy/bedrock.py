"""Rules for Bedrock: effective guardrails, roles that only this account's services may assume,
stores that match their types.

Limits are the service's:
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-components.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy.template import Template, text

Broken = Iterator[tuple[str, str]]

GUARDRAIL, AGENT, BASE = (
    "AWS::Bedrock::Guardrail",
    "AWS::Bedrock::Agent",
    "AWS::Bedrock::KnowledgeBase",
)
PERMISSION = "AWS::Lambda::Permission"
LARGEST_THRESHOLD = 0.99
MODEL = re.compile(r"^(arn:|[a-z0-9-]+\.)?[a-z0-9-]+\.[a-z0-9.-]+(:\d+)?(:\w+)?$|^arn:\S+$|^\$\{")

LOOKED_FOR = {"AWS_ACCESS_KEY", "AWS_SECRET_KEY", "PASSWORD", "CREDIT_DEBIT_CARD_NUMBER"}
"""What no question and no answer may hold."""

STORAGE = {
    "OPENSEARCH_SERVERLESS": "OpensearchServerlessConfiguration",
    "OPENSEARCH_MANAGED_CLUSTER": "OpensearchManagedClusterConfiguration",
    "S3_VECTORS": "S3VectorsConfiguration",
    "RDS": "RdsConfiguration",
}
"""A store's type -> its configuration member; only the service itself refuses another."""

LENT = ("bedrock.amazonaws.com", "scheduler.amazonaws.com", "vpc-flow-logs.amazonaws.com")
"""Services that act on behalf of others: roles for them have to name the source."""


def guardrail_is_there(template: Template) -> Broken:
    if not list(template.of(GUARDRAIL)):
        yield "the stack", "nothing judges questions and answers; make a guardrail"


def guardrail_is_not_empty(template: Template) -> Broken:
    for name, properties in template.of(GUARDRAIL):
        if not any(key.endswith("PolicyConfig") for key in properties):
            yield name, "it has no policy, and so lets everything pass"


def guardrail_grounds_answers(template: Template) -> Broken:
    for name, properties in template.of(GUARDRAIL):
        kinds = {policy_filter["Type"] for policy_filter in _grounding(properties)}
        if missing := {"GROUNDING", "RELEVANCE"} - kinds:
            yield name, f"answers are not held to the passages: there is no {', '.join(missing)}"


def guardrail_threshold_can_be_reached(template: Template) -> Broken:
    for name, properties in template.of(GUARDRAIL):
        for policy_filter in _grounding(properties):
            if not 0 < policy_filter["Threshold"] <= LARGEST_THRESHOLD:
                threshold = policy_filter["Threshold"]
                yield name, f"a threshold of {threshold}: from above 0 to 0.99 is possible"


def guardrail_looks_for_attacks(template: Template) -> Broken:
    for name, properties in template.of(GUARDRAIL):
        filters = [one for one in _content(properties) if one["Type"] == "PROMPT_ATTACK"]
        if not any(one["InputStrength"] != "NONE" for one in filters):
            yield name, "questions are not searched for attacks on the prompt"


def attacks_are_of_questions_only(template: Template) -> Broken:
    for name, properties in template.of(GUARDRAIL):
        for one in _content(properties):
            if one["Type"] == "PROMPT_ATTACK" and one["OutputStrength"] != "NONE":
                yield name, "PROMPT_ATTACK takes no output strength but NONE"


def guardrail_acts(template: Template) -> Broken:
    """A filter or a kind of data that is looked for and let through guards nothing."""
    for name, properties in template.of(GUARDRAIL):
        for one in _content(properties):
            attack = one["Type"] == "PROMPT_ATTACK"
            sides = ("Input",) if attack else ("Input", "Output")
            for side in sides:
                if one[f"{side}Strength"] == "NONE" or _is_off(one, side):
                    yield name, f"{one['Type']} passes: its {side.lower()} is not judged"
        sensitive = properties.get("SensitiveInformationPolicyConfig", {})
        for one in (*sensitive.get("PiiEntitiesConfig", ()), *sensitive.get("RegexesConfig", ())):
            kind = one.get("Type", one.get("Name"))
            if one["Action"] not in ("BLOCK", "ANONYMIZE"):
                yield name, f"{kind} is found and passes; BLOCK or ANONYMIZE it"
            for side in ("Input", "Output"):
                if _is_off(one, side):
                    yield name, f"{kind} passes: the {side.lower()} is not searched for it"
        for policy_filter in _grounding(properties):
            if policy_filter.get("Enabled") is False or policy_filter.get("Action") == "NONE":
                yield name, f"{policy_filter['Type']} is measured, and nothing is blocked"


def guardrail_masks_what_it_must(template: Template) -> Broken:
    for name, properties in template.of(GUARDRAIL):
        sensitive = properties.get("SensitiveInformationPolicyConfig", {})
        kinds = {one["Type"] for one in sensitive.get("PiiEntitiesConfig", ())}
        if missing := LOOKED_FOR - kinds:
            yield name, f"nobody looks for {', '.join(sorted(missing))}"


def _is_off(policy_filter: Mapping[str, Any], side: str) -> bool:
    return (
        policy_filter.get(f"{side}Enabled") is False or policy_filter.get(f"{side}Action") == "NONE"
    )


def agent_is_guarded(template: Template) -> Broken:
    for name, properties in template.of(AGENT):
        version = text(properties.get("GuardrailConfiguration", {}).get("GuardrailVersion", ""))
        if version in ("", "DRAFT"):
            yield name, "an agent needs a guardrail, of a numbered version"


def agent_has_our_key(template: Template) -> Broken:
    for name, properties in template.of(AGENT):
        if "CustomerEncryptionKeyArn" not in properties:
            yield name, "what an agent keeps is encrypted with the stack's key"


def model_is_named_right(template: Template) -> Broken:
    for name, properties in template.of(AGENT):
        if not MODEL.match(text(properties.get("FoundationModel", ""))):
            yield name, f"{text(properties.get('FoundationModel', ''))!r} is no model's id"


def storage_is_what_it_says(template: Template) -> Broken:
    for name, properties in template.of(BASE):
        storage = properties.get("StorageConfiguration")
        if storage and set(storage) != {"Type", STORAGE.get(storage["Type"])}:
            yield (
                name,
                f"{storage['Type']} is not described by {', '.join(set(storage) - {'Type'})}",
            )


def knowledge_base_waits_for_its_store(template: Template) -> Broken:
    """Without the role's access or the index, creating it fails at times."""
    makers = [name for name, _ in template.of("Custom::VectorIndex", "Custom::VectorTable")]
    access = [name for name, _ in template.of("AWS::IAM::Policy")]
    for name, properties in template.of(BASE):
        needs = template.needs(name)
        stored = "StorageConfiguration" in properties
        for kind, names in (("index", makers), ("access to the store", access)):
            if stored and names and not needs & set(names):
                yield name, f"it has to wait (DependsOn) for its {kind}"


def data_source_can_be_destroyed(template: Template) -> Broken:
    """For stores of the stack: they are deleted after it, with all their contents."""
    for name, properties in template.of("AWS::Bedrock::DataSource"):
        ours = properties["DataSourceConfiguration"]["Type"] == "S3"
        if ours and properties.get("DataDeletionPolicy") != "RETAIN":
            yield name, "deleting what was indexed can fail, and then the stack stays; RETAIN"


def roles_are_not_lent(template: Template) -> Broken:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"""
    for trust in template.trusts:
        services = set(trust.principals) & set(LENT)
        if missing := services and {"aws:SourceAccount", "aws:SourceArn"} - trust.conditions:
            yield (
                trust.where,
                f"{', '.join(services)} may take it on without {', '.join(sorted(missing))}",
            )


def functions_are_not_lent(template: Template) -> Broken:
    for name, properties in template.of(PERMISSION):
        conditions = {"SourceArn"}
        if text(properties["Principal"]) == "bedrock.amazonaws.com":
            conditions |= {"SourceAccount"}
        if missing := conditions - set(properties):
            yield name, f"{properties['Principal']} may call it without {', '.join(missing)}"


def _content(guardrail: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(guardrail.get("ContentPolicyConfig", {}).get("FiltersConfig", ()))


def _grounding(guardrail: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(guardrail.get("ContextualGroundingPolicyConfig", {}).get("FiltersConfig", ()))


RULES = (
    guardrail_is_there,
    guardrail_is_not_empty,
    guardrail_grounds_answers,
    guardrail_threshold_can_be_reached,
    guardrail_looks_for_attacks,
    attacks_are_of_questions_only,
    guardrail_acts,
    guardrail_masks_what_it_must,
    agent_is_guarded,
    agent_has_our_key,
    model_is_named_right,
    storage_is_what_it_says,
    knowledge_base_waits_for_its_store,
    data_source_can_be_destroyed,
    roles_are_not_lent,
    functions_are_not_lent,
)
