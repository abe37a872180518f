"""A bucket and its index against two dictionaries, through any sequence of changes."""

import json
from pathlib import Path
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.local.bedrock_agent.knowledge_bases.world import World

KEYS = ["a.md", "b.md", "guides/c.md", "d.bin"]
Document = tuple[str, int | None]  # text, year
DOCUMENTS = st.tuples(
    st.sampled_from(["one fox", "two dogs", "three cats", ""]), st.sampled_from([1, 2, None])
)


class Documents(RuleBasedStateMachine):
    """`bucket` is what the bucket holds, `index` what Retrieve should find."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.bucket: dict[str, Document] = {}
        self.index: dict[str, Document] = {}
        self.failed: set[str] = set()

    @initialize(documents=st.fixed_dictionaries(dict.fromkeys(KEYS, DOCUMENTS)))
    def create(self, documents: dict[str, Document]) -> None:
        self.source = self.world.source()
        self.put(documents)
        self.sync()

    def teardown(self) -> None:
        if hasattr(self, "source"):
            self.world.agent.delete_knowledge_base(knowledgeBaseId=self.source.base)

    @rule(documents=st.dictionaries(st.sampled_from(KEYS), DOCUMENTS, min_size=1))
    def put(self, documents: dict[str, Document]) -> None:
        for key, (text, year) in documents.items():
            self._take_out(key)
            sidecar = json.dumps({"metadataAttributes": {"year": year}}) if year else None
            self.source.put(key, text, sidecar)
            self.bucket[key] = text, year

    @rule(key=st.sampled_from(KEYS))
    def remove(self, key: str) -> None:
        self._take_out(key)

    @rule()
    def sync(self) -> None:
        before, readable = self.index, {k: d for k, d in self.bucket.items() if _readable(k, d)}
        uris = before.keys() | self.failed
        job = self.source.job()
        assert job["status"] == "COMPLETE"
        assert {name.removeprefix("numberOf"): n for name, n in job["statistics"].items()} == {
            "DocumentsScanned": len(self.bucket),
            "MetadataDocumentsScanned": sum(year is not None for _, year in self.bucket.values()),
            "NewDocumentsIndexed": len(readable.keys() - before.keys()),
            "ModifiedDocumentsIndexed": sum(
                before[k] != readable[k] for k in before.keys() & readable.keys()
            ),
            "MetadataDocumentsModified": sum(
                before[k][1] != readable[k][1] for k in before.keys() & readable.keys()
            ),
            "DocumentsDeleted": len(uris - self.bucket.keys()),
            "DocumentsFailed": len(self.bucket.keys() - readable.keys()),
            "DocumentsSkipped": sum(
                before[k] == readable[k] for k in before.keys() & readable.keys()
            ),
        }
        self.index, self.failed = readable, self.bucket.keys() - readable.keys()

    @rule(keys=st.sets(st.sampled_from(KEYS), min_size=1))
    def ingest(self, keys: set[str]) -> None:
        documents = [self._document(key) for key in sorted(keys)]
        self.world.agent.ingest_knowledge_base_documents(**self.source.ids, documents=documents)
        self.source.settled(*keys)
        for key in keys:
            self.index.pop(key, None)
            self.failed.discard(key)
            document = self.bucket.get(key)
            if document and _readable(key, document):
                self.index[key] = document
            else:
                self.failed.add(key)

    @rule(keys=st.sets(st.sampled_from(KEYS), min_size=1))
    def delete(self, keys: set[str]) -> None:
        self.source.delete(*keys)
        self.source.settled(*keys)
        for key in keys:
            self.index.pop(key, None)
            self.failed.discard(key)

    @invariant()
    def the_statuses_are_right(self) -> None:
        if hasattr(self, "source"):
            assert self.source.statuses() == dict.fromkeys(self.index, "INDEXED") | dict.fromkeys(
                self.failed, "FAILED"
            )

    @invariant()
    def retrieve_finds_what_is_indexed(self) -> None:
        if hasattr(self, "source"):
            results = self.world.retrieve(self.source.base, "fox", numberOfResults=100)
            assert sorted(map(_found, results)) == sorted(
                (self.source.uri(key), text, year or 0) for key, (text, year) in self.index.items()
            )

    def _take_out(self, key: str) -> None:
        if document := self.bucket.pop(key, None):
            self.source.remove(key)
            if document[1]:
                self.source.remove(key + ".metadata.json")

    def _document(self, key: str) -> Any:
        uri = self.source.uri(key)
        document: Any = {"content": {"dataSourceType": "S3", "s3": {"s3Location": {"uri": uri}}}}
        if key in self.bucket and self.bucket[key][1]:
            location = {"uri": uri + ".metadata.json"}
            document["metadata"] = {"type": "S3_LOCATION", "s3Location": location}
        return document


def _readable(key: str, document: Document) -> bool:
    return bool(document[0]) and not key.endswith(".bin")


def _found(result: Any) -> tuple[str, str, int]:
    year = result["metadata"].get("year", 0)
    return result["location"]["s3Location"]["uri"], result["content"]["text"], int(year)


def test_documents_follow_the_bucket(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        Documents.world = world
        run_state_machine_as_test(
            Documents,
            settings=settings(
                max_examples=20,
                stateful_step_count=12,
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],  # a step takes its time; to shrink would take minutes
            ),
        )
