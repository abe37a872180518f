"""Conversations in a bucket of the stand-in, through boto3; interrupted and raced at every step."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectionClosedError

from app.conversations import Conversations, History, StoredTurn, turns
from app.errors import Conflict, DamagedTurn, NotFound, OutcropError
from app.events import Citation, Place, Usage
from app.local.faults import Fail
from app.models import Text, text_of
from tests.conversations.sent_requests import at_each_request, nothing
from tests.local.home import Home
from tests.models import conversation as blocks

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CITATION = Citation(1, "a.md", "A", "s3://d/a.md", None, "Quartz", 0, 3, "abc", "abcdef", 0.5)
QUESTION = "How hard is quartz?"
TURN = StoredTurn((Text(QUESTION),), (Text("7 [1]."),), (CITATION,), Usage(9, 4), "model")
START = History(0, ())
OLD_TURN = {
    "question": "How hard is quartz?",
    "answer": "7 [1].",
    "citations": [
        {
            "number": 1,
            "document": "a.md",
            "uri": "s3://d/a.md",
            "page": None,
            "section": "Quartz",
            "start": 0,
            "end": 3,
            "text": "abc",
            "passage": "abcdef",
            "score": 0.5,
        }
    ],
    "usage": {"input_tokens": 9, "output_tokens": 4},
    "model": "model",
    "at": "2026-04-09T12:34:56+00:00",
}
"""TURN as it was written before there were blocks of content; a literal, never made by our code."""


class Killed(BaseException):
    """What no `except` of the application's catches: the process is gone."""


def keys(s3: "S3Client", bucket: str) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def begun(own: Conversations, conversation: str = "c", question: str = QUESTION) -> StoredTurn:
    turn = replace(TURN, question=(Text(question),), at=datetime.now(UTC))
    own.append(conversation, START, turn)
    return turn


def go_on(own: Conversations, conversation: str = "c", times: int = 1) -> None:
    for _ in range(times):
        own.append(conversation, own.history(conversation, 6), TURN)


def listed(own: Conversations) -> list[str]:
    return [summary.id for summary in own.summaries(100, None)[0]]


def test_a_turn_is_kept_as_it_was(own: Conversations) -> None:
    turn = begun(own)
    assert own.turns("c") == [turn]
    [summary] = own.summaries(10, None)[0]
    assert (summary.id, summary.title) == ("c", text_of(turn.question))
    assert abs(summary.started - turn.at) < timedelta(milliseconds=2)


def test_what_a_turn_says_of_places_in_documents_is_kept(own: Conversations) -> None:
    citation = replace(
        CITATION,
        mark=2,
        mark_utf16=3,
        headings=("Minerals", "Quartz"),
        table_header="Mineral | Hardness",
        supported=False,
    )
    nearest = (
        Place("a.md", "A", "s3://d/a.md", None, "Quartz", 0.5),
        Place("b.pdf", "B", "s3://d/b.pdf", 3, None, 0.25),
    )
    turn = replace(TURN, citations=(citation,), nearest=nearest)
    own.append("c", START, turn)
    assert own.turns("c") == [turn]


def test_a_delete_that_is_cut_off_leaves_no_line_alone_and_no_half_a_conversation(
    own: Conversations, s3: "S3Client", bucket: str
) -> None:
    """The tombstone is set first, and the line is removed before the turns."""
    cut = 0

    def kill(number: int, _operation: str) -> None:
        if number == cut:
            raise Killed

    for cut in count():
        conversation = f"c-{cut}"
        begun(own, conversation)
        go_on(own, conversation, times=2)
        try:
            with at_each_request(s3, kill):
                own.delete(conversation)
        except Killed:
            left = [key for key in keys(s3, bucket) if conversation in key]
            lines = [key for key in left if key.startswith("index/")]
            turns = [key for key in left if key.startswith("turns/") and key.endswith(".json")]
            assert turns or not lines, left
            assert len(turns) == 3 or any(key.endswith("/deleted") for key in left), left
        else:
            break
    assert cut > 4


def test_another_s_conversation_is_not_there(s3: "S3Client", bucket: str) -> None:
    begun(Conversations(s3, bucket, "alice"))
    bob = Conversations(s3, bucket, "bob")
    assert (bob.turns("c"), listed(bob)) == ([], [])
    with pytest.raises(NotFound):
        bob.delete("c")


@pytest.mark.parametrize("length", [1, 6, 12])
def test_a_turn_reads_the_latest_turns_only(
    own: Conversations, s3: "S3Client", length: int
) -> None:
    begun(own)
    go_on(own, times=length - 1)
    with at_each_request(s3, nothing) as sent:
        history = own.history("c", 6)
    assert (history.number, history.turns) == (length, own.turns("c")[-6:])
    assert sent.count("ListObjectsV2") == 1
    assert sent.count("GetObject") == min(6, length)


@pytest.mark.parametrize("length", [1, 12])
def test_a_list_reads_no_object(own: Conversations, s3: "S3Client", length: int) -> None:
    for number in range(length):
        begun(own, f"c{number}", "ü" * 200)
    with at_each_request(s3, nothing) as sent:
        summaries, _ = own.summaries(100, None)
    assert [summary.title for summary in summaries] == ["ü" * 79 + "…"] * length
    assert sent == ["ListObjectsV2"] * 2


def test_the_list_goes_on_behind_its_cursor(own: Conversations) -> None:
    ids = [f"c{number}-x" for number in range(5)]
    for one in ids:
        begun(own, one)
    seen, cursor = [], None
    while True:
        page, cursor = own.summaries(2, cursor)
        seen += [summary.id for summary in page]
        if cursor is None:
            break
        assert len(cursor) <= 200
    assert sorted(seen) == ids


@pytest.mark.parametrize("version", [{}, {"version": 1}])
def test_what_an_older_version_wrote_is_read_listed_continued_and_deleted(
    version: dict[str, int], own: Conversations, s3: "S3Client", bucket: str
) -> None:
    body = OLD_TURN | version
    begun(own, "new")
    owner = keys(s3, bucket)[0].split("/")[1]
    line = {"title": "How hard?", "started": TURN.at.isoformat()}
    for key, value in {
        f"turns/{owner}/c-1/000000.json": body,
        f"index/{owner}/8224000000000-c-1.json": line,
    }.items():
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(value).encode())
    go_on(own, "c-1")
    untitled = replace(CITATION, title="a.md")
    at = datetime(2026, 4, 9, 12, 34, 56, tzinfo=UTC)
    assert own.turns("c-1")[0] == replace(TURN, citations=(untitled,), at=at)
    assert [turn.answer for turn in own.turns("c-1")] == [TURN.answer] * 2
    assert ("c-1", "How hard?") in [(one.id, one.title) for one in own.summaries(9, None)[0]]
    own.delete("c-1")
    assert listed(own) == ["new"]


def test_a_line_that_an_older_version_left_without_a_conversation_can_be_deleted(
    own: Conversations, s3: "S3Client", bucket: str
) -> None:
    begun(own, "other")
    owner = keys(s3, bucket)[0].split("/")[1]
    line = json.dumps({"title": "A ghost", "started": TURN.at.isoformat()}).encode()
    s3.put_object(Bucket=bucket, Key=f"index/{owner}/8224000000000-ghost.json", Body=line)
    own.delete("ghost")
    assert listed(own) == ["other"]


def test_a_newer_version_s_members_are_ignored(
    own: Conversations, s3: "S3Client", bucket: str
) -> None:
    turn = begun(own)
    [key] = [key for key in keys(s3, bucket) if key.startswith("turns/")]
    body = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert body["version"] == turns.VERSION
    body |= {"version": 3, "mood": "good"}
    body["answer"].append({"kindOfTomorrow": {"deep": [None]}})
    body["usage"]["cached"] = 3
    body["citations"][0]["colour"] = {"deep": [None]}
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(body).encode())
    assert own.turns("c") == [turn]


def test_every_kind_of_block_is_kept(own: Conversations, s3: "S3Client", bucket: str) -> None:
    asked, said, answered = blocks.PROMPT.messages
    turn = replace(TURN, question=asked.content + answered.content, answer=said.content)
    own.append("c", START, turn)
    assert own.turns("c") == [turn]
    [key] = [key for key in keys(s3, bucket) if key.startswith("turns/")]
    body = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert body["version"] == 2
    assert body["answer"][2] == {"text": "Let me look."}


@pytest.mark.parametrize("question", [None, 7, ["text"], [{"text": "a"}, 1]])
def test_a_turn_whose_content_is_no_blocks_is_damaged(question: Any) -> None:
    body = json.loads(turns.dump(TURN)) | {"question": question}
    with pytest.raises(DamagedTurn):
        turns.load(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("block", "error"),
    [
        ({"reasoningContent": {"redactedContent": "c2Vj!cmV0"}}, "Error"),
        ({"image": {"format": "png", "source": {"bytes": "c2Vj!cmV0"}}}, "Error"),
        ({"document": {"name": "a", "format": "md", "source": {"bytes": "c2Vj!cmV0"}}}, "Error"),
        ("no block", "TypeError"),
    ],
)
def test_a_block_that_is_damaged_is_not_read_by_half(block: Any, error: str) -> None:
    body = json.loads(turns.dump(TURN)) | {"answer": [block]}
    with pytest.raises(DamagedTurn) as raised:
        turns.load(json.dumps(body).encode())
    assert raised.value.detail == (
        "A turn of this conversation cannot be read from the bucket. Begin a new conversation; "
        f"this one can be deleted. ({error})"
    )


def test_the_cursor_is_that_of_the_last_line(own: Conversations) -> None:
    for number in range(5):
        begun(own, str(number))
    first, cursor = own.summaries(3, None)
    second, end = own.summaries(3, cursor)
    assert sorted(line.id for line in (*first, *second)) == ["0", "1", "2", "3", "4"]
    assert (len(first), end) == (3, None)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\xff", b"[" * 100_000, b'{"usage": 1}'])
def test_a_damaged_turn_is_named_as_one_and_can_be_deleted(
    own: Conversations, s3: "S3Client", bucket: str, body: bytes
) -> None:
    begun(own)
    [key] = [key for key in keys(s3, bucket) if key.startswith("turns/")]
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    with pytest.raises(OutcropError, match="can be deleted") as raised:
        own.turns("c")
    assert raised.value.code == "damaged-turn"
    assert listed(own) == ["c"]
    own.delete("c")
    assert listed(own) == []


def test_of_two_turns_that_end_at_once_one_is_stored_and_the_list_has_one_line(
    own: Conversations,
) -> None:
    first = begun(own)
    with pytest.raises(Conflict):
        own.append("c", START, replace(TURN, question=(Text("Twice?"),)))
    assert own.turns("c") == [first]
    assert listed(own) == ["c"]


def test_the_second_of_two_clicks_leaves_one_line_wherever_it_comes(
    own: Conversations, s3: "S3Client", bucket: str
) -> None:
    """A second request ends at every step of the first one's being stored."""
    for step in range(10):
        conversation = f"c{step}"

        def click(number: int, _operation: str) -> None:
            if number == step:  # noqa: B023  # called before the next step
                with suppress(Conflict):
                    begun(Conversations(s3, bucket, "alice"), conversation)  # noqa: B023

        with at_each_request(s3, click) as sent, suppress(Conflict):
            begun(own, conversation)
        assert len(own.turns(conversation)) == 1
        assert listed(own).count(conversation) == 1
        if len(sent) <= step:
            break
    else:
        raise AssertionError("it takes more steps than were raced")


def interrupted(s3: "S3Client", step: int, operation: Callable[[], object]) -> bool:
    """Run it, and kill it before its request number `step`; False where it has fewer."""

    def kill(number: int, _operation: str) -> None:
        if number == step:
            raise Killed

    with at_each_request(s3, kill) as sent, suppress(Killed):
        operation()
    return len(sent) > step


def sound(own: Conversations, conversation: str) -> None:
    """It is listed just if it is there, and whatever it is, it can be deleted to the last word."""
    there = bool(own.turns(conversation))
    assert listed(own).count(conversation) == int(there)
    if there:
        go_on(own, conversation)
        own.delete(conversation)
    assert own.turns(conversation) == []
    assert listed(own) == []


def test_a_crash_at_any_step_of_storing_leaves_no_ghost(
    s3: "S3Client", bucket: str, own: Conversations
) -> None:
    for step in range(10):
        more = interrupted(s3, step, lambda: begun(own, f"c{step}"))  # noqa: B023  # called here
        sound(own, f"c{step}")
        if not more:
            break
    assert not [key for key in keys(s3, bucket) if key.endswith(".json")]


def test_a_crash_at_any_step_of_deleting_leaves_no_ghost(
    s3: "S3Client", bucket: str, own: Conversations
) -> None:
    for step in range(12):
        conversation = f"c{step}"
        begun(own, conversation)
        go_on(own, conversation, times=2)
        more = interrupted(s3, step, lambda: own.delete(conversation))  # noqa: B023  # called here
        sound(own, conversation)
        if not more:
            break
    else:
        raise AssertionError("it takes more steps than were killed")
    assert not [key for key in keys(s3, bucket) if key.endswith(".json")]


@pytest.mark.parametrize("before", [0, 1])
def test_a_turn_under_way_is_not_stored_after_its_conversation_was_deleted(
    s3: "S3Client", bucket: str, own: Conversations, before: int
) -> None:
    """The deletion comes at every step of the storing."""
    for step in range(10):
        conversation = f"c{step}"
        for _ in range(before):
            begun(own, conversation)
        history = own.history(conversation, 6)
        deleted = False

        def delete(number: int, _operation: str) -> None:
            nonlocal deleted
            if number == step:  # noqa: B023  # called before the next step
                with suppress(NotFound):
                    Conversations(s3, bucket, "alice").delete(conversation)  # noqa: B023
                    deleted = True

        with at_each_request(s3, delete) as sent:
            try:
                own.append(conversation, history, TURN)
                stored = True
            except Conflict:
                stored = False
        if deleted:
            assert own.turns(conversation) == []
            assert listed(own) == []
            assert not [key for key in keys(s3, bucket) if key.endswith(".json")]
            with pytest.raises(NotFound):
                own.history(conversation, 6)
        else:
            assert stored
            own.delete(conversation)
        if len(sent) <= step:
            break
    else:
        raise AssertionError("it takes more steps than were raced")


def test_a_turn_that_cannot_be_taken_back_is_not_said_to_be_stored(
    own: Conversations, stand_in: Home
) -> None:
    begun(own)
    history = own.history("c", 6)
    own.delete("c")
    stand_in.server.faults.add(Fail(service="s3", operation="DeleteObjects", code="InternalError"))
    with pytest.raises(Conflict):
        own.append("c", history, TURN)
    assert (own.turns("c"), listed(own)) == ([], [])


@pytest.mark.parametrize("step", range(3))
def test_a_listing_is_made_while_a_conversation_goes(
    s3: "S3Client", bucket: str, own: Conversations, step: int
) -> None:
    """Also where the line is an older one, whose object has to be read."""
    begun(own, "stays")
    owner = keys(s3, bucket)[0].split("/")[1]
    line = json.dumps({"title": "Old", "started": TURN.at.isoformat()}).encode()
    s3.put_object(Bucket=bucket, Key=f"index/{owner}/8224000000000-goes.json", Body=line)

    def delete(number: int, _operation: str) -> None:
        if number == step:
            Conversations(s3, bucket, "alice").delete("goes")

    with at_each_request(s3, delete) as sent:
        assert "stays" in listed(own)
    assert len(sent) > step
    assert listed(own) == ["stays"]


def test_a_listing_that_finishes_what_a_crash_left_does_not_show_what_is_deleted_meanwhile(
    s3: "S3Client", bucket: str
) -> None:
    """The deletion comes at every step of the listing, also just before it enters the line."""
    for step in range(20):
        owner = f"alice-{step}"
        own = Conversations(s3, bucket, owner)
        assert interrupted(s3, 2, lambda: begun(own))  # noqa: B023  # called here
        assert len(own.turns("c")) == 1

        def delete(number: int, _operation: str) -> None:
            if number == step:  # noqa: B023  # called before the next step
                Conversations(s3, bucket, owner).delete("c")  # noqa: B023

        with at_each_request(s3, delete) as sent:
            listing = listed(own)
        if len(sent) <= step:
            assert listing == ["c"]
            break
        assert listing == []
    else:
        raise AssertionError("it takes more steps than were raced")


def test_a_turn_whose_answer_from_the_bucket_is_lost_is_stored_and_said_to_be(
    s3: "S3Client", own: Conversations
) -> None:
    lost = 0

    def lose(**_: Any) -> None:
        nonlocal lost
        lost += 1
        if lost == 2:  # the second put is the turn's
            raise ConnectionClosedError(endpoint_url="http://s3")

    s3.meta.events.register("after-call.s3.PutObject", lose, unique_id="lose")
    try:
        turn = begun(own)
    finally:
        s3.meta.events.unregister("after-call.s3.PutObject", unique_id="lose")
    assert lost > 2
    assert own.turns("c") == [turn]
    assert listed(own) == ["c"]


def test_a_turn_that_the_bucket_refuses_is_never_stored_later(
    own: Conversations, stand_in: Home
) -> None:
    """A put that was given up may still be carried out: its place is taken."""
    fail = Fail(service="s3", operation="PutObject", code="InternalError", nth=2)
    stand_in.server.faults.add(fail)
    with pytest.raises(OutcropError):
        begun(own)
    assert own.turns("c") == []
    assert listed(own) == []
    with pytest.raises(Conflict):  # what was given up, carried out late
        own.append("c", START, TURN)
    go_on(own)
    assert [turn.question for turn in own.turns("c")] == [TURN.question]
    assert listed(own) == ["c"]


def test_a_turn_that_comes_while_s3_writes_another_is_not_said_to_be_stored(
    own: Conversations, stand_in: Home
) -> None:
    """Another turn is being written under its number, and cannot be read yet."""
    fail = Fail(service="s3", operation="PutObject", code="ConditionalRequestConflict", nth=2)
    stand_in.server.faults.add(fail)
    with pytest.raises(Conflict, match="ended first"):
        begun(own)
    assert (own.turns("c"), listed(own)) == ([], [])


def test_a_turn_is_kept_though_its_line_fails_and_the_line_follows(
    own: Conversations, stand_in: Home
) -> None:
    fail = Fail(service="s3", operation="PutObject", code="InternalError", nth=3)
    stand_in.server.faults.add(fail)
    turn = begun(own)
    assert own.turns("c") == [turn]
    assert listed(own) == ["c"]


def test_nothing_stays_of_a_conversation_that_a_turn_is_stored_in_while_it_is_deleted(
    s3: "S3Client", bucket: str, own: Conversations
) -> None:
    """The storing comes at every step of the deletion; the tombstone has to be the first step."""
    for step in range(20):
        conversation = f"c{step}"
        begun(own, conversation)
        history = own.history(conversation, 6)

        def store(number: int, _operation: str) -> None:
            if number == step:  # noqa: B023  # called before the next step
                with suppress(Conflict):
                    Conversations(s3, bucket, "alice").append(conversation, history, TURN)  # noqa: B023

        with at_each_request(s3, store) as sent:
            own.delete(conversation)
        assert listed(own) == []
        assert not [key for key in keys(s3, bucket) if key.endswith(".json")]
        if len(sent) <= step:
            break
    else:
        raise AssertionError("it takes more steps than were raced")


def test_each_refusal_says_what_it_is_about(own: Conversations) -> None:
    with pytest.raises(NotFound) as raised:
        own.delete("nobody")
    assert raised.value.detail == "There is no conversation 'nobody'."
    assert raised.value.field == "id"
    begun(own)
    with pytest.raises(Conflict) as second:
        own.append("c", START, replace(TURN, answer=(Text("Another."),)))
    assert second.value.detail == (
        "Another turn of this conversation ended first. Ask again to go on from it."
    )
    assert second.value.field == "conversationId"
    before = own.history("c", 6)
    own.delete("c")
    for refused in (lambda: own.history("c", 6), lambda: own.append("c", before, TURN)):
        with pytest.raises((NotFound, Conflict)) as gone:
            refused()
        assert gone.value.detail == (
            "This conversation was deleted. Begin a new one, with another id."
        )
        assert gone.value.field == "conversationId"


def test_a_turn_is_written_in_a_form_that_other_versions_read(
    own: Conversations, s3: "S3Client", bucket: str
) -> None:
    turn = replace(TURN, question=(Text("Größe?"),), at=datetime(2026, 4, 9, tzinfo=UTC))
    own.append("c", START, turn)
    [key] = [key for key in keys(s3, bucket) if key.startswith("turns/")]
    assert key.endswith("/c/000000.json")
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    assert "Größe?".encode() in body
    citation: Any = OLD_TURN["citations"]
    members = json.loads(body)
    written = members.pop("citations")
    assert {name: written[0][name] for name in citation[0]} == citation[0]
    assert members == {
        "version": 2,
        "question": [{"text": "Größe?"}],
        "answer": [{"text": "7 [1]."}],
        "usage": {"input_tokens": 9, "output_tokens": 4},
        "model": "model",
        "at": "2026-04-09T00:00:00+00:00",
        "nearest": [],
        "stop_reason": "end",
    }


def test_a_step_that_fails_is_logged(
    own: Conversations, stand_in: Home, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.server.faults.add(Fail(service="s3", operation="DeleteObjects", code="AccessDenied"))
    begun(own)
    assert not any("deleted meanwhile" in message for message in caplog.messages)
    [message] = [message for message in caplog.messages if message.startswith("left for later")]
    assert message.startswith("left for later: not-set-up: DeleteObjects: AccessDenied")


def test_a_turn_of_which_it_is_not_known_whether_it_has_to_go_is_stored_and_logged(
    own: Conversations, stand_in: Home, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.server.faults.add(Fail(service="s3", operation="ListObjectsV2", code="AccessDenied"))
    turn = begun(own)
    assert "whether a conversation was deleted meanwhile is not known" in caplog.messages
    assert own.turns("c") == [turn]
