"""Rules for OpenSearch: access by name only."""

import json
from collections.abc import Iterator
from typing import Any

from infra.policy.template import Template, text

Broken = Iterator[tuple[str, str]]

SECURITY, ACCESS = (
    "AWS::OpenSearchServerless::SecurityPolicy",
    "AWS::OpenSearchServerless::AccessPolicy",
)
GROUP = "AWS::OpenSearchServerless::CollectionGroup"
COLLECTION, DOMAIN = "AWS::OpenSearchServerless::Collection", "AWS::OpenSearchService::Domain"


def collection_is_not_public(template: Template) -> Broken:
    for name, rules in _policies(template, "network"):
        if any(rule.get("AllowFromPublic") for rule in rules):
            yield name, "the collection can be reached from anywhere; name services and endpoints"


def collection_is_for_named_roles(template: Template) -> Broken:
    for name, rules in _data_policies(template):
        for principal in (who for rule in rules for who in rule["Principal"]):
            if "*" in principal:
                yield name, f"{principal} lets others in; name the role"


def collection_actions_are_named(template: Template) -> Broken:
    for name, rules in _data_policies(template):
        for permission in (may for rule in _rules(rules) for may in rule["Permission"]):
            if "*" in permission:
                yield name, f"{permission} allows too much; name the actions"


def collection_resources_are_named(template: Template) -> Broken:
    for name, rules in _data_policies(template):
        for resource in (what for rule in _rules(rules) for what in rule["Resource"]):
            if "*" in resource:
                yield name, f"{resource} reaches other collections and indices; name the index"


def collection_waits_for_its_policies(template: Template) -> Broken:
    """Without its encryption policy it cannot be created, without its network policy not be
    reached.
    """
    for name, properties in template.of(COLLECTION):
        for kind in ("encryption", "network"):
            policies = {
                policy
                for policy, rules in _policies(template, kind)
                if f"collection/{properties['Name']}" in json.dumps(rules)
            }
            if not policies & template.needs(name):
                yield name, f"it has to wait (DependsOn) for its {kind} policy"


def index_waits_for_access(template: Template) -> Broken:
    policies = {name for name, _ in template.of(ACCESS)}
    for name, properties in template.of("Custom::VectorIndex"):
        if properties["Service"] == "aoss" and not policies & template.needs(name):
            yield name, "it has to wait (DependsOn) for the data access policy that lets it in"


def index_fits_the_engine(template: Template) -> Broken:
    """A NextGen collection answers 400 to a field that names its engine; the others need faiss."""
    nextgen = any(one.get("Generation") == "NEXTGEN" for _, one in template.of(GROUP))
    for name, properties in template.of("Custom::VectorIndex"):
        engine = properties.get("Engine")
        if nextgen and properties["Service"] == "aoss":
            if engine:
                yield name, "a NextGen collection refuses a field's engine; leave Engine out"
        elif engine != "faiss":
            yield name, "Bedrock searches indices of engine faiss only"


def domain_is_for_named_roles(template: Template) -> Broken:
    for statement in template.statements:
        if statement.kind == DOMAIN and statement.effect == "Allow":
            for principal in statement.principals:
                if "*" in principal or principal.endswith(":root"):
                    yield statement.where, f"{principal} lets others in; name the role"


def domain_speaks_tls(template: Template) -> Broken:
    for name, properties in template.of(DOMAIN):
        if not properties.get("DomainEndpointOptions", {}).get("EnforceHTTPS"):
            yield name, "it answers without TLS; set EnforceHTTPS"


def _policies(template: Template, kind: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The security policies of a kind; they are JSON in text."""
    for name, properties in template.of(SECURITY):
        if properties["Type"] == kind:
            policy = json.loads(text(properties["Policy"]))
            yield name, policy if isinstance(policy, list) else [policy]


def _data_policies(template: Template) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for name, properties in template.of(ACCESS):
        yield name, json.loads(text(properties["Policy"]))


def _rules(policy: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (rule for part in policy for rule in part["Rules"])


RULES = (
    collection_is_not_public,
    collection_is_for_named_roles,
    collection_actions_are_named,
    collection_resources_are_named,
    collection_waits_for_its_policies,
    index_waits_for_access,
    index_fits_the_engine,
    domain_is_for_named_roles,
    domain_speaks_tls,
)
