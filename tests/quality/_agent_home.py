"""A shop for an agent, and the agents that are measured in it.

    shop             the laptop's home as processes: the stand-in with tables, documents and the
                     tools' functions, and the application
    ApplicationAgent the application's agent, over HTTP: `mode: "agent"`, each call confirmed
    ConverseLoop     the smallest loop over Converse: asks, calls tools, brings results, until the
                     model answers; a search's passages come as search results to be cited

Anything else that has `say` can take their place.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

import httpx2 as httpx

from app.agent.calls import ONE_AT_A_TIME
from app.aws import table
from app.deploy.laptop.tools import PREFIX
from app.guardrail_definition import GuardrailChoice
from app.tools import PRINCIPAL, Output, Refusal, Tool
from app.tools.catalogue import lambda_tools_of
from lambdas.tools.laptop import PRINCIPAL as PERSON
from lambdas.tools.seed import seed
from tests.hard.home import Home, serving
from tests.quality._agent_tasks import Call, Reply, Task

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MANUALS = Path(__file__).parent / "_manuals"
ORDERS = f"{PREFIX}orders"
"""The table of the orders."""
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
    """A running shop. The customer of the tasks is the laptop's one principal."""

    home: Home
    http: httpx.Client
    tools: Mapping[str, Tool]
    orders: "Table"

    def restock(self, task: Task) -> None:
        """Give the customer the seeds' orders and those of a task, and no others."""
        for order_id in self.orders_of():
            self.orders.delete_item(Key={"customer": PERSON, "order_id": order_id})
        seed("orders", self.orders, customer=PERSON)
        for order in task.orders:
            self.orders.put_item(Item={**order, "customer": PERSON})

    def orders_of(self, person: str = PERSON) -> dict[str, Any]:
        """A customer's orders by their ids."""
        items = self.orders.query(
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
def shop(guardrail: GuardrailChoice | None = None) -> Iterator[Shop]:
    """A shop, for as long as the context lasts.

    Args:
        guardrail: what judges what its agent reads and writes; without one nothing does.
    """
    with (
        TemporaryDirectory() as folder,
        serving(Path(folder), guardrail=guardrail) as home,
        home.http() as http,
    ):
        files = sorted(MANUALS.glob("*.md"))
        for file in files:
            home.upload(http, file.name, file.read_bytes())
        home.until_indexed(http, [file.name for file in files], START_SECONDS)
        tools = {one.name: one for one in lambda_tools_of(home.aws, home.settings)}
        tools["my_orders"].call({}, {PRINCIPAL: PERSON})  # the first call makes the table
        orders = table(ORDERS, SECONDS)
        with closing(orders.meta.client):
            yield Shop(home, http, tools, orders)


@dataclass
class ApplicationAgent:
    """A conversation with the application's agent. What it asks to confirm is confirmed."""

    shop: Shop
    conversation: dict[str, str] = field(default_factory=dict)

    def say(self, text: str) -> Reply:
        body = {"message": text, "mode": "agent", **self.conversation}
        answer = self._post("/chat", body)
        steps = list(answer["steps"])
        for _ in range(STEPS):
            waiting = [one for one in answer["steps"] if one["kind"] == "confirm"]
            if answer["stopReason"] != "confirm":
                break
            path = f"/confirmations/{waiting[-1]['confirmation']}"
            answer = self._post(path, {"decision": "confirm"})
            steps += answer["steps"]
        self.conversation = {"conversationId": answer["conversationId"]}
        return Reply(answer["answer"], tuple(_made(steps)))

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        response = self.shop.http.post(path, json=body)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer


def _made(steps: Sequence[Mapping[str, Any]]) -> Iterator[Call]:
    """The calls that were made: not those that waited for a decision."""
    calls = {one["call"]: one for one in steps if one["kind"] == "tool_call"}
    for one in steps:
        if one["kind"] == "tool_result" and one["text"] != ONE_AT_A_TIME:
            yield Call(one["tool"], calls[one["call"]]["arguments"])


@dataclass
class ConverseLoop:
    """A person's conversation with the model, which calls tools until it answers. Each call that
    has to be confirmed is.
    """

    shop: Shop
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
        match self.shop.tools[use["name"]].call(use["input"], {PRINCIPAL: PERSON}):
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
