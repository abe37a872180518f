"""Writes what is told of the tools, from their functions: each folder's `action_group.json`, the
parameters of CreateAgentActionGroup, and `tool_specs.json`, Converse's toolSpecs.

    python -m lambdas.tools
    python -m lambdas.tools orders      the group's OpenAPI document, on the standard output
"""

import json
import sys
from importlib import import_module

from app.tool_folders import TOOLS, tool_groups
from lambdas.tools.contract import ActionGroup


def main(groups: list[str]) -> None:
    for group in groups:
        print(json.dumps(_tools(group).openapi(), indent=2))  # noqa: T201 - a command's answer
    for group in () if groups else tool_groups():
        tools = _tools(group)
        contents = {"action_group.json": tools.describe(), "tool_specs.json": tools.specs()}
        for name, content in contents.items():
            (TOOLS / group / name).write_text(json.dumps(content, indent=2) + "\n")


def _tools(group: str) -> ActionGroup:
    tools: ActionGroup = import_module(f"lambdas.tools.{group}.handler").tools
    return tools


if __name__ == "__main__":
    main(sys.argv[1:])
