"""The page: what a browser has to load, and how soon an event of the stream is on the screen.

A real Chromium asks the application over a scripted model whose words come one by one. The page's
own `fetch` is watched: the clock starts when the first `text-delta` is read from the connection,
and stops when the frame with its word is painted. Layout shifts are Chromium's own measure
(https://web.dev/articles/cls), without those that follow an input.
"""

import gzip
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, Response, sync_playwright

from app.aws import clients
from app.web import application
from tests.browser.chromium import chromium
from tests.page.browser import LAUNCH
from tests.page.watching import WATCH
from tests.tables import Table
from tests.web.backend import Backend, behind, settings
from tests.wire_server import in_thread

QUESTIONS = 25
WORDS = 60
BETWEEN = 0.02  # seconds from word to word, as a fast model writes


def run() -> Iterator[Table]:
    backend = Backend()
    with TemporaryDirectory() as scratch, behind(backend, Path(scratch)) as home:
        chosen = settings()
        home.s3.create_bucket(Bucket=chosen.documents_bucket)
        app = application(clients(chosen.deadline_seconds), chosen)
        arguments = [*LAUNCH, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        with in_thread(app) as (url, _), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
            page = browser.new_page()
            page.add_init_script(WATCH)
            responses: list[Response] = []

            def keep(response: Response) -> None:
                responses.append(response)

            page.on("response", keep)
            page.goto(url)
            page.get_by_role("textbox").last.wait_for()
            page.wait_for_load_state("networkidle")
            yield _loads(responses.copy())
            yield _delays(page, backend)
            browser.close()


def _loads(responses: Sequence[Response]) -> Table:
    sizes: dict[str, list[int]] = {}
    for response in responses:
        kind = response.request.resource_type
        if kind in ("script", "stylesheet", "document"):
            sizes.setdefault(kind, []).append(len(gzip.compress(response.body(), 9)))
    rows = [
        (kind, str(len(each)), f"{sum(each) / 1000:.1f}") for kind, each in sorted(sizes.items())
    ]
    return Table("The first load", ("kind", "files", "kB, gzipped"), rows)


def _delays(page: Page, backend: Backend) -> Table:
    delays, shifts = [], []
    for _ in range(QUESTIONS):
        backend.reset()
        backend.pieces = _words()
        page.goto(page.url.partition("#")[0])
        page.reload()
        page.get_by_role("textbox").last.fill("How hard is quartz?")
        page.keyboard.press("Enter")
        page.locator(".reply footer").wait_for()
        delays.append(page.evaluate("watched.shown - watched.read"))
        shifts.append(page.evaluate("watched.shift"))
    rows = (
        ("ms from event to screen", f"{statistics.median(delays):.0f}", f"{max(delays):.0f}"),
        ("layout shift", f"{statistics.median(shifts):.4f}", f"{max(shifts):.4f}"),
    )
    title = f"From the first word's event to the screen, {QUESTIONS} answers"
    return Table(title, ("measure", "p50", "most"), rows)


def _words() -> Iterator[str]:
    for number in range(WORDS):
        time.sleep(BETWEEN)
        yield f"word{number} "
