"""`outcrop ask` shows the parts of a stream."""

from collections.abc import Iterator

import pytest

from app.cli.client import Client, Json
from app.cli.commands.ask import show

PLACE = {
    "document": "guides/talc.pdf",
    "title": "Talc",
    "page": 3,
    "pageLabel": "i",
    "section": "Use",
}
METADATA = {"model": "m", "usage": {"inputTokens": 9, "outputTokens": 4}}


class Script(Client):
    """A client whose answers are a script."""

    def __init__(self, *parts: Json) -> None:
        super().__init__("http://127.0.0.1:9")
        self._parts = parts

    def stream(self, question: Json) -> Iterator[Json]:  # noqa: ARG002
        yield {"type": "start", "messageMetadata": {"conversationId": "c"}}
        yield from self._parts
        yield {"type": "finish", "messageMetadata": METADATA}


def test_the_nearest_places_are_shown_below_an_abstention(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = {"type": "text-delta", "delta": "The documents do not say."}
    bare = {"document": "a.md", "title": "A", "page": None, "section": None}
    nearest = {"type": "data-nearest", "data": {"places": [PLACE, bare]}}
    assert show(Script(said, nearest), {"message": "?"}) == "c"
    shown = capsys.readouterr().out
    assert shown.startswith(
        "The documents do not say.\n\nNearest:\n- guides/talc.pdf, page i (3), Use\n- a.md\n"
    )


def test_nothing_is_said_of_places_if_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    show(Script({"type": "text-delta", "delta": "The documents do not say."}), {"message": "?"})
    assert "Nearest" not in capsys.readouterr().out
