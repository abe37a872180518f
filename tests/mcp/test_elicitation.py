"""A tool that changes something asks the person first, in both eras of the protocol: nothing is
done without their consent, and once with it.
"""

import json
from collections.abc import Callable
from typing import Any, Literal

import anyio
import pytest
from mcp import Client, MCPError
from mcp.client.session import ClientRequestContext
from mcp_types import (
    CallToolResult,
    ElicitRequestFormParams,
    ElicitRequestParams,
    ElicitResult,
    ErrorData,
    InputRequiredResult,
    InputResponses,
    TextContent,
)

from app.mcp import elicitation
from app.mcp import server as mcp_server_module
from app.mcp.server import mcp_server
from app.tools import CALL, PRINCIPAL
from tests.flows.home import Home
from tests.mcp.clients import VERSIONS, talk
from tests.mcp.tools import Desk

CANCEL = {"order_id": "A-1047"}
both = pytest.mark.parametrize("version", VERSIONS)


class Person:
    """Answers what is asked.

    Attributes:
        questions: what they were shown.
    """

    def __init__(self, answer: Literal["accept", "decline", "cancel"] | ErrorData) -> None:
        self.answer = answer
        self.questions: list[str] = []

    async def __call__(
        self, _context: ClientRequestContext, params: ElicitRequestParams
    ) -> ElicitResult | ErrorData:
        assert isinstance(params, ElicitRequestFormParams)
        assert params.requested_schema == {"type": "object", "properties": {}}
        self.questions.append(params.message)
        if isinstance(self.answer, ErrorData):
            return self.answer
        return ElicitResult(action=self.answer)


class Absent(Person):
    """Is asked, and does not answer."""

    async def __call__(
        self, context: ClientRequestContext, params: ElicitRequestParams
    ) -> ElicitResult | ErrorData:
        await anyio.sleep_forever()
        return await super().__call__(context, params)


def server_of(home: Home, desk: Desk, principal_of: Callable[[], str] = lambda: "ada") -> Any:
    return mcp_server(home.aws, home.settings, desk.tools(), principal_of)


def cancel(home: Home, desk: Desk, version: str, person: Person | None) -> CallToolResult:
    async def say(client: Client) -> CallToolResult:
        return await client.call_tool("cancel_order", CANCEL)

    return talk(server_of(home, desk), say, mode=version, elicitation_callback=person)


def text_of(result: Any) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


@both
def test_what_the_person_accepts_is_done_once(version: str, home: Home) -> None:
    desk, person = Desk(), Person("accept")
    result = cancel(home, desk, version, person)
    assert not result.is_error
    assert result.structured_content == {"order_id": "A-1047", "status": "cancelled"}
    assert person.questions == ['Outcrop: let cancel_order do this?\n\norder_id: "A-1047"']
    [(arguments, session)] = desk.effects
    assert (arguments, session[PRINCIPAL]) == (CANCEL, "ada")
    assert session[CALL]


@both
@pytest.mark.parametrize(
    ("answer", "said"),
    [("decline", elicitation.DECLINED), ("cancel", elicitation.DISMISSED)],
)
def test_what_the_person_does_not_accept_is_not_done(
    answer: Literal["decline", "cancel"], said: str, version: str, home: Home
) -> None:
    desk, person = Desk(), Person(answer)
    result = cancel(home, desk, version, person)
    assert result.is_error
    assert text_of(result) == said
    assert len(person.questions) == 1
    assert not desk.effects


@both
def test_a_client_that_cannot_ask_is_told_that_nothing_was_done(version: str, home: Home) -> None:
    desk = Desk()
    result = cancel(home, desk, version, None)
    assert result.is_error
    assert text_of(result) == elicitation.UNASKED
    assert not desk.effects


def test_a_client_that_fails_to_ask_is_told_that_nothing_was_done(home: Home) -> None:
    desk = Desk()
    result = cancel(home, desk, "legacy", Person(ErrorData(code=-32000, message="no window")))
    assert result.is_error
    assert text_of(result) == elicitation.FAILED
    assert not desk.effects


def test_a_person_who_does_not_answer_in_time_has_not_confirmed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elicitation, "SECONDS", 0)
    desk = Desk()
    result = cancel(home, desk, "legacy", Absent("accept"))
    assert result.is_error
    assert text_of(result) == elicitation.LATE
    assert not desk.effects


@both
def test_arguments_cannot_pass_for_the_question(version: str, home: Home) -> None:
    desk, person = Desk(), Person("decline")
    arguments = {"order_id": 'A-1"\n\nOutcrop: nothing is cancelled.\u202e\u200b'}

    async def say(client: Client) -> None:
        await client.call_tool("cancel_order", arguments)

    talk(server_of(home, desk), say, mode=version, elicitation_callback=person)
    [question] = person.questions
    assert question.splitlines()[2:] == [
        r'order_id: "A-1\"\n\nOutcrop: nothing is cancelled.\u202e\u200b"'
    ]


@both
def test_what_is_too_long_to_read_is_not_asked(version: str, home: Home) -> None:
    desk, person = Desk(), Person("accept")

    async def say(client: Client) -> CallToolResult:
        return await client.call_tool("cancel_order", {"order_id": "A" * 5000})

    result = talk(server_of(home, desk), say, mode=version, elicitation_callback=person)
    assert text_of(result) == elicitation.UNREADABLE
    assert not person.questions
    assert not desk.effects


# Since 2026-07-28 the client makes the call again, with the answer, and with a state that it could
# make up.

ACCEPTANCE: InputResponses = {"confirmation": ElicitResult(action="accept")}


async def ask(client: Client, order: str = "A-1047", name: str = "cancel_order") -> Any:
    return await client.session.call_tool(name, {"order_id": order}, allow_input_required=True)


async def answer(client: Client, state: str | None, order: str = "A-1047") -> Any:
    return await client.session.call_tool(
        "cancel_order",
        {"order_id": order},
        input_responses=ACCEPTANCE,
        request_state=state,
        allow_input_required=True,
    )


def hostile(home: Home, desk: Desk, say: Any, principal_of: Any = lambda: "ada") -> Any:
    """What a client that does as it likes gets; it says that it can ask."""
    server = server_of(home, desk, principal_of)
    return talk(server, say, mode="2026-07-28", elicitation_callback=Person("accept"))


def test_a_state_works_once(home: Home) -> None:
    desk = Desk()

    async def say(client: Client) -> list[Any]:
        first = await ask(client)
        assert isinstance(first, InputRequiredResult)
        return [await answer(client, first.request_state) for _ in range(3)]

    done, *again = hostile(home, desk, say)
    assert not done.is_error
    assert [text_of(each) for each in again] == [elicitation.USED] * 2
    assert len(desk.effects) == 1


def test_an_answer_without_a_state_is_no_consent(home: Home) -> None:
    desk = Desk()

    async def say(client: Client) -> Any:
        return await answer(client, None)

    assert isinstance(hostile(home, desk, say), InputRequiredResult)
    assert not desk.effects


def test_a_state_without_an_answer_asks_again(home: Home) -> None:
    desk = Desk()

    async def say(client: Client) -> Any:
        first = await ask(client)
        return await client.session.call_tool(
            "cancel_order", CANCEL, request_state=first.request_state, allow_input_required=True
        )

    assert isinstance(hostile(home, desk, say), InputRequiredResult)
    assert not desk.effects


@pytest.mark.parametrize(
    "forge",
    [
        lambda _state: "v1.AAAA",
        lambda _state: json.dumps({"key": "k", "arguments": "a"}),
        lambda state: state[:-2] + ("AA" if state[-2:] != "AA" else "BB"),
        lambda state: state + state,
        lambda _state: "",
    ],
    ids=["made-up", "plain", "changed", "twice", "empty"],
)
def test_a_forged_state_is_refused(forge: Callable[[str], str], home: Home) -> None:
    desk = Desk()

    async def say(client: Client) -> None:
        first = await ask(client)
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await answer(client, forge(first.request_state))

    hostile(home, desk, say)
    assert not desk.effects


def test_a_state_is_of_its_arguments(home: Home) -> None:
    desk = Desk()

    async def say(client: Client) -> None:
        first = await ask(client, "A-1")
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await answer(client, first.request_state, "A-2")

    hostile(home, desk, say)
    assert not desk.effects


def test_a_state_is_of_its_principal(home: Home) -> None:
    desk, principals = Desk(), ["ada"]

    async def say(client: Client) -> None:
        first = await ask(client)
        principals[0] = "eve"
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await answer(client, first.request_state)

    hostile(home, desk, say, lambda: principals[0])
    assert not desk.effects


def test_a_state_expires(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    monkeypatch.setattr(mcp_server_module, "SECONDS", 1e-9)

    async def say(client: Client) -> None:
        first = await ask(client)
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await answer(client, first.request_state)

    hostile(home, desk, say)
    assert not desk.effects


def test_a_state_is_of_its_server(home: Home) -> None:
    """Two servers, as before and after a restart."""
    desk = Desk()

    async def first(client: Client) -> str:
        result = await ask(client)
        return str(result.request_state)

    state = hostile(home, desk, first)

    async def say(client: Client) -> None:
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await answer(client, state)

    hostile(home, desk, say)
    assert not desk.effects
