"""Runs in a copy of the checkout that has a new group of tools, `huts`: calls it in every way, and
prints what came of each as JSON. `test_new_group.py` starts it.
"""

import json
import os
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from app.aws import clients
from app.settings import adopt
from app.tools import CALL, PRINCIPAL, Output, check
from app.tools.catalogue import lambda_tools_of
from infra.contents import sources
from tests.flows.home import laptop
from tests.lambdas.tools.events import api_event, function_event, said

BOOKING = {
    "nights": [{"hut": "Basalt", "day": "2026-12-24"}, {"hut": "Ridge", "day": "2026-12-23"}],
    "board": "half board",
}
PATIENCE = 300
"""Seconds for a call: the machine may be busy."""
SESSION = {PRINCIPAL: "local", CALL: "turn:1"}


def main() -> None:
    results: dict[str, Any] = {
        "bundles": {
            entry: sorted(path.name for path in sources(entry) if path.parent.name == "huts")
            for entry in ("api", "ingest", "tools")
        }
    }
    with TemporaryDirectory() as folder, laptop(Path(folder)) as home, patch.dict(os.environ):
        adopt({name: home.variables[name] for name in home.variables if name.startswith("AWS_")})
        results["functions"] = home.settings.tool_functions
        aws = clients(PATIENCE)
        by_lambda = {tool.name: tool for tool in lambda_tools_of(aws, home.settings)}
        results["lambda"] = outcome(by_lambda["my_nights"].call({}, SESSION))
        book = by_lambda["book_nights"]
        refusal = check(book, {"nights": [{"hut": "Ritz", "day": "soon"}]})
        results["check"] = refusal and refusal.message
        results["confirms"] = book.confirms
        results["again"] = [outcome(book.call(BOOKING, SESSION)) for _ in range(2)]
        results["lambda since"] = outcome(
            by_lambda["my_nights"].call({"since": "2026-12-23"}, SESSION)
        )
        adopt({"OUTCROP_HUTS_TABLE": "outcrop-tools-huts"})
        results |= in_process()
        aws.lambda_.close()
    print(json.dumps(results))


def in_process() -> dict[str, Any]:
    """The calls of the module itself, which has the same table."""
    huts: Any = import_module("lambdas.tools.huts.handler")
    texts = {
        name: each if isinstance(each, str) else json.dumps(each) for name, each in BOOKING.items()
    }
    posted = api_event("/book_nights", "ada") | {"httpMethod": "POST"}
    types = {"nights": "array", "board": "string"}
    posted["requestBody"] = {
        "content": {
            "application/json": {
                "properties": [
                    {"name": name, "type": types[name], "value": value}
                    for name, value in texts.items()
                ]
            }
        }
    }
    api = huts.handler(posted, None)["response"]
    tools = {tool.name: tool for tool in huts.tools.tools()}
    results = {
        "api": [api["httpStatusCode"], json.loads(api["responseBody"]["application/json"]["body"])],
        "function": said(
            huts.handler(function_event("my_nights", "ada", since="2026-12-24"), None)
        ),
        "in process": outcome(tools["my_nights"].call({}, {PRINCIPAL: "ada"})),
        "specs": huts.tools.specs(),
        "openapi": huts.tools.openapi(),
    }
    huts._table().meta.client.close()
    return results


def outcome(value: Any) -> Any:
    return json.loads(value.text) if isinstance(value, Output) else repr(value)


if __name__ == "__main__":
    main()
