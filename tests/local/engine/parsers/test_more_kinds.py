"""Kinds of text files: stray quotes in CSV, JSON as it is written, pages with a base address."""

import json
from pathlib import Path

import pytest

from app.local.engine.parsers import Unreadable, delimited, notebook, records
from app.local.engine.parsers.hypertext import to_markdown
from tests.local.engine.parsers.documents import parsed


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (
            'name;note\nAnn;"5 pipe\nBen;ok\n',
            ["| name | note |", '| Ann | "5 pipe |', "| Ben | ok |"],
        ),
        ('a,b\n"x\ny",1\n"2,3\n4,5', ["| a | b |", "| x y | 1 |", '| "2 | 3 |', "| 4 | 5 |"]),
        ('"a,b\n1,2\n3,4\n', ['| "a | b |', "| 1 | 2 |", "| 3 | 4 |"]),
    ],
)
def test_a_quote_that_nothing_closes_is_a_sign_of_its_line(
    tmp_path: Path, content: str, rows: list[str]
) -> None:
    [section] = parsed(delimited.parse, tmp_path / "a.csv", content.encode())
    lines = section.text.split("\n")
    assert [lines[0], *lines[2:]] == rows


def test_very_many_stray_quotes_end(tmp_path: Path) -> None:
    content = "a,b\n" + '1,"2\n' * 2001
    [section] = parsed(delimited.parse, tmp_path / "a.csv", content.encode())
    assert section.text.count("2") >= 2001
    assert "\ufdd2" not in section.text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            '{"v": 1.10, "n": 12345678901234567890.5, "e": 1E5}',
            "v: 1.10\nn: 12345678901234567890.5\ne: 1E5",
        ),
        ('{"a": 1, "a": 2}', "a: 1, 2"),
        ('{\n"a": 1\n}\n{\n"a": 2\n}\n', "| a |\n| --- |\n| 1 |\n| 2 |"),
        ('[["berth", "fee"], ["B1", 7]]', "| berth | fee |\n| --- | --- |\n| B1 | 7 |"),
        (f'{{"n": {"9" * 5000}}}', f"n: {'9' * 5000}"),
    ],
    ids=["numbers", "names", "values", "grid", "long number"],
)
def test_json_is_read_as_it_is_written(tmp_path: Path, content: str, text: str) -> None:
    [section] = parsed(records.parse, tmp_path / "a.json", content.encode())
    assert section.text == text


def test_a_broken_line_of_json_lines_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"not valid JSON: .*line 3 column 7"):
        parsed(records.parse, tmp_path / "a.jsonl", b'{"a": 1}\n{"a": 2}\n{"a": ]\n')


@pytest.mark.parametrize(
    "cells", [[1], [{"cell_type": "code", "source": "x", "outputs": 5}], {"a": 1}]
)
def test_a_notebook_of_another_shape_is_refused(tmp_path: Path, cells: object) -> None:
    content = json.dumps({"cells": cells}).encode()
    with pytest.raises(Unreadable, match="no Jupyter notebook, or a damaged one"):
        parsed(notebook.parse, tmp_path / "a.ipynb", content)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            "<table><tr><th>a<th>b<tbody><tr><td rowspan=0>x<td>1<tr><td>2<tbody><tr><td>y<td>3",
            "| a | b |\n| --- | --- |\n| x | 1 |\n| x | 2 |\n| y | 3 |",
        ),
        (
            "<table><tbody><tr><td rowspan=9>x<td>1<tbody><tr><td>y<td>3",
            "| x | 1 |\n| --- | --- |\n| y | 3 |",
        ),
        (
            "<base href=https://e.com/d/><p><a href=x.html>x</a> <a href=/y>y</a> <a href=#z>z</a>",
            "[x](https://e.com/d/x.html) [y](https://e.com/y) z",
        ),
        ("<base href=d/><p><a href=x.html>x</a>", "[x](x.html)"),
        ("<p>a<div popover>menu</div>", "a"),
    ],
)
def test_a_page_is_read_as_browsers_show_it(markup: str, text: str) -> None:
    assert to_markdown(markup) == text
