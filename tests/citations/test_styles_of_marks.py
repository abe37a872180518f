"""Marks in the styles of Claude, Nova, Llama, Mistral and their like, and what only looks like one.

Each answer is written by hand, as such a model writes when it is told to cite passages 1 to 3 by
their numbers. Passage 3 has numbers of its own in several forms.
"""

import pytest

from app.citations.cite import cite
from app.events import Citation, Passage, Text

PASSAGES = (
    Passage(1, "Quartz has a hardness of 7. It is common in granite.", "s3://d/1.md", 0.9),
    Passage(2, "Talc is the softest mineral. It has a hardness of 1.", "s3://d/2.md", 0.8),
    Passage(
        3,
        "Polymer membranes cost less [2]. They age in sunlight.¹ Ceramic ones last (source 1). "
        "A vessel of 3 m² holds the rest<sup>2</sup>. See the tariff (document 2) and [[1]].",
        "s3://d/3.md",
        0.7,
    ),
)

# fmt: off
MARKS = (  # what a model writes; what a reader sees; the passages that it cites
    # plain, as Claude and Nova write
    ("Quartz has a hardness of 7 [1].", "Quartz has a hardness of 7 [1].", "1"),
    ("Quartz has a hardness of 7.[1]", "Quartz has a hardness of 7.[1]", "1"),
    ("Quartz has a hardness of 7. [1]", "Quartz has a hardness of 7. [1]", "1"),
    ("Talc is soft [2], quartz is hard [1].", "Talc is soft [1], quartz is hard [2].", "21"),
    ("Both are minerals [1][2].", "Both are minerals [1][2].", "12"),
    ("Both are minerals [1] [2].", "Both are minerals [1] [2].", "12"),
    ("Both are minerals [1], [2].", "Both are minerals [1], [2].", "12"),
    ("Both are minerals [1, 2].", "Both are minerals [1][2].", "12"),
    ("Both are minerals [1,2].", "Both are minerals [1][2].", "12"),
    ("Both are minerals [1; 2].", "Both are minerals [1][2].", "12"),
    ("All are named [1-3].", "All are named [1][2][3].", "123"),
    ("**Talc** is soft **[2]**.", "**Talc** is soft **[1]**.", "2"),
    ("- Quartz: 7 [1]\n- Talc: 1 [2]", "- Quartz: 7 [1]\n- Talc: 1 [2]", "12"),
    ("| Talc | 1 [2] |", "| Talc | 1 [1] |", "2"),
    ("Talc [2] is the softest.", "Talc [1] is the softest.", "2"),
    # doubled brackets, as Mistral and some Llamas write
    ("Quartz has a hardness of 7 [[1]].", "Quartz has a hardness of 7 [1].", "1"),
    ("Quartz has a hardness of 7.[[1]]", "Quartz has a hardness of 7.[1]", "1"),
    ("Both are minerals [[1]][[2]].", "Both are minerals [1][2].", "12"),
    ("Both are minerals [[1, 2]].", "Both are minerals [1][2].", "12"),
    ("Quartz is hard [[passage 1]].", "Quartz is hard [1].", "1"),
    ("Quartz [[1]] is hard.", "Quartz [1] is hard.", "1"),
    # with a label in square brackets
    ("Talc is soft [passage 2].", "Talc is soft [1].", "2"),
    ("Talc is soft [Passage 2].", "Talc is soft [1].", "2"),
    ("Talc is soft [Passage #2].", "Talc is soft [1].", "2"),
    ("Talc is soft [Passage: 2].", "Talc is soft [1].", "2"),
    ("Both are minerals [Passages 1 and 2].", "Both are minerals [1][2].", "12"),
    ("Both are minerals [Passage 1, Passage 2].", "Both are minerals [1][2].", "12"),
    ("Both are minerals [passage 1; passage 2].", "Both are minerals [1][2].", "12"),
    ("Talc is soft [Source: passage 2].", "Talc is soft [1].", "2"),
    ("Talc is soft [see passage 2].", "Talc is soft [1].", "2"),
    ("Talc is soft [source 2].", "Talc is soft [1].", "2"),
    ("Talc is soft [doc2].", "Talc is soft [1].", "2"),
    ("Talc is soft [doc_2].", "Talc is soft [1].", "2"),
    ("Talc is soft [Document 2, page 4].", "Talc is soft [1].", "2"),
    ("Talc is soft [2, p. 4].", "Talc is soft [1].", "2"),
    ("Talc is soft [2, pp. 4-5].", "Talc is soft [1].", "2"),
    ('Talc is soft [n="2"].', "Talc is soft [1].", "2"),
    ("Talk ist weich [Quelle 2].", "Talk ist weich [1].", "2"),
    ("El talco es blando [Fuente: 2].", "El talco es blando [1].", "2"),
    ("Il talco è tenero [fonte 2].", "Il talco è tenero [1].", "2"),
    ("滑石は軟らかい［出典2］。", "滑石は軟らかい[1]。", "2"),  # noqa: RUF001
    # in parentheses
    ("Talc is soft (passage 2).", "Talc is soft [1].", "2"),
    ("Talc is soft (Passage 2).", "Talc is soft [1].", "2"),
    ("Talc is soft. (Passage 2)", "Talc is soft. [1]", "2"),
    ("Talc is soft (see passage 2).", "Talc is soft [1].", "2"),
    ("Talc is soft (from passage 2).", "Talc is soft [1].", "2"),
    ("Talc is soft (Source: Passage 2).", "Talc is soft [1].", "2"),
    ("Both are minerals (passages 1 and 2).", "Both are minerals [1][2].", "12"),
    ("Both are minerals (passage 1, passage 2).", "Both are minerals [1][2].", "12"),
    ("Talc is soft (source 2).", "Talc is soft [1].", "2"),
    ("滑石は軟らかい（出典2）。", "滑石は軟らかい[1]。", "2"),  # noqa: RUF001
    ("滑石很软（段落 2）。", "滑石很软[1]。", "2"),  # noqa: RUF001
    ("Talc is soft ([2]).", "Talc is soft ([1]).", "2"),
    # the brackets of East Asia, footnotes, superscripts
    ("Talc is soft【2】.", "Talc is soft[1].", "2"),
    ("Talc is soft【2†source】.", "Talc is soft[1].", "2"),
    ("Talc is soft【2†L3-L5】.", "Talc is soft[1].", "2"),
    ("Talc is soft [^2].", "Talc is soft [1].", "2"),
    ("Talc is soft.[^2]", "Talc is soft.[1]", "2"),
    ("Talc is soft.²", "Talc is soft.[1]", "2"),
    ("Talc is soft².", "Talc is soft[1].", "2"),
    ("Both are minerals.¹²", "Both are minerals.[1][2]", "12"),
    ("Talc is soft², quartz is hard¹.", "Talc is soft[1], quartz is hard[2].", "21"),
    ("Talc is soft.<sup>2</sup>", "Talc is soft.[1]", "2"),
    ("Both are minerals.<sup>1,2</sup>", "Both are minerals.[1][2]", "12"),
    ("Talc is soft<sup>[2]</sup>.", "Talc is soft[1].", "2"),
    # made up: there is no such passage
    ("Talc is soft [[7]].", "Talc is soft.", ""),
    ("Talc is soft (passage 7).", "Talc is soft.", ""),
    ("Talc is soft.⁷", "Talc is soft.", ""),
)
TEXT = (  # what is no mark, and stays as it is written
    # numbers of passage 3 itself, copied with their words
    "Polymer membranes cost less [2].", "They age in sunlight.¹", "Ceramic ones last (source 1).",
    "It holds the rest<sup>2</sup>.", "See the tariff (document 2).",
    "Tariff (document 2) and [[1]].",
    # units, powers, formulas
    "A vessel of 3 m².", "It covers 20 km² of land.", "E = mc²", "It weighs 5 kg/m³.",
    "Area: 2 metre².",
    "The volume is 10³.", "x¹ and x²", "10<sup>2</sup> grams", "H<sub>2</sub>O",
    "It moves at 3 m/s².",
    # enumerations and numbers in parentheses
    "There are (1) quartz and (2) talc.", "It is hard (7 of 10).", "The year (2).",
    "It is soft (see 2).",
    "Choose version (2).", "Talc (page 2) is soft.", "See (passage two).", "See passage 2.",
    # code and lists
    "`a[[1]]`", "`x²`", "```\ny = f(passage 2)\nz = [[1]]\n```", "np.array([[1, 2], [3, 4]])",
    "The matrix [[1, 2], [2, 3]] is square.", "The column is [[1], [2]].",
    "The rows [[1, 2]] are given.", "m = [[1]]", "f([[2]])", "`<sup>1</sup>`",
    # words in brackets
    "Click [[here]].", "Use [Passage].", "Say (source).", "An aside (see below).", "<sup>st</sup>",
    "He came 1<sup>st</sup>.", "A tag <b>2</b>.", "if a<2 or b>1.", "[2](https://example.com/2)",
)
# fmt: on


def said(answer: str) -> tuple[str, str]:
    events = list(cite(answer, PASSAGES))
    text = "".join(event.text for event in events if isinstance(event, Text))
    return text, "".join(event.uri[7] for event in events if isinstance(event, Citation))


@pytest.mark.parametrize(("answer", "text", "cited"), MARKS)
def test_a_mark_is_a_citation_in_whatever_style(answer: str, text: str, cited: str) -> None:
    assert said(answer) == (text, cited)


@pytest.mark.parametrize("answer", TEXT)
def test_what_cannot_be_told_from_text_stays(answer: str) -> None:
    assert said(answer) == (answer, "")
