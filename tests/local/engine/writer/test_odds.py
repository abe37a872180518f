"""The candidates for an answer with their scores, and how they are drawn."""

from collections import Counter
from random import Random

import numpy as np
import pytest

from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.selection import drawn, first_draw

TEXTS = (
    "Quartz has a hardness of 7. It is found in granite. Talc has a hardness of 1.",
    "Basalt is a dark rock of volcanoes.",
)


@pytest.fixture(scope="module")
def writer(speaker: Writer) -> Writer:
    return speaker


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("How hard is quartz?", "Quartz has a hardness of 7."),
        ("Wie hart ist Talk?", "Talc has a hardness of 1."),
    ],
)
def test_every_sentence_is_weighed_and_the_one_that_answers_the_most(
    writer: Writer, question: str, best: str
) -> None:
    odds = writer.odds(question, TEXTS)
    assert odds is not None
    assert odds.candidates[int(np.argmax(odds.scores))].text == best
    assert len(odds.scores) == len(odds.candidates) >= 4


def test_the_best_candidate_is_what_the_writer_says(writer: Writer) -> None:
    question = "How hard is quartz?"
    odds = writer.odds(question, TEXTS)
    assert odds is not None
    assert odds.is_answered
    passages = "".join(f"<passage>{text}</passage>" for text in TEXTS)
    prompt = Prompt((Turn("user", f"{passages}\n<question>{question}</question>"),))
    said = "".join(writer.generate(prompt, Sampling()))
    assert said.startswith(odds.candidates[int(np.argmax(odds.scores))].text.rstrip("."))


def test_candidates_are_weighed_for_the_question_in_the_words_of_documents(writer: Writer) -> None:
    """As the writer weighs them when it answers."""
    texts = ("Brandt is in room number 12. Telephone of Brandt: 0711 5550142.",)
    odds = writer.odds("What is Mr Brandt's number?", texts)
    plain = writer.odds("What is Brandt's telephone number?", texts)
    assert odds is not None
    assert plain is not None
    assert odds.scores.tolist() == plain.scores.tolist()


def test_what_nothing_speaks_for_is_told(writer: Writer) -> None:
    odds = writer.odds("Who painted the ceiling of the chapel?", TEXTS)
    assert odds is None or not odds.is_answered
    assert writer.odds("", TEXTS) is None


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(temperature=1),
        Sampling(temperature=0.3),
        Sampling(temperature=2, top_k=2),
        Sampling(temperature=1, top_p=0.8),
        Sampling(temperature=0),
    ],
)
def test_the_first_draw_is_as_likely_as_it_says(sampling: Sampling) -> None:
    scores = np.log([0.5, 0.05, 0.15, 0.3])
    likely = first_draw(scores, sampling)
    assert sum(likely.values()) == pytest.approx(1)
    random, number = Random(1), 20_000
    counts = Counter(drawn(scores, sampling, random)[0] for _ in range(number))
    assert counts.keys() == likely.keys()
    for place, probability in likely.items():
        assert counts[place] / number == pytest.approx(probability, abs=0.012)
