"""Rules for the firewall: what it finds it blocks, and it looks at all that it lets through."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy.template import Template

Broken = Iterator[tuple[str, str]]

ACL = "AWS::WAFv2::WebACL"
MOST_REQUESTS = 2000  # from one address, in five minutes
PROSE = "_BODY"
"""How the rules end that look at bodies, which hold prose: they may only count."""


def others_come_in(template: Template) -> Broken:
    for name, properties in template.of(ACL):
        if set(properties["DefaultAction"]) != {"Allow"}:
            yield name, "it blocks whatever no rule is for; set DefaultAction to Allow"
        if properties["Scope"] != "REGIONAL":
            yield name, "a stage is associated with a regional one only; set Scope"


def findings_are_blocked(template: Template) -> Broken:
    for name, rule in _rules(template):
        if "ManagedRuleGroupStatement" in rule["Statement"]:
            if set(rule.get("OverrideAction", {})) != {"None"}:
                yield name, f"{rule['Name']} only counts; set OverrideAction to None"
            overrides = rule["Statement"]["ManagedRuleGroupStatement"].get(
                "RuleActionOverrides", ()
            )
            for one in overrides:
                if "Block" not in one["ActionToUse"] and not one["Name"].endswith(PROSE):
                    yield name, f"{one['Name']} looks at no body, and has to block"
        elif set(rule.get("Action", {})) != {"Block"}:
            yield name, f"{rule['Name']} does not block; set its Action"


def requests_are_few(template: Template) -> Broken:
    for name, rule in _rules(template):
        rate = rule["Statement"].get("RateBasedStatement")
        if rate and rate["Limit"] * 300 / rate.get("EvaluationWindowSec", 300) > MOST_REQUESTS:
            yield name, f"{rate['Limit']} requests are too many to be refused"


def bodies_are_looked_at_whole(template: Template) -> Broken:
    """What is larger than the part that is looked at is refused: nothing is hidden behind it."""
    for name, properties in template.of(ACL):
        inspected = properties.get("AssociationConfig", {}).get("RequestBody", {})
        limit = inspected.get("API_GATEWAY", {}).get("DefaultSizeInspectionLimit", "KB_16")
        size = int(limit.removeprefix("KB_")) * 1024
        refused = False
        for rule in properties["Rules"]:
            constraint = rule["Statement"].get("SizeConstraintStatement")
            if constraint and "Body" in constraint["FieldToMatch"]:
                refused |= _refuses(constraint, size)
        if not refused:
            yield name, f"a body of more than {size} bytes passes unseen; refuse it"


def _refuses(constraint: Mapping[str, Any], size: int) -> bool:
    return (
        constraint["ComparisonOperator"] in ("GE", "GT")
        and constraint["Size"] <= size
        and constraint["FieldToMatch"]["Body"].get("OversizeHandling") == "MATCH"
    )


def _rules(template: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, properties in template.of(ACL):
        for rule in properties["Rules"]:
            yield name, rule


RULES = (others_come_in, findings_are_blocked, requests_are_few, bodies_are_looked_at_whole)
