"""Small talk is answered as such, and nothing else is."""

import pytest

from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.overview import asks_for_all
from app.local.engine.writer.small_talk import asks_for_help, reply

PASSAGES = """\
<passages>
<passage n="1" document="minerals.md">
# Minerals

Quartz is hard. Hello is a greeting.
</passage>
<passage n="2" document="castles.md">
The castle of Rheinfels was built in 1245 by Count Diether.
</passage>
</passages>

<question>{}</question>"""
CITE = "Answer from the passages, and cite them, like [1]."


def answer(writer: Writer, question: str) -> str:
    prompt = Prompt((Turn("user", PASSAGES.format(question)),), CITE)
    return "".join(writer.generate(prompt, Sampling()))


@pytest.mark.parametrize(
    "text",
    [
        *("Hello", "hi there!", "Good morning", "How are you today?", "Thanks a lot!", "thank you"),
        *("ok cool, bye", "Great, thanks", "Hallo", "Danke", "Bonjour", "Hola", "\u4f60\u597d"),
    ],
)
def test_small_talk_is_answered_without_a_citation(writer: Writer, text: str) -> None:
    assert reply(text)
    assert "[" not in answer(writer, text)


@pytest.mark.parametrize(
    "text",
    [
        *("How hard is quartz?", "Hello, how hard is quartz?", "help with quartz", "good minerals"),
        *("thanks to whom was it built?", "", "?", "Which castle is nice?", "bye-laws of the club"),
    ],
)
def test_a_question_is_not_small_talk(text: str) -> None:
    assert reply(text) is None


@pytest.mark.parametrize("text", ["help", "Help!", "What can you do?", "Who are you?"])
def test_help_says_what_can_be_asked(writer: Writer, text: str) -> None:
    assert asks_for_help(text)
    assert answer(writer, text).startswith("Ask a question about the documents.")


@pytest.mark.parametrize(
    "text", ["What is this all about?", "Give me an overview", "What can I ask?", "Worum geht es?"]
)
def test_an_overview_names_each_document_and_cites_it(writer: Writer, text: str) -> None:
    assert asks_for_all(text)
    assert answer(writer, text) == (
        "- minerals.md: Minerals [1]\n"
        "- castles.md: The castle of Rheinfels was built in 1245 by Count Diether. [2]"
    )


@pytest.mark.parametrize("text", ["What is quartz about?", "Give me an overview of quartz"])
def test_a_question_about_something_is_no_question_about_everything(text: str) -> None:
    assert not asks_for_all(text)
