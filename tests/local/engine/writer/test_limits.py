"""An answer is held to its length, and ends where the request says."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.transformer import Encoder
from app.local.engine.writer.limits import limited, pieces
from app.local.engine.writer.prompt import Sampling
from app.local.engine.writer.writing import Generation

TEXT = "The outcrop shows embeddings of siltstone [1]. It ends here [2]."
words = st.lists(
    st.sampled_from(["Quartz", "is", "hard", "[1].", "unmetamorphosed", "STOP", "ab", "aab", "\n"]),
    max_size=12,
).map(" ".join)
stops = st.lists(st.sampled_from(["STOP", "aab", "is hard", "d [", "z", "\n"]), max_size=3)


def generation(text: str, encoder: Encoder, sampling: Sampling) -> Generation:
    return Generation(limited(pieces(text), sampling, encoder.spans, 7), 7)


@given(words)
def test_pieces_of_an_answer_join_to_its_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@given(text=words, longest=st.integers(1, 20), stop=stops.map(tuple))
def test_an_answer_keeps_to_its_length_and_its_stop_sequences(
    encoder: Encoder, text: str, longest: int, stop: tuple[str, ...]
) -> None:
    answer = generation(text, encoder, Sampling(max_tokens=longest, stop=stop))
    written = "".join(answer)
    assert text.startswith(written)
    assert encoder.count(written) <= longest
    assert not any(one in written for one in stop)
    assert answer.finish.output_tokens == encoder.count(written)
    assert answer.finish.input_tokens == 7
    assert (answer.finish.reason == "end") == (written == text)
    assert (answer.finish.stop_sequence is not None) == (answer.finish.reason == "stop")


def test_length_is_counted_in_tokens_and_cuts_within_a_word(encoder: Encoder) -> None:
    answer = generation("siltstone", encoder, Sampling(max_tokens=1))
    assert "".join(answer) == "si"  # si ##lt ##stone
    assert answer.finish.reason == "length"


@pytest.mark.parametrize(
    ("stop", "written", "sequence"),
    [
        (("siltstone",), "The outcrop shows embeddings of ", "siltstone"),
        (("[2]", "[1]"), "The outcrop shows embeddings of siltstone ", "[1]"),
        (("here [2].",), "The outcrop shows embeddings of siltstone [1]. It ends ", "here [2]."),
        (("never", "of silver"), TEXT, None),
    ],
)
def test_an_answer_ends_before_the_first_stop_sequence(
    encoder: Encoder, stop: tuple[str, ...], written: str, sequence: str | None
) -> None:
    answer = generation(TEXT, encoder, Sampling(stop=stop))
    assert "".join(answer) == written
    assert answer.finish.stop_sequence == sequence


def test_nothing_is_held_back_that_cannot_become_a_stop_sequence(encoder: Encoder) -> None:
    parts = list(generation("one two three", encoder, Sampling(stop=("two tons",))))
    assert parts == ["one", " ", "two three"]


def test_nothing_is_computed_after_the_client_is_gone(encoder: Encoder) -> None:
    computed: list[str] = []

    def source() -> Iterator[str]:
        for word in ("one", " two", " three"):
            computed.append(word)
            yield word

    answer = Generation(limited(source(), Sampling(), encoder.spans, 0), 0)
    assert next(iter(answer)) == "one"
    answer.close()
    assert list(answer) == []
    assert computed == ["one"]
