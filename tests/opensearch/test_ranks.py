"""The same questions find the same chunks in both stores, at the same ranks."""

from pathlib import Path

import pytest

from app.local.engine.store import Chunk, open_embedded
from app.local.engine.store.embedded_stores import OpenStore
from tests.local.engine.store.samples import CONFIGURATION, sentence, vector

CHUNKS, QUESTIONS = 300, 60


@pytest.mark.parametrize("has_text", [True, False], ids=["hybrid", "semantic"])
def test_both_stores_rank_alike(open_store: OpenStore, tmp_path: Path, has_text: bool) -> None:
    """Texts are long, so that Lucene rounds their lengths."""
    chunks = [Chunk(f"c{n}", sentence(n, 20 + 7 * n % 300), {}, vector(n)) for n in range(CHUNKS)]
    stores = [
        open_embedded(tmp_path / "embedded", CONFIGURATION),
        open_store(tmp_path / "real", CONFIGURATION),
    ]
    for store in stores:
        store.put("d", chunks)
        store.refresh()
    for number in range(CHUNKS, CHUNKS + QUESTIONS):
        text = sentence(number, 5) if has_text else None
        embedded, real = (store.search(vector(number), text, 10) for store in stores)
        assert [hit.id for hit in real] == [hit.id for hit in embedded]
        assert [hit.score for hit in real] == pytest.approx([hit.score for hit in embedded], 1e-4)
    for store in stores:
        store.close()
