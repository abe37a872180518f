"""The multilingual encoder: a sentence and its translation are near each other."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from app.local.engine import multilingual
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import WrongWeights
from tests.local.bedrock_agent.knowledge_bases.fakes import HashingEncoder


@pytest.fixture(scope="module")
def encoder() -> MultilingualEncoder:
    return MultilingualEncoder(HashingEncoder())


ENGLISH = ["The water pump stands in the cellar.", "The canteen opens at seven in the morning."]
QUESTIONS = [
    "Wo steht die Wasserpumpe?",
    "Où se trouve la pompe à eau ?",
    "¿Dónde está la bomba de agua?",
    "Где стоит водяной насос?",
    "給水ポンプはどこにありますか？",  # noqa: RUF001 this sign is meant
    "水泵在哪里？",  # noqa: RUF001 this sign is meant
    "급수 펌프는 어디에 있습니까?",
    "ปั๊มน้ำอยู่ที่ไหน",
    "أين توجد مضخة الماء؟",
]


def test_a_question_is_nearest_to_what_answers_it_in_another_language(
    encoder: MultilingualEncoder,
) -> None:
    pump, canteen = encoder.encode(ENGLISH)
    for question, vector in zip(QUESTIONS, encoder.encode(QUESTIONS), strict=True):
        assert vector @ pump > vector @ canteen + 0.1, question


def test_a_text_has_the_same_unit_vector_alone_and_among_others(
    encoder: MultilingualEncoder,
) -> None:
    together = encoder.encode([*QUESTIONS, "", " ", "x" * 5000])
    assert together.shape == (len(QUESTIONS) + 3, encoder.dimension)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert all(
        np.array_equal(encoder.encode([question])[0], vector)
        for question, vector in zip(QUESTIONS, together, strict=False)
    )


def test_it_counts_the_tokens_of_the_other_encoder(encoder: MultilingualEncoder) -> None:
    assert encoder.count("two words") == 2
    assert encoder.spans("two words") == [(0, 3), (4, 9)]


def test_files_that_are_not_the_known_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = tmp_path / "resources"
    shutil.copytree(multilingual.checked_folder(), resources)
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(multilingual, "find_spec", lambda _: spec)
    assert multilingual.checked_folder() == resources
    with (resources / "sp.model").open("r+b") as file:
        file.write(b"?")
    with pytest.raises(WrongWeights, match=r"sp\.model is not the known file"):
        MultilingualEncoder(HashingEncoder()).encode(["text"])
    (resources / "sp.model").unlink()
    with pytest.raises(WrongWeights, match="cannot be read"):
        multilingual.checked_folder()
    monkeypatch.setattr(multilingual, "find_spec", lambda _: None)
    with pytest.raises(WrongWeights, match=r"is missing\. Install"):
        multilingual.checked_folder()
