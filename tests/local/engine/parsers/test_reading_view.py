"""Markdown as its reader sees it."""

from pathlib import Path

import pytest

from app.local.engine.parsers import Section, markdown
from app.local.engine.parsers.reading_view import reading_view
from tests.local.engine.parsers.documents import parsed

FENCE = "```html\n<b>x</b> &amp; <!-- y --> [t][1]\n```\n"


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("Wet<!-- not cold -->.\n", "Wet.\n"),
        ("<!-- one\n\ntwo -->\nWet.\n", "Wet.\n"),
        ("<p align='center'>\n <em>Wet</em>\n</p>\n\nCold.\n", "Wet\n\nCold.\n"),
        ("Clay <kbd>F1</kbd> is<br>wet.\n", "Clay F1 is wet.\n"),
        (
            'See <a href="https://e.example/a" class="x">the <b>list</b></a>.\n',
            "See [the list](https://e.example/a).\n",
        ),
        ('<a href="https://e.example/a"><img src="x.png"></a> Wet.\n', " Wet.\n"),
        ('<img src="x.png" alt="A map"> is here.\n', "A map is here.\n"),
        ("![A map](data:image/png;base64,AAAA) is here.\n", "A map is here.\n"),
        (
            "It costs 5&nbsp;&euro; &notanentity; &#8212; &lt;b&gt;.\n",
            "It costs 5\xa0€ &notanentity; — <b>.\n",
        ),
        ("Wet [1].\n", "Wet [1].\n"),
        ("List<String> and <tag/> stay.\n", "List<String> and <tag/> stay.\n"),
        ("x < y && y > z\n", "x < y && y > z\n"),
    ],
)
def test_what_no_reader_sees_is_left_out(text: str, view: str) -> None:
    assert reading_view(text) == view


@pytest.mark.parametrize(
    "code",
    [
        FENCE,
        "Write `<b>&amp;</b> <!-- x -->` for it.\n",
        "Write ``a ` <b>`` for it.\n",
        "    <b>&amp;</b>\n",
        "- item\n\n  ```html\n  <p>&amp;</p>\n  ```\n",
    ],
)
def test_code_stays_as_it_is_written(code: str) -> None:
    document = f"# Markup\n\n{code}\nWet<!-- cold -->.\n\n[1]: https://e.example\n"
    assert reading_view(document) == f"# Markup\n\n{code}\nWet.\n\n"


def test_a_link_carries_the_address_that_the_document_lists_elsewhere() -> None:
    text = (
        "See [the list][A], [terms][] and ![map][m]; not [x][missing] nor [terms].\n\n"
        "[a]: https://e.example/a 'Title'\n[Terms]: <https://e.example/t>\n[m]: m.png\n\nEnd.\n"
    )
    assert reading_view(text) == (
        "See [the list](https://e.example/a), [terms](https://e.example/t) and ![map](m.png);"
        " not [x][missing] nor [terms].\n\n\nEnd.\n"
    )


def test_a_table_of_html_is_a_table_though_it_holds_empty_lines() -> None:
    text = (
        "Fees:\n\n<table>\n<tr><th>Berth</th><th>Fee</th></tr>\n\n"
        "    <tr><td>B2</td><td>7 &euro;</td></tr>\n</table>\n\nEnd.\n"
    )
    assert reading_view(text) == ("Fees:\n\n| Berth | Fee |\n| --- | --- |\n| B2 | 7 € |\n\nEnd.\n")


def test_a_table_that_never_ends_takes_the_rest_of_the_document() -> None:
    text = "<table><tr><td>B2</td><td>7</td></tr>\n\nEnd.\n"
    assert "End." in reading_view(text)


def test_a_markdown_file_is_read_so(tmp_path: Path) -> None:
    content = b"---\ntitle: Clay\n---\nWet<!-- cold -->.\n"
    assert parsed(markdown.parse, tmp_path / "a.md", content) == [Section("# Clay\n\nWet.\n", None)]


def test_a_picture_whose_address_in_a_list_is_its_data_is_its_alternative_text() -> None:
    text = "See ![a map][m] and [a text][m].\n\n[m]: data:image/png;base64,AAAA\n"
    assert reading_view(text).strip() == "See a map and a text."
