"""The trials of `ablation` search as the store and late interaction do."""

from pathlib import Path

import numpy as np
import pytest

from app.local.engine.late_order import in_late_order
from app.local.engine.store import Chunk, StoreConfiguration
from app.local.engine.store.embedded_store import EmbeddedStore
from app.local.engine.token_memory import TokenMemory
from app.local.engine.transformer import Encoder
from tests.quality._corpora import Corpus, Passage
from tests.quality.ablation import FUSED, LATE, Trial, tables

PASSAGES = [
    Passage("ferries.md", "Ferries > Fees", "Cars pay 30 euros, bicycles 4."),
    Passage("ferries.md", "Ferries > Times", "The first ferry leaves at six in the morning."),
    Passage("clay.md", "Clay", "Clay holds water, and cracks when it dries."),
    Passage("soil.md", "", "Sand lets water through. The soil of the valley is sand."),
]
QUESTIONS = ["What does a bicycle pay on the ferry?", "Which soil lets water through?"]


def test_a_trial_ranks_as_the_store_and_late_interaction_do(tmp_path: Path) -> None:
    encoder = Encoder()
    texts = [f"{one.context}\n\n{one.text}" for one in PASSAGES]
    vectors = encoder.encode(texts)
    relevant = [{"ferries.md": 1}, {"soil.md": 1}]
    trial = Trial(Corpus("soils", PASSAGES, vectors, QUESTIONS, relevant), encoder)
    store = EmbeddedStore(tmp_path, StoreConfiguration(encoder.dimension))
    for number, (passage, vector) in enumerate(zip(PASSAGES, vectors, strict=True)):
        store.put(
            str(number), [Chunk(str(number), passage.text, {}, vector, None, passage.context)]
        )
    for number, question in enumerate(QUESTIONS):
        [tokens] = encoder.tokens([question])
        hits = store.search(tokens.mean, question, 4)
        fused = trial.fused(number)
        assert [hit.score for hit in hits] == pytest.approx(sorted(fused)[::-1], abs=1e-4)
        assert [int(hit.id) for hit in hits] == np.argsort(-fused).tolist()
        late = in_late_order(TokenMemory(encoder, 0), question, tokens, hits)
        assert [int(hit.id) for hit in late] == np.argsort(-trial.late(number)).tolist()
    store.close()
    for table, variants in zip(tables([trial]), (FUSED, LATE), strict=True):
        assert [row[0] for row in table.rows] == ["as it is", *variants]
        assert table.rows[0][1] == "1.000"
