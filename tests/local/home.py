"""A stand-in with S3, SQS and Lambda over a folder, and real boto3 clients in front of it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from app.local import lambda_, s3, sqs
from app.local.lambda_.runtime import Functions
from app.local.s3.storage import Buckets
from app.local.sqs.broker import Queues
from app.local.wire import Service
from tests.wire_server import Server, serving

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

KEYS = {"test": "test"}  # what tests/wire_server.py signs with


@dataclass
class Home:
    """Everything that runs over one folder."""

    folder: Path
    buckets: Buckets
    queues: Queues
    functions: Functions
    server: Server
    s3: "S3Client"
    sqs: "SQSClient"
    lambda_: "LambdaClient"

    def bucket(self, name: str) -> Path:
        return self.folder / "s3" / name


class BackgroundPart(Protocol):
    """A part of the stand-in that works by itself between `start` and `close`."""

    def start(self) -> None: ...

    def close(self) -> None: ...


Part = TypeVar("Part", bound=BackgroundPart)


@contextmanager
def running(part: Part) -> Iterator[Part]:
    """Run a part for as long as the context lasts."""
    part.start()
    try:
        yield part
    finally:
        part.close()


@contextmanager
def home(folder: Path, more: Mapping[str, Service] | None = None) -> Iterator[Home]:
    """`more`: services beside those three."""
    with ExitStack() as stack:
        queues = Queues(folder)
        stack.callback(queues.close)
        buckets = Buckets(folder, queues)
        stack.callback(buckets.close)
        environment: dict[str, str] = {}
        functions = stack.enter_context(
            running(Functions(folder, queues, environment, retries=(0, 0)))
        )
        services = {
            "s3": s3.handlers(buckets, queues.send_to_arn, keys=KEYS),
            "sqs": sqs.handlers(queues),
            "lambda": lambda_.handlers(functions, queues, buckets),
            **(more or {}),
        }
        server = stack.enter_context(serving(services))
        environment["AWS_ENDPOINT_URL"] = server.url
        clients = (server.client(name) for name in ("s3", "sqs", "lambda"))
        yield Home(folder, buckets, queues, functions, server, *clients)
