"""Yes or no: said where a sentence plainly decides, and nowhere else."""

import pytest

from app.answer.prompt import answer_prompt
from app.events import Passage
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.question import Question
from app.local.engine.writer.question.quantities import limits, quantities
from app.local.engine.writer.selection.verdicts import decide, verdict_of


def verdict(question: str, sentence: str, context: str = "", name: str = "") -> str | None:
    return verdict_of(Question(question), Candidate(0, 0, "sentence", sentence, context), name)


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Does Rich work on Windows?", "Rich works with Linux, macOS and Windows.", "Yes"),
        ("Is a turn overwritten?", "A turn is never overwritten.", "No"),
        ("Can the tool mark a note?", "The tool cannot mark a note.", "No"),
        ("Does anything scan files for viruses?", "Nothing scans files for viruses.", None),
        ("Does the app scan for viruses?", "In the app nothing scans for viruses.", "No"),
        ("Is HTTP/2 enabled by default?", "HTTP/2 is disabled by default.", "No"),
        ("Is RC4 safe?", "RC4 is insecure.", "No"),
        ("Is a key required?", "A key is optional.", "No"),
        ("Is a key required?", "A key is required.", "Yes"),
        ("May metadata have 20 KB?", "Metadata may have at most 10 KB.", "No"),
        ("May metadata have 6,000 bytes?", "Metadata may have at most 10 KB.", "Yes"),
        ("Can a lecture last 2 hours?", "A lecture lasts at most 90 minutes.", "No"),
        ("Does it run on Python 3.7?", "It runs on Python 3.8 or later.", "No"),
        ("Does it support all formats?", "It does not support all formats.", "No"),
        ("Does it run on ARM?", "it does run on ARM. it does not run on MIPS.", "Yes"),
        ("Does it run on Python 3.12?", "It runs on Python 3.8 or later.", "Yes"),
        ("Does it run on Python 3?", "It runs on Python 3.8 or later.", "Yes"),
    ],
)
def test_a_sentence_that_decides_is_told(
    question: str, sentence: str, expected: str | None
) -> None:
    assert verdict(question, sentence) == expected


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Does Starlette depend on FastAPI?", "FastAPI depends on Starlette."),
        ("Does Rich need a terminal?", "Rich works with Jupyter with no additional terminal."),
        ("Is HTTP/2 on by default?", "A future version may enable HTTP/2 by default."),
        ("Does it support PyPy?", "It dropped support of PyPy."),
        ("Does it support PyPy?", "It supports PyPy only if numpy is installed."),
        ("Does it support all formats?", "It supports formats."),
        ("Can Aurora search by words only?", "Only Aurora can search by words."),
        ("Is it free or paid?", "It is free."),
        ("Isn't it free?", "It is free."),
        ("Is Ruff faster than Black?", "Ruff is faster than Black."),
        ("How free is it?", "It is free."),
        ("May metadata have 20 KB?", "A document may have at most 10 pages."),
        ("May a title have 20 KB?", "Metadata may have at most 10 KB."),
        ("Does it run on Python 3.7?", "It runs on Ruby 3.8 or later."),
        ("Does a pump need oil?", "The valve needs oil."),
    ],
)
def test_what_does_not_decide_says_nothing(question: str, sentence: str) -> None:
    assert verdict(question, sentence) is None


def test_what_stands_over_a_sentence_may_name_what_it_is_about() -> None:
    question = "Does xmltodict expand namespaces?"
    assert verdict(question, "It does not expand namespaces.") is None
    assert verdict(question, "It does not expand namespaces.", context="xmltodict") == "No"
    assert verdict(question, "It does not expand namespaces.", name="docs/xmltodict.md") == "No"


def test_a_block_or_a_row_decides_nothing() -> None:
    row = Candidate(0, 0, "row", "Pumps: free", "", cells=(("kind", "pumps"), ("price", "free")))
    assert verdict_of(Question("Are pumps free?"), row) is None


def test_sentences_that_contradict_each_other_decide_nothing() -> None:
    sentences = [
        Candidate(n, 0, "sentence", text, "")
        for n, text in enumerate(("Pumps are free.", "Pumps are not free.", "Soup is hot."))
    ]
    question = Question("Are pumps free?")
    assert decide(question, sentences, [0, 1, 2], []) is None
    assert decide(question, sentences, [2, 1], []) == (1, "No")


def test_numbers_are_compared_in_one_unit() -> None:
    (bound,) = limits("A file has up to 1.5 GB.")
    assert bound.allows(quantities("1,400 MB")[0])
    assert not bound.allows(quantities("1,600 MB")[0])
    (least,) = limits("Give at least 2 days' notice.")
    assert [least.allows(one) for one in quantities("36 hours or 3 days")] == [False, True]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Does orjson support PyPy?", "No. The package orjson does not support PyPy [1]."),
        ("Does orjson support Linux?", "Yes. orjson supports Linux and macOS [1]."),
        ("Which systems does orjson support?", "orjson supports Linux and macOS [1]."),
        ("Can orjson read comments?", "No. Comments are no part of JSON."),
    ],
)
def test_an_answer_begins_with_the_verdict(writer: Writer, question: str, expected: str) -> None:
    text = (
        "# orjson\n\norjson supports Linux and macOS. The package orjson does not support PyPy.\n\n"
        "### Can orjson read comments?\n\nNo. Comments are no part of JSON.\n"
    )
    prompt = answer_prompt(question, [], [Passage(1, text, "s3://docs/a.md", 0.9)])
    asked = Prompt((Turn("user", prompt.messages[-1].text),), prompt.system)
    answer = "".join(writer.generate(asked, Sampling(temperature=0)))
    assert answer.replace(" [1]", "").startswith(expected.replace(" [1]", ""))


def test_a_bare_no_to_another_question_is_not_said(writer: Writer) -> None:
    text = (
        "# Questions\n\n### Does the pump need oil or water?\n\nNo.\n\n"
        "The pump needs new filters every year.\n"
    )
    prompt = answer_prompt(
        "Does the pump need new filters?", [], [Passage(1, text, "s3://docs/a.md", 0.9)]
    )
    asked = Prompt((Turn("user", prompt.messages[-1].text),), prompt.system)
    answer = "".join(writer.generate(asked, Sampling(temperature=0)))
    assert answer.startswith("Yes. The pump needs new filters every year")
