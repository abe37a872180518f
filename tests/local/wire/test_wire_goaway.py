"""What an HTTP/2 client sends is passed on but for GOAWAY(NO_ERROR), however it is cut."""

from collections.abc import Iterable

import pytest
from hyperframe.frame import DataFrame, Frame, GoAwayFrame, PingFrame, WindowUpdateFrame
from hypothesis import given
from hypothesis import strategies as st

from app.local.wire.goaway import PREFACE, GoawayFilter

FRAMES = st.one_of(
    st.binary(max_size=40).map(lambda data: DataFrame(1, data)),
    st.binary(min_size=8, max_size=8).map(lambda data: PingFrame(0, data)),
    st.integers(1, 1000).map(lambda size: WindowUpdateFrame(1, window_increment=size)),
    st.builds(
        lambda code, more: GoAwayFrame(0, error_code=code, additional_data=more),
        st.integers(0, 2),
        st.binary(max_size=20),
    ),
)
CUTS = st.lists(st.integers(1, 30), min_size=1, max_size=40)


def passed(data: bytes, lengths: list[int]) -> bytes:
    """What comes through of data that arrives in pieces of these lengths, again and again."""
    one = GoawayFilter()
    start = 0
    pieces: list[bytes] = []
    while start < len(data):
        end = start + lengths[len(pieces) % len(lengths)]
        pieces.append(one.passed(data[start:end]))
        start = end
    return b"".join(pieces)


def is_goodbye(frame: Frame) -> bool:
    return isinstance(frame, GoAwayFrame) and frame.error_code == 0


def sent(frames: Iterable[Frame]) -> bytes:
    return PREFACE + b"".join(frame.serialize() for frame in frames)


@given(st.lists(FRAMES, max_size=8), CUTS)
def test_every_other_frame_is_passed_on(frames: list[Frame], lengths: list[int]) -> None:
    rest = [frame for frame in frames if not is_goodbye(frame)]
    assert passed(sent(frames), lengths) == sent(rest)


@pytest.mark.parametrize("beginning", [b"", PREFACE[:10], b"PUT /", b"P", b"PRI * HTTP/1"])
def test_bytes_of_another_protocol_are_passed_on(beginning: bytes) -> None:
    data = beginning + b"\r\n" + GoAwayFrame(0).serialize()
    for lengths in ([1], [3, 7], [1000]):
        assert passed(data, lengths) == data


def test_a_goodbye_that_is_too_short_is_for_the_server_to_refuse() -> None:
    data = PREFACE + bytes.fromhex("000004 07 00 00000000 00000000")
    assert passed(data, [1000]) == data


def test_of_a_large_body_nothing_is_kept() -> None:
    one = GoawayFilter()
    one.passed(PREFACE)
    piece = DataFrame(1, b"x" * 16_000).serialize()
    assert [one.passed(piece[:9000]), one.passed(piece[9000:])] == [piece[:9000], piece[9000:]]
