"""What stands around the views: languages, appearance, addresses, a part that fails."""

import pytest
from playwright.sync_api import expect

from tests.page.browser import Scheme, Visit
from tests.page.conftest import Json, Lived, Open, Served


def _without_documents(visited: Visit) -> Visit:
    """A visit of an application whose bucket has nothing."""
    nothing: Json = {"items": [], "nextCursor": None}
    visited.page.route("**/documents?*", lambda route: route.fulfill(json=nothing))
    return visited


def test_the_browsers_language_is_spoken_until_the_reader_chooses(
    served: Served, visit: Open
) -> None:
    page = visit(served.url, language="ar-EG").go()
    expect(page.get_by_role("heading", level=1)).to_have_text("اسأل مستنداتك")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.get_by_label("اللغة").select_option(label="Deutsch")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fragen Sie Ihre Dokumente")
    assert page.locator("html").get_attribute("dir") == "ltr"
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fragen Sie Ihre Dokumente")
    assert page.locator("html").get_attribute("lang") == "de"


def test_of_languages_that_it_does_not_speak_the_page_speaks_english(
    served: Served, visit: Open
) -> None:
    page = visit(served.url, language="fi-FI").go()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask your documents")


def test_the_appearance_is_the_systems_until_the_reader_chooses(
    served: Served, visit: Open
) -> None:
    page = visit(served.url, scheme="light").go()
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_label("Appearance").select_option(label="Dark")
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    expect(page.get_by_label("Appearance")).to_have_value("dark")
    assert page.evaluate(ground) == dark


def test_the_address_says_which_view_is_open(served: Served, visit: Open) -> None:
    page = _without_documents(visit(served.url)).go()
    views = page.get_by_role("navigation", name="Views")
    views.get_by_role("link", name="Documents").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documents")
    assert page.url.endswith("/#documents")
    expect(page).to_have_title("Documents · Outcrop")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask your documents")


def test_a_draft_survives_a_look_elsewhere_and_a_reload(served: Served, visit: Open) -> None:
    page = _without_documents(visit(served.url)).go()
    page.get_by_label("Ask your documents").fill("How hard is")
    page.get_by_role("link", name="Documents", exact=True).click()
    page.get_by_role("link", name="Chat", exact=True).click()
    expect(page.get_by_label("Ask your documents")).to_have_value("How hard is")
    page.reload()
    expect(page.get_by_label("Ask your documents")).to_have_value("How hard is")


@pytest.mark.parametrize("part", ["documents", "conversation"])
def test_a_part_that_fails_says_so_and_the_others_stay(
    served: Served, visit: Open, part: str
) -> None:
    visited = _without_documents(visit(served.url))
    visited.page.route(f"**/assets/{part}-*.js", lambda route: route.abort())
    page = visited.go("documents" if part == "documents" else "")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("This part of the page has failed.")
    expect(page.get_by_role("navigation", name="Views")).to_be_visible()
    assert not visited.violations()
    page.unroute_all()
    alert.get_by_role("button", name="Reload the page").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(
        "This part of the page has failed."
    )
    visited.errors.clear()  # it is told to the console too


def test_an_application_that_does_not_answer_is_said(served: Served, visit: Open) -> None:
    visited = visit(served.url)
    visited.page.route("**/config.json", lambda route: route.abort())
    page = visited.go()
    expect(page.get_by_role("alert")).to_contain_text("outcrop up")
    assert not visited.violations()
    visited.errors.clear()


def test_the_keyboard_goes_past_the_lists(served: Served, visit: Open) -> None:
    page = _without_documents(visit(served.url)).go("documents")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_on_a_phone_the_lists_open_and_close(served: Served, visit: Open) -> None:
    visited = _without_documents(visit(served.url, size=(320, 640)))
    page = visited.go()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    menu = page.get_by_role("button", name="Menu")
    expect(page.get_by_role("link", name="Documents", exact=True)).to_be_hidden()
    menu.click()
    expect(page.get_by_role("link", name="Documents", exact=True)).to_be_visible()
    assert not visited.violations()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Documents", exact=True)).to_be_hidden()
    menu.click()
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documents")
    expect(page.get_by_role("link", name="Documents", exact=True)).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_any_view(
    lived: Lived, visit: Open, scheme: Scheme, width: int
) -> None:
    visited = visit(lived.url, lived.bucket, scheme=scheme, size=(width, 800))
    for place in ("", "documents", "playground", "inside"):
        page = visited.go(place)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert not visited.violations(), place
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
