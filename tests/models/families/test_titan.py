from dataclasses import replace

from app.models.families.family import Piece, text_deltas
from app.models.families.titan import TITAN
from tests.models import golden


def test_titans_request_is_written_and_its_reply_read() -> None:
    assert TITAN.request(golden.PROMPT) == golden.TITAN.request
    assert TITAN.reply(golden.TITAN.reply) == Piece(
        text_deltas("\nThe rock beneath."), "FINISH", 21, 5, last=True
    )
    first, last = map(TITAN.chunk, golden.TITAN.chunks)
    assert first == Piece(text_deltas("\nThe rock"), None, 21, None, last=False)
    assert last == Piece(text_deltas(" beneath."), "FINISH", None, 5, last=True)


def test_top_p_has_its_own_spelling() -> None:
    config = TITAN.request(replace(golden.PROMPT, top_p=0.9))["textGenerationConfig"]
    assert config["topP"] == 0.9
