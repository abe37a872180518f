from dataclasses import replace

from app.models.families.ai21 import JAMBA, JURASSIC
from app.models.families.family import Piece, text_deltas
from tests.models import golden


def test_the_bodies_of_jamba() -> None:
    assert JAMBA.request(golden.PROMPT) == golden.JAMBA.request
    assert JAMBA.reply(golden.JAMBA.reply) == Piece(
        text_deltas("The rock beneath."), "stop", 21, 5, last=True
    )


def test_the_bodies_of_jurassic() -> None:
    assert JURASSIC.request(golden.PROMPT) == golden.JURASSIC.request
    assert JURASSIC.reply(golden.JURASSIC.reply) == Piece(
        text_deltas(" The rock beneath."), "endoftext", 21, 5, last=True
    )


def test_top_p_has_its_own_spelling() -> None:
    assert JURASSIC.request(replace(golden.PROMPT, top_p=0.9))["topP"] == 0.9
    assert JAMBA.request(replace(golden.PROMPT, top_p=0.9))["top_p"] == 0.9
