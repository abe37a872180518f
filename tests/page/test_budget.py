"""What the page costs a reader: what is loaded first, and nothing that jumps while one reads."""

import gzip
from collections.abc import Iterator
from threading import Event

from playwright.sync_api import Response

from tests.page.conftest import Open, Served
from tests.page.watching import WATCH

FIRST_LOAD = 250_000  # bytes of JavaScript, gzipped
NOTICED = 0.001  # a thousandth of the window, by the distance that it moves; 0.1 is called good
ANSWER = (
    "Quartz is hard [1].\n\n",
    "| mineral | hardness |\n| --- | --- |\n| quartz | 7 |\n",
    "| topaz | 8 |\n\n",
    "```sh\nscratch --with quartz\n",
    "```\n\n- one\n- two\n\nThat **is** all.",
)


def test_the_first_load_keeps_within_its_budget(served: Served, visit: Open) -> None:
    opened = visit(served.url)
    scripts: list[Response] = []

    def keep(response: Response) -> None:
        if response.request.resource_type == "script":
            scripts.append(response)

    opened.page.on("response", keep)
    opened.page.goto(served.url)
    opened.page.get_by_role("textbox").last.wait_for()
    opened.page.wait_for_load_state("networkidle")
    assert scripts
    assert sum(len(gzip.compress(script.body(), 9)) for script in scripts) <= FIRST_LOAD


def test_nothing_jumps_while_an_answer_is_written(served: Served, visit: Open) -> None:
    go_on = Event()
    served.backend.pieces = _words(go_on)
    opened = visit(served.url)
    opened.page.add_init_script(WATCH)
    page = opened.go()
    page.get_by_role("textbox").last.fill("How hard is quartz?")
    page.keyboard.press("Enter")
    page.get_by_text("Quartz is hard").wait_for()
    go_on.set()
    page.locator(".reply footer").wait_for()
    assert page.evaluate("watched.read !== null")
    assert page.evaluate("watched.shift") < NOTICED, page.evaluate("watched.moved")


def _words(go_on: Event) -> Iterator[str]:
    first, *others = ANSWER
    yield first
    assert go_on.wait(60)
    for piece in others:
        for word in piece.split(" "):
            yield f"{word} "
