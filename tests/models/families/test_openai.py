from app.models import Prompt, user
from app.models.families.family import Piece, text_deltas
from app.models.families.openai import CHAT, OPENAI
from tests.models import golden


def test_openais_request_is_written_and_its_reply_read() -> None:
    assert OPENAI.request(golden.PROMPT) == golden.OPENAI.request
    assert CHAT.request(golden.PROMPT) == golden.QWEN.request
    assert CHAT.reply(golden.CHAT_REPLY) == Piece(
        text_deltas("The rock beneath."), "stop", 21, 5, last=True
    )


def test_openais_request_has_no_member_that_the_prompt_leaves_out() -> None:
    bare = OPENAI.request(Prompt((user("Hi"),)))
    assert bare == {
        "messages": [{"role": "user", "content": "Hi"}],
        "max_completion_tokens": 1024,
    }


def test_the_last_chunk_is_the_one_with_a_reason_and_the_counts_may_follow() -> None:
    pieces = [CHAT.chunk(chunk) for chunk in golden.CHAT_CHUNKS]
    assert [piece.last for piece in pieces] == [False, False, False, True, False]
    assert pieces[-1] == Piece(input_tokens=21, output_tokens=5)


def test_usage_may_be_null_in_every_chunk_but_one() -> None:
    chunk = {"choices": [{"delta": {"content": "Hi"}, "finish_reason": None}], "usage": None}
    assert CHAT.chunk(chunk) == Piece(text_deltas("Hi"))
