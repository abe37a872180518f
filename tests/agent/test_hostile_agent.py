"""A fully hostile agent of Bedrock at the wire: whatever it streams, nothing is confirmed that the
person has not confirmed, and the person is asked to confirm what would be done, to the letter.

Bedrock makes an agent's calls, so the application makes none. After each attack: no function of
ours was called; no more than the one call was confirmed to Bedrock on which the person has decided;
the turn has ended with exactly one terminal event of a known kind, within its limits; and the
conversation can go on.
"""

import json
from collections.abc import Iterator

import pytest

from app.agent import act, decide
from app.events import Confirm, Done, Error, ToolCall, ToolOutcome
from app.local.wire import JSON
from app.tools import CALL, PRINCIPAL, check
from app.turn import Question
from app.turn.ending import UNEXPECTED
from tests.agent.agent_attacks import Reply, agent_attacks
from tests.agent.agent_wire import HostileAgent, call, control
from tests.agent.attack import Attack
from tests.agent.attack_texts import CANARY, FORGED
from tests.agent.goals import check_few, few
from tests.agent.turns import MOST_EVENT_CHARACTERS, TEXT_PARTS, Turn, stored_turns
from tests.agent.wire import SECRET, Shop, hostile_shop

ASK = "What is the status of my orders?"
CONFIRMED = {"order_id": "A-1050"}
"""The arguments of the cancellation that the person has decided on where an attack begins with
that."""

STATUSES = (429, 500, 502, 503, 504)
ATTACKS = list(agent_attacks())
FEW = few(ATTACKS)


@pytest.fixture(scope="module")
def served() -> Iterator[Shop]:
    runner = {"agent_runner": "bedrock-agent", "agent_id": "AGENT12345"}
    with hostile_shop(**runner, agent_alias_id="ALIAS12345") as running:
        yield running


@pytest.fixture
def shop(served: Shop) -> Shop:
    served.calls.clear()
    served.agent.__dict__.update(HostileAgent().__dict__)
    return served


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All attacks with `--thorough`; else every way of a call, and all that is not a call."""
    if "attack" in metafunc.fixturenames:
        some = ATTACKS if metafunc.config.getoption("--thorough") else FEW
        metafunc.parametrize("attack", some, ids=[one.id for one in some])


def attacked(shop: Shop, attack: Attack[Reply]) -> Turn:
    if attack.decision is None:
        shop.agent.script = list(attack.script)
        return Turn(act(Question(ASK, attack.id), shop.context))
    shop.agent.script = [lambda: [control(call("cancel_order", CONFIRMED))]]
    first = Turn(act(Question("Cancel it.", attack.id), shop.context))
    [pending] = [event for event in first.events if isinstance(event, Confirm)]
    shop.agent.requests.clear()
    shop.agent.script = list(attack.script)
    return Turn(decide(pending.confirmation, confirmed=attack.decision, context=shop.context))


def decisions(requests: list[JSON]) -> list[str]:
    """What Bedrock was told of the calls that it has handed over, in order."""
    results = [
        next(iter(one.values()))
        for request in requests
        for one in request["sessionState"].get("returnControlInvocationResults", ())
    ]
    return [one["confirmationState"] for one in results]


def test_there_are_many_attacks_each_with_an_id_of_its_own() -> None:
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS)
    assert len(ATTACKS) >= 700
    check_few(ATTACKS)


def test_a_hostile_agent_achieves_nothing(shop: Shop, attack: Attack[Reply]) -> None:
    before = shop.orders()
    turn = attacked(shop, attack)
    requests = list(shop.agent.requests)

    # nothing is done, and nothing confirmed that the person has not confirmed
    assert shop.orders() == before
    assert shop.calls == []
    assert decisions(requests).count("CONFIRM") == (attack.decision is True)
    assert not attack.decision or decisions(requests)[0] == "CONFIRM"
    for request in requests:
        attributes = request["sessionState"]["sessionAttributes"]
        assert attributes[PRINCIPAL] == "ada"
        assert attributes.keys() <= {PRINCIPAL, CALL}

    # the person is asked at most once, for a call of a tool that there is, as it would be made
    tools = {tool.name: tool for tool in shop.context.tools}
    asked = [event for event in turn.events if isinstance(event, Confirm)]
    assert len(asked) <= 1
    for one in asked:
        assert check(tools[one.tool], one.arguments) is None
        assert not attack.id.endswith("-parameters-twice")

    # nothing of another person's, and no secret
    for place in (repr(turn.events), json.dumps(turn.parts), stored_turns(shop, attack.id)):
        assert CANARY not in place
        assert SECRET not in place
        assert "arn:aws:x" not in place

    # one terminal event, and none that says that something unforeseen went wrong here
    terminal = [event for event in turn.events if isinstance(event, Done | Error)]
    assert terminal == [turn.last]
    assert turn.last != UNEXPECTED
    assert not isinstance(turn.last, Error) or turn.last.status in STATUSES, turn.last

    # what imitates parts of the stream is text in it
    if attack.id.startswith("text-"):
        assert {part["type"] for part in turn.parts} <= TEXT_PARTS | {"error", "data-error"}
    assert not any(FORGED in json.dumps(part) for part in turn.parts if is_no_text(part))

    # within the limits
    assert len(requests) <= shop.context.limits.steps + 1
    assert len(repr(turn.events)) <= MOST_EVENT_CHARACTERS
    outcomes = [event.call for event in turn.events if isinstance(event, ToolOutcome)]
    waits = [event.call for event in turn.events if isinstance(event, Confirm)]
    called = [event.call for event in turn.events if isinstance(event, ToolCall)]
    assert len(called) == len(set(called))
    assert set(outcomes + waits) <= set(called)

    # and the conversation goes on
    shop.agent.script = []
    again = Turn(act(Question("Well?", attack.id), shop.context))
    assert isinstance(again.last, Done), again.last


def is_no_text(part: JSON) -> bool:
    """Whether a part of the stream is not one in which an agent's or a tool's words stand."""
    return "delta" not in part and "output" not in part and "errorText" not in part
