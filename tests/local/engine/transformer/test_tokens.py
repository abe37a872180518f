"""Tokens: what the published tokenizer says of the whole text, whatever pieces we give it."""

from functools import cache
from typing import Any

import tokenizers
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.local.engine.transformer import Encoder, weights
from app.local.engine.transformer.tokens import (
    CLS,
    SEP,
    WINDOW,
    Tokenizer,
)


@cache
def tokenizer() -> Tokenizer:
    return Tokenizer(weights.folder() / "tokenizer.json")


@cache
def published() -> Any:
    whole = tokenizers.Tokenizer.from_file(str(weights.folder() / "tokenizer.json"))
    whole.no_truncation()
    whole.no_padding()
    return whole


def test_spans_are_the_characters_of_each_token() -> None:
    text = "Übergranite's\u2003数据 🪨 antidisestablishmentarianism"
    words = [text[start:end] for start, end in tokenizer().spans(text)]
    assert words == [
        "Über", "gra", "ni", "te", "'", "s", "数", "据", "🪨",
        "anti", "dis", "est", "ab", "lish", "ment", "arian", "ism",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.text(st.sampled_from("aé́ \t\n\r\x0b\x1c\x85\u2028\u200b.,数🪨[SEP]")))
@example("word " * 4000)
@example("x" * 20_000 + " y " + "z\x1c" * 9000)
@example("数据" * 5000)
@example("")
@example(" " * 20_000)
def test_tokens_are_the_same_whatever_pieces_a_text_is_tokenized_in(text: str) -> None:
    whole = published().encode(text, add_special_tokens=False)
    assert tokenizer().spans(text) == whole.offsets
    assert tokenizer().ids(text) == whole.ids


def test_a_lone_surrogate_is_one_unknown_character() -> None:
    assert tokenizer().spans("a \ud800 b") == [(0, 1), (2, 3), (4, 5)]


def test_the_count_is_of_the_spans(encoder: Encoder) -> None:
    for text in ("", "one", "How many tokens?", "word " * 1000):
        assert encoder.count(text) == len(encoder.spans(text))


@settings(deadline=None)
@given(st.integers(0, 3000))
def test_windows_hold_every_token_once(length: int) -> None:
    words = ("ash", "bay", "cat")
    text = " ".join(words[n % 3] for n in range(length))
    parts = [window.tolist() for window in tokenizer().windows(text)]
    assert [id_ for part in parts for id_ in part[1:-1]] == tokenizer().ids(text)
    assert all(part[0] == CLS and part[-1] == SEP for part in parts)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert len(parts) == max(1, -(-length // (WINDOW - 2)))
