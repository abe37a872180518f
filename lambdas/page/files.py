"""The build's files as objects, each with its type and how long a browser may keep it.

index.html     never kept. It says, exactly, whom its script may call: the names of the bucket
               and the sign-in page are known only when they have been made
config.json    never kept; made here
assets/...     for good: their names change with their content
"""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath

from app.page_config import Config
from app.page_policy import A_DAY, FOR_GOOD, NEVER_KEPT, directives, written

INDEX, CONFIG, ASSETS = "index.html", "config.json", "assets/"
HEAD = "<head>"

NARROWED = ("connect-src", "frame-src")
"""The directives with names that CloudFront's headers cannot have."""

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""A browser runs a script only if its type says that it is one, since it is told not to guess."""


class UnknownFile(Exception):
    """A file whose type is in no list, or an index.html with no head."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """An object of the bucket."""

    key: str
    content: bytes
    content_type: str
    cache_control: str


def page_files(build: bytes, config: Config, callees: Sequence[str]) -> Iterator[PageFile]:
    """The objects of a build, index.html last: it names the others.

    Args:
        build: a ZIP archive.
        callees: the origins that the page's script may call beside its own.

    Raises:
        UnknownFile: naming the file.
    """
    with zipfile.ZipFile(io.BytesIO(build)) as archive:
        names = [one.filename for one in archive.infolist() if not one.is_dir()]
        for name in sorted(names):
            if name not in (INDEX, CONFIG):
                cache_control = FOR_GOOD if name.startswith(ASSETS) else A_DAY
                yield PageFile(name, archive.read(name), _type(name), cache_control)
        content = json.dumps(config).encode()
        yield PageFile(CONFIG, content, TYPES[".json"], NEVER_KEPT)
        index = narrowed(archive.read(INDEX).decode(), callees)
        yield PageFile(INDEX, index.encode(), TYPES[".html"], NEVER_KEPT)


def narrowed(index: str, callees: Sequence[str]) -> str:
    """The page, with a policy of its own beside that of its headers: both hold.

    >>> print(narrowed("<head>", ["https://b.example"]).partition(" content=")[2])
    "connect-src 'self' https://b.example; frame-src https://b.example" />

    Raises:
        UnknownFile: it has no head.
    """
    if index.count(HEAD) != 1:
        raise UnknownFile(f"{INDEX} has no {HEAD}, where its policy has to be")
    exact = {name: one for name, one in directives(*callees).items() if name in NARROWED}
    policy = escape(written(exact), quote=False)
    policy = policy.replace('"', "&quot;")  # its own quotes are single ones, and stay readable
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}" />'
    return index.replace(HEAD, HEAD + meta)


def _type(name: str) -> str:
    try:
        return TYPES[PurePosixPath(name).suffix]
    except KeyError:
        raise UnknownFile(f"{name} is of no type that a page has; see lambdas/page") from None
