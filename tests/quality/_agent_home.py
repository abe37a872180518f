"""A shop for an agent: the stand-in as a process, with tables, documents and tools, and the
smallest loop that uses them over Converse.

    shop          starts it; each person has the orders of the seeds, and those of a task
    ConverseLoop  a conversation with the model: asks, calls tools, brings results, until it answers

Anything else that has `say` can take the loop's place: a runner of the application, for one.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from unittest.mock import patch

from app.aws import table
from app.tools import PRINCIPAL, Output, Refusal, Tool
from lambdas.tools.orders import handler as orders
from lambdas.tools.products import handler as products
from lambdas.tools.seed import seed
from tests.hard.home import Home, serving
from tests.lambdas.tools.shop import KEYS, create
from tests.quality._agent_tasks import Call, Reply, Task

MANUALS = Path(__file__).parent / "_manuals"
MODEL = "us.anthropic.claude-sonnet-4-6"
STEPS = 8
SYSTEM = "You help the customers of an outdoor shop with their orders, its products and manuals."
SECONDS = 30
START_SECONDS = 300  # until the documents are indexed, on a machine that has other things to do
SEARCH: dict[str, Any] = {
    "name": "search_documents",
    "description": "Search the team's documents and answer from what they say, with citations.",
    "inputSchema": {
        "json": {
            "type": "object",
            "properties": {"query": {"type": "string", "description": "What is to be found out."}},
            "required": ["query"],
        }
    },
}


class Agent(Protocol):
    """A conversation of one person with an agent."""

    def say(self, text: str) -> Reply:
        """The reply to what the person says."""
        ...


@dataclass(frozen=True)
class Shop:
    """A running shop."""

    home: Home
    tools: Mapping[str, Tool]

    def people(self, task: Task) -> str:
        """The name of a new person, who has the seeds' orders and those of a task."""
        with_table = table("orders", SECONDS)
        seed("orders", with_table, customer=task.id)
        for order in task.orders:
            with_table.put_item(Item={**order, "customer": task.id})
        return task.id

    def orders_of(self, person: str) -> dict[str, Any]:
        """The person's orders by their ids."""
        items = table("orders", SECONDS).query(
            KeyConditionExpression="customer = :person",
            ExpressionAttributeValues={":person": person},
        )["Items"]
        return {str(one["order_id"]): one for one in items}

    def search(self, query: str) -> list[dict[str, Any]]:
        """The passages for a query, as parts of a tool's result that are to be cited."""
        results = self.home.aws.bedrock_agent_runtime.retrieve(
            knowledgeBaseId=self.home.settings.knowledge_base_id, retrievalQuery={"text": query}
        )["retrievalResults"]
        return [
            {
                "searchResult": {
                    "source": one["location"]["s3Location"]["uri"],
                    "title": one["location"]["s3Location"]["uri"].rpartition("/")[2],
                    "content": [{"text": one["content"]["text"]}],
                    "citations": {"enabled": True},
                }
            }
            for one in results
        ]


@contextmanager
def shop() -> Iterator[Shop]:
    """A shop whose stand-in is a process of its own, for as long as the context lasts."""
    names = {f"OUTCROP_{tool.upper()}_TABLE": tool for tool in KEYS}
    with (
        TemporaryDirectory() as folder,
        serving(Path(folder)) as home,
        patch.dict(os.environ, names),
    ):
        with home.http() as http:
            files = sorted(MANUALS.glob("*.md"))
            for file in files:
                home.upload(http, file.name, file.read_bytes())
            home.until_indexed(http, [file.name for file in files], START_SECONDS)
        for tool, keys in KEYS.items():
            create(home.deployer.dynamodb, tool, keys)
        seed("products", table("products", SECONDS))
        groups = (orders.tools, products.tools)
        try:
            yield Shop(home, {one.name: one for group in groups for one in group.tools()})
        finally:
            for module in (orders, products):
                module._table().meta.client.close()
                module._table.cache_clear()


@dataclass
class ConverseLoop:
    """A person's conversation with the model, which calls tools until it answers. Each call that
    has to be confirmed is.
    """

    shop: Shop
    person: str
    messages: list[Any] = field(default_factory=list)

    def say(self, text: str) -> Reply:
        self.messages.append({"role": "user", "content": [{"text": text}]})
        calls: list[Call] = []
        tools: Any = [*map(_specification, self.shop.tools.values()), {"toolSpec": SEARCH}]
        for _ in range(STEPS):
            response = self.shop.home.aws.bedrock_runtime.converse(
                modelId=MODEL,
                system=[{"text": SYSTEM}],
                messages=self.messages,
                toolConfig={"tools": tools},
            )
            content = response["output"]["message"]["content"]
            self.messages.append({"role": "assistant", "content": content})
            uses = [block["toolUse"] for block in content if "toolUse" in block]
            if not uses:
                return Reply(_text(content), tuple(calls))
            calls += [Call(use["name"], use["input"]) for use in uses]
            results = [{"toolResult": self._result(use)} for use in uses]
            self.messages.append({"role": "user", "content": results})
        return Reply("", tuple(calls))

    def _result(self, use: Mapping[str, Any]) -> dict[str, Any]:
        if use["name"] == SEARCH["name"]:
            found = self.shop.search(use["input"]["query"])
            return {"toolUseId": use["toolUseId"], "content": found or [{"text": "Nothing."}]}
        match self.shop.tools[use["name"]].call(use["input"], {PRINCIPAL: self.person}):
            case Output(text):
                return {"toolUseId": use["toolUseId"], "content": [{"text": text}]}
            case Refusal(message):
                content = [{"text": message}]
                return {"toolUseId": use["toolUseId"], "content": content, "status": "error"}


def _specification(tool: Tool) -> dict[str, Any]:
    return {
        "toolSpec": {
            "name": tool.name,
            "description": tool.description,
            "inputSchema": {"json": tool.input_schema},
        }
    }


def _text(content: Sequence[Mapping[str, Any]]) -> str:
    """The text of an answer, whether it cites or not."""
    texts = []
    for block in content:
        parts = block["citationsContent"]["content"] if "citationsContent" in block else [block]
        texts += [str(part["text"]) for part in parts if "text" in part]
    return "".join(texts)
