"""Makes the functions of the agent's tools in the laptop's home, as the stack makes them in AWS.

Each is a few lines that name its group: the code is the installed one (`lambdas.tools.laptop`),
which makes its table when it is first called. What is as it has to be is left alone, so that a
start asks Lambda once.
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.resources import TOOL_SECONDS
from app.tools.declaration import ToolDeclaration

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

PREFIX = "outcrop-tools-"
"""The names of the functions and of their tables begin with it."""

SECONDS = 3 * TOOL_SECONDS
"""The functions' timeout: the first call of a home loads DynamoDB, and a laptop may be busy."""

CODE = """from lambdas.tools.laptop import handler_of

handler = handler_of("{group}")
"""


def tool_functions(
    functions: "LambdaClient", tools: Sequence[ToolDeclaration], *, runtime: str, role: str
) -> str | None:
    """Make the missing functions, and change those of an older version.

    Returns:
        OUTCROP_TOOL_FUNCTIONS; None if there are no tools.
    """
    pages = functions.get_paginator("list_functions").paginate()
    existing = {one["FunctionName"]: one for page in pages for one in page["Functions"]}
    for tool in tools:
        name, code = PREFIX + tool.group, _archive(tool.group)
        configuration = _configuration(tool, runtime, role)
        if name not in existing:
            functions.create_function(FunctionName=name, Code={"ZipFile": code}, **configuration)
            continue
        if existing[name]["CodeSha256"] != _digest(code):
            functions.update_function_code(FunctionName=name, ZipFile=code)
        if any(existing[name].get(key) != value for key, value in configuration.items()):
            functions.update_function_configuration(FunctionName=name, **configuration)
    return ",".join(f"{tool.group}={PREFIX}{tool.group}" for tool in tools) or None


def _configuration(tool: ToolDeclaration, runtime: str, role: str) -> Mapping[str, Any]:
    table = PREFIX + tool.group if tool.table else None
    return {
        "Runtime": runtime,
        "Handler": "handler.handler",
        "Role": role,
        "Timeout": SECONDS,
        "Environment": {"Variables": tool.variables(table)},
    }


def _archive(group: str) -> bytes:
    """The same bytes each time, so that they can be compared by their digest."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr(zipfile.ZipInfo("handler.py"), CODE.format(group=group))
    return archive.getvalue()


def _digest(code: bytes) -> str:
    return base64.b64encode(hashlib.sha256(code).digest()).decode()
