from dataclasses import replace

from app.models import Prompt, user
from app.models.families.cohere import COMMAND, COMMAND_R
from app.models.families.family import Piece, text_deltas
from tests.models import golden


def test_the_bodies_of_command_r() -> None:
    assert COMMAND_R.request(golden.PROMPT) == golden.COMMAND_R.request
    assert COMMAND_R.reply(golden.COMMAND_R.reply) == Piece(
        text_deltas("The rock beneath."), "COMPLETE", last=True
    )
    *_, last = map(COMMAND_R.chunk, golden.COMMAND_R.chunks)
    assert last == Piece((), "COMPLETE", 21, 5, last=True)


def test_the_bodies_of_command() -> None:
    assert COMMAND.request(golden.PROMPT) == golden.COMMAND.request
    assert COMMAND.streamed == {"stream": True}
    assert COMMAND.reply(golden.COMMAND.reply) == Piece(
        text_deltas(" The rock beneath."), "COMPLETE", last=True
    )
    assert [COMMAND.chunk(chunk).last for chunk in golden.COMMAND.chunks] == [False, False, True]


def test_a_first_question_has_an_empty_history() -> None:
    body = COMMAND_R.request(Prompt((user("Hi"),)))
    assert body == {"message": "Hi", "chat_history": [], "max_tokens": 1024}


def test_coheres_request_spells_top_p_and_top_k_its_own_way() -> None:
    prompt = replace(golden.PROMPT, top_p=0.9, top_k=7)
    for family in (COMMAND_R, COMMAND):
        body = family.request(prompt)
        assert (body["p"], body["k"]) == (0.9, 7)


def test_command_rs_stop_reason_is_read_in_lower_case() -> None:
    reply = golden.COMMAND_R.reply | {"finish_reason": "max_tokens"}
    assert COMMAND_R.stops[COMMAND_R.reply(reply).stop or ""] == "length"
