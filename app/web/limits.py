"""A body larger than any request of ours is refused before it is read."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import TooLarge
from app.web.problems import problem

LARGEST_BODY = 256 * 1024  # bytes; documents go to the bucket, not through here


class LimitBody:
    """Middleware that refuses a body by its declared length, or when it grows past the limit."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > LARGEST_BODY:
            await problem(_too_large())(scope, receive, send)
            return
        received = 0

        async def receive_within() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY:
                raise _too_large()
            return message

        await self.app(scope, receive_within, send)


def _too_large() -> TooLarge:
    return TooLarge(f"The body may have {LARGEST_BODY} bytes at most.", field="body")
