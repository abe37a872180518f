"""The Knowledge Base follows the bucket, whatever happens between a look and a call."""

import logging

import pytest

from app.documents import sync
from app.errors import InvalidRequest, Unavailable
from tests.documents.conftest import BUCKET, Sides

LONG = "x" * 130 + ".md"
BROKEN = "a\nb.md"


def tell(sides: Sides, *keys: str) -> dict[str, type[Exception]]:
    failures = sync(sides.bucket, sides.knowledge_base, keys)
    return {key: type(error) for key, error in failures.items()}


def test_what_is_there_is_ingested_and_what_is_not_is_deleted(sides: Sides) -> None:
    sides.put("there.md", "there.md.metadata.json")
    sides.base.documents[f"s3://{BUCKET}/gone.md"] = None
    assert tell(sides, "there.md", "gone.md", "there.md.metadata.json") == {}
    assert sides.base.documents == {
        f"s3://{BUCKET}/there.md": f"s3://{BUCKET}/there.md.metadata.json"
    }


@pytest.mark.parametrize("bad", [LONG, BROKEN, "a\rb.md", "a\u2028b.md"])
def test_a_key_that_cannot_be_named_is_logged_and_harms_nobody(
    sides: Sides, bad: str, caplog: pytest.LogCaptureFixture
) -> None:
    sides.put("a.md", bad, "z.md")
    with caplog.at_level(logging.ERROR):
        assert tell(sides, "a.md", bad, "z.md") == {}
    assert sides.known == ["a.md", "z.md"]
    assert "not tried again" in caplog.text


def test_a_document_that_bedrock_refuses_fails_alone(sides: Sides) -> None:
    keys = [f"{number}.md" for number in range(12)]
    sides.put(*keys)
    sides.base.refuses = ["3.md"]
    assert tell(sides, *keys) == {"3.md": InvalidRequest}
    assert sides.known == sorted(set(keys) - {"3.md"})


def test_while_a_job_runs_all_come_again_and_nothing_is_repeated_one_by_one(sides: Sides) -> None:
    sides.put("a.md", "b.md")
    sides.base.refuses = ["a.md"]
    sides.base.message = "There is an ongoing ingestion job on the data source."
    assert tell(sides, "a.md", "b.md") == {"a.md": Unavailable, "b.md": Unavailable}
    assert sides.base.calls == [("ingest", ["a.md", "b.md"])]


def test_a_put_between_the_look_and_the_delete_is_not_lost(sides: Sides) -> None:
    """Another invocation has ingested the new object already, when this one deletes it."""
    sides.base.documents[f"s3://{BUCKET}/a.md"] = None
    sides.base.during["delete"] = lambda: sides.put("a.md")
    assert tell(sides, "a.md") == {}
    assert sides.known == ["a.md"]


def test_a_delete_between_the_look_and_the_ingestion_is_not_lost(sides: Sides) -> None:
    sides.put("a.md")
    sides.base.during["ingest"] = lambda: sides.delete("a.md")
    assert tell(sides, "a.md") == {}
    assert sides.known == []


def test_a_sidecar_that_changes_meanwhile_is_told_too(sides: Sides) -> None:
    sides.put("a.md", "a.md.metadata.json")
    sides.base.during["ingest"] = lambda: sides.delete("a.md.metadata.json")
    assert tell(sides, "a.md") == {}
    assert sides.base.documents == {f"s3://{BUCKET}/a.md": None}


def test_a_document_that_never_rests_comes_again(sides: Sides) -> None:
    def change() -> None:
        sides.s3.put_object(Bucket=BUCKET, Key="a.md", Body=str(len(sides.base.calls)).encode())
        sides.base.during["ingest"] = change

    sides.put("a.md")
    sides.base.during["ingest"] = change
    assert tell(sides, "a.md") == {"a.md": Unavailable}


def test_folders_and_nothing_are_no_documents(sides: Sides) -> None:
    assert tell(sides, "folder/", ".metadata.json", "folder/.metadata.json") == {}
    assert sides.base.calls == []
