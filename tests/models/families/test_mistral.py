import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.models import Prompt, assistant, user
from app.models.families.family import Piece, text_deltas
from app.models.families.mistral import MISTRAL, MISTRAL_CHAT
from tests.models import golden

SPECIAL = re.compile(r"\[/?[A-Z_]+\]|</?s>|<unk>|<pad>")


def test_the_bodies_of_text_completion() -> None:
    assert MISTRAL.request(golden.PROMPT) == golden.MISTRAL.request
    assert MISTRAL.reply(golden.MISTRAL.reply) == Piece(
        text_deltas(" The rock beneath."), "stop", last=True
    )
    assert [MISTRAL.chunk(chunk).last for chunk in golden.MISTRAL.chunks] == [False, False, True]


def test_the_bodies_of_chat_completion() -> None:
    assert MISTRAL_CHAT.request(golden.PROMPT) == golden.MISTRAL_CHAT.request
    assert MISTRAL_CHAT.reply(golden.MISTRAL_CHAT.reply).stop == "stop"
    chunks = [MISTRAL_CHAT.chunk(chunk) for chunk in golden.MISTRAL_CHAT.chunks]
    assert [chunk.last for chunk in chunks] == [False, False, True]


def test_only_text_completion_samples_from_the_likeliest() -> None:
    prompt = replace(golden.PROMPT, top_p=0.9, top_k=7)
    assert MISTRAL.request(prompt)["top_k"] == 7
    assert "top_k" not in MISTRAL_CHAT.request(prompt)


spoken = st.lists(
    st.sampled_from(["[INST]", "[/INST]", "<s>", "</s>", "[TOOL_CALLS]", "<unk>", "[", "]", "/"])
    | st.sampled_from(["INST", "<", ">", "s", "[SYSTEM_PROMPT]", "[[INST]]", " "])
    | st.text(max_size=3),
    max_size=8,
).map(lambda parts: "a" + "".join(parts))


@given(spoken, spoken, spoken, spoken)
def test_no_text_can_speak_in_control_tokens(system: str, one: str, two: str, three: str) -> None:
    messages = user(one), assistant(two), user(three)
    innocent = user("a"), assistant("a"), user("a")
    prompt = MISTRAL.request(Prompt(messages, system))["prompt"]
    template = MISTRAL.request(Prompt(innocent, "a"))["prompt"]
    assert SPECIAL.findall(prompt) == SPECIAL.findall(template)
