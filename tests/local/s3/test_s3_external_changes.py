"""A person and a file manager: what lies in the folder is in the bucket."""

import os
import shutil
from contextlib import suppress
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.local.s3.storage import (
    Buckets,
    NoSuchBucket,
    NoSuchKey,
    ObjectAttributes,
)
from tests.local.s3.putting import put, scratch

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def change(path: Path, data: bytes) -> None:
    """As an editor does, some time later."""
    later = path.stat().st_mtime + 5
    path.write_bytes(data)
    os.utime(path, (later, later))


def test_a_dropped_file_is_an_object_over_http(s3: "S3Client", bucket: str, folder: Path) -> None:
    (folder / "reports").mkdir()
    (folder / "reports" / "q1 é.pdf").write_bytes(b"%PDF")
    os.utime(folder / "reports" / "q1 é.pdf", (1_700_000_000, 1_700_000_000))
    [item] = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert (item["Key"], item["Size"]) == ("reports/q1 é.pdf", 4)
    head = s3.head_object(Bucket=bucket, Key="reports/q1 é.pdf")
    assert head["ETag"] == item["ETag"] == f'"{md5(b"%PDF").hexdigest()}"'
    assert head["ContentType"] == "application/pdf"
    assert head["LastModified"].timestamp() == 1_700_000_000
    s3.delete_object(Bucket=bucket, Key="reports/q1 é.pdf")
    assert list(folder.iterdir()) == []


def test_an_object_is_a_file_under_its_own_name(s3: "S3Client", bucket: str, folder: Path) -> None:
    s3.put_object(Bucket=bucket, Key="a/b.txt", Body=b"x")
    assert (folder / "a" / "b.txt").read_bytes() == b"x"


def test_an_edited_file_is_another_object_described_by_its_file(buckets: Buckets) -> None:
    put(
        buckets,
        "documents",
        "a.md",
        b"old",
        ObjectAttributes("text/x", {"CacheControl": "no"}, {"a": "b"}),
    )
    change(buckets.path("documents", "a.md"), b"new text")
    item = buckets.head("documents", "a.md")
    assert (item.size, item.etag) == (8, md5(b"new text").hexdigest())
    assert item.attributes == ObjectAttributes("text/markdown")


def test_a_touched_file_is_the_same_object(buckets: Buckets) -> None:
    before = put(buckets, "documents", "a.md", b"old", ObjectAttributes(metadata={"a": "b"}))
    change(buckets.path("documents", "a.md"), b"old")
    after = buckets.head("documents", "a.md")
    assert (after.version, after.metadata) == (before.version, {"a": "b"})
    assert after.last_modified > before.last_modified


def test_hidden_files_links_and_wrong_names_are_no_objects(buckets: Buckets, home: Path) -> None:
    root = home / "s3" / "documents"
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("x")
    (root / ".DS_Store").write_text("x")
    (root / "%=wrong%").write_text("x")
    (root / "link").symlink_to("/etc/passwd")
    (root / "outside").symlink_to("/etc")
    with suppress(OSError):  # where names have to be Unicode
        Path(os.fsdecode(bytes(root) + b"/\xff.txt")).write_text("x")
    os.mkfifo(root / "pipe")
    (root / "file.txt").write_text("x")
    assert [item.key for item in buckets.list("documents")] == ["file.txt"]
    for key in ("link", "outside/passwd", ".DS_Store", "pipe"):
        with pytest.raises(NoSuchKey):
            buckets.head("documents", key)


def test_a_link_is_never_written_through(buckets: Buckets, home: Path) -> None:
    outside = home / "outside"
    outside.mkdir()
    (outside / "precious").write_text("precious")
    (home / "s3" / "documents" / "link").symlink_to(outside)
    (home / "s3" / "documents" / "file").symlink_to(outside / "precious")
    for key in ("link/precious", "link", "file"):
        put(buckets, "documents", key, b"x")
        assert buckets.head("documents", key).size == 1
    assert (outside / "precious").read_text() == "precious"
    assert [path.name for path in outside.iterdir()] == ["precious"]


def test_a_file_in_the_way_moves_the_object_aside(buckets: Buckets, home: Path) -> None:
    root = home / "s3" / "documents"
    put(buckets, "documents", "a", b"file")
    put(buckets, "documents", "a/b", b"below")
    assert (root / "a").read_bytes() == b"file"
    assert (root / "%~a" / "b").read_bytes() == b"below"
    buckets.delete("documents", "a")
    put(buckets, "documents", "a/c", b"below, too")
    assert (root / "a" / "c").exists()
    assert [item.key for item in buckets.list("documents")] == ["a/b", "a/c"]


def test_a_file_that_may_not_be_read_is_none(buckets: Buckets, home: Path) -> None:
    path = home / "s3" / "documents" / "secret"
    path.write_text("x")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert list(buckets.list("documents")) == []


def test_a_bucket_removed_by_hand_is_gone_and_comes_back_empty(
    buckets: Buckets, home: Path
) -> None:
    put(buckets, "documents", "a", b"x")
    shutil.rmtree(home / "s3" / "documents")
    assert buckets.names() == []
    with pytest.raises(NoSuchBucket):
        buckets.head("documents", "a")
    assert buckets.create("documents")
    assert list(buckets.list("documents")) == []


def test_the_whole_home_may_be_copied(buckets: Buckets, home: Path) -> None:
    put(buckets, "documents", "a/../b", b"x", ObjectAttributes(metadata={"a": "b"}))
    buckets.close()
    with scratch() as folder:
        shutil.copytree(home, folder / "copy")
        other = Buckets(folder / "copy")
        assert other.head("documents", "a/../b").metadata == {"a": "b"}
        other.close()


def test_the_folder_alone_is_still_the_bucket(buckets: Buckets, home: Path) -> None:
    keys = ["..", "a", "a/b", "é/" + "x" * 300, "z//"]
    for key in keys:
        put(buckets, "documents", key, key.encode())
    buckets.close()
    shutil.rmtree(home / "s3" / ".state")
    again = Buckets(home)
    assert [item.key for item in again.list("documents")] == sorted(keys, key=str.encode)
    for key in keys:
        assert again.path("documents", key).read_bytes() == key.encode()
    again.close()
