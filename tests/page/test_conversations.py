"""The list of conversations: found, renamed, saved as files, deleted, by mouse and by keyboard."""

import json
import re
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, Route, expect

from tests.page.conftest import Json, Open, Served

NO_DOCUMENTS: Json = {"items": [], "nextCursor": None}


def _menu(page: Page, title: str) -> None:
    """Open the menu of a conversation by the keyboard alone."""
    page.get_by_role("button", name=f"What to do with “{title}”").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()


def test_a_conversation_is_renamed_and_found_by_its_new_title(served: Served, visit: Open) -> None:
    question = f"How hard is quartz {uuid4().hex[:6]}?"
    conversation = served.ask(question)
    page = visit(served.url).go(conversation)
    _menu(page, question)
    expect(page.get_by_role("menuitem").first).to_be_focused()  # what takes the keys
    page.keyboard.press("r")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Rename")
    dialog.get_by_label("Title").fill(f"<b>Minerals</b> {conversation[:6]}")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    page.get_by_label("Search conversations").fill(f"minerals</B> {conversation[:6]}")
    links = page.locator(".conversations li a")
    expect(links).to_have_count(1)
    expect(links).to_have_text(f"<b>Minerals</b> {conversation[:6]}")
    expect(page).to_have_title(f"<b>Minerals</b> {conversation[:6]} · Outcrop")


def test_a_menu_keeps_the_keys_when_the_conversation_arrives_later(
    served: Served, visit: Open
) -> None:
    question = f"How hard is quartz {uuid4().hex[:6]}?"
    conversation = served.ask(question)
    visited = visit(served.url)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visited.page.route(f"**/conversations/{conversation}/messages", hold)
    page = visited.go(conversation)
    _menu(page, question)
    while not held:
        page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    expect(page.get_by_role("log")).to_contain_text("It is 7")
    expect(page.get_by_role("menuitem").first).to_be_focused()


def test_a_conversation_is_saved_with_its_citations(
    served: Served, visit: Open, tmp_path: Path
) -> None:
    question = f"How hard is quartz {uuid4().hex[:6]}?"
    conversation = served.ask(question)
    page = visit(served.url).go(conversation)
    saved = {}
    for form in ("Markdown", "JSON"):
        _menu(page, question)
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=f"Save as {form}").click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        saved[path.suffix] = path.read_text()
    assert json.loads(saved[".json"])["id"] == conversation
    assert f"# {question}" in saved[".md"]
    assert re.search(r"^\[\^1\]: .*“Quartz has a hardness of 7\.”$", saved[".md"], re.MULTILINE)
    assert "[^1]" in saved[".md"].split("## Sources")[0]


def test_a_conversation_is_deleted_once_the_reader_says_so(served: Served, visit: Open) -> None:
    question = f"How hard is quartz {uuid4().hex[:6]}?"
    conversation = served.ask(question)
    visited = visit(served.url)
    page = visited.go(conversation)
    link = page.locator(".conversations li a", has_text=question)
    for key, count in (("Escape", 1), ("Enter", 0)):
        _menu(page, question)
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name=f"Delete the conversation “{question}” for good?")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        assert not visited.violations()
        if key == "Enter":
            dialog.get_by_role("button", name="Delete").focus()
        page.keyboard.press(key)
        expect(dialog).to_have_count(0)
        expect(link).to_have_count(count)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask your documents")
    ids = [one["id"] for one in served.call("GET", "/conversations?limit=100")["items"]]
    assert conversation not in ids


def test_earlier_conversations_come_when_they_are_asked_for_or_looked_for(
    served: Served, visit: Open
) -> None:
    listed = [
        {"id": f"c{at}", "title": f"Question {at}", "started": f"2026-01-01T10:{59 - at // 5:02}"}
        for at in range(250)
    ]

    def answer(route: Route) -> None:
        cursor = re.search(r"cursor=(\d+)", route.request.url)
        begin = int(cursor[1]) if cursor else 0
        following = str(begin + 100) if begin + 100 < len(listed) else None
        route.fulfill(json={"items": listed[begin : begin + 100], "nextCursor": following})

    visited = visit(served.url)
    visited.page.route("**/conversations?*", answer)
    page = visited.go()
    links = page.locator(".conversations li a")
    expect(links).to_have_count(100)
    page.get_by_role("button", name="Show earlier ones").click()
    expect(links).to_have_count(200)
    page.get_by_label("Search conversations").fill("question 249")
    expect(links).to_have_text(["Question 249"])
    page.get_by_label("Search conversations").fill("question 250")
    expect(page.get_by_text("No title has that.")).to_be_visible()


def test_an_answer_goes_on_while_the_reader_looks_at_documents(served: Served, visit: Open) -> None:
    visited = visit(served.url)
    visited.page.route("**/documents?*", lambda route: route.fulfill(json=NO_DOCUMENTS))
    page = visited.go()
    page.get_by_label("Ask your documents").fill("How hard is quartz?")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documents")
    page.get_by_role("link", name="Chat", exact=True).click()
    expect(page.get_by_role("article").last).to_contain_text("It is 7")
    assert re.search(r"#[0-9a-f]{32}$", page.url)
