"""`outcrop eval` judges as the scorer beside user_questions does."""

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import pytest

from tests.quality._score import FOLDER, Score

pytestmark = pytest.mark.skipif(
    not FOLDER.exists(), reason="../shared/eval/user_questions is not here"
)


def scorer() -> ModuleType:
    spec = spec_from_file_location("score", FOLDER / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_scorers_agree_on_every_question_and_every_answer() -> None:
    """Answers are made of what the questions look for; each is judged for every question."""
    theirs, ours = scorer(), Score()
    rows = ours.questions("questions_public.jsonl")
    for conversation in ours.questions("conversations_public.jsonl"):
        rows += conversation["turns"]
    answers = [
        {"answer": template.format(" and ".join(strings)), "citations": citations}
        for row in rows
        for strings in ([group[-1] for group in row["must"]], row["must_not"])
        for citations in ([{"uri": f"s3://b/{name}"} for name in row["gold_docs"]],)
        for template in ("So: **{}** [1].", "{}7")
    ]
    outcomes = set()
    for row in rows:
        for answer in answers:
            verdict = ours.judge(row, answer)
            expected = theirs.judge(row, answer)
            assert verdict["outcome"] == expected["outcome"], (row["id"], answer)
            assert verdict["gold"] == expected["gold"], (row["id"], answer)
            outcomes.add(verdict["outcome"])
    assert outcomes == {"right", "wrong", "abstained"}
