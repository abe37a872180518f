"""The questions that nothing was fitted on."""

import pytest

from app.evaluation.matching import holds, normalize
from tests.local.engine.parsers.documents import parts_of
from tests.quality._unseen import FOLDER, SETS, conversations, documents


@pytest.mark.parametrize("name", SETS)
def test_the_questions_have_answers_in_the_documents_that_they_name(name: str) -> None:
    texts = {path: normalize(_text(path, content)) for path, content in documents(name).items()}
    for row in [turn for turns in conversations(name) for turn in turns]:
        named = [
            text
            for path, text in texts.items()
            if path.rpartition("/")[2] in row.get("documents", ())
        ]
        for group in row.get("must", ()) if named else ():
            strings = [string.lstrip("^") for string in group]
            assert any(holds(text, one) for text in named for one in strings), (row, group)


def _text(path: str, content: bytes) -> str:
    """The text of a document; of a table the cells, since "49,300" would be one number, but for one
    with decimal commas.
    """
    sources = list(FOLDER.glob(f"*/{path}.*"))  # of what is made of text
    text = sources[0].read_text(encoding="utf-8") if sources else content.decode()
    is_table = (sources[0].name if sources else path).endswith(".csv")
    return text.replace(",", " | ") if is_table and ";" not in text else text


def test_office_files_are_made_of_the_text_that_is_kept() -> None:
    made = documents("ordinary")
    assert made["hall-contract.pdf"].startswith(b"%PDF")
    assert made["invoices.xlsx"].startswith(b"PK")
    assert b"Emil Santos" in dict(parts_of(made["allotment-minutes.docx"]))["word/document.xml"]
    slides = dict(parts_of(made["till-training.pptx"]))
    assert b"Mona Eklund" in slides["ppt/slides/slide1.xml"]
    assert b"Greta" in slides["ppt/slides/slide3.xml"]


@pytest.mark.parametrize(
    "name", ["others", "ordinary", "siblings", "turns", "cousins", "rewordings", "strangers"]
)
def test_no_document_is_asked_about_in_both_halves(name: str) -> None:
    halves: dict[str, set[str]] = {}
    for row in [turn for turns in conversations(name) for turn in turns]:
        for document in row.get("documents", ()):
            halves.setdefault(document, set()).add(row["half"])
    assert all(len(some) == 1 for some in halves.values())
