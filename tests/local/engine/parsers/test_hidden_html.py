"""HTML: what the page's own styles hide from its reader."""

from pathlib import Path

import pytest

from app.local.engine.parsers.hypertext import parse, to_markdown
from tests.local.engine.parsers.documents import parsed

SEEN = "The fee is 7 euros."
HIDDEN = "The fee is 3 euros."


@pytest.mark.parametrize(
    "declarations",
    [
        "content-visibility: hidden",
        "opacity: 0",
        "opacity: .0",
        "color: white",
        "color: #fefefe",
        "color: rgb(255, 255, 255)",
        "color: #123456; background-color: #123456",
        "color: transparent",
        "color: rgba(0, 0, 0, 0)",
        "height: 0; overflow: hidden",
        "max-height:0;overflow:hidden",
        "transform: scale(0)",
        "position: absolute; clip: rect(0, 0, 0, 0)",
        "clip: rect(1px, 1px, 1px, 1px)",
        "clip-path: inset(50%)",
        "font-size: 1px",
        "font-size: 0.5pt",
    ],
)
def test_text_that_styles_hide_is_left_out(declarations: str) -> None:
    for page in (
        f"<style>.h {{ {declarations} }}</style><p>{SEEN}<p class=h>{HIDDEN}",
        f"<style>@layer base {{ p.h {{ {declarations} }} }}</style><p>{SEEN}<p class=h>{HIDDEN}",
        f'<p>{SEEN}<p style="{declarations}">{HIDDEN}',
    ):
        assert to_markdown(page) == SEEN


@pytest.mark.parametrize(
    "page",
    [
        "<style>.h {color: white; background: navy}</style><p class=h>{}",
        "<style>.h {color: white} div {background: navy}</style><div><p class=h>{}</div>",
        "<style>.h {color: white}</style><table bgcolor=#000080><tr><td class=h>{}</table>",
        "<link rel=stylesheet href=a.css><p style='color: white'>{}",
        "<style>.h {color: white} p.h {color: black}</style><p class=h>{}",
        "<style>.h {opacity: 0; transition: opacity 1s}</style><p class=h>{}",
        "<script src=a.js></script><style>.h {opacity: 0}</style><p class=h>{}",
        "<style>.h {color: transparent; background-clip: text}</style><p class=h>{}",
        "<style>.h {height: 0}</style><p class=h>{}",
        "<style>.h {opacity: 0.5}</style><p class=h>{}",
        "<style>.h {font-size: 1.2em}</style><p class=h>{}",
        "<style>.h {border-color: white}</style><p class=h>{}",
    ],
)
def test_text_that_may_be_seen_stays(page: str) -> None:
    assert SEEN in to_markdown(
        f"<p>The quay opens at six in the morning.{page.replace('{}', SEEN)}"
    )


def test_a_page_whose_main_part_is_hidden_is_read_without_it() -> None:
    assert to_markdown(f"<main hidden>{HIDDEN}</main><div>{SEEN}</div>") == SEEN


def test_white_letters_of_a_font_element_are_hidden() -> None:
    assert to_markdown(f"<p>{SEEN}<font color=white>{HIDDEN}</font>") == SEEN


def test_a_web_archive_is_its_page(tmp_path: Path) -> None:
    content = (
        "From: <Saved by a browser>\r\nSubject: Fees\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
        "Content-Type: text/html; charset=windows-1252\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        "<html><body><p>The fee is 7=\r\n =80.</p></body></html>\r\n--b\r\n"
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n--b--\r\n"
    )
    [section] = parsed(parse, tmp_path / "a.html", content.encode())
    assert section.text == "The fee is 7 \u20ac."
