"""Questions taken apart, and the prompts that ask for it."""

import pytest

from app.local.engine.transformer import Encoder
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.decomposition import MOST, decompose


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Who scored higher in the 2022 FIFA World Cup, Argentina or France?",
            (
                "Argentina scored higher the 2022 FIFA World Cup",
                "France scored higher the 2022 FIFA World Cup",
            ),
        ),
        ("Was ist der Unterschied zwischen Kiefer und Eiche?", ("Kiefer", "Eiche")),
        (
            "What is S3 and how does it scale and what does it cost?",
            ("What is S3?", "How does S3 scale?", "What does S3 cost?"),
        ),
        ("Tell me about talc. How hard is it?", ("Tell me about talc.", "How hard is talc?")),
        ("Who is Dr. House and who is Dr. No?", ("Who is Dr. House?", "Who is Dr. No?")),
        ("What are the limits of X and Y?", ("What are the limits of X and Y?",)),
        ("Is it HTTP/1.1?", ("Is it HTTP/1.1?",)),
        ("?", ("?",)),
    ],
)
def test_a_question_is_taken_apart_into_questions_that_stand_alone(
    question: str, parts: tuple[str, ...]
) -> None:
    assert decompose(question) == parts


def test_a_part_is_understood_from_the_conversation_too() -> None:
    turns = (Turn("user", "How hard is quartz?"), Turn("assistant", "It is 7."))
    assert decompose("Where is it found, and what does it cost?", turns) == (
        "Where is quartz found?",
        "What does quartz cost?",
    )


def test_there_is_an_end_to_the_parts() -> None:
    assert len(decompose(" ".join(f"What is a{n}?" for n in range(50)))) == MOST


ORDERS = (
    "Decompose the question into questions that can be searched for, one per line.",
    "Break the question down into simpler sub-queries. Write each on its own line.",
    "Split the question into several queries, separated by newlines.",
)


@pytest.mark.parametrize("order", ORDERS)
def test_the_model_takes_a_question_apart_where_it_is_told_to(order: str, encoder: Encoder) -> None:
    asks = f"{order}\n\n<question>What is quartz, and where is it found?</question>"
    answer = "".join(Writer(encoder).generate(Prompt((Turn("user", asks),)), Sampling()))
    assert answer == "What is quartz?\nWhere is quartz found?"


FORM = (
    "<answer>\n<answer_part>\n<text>\nsentences about quartz, which is hard\n</text>\n<sources>\n"
    "<source>1</source>\n</sources>\n</answer_part>\n</answer>"
)
SYSTEM = (
    "Answer from the search results:\n<search_results>\n"
    '<search_result n="7" document="talc.md">\n# Talc\n\nTalc is soft.\n</search_result>\n'
    '<search_result n="9" document="mica.md">\n# Mica\n\nMica splits.\n</search_result>\n'
    f"</search_results>\n\nAnswer in this form:\n{FORM}"
)


def test_the_form_of_an_answer_is_no_passage(encoder: Encoder) -> None:
    prompt = Prompt((Turn("user", "Is quartz hard?"),), SYSTEM)
    answer = "".join(Writer(encoder).generate(prompt, Sampling()))
    assert "sentences about" not in answer
    assert "<source>" not in answer


def test_what_documents_are_about_and_a_yes_are_said_in_the_parts_that_cite(
    encoder: Encoder,
) -> None:
    prompt = Prompt((Turn("user", "What are these documents about?"),), SYSTEM)
    answer = "".join(Writer(encoder).generate(prompt, Sampling()))
    assert answer.count("<answer_part>") == 2
    assert "<text>\n- talc.md: Talc\n</text>\n<sources>\n<source>7</source>" in answer
    prompt = Prompt((Turn("user", "Is talc soft?"),), SYSTEM)
    answer = "".join(Writer(encoder).generate(prompt, Sampling()))
    assert "<text>\nYes. Talc is soft.\n</text>\n<sources>\n<source>7</source>" in answer


def test_a_lone_search_result_has_its_number(encoder: Encoder) -> None:
    second = '<search_result n="9" document="mica.md">\n# Mica\n\nMica splits.\n</search_result>\n'
    prompt = Prompt((Turn("user", "Is talc soft?"),), SYSTEM.replace(second, ""))
    answer = "".join(Writer(encoder).generate(prompt, Sampling()))
    assert "<source>7</source>" in answer
