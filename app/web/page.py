"""The page: the files of `app/page`, built, where no other server has them.

    /               index.html, never kept by a browser
    /config.json    what it has to know of its home (`app.page_config`)
    /assets/...     files whose names change with their content, kept for good

Its policy (`app.page_policy`) lets it run its own script and nothing else. It may call the
application, and the documents bucket, to which it uploads.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from app.page_config import LAPTOP, Config, in_aws
from app.page_policy import A_DAY, FOR_GOOD, HSTS_SECONDS, NEVER_KEPT, security_headers
from app.settings import Settings

BUILT = Path(__file__).parents[1] / "page" / "dist"
HSTS = f"max-age={HSTS_SECONDS}"
MISSING = (
    "The page is not built here. In a checkout of Outcrop, `make page` builds it; without it, "
    "`outcrop ask` and `outcrop chat` do the same in a terminal.\n"
)


def serve_page(
    app: FastAPI,
    callees: Callable[[], Sequence[str]],
    built: Path = BUILT,
    config: Config = LAPTOP,
) -> None:
    """Serve the page at `/`. Where it is not built, `/` says so.

    Args:
        callees: gives the origins that its script may call beside its own.
    """
    over_tls = {} if config["signIn"] is None else {"strict-transport-security": HSTS}

    async def configuration() -> Response:
        return JSONResponse(config, headers={"cache-control": NEVER_KEPT})

    async def index() -> Response:
        page = built / "index.html"
        if not page.is_file():
            return PlainTextResponse(MISSING, 503)
        headers = {"cache-control": NEVER_KEPT, **security_headers(*callees()), **over_tls}
        return FileResponse(page, headers=headers)

    app.add_api_route("/", index, include_in_schema=False)
    app.add_api_route("/config.json", configuration, include_in_schema=False)
    if built.is_dir():
        app.mount("/assets", _Assets(directory=built / "assets"))
        icon = FileResponse(built / "icon.svg", headers={"cache-control": A_DAY})
        app.add_api_route("/icon.svg", lambda: icon, include_in_schema=False)


def is_of_page(path: str) -> bool:
    """Whether a path is one of the page's, which is shown to people who have not signed in yet.

    >>> is_of_page("/"), is_of_page("/assets/index-0f.js"), is_of_page("/assets.json")
    (True, True, False)
    """
    return path in ("/", "/config.json", "/icon.svg") or path.startswith("/assets/")


def page_config(settings: Settings) -> Config | None:
    """What the page is told, where the application serves it; None where it does not."""
    if settings.auth == "local":
        return {**LAPTOP, "inside": settings.inside_url is not None}
    authority, issuer = settings.sign_in_authority, settings.sign_in_issuer
    client_id = settings.sign_in_client
    if not authority or not issuer or not client_id:
        return None
    return in_aws(".", authority=authority, issuer=issuer, client_id=client_id)


def page_callees(settings: Settings, endpoint: str) -> Sequence[str]:
    """The origins that the page's script may call: of the documents bucket and of the sign-in page.

    Args:
        endpoint: of S3. A bucket's own host is below it, but on a laptop, where it is an address.
    """
    address = urlsplit(endpoint)
    if settings.auth == "local":
        return [f"{address.scheme}://{address.netloc}"]
    bucket = f"{address.scheme}://{settings.documents_bucket}.{address.netloc}"
    return [bucket, *([settings.sign_in_authority] if settings.sign_in_authority else [])]


class _Assets(StaticFiles):
    """Files that never change under their names."""

    def file_response(self, *args: object, **options: object) -> Response:
        response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers["cache-control"] = FOR_GOOD
        response.headers["x-content-type-options"] = "nosniff"
        return response
