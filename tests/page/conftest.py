"""A Chromium for the session, and two applications to visit: one over scripts, one over a home."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.aws import clients
from app.web import application
from app.web.page import BUILT
from tests.agent.conftest import Desk
from tests.browser.chromium import chromium
from tests.flows.home import Home, laptop
from tests.page.browser import LAUNCH, SECONDS, Visit, visiting
from tests.web.backend import Backend, behind, settings
from tests.wire_server import in_thread

Json = dict[str, Any]


class Open(Protocol):
    """Opens the page for a new visitor; what it did wrong fails the test at its end."""

    def __call__(self, url: str, *others: str, **options: Any) -> Visit: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if not BUILT.is_dir():
        pytest.skip("the page is not built: make page")
    arguments = [*LAUNCH, *(["--no-sandbox"] if os.geteuid() == 0 else [])]  # root can have none
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=arguments)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    with ExitStack() as stack:
        visits: list[Visit] = []

        def open_page(url: str, *others: str, **options: Any) -> Visit:
            visits.append(stack.enter_context(visiting(browser, url, *others, **options)))
            return visits[-1]

        yield open_page
        for each in visits:
            each.check()


@dataclass
class Served:
    """The application over scripts: what the model says, and what the tools are asked."""

    backend: Backend
    desk: Desk
    url: str

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        response = httpx2.request(method, f"{self.url}{path}", json=body, timeout=60)
        answer: Json = response.raise_for_status().json()
        return answer

    def ask(self, question: str, **more: str) -> str:
        """Ask, and return the conversation's id."""
        conversation: str = self.call("POST", "/chat", {"message": question, **more})[
            "conversationId"
        ]
        return conversation


@pytest.fixture(scope="session")
def scripted(
    browser: Browser,  # without which nothing is worth being served
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    del browser
    backend, desk = Backend(), Desk()
    with (
        behind(backend, tmp_path_factory.mktemp("scripted")) as home,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("app.web.routes.dependencies.lambda_tools_of", lambda *_: desk.tools)
        chosen = settings()
        home.s3.create_bucket(Bucket=chosen.documents_bucket)
        with in_thread(application(clients(chosen.deadline_seconds), chosen)) as (url, _):
            yield Served(backend, desk, url)


@pytest.fixture
def served(scripted: Served) -> Served:
    scripted.backend.reset()
    scripted.desk.calls.clear()
    return scripted


@dataclass
class Lived:
    """A laptop's home with documents of its own, and the address of its application."""

    home: Home
    url: str

    @property
    def bucket(self) -> str:
        """The address of the service that has the documents."""
        address: str = self.home.aws.s3.meta.endpoint_url
        return address


@pytest.fixture(scope="session")
def lived(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    del browser
    with laptop(tmp_path_factory.mktemp("lived"), keys={"stand-in": "stand-in"}) as home:
        for name, text in DOCUMENTS.items():
            assert home.put(name, text)["status"] == "INDEXED"
        app = application(home.aws, home.settings)
        with in_thread(app) as (url, _):
            yield Lived(home, url)


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the whole answer."""
    answers = page.locator(".reply footer")
    before = answers.count()
    page.get_by_role("textbox", name="Ask your documents").fill(question)
    page.keyboard.press("Enter")
    answers.nth(before).wait_for()


DOCUMENTS = {
    "castle.md": """\
# The castle of Rheinfels

The castle of Rheinfels was built in 1245 by Count Diether V. It withstood the French in 1692, and
was blown up by them in 1797.

## Visiting

The castle is open from March to November. To book a tour, run:

```sh
castle tour book --people 4
```
""",
    "ferry.md": """\
# The ferry of Kaub

The ferry crosses the Rhine every 15 minutes, and takes 12 cars. A passage costs 2 euros.

| vehicle | price |
| --- | --- |
| bicycle | 3 euros |
| car | 6 euros |
""",
}
