"""Prompts in the shapes that people really send are read, and answered as they want it."""

import pytest

from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.reading import Answer, Other, Rewrite, Task, read
from tests.local.engine.writer.grid import FRAMES, SHAPES, SYSTEM_FRAMES, Parts
from tests.local.engine.writer.kin import KIN
from tests.local.engine.writer.templates import (
    FACT,
    FILES,
    JOINED,
    QUESTION,
    TEXTS,
    WELL_KNOWN,
    Template,
    asked,
    each,
    misread,
    one,
)


def test_there_are_twenty_well_known_prompts() -> None:
    assert len(WELL_KNOWN) == 20


@pytest.mark.parametrize("template", WELL_KNOWN.values(), ids=WELL_KNOWN)
def test_a_well_known_prompt_is_read(template: Template) -> None:
    assert misread(template) == {}


@pytest.mark.parametrize("template", KIN.values(), ids=KIN)
def test_variants_of_well_known_prompts_are_read(template: Template) -> None:
    assert misread(template) == {}


@pytest.mark.parametrize("template", WELL_KNOWN.values(), ids=WELL_KNOWN)
def test_a_well_known_prompt_is_answered_from_the_passage_that_holds_the_fact(
    template: Template, writer: Writer
) -> None:
    answer = "".join(writer.generate(template.prompt, Sampling()))
    assert FACT in answer
    assert template.cited in answer


def _wrong(prompt: Prompt, parts: Parts) -> object:
    """What of a prompt is read otherwise than its shape says; None where it is all right."""
    task = read(prompt)
    if not isinstance(task, Answer) or task.question != QUESTION:
        return task
    texts = [" ".join(one.text.split()) for one in task.passages]
    names = [one.name for one in task.passages]
    folded = [" ".join(text.split()) for text in TEXTS]
    right = {
        "one": texts == [" ".join(folded)],
        "num": texts == folded,
        "named": texts == folded and names == list(FILES),
        "head": [text in one for text, one in zip(folded, texts, strict=False)] == [True] * 3,
        "any": all(any(text in one for one in texts) for text in folded),
    }
    return None if right[parts] else task


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_every_shape_of_passages_is_read_in_every_frame(frame: str) -> None:
    for name, (context, parts) in SHAPES.items():
        assert _wrong(asked(frame.format(c=context, q=QUESTION)), parts) is None, name


@pytest.mark.parametrize("frame", SYSTEM_FRAMES.values(), ids=SYSTEM_FRAMES)
def test_every_shape_of_passages_is_read_in_the_system_prompt(frame: str) -> None:
    for name, (context, parts) in SHAPES.items():
        assert _wrong(asked(QUESTION, frame.format(c=context)), parts) is None, name


@pytest.mark.parametrize(
    "inside",
    [
        "To start it:\n\n1. Open the inlet.\n2. Press the switch.\n\nThen wait.",
        "```python\nrun(pump, 1)\n```\nis how it is run.",
        "Question: Who built it?\nAnswer: Ada built it.",
        "It was said. Context: harbours and quays.",
        "See [1] and (2), and https://pumps.example/a.html: all of it.",
    ],
    ids=["a list", "code", "an answered question", "a label in a line", "references"],
)
def test_what_a_passage_holds_is_taken_for_nothing_else(inside: str) -> None:
    texts = (f"The pump is old.\n\n{inside}\n\nIt moves {FACT}.", "The valve is new.")
    context = "\n\n".join(f"[{n}] {text}" for n, text in enumerate(texts, 1))
    for message in (
        f"Answer from the context.\n\nContext:\n{context}\n\nQuestion: {QUESTION}",
        f"Use the following documents to answer.\n\n{context}\n\n{QUESTION}",
    ):
        task = read(asked(message))
        assert isinstance(task, Answer)
        assert task.question == QUESTION
        assert tuple(one.text for one in task.passages) == texts


def test_an_answer_is_laid_out_as_the_prompt_asks(writer: Writer) -> None:
    answer = "".join(writer.generate(WELL_KNOWN["DSPy"].prompt, Sampling()))
    assert answer.startswith("[[ ## reasoning ## ]]\nI looked for an answer in 3 passages.")
    _, response = answer.split("\n\n[[ ## response ## ]]\n")
    assert f"At full load the Hellinger pump moves {FACT}." in response
    assert answer.endswith("\n\n[[ ## completed ## ]]\n")
    sources = WELL_KNOWN["LangChain, question answering with sources"]
    answer = "".join(writer.generate(sources.prompt, Sampling()))
    assert answer.endswith("\nSOURCES: pump.md")


def test_an_answer_in_parts_names_the_source_of_each(writer: Writer) -> None:
    system = (
        "Output your answer in this format:\n<answer>\n<answer_part>\n<text>\nfirst answer text\n"
        "</text>\n<sources>\n<source>source ID</source>\n</sources>\n</answer_part>\n</answer>\n\n"
        "Here are the search results in numbered order:\n<search_results>\n"
        + each("<search_result><content>{text}</content><source>{n}</source></search_result>")
        + "\n</search_results>"
    )
    answer = "".join(writer.generate(asked(QUESTION, system), Sampling()))
    assert answer.startswith("<answer>\n<answer_part>\n<text>\n")
    assert f"{FACT}.\n</text>\n<sources>\n<source>1</source>\n</sources>\n</answer_part>" in answer


@pytest.mark.parametrize(
    "message",
    [
        "What is the capital of France?",
        "How do I sort a list?\n\n```python\nprint(sorted([3, 1]))\n```\nWhy does this fail?",
        "I have two questions:\n1. What is quartz?\n2. How hard is it?",
        'Fix this JSON:\n{"a": 1, "text": "hello there my friend"}',
        "Plan a trip:\n1. Paris for three days\n2. Rome for two days\nWhat should I pack?",
        "<div><p>Some text that I wrote for my page</p><p>two</p></div>\nWhy is two not shown?",
        "My sources of income are:\n- rent\n- wages\nHow do I file taxes?",
        "What does 'context:' mean in a YAML file?",
        "Question: what is the meaning of life?",
        'Summarize the following text:\n"""\nQuartz is hard. It is found everywhere.\n"""',
        "Classify the tone of the following text.\nText: I love it.\nTone:",
        "Dear team,\n\nthe information below is wrong.\n\nRegards,\nBob",
    ],
)
def test_a_message_without_context_is_not_misread(message: str) -> None:
    assert read(asked(message)) == Other()


@pytest.mark.parametrize(
    "system",
    [
        "Follow these rules:\n1. Be brief and kind to everyone who asks.\n2. Never lie. Cite.",
        "You have tools:\n\nsearch: looks up information in our documents\n\nUse them wisely.",
    ],
)
def test_rules_and_tools_are_no_context(system: str) -> None:
    assert read(asked("What is quartz?", system)) == Other()


SAID = (Turn("user", "What is quartz?"), Turn("assistant", "A mineral."))
HISTORY = "Human: What is quartz?\nAssistant: A mineral."
FOLLOW_UP = "How hard is it?"


@pytest.mark.parametrize(
    "prompt",
    [
        asked(
            "Given a conversation (between Human and Assistant) and a follow up message from "
            "Human, rewrite the message to be a standalone question.\n\n"
            f"<Chat History>\n{HISTORY}\n\n<Follow Up Message>\n{FOLLOW_UP}\n\n"
            "<Standalone question>\n"
        ),
        asked(
            "Rewrite the question for search while keeping its meaning.\nIf the conversation "
            f"history is empty, DO NOT change the query.\n\nConversation history:\n{HISTORY}\n\n"
            f"User Query: {FOLLOW_UP}\nRewritten Query:"
        ),
        asked(
            f"{FOLLOW_UP}\n\nGiven the above conversation, generate a search query to look up "
            "what is relevant to the conversation",
            "",
            *SAID,
        ),
        asked(
            f"Generate search query for: {FOLLOW_UP}",
            "Below is a history of the conversation so far. Generate a search query based on the "
            "conversation and the new question.",
            *SAID,
        ),
        asked(
            f"<conversation_history>\n{HISTORY}\n</conversation_history>\n"
            f"<query>{FOLLOW_UP}</query>\nRewrite the query as a standalone query."
        ),
    ],
    ids=["LlamaIndex", "Haystack", "LangChain, search query", "Azure search demo", "tags"],
)
def test_a_follow_up_that_is_to_stand_alone_is_rewritten(prompt: Prompt) -> None:
    assert read(prompt) == Rewrite(FOLLOW_UP, SAID)


def of(instructions: str) -> Task:
    return read(asked(f"{instructions}\n\nContext:\n{JOINED}\n\nQuestion: {QUESTION}"))


@pytest.mark.parametrize(
    ("instruction", "abstention"),
    [
        ("If it is not there, reply NOT_FOUND.", "NOT_FOUND"),
        ("If it is not there, answer `none`.", "none"),
        ("If you are unsure, let the user know that you do not know.", "I do not know."),
        ("If it is missing, state that the answer is not in the context.",
         "The answer is not in the context."),
        ("Wenn die Antwort fehlt, antworte mit \u201eUnbekannt.\u201c", "Unbekannt."),
        ("If it is not there, say 'I can't tell.'", "I can't tell."),
    ],
)  # fmt: skip
def test_an_abstention_is_found_in_other_words(instruction: str, abstention: str) -> None:
    task = of(instruction)
    assert isinstance(task, Answer)
    assert task.passages == one()
    assert task.abstention == abstention
