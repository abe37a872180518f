"""The page: the files of `app/page`, built, where no other server has them.

    /               index.html, never kept by a browser
    /config.json    what it has to know of its home (`app.page_config`)
    /assets/...     files whose names change with their content, kept for good

Its policy (`app.page_policy`) lets it run its own script and nothing else. It may call the
application, and the documents bucket, to which it uploads.
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from app.page_config import LAPTOP, Config
from app.page_policy import A_DAY, FOR_GOOD, NEVER_KEPT, security_headers

BUILT = Path(__file__).parents[1] / "page" / "dist"
MISSING = (
    "The page is not built here. In a checkout of Outcrop, `make page` builds it; without it, "
    "`outcrop ask` and `outcrop chat` do the same in a terminal.\n"
)


def serve_page(
    app: FastAPI, bucket_url: Callable[[], str], built: Path = BUILT, config: Config = LAPTOP
) -> None:
    """Serve the page at `/`. Where it is not built, `/` says so.

    Args:
        bucket_url: gives an address of the service that has the documents.
    """

    async def configuration() -> Response:
        return JSONResponse(config, headers={"cache-control": NEVER_KEPT})

    async def index() -> Response:
        page = built / "index.html"
        if not page.is_file():
            return PlainTextResponse(MISSING, 503)
        headers = {"cache-control": NEVER_KEPT, **security_headers(_origin(bucket_url()))}
        return FileResponse(page, headers=headers)

    app.add_api_route("/", index, include_in_schema=False)
    app.add_api_route("/config.json", configuration, include_in_schema=False)
    if built.is_dir():
        app.mount("/assets", _Assets(directory=built / "assets"))
        icon = FileResponse(built / "icon.svg", headers={"cache-control": A_DAY})
        app.add_api_route("/icon.svg", lambda: icon, include_in_schema=False)


def _origin(url: str) -> str:
    """The origin of an address.

    >>> _origin("http://127.0.0.1:4000/x")
    'http://127.0.0.1:4000'
    """
    address = urlsplit(url)
    return f"{address.scheme}://{address.netloc}"


class _Assets(StaticFiles):
    """Files that never change under their names."""

    def file_response(self, *args: object, **options: object) -> Response:
        response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers["cache-control"] = FOR_GOOD
        response.headers["x-content-type-options"] = "nosniff"
        return response
