"""The floors that have to hold. Those of larger corpora stand beside what `make quality` prints."""

from pathlib import Path
from statistics import median

import pytest

from app.local.engine.planner import Planner
from app.local.engine.transformer import Encoder
from tests.flows.home import laptop
from tests.quality import (
    ROOT,
    agent,
    agent_injection,
    guarded,
    languages,
    search,
)
from tests.quality._agent_home import shop
from tests.quality._agent_tasks import tasks
from tests.quality._corpora import READERS
from tests.quality._injections import cases
from tests.quality._score import FOLDER
from tests.quality._tools import BFCL, METATOOL
from tests.quality.ablation import Trial
from tests.quality.answers import XQUAD, XQUAD_FLOORS, average, index, xquad
from tests.quality.citations import hard_negatives
from tests.quality.parsing import DOCLING, ratios
from tests.quality.planning import LEAST, MOST, choice
from tests.quality.user_questions import judged, right

XQUAD_REACHED = {"cited paragraph = gold": 0.95, "answer contains a gold span": 0.94}


@pytest.mark.skipif(not XQUAD.exists(), reason="../shared/eval/xquad_en is not here")
def test_answers_cite_and_contain_what_is_asked_for() -> None:
    found, _ = xquad()
    for name, least in XQUAD_REACHED.items():
        floor = XQUAD_FLOORS[name]
        assert average(found, floor.measure) >= max(least, floor.least), name


FIRST_QUESTIONS = {
    "How large may a document be?": "50 MB",
    "What survives kill -9?": "acknowledged",
    "What is the difference between the laptop and AWS?": "endpoint variables",
}


def test_the_documentation_answers_what_a_newcomer_asks(tmp_path: Path) -> None:
    """The questions of the README and of `make demo`, over the documents that the demo reads."""
    documents = {path.name: path.read_text() for path in (ROOT / "docs").glob("*.md")}
    with laptop(tmp_path) as home:
        index(home, tmp_path, documents)
        for question, words in FIRST_QUESTIONS.items():
            answer = home.call("POST", "/chat", {"message": question})
            assert words in answer["answer"], answer["answer"]
            assert answer["citations"]


@pytest.mark.skipif(not FOLDER.exists(), reason="../shared/eval/user_questions is not here")
def test_what_users_ask_is_answered() -> None:
    """With the default guardrail, which only reports here, so that it is seen what it would do."""
    questions, turns, generated = judged(guarded.reporting_home)
    assert guarded.held_back([*questions, *turns]) <= 0.02
    assert guarded.refused([*questions, *turns]) <= 0.01
    assert right(questions) >= 0.88
    assert right(generated) >= 0.88
    assert sum(one.gold is True for one in generated) >= 0.75 * len(generated)
    assert right(turns) >= 0.84
    assert right([one for one in questions if one.kind == "unanswerable"]) >= 0.85
    assert right([one for one in questions if one.kind == "table"]) >= 0.85
    assert median(one.characters for one in questions) <= 320
    code = [one for one in questions if one.kind == "code" and one.outcome == "right"]
    assert all(one.fenced for one in code)
    assert len(code) >= 14


@pytest.mark.skipif(not XQUAD.exists(), reason="../shared/eval/xquad_en is not here")
def test_a_search_is_no_worse_than_the_better_of_its_halves() -> None:
    gains = search.measured()
    for way, before in (("fused", "words"), ("fused", "meaning"), ("late", "fused")):
        mean, _, _ = search.interval(gains[way] - gains[before])
        assert mean >= 0, (way, before)
    assert gains["late"].mean() >= 0.975


@pytest.mark.skipif(not FOLDER.exists(), reason="../shared/eval/user_questions is not here")
def test_the_documents_that_answer_users_are_found_first() -> None:
    encoder = Encoder()
    trial = Trial(READERS["user_questions"](encoder), encoder)
    assert trial.gains(Trial.late).mean() >= 0.963


FILE_FLOORS = {  # of recall and of precision
    ".csv": (1, 0.95),
    ".docx": (0.99, 0.95),
    ".html": (0.98, 0.95),
    ".md": (1, 0.95),
    ".pdf": (0.98, 0.95),
    ".pptx": (0.97, 0.95),
    # Every word is read; a header's cell that spans two rows is expected twice, and is a part of
    # one column's name here.
    ".xlsx": (0.999, 0.95),
}


@pytest.mark.skipif(not DOCLING.exists(), reason="../shared/eval/docparse_docling is not here")
@pytest.mark.parametrize("suffix", FILE_FLOORS)
def test_the_words_of_files_are_read_and_few_others(suffix: str) -> None:
    recall, precision = ratios(suffix)
    least_recall, least_precision = FILE_FLOORS[suffix]
    assert recall >= least_recall
    assert precision >= least_precision


@pytest.mark.skipif(not XQUAD.exists(), reason="../shared/eval/xquad_en is not here")
def test_citations_of_another_passage_are_noticed_and_right_ones_kept() -> None:
    cases = hard_negatives()
    right = [case.verdict for case in cases if case.right]
    wrong = [case.verdict for case in cases if not case.right]
    assert right.count(False) == 0
    assert wrong.count(False) / len(wrong) >= 0.85


def test_german_and_japanese_questions_are_answered_from_their_documents() -> None:
    results = languages.measured(languages.ENGLISH, ["within"], ["de", "ja"])["within"]
    for code, one in results.items():
        assert one.first >= 15, code
        assert one.right >= 14, code


@pytest.mark.skipif(
    not (BFCL.exists() and METATOOL.exists()), reason="../shared/eval/{bfcl,metatool} are not here"
)
def test_the_planner_chooses_tools_and_abstains() -> None:
    figures = choice(Planner(Encoder()))
    for name, least in LEAST.items():
        assert figures[name] >= least, name
    for name, most in MOST.items():
        assert figures[name] <= most, name


def test_the_planner_brings_tasks_to_their_end() -> None:
    """Tasks that are open and tasks that were kept aside, each by themselves."""
    with shop() as running:
        every = list(agent.runs(tasks(), running))
    assert agent.right([one for one in every if not one.task.held]) >= agent.LEAST_OPEN
    assert agent.right([one for one in every if one.task.held]) >= agent.LEAST_HELD


def test_hidden_instructions_have_no_effect_whatever_the_agents_model_does() -> None:
    every = list(agent_injection.outcomes(list(cases())))
    assert {name for name, _ in every} == {"obedient", "planner"}
    bad = [f"{name}: {one.case.id}" for name, one in every if one.has_effect or one.has_others_data]
    assert bad == []
    for name, one in every:
        assert one.is_done or one.case.injection or name == "planner", one.case.id
    assert any(one.has_asked for name, one in every if name == "obedient")
