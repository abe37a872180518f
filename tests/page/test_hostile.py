"""Texts that mean harm, wherever the page shows a text: none runs, none asks another host.

`Visit.check` fails a test whose page opened a dialog, asked a foreign host or wrote an error.
"""

import json

import pytest

from app.tools import Output
from tests.page.conftest import Open, Served
from tests.page.payloads import FOREIGN, payloads

PAYLOADS = tuple(payloads())
AT_ONCE = 40
"""So many turns are in one conversation."""

GROUPS = tuple(PAYLOADS[begin : begin + AT_ONCE] for begin in range(0, len(PAYLOADS), AT_ONCE))

PRESS_ALL = """async (selector) => {
  for (const each of document.querySelectorAll(selector)) {
    each.click();
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}"""


SCROLL = """() => {
  document.querySelector(".documents").scrollBy(0, 800);
  return new Promise((resolve) => setTimeout(resolve, 50));
}"""


def test_there_are_over_two_hundred() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 200


@pytest.mark.parametrize("group", range(len(GROUPS)))
def test_in_questions_answers_passages_and_names_they_run_nothing(
    served: Served, visit: Open, group: int
) -> None:
    conversation = f"hostile-{group}"
    for number, text in enumerate(GROUPS[group]):
        plain = " ".join(text.split())
        served.backend.found = [
            {
                "content": {"text": f"{plain} Quartz has a hardness of 7."},
                "location": {"type": "S3", "s3Location": {"uri": f"s3://documents/{plain}"}},
                "metadata": {"title": plain, "x-amz-bedrock-kb-document-page-number": number},
                "score": 0.9,
            }
        ]
        served.backend.pieces = (f"It is 7 [1].\n\n{text}\n",)
        # useChat names the conversation, so this form begins it as well as it goes on with it.
        served.call("POST", "/chat", {"id": conversation, "messages": [_message(text)]})
    opened = visit(served.url)
    page = opened.go(conversation)
    page.locator(".reply").nth(len(GROUPS[group]) - 1).wait_for()
    assert page.locator("main .chip").count() >= len(GROUPS[group])
    page.evaluate(PRESS_ALL, "main .chip")
    page.evaluate(PRESS_ALL, "main summary")
    assert page.locator("aside.source").is_visible()
    assert (
        page.locator("main :is(script, iframe, object, embed, form[action], base, meta)").count()
        == 0
    )
    shown = page.evaluate(
        "[...document.querySelectorAll('main a, main img')].map((one) => one.href || one.src)"
    )
    assert not [one for one in shown if not one.startswith((f"{FOREIGN}/", f"{served.url}/"))]
    assert not page.locator("main img").count()


@pytest.mark.parametrize("size", [1, 7, 64])
def test_as_an_answer_is_written_they_run_nothing(served: Served, visit: Open, size: int) -> None:
    """Half of a payload may be another one."""
    text = "\n\n".join(PAYLOADS[::4])[: 2000 * size]
    served.backend.pieces = [text[begin : begin + size] for begin in range(0, len(text), size)]
    page = visit(served.url).go()
    page.get_by_role("textbox").first.fill("How hard is quartz?")
    page.keyboard.press("Enter")
    page.locator(".reply footer").wait_for()


def test_in_calls_and_their_outcomes_they_run_nothing(served: Served, visit: Open) -> None:
    calls = [("order_status", json.dumps({"order_id": text})) for text in PAYLOADS[::9]]
    served.desk.says["order_status"] = Output("\n".join(PAYLOADS[::5]))
    served.backend.replies = [
        ([calls[0]], "tool_use"),
        ([calls[1]], "tool_use"),
        ([("cancel_order", json.dumps({"order_id": PAYLOADS[5]}))], "tool_use"),
    ]
    conversation = served.ask(PAYLOADS[0], mode="agent")
    page = visit(served.url).go(conversation)
    page.locator(".confirmation").wait_for()
    page.evaluate(PRESS_ALL, "main summary")
    assert page.locator("main :is(script, iframe, img)").count() == 0


def test_in_the_names_of_documents_they_run_nothing(served: Served, visit: Open) -> None:
    opened = visit(served.url)
    items = [
        {
            "id": f"d{number}",
            "name": text,
            "size": 1,
            "status": "FAILED",
            "reason": text,
            "warnings": [text],
        }
        for number, text in enumerate(PAYLOADS)
    ]
    opened.page.route(
        "**/documents?*", lambda route: route.fulfill(json={"items": items, "nextCursor": None})
    )
    page = opened.go("documents")
    last = page.locator(f"[aria-rowindex='{len(PAYLOADS) + 1}']")
    page.get_by_role("table").wait_for()
    for _ in range(len(PAYLOADS)):  # only the rows that are in sight are made
        assert page.locator("main :is(script, iframe, img)").count() == 0
        if last.count():
            break
        page.evaluate(SCROLL)
    assert last.count()


def _message(text: str) -> dict[str, object]:
    parts = [{"type": "text", "text": f"How hard is {text}?"}]
    return {"id": "question", "role": "user", "parts": parts}
