"""S3 with botocore as the oracle: every operation in both directions, every error.

botocore's S3 client adds to what it is given (checksums, lengths), so the handler has to get at
least what was sent. A few parameters cannot be just any value, because the client acts on them.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import OperationModel

from app.local.wire import JSON, ServiceError
from app.local.wire.models import model, operations
from tests.contract.test_wire import Stage, values, whole
from tests.wire_server import serving

FIXED = {"Bucket": "some-bucket", "ChecksumAlgorithm": "CRC32"}
COMPUTED = {"ContentLength", "ContentMD5", "ChecksumMode"}
UNREACHABLE = {
    "ListDirectoryBuckets",  # the path of ListBuckets, at a host of its own in AWS
    "OptionsBucket",  # no client of botocore's sends it, nor the next two
    "OptionsObject",
    "PostObject",
    "WriteGetObjectResponse",  # signed as another service, s3-object-lambda
}


@pytest.fixture(scope="module")
def s3() -> Iterator[Stage]:
    stages: dict[str, Stage] = {}
    handlers = {
        one.name: lambda call: stages[call.service].handler(call) for one in operations("s3")
    }
    with serving({"s3": handlers}) as server:
        stages["s3"] = Stage(server, "s3", response_checksum_validation="when_required")
        yield stages["s3"]


@pytest.fixture(autouse=True)
def _clear(s3: Stage) -> None:
    s3.error = None


def sendable(params: JSON) -> JSON:
    members = {name: value for name, value in params.items() if name not in COMPUTED}
    return {name: FIXED.get(name, value) for name, value in members.items()}


def returnable(result: JSON) -> JSON:
    """The length of a body is that of the body, and no other."""
    for value in result.values():
        if isinstance(value, bytes) and "ContentLength" in result:
            return result | {"ContentLength": len(value)}
    return result


def every() -> list[Any]:
    return [
        pytest.param(operation, id=operation.name)
        for operation in operations("s3")
        if operation.name not in UNREACHABLE and not operation.deprecated
    ]


@pytest.mark.parametrize("operation", every())
def test_an_operation_of_s3_in_both_directions(operation: OperationModel, s3: Stage) -> None:
    for params, result in values(operation):
        sent, returned = sendable(params), returnable(result)
        s3.result = returned
        answer = whole(s3.send(operation, sent))
        answer.pop("ExpiresString", None)  # botocore's own, beside Expires
        assert s3.operation == operation.name
        assert s3.params | sent == s3.params
        assert answer == returned


@pytest.mark.parametrize("shape", model("s3").error_shapes, ids=lambda shape: shape.name)
def test_every_error_of_s3(shape: Any, s3: Stage) -> None:
    s3.error = ServiceError(shape.name, "What a pity: <&>.", Key="k")
    with pytest.raises(ClientError) as caught:
        s3.client.get_object(Bucket="some-bucket", Key="some/key")
    response: Any = caught.value.response
    assert (
        response["ResponseMetadata"]["HTTPStatusCode"] == shape.metadata["error"]["httpStatusCode"]
    )
    assert response["Error"] == {
        "Code": shape.name,
        "Message": "What a pity: <&>.",
        "Key": "k",
        "Resource": "/some-bucket/some/key",
    }
