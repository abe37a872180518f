"""Titles and feedback, which people change while others delete: interrupted and raced at each step.

What is left of a conversation that was deleted is its tombstone.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from app.conversations import Conversations, Feedback, History
from app.conversations.export import every_rating
from app.errors import Conflict, NotFound
from tests.conversations.sent_requests import at_each_request
from tests.conversations.test_conversations import (
    TURN,
    begun,
    go_on,
    interrupted,
    keys,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHANGES: dict[str, Callable[[Conversations, str], None]] = {
    "rename": lambda own, conversation: own.rename(conversation, "Minerals"),
    "rate": lambda own, conversation: own.rate(conversation, 0, Feedback("down", "No.")),
}


def titles(own: Conversations) -> list[str]:
    return [summary.title for summary in own.summaries(100, None)[0]]


def leftovers(s3: "S3Client", bucket: str) -> list[str]:
    """What is left beside tombstones, and markers that the next listings look after."""
    return [
        key
        for key in keys(s3, bucket)
        if not key.endswith("/deleted") and not key.startswith("unfinished/")
    ]


@pytest.mark.parametrize(
    "title", ["Minerals", "Größe?", "x", "🎉" * 200, "字" * 200, "!a!b", "a/b"]
)
def test_a_title_is_kept_as_it_is(own: Conversations, title: str) -> None:
    begun(own)
    begun(own, "d", "Another?")
    own.rename("c", title)
    assert sorted(titles(own)) == sorted([title, "Another?"])
    assert own.find("c").title == title
    own.rename("c", "Again")
    assert own.find("c").title == "Again"


def test_the_list_keeps_its_order_and_its_pages(own: Conversations) -> None:
    for name in ("a", "b", "c"):
        begun(own, name, f"{name}?")
    before = [summary.id for summary in own.summaries(100, None)[0]]
    own.rename("b", "Renamed")
    pages: list[str] = []
    cursor: str | None = None
    for _ in before:
        page, cursor = own.summaries(1, cursor)
        pages += [summary.id for summary in page]
    assert (pages, cursor) == (before, None)


def test_a_conversation_of_another_is_not_found(s3: "S3Client", bucket: str) -> None:
    begun(Conversations(s3, bucket, "alice"))
    other = Conversations(s3, bucket, "bob")
    for change in CHANGES.values():
        with pytest.raises(NotFound):
            change(other, "c")
    assert not [key for key in keys(s3, bucket) if key.startswith("feedback/")]


def test_the_last_feedback_counts(own: Conversations) -> None:
    begun(own)
    go_on(own)
    first, last = Feedback("down", "The wrong page."), Feedback("up")
    own.rate("c", 1, first)
    assert own.ratings("c") == {1: first}
    own.rate("c", 1, last)
    assert own.ratings("c") == {1: last}
    with pytest.raises(NotFound):
        own.rate("c", 2, last)


@pytest.mark.parametrize("name", CHANGES)
def test_a_crash_at_any_step_leaves_one_line_and_nothing_after_deletion(
    s3: "S3Client", bucket: str, own: Conversations, name: str
) -> None:
    for step in range(12):
        conversation = f"c{step}"
        begun(own, conversation)
        more = interrupted(s3, step, lambda: CHANGES[name](own, conversation))  # noqa: B023  # called here
        assert titles(own) in ([own.find(conversation).title], ["Minerals"])
        own.rename(conversation, "After")
        assert titles(own) == ["After"]
        own.delete(conversation)
        assert leftovers(s3, bucket) == []
        if not more:
            break
    else:
        raise AssertionError("it takes more steps than were killed")


@pytest.mark.parametrize("name", CHANGES)
def test_a_deletion_at_any_step_takes_everything_with_it(
    s3: "S3Client", bucket: str, own: Conversations, name: str
) -> None:
    for step in range(12):
        conversation = f"c{step}"
        begun(own, conversation)
        other = Conversations(s3, bucket, "alice")

        def delete(number: int, _operation: str) -> None:
            if number == step:  # noqa: B023  # called here
                s3.meta.events.unregister("before-call.s3", unique_id="test")
                other.delete(conversation)  # noqa: B023  # called here

        with at_each_request(s3, delete) as sent, suppress(NotFound, Conflict):
            CHANGES[name](own, conversation)
        if len(sent) <= step:
            break
        assert titles(own) == []
        assert leftovers(s3, bucket) == [], step
    else:
        raise AssertionError("it takes more steps than were raced")


def test_of_two_titles_at_once_one_is_shown(
    s3: "S3Client", bucket: str, own: Conversations
) -> None:
    for step in range(12):
        conversation = f"c{step}"
        begun(own, conversation)
        other = Conversations(s3, bucket, "alice")

        def rename(number: int, _operation: str) -> None:
            if number == step:  # noqa: B023  # called here
                s3.meta.events.unregister("before-call.s3", unique_id="test")
                other.rename(conversation, "Theirs")  # noqa: B023  # called here

        with at_each_request(s3, rename) as sent:
            own.rename(conversation, "Ours")
        shown = titles(own)
        assert shown in (["Ours"], ["Theirs"])
        assert own.find(conversation).title == shown[0]
        own.delete(conversation)
        assert leftovers(s3, bucket) == []
        if len(sent) <= step:
            break
    else:
        raise AssertionError("it takes more steps than were raced")


def test_a_renaming_after_one_by_a_clock_ahead_is_shown(
    own: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(own)
    with monkeypatch.context() as patch:
        patch.setattr("app.conversations.index.datetime", _Tomorrow)
        own.rename("c", "Tomorrow's")
    own.rename("c", "Today's")
    assert own.find("c").title == "Today's"


class _Tomorrow:
    """A clock that is a day ahead."""

    @staticmethod
    def now(zone: object) -> object:
        assert zone == UTC
        return datetime.now(UTC) + timedelta(days=1)


def test_a_turn_that_supersedes_the_first_leaves_the_title(own: Conversations) -> None:
    first = begun(own)
    own.rename("c", "Minerals")
    own.append("c", History(1, (), supersedes=0), TURN)
    assert titles(own) == ["Minerals"]
    assert [turn.number for turn in own.find("c").thread] == [1]
    assert own.turns("c")[0] == first


def test_an_operator_reads_what_everybody_has_said(s3: "S3Client", bucket: str) -> None:
    given = {"alice": Feedback("down", "No."), "bob": Feedback("up")}
    for name, feedback in given.items():
        of_person = Conversations(s3, bucket, name)
        begun(of_person, name)
        of_person.rate(name, 0, feedback)
    gone = Conversations(s3, bucket, "carol")
    begun(gone, "carol")
    gone.rate("carol", 0, Feedback("up"))
    [key] = [key for key in keys(s3, bucket) if "/carol/000000" in key and key.startswith("turns")]
    s3.delete_object(Bucket=bucket, Key=key)  # as if it were being deleted
    found = {one.conversation: one for one in every_rating(s3, bucket)}
    assert {name: one.feedback for name, one in found.items()} == given
    assert found["bob"].turn.number == 0
    assert "bob" not in found["bob"].owner
