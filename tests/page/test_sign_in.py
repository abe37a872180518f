"""Signing in, as a person does, on the page of a stack whose function serves it: behind an
authorizer, with Cognito's endpoints on the loopback interface.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.aws import clients
from app.web import application
from tests.page.browser import Visit
from tests.page.conftest import Open
from tests.page.people import CLIENT, ISSUER, STAGE, Authorized, People
from tests.web.backend import Backend, behind, settings
from tests.wire_server import in_thread

STREAM = "POST /chat/stream"


@dataclass
class Stack:
    """A stack with a page."""

    people: People
    gateway: Authorized
    url: str


@pytest.fixture
def stack(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    del browser  # without which nothing is worth being served
    with People() as people, behind(Backend(), tmp_path_factory.mktemp("stack")) as home:
        home.s3.create_bucket(Bucket="documents")
        chosen = settings(
            auth="api-gateway",
            sign_in_authority=people.url,
            sign_in_issuer=ISSUER,
            sign_in_client=CLIENT,
        )
        gateway = Authorized(application(clients(chosen.deadline_seconds), chosen), people)
        with in_thread(gateway) as (url, _):
            people.page = f"{url}{STAGE}/"
            yield Stack(people, gateway, f"{url}{STAGE}")


@pytest.fixture
def arrived(visit: Open, stack: Stack) -> Visit:
    """A browser that has come to the page, and has not signed in yet."""
    opened = visit(stack.url, stack.people.url)
    opened.page.goto(f"{stack.url}/")
    return opened


@pytest.fixture
def signed_in(arrived: Visit, stack: Stack) -> Page:
    _press(arrived.page, stack)
    expect(arrived.page.get_by_role("textbox").first).to_be_visible()
    return arrived.page


def _press(page: Page, stack: Stack) -> None:
    page.get_by_role("link", name=f"Sign in as {stack.people.person}").click()


def _end_session(page: Page, stack: Stack) -> None:
    """End the session of a page that rests: what it asks for at its start would be refused before
    the question is, and the dialog would take the key that sends it.
    """
    page.wait_for_load_state("networkidle")
    stack.people.expire()


def _ask(page: Page, question: str) -> None:
    page.get_by_role("textbox").last.fill(question)
    page.keyboard.press("Enter")


def _forgive(visit: Visit, *statuses: int) -> None:
    """A browser writes refusals to its console; those with these statuses are meant here."""
    visit.errors[:] = [
        one for one in visit.errors if not any(f"status of {status}" in one for status in statuses)
    ]


def test_a_person_signs_in_and_asks(signed_in: Page, stack: Stack) -> None:
    _ask(signed_in, "How hard is quartz?")
    expect(signed_in.get_by_text("It is 7").first).to_be_visible()
    assert stack.gateway.of(STREAM) == ["ada"]
    expect(signed_in.get_by_text("ada@example.com")).to_be_visible()


def test_the_address_is_as_before_and_no_token_is_stored(visit: Open, stack: Stack) -> None:
    page = visit(stack.url, stack.people.url).page
    page.goto(f"{stack.url}/#documents")
    _press(page, stack)
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()
    assert page.url == f"{stack.url}/#documents", (
        "a code must not be sent on, or kept in a bookmark"
    )
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert not [token for token in stack.people.valid if token[:20] in stored]
    assert "verifier" not in stored


def test_a_reload_signs_in_again_without_a_question(signed_in: Page, stack: Stack) -> None:
    signed_in.reload()
    expect(signed_in.get_by_role("textbox").first).to_be_visible()
    assert stack.people.asked.count("/oauth2/token") == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"fault": "access_denied"}, "access_denied"),
        ({"state": "another"}, ""),
    ],
    ids=str,
)
def test_what_does_not_answer_this_request_signs_nobody_in(
    arrived: Visit, stack: Stack, wrong: dict[str, str], said: str
) -> None:
    for name, value in wrong.items():
        setattr(stack.people, name, value)
    _press(arrived.page, stack)
    expect(arrived.page.get_by_text("Signing in did not work")).to_be_visible()
    expect(arrived.page.locator("main")).to_contain_text(said)
    assert stack.gateway.calls == []
    assert arrived.page.url == f"{stack.url}/"
    for name in wrong:
        setattr(stack.people, name, "")
    arrived.page.get_by_role("button", name="Sign in").click()
    expect(arrived.page.get_by_role("textbox").first).to_be_visible()


def test_a_token_is_renewed_before_it_ends_and_nobody_notices(arrived: Visit, stack: Stack) -> None:
    stack.people.lifetime = 30  # less than the page wants to have left
    _press(arrived.page, stack)
    expect(arrived.page.get_by_role("textbox").first).to_be_visible()
    _ask(arrived.page, "How hard is quartz?")
    expect(arrived.page.get_by_text("It is 7").first).to_be_visible()
    assert stack.people.asked.count("/oauth2/token") >= 2
    assert stack.people.asked.count("/oauth2/authorize") == 2, "once to see it, once to press"


def test_a_session_that_ends_is_asked_for_again_and_what_was_written_is_not_lost(
    arrived: Visit, signed_in: Page, stack: Stack
) -> None:
    _end_session(signed_in, stack)
    _ask(signed_in, "How hard is quartz?")
    dialog = signed_in.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    assert not arrived.violations()
    with signed_in.context.expect_page() as opened:
        dialog.get_by_role("button", name="Sign in").click()
    _press(opened.value, stack)
    expect(dialog).to_be_hidden()
    expect(signed_in.get_by_text("It is 7").first).to_be_visible()
    expect(signed_in.get_by_text("How hard is quartz?").first).to_be_visible()
    assert stack.gateway.of(STREAM) == ["ada"], "it is asked once"
    _forgive(arrived, 400, 401)


def test_another_person_who_signs_in_there_sees_nothing_of_the_first(
    arrived: Visit, signed_in: Page, stack: Stack
) -> None:
    _end_session(signed_in, stack)
    stack.people.person = "bob"
    _ask(signed_in, "How hard is quartz?")
    dialog = signed_in.get_by_role("dialog")
    with signed_in.context.expect_page() as opened:
        dialog.get_by_role("button", name="Sign in").click()
    _press(opened.value, stack)
    expect(signed_in.get_by_text("bob@example.com")).to_be_visible()
    expect(signed_in.get_by_role("article")).to_have_count(0)
    assert stack.gateway.of(STREAM) == []
    _forgive(arrived, 400, 401)


def test_who_signs_out_is_signed_out_everywhere(signed_in: Page, stack: Stack) -> None:
    signed_in.get_by_role("button", name="Sign out").click()
    expect(signed_in.get_by_text("You are signed out")).to_be_visible()
    assert stack.people.valid == {}
    assert stack.people.asked[-2:] == ["/oauth2/revoke", "/logout"]
    signed_in.get_by_role("button", name="Sign in").click()
    _press(signed_in, stack)
    expect(signed_in.get_by_role("textbox").first).to_be_visible()


def test_the_page_names_whom_it_may_call(signed_in: Page, stack: Stack) -> None:
    answer: Any = signed_in.request.get(f"{stack.url}/")
    connect = next(
        one
        for one in answer.headers["content-security-policy"].split("; ")
        if one.startswith("connect-src")
    )
    documents = connect.split()[2]
    assert connect == f"connect-src 'self' {documents} {stack.people.url}"
    assert "documents" in documents
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
