from dataclasses import replace

from app.models.content import BlockEnd
from app.models.families.family import Piece, text_deltas
from app.models.families.nova import NOVA
from tests.models import golden


def test_novas_request_is_written_and_its_reply_read() -> None:
    assert NOVA.request(golden.PROMPT) == golden.NOVA.request
    assert NOVA.reply(golden.NOVA.reply) == Piece(
        (*text_deltas("The rock beneath."), BlockEnd()), "end_turn", 21, 5, last=True
    )


def test_novas_request_spells_sampling_its_own_way() -> None:
    config = NOVA.request(replace(golden.PROMPT, top_p=0.9, top_k=7, stop=()))["inferenceConfig"]
    assert config == {"maxTokens": 100, "temperature": 0.5, "topP": 0.9, "topK": 7}


def test_only_the_metadata_is_the_last_chunk() -> None:
    """Not messageStop: what comes before the counts have come may still be cut."""
    pieces = [NOVA.chunk(chunk) for chunk in golden.NOVA.chunks]
    assert [piece.last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert pieces[-2].stop == "end_turn"
