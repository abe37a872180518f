"""The keys of objects: of each kind, as they sort, and as they are read back."""

from datetime import UTC, datetime, timedelta

import pytest

from app.conversations import new_id
from app.conversations.keys import (
    TITLE_LENGTH,
    Keys,
    Line,
    after,
    countdown,
    number_of,
    read_line,
    shorten,
)

ME = Keys("me")
AT = datetime(2026, 4, 9, 12, 34, 56, 789000, tzinfo=UTC)
LINE = "index/me/8224261903211-c-1/SG93IGhhcmQ_"


def test_each_kind_of_object_has_its_key() -> None:
    assert ME.turn("c-1", 17) == "turns/me/c-1/000017.json"
    assert ME.tombstone("c-1") == "turns/me/c-1/deleted"
    assert ME.folder("c-1") == "turns/me/c-1/"
    assert ME.unfinished == "unfinished/me/"
    assert ME.line("c-1", AT, "How hard?") == LINE


def test_a_line_of_the_list_is_read_from_its_key() -> None:
    line = read_line(ME, LINE)
    assert line == Line(LINE, "8224261903211-c-1", "c-1", AT, "How hard?")
    assert after(ME, line.cursor) == "index/me/8224261903211-c-10"
    assert after(ME, line.cursor) > LINE


def test_a_line_of_an_older_version_has_its_title_elsewhere() -> None:
    key = "index/me/8224261903211-c-1.json"
    assert read_line(ME, key) == Line(key, "8224261903211-c-1", "c-1", AT, None)


@pytest.mark.parametrize("title", ["", "a", "ab", "abc", "Größe?>", "⟨火山⟩"])
def test_titles_of_any_length_are_read_back(title: str) -> None:
    key = ME.line("c", AT, title)
    assert read_line(ME, key).title == title
    assert "=" not in key


def test_later_times_sort_first() -> None:
    times = [AT + timedelta(milliseconds=number) for number in range(3)]
    assert sorted(map(countdown, times)) == [countdown(time) for time in reversed(times)]
    assert {len(countdown(time)) for time in (*times, datetime(2200, 1, 1, tzinfo=UTC))} == {13}


def test_a_number_is_read_from_the_last_part_of_a_key() -> None:
    assert number_of("turns/me/c/1/000017.json") == 17


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("  How\n hard? ", "How hard?"),
        ("x" * TITLE_LENGTH, "x" * TITLE_LENGTH),
        ("x" * (TITLE_LENGTH + 1), "x" * (TITLE_LENGTH - 1) + "…"),
        ("x" * (TITLE_LENGTH - 2) + " yyy", "x" * (TITLE_LENGTH - 2) + "…"),
    ],
)
def test_a_title_is_one_short_line(question: str, title: str) -> None:
    assert shorten(question) == title


def test_an_id_is_128_bits_in_hexadecimal() -> None:
    assert len(new_id()) == 32
    assert set(new_id()) <= set("0123456789abcdef")
    assert new_id() != new_id()
