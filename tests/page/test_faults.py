"""Bad days, as the page tells of them: every failure says what happened and what to do, and nothing
that was typed is lost.
"""

from playwright.sync_api import Route, expect

from app.local.faults import Fail
from tests.page.conftest import Lived, Open, Served, ask
from tests.page.test_asking import BUILT, QUESTION, begin


def test_an_answer_that_a_guardrail_replaces_after_it_was_shown(
    served: Served, visit: Open
) -> None:
    served.backend.pieces = ["It is 7 and secret [1]."]
    page = visit(served.url).go()
    page.route("**/chat/stream", replace_answer)
    begin(page, "How hard is quartz?")
    expect(page.get_by_text("The guardrail has blocked this answer.")).to_be_visible()
    expect(page.locator(".reply .answer")).to_have_text("This cannot be said.")
    expect(page.locator(".reply .chip")).to_have_count(0)


def replace_answer(route: Route) -> None:
    """The stream of a turn whose answer was shown, and then blocked."""
    verdict = (
        '{"source":"answer","action":"blocked","text":"This cannot be said.","reason":null,'
        '"subject":null,"policies":[]}'
    )
    parts = (
        '{"type":"start","messageId":"c-0"}',
        '{"type":"start-step"}',
        '{"type":"text-start","id":"t"}',
        '{"type":"text-delta","id":"t","delta":"It is secret."}',
        f'{{"type":"data-guardrail","data":{verdict}}}',
        '{"type":"text-end","id":"t"}',
        '{"type":"finish-step"}',
        '{"type":"finish","finishReason":"content-filter"}',
        "[DONE]",
    )
    route.fulfill(
        content_type="text/event-stream",
        headers={"x-vercel-ai-ui-message-stream": "v1"},
        body="".join(f"data: {part}\n\n" for part in parts),
    )


def test_a_model_that_is_throttled_is_asked_again(lived: Lived, visit: Open) -> None:
    opened = visit(lived.url, lived.bucket)
    page = opened.go()
    operation = "InvokeModelWithResponseStream"
    lived.home.order(
        Fail(service="bedrock-runtime", operation=operation, code="ThrottlingException")
    )
    begin(page, QUESTION)
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    alert.get_by_role("button", name="Try again").click()
    page.locator(".reply footer").wait_for()
    expect(page.locator(".reply")).to_contain_text(BUILT)
    expect(page.locator(".reply")).to_have_count(1)
    opened.errors.clear()  # the browser itself writes of a response that is an error


def test_a_stream_that_is_cut_off_is_said_not_to_be_whole(served: Served, visit: Open) -> None:
    page = visit(served.url).go()
    page.route(
        "**/chat/stream",
        lambda route: route.fulfill(
            content_type="text/event-stream",
            headers={"x-vercel-ai-ui-message-stream": "v1"},
            body='data: {"type":"start","messageId":"c-0"}\n\ndata: {"type":"text-start","id":"t"}'
            '\n\ndata: {"type":"text-delta","id":"t","delta":"It is"}\n\n',
        ),
    )
    begin(page, "How hard is quartz?")
    expect(page.get_by_role("alert")).to_contain_text("The answer broke off")
    expect(page.locator(".reply")).to_contain_text("It is")


def test_an_application_that_is_gone_loses_no_question(served: Served, visit: Open) -> None:
    opened = visit(served.url)
    page = opened.go()
    page.route("**/chat/stream", lambda route: route.abort("connectionrefused"))
    begin(page, "How hard is quartz?")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("cannot be reached")
    expect(alert).to_contain_text("outcrop up")
    expect(page.locator(".question")).to_contain_text("How hard is quartz?")
    page.unroute("**/chat/stream")
    alert.get_by_role("button", name="Try again").click()
    page.locator(".reply footer").wait_for()
    opened.errors.clear()  # the browser itself writes of a connection that is refused


def test_a_problem_has_the_requests_id_for_whoever_runs_it(served: Served, visit: Open) -> None:
    opened = visit(served.url)
    page = opened.go()
    problem = {
        "title": "Too many requests",
        "detail": "The model is busy.",
        "status": 429,
        "requestId": "r-1",
    }
    page.route(
        "**/chat/stream",
        lambda route: route.fulfill(
            status=429,
            json=problem,
            headers={"retry-after": "600", "content-type": "application/problem+json"},
        ),
    )
    begin(page, "How hard is quartz?")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The model is busy.")
    expect(alert.locator("code")).to_have_text("r-1")
    expect(alert.get_by_role("button", name="Try again from")).to_be_disabled()
    opened.errors.clear()  # the browser itself writes of a response that is an error


def test_what_the_documents_do_not_say_leads_to_the_nearest_places(
    lived: Lived, visit: Open
) -> None:
    page = visit(lived.url, lived.bucket).go()
    ask(page, "Who was the first captain of the ferry of Kaub?")
    expect(page.locator(".reply")).to_contain_text("The documents do not say")
    expect(page.locator(".reply .chip")).to_have_count(0)
    nearest = page.get_by_role("group", name="The nearest places")
    nearest.get_by_role("button", name="ferry.md").click()
    expect(page.locator("aside.source")).to_contain_text("The ferry of Kaub")
