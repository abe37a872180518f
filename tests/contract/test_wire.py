"""botocore is the oracle: it writes the requests that we read, and reads the answers that we write.

For every operation of every service that speaks JSON: parameters are made from the input shape, a
real client sends them, and the handler must have got the same; a result is made from the output
shape, the handler returns it, and the client must have got the same. Likewise every error and every
event. S3 has a file of its own, for its client rewrites much.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import chain, zip_longest
from typing import Any

import pytest
from botocore import xform_name
from botocore.eventstream import EventStream
from botocore.exceptions import ClientError, EventStreamError
from botocore.model import OperationModel
from botocore.response import StreamingBody

from app.local.wire import JSON, SERVICES, Call, ServiceError
from app.local.wire.models import model, operations, streaming_payload
from tests.contract.wire_values import examples
from tests.wire_server import Server, serving

JSON_SERVICES = [service for service in SERVICES if service != "s3"]

# boto3 has no method for it: HTTP/2 streams both ways. It is answered as not being there.
UNREACHABLE = {"InvokeModelWithBidirectionalStream"}


class Stage:
    """A service with one handler for all operations: it notes the call, and does as it is told."""

    def __init__(self, server: Server, service: str, **config: Any) -> None:
        self.client = server.client(service, **config)
        self.operation = ""
        self.params: JSON = {}
        self.result: JSON = {}
        self.error: ServiceError | None = None

    def handler(self, call: Call) -> JSON:
        self.operation, self.params = call.operation, call.params
        if call.body:
            payload = streaming_payload(model(call.service).operation_model(call.operation))
            self.params[str(payload)] = call.body.path.read_bytes()
        if self.error:
            raise self.error
        return self.result

    def send(self, operation: OperationModel, params: JSON) -> JSON:
        answer: JSON = getattr(self.client, xform_name(operation.name))(**params)
        return answer


@pytest.fixture(scope="module")
def stages() -> Iterator[dict[str, Stage]]:
    """Each service alone, for two of them share paths."""
    with ExitStack() as stack:
        stages: dict[str, Stage] = {}
        for service in JSON_SERVICES:
            handlers = {
                one.name: lambda call: stages[call.service].handler(call)
                for one in operations(service)
            }
            stages[service] = Stage(stack.enter_context(serving({service: handlers})), service)
        yield stages


@pytest.fixture
def stage(stages: dict[str, Stage], operation: OperationModel) -> Stage:
    stage = stages[operation.service_model.service_name]
    stage.error = None
    return stage


def every(services: list[str], streams: bool = False) -> list[Any]:
    return [
        pytest.param(operation, id=f"{service}-{operation.name}")
        for service in services
        for operation in operations(service)
        if operation.name not in UNREACHABLE and operation.has_event_stream_output >= streams
    ]


def stream_of(operation: OperationModel) -> tuple[str, Any]:
    """The name and the shape of an operation's stream of events."""
    shape: Any = operation.output_shape
    name = shape.event_stream_name
    return name, shape.members[name]


def made(shape: Any) -> list[JSON]:
    return list(examples(shape)) if shape else [{}]


def values(operation: OperationModel) -> Iterator[tuple[JSON, JSON]]:
    """Parameters and results, as many as the richer of the two shapes needs."""
    inputs, outputs = made(operation.input_shape), made(operation.output_shape)
    for sent, returned in zip_longest(inputs, outputs):
        result = returned or outputs[0]
        if operation.has_event_stream_output:
            result |= {stream_of(operation)[0]: []}
        yield sent or inputs[0], result


def whole(answer: JSON) -> JSON:
    """An answer without what every answer has; streams of bytes and of events read to their end."""
    plain = {}
    for name, value in answer.items():
        plain[name] = value.read() if isinstance(value, StreamingBody) else value
        plain[name] = list(value) if isinstance(value, EventStream) else plain[name]
    del plain["ResponseMetadata"]
    return plain


@pytest.mark.parametrize("operation", every(JSON_SERVICES))
def test_an_operation_in_both_directions(operation: OperationModel, stage: Stage) -> None:
    for sent, returned in values(operation):
        stage.result = returned
        answer = stage.send(operation, sent)
        assert stage.operation == operation.name
        assert stage.params == sent
        assert whole(answer) == returned


@pytest.mark.parametrize("operation", every(JSON_SERVICES, streams=True))
def test_every_event_of_a_stream(operation: OperationModel, stage: Stage) -> None:
    name, shape = stream_of(operation)
    events = [
        {member: value}
        for member, event_shape in shape.members.items()
        if not event_shape.metadata.get("exception")
        for value in examples(event_shape)
    ]
    stage.result = made(operation.output_shape)[0] | {name: iter(events)}
    answer = stage.send(operation, made(operation.input_shape)[0])
    assert list(answer[name]) == events


@pytest.mark.parametrize("operation", every(JSON_SERVICES, streams=True))
def test_every_exception_of_a_stream(operation: OperationModel, stage: Stage) -> None:
    name, shape = stream_of(operation)
    exceptions = {
        member: exception
        for member, exception in shape.members.items()
        if exception.metadata.get("exception")
    }
    assert exceptions or operation.service_model.service_name == "lambda"

    def failing(code: str) -> Iterator[JSON]:
        yield from ()
        raise ServiceError(code, "What a pity.")

    for member, exception in exceptions.items():
        stage.result = made(operation.output_shape)[0] | {name: failing(exception.name)}
        answer = stage.send(operation, made(operation.input_shape)[0])
        with closing(answer[name]) as stream, pytest.raises(EventStreamError) as caught:
            list(stream)
        assert caught.value.response["Error"] == {"Code": member, "Message": "What a pity."}


def every_error() -> list[Any]:
    """Each error of each service, with an operation that raises it."""
    raised: dict[tuple[str, str], Any] = {}
    for operation in chain.from_iterable(map(operations, JSON_SERVICES)):
        if operation.name not in UNREACHABLE:
            service = operation.service_model.service_name
            raised |= {
                (service, shape.name): (operation, shape) for shape in operation.error_shapes
            }
    return [pytest.param(*pair, id="-".join(key)) for key, pair in raised.items()]


@pytest.mark.parametrize(("operation", "shape"), every_error())
def test_every_error(operation: OperationModel, shape: Any, stage: Stage) -> None:
    members = {
        name: value for name, value in next(examples(shape)).items() if name.lower() != "message"
    }
    stage.error = ServiceError(shape.name, "What a pity.", **members)
    with pytest.raises(ClientError) as caught:
        stage.send(operation, made(operation.input_shape)[0])
    response: Any = caught.value.response
    code = response["Error"].get("QueryErrorCode", response["Error"]["Code"])
    assert code == shape.metadata.get("error", {}).get("code", shape.name)
    assert type(caught.value).__name__ == shape.name
    assert response["Error"]["Message"] == "What a pity."
    expected = shape.metadata.get("error", {}).get("httpStatusCode", 400)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == expected
    assert {name: response.get(name) for name in members} == members
