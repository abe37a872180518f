"""One function, all its forms: what an agent and a model are told, and what a call brings."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import Field

from app.errors import ToolFailed
from app.tools import CALL, PRINCIPAL, Output, Refusal, Tool, check
from app.tools.action_group import MOST_BYTES, event, lambda_tools
from lambdas.tools.contract import ActionGroup
from tests.lambdas.tools.events import api_event, function_event, said, state
from tests.lambdas.tools.gifts import Item, Recipient, Wrapping, flat, nested, seen

GIFT: dict[str, Any] = {
    "items": [{"product_id": "P-1"}, {"product_id": "P-2", "quantity": 3}],
    "recipient": {"name": "Ada", "birthday": "1815-12-10"},
    "wrapping": "box",
    "at": "2026-12-24T18:00:00Z",
    "surprise": True,
}
RECEIVED = {
    "items": [Item(product_id="P-1"), Item(product_id="P-2", quantity=3)],
    "recipient": Recipient(name="Ada", birthday=date(1815, 12, 10)),
    "wrapping": Wrapping.BOX,
    "at": datetime(2026, 12, 24, 18, tzinfo=UTC),
    "surprise": True,
}
VOUCHERS = {
    "status": "open",
    "since": "2026-11-30",
    "worth": 9.5,
    "tags": ["a, b", "c"],
    "limit": 3,
}
FOUND = {
    "status": "open",
    "since": date(2026, 11, 30),
    "worth": Decimal("9.5"),
    "tags": ["a, b", "c"],
    "limit": 3,
}
SESSION = {PRINCIPAL: "ada", CALL: "turn:1"}


def one(group: ActionGroup, name: str) -> Tool:
    return {tool.name: tool for tool in group.tools()}[name]


def in_lambda(group: ActionGroup, name: str) -> Tool:
    """As the application has it: from the file's content, each call by way of JSON."""

    def invoke(event: Any) -> Any:
        return json.loads(json.dumps(group.answer(json.loads(json.dumps(event)), None)))

    specs = json.loads(json.dumps(group.specs()))
    return {tool.name: tool for tool in lambda_tools(specs, invoke)}[name]


@pytest.mark.parametrize("tool_of", [one, in_lambda])
def test_a_call_brings_what_the_signature_says(tool_of: Any) -> None:
    gift = tool_of(nested, "send_gift")
    assert check(gift, GIFT) is None
    assert gift.call(GIFT, SESSION) == Output('{"name":"Ada","birthday":"1815-12-10"}')
    assert seen[-1] == RECEIVED
    vouchers = tool_of(flat, "find_vouchers")
    assert vouchers.call(VOUCHERS, SESSION) == Output('["ada:turn:1"]')
    assert seen[-1] == FOUND
    assert tool_of(flat, "count_vouchers").call({}, SESSION) == Output("7")


@pytest.mark.parametrize("tool_of", [one, in_lambda])
def test_what_is_left_out_has_its_default(tool_of: Any) -> None:
    needed = {name: GIFT[name] for name in ("items", "recipient")}
    gift = tool_of(nested, "send_gift")
    assert check(gift, {**needed, "at": None}) is None
    gift.call({**needed, "at": None}, SESSION)
    assert {name: seen[-1][name] for name in ("wrapping", "at", "surprise")} == {
        "wrapping": Wrapping.PAPER,
        "at": None,
        "surprise": False,
    }


def test_an_agent_s_events_bring_the_same_as_text() -> None:
    texts = {
        name: each if isinstance(each, str) else json.dumps(each) for name, each in GIFT.items()
    }
    schema = one(nested, "send_gift").input_schema
    posted: Any = event("gifts", "send_gift", GIFT, SESSION, dict(schema))
    assert (posted["apiPath"], posted["httpMethod"]) == ("/send_gift", "POST")
    properties = posted["requestBody"]["content"]["application/json"]["properties"]
    assert {each["name"]: each["value"] for each in properties} == texts
    answer = nested.answer(posted, None)["response"]
    assert (answer["apiPath"], answer["httpMethod"], answer["httpStatusCode"]) == (
        "/send_gift",
        "POST",
        200,
    )
    assert json.loads(answer["responseBody"]["application/json"]["body"])["name"] == "Ada"
    assert seen[-1] == RECEIVED


@pytest.mark.parametrize("tags", ['["a, b", "c"]', "[a b, c]", "[ ]"])
def test_a_list_in_an_agent_s_event_is_json_or_in_brackets(tags: str) -> None:
    lists = {'["a, b", "c"]': ["a, b", "c"], "[a b, c]": ["a b", "c"], "[ ]": []}
    for request in (
        function_event("find_vouchers", status="open", since="2026-11-30", tags=tags),
        api_event("/find_vouchers", status="open", since="2026-11-30", tags=tags),
    ):
        request["parameters"][-1]["type"] = "array"
        flat.answer(request, None)
        assert seen[-1]["tags"] == lists[tags]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"wrapping": "gold"}, "wrapping: Input should be 'paper' or 'box'"),
        ({"at": "tomorrow"}, "at: Input should be a valid datetime"),
        ({"items": []}, "items: List should have at least 1 item"),
        ({"items": [{"product_id": "X"}]}, "items[0].product_id: String should match pattern"),
        ({"items": [{"product_id": "P-1", "quantity": 10}]}, "items[0].quantity: Input should be"),
        ({"recipient": {}}, "recipient.name: Field required"),
        ({"recipient": "Ada"}, "recipient: Input should be a valid dictionary"),
        ({"customer": "eve"}, "There is no parameter customer, only items, recipient, wrapping"),
    ],
)
def test_a_wrong_argument_is_named_by_the_function_and_by_the_check_before_it(
    change: dict[str, Any], rule: str
) -> None:
    gift = in_lambda(nested, "send_gift")
    before = len(seen)
    outcome = gift.call(GIFT | change, SESSION)
    assert isinstance(outcome, Refusal)
    assert rule in outcome.message
    assert outcome.misuse
    refusal = check(gift, GIFT | change)
    assert refusal is not None
    assert (rule.partition(":")[0] in refusal.message) or "customer" in refusal.message
    assert len(seen) == before


def test_a_result_that_an_agent_would_not_take_is_refused_with_its_size() -> None:
    group = ActionGroup("long", "Much.")

    @group.function
    def much(length: Annotated[int, Field(description="Of the text.")]) -> str:
        """Say much."""
        return "x" * length

    [tool] = group.tools()
    assert isinstance(tool.call({"length": MOST_BYTES - 500}, SESSION), Output)
    outcome = tool.call({"length": MOST_BYTES}, SESSION)
    assert isinstance(outcome, Refusal)
    assert "and may have 25600. Ask for less at once." in outcome.message


def test_calls_at_the_same_time_do_not_mix_who_asks() -> None:
    tool = one(flat, "find_vouchers")

    def ask(number: int) -> Any:
        return tool.call(VOUCHERS, {PRINCIPAL: f"person-{number}", CALL: str(number)})

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(ask, range(200)))
    assert outcomes == [Output(f'["person-{number}:{number}"]') for number in range(200)]


def test_a_failure_that_only_the_operator_can_mend_fails_the_function() -> None:
    group = ActionGroup("broken", "Fails.")

    @group.function
    def fail() -> None:
        """Fail."""
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        group.answer(function_event("fail"), None)


def test_an_event_without_a_session_or_with_odd_parameters_is_answered() -> None:
    request = function_event("count_vouchers")
    del request["sessionAttributes"]
    assert said(flat.answer(request, None)) == 7
    request["parameters"] = None
    assert said(flat.answer(request, None)) == 7
    unknown = flat.answer(function_event("steal"), None)
    assert said(unknown)["error"].startswith("There is no such function in vouchers, only")
    assert state(unknown) is None


def test_an_api_s_error_that_says_nothing_is_a_failure() -> None:
    called = {"actionGroup": "g", "apiPath": "/f", "httpMethod": "POST"}

    def outcome(status: int, body: str) -> Any:
        content = {"application/json": {"body": body}}
        answer = {**called, "httpStatusCode": status, "responseBody": content}
        specs = nested.specs()
        specs["actionGroup"] = "g"
        specs["tools"][0]["toolSpec"]["name"] = "f"
        [tool] = lambda_tools(specs, lambda _event: {"response": answer})
        return tool.call({}, SESSION)

    assert outcome(200, "{}") == Output("{}")
    assert outcome(404, '{"error": "No."}') == Refusal("No.")
    assert outcome(422, '{"error": "No."}') == Refusal("No.", misuse=True)
    assert outcome(503, '{"error": "Busy."}') == Refusal("Busy.")
    with pytest.raises(ToolFailed):
        outcome(500, "secret")
