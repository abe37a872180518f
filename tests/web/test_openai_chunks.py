"""An answer in OpenAI's dialect, whole and in chunks, member by member."""

import json
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest

from app.events import Answer, Citation, Done, Error, Event, Started, Text, Usage
from app.web.openai.chat import annotation, chunks, completion
from app.web.openai.errors import error_body
from app.web.problems import problem_of

CITATION = Citation(
    1,
    "guides/minerals.md",
    "minerals.md",
    "s3://d/minerals.md",
    3,
    None,
    0,
    6,
    "Quartz",
    "Quartz.",
    0.9,
    8,
    8,
)
ANNOTATION = {
    "type": "url_citation",
    "url_citation": {
        "url": "s3://d/minerals.md",
        "title": "minerals.md, page 3",
        "start_index": 8,
        "end_index": 11,
    },
}
ANSWER = Answer("It is ü [1].", (CITATION,), Usage(9, 4), "author, as m", "c", None, "length")
TURN: list[Event] = [Started("c", "m"), Text("It is ü "), CITATION, Text("."), Done(ANSWER)]
USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}


def written(events: list[Event], **how: bool) -> list[Any]:
    def turn() -> Generator[Event, None, None]:
        yield from events

    whole = b"".join(chunks(turn(), **{"hold": False, "include_usage": False, **how})).decode()
    assert whole.endswith("data: [DONE]\n\n")
    return [json.loads(line.removeprefix("data: ")) for line in whole.split("\n\n")[:-2]]


def chunk(delta: Any, model: str = "m", finish: str | None = None) -> Any:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {"object": "chat.completion.chunk", "model": model, "choices": [choice]}


def stripped(bodies: list[Any]) -> list[Any]:
    """The chunks without what they share, which has to be the same in all."""
    shared = {(body.pop("id"), body.pop("created")) for body in bodies}
    assert len(shared) == 1
    assert next(iter(shared))[0].startswith("chatcmpl-")
    return bodies


def test_an_answer_comes_as_it_is_written() -> None:
    assert stripped(written(TURN)) == [
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "It is ü "}),
        chunk({"annotations": [ANNOTATION]}),
        chunk({"content": "."}),
        chunk({}, "author, as m", "length"),
    ]


def test_an_answer_that_a_guardrail_judges_is_sent_at_the_end() -> None:
    assert stripped(written(TURN, hold=True)) == [
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "It is ü [1]."}, "author, as m"),
        chunk({"annotations": [ANNOTATION]}, "author, as m"),
        chunk({}, "author, as m", "length"),
    ]


def test_the_usage_is_the_last_chunk_if_it_is_requested() -> None:
    *before, last = stripped(written(TURN, include_usage=True))
    assert [body["usage"] for body in before] == [None] * 5
    assert (last["choices"], last["usage"]) == ([], USAGE)


def test_a_whole_answer_has_the_same_members() -> None:
    body = completion(ANSWER).model_dump()
    assert body.pop("id").startswith("chatcmpl-")
    assert isinstance(body.pop("created"), int)
    [choice] = body["choices"]
    assert (choice["index"], choice["finish_reason"]) == (0, "length")
    message = choice["message"]
    assert (message["content"], message["annotations"]) == ("It is ü [1].", [ANNOTATION])
    assert (body["model"], body["object"], body["usage"]) == (
        "author, as m",
        "chat.completion",
        USAGE,
    )


def test_a_mark_whose_place_is_not_known_is_at_the_beginning() -> None:
    labelled = annotation(replace(CITATION, page_label="iii")).url_citation
    assert labelled.title == "minerals.md, page iii"
    cited = annotation(replace(CITATION, mark=None, number=12, page=None)).url_citation
    assert (cited.start_index, cited.end_index, cited.title) == (0, 4, "minerals.md")


def test_an_error_and_an_event_that_cannot_be_written_end_the_stream(
    caplog: pytest.LogCaptureFixture,
) -> None:
    error = Error(429, "throttled", "Too many", "Later.", retryable=True)
    assert written([error]) == [error_body(problem_of(error))]
    [body] = written([Text("a"), replace(CITATION, mark=float("nan"))])[1:]  # type: ignore[arg-type]  # no place
    assert body["error"]["type"]
    [record] = caplog.records
    assert record.message.startswith("an event cannot be written: ")
    assert record.exc_info


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "authentication_error"),
        (403, "permission_error"),
        (429, "rate_limit_error"),
        (400, "invalid_request_error"),
        (404, "invalid_request_error"),
        (500, "server_error"),
    ],
)
def test_each_status_has_its_kind_of_error(status: int, kind: str) -> None:
    body = error_body(problem_of(Error(status, "code", "Title", "Detail.", retryable=False)))
    assert body["error"]["type"] == kind
    assert body["error"]["code"] == "code"


def test_a_citation_that_is_not_supported_has_no_annotation() -> None:
    doubtful = replace(CITATION, supported=False)
    answer = Answer("Hart [1].", (doubtful, CITATION), Usage(9, 4), "m", "c", 3, "end")
    assert len(completion(answer).choices[0].message.annotations) == 1
    turn: list[Event] = [Started("c", "m"), Text("Hart [1]."), doubtful, CITATION, Done(answer)]
    for hold in (True, False):
        body = b"".join(chunks((event for event in turn), hold=hold, include_usage=False))
        assert body.count(b'url_citation"') == 2, "a type and a member of one annotation"
