"""Changes that the file system tells: the rest of a folder is not looked at."""

import errno
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.local.s3.storage import Buckets, FolderScanner, external_changes
from app.local.s3.storage.external_changes import Changes, FolderWatch
from app.local.s3.storage.folder import Folder
from tests.local.home import running
from tests.local.s3.putting import put

SECONDS = 20


@pytest.fixture
def watched(buckets: Buckets) -> Iterator[Buckets]:
    """Buckets whose folders are watched, and have been looked over once."""
    watch = FolderWatch(buckets.root, buckets.changes)
    watch.start()
    until(lambda: buckets.changes.take("documents", whole=True) is not None)
    buckets.refresh("documents")
    yield buckets
    watch.close()


def until(condition: object) -> None:
    """Returns once the condition holds."""
    assert callable(condition)
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def keys(buckets: Buckets) -> list[str]:
    return [item.key for item in buckets.list("documents")]


def never(*_: object) -> None:
    raise AssertionError("the whole folder was looked at")


def test_a_change_by_hand_is_noticed_without_checking_other_files(
    watched: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Folder, "walk", never)
    folder = watched.root / "documents"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "deep.md").write_text("deep")
    (folder / "top.md").write_text("top")
    until(lambda: keys(watched) == ["a/b/deep.md", "top.md"])
    (folder / "top.md").write_text("changed")
    until(lambda: next(watched.list("documents", "top.md")).size == 7)
    (folder / "a").rename(folder / "c")
    until(lambda: keys(watched) == ["c/b/deep.md", "top.md"])
    (folder / "top.md").unlink()
    until(lambda: keys(watched) == ["c/b/deep.md"])


def test_a_folder_that_comes_full_is_taken_whole(
    watched: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Folder, "walk", never)
    outside = watched.root.parent / "outside"
    (outside / "sub").mkdir(parents=True)
    for number in range(5):
        (outside / "sub" / f"{number}.md").write_text("x")
    outside.rename(watched.root / "documents" / "moved")
    until(lambda: keys(watched) == [f"moved/sub/{number}.md" for number in range(5)])


def test_a_file_that_may_still_be_written_to_is_checked_again(watched: Buckets) -> None:
    (watched.root / "documents" / "new.md").write_text("half")
    until(lambda: "new.md" in (watched.changes._paths.get("documents") or ()))
    watched.refresh("documents", quiet=60)
    assert not list(watched.changes._paths["documents"] - {"new.md"})
    assert keys(watched) == ["new.md"]


def test_after_a_failed_check_every_file_is_checked(
    watched: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    (watched.root / "documents" / "new.md").write_text("x")
    until(lambda: watched.changes._paths.get("documents"))
    with monkeypatch.context() as patch:
        patch.setattr(watched, "_record", never)
        with pytest.raises(AssertionError):
            watched.refresh("documents")
    assert keys(watched) == ["new.md"]


def test_without_a_watch_every_file_is_checked(
    buckets: Buckets, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Refusing:
        def __iter__(self) -> Iterator[set[tuple[object, str]]]:
            raise OSError(errno.ENOSPC, "OS file watch limit reached")

        def close(self) -> None:
            pass

    def refuse(*_: object, **__: object) -> Refusing:
        return Refusing()

    monkeypatch.setattr(external_changes, "watch", refuse)
    with caplog.at_level(logging.WARNING), running(FolderScanner(buckets)):
        until(lambda: caplog.records)
        (buckets.root / "documents" / "a.md").write_text("x")
        assert keys(buckets) == ["a.md"]
    assert "watch limit" in caplog.text


def test_every_file_is_checked_from_time_to_time() -> None:
    now = [0.0]
    changes = Changes(lambda: now[0])
    assert changes.take("b", whole=True) is None  # nobody watches
    changes.begin()
    assert changes.take("b", whole=False) is None  # a part of it is not all
    assert changes.take("b", whole=True) is None
    changes.add("b", ["x"])
    assert changes.take("b", whole=False) == {"x"}
    assert changes.take("b", whole=True) == set()
    now[0] = external_changes.WALK_AGAIN + 1
    assert changes.take("b", whole=True) is None
    changes.end()
    assert changes.take("b", whole=True) is None


def test_a_page_of_a_listing_reads_a_page_of_rows(
    buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        put(buckets, "documents", f"{number:03}.md", b"x")
    statements: list[str] = []
    rows = 0
    query = buckets.database.query

    def counted(statement: str, *arguments: Any) -> Any:
        nonlocal rows
        page_rows = query(statement, *arguments)
        statements.append(statement)
        rows += len(page_rows)
        return page_rows

    monkeypatch.setattr(buckets.database, "query", counted)
    listed = buckets.list("documents", after="010.md", quiet=None)
    assert [next(listed).key for _ in range(5)] == [f"{number:03}.md" for number in range(11, 16)]
    assert len(statements) == 1
    assert rows <= 16


def test_a_file_that_was_left_for_the_next_time_is_looked_at_soon(
    buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopping:
        def __init__(self) -> None:
            self.pauses: list[float] = []

        def wait(self, seconds: float) -> bool:
            self.pauses.append(seconds)
            return True

    scanner, stopping = FolderScanner(buckets, interval=60), Stopping()
    monkeypatch.setattr(scanner._loop, "stopping", stopping)
    scanner._step()
    buckets.changes.add("documents", ["a.md"])
    scanner._step()
    assert stopping.pauses == [60, external_changes.SOON]
