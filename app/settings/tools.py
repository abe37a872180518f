"""The settings of the tools' functions."""

from typing import Any

from pydantic import Field, create_model

from app.settings.environment import Environment, read


class ToolSettings(Environment):
    """A tool's own settings, declared in its folder: their names begin with that of its group."""


def tool_table(group: str) -> str:
    """The table of a group of tools: OUTCROP_<GROUP>_TABLE, in its function's environment.

    Raises:
        WrongSettings: as for `read`.
    """
    fields: Any = {f"{group}_table": (str, Field(description=f"The table of {group}."))}
    kind = create_model("ToolTableSettings", __base__=ToolSettings, **fields)
    table: str = getattr(read(kind), f"{group}_table")
    return table
