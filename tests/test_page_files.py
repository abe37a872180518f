"""What a deployment uploads is built of the sources that are there, or said not to be."""

import shutil
from pathlib import Path

import pytest

from app.page_files import PAGE, SOURCES, STAMP, NotBuilt, copy_to, digest, files


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The page's sources, and what a build of them left."""
    copy = tmp_path / "page"
    copy.mkdir()
    for name in SOURCES:
        shutil.copy(PAGE / name, copy / name)
    for folder in ("public", "src"):
        shutil.copytree(PAGE / folder, copy / folder)
    (copy / "dist" / "assets").mkdir(parents=True)
    (copy / "dist" / "index.html").write_text("<head>")
    (copy / "dist" / "assets" / "index-0f.js").write_text("0")
    (copy / "dist" / STAMP).write_text(digest(copy))
    return copy


def test_what_is_built_is_taken_without_its_stamp(page: Path, tmp_path: Path) -> None:
    copy_to(tmp_path / "taken", page)
    taken = {
        str(path.relative_to(tmp_path / "taken")) for path in (tmp_path / "taken").rglob("*.*")
    }
    assert taken == {"index.html", "assets/index-0f.js"}


@pytest.mark.parametrize("source", ["src/main.tsx", "package-lock.json", "public/icon.svg"])
def test_a_build_of_other_sources_is_said(page: Path, source: str) -> None:
    (page / source).write_text("other")
    with pytest.raises(NotBuilt, match=r"other sources.*`make page` builds it.*-c page=none"):
        list(files(page))


def test_a_page_that_is_not_built_is_said(page: Path) -> None:
    shutil.rmtree(page / "dist")
    with pytest.raises(NotBuilt, match="is not built"):
        list(files(page))


def test_a_new_source_makes_another_digest(page: Path) -> None:
    before = digest(page)
    (page / "src" / "new.ts").write_text("")
    assert digest(page) != before
