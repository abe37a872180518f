"""kill -9 of the application between a person's confirmation, the call, the answer and its storage.

Each time an order is to be cancelled; the person confirms, and the application is killed: before or
after each of the calls that it and its tool make of AWS, in turn, and then at random moments. The
person, who got no answer, confirms again; every third time twice at once. In the end the order is
cancelled, the tool has acted once, and the turn is stored once.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx2 as httpx

from tests.hard import Count, Plan
from tests.hard.agent_home import AgentHome, Moment, agent_home
from tests.hard.caller import improper_end

NUMBER = 100
TWICE = 3
"""Every so many kills the person confirms twice at once."""

LONGEST = 0.5
"""Seconds after the confirmation, within which a random kill comes."""


def run(plan: Plan) -> Iterator[Count]:
    """So many kills."""
    number = plan.number or NUMBER
    random = Random(plan.seed)
    lost: list[str] = []
    double: list[str] = []
    improper: list[str] = []
    answered = 0
    with TemporaryDirectory() as folder, agent_home(Path(folder)) as home:
        moments = _moments(home)
        chosen = random.sample(moments, min(len(moments), number))
        for cycle in range(number):
            moment = chosen[cycle] if cycle < len(chosen) else None
            order_id = f"A-{2000 + cycle}"
            home.place(order_id)
            confirmation = home.ask(order_id)["confirmation"]
            answered += _killed(home, confirmation, moment, random)
            home.start()
            problems = _confirm_again(home, confirmation, twice=cycle % TWICE == 0)
            improper += [f"{order_id}, {moment}: {problem}" for problem in problems]
            lost += [f"{order_id}, {moment}: {one}" for one in _lost(home, order_id, confirmation)]
            if (acts := home.acts(order_id)) > 1:
                double.append(f"{order_id}, {moment}: {acts} acts")
    yield Count("kills between confirmation, call, answer and storage", number)
    yield Count("different moments of them, before or after a call", len(chosen))
    yield Count("confirmations that were answered before the kill", answered)
    yield Count("double effects", len(double), 0, tuple(double[:10]))
    yield Count("lost confirmations", len(lost), 0, tuple(lost[:10]))
    yield Count("improper answers to who came back", len(improper), 0, tuple(improper[:10]))


def _moments(home: AgentHome) -> list[Moment]:
    """Before and after each call that a confirmation leads to."""
    home.place("A-1999")
    confirmation = home.ask("A-1999")["confirmation"]
    home.watch()
    with home.http() as http:
        confirmed(http, confirmation).raise_for_status()
    calls = len(home.calls)
    assert {"lambda.Invoke", "bedrock-runtime.ConverseStream"} <= set(home.calls), home.calls
    return [Moment(at, after) for at in range(1, calls + 1) for after in (False, True)]


def confirmed(http: httpx.Client, confirmation: str, how: str = "") -> httpx.Response:
    """The answer to a confirmation; `how` is "/stream" for a stream."""
    return http.post(f"/confirmations/{confirmation}{how}", json={"decision": "confirm"})


def _killed(home: AgentHome, confirmation: str, moment: Moment | None, random: Random) -> bool:
    """Confirm, and kill the application meanwhile. Whether it has answered all the same."""
    answers: list[int] = []

    def confirm() -> None:
        try:
            with home.http() as http:
                answers.append(confirmed(http, confirmation).status_code)
        except httpx.HTTPError:
            pass  # it was killed

    home.watch(moment)
    caller = threading.Thread(target=confirm)
    caller.start()
    if moment is None:
        time.sleep(random.uniform(0, LONGEST))
        home.kill()
    caller.join()
    home.watch()
    home.kill()
    home.application.wait()
    return answers == [200]


def _confirm_again(home: AgentHome, confirmation: str, *, twice: bool) -> Iterator[str]:
    """What is improper about the answers to whoever confirms again, once or twice at once."""

    def again(_: int) -> httpx.Response:
        with home.http() as http:
            return confirmed(http, confirmation, "/stream")

    number = 2 if twice else 1
    with ThreadPoolExecutor(number) as threads:
        answers = list(threads.map(again, range(number)))
    for answer in answers:
        if answer.status_code == 200:
            if problem := improper_end(answer.content):
                yield problem
        elif answer.status_code != 409:
            yield f"answered {answer.status_code}: {answer.text[:200]}"


def _lost(home: AgentHome, order_id: str, confirmation: str) -> Iterator[str]:
    """What is not as it has to be once the person has confirmed again."""
    if (status := home.status(order_id)) != "cancelled":
        yield f"the order is {status}"
    if not home.acts(order_id):
        yield "the tool has not acted"
    conversation = confirmation.partition(".")[0]
    with home.http() as http:
        turns = http.get(f"/conversations/{conversation}").raise_for_status().json()["turns"]
    outcomes = [
        step["isError"] for turn in turns for step in turn["steps"] if step["kind"] == "tool_result"
    ]
    if len(turns) != 2 or outcomes != [False]:
        yield f"{len(turns)} turns are stored, with the outcomes {outcomes}"
