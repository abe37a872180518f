import pytest

from app.errors import InvalidRequest
from app.models import Prompt, Turn


def user(text: str) -> Turn:
    return Turn("user", text)


def assistant(text: str) -> Turn:
    return Turn("assistant", text)


def test_turns_of_one_side_become_one_and_blank_ones_vanish() -> None:
    turns = (user("a"), assistant("  \n"), user("b"), assistant("c"), assistant("d"), user("e"))
    assert Prompt(turns).alternating() == (user("a\n\nb"), assistant("c\n\nd"), user("e"))


@pytest.mark.parametrize(
    "turns",
    [
        (),
        (user(" "),),
        (assistant("Hello."), user("Hi")),
        (user("Hi"), assistant("Hello.")),
        (user(""), assistant("Hello."), user("Hi")),
    ],
)
def test_a_conversation_begins_and_ends_with_the_user(turns: tuple[Turn, ...]) -> None:
    with pytest.raises(InvalidRequest) as raised:
        Prompt(turns)
    assert raised.value.field == "turns"


def test_an_answer_has_room_for_a_token() -> None:
    with pytest.raises(InvalidRequest) as raised:
        Prompt((user("Hi"),), max_tokens=0)
    assert raised.value.field == "max_tokens"
