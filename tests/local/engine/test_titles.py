"""The title of a document, whatever stands before it."""

from pathlib import Path

import pytest

from app.local.engine.chunk import DEFAULT, Chunking, Whole, chunk
from app.local.engine.chunk.titles import FEW, title
from app.local.engine.parsers import Section, asciidoc, hypertext, markdown, restructured
from tests.local.engine.parsers.documents import Parse, parsed
from tests.local.engine.test_chunk import ENCODER, hierarchical

BADGE = "[![build](https://e.example/b.svg)](https://e.example/build)"
WORDS = "Cars pay 30, and bicycles 5. " * 20
REST = f"\n\n{WORDS}\n\n### Times\n\nAt noon.\n"


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\n\n",
        "--------\n\n--------\n\n",
        '<a name="top"></a>\n\n',
        "<!-- Written by a tool.\nDo not edit. -->\n",
        f"{BADGE}\n{BADGE}\n\n",
        "![](logo.png)\n\n",
        '<p align="center"><img src="logo.svg" width="200"></p>\n\n',
        "[English](README.md) | [Deutsch](README.de.md)\n\n",
        "---\nlayout: page\ndate: 2024-01-01\n---\n\n",
        "[//]: # (Written by a tool)\n\n",
        "<div align='center'>\n\n",
        "#### Sponsors\n\n[![one](1.png)](https://e.example)\n\n",
        "> **Note**: the ferry does not run in winter.\n\n",
        "The ferries of the bay\n\n",
    ],
)
@pytest.mark.parametrize(
    "heading",
    ["# Fees", "Fees\n====", "Fees\n----", "<h1 align='center'>Fees</h1>\n", "# **Fees** #"],
)
def test_the_first_heading_is_the_title_of_a_document_of_markdown(
    tmp_path: Path, before: str, heading: str
) -> None:
    has_words = before.startswith((">", "The"))
    sections = parsed(markdown.parse, tmp_path / "a.md", f"{before}{heading}{REST}".encode())
    named = "" if has_words and heading.endswith("-") else "Fees"
    assert title([one.text for one in sections]) == named


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (restructured.parse, ".. image:: logo.png\n\n====\nFees\n====\n\nCars pay 30.\n"),
        (asciidoc.parse, "image::logo.png[]\n\n= Fees\n\nCars pay 30.\n"),
        (hypertext.parse, "<body><a name=top></a><hr><h1>Fees</h1><p>Cars pay 30.</p>"),
    ],
)
def test_a_document_of_another_format_has_its_title(
    tmp_path: Path, parse: Parse, text: str
) -> None:
    sections = parsed(parse, tmp_path / "a", text.encode())
    assert title([one.text for one in sections]) == "Fees"


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        f"Cars pay.\n\n## Fees{REST}",  # a section, below a title that is not written
        f"{BADGE}\n\n## Fees{REST}\n## Berths\n\n{WORDS}",  # sections
        f"## Fees{REST}\n## Berths\n\n{WORDS}",
        f"Ferries.\n\n# Fees{REST}\n# Berths\n\n{WORDS}",  # chapters
        f"{WORDS}\n\n# Fees{REST}",  # far below
        "```\n# Fees\n```\n\n    # Fees\n",  # code
        "#hashtag\n\n#\n",
        "",
    ],
)
def test_a_document_without_a_title_has_none(text: str) -> None:
    assert title([text]) == ""


def test_the_highest_of_the_first_headings_is_the_title() -> None:
    assert title(["### Contents\n\n- [Fees](#fees)\n\n# Ferries\n\n## Fees"]) == "Ferries"
    assert title(["## Contents\n\nFees.\n\n# Ferries\n\n## Fees"]) == "Ferries"
    assert title(["## Fees\n\nCars pay 30.\n\n### Times"]) == "Fees"
    assert title(["# Fees\n\nCars pay 30.\n\n# Times"]) == "Fees"


def test_a_title_has_few_words_before_it() -> None:
    assert title([f"{'a' * FEW}\n\n# Fees"]) == "Fees"
    assert title([f"{'a' * (FEW + 1)}\n\n# Fees"]) == ""


def test_a_chapter_of_a_later_section_tells_that_the_first_is_no_title() -> None:
    assert title(["Ferries.\n\n# Fees", "## Cars"]) == "Fees"
    assert title(["Ferries.\n\n# Fees", "# Cars"]) == ""


@pytest.mark.parametrize("before", ["", f"{BADGE}\n\n", "--------\n\n", "\n", "Ferries.\n\n"])
@pytest.mark.parametrize("chunking", [DEFAULT, hierarchical(200, 100, 0), Whole()])
def test_a_title_is_over_each_chunk_but_that_which_has_it(before: str, chunking: Chunking) -> None:
    sections = [Section(f"{before}# Fees\n\n{WORDS * 4}", 1), Section("At noon.", 2)]
    for piece in chunk(sections, chunking, ENCODER, "a file"):
        assert piece.context == ("" if "# Fees" in piece.text else "Fees")
