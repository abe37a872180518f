"""The page in a real Chromium, used as a person would: what it shows, and what it must never do.

A visit watches all that the page does. It fails if the page writes an error to its console, opens a
dialog of the browser, or asks any host but its own and the documents bucket's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

ROOT = Path(__file__).parents[2]
AXE = ROOT / "app" / "page" / "node_modules" / "axe-core" / "axe.min.js"
LAUNCH = (
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # a test that fails asks nobody
)
SECONDS = 60
"""How long a person waits for what has to happen sooner or later: a busy machine's time."""

Scheme = Literal["light", "dark"]


@dataclass
class Visit:
    """A page that is open, and what it has done that it must not do.

    Attributes:
        hosts: what it may call, such as `127.0.0.1:8000`.
        errors: what it wrote to its console as an error, and exceptions that nobody caught.
        foreign: requests to other hosts.
        dialogs: of the browser: alerts, prompts.
    """

    page: Page
    url: str
    hosts: frozenset[str]
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def go(self, place: str = "") -> Page:
        """Open the page at this place, such as `documents`: the part after `#`."""
        self.page.goto(f"{self.url}/{'#' if place else ''}{place}")
        self.page.reload()  # a change of the fragment alone loads nothing
        return self.page

    def violations(self) -> list[str]:
        """What axe finds wrong with the view, as `rule: element`: by the rules of WCAG 2.2 AA and
        good practice.
        """
        self.page.evaluate(AXE.read_text())  # by the debugger, so the page's policy stands
        found: dict[str, Any] = self.page.evaluate("axe.run()")
        return [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def check(self) -> None:
        """Fail if the page did what it must not do."""
        assert not self.dialogs
        assert not self.foreign
        assert not self.errors


@contextmanager
def visiting(
    browser: Browser,
    url: str,
    *others: str,
    size: tuple[int, int] = (1280, 800),
    scheme: Scheme = "light",
    language: str = "en-GB",
    **options: Any,
) -> Iterator[Visit]:
    """A new visitor's page; nothing of earlier visits is known to it.

    Args:
        others: addresses of further hosts that it may call.
    """
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale=language,
        permissions=["clipboard-read", "clipboard-write"],
        **options,
    )
    context.set_default_timeout(SECONDS * 1000)
    page = context.new_page()
    visit = Visit(page, url, frozenset(urlsplit(one).netloc for one in (url, *others)))

    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            visit.errors.append(message.text)

    def request(made: Request) -> None:
        parts = urlsplit(made.url)
        if parts.scheme not in ("data", "blob") and parts.netloc not in visit.hosts:
            visit.foreign.append(made.url)

    def dialog(shown: Dialog) -> None:
        visit.dialogs.append(shown.message)
        shown.dismiss()

    page.on("console", console)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("dialog", dialog)
    context.on("request", request)
    try:
        yield visit
    finally:
        context.close()
