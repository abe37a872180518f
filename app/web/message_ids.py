"""The ids of messages: what a client of the UI message stream calls a question or an answer.

<conversation>-<turn>             an answer
<conversation>-<turn>-question    a question that came without an id of its own
"""

QUESTION = "-question"
MOST_DIGITS = 6  # of a turn's number, by the digits of its key


def answer_id(conversation: str, turn: int) -> str:
    """The id of a turn's answer."""
    return f"{conversation}-{turn}"


def question_id(conversation: str, turn: int) -> str:
    """The id of a turn's question, unless the client gave it one."""
    return answer_id(conversation, turn) + QUESTION


def turn_in(message: str, conversation: str) -> int | None:
    """The number of the turn in an id of this conversation; None for an id of a client's own.

    >>> turn_in("c-7", "c"), turn_in("c-7-question", "c"), turn_in("msg-7", "c")
    (7, 7, None)
    """
    digits = message.removeprefix(f"{conversation}-").removesuffix(QUESTION)
    is_own = message.startswith(f"{conversation}-") and digits.isascii() and digits.isdecimal()
    return int(digits) if is_own and len(digits) <= MOST_DIGITS else None
