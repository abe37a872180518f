"""The AI SDK's own code reads what the application streams and stores, and finds it right."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.page.browser import ROOT
from tests.page.conftest import Served

Json = dict[str, Any]
NODE = ROOT / ".venv" / "bin" / "node"
CANCEL = ([("cancel_order", '{"order_id": "A-1"}')], "tool_use")
STATUS = ([("order_status", '{"order_id": "A-1"}')], "tool_use")
DONE = (["It is done."], "end_turn")


def read(url: str, conversation: str, **more: Any) -> Json:
    """What the SDK makes of a question's stream, and of the conversation after it."""
    said = {"id": "m-1", "role": "user", "parts": [{"type": "text", "text": "How hard?"}]}
    body = {"id": conversation, "messages": [said], **more}
    command = [str(NODE), str(Path(__file__).with_name("protocol.mjs")), url, json.dumps(body)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    found: Json = json.loads(done.stdout)
    return found


def test_an_answer_has_the_same_id_and_text_streamed_and_stored(served: Served) -> None:
    found = read(served.url, "sdk-answer")
    question, answer = found["stored"]
    assert question["id"] == "m-1"
    assert found["streamed"]["id"] == answer["id"] == "sdk-answer-0"
    texts = [
        [part["text"] for part in message["parts"] if part["type"] == "text"]
        for message in (found["streamed"], answer)
    ]
    assert texts[0] == texts[1] == ["It is 7 [1]."]
    assert found["resumed"] is None


@pytest.mark.parametrize(
    ("replies", "state"),
    [([CANCEL], "approval-requested"), ([STATUS, DONE], "output-available")],
    ids=["waits", "done"],
)
def test_a_call_has_the_same_state_streamed_and_stored(
    served: Served, replies: list[Any], state: str
) -> None:
    served.backend.replies = list(replies)
    found = read(served.url, f"sdk-{state}", mode="agent")
    calls = [
        [part for part in message["parts"] if part["type"] == "dynamic-tool"]
        for message in (found["streamed"], found["stored"][1])
    ]
    assert [[part["state"] for part in parts] for parts in calls] == [[state], [state]]
    assert calls[0][0]["toolCallId"] == calls[1][0]["toolCallId"]
    assert calls[0][0].get("output") == calls[1][0].get("output")
