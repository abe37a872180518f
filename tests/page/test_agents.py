"""An agent's turn on the page: its steps, and a call that waits until the person decides."""

import json

from playwright.sync_api import Page, expect

from app.tools import Output
from tests.page.conftest import Open, Served, ask

CANCEL = ("cancel_order", json.dumps({"order_id": "A-1"}))
STATUS = ("order_status", json.dumps({"order_id": "A-1"}))


def ask_the_agent(page: Page, question: str) -> None:
    page.get_by_role("combobox", name="Who answers").select_option("agent")
    ask(page, question)


def test_a_call_is_a_step_with_its_arguments_and_what_it_came_to(
    served: Served, visit: Open
) -> None:
    served.desk.says["order_status"] = Output('{"status": "shipped"}')
    served.backend.replies = [([STATUS], "tool_use"), (["It is shipped."], "end_turn")]
    page = visit(served.url).go()
    ask_the_agent(page, "Where is A-1?")
    step = page.locator(".reply .step")
    step.locator("summary").click()
    expect(step).to_contain_text("order_status")
    expect(step).to_contain_text("A-1")
    expect(step).to_contain_text('"status": "shipped"')
    expect(page.locator(".reply")).to_contain_text("It is shipped.")


def test_nothing_is_done_before_the_person_confirms(served: Served, visit: Open) -> None:
    served.desk.says["cancel_order"] = Output('{"cancelled": true}')
    served.backend.replies = [([CANCEL], "tool_use"), (["A-1 is cancelled."], "end_turn")]
    page = visit(served.url).go()
    ask_the_agent(page, "Cancel A-1.")
    card = page.get_by_role("group", name="Do this?")
    expect(card).to_contain_text("cancel_order")
    expect(card).to_contain_text("A-1")
    expect(card).to_contain_text("Nothing is done before.")
    assert served.desk.arguments == []
    card.get_by_role("button", name="Confirm").click()
    expect(page.locator(".reply")).to_contain_text("A-1 is cancelled.")
    assert served.desk.arguments == [("cancel_order", {"order_id": "A-1"})]
    page.reload()
    expect(page.locator(".reply")).to_contain_text("A-1 is cancelled.")
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)


def test_what_the_person_denies_is_not_done(served: Served, visit: Open) -> None:
    served.backend.replies = [([CANCEL], "tool_use"), (["It stays."], "end_turn")]
    page = visit(served.url).go()
    ask_the_agent(page, "Cancel A-1.")
    page.reload()  # the card is part of the stored turn
    page.get_by_role("group", name="Do this?").get_by_role("button", name="Do not").click()
    expect(page.locator(".reply")).to_contain_text("It stays.")
    assert served.desk.arguments == []
