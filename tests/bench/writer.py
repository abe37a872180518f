"""The writer beside an earlier one: what an answer from five passages takes, and whether it is the
same.

    python -m tests.bench writer               beside BEFORE
    python -m tests.bench writer:COMMIT        beside another commit

A home finds the passages of real questions first, which takes some minutes. Then each version, in a
process of its own, answers all questions in a row, each of them twice, and the two take turns. What
the writer has read last it does not read again: so the second time costs what is computed besides.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from app.answer.prompt import answer_prompt
from tests.bench import ROOT
from tests.bench.versions import Version, export, without
from tests.quality._labelled import SHOWN
from tests.quality._passages import passages
from tests.tables import Table

BEFORE = "a133c128"
ROUNDS = 3
SETS = ("user_questions", "readmes", "xquad_en")
ENGINE = Path(__file__).with_name("_writer_engine.py")


def run(before: str = BEFORE) -> Iterator[Table]:
    with TemporaryDirectory() as scratch:
        folder, prompts = Path(scratch) / "before", Path(scratch) / "prompts.json"
        if not export(before, folder):
            yield without(before)
            return
        found = passages(Path(scratch) / "passages.json", SETS, print)
        asked = [(name, *one) for name, questions in found.items() for one in questions.items()]
        made = [answer_prompt(question, [], some[:SHOWN]) for _, question, some in asked]
        prompts.write_text(
            json.dumps(
                [(one.system, [(turn.role, turn.text) for turn in one.messages]) for one in made]
            )
        )
        versions = [Version(one, ENGINE, prompts) for one in (folder, ROOT)]
        for _ in range(ROUNDS):
            for version in versions:
                version.measure("round")
        for version in versions:
            version.close()
    sets = [name for name, *_ in asked]
    yield Table(
        "What an answer takes",
        (
            "set",
            "questions",
            "first p50 ms",
            "of it the encoder",
            "before",
            "now / before",
            "again p50 ms",
            "before",
            "now / before",
            "the same answer",
        ),
        [_row(name, sets, *versions) for name in dict.fromkeys(sets)],
        [
            f"Processor time, from {SHOWN} passages, {ROUNDS} rounds; before at commit {before}.",
            "The ratios are medians of each question's.",
        ],
    )


def _row(name: str, sets: list[str], before: Version, now: Version) -> list[str]:
    places = [place for place, one in enumerate(sets * ROUNDS) if one == name]

    def of(version: Version, measure: str) -> list[float]:
        return [version.figures[measure][place] for place in places]

    def beside(measure: str) -> list[str]:
        pairs = zip(of(now, measure), of(before, measure), strict=True)
        ratio = median(one / other for one, other in pairs)
        return [f"{median(of(before, measure)):.1f}", f"{ratio:.2f}"]

    same = sum(map(str.__eq__, map(str, of(now, "answer")), map(str, of(before, "answer"))))
    return [
        name,
        str(len(places) // ROUNDS),
        f"{median(of(now, 'first')):.1f}",
        f"{median(of(now, 'encoder')):.1f}",
        *beside("first"),
        f"{median(of(now, 'again')):.1f}",
        *beside("again"),
        f"{same / len(places):.3f}",
    ]
