"""Marks beside the words of an answer, and back in their places, masked or not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events import Citation, Text
from app.guardrail.masks import Mask, apply, masks, united
from app.turn.written import Reading, Written

CITATION = Citation(
    1, "a.md", "A", "s3://d/a.md", None, None, 0, 2, "Qu", "Quartz", 0.9, None, None
)


def written(*pieces: str | int) -> Written:
    """An answer of words and of marks, which are given by their numbers."""
    result = Written()
    for piece in pieces:
        if isinstance(piece, int):
            result.add(Text(f" [{piece}]"))
            result.add(replace(CITATION, number=piece))
        else:
            result.add(Text(piece))
    return result


def check(text: str, citations: tuple[Citation, ...]) -> None:
    """Each citation has the place of its mark, in both ways to count."""
    for citation in citations:
        assert citation.mark is not None
        assert citation.mark_utf16 is not None
        label = f"[{citation.number}]"
        assert text[citation.mark :].startswith(label)
        units = text.encode("utf-16-le")[2 * citation.mark_utf16 :]
        assert units.decode("utf-16-le").startswith(label)


def test_marks_are_not_among_the_words_and_return_to_their_places() -> None:
    answer = written("Quartz 🎉 is hard", 1, 2, ". Talc is soft", 1, ".")
    assert answer.words == "Quartz 🎉 is hard. Talc is soft."
    text, citations = answer.masked(())
    assert text == "Quartz 🎉 is hard [1] [2]. Talc is soft [1]."
    check(text, citations)
    assert [citation.number for citation in citations] == [1, 2, 1]


@pytest.mark.parametrize(
    ("masked_words", "text"),
    [
        ("Ask {NAME}. It is {AGE}.", "Ask {NAME} [1]. It is {AGE} [2]."),
        ("Ask Ann Lee. {X}.", "Ask Ann [1] Lee. {X} [2]."),
        ("{X}", "{X} [1] [2]"),
    ],
)
def test_a_masked_span_keeps_its_citations(masked_words: str, text: str) -> None:
    """A mark in the midst of a name, which is masked, stands behind the mask."""
    answer = written("Ask 🎉 Ann", 1, " Lee. It is 7", 2, ".")
    answer.words = answer.words.replace("🎉 ", "")
    answer.marks = [replace(mark, place=mark.place - 2) for mark in answer.marks]
    shown, citations = answer.masked(masks(answer.words, masked_words))
    assert shown == text
    check(shown, citations)
    assert [citation.number for citation in citations] == [1, 2]


WORDS = st.text(alphabet="ab 1{}.🎉", max_size=30)


@given(WORDS.filter(len), WORDS)
def test_the_masks_of_a_text_make_its_masked_form(text: str, masked: str) -> None:
    these = masks(text, masked)
    assert apply(text, these) == masked
    assert list(these) == united(these)


@given(st.lists(st.one_of(WORDS, st.integers(1, 3)), max_size=8), WORDS, st.integers(0, 60))
def test_however_an_answer_is_parted_it_is_shown_whole_with_each_citation_once(
    pieces: list[str | int], masked: str, cut: int
) -> None:
    answer = written("a", *pieces)
    these = masks(answer.words, masked)
    cut = min(cut, len(answer.words))
    for mask in these:
        if mask.start < cut < mask.end:
            cut = mask.start
    reading = Reading(answer)
    parts = [*reading.go_on(cut, these), *reading.go_on(len(answer.words), these)]
    text = "".join(part.text for part in parts if isinstance(part, Text))
    citations = tuple(part for part in parts if isinstance(part, Citation))
    check(text, citations)
    assert [one.number for one in citations] == [one for one in pieces if isinstance(one, int)]
    for citation in citations:
        text = text.replace(f" [{citation.number}]", "", 1)
    assert text == masked
    assert all(isinstance(mask, Mask) for mask in these)
