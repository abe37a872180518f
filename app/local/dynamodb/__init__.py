"""DynamoDB: tables in memory, kept by moto.

The wire checks a request and puts the answer on the way, as for every service; in between stands
moto's server, called in this process and over no port of its own. It is imported when the first
request comes, so that a home without tables does without it.
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

# Those that a stack and its functions ask for.
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
    return dict.fromkeys(OPERATIONS, tables.ask)


class _Tables:
    """The tables of one account in one Region. Those of an earlier one in this process are gone."""

    def __init__(self, account: str, region: str) -> None:
        scope = f"{account}/20120810/{region}/dynamodb/aws4_request"
        self._headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=, Signature=",
            "X-Moto-Account-Id": account,
        }
        self._lock = Lock()

    def ask(self, call: Call) -> JSON:
        """The result of an operation.

        Raises:
            ServiceError: moto refuses it, or is not installed.
        """
        operation: Any = model(call.service).operation_model(call.operation)
        sent = to_json(operation.input_shape, call.params, operation.input_shape.members)
        target = f"{model(call.service).metadata['targetPrefix']}.{call.operation}"
        headers = self._headers | {"X-Amz-Target": target}
        server = self._server
        try:
            with self._lock:  # moto's tables do not expect two at once
                answer = server(headers, json.dumps(sent).encode())
        except Exception as error:
            # moto trusts a request further than DynamoDB does, and looks for what is not in it.
            message = f"The request does not make sense: {type(error).__name__} {error}."
            raise ServiceError(dialect("dynamodb").invalid, message) from error
        if answer.status_code >= 400:
            raise _refusal(answer.data)
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


def _refusal(body: bytes) -> ServiceError:
    """Moto's error, in the wire's words."""
    try:
        said = json.loads(body)
        code = said.pop("__type").rpartition("#")[2]
    except (ValueError, KeyError):
        words = body.decode(errors="replace")
        return ServiceError(dialect("dynamodb").internal, f"moto failed: {words}")
    message = said.pop("message", None) or said.pop("Message", "")
    return ServiceError(code, message, **said)
