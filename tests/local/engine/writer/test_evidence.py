"""How far candidates speak for being the answer."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pytest

from app.local.engine.encoder import TokenVectors
from app.local.engine.store.analysis import terms
from app.local.engine.transformer import Encoder
from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.evidence import FEATURES, MOST, evidence, likeliest
from app.local.engine.writer.evidence.case import Case, case_of
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.question import Question
from app.local.engine.writer.selection import signs


class Words:
    """Each word is a token, with a vector of its own."""

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._tokens(text.lower().split() or ["-"]) for text in texts]

    def _tokens(self, words: Sequence[str]) -> TokenVectors:
        seeds = [int.from_bytes(sha256(word.strip(".?,").encode()).digest()[:4]) for word in words]
        vectors = np.array([np.random.default_rng(seed).normal(size=16) for seed in seeds])
        vectors = (vectors / np.linalg.norm(vectors, axis=1)[:, None]).astype(np.float32)
        ids = np.array([3000 + seed % 20_000 for seed in seeds], np.int64)
        return TokenVectors(ids, vectors, vectors.mean(axis=0))


def case(question: str, *passages: str, name: str = "pump.md") -> Case:
    names = [name] * len(passages)
    return case_of(Remembered(Words()), Question(question), candidates(passages, names), names)


def values(feature: str, question: str, passage: str) -> list[float]:
    column = list(FEATURES).index(feature)
    table = evidence(case(question, passage))
    return [float(value) for value in table[:, column]]


RELEASES = "## 1.3.0 (May 4th, 2024)\n\n- It stops.\n\n## 1.2.0\n\n- It starts."


def test_only_the_release_that_the_question_names_answers() -> None:
    asked = "What is new in version 1.2.0 of the pump?"
    assert values("of another", asked, RELEASES) == [1, 1, 0, 0]
    assert values("of another", "Since when does it stop?", RELEASES) == [0, 0, 0, 0]


def test_a_release_tells_when() -> None:
    assert values("release", "When was it released?", RELEASES) == [1, 1, 1, 1]
    assert values("release", "How does it stop?", RELEASES) == [0, 0, 0, 0]
    assert values("not of the kind", "When did it stop?", RELEASES) == [0, 0, 1, 1]


def test_a_number_counts_what_is_counted() -> None:
    text = "Nine fishing boats are out. The mole is 40 m long. Boats are numbered: 7."
    assert values("counts", "How many boats leave the harbour?", text) == [1, 0, 0]
    assert values("counts", "How many boats does the harbour have?", text) == [1, 0, 0]
    assert values("counts", "Which boats leave?", text) == [0, 0, 0]


def test_another_name_is_told() -> None:
    text = "The ridge is also called Cat's Back. The ridge has a name."
    assert values("other name", "What is another name for the ridge?", text) == [1, 0]
    assert values("other name", "What is the ridge?", text) == [0, 0]


def test_who_quotes_a_question_does_not_answer_it() -> None:
    text = 'The guide is asked "How deep is the lake?" every day. The lake is 40 m deep.'
    assert values("quotes question", "How deep is the lake?", text) == [1, 0]


def test_a_default_need_not_be_a_number() -> None:
    items = "Options:\n\n- `prefix='@'`: It is put before.\n- `wait`: How long."
    assert values("number", "What is the default prefix?", items) == [0, 1, 0]


def test_code_in_the_line_counts_where_code_may_answer() -> None:
    passage = "Call `stop()` at once. Call nobody."
    assert values("inline code", "How do I stop it?", passage) == [1, 0]
    assert values("inline code", "Who stops it?", passage) == [0, 0]


def test_the_nearest_heading_is_known() -> None:
    passage = "# Pump\n\n## On Windows\n\nRun it.\n\n## On Unix\n\nRun that."
    windows, unix = values("covered nearest", "What do I run on Windows?", passage)
    assert windows > unix == 0


@pytest.mark.parametrize(
    ("question", "passage", "missing"),
    [
        ("How do I start it on Windows?", "# Start\n\nRun it on Windows.", 0),
        ("How do I start it on Windows?", "# Windows\n\nRun it.", 0),
        ("How do I start it on Windows?", "# Start\n\nRun it in windows-1250.", 2),
        ("How do I start it on Windows?", "Run `it --charset windows-1250`.", 2),
        ("How do I start it on Windows?", "Run it.", 0),  # mere prose
        ("How do I start it on Arch Linux?", "# Start\n\nRun it on Linux.", 0.5),
        ("What does -o do on Windows?", "# Start\n\nWith -o it stops.", 0),
        ("Who starts Windows?", "# Start\n\nRun it.", 0),  # it is the thing itself
        ("How do I start it on Pump?", "# Start\n\nRun it.", 0),  # the document's name
    ],
)
def test_where_something_is_to_be_done_stands_in_the_passage_as_a_word(
    question: str, passage: str, missing: float
) -> None:
    assert values("surroundings missing", question, passage)[0] == missing


def test_each_passage_has_to_name_where_something_is_to_be_done() -> None:
    both = case("How do I start it on Windows?", "# Unix\n\nRun it.", "# Windows\n\nRun it.")
    assert [both.missing.surroundings(place) for place in range(2)] == [1, 0]


START = "How do I start the pump?"
STEPS = "Run it:\n\n```sh\npump run\n```"


@pytest.mark.parametrize(
    ("passage", "begins"),
    [
        ("`pump run` (or `make run`) starts it.", 1),
        ("It starts with `pump run`.", 0),
        ("`pump halt` stops it.", 0),
        ("`pump.md` says how to start it.", 0),  # no command
    ],
)
def test_what_begins_with_the_command_says_what_it_does(passage: str, begins: float) -> None:
    assert values("command begins", START, passage) == [begins]
    assert values("command begins", "What starts the pump?", passage) == [0]


@pytest.mark.parametrize(
    ("question", "heading", "failing"),
    [
        (START, "When it fails", 1),
        (START, "Troubleshooting", 1),
        (START, "It doesn't start", 1),
        (START, "Starting", 0),
        ("How do I fix a pump that fails?", "When it fails", 0),
        ("Which error does the pump give?", "When it fails", 0),
    ],
)
def test_how_to_do_something_does_not_stand_under_what_may_go_wrong(
    question: str, heading: str, failing: float
) -> None:
    assert values("of failure", question, f"# {heading}\n\nIt runs.") == [failing]


def test_a_row_without_code_says_how_to_do_nothing() -> None:
    table = "| it says | do |\n|---|---|\n| no power | wait |\n| no water | `pump run` |"
    assert values("bare row", START, table) == [0, 1, 0]
    assert values("bare row", "What do I do if it says no power?", table) == [0, 0, 0]


@pytest.mark.parametrize(
    ("question", "passage", "titled"),
    [
        (START, "# Starting the pump\n\n```sh\npump run\n```", 1),
        (START, "# Start\n\n```sh\npump run\n```", 1),
        (START, "# Pump\n\n```sh\npump run\n```", 0),  # no act
        (START, "# Starting the engine\n\n```sh\npump run\n```", 0),
        (START, f"# Start\n\n{STEPS}", 0),  # a sentence says what it is for
        ("What starts the pump?", "# Start\n\n```sh\npump run\n```", 0),
    ],
)
def test_code_under_a_heading_that_names_the_act_is_what_is_wanted(
    question: str, passage: str, titled: float
) -> None:
    assert values("titled", question, passage) == [titled]


def test_an_act_that_names_the_document_still_tells_which_part_it_is() -> None:
    passage = "# Deploy\n\nRun it.\n\n# Before\n\nWait for the pump."
    names = ("deploy.md", "valves.md")
    parts = [case("How do I deploy the pump?", passage, name=name) for name in names]
    act, other = [one.covered(frozenset(terms("deploy"))) for one in parts]
    assert act == other > 0.3


def test_code_that_its_passage_begins_with_may_be_for_anything() -> None:
    code = "```sh\npump run\n```"
    assert values("cut code", START, f"{code}\n\n# Stop\n\n{code}") == [1, 0]
    assert values("cut code", "Who starts it?", code) == [0]


@pytest.mark.parametrize(
    ("question", "missing", "name"),
    [
        ("Where is the pump on Gentoo?", 0.5, True),
        ("Where is the lasagne?", 1, False),
        ("Where is the cellar?", 0, False),
        ("Where is the pump?", 0, False),
        ("Where is it?", 0, False),
    ],
)
def test_it_is_told_which_words_of_the_question_are_missing(
    question: str, missing: float, *, name: bool
) -> None:
    one = case(question, "It is in the cellar.")
    assert (one.missing.nouns(0), one.missing.name_nowhere) == (missing, name)
    assert (one.missing.words(0) > 0) is (missing > 0)


def test_the_nearer_a_word_the_less_is_lacking() -> None:
    asked = "Where is the lasagne?"
    far, near = case(asked, "It is in the cellar."), case(asked, "It is in the lasagne-dish.")
    assert far.missing.words(0) > near.missing.words(0) == 0


def test_a_superlative_counts_where_neither_a_candidate_nor_its_neighbours_have_it() -> None:
    asked = "What is the largest pump?"
    one = case(asked, "The pump is old. The largest pumps are new. They leak. It is red.")
    assert [one.missing.superlative(place) > 0 for place in range(4)] == [False, False, False, True]
    assert case("Which pump leaks?", "The pump is old.").missing.superlative(0) == 0


def test_the_signs_tell_identifiers_that_the_passage_has_not() -> None:
    one = case("Does pump v1.2.0 need --dry-run?", "Version 1.2.0 is new.", "It needs --force.")
    shown = evidence(one)
    missing = [signs(one, shown, place)["identifiers missing"] for place in (0, 1)]
    assert missing == [0.5, 1.0]


def test_of_very_many_candidates_those_that_share_words_are_looked_at() -> None:
    text = "It is. " * MOST + "\n\nThe pump is old."
    some = likeliest(Question("How old is the pump?"), candidates([text]))
    assert len(some) == MOST
    assert some[-1].text == "The pump is old."


def hinge_missing(encoder: Encoder, question: str, text: str) -> float:
    found = case_of(Remembered(encoder), Question(question), candidates([text]), ["letters.md"])
    return found.missing.hinge


def test_what_a_question_hinges_on_is_missed_where_no_passage_comes_near(encoder: Encoder) -> None:
    letters = "# Letters\n\nFold a letter with `quill`, and put a stamp on it."
    assert hinge_missing(encoder, "How do I encrypt a letter?", letters) > 0.3
    assert hinge_missing(encoder, "What is the salary of the postman?", letters) > 0.3
    assert hinge_missing(encoder, "How do I fold a letter?", letters) == 0
    assert hinge_missing(encoder, "How do I encrypt a letter?", "A letter is long.") == 0
