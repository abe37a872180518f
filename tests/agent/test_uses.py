"""What a reply's calls have to be, before any rule of a tool is looked at."""

import pytest

from app.agent.uses import Call, call_of, repeatable
from app.models import Text, ToolUse


def calls(number: int) -> list[Text | ToolUse]:
    return [Text("I look."), *(ToolUse(f"t{at}", "order_status", {}) for at in range(number))]


def test_sixteen_calls_of_a_reply_are_made() -> None:
    blocks = repeatable(calls(16), 0, set())
    assert [block.fault for block in blocks if isinstance(block, Call)] == [None] * 16


@pytest.mark.parametrize(("number", "excess"), [(17, "1 more were"), (40, "24 more were")])
def test_of_more_calls_one_is_left_to_say_that_they_are_not_made(number: int, excess: str) -> None:
    blocks = repeatable(calls(number), 0, set())
    *made, last = [block.fault for block in blocks if isinstance(block, Call)]
    assert made == [None] * 16
    assert last == f"A reply makes 16 calls at most; {excess} not made."
    assert isinstance(blocks[0], Text)


def test_arguments_have_ten_thousand_characters_at_most() -> None:
    room = 10_000 - len('{"a": ""}')
    assert call_of(ToolUse("t", "order_status", {"a": "é" * room})).fault is None
    longer = call_of(ToolUse("t", "order_status", {"a": "é" * (room + 1)}))
    assert longer == Call(
        ToolUse("t", "order_status", {}), "The arguments have more than 10000 characters."
    )
