"""Rules for the agent's tools: the application knows the function of each, may call these and no
others, and each may do with its table what its folder declares, and nothing else.
"""

from collections.abc import Iterator, Mapping

from app.tools.declaration import ToolTable, declarations
from infra.policy.grants import FUNCTION, application, may, role_of
from infra.policy.template import Template, text

Broken = Iterator[tuple[str, str]]

VARIABLE, INVOKING = "OUTCROP_TOOL_FUNCTIONS", "lambda:InvokeFunction"


def application_knows_its_tools(template: Template) -> Broken:
    functions = _functions(template)
    for name, _, variables in application(template):
        pairs = [pair.partition("=") for pair in variables.get(VARIABLE, "").split(",") if pair]
        named = {group: function for group, _, function in pairs}
        for group, function in functions.items():
            if named.pop(group, None) != f"${{{function}}}":
                yield name, f"{VARIABLE} does not name {function} as that of {group}"
        for group in named:
            yield name, f"{VARIABLE} names {group}, which has no function in the stack"


def application_may_call_its_tools(template: Template) -> Broken:
    """Exactly them: a role that may invoke any function could call the ingest function."""
    functions = _functions(template)
    arns = {f"${{{function}.Arn}}" for function in functions.values()}
    for name, properties, _ in application(template):
        role = role_of(properties)
        for function in functions.values():
            if not may(template, role, INVOKING, f"${{{function}.Arn}}"):
                yield name, f"{role} is not allowed {INVOKING} on {function}"
        for statement in template.statements:
            if statement.where == role and INVOKING in statement.actions:
                for resource in set(statement.resources) - arns:
                    yield name, f"{role} is allowed {INVOKING} on {resource}, which is no tool"


def tools_do_what_they_declare(template: Template) -> Broken:
    tables: Mapping[str, ToolTable | None] = {tool.group: tool.table for tool in declarations()}
    functions = dict(template.of(FUNCTION))
    for group, function in _functions(template).items():
        if group not in tables:
            yield function, f"there is no folder lambdas/tools/{group}"
            continue
        own = tables[group]
        actions = {f"dynamodb:{action}" for action in own.actions} if own else set()
        role = role_of(functions[function])
        allowed = {
            action
            for one in template.statements
            if one.where == role and one.effect == "Allow"
            for action in one.actions
            if action.startswith("dynamodb:")
        }
        if more := sorted(allowed - actions):
            yield function, f"{role} is allowed {', '.join(more)}, which {group} does not declare"


def _functions(template: Template) -> dict[str, str]:
    """The logical ids of the tools' functions, by the names of their groups."""
    groups = {}
    for name, properties in template.of(FUNCTION):
        match text(properties["Handler"]).split("."):
            case ["lambdas", "tools", group, *_]:
                groups[group] = name
    return groups


RULES = (application_knows_its_tools, application_may_call_its_tools, tools_do_what_they_declare)
