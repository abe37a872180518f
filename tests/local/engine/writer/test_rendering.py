"""What is said of a candidate, and where its mark stands."""

from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.candidates.rendering import render

BLOCK = "```sh\nquartz deploy\n```"


def test_of_code_that_no_sentence_leads_in_to_the_mark_stands_behind_it() -> None:
    """Its lead is a heading or the document's name: of several blocks that says not which one."""
    for over, lead in (("", "deploy.md"), ("# Deploy", "Deploy")):
        *_, one = candidates([f"{over}\n\n{BLOCK}"], ["deploy.md"])
        assert render(one, "[1]") == f"{lead}:\n\n{BLOCK}\n\n[1]"


def test_of_code_under_a_sentence_the_mark_stands_in_that() -> None:
    *_, one = candidates([f"Deploy it:\n\n{BLOCK}"], ["deploy.md"])
    assert render(one, "[1]") == f"Deploy it [1]:\n\n{BLOCK}"
