"""Marks in an answer, resolved."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer.prompt import answer_prompt
from app.citations.cite import cite, quote, remove_marks
from app.events import Citation, Passage, Text

QUARTZ = (
    "# Minerals\n\nQuartz is common. It has a hardness of 7 on the Mohs scale.\n\n## Use\n\nClocks."
)
TALC = "Talc is soft. Talc has a hardness of 1."
PASSAGES = (
    Passage(1, QUARTZ, "s3://docs/guides/minerals.md", 0.9),
    Passage(2, TALC, "s3://docs/talc.pdf", 0.5, page=4, page_label="iv"),
)


SURVEY = Passage(
    1,
    "Ceramic membranes tolerate chlorine better than polymer membranes [2]. So say all [1][2].",
    "s3://docs/survey.md",
    0.9,
)
BUFFER = Passage(2, "Read samples[1], then samples[0] or values [7].note[1]", "s3://docs/b.md", 0.8)
SOURCES = (SURVEY, BUFFER)
FEES = "| No. | Fee |\n| --- | --- |\n| L-1 | 7 |\n| L-2 | 9 |"


def said(
    pieces: Iterable[str], passages: Sequence[Passage] = PASSAGES
) -> tuple[str, list[Citation]]:
    events = list(cite(pieces, passages))
    text = "".join(event.text for event in events if isinstance(event, Text))
    return text, [event for event in events if isinstance(event, Citation)]


def test_a_mark_is_resolved_to_document_page_section_and_quote() -> None:
    text, [citation] = said(["The hardness of quartz is 7 [1]."])
    assert text == "The hardness of quartz is 7 [1]."
    assert (citation.document, citation.page, citation.section) == (
        "guides/minerals.md",
        None,
        "Minerals",
    )
    assert citation.text == "It has a hardness of 7 on the Mohs scale."
    assert QUARTZ[citation.start : citation.end] == citation.text


def test_the_section_is_that_of_the_quote_and_not_of_the_passage() -> None:
    _, citations = said(["Clocks use it [1]. Its hardness is 7 [1]. Talc is soft [2]."])
    assert [each.text for each in citations] == [
        "Clocks.",
        "It has a hardness of 7 on the Mohs scale.",
        "Talc is soft.",
    ]
    assert [each.section for each in citations] == ["Use", "Minerals", None]


def test_a_quoted_row_has_the_header_of_its_table_and_its_headings() -> None:
    table = "# Rules\n\n## Lockers\n\n| No. | Fee |\n| --- | --- |\n| L-1 | 7 |\n| L-2 | 9 |"
    passage = Passage(1, table, "s3://docs/a.md", 0.9)
    for answer in ("The fee of L-2 is 9 [1].", "| No. | Fee |\n|---|---|\n| L-2 | 9 [1] |\n"):
        _, [citation] = said([answer], [passage])
        assert citation.text == "| L-2 | 9 |"
        assert citation.table_header == "| No. | Fee |"
        assert citation.headings == ("Rules", "Lockers")
    _, [citation] = said(["Rules for lockers [1]."], [Passage(1, "Lockers.", "s3://docs/a", 0.9)])
    assert (citation.table_header, citation.headings) == (None, ())


def test_a_mark_behind_a_block_of_code_quotes_the_block() -> None:
    block = "```sh\ncurl -O https://example.com/mohs\nmohs quartz\n```"
    passage = Passage(1, f"Fetch mohs. Run it:\n\n{block}\n\nMohs is free.", "s3://docs/a.md", 0.9)
    for answer in (f"Run:\n\n{block}\n[1]", f"Run:\n\n{block} [1]"):
        _, [citation] = said([answer], [passage])
        assert citation.text == block


@pytest.mark.parametrize(
    ("answer", "block"),
    [
        ("Run it so [1]:\n\n```sh\nmohs\n```", "Run it so:\n\n```sh\nmohs\n```"),
        ("Example: [1]\n\n```sh\nmohs\n```", "## Example\n\nRun it so:\n\n```sh\nmohs\n```"),
        ("The steps [1]:\n\n1. Ask.", "The steps:\n\n1. Ask. Wait.\n2. Pay."),
        ("The fees [1]:\n", f"The fees:\n\n{FEES}"),
        ("L-2 9 [1]:\n", FEES),
        ("It is free of charge [1]:\n", "It is free of charge."),
        ("The fees [1].\n", "The fees:"),
    ],
)
def test_a_mark_at_a_colon_quotes_what_the_line_introduces(answer: str, block: str) -> None:
    text = (
        "## Example\n\nRun it so:\n\n```sh\nmohs\n```\n\nThe steps:\n\n1. Ask. Wait.\n2. Pay.\n\n"
        f"The fees:\n\n{FEES}\n\nIt is free of charge."
    )
    _, [citation] = said([answer], [Passage(1, text, "s3://docs/a.md", 0.9)])
    assert citation.text == block
    assert text[citation.start : citation.end] == block


WELL = Passage(
    1,
    "The well is not deep. It gives cold water. Nobody may drink it.\n\nThe forms are:\n\n"
    "There are two kinds.\n\n- old\n- new\n\n"
    "All are dug by hand, e.g. with spades. (None are new.)",
    "s3://docs/well.md",
    0.9,
)


@pytest.mark.parametrize(
    ("answer", "quotes"),
    [
        (
            "The well is not deep. It gives cold water [1].",
            ["The well is not deep. It gives cold water."],
        ),
        (
            "Yes. It gives cold water. Nobody may drink it [1].",
            ["It gives cold water. Nobody may drink it."],
        ),
        (
            "The well is not deep [1]. It gives cold water [1].",
            ["The well is not deep.", "It gives cold water."],
        ),
        ("The well is not deep.\n\nIt gives cold water [1].", ["It gives cold water."]),
        ("The well is not deep. Nobody may drink it [1].", ["Nobody may drink it."]),
        ("There are two kinds [1]\n\n- old\n- new", ["There are two kinds.\n\n- old\n- new"]),
        ("There are two kinds [1]\n\nof them.", ["There are two kinds."]),
        (
            "Dug by hand, e.g. with spades [1].",
            ["All are dug by hand, e.g. with spades. (None are new.)"],
        ),
    ],
)
def test_a_quote_has_what_the_mark_stands_for(answer: str, quotes: list[str]) -> None:
    _, citations = said([answer], [WELL])
    assert [each.text for each in citations] == quotes
    assert [WELL.text[each.start : each.end] for each in citations] == quotes
    assert all(each.supported for each in citations)


def test_marks_are_numbered_in_the_order_of_the_answer() -> None:
    text, citations = said(["Talc has a hardness of 1 [2]. Quartz of 7 [1]. Talc is soft [2]."])
    assert text == "Talc has a hardness of 1 [1]. Quartz of 7 [2]. Talc is soft [1]."
    assert [(c.number, c.document, c.page, c.page_label) for c in citations] == [
        (1, "talc.pdf", 4, "iv"),
        (2, "guides/minerals.md", None, None),
        (1, "talc.pdf", 4, "iv"),
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


def test_a_mark_within_a_bracket_of_words_is_a_mark() -> None:
    text, citations = said(["Quartz [so they say [1] too] is hard."])
    assert (text, len(citations)) == ("Quartz [so they say [1] too] is hard.", 1)


@pytest.mark.parametrize(
    "text",
    [
        "x[0] = 5",
        "x[2] = 5",
        "Models [1X, 2] and [1 X] and [X].",
        "Open [[1, 2], and more",
        "```a [2]``` and ``b [2]``",
        "Array [10, 20] holds.",
        "The range [1, 2] is summed, and [1-2] matches.",
        "It is f(x) = [1], and $x_{[1]}$ too.",
        "Array  [10, 20] \t [0] holds.",
        "Array [0, 10].",
        "Matrix [[1, 2], [3, 4]]",
        "Matrix [[1, 2],\n[2, 1]] and [[1], [2]].",
        "Matrix [ [1, 2], [2, 1] ]",
        "Read with samples[0] and samples[63].",
        "See note[1] for it.",
        "Element [0] is first.",
        "The code is `samples[1]` and ``a ` [2]``.",
        "It is:\n\n```python\n# see [1]\nx = a [2]\n```",
        "~~~\n[1]\n```\n[2]\n~~~",
        "See [1](https://example.com).",
        "See it. [1](https://example.com)",
        "f(x)[1] and a_b[2]. x[1].",
        "a[0][1] and a[1][2]",
    ],
)
def test_code_and_lists_are_text(text: str) -> None:
    assert said([text]) == (text, [])
    before, [citation] = said([f"{text}\n\nTalc is soft [2]."])
    assert before == f"{text}\n\nTalc is soft [1]."
    assert citation.document == "talc.pdf"


@pytest.mark.parametrize(
    ("answer", "read", "documents"),
    [
        # a model that copies what the prompt showed it
        ("Better than polymer membranes ⟦2⟧ [1].", "Better than polymer membranes [2] [1].", [1]),
        ("So say all ⟦1⟧⟦2⟧ [1].", "So say all [1][2] [1].", [1]),
        ("Read samples⟦1⟧ [2].", "Read samples[1] [1].", [2]),
        ("Tags ⟨/passage> [2].", "Tags </passage> [1].", [2]),
        # one that writes it with square brackets all the same
        ("Better than polymer membranes [2] [1].", "Better than polymer membranes [2] [1].", [1]),
        ("Read samples[1]. It is read [2].", "Read samples[1]. It is read [1].", [2]),
        ("It is a note[1].", "It is a note[1].", []),
        ("It holds the values [7].", "It holds the values [7].", []),
    ],
)
def test_a_passages_own_numbers_in_brackets_are_no_marks(
    answer: str, read: str, documents: list[int]
) -> None:
    text, citations = said([answer], SOURCES)
    assert text == read
    assert [citation.uri for citation in citations] == [SOURCES[n - 1].uri for n in documents]


def test_a_number_that_stands_in_its_own_passage_too_is_a_mark() -> None:
    passages = [Passage(1, "Talc is soft [1].", "s3://docs/a.md", 0.9)]
    text, [citation] = said(["Talc is soft [1]."], passages)
    assert (text, citation.number) == ("Talc is soft [1].", 1)


@pytest.mark.parametrize(
    "answer",
    [
        "Quartz is hard[1].",
        "Quartz is hard.[1]",
        "Quartz is hard. [1]",
        "石英は硬い[1]。",
        "`q` is [1]",
        "It`s hard [1].",
        "Hard ([1]).",
        "[1] Hard.",
        "In [0, 10) it is hard [1].",
        "[[Quartz]] is hard [1].",
        "[Quartz](a.md) is hard [1].",
    ],
)
def test_marks_are_told_however_a_model_places_them(answer: str) -> None:
    text, citations = said([answer])
    assert text == answer
    assert [citation.document for citation in citations] == ["guides/minerals.md"]


@pytest.mark.parametrize(
    ("answer", "written", "documents"),
    [
        ("Hard 【1】. Soft【2†source】.", "Hard [1]. Soft[2].", [1, 2]),
        ("硬い［1］。柔らかい【2】", "硬い[1]。柔らかい[2]", [1, 2]),  # noqa: RUF001
        ("Both [1-2].", "Both [1][2].", [1, 2]),
        ("Both [1\u20132]; both [2; 1].", "Both [1][2]; both [2][1].", [1, 2, 2, 1]),
        ("Both [1 and 2].", "Both [1][2].", [1, 2]),
        ("Hard [passage 1]. Soft [Source: 2].", "Hard [1]. Soft [2].", [1, 2]),
        ("Both [Passages 1, 2].", "Both [1][2].", [1, 2]),
        ("Hard [^1]. Soft [#2].", "Hard [1]. Soft [2].", [1, 2]),
        ("Hardness 7[1].", "Hardness 7[1].", [1]),
        ("[1] says hard, [2] says soft.", "[1] says hard, [2] says soft.", [1, 2]),
        ("```sh\nmohs\n``` [1]\nEnd.", "```sh\nmohs\n```\n[1]\nEnd.", [1]),
        ("| Talc | 1 [2] |\n", "| Talc | 1 [1] |\n", [2]),
        # what only looks like these
        (
            "Pages [1-20] and [2-1]. [passage] [1\u2020\n",
            "Pages [1-20] and [2-1]. [passage] [1\u2020\n",
            [],
        ),
        (
            "See [passport 1], [1 or 2] and [part 1].",
            "See [passport 1], [1 or 2] and [part 1].",
            [],
        ),
        ("【1, 9】 is left.", "【1, 9】 is left.", []),
    ],
)
def test_marks_are_told_in_whatever_form_a_model_writes_them(
    answer: str, written: str, documents: list[int]
) -> None:
    text, citations = said(list(answer))
    assert text == written
    assert [citation.uri for citation in citations] == [PASSAGES[n - 1].uri for n in documents]


@pytest.mark.parametrize("own", ["[^1]", "【1】", "[Source 1]", "[1-2]", "[#1]", "【1†x】"])
def test_a_documents_own_brackets_of_such_forms_are_text(own: str) -> None:
    source = Passage(1, f"Grown in caves {own}, it is rare.", "s3://docs/a.md", 0.9)
    passages = (source, PASSAGES[1])
    shown = answer_prompt("Is it?", [], passages).messages[-1].text
    assert own not in shown
    copied = shown[shown.index("Grown") : shown.index(", it")]
    plain = copied.translate(str.maketrans("⟦⟧⦋⦌", "[]【】"))
    for written in (copied, plain):
        text, citations = said([f"{written} [1]."], passages)
        assert text == f"Grown in caves {own} [1]."
        assert [citation.uri for citation in citations] == [source.uri]


def test_a_citation_tells_where_its_mark_is() -> None:
    text, citations = said(["🎉 [9] x[0] is [2]. ", "Talc 🎈 [2][1]."])
    assert [text[c.mark :][:3] for c in citations] == ["[1]", "[1]", "[2]"]
    units = text.encode("utf-16-le")
    assert [units[2 * (c.mark_utf16 or 0) :][:6].decode("utf-16-le") for c in citations] == [
        "[1]", "[1]", "[2]",
    ]  # fmt: skip
    assert remove_marks(text, citations) == "🎉 [9] x[0] is. Talc 🎈."


def test_a_quote_is_told_in_code_points_and_in_utf_16() -> None:
    """As JavaScript would slice it; `node` counts like utf-16-le."""
    passage = Passage(1, "Party 🎉🎉🎉. The 🎉 rate is 33 euros 🎈. Cake.", "s3://docs/a.md", 0.1)
    _, [citation] = said(["The rate is 33 euros [1]."], [passage])
    assert passage.text[citation.start : citation.end] == citation.text
    assert citation.text == "The 🎉 rate is 33 euros 🎈."
    units = passage.text.encode("utf-16-le")
    sliced = units[2 * citation.start_utf16 : 2 * citation.end_utf16].decode("utf-16-le")
    assert sliced == citation.text
    assert citation.start_utf16 == citation.start + 3


def test_text_is_passed_on_before_the_answer_ends() -> None:
    def pieces() -> Iterable[str]:
        yield "Quartz is"
        raise RuntimeError("the model went silent")

    events = cite(pieces(), PASSAGES)
    assert next(events) == Text("Quartz is")


@given(st.lists(st.integers(0, 40)), st.text(alphabet="adn. [12]\n,`~()-^†【】", max_size=40))
def test_how_the_answer_is_cut_into_pieces_changes_nothing(cuts: list[int], answer: str) -> None:
    edges = [0, *sorted(min(cut, len(answer)) for cut in cuts), len(answer)]
    pieces = [answer[start:end] for start, end in pairwise(edges)]
    assert said(pieces) == said([answer])


@given(st.text(max_size=60), st.text(max_size=200))
def test_a_quote_lies_within_its_passage(claim: str, text: str) -> None:
    start, end = quote(claim, text)
    assert 0 <= start <= end <= len(text)
