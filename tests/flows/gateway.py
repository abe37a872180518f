"""API Gateway in front of an application in this process: every request goes as an event."""

from typing import Any

import httpx2 as httpx
from starlette.testclient import TestClient

from tests.lambdas.api_event import Caller, event, translated


class Gateway(TestClient):
    """A client whose requests reach the application as the web adapter hands them on.

    Args:
        caller: whom the authorizer finds them to come from.
    """

    def __init__(self, app: Any, caller: Caller) -> None:
        super().__init__(app, raise_server_exceptions=False)
        self.caller = caller

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """As httpx's client, with what the gateway and the adapter make of the request."""
        gateway_event = event(
            request.method,
            request.url.raw_path.decode(),
            body=request.read(),
            headers=list(request.headers.items()),
            caller=self.caller,
        )
        handed = translated(gateway_event)
        headers = [(name.encode(), value) for name, value in handed.headers.items()]
        return super().send(
            self.build_request(handed.method, handed.url, headers=headers, content=handed.body),
            **options,
        )
