"""RetrieveAndGenerate over the documents of user_questions, beside what the application answers.

The stand-in searches, prompts and cites by itself here, from the same store and with the same
model. The request asks for as many passages as the application takes.
"""

from collections.abc import Iterator

from tests.quality import user_questions
from tests.quality._score import FOLDER
from tests.tables import Table


def run() -> Iterator[Table]:
    if not FOLDER.exists():
        yield Table(
            "generated_answers", ("skipped",), (("../shared/eval/user_questions is missing",),)
        )
        return
    judged = user_questions.judged()
    rows = []
    for name, answers in (
        ("RetrieveAndGenerate", judged.generated),
        ("the application", judged.questions),
    ):
        outcomes = [one.outcome for one in answers]
        gold = sum(one.gold is True for one in answers)
        counts = (len(answers), outcomes.count("right"), outcomes.count("abstained"), gold)
        rows.append((name, *map(str, counts)))
    yield Table(
        "user_questions without its conversations",
        ("answered by", "questions", "right", "abstained wrongly", "cites a gold document"),
        rows,
    )
