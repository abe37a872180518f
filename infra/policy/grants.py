"""Who is allowed what by a template: by a role's own statements, and by policies that name it."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy.template import Statement, Template, references, text

ROLE, POLICY = "AWS::IAM::Role", "AWS::IAM::Policy"
FUNCTION = "AWS::Lambda::Function"


def may(template: Template, role: str, action: str, resource: str, *conditions: str) -> bool:
    """Whether a role is allowed an action on a resource.

    Args:
        role: its logical id.
        resource: its ARN as text.
        conditions: the condition keys that hold for this use; a statement with another does not
            count.
    """
    statements = [one for one in _of(template, role) if action in one.actions]
    return any(
        one.effect == "Allow" and one.conditions <= set(conditions) and covers(one, resource)
        for one in statements
    ) and not any(
        one.effect == "Deny" and not one.conditions and covers(one, resource) for one in statements
    )


def admitted(template: Template, kind: str, service: str, action: str) -> Iterator[Statement]:
    """The statements in policies of a kind that allow a service an action."""
    return (
        one
        for one in template.statements
        if one.kind == kind
        and one.effect == "Allow"
        and service in one.principals
        and action in one.actions
    )


def covers(statement: Statement, resource: str) -> bool:
    """Whether one of a statement's resources is this one, or a pattern that fits it.

    A `*` fits any text, also a part that is known later only.
    """
    return any(fits(pattern, resource) for pattern in statement.resources)


def fits(pattern: str, name: str) -> bool:
    """Whether a text fits a pattern with `*`.

    >>> fits("arn:aws:s3:::a-*", "arn:aws:s3:::a-b"), fits("a*c", "abd"), fits("a", "ab")
    (True, False, False)
    """
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == name
    if not name.startswith(first):
        return False
    position = len(first)
    *middle, last = rest
    for part in middle:
        position = name.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return name.endswith(last) and len(name) - len(last) >= position


def role_of(properties: Mapping[str, Any], member: str = "Role") -> str:
    """The logical id of the role that a resource works with; empty if it is not the template's."""
    return next(references(properties.get(member, "")), "")


def _of(template: Template, role: str) -> Iterator[Statement]:
    named = f"${{{role}.Arn}}"
    attached = {
        name
        for name, properties in template.of(POLICY)
        if role in references(properties.get("Roles", []))
    }
    for one in template.statements:
        if one.where == role or one.where in attached or named in one.principals:
            yield one


def environments(template: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each function's variables, by its logical id."""
    for name, properties in template.of(FUNCTION):
        yield name, properties.get("Environment", {}).get("Variables", {})


def application(template: Template) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, str]]]:
    """The function that answers: its logical id, properties, and variables as text."""
    for name, properties in template.of(FUNCTION):
        variables = properties.get("Environment", {}).get("Variables", {})
        if "OUTCROP_AUTH" in variables:
            yield name, properties, {key: text(value) for key, value in variables.items()}
