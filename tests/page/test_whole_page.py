"""The page of docs/http.md, as it stands there, in a Chromium, from an origin of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.web import application
from tests.docs import DOCS
from tests.flows.home import laptop
from tests.http_server import Handler, HttpServer
from tests.page.conftest import DOCUMENTS
from tests.wire_server import in_thread

SECONDS = 90_000  # milliseconds: a busy machine's time
SOURCE = re.search(r"```html\n(.*?)```", (DOCS / "http.md").read_text(), re.DOTALL)


class _OnePage(Handler):
    """Serves the page at every path."""

    def do_GET(self) -> None:
        assert SOURCE is not None
        body = SOURCE[1].encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@dataclass
class Whole:
    """The page, open in a browser, and what it has asked the application.

    Attributes:
        tokens: what it sent as `authorization`.
        errors: what it wrote to its console, and exceptions that nobody caught.
    """

    page: Page
    tokens: list[str | None]
    errors: list[str]


@pytest.fixture(scope="module")
def whole(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder, keys = tmp_path_factory.mktemp("whole"), {"stand-in": "stand-in"}
    with laptop(folder, keys=keys) as home, HttpServer(_OnePage) as site:
        for name, text in DOCUMENTS.items():
            home.put(name, text)
        chosen = home.settings.model_copy(update={"origin": site.url})
        with in_thread(application(home.aws, chosen)) as (url, _):
            page = browser.new_page()
            opened = Whole(page, [], [])
            page.on("pageerror", lambda error: opened.errors.append(str(error)))
            page.on(
                "request",
                lambda request: (
                    opened.tokens.append(request.headers.get("authorization"))
                    if request.url.startswith(url) and request.method != "OPTIONS"
                    else None
                ),
            )
            page.set_default_timeout(SECONDS)
            page.goto(f"{site.url}/?api={url}")
            yield opened
            page.close()
            assert opened.errors == []


def ask(page: Page, question: str) -> None:
    page.fill("#question", question)
    page.click("#ask button:not([type])")


def test_it_asks_and_shows_where_the_answer_comes_from(whole: Whole) -> None:
    page = whole.page
    expect(page.locator("#documents li")).to_have_text(
        [f"{name}: INDEXED" for name in DOCUMENTS], timeout=SECONDS
    )
    ask(page, "When was the castle of Rheinfels built?")
    expect(page.locator("article p")).to_contain_text("1245", timeout=SECONDS)
    expect(page.locator("article mark").first).to_contain_text("1245", timeout=SECONDS)
    expect(page.locator("#conversations button")).to_have_count(1, timeout=SECONDS)
    with page.context.expect_page(timeout=SECONDS) as tab:
        page.click("article li button")
    tab.value.wait_for_load_state()
    assert "Count Diether" in (tab.value.text_content("body") or "")
    tab.value.close()


def test_an_answer_is_written_again_in_place_of_the_one_before(whole: Whole) -> None:
    page = whole.page
    page.click("#again")
    expect(page.locator("article[data-turn='1'] p")).to_contain_text("1245", timeout=SECONDS)
    expect(page.locator("article")).to_have_count(1, timeout=SECONDS)
    page.click("#conversations button")  # as it is stored
    expect(page.locator("article p")).to_contain_text("1245", timeout=SECONDS)
    expect(page.locator("article")).to_have_count(1, timeout=SECONDS)


def test_it_uploads_a_document_with_the_token_of_whoever_has_signed_in(
    whole: Whole, tmp_path: Path
) -> None:
    page = whole.page
    note = tmp_path / "bridge.md"
    note.write_text("# The bridge\n\nThe bridge of Kaub is painted green.")
    whole.tokens.clear()
    page.fill("#token", "abc")
    page.set_input_files("#file", str(note))
    expect(page.locator("#documents")).to_contain_text("bridge.md: INDEXED", timeout=SECONDS)
    assert "Bearer abc" in whole.tokens
    expect(page.locator("#problem")).to_be_empty()


def test_it_says_what_is_refused(whole: Whole) -> None:
    page = whole.page
    before = page.locator("article").count()
    ask(page, "x" * 10_001)
    expect(page.locator("#problem")).to_contain_text("10000 characters", timeout=SECONDS)
    expect(page.locator("article")).to_have_count(before)
