"""Checks the source of requests where no API Gateway does: of the application on the laptop, and of
MCP over HTTP.

There, every page in a browser can send requests to the server's port. Three headers identify a
page's requests, and a page cannot forge them:

    Host             the server that the browser means; another name if a page's own name leads to
                     127.0.0.1 (DNS rebinding)
    Origin           the page's origin: `OUTCROP_ORIGIN`, the application's own, or another
    Sec-Fetch-Site   the page's relation to the server: https://www.w3.org/TR/fetch-metadata/.
                     Another port of this machine is `same-site`; `none` is a person's own request

In AWS this does not apply. The Host there is API Gateway's or a domain's, only the adapter reaches
the function, and a caller is identified by a token or a signature, which a browser never adds by
itself.
"""

import re
from collections.abc import Callable, Collection, Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Forbidden

# Browsers and resolvers hold names under .localhost to this machine: RFC 6761, section 6.3.
_HOST = re.compile(r"(127\.0\.0\.1|\[::1\]|([\w.-]+\.)?localhost)(:\d{1,5})?", re.ASCII | re.I)


class Admission:
    """Middleware that refuses requests for other servers, and requests of other pages.

    Args:
        origin: the page that may call, beside the server's own.
        refusal: makes the response to a request that is refused.
        hosts: further names of the server, each with its port if it is not the scheme's own.
    """

    def __init__(
        self,
        app: ASGIApp,
        origin: str | None,
        refusal: Callable[[Forbidden], ASGIApp],
        hosts: Collection[str] = (),
    ) -> None:
        self.app, self.origin, self.refusal, self.hosts = app, origin, refusal, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            try:
                check(Headers(scope=scope), self.origin, self.hosts)
            except Forbidden as error:
                await self.refusal(error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def check(headers: Mapping[str, str], allowed: str | None, hosts: Collection[str] = ()) -> None:
    """Check the headers of a request; names are in lower case. Arguments as of `Admission`.

    Raises:
        Forbidden: the request is for another server, or from a page that may not call.
    """
    host = headers.get("host", "")
    if not _HOST.fullmatch(host) and host.lower() not in hosts:
        raise Forbidden(
            f"{host!r} is no name of this server; call it as 127.0.0.1 or localhost.", field="host"
        )
    origin = headers.get("origin")
    own = (f"http://{host}", f"https://{host}") if host.lower() in hosts else (f"http://{host}",)
    if origin is not None and origin not in (allowed, *own):
        raise Forbidden(
            f"Pages of {origin} may not call; the page that OUTCROP_ORIGIN names may.",
            field="origin",
        )
    if origin is None and headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Forbidden("A page of another origin may not call.", field="sec-fetch-site")
