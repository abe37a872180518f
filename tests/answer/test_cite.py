"""Marks in an answer, resolved."""

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.answer.cite import cite, quote
from app.events import Citation, Passage, Text

QUARTZ = (
    "# Minerals\n\nQuartz is common. It has a hardness of 7 on the Mohs scale.\n\n## Use\n\nClocks."
)
TALC = "Talc is soft. Talc has a hardness of 1."
PASSAGES = (
    Passage(1, QUARTZ, "s3://docs/guides/minerals.md", 0.9),
    Passage(2, TALC, "s3://docs/talc.pdf", 0.5, page=4),
)


def said(pieces: Iterable[str]) -> tuple[str, list[Citation]]:
    events = list(cite(pieces, PASSAGES))
    text = "".join(event.text for event in events if isinstance(event, Text))
    return text, [event for event in events if isinstance(event, Citation)]


def test_a_mark_is_resolved_to_document_page_section_and_quote() -> None:
    text, [citation] = said(["The hardness of quartz is 7 [1]."])
    assert text == "The hardness of quartz is 7 [1]."
    assert (citation.document, citation.page, citation.section) == ("minerals.md", None, "Minerals")
    assert citation.text == "It has a hardness of 7 on the Mohs scale."
    assert QUARTZ[citation.start : citation.end] == citation.text


def test_marks_are_numbered_in_the_order_of_the_answer() -> None:
    text, citations = said(["Talc has a hardness of 1 [2]. Quartz of 7 [1]. Talc is soft [2]."])
    assert text == "Talc has a hardness of 1 [1]. Quartz of 7 [2]. Talc is soft [1]."
    assert [(c.number, c.document, c.page) for c in citations] == [
        (1, "talc.pdf", 4),
        (2, "minerals.md", None),
        (1, "talc.pdf", 4),
    ]
    assert [c.text for c in citations] == [
        "Talc has a hardness of 1.",
        "It has a hardness of 7 on the Mohs scale.",
        "Talc is soft.",
    ]


def test_a_mark_that_points_at_no_passage_is_dropped_with_its_space() -> None:
    assert (
        said(["Quartz is hard [7]. Talc is soft [0][2]."])[0] == "Quartz is hard. Talc is soft [1]."
    )


def test_several_numbers_in_one_mark_become_several_marks() -> None:
    assert said(["Both are minerals [2, 1]."])[0] == "Both are minerals [1][2]."


def test_what_only_looks_like_a_mark_is_text() -> None:
    for text in ("a[i] = [1.5]", "[note] and [", "1] [2", "x [ 1"):
        assert said([text]) == (text, [])


def test_text_is_passed_on_before_the_answer_ends() -> None:
    def pieces() -> Iterable[str]:
        yield "Quartz is"
        raise RuntimeError("the model went silent")

    events = cite(pieces(), PASSAGES)
    assert next(events) == Text("Quartz is")


@given(st.lists(st.integers(0, 40)), st.text(alphabet="ab. [12]\n,", max_size=40))
def test_how_the_answer_is_cut_into_pieces_changes_nothing(cuts: list[int], answer: str) -> None:
    edges = [0, *sorted(min(cut, len(answer)) for cut in cuts), len(answer)]
    pieces = [answer[start:end] for start, end in pairwise(edges)]
    assert said(pieces) == said([answer])


@given(st.text(max_size=60), st.text(max_size=200))
def test_a_quote_lies_within_its_passage(claim: str, text: str) -> None:
    start, end = quote(claim, text)
    assert 0 <= start <= end <= len(text)
