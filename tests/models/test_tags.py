"""What a guardrail over a call takes the parts of a prompt for, in either API."""

from dataclasses import replace

from app.models import Message, Prompt, user
from app.models.content import Text
from app.models.families.converse_shape import messages
from app.models.tags import new_suffix, tagged

PROMPT = Prompt(
    (
        user("Hello."),
        Message("assistant", (Text("Yes?"),)),
        Message(
            "user",
            (
                Text("<passage>"),
                Text("Quartz is hard.", "grounding_source"),
                Text("</passage>"),
                Text("How hard?", "query"),
            ),
        ),
    )
)


def test_qualified_texts_are_tagged_and_joined_with_those_beside_them() -> None:
    last = tagged(PROMPT, "a1").messages[-1]
    begin, end = "<amazon-bedrock-guardrails-", "</amazon-bedrock-guardrails-"
    assert last.content == (
        Text(
            f"<passage>{begin}groundingSource_a1>Quartz is hard.{end}groundingSource_a1></passage>"
            f"{begin}query_a1>How hard?{end}query_a1>"
        ),
    )
    assert tagged(PROMPT, "a1").messages[:-1] == PROMPT.messages[:-1]
    assert tagged(PROMPT, "").messages[-1].content == (
        Text("<passage>Quartz is hard.</passage>How hard?"),
    )


def test_texts_without_a_qualifier_stay_as_they_are() -> None:
    plain = replace(PROMPT, messages=(Message("user", (Text("a"), Text("b"))),))
    assert tagged(plain, "a1") == plain


def test_a_suffix_is_one_that_bedrock_takes_and_nobody_guesses() -> None:
    suffixes = {new_suffix() for _ in range(100)}
    assert len(suffixes) == 100
    assert all(len(one) == 20 and one.isalnum() and one.isascii() for one in suffixes)


def test_converse_has_a_block_for_each_qualified_text() -> None:
    content = messages(PROMPT, bytes)[-1]["content"]
    assert content[1] == {
        "guardContent": {"text": {"text": "Quartz is hard.", "qualifiers": ["grounding_source"]}}
    }
    assert content[0] == {"text": "<passage>"}
