"""The READMEs that questions are asked about."""

import pytest

from app.evaluation.matching import holds, normalize
from tests.quality._passages import rows
from tests.quality._readmes import QUESTIONS, documents


def test_the_questions_have_answers_in_the_documents_that_are_here() -> None:
    texts = {name: normalize(content.decode()) for name, content in documents().items()}
    for row in rows(QUESTIONS):
        for name in texts.keys() & row["documents"]:
            strings = [[string.lstrip("^") for string in group] for group in row["must"]]
            lacking = [
                group for group in strings if not any(holds(texts[name], one) for one in group)
            ]
            assert not lacking, (row["question"], lacking)


def test_a_package_that_is_not_installed_has_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.quality._readmes._PACKAGES", {"no.md": "no-such-package"})
    assert "no.md" not in documents()
    assert "canteen.md" in documents()
