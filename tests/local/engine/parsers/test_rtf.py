r"""RTF: what Word shows of it."""

from pathlib import Path

import pytest

from app.local.engine.parsers import Unreadable, rtf
from app.local.engine.parsers.rtf import markdown_of
from tests.local.engine.parsers.documents import parsed

HEAD = (
    r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}{\f2\fcharset128 M;}}"
    r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 Own;}{\s2 heading 2;}}{\info{\title No}}"
)
LINK = r'{\field{\*\fldinst{HYPERLINK "http://a.b/c"}}{\fldrslt{the link}}}'
CELL = r"\trowd\cellx1\cellx2\intbl "
BOX = r"{\field{\*\fldinst FORMCHECKBOX {\*\formfield{\fftype1\ffres%d\ffdefres1}}}{\fldrslt }}"


def text_of(path: Path, body: str) -> str:
    [section] = parsed(rtf.parse, path / "a.rtf", (HEAD + body + "}").encode("latin-1"))
    return section.text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"\pard\s1 Soils\par\pard\s2 Clay\par\pard Wet.\par", "# Soils\n\n## Clay\n\nWet."),
        (r"\pard\outlinelevel2 Sand\par\pard\outlinelevel9 Text\par", "### Sand\n\nText"),
        # encodings: of the document, of fonts, of Unicode with what stands for it
        (r"caf\'e9 {\f1 \'cf\'f0\'e8} {\f2 \'93\'8c\'8b\'9e}", "café При 東京"),
        (r"\u8364? \uc2\u8364EU\uc0\u8364 \u-10179\u-8704 {\uc1\u233\'e9}", "€ €€\U0001f600é"),
        # what is hidden, deleted, or no text
        (r"Clay{\v secret}{\deleted gone}\v no\v0  wet", "Clay wet"),
        (r"{\*\unknown secret}{\pict 0102ff}\bin3 {}}Clay", "Clay"),
        (r"x\~y\_z co\-op\emdash{\b bold}\{\\\}", "x y-z coop\u2014bold{\\}"),
        # links, forms, boxes
        (rf"see {LINK}.", "see [the link](http://a.b/c)."),
        (BOX % 25 + r" Wet\par " + BOX % 0 + " Dry", "☒ Wet\n\n☐ Dry"),
        (r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt Box\par}}{\shprslt Box}}End", "Box\n\nEnd"),
        # lists and tables
        (r"{\listtext\'b7\tab}wet\par\ilvl1{\pntext 1.\tab}very\par", "- wet\n  1. very"),
        (
            rf"{CELL}a\cell b\cell\row{CELL}c\par d\cell e\cell\row\pard End",
            "| a | b |\n| --- | --- |\n| c d | e |\n\nEnd",
        ),
        # what stands around and below
        (
            (
                r"{\header Form 7\tab Page \chpgn\par}{\footer Page {\field{\*\fldinst PAGE}"
                r"{\fldrslt 3}} of 9\par}{\headerf Form 7\par}Clay"
            ),
            "Form 7 Page\n\nForm 7\n\nClay\n\nPage of 9",
        ),
        (r"{\footer Page \chpgn\par}Clay", "Clay"),
        (
            r"Wet{\footnote \pard So they say.}.{\*\atnauthor Ann}{\*\annotation Sure?}\par End",
            "Wet[1].\n\nComment by Ann: Sure?\n\nEnd\n\n1. So they say.",
        ),
        (r"never closed {\b bold", "never closed bold"),
    ],
)
def test_rtf_shows_what_word_shows(tmp_path: Path, body: str, text: str) -> None:
    assert text_of(tmp_path, body) == text


def test_what_is_no_rtf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is no RTF"):
        parsed(rtf.parse, tmp_path / "a.rtf", b"Clay.")


COLOURS = rb"{\colortbl;\red255\green255\blue255;\red0\green0\blue128;}"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (rb"open {\cf1 secret} end", "open end"),
        (rb"open \cf1 secret\plain  end", "open end"),
        (rb"open {\cf2 blue} end", "open blue end"),
        (rb"open {\cf1\chcbpat2 lit} end", "open lit end"),
        (rb"open {\cf1 secret\cf0 seen} end", "open seen end"),
        (rb"\trowd\cellx100\intbl{\cf1 in a cell}\cell\row", "in a cell"),
    ],
)
def test_white_letters_on_paper_are_left_out(words: bytes, expected: str) -> None:
    text = markdown_of(rb"{\rtf1" + COLOURS + words + b"}")
    assert expected in " ".join(text.split())
    assert "secret" not in text


MORE = (
    r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 A;}{\f1\cpg1251 A;}{\f2\fcharset128 M;}"
    r"{\f3\fcharset78 M;}}"
)
DROPDOWN = r"{\*\formfield{\fftype2\ffres%d\ffdefres1{\*\ffl Red}{\*\ffl Blue}}}"
LIST = r"{\field{\*\fldinst FORMDROPDOWN %s}{\fldrslt }}"
FRACTION = r"{\mmath{\*\moMath{\mr x=}{\mf{\mfPr{\mtype bar}}{\mnum{\mr a}}{\mden{\mr b}}}}}"
HEAD_ROW = r"\trowd\clmgf\cellx1\clmrg\cellx2\cellx3\intbl H\cell\cell X\cell\row"
BODY_ROWS = (
    r"\trowd\clvmgf\cellx1\cellx2\cellx3\intbl v\cell b\cell c\cell\row"
    r"\trowd\clvmrg\cellx1\cellx2\cellx3\intbl\cell d\cell e\cell\row\pard"
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"{\f1 \'cf\'f0\'e8} {\f2 \'83\\ \'83\'5c \'83A} {\f3 \'93\'8c}", "При ソ ソ ア 東"),
        (r"{\upr{caf?}{\*\ud{caf\u233?}}}", "café"),
        (r"a\zwnj b{\*\moMathPara {\*\moMath {\mr c}}}", "a\u200cbc"),
        (FRACTION, "x=a/b"),
        (LIST % (DROPDOWN % 0) + LIST % (DROPDOWN % 25), "RedBlue"),
        (r"{\field{\*\fldinst SYMBOL 8364 \\u}{\fldrslt}} 5", "€ 5"),
        (r'{\field{\*\fldinst HYPERLINK "a b.pdf"}{\fldrslt file}}', "file"),
        (
            r"{\field{\*\fldinst PAGE}{\fldrslt 7}} of {\field{\*\fldinst NUMPAGES}{\fldrslt 9}}",
            "7 of 9",
        ),
        (r"page \chpgn.", "page ."),
        (
            HEAD_ROW + BODY_ROWS,
            "| H | H | X |\n| --- | --- | --- |\n| v | b | c |\n| v | d | e |",
        ),
        (r"\intbl a\cell{\nonesttables\par no}\cell\row\pard", "| a |  |\n| --- | --- |"),
    ],
)
def test_rtf_of_other_programs_shows_what_word_shows(body: str, text: str) -> None:
    assert markdown_of((MORE + body + "}").encode("latin-1")) == text


def test_a_code_page_of_the_macintosh_may_be_that_of_another_script() -> None:
    assert markdown_of(rb"{\rtf1\mac\ansicpg10001 \'93\'8c}") == "東"
