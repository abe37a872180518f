"""A bucket against a dictionary: writes, restarts, a person with a file manager, in any order."""

import os
import shutil
from contextlib import ExitStack
from hashlib import md5
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.local.s3.storage import Buckets, Object, ObjectAttributes
from tests.local.s3.putting import AlreadyThere, if_absent, put, scratch

BUCKET = "documents"
KEYS = ("a", "a/", "a/b", "a/b/c", "A", "..", "%=a", ".env", "x" * 300, "b/é.txt", "hand/1.md")
BY_HAND = ("hand/1.md", "hand/2.md", "b/é.txt")

keys, by_hand = st.sampled_from(KEYS), st.sampled_from(BY_HAND)
contents = st.binary(max_size=20)


class BucketAsDictionary(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.home = self.stack.enter_context(scratch())
        self.buckets = Buckets(self.home)
        self.buckets.create(BUCKET)
        self.expected: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.moment = 2_000_000_000

    @rule(key=keys, data=contents, tag=st.sampled_from("xyz"))
    def put(self, key: str, data: bytes, tag: str) -> None:
        put(self.buckets, BUCKET, key, data, ObjectAttributes(metadata={"tag": tag}))
        self.expected[key] = data, {"tag": tag}

    @rule(key=keys, data=contents)
    def put_if_absent(self, key: str, data: bytes) -> None:
        try:
            put(self.buckets, BUCKET, key, data, condition=if_absent)
            assert key not in self.expected
            self.expected[key] = data, {}
        except AlreadyThere:
            assert key in self.expected

    @rule(key=keys)
    def delete(self, key: str) -> None:
        self.buckets.delete(BUCKET, key)
        self.expected.pop(key, None)

    @rule(key=by_hand, data=contents)
    def drop_a_file(self, key: str, data: bytes) -> None:
        path = self.home / "s3" / BUCKET / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self._age(path)
        old, metadata = self.expected.get(key, (None, {}))
        self.expected[key] = data, metadata if data == old else {}

    @precondition(lambda self: self.expected)
    @rule(data=st.data())
    def remove_a_file(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.expected)))
        self.buckets.path(BUCKET, key).unlink()
        del self.expected[key]

    @rule()
    def copy_the_folder_elsewhere_and_back(self) -> None:
        """Every file is another inode then, and the same object."""
        root, aside = self.home / "s3" / BUCKET, self.home / "aside"
        shutil.copytree(root, aside)
        shutil.rmtree(root)
        shutil.move(aside, root)

    @rule()
    def leave_something_that_is_no_object(self) -> None:
        root = self.home / "s3" / BUCKET
        (root / ".DS_Store").write_bytes(b"junk")
        (root / "hand").mkdir(exist_ok=True)
        (root / "%=not%percent").write_bytes(b"junk")

    @rule()
    def restart(self) -> None:
        self.buckets.close()
        self.buckets = Buckets(self.home)

    @invariant()
    def every_object_is_there_and_no_other(self) -> None:
        listed = list(self.buckets.list(BUCKET))
        assert [item.key for item in listed] == sorted(self.expected, key=str.encode)
        for item in listed:
            self._check(item, self.buckets.head(BUCKET, item.key))

    def _check(self, listed: Object, head: Object) -> None:
        data, metadata = self.expected[listed.key]
        assert listed == head
        item, file = self.buckets.open(BUCKET, listed.key)
        with file:
            assert file.read() == data
        assert item.metadata == metadata
        assert item.etag == md5(data).hexdigest()
        assert item.size == len(data)

    def _age(self, path: Path) -> None:
        """As if some time had gone by: a file system's clock ticks slowly."""
        self.moment += 1
        os.utime(path, (self.moment, self.moment))

    def teardown(self) -> None:
        self.buckets.close()
        self.stack.close()


TestBucketAsDictionary = BucketAsDictionary.TestCase
TestBucketAsDictionary.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
