"""`outcrop models` shows the ids that -m takes, the default first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.cli.client import Client, Json
from app.cli.commands import models


def model(name: str, *profiles: str, offered: bool = True, bare: bool = True) -> Json:
    return {
        "id": name,
        "state": "active",
        "offered": offered,
        "successor": None,
        "needsInferenceProfile": not bare,
        "inferenceProfiles": list(profiles),
    }


ANSWER = {
    "default": "b",
    "items": [model("a", "us.a", bare=False), model("b"), model("c", offered=False)],
}


class Script(Client):
    """A client whose answer is a script."""

    def call(self, method: str, path: str, **request: Any) -> Json:
        assert (method, path, request) == ("GET", "/models", {})
        return ANSWER


@pytest.fixture
def _script(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def application(_stack: str | None) -> Iterator[Client]:
        yield Script("http://127.0.0.1:9")

    monkeypatch.setattr(models, "application", application)


@pytest.mark.usefixtures("_script")
def test_what_is_offered_is_listed_by_the_id_that_is_called(
    capsys: pytest.CaptureFixture[str],
) -> None:
    models.models()
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["model", "state"],
        ["b", "active", "the", "default"],
        ["us.a", "active"],
    ]
    models.models(everything=True)
    assert "c " in capsys.readouterr().out
