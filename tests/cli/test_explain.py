"""`outcrop explain` prints what goes on inside the laptop's models."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.cli.client import Client, Json
from app.cli.commands import explain

TOKENS = [{"id": 101, "name": "[CLS]"}, {"id": 9753, "name": "granite"}]
VIEW: Json = {
    "model": "all-MiniLM-L6-v2",
    "precision": "int8",
    "layers": 6,
    "heads": 12,
    "tokens": TOKENS,
    "positions": [[0.1, -0.25, 0.5, 1.0], [0.0, 0.0, 0.0, 0.0]],
    "attention": [[[[0.25, 0.75], [1.0, 0.0]]] * 12] * 6,
}
VIEW["attention"][1] = [[[0.5, 0.5], [0.5, 0.5]]] * 11 + [[[0.125, 0.875], [0.5, 0.5]]]
CANDIDATE = {"text": "It is 7.", "passage": 1, "score": 2.5, "likelihood": 0.8, "drawn": 0.9}
WEIGHED: Json = {
    "isAnswered": False,
    "candidates": [CANDIDATE, CANDIDATE | {"text": "It is not.", "score": None, "drawn": None}],
}


class Script(Client):
    """A client whose answers are a script."""

    calls: list[tuple[str, str, Json]]

    def call(self, method: str, path: str, **request: Any) -> Json:
        self.calls.append((method, path, request["json"]))
        return WEIGHED if path.endswith("candidates") else VIEW


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Json]]:
    client = Script("http://127.0.0.1:9")
    client.calls = []

    @contextmanager
    def application() -> Iterator[Client]:
        yield client

    monkeypatch.setattr(explain, "application", application)
    return client.calls


def test_each_token_has_its_place_and_what_it_reads(
    calls: list[tuple[str, str, Json]], capsys: pytest.CaptureFixture[str]
) -> None:
    explain.explain("granite", layer=2, head=12)
    assert calls == [("POST", "/inside", {"text": "granite"})]
    shown = " ".join(capsys.readouterr().out.split())
    assert "all-MiniLM-L6-v2 (int8) reads 2 tokens." in shown
    assert "0 101 [CLS] 0.100, -0.250, 0.500, .. granite 0.875, [CLS] 0.125" in shown
    assert "[CLS] 0.500, granite 0.500" in shown


def test_sentences_are_weighed_as_answers_to_a_question(
    calls: list[tuple[str, str, Json]], capsys: pytest.CaptureFixture[str]
) -> None:
    explain.explain("It is 7.", question="How hard?", temperature=0.5, top_k=3)
    body = {"question": "How hard?", "passages": ["It is 7."], "temperature": 0.5, "topK": 3}
    assert calls == [("POST", "/inside/candidates", body)]
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["2.50", "0.800", "0.900", "It", "is", "7."] in lines
    assert ["ruled", "out", "0.800", "cut", "off", "It", "is", "not."] in lines
    assert lines[-1][:2] == ["The", "model"]


@pytest.mark.usefixtures("calls")
def test_json_has_every_number(capsys: pytest.CaptureFixture[str]) -> None:
    explain.explain("granite", as_json=True)
    assert json.loads(capsys.readouterr().out) == VIEW
