"""moto's server of DynamoDB, called in this process. There is one in a process."""

import json
from collections.abc import Mapping
from typing import Any

from app.local.wire import JSON, ServiceError
from app.local.wire.errors import dialect

PREFIX = "DynamoDB_20120810"


class MotoServer:
    """The tables of one account in one region, none at first.

    Raises:
        ServiceError: NotImplementedException, moto is not installed.
    """

    def __init__(self, account: str, region: str) -> None:
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
        scope = f"{account}/20120810/{region}/dynamodb/aws4_request"
        self._headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=, Signature=",
            "X-Moto-Account-Id": account,
        }
        self._backends: Any = get_backend("dynamodb")
        self._account, self._region = account, region
        self._client = Client(DomainDispatcherApplication(create_backend_app))
        self.reset()

    def call(self, operation: str, body: JSON) -> bytes:
        """The body of the answer.

        Raises:
            ServiceError: moto refuses the request.
            Exception: of any kind. moto does not check all that DynamoDB does, and fails where
                something is missing.
        """
        headers = self._headers | {"X-Amz-Target": f"{PREFIX}.{operation}"}
        answer = self._client.post(
            "/",
            headers=headers,
            data=json.dumps(body).encode(),
            content_type="application/x-amz-json-1.0",
        )
        if answer.status_code >= 400:
            raise _error_of(answer.data)
        return bytes(answer.data)

    def reset(self) -> None:
        self._backends.reset()

    def put(self, table: str, item: JSON) -> None:
        """Put an item that was in the table before."""
        self._table(table).put_item(item)

    def facts(self, table: str) -> JSON:
        """What moto made up when it made a table, as JSON."""
        one = self._table(table)
        return {name: getattr(one, name) for name in _FACTS}

    def set_facts(self, table: str, facts: Mapping[str, Any]) -> None:
        for name, value in facts.items():
            setattr(self._table(table), name, value)

    def forget_policy(self, arn: str) -> None:
        """Remove the policy of a table that was deleted."""
        self._backend.resource_policies.pop(arn, None)

    @property
    def _backend(self) -> Any:
        return self._backends[self._account][self._region]

    def _table(self, name: str) -> Any:
        return self._backend.tables[name]


_FACTS = ("created_at", "latest_stream_label")


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
