"""E-mail and notebooks: which of several forms of a text is read."""

import json
from pathlib import Path
from typing import Any

from app.local.engine.parsers import notebook
from app.local.engine.parsers.mail import parse
from app.local.engine.parsers.rtf import markdown_of
from tests.local.engine.parsers.documents import parsed, parsed_document

LONG = "<p>" + "The pump in the cellar of the mill runs at 1450 rpm. " * 20 + "</p>"


def message(*parts: tuple[str, str], kind: str = "multipart/alternative") -> bytes:
    inner = "".join(f"--b\r\nContent-Type: {head}\r\n\r\n{text}\r\n" for head, text in parts)
    head = f"From: a@example.org\r\nSubject: Pump\r\nContent-Type: {kind}; boundary=b\r\n\r\n"
    return f"{head}{inner}--b--\r\n".encode()


def text_of(path: Path, content: bytes) -> str:
    [section] = parsed(parse, path / "a.eml", content)
    return section.text


def test_an_empty_plain_form_leaves_the_html_one(tmp_path: Path) -> None:
    content = message(("text/plain", " \r\n"), ("text/html", "<p>The pump is blue.</p>"))
    assert "The pump is blue." in text_of(tmp_path, content)


def test_a_plain_form_that_only_says_that_there_is_another_is_not_read(tmp_path: Path) -> None:
    stub = "Your program does not show HTML."
    text = text_of(tmp_path, message(("text/plain", stub), ("text/html", LONG)))
    assert "1450 rpm" in text
    assert stub not in text


def test_all_texts_of_a_mixed_message_are_read(tmp_path: Path) -> None:
    content = message(
        ("text/plain", "The pump is blue."),
        ("text/plain", "The list's footer."),
        ("text/html", "<p>The valve is red.</p>"),
        kind="multipart/mixed",
    )
    text = text_of(tmp_path, content)
    for part in ("The pump is blue.", "The list's footer.", "The valve is red."):
        assert text.count(part) == 1


def test_flowed_lines_are_one(tmp_path: Path) -> None:
    content = (
        b"From: a@example.org\r\nContent-Type: text/plain; format=flowed\r\n\r\n"
        b"The pump is \r\nblue.\r\n-- \r\nAnn\r\n"
    )
    text = text_of(tmp_path, content)
    assert "The pump is blue." in text
    assert "--\nAnn" in text.replace("-- \n", "--\n")


def test_a_sealed_message_says_that_its_text_is_not_read(tmp_path: Path) -> None:
    content = (
        b"From: a@example.org\r\nSubject: Pump\r\n"
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nTWltZQ==\r\n"
    )
    document = parsed_document(parse, tmp_path / "a.eml", content)
    [warning] = document.warnings
    assert "S/MIME" in warning


def notebook_text(path: Path, *outputs: dict[str, Any]) -> str:
    cells = [{"cell_type": "code", "source": "f()", "outputs": list(outputs)}]
    content = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()
    [section] = parsed(notebook.parse, path / "a.ipynb", content)
    return section.text


def test_an_output_that_is_only_html_is_read(tmp_path: Path) -> None:
    table = "<table><tr><th>pump</th><th>rpm</th></tr><tr><td>P1</td><td>1450</td></tr></table>"
    text = notebook_text(tmp_path, {"output_type": "display_data", "data": {"text/html": table}})
    assert "| P1 | 1450 |" in text


def test_the_colours_of_a_terminal_are_no_text(tmp_path: Path) -> None:
    text = notebook_text(
        tmp_path,
        {"output_type": "stream", "text": "\x1b[1mready\x1b[0m at 1450"},
        {"output_type": "error", "ename": "PumpError", "evalue": "\x1b[31mdry\x1b[0m"},
    )
    assert "ready at 1450" in text
    assert "PumpError: dry" in text


def test_rtf_of_the_macintosh_and_of_dos_is_read_in_its_code_page() -> None:
    assert markdown_of(rb"{\rtf1\mac L'h\'99tel}") == "L'h\u00f4tel"
    assert markdown_of(rb"{\rtf1\pca L'h\'93tel}") == "L'h\u00f4tel"
