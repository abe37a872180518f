"""OpenDocument: numbers, forms, objects, fields, indexes, and groups of shapes."""

from pathlib import Path

import pytest

from tests.local.engine.parsers.documents import archive
from tests.local.engine.parsers.test_opendocument import CELL, NAMES, frame, read

LISTS = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
    'style:num-format="A" style:num-suffix=")"/><text:list-level-style-number text:level="2" '
    'style:num-format="1" text:display-levels="2"/></text:list-style>'
)
OUTLINE = (
    '<text:outline-style style:name="Outline"><text:outline-level-style text:level="1" '
    'style:num-format="1" style:num-suffix="."/><text:outline-level-style text:level="2" '
    'style:num-format="1" text:display-levels="2"/></text:outline-style>'
)
CHART = (
    '<chart:chart chart:class="chart:bar"><chart:title><text:p>Fees</text:p></chart:title>'
    "<table:table><table:table-header-rows><table:table-row><table:table-cell/>"
    f"{CELL % ('', '2024')}</table:table-row></table:table-header-rows><table:table-rows>"
    f"<table:table-row>{CELL % ('', 'North')}{CELL % ('', '7')}</table:table-row>"
    "</table:table-rows></table:table></chart:chart>"
)
FORMULA = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>x</mi><mo>=</mo><mfrac>'
    "<mn>1</mn><mn>2</mn></mfrac></mrow><annotation>x = 1 over 2</annotation></semantics></math>"
)
MORE = f"{NAMES} " + " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("form", "chart")
)


def content(kind: str, body: str, automatic: str = "") -> str:
    return (
        f"<office:document-content {MORE}><office:automatic-styles>{automatic}"
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}>"
        "</office:body></office:document-content>"
    )


def document(body: str, kind: str = "text", styles: str = "", masters: str = "") -> bytes:
    return archive(
        {
            "content.xml": content(kind, body, LISTS),
            "styles.xml": f"<office:document-styles {MORE}><office:styles>{styles}</office:styles>"
            f"<office:master-styles>{masters}</office:master-styles></office:document-styles>",
            "Object 1/content.xml": content("chart", CHART),
            "Object 2/content.xml": FORMULA,
        }
    )


def item(text: str, more: str = "", inner: str = "") -> str:
    return f"<text:list-item{more}><text:p>{text}</text:p>{inner}</text:list-item>"


def numbered(items: str, more: str = ' text:style-name="L"') -> str:
    return f"<text:list{more}>{items}</text:list>"


HEADS = "".join(
    f'<text:h text:outline-level="{level}">{text}</text:h>'
    for level, text in ((1, "Clay"), (2, "Wet"), (2, "Dry"), (1, "Sand"), (2, "Fine"))
)
FORM = (
    '<office:forms><form:form><form:textarea form:id="a" form:current-value="Ann"/><form:checkbox '
    'form:id="b" form:current-state="checked" form:label="Night"/><form:password form:id="c" '
    'form:value="secret"/><form:listbox form:id="d"><form:option form:label="Quay"/><form:option '
    'form:label="Pier" form:current-selected="true"/></form:listbox></form:form></office:forms>'
    "<text:p>Name: "
    + " ".join(f'<draw:control draw:control="{name}"/>' for name in "abcd")
    + "</text:p>"
)
INDEX = (
    "<text:table-of-content><text:table-of-content-source><text:index-title-template>Contents"
    "</text:index-title-template></text:table-of-content-source><text:index-body><text:index-title>"
    "<text:p>Contents</text:p></text:index-title></text:index-body></text:table-of-content>"
)
REPEATED = (
    '<table:table><table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>r'
    '</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="2">'
    f'<table:table-cell office:value="5"/>{CELL % ("", "x")}</table:table-row></table:table>'
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            numbered(item("a", inner=numbered(item("b") + item("c"), "")) + item("d")),
            "A) a\n   A.1. b\n   A.2. c\nB) d",
        ),
        (
            numbered(item("a"))
            + numbered(item("b"))
            + "<text:p>x</text:p>"
            + numbered(item("c"), ' text:style-name="L" text:continue-numbering="true"')
            + numbered(item("d", ' text:start-value="7"') + item("e")),
            "A) a\n\nA) b\n\nx\n\nB) c\n\nG) d\nH) e",
        ),
        (HEADS, "# 1. Clay\n\n## 1.1 Wet\n\n## 1.2 Dry\n\n# 2. Sand\n\n## 2.1 Fine"),
        (FORM, "Name: Ann ☒ Night Pier"),
        (INDEX, "Contents"),
        (REPEATED, "| r | r |\n| --- | --- |\n| 5 | x |\n| 5 | x |"),
        (
            (
                "<text:p>a<text:script>alert(1)</text:script><text:hidden-text "
                'text:is-hidden="false">b</text:hidden-text>'
                "<text:hidden-text>no</text:hidden-text><text:variable-set "
                'text:display="none">no</text:variable-set></text:p>'
            ),
            "ab",
        ),
        (
            (
                '<text:section text:display="condition" text:is-hidden="true"><text:p>no</text:p>'
                "</text:section><text:p>yes</text:p>"
            ),
            "yes",
        ),
        (
            '<text:h text:outline-level="x">H</text:h><text:p>a<text:s text:c="y"/>b</text:p>',
            "# 1. H\n\na b",
        ),
        (
            '<text:p>see <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p>',
            "see\n\nBar chart: Fees\n\n|  | 2024 |\n| --- | --- |\n| North | 7 |",
        ),
        (
            (
                '<text:p>so <draw:frame><draw:object xlink:href="./Object 2"/><svg:desc>formula'
                "</svg:desc></draw:frame>.</text:p>"
            ),
            "so x=1/2.",
        ),
    ],
)
def test_a_text_shows_what_it_computes_and_holds(tmp_path: Path, body: str, text: str) -> None:
    [section], _ = read(tmp_path, document(body, styles=OUTLINE))
    assert section.text == text


def test_headers_of_all_kinds_of_pages_are_shown_once(tmp_path: Path) -> None:
    pages = [("Standard", "header", "All"), ("Standard", "header-first", "First")]
    pages += [("Other", "header", "All"), ("Other", "footer-left", "Left")]
    masters = "".join(
        f'<style:master-page style:name="{page}{at}"><style:{kind}><text:p>{text}</text:p>'
        f"</style:{kind}></style:master-page>"
        for at, (page, kind, text) in enumerate(pages)
    )
    [section], _ = read(tmp_path, document("<text:p>Clay</text:p>", masters=masters))
    assert section.text == "All\n\nFirst\n\nClay\n\nLeft"


def test_a_group_stands_where_its_shapes_are(tmp_path: Path) -> None:
    note = (
        "<office:annotation><dc:creator>Ann</dc:creator><text:p>Sure?</text:p></office:annotation>"
    )
    turned = frame("turned", 0).replace(
        'svg:x="1cm" svg:y="0cm"', 'draw:transform="rotate (1.5) translate (1cm 7cm)"'
    )
    body = (
        '<presentation:footer-decl presentation:name="f">Quast</presentation:footer-decl>'
        f'<draw:page presentation:use-footer-name="f">{note}{turned}<draw:g>{frame("low", 5)}'
        f"{frame('lower', 6)}</draw:g>{frame('high', 2)}</draw:page>"
    )
    [section], _ = read(tmp_path, document(body, "presentation"))
    assert section.text.split("\n\n") == [
        "high",
        "low",
        "lower",
        "turned",
        "Quast",
        "Comment by Ann: Sure?",
    ]


def test_a_chart_on_a_sheet_is_read_wherever_it_is_anchored(tmp_path: Path) -> None:
    drawn = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    cell = f"<table:table-cell>{drawn}</table:table-cell>"
    sheet = (
        f'<table:table table:name="S"><table:shapes>{drawn}</table:shapes><table:table-row>'
        f"{CELL % ('', 'a')}{cell}</table:table-row></table:table>"
    )
    [section], _ = read(tmp_path, document(sheet, "spreadsheet"))
    assert section.text.count("Bar chart: Fees") == 2
