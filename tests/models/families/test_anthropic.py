from dataclasses import replace

import pytest

from app.models import Prompt, user
from app.models.content import BlockEnd, ReasoningDelta, TextDelta
from app.models.families.anthropic import ANTHROPIC
from app.models.families.family import Piece
from tests.models import golden


def test_claudes_request_is_written_and_its_reply_read() -> None:
    assert ANTHROPIC.request(golden.PROMPT) == golden.ANTHROPIC.request
    reasoning = ReasoningDelta("Rock, then.", "c2ln")
    deltas = (reasoning, BlockEnd(), TextDelta("The rock beneath."), BlockEnd())
    assert ANTHROPIC.reply(golden.ANTHROPIC.reply) == Piece(deltas, "end_turn", 21, 5, last=True)


def test_claudes_request_has_no_member_that_the_prompt_leaves_out() -> None:
    bare = ANTHROPIC.request(Prompt((user("Hi"),)))
    assert bare.keys() == {"anthropic_version", "max_tokens", "messages"}
    full = ANTHROPIC.request(replace(golden.PROMPT, top_p=0.9, top_k=7))
    assert (full["top_p"], full["top_k"]) == (0.9, 7)


def test_only_message_stop_is_the_last_chunk() -> None:
    pieces = [ANTHROPIC.chunk(chunk) for chunk in golden.ANTHROPIC.chunks]
    assert [piece.last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    deltas = [delta for piece in pieces for delta in piece.deltas]
    texts = [delta.text for delta in deltas if isinstance(delta, TextDelta)]
    assert texts == ["The rock", " beneath."]
    assert next(piece.stop for piece in pieces if piece.stop) == "end_turn"


def test_a_chunk_of_a_type_yet_to_come_says_nothing() -> None:
    assert ANTHROPIC.chunk({"type": "content_block_of_tomorrow", "text": "?"}) == Piece()


def test_an_error_chunk_is_an_error() -> None:
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    with pytest.raises(ValueError, match="overloaded_error: Overloaded"):
        ANTHROPIC.chunk(overloaded)


def test_a_refusal_may_be_empty() -> None:
    body = golden.ANTHROPIC.reply | {"content": [], "stop_reason": "refusal"}
    piece = ANTHROPIC.reply(body)
    assert piece.deltas == ()
    assert ANTHROPIC.stops["refusal"] == "filtered"
