"""A decision that comes twice, at once or late, over connections that are slow or cut: the call is
made for one of them, and whoever asks gets an answer that says so.
"""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import httpx2 as httpx
import pytest

from app.aws import clients
from app.local.faults import Cut, Delay
from app.local.wire import JSON
from tests.hard.agent_home import CALLER_SECONDS, FUNCTION, AgentHome, agent_home
from tests.hard.confirmations import confirmed

NUMBERS = count(3000)
IMPATIENT = 0.4
"""Seconds for which a caller waits that then calls again."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentHome]:
    with agent_home(tmp_path_factory.mktemp("home")) as home:
        yield home


@pytest.fixture
def home(served: AgentHome) -> AgentHome:
    served.faults.clear()
    served.watch()
    return served


def waiting(home: AgentHome) -> tuple[str, str]:
    """A new order, and the confirmation of its cancellation."""
    order_id = f"A-{next(NUMBERS)}"
    home.place(order_id)
    confirmation = home.ask(order_id)["confirmation"]
    home.watch()
    return order_id, confirmation


def turns(home: AgentHome, confirmation: str) -> list[JSON]:
    conversation = confirmation.partition(".")[0]
    with home.http() as http:
        stored = http.get(f"/conversations/{conversation}").raise_for_status().json()["turns"]
    assert isinstance(stored, list)
    return stored


def decide(home: AgentHome, confirmation: str, word: str = "confirm") -> httpx.Response:
    with home.http() as http:
        return http.post(f"/confirmations/{confirmation}", json={"decision": word})


def test_a_decision_that_comes_four_times_at_once_acts_once(home: AgentHome) -> None:
    order_id, confirmation = waiting(home)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: decide(home, confirmation), range(4)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
    assert (home.status(order_id), home.acts(order_id)) == ("cancelled", 1)
    assert len(turns(home, confirmation)) == 2


def test_of_two_decisions_at_once_the_first_counts_and_the_other_is_told(home: AgentHome) -> None:
    order_id, confirmation = waiting(home)
    with ThreadPoolExecutor(2) as threads:
        yes, no = threads.map(lambda word: decide(home, confirmation, word), ("confirm", "deny"))
    assert {yes.status_code, no.status_code} == {200, 409}
    is_confirmed = yes.status_code == 200
    assert home.status(order_id) == ("cancelled" if is_confirmed else "placed")
    assert home.acts(order_id) == is_confirmed
    assert len(turns(home, confirmation)) == 2


@pytest.mark.parametrize(
    ("service", "operation"),
    [("bedrock-runtime", "ConverseStream"), ("lambda", "Invoke"), ("s3", "PutObject")],
)
def test_a_caller_that_does_not_wait_for_the_first_byte_and_calls_again(
    home: AgentHome, service: str, operation: str
) -> None:
    order_id, confirmation = waiting(home)
    home.order(Delay(service=service, operation=operation, seconds=4 * IMPATIENT))
    path, body = f"/confirmations/{confirmation}", {"decision": "confirm"}
    with home.http() as http, pytest.raises(httpx.ReadTimeout):
        http.post(path, json=body, timeout=IMPATIENT)
    again = decide(home, confirmation)
    assert again.status_code in (200, 409), again.text
    assert (home.status(order_id), home.acts(order_id)) == ("cancelled", 1)
    assert len(turns(home, confirmation)) == 2


def test_a_call_whose_answer_is_lost_is_not_made_again_behind_the_person_s_back(
    home: AgentHome,
) -> None:
    order_id, confirmation = waiting(home)
    home.order(Cut(service="lambda", operation="Invoke", after=0, abrupt=True))
    answer = decide(home, confirmation).raise_for_status().json()
    [outcome] = [step for step in answer["steps"] if step["kind"] == "tool_result"]
    assert outcome["isError"]
    assert home.calls.count("lambda.Invoke") == 1
    assert home.acts(order_id) <= 1
    with home.http() as http:
        assert confirmed(http, confirmation).status_code == 409


def test_a_stored_turn_that_was_not_answered_is_told_to_who_comes_back(home: AgentHome) -> None:
    order_id, confirmation = waiting(home)
    decide(home, confirmation).raise_for_status()
    home.kill()
    home.start()
    again = decide(home, confirmation)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert home.acts(order_id) == 1


def test_a_function_that_is_invoked_twice_with_one_event_acts_once(home: AgentHome) -> None:
    order_id, confirmation = waiting(home)
    parameters = [{"name": "order_id", "type": "string", "value": order_id}]
    event = {
        "messageVersion": "1.0", "actionGroup": "orders", "function": "cancel_order",
        "parameters": parameters,
        "sessionAttributes": {"principal": "local", "call": confirmation},
    }  # fmt: skip
    functions = clients(CALLER_SECONDS).lambda_
    answers = []
    for _ in range(2):
        answer = functions.invoke(FunctionName=FUNCTION, Payload=json.dumps(event).encode())
        with answer["Payload"] as payload:
            answers.append(json.loads(payload.read()))
    functions.close()
    assert answers[0] == answers[1]
    assert (home.status(order_id), home.acts(order_id)) == ("cancelled", 1)
