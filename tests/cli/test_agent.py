"""`outcrop agent` shows what an agent does, and lets the person decide."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import typer

from app.cli import decision, screen
from app.cli.client import ASKING, Client, Json, Refused
from app.cli.commands.agent import agent
from app.cli.commands.ask import show, show_turns
from app.cli.commands.chat import Talk
from app.cli.decision import decision_on
from app.cli.screen import Screen

METADATA = {"model": "m", "usage": {"inputTokens": 9, "outputTokens": 4}}
ID = "c.0.ab"
PROBLEM = {"title": "The answer was cut off", "detail": "It ended.", "code": "unreachable"}


def call(tool: str, arguments: Json, call: str = "t1") -> Json:
    part = {"type": "tool-input-available", "toolCallId": call, "toolName": tool}
    return part | {"input": arguments, "dynamic": True}


def output(text: str, call: str = "t1") -> Json:
    return {"type": "tool-output-available", "toolCallId": call, "output": text, "dynamic": True}


def failure(text: str, call: str = "t1") -> Json:
    return {"type": "tool-output-error", "toolCallId": call, "errorText": text, "dynamic": True}


def said(text: str) -> Json:
    return {"type": "text-delta", "delta": text}


STEP = ({"type": "finish-step"}, {"type": "start-step"})
STATUS = (call("order_status", {"order_id": "A-1"}), output('{"status": "shipped"}'))
WAITING: Json = {
    "confirmation": ID,
    "call": "t1",
    "tool": "cancel_order",
    "arguments": {"order_id": "A-1"},
    "expires": "2026-11-30T06:33:00Z",
}
CANCEL = (
    call("cancel_order", {"order_id": "A-1"}),
    {"type": "tool-approval-request", "approvalId": ID, "toolCallId": "t1"},
    {"type": "data-confirm", "data": WAITING},
    said("Please confirm."),
)
CANCELLED = (call("cancel_order", {"order_id": "A-1"}), output("Done."), *STEP, said("Cancelled."))


class Turns(Client):
    """A client whose turns are scripts, of parts or of errors; it keeps what it was asked."""

    def __init__(self, *scripts: tuple[Json | Exception, ...]) -> None:
        super().__init__("http://127.0.0.1:9")
        self._scripts = list(scripts)
        self.asked: list[tuple[str, Json]] = []

    def stream(self, body: Json, path: str = ASKING) -> Iterator[Json]:
        self.asked.append((path, body))
        yield {"type": "start", "messageMetadata": {"conversationId": "c"}}
        for part in self._scripts.pop(0):
            if isinstance(part, Exception):
                raise part
            yield part
        yield {"type": "finish", "messageMetadata": METADATA}

    def call(self, method: str, path: str, **request: Any) -> Json:  # noqa: ARG002
        return {"items": []}


ASK: Json = {"message": "?", "mode": "agent"}


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[bool | None]:
    """A terminal, and what the person answers at it; None for a Ctrl-C."""
    answers: list[bool | None] = []

    def confirm(*_: object, **__: object) -> bool:
        if (answer := answers.pop(0)) is None:
            raise typer.Abort
        return answer

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(Screen, "is_terminal", True)
    monkeypatch.setattr(screen, "waiting", lambda _: nullcontext())
    monkeypatch.setattr(typer, "confirm", confirm)
    monkeypatch.setattr(decision, "_forget_input", lambda: None)
    return answers


def test_calls_and_their_outcomes_are_lines_between_the_texts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    two = (call("clock", {}, "t2"), failure("It is\nbroken.", "t2"))
    show(Turns((said("Let me see."), *STATUS, *two, *STEP, said("\n\nIt is shipped."))), ASK)
    out = capsys.readouterr().out
    assert out.startswith(
        "Let me see.\n\n"
        "call: order_status (order_id: A-1)\n"
        'order_status: {"status": "shipped"}\n'
        "call: clock\n"
        "no result of clock: It is broken.\n"
        "\nIt is shipped.\n"
    )


def test_a_tools_text_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b]52;c;aGk=\x07 \u202e \x9b2J" + "x" * 1000
    show(Turns((call("t\x1b[2J", {"a\x1b": evil}), output(evil), *STEP, said("No."))), ASK)
    out = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(out)
    assert max(map(len, out.splitlines())) <= 200


def test_what_waits_is_shown_whole_and_each_argument_stays_in_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = {"order_id": "A-1\norder_id: A-2\x1b[2K", "note": "y" * 300, "count": 2}
    assert decision_on(WAITING | {"arguments": arguments}, None) is None
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "cancel_order waits to be confirmed, until 2026-11-30 06:33 UTC:",
        "  order_id: A-1␊order_id: A-2␛[2K",
        f"  note: {'y' * 300}",
        "  count: 2",
        f"To confirm it: outcrop agent --confirm {ID}",
        f"To deny it: outcrop agent --deny {ID}",
    ]


@pytest.mark.parametrize(("answer", "word"), [(True, "confirm"), (False, "deny")])
def test_the_person_decides_and_the_turn_goes_on(
    terminal: list[bool | None],
    capsys: pytest.CaptureFixture[str],
    *,
    answer: bool,
    word: str,
) -> None:
    terminal.append(answer)
    client = Turns(CANCEL, CANCELLED)
    assert list(show_turns(client, ASK)) == ["c", "c"]
    assert client.asked[1] == (f"/confirmations/{ID}", {"decision": word})
    assert "Cancelled." in capsys.readouterr().out


def test_a_question_left_open_is_decided_later(
    terminal: list[bool | None], capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.append(None)
    client = Turns(CANCEL)
    assert show(client, ASK, stack="My Stack") == "c"
    assert len(client.asked) == 1
    assert f"outcrop agent --stack 'My Stack' --deny {ID}" in capsys.readouterr().err


def test_a_decision_that_breaks_off_can_be_made_again(
    terminal: list[bool | None], capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.append(True)
    with pytest.raises(Refused):
        show(Turns(CANCEL, (Refused(PROBLEM),)), ASK)
    assert f"outcrop agent --confirm {ID}" in capsys.readouterr().err


def test_a_chat_keeps_its_conversation_though_the_turn_after_a_decision_breaks_off(
    terminal: list[bool | None],
) -> None:
    terminal.append(True)
    talk = Talk(Turns(CANCEL, (Refused(PROBLEM),)), None, None, None, "agent")
    questions = iter(["Cancel it.", None])
    talk.go_on(lambda: next(questions))
    assert talk.conversation == "c"


def test_a_chat_changes_who_answers_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    client = Turns((said("One."),), (said("Two."),), (said("Three."),))
    questions = iter(["Who?", "/agent", "Who?", "/agent", "Who?", None])
    Talk(client, None, None, None).go_on(lambda: next(questions))
    assert [body.get("mode") for _, body in client.asked] == [None, "agent", None]
    err = capsys.readouterr().err
    assert "An agent answers from here on" in err
    assert "The documents alone answer" in err


def test_an_agent_goes_on_where_there_are_no_documents(capsys: pytest.CaptureFixture[str]) -> None:
    nothing = {"type": "data-retrieval", "data": {"query": "?", "passages": []}}
    show(Turns((nothing, *STATUS, *STEP, said("It is shipped."))), ASK)
    said_of_it = capsys.readouterr()
    assert "It is shipped." in said_of_it.out
    assert "There are no documents yet" in said_of_it.err


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({}, "one of them"),
        ({"request": "?", "confirm": ID}, "one of them"),
        ({"confirm": ID, "deny": ID}, "one of them"),
        ({"deny": ID, "model": "m"}, "goes on with"),
        ({"confirm": ID, "conversation": "c"}, "goes on with"),
    ],
    ids=["nothing", "both", "confirm-deny", "model", "conversation"],
)
def test_it_is_one_request_or_one_decision(options: dict[str, str], rule: str) -> None:
    with pytest.raises(typer.BadParameter, match=rule):
        agent(**options)  # type: ignore[arg-type]  # options by their names
