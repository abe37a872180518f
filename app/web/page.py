"""The page: the files of `app/page`, built, where no other server has them.

    /               index.html, never kept by a browser
    /assets/...     files whose names change with their content, kept for good

Only the laptop's application serves it; a caller of a stack signs in first. Its policy lets it run
its own script and nothing else: https://www.w3.org/TR/CSP3/. It may call the application, and the
documents bucket, to which it uploads.
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

BUILT = Path(__file__).parents[1] / "page" / "dist"
MISSING = (
    "The page is not built here. In a checkout of Outcrop, `make page` builds it; without it, "
    "`outcrop ask` and `outcrop chat` do the same in a terminal.\n"
)
FOR_GOOD = "public, max-age=31536000, immutable"


def serve_page(app: FastAPI, bucket_url: Callable[[], str], built: Path = BUILT) -> None:
    """Serve the page at `/`. Where it is not built, `/` says so.

    Args:
        bucket_url: gives an address of the service that has the documents.
    """

    async def index() -> Response:
        page = built / "index.html"
        if not page.is_file():
            return PlainTextResponse(MISSING, 503)
        headers = {"cache-control": "no-cache", **security_headers(bucket_url())}
        return FileResponse(page, headers=headers)

    app.add_api_route("/", index, include_in_schema=False)
    if built.is_dir():
        app.mount("/assets", _Assets(directory=built / "assets"))
        icon = FileResponse(built / "icon.svg", headers={"cache-control": "max-age=86400"})
        app.add_api_route("/icon.svg", lambda: icon, include_in_schema=False)


def security_headers(bucket_url: str) -> dict[str, str]:
    """What a browser is told of the page.

    >>> security_headers("http://127.0.0.1:4000/x")["content-security-policy"].split("; ")[3]
    "connect-src 'self' http://127.0.0.1:4000"
    """
    address = urlsplit(bucket_url)
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"connect-src 'self' {address.scheme}://{address.netloc}",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
    return {
        "content-security-policy": "; ".join(policy),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }


class _Assets(StaticFiles):
    """Files that never change under their names."""

    def file_response(self, *args: object, **options: object) -> Response:
        response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers["cache-control"] = FOR_GOOD
        response.headers["x-content-type-options"] = "nosniff"
        return response
