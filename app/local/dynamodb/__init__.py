"""DynamoDB: tables in memory, kept by moto.

The wire checks a request and sends the answer, as for every service. In between, moto's server is
called in this process, without a port of its own. It is imported at the first request, so that
homes without tables do not load it.
"""

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from threading import Lock
from typing import Any

from app.local.wire import JSON, Call, Service, ServiceError
from app.local.wire.errors import dialect
from app.local.wire.json_body import decode, to_json
from app.local.wire.models import model

# The operations that a stack and its functions use.
OPERATIONS = [
    "CreateTable",
    "DescribeTable",
    "UpdateTable",
    "DeleteTable",
    "ListTables",
    "TagResource",
    "UntagResource",
    "ListTagsOfResource",
    "DescribeTimeToLive",
    "UpdateTimeToLive",
    "DescribeContinuousBackups",
    "UpdateContinuousBackups",
    "PutResourcePolicy",
    "GetResourcePolicy",
    "DeleteResourcePolicy",
    "GetItem",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "Query",
    "Scan",
    "BatchGetItem",
    "BatchWriteItem",
    "TransactGetItems",
    "TransactWriteItems",
]

_Server = Callable[[Mapping[str, str], bytes], Any]


def handlers(account: str = "000000000000", region: str = "us-east-1") -> Service:
    """DynamoDB's operations. The tables live as long as this process."""
    tables = _Tables(account, region)
    return dict.fromkeys(OPERATIONS, tables.call)


class _Tables:
    """The tables of one account in one region. A new instance starts without tables."""

    def __init__(self, account: str, region: str) -> None:
        scope = f"{account}/20120810/{region}/dynamodb/aws4_request"
        self._headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=, Signature=",
            "X-Moto-Account-Id": account,
        }
        self._lock = Lock()

    def call(self, request: Call) -> JSON:
        """The result of an operation.

        Raises:
            ServiceError: moto refuses the request, or is not installed.
        """
        operation: Any = model(request.service).operation_model(request.operation)
        body = to_json(operation.input_shape, request.params, operation.input_shape.members)
        target = f"{model(request.service).metadata['targetPrefix']}.{request.operation}"
        headers = self._headers | {"X-Amz-Target": target}
        server = self._server
        try:
            with self._lock:  # moto's tables are not safe for two threads at once
                answer = server(headers, json.dumps(body).encode())
        except Exception as error:
            # moto does not check all that DynamoDB does, and fails where something is missing.
            message = f"The request does not make sense: {type(error).__name__} {error}."
            raise ServiceError(dialect("dynamodb").invalid, message) from error
        if answer.status_code >= 400:
            raise _error_of(answer.data)
        shape = operation.output_shape
        return decode(shape, answer.data, shape.members) if shape else {}

    @cached_property
    def _server(self) -> _Server:
        """Moto's server, without any tables."""
        try:
            from moto.backends import get_backend
            from moto.moto_server.werkzeug_app import (
                DomainDispatcherApplication,
                create_backend_app,
            )
            from werkzeug.test import Client
        except ImportError as error:
            message = (
                f"The stand-in keeps its DynamoDB tables with moto, which cannot be imported "
                f"({error}). `make up` installs it."
            )
            raise ServiceError(dialect("dynamodb").missing, message) from error
        get_backend("dynamodb").reset()
        client = Client(DomainDispatcherApplication(create_backend_app))
        return lambda headers, body: client.post(
            "/", headers=headers, data=body, content_type="application/x-amz-json-1.0"
        )


def _error_of(body: bytes) -> ServiceError:
    """Moto's error as a ServiceError."""
    try:
        members = json.loads(body)
        code = members.pop("__type").rpartition("#")[2]
    except (ValueError, KeyError):
        text = body.decode(errors="replace")
        return ServiceError(dialect("dynamodb").internal, f"moto failed: {text}")
    message = members.pop("message", None) or members.pop("Message", "")
    return ServiceError(code, message, **members)
