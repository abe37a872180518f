"""Chunks: what holds of every strategy and text, and where chunks end."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.local.engine.chunk import (
    DEFAULT,
    Chunking,
    FixedSize,
    Hierarchical,
    Piece,
    Semantic,
    Whole,
    chunk,
)
from app.local.engine.chunk.headings import Headings
from app.local.engine.chunk.packing import Tokens, pack
from app.local.engine.chunk.units import units
from app.local.engine.parsers import Section

JSON = dict[str, Any]


class Letters:
    """An encoder that one can follow by hand.

    A token is a word's piece of up to four characters, or a sign; a word of more than 100 letters
    is one token, as with the real tokenizer. A text's vector says which of two letters it has more
    of: "a" or "b".
    """

    dimension = 2
    identity = "a test's"

    def count(self, text: str) -> int:
        return len(self.spans(text))

    def spans(self, text: str) -> list[tuple[int, int]]:
        pieces = []
        for word in re.finditer(r"\w+|[^\w\s]", text):
            start, end = word.span()
            step = 4 if end - start <= 100 else end - start
            pieces += [(at, min(at + step, end)) for at in range(start, end, step)]
        return pieces

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        counts = np.array([[text.count("a") + 0.01, text.count("b") + 0.01] for text in texts])
        lengths: NDArray[np.float64] = np.linalg.norm(counts, axis=1, keepdims=True)
        return (counts / lengths).astype(np.float32)


ENCODER = Letters()


def count(text: str) -> int:
    return len(ENCODER.spans(text))


def fixed(most: int, overlap: int = 1) -> Chunking:
    """With an overlap in per cent."""
    return FixedSize(most, most * overlap // 100)


def hierarchical(parent: int, child: int, overlap: int) -> Chunking:
    return Hierarchical(parent, child, overlap)


def semantic(most: int = 100, buffer: int = 0, percentile: int = 90) -> Chunking:
    return Semantic(most, buffer, percentile)


NONE = Whole()


def cut(text: str, chunking: Chunking = DEFAULT) -> list[str]:
    return [piece.text for piece in chunk([Section(text, None)], chunking, ENCODER)]


# Where chunks end


def test_a_text_that_fits_is_one_chunk() -> None:
    assert cut("# Soils\n\nClay is wet.\n", DEFAULT) == ["# Soils\n\nClay is wet."]
    assert cut(" \n", DEFAULT) == []


def test_chunks_end_with_sentences() -> None:
    text = "Clay is wet. Sand is dry. Silt is both. Loam is best."  # 4 tokens each
    assert cut(text, fixed(9)) == ["Clay is wet. Sand is dry.", "Silt is both. Loam is best."]


def clay(sentences: int) -> str:
    return " ".join(["Clay is wet."] * sentences)  # 4 tokens each


@pytest.mark.parametrize(
    ("before", "between", "ends"),
    [
        (11, "\n\n", 11),  # a paragraph is a better end than a sentence,
        (8, "\n\n", 12),  # but not at any price
        (10, "\n\n# Silt\n\n", 10),  # a section is a better one still
        (8, "\n\n# Silt\n\n", 11),
    ],
)
def test_a_chunk_ends_at_a_section_before_a_paragraph_before_a_sentence(
    before: int, between: str, ends: int
) -> None:
    first = cut(clay(before) + between + clay(9), fixed(48))[0]
    assert first.count("wet.") == ends
    assert first.endswith("wet.")


@pytest.mark.parametrize("heading", ["# Silt", "**Silt**", "The kinds of silt are:"])
def test_a_heading_stays_with_what_follows(heading: str) -> None:
    pieces = cut(f"{clay(10)}\n\n{heading}\n\n{clay(9)}", fixed(40 + count(heading) + 3))
    assert pieces[0] == clay(10)
    assert pieces[1].startswith(heading)


TABLE = "| soil | wet |\n| --- | --- |\n| clay | yes |\n| sand | not |"
LIST = "Kinds:\n\n- clay of rivers\n- sand\n  of seas\n- loam"
CODE = "```\na = 1\nb = 2\n```"


def test_rows_of_a_table_stay_whole_and_its_header_with_the_first() -> None:
    assert cut(f"{clay(10)}\n\n{TABLE}", fixed(40 + 16)) == [clay(10), TABLE]
    header, rule, *rows = TABLE.splitlines()
    assert cut(TABLE, fixed(20)) == ["\n".join([header, rule, rows[0]]), rows[1]]


ROWS = [f"| berth{number} | fee{number} |" for number in range(40)]  # 6 or 7 tokens each
HEADER = "| name | fee |\n| --- | --- |"  # 14 tokens


@pytest.mark.parametrize("chunking", [fixed(80), fixed(80, 25), hierarchical(160, 80, 10)])
@pytest.mark.parametrize("after", ["", "\n\nThat is all."])
def test_every_chunk_of_a_long_table_has_its_header(chunking: Chunking, after: str) -> None:
    text = "\n".join([f"# Fees\n\n{HEADER}", *ROWS]) + after
    pieces = cut(text, chunking)
    assert len(pieces) >= 4
    for piece in pieces:
        assert piece.count(HEADER) == ("| berth" in piece)
        assert count(piece) <= (160 if isinstance(chunking, Hierarchical) else 80)
    assert all(any(row in piece for piece in pieces) for row in ROWS)


def test_a_chunk_below_a_table_has_no_header() -> None:
    text = "\n".join([HEADER, *ROWS[:4]]) + f"\n\n{clay(30)}\n\n| a | b |\n| c | d |"
    assert [HEADER in piece for piece in cut(text, fixed(80))] == [True, False, False]


def test_a_header_that_would_fill_a_chunk_is_not_repeated() -> None:
    pieces = cut("\n".join([HEADER, *ROWS]), fixed(50))
    assert [HEADER in piece for piece in pieces] == [True] + [False] * (len(pieces) - 1)


def test_a_row_that_is_cut_keeps_the_header_with_each_part() -> None:
    pieces = cut(f"{HEADER}\n| a | {'long ' * 200}|", fixed(100))
    assert all(piece.startswith(HEADER) for piece in pieces)
    assert max(map(count, pieces)) <= 100


def test_a_block_of_code_stays_whole_where_it_fits() -> None:
    assert cut(f"{clay(10)}\n\n{CODE}\n\n{clay(1)}", fixed(48)) == [
        clay(10),
        f"{CODE}\n\n{clay(1)}",
    ]


@pytest.mark.parametrize("block", [LIST, TABLE, CODE, f"# Use\n\n{LIST}"])
def test_a_block_that_fits_is_not_cut_unless_the_chunk_before_it_would_be_small(block: str) -> None:
    most = count(block) + 20
    for sentences in range(1, most // 4):  # of 4 tokens each
        before = clay(sentences)
        first, *_ = pieces = cut(f"{before}\n\n{block}\n\n{clay(40)}", fixed(most))
        is_whole = any(block in piece for piece in pieces)
        assert is_whole or (count(first) > 4 * sentences and 4 * sentences < 0.4 * most)
        assert is_whole or sentences * 4 + count(block) > most


def test_the_rule_of_a_table_may_lack_its_last_bar() -> None:
    header = "| name | fee\n| --- | ---"
    pieces = cut("\n".join([header, *ROWS]), fixed(80))
    assert len(pieces) > 1
    assert all(piece.startswith(header) for piece in pieces)


def test_a_long_sentence_is_cut_at_words() -> None:
    assert cut("one two three four five six", fixed(3)) == ["one two", "three four", "five six"]


def test_a_long_word_is_cut_within() -> None:
    word = "x" * 250
    assert [len(piece) for piece in cut(f"one {word} two", fixed(100))] == [103, 99, 56]


@pytest.mark.parametrize("filling", [" ", "\t", "\n", "\u200b", " \n "])
def test_a_chunk_is_capped_in_characters_whatever_fills_it(filling: str) -> None:
    """A document of 30 kB of blanks between two words was one chunk, and slow to quote."""
    text = f"a{filling * 30_000}b."
    pieces = chunk([Section(text, None)], fixed(20), ENCODER)
    assert max(len(piece.text) for piece in pieces) <= 20 * 100
    assert pieces[0].text[0] == "a"
    assert pieces[-1].text.endswith("b.")
    assert all(piece.text.strip() for piece in pieces)


def test_chunks_never_reach_beyond_a_section() -> None:
    sections = [Section("Clay is wet.", 1), Section("Sand is dry.", 2, {"day": "Mon"})]
    assert chunk(sections, DEFAULT, ENCODER) == [
        Piece("Clay is wet.", 1),
        Piece("Sand is dry.", 2, None, {"day": "Mon"}),
    ]


# What stands over a chunk


def contexts(sections: list[Section], chunking: Chunking, title: str = "") -> list[str]:
    return [piece.context for piece in chunk(sections, chunking, ENCODER, title)]


NESTED = """# Soils of *Kent*

All.

## Clay <a name="clay"></a>

Wet.

### Use

Bricks.

```
# no heading
```

Pots.

## Sand

Dry."""


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("# Soils", []),
        ("All.", ["Soils of Kent"]),
        ("## Clay", ["Soils of Kent"]),
        ("Wet.", ["Soils of Kent", "Clay"]),
        ("### Use", ["Soils of Kent", "Clay"]),
        ("Pots.", ["Soils of Kent", "Clay", "Use"]),
        ("## Sand", ["Soils of Kent"]),
        ("Dry.", ["Soils of Kent", "Sand"]),
    ],
)
def test_the_headings_over_a_place_are_those_that_have_not_ended(
    words: str, path: list[str]
) -> None:
    assert Headings(NESTED, units(NESTED)).over(NESTED.index(words)) == path


def test_a_chunk_from_the_middle_of_a_section_has_the_headings_over_it() -> None:
    text = f"# Soils\n\n## Clay\n\n{clay(20)}"
    assert contexts([Section(text, None)], fixed(40)) == ["", "Soils > Clay", "Soils > Clay"]


def test_a_title_is_over_every_page_but_its_own() -> None:
    sections = [Section("# Soils\n\nClay is wet.", 1), Section("Sand is dry.", 2)]
    assert contexts(sections, DEFAULT, "a file") == ["", "Soils"]
    assert contexts(sections[1:], DEFAULT, "a file") == ["a file"]
    assert contexts(sections, NONE, "a file") == [""]
    assert contexts(sections[1:], NONE, "a file") == ["a file"]
    assert contexts(sections, hierarchical(50, 20, 1), "a file") == ["", "", "Soils", "Soils"]
    assert contexts(sections, semantic(), "a file") == ["", "Soils"]


def test_of_long_headings_the_innermost_are_kept() -> None:
    outer, inner = "outer " * 45, "inner " * 8
    text = f"# {outer}\n\n## {inner}\n\n{clay(20)}"
    assert contexts([Section(text, None)], fixed(80))[-1] == inner.strip()


# Overlap, levels, subjects


def test_the_overlap_begins_with_a_sentence_or_else_with_a_word() -> None:
    text = "Clay is wet. Sand is dry. Silt is fine. Loam is best. Peat is dark."
    assert cut(text, fixed(12, 40)) == [  # 4 tokens: a sentence
        "Clay is wet. Sand is dry. Silt is fine.",
        "Silt is fine. Loam is best. Peat is dark.",
    ]
    assert cut("one two six ten red big old new", fixed(4, 50)) == [
        "one two six ten",
        "six ten red big",
        "red big old new",
    ]


def test_children_are_parts_of_their_parents() -> None:
    text = "Clay is wet. Sand is dry. Silt is fine. Loam is best."
    assert chunk([Section(text, 7)], hierarchical(8, 4, 1), ENCODER) == [
        Piece("Clay is wet. Sand is dry.", 7),
        Piece("Clay is wet.", 7, 0),
        Piece("Sand is dry.", 7, 0),
        Piece("Silt is fine. Loam is best.", 7),
        Piece("Silt is fine.", 7, 3),
        Piece("Loam is best.", 7, 3),
    ]


def test_subjects_are_parted_where_they_change() -> None:
    text = "A bad cat. An arch. Aga ran. Bob bobs. Bib. Babble b."
    assert cut(text, semantic()) == ["A bad cat. An arch. Aga ran.", "Bob bobs. Bib. Babble b."]


def test_of_101_sentences_at_90_the_10_pairs_least_alike_are_parted() -> None:
    sentences = [f"Aa{'b' * number}." for number in range(101)]  # the first pairs are least alike
    assert len(cut(" ".join(sentences), semantic(most=8192))) == 11


def test_neighbours_soften_a_change() -> None:
    text = "Aa. Aa. Bb. Aa. Aa. Bb. Bb. Bb."
    assert cut(text, semantic(percentile=50)) == ["Aa. Aa.", "Bb.", "Aa. Aa.", "Bb. Bb. Bb."]
    assert cut(text, semantic(percentile=80, buffer=1)) == ["Aa. Aa. Bb. Aa. Aa.", "Bb.", "Bb. Bb."]


def test_semantic_chunks_keep_to_the_largest_size() -> None:
    assert cut("Aa. Aa. Aa. Aa.", semantic(most=4)) == ["Aa. Aa.", "Aa. Aa."]


def test_none_is_the_document_whole_and_without_pages() -> None:
    sections = [Section("Clay.", 1), Section("Sand.", 2)]
    assert chunk(sections, NONE, ENCODER) == [Piece("Clay.\n\nSand.", None)]
    assert chunk([], NONE, ENCODER) == []


def test_none_leaves_each_record_of_a_csv_file_to_itself() -> None:
    records = [Section("Clay.", None, {"id": "1"}), Section("Sand.", None, {"id": "2"})]
    assert chunk(records, NONE, ENCODER) == [
        Piece("Clay.", None, None, {"id": "1"}),
        Piece("Sand.", None, None, {"id": "2"}),
    ]


# What holds of any text

_words = st.sampled_from(
    ["clay", "is", "wet", "e.g.", "2.5", "extraordinarily", "x" * 150, "漢字漢字"]
)
_ends = st.sampled_from(
    [" ", ". ", "? ", "\n", "\n\n", "\n\n# ", "\n- ", "\n| ", "\n```\n", ":\n\n"]
)
texts = st.lists(st.tuples(_words, _ends), min_size=1, max_size=60).map(
    lambda parts: "".join(word + end for word, end in parts)
)


def packed(text: str, most: int, overlap: int) -> list[tuple[int, int]]:
    return list(pack(units(text), Tokens(text, ENCODER.spans(text)), most, overlap))


@given(texts, st.integers(1, 60))
def test_nothing_but_white_space_is_between_chunks(text: str, most: int) -> None:
    covered = 0
    for start, end in packed(text, most, 0):
        assert start >= covered
        assert not text[covered:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        covered = end
    assert not text[covered:].strip()


@given(texts, st.integers(2, 60), st.data())
def test_chunks_overlap_by_about_as_much_as_asked(
    text: str, most: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(1, most - 1))
    spans = packed(text, most, overlap)
    tokens = Tokens(text, ENCODER.spans(text))
    for (start, end), (following, last) in pairwise(spans):
        assert start <= following
        assert end < last
        assert not text[end:following].strip()
        assert tokens.count(following, end) <= overlap
        assert tokens.count(following, last) <= most
        shared, whole = tokens.count(following, end), tokens.count(start, end)
        new = tokens.count(end, last)
        longest = max(tokens.count(*word.span()) for word in re.finditer(r"\S+", text))
        enough = 2 * shared >= min(overlap, whole)
        assert enough or new + overlap > most or longest > overlap / 2


@given(texts, st.integers(1, 60))
def test_a_chunk_is_no_larger_than_asked_when_it_is_counted_again(text: str, most: int) -> None:
    """But for a word that had to be cut, whose parts the tokenizer may cut in another way."""
    for start, end in packed(text, most, 0):
        assert count(text[start:end]) <= most


@given(texts, st.integers(2, 20), st.integers(1, 40), st.data())
def test_children_cover_their_parents(
    text: str, child: int, more: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(1, child - 1))
    sections = [Section(text, 3, page_label="iii")]
    pieces = chunk(sections, hierarchical(child + more, child, overlap), ENCODER)
    parents = [piece for piece in pieces if piece.parent is None]
    assert {pieces[piece.parent].text for piece in pieces if piece.parent is not None} == {
        piece.text for piece in parents
    }
    for number, parent in enumerate(pieces):
        if parent.parent is None:
            children = [piece.text for piece in pieces if piece.parent == number]
            assert parent.text.startswith(children[0])
            assert parent.text.endswith(children[-1])
            assert all(each in parent.text for each in children)
    assert {(piece.page, piece.page_label) for piece in pieces} == {(3, "iii")}


@given(st.lists(texts, max_size=3), st.integers(1, 40), st.integers(0, 1), st.integers(50, 99))
def test_semantic_chunking_loses_no_text(
    parts: list[str], most: int, buffer: int, percentile: int
) -> None:
    sections = [Section(text, number) for number, text in enumerate(parts)]
    pieces = chunk(sections, semantic(most, buffer, percentile), ENCODER)
    for number, text in enumerate(parts):
        text_of_pieces = "".join(piece.text for piece in pieces if piece.page == number)
        assert "".join(text_of_pieces.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("line", "words"),
    [("# Fees ##", "Fees"), ("# C#", "C#"), ("## *Fees* `now`", "Fees now"), ("# ##", "")],
)
def test_the_words_of_a_heading_are_without_its_signs(line: str, words: str) -> None:
    assert Headings(line, units(line)).within(0, 1) == [words] * bool(words)


def test_what_is_indented_by_four_is_code_and_no_heading() -> None:
    text = "# Fees\n\n   ## Cars\n\nRun:\n\n    # as root\n    make cars\n\nThey pay. #cars # all."
    assert Headings(text, units(text)).within(0, len(text)) == ["Fees", "Cars"]
