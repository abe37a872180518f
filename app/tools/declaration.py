"""What a tool's folder says of itself: the groups of `lambdas/tools/`, for whoever makes a home.

A folder with a `handler.py` is a group of tools. Its `tool.toml`, if it has one, says what the
function needs beside its code. The stack, the laptop's home, the replay of a template and the seeds
read it, so that nothing outside of the folder names a tool.

    [table]
    partition_key = "customer"
    sort_key = "order_id"                # optional
    actions = ["GetItem", "Query"]       # the only operations that the function is allowed
    owner = "customer"                   # optional: a seed's item has its principal in it

    [environment]
    OUTCROP_ORDERS_CURRENCY = "EUR"      # the function's own variables; they are no secrets

The function finds the table's name in OUTCROP_<GROUP>_TABLE.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.errors import OperatorError
from app.tool_folders import TOOLS, tool_groups, tool_prefix

GROUP = re.compile(r"[a-z][a-z0-9_]{0,29}")
Attribute = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,254}$")]
Action = Literal[
    "BatchGetItem",
    "BatchWriteItem",
    "ConditionCheckItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "UpdateItem",
]


class WrongDeclaration(OperatorError):
    """A tool's folder breaks a rule; the message names the file, the field and the rule."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ToolTable(_Part):
    """A tool's table in DynamoDB. Its keys are strings.

    Attributes:
        actions: the operations of DynamoDB that the function is allowed on it.
        owner: the attribute of a seed's item that has its principal; None if an item is nobody's.
    """

    partition_key: Attribute
    sort_key: Attribute | None = None
    actions: Annotated[list[Action], Field(min_length=1)]
    owner: Attribute | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.partition_key, *([self.sort_key] if self.sort_key else []))


class ToolDeclaration(_Part):
    """A group of tools.

    Attributes:
        group: the name of its folder, and of its action group.
        folder: `lambdas/tools/<group>`.
        environment: its function's variables, beside the one with the table's name.
    """

    group: str
    folder: Path
    table: ToolTable | None = None
    environment: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _names_are_its_own(self) -> Self:
        prefix = tool_prefix(self.group)
        for name in self.environment:
            if not re.fullmatch(rf"{prefix}[A-Z0-9_]+", name) or name == f"{prefix}TABLE":
                raise ValueError(
                    f"environment: {name} has to begin with {prefix}, and is not TABLE"
                )
        return self

    @property
    def description(self) -> dict[str, Any]:
        """The parameters of CreateAgentActionGroup.

        Raises:
            WrongDeclaration: they were not written yet.
        """
        path = self.folder / "action_group.json"
        if not path.is_file():
            raise WrongDeclaration(f"There is no {path}: run python -m lambdas.tools.")
        description: dict[str, Any] = json.loads(path.read_text())
        return description

    @property
    def has_seed(self) -> bool:
        return self.table is not None and (self.folder / "seed.json").is_file()

    def variables(self, table: str | None) -> dict[str, str]:
        """The function's environment, with the name of its table."""
        prefix = tool_prefix(self.group)
        return {**({f"{prefix}TABLE": table} if table else {}), **self.environment}

    def owned(self, principal: str) -> dict[str, str]:
        """What a seed's items of a principal have besides."""
        return {self.table.owner: principal} if self.table and self.table.owner else {}


def declarations(folder: Path = TOOLS) -> tuple[ToolDeclaration, ...]:
    """The groups of tools, in the order of their names.

    Raises:
        WrongDeclaration: a folder's name or its `tool.toml` breaks a rule.
    """
    return tuple(declaration_of(group, folder) for group in tool_groups(folder))


def declaration_of(group: str, folder: Path = TOOLS) -> ToolDeclaration:
    """One group; as for `declarations`."""
    place = folder / group
    if not GROUP.fullmatch(group):
        raise WrongDeclaration(
            f"{place}: the name of a tool's folder has at most 30 small letters, digits and "
            "underscores, a letter first."
        )
    path = place / "tool.toml"
    try:
        content = tomllib.loads(path.read_text()) if path.is_file() else {}
        return ToolDeclaration.model_validate({**content, "group": group, "folder": place})
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}".lstrip(": ") for one in error.errors()
        )
        raise WrongDeclaration(f"{path}: {problems}.") from error
    except ValueError as error:
        raise WrongDeclaration(f"{path} is no TOML: {error}.") from error
