"""The document that answers is chosen before one of its sentences."""

from collections.abc import Sequence

import numpy as np
import pytest

from app.local.engine.transformer import Encoder
from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.evidence.case import Case, case_of
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.question import Question
from app.local.engine.writer.selection.documents import of_one_document

QUESTION = "How long does the guarantee of the feed pump last?"
PUMP = "# Feed pump\n\nIts guarantee lasts two years."
OTHER = "# Guarantees\n\nOf some things it lasts for one year."


@pytest.fixture(scope="module")
def remembered(encoder: Encoder) -> Remembered:
    return Remembered(encoder)


def case(remembered: Remembered, passages: Sequence[str], names: Sequence[str]) -> Case:
    return case_of(remembered, Question(QUESTION), candidates(passages, names), names)


def test_the_document_that_says_more_of_the_question_goes_first(remembered: Remembered) -> None:
    one = case(remembered, [OTHER, PUMP], ["guarantees.md", "pump.md"])
    assert of_one_document(one, np.array([1.0, 0.0])).argmax() == 1


def test_much_better_evidence_of_a_sentence_outweighs_it(remembered: Remembered) -> None:
    one = case(remembered, [OTHER, PUMP], ["guarantees.md", "pump.md"])
    assert of_one_document(one, np.array([30.0, 0.0])).argmax() == 0


def test_the_passages_of_a_document_count_together(remembered: Remembered) -> None:
    parts = [OTHER, "# Parts\n\nThe feed pump is old.", "# Terms\n\nThe guarantee lasts long."]
    scores = np.array([5.0, 0.0, 0.0])
    apart = case(remembered, parts, ["guarantees.md", "a.md", "b.md"])
    together = case(remembered, parts, ["guarantees.md", "pump.md", "pump.md"])
    assert of_one_document(apart, scores).argmax() == 0
    assert of_one_document(together, scores).argmax() > 0


def test_paragraphs_without_headings_are_left_as_they_are(remembered: Remembered) -> None:
    passages = ["It lasts for one year.", "The guarantee of the feed pump lasts two years."]
    scores = np.array([1.0, 0.0])
    one = case(remembered, passages, ["guarantees.md", "pump.md"])
    assert of_one_document(one, scores) is scores


def test_what_is_ruled_out_stays_so(remembered: Remembered) -> None:
    one = case(remembered, [OTHER, PUMP], ["guarantees.md", "pump.md"])
    assert of_one_document(one, np.array([1.0, -np.inf])).argmax() == 0
