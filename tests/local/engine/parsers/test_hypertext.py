"""HTML: what a reader sees of it, as Markdown."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.parsers.hypertext import parse, to_markdown
from tests.local.engine.parsers.documents import parsed


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        # inline elements, and the white space between them
        ("<p>Clay <b>holds</b>\n  <i>water</i>.</p>", "Clay holds water."),
        ("<p>One<br>two</p>three<div>four</div>", "One\ntwo\n\nthree\n\nfour"),
        (
            "H<sub>2</sub>O weighs 10<sup>3</sup> g, the 1<sup>st</sup>",
            "H2O weighs 10^3 g, the 1st",
        ),
        ("Fish &amp; chips &lt;3", "Fish & chips <3"),
        # headings and links
        ("<h1>Soils</h1><h3>Of <i>clay</i></h3>", "# Soils\n\n### Of clay"),
        ('See <a href="/a.html">the docs </a>now', "See [the docs](/a.html) now"),
        ('<a href="b.html"><div>Whole card</div></a>', "[Whole card](b.html)"),
        ('<a href="#top">up</a> <a href="javascript:x()">run</a> <a>no</a>', "up run no"),
        (f'<a href="https://a.b/?{"x" * 200}">tracked</a>', "tracked"),
        # lists
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c"),
        ('<ol start="3"><li>a<li><p>b</p><p>c</p></ol>', "3. a\n4. b\n   c"),
        ("<ul><li><ul><li>deep</ul></ul>", "- deep"),
        (
            "<dl><dt>Clay<dd>Holds water<dt>Sand<dd>Does not</dl>",
            "Clay\n: Holds water\nSand\n: Does not",
        ),
        # code and pictures
        ("<pre>a = 1\n  b = 2\n</pre>", "```\na = 1\n  b = 2\n```"),
        ('<p>See <img src="a.png" alt="a map"> here</p>', "See a map here"),
        ('<p>See <a href="/b.JPG?w=9#x"> <img alt="a map"></a> here</p>', "See a map here"),
        ('<a href="/b.jpg"><div><img alt="a map"></div></a>', "a map"),
        ('<a href="/b.jpg">the map</a>', "[the map](/b.jpg)"),
        ('<a href="/"><img alt="the start"></a>', "[the start](/)"),
        ('<p>See <img alt="map_2.png"> here</p>', "See here"),
        ('<figure><a><img alt="A map"></a><figcaption>A  map</figure>', "A map"),
        ('<figure><img alt="A map"><figcaption>The north</figure>', "A map\n\nThe north"),
        ("<ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp>京</ruby>", "東京"),
        # what no reader sees
        ("<p style='position: absolute; left: -9999px'>no</p><p>seen</p>", "seen"),
        ("<p style='left: -9px; text-indent: 999px'>seen</p>", "seen"),
        ("<script>x()</script><style>p{}</style><p>seen</p><noscript>no</noscript>", "seen"),
        ("<p hidden>no</p><p style='color:red; display : none'>no</p><p>seen</p>", "seen"),
        ("<nav>Home</nav><button>Send</button><p aria-hidden=true>no</p><p>seen</p>", "seen"),
        ("<!-- a comment --><template><p>no</p></template>seen", "seen"),
    ],
)
def test_markup_becomes_markdown(markup: str, text: str) -> None:
    assert to_markdown(markup) == text


def test_the_title_is_the_heading_that_a_page_lacks() -> None:
    assert to_markdown("<title>Soils</title><p>Clay") == "# Soils\n\nClay"
    assert to_markdown("<title>Site</title><h1>Soils</h1>Clay") == "# Soils\n\nClay"


def test_the_main_element_is_the_page() -> None:
    page = "<header>Site</header><main><h1>Soils</h1>Clay</main><footer>(c)</footer>"
    assert to_markdown(page) == "# Soils\n\nClay"
    assert to_markdown("<main>One</main><main>Two</main>") == "One\n\nTwo"


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        (
            "<table><tr><th>a<th>b<tr><td>1 | 2<td><ul><li>x<li>y</ul></table>",
            ["| a | b |", "| --- | --- |", "| 1 \\| 2 | - x - y |"],
        ),
        (
            "<table><tr><th colspan=2>a<tr><td rowspan=2>1<td>2<tr><td>3</table>",
            ["| a | a |", "| --- | --- |", "| 1 | 2 |", "| 1 | 3 |"],
        ),
        (
            "<table><tr><td rowspan=0>1<td>2<tr><td colspan=x>3</table>",
            ["| 1 | 2 |", "| --- | --- |", "| 1 | 3 |"],
        ),
        (
            "<table><caption>Soils<tr><th>a<th>b<tr><td>1<td><table><tr><td>2<td>3</table></table>",
            ["Soils", "", "| a | b |", "| --- | --- |", "| 1 | 2 3 |"],
        ),
        (
            "<table><tr><td>1<td>2<td rowspan=2>3<tr><td>4</table>",
            ["| 1 | 2 | 3 |", "| --- | --- | --- |", "| 4 |  | 3 |"],
        ),
        (
            "<table><tr><td>1<td rowspan=2>2<td>3<tr><td colspan=3>4</table>",
            ["| 1 | 2 | 3 |", "| --- | --- | --- |", "| 4 | 4 | 4 |"],
        ),
        # headers of several rows
        (
            "<table><tr><th rowspan=2>a<th colspan=2>b<tr><th>c<th>d<tr><td>1<td>2<td>3</table>",
            ["| a | b c | b d |", "| --- | --- | --- |", "| 1 | 2 | 3 |"],
        ),
        (
            "<table><tr><th><th colspan=2>b<tr><th>a<th>c<th>d<tr><th>1<td>2<td>3</table>",
            ["| a | b c | b d |", "| --- | --- | --- |", "| 1 | 2 | 3 |"],
        ),
        (
            "<table><tr><th colspan=2>title<tr><th>a<th>b<tr><td>1<td>2</table>",
            ["| title | title |", "| --- | --- |", "| a | b |", "| 1 | 2 |"],
        ),
        (
            "<table><tr><th>a<th colspan=2>b<tr><td>1<td>2<td>3</table>",
            ["| a | b | b |", "| --- | --- | --- |", "| 1 | 2 | 3 |"],
        ),
        # tables that only place things
        ("<table><tr><td>One<tr><td>Two</table>", ["One", "", "Two"]),
        ("<table role=presentation><tr><td>One<td>Two</table>", ["One", "", "Two"]),
        ("<table><tr><td>One<td><table><tr><td>Two</table></table>", ["One", "", "Two"]),
        ("<table><tr><td><td></table>", []),
    ],
)
def test_a_table_is_a_row_a_line(markup: str, lines: list[str]) -> None:
    assert to_markdown(markup).splitlines() == lines


def test_a_page_may_say_what_it_is_encoded_in(tmp_path: Path) -> None:
    page = '<html><head><meta charset="shift_jis"></head><p>東京</p></html>'
    assert parsed(parse, tmp_path / "a.html", page.encode("cp932"))[0].text == "東京"


@pytest.mark.parametrize("start", ["9" * 5000, "-1", "x", ""])
def test_a_number_that_is_none_counts_as_one(start: str) -> None:
    assert to_markdown(f"<ol start='{start}'><li>a</ol>") == "1. a"


def test_a_table_may_not_grow_without_end() -> None:
    cell = "<td colspan=999999999 rowspan=999999999>x</td>"
    row = to_markdown(f"<table><tr>{cell}{cell}</tr></table>").splitlines()[0]
    assert row.count("x") == 2000


_tags = st.sampled_from(
    [
        "p",
        "div",
        "b",
        "a",
        "table",
        "tr",
        "td",
        "th",
        "ul",
        "ol",
        "li",
        "pre",
        "br",
        "dl",
        "dd",
        "nav",
    ]
)
_markup = st.lists(
    st.one_of(_tags.map("<{}>".format), _tags.map("</{}>".format), st.text(max_size=5)), max_size=40
).map("".join)


@given(_markup)
def test_any_markup_is_read(markup: str) -> None:
    text = to_markdown(markup)
    assert text == text.strip("\n")


@given(st.lists(st.text(alphabet="abc é漢", min_size=1).filter(str.strip), min_size=1, max_size=8))
def test_no_word_of_a_paragraph_is_lost(paragraphs: list[str]) -> None:
    markup = "".join(f"<div><p>{each}</p></div>" for each in paragraphs)
    assert to_markdown(markup).split() == " ".join(paragraphs).split()


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="font-size:0">Secret',
        '<p style="color: red; font-size: 0px;">Secret',
        '<p style="DISPLAY : NONE">Secret',
        "<style>.h{display:none}</style><p class=h>Secret",
        "<style>/* a */ p.a, #h { visibility: hidden }</style><p id=h>Secret",
        "<style>@media screen { div > .h { font-size: 0 } }</style><div><p class=h>Secret</div>",
        "<style>.h{display:block}</style><style>.h{display:none}</style><p class=h>Secret",
    ],
)
def test_what_a_style_hides_is_left_out(hidden: str) -> None:
    assert to_markdown(f"<p>Clay</p>{hidden}") == "Clay"


@pytest.mark.parametrize(
    "shown",
    [
        '<p style="font-size:0.8em">Sand',
        "<style>@media print { .h { display: none } }</style><p class=h>Sand",
        "<style>.h { display: none } .h { display: block }</style><p class=h>Sand",
        "<style>.h:hover { display: none }</style><p class=h>Sand",
        "<style>[[ { display: none } .h</style><p class=h>Sand",
    ],
)
def test_what_a_style_shows_stays(shown: str) -> None:
    assert to_markdown(f"<p>Clay</p>{shown}") == "Clay\n\nSand"


def test_a_style_that_hides_the_whole_page_until_a_script_runs_hides_nothing() -> None:
    assert to_markdown("<style>body{visibility:hidden}</style><p>Clay") == "Clay"
    assert to_markdown("<style>#app{display:none}</style><div id=app><p>Clay</div>") == "Clay"


def test_an_empty_main_element_is_no_content() -> None:
    assert to_markdown('<main id="app"></main><p>Clay') == "Clay"


@pytest.mark.parametrize(
    ("markup", "language"),
    [
        ('<pre><code class="language-python">x = 1</code></pre>', "python"),
        ('<pre class="lang-js">x = 1</pre>', "js"),
        ('<div class="highlight-shell notranslate"><div class="highlight"><pre>x = 1', "shell"),
        ('<div class="highlight highlight-source-rust"><pre>x = 1', "rust"),
        ('<pre data-lang="go"><code>x = 1', "go"),
        ('<pre><code class="language-text">x = 1', ""),
        ("<pre>x = 1", ""),
    ],
)
def test_code_keeps_its_language(markup: str, language: str) -> None:
    assert to_markdown(markup) == f"```{language}\nx = 1\n```"


def test_code_with_a_fence_in_it_has_a_longer_one() -> None:
    assert to_markdown("<pre>```\nx\n```</pre>") == "````\n```\nx\n```\n````"


def test_elements_that_are_nested_too_deeply_are_not_parsed() -> None:
    """The parser itself would need minutes for them."""
    with pytest.raises(RecursionError):
        to_markdown("<div>" * 200_000 + "x" + "</div>" * 200_000)
    assert to_markdown("<div>x</div>" * 10_000).count("x") == 10_000
