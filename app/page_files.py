"""The files of the page, as `make page` builds them.

    python -m app.page_files     write what they were built of, beside them; `make page` does

A deployment uploads what is built, and `outcrop up` serves it, so the build has to be of the
sources that are there.
"""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

PAGE = ROOT / "app" / "page"
BUILT = PAGE / "dist"
STAMP = ".sources"
"""The file, beside those of the page, with the digest of the sources."""

SOURCES = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
HOW = (
    "`make page` builds it, with the Node that comes as a Python package; without a page, deploy "
    "with -c page=none."
)
MISSING = "The page is not built."
STALE = "The page was built of other sources than those that are there."


class NotBuilt(Exception):
    """The page is not built, or of other sources; the message says what to do."""


def digest(page: Path = PAGE) -> str:
    """The hash of all that the page is built of."""
    sha256 = hashlib.sha256()
    for path in _sources(page):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        sha256.update(f"{path.relative_to(page)} {content}\n".encode())
    return sha256.hexdigest()


def fault(page: Path = PAGE) -> str:
    """What is wrong with the build; empty if nothing is."""
    built = page / BUILT.name
    if not (built / "index.html").is_file():
        return MISSING
    if not (page / SOURCES[0]).is_file():
        return ""  # an installed package has no sources to compare with
    stamp = built / STAMP
    if not stamp.is_file() or stamp.read_text() != digest(page):
        return STALE
    return ""


def files(page: Path = PAGE) -> Iterator[Path]:
    """The built files.

    Raises:
        NotBuilt: there are none, or they are of other sources than those that are there.
    """
    if wrong := fault(page):
        raise NotBuilt(f"{wrong} {HOW}")
    built = page / BUILT.name
    stamp = built / STAMP
    yield from (path for path in sorted(built.rglob("*")) if path.is_file() and path != stamp)


def copy_to(target: Path, page: Path = PAGE) -> None:
    """Copy the built files into a folder.

    Raises:
        NotBuilt: as `files`.
    """
    for path in files(page):
        copy = target / path.relative_to(page / BUILT.name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)


def main() -> None:
    """Write the stamp."""
    (BUILT / STAMP).write_text(digest())


def _sources(page: Path) -> Iterator[Path]:
    yield from (page / name for name in SOURCES)
    for folder in ("public", "src"):
        yield from (path for path in sorted((page / folder).rglob("*")) if path.is_file())


if __name__ == "__main__":
    main()
