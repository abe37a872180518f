"""The parts of an answer, read piece by piece."""

import pytest

from app.local.bedrock_agent_runtime.generation.answer_parts import AnswerPart, AnswerReader, Words


def part(text: str, *sources: str) -> str:
    cited = "".join(f"<source>{source}</source>\n" for source in sources)
    return f"<answer_part>\n<text>\n{text}\n</text>\n<sources>\n{cited}</sources>\n</answer_part>\n"


def read(answer: str, size: int = 10_000, *, has_form: bool = True) -> tuple[str, list[AnswerPart]]:
    """The text and the parts of an answer, read so many characters at a time."""
    reader = AnswerReader(has_form=has_form)
    events: list[Words | AnswerPart] = []
    for start in range(0, len(answer), size):
        events += reader.read(answer[start : start + size])
    events += reader.end()
    text = "".join(one.text for one in events if isinstance(one, Words))
    return text, [one for one in events if isinstance(one, AnswerPart)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_the_text_is_that_of_the_parts_however_it_comes(size: int) -> None:
    answer = f"<answer>\n{part('Quartz is hard.', '2', '1', '2')}{part('Talc < 2.', '3')}</answer>"
    text, parts = read(answer, size)
    assert text == "Quartz is hard. Talc < 2."
    assert parts == [AnswerPart("Quartz is hard.", 0, (2, 1)), AnswerPart("Talc < 2.", 16, (3,))]


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("Kinds:\n\n- a\n- b", "All are hard.", "Kinds:\n\n- a\n- b\n\nAll are hard."),
        ("It is so.", "```\ncode\n```", "It is so.\n\n```\ncode\n```"),
        ("It is so.", "-40 degrees.", "It is so. -40 degrees."),
        ("- a", "- b", "- a\n- b"),
        ("A", "B", "A B"),
    ],
)
@pytest.mark.parametrize("size", [1, 10_000])
def test_parts_are_joined_so_that_a_block_stays_one(
    first: str, second: str, text: str, size: int
) -> None:
    whole, parts = read(part(first, "1") + part(second, "1"), size)
    assert whole == text
    assert [whole[one.start : one.start + len(one.text)] for one in parts] == [first, second]


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        ("It is not said.", [AnswerPart("It is not said.", 0)]),
        ("<answer>\nIt is not said.\n</answer>", [AnswerPart("It is not said.", 0)]),
        ("<answer_part><text>Cut in the", [AnswerPart("Cut in the", 0)]),
        ("<text>Hard.</text><sources>1, 2</sources>", [AnswerPart("Hard.", 0, (1, 2))]),
        (
            "Well. <text>Hard.</text><source>2</source>",
            [AnswerPart("Well.", 0), AnswerPart("Hard.", 6, (2,))],
        ),
        ("<sources><source>1</source></sources>", []),
        ("a <b and </b> < c", [AnswerPart("a <b and </b> < c", 0)]),
        ("", []),
    ],
)
@pytest.mark.parametrize("size", [1, 10_000])
def test_an_answer_in_another_form_is_read_as_far_as_it_goes(
    answer: str, parts: list[AnswerPart], size: int
) -> None:
    assert read(answer, size)[1] == parts


def test_without_the_form_no_tag_is_read() -> None:
    text, parts = read("<text>Hard.</text>", has_form=False)
    assert text == "<text>Hard.</text>"
    assert parts == [AnswerPart(text, 0)]


def test_a_span_ends_with_the_last_character_of_its_part() -> None:
    text, parts = read(part("Soft \U0001f9fc.", "1") + part("Hard.", "2"))
    spans = [one.citation([])["generatedResponsePart"]["textResponsePart"]["span"] for one in parts]
    assert [text[span["start"] : span["end"] + 1] for span in spans] == [
        "Soft \U0001f9fc.",
        "Hard.",
    ]


def test_a_number_of_no_search_result_is_no_reference() -> None:
    references = [{"content": {"text": "one"}}, {"content": {"text": "two"}}]
    assert AnswerPart("Hard.", 0, (3, 2, 0)).citation(references)["retrievedReferences"] == [
        {"content": {"text": "two"}}
    ]
