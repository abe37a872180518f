"""The page in a real Chromium: a stored conversation with citations and an agent's steps, and texts
that mean harm.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from app.aws import clients
from app.web import application
from app.web.page import BUILT
from tests.agent.conftest import Desk
from tests.browser.chromium import chromium, shown
from tests.web.backend import Backend, behind, settings
from tests.wire_server import in_thread

LOADED = "--virtual-time-budget=8000"
HARM = (
    "See ![x](http://127.0.0.1:9/steal) and [here](javascript:alert(1)) and "
    "<img src=x onerror=alert(2)> <script>alert(3)</script> [1]."
)


@dataclass
class Served:
    backend: Backend
    url: str
    desk: Desk

    def ask(self, question: str, **more: str) -> str:
        """Ask, and return the conversation's id."""
        response = httpx2.post(f"{self.url}/chat", json={"message": question, **more}, timeout=60)
        conversation: str = response.raise_for_status().json()["conversationId"]
        return conversation


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    chromium()
    if not BUILT.is_dir():
        pytest.skip("the page is not built: make page")
    backend, desk = Backend(), Desk()
    with (
        behind(backend, tmp_path_factory.mktemp("home")),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("app.web.routes.dependencies.lambda_tools_of", lambda *_: desk.tools)
        chosen = settings()
        with in_thread(application(clients(chosen.deadline_seconds), chosen)) as (url, _):
            yield Served(backend, url, desk)


def test_a_cited_answer_has_a_chip_with_its_quote(served: Served) -> None:
    served.backend.reset()
    conversation = served.ask("How hard is quartz?")
    document = shown(f"{served.url}/#{conversation}", LOADED)
    assert "How hard is quartz?" in document
    assert 'data-quote="Quartz has a hardness of 7."' in document
    assert "Source 1: minerals.md" in document


def test_an_agents_steps_and_its_call_that_waits_are_shown(served: Served) -> None:
    served.backend.reset()
    call = ("cancel_order", '{"order_id": "A-1"}')
    served.backend.replies = [([call], "tool_use")]
    conversation = served.ask("Cancel A-1.", mode="agent")
    document = shown(f"{served.url}/#{conversation}", LOADED)
    assert "Calls cancel_order" in document
    assert "order_id: A-1" in document
    assert "Do this?" in document


def test_what_an_answer_says_runs_nothing_and_asks_nobody(served: Served) -> None:
    served.backend.reset()
    served.backend.pieces = (HARM,)
    conversation = served.ask("How hard is quartz?")
    document = shown(f"{served.url}/#{conversation}", LOADED)
    assert "See" in document
    assert "javascript:" not in document
    assert "/steal" not in document
    assert " onerror=" not in document.replace("&lt;img src=x onerror=", "")
    assert document.count("<img") == 1  # the page's own
    assert "<script>alert" not in document


def test_the_page_of_a_new_conversation_invites_to_ask(served: Served) -> None:
    document = shown(f"{served.url}/", LOADED)
    assert "Ask your documents" in document
    assert 'aria-label="Ask your documents"' in document


def test_the_documents_have_a_view(served: Served, tmp_path: Path) -> None:  # noqa: ARG001
    document = shown(f"{served.url}/#documents", LOADED)
    assert "Add documents" in document
