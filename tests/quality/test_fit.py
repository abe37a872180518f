"""The command that fits the writer's coefficients, without the corpora."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from app.events import Passage
from app.local.engine.transformer import Encoder
from app.local.engine.writer.evidence import FEATURES
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.selection.coefficients import INTERCEPT
from tests.quality import _passages
from tests.quality._fit import (
    BY_HAND,
    Counts,
    as_it_stands,
    fit,
    fit_answerable,
    fit_weights,
    folds,
)
from tests.quality._labelled import Labelled, Labeller, share_held
from tests.quality._passages import OWN, Found, passages, rows, write

MINERALS = ("Quartz", "Topaz", "Talc", "Gypsum", "Calcite", "Apatite", "Feldspar", "Corundum")
COUNTS = Counts(users=8, awsdocs=0.8, prior=10)


@pytest.fixture(scope="module")
def cases() -> list[Labelled]:
    """How hard each mineral is, and what it costs, which nobody says."""
    labeller = Labeller(Remembered(Encoder()), "own")
    some = []
    for hardness, name in enumerate(MINERALS, 2):
        sentence = f"{name} has a hardness of {hardness}."
        text = f"# {name}\n\nMinerals are found in many places. {sentence} It is pretty."
        found = [Passage(1, text, f"s3://docs/{name}.md", 0.9)]
        some += [
            labeller.case(
                {"question": f"What is the hardness of {name}?"},
                name,
                found,
                [f"{name}.md"],
                lambda one, sentence=sentence: float(one.text == sentence),  # type: ignore[misc]
                kind="fact",
            ),
            labeller.case(
                {"question": f"What does a ton of {name} cost in Paris?"},
                name,
                found,
                kind="unanswerable",
                answerable=False,
            ),
        ]
    return [one for one in some if one]


def test_the_sentence_that_answers_is_gold(cases: list[Labelled]) -> None:
    for one in cases:
        texts = [
            each.text for each, gold in zip(one.case.candidates, one.gold, strict=True) if gold
        ]
        assert len(texts) == (1 if one.answerable else 0)
        assert all(one.document in text and "hardness" in text for text in texts)


def test_weights_are_fitted_beside_those_that_are_set_by_hand(cases: list[Labelled]) -> None:
    weights = dict(zip(FEATURES, fit_weights(cases, COUNTS), strict=True))
    assert {name: weights[name] for name in BY_HAND} == BY_HAND
    assert weights["covered"] > 0


def test_the_questions_of_a_document_are_in_one_fold(cases: list[Labelled]) -> None:
    fold = folds(cases)
    for name in MINERALS:
        assert (
            len({int(k) for k, one in zip(fold, cases, strict=True) if one.document == name}) == 1
        )
    assert len(set(fold.tolist())) > 1


def test_a_fit_prints_figures_and_coefficients(cases: list[Labelled]) -> None:
    said: list[str] = []
    fit(cases, COUNTS, lambda what: said.append(str(what)))
    text = "\n".join(said)
    for words in ("| own, fact | 8 |", "Refused, fitted on the other", "WEIGHTS = {", "'cosine'"):
        assert words in text


def test_whether_there_is_an_answer_is_fitted_beside_the_weights_as_they_stand(
    cases: list[Labelled],
) -> None:
    said: list[str] = []
    fit_answerable(cases, [as_it_stands(one) for one in cases], lambda what: said.append(str(what)))
    text = "\n".join(said)
    assert "ANSWERABLE = {" in text
    assert "WEIGHTS = {" not in text
    assert f"| {INTERCEPT:.3f} |" in text


def test_a_set_that_is_missing_is_left_out_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_passages, "CORPORA", tmp_path)
    said: list[str] = []
    assert passages(tmp_path / "dump.json", ["xquad_en"], said.append) == {}
    assert said == ["xquad_en is left out: ../shared/eval/xquad_en is missing."]


def test_what_was_found_once_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_passages, "CORPORA", tmp_path)
    (tmp_path / "xquad_en").mkdir()
    found: Mapping[str, Found] = {
        "xquad_en": {"How hard?": [Passage(1, "Hard.", "s3://b/a.md", 0.9, page=2)]}
    }
    write(tmp_path / "dump.json", found)
    said: list[str] = []
    assert passages(tmp_path / "dump.json", ["xquad_en"], said.append) == found
    assert not said


def test_every_question_of_our_own_names_its_page_and_its_answer_or_has_neither() -> None:
    questions = rows(OWN)
    assert len({one["question"] for one in questions}) == len(questions) == 46
    for one in questions:
        unanswerable = one["kind"] == "unanswerable"
        assert bool(one["page"]) is not unanswerable
        assert bool(one["must"]) is not unanswerable
        assert np.isclose(
            share_held(one, " ".join(group[0] for group in one["must"])), not unanswerable
        )
