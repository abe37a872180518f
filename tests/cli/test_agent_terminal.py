"""`outcrop agent` and `/agent` beside a home with its own tools: at a terminal, and without one."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.deploy import laptop
from app.settings import LaptopSettings, environment
from tests.cli.terminal import OUTCROP, PATIENCE, PROMPT, Terminal

STARTS = 4
"""How often the tool may be slow to start: on a busy machine it is, and its first call fails."""
ID = r"[0-9a-f]+\.\d+\.[0-9a-f]{32}"
CANCEL = "Please cancel my order A-1047."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that is being served, whose tool has started."""
    home = tmp_path_factory.mktemp("home")
    with laptop.serving(LaptopSettings(home=home)):
        for _ in range(STARTS):
            if status(home, "A-1042") == "shipped":
                break
        yield home


def run(home: Path, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
    """A command without a terminal."""
    ran = subprocess.run(
        [OUTCROP, "agent", *words],
        env=environment({"OUTCROP_HOME": str(home)}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == code, f"{words}: {ran.stdout}{ran.stderr}"
    return ran


def status(home: Path, order: str) -> str | None:
    """What the agent's tool says of an order; None if it could not say."""
    answer = json.loads(run(home, f"What is the status of my order {order}?", "--json").stdout)
    [outcome] = [step for step in answer["steps"] if step["kind"] == "tool_result"]
    return None if outcome["isError"] else str(json.loads(outcome["text"])["status"])


def waiting(home: Path) -> str:
    """The id of the confirmation that a call waits for."""
    ran = run(home, CANCEL, "--json")
    answer = json.loads(ran.stdout)
    [confirmation] = [step["confirmation"] for step in answer["steps"] if step["kind"] == "confirm"]
    assert f"To confirm it: outcrop agent --confirm {confirmation}" in ran.stderr
    return str(confirmation)


def test_an_agents_call_is_shown_as_it_happens(home: Path) -> None:
    shown = run(home, "What is the status of my order A-1042?").stdout
    assert shown.startswith('call: order_status (order_id: A-1042)\norder_status: {"order_id":')
    assert "shipped" in shown.splitlines()[3]
    assert "\x1b" not in shown, "no colours without a terminal"


def test_without_a_terminal_it_is_denied_later_and_then_not_confirmed(home: Path) -> None:
    confirmation = waiting(home)
    shown = run(home, "--deny", confirmation).stdout
    assert "no result of cancel_order: The person did not confirm this call." in shown
    assert "waits no more" in run(home, "--confirm", confirmation, code=1).stderr
    assert status(home, "A-1047") == "placed"


def test_an_id_that_is_none_is_refused(home: Path) -> None:
    assert "no id of a confirmation" in run(home, "--confirm", "nonsense", code=1).stderr
    assert run(home, "--confirm", "../chat", code=1).stdout == ""


def test_enter_denies(home: Path) -> None:
    terminal = Terminal(home, "agent", CANCEL)
    try:
        terminal.until(
            r"cancel_order waits to be confirmed, until [\d: -]+ UTC:[\s\S]*order_id: A-1047"
        )
        terminal.until(r"Confirm it\? \[y/N\]: ")
        terminal.type("\r")
        terminal.until("no result of cancel_order: The person did not confirm this call")
        assert terminal.process.wait(PATIENCE) == 0
    finally:
        terminal.close()
    assert status(home, "A-1047") == "placed"


def test_what_was_typed_before_the_question_does_not_answer_it(home: Path) -> None:
    terminal = Terminal(home, "agent", CANCEL)
    try:
        terminal.type("y\r")
        terminal.until(r"Confirm it\? \[y/N\]: ")
        terminal.type("\r")
        terminal.until("no result of cancel_order: The person did not confirm this call")
        assert terminal.process.wait(PATIENCE) == 0
    finally:
        terminal.close()
    assert status(home, "A-1047") == "placed"


def test_a_chat_lets_the_agent_answer_and_the_person_confirm(home: Path) -> None:
    terminal = Terminal(home, "chat")
    try:
        terminal.until(PROMPT)
        terminal.type("/agent\r")
        terminal.until(r"An agent answers from here on[\s\S]*" + PROMPT)
        terminal.type(f"{CANCEL}\r")
        terminal.until(r"Confirm it\? \[y/N\]: ")
        terminal.type("\x03")  # left open
        terminal.until(rf"outcrop agent --deny {ID}[\s\S]*" + PROMPT)
        terminal.type("Please cancel my order A-1047 now.\r")
        terminal.until(r"Confirm it\? \[y/N\]: ")
        terminal.type("y\r")
        terminal.until(r'cancel_order: \{"order_id":"A-1047","status":"cancelled"[\s\S]*' + PROMPT)
        terminal.type("/quit\r")
        terminal.until("Go on with: outcrop chat --conversation")
        assert terminal.process.wait(PATIENCE) == 0
    finally:
        terminal.close()
    assert status(home, "A-1047") == "cancelled"
