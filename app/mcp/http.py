"""MCP over streamable HTTP: any number of clients, on one port of this machine.

Every page in a browser can send requests to the port, so the Host and the Origin of each are
checked (`app.admission`). Where tokens are asked for, a session belongs to the principal in the
token that began it, and is not found by anyone else.
"""

import socket
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from mcp.server import Server
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import INVALID_REQUEST
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from app.admission import Admission
from app.errors import Forbidden, OperatorError
from app.mcp.arguments import LARGEST
from app.mcp.tokens import TokenVerifier

PATH = "/mcp"
LARGEST_BODY = 2 * LARGEST
"""The most bytes of a request: of the arguments of a call, and all around them."""
MOST_SESSIONS = 500
IDLE_SECONDS = 1800
GRACE_SECONDS = 3


def http_application(
    server: "Server[Any]", url: str, tokens: TokenVerifier | None = None, origin: str | None = None
) -> ASGIApp:
    """The ASGI application of a server.

    Args:
        url: where clients call it, with its path.
        tokens: verifies those that every request has to send.
        origin: the page that may call.
    """
    application: ASGIApp = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=LARGEST_BODY,
        session_idle_timeout=IDLE_SECONDS,
        max_sessions=MOST_SESSIONS,
        # The SDK's own check knows no ports, and no Sec-Fetch-Site; `Admission` is around it.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        auth=_auth(tokens, url) if tokens else None,
        token_verifier=tokens,
    )
    return Admission(application, origin, _refusal, {urlsplit(url).netloc.lower()})


class HttpServer(uvicorn.Server):
    """Serves an application, and prints its URL once it accepts requests.

    Args:
        host: the address to listen at.
        port: 0 takes a free one.
    """

    def __init__(self, application: ASGIApp, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                host=host,
                port=port,
                log_config=None,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            name = f"[{host}]" if ":" in host else host
            print(f"http://{name}:{port}{PATH}", flush=True)  # noqa: T201 - whoever started it reads it


def public_url(url: str | None, host: str, port: int, tokens: TokenVerifier | None) -> str:
    """The URL where clients call the server.

    Raises:
        OperatorError: other machines could call it without a token, or it has no URL for them.
    """
    if host in ("127.0.0.1", "::1", "localhost"):
        return url or f"http://127.0.0.1:{port}{PATH}"
    if tokens is None:
        raise OperatorError(
            f"At {host} other machines can call: set OUTCROP_MCP_ISSUER and OUTCROP_MCP_AUDIENCE, "
            "so that every request has to send a token."
        )
    if url is None:
        raise OperatorError(
            f"At {host} other machines can call: say by which URL, as --public-url "
            f"https://mcp.example.com{PATH}, because requests for any other name are refused."
        )
    return url


def _auth(tokens: TokenVerifier, url: str) -> AuthSettings:
    # From texts: an issuer without a path would get a slash at its end, and be another one.
    return AuthSettings.model_validate(
        {
            "issuer_url": tokens.issuer,
            "resource_server_url": url,
            "validate_token_resource": False,  # `TokenVerifier` checks the audience
        }
    )


def _refusal(error: Forbidden) -> JSONResponse:
    body = {"code": INVALID_REQUEST, "message": error.detail, "data": {"field": error.field}}
    return JSONResponse({"jsonrpc": "2.0", "id": None, "error": body}, error.status)
