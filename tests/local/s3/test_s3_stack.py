"""Versions against a stack a key: S3, restarts, a person with a file manager, in any order."""

import os
from contextlib import ExitStack
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.local.s3.storage import Buckets, Marker, Object
from tests.local.s3.putting import put, scratch

BUCKET, NULL = "documents", "null"
KEYS = ("a", "a/b", "hand/1.md")

keys = st.sampled_from(KEYS)
contents = st.binary(max_size=3)


@dataclass
class Entry:
    """A version of a key; `data` None is a delete marker."""

    version_id: str
    data: bytes | None


class VersionsAsStacks(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.home = self.stack.enter_context(scratch())
        self.buckets = Buckets(self.home)
        self.buckets.create(BUCKET)
        self.status = ""
        self.expected: dict[str, list[Entry]] = {}  # of a key, from the newest on
        self.moment = 2_000_000_000

    def _cover(self, key: str, new: Entry) -> None:
        below = [one for one in self.expected.get(key, []) if one.version_id != new.version_id]
        self.expected[key] = [new, *below]

    def _current(self) -> dict[str, bytes]:
        newest = {key: entries[0].data for key, entries in self.expected.items() if entries}
        return {key: data for key, data in newest.items() if data is not None}

    @initialize(key=keys, first=contents, second=contents)
    def begin(self, key: str, first: bytes, second: bytes) -> None:
        """With a null version that is not the newest."""
        self.put(key, first)
        self.set_versioning("Enabled")
        self.put(key, second)

    @rule(status=st.sampled_from(("Enabled", "Suspended")))
    def set_versioning(self, status: str) -> None:
        self.buckets.set_subresource(BUCKET, "versioning", status)
        self.status = status

    @rule(key=keys, data=contents)
    def put(self, key: str, data: bytes) -> None:
        version_id = put(self.buckets, BUCKET, key, data).version_id
        assert (version_id == NULL) == (self.status != "Enabled")
        self._cover(key, Entry(version_id, data))

    @rule(key=keys)
    def delete(self, key: str) -> None:
        marker = self.buckets.delete(BUCKET, key)
        assert marker
        assert (marker.version_id == NULL) == (self.status == "Suspended")
        self._cover(key, Entry(marker.version_id, None))

    @precondition(lambda self: any(self.expected.values()))
    @rule(data=st.data())
    def delete_version(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(key for key, ones in self.expected.items() if ones)))
        entry = data.draw(st.sampled_from(self.expected[key]))
        version = self.buckets.delete_version(BUCKET, key, entry.version_id)
        assert isinstance(version, Marker) == (entry.data is None)
        self.expected[key].remove(entry)

    @rule(data=contents)
    def drop_a_file(self, data: bytes) -> None:
        path = self.home / "s3" / BUCKET / "hand" / "1.md"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        self.moment += 1
        os.utime(path, (self.moment, self.moment))
        entries = self.expected.setdefault("hand/1.md", [])
        if entries and entries[0].data is not None:
            if entries[0].data == data:
                return
            entries.pop(0)
        self._cover("hand/1.md", Entry(NULL, data))

    @precondition(lambda self: self._current())
    @rule(data=st.data())
    def remove_a_file(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self._current())))
        self.buckets.path(BUCKET, key).unlink()
        entries = self.expected[key]
        entries.pop(0)
        if entries and entries[0].data is not None:
            version_id = "new" if self.status == "Enabled" else NULL
            self._cover(key, Entry(version_id, None))
            self.buckets.refresh(BUCKET)
            entry = self.expected[key][0]
            entry.version_id = next(self.buckets.list_versions(BUCKET, key))[0].version_id
            assert (entry.version_id == NULL) == (version_id == NULL)

    @rule()
    def restart(self) -> None:
        self.buckets.close()
        self.buckets = Buckets(self.home)

    @invariant()
    def every_version_is_there_and_no_other(self) -> None:
        stacks: dict[str, list[Entry]] = {}
        for version, is_newest in self.buckets.list_versions(BUCKET):
            entries = stacks.setdefault(version.key, [])
            assert is_newest == (not entries)
            entries.append(Entry(version.version_id, self._read(version)))
        assert stacks == {key: entries for key, entries in self.expected.items() if entries}

    @invariant()
    def the_newest_are_the_files(self) -> None:
        current = {item.key: self._read(item) for item in self.buckets.list(BUCKET)}
        assert current == self._current()
        files = [path for path in (self.home / "s3" / BUCKET).rglob("*") if path.is_file()]
        assert sorted(path.read_bytes() for path in files) == sorted(self._current().values())

    @invariant()
    def nothing_lies_about(self) -> None:
        older = sum(
            one.data is not None for entries in self.expected.values() for one in entries[1:]
        )
        assert len(list((self.home / "s3" / ".state" / "staged").iterdir())) == older

    def _read(self, version: Object | Marker) -> bytes | None:
        if isinstance(version, Marker):
            return None
        item, file = self.buckets.open(BUCKET, version.key, version.version_id)
        with file:
            assert item == version
            return file.read()

    def teardown(self) -> None:
        self.buckets.close()
        self.stack.close()


TestVersionsAsStacks = VersionsAsStacks.TestCase
TestVersionsAsStacks.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)
