"""A home whose chunks are in a real OpenSearch, as its user sees it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from app.settings import environment

OUTCROP = Path(sys.executable).with_name("outcrop")
NOTES = "# Notes\n\nThe beekeeper of the village is called Ambrosius. He has forty hives.\n"


@pytest.fixture(scope="module")
def home(opensearch: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a document in it."""
    home = tmp_path_factory.mktemp("home")
    notes = home.parent / "notes.md"
    notes.write_text(NOTES)
    run(home, opensearch, "ingest", str(notes))
    yield home
    with OpenSearch(opensearch) as client:
        for name in (home / "knowledge" / "stores").glob("*/"):
            client.indices.delete(index=f"outcrop-{name.name.lower()}")


def run(home: Path, url: str, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        [OUTCROP, *words],
        env=environment({"OUTCROP_HOME": str(home), "OUTCROP_OPENSEARCH_URL": url}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == code, f"{words}: {ran.stdout}{ran.stderr}"
    return ran


def test_a_document_is_found_in_opensearch_and_after_a_start(opensearch: str, home: Path) -> None:
    answer = json.loads(run(home, opensearch, "search", "forty hives", "--json").stdout)
    assert "Ambrosius" in json.dumps(answer)
    [store] = (home / "knowledge" / "stores").glob("*/ledger.sqlite")
    with OpenSearch(opensearch) as client:
        index = f"outcrop-{store.parent.name.lower()}"
        [hit] = client.search(index=index, body={})["hits"]["hits"]
    assert "Ambrosius" in hit["_source"]["text"]
    assert hit["_source"]["document"].endswith("/notes.md")
    assert not list(store.parent.glob("*.segment"))


def test_a_home_does_not_start_beside_its_chunks(opensearch: str, home: Path) -> None:
    ran = run(home, "", "search", "hives", code=1)
    assert f"in OpenSearch at {opensearch}, and OUTCROP_OPENSEARCH_URL is not set" in ran.stderr
    assert f"Set it to {opensearch}" in ran.stderr


def test_a_node_that_is_away_is_named(home: Path) -> None:
    other = "http://127.0.0.1:9"
    ran = run(home.parent / "another", other, "search", "hives", code=1)
    assert f"OpenSearch at {other} does not answer" in ran.stderr


def test_another_machine_needs_leave(tmp_path: Path) -> None:
    ran = run(tmp_path, "https://search.example.com", "search", "hives", code=1)
    assert "search.example.com, another machine" in ran.stderr
    assert "OUTCROP_OPENSEARCH_REMOTE=true allows it" in ran.stderr


def test_the_chunks_of_a_home_move_into_opensearch_and_back(
    opensearch: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    notes = tmp_path / "notes.md"
    notes.write_text(NOTES)
    run(home, "", "ingest", str(notes))
    [store] = [one for one in (home / "knowledge" / "stores").iterdir() if one.is_dir()]

    moved = json.loads(run(home, "", "reindex", "--to", opensearch, "--json").stdout)
    assert moved == {"to": opensearch, "documents": {store.name: 1}}
    assert not (store / "truth.sqlite").exists()
    assert "Ambrosius" in run(home, opensearch, "search", "forty hives", "--json").stdout
    assert "not set" in run(home, "", "search", "hives", code=1).stderr

    run(home, opensearch, "reindex", "--to", "embedded")
    assert not (store / "ledger.sqlite").exists()
    assert "Ambrosius" in run(home, "", "search", "forty hives", "--json").stdout
    with OpenSearch(opensearch) as client:
        assert not client.indices.exists(index=f"outcrop-{store.name.lower()}")


def test_a_move_that_cannot_begin_leaves_everything(opensearch: str, home: Path) -> None:
    other = "http://127.0.0.1:9"
    ran = run(home, opensearch, "reindex", "--to", other, code=1)
    assert "The chunks were not moved" in ran.stderr
    answer = run(home, opensearch, "search", "forty hives", "--json").stdout
    assert "Ambrosius" in answer
