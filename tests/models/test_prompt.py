import pytest

from app.errors import InvalidRequest
from app.models import (
    Image,
    Message,
    Prompt,
    Reasoning,
    Text,
    ToolResult,
    ToolUse,
    assistant,
    user,
)


def test_messages_of_one_side_become_one_and_blank_ones_vanish() -> None:
    messages = (user("a"), assistant("  \n"), user("b"), assistant("c"), assistant("d"), user("e"))
    assert Prompt(messages).alternating() == (user("a\n\nb"), assistant("c\n\nd"), user("e"))


@pytest.mark.parametrize(
    "messages",
    [
        (),
        (user(" "),),
        (assistant("Hello."), user("Hi")),
        (user("Hi"), assistant("Hello.")),
        (user(""), assistant("Hello."), user("Hi")),
    ],
)
def test_a_conversation_begins_and_ends_with_the_user(
    messages: tuple[Message, ...],
) -> None:
    with pytest.raises(InvalidRequest) as raised:
        Prompt(messages)
    assert raised.value.field == "messages"


def test_an_answer_has_room_for_a_token() -> None:
    with pytest.raises(InvalidRequest) as raised:
        Prompt((user("Hi"),), max_tokens=0)
    assert raised.value.field == "max_tokens"


IMAGE = Image("png", b"png")
CALL = ToolUse("t-1", "clock", {})
RESULT = ToolResult("t-1", (Text("noon"),))


def test_blocks_of_one_side_are_put_together_in_order() -> None:
    messages = (
        Message("user", (IMAGE, Text("What is this?"))),
        user("And this?"),
        Message("user", (IMAGE,)),
    )
    assert Prompt(messages).alternating() == (
        Message("user", (IMAGE, Text("What is this?\n\nAnd this?"), IMAGE)),
    )


def test_a_tools_result_is_something_that_the_user_says() -> None:
    messages = (user("When?"), Message("assistant", (CALL,)), Message("user", (RESULT,)))
    assert Prompt(messages).alternating() == messages


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (Message("user", (Text("a"), CALL)), "tool use: it belongs to the assistant"),
        (Message("user", (Reasoning("Hm."),)), "reasoning: it belongs to the assistant"),
        (Message("assistant", (RESULT,)), "tool result: it belongs to the user"),
        (Message("assistant", (IMAGE,)), "image: it belongs to the user"),
    ],
)
def test_a_block_of_the_other_side_is_refused(message: Message, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        Prompt((user("Hi"), message, user("Hi")))
