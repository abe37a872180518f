"""Each view by axe's rules, in both themes, and from a phone to a wall: nothing is cut off."""

from collections.abc import Iterator
from threading import Event

import pytest

from tests.page.browser import Scheme
from tests.page.conftest import Lived, Open, Served, ask
from tests.page.test_asking import begin

WIDTHS = (320, 768, 1280, 2560)
VIEWS = ("", "documents", "playground")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_no_violations(lived: Lived, visit: Open, view: str, scheme: Scheme) -> None:
    opened = visit(lived.url, lived.bucket, scheme=scheme)
    page = opened.go(view)
    page.locator("main :is(h1, h2)").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert opened.violations() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_answer_and_its_source_have_no_violations(
    lived: Lived, visit: Open, scheme: Scheme
) -> None:
    opened = visit(lived.url, lived.bucket, scheme=scheme)
    page = opened.go()
    ask(page, "How do I book a tour?")
    page.locator(".reply summary").last.click()
    page.locator(".reply .chip").first.click()
    page.locator("aside.source").wait_for()
    assert opened.violations() == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_view_is_wider_than_its_window(
    lived: Lived, visit: Open, width: int, language: str
) -> None:
    opened = visit(lived.url, lived.bucket, size=(width, 800), language=language)
    for view in VIEWS:
        page = opened.go(view)
        page.locator("main :is(h1, h2)").first.wait_for()
        page.wait_for_load_state("networkidle")
        assert page.evaluate(TOO_WIDE) == []


TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const {left, right, width} = one.getBoundingClientRect();
  const isShown = width > 1 && one.checkVisibility({visibilityProperty: true});
  const scrolls = one.closest("pre, .scrolls, .hidden, nav:not(.open)");
  return isShown && !scrolls && (left < -1 || right > document.documentElement.clientWidth + 1);
}).map((one) => `${one.nodeName}.${one.className}`)"""


def test_the_way_from_a_question_to_its_source_needs_no_mouse(lived: Lived, visit: Open) -> None:
    page = visit(lived.url, lived.bucket).go()
    page.get_by_role("textbox", name="Ask your documents").wait_for()
    page.keyboard.type("Who built the castle of Rheinfels?")  # where one writes has the focus
    page.keyboard.press("Enter")
    page.locator(".reply footer").wait_for()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('chip')"):
            break
    assert page.evaluate("document.activeElement.classList.contains('chip')")
    page.keyboard.press("Enter")
    source = page.locator("aside.source")
    source.wait_for()
    assert source.locator("mark").inner_text().startswith("The castle of Rheinfels was built")
    assert page.evaluate("document.querySelector('aside.source').contains(document.activeElement)")
    page.keyboard.press("Escape")
    source.wait_for(state="detached")
    assert page.evaluate("document.activeElement.classList.contains('chip')")


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_nothing_moves_where_the_system_asks_for_less_motion(
    served: Served, visit: Open, motion: str, moves: bool
) -> None:
    go_on = Event()

    def pieces() -> Iterator[str]:
        assert go_on.wait(60)
        yield "It is 7 [1]."

    served.backend.pieces = pieces()
    page = visit(served.url, reduced_motion=motion).go()
    begin(page, "How hard is quartz?")
    page.locator(".waiting").wait_for()
    assert bool(page.evaluate("document.getAnimations().length")) == moves
    go_on.set()
    page.locator(".reply footer").wait_for()
