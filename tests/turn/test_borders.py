"""Where an answer that is being written may be parted."""

from itertools import pairwise

import pytest

from app.turn.borders import LONGEST_BLOCK, borders

TABLE = "| a | b |\n| - | - |\n| 1 | 2 |"


def parted(text: str, begin: int = 0) -> list[str]:
    ends = [begin, *borders(text, begin), len(text)]
    return [text[a:b] for a, b in pairwise(ends)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It is wet", ["It is wet"]),
        ("It is wet.", ["It is wet."]),  # it may be 2.5 times as wet
        ("It is wet. It", ["It is wet.", " It"]),
        ("It is wet, e.g. clay. It", ["It is wet, e.g. clay.", " It"]),
        ("# Clay\n\nIt is wet. It", ["# Clay\n\nIt is wet.", " It"]),
        ("A.\n\n- b\n- c\n- d", ["A.", "\n\n- b\n- c\n- d"]),
        ("Do this:\n\n- b\n- c\n\nThen go", ["Do this:\n\n- b\n- c", "\n\nThen go"]),
        (f"A.\n\n{TABLE}\n\nB", ["A.", f"\n\n{TABLE}", "\n\nB"]),
        ("A.\n\n```sh\nx. y. z\n\n# no heading", ["A.", "\n\n```sh\nx. y. z\n\n# no heading"]),
        ("A. B:\n```\n\nx. y. z", ["A. B:\n```\n\nx. y. z"]),
        ("A.\n\n```\nx\n```\n\nB", ["A.", "\n\n```\nx\n```", "\n\nB"]),
        ("水は冷たい。土は乾いている。そし", ["水は冷たい。", "土は乾いている。", "そし"]),
    ],
)  # fmt: skip
def test_sentences_and_blocks_are_whole(text: str, parts: list[str]) -> None:
    assert parted(text) == parts


def test_a_block_that_is_too_long_is_parted_between_its_lines() -> None:
    line = "- one of very many items\n"
    text = line * (LONGEST_BLOCK // len(line) + 2)
    assert borders(text, 0)[0] == len(line)
    assert borders(text[:LONGEST_BLOCK], 0) == []


def test_the_places_behind_a_place_are_those_of_the_whole() -> None:
    text = "It is wet. It is cold. It is dry. It"
    assert borders(text, 10) == [place for place in borders(text, 0) if place > 10]
