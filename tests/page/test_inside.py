"""What goes on inside the laptop's models, as a person looks at it."""

from collections.abc import Iterator
from typing import Any, Literal

import httpx2
import pytest
from playwright.sync_api import expect

from app.web import application
from tests.page.browser import SECONDS, Visit
from tests.page.conftest import Lived, Open
from tests.wire_server import in_thread

TEXT = "She sat by the river bank because the bank was closed."


@pytest.fixture(scope="module")
def url(lived: Lived) -> Iterator[str]:
    settings = lived.home.settings.model_copy(update={"inside_url": lived.bucket})
    with in_thread(application(lived.home.aws, settings)) as (address, _):
        yield address


@pytest.fixture
def inside(visit: Open, url: str) -> Visit:
    one = visit(url)
    one.go("inside")
    one.page.wait_for_selector(".candidates")
    one.page.wait_for_selector(".tokens")
    return one


@pytest.fixture(scope="module")
def view(url: str) -> Any:
    return httpx2.post(f"{url}/inside", json={"text": TEXT}, timeout=60).json()


def test_the_tokens_have_their_ids(inside: Visit, view: Any) -> None:
    shown = inside.page.locator(".tokens li").all_inner_texts()
    assert [text.split()[1:] for text in shown] == [
        [token["name"], str(token["id"])] for token in view["tokens"]
    ]


def test_the_keyboard_moves_through_a_head_and_its_numbers_are_said(
    inside: Visit, view: Any
) -> None:
    page = inside.page
    page.get_by_label("Layer", exact=True).select_option("2")
    page.get_by_label("Head", exact=True).select_option("4")
    picture = page.locator(".head").get_by_role("application")
    picture.press("Home")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        picture.press(key)
    weights = view["attention"][1][3][3]
    said = f"“by” reads {weights[3]:.3f} of “by”"
    page.get_by_text(said, exact=True).wait_for()
    most = sorted(weights, reverse=True)
    rows = page.locator(".pointed tbody td").all_inner_texts()
    assert rows == [f"{weight:.3f}" for weight in most[:5]]
    assert page.get_by_text("The whole row sums to 1.000.").is_visible()


def test_pointing_at_a_cell_says_its_number(inside: Visit, view: Any) -> None:
    page = inside.page
    canvas = page.locator(".head canvas")
    box = canvas.bounding_box()
    assert box
    size = len(view["tokens"])
    cell = (box["width"] - 72) / size
    canvas.hover(position={"x": 72 + 5.5 * cell, "y": 72 + 6.5 * cell})
    said = f"“bank” reads {view['attention'][0][0][6][5]:.3f} of “river”"
    page.get_by_text(said, exact=True).wait_for()


def test_a_small_picture_chooses_its_layer_and_head(inside: Visit) -> None:
    page = inside.page
    canvas = page.locator(".heads canvas")
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": box["width"] * 7.5 / 12, "y": box["height"] * 3.5 / 6})
    assert page.get_by_label("Layer", exact=True).input_value() == "3"
    assert page.get_by_label("Head", exact=True).input_value() == "7"


def test_sliders_reshape_what_is_drawn(inside: Visit) -> None:
    page = inside.page

    def drawn() -> list[str]:
        texts = page.locator(".candidates tbody td:last-child").all_inner_texts()
        return [text.strip() for text in texts]

    before = drawn()
    scored = page.locator(".candidates tbody td:nth-child(3)").all_inner_texts()
    assert before == [text.strip() for text in scored]
    page.get_by_label("Temperature").fill("0")
    first_drawn = page.locator(".candidates tbody td:last-child").first
    expect(first_drawn).to_contain_text("100.0%", timeout=SECONDS * 1000)
    assert drawn()[1:] == ["cut off"] * (len(before) - 1)
    page.get_by_label("Temperature").fill("2")
    page.get_by_label("Top K").fill("2")
    cut = page.locator(".candidates tr.cut")
    expect(cut).to_have_count(len(before) - 2, timeout=SECONDS * 1000)
    first, second = (float(text.rstrip("%")) for text in drawn()[:2])
    assert first + second == pytest.approx(100, abs=0.2)
    assert first < 100


def test_a_text_that_is_too_long_is_said(inside: Visit) -> None:
    inside.page.get_by_label("A text to read").fill("rock " * 63)
    inside.page.get_by_role("alert").get_by_text("63 tokens").wait_for()
    inside.errors.clear()  # the browser itself logs that a request was refused


def test_a_home_without_models_to_look_into_has_no_such_tab(visit: Open, lived: Lived) -> None:
    page = visit(lived.url, lived.bucket).go("playground")
    page.wait_for_selector(".column select")
    assert not page.get_by_role("link", name="Inside the model").count()


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [((320, 640), "light", "en-GB"), ((1280, 800), "dark", "ar"), ((2560, 1300), "light", "ja")],
)
def test_nothing_is_in_anybodys_way(
    visit: Open,
    url: str,
    size: tuple[int, int],
    scheme: Literal["light", "dark"],
    language: str,
) -> None:
    one = visit(url, size=size, scheme=scheme, language=language)
    page = one.go("inside")
    page.wait_for_selector(".candidates")
    page.wait_for_selector(".heads canvas")
    assert one.violations() == []
    assert page.evaluate(
        "[document.documentElement, document.querySelector('main')]"
        ".every((one) => one.scrollWidth <= one.clientWidth && one.scrollTop === 0)"
    )
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
