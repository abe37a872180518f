"""Blocks that were cut in two between chunks, joined in the results of a search."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.chunk import Chunking, FixedSize, Hierarchical, Piece, chunk
from app.local.engine.chunk.blocks import LONGEST, around, blocks
from app.local.engine.chunk.units import units
from app.local.engine.joining import joined
from app.local.engine.neighbours import Neighbours
from app.local.engine.parsers import Section
from app.local.engine.store import Hit
from tests.local.engine.test_chunk import ENCODER

FEES = "\n".join(f"| berth{number} | fee{number} |" for number in range(30))
HEADER = "| name | fee |\n| --- | --- |"


def pieces(text: str, chunking: Chunking) -> list[Piece]:
    return chunk([Section(text, None)], chunking, ENCODER)


def texts(found: Sequence[Piece], document: str = "a") -> list[str]:
    hits = [
        (rank, Hit(str(rank), document, one.text, {}, 1.0, None, "", one.neighbours))
        for rank, one in enumerate(found)
    ]
    return [hit.text for _, hit in joined(hits)]


LIST = "Clay is wet.\n\n## Soils\n\nThe soils are:\n\n- clay of rivers\n- sand of seas\n"
LIST += "  and of dunes\n- loam of fields\n- peat of moors\n\nThat is all."
WHOLE = LIST.removeprefix("Clay is wet.\n\n").removesuffix("\n\nThat is all.")


@pytest.mark.parametrize("overlap", [0, 5])
def test_a_hit_within_a_list_is_the_whole_list_with_its_lead_in_and_heading(overlap: int) -> None:
    parts = [one for one in pieces(LIST, FixedSize(20, overlap)) if "## " not in one.text]
    within = [one for one in parts if "\n- " in f"\n{one.text}"]
    assert within
    for part in within:
        [text] = texts([part])
        assert text in (WHOLE, f"{WHOLE}\n\nThat is all.")


def test_parts_of_a_table_are_said_once_and_with_one_header() -> None:
    table = f"Fees:\n\n{HEADER}\n{FEES}"
    cut = pieces(f"{table}\n\nThat is all.", FixedSize(80))
    assert len(cut) > 2
    for order in permutations(cut[:4]):
        first, *rest = texts(order)
        assert first.startswith(table)
        assert rest in ([], ["That is all."])


def test_code_and_sentences_are_joined() -> None:
    code = "Run:\n\n```sh\n" + "\n".join(f"step {number}" for number in range(40)) + "\n```"
    sentence = " ".join(["clay"] * 60) + "."
    for whole in (code, sentence):
        for one in pieces(whole, FixedSize(20)):
            assert texts([one]) == [whole]


def test_a_parent_is_joined_and_its_children_are_not() -> None:
    cut = pieces(LIST, Hierarchical(20, 5))
    assert all(one.neighbours is None for one in cut if one.parent is not None)
    [parent] = [one for one in cut if one.parent is None and "loam" in one.text]
    assert WHOLE in texts([parent])[0]


def test_of_a_block_that_is_too_long_nothing_is_joined() -> None:
    rows = "\n".join(f"| berth{number} | fee{number} |" for number in range(LONGEST // 20))
    table = f"{HEADER}\n{rows}"
    assert len(table) > LONGEST
    cut = pieces(table, FixedSize(80))
    assert texts(cut) == [one.text for one in cut]


def test_what_another_document_says_is_no_part_of_this_one() -> None:
    part = pieces(LIST, FixedSize(20))[1]
    hits = [
        (rank, Hit(document, document, part.text, {}, 1.0, None, "", part.neighbours))
        for rank, document in enumerate("ab")
    ]
    assert [(rank, hit.text) for rank, hit in joined(hits)] == [
        (rank, texts([part])[0]) for rank in range(2)
    ]


def test_a_hit_without_neighbours_stays_as_it_is() -> None:
    assert texts([Piece("Clay is wet.", None)]) == ["Clay is wet."]


def test_neighbours_are_kept_as_text() -> None:
    beside = Neighbours(3, 9, "- ☕\n", "\n- tea", 4)
    assert Neighbours.read(beside.json()) == beside
    assert Neighbours.read("") is None


_lines = st.sampled_from(
    [
        *("Clay is wet.", "Sand. Loam.", "The soils are:", "# Use", ""),
        *("- clay", "- sand of seas", "  and dunes", "1. loam", "| a | b |", "| - | -", "```"),
        "one two three four five six seven eight",
    ]
)
_texts = st.lists(_lines, min_size=1, max_size=30).map("\n".join)


@given(_texts, st.integers(5, 40), st.data())
def test_no_word_is_said_twice_and_each_short_block_whole(
    text: str, most: int, data: st.DataObject
) -> None:
    """Words are told apart by their numbers."""
    counter = iter(range(1000))
    text = "".join(f"{next(counter)}x " if sign == " " else sign for sign in text)
    cut = pieces(text, FixedSize(most))
    order = data.draw(st.permutations(cut))
    said = texts(order[: data.draw(st.integers(0, len(order)))])
    numbers = [word for one in said for word in _numbers(one)]
    assert len(numbers) == len(set(numbers))
    spans = blocks(text, units(text))
    for one in said[:1]:
        begin = text.find(one)
        assert begin >= 0 or "|" in one
        if text.count(one) == 1:  # a fence alone may stand at several places
            assert not around(spans, begin)
            assert not around(spans, begin + len(one))


def _numbers(text: str) -> list[str]:
    """The numbers of the words of a text, without those of a repeated header."""
    rows = [line for line in text.splitlines() if not line.startswith("|")]
    return [word for row in rows for word in row.split() if word.endswith("x")]
