"""Word: what a reader sees besides plain paragraphs, and where it stands."""

from pathlib import Path

import pytest

from app.local.engine.parsers import Unreadable, docx
from tests.local.engine.parsers.documents import (
    archive,
    changed,
    parsed,
    relationships,
    strict,
)
from tests.local.engine.parsers.documents import docx as word

COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def text_of(
    path: Path, body: str, relations: tuple[tuple[str, str], ...] = (), **parts: str
) -> str:
    [section] = parsed(docx.parse, path / "a.docx", word(body, relations, **parts))
    return section.text


def mark(kind: str, data: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{data}</w:fldChar></w:r>'


def field(instruction: str, result: str | None, data: str = "") -> str:
    """A complex field; one without a result has no second half."""
    half = "" if result is None else mark("separate") + result
    code = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return f"{mark('begin', data)}{code}{half}{mark('end')}"


def control(properties: str, content: str) -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def box(checked: str) -> str:
    return '<w:ffData><w:checkBox><w:default w:val="0"/>' + checked + "</w:checkBox></w:ffData>"


CHOICE = (
    '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="North"/>'
    '<w:listEntry w:val="South"/></w:ddList></w:ffData>'
)
NESTED = field(
    "IF " + "</w:instrText></w:r>" + field("MERGEFIELD x", run("7")) + "<w:r><w:instrText> = 1",
    run("Dear Ann"),
)
RUBY = (
    "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt>"
    "<w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase></w:ruby></w:r>"
)
HIDING = (
    '<w:styles><w:style w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="Derived"><w:basedOn w:val="Secret"/></w:style></w:styles>'
)


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        # fields: the last result, and never the instruction
        (
            '<w:fldSimple w:instr="DATE">' + run("12 March") + "</w:fldSimple>" + run(" it is."),
            "12 March it is.",
        ),
        (field("MERGEFIELD Name", run("Ann")) + run(" Lee"), "Ann Lee"),
        (NESTED + run("!"), "Dear Ann!"),
        (field("XE index", None) + run("Clay"), "Clay"),
        (mark("begin") + run("never ended"), "never ended"),
        (field(r"EQ \* jc2 \o\ad(\s\up 9(とうきょう),東京)", None) + run("駅"), "東京駅"),
        # forms, of old and as content controls
        (field("FORMCHECKBOX", None, box("<w:checked/>")) + run(" Insured"), "☒ Insured"),
        (field("FORMCHECKBOX", None, box("")) + run(" Bonded"), "☐ Bonded"),
        (field("FORMDROPDOWN", None, CHOICE) + run(" quay"), "South quay"),
        (
            control("<w:checkbox><w:checked w:val='1'/></w:checkbox>", run("x")) + run(" Wet"),
            "☒ Wet",
        ),
        (
            control("<w:checkbox><w:checked w:val='0'/></w:checkbox>", run("x")) + run(" Dry"),
            "☐ Dry",
        ),
        (
            control("<w:dropDownList/>", run("Oslo")) + control("<w:date/>", run(" 2 May")),
            "Oslo 2 May",
        ),
        (control("<w:showingPlcHdr/>", run("Click here")) + run("Clay"), "Clay"),
        (
            control("<w:checkbox><w:checked w:val='1'/></w:checkbox>", run("☑")) + run(" Wet"),
            "☑ Wet",
        ),
        # ruby, hidden text, signs
        (RUBY + run("の港"), "東京の港"),
        (
            run("Clay", '<w:vanish w:val="0"/>') + run("Sand", '<w:vanish w:val="false"/>'),
            "ClaySand",
        ),
        (run("Secret", '<w:vanish w:val="true"/>') + run("Clay"), "Clay"),
        (run("Secret", '<w:rStyle w:val="Derived"/>') + run("Clay"), "Clay"),
        (run("Clay", '<w:rStyle w:val="Secret"/><w:vanish w:val="0"/>'), "Clay"),
        (
            run("No", '<w:color w:val="ffffff"/>') + run("No", '<w:sz w:val="2"/>') + run("Yes"),
            "Yes",
        ),
        (run("Clay", '<w:color w:val="FFFFFF"/><w:shd w:fill="000000"/>'), "Clay"),
        (run("Clay", '<w:color w:val="FFFFFF"/><w:highlight w:val="red"/>'), "Clay"),
        ("<w:r><w:t>co</w:t><w:softHyphen/><w:t>operate</w:t></w:r>", "cooperate"),
        ("<w:r><w:t>e</w:t><w:noBreakHyphen/><w:t>mail</w:t></w:r>", "e-mail"),
        ('<w:r><w:sym w:font="MS Gothic" w:char="2610"/><w:t> Wet</w:t></w:r>', "☐ Wet"),
        ('<w:r><w:pict><w:shape><w:textpath string="DRAFT"/></w:shape></w:pict></w:r>', "DRAFT"),
        # changes
        (
            "<w:moveFrom>" + run("old") + "</w:moveFrom><w:moveTo>" + run("new") + "</w:moveTo>",
            "new",
        ),
        (
            "<w:ins><w:del>"
            + run("no")
            + "</w:del></w:ins><w:smartTag>"
            + run("yes")
            + "</w:smartTag>",
            "yes",
        ),
        # what it refers to, and is not there
        (run("Wet") + '<w:r><w:footnoteReference w:id="9"/></w:r>', "Wet"),
        ('<w:hyperlink r:id="t9">' + run("Clay") + "</w:hyperlink>", "Clay"),
        (
            '<w:r><w:drawing><wp:docPr descr="A map"/><a:blip r:embed="t9"/></w:drawing></w:r>',
            "A map",
        ),
    ],
)
def test_a_paragraph_shows_what_word_shows(tmp_path: Path, runs: str, text: str) -> None:
    runs = runs.replace("<wp:docPr", "<a:docPr")
    assert text_of(tmp_path, paragraph(runs), styles=HIDING) == text


def test_a_deleted_row_a_hidden_row_and_a_deleted_paragraph_are_left_out(tmp_path: Path) -> None:
    def row(properties: str, *cells: str) -> str:
        texts = "".join(f"<w:tc>{paragraph(run(cell))}</w:tc>" for cell in cells)
        return f"<w:tr><w:trPr>{properties}</w:trPr>{texts}</w:tr>"

    rows = row("", "a", "b") + row("<w:del/>", "c", "d") + row("<w:hidden/>", "e", "f")
    gone = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:del>" + run("gone") + "</w:del></w:p>"
    text = text_of(tmp_path, f"<w:tbl>{rows}</w:tbl>" + gone + paragraph(run("Clay")))
    assert text == "| a | b |\n| --- | --- |\n\nClay"


def test_the_text_of_a_box_is_shown_once_after_its_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph(run('Do not open.'))}</w:txbxContent>"
    both = (
        f'<mc:AlternateContent xmlns:mc="{COMPATIBILITY}"><mc:Choice><w:drawing>{box}</w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    )
    text = text_of(tmp_path, paragraph(run("Valve "), f"<w:r>{both}</w:r>", run("seven.")))
    assert text == "Valve seven.\n\nDo not open."


def test_the_texts_of_a_diagram_are_a_list(tmp_path: Path) -> None:
    points = "".join(
        f'<c:pt type="{kind}"><c:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></c:t></c:pt>'
        for kind, text in (("doc", ""), ("node", "Plan"), ("parTrans", "no"), ("node", "Build"))
    )
    drawing = paragraph(run("Steps"), '<w:r><w:drawing><c:relIds r:dm="t1"/></w:drawing></w:r>')
    data = f"<c:dataModel><c:ptLst>{points}</c:ptLst></c:dataModel>"
    text = text_of(tmp_path, drawing, (("diagramData", "data.xml"),), data=data)
    assert text == "Steps\n\n- Plan\n\n- Build"


def page_of_pages(number: str, pages: str) -> str:
    return (
        field("PAGE", run(number))
        + run(" of ")
        + f'<w:fldSimple w:instr="NUMPAGES">{run(pages)}</w:fldSimple>'
    )


MARGINS = (
    ("header", "one.xml"),
    ("header", "two.xml"),
    ("footer", "foot.xml"),
    ("header", "first.xml"),
)


def section(properties: str = "") -> str:
    headers = '<w:headerReference r:id="t1"/><w:headerReference r:id="t4" w:type="first"/>'
    footer = '<w:footerReference r:id="t3" w:type="default"/>'
    return f"<w:sectPr>{headers}{footer}{properties}</w:sectPr>"


@pytest.mark.parametrize(("properties", "first"), [("", ""), ("<w:titlePg/>", "Draft\n\n")])
def test_headers_and_footers_are_shown_once_without_page_numbers(
    tmp_path: Path, properties: str, first: str
) -> None:
    header = paragraph(run("Contract HX-4471"), "<w:r><w:tab/></w:r>", page_of_pages("2", "9"))
    last = '<w:sectPr><w:headerReference r:id="t2"/></w:sectPr>'
    body = f"<w:p><w:pPr>{section(properties)}</w:pPr>{run('Clay.')}</w:p>{last}"
    text = text_of(
        tmp_path,
        body,
        MARGINS,
        one=f"<w:hdr>{header}</w:hdr>",
        two=f"<w:hdr>{header}</w:hdr>",
        foot=f"<w:ftr>{paragraph(run('Form 7-2, page '), page_of_pages('2', '9'))}</w:ftr>",
        first=f"<w:hdr>{paragraph(run('Draft'))}</w:hdr>",
    )
    assert text == f"Contract HX-4471\n\n{first}Clay.\n\nForm 7-2, page of"


def test_comments_follow_their_paragraph_and_notes_come_last(tmp_path: Path) -> None:
    body = paragraph(
        run("The fee is 40."),
        '<w:r><w:commentReference w:id="3"/></w:r>',
        '<w:r><w:endnoteReference w:id="2"/></w:r>',
    ) + paragraph(run("It is due."))
    text = text_of(
        tmp_path,
        body,
        (("comments", "comments.xml"), ("endnotes", "endnotes.xml")),
        comments=f'<w:comments><w:comment w:id="3" w:author="Ann">{paragraph(run("50?"))}'
        "</w:comment></w:comments>",
        endnotes='<w:endnotes><w:endnote w:id="2">'
        + paragraph('<w:fldSimple w:instr="REF a">' + run("As agreed.") + "</w:fldSimple>")
        + "</w:endnote></w:endnotes>",
    )
    assert text == "The fee is 40.[1]\n\nComment by Ann: 50?\n\nIt is due.\n\n1. As agreed."


def test_links_keep_their_addresses_in_every_story(tmp_path: Path) -> None:
    parts = {
        "word/_rels/document.xml.rels": relationships(
            ("t1", "hyperlink", "https://example.com/a?b=1&amp;c=2", ' TargetMode="External"'),
            ("t2", "footer", "foot.xml", ""),
        ),
        "word/_rels/foot.xml.rels": relationships(
            ("t1", "hyperlink", "https://example.com/foot", ' TargetMode="External"')
        ),
    }
    link = f'<w:hyperlink r:id="t1">{run("here")}</w:hyperlink>'
    body = paragraph(link) + '<w:sectPr><w:footerReference r:id="t2"/></w:sectPr>'
    content = word(body, (), foot=f"<w:ftr>{paragraph(link)}</w:ftr>")
    [section] = parsed(docx.parse, tmp_path / "a.docx", changed(content, parts))
    first, last = section.text.split("\n\n")
    assert first == "[here](https://example.com/a?b=1&c=2)"
    assert last == "[here](https://example.com/foot)"


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/word/document2.xml", "word/document2.xml"),
        ("word\\document.xml", "word\\Document.XML"),
        ("not/there.xml", "word/document.xml"),
        ("main.dat", "main.dat"),
    ],
    ids=["document2", "backslash and case", "a damaged relationship", "at the root"],
)
def test_the_main_part_is_the_one_that_the_file_refers_to(
    tmp_path: Path, target: str, name: str
) -> None:
    parts = {"_rels/.rels": relationships(("r1", "officeDocument", target, ""))}
    content = changed(word(paragraph(run("Clay."))), parts, {"word/document.xml": name})
    [section] = parsed(docx.parse, tmp_path / "a.docx", content)
    assert section.text == "Clay."


def test_a_main_part_that_no_relationship_names_is_found_by_its_type(tmp_path: Path) -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = f'<Types xmlns="t"><Override PartName="/x/y.xml" ContentType="{kind}"/></Types>'
    parts = {"_rels/.rels": relationships(), "[Content_Types].xml": types}
    content = changed(word(paragraph(run("Clay."))), parts, {"word/document.xml": "x/y.xml"})
    [section] = parsed(docx.parse, tmp_path / "a.docx", content)
    assert section.text == "Clay."


def test_the_strict_form_is_read_as_the_other(tmp_path: Path) -> None:
    content = strict(word(paragraph(run("Clay.")) + paragraph(run("Secret", "<w:vanish/>"))))
    [section] = parsed(docx.parse, tmp_path / "a.docx", content)
    assert section.text == "Clay."


@pytest.mark.parametrize(
    ("name", "part", "text"),
    [
        ("a.html", "<title>No</title><h1>Crane</h1><p>Nine tons.", "# Crane\n\nNine tons."),
        (
            "b.html",
            '<meta charset="latin1"><style>.no {display: none}</style><p class=no>No<p>café'.encode(
                "latin-1"
            ),
            "café",
        ),
        ("a.txt", "Nine &lt; ten\ntons.", "Nine &lt; ten\n\ntons."),
        ("a.mht", "MIME-Version: 1.0\nContent-Type: text/html\n\n<p>Nine tons.</p>", "Nine tons."),
        ("a.docx", word(paragraph(run("Nine tons."))), "Nine tons."),
        ("a.rtf", r"{\rtf1 Nine\par tons.}", "Nine\n\ntons."),
    ],
)
def test_inserted_documents_stand_where_they_are_inserted(
    tmp_path: Path, name: str, part: str | bytes, text: str
) -> None:
    body = paragraph(run("Before.")) + '<w:altChunk r:id="t1"/>' + paragraph(run("After."))
    content = word(body, (("aFChunk", name),))
    [section] = parsed(docx.parse, tmp_path / "a.docx", changed(content, {f"word/{name}": part}))
    assert section.text == f"Before.\n\n{text}\n\nAfter."


def test_an_inserted_document_is_checked_as_the_file_is(tmp_path: Path) -> None:
    bomb = archive({"word/document.xml": b"<a/>" + b" " * 30_000_000})
    content = word('<w:altChunk r:id="t1"/>', (("aFChunk", "a.docx"),))
    with pytest.raises(Unreadable, match="would unpack to"):
        parsed(docx.parse, tmp_path / "a.docx", changed(content, {"word/a.docx": bomb}))
