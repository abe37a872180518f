"""What is held back of a stream, and what is sent of it."""

import re
from itertools import pairwise
from random import Random

import pytest

from app.local.bedrock_runtime.guarding.held import HOLD, Held, Stretch
from app.local.engine.writer import Delta, Quote, QuoteDelta, TextDelta, TextStart, ToolUseStart
from app.local.judgement import Mask

NUMBER = re.compile(r"\d{4} \d{4}")


def masks(stretches: list[Stretch]) -> list[Mask]:
    """Masks each number of eight digits."""
    return [
        Mask(place, match.start(), match.end(), "{N}")
        for place, stretch in enumerate(stretches)
        for match in NUMBER.finditer(stretch.text)
    ]


def run(deltas: list[Delta]) -> tuple[list[Delta], list[list[Stretch]]]:
    """What is sent of deltas, and the windows that are judged."""
    held = Held()
    sent: list[Delta] = []
    windows: list[list[Stretch]] = []
    for delta in deltas:
        held.add(delta)
        sent += held.pass_through()
        if window := held.window():
            windows.append(window)
            held.mask(window, masks(window))
            sent += held.release()
    whole = held.whole()
    held.mask(whole, masks(whole))
    return [*sent, *held.release_all()], windows


def text_of(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


@pytest.mark.parametrize("seed", range(40))
def test_what_is_sent_is_what_is_written_and_masked(seed: int) -> None:
    random = Random(seed)
    words = ["rock", "1234 5678", "stone.\n", "and so on.", "\u5ca9\u3002", "wait! ", "x" * 60]
    text = " ".join(random.choices(words, k=random.randint(1, 200)))
    cuts = sorted({0, len(text), *random.choices(range(len(text)), k=len(text) // 3)})
    deltas: list[Delta] = [TextDelta(text[start:end]) for start, end in pairwise(cuts)]
    sent, windows = run(deltas)
    assert text_of(sent) == NUMBER.sub("{N}", text)
    if windows:
        assert len(sent) > 1, "it is sent in parts"


def test_everything_is_judged_before_it_is_sent() -> None:
    text = "It is a stone of some kind. " * 40
    held, judged = Held(), 0
    sent = 0
    for place in range(0, len(text), 7):
        held.add(TextDelta(text[place : place + 7]))
        if window := held.window():
            [stretch] = window
            assert stretch.start <= max(sent - HOLD, 0), "the characters before it are judged again"
            judged = stretch.start + len(stretch.text)
            sent += len(text_of(list(held.release())))
            assert sent <= judged - HOLD
    assert sent > 500


def test_texts_that_blocks_part_are_judged_together() -> None:
    first, second = "Look at 1234", "5678 and wait. " * 20
    deltas: list[Delta] = [TextDelta(first), TextStart(), TextDelta(second)]
    sent, windows = run(deltas)
    assert [stretch.number for stretch in windows[0]] == [0, 1]
    assert sent[:2] == [TextDelta(first), TextStart()]
    assert text_of(sent) == first + second


def test_a_block_behind_a_held_text_waits_for_it() -> None:
    held, use = Held(), ToolUseStart("t1", "order")
    held.add(use)
    assert list(held.pass_through()) == [use]
    held.add(TextDelta("Let me look."))
    held.add(use)
    assert list(held.pass_through()) == []
    assert list(held.release_all()) == [TextDelta("Let me look."), use]


def test_a_quote_stays_behind_what_it_stands_behind() -> None:
    quote = QuoteDelta(Quote("char", 0, 0, 4, "rock"))
    deltas: list[Delta] = [TextDelta("A rock. "), quote, TextDelta("And a stone. " * 40)]
    sent, _ = run(deltas)
    assert sent[:2] == [TextDelta("A rock. "), quote]
