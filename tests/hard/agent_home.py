"""An application with an agent, as a process that can be killed at any call that it makes.

AWS's part is served by this process: S3, DynamoDB and Lambda as the stand-in has them, and a model
that does what it is asked. The function is the real one of the orders; before that, it writes down
each call that acts, once for a key, as a tool that must not act twice would.
"""

import io
import json
import os
import re
import signal
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import httpx2 as httpx

from app.aws import clients, deployer, table
from app.deploy.endpoint import endpoint_variables, misleading_names
from app.deploy.laptop.names import ROLE, RUNTIME
from app.deploy.laptop.tools import PREFIX, SECONDS
from app.local import dynamodb, lambda_, s3
from app.local.faults import Fault, Faults
from app.local.lambda_.runtime import Functions
from app.local.s3.storage import Buckets
from app.local.sqs.broker import Queues
from app.local.wire import JSON, Application, Call, WaitingHandler, WaitingService
from app.settings import adopt, variables
from app.tools.declaration import declaration_of
from tests.hard.home import _NO_TLS, Process, free_port
from tests.lambdas.tools.shop import create
from tests.local.home import KEYS
from tests.local.home import running as in_background
from tests.web.backend import BUCKET, settings
from tests.wire_server import in_thread

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

FUNCTION = f"{PREFIX}orders"
ACTS = "acts"
CODE = f"""
from botocore.exceptions import ClientError
from app.aws import clients, deployer, table
from lambdas.tools.laptop import handler_of

orders = handler_of("orders")

def handler(event, context):
    if event["function"] == "cancel_order":
        [order] = [one["value"] for one in event["parameters"] if one["name"] == "order_id"]
        act = {{"call": event["sessionAttributes"]["call"], "order_id": order}}
        try:
            table("{ACTS}", 30).put_item(
                Item=act,
                ConditionExpression="attribute_not_exists(#call)",
                ExpressionAttributeNames={{"#call": "call"}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
    return orders(event, context)
"""
ORDER = re.compile(r"A-\d{4}")
CALLER_SECONDS = 60


@dataclass(frozen=True)
class Moment:
    """The nth call that the application, or its tool, makes of AWS: before it is carried out, or
    after.
    """

    number: int
    after: bool


@dataclass
class AgentHome:
    """The application, and what stands behind it.

    Attributes:
        calls: of AWS since the last `watch`, by the names of their operations.
    """

    application: Process
    faults: Faults
    calls: list[str] = field(default_factory=list)
    _moment: Moment | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def watch(self, moment: Moment | None = None) -> None:
        """Count calls from here on, and kill the application at this moment of them."""
        with self._lock:
            self.calls, self._moment = [], moment

    def kill(self) -> None:
        """End the application as a power cut would."""
        self.application.tell(signal.SIGKILL)

    def start(self) -> None:
        """Start the application again."""
        self.application.end(signal.SIGKILL)
        self.application.start()

    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.application.url, timeout=CALLER_SECONDS, verify=_NO_TLS)

    def order(self, *faults: Fault) -> None:
        self.faults.add(*faults)

    def place(self, order_id: str) -> None:
        """Place an order of the person's."""
        lines: Any = [{"product_id": "P-101", "name": "Granite trekking boots", "quantity": 1}]
        with opened(FUNCTION) as orders:
            orders.put_item(
                Item={
                    "customer": "local", "order_id": order_id, "status": "placed",
                    "placed": "2026-11-22", "lines": lines, "total": "189.00", "currency": "EUR",
                }
            )  # fmt: skip

    def status(self, order_id: str) -> str:
        with opened(FUNCTION) as orders:
            item = orders.get_item(Key={"customer": "local", "order_id": order_id})["Item"]
        return str(item["status"])

    def acts(self, order_id: str) -> int:
        """How often the tool has acted on an order."""
        with opened(ACTS) as acts:
            return sum(one["order_id"] == order_id for one in acts.scan()["Items"])

    def ask(self, order_id: str) -> JSON:
        """The call that waits once the agent is asked to cancel an order."""
        with self.http() as http:
            body = {"message": f"Cancel order {order_id}.", "mode": "agent"}
            answer = http.post("/chat", json=body).raise_for_status().json()
        waiting: JSON = next(one for one in answer["steps"] if one["kind"] == "confirm")
        return waiting

    def watched(self, service: str, handlers: WaitingService) -> WaitingService:
        """The handlers, counted."""
        return {name: self._watched(f"{service}.{name}", one) for name, one in handlers.items()}

    def _watched(self, name: str, handler: WaitingHandler) -> WaitingHandler:
        def watched(call: Call) -> Any:
            with self._lock:
                self.calls.append(name)
                number, moment = len(self.calls), self._moment
            if moment == Moment(number, after=False):
                self.kill()
            result = handler(call)
            if isawaitable(result):
                return waited(result, number, moment)
            if moment == Moment(number, after=True):
                self.kill()
            return result

        async def waited(result: Any, number: int, moment: Moment | None) -> Any:
            done = await result
            if moment == Moment(number, after=True):
                self.kill()
            return done

        return watched


@contextmanager
def opened(name: str) -> Iterator["Table"]:
    """A table, whose client is closed at the end."""
    one = table(name, CALLER_SECONDS)
    try:
        yield one
    finally:
        one.meta.client.close()


def converse(call: Call) -> JSON:
    """Cancels the order that the last message names; says what became of it, once that is known."""
    content: list[Mapping[str, Any]] = call.params["messages"][-1]["content"]
    results = [one["toolResult"] for one in content if "toolResult" in one]
    order = ORDER.search(" ".join(one.get("text", "") for one in content))
    return {"stream": iter(_events(results, order and order[0]))}


def _events(results: list[Any], order_id: str | None) -> Iterator[JSON]:
    yield {"messageStart": {"role": "assistant"}}
    if results or order_id is None:
        said = " ".join(f"It is {one['status']}." for one in results) or "Which order?"
        yield {"contentBlockDelta": {"delta": {"text": said}, "contentBlockIndex": 0}}
    else:
        use = {"toolUseId": f"use-{order_id}", "name": "cancel_order"}
        yield {"contentBlockStart": {"start": {"toolUse": use}, "contentBlockIndex": 0}}
        delta = {"toolUse": {"input": json.dumps({"order_id": order_id})}}
        yield {"contentBlockDelta": {"delta": delta, "contentBlockIndex": 0}}
    yield {"contentBlockStop": {"contentBlockIndex": 0}}
    calls = order_id is not None and not results
    yield {"messageStop": {"stopReason": "tool_use" if calls else "end_turn"}}
    usage = {"inputTokens": 9, "outputTokens": 4, "totalTokens": 13}
    yield {"metadata": {"usage": usage, "metrics": {"latencyMs": 1}}}


@contextmanager
def agent_home(folder: Path, model: Callable[[Call], JSON] = converse) -> Iterator[AgentHome]:
    """The application, served; boto3 of this process leads to what stands behind it."""
    log, port = folder / "application.log", str(free_port())
    process = Process("application", log, "app.web", ["--port", port], forked=True)
    home = AgentHome(process, Faults())
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ))
        queues = Queues(folder)
        stack.callback(queues.close)
        buckets, tables = Buckets(folder, queues), dynamodb.Tables(folder)
        stack.callback(buckets.close)
        stack.callback(tables.close)
        inner: dict[str, str] = {}
        functions = stack.enter_context(
            in_background(Functions(folder, queues, inner, retries=(0, 0)))
        )
        services = {
            "s3": s3.handlers(buckets, queues.send_to_arn, keys=KEYS),
            "dynamodb": dynamodb.handlers(tables),
            "lambda": lambda_.handlers(functions, queues, buckets),
            "bedrock-runtime": {"ConverseStream": model},
        }
        watched = {name: home.watched(name, one) for name, one in services.items()}
        url, _ = stack.enter_context(in_thread(Application(watched, folder / "s", home.faults)))
        inner.update(endpoint_variables(url))
        adopt(endpoint_variables(url), dropped=misleading_names(os.environ))
        _make()
        chosen = settings(tool_functions=f"orders={FUNCTION}", guardrail_id=None)
        process.environment = {**variables(chosen), **endpoint_variables(url)}
        process.start()
        stack.callback(process.end)
        yield home


def _make() -> None:
    """The bucket, the function, and the tables, which the function makes itself but for one."""
    aws, deploying = clients(CALLER_SECONDS), deployer(CALLER_SECONDS)
    aws.s3.create_bucket(Bucket=BUCKET)
    create(deploying.dynamodb, ACTS, ("call",))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("handler.py", CODE)
    deploying.lambda_.create_function(
        FunctionName=FUNCTION,
        Code={"ZipFile": archive.getvalue()},
        Runtime=RUNTIME,
        Handler="handler.handler",
        Role=ROLE,
        Timeout=SECONDS,
        Environment={"Variables": dict(declaration_of("orders").variables(FUNCTION))},
    )
    event = {"messageVersion": "1.0", "actionGroup": "orders", "function": "my_orders",
             "parameters": [], "sessionAttributes": {"principal": "local"}}  # fmt: skip
    answer = aws.lambda_.invoke(FunctionName=FUNCTION, Payload=json.dumps(event).encode())
    assert not answer.get("FunctionError"), answer["Payload"].read()
    answer["Payload"].close()
