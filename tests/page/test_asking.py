"""Asking, as a person does: type, stop, edit, ask again, and come back to what was said."""

import re
from collections.abc import Iterator
from threading import Event

from playwright.sync_api import Page, expect

from tests.page.conftest import Lived, Open, Served, ask

QUESTION = "Who built the castle of Rheinfels?"
BUILT = "built in 1245 by Count Diether"


def test_an_answer_is_cited_and_a_reload_and_a_link_lead_back_to_it(
    lived: Lived, visit: Open
) -> None:
    page = visit(lived.url, lived.bucket).go()
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()
    ask(page, QUESTION)
    expect(page.locator(".reply")).to_contain_text(BUILT)
    expect(page.locator(".reply .chip")).to_have_count(1)
    assert re.search(r"#[0-9a-f]{32}$", page.url)
    page.reload()
    expect(page.locator(".reply")).to_contain_text(BUILT)
    expect(page.locator(".reply .chip")).to_have_count(1)
    other = visit(lived.url, lived.bucket).page
    other.goto(page.url)
    expect(other.locator(".reply")).to_contain_text(BUILT)
    here = other.locator("a[aria-current=page]", has_text=QUESTION)
    assert page.url.endswith(here.get_attribute("href") or "nowhere")


def test_the_empty_page_suggests_questions_that_the_documents_answer(
    lived: Lived, visit: Open
) -> None:
    page = visit(lived.url, lived.bucket).go()
    suggestions = page.get_by_role("list", name="Questions that your documents answer")
    suggestions.get_by_role("button").first.click()
    page.locator(".reply footer").wait_for()
    expect(page.locator(".reply .chip").first).to_be_visible()


def test_where_no_document_answers_a_question_the_empty_page_leads_to_adding_some(
    served: Served, visit: Open
) -> None:
    page = visit(served.url).go()
    page.get_by_role("main").get_by_role("link", name="Add documents").click()
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()


def test_an_edited_question_takes_the_place_of_all_that_came_after(
    lived: Lived, visit: Open
) -> None:
    page = visit(lived.url, lived.bucket).go()
    ask(page, QUESTION)
    ask(page, "What does the ferry cost?")
    box = page.get_by_role("textbox", name="Ask your documents")
    page.get_by_role("button", name="Edit the question").first.click()
    editing = page.locator(".exchange textarea, .question textarea").first
    editing.fill("When is the castle open?")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".reply")).to_have_count(1)
    page.locator(".reply footer").wait_for()
    expect(page.locator(".reply")).to_contain_text("March to November")
    page.reload()
    expect(page.locator(".reply")).to_have_count(1)
    expect(page.locator(".reply")).to_contain_text("March to November")
    expect(box).to_be_visible()


def test_an_answer_is_asked_for_again_in_its_place(lived: Lived, visit: Open) -> None:
    page = visit(lived.url, lived.bucket).go()
    ask(page, QUESTION)
    page.get_by_role("button", name="Answer again").click()
    expect(page.locator(".reply footer")).to_have_count(1)
    expect(page.locator(".reply")).to_contain_text(BUILT)
    page.reload()
    expect(page.locator(".reply")).to_have_count(1)


def test_escape_stops_an_answer_which_is_then_said_to_be_not_whole(
    served: Served, visit: Open
) -> None:
    go_on = Event()

    def pieces() -> Iterator[str]:
        yield "It is 7"
        assert go_on.wait(60)
        yield " and never seen"

    served.backend.pieces = pieces()
    page = visit(served.url).go()
    begin(page, "How hard is quartz?")
    expect(page.locator(".reply")).to_contain_text("It is 7")
    page.keyboard.press("Escape")
    expect(page.locator(".reply footer")).to_be_visible()
    go_on.set()
    expect(page.locator(".reply")).not_to_contain_text("never seen")
    expect(page.get_by_text("This answer is not whole")).to_be_visible()


def test_a_draft_survives_a_reload_and_the_arrow_brings_the_last_question_back(
    lived: Lived, visit: Open
) -> None:
    page = visit(lived.url, lived.bucket).go()
    ask(page, QUESTION)
    box = page.get_by_role("textbox", name="Ask your documents")
    box.fill("When is")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("it open?")
    page.reload()
    expect(box).to_have_value("When is\nit open?")
    box.fill("")
    box.press("ArrowUp")
    expect(page.locator("textarea:focus")).to_have_value(QUESTION)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()


def test_a_parameter_that_was_chosen_is_asked_with(lived: Lived, visit: Open) -> None:
    page = visit(lived.url, lived.bucket).go()
    page.get_by_role("button", name="Model and parameters").click()
    page.get_by_role("spinbutton", name="Temperature").fill("0.3")
    with page.expect_request("**/chat/stream") as sent:
        ask(page, QUESTION)
    body = sent.value.post_data_json
    assert body
    assert body["parameters"] == {"temperature": 0.3}
    expect(page.locator(".reply")).to_contain_text(BUILT)


def test_a_screen_reader_is_told_sentences(served: Served, visit: Open) -> None:
    served.backend.pieces = re.findall(r"\S+ ?", "It is 7 [1]. That is hard. Is it?")
    opened = visit(served.url)
    opened.page.add_init_script(SPEECH)
    page = opened.go()
    begin(page, "How hard is quartz?")
    page.locator(".reply footer").wait_for()
    expect(page.locator("[aria-live=polite]").last).to_contain_text("Is it?")
    spoken = [text for text in page.evaluate("spoken") if text.strip()]
    assert spoken
    assert all(re.search(r"[.?!]\s*$", text) for text in spoken)


SPEECH = """
window.spoken = [];
new MutationObserver(() => {
  for (const region of document.querySelectorAll("[aria-live=polite]"))
    if (region.textContent !== spoken.at(-1)) spoken.push(region.textContent);
}).observe(document, {childList: true, subtree: true, characterData: true});
"""


def begin(page: Page, question: str) -> None:
    """Ask, without waiting for the answer's end."""
    page.get_by_role("textbox", name="Ask your documents").fill(question)
    page.keyboard.press("Enter")
