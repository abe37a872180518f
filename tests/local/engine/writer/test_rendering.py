"""What is said of a candidate, and where its mark stands."""

from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.rendering import render

BLOCK = "```sh\nquartz deploy\n```"


def test_of_code_without_a_heading_the_mark_stands_behind_it() -> None:
    """Its lead is the document's name: of several blocks that says not which one is quoted."""
    [one] = candidates([BLOCK], ["deploy.md"])
    assert render(one, "[1]") == f"deploy.md:\n\n{BLOCK}\n\n[1]"


def test_of_code_under_a_sentence_or_a_heading_the_mark_stands_in_that() -> None:
    for over in ("Deploy it:", "# Deploy"):
        *_, one = candidates([f"{over}\n\n{BLOCK}"], ["deploy.md"])
        assert render(one, "[1]") == f"{over.strip('# :')} [1]:\n\n{BLOCK}"
