"""The questions about documents in their own language."""

import pytest

from tests.quality.foreign import HALVES, LANGUAGES


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_has_a_document_of_each_half_that_holds_the_answers(code: str) -> None:
    documents = LANGUAGES[code]["documents"]
    assert [one["half"] for one in documents] == list(HALVES)
    for one in documents:
        assert len(one["absent"]) == len(one["questions"])
        for question, answer in one["questions"]:
            assert answer in one["text"], question
            assert question not in one["absent"]
