"""Settings: the only package that reads and writes the environment.

Each process has a class. `Settings` has the application's settings, in a Lambda function as on the
laptop; `DocumentSettings` is the part of them for the ingest function. A tool's function has its
own, whose names begin with its group's: `tool_table` reads the name of its table, and a subclass of
`ToolSettings` in the tool's folder whatever else it needs. Whoever creates the resources sets their
names: the CDK stack in AWS, `outcrop up` on the laptop. `LaptopSettings` are for the command line
to start the laptop's home, `StackSettings` to deploy a stack and to call it, `McpSettings` for MCP
over HTTP.

Every field is read from `OUTCROP_<NAME>`. If a field without a default is missing, nothing is
started, and the error names it. docs/settings.md is generated from the descriptions here.

    application   Settings, DocumentSettings
    tools         ToolSettings, tool_table
    laptop        LaptopSettings, StackSettings, and where things lie
    mcp           McpSettings
    environment   read, and the environments of other processes
"""

from app.settings.application import DocumentSettings, Settings
from app.settings.environment import (
    PREFIX,
    RENAMED,
    WrongSettings,
    adopt,
    environment,
    inherited,
    inherited_environment,
    read,
    variables,
)
from app.settings.laptop import (
    FOLDER,
    LaptopSettings,
    StackSettings,
    checkout,
    opensearch_folder,
)
from app.settings.mcp import McpSettings
from app.settings.tools import ToolSettings, tool_table

__all__ = [
    "FOLDER",
    "PREFIX",
    "RENAMED",
    "DocumentSettings",
    "LaptopSettings",
    "McpSettings",
    "Settings",
    "StackSettings",
    "ToolSettings",
    "WrongSettings",
    "adopt",
    "checkout",
    "environment",
    "inherited",
    "inherited_environment",
    "opensearch_folder",
    "read",
    "tool_table",
    "variables",
]
