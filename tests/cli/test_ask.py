"""`outcrop ask` shows the parts of a stream."""

from collections.abc import Iterator

import pytest

from app.cli.client import ASKING, Client, Json
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

    def stream(self, body: Json, path: str = ASKING) -> Iterator[Json]:  # noqa: ARG002
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


def finding(kind: str, score: float, threshold: float) -> Json:
    action = "BLOCKED" if score < threshold else "NONE"
    scores = {"score": score, "threshold": threshold}
    return {"policy": "grounding", "kind": kind, "action": action, "confidence": None, **scores}


def verdict(source: str, action: str, text: str | None, *policies: Json) -> Json:
    data = {"source": source, "action": action, "text": text, "reason": None, "subject": None}
    return {"type": "data-guardrail", "data": data | {"policies": list(policies)}}


def test_the_scores_of_an_answer_that_passes_are_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scores = finding("GROUNDING", 0.93, 0.7), finding("RELEVANCE", 0.88, 0.5)
    text = {"type": "text-delta", "delta": "It is 7."}
    show(Script(text, verdict("answer", "none", None, *scores)), {"message": "?"})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "It is 7."
    assert lines[-1] == "guardrail: passed, grounding .93 (>= .7), relevance .88 (>= .5)"


def test_what_the_guardrail_took_and_what_it_did_not_judge_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    email: Json = {"policy": "sensitive_information", "kind": "EMAIL", "action": "ANONYMIZED"}
    email |= {"confidence": None, "score": None, "threshold": None}
    text = {"type": "text-delta", "delta": "Ask {EMAIL}."}
    show(
        Script(
            verdict("question", "unjudged", None),
            text,
            verdict("answer", "masked", "Ask {EMAIL}.", email),
        ),
        {"message": "?"},
    )
    out = capsys.readouterr().out
    assert out.count("Ask {EMAIL}.") == 1, "what is on the screen already is not said again"
    assert out.splitlines()[-1] == "guardrail: masked, EMAIL anonymized; question unjudged"

    low = finding("GROUNDING", 0.2, 0.7)
    show(Script(text, verdict("answer", "blocked", "No.", low)), {"message": "?"})
    out = capsys.readouterr().out
    assert "\n\nNo." in out
    assert out.splitlines()[-1] == "guardrail: blocked, grounding .2 (< .7)"
