"""A model at the wire: ConverseStream whose every event a test writes, right or wrong.

    reply(text("Well."), call("order_status", '{"order_id": "A-1"}'), stop("tool_use"))

What it is asked is held against rules of Converse that its model does not have, since a request
that breaks one fails in AWS, and with it every later turn of the conversation.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from app.agent import AgentContext
from app.aws import clients, table
from app.conversations import Conversations
from app.guardrail import Unguarded
from app.local import dynamodb
from app.local.faults import Fault, Faults
from app.local.s3 import handlers as s3_handlers
from app.local.s3.storage import Buckets
from app.local.sqs.broker import Queues
from app.local.wire import JSON, Application, Call, ServiceError
from app.meter import Account
from app.tools import Outcome, Tool
from app.turn import TurnContext
from lambdas.tools.orders import handler as orders
from lambdas.tools.seed import seed
from tests.agent.agent_wire import HostileAgent
from tests.agent.attack_texts import CANARY
from tests.lambdas.tools.shop import KEYS, create, environment
from tests.local.home import KEYS as SIGNING_KEYS
from tests.test_meter import Recorder
from tests.web.backend import BUCKET, FOUND, settings
from tests.wire_server import in_thread

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Events = Iterable[JSON]
SECRET = "s3cr3t-of-the-application"
SECONDS = 60


def text(words: str, index: int = 0) -> Events:
    yield {"contentBlockDelta": {"delta": {"text": words}, "contentBlockIndex": index}}
    yield {"contentBlockStop": {"contentBlockIndex": index}}


def call(name: str, written: str, id_: str = "use-1", index: int = 0, size: int = 0) -> Events:
    """A call of a tool. `size`: the characters of a piece; all at once by default."""
    start = {"toolUse": {"toolUseId": id_, "name": name}}
    yield {"contentBlockStart": {"start": start, "contentBlockIndex": index}}
    size = size or max(len(written), 1)
    for begin in range(0, len(written), size):
        delta = {"toolUse": {"input": written[begin : begin + size]}}
        yield {"contentBlockDelta": {"delta": delta, "contentBlockIndex": index}}
    yield {"contentBlockStop": {"contentBlockIndex": index}}


def stop(reason: str, tokens: Any = 5) -> Events:
    yield {"messageStop": {"stopReason": reason}}
    usage = {"inputTokens": tokens, "outputTokens": tokens, "totalTokens": tokens}
    yield {"metadata": {"usage": usage, "metrics": {"latencyMs": 1}}}


def reply(*parts: Events) -> Iterator[JSON]:
    yield {"messageStart": {"role": "assistant"}}
    for part in parts:
        yield from part


@dataclass
class HostileModel:
    """Answers each ConverseStream with the next reply; at the end of the script it just ends.

    Attributes:
        script: the replies, each made when it is asked for, with the request.
        broken: the rules of Converse that a request has broken.
    """

    script: list[Callable[[JSON], Events]] = field(default_factory=list)
    requests: list[JSON] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def converse(self, call: Call) -> JSON:
        self.requests.append(call.params)
        self.broken += rules_broken(call.params)
        events = self.script.pop(0) if self.script else _ended
        return {"stream": iter(events(call.params))}


def _ended(_request: JSON) -> Events:
    return reply(text("That is all."), stop("end_turn"))


def rules_broken(request: Mapping[str, Any]) -> Iterator[str]:
    """Rules that Bedrock has beyond the model's: unique ids, a result for every call, text that
    says something.
    """
    seen: set[str] = set()
    waiting: list[str] = []
    for message in request["messages"]:
        blocks: Sequence[JSON] = message["content"]
        results = [one["toolResult"]["toolUseId"] for one in blocks if "toolResult" in one]
        if results != waiting:
            yield f"calls {waiting} are answered by {results}"
        waiting = [one["toolUse"]["toolUseId"] for one in blocks if "toolUse" in one]
        if len({*waiting} | seen) < len(waiting) + len(seen):
            yield f"ids of calls come twice: {waiting} after {sorted(seen)}"
        seen |= {*waiting}
        yield from ("a text is blank" for one in blocks if not one.get("text", "x").strip())
    if waiting:
        yield "the last call is not answered"


@dataclass
class Shop:
    """An agent of ada's with the real orders function, over tables that hold others' orders too.

    Attributes:
        calls: what has reached a tool: its name, its arguments, its session attributes.
    """

    model: HostileModel
    faults: Faults
    turn: TurnContext
    table: "Table"
    calls: list[tuple[str, Mapping[str, Any], Mapping[str, str]]] = field(default_factory=list)
    agent: HostileAgent = field(default_factory=HostileAgent)

    @property
    def context(self) -> AgentContext:
        return AgentContext.of(self.turn, [self._counted(one) for one in orders.tools.tools()])

    def orders(self) -> dict[tuple[str, str], Any]:
        """Every order of everybody."""
        items = self.table.scan()["Items"]
        return {(str(one["customer"]), str(one["order_id"])): one for one in items}

    def order(self, *faults: Fault) -> None:
        self.faults.add(*faults)

    def stored(self, owner: str) -> list[bytes]:
        """The conversations' objects of one person, their keys included."""
        s3 = self.turn.clients.s3
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]
        own = Conversations(s3, BUCKET, owner)._keys.owner
        return [
            key.encode() + s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
            for key in keys
            if f"/{own}/" in key
        ]

    def _counted(self, tool: Tool) -> Tool:
        def counted(arguments: Any, session: Any) -> Outcome:
            self.calls.append((tool.name, dict(arguments), dict(session)))
            return tool.call(arguments, session)

        return Tool(
            tool.name, tool.description, tool.input_schema, counted, tool.confirms, tool.group
        )


@contextmanager
def hostile_shop(**more: Any) -> Iterator[Shop]:
    """The shop, served; boto3 leads to it in here. `more`: settings."""
    model, agent, faults = HostileModel(), HostileAgent(), Faults()
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        queues = Queues(folder)
        buckets, tables = Buckets(folder, queues), dynamodb.Tables(folder)
        services = {
            "s3": s3_handlers(buckets, queues.send_to_arn, keys=SIGNING_KEYS),
            "dynamodb": dynamodb.handlers(tables),
            "bedrock-runtime": {"ConverseStream": model.converse},
            "bedrock-agent-runtime": {"Retrieve": lambda _: {"retrievalResults": [FOUND]}},
        }
        wire = Application(services, folder / "spool", faults)
        with in_thread(agent.before(wire)) as (url, _):
            for variable, value in environment(url).items():
                patch.setenv(variable, value)
            patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
            aws = clients(SECONDS)
            aws.s3.create_bucket(Bucket=BUCKET)
            with_table = table("orders", SECONDS)
            create(with_table.meta.client, "orders", KEYS["orders"])
            _stock(with_table)
            account = Account(Recorder(), "ada")
            conversations = Conversations(aws.s3, BUCKET, "ada")
            turn = TurnContext(aws, settings(**more), Unguarded(), conversations, account)
            try:
                yield Shop(model, faults, turn, with_table, agent=agent)
            finally:
                with_table.meta.client.close()
                orders._table().meta.client.close()
                orders._table.cache_clear()
        tables.close()
        buckets.close()
        queues.close()


def _stock(orders_table: "Table") -> None:
    """ada's seeds and a second order that is placed; bob's, which nobody else may see."""
    seed("orders", orders_table, customer="ada")
    items = orders_table.scan()["Items"]
    placed = next(one for one in items if one["status"] == "placed")
    orders_table.put_item(Item={**placed, "order_id": "A-1050"})
    lines: Any = [{"product_id": "P-1", "name": CANARY, "quantity": 1}]
    orders_table.put_item(Item={**placed, "customer": "bob", "order_id": "B-2001", "lines": lines})


def failing(code: str) -> Events:
    """The end of a stream by an exception of its own."""
    yield from ()
    raise ServiceError(code, "A fault that a test has scripted.")
