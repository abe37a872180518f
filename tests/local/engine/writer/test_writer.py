"""The writer: what it answers, what it refuses, and that it does so again."""

import pytest

from app.local.engine.transformer import Encoder
from app.local.engine.writer import (
    Generation,
    Prompt,
    Sampling,
    Turn,
    Writer,
)
from app.local.engine.writer.counting import AROUND_A_MESSAGE, BEFORE_AN_ANSWER
from app.local.engine.writer.writer import ABOUT

PASSAGES = """\
<passages>
<passage n="1" document="quartz.md">
# Quartz

Quartz is a hard, crystalline mineral composed of silica. It has a hardness of 7 on the Mohs scale.
Quartz crystals have been used in oscillators since 1921.
</passage>
<passage n="2" document="talc.md">
Talc is a clay mineral, composed of hydrated magnesium silicate. Talc is used in:
- paper making
- plastics
- cosmetics
</passage>
<passage n="3" document="table.md">
| Mineral | Hardness | Colour |
| --- | --- | --- |
| Gypsum | 2 | white |
| Topaz | 8 | yellow |
</passage>
</passages>
"""
SYSTEM = """\
Answer from the numbered passages and cite them, like [1]. If they do not answer the question, \
reply with exactly: The documents do not say."""


def asked(question: str, *before: Turn) -> Prompt:
    message = f"{PASSAGES}\n<question>{question}</question>"
    return Prompt((*before, Turn("user", message)), SYSTEM)


def answered(generation: Generation) -> str:
    return "".join(generation)


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("How hard is quartz on the Mohs scale?", "a hardness of 7 on the Mohs scale [1]."),
        ("Since when have quartz crystals been used?", "since 1921 [1]."),
        ("What is talc composed of?", "composed of hydrated magnesium silicate [2]."),
        (
            "What is talc used in?",
            "Talc is used in [2]:\n\n- paper making\n- plastics\n- cosmetics",
        ),
        ("How hard is topaz?", "Topaz: Hardness 8, Colour yellow [3]."),
    ],
)
def test_the_writer_cites_the_sentence_that_answers(
    writer: Writer, question: str, holds: str
) -> None:
    assert holds in answered(writer.generate(asked(question), Sampling()))


@pytest.mark.parametrize(
    "question",
    ["Who discovered radium?", "What is the capital of France?", "How do I reset my password?"],
)
def test_the_writer_abstains_in_the_prompts_words(writer: Writer, question: str) -> None:
    assert answered(writer.generate(asked(question), Sampling())) == "The documents do not say."


def test_the_writer_says_nothing_that_no_passage_says(writer: Writer) -> None:
    answer = answered(writer.generate(asked("What is quartz composed of?"), Sampling()))
    for sentence in answer.split(" [1]."):
        assert sentence.strip() in PASSAGES


def test_the_writer_answers_a_follow_up(writer: Writer) -> None:
    before = Turn("user", "What is topaz?"), Turn("assistant", "A mineral.")
    answer = answered(writer.generate(asked("How hard is it?", *before), Sampling()))
    assert answer.startswith("Topaz: Hardness 8")


def test_the_writer_rewrites_a_question_where_the_prompt_asks_for_that(writer: Writer) -> None:
    prompt = Prompt(
        (
            Turn("user", "What is quartz?"),
            Turn("assistant", "A mineral."),
            Turn("user", "How hard is it?"),
        ),
        "Formulate a standalone question.",
    )
    assert answered(writer.generate(prompt, Sampling())) == "How hard is quartz?"


@pytest.mark.parametrize("message", ["Hello!", "Write me a poem about the sea.", "   "])
def test_the_writer_says_what_it_is_where_it_can_do_nothing(writer: Writer, message: str) -> None:
    assert answered(writer.generate(Prompt((Turn("user", message),)), Sampling())) == ABOUT
    assert "OUTCROP_LOCAL_MODEL_URL" in ABOUT


def test_the_likeliest_answer_is_always_the_same(writer: Writer, encoder: Encoder) -> None:
    prompt = asked("What is talc composed of?")
    again = Writer(encoder)
    answers = {answered(one.generate(prompt, Sampling())) for one in (writer, writer, again)}
    assert len(answers) == 1


def test_a_random_answer_is_seeded_by_the_request(writer: Writer) -> None:
    prompt = asked("What is talc composed of?")
    hot = Sampling(temperature=2.0)
    assert answered(writer.generate(prompt, hot)) == answered(writer.generate(prompt, hot))
    drawn = {
        answered(writer.generate(prompt, Sampling(temperature=2.0, max_tokens=500 + n)))
        for n in range(12)
    }
    assert len(drawn) > 1


def test_the_writer_counts_tokens_with_the_encoders_tokenizer(
    writer: Writer, encoder: Encoder
) -> None:
    prompt = asked("What is talc composed of?")
    generation = writer.generate(prompt, Sampling(max_tokens=9))
    text = answered(generation)
    finish = generation.finish
    around = AROUND_A_MESSAGE + BEFORE_AN_ANSWER
    texts = encoder.count(SYSTEM) + encoder.count(prompt.turns[0].text)
    assert finish.input_tokens == texts + around
    assert (finish.output_tokens, finish.reason) == (encoder.count(text), "length")
    assert finish.output_tokens == 9


def test_the_writer_streams_its_answer_in_small_pieces(writer: Writer) -> None:
    prompt = asked("What is talc composed of?")
    parts = list(writer.generate(prompt, Sampling()))
    assert len(parts) > 5
    assert all(len(part.split()) <= 1 for part in parts)
    assert "".join(parts) == answered(writer.generate(prompt, Sampling()))


def test_citations_of_an_answer_that_is_begun_are_spans_of_the_rest(writer: Writer) -> None:
    prompt = asked("What is talc used in?")
    whole = writer.generate(prompt, Sampling())
    text = answered(whole)
    begun = Prompt((*prompt.turns, Turn("assistant", text[:7])), SYSTEM)
    rest = writer.generate(begun, Sampling())
    assert answered(rest) == text[7:]
    spans = [(one.start, one.end) for one in whole.citations]
    assert spans
    assert [(one.start, one.end) for one in rest.citations] == [
        (max(start - 7, 0), end - 7) for start, end in spans
    ]
    other = Prompt((*prompt.turns, Turn("assistant", "Gypsum")), SYSTEM)
    assert answered(writer.generate(other, Sampling())) == text


def test_citations_are_spans_of_the_answer(writer: Writer) -> None:
    generation = writer.generate(asked("What is talc composed of?"), Sampling())
    text = answered(generation)
    [first, *_] = generation.citations
    assert first.documents == ("2",)
    assert text[first.start : first.end].endswith("[2].")


def test_very_many_candidates_do_not_hide_the_answer(writer: Writer) -> None:
    rows = "\n".join(f"| Stone {n} | {n} |" for n in range(400))
    message = (
        f"<passage n='1'>| Name | Weight |\n|---|---|\n{rows}</passage>\nHow heavy is Stone 217?"
    )
    answer = answered(writer.generate(Prompt((Turn("user", message),)), Sampling()))
    assert "Stone 217: 217" in answer


def test_a_row_about_something_else_does_not_answer_for_what_the_question_names(
    writer: Writer,
) -> None:
    rows = "\n".join(f"| B{n} | Ship {n % 7} | {n * 3} |" for n in range(2700, 2712))
    table = f"| Berth | Ship | Fee |\n|---|---|---|\n{rows}"
    for berth, fee in (("B2705", "8115"), ("B2799", "")):
        message = f"<passage n='1'>{table}</passage>\nWhat is the fee of berth {berth}?"
        answer = answered(writer.generate(Prompt((Turn("user", message),)), Sampling()))
        assert fee in answer
        assert ("B27" in answer) is bool(fee), answer
